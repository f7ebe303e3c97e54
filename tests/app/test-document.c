/* The document without a window: what is opened, replaced, exported, and remembered. */
#include "tests/app/document-support.h"

#include "app/preferences.h"
#include "engine/base/file.h"
#include "engine/explain/recipe.h"
#include "engine/image/overlay.h"
#include "engine/image/png.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
test_empty (void)
{
  g_autoptr (SalDocument) document = sal_document_new ();

  g_assert_null (sal_document_view (document));
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_EMPTY);
  g_assert_nonnull (sal_document_method (document));
  sal_document_cancel (document);
  sal_document_export (document, "nowhere.png");
  sal_document_set_kind (document, SAL_OUTPUT_PROBABILITY);
  g_assert_cmpuint (sal_document_jobs (document), ==, 0);
  g_assert_finalize_object (g_steal_pointer (&document));
}

static void
test_open (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  SalView *view = sal_document_view (document);
  g_assert_nonnull (view);
  g_assert_true (view->model == sal_document_model (document));
  g_assert_true (view->picture == sal_document_picture (document));
  g_assert_cmpuint (view->predictions->len, ==, (guint) sal_model_n_classes (view->model));
  g_assert_cmpint (sal_document_target (document), ==,
                   g_array_index (view->predictions, SalPrediction, 0).class_index);
  g_assert_nonnull (sal_document_heatmap (document));
  g_assert_nonnull (sal_document_explanation (document));
  g_assert_cmpuint (sal_document_jobs (document), ==, 1);
  g_assert_cmpfloat (sal_document_fraction (document), ==, 1);
  g_assert_finalize_object (g_steal_pointer (&document));
  app_said_clear (&said);
}

/* Files of any name, in any order; a model alone and a picture alone are no view. */
static void
test_recognise (void)
{
  g_autofree char *model = NULL, *picture = NULL, *contents = NULL;
  g_autofree char *renamed = test_scratch ("a-picture-without-a-name");
  gsize length;

  if (!app_example (&model, &picture))
    return;
  g_assert_true (g_file_get_contents (picture, &contents, &length, NULL));
  test_write (renamed, contents, length);
  const char *const orders[][3] = { { model, renamed }, { renamed, model } };
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autoptr (SalDocument) document = sal_document_new ();

    sal_document_open_files (document, orders[i]);
    g_assert_true (sal_document_is_opening (document));
    app_settle (document);
    g_assert_nonnull (sal_document_view (document));
    g_assert_cmpstr (sal_document_picture (document)->path, ==, renamed);
  }
  const char *const alone[][2] = { { model }, { picture } };
  for (gsize i = 0; i < G_N_ELEMENTS (alone); i++) {
    g_autoptr (SalDocument) document = sal_document_new ();

    sal_document_open_files (document, alone[i]);
    app_settle (document);
    g_assert_null (sal_document_view (document));
    g_assert_true ((sal_document_model (document) != NULL) == (i == 0));
    g_assert_true ((sal_document_picture (document) != NULL) == (i == 1));
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_EMPTY);
  }
}

/* Each wrong file is told once, and everything that was there stays. */
static void
test_broken (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  g_auto (GStrv) broken = app_broken ();
  SalView *view = sal_document_view (document);
  SalHeatmap *heatmap = sal_document_heatmap (document);

  for (int i = 0; broken[i] != NULL; i++) {
    const char *const paths[] = { broken[i], NULL };
    g_autofree char *name = g_path_get_basename (broken[i]);

    sal_document_open_files (document, paths);
    app_settle (document);
    g_test_message ("%s: %s: %s", name, said.summary, said.details);
    g_assert_cmpint (said.n_failed, ==, i + 1);
    app_assert_details (said.details, broken[i]);
    g_assert_true (sal_document_view (document) == view);
    g_assert_true (sal_document_heatmap (document) == heatmap);
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
    g_assert_cmpuint (sal_document_jobs (document), ==, 1);
  }
  app_said_clear (&said);
}

/* The smallest picture, and the longest: not usual, not wrong. */
static void
test_odd_pictures (void)
{
  static const int sizes[][2] = { { 2, 2 }, { 20000, 200 }, { 40, 4000 } };
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (SalImage) image =
        sal_image_new_filled (sizes[i][0], sizes[i][1], (const guint8[]){ 200, 90, 30 });
    g_autofree char *path = test_scratch ("odd.png");

    g_assert_true (sal_png_write (path, image, NULL, NULL));
    sal_document_open_picture (document, path);
    app_settle (document);
    g_assert_cmpint (said.n_failed, ==, 0);
    g_assert_cmpint (sal_image_width (sal_document_picture (document)->image), ==, sizes[i][0]);
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  }
  app_said_clear (&said);
}

/* Pictures opened in quick succession while a job runs: only the last is seen, with its own map. */
static void
test_succession (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  document_choose (document, "integrated-gradients");
  for (int i = 0; i < 8; i++) {
    g_autoptr (SalImage) image =
        sal_image_new_filled (40 + i, 30, (const guint8[]){ (guint8) (30 * i), 90, 30 });
    g_autofree char *name = g_strdup_printf ("succession-%d.png", i);
    g_autofree char *path = test_scratch (name);

    g_assert_true (sal_png_write (path, image, NULL, NULL));
    sal_document_open_picture (document, path);
    ui_run (i * 4);
  }
  while (sal_document_is_opening (document) ||
         sal_document_state (document) == SAL_DOCUMENT_RUNNING) {
    g_main_context_iteration (NULL, TRUE);
    SalExplanation *explanation = sal_document_explanation (document);
    if (explanation != NULL)
      g_assert_true (explanation->view == sal_document_view (document));
  }
  g_assert_cmpint (sal_image_width (sal_document_picture (document)->image), ==, 47);
  g_assert_true (sal_document_explanation (document)->view == sal_document_view (document));
  app_said_clear (&said);
}

/* What the model says is of the picture that is shown, however what is loaded overtakes the rest.
 */
static void
same_pair_cb (SalDocument *document)
{
  SalView *view = sal_document_view (document);

  if (view != NULL)
    g_assert_true (view->picture == sal_document_picture (document));
}

static void
test_overtaken (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  g_autofree char *large = test_scratch ("overtaken.png"), *small = test_scratch ("small.png");
  g_autofree char *pipe = test_scratch ("pipe.onnx");

  if (document == NULL)
    return;
  g_autoptr (SalImage) slow = sal_image_new_filled (5000, 4000, (const guint8[]){ 20, 90, 130 });
  g_autoptr (SalImage) quick_one = sal_image_new_filled (40, 40, (const guint8[]){ 130, 90, 20 });
  g_assert_true (sal_png_write (large, slow, NULL, NULL));
  g_assert_true (sal_png_write (small, quick_one, NULL, NULL));
  sal_document_open_picture (document, large);
  app_settle (document);
  g_signal_connect (document, "notify::view", G_CALLBACK (same_pair_cb), NULL);

  /* A file that takes its time: one that nobody has begun to write. */
  g_assert_cmpint (mkfifo (pipe, 0600), ==, 0);
  sal_document_take_model (document, sal_document_model (document));
  sal_document_open_picture (document, small);
  sal_document_open_files (document, (const char *const[]){ pipe, NULL });
  ui_run (500);
  g_assert_true (sal_document_is_opening (document));
  int end = g_open (pipe, O_WRONLY, 0);
  g_assert_cmpint (end, >=, 0);
  close (end);
  /* Opened once more, as the model it calls itself. */
  for (int i = 0; i < 500 && (end = g_open (pipe, O_WRONLY | O_NONBLOCK, 0)) < 0; i++)
    ui_run (10);
  if (end >= 0)
    close (end);
  app_settle (document);
  g_assert_cmpint (said.n_failed, ==, 1);
  g_assert_cmpint (sal_image_width (sal_document_picture (document)->image), ==, 40);
  g_assert_true (sal_document_explanation (document)->view == sal_document_view (document));
  app_said_clear (&said);
}

static void
opening_cb (SalDocument *document, GParamSpec *spec, gpointer data)
{
  *(gboolean *) data = sal_document_is_opening (document);
}

/* What takes the place of what is being opened does so at once, and says that nothing is. */
static void
test_replaced (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  g_autofree char *model = NULL, *picture = NULL;
  gboolean opening = FALSE;

  if (document == NULL || !app_example (&model, &picture))
    return;
  g_signal_connect (document, "notify::opening", G_CALLBACK (opening_cb), &opening);
  const char *const names[] = { NULL };
  g_autoptr (SalModel) other =
      sal_model_with_labels (sal_document_model (document), names, NULL, NULL);
  sal_document_open_model (document, model);
  sal_document_take_model (document, other);
  app_settle (document);
  ui_run (50);
  g_assert_true (sal_document_model (document) == other);
  g_assert_false (opening);

  g_autoptr (SalExplanation) answer = sal_explanation_ref (sal_document_explanation (document));
  sal_document_open_model (document, model);
  g_assert_true (opening);
  sal_document_restore (document, answer, sal_document_looks (document));
  g_assert_false (opening);
  app_settle (document);
  ui_run (200);
  g_assert_true (sal_document_model (document) == other);
  app_said_clear (&said);
}

/* What was exported is what is shown, and tells how to make it again. */
static void
test_export (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  g_autofree char *path = test_scratch ("export.png");
  GError *error = NULL;

  document_choose (document, "integrated-gradients");
  app_set (document, "steps", "7");
  document_set_look (document, "cells", "sharp");
  app_settle (document);
  guint jobs = sal_document_jobs (document);
  sal_document_export (document, path);
  for (int i = 0; i < 1000 && said.n_exported + said.n_failed == 0; i++)
    ui_run (10);
  g_assert_cmpint (said.n_failed, ==, 0);
  g_assert_cmpint (said.n_exported, ==, 1);
  g_assert_cmpstr (said.path, ==, path);
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);

  SalView *view = sal_document_view (document);
  SalAppearance appearance = sal_document_appearance (document);
  g_autoptr (SalImage) written = sal_image_load (path, &error);
  g_assert_no_error (error);
  g_autoptr (SalImage) expected =
      sal_overlay_render (view->picture->image, sal_document_heatmap (document), &view->seen,
                          &appearance.overlay, 1, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sal_image_width (written), ==, sal_image_width (view->picture->image));
  g_assert_true (sal_image_equal (written, expected));
  g_assert_false (sal_image_equal (written, view->picture->image));

  g_autofree char *json = sal_png_read_text (path, SAL_PNG_PARAMETERS, &error);
  g_assert_no_error (error);
  g_autoptr (SalRecipe) recipe = sal_recipe_read (json, path, &error);
  g_assert_no_error (error);
  g_assert_true (recipe->method == sal_document_method (document));
  g_assert_cmpint (recipe->target, ==, sal_document_target (document));
  g_assert_cmpstr (recipe->model_sha256, ==, sal_model_sha256 (view->model));
  g_autofree char *sha256 = sal_file_sha256 (view->picture->path, NULL);
  g_assert_cmpstr (recipe->image_sha256, ==, sha256);
  g_assert_cmpfloat (
      sal_settings_number (recipe->settings, sal_param_find (recipe->method->params, "steps")), ==,
      7);
  /* Read back, it says the same look. */
  SalAppearance again = sal_appearance_from_settings (recipe->method, recipe->settings);
  g_assert_cmpint (again.overlay.blend, ==, appearance.overlay.blend);
  g_assert_cmpfloat (again.overlay.opacity, ==, appearance.overlay.opacity);
  g_assert_false (again.overlay.smooth);
  g_assert_cmpint (again.heatmap.sign, ==, appearance.heatmap.sign);

  /* Several at once are all written. */
  char *paths[4];
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autofree char *name = g_strdup_printf ("export-%zu.png", i);
    paths[i] = test_scratch (name);
    sal_document_export (document, paths[i]);
  }
  for (int i = 0; i < 1000 && said.n_exported < 5; i++)
    ui_run (10);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_assert_true (g_file_test (paths[i], G_FILE_TEST_EXISTS));
    g_free (paths[i]);
  }
  g_assert_cmpint (said.n_exported, ==, 5);

  /* Where nothing can be written, that is said, and nothing is left behind. */
  sal_document_export (document, "/proc/nowhere/export.png");
  for (int i = 0; i < 1000 && said.n_failed == 0; i++)
    ui_run (10);
  g_assert_cmpint (said.n_failed, ==, 1);

  /* What has been asked for is written, even if the document is closed right then. */
  g_autofree char *last = test_scratch ("export-last.png");
  sal_document_export (document, last);
  g_clear_object (&document);
  for (int i = 0; i < 1000 && said.n_exported < 6; i++)
    ui_run (10);
  g_assert_true (g_file_test (last, G_FILE_TEST_EXISTS));
  app_said_clear (&said);
}

static gboolean
has_ended (gpointer said)
{
  return ((Said *) said)->n_exported + ((Said *) said)->n_failed > 0;
}

/* A picture whose file is gone, as what came with a message often is, can be exported. */
static void
test_export_lost (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  g_autofree char *path = test_scratch ("lost.png"), *export = test_scratch ("found.png");
  g_autoptr (GError) error = NULL;
  SalPicture *picture = sal_document_picture (document);

  g_assert_true (sal_png_write (path, picture->image, NULL, &error));
  sal_document_open_picture (document, path);
  app_settle (document);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, path);
  g_assert_cmpint (g_unlink (path), ==, 0);
  sal_document_export (document, export);
  g_assert_true (ui_wait_until (has_ended, &said, 60000));
  g_assert_cmpint (said.n_failed, ==, 0);

  g_autofree char *json = sal_png_read_text (export, SAL_PNG_PARAMETERS, &error);
  g_assert_no_error (error);
  g_autoptr (SalRecipe) recipe = sal_recipe_read (json, export, &error);
  g_assert_no_error (error);
  g_assert_null (recipe->image_sha256);
  g_assert_nonnull (recipe->model_sha256);
  app_said_clear (&said);
}

static void
test_remember (void)
{
  g_autoptr (GSettings) preferences = sal_preferences_new ();
  g_autoptr (SalDocument) document = sal_document_new ();
  const SalMethod *method = sal_method_find ("integrated-gradients");
  const SalParam *colours = sal_param_find (sal_appearance_params (), "colormap");

  g_assert_nonnull (preferences);
  sal_document_set_method (document, method);
  app_set (document, "steps", "123");
  g_autoptr (SalSettings) looks = sal_settings_copy (sal_document_looks (document));
  sal_settings_set_text (looks, colours, "magma", NULL);
  sal_document_set_looks (document, looks);
  sal_preferences_save (preferences, document);

  g_autoptr (SalDocument) next = sal_document_new ();
  sal_document_set_method (next, sal_method_find ("gradient"));
  sal_preferences_restore (preferences, next);
  g_assert_true (sal_document_method (next) == method);
  g_assert_cmpfloat (
      sal_settings_number (sal_document_settings (next), sal_param_find (method->params, "steps")),
      ==, 123);
  g_assert_cmpstr (sal_settings_text (sal_document_looks (next), colours), ==, "magma");

  /* What an older version, or somebody's editor, has left there does no harm. */
  g_settings_set_string (preferences, "method", "no-such-method");
  g_settings_set_string (preferences, "appearance", "{ \"colormap\": 7, \"opacity\": \"much\"");
  sal_preferences_restore (preferences, next);
  g_assert_true (sal_document_method (next) == method);
  sal_preferences_restore (NULL, next);
  sal_preferences_save (NULL, next);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/document/empty", test_empty);
  g_test_add_func ("/app/document/open", test_open);
  g_test_add_func ("/app/document/recognise", test_recognise);
  g_test_add_func ("/app/document/broken", test_broken);
  g_test_add_func ("/app/document/odd-pictures", test_odd_pictures);
  g_test_add_func ("/app/document/succession", test_succession);
  g_test_add_func ("/app/document/overtaken", test_overtaken);
  g_test_add_func ("/app/document/replaced", test_replaced);
  g_test_add_func ("/app/document/export", test_export);
  g_test_add_func ("/app/document/export-lost", test_export_lost);
  g_test_add_func ("/app/document/remember", test_remember);
  int status = g_test_run ();
  test_scratch_clear ();
  return status;
}
