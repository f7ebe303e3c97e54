#include "app/bundled.h"

#include <string.h>

/* Where the examples may be, best first: where the person says, where they were installed, where
 * they were built. */
static char *
find (const char *relative, GFileTest test)
{
  const char *folders[] = { g_getenv ("SALIENCE_DATADIR"), SAL_DATADIR, SAL_SOURCE_DATADIR };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    if (folders[i] == NULL || *folders[i] == '\0')
      continue;
    g_autofree char *path = g_build_filename (folders[i], relative, NULL);
    if (g_file_test (path, test))
      return g_steal_pointer (&path);
  }
  return NULL;
}

char *
sal_bundled_model (void)
{
  return find ("models/scenes.onnx", G_FILE_TEST_IS_REGULAR);
}

char *
sal_bundled_picture (void)
{
  g_autofree char *folder = find ("images/scenes", G_FILE_TEST_IS_DIR);
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  g_autofree char *first = NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".png") && (first == NULL || strcmp (name, first) < 0)) {
      g_free (first);
      first = g_strdup (name);
    }
  return first != NULL ? g_build_filename (folder, first, NULL) : NULL;
}
