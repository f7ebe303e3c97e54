#include "app/bundled.h"

#include <string.h>

#define N_FOLDERS 3

/* Where the examples may be, best first: where the person says, where they were installed, where
 * they were built. */
static const char *
nth_folder (int n)
{
  const char *folders[N_FOLDERS] = { g_getenv ("SALIENCE_DATADIR"), SAL_DATADIR,
                                     SAL_SOURCE_DATADIR };

  return folders[n] != NULL && *folders[n] != '\0' ? folders[n] : NULL;
}

char *
sal_bundled_file (const char *relative)
{
  for (int i = 0; i < N_FOLDERS; i++) {
    const char *folder = nth_folder (i);

    if (folder == NULL)
      continue;
    g_autofree char *path = g_build_filename (folder, relative, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
      return g_steal_pointer (&path);
  }
  return NULL;
}

char *
sal_bundled_name (const char *path)
{
  g_autofree char *whole = g_canonicalize_filename (path, NULL);

  for (int i = 0; i < N_FOLDERS; i++) {
    const char *folder = nth_folder (i);

    if (folder == NULL)
      continue;
    g_autofree char *start = g_canonicalize_filename (folder, NULL);
    gsize length = strlen (start);
    if (g_str_has_prefix (whole, start) && whole[length] == '/' &&
        g_file_test (whole, G_FILE_TEST_IS_REGULAR))
      return g_strdup (whole + length + 1);
  }
  return NULL;
}

char *
sal_bundled_model (void)
{
  return sal_bundled_file ("models/scenes.onnx");
}

/* Two objects of two classes: what is explained moves when another class is chosen. */
char *
sal_bundled_picture (void)
{
  return sal_bundled_example ("clock-and-mushroom");
}

char *
sal_bundled_example (const char *name)
{
  g_autofree char *relative = g_strdup_printf ("images/scenes/%s.png", name);

  return sal_bundled_file (relative);
}

/* "analog clock" names a clock. */
static gboolean
has_word (const char *label, const char *word)
{
  g_auto (GStrv) parts = g_strsplit_set (label, " ,_-", -1);

  for (char **part = parts; *part != NULL; part++)
    if (g_ascii_strcasecmp (*part, word) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
knows (const SalModel *model, const char *word)
{
  for (int i = 0; i < sal_model_n_classes (model); i++) {
    const char *label = sal_model_label (model, i);
    if (label != NULL && has_word (label, word))
      return TRUE;
  }
  return FALSE;
}

char *
sal_bundled_picture_for (const SalModel *model)
{
  static const struct {
    const char *name, *kinds[2];
  } pictures[] = {
    { "clock-and-mushroom", { "clock", "mushroom" } },
    { "butterfly", { "butterfly" } },
    { "umbrella", { "umbrella" } },
    { "mug", { "mug" } },
    { "fish", { "fish" } },
    { "boat", { "boat" } },
    { "cactus", { "cactus" } },
    { "house", { "house" } },
    { "key", { "key" } },
  };
  int best = 0, most = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (pictures); i++) {
    int known = 0;
    for (gsize j = 0; j < 2 && pictures[i].kinds[j] != NULL; j++)
      known += knows (model, pictures[i].kinds[j]);
    if (known > most) {
      most = known;
      best = (int) i;
    }
  }
  return sal_bundled_example (pictures[best].name);
}
