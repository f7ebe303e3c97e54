/* Downloads from a server with all the faults of real ones. */
#include "app/download.h"
#include "engine/base/error.h"
#include "tests/app/web.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <string.h>

#define SIZE 150000

static char *address, *path, *part, *sha256;
static GBytes *content;
static guint patience = 10; /* seconds; a busy machine may be slow */

static gboolean
get (const char *name, const SalProgress *progress, GError **error)
{
  g_autofree char *uri = g_strconcat (address, name, NULL);
  SalDownload download = {
    .address = uri, .path = path, .bytes = SIZE, .sha256 = sha256, .patience = patience
  };

  return sal_download_run (&download, progress, error);
}

/* Neither the file nor a part of it is there to begin with. */
static void
clean (void)
{
  g_remove (path);
  g_remove (part);
  web_requests ();
}

static gint64
length_of (const char *file)
{
  GStatBuf info;

  return g_stat (file, &info) == 0 ? (gint64) info.st_size : -1;
}

static void
assert_whole (void)
{
  g_autofree char *got = NULL;
  gsize size, want;
  gconstpointer data = g_bytes_get_data (content, &want);

  g_assert_true (g_file_get_contents (path, &got, &size, NULL));
  g_assert_cmpmem (got, size, data, want);
  g_assert_cmpint (length_of (part), ==, -1);
}

static void
assert_comes (const char *name, int requests)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", name);
  g_assert_true (get (name, NULL, &error));
  g_assert_no_error (error);
  assert_whole ();
  g_assert_cmpint (web_requests (), ==, requests);
}

static void
assert_fails (const char *name, const char *why, gint64 left)
{
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", name);
  g_assert_false (get (name, NULL, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, why));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_cmpint (length_of (path), ==, -1);
  g_assert_cmpint (length_of (part), ==, left);
}

static void
test_plain (void)
{
  clean ();
  assert_comes ("file", 1);
  /* What is there is not asked for again. */
  assert_comes ("file", 0);
  /* A file of the right length with a wrong byte in it is. */
  g_autofree char *zeros = g_malloc0 (SIZE);

  test_write (path, zeros, SIZE);
  assert_comes ("file", 1);
}

static void
test_moved (void)
{
  clean ();
  assert_comes ("moved", 2);
  clean ();
  assert_fails ("round", "127.0.0.1", -1);
}

/* Taken up again and again; where the server knows no ranges, given up. */
static void
test_cut (void)
{
  clean ();
  assert_comes ("cut", 4);
  clean ();
  assert_fails ("plain-cut", "connection broke", 40000);
  assert_comes ("file", 3);
}

static void
test_resume (void)
{
  gsize size;
  const char *data = g_bytes_get_data (content, &size);

  clean ();
  test_write (part, data, 70000);
  assert_comes ("file", 1);
  clean ();
  test_write (part, data, 70000);
  assert_comes ("plain", 1);
  /* All of it is there, but for its name. */
  clean ();
  test_write (part, data, size);
  assert_comes ("file", 0);
  clean ();
  test_write (part, data, 70000);
  assert_fails ("odd-range", "another part", 70000);
}

/* A part of something else is found out by the hash, and the next attempt begins anew. */
static void
test_rubble (void)
{
  g_autofree char *zeros = g_malloc0 (2 * SIZE);

  clean ();
  test_write (part, zeros, 70000);
  assert_fails ("file", "SHA-256", -1);
  assert_comes ("file", 2);
  clean ();
  test_write (part, zeros, 2 * SIZE);
  assert_comes ("file", 1);
}

static void
test_wrong (void)
{
  g_autofree char *nowhere = NULL;

  clean ();
  assert_fails ("wrong", "SHA-256", -1);
  assert_fails ("stated", "another file", -1);
  assert_fails ("long", "another file", -1);
  assert_fails ("short", "connection broke", SIZE - 1);
  clean ();
  assert_fails ("nothing", "404", -1);
  assert_fails ("trouble", "503", -1);
}

static void
assert_unreachable (const char *where, const char *why)
{
  SalDownload download = {
    .address = where, .path = path, .bytes = SIZE, .sha256 = sha256, .patience = patience
  };
  g_autoptr (GError) error = NULL;

  g_assert_false (sal_download_run (&download, NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, why));
  g_assert_cmpint (length_of (path), ==, -1);
  g_assert_cmpint (length_of (part), ==, -1);
}

static void
test_unreachable (void)
{
  clean ();
  assert_unreachable ("http://127.0.0.1:1/model", "refuses the connection");
  /* A name that stands for no computer, by its definition. */
  assert_unreachable ("http://models.invalid/model", "offline");
  assert_unreachable ("ftp://127.0.0.1/model", "http://");
  assert_unreachable ("file:///etc/passwd", "http://");
  assert_unreachable ("http:///model", "http://");
  assert_unreachable ("model", "http://");
}

static void
test_silent (void)
{
  clean ();
  patience = 1;
  assert_fails ("silent", "has not answered", 1000);
  patience = 10;
}

typedef struct {
  GCancellable *cancellable;
  double last;
  int calls;
} Watch;

static void
watch_cb (double fraction, const SalPartial *partial, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >=, watch->last);
  g_assert_cmpfloat (fraction, <=, 1);
  watch->last = fraction;
  if (++watch->calls == 5 && watch->cancellable != NULL)
    g_cancellable_cancel (watch->cancellable);
}

static void
test_progress (void)
{
  Watch watch = { 0 };
  SalProgress progress = SAL_PROGRESS_INIT (NULL, watch_cb, &watch);
  g_autoptr (GError) error = NULL;

  clean ();
  g_assert_true (get ("cut", &progress, &error));
  g_assert_cmpint (watch.calls, >=, 4);
  g_assert_cmpfloat (watch.last, ==, 1);
}

/* Cancelled in the middle, it ends soon; what had come is gone on with. */
static void
test_cancel (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Watch watch = { .cancellable = cancellable };
  SalProgress progress = SAL_PROGRESS_INIT (cancellable, watch_cb, &watch);
  g_autoptr (GError) error = NULL;
  gint64 start = g_get_monotonic_time ();

  clean ();
  g_assert_false (get ("slow", &progress, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (length_of (part), >, 0);
  g_assert_cmpint (length_of (part), <, SIZE);
  web_requests ();
  assert_comes ("file", 1);
}

/* Two downloads of one file do not write into each other. */
static gpointer
in_thread (gpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean done = get ("slow", NULL, &error);

  g_assert_true (done);
  return NULL;
}

static void
test_twice (void)
{
  g_autoptr (GThread) thread = NULL;
  g_autoptr (GError) error = NULL;

  clean ();
  thread = g_thread_new ("first", in_thread, NULL);
  while (length_of (part) <= 0)
    g_usleep (1000);
  g_assert_false (get ("file", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_thread_join (g_steal_pointer (&thread));
  assert_whole ();
}

static void
test_folder (void)
{
  g_autofree char *file = test_scratch ("plain-file"), *below = NULL;
  g_autoptr (GError) error = NULL;
  SalDownload download = { .address = address, .bytes = SIZE, .sha256 = sha256 };

  test_write (file, "x", 1);
  below = g_build_filename (file, "model.onnx", NULL);
  download.path = below;
  g_assert_false (sal_download_run (&download, NULL, &error));
  g_assert_nonnull (strstr (error->message, "plain-file"));
}

int
main (int argc, char **argv)
{
  g_autofree guint8 *data = g_malloc (SIZE);
  int status;

  g_test_init (&argc, &argv, NULL);
  for (int i = 0; i < SIZE; i++)
    data[i] = (guint8) ((guint32) (i * 2654435761u) >> 24);
  content = g_bytes_new (data, SIZE);
  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, content);
  address = web_start (content);
  path = test_scratch ("model.onnx");
  part = g_strconcat (path, ".part", NULL);
  g_test_add_func ("/app/download/plain", test_plain);
  g_test_add_func ("/app/download/moved", test_moved);
  g_test_add_func ("/app/download/cut", test_cut);
  g_test_add_func ("/app/download/resume", test_resume);
  g_test_add_func ("/app/download/rubble", test_rubble);
  g_test_add_func ("/app/download/wrong", test_wrong);
  g_test_add_func ("/app/download/unreachable", test_unreachable);
  g_test_add_func ("/app/download/silent", test_silent);
  g_test_add_func ("/app/download/progress", test_progress);
  g_test_add_func ("/app/download/cancel", test_cancel);
  g_test_add_func ("/app/download/twice", test_twice);
  g_test_add_func ("/app/download/folder", test_folder);
  status = g_test_run ();
  web_stop ();
  test_scratch_clear ();
  g_free (address);
  g_free (path);
  g_free (part);
  g_free (sha256);
  g_bytes_unref (content);
  return status;
}
