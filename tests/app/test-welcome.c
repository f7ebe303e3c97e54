/* The first minute: a window in which nothing is open, and what one click or one file does. */
#include "app/bundled.h"
#include "app/welcome.h"
#include "engine/image/png.h"
#include "tests/app/app-window.h"
#include "ui/canvas.h"

static gboolean
ready (gpointer card)
{
  return card != NULL && gtk_widget_is_sensitive (card);
}

/* A click on an example shows it at once, question and answer, and everything else works on. */
static void
test_examples (void)
{
  static const struct {
    const char *title, *caption;
  } expected[] = {
    { "One Picture, Two Answers", "Grad-CAM for “clock”*" },
    { "Pixel by Pixel", "*Gradient for “butterfly”*" },
    { "A Mistake, Explained", "Grad-CAM for “mug”*" },
  };
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    SalWindow *window = app_window_new (1280, 800);
    SalDocument *document = sal_window_document (window);
    SalWelcome *welcome = app_part (window, "welcome");

    sal_window_welcome (window);
    g_assert_true (ui_wait_until (ready, sal_welcome_card (welcome, i), 60000));
    g_assert_nonnull (app_find_label (GTK_WIDGET (welcome), expected[i].title));
    g_assert_false (app_enabled (window, "export"));
    g_assert_true (gtk_widget_has_focus (sal_welcome_card (welcome, 0)));
    app_click (sal_welcome_card (welcome, i));
    app_settle (document);
    ui_run (50);
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
    g_assert_cmpuint (sal_document_jobs (document), ==, 0); /* it was there already */
    g_assert_nonnull (app_find_label (GTK_WIDGET (window), expected[i].caption));
    g_assert_null (app_find_label (GTK_WIDGET (window), "See Where a Network Looks"));
    g_assert_nonnull (sal_canvas_get_heatmap (app_part (window, "canvas")));
    g_assert_true (app_enabled (window, "export"));
    app_activate (window, "win.next-class", NULL);
    app_settle (document);
    g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
    g_assert_cmpuint (sal_document_jobs (document), ==, 1);
    app_window_finish (window);
  }
}

/* A window that goes while its examples are being drawn leaves nothing behind. */
static void
test_early_end (void)
{
  SalWindow *window = app_window_new (900, 600);

  sal_window_welcome (window);
  ui_run (10);
  app_window_finish (window);
}

/* What cannot be opened leaves the examples. */
static void
test_broken (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  SalWindow *window = app_window_new (900, 600);
  g_autofree char *path = test_scratch ("text.png");

  test_write (path, "text", 4);
  app_drop (window, path);
  app_wait_label (window, "“text.png” cannot be opened");
  g_assert_true (ui_wait_until (ready, sal_welcome_card (app_part (window, "welcome"), 0), 60000));
  app_window_finish (window);
}

/* A picture alone is looked at with the model used last. */
static void
test_last_model (void)
{
  g_autofree char *model = NULL, *picture = NULL, *contents = NULL;
  g_autofree char *copy = test_scratch ("other.onnx");
  gsize length;

  if (!app_example (&model, &picture))
    return;
  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  test_write (copy, contents, length);
  SalWindow *window = app_window_new (900, 600);
  app_drop (window, copy);
  g_assert_nonnull (sal_document_view (sal_window_document (window)));
  app_window_finish (window);

  window = app_window_new (900, 600);
  app_drop (window, picture);
  app_settle (sal_window_document (window));
  g_assert_cmpstr (sal_model_path (sal_document_model (sal_window_document (window))), ==, copy);
  app_window_finish (window);

  g_assert_cmpint (remove (copy), ==, 0);
  window = app_window_new (900, 600);
  app_drop (window, picture);
  app_settle (sal_window_document (window));
  g_assert_cmpstr (sal_model_path (sal_document_model (sal_window_document (window))), ==, model);
  app_window_finish (window);
}

/* A model gets the bundled picture that shows what it knows. */
static void
test_suiting_picture (void)
{
  g_autofree char *path = sal_bundled_model ();
  static const struct {
    const char *labels[4], *picture;
  } cases[] = {
    { { "cat", "analog clock", "mushroom" }, "clock-and-mushroom.png" },
    { { "cat", "umbrella, brolly", "dog" }, "umbrella.png" },
    { { "cat", "dog", "fishery" }, "clock-and-mushroom.png" },
  };

  if (path == NULL) {
    g_test_skip ("the bundled example is absent");
    return;
  }
  g_autoptr (SalModel) scenes = sal_model_open (path, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (SalModel) model = sal_model_new (
        sal_model_graph (scenes), sal_model_preparation (scenes), cases[i].labels, "other", NULL);
    g_assert_nonnull (model);
    g_autofree char *picture = sal_bundled_picture_for (model);
    g_assert_true (g_str_has_suffix (picture, cases[i].picture));
  }
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/welcome/examples", test_examples);
  g_test_add_func ("/app/welcome/early-end", test_early_end);
  g_test_add_func ("/app/welcome/broken", test_broken);
  g_test_add_func ("/app/welcome/last-model", test_last_model);
  g_test_add_func ("/app/welcome/suiting-picture", test_suiting_picture);
  return app_end (g_test_run ());
}
