/* Several threads that open one file, use what they get and let go of it, of each other's too,
 * while the file is replaced: each gets one of the models that were there, whole. Run with the
 * thread sanitizer by ./test. */
#include "app/open-models.h"
#include "app/work.h"
#include "engine/base/error.h"
#include "tests/engine/net.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define FILES 2
#define USERS 3
/* The thread sanitizer, which sees all orders that might have been, takes twenty times as long. */
#ifdef __SANITIZE_THREAD__
#define ROUNDS 10
#define REPLACED 25
#else
#define ROUNDS 40
#define REPLACED 100
#endif
#define HELD 4

typedef struct {
  char *bytes;
  gsize size;
  char *sha256;
  GArray *predictions;
} File;

static File files[FILES];
static char *path;
static SalTensor *input;
static atomic_int n_using, n_replaced;

/* What is in use just now, by whichever thread. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static SalModel *held[HELD];

static void
hold (SalModel *model, int place)
{
  pthread_mutex_lock (&mutex);
  SalModel *before = held[place];
  held[place] = model;
  pthread_mutex_unlock (&mutex);
  if (before != NULL)
    sal_model_unref (before);
}

/* The bits that this file's model has for the input, and no others. */
static gboolean
is_of (SalModel *model, const File *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) predictions = sal_model_predict (model, input, NULL, &error);

  g_assert_no_error (error);
  if (predictions->len != file->predictions->len)
    return FALSE;
  for (guint i = 0; i < predictions->len; i++) {
    const SalPrediction *a = &g_array_index (predictions, SalPrediction, i);
    const SalPrediction *b = &g_array_index (file->predictions, SalPrediction, i);

    if (a->class_index != b->class_index || a->logit != b->logit)
      return FALSE;
  }
  return TRUE;
}

static void
use (SalModel *model)
{
  const File *file = is_of (model, &files[0]) ? &files[0] : &files[1];
  g_assert_true (is_of (model, file));
  /* Of that file, or of none once it is replaced. */
  const char *sha256 = sal_model_sha256 (model);
  g_assert_true (sha256 == NULL || g_str_equal (sha256, file->sha256));

  g_autoptr (SalSettings) settings = sal_settings_new ();
  const SalQuery query = { .model = model,
                           .method = sal_method_find ("gradient"),
                           .settings = settings,
                           .target = { 0, -1, SAL_OUTPUT_LOGIT },
                           .input = input };
  g_autoptr (SalAttribution) attribution = sal_explain (&query, NULL, NULL);

  g_assert_nonnull (attribution);
}

/* @may_fail: the file may be found half written */
static gpointer
open_often (gpointer may_fail)
{
  for (int i = 0; i < ROUNDS || atomic_load (&n_replaced) < REPLACED; i++) {
    g_autoptr (GError) error = NULL;
    SalModel *model = sal_work_open_model (path, NULL, &error);

    if (may_fail != NULL && model == NULL) {
      g_assert_true (error->domain == SAL_ERROR || error->domain == G_IO_ERROR ||
                     error->domain == G_FILE_ERROR);
      continue;
    }
    g_assert_no_error (error);
    if (may_fail == NULL)
      use (model);
    hold (model, g_random_int_range (0, HELD));
  }
  atomic_fetch_sub (&n_using, 1);
  return NULL;
}

static void
rename_over (const File *file)
{
  g_autofree char *other = g_strconcat (path, ".new", NULL);

  test_write (other, file->bytes, file->size);
  g_assert_cmpint (g_rename (other, path), ==, 0);
}

/* As those do who know no better: for a moment the file is empty. */
static void
write_over (const File *file)
{
  FILE *stream = fopen (path, "wb");

  g_assert_nonnull (stream);
  g_assert_cmpuint (fwrite (file->bytes, 1, file->size, stream), ==, file->size);
  g_assert_cmpint (fclose (stream), ==, 0);
}

static void
test_replaced (gconstpointer in_place)
{
  void (*replace) (const File *) = in_place != NULL ? write_over : rename_over;
  GThread *users[USERS];
  int n = 0;

  atomic_store (&n_replaced, 0);
  atomic_store (&n_using, USERS);
  for (int i = 0; i < USERS; i++)
    users[i] = g_thread_new ("open", open_often, (gpointer) in_place);
  while (atomic_load (&n_using) > 0) {
    replace (&files[n++ % FILES]);
    atomic_store (&n_replaced, n);
    g_usleep (1000);
  }
  for (int i = 0; i < USERS; i++)
    g_thread_join (users[i]);

  /* What is still in use is found again where it is of the file as it now is, and nothing else. */
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) model = sal_work_open_model (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (is_of (model, &files[(n - 1) % FILES]));
  g_autoptr (SalModel) again = sal_open_models_find (path, NULL);
  g_assert_true (sal_model_is_again (again, model));
  for (int i = 0; i < HELD; i++)
    hold (NULL, i);
  g_clear_pointer (&again, sal_model_unref);
  g_clear_pointer (&model, sal_model_unref);
  g_assert_null (sal_open_models_find (path, NULL));
  g_test_message ("replaced %d times", n);
}

static char *
read_example (const char *name, gsize *size)
{
  g_autofree char *relative = g_build_filename ("..", "..", "data", "models", name, NULL);
  g_autofree char *from = test_data (relative);
  char *bytes;

  g_assert_true (g_file_get_contents (from, &bytes, size, NULL));
  return bytes;
}

/* A sidecar for the copy of the example that was read from @name; its labels stay where they are.
 */
static void
write_sidecar (const char *name)
{
  g_autofree char *sidecar = test_scratch ("model.json"), *data = test_data ("../../data/");
  gsize size;
  g_autofree char *bytes = read_example (name, &size);
  g_autoptr (GString) text = g_string_new_len (bytes, (gssize) size);

  g_assert_cmpuint (g_string_replace (text, "../", data, 0), ==, 1);
  test_write (sidecar, text->str, text->len);
}

/* Two networks of the same kind that differ in all their weights; one sidecar does for both. */
static void
find_files (void)
{
  static const char *const names[FILES] = { "scan-honest.onnx", "scan-shortcut.onnx" };

  write_sidecar ("scan-honest.json");
  path = test_scratch ("model.onnx");
  for (int i = 0; i < FILES; i++) {
    g_autoptr (GError) error = NULL;

    files[i].bytes = read_example (names[i], &files[i].size);
    rename_over (&files[i]);

    g_autoptr (SalModel) model = sal_model_open (path, &error);

    g_assert_no_error (error);
    files[i].sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256,
                                                   (const guchar *) files[i].bytes, files[i].size);
    if (input == NULL)
      input = net_input (model, 1, 0.8f);
    files[i].predictions = sal_model_predict (model, input, NULL, &error);
    g_assert_no_error (error);
  }
}

static void
forget_files (void)
{
  for (int i = 0; i < FILES; i++) {
    g_free (files[i].bytes);
    g_free (files[i].sha256);
    g_array_unref (files[i].predictions);
  }
  g_clear_pointer (&input, sal_tensor_unref);
  g_clear_pointer (&path, g_free);
  test_scratch_clear ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  find_files ();
  g_test_add_data_func ("/app/open-models/renamed", NULL, test_replaced);
  g_test_add_data_func ("/app/open-models/overwritten", GINT_TO_POINTER (TRUE), test_replaced);
  int result = g_test_run ();
  forget_files ();
  return result;
}
