/* Where tests find their inputs and put their outputs. */
#pragma once

#include <glib.h>

/**
 * test_data: Returns: (transfer full): the path of @name in tests/data, which is in the repository
 */
char *test_data (const char *name);

/**
 * test_reference:
 * @name: relative to the reference data (models, pictures, arrays), which are no part of the
 *   repository
 *
 * Looks in $SALIENCE_REFERENCE, else in ../shared beside the repository.
 *
 * Returns: (transfer full) (nullable): the path, or %NULL after g_test_skip() if it is absent: the
 *   test then returns
 */
char *test_reference (const char *name);

/**
 * test_scratch: Returns: (transfer full): a path called @name in a directory of this process, which
 *   test_scratch_clear() removes
 */
char *test_scratch (const char *name);

/**
 * test_write:
 *
 * Writes a file, quickly: nothing waits for the disk. What was there is removed first, as file
 * systems flush files that are truncated and written again.
 */
void test_write (const char *path, gconstpointer data, gsize size);

/**
 * test_scratch_clear:
 *
 * Removes the scratch directory and all folders in it.
 *
 * Returns: how many files and folders were in it
 */
int test_scratch_clear (void);
