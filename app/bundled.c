#include "app/bundled.h"

/* Where the examples may be, best first: where the person says, where they were installed, where
 * they were built. */
static char *
find (const char *relative)
{
  const char *folders[] = { g_getenv ("SALIENCE_DATADIR"), SAL_DATADIR, SAL_SOURCE_DATADIR };

  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    if (folders[i] == NULL || *folders[i] == '\0')
      continue;
    g_autofree char *path = g_build_filename (folders[i], relative, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer (&path);
  }
  return NULL;
}

char *
sal_bundled_model (void)
{
  return find ("models/scenes.onnx");
}

/* Two objects of two classes: what is explained moves when another class is chosen. */
char *
sal_bundled_picture (void)
{
  return find ("images/scenes/clock-and-mushroom.png");
}
