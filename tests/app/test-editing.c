/* What is set of models: it stays while others are open, until it is saved. */
#include "app/bundled.h"
#include "app/editing.h"
#include "engine/image/sidecar.h"
#include "tests/app/app-support.h"

#include <glib/gstdio.h>

/* Returns: (transfer full): a model of its own file in the scratch folder, without a sidecar */
static SalModel *
model_at (const char *name)
{
  g_autofree char *bundled = sal_bundled_model (), *path = test_scratch (name), *contents = NULL;
  g_autofree char *sidecar = sal_sidecar_path (path);
  gsize length;
  GError *error = NULL;

  g_assert_true (g_file_get_contents (bundled, &contents, &length, NULL));
  test_write (path, contents, length);
  g_unlink (sidecar);
  SalModel *model = sal_model_open (path, &error);
  g_assert_no_error (error);
  return model;
}

/* Returns: (transfer full): @model's preparation with another mean */
static SalPreparation *
with_mean (SalModel *model, double mean)
{
  SalPreparation *preparation = sal_model_preparation (model);
  SalPixelFormat format = *sal_preparation_format (preparation);

  format.mean[0] = mean;
  SalPreparation *changed = sal_preparation_with_format (preparation, &format, NULL);
  g_assert_nonnull (changed);
  return changed;
}

static double
mean_of (SalPreparation *preparation)
{
  return sal_preparation_format (preparation)->mean[0];
}

static void
assert_unsaved (SalEditing *editing, SalModel *first, SalModel *second)
{
  SalModel *models[] = { first, second };
  g_autoptr (GPtrArray) paths = sal_editing_unsaved (editing);
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (models); i++)
    if (models[i] != NULL) {
      g_assert_cmpuint (paths->len, >, n);
      g_assert_cmpstr (paths->pdata[n++], ==, sal_model_path (models[i]));
    }
  g_assert_cmpuint (paths->len, ==, n);
}

/* The mean in the sidecar of a model's file. */
static double
saved_mean (SalModel *model)
{
  g_autoptr (SalModel) again = sal_model_open (sal_model_path (model), NULL);

  g_assert_nonnull (again);
  return mean_of (sal_model_preparation (again));
}

static void
test_kept (void)
{
  g_autofree char *bundled = sal_bundled_model ();

  if (bundled == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  g_autoptr (SalEditing) editing = sal_editing_new ();
  g_autoptr (SalModel) a = model_at ("a.onnx"), b = model_at ("b.onnx");
  g_autoptr (SalPreparation) changed = with_mean (a, 0.25);

  SalEditingNews news = sal_editing_open (editing, a, TRUE);
  g_assert_null (news.kept);
  g_assert_false (news.resumed);
  g_assert_false (sal_editing_is_changed (editing));
  assert_unsaved (editing, NULL, NULL);
  sal_editing_set (editing, changed, FALSE);
  g_assert_true (sal_editing_is_changed (editing));
  assert_unsaved (editing, a, NULL);

  /* It stays while another is open, and both are unsaved then. */
  news = sal_editing_open (editing, b, TRUE);
  g_assert_true (news.kept == a);
  g_clear_pointer (&news.kept, sal_model_unref);
  g_autoptr (SalPreparation) other = with_mean (b, 0.5);
  sal_editing_set (editing, other, FALSE);
  assert_unsaved (editing, b, a);
  sal_editing_revert (editing);
  assert_unsaved (editing, a, NULL);
  g_autoptr (SalModel) again = sal_model_open (sal_model_path (a), NULL);
  news = sal_editing_open (editing, again, TRUE);
  g_assert_null (news.kept);
  g_assert_true (news.resumed);
  g_assert_false (news.again);
  g_assert_cmpfloat (mean_of (sal_editing_preparation (editing)), ==, 0.25);

  /* What is saved is not unsaved, whether there is a model with it or not yet. */
  g_autofree char *written = sal_editing_save (editing, NULL);
  g_assert_nonnull (written);
  assert_unsaved (editing, NULL, NULL);
  g_assert_true (sal_editing_is_changed (editing));
  g_autoptr (SalModel) with =
      sal_model_with_preparation (again, sal_editing_preparation (editing), NULL);
  sal_editing_take (editing, with);
  g_assert_false (sal_editing_is_changed (editing));
  g_assert_cmpfloat (saved_mean (a), ==, 0.25);
}

/* A model that is open again as it was prepared for a result has not taken up what is kept of it:
 * that is what can be saved, and not how the result was made. */
static void
test_result (void)
{
  g_autofree char *bundled = sal_bundled_model ();

  if (bundled == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  g_autoptr (SalEditing) editing = sal_editing_new ();
  g_autoptr (SalModel) a = model_at ("c.onnx"), b = model_at ("d.onnx");
  g_autoptr (SalPreparation) kept = with_mean (a, 0.25), made = with_mean (a, 0.75);
  g_autoptr (SalModel) result = sal_model_with_preparation (a, made, NULL);

  sal_editing_open (editing, a, TRUE);
  sal_editing_set (editing, kept, FALSE);
  SalEditingNews news = sal_editing_open (editing, b, TRUE);
  g_clear_pointer (&news.kept, sal_model_unref);
  news = sal_editing_open (editing, result, FALSE);
  g_assert_false (news.resumed);
  assert_unsaved (editing, a, NULL);
  g_autofree char *written = sal_editing_save_kept (editing, sal_model_path (a), NULL);
  g_assert_nonnull (written);
  g_assert_cmpfloat (saved_mean (a), ==, 0.25);
  assert_unsaved (editing, NULL, NULL);
  g_assert_null (sal_editing_save_kept (editing, sal_model_path (a), NULL));
}

/* A folder that cannot be written in loses nothing. */
static void
test_failure (void)
{
  g_autofree char *bundled = sal_bundled_model ();

  if (bundled == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  g_autoptr (SalEditing) editing = sal_editing_new ();
  g_autoptr (SalModel) a = model_at ("e.onnx");
  g_autoptr (SalPreparation) changed = with_mean (a, 0.25);
  g_autofree char *sidecar = sal_sidecar_path (sal_model_path (a));
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (sidecar, 0700), ==, 0); /* where the file would be */
  sal_editing_open (editing, a, TRUE);
  sal_editing_set (editing, changed, FALSE);
  g_assert_null (sal_editing_save (editing, &error));
  g_assert_nonnull (error);
  assert_unsaved (editing, a, NULL);
  g_rmdir (sidecar);
}

/* What is set back to what was opened, or saved, is that again. */
static void
test_set_back (void)
{
  g_autofree char *bundled = sal_bundled_model ();

  if (bundled == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  g_autoptr (SalEditing) editing = sal_editing_new ();
  g_autoptr (SalModel) a = model_at ("f.onnx"), b = model_at ("g.onnx");
  double before = mean_of (sal_model_preparation (a));
  g_autoptr (SalPreparation) changed = with_mean (a, 0.25), back = with_mean (a, before);
  g_autoptr (SalPreparation) again = with_mean (a, 0.25);

  sal_editing_open (editing, a, TRUE);
  sal_editing_set (editing, changed, FALSE);
  assert_unsaved (editing, a, NULL);
  sal_editing_set (editing, back, FALSE);
  assert_unsaved (editing, NULL, NULL);
  g_assert_false (sal_editing_is_changed (editing));
  SalEditingNews news = sal_editing_open (editing, b, TRUE);
  g_assert_null (news.kept);

  /* Once something else is in the file, what was there before is a change. */
  sal_editing_open (editing, a, TRUE);
  sal_editing_set (editing, changed, FALSE);
  g_autofree char *written = sal_editing_save (editing, NULL);
  g_assert_nonnull (written);
  sal_editing_set (editing, back, FALSE);
  assert_unsaved (editing, a, NULL);
  sal_editing_set (editing, again, FALSE);
  assert_unsaved (editing, NULL, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/editing/kept", test_kept);
  g_test_add_func ("/app/editing/result", test_result);
  g_test_add_func ("/app/editing/failure", test_failure);
  g_test_add_func ("/app/editing/set-back", test_set_back);
  int status = g_test_run ();
  test_scratch_clear ();
  return status;
}
