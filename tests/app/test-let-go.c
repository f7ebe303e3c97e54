/* What nobody sees any more is not kept: when another picture or another model is open, pages that
 * showed the one before let go of it, also those that are not looked at. */
#include "tests/app/app-window.h"

#include "app/bundled.h"
#include "app/compare-page.h"
#include "app/shelf-strip.h"
#include "app/shelf.h"
#include "app/welcome.h"
#include "engine/graph/workspace.h"
#include "engine/image/png.h"
#include "ui/canvas.h"

#include <glib/gstdio.h>
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 4000
#define HEIGHT 3000
#define PICTURE_BYTES ((gsize) 3 * WIDTH * HEIGHT)
/* What the bundled model takes at least, with all that is prepared for it. */
#define MODEL_BYTES ((gsize) 8 << 20)

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
    g_assert_true (ui_wait_until (app_is_compared, comparison, 60000));
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
  g_assert_true (ui_wait_until (app_is_compared, comparison, 60000));
  app_activate (window, "win.page", "explore");
  app_settle (sal_window_document (window));
}

static SalShelf *
shelf_of (SalWindow *window)
{
  GListModel *list = G_LIST_MODEL (
      gtk_list_view_get_model (sal_shelf_strip_list (app_part (window, "shelf_strip"))));

  while (!SAL_IS_SHELF (list)) {
    g_object_get (list, "model", &list, NULL);
    g_object_unref (list); /* the list keeps it */
  }
  return SAL_SHELF (list);
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
  SalShelf *shelf = shelf_of (window);
  sal_document_set_method (sal_window_document (window), sal_method_find ("gradient"));
  look_everywhere (window);
  forget_the_past (window, shelf);
  gsize before = at_rest ();

  open_files (window, model != NULL ? model : small_model,
              picture != NULL ? picture : small_picture);
  look_everywhere (window);
  forget_the_past (window, shelf);
  gsize with = at_rest ();

  open_files (window, small_model, small_picture);
  sal_shelf_set_limits (shelf, SAL_SHELF_BYTES, 1);
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

static void
write_text (const char *name, const char *text)
{
  g_autofree char *path = test_scratch (name);

  test_write (path, text, strlen (text));
}

/* A copy of the bundled model in the scratch folder. */
static char *
copy_of_example (const char *name)
{
  g_autofree char *model = sal_bundled_model (), *copy = test_scratch (name), *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  test_write (copy, contents, length);
  return g_steal_pointer (&copy);
}

/* Opens the file while the shelf keeps a result of every opening. */
static void
open_again (SalWindow *window, const char *path)
{
  SalDocument *document = sal_window_document (window);
  g_autoptr (SalModel) before = sal_model_ref (sal_document_model (document));

  sal_document_open_model (document, path);
  app_settle (document);
  ui_run (50);
  g_assert_true (sal_document_model (document) != before);
}

static SalGraph *
open_graph (SalWindow *window)
{
  return sal_model_graph (sal_document_model (sal_window_document (window)));
}

/* What is opened again is not in memory twice, as long as its files stay as they are. */
static void
test_again (void)
{
  const int n = 5;
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  g_autofree char *path = copy_of_example ("again.onnx"), *other = copy_of_example ("other.onnx");
  write_text ("again.json",
              "{\"labels\": \"names.txt\", \"input\": {\"shape\": [\"N\", 3, 128, 128]}}");
  write_text ("names.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
  SalDocument *document = sal_window_document (window);
  GListModel *shelf = G_LIST_MODEL (shelf_of (window));
  sal_document_set_method (document, sal_method_find ("gradient"));
  app_settle (document);

  open_again (window, path);
  g_autoptr (SalGraph) first = sal_graph_ref (open_graph (window));
  gsize one = app_sanitized () ? 0 : at_rest ();
  guint results = g_list_model_get_n_items (shelf);
  for (int i = 0; i < n; i++) {
    open_again (window, other);
    g_assert_true (open_graph (window) != first);
    open_again (window, path);
    g_assert_true (open_graph (window) == first);
  }
  g_assert_cmpuint (g_list_model_get_n_items (shelf), ==, results + 2 * n);
  if (!app_sanitized ()) {
    gsize all = at_rest ();

    g_test_message ("%.1f MB in use, %.1f after %d more openings", one / 1e6, all / 1e6, 2 * n);
    g_assert_cmpuint (all, <, one + 3 * MODEL_BYTES);
  }

  /* Nor by another way to its folder; a link to it has other files beside it. */
  g_autofree char *folder = g_path_get_dirname (path), *way = test_scratch ("way");
  g_autofree char *dots = g_strconcat (folder, "/./again.onnx", NULL);
  g_autofree char *through = g_build_filename (way, "again.onnx", NULL);
  g_autofree char *link = test_scratch ("link.onnx");
  g_assert_cmpint (symlink (folder, way), ==, 0);
  g_assert_cmpint (symlink (path, link), ==, 0);
  open_again (window, dots);
  g_assert_true (open_graph (window) == first);
  open_again (window, through);
  g_assert_true (open_graph (window) == first);
  g_assert_cmpstr (sal_model_label (sal_document_model (document), 0), ==, "a");
  open_again (window, link);
  g_assert_cmpstr (sal_model_label (sal_document_model (document), 0), !=, "a");
  open_again (window, path);
  g_assert_true (open_graph (window) == first);

  /* Read again where any file is another: itself, the names of its classes, the sidecar. */
  for (int which = 0; which < 3; which++) {
    g_autoptr (SalGraph) before = sal_graph_ref (open_graph (window));

    if (which == 0)
      g_free (copy_of_example ("again.onnx"));
    else if (which == 1)
      write_text ("names.txt", "k\nb\nc\nd\ne\nf\ng\nh\ni\nj\n");
    else
      write_text ("again.json", "{\"input\": {\"shape\": [\"N\", 3, 128, 128]}}");
    open_again (window, path);
    g_assert_true (open_graph (window) != before);
    if (which == 1)
      g_assert_cmpstr (sal_model_label (sal_document_model (document), 0), ==, "k");
  }
  app_window_finish (window);
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
  g_test_add_func ("/app/let-go/again", test_again);
  g_test_add_func ("/app/let-go/welcome", test_welcome);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
