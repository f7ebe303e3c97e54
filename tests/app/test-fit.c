/* Whether everything fits: small windows, long names, and that only what can be used is offered. */
#include "tests/app/app-window.h"

#include "app/bundled.h"
#include "app/compare-page.h"
#include "app/model-page.h"
#include "ui/choice-row.h"
#include "ui/class-list.h"
#include "ui/method-picker.h"
#include "ui/param-panel.h"

#include <glib/gstdio.h>
#include <string.h>

static void
go (SalWindow *window, const char *page)
{
  app_activate (window, "win.page", page);
  ui_run (50);
  while (sal_model_page_is_busy (app_part (window, "model_page")))
    ui_run (10);
}

static int
least_width (gpointer widget)
{
  int least;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  return least;
}

/* No page asks for more than a small screen has. */
static void
test_small (void)
{
  static const char *const pages[] = { "explore", "compare", "model" };
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  SalWindow *window = app_window_new (900, 600);
  sal_window_open_example (window);
  app_settle (sal_window_document (window));
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++) {
    go (window, pages[i]);
    g_test_message ("%s: at least %d pixels wide", pages[i], least_width (window));
    g_assert_cmpint (least_width (window), <=, 900);
    g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 900);
    g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (window)), <=, 600);
  }
  app_window_finish (window);
}

/* The sidebar stays beside the picture down to 1000 pixels. */
static void
test_fold (void)
{
  static const struct {
    int width;
    gboolean folded;
  } cases[] = { { 1000, FALSE }, { 920, TRUE } };
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SalWindow *window = app_window_new (cases[i].width, 700);
    AdwFlap *flap = app_part (window, "flap");

    sal_window_open_example (window);
    app_settle (sal_window_document (window));
    ui_run (200);
    g_test_message ("%d: content at least %d, sidebar %d", cases[i].width,
                    least_width (adw_flap_get_content (flap)),
                    least_width (adw_flap_get_flap (flap)));
    g_assert_cmpint (adw_flap_get_folded (flap), ==, cases[i].folded);
    app_window_finish (window);
  }
}

static gboolean
is_cut (SalWindow *window)
{
  return pango_layout_is_ellipsized (gtk_label_get_layout (app_part (window, "picture_label")));
}

/* The names in the header are as long as it has room for; where only "…" would be left of them,
 * there are none, and the window can be made smaller. */
static void
test_header (void)
{
  g_autofree char *model = NULL, *picture = NULL, *contents = NULL;
  g_autofree char *folder = test_scratch ("pictures");
  g_autofree char *path = g_build_filename (folder, "a-name-of-28-characters1.png", NULL);
  gsize length;

  if (!app_example (&model, &picture))
    return;
  g_assert_true (g_file_get_contents (picture, &contents, &length, NULL));
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  test_write (path, contents, length);
  for (int width = 1280; width <= 1600; width += 320) {
    SalWindow *window = app_window_new (width, 700);

    app_drop (window, model);
    app_drop (window, path);
    app_settle (sal_window_document (window));
    ui_run (100);
    g_assert_true (gtk_widget_get_mapped (app_part (window, "picture_label")));
    g_assert_true (is_cut (window) == (width == 1280));
    if (width == 1280) {
      /* A little wider than the least of the wide header, with a folder open. */
      app_drop (window, folder);
      app_wait_label (window, "1/1");
      ui_run (100);
      int least = least_width (app_part (window, "header"));
      gtk_window_set_default_size (GTK_WINDOW (window), least + 20, 700);
      ui_run (200);
      g_assert_false (gtk_widget_get_mapped (app_part (window, "picture_label")));
      g_assert_cmpint (least_width (app_part (window, "header")), <, least);
      gtk_window_set_default_size (GTK_WINDOW (window), 1280, 700);
      ui_run (200);
      g_assert_true (gtk_widget_get_mapped (app_part (window, "picture_label")));
    }
    app_window_finish (window);
  }
}

/* Sums per segment are of the picture: what is attributed to a layer has none. */
static void
test_sums (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalParamPanel *params = app_part (window, "params");

  app_set (document, "per-segment", "grid");
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  g_assert_true (gtk_widget_get_mapped (sal_param_panel_find (params, "per-segment")));
  app_set_method (window, "activation");
  g_assert_false (gtk_widget_get_mapped (sal_param_panel_find (params, "per-segment")));
  app_set_method (window, "grad-cam");
  app_set (document, "per-segment", "grid");
  app_settle (document);
  g_assert_true (gtk_widget_get_mapped (sal_param_panel_find (params, "per-segment")));
  g_assert_nonnull (sal_document_explanation (document)->attribution->pixels);
  /* A map that becomes the layer's own takes the sums back. */
  app_set (document, "raw-cam", "1");
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  g_assert_null (sal_document_explanation (document)->attribution->pixels);
  g_assert_false (gtk_widget_get_mapped (sal_param_panel_find (params, "per-segment")));
  app_window_finish (window);
}

/* A name of a class has the row's width to itself. */
static void
test_names (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkListBox *list = sal_class_list_list (app_part (window, "classes"));
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, 0);
  GtkWidget *name = app_find_label (GTK_WIDGET (row), "clock");

  g_assert_nonnull (name);
  g_assert_cmpint (gtk_widget_get_width (name), >=, 180);
  app_window_finish (window);
}

/* Where a long name shares a line, its beginning is enough. */
static void
test_long_names (void)
{
  static const char *const names[] = { "a first class with a long name, and another",
                                       "a second class with a long name, too",
                                       "c",
                                       "d",
                                       "e",
                                       "f",
                                       "g",
                                       "h",
                                       "i",
                                       "j",
                                       NULL };
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);

  sal_model_page_set_names (app_part (window, "model_page"), names);
  while (sal_model_page_is_busy (app_part (window, "model_page")))
    ui_run (10);
  app_settle (document);
  sal_document_set_target (document, 0);
  sal_document_set_versus (document, 1);
  app_settle (document);
  GtkWidget *why =
      app_find_label (GTK_WIDGET (window),
                      "Why “a first class with a lo…” rather than “a second class with a l…”: *");
  g_assert_nonnull (why);
  g_assert_cmpint (pango_layout_get_line_count (gtk_label_get_layout (GTK_LABEL (why))), <=, 4);
  g_assert_nonnull (
      app_find_label (GTK_WIDGET (window),
                      "* for “a first class with a lo…” rather than “a second class with a l…”"));
  /* A label that cuts by itself is not given what is cut already. */
  sal_document_set_versus (document, -1);
  app_activate (window, "win.page", "compare");
  app_wait_label (app_part (window, "compare_page"), "a first class with a long name *%");
  app_window_finish (window);
}

static graphene_rect_t
place (SalComparePage *page, guint column, guint row)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (sal_compare_page_canvas (page, column, row),
                                            GTK_WIDGET (page), &bounds));
  return bounds;
}

static double
right (const graphene_rect_t *r)
{
  return r->origin.x + r->size.width;
}

static double
bottom (const graphene_rect_t *r)
{
  return r->origin.y + r->size.height;
}

/* Of the labels below @widget, how many show a name like @pattern, all of it. */
static int
whole (GtkWidget *widget, const char *pattern)
{
  int n = 0;

  if (!gtk_widget_get_mapped (widget))
    return 0;
  if (GTK_IS_LABEL (widget) &&
      g_pattern_match_simple (pattern, gtk_label_get_text (GTK_LABEL (widget))))
    n = !pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += whole (child, pattern);
  return n;
}

static gboolean
both_whole (gpointer page)
{
  return whole (page, "Layer-wise Relevance Propagation") == 2;
}

/* The comparison uses the page that it has: a single row goes on in a second line, several are a
 * table, and the names of its pictures and columns are there in full. */
static void
test_cells (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalComparePage *page = app_part (window, "compare_page");
  SalComparison *comparison = sal_compare_page_comparison (page);
  g_autofree char *boat = sal_bundled_example ("boat");

  app_activate (window, "win.page", "compare");
  app_wait_label (page, "clock 5* %");
  ui_run (100);
  graphene_rect_t first = place (page, 0, 0), second = place (page, 1, 0);
  graphene_rect_t third = place (page, 2, 0), fourth = place (page, 3, 0);
  double all = gtk_widget_get_height (GTK_WIDGET (page));
  g_test_message ("%.0f × %.0f of %.0f", first.size.width, first.size.height, all);
  g_assert_cmpfloat (second.origin.x, >=, right (&first));
  g_assert_cmpfloat (second.origin.y, ==, first.origin.y);
  g_assert_cmpfloat (third.origin.y, >=, bottom (&first));
  g_assert_cmpfloat (third.origin.x, ==, first.origin.x);
  g_assert_cmpfloat (bottom (&fourth), >=, all - 60);
  g_assert_null (app_find_label (GTK_WIDGET (page), "clock-and-mushroom.png"));

  g_assert_true (sal_comparison_add_picture (comparison, boat));
  app_wait_label (page, "boat 9* %");
  ui_run (100);
  graphene_rect_t below = place (page, 0, 1), last = place (page, 3, 1);
  first = place (page, 0, 0);
  fourth = place (page, 3, 0);
  g_assert_cmpfloat (fourth.origin.y, ==, first.origin.y);
  g_assert_cmpfloat (below.origin.y, >=, bottom (&first));
  g_assert_cmpfloat (last.origin.x, ==, fourth.origin.x);
  g_assert_cmpfloat (bottom (&last), >=, all - 60);
  GtkWidget *name = app_find_label (GTK_WIDGET (page), "clock-and-mushroom.png");
  g_assert_nonnull (name);
  g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (name))));
  /* Above its column, and beside how alike it is to the others. */
  g_assert_true (ui_wait_until (both_whole, page, 20000));
  app_window_finish (window);
}

static gboolean
popped_up (gpointer popover)
{
  return gtk_widget_get_mapped (popover) && gtk_widget_get_height (popover) > 0;
}

/* What is said about a method is there to its last line, and the edge of the popover below it. */
static void
test_about (void)
{
  static const char *const parts[] = { "title", "summary", "formula", "advice", "caveat", "paper" };
  const SalMethod *const *methods = sal_methods ();
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkWidget *picker = app_part (window, "methods");
  GtkWidget *paper =
      GTK_WIDGET (gtk_widget_get_template_child (picker, SAL_TYPE_METHOD_PICKER, "paper"));
  GtkWidget *popover = gtk_widget_get_ancestor (paper, GTK_TYPE_POPOVER);

  for (int i = 0; methods[i] != NULL; i++) {
    sal_document_set_method (sal_window_document (window), methods[i]);
    gtk_popover_popup (GTK_POPOVER (popover));
    g_assert_true (ui_wait_until (popped_up, popover, 10000));
    ui_run (30);
    for (gsize j = 0; j < G_N_ELEMENTS (parts); j++) {
      GtkLabel *label =
          GTK_LABEL (gtk_widget_get_template_child (picker, SAL_TYPE_METHOD_PICKER, parts[j]));
      graphene_rect_t place_of;

      if (!gtk_widget_get_mapped (GTK_WIDGET (label)))
        continue;
      g_assert_true (gtk_widget_compute_bounds (GTK_WIDGET (label), popover, &place_of));
      g_assert_false (pango_layout_is_ellipsized (gtk_label_get_layout (label)));
      g_assert_cmpfloat (bottom (&place_of), <=, gtk_widget_get_height (popover) - 20);
    }
    gtk_popover_popdown (GTK_POPOVER (popover));
    ui_run (30);
  }
  app_settle (sal_window_document (window));
  app_window_finish (window);
}

static graphene_rect_t
within (gpointer widget, gpointer in)
{
  graphene_rect_t bounds;

  g_assert_true (gtk_widget_compute_bounds (widget, in, &bounds));
  return bounds;
}

static gboolean
is_in_view (gpointer widget)
{
  GtkWidget *view = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW);
  graphene_rect_t bounds = within (widget, view);

  return gtk_widget_get_mapped (widget) && bounds.size.height > 0 && bounds.origin.y >= 0 &&
         bottom (&bounds) <= gtk_widget_get_height (view);
}

/* What unfolds at the bottom of the sidebar is there to be seen. */
static void
test_appearance (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkWidget *looks = app_part (window, "looks");

  app_set_method (window, "integrated-gradients");
  gtk_toggle_button_set_active (app_part (window, "looks_button"), TRUE);
  g_assert_true (ui_wait_until (is_in_view, looks, 10000));
  app_window_finish (window);
}

static GtkWidget *
find_mark (GtkWidget *row)
{
  while (row != NULL && !GTK_IS_IMAGE (gtk_widget_get_last_child (row)))
    row = gtk_widget_get_parent (row);
  g_assert_nonnull (row);
  return gtk_widget_get_last_child (row);
}

/* The list of methods opens where the chosen one is, and marks it. */
static void
test_list (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkWidget *list = GTK_WIDGET (sal_method_picker_drop_down (app_part (window, "methods")));
  GtkWidget *popover = gtk_widget_get_last_child (list);

  app_set_method (window, "lrp");
  g_assert_true (GTK_IS_POPOVER (popover));
  gtk_popover_popup (GTK_POPOVER (popover));
  g_assert_true (ui_wait_until (popped_up, popover, 10000));
  GtkWidget *chosen = app_wait_label (popover, "Layer-wise Relevance Propagation");
  g_assert_true (ui_wait_until (is_in_view, chosen, 10000));
  g_assert_cmpfloat (gtk_widget_get_opacity (find_mark (chosen)), ==, 1);
  GtkWidget *other = app_find_label (popover, "DeepLIFT");
  g_assert_nonnull (other);
  g_assert_cmpfloat (gtk_widget_get_opacity (find_mark (other)), ==, 0);
  gtk_popover_popdown (GTK_POPOVER (popover));
  ui_run (
      1000); /* a tooltip that GTK 4.8 is about to show asks a surface that must still be there */
  app_window_finish (window);
}

static gboolean
has_tooltip (gpointer widget)
{
  return gtk_widget_get_has_tooltip (widget);
}

static gboolean
is_silent (gpointer widget)
{
  return !gtk_widget_get_has_tooltip (widget);
}

/* What opens below a button is not hidden by the button's tooltip. */
static void
test_tooltips (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  GtkWidget *button = app_part (window, "conventions");
  GtkDropDown *smooth = sal_choice_row_drop_down (
      SAL_CHOICE_ROW (sal_param_panel_find (app_part (window, "params"), "smooth")));
  GtkWidget *label = app_find_label (GTK_WIDGET (smooth), "None");

  g_assert_true (gtk_widget_get_has_tooltip (button));
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  g_assert_true (ui_wait_until (is_silent, button, 10000));
  gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
  g_assert_true (ui_wait_until (has_tooltip, button, 10000));

  GtkWidget *popover = gtk_widget_get_last_child (GTK_WIDGET (smooth));
  g_assert_true (gtk_widget_get_has_tooltip (label));
  gtk_popover_popup (GTK_POPOVER (popover));
  g_assert_true (ui_wait_until (popped_up, popover, 10000));
  g_assert_true (ui_wait_until (is_silent, label, 10000));
  /* Nor by what is said about the row that it is in. */
  for (GtkWidget *around = label; around != NULL; around = gtk_widget_get_parent (around))
    g_assert_false (gtk_widget_get_has_tooltip (around));
  gtk_popover_popdown (GTK_POPOVER (popover));
  g_assert_true (ui_wait_until (has_tooltip, label, 10000));
  app_window_finish (window);
}

/* Views fold into a menu, which says the one that is shown. */
static void
test_views (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  SalWindow *window = app_window_new (1000, 700);
  GtkWidget *bar = app_part (window, "view_bar"), *views = app_part (window, "views");

  sal_window_open_example (window);
  app_settle (sal_window_document (window));
  ui_run (300);
  g_assert_null (app_find_button (bar, "Wipe"));
  g_assert_true (gtk_widget_get_mapped (views));
  g_assert_nonnull (app_find_label (bar, "Overlay"));
  app_activate (window, "win.view", "side-by-side");
  ui_run (50);
  g_assert_cmpint (whole (bar, "Side by Side"), ==, 1);
  gtk_test_accessible_assert_property (views, GTK_ACCESSIBLE_PROPERTY_LABEL, "View: Side by Side");
  app_activate (window, "win.next-view", NULL);
  g_assert_nonnull (app_find_label (bar, "Wipe"));
  app_window_finish (window);
}

/* Where the label draws the character at the byte, from its left edge. */
static int
drawn_at (GtkWidget *label, int byte)
{
  PangoRectangle place;

  pango_layout_index_to_pos (gtk_label_get_layout (GTK_LABEL (label)), byte, &place);
  return MIN (place.x, place.x + place.width);
}

/* Numbers are not turned round where the language runs from right to left. */
static void
test_right_to_left (void)
{
  static const struct {
    const char *page, *text;
  } numbers[] = { { "explore", "−0.??" }, { "explore", "85 %" }, { "model", "1×24×64×64" } };

  gtk_widget_set_default_direction (GTK_TEXT_DIR_RTL);
  SalWindow *window = app_window_with_example ();
  for (gsize i = 0; window != NULL && i < G_N_ELEMENTS (numbers); i++) {
    app_activate (window, "win.page", numbers[i].page);
    GtkWidget *label = app_wait_label (GTK_WIDGET (window), numbers[i].text);
    const char *text = gtk_label_get_text (GTK_LABEL (label));
    g_assert_cmpint (drawn_at (label, 0), <, drawn_at (label, (int) strlen (text) - 1));
  }
  if (window != NULL)
    app_window_finish (window);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/fit/small", test_small);
  g_test_add_func ("/app/fit/fold", test_fold);
  g_test_add_func ("/app/fit/header", test_header);
  g_test_add_func ("/app/fit/sums", test_sums);
  g_test_add_func ("/app/fit/names", test_names);
  g_test_add_func ("/app/fit/long-names", test_long_names);
  g_test_add_func ("/app/fit/cells", test_cells);
  g_test_add_func ("/app/fit/about", test_about);
  g_test_add_func ("/app/fit/appearance", test_appearance);
  g_test_add_func ("/app/fit/list", test_list);
  g_test_add_func ("/app/fit/tooltips", test_tooltips);
  g_test_add_func ("/app/fit/views", test_views);
  g_test_add_func ("/app/fit/right-to-left", test_right_to_left);
  return app_end (g_test_run ());
}
