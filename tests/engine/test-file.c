#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/reads.h"
#include "tests/support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_content (const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sal_file_read (path, 1000, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
}

static void
test_replace (void)
{
  g_autofree char *path = test_scratch ("file");
  g_autoptr (GError) error = NULL;

  g_assert_true (sal_file_write (path, "first", 5, &error));
  assert_content (path, "first");
  g_assert_true (sal_file_write (path, "second", 6, &error));
  assert_content (path, "second");
  g_assert_true (sal_file_write (path, "", 0, &error));
  assert_content (path, "");
  g_assert_cmpint (test_scratch_clear (), ==, 1);
}

/* Nothing may be left beside the file when it cannot be written. */
static void
test_no_rubble (void)
{
  g_autofree char *directory = test_scratch ("directory");
  g_autofree char *missing = g_build_filename (directory, "none", "file", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (directory, 0700), ==, 0);
  g_assert_false (sal_file_write (directory, "x", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_clear_error (&error);
  g_assert_false (sal_file_write (missing, "x", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, missing));
  g_assert_cmpint (test_scratch_clear (), ==, 1);
}

static void
test_link (void)
{
  g_autofree char *path = test_scratch ("target");
  g_autofree char *link = test_scratch ("link");
  g_autoptr (GError) error = NULL;

  g_assert_true (sal_file_write (path, "old", 3, &error));
  g_assert_cmpint (symlink (path, link), ==, 0);
  g_assert_true (sal_file_write (link, "new", 3, &error));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  assert_content (path, "new");
  g_assert_cmpint (test_scratch_clear (), ==, 2);
}

static gpointer
feed_pipe (gpointer path)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sal_file_write (path, "through a pipe", 14, &error));
  return NULL;
}

static void
test_pipe (void)
{
  g_autofree char *path = test_scratch ("pipe");

  g_assert_cmpint (mkfifo (path, 0600), ==, 0);

  GThread *thread = g_thread_new ("feed", feed_pipe, path);

  assert_content (path, "through a pipe");
  g_thread_join (thread);
  g_assert_cmpint (test_scratch_clear (), ==, 1);
}

static void
test_limit (void)
{
  g_autofree char *path = test_scratch ("file");
  g_autofree char *missing = test_scratch ("missing");
  g_autofree char *directory = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_true (sal_file_write (path, "12345", 5, &error));

  g_autoptr (GBytes) fits = sal_file_read (path, 5, &error);

  g_assert_no_error (error);
  g_assert_cmpint (g_bytes_get_size (fits), ==, 5);
  g_assert_null (sal_file_read (path, 4, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_MEMORY);
  g_clear_error (&error);
  g_assert_null (sal_file_read ("/dev/zero", 1000000, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_MEMORY);
  g_clear_error (&error);
  g_assert_null (sal_file_read (directory, 1000, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_clear_error (&error);
  g_assert_null (sal_file_read (missing, 1000, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  test_scratch_clear ();
}

static void
test_part (void)
{
  g_autofree char *path = test_scratch ("file");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  test_write (path, "0123456789", 10);

  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  g_autoptr (GBytes) middle = sal_file_read_part (fd, 3, 4, &error);
  g_autoptr (GBytes) nothing = sal_file_read_part (fd, 10, 0, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (middle, NULL), g_bytes_get_size (middle), "3456", 4);
  g_assert_cmpuint (g_bytes_get_size (nothing), ==, 0);
  /* As a file that has become shorter since its length was asked for. */
  g_assert_null (sal_file_read_part (fd, 3, 8, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_clear_error (&error);
  close (fd);
  g_assert_null (sal_file_read_part (fd, 3, 4, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);

  test_scratch_clear ();
}

/* The content of a regular file, if that is what it was when it was read. */
static void
test_sha256 (void)
{
  /* FIPS 180-2, appendix B.1 */
  const char *abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  g_autofree char *path = test_scratch ("abc");
  g_autofree char *folder = g_path_get_dirname (path);

  test_write (path, "abc", 3);
  SalStamp then = sal_stamp_of (path), never = { 0 };
  g_autofree char *hash = sal_file_sha256 (path, NULL);
  g_autofree char *same = sal_file_sha256 (path, &then);
  g_assert_cmpstr (hash, ==, abc);
  g_assert_cmpstr (same, ==, abc);
  g_assert_null (sal_file_sha256 (path, &never));
  g_assert_null (sal_file_sha256 (folder, NULL));
  g_assert_null (sal_file_sha256 ("/dev/zero", NULL));
  test_write (path, "abcd", 4);
  g_assert_null (sal_file_sha256 (path, &then));
  g_unlink (path);
  g_assert_null (sal_file_sha256 (path, NULL));
  test_scratch_clear ();
}

/* What was read or missed, while that was noted, and what has become of it since. */
static void
test_reads (void)
{
  g_autofree char *path = test_scratch ("read.txt"), *absent = test_scratch ("absent.txt");
  g_autofree char *other = test_scratch ("other.txt");

  for (int which = 0; which < 3; which++) {
    g_unlink (absent);
    test_write (path, "one", 3);
    test_write (other, "one", 3);
    g_autoptr (SalReads) reads = sal_reads_begin ();
    g_autoptr (GBytes) bytes = sal_file_read (path, 10, NULL);
    g_autoptr (GBytes) none = sal_file_read (absent, 10, NULL);
    sal_reads_end (reads);
    g_autoptr (GBytes) later = sal_file_read (other, 10, NULL);
    g_assert_nonnull (bytes);
    g_assert_null (none);
    g_assert_nonnull (later);
    test_write (other, "three", 5); /* not read in that time */
    g_assert_true (sal_reads_unchanged (reads));
    if (which == 0)
      test_write (path, "three", 5);
    else if (which == 1)
      g_assert_cmpint (g_unlink (path), ==, 0);
    else
      test_write (absent, "", 0);
    g_assert_false (sal_reads_unchanged (reads));
  }
  test_scratch_clear ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/base/reads", test_reads);
  g_test_add_func ("/engine/base/file/replace", test_replace);
  g_test_add_func ("/engine/base/file/no-rubble", test_no_rubble);
  g_test_add_func ("/engine/base/file/link", test_link);
  g_test_add_func ("/engine/base/file/pipe", test_pipe);
  g_test_add_func ("/engine/base/file/limit", test_limit);
  g_test_add_func ("/engine/base/file/part", test_part);
  g_test_add_func ("/engine/base/file/sha256", test_sha256);
  return g_test_run ();
}
