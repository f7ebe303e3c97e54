/* make-networks FOLDER [NAME ...]: writes the networks that benchmarks run on, 224 pixels wide, as
 * FOLDER/NAME.onnx. */
#include "tests/benchmarks/networks.h"

#define SIZE 224

static gboolean
make (const char *folder, const char *name, GError **error)
{
  g_autoptr (Network) network = network_new (name, SIZE, 1, NETWORK_SEED);
  g_autofree char *file = g_strconcat (name, ".onnx", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  if (network == NULL) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: there is no such network", name);
    return FALSE;
  }
  return network_save (network, path, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const char *const *names =
      argc > 2 ? (const char *const *) (gpointer) (argv + 2) : network_names ();

  if (argc < 2) {
    g_printerr ("Usage: make-networks FOLDER [NAME ...]\n");
    return 2;
  }
  for (int i = 0; names[i] != NULL; i++)
    if (!make (argv[1], names[i], &error)) {
      g_printerr ("make-networks: %s\n", error->message);
      return 1;
    }
  return 0;
}
