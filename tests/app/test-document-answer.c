/* The document without a window: what is asked, how the answer is worked out, stopped and gone on
 * with, and that the main loop runs on meanwhile. */
#include "tests/app/document-support.h"
#include "tests/app/gap.h"

#include "app/bundled.h"
#include "engine/explain/recipe.h"
#include "engine/explain/scorer.h"
#include "engine/explain/smooth.h"
#include "engine/image/png.h"

static const char *const quick = "gradient";

static double
sum_of (SalHeatmap *heatmap)
{
  double sum = 0;

  for (int i = 0; i < sal_heatmap_width (heatmap) * sal_heatmap_height (heatmap); i++)
    sum += sal_heatmap_values (heatmap)[i] * (1 + i % 97);
  return sum;
}

/* Every part of the question sets the engine to work once, and another answer comes out. */
static void
test_question (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  SalView *view = sal_document_view (document);
  guint jobs = sal_document_jobs (document);
  double before = sum_of (sal_document_heatmap (document));

  document_choose (document, quick);
  g_assert_cmpuint (sal_document_jobs (document), ==, ++jobs);
  g_assert_cmpfloat (sum_of (sal_document_heatmap (document)), !=, before);

  before = sum_of (sal_document_heatmap (document));
  sal_document_set_target (document,
                           g_array_index (view->predictions, SalPrediction, 1).class_index);
  app_settle (document);
  g_assert_cmpuint (sal_document_jobs (document), ==, ++jobs);
  g_assert_cmpfloat (sum_of (sal_document_heatmap (document)), !=, before);
  g_assert_cmpint (sal_document_explanation (document)->target.class_index, ==,
                   sal_document_target (document));

  sal_document_set_kind (document, SAL_OUTPUT_PROBABILITY);
  app_settle (document);
  g_assert_cmpuint (sal_document_jobs (document), ==, ++jobs);
  g_assert_cmpint (sal_document_explanation (document)->target.kind, ==, SAL_OUTPUT_PROBABILITY);

  before = sum_of (sal_document_heatmap (document));
  app_set (document, "smooth", "smoothgrad");
  app_set (document, "samples", "4");
  app_settle (document);
  g_assert_cmpfloat (sum_of (sal_document_heatmap (document)), !=, before);

  /* Asking for what is there already is no question. */
  jobs = sal_document_jobs (document);
  sal_document_set_target (document, sal_document_target (document));
  sal_document_set_kind (document, SAL_OUTPUT_PROBABILITY);
  sal_document_set_method (document, sal_document_method (document));
  app_settle (document);
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);

  /* Each method keeps its own settings. */
  document_choose (document, "integrated-gradients");
  app_set (document, "baseline", "white");
  app_settle (document);
  document_choose (document, quick);
  document_choose (document, "integrated-gradients");
  g_assert_cmpstr (
      sal_settings_text (sal_document_settings (document),
                         sal_param_find (sal_document_method (document)->params, "baseline")),
      ==, "white");
  g_assert_cmpint (said.n_failed, ==, 0);
  app_said_clear (&said);
}

/* Another look is another heatmap, at most; never another job for the engine. */
static void
test_looks (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  static const char *const remade[][2] = { { "sign", "absolute" },
                                           { "reduce", "l2" },
                                           { "normalize", "max" } };
  static const char *const recoloured[][2] = { { "colormap", "viridis" },
                                               { "opacity", "0.3" },
                                               { "blend", "mask" } };
  guint jobs = sal_document_jobs (document);

  for (gsize i = 0; i < G_N_ELEMENTS (remade); i++) {
    SalHeatmap *before = sal_document_heatmap (document);
    int n = said.n_heatmaps;

    sal_heatmap_ref (before);
    document_set_look (document, remade[i][0], remade[i][1]);
    for (int wait = 0; wait < 200 && said.n_heatmaps == n; wait++)
      ui_run (10);
    g_assert_cmpint (said.n_heatmaps, ==, n + 1);
    g_assert_true (sal_document_heatmap (document) != before);
    sal_heatmap_unref (before);
  }
  int n = said.n_heatmaps;
  for (gsize i = 0; i < G_N_ELEMENTS (recoloured); i++)
    document_set_look (document, recoloured[i][0], recoloured[i][1]);
  ui_run (50);
  g_assert_cmpint (said.n_heatmaps, ==, n);
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs);
  SalAppearance appearance = sal_document_appearance (document);
  g_assert_cmpstr (appearance.overlay.map->id, ==, "viridis");
  g_assert_cmpfloat_with_epsilon (appearance.overlay.opacity, 0.3, 1e-12);
  g_assert_cmpint (appearance.overlay.blend, ==, SAL_BLEND_MASK);
  app_said_clear (&said);
}

static gint64
evaluations (void)
{
  gint64 gradients;

  return sal_scorer_points (&gradients);
}

/* More samples are added to those there are, and lead where all of them at once would have. */
static void
test_more_samples (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  document_choose (document, "gradient");
  app_set (document, "smooth", "smoothgrad");
  app_set (document, "samples", "10");
  app_settle (document);

  gint64 before = evaluations ();
  app_set (document, "samples", "20");
  app_settle (document);
  g_assert_cmpint (evaluations () - before, >, 9);
  g_assert_cmpint (evaluations () - before, <, 15);
  double added = sum_of (sal_document_heatmap (document));

  /* Asked for while the first are being computed, more are added to these all the same. */
  app_set (document, "samples", "2");
  app_set (document, "seed", "2");
  app_settle (document);
  before = evaluations ();
  app_set (document, "samples", "60");
  ui_run (5);
  app_set (document, "samples", "120");
  app_settle (document);
  g_assert_cmpint (evaluations () - before, >=, 116);
  g_assert_cmpint (evaluations () - before, <=, 126);
  app_set (document, "samples", "20");
  app_settle (document);

  app_set (document, "seed", "1");
  app_settle (document);
  app_set (document, "seed", "0");
  app_settle (document);
  g_assert_cmpfloat (sum_of (sal_document_heatmap (document)), ==, added);
  app_said_clear (&said);
}

static gboolean
has_fraction (gpointer document)
{
  return sal_document_fraction (document) > 0;
}

static gboolean
has_stopped (gpointer document)
{
  return sal_document_state (document) != SAL_DOCUMENT_RUNNING;
}

static void
test_cancel (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  double longest = 0;

  if (document == NULL)
    return;
  document_choose (document, "integrated-gradients");
  for (int i = 0; i < 5; i++) {
    sal_document_set_kind (document, i % 2 == 0 ? SAL_OUTPUT_PROBABILITY : SAL_OUTPUT_LOGIT);
    app_set (document, "smooth", "smoothgrad");
    app_set (document, "samples", "1000");
    app_set (document, "steps", "1000");
    g_assert_true (ui_wait_until (has_fraction, document, 20000));
    gint64 start = g_get_monotonic_time ();
    sal_document_cancel (document);
    g_assert_true (ui_wait_until (has_stopped, document, 20000));
    longest = MAX (longest, (g_get_monotonic_time () - start) / 1e3);
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_STOPPED);
  }
  g_test_message ("stopped after at most %.1f ms", longest);
  g_test_minimized_result (longest, "time to cancel: %.1f ms", longest);
  if (!app_sanitized ())
    g_assert_cmpfloat (longest, <, 100 * app_slowness ());
  /* That was no error, and nothing can be exported that is not an answer. */
  g_autofree char *path = test_scratch ("stopped.png");
  sal_document_export (document, path);
  ui_run (100);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (said.n_failed, ==, 0);
  /* It can be taken up again, and by any other question. */
  sal_document_resume (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_RUNNING);
  sal_document_cancel (document);
  g_assert_true (ui_wait_until (has_stopped, document, 20000));
  app_set (document, "samples", "1");
  app_set (document, "steps", "3");
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  sal_document_resume (document); /* nothing is left of it */
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  app_said_clear (&said);
}

static gboolean
has_mean (gpointer document)
{
  return sal_document_error (document) != NULL && sal_document_fraction (document) > 0.01;
}

/* A mean that is stopped is a result of as many samples as it has, and can be gone on from. */
static void
test_stopped_mean (void)
{
  const SalParam *samples = sal_param_find (sal_smooth_params (), "samples");
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  gint64 gradients;

  if (document == NULL)
    return;
  document_choose (document, quick);
  app_set (document, "smooth", "smoothgrad");
  app_set (document, "samples", "1000");
  g_assert_true (ui_wait_until (has_mean, document, 60000));
  sal_document_cancel (document);
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  SalExplanation *answer = sal_explanation_ref (sal_document_explanation (document));
  double n = sal_settings_number (sal_document_settings (document), samples);
  g_assert_true (answer->attribution->stopped);
  g_assert_cmpfloat (n, >=, 2);
  g_assert_cmpfloat (n, <, 1000);
  g_assert_cmpfloat (sal_settings_number (answer->settings, samples), ==, n);
  g_assert_cmpint (said.n_failed, ==, 0);

  /* The picture that is exported says how to make it again. */
  g_autofree char *path = test_scratch ("stopped.png");
  sal_document_export (document, path);
  for (int i = 0; i < 1000 && said.n_exported == 0; i++)
    ui_run (10);
  g_autofree char *json = sal_png_read_text (path, SAL_PNG_PARAMETERS, NULL);
  g_autoptr (SalRecipe) recipe = sal_recipe_read (json, path, NULL);
  g_assert_nonnull (recipe);
  g_assert_cmpfloat (sal_settings_number (recipe->settings, samples), ==, n);

  g_autofree char *more = g_strdup_printf ("%.0f", n + 8);
  gint64 before = sal_scorer_points (&gradients);
  app_set (document, "samples", more);
  app_settle (document);
  g_assert_false (sal_document_explanation (document)->attribution->stopped);
  g_assert_cmpint (sal_scorer_points (&gradients) - before, <=, 8 + 4 + 1);
  sal_explanation_unref (answer);
  app_said_clear (&said);
}

/* Sixty positions of a slider within a second: what shows in the end is the last one's answer. */
static void
test_slider (void)
{
  Said said = { 0 }, other_said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  g_autoptr (SalDocument) other = document != NULL ? app_document (&other_said) : NULL;

  if (document == NULL)
    return;
  guint jobs = sal_document_jobs (document);
  said.n_heatmaps = 0;
  for (int i = 1; i <= 60; i++) {
    g_autofree char *steps = g_strdup_printf ("%d", i);
    app_set (document, "steps", steps);
    ui_run (16);
  }
  g_test_message ("%d heatmaps while dragging", said.n_heatmaps);
  if (!app_sanitized ())
    g_assert_cmpint (said.n_heatmaps, >=, 1);
  app_settle (document);
  g_assert_cmpuint (sal_document_jobs (document) - jobs, <=, 60);
  app_set (other, "steps", "60");
  app_settle (other);
  g_assert_cmpfloat (sum_of (sal_document_heatmap (document)), ==,
                     sum_of (sal_document_heatmap (other)));
  app_said_clear (&said);
  app_said_clear (&other_said);
}

/* A layer that was chosen of one model is none of the next. */
static void
test_other_layers (void)
{
  static const char *const methods[] = { "layer-cam", "grad-cam" };
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  g_autofree char *other = sal_bundled_file ("models/fashion.onnx");
  int n;

  if (document == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    document_choose (document, methods[i]);
    const SalLayer *layers = sal_model_layers (sal_document_model (document), &n);
    app_set (document, "layer", layers[n - 1].tensor);
    app_settle (document);
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  }
  sal_document_open_model (document, other);
  app_settle (document);
  g_assert_cmpstr (said.details, ==, NULL);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  const SalParam *layer = sal_param_find (sal_document_method (document)->params, "layer");
  g_assert_cmpstr (sal_settings_text (sal_document_settings (document), layer), ==, "");
  document_choose (document, "layer-cam");
  g_assert_cmpint (said.n_failed, ==, 0);
  app_said_clear (&said);
}

/* A parameter that names a file which is not there: told, and the last answer is shown again. */
static void
test_failing_job (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  document_choose (document, "integrated-gradients");
  SalExplanation *explanation = sal_document_explanation (document);
  double before = sum_of (sal_document_heatmap (document));

  app_set (document, "baseline", "/nowhere/at-all.png");
  app_settle (document);
  ui_run (200);
  g_assert_cmpint (said.n_failed, ==, 1);
  g_assert_nonnull (strstr (said.details, "/nowhere/at-all.png"));
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_FAILED);
  g_assert_true (sal_document_explanation (document) == explanation);
  g_assert_cmpfloat (sum_of (sal_document_heatmap (document)), ==, before);
  app_set (document, "baseline", "black");
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  app_said_clear (&said);
}

/* The document may go at any moment. */
static void
test_finalize_while_busy (void)
{
  for (int i = 0; i < 6; i++) {
    Said said = { 0 };
    g_autoptr (SalDocument) document = app_document (&said);
    g_autofree char *model = NULL, *picture = NULL;

    if (document == NULL || !app_example (&model, &picture))
      return;
    sal_document_set_method (document, sal_method_find ("integrated-gradients"));
    app_set (document, "steps", "1000");
    ui_run (7 * i);
    sal_document_open_model (document, model);
    sal_document_open_picture (document, picture);
    g_assert_finalize_object (g_steal_pointer (&document));
    ui_run (30);
    app_said_clear (&said);
  }
}

typedef struct {
  SalDocument *document;
  Said *said;
  char *model, *large, *export;
} Everything;

static void
do_everything (gpointer data)
{
  const Everything *all = data;
  int before = all->said->n_exported;

  sal_document_open_model (all->document, all->model);
  sal_document_open_picture (all->document, all->large);
  app_settle (all->document);
  document_choose (all->document, "gradient");
  document_choose (all->document, "integrated-gradients");
  for (int i = 0; i < 20; i++) {
    g_autofree char *steps = g_strdup_printf ("%d", 10 + i);
    app_set (all->document, "steps", steps);
    ui_run (10);
  }
  app_settle (all->document);
  sal_document_export (all->document, all->export);
  for (int i = 0; i < 3000 && all->said->n_exported + all->said->n_failed == before; i++)
    ui_run (10);
  g_assert_cmpint (all->said->n_exported, ==, before + 1);
}

/* Everything at once, and a main loop that comes round as if nothing was going on. */
static void
test_main_loop_runs_on (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  g_autofree char *model = NULL, *picture = NULL, *path = test_scratch ("gap.png");
  g_autofree char *large = test_scratch ("large.png");

  if (document == NULL || !app_example (&model, &picture))
    return;
  g_autoptr (SalImage) image = sal_image_new_filled (3000, 2000, (const guint8[]){ 20, 90, 130 });
  g_assert_true (sal_png_write (large, image, NULL, NULL));
  app_hold_gap (do_everything, &(Everything){ document, &said, model, large, path });
  app_said_clear (&said);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/document/question", test_question);
  g_test_add_func ("/app/document/looks", test_looks);
  g_test_add_func ("/app/document/cancel", test_cancel);
  g_test_add_func ("/app/document/stopped-mean", test_stopped_mean);
  g_test_add_func ("/app/document/slider", test_slider);
  g_test_add_func ("/app/document/other-layers", test_other_layers);
  g_test_add_func ("/app/document/more-samples", test_more_samples);
  g_test_add_func ("/app/document/failing-job", test_failing_job);
  g_test_add_func ("/app/document/finalize-while-busy", test_finalize_while_busy);
  g_test_add_func ("/app/document/main-loop-runs-on", test_main_loop_runs_on);
  int status = g_test_run ();
  test_scratch_clear ();
  return status;
}
