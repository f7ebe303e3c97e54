/* Tries every file of the folders it is given, as a normal test: what fuzzing found once stays
 * mended. */
#include "tests/fuzz/fuzz.h"

#include <glib.h>

static void
test_file (gconstpointer path)
{
  g_autofree char *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  /* Memory of just that size, so that a checker sees a read beyond it. */
  g_autofree uint8_t *exact = g_memdup2 (data, size);
  g_assert_cmpint (LLVMFuzzerTestOneInput (exact, size), ==, 0);
}

static void
add_folder (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_autofree char *base = g_path_get_basename (folder);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *test = g_strdup_printf ("/fuzz/%s/%s", base, name);
    char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
      g_test_add_data_func_full (test, path, test_file, g_free);
    else
      g_free (path);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 1; i < argc; i++)
    add_folder (argv[i]);
  return g_test_run ();
}
