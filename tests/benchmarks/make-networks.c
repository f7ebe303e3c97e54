/* make-networks FOLDER [NAME[@SIZE] ...]: writes the networks that benchmarks run on as
 * FOLDER/NAME[@SIZE].onnx, SIZE pixels wide, else 224. */
#include "tests/benchmarks/networks.h"

#define SIZE 224

static gboolean
make (const char *folder, const char *what, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (what, "@", 2);
  const char *name = parts[0];
  gint64 size = parts[1] != NULL ? g_ascii_strtoll (parts[1], NULL, 10) : SIZE;
  g_autoptr (Network) network =
      size >= 64 && size % 32 == 0 ? network_new (name, size, 1, NETWORK_SEED) : NULL;
  g_autofree char *file = g_strconcat (what, ".onnx", NULL);
  g_autofree char *path = g_build_filename (folder, file, NULL);

  if (network == NULL) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: there is no such network", what);
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
    g_printerr ("Usage: make-networks FOLDER [NAME[@SIZE] ...]\n");
    return 2;
  }
  for (int i = 0; names[i] != NULL; i++)
    if (!make (argv[1], names[i], &error)) {
      g_printerr ("make-networks: %s\n", error->message);
      return 1;
    }
  return 0;
}
