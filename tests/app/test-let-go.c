/* What nobody sees any more is not kept: when another picture or another model is open, pages that
 * showed the one before let go of it, also those that are not looked at. */
#include "tests/app/app-window.h"

#include "app/compare-page.h"
#include "app/shelf-strip.h"
#include "app/shelf.h"
#include "app/welcome.h"
#include "engine/graph/workspace.h"
#include "engine/image/png.h"
#include "ui/canvas.h"

#include <glib/gstdio.h>
#include <malloc.h>

#define WIDTH 4000
#define HEIGHT 3000
#define PICTURE_BYTES ((gsize) 3 * WIDTH * HEIGHT)

/* Bytes in use; by what happens to be drawn and remembered they go up and down by some ten million.
 */
static gsize
in_use (void)
{
  sal_workspace_trim ();
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

/* The same once nothing goes on any more: not less a second later. */
static gsize
at_rest (void)
{
  gsize least = in_use ();

  for (int quiet = 0; quiet < 10; quiet++) {
    ui_run (100);
    gsize now = in_use ();
    if (now + (1 << 20) < least)
      quiet = 0;
    least = MIN (least, now);
  }
  return least;
}

static gboolean
is_compared (gpointer comparison)
{
  guint done, all;

  return !sal_comparison_progress (comparison, &done, &all);
}

/* Answers on every page, in Compare of more than one kind of columns. */
static void
look_everywhere (SalWindow *window)
{
  SalDocument *document = sal_window_document (window);
  SalComparison *comparison = sal_compare_page_comparison (app_part (window, "compare_page"));

  app_settle (document);
  app_activate (window, "win.page", "compare");
  ui_run (50);
  for (SalCompareAxis axis = 0; axis < SAL_N_COMPARE; axis++) {
    sal_comparison_set_axis (comparison, axis);
    while (sal_comparison_n_columns (comparison) > 1)
      sal_comparison_remove (comparison, 1);
    g_assert_true (ui_wait_until (is_compared, comparison, 60000));
  }
  app_activate (window, "win.page", "model");
  ui_run (300);
  app_activate (window, "win.page", "explore");
  app_settle (document);
}

static void
open_files (SalWindow *window, const char *model, const char *picture)
{
  sal_document_open_model (sal_window_document (window), model);
  sal_document_open_picture (sal_window_document (window), picture);
  app_settle (sal_window_document (window));
}

/* The shelf keeps what it shows, and undoing what was removed. */
static void
forget_the_past (SalWindow *window, SalShelf *shelf)
{
  SalComparison *comparison = sal_compare_page_comparison (app_part (window, "compare_page"));

  sal_shelf_set_limits (shelf, SAL_SHELF_BYTES, 1);
  sal_shelf_set_limits (shelf, SAL_SHELF_BYTES, 12);
  app_activate (window, "win.page", "compare");
  ui_run (50);
  sal_comparison_set_axis (comparison, SAL_COMPARE_METHODS);
  for (int i = 0; i < 5; i++) {
    if (!sal_comparison_add (comparison, "occlusion"))
      sal_comparison_add (comparison, "gradient");
    sal_comparison_cancel (comparison);
    sal_comparison_remove (comparison, 1);
  }
  g_assert_true (ui_wait_until (is_compared, comparison, 60000));
  app_activate (window, "win.page", "explore");
  app_settle (sal_window_document (window));
}

/* Opens what takes much and then, with Compare not in sight, what takes little. */
static void
check (const char *what, const char *model, const char *picture, gsize bytes)
{
  g_autofree char *small_model = NULL, *small_picture = NULL;
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  g_assert_true (app_example (&small_model, &small_picture));
  GListModel *list = G_LIST_MODEL (
      gtk_list_view_get_model (sal_shelf_strip_list (app_part (window, "shelf_strip"))));

  while (!SAL_IS_SHELF (list)) {
    g_object_get (list, "model", &list, NULL);
    g_object_unref (list); /* the list keeps it */
  }
  sal_document_set_method (sal_window_document (window), sal_method_find ("gradient"));
  look_everywhere (window);
  forget_the_past (window, SAL_SHELF (list));
  gsize before = at_rest ();

  open_files (window, model != NULL ? model : small_model,
              picture != NULL ? picture : small_picture);
  look_everywhere (window);
  forget_the_past (window, SAL_SHELF (list));
  gsize with = at_rest ();

  open_files (window, small_model, small_picture);
  sal_shelf_set_limits (SAL_SHELF (list), SAL_SHELF_BYTES, 1);
  gsize after = at_rest ();

  g_test_message ("%s: %.1f MB in use, %.1f with it, %.1f after", what, before / 1e6, with / 1e6,
                  after / 1e6);
  g_assert_cmpuint (with, >, before + bytes / 2 + bytes / 4);
  g_assert_cmpuint (after, <, before + bytes / 2);
  app_window_finish (window);
}

static void
test_picture (void)
{
  g_autofree char *path = test_scratch ("huge.png");
  g_autoptr (SalImage) image = ui_scenery (WIDTH, HEIGHT);

  if (app_sanitized ()) {
    g_test_skip ("sanitizers keep what is free");
    return;
  }
  g_assert_true (sal_png_write (path, image, NULL, NULL));
  g_clear_pointer (&image, sal_image_unref);
  check ("a picture", NULL, path, PICTURE_BYTES);
}

static void
test_model (void)
{
  g_autofree char *path = test_reference ("realdata/models/mobilenet_v2_1.0_224.onnx");
  GStatBuf file;

  if (path == NULL)
    return;
  if (app_sanitized ()) {
    g_test_skip ("sanitizers keep what is free");
    return;
  }
  g_assert_cmpint (g_stat (path, &file), ==, 0);
  check ("a model", path, NULL, 2 * (gsize) file.st_size);
}

static gboolean
is_drawn (gpointer card)
{
  return gtk_widget_is_sensitive (card);
}

/* The network of the examples goes with them, and they come again where nothing else is open. */
static void
test_welcome (void)
{
  g_autofree char *model = NULL, *picture = NULL, *broken = test_scratch ("text.png");

  if (!app_example (&model, &picture))
    return;
  SalWindow *window = app_window_new (1000, 700);
  GtkWidget *card;

  sal_window_welcome (window);
  card = sal_welcome_card (app_part (window, "welcome"), 0);
  g_assert_true (ui_wait_until (is_drawn, card, 60000));
  test_write (broken, "text", 4);
  app_drop (window, broken);
  g_assert_true (ui_wait_until (is_drawn, card, 60000));
  app_drop (window, picture);
  g_assert_false (gtk_widget_is_sensitive (card));
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/let-go/picture", test_picture);
  g_test_add_func ("/app/let-go/model", test_model);
  g_test_add_func ("/app/let-go/welcome", test_welcome);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
