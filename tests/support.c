#include "tests/support.h"

#include <glib/gstdio.h>
#include <stdio.h>

static char *scratch;

static const char *
source_root (void)
{
  const char *root = g_getenv ("SALIENCE_SOURCE_ROOT");

  return root != NULL ? root : ".";
}

char *
test_data (const char *name)
{
  return g_build_filename (source_root (), "tests", "data", name, NULL);
}

char *
test_reference (const char *name)
{
  const char *root = g_getenv ("SALIENCE_REFERENCE");
  g_autofree char *path = root != NULL
                              ? g_build_filename (root, name, NULL)
                              : g_build_filename (source_root (), "..", "shared", name, NULL);

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);

  g_autofree char *why = g_strdup_printf ("reference data absent: %s", path);

  g_test_skip (why);
  return NULL;
}

char *
test_scratch (const char *name)
{
  if (scratch == NULL)
    scratch = g_dir_make_tmp ("salience-test-XXXXXX", NULL);
  return g_build_filename (scratch, name, NULL);
}

void
test_write (const char *path, gconstpointer data, gsize size)
{
  g_remove (path);

  FILE *file = fopen (path, "wb");

  g_assert_nonnull (file);
  g_assert_cmpuint (fwrite (data, 1, size, file), ==, size);
  g_assert_cmpint (fclose (file), ==, 0);
}

static int
clear (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  int n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
      n += clear (path) + 1;
    } else {
      g_remove (path);
      n++;
    }
  }
  g_rmdir (folder);
  return n;
}

int
test_scratch_clear (void)
{
  int n = scratch != NULL ? clear (scratch) : 0;

  g_clear_pointer (&scratch, g_free);
  return n;
}
