/* The window in this process: what is opened, dropped and exported there, and how it stands. */
#include "tests/app/app-window.h"

#include "engine/image/png.h"
#include "ui/canvas.h"
#include "ui/class-list.h"
#include "ui/method-picker.h"

static void
test_empty (void)
{
  SalWindow *window = app_window_new (900, 600);

  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "See Where*"));
  g_assert_false (app_enabled (window, "export"));
  g_assert_false (app_enabled (window, "cancel"));
  g_assert_cmpstr (sal_document_method (sal_window_document (window))->id, ==, "grad-cam");
  /* None of this has anything to do yet, and none of it complains. */
  static const char *const actions[] = {
    "win.next-class", "win.previous-class", "win.next-method",
    "win.next-view",  "win.less-opaque",    "win.more-opaque"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    app_activate (window, actions[i], NULL);
  app_activate (window, "win.score", "probability");
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Salience");
  app_window_finish (window);
}

static void
test_example (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  SalCanvas *canvas = app_part (window, "canvas");

  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==,
                   "Salience · scenes — clock-and-mushroom.png");
  g_assert_true (sal_canvas_get_picture (canvas) == sal_document_picture (document)->image);
  g_assert_true (sal_canvas_get_heatmap (canvas) == sal_document_heatmap (document));
  g_assert_true (app_enabled (window, "export"));
  g_assert_false (app_enabled (window, "cancel"));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Integrated Gradients for “*”"));
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Σ * of * · missing * %"));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == GTK_WIDGET (canvas));
  app_window_finish (window);
}

/* Dropped files: a picture is looked at, whatever it is called; what is wrong comes as a toast, and
 * what was there stays. */
static void
test_drop (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);
  g_autoptr (SalImage) image = sal_image_new_filled (50, 40, (const guint8[]){ 9, 90, 200 });
  g_autofree char *picture = test_scratch ("dropped");

  g_assert_true (sal_png_write (picture, image, NULL, NULL));
  app_drop (window, picture);
  g_assert_cmpstr (sal_document_picture (document)->path, ==, picture);
  g_assert_cmpint (sal_image_width (sal_canvas_get_picture (app_part (window, "canvas"))), ==, 50);

  g_auto (GStrv) broken = app_broken ();
  for (int i = 0; broken[i] != NULL; i++) {
    app_drop (window, broken[i]);
    ui_run (100);
    g_assert_nonnull (app_find_label (GTK_WIDGET (window), "“*” cannot be opened"));
    g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Details"));
    g_assert_cmpstr (sal_document_picture (document)->path, ==, picture);
    g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Σ *"));
    g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  }
  app_window_finish (window);
}

/* A model alone gets the bundled picture, and a picture alone the bundled model. */
static void
test_complement (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  for (int i = 0; i < 2; i++) {
    SalWindow *window = app_window_new (1000, 700);
    g_autoptr (GFile) file = g_file_new_for_path (i == 0 ? model : picture);

    sal_window_open_files (window, &file, 1);
    app_settle (sal_window_document (window));
    g_assert_nonnull (sal_document_view (sal_window_document (window)));
    app_window_finish (window);
  }
}

/* What was assumed about a model is said beside its predictions. */
static void
test_notes (void)
{
  g_autofree char *model = NULL, *picture = NULL, *contents = NULL;
  g_autofree char *bare = test_scratch ("bare.onnx");
  gsize length;

  if (!app_example (&model, &picture))
    return;
  SalWindow *window = app_window_with_example ();
  GtkWidget *notes = app_part (window, "notes");
  g_assert_false (gtk_widget_get_visible (notes));
  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  test_write (bare, contents, length);
  app_drop (window, bare);
  g_assert_true (gtk_widget_get_visible (notes));
  g_assert_nonnull (strstr (gtk_label_get_text (GTK_LABEL (notes)), "bare.onnx"));
  /* Without labels, classes have numbers. */
  g_assert_nonnull (
      app_find_label (GTK_WIDGET (sal_class_list_list (app_part (window, "classes"))), "Class *"));
  app_drop (window, model);
  g_assert_false (gtk_widget_get_visible (notes));
  app_window_finish (window);
}

static void
test_export (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  g_autofree char *path = test_scratch ("from-window.png");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sal_window_export_to (window, file);
  for (int i = 0;
       i < 1000 && app_find_label (GTK_WIDGET (window), "Exported from-window.png") == NULL; i++)
    ui_run (10);
  g_assert_nonnull (app_find_label (GTK_WIDGET (window), "Open Folder"));
  g_autofree char *recipe = sal_png_read_text (path, SAL_PNG_PARAMETERS, NULL);
  g_assert_nonnull (recipe);
  /* It is of the picture alone, where that is in sight. */
  g_assert_true (app_enabled (window, "export"));
  app_activate (window, "win.page", "model");
  g_assert_false (app_enabled (window, "export"));
  g_assert_false (gtk_widget_get_visible (app_part (window, "export_button")));
  app_activate (window, "win.page", "explore");
  g_assert_true (app_enabled (window, "export"));
  g_assert_true (gtk_widget_get_visible (app_part (window, "export_button")));
  app_window_finish (window);
}

/* What was stopped is gone on with by a button where the other was. */
static void
test_resume (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalDocument *document = sal_window_document (window);

  g_assert_false (gtk_widget_get_visible (app_part (window, "resume")));
  app_set (document, "smooth", "smoothgrad");
  app_set (document, "samples", "1000");
  sal_document_cancel (document);
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_STOPPED);
  g_assert_true (gtk_widget_get_mapped (app_part (window, "resume")));
  app_set (document, "samples", "2");
  app_settle (document);
  g_assert_false (gtk_widget_get_visible (app_part (window, "resume")));
  app_window_finish (window);
}

/* Everything that can be operated has a name, or text of its own. */
static void
check_names (GtkWidget *widget, int *n)
{
  if (!gtk_widget_get_visible (widget) || GTK_IS_WINDOW_CONTROLS (widget))
    return;
  gboolean button = GTK_IS_BUTTON (widget) && !GTK_IS_DROP_DOWN (gtk_widget_get_parent (widget)) &&
                    !GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget));
  gboolean control = button || GTK_IS_DROP_DOWN (widget) || GTK_IS_SCALE (widget) ||
                     GTK_IS_SWITCH (widget) || GTK_IS_ENTRY (widget) ||
                     GTK_IS_SEARCH_ENTRY (widget) || GTK_IS_MENU_BUTTON (widget) ||
                     SAL_IS_CANVAS (widget);

  if (control) {
    GtkAccessible *accessible = GTK_ACCESSIBLE (widget);
    gboolean named =
        gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL) ||
        gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY) ||
        (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL);

    if (!named)
      g_test_message ("%s in %s has no name", G_OBJECT_TYPE_NAME (widget),
                      G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
    g_assert_true (named);
    (*n)++;
  }
  if (GTK_IS_DROP_DOWN (widget) || GTK_IS_ENTRY (widget) || GTK_IS_POPOVER (widget))
    return;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_names (child, n);
}

static void
test_names (void)
{
  SalWindow *window = app_window_with_example ();
  int n = 0;

  if (window == NULL)
    return;
  gtk_toggle_button_set_active (app_part (window, "looks_button"), TRUE);
  ui_run (50);
  check_names (GTK_WIDGET (window), &n);
  g_test_message ("%d controls", n);
  g_assert_cmpint (n, >, 20);
  g_assert_true (
      gtk_test_accessible_has_role (app_part (window, "canvas"), GTK_ACCESSIBLE_ROLE_IMG));
  app_window_finish (window);
}

/* The row of the list that a label is in, which is what gets the focus. */
static GtkAccessible *
row_of (GtkWidget *widget)
{
  while (widget != NULL && !g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkListItemWidget"))
    widget = gtk_widget_get_parent (widget);
  g_assert_nonnull (widget);
  return GTK_ACCESSIBLE (widget);
}

/* What a person hears who goes through the window with the keyboard: of the widget that has the
 * focus, not of one around it. */
static void
test_heard (void)
{
  SalWindow *window = app_window_new (1280, 800);
  GtkAccessible *button = GTK_ACCESSIBLE (app_find_button (GTK_WIDGET (window), "Open _Model…"));

  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Open Model…");
  g_assert_false (gtk_test_accessible_has_relation (button, GTK_ACCESSIBLE_RELATION_LABELLED_BY));
  app_window_finish (window);

  window = app_window_with_example ();
  if (window == NULL)
    return;
  GtkDropDown *methods = sal_method_picker_drop_down (app_part (window, "methods"));
  button = GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (methods)));
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Method");
  app_set_method (window, "gradient");
  app_settle (sal_window_document (window));
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "Gradient");

  GtkWidget *tile = app_wait_label (app_part (window, "shelf_strip"), "Gradient");
  gtk_test_accessible_assert_property (row_of (tile), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Gradient, clock");
  app_window_finish (window);
}

static gboolean
folded (gpointer flap)
{
  return adw_flap_get_folded (flap);
}

/* Wide, the sidebar stands beside the picture; narrow, it lies over it on request. */
static void
test_sizes (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  SalWindow *window = app_window_new (900, 600);
  sal_window_open_example (window);
  app_settle (sal_window_document (window));
  g_assert_true (ui_wait_until (folded, app_part (window, "flap"), 20000));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (window)), <=, 900);
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (window)), <=, 600);
  app_window_finish (window);

  window = app_window_new (1280, 700);
  sal_window_open_example (window);
  app_settle (sal_window_document (window));
  ui_run (300);
  g_assert_false (adw_flap_get_folded (app_part (window, "flap")));
  g_assert_true (adw_flap_get_reveal_flap (app_part (window, "flap")));
  g_assert_cmpint (gtk_widget_get_width (app_part (window, "sidebar")), ==, 340);
  app_activate (window, "win.sidebar", NULL);
  ui_run (300);
  g_assert_false (adw_flap_get_reveal_flap (app_part (window, "flap")));
  app_window_finish (window);
}

static gboolean
mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

static gboolean
has_focus (gpointer widget)
{
  return gtk_widget_has_focus (widget);
}

/* What has the focus may go, as rows of lists do; then a label that can be selected gets it. */
static void
test_focus (void)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *button = gtk_button_new_with_label ("Gone"), *label = gtk_label_new ("Text");

  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_box_append (GTK_BOX (box), button);
  gtk_box_append (GTK_BOX (box), label);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (mapped, window, 20000));
  gtk_widget_grab_focus (button);
  gtk_box_remove (GTK_BOX (box), button);
  g_assert_true (ui_wait_until (has_focus, label, 20000));
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
is_active (gpointer window)
{
  return gtk_window_is_active (window);
}

static gboolean
is_not_active (gpointer window)
{
  return !gtk_window_is_active (window);
}

static void
hold_space (GtkWidget *widget)
{
  g_autoptr (GListModel) all = gtk_widget_observe_controllers (widget);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (all) && !taken; i++) {
    g_autoptr (GtkEventController) item = g_list_model_get_item (all, i);
    if (GTK_IS_EVENT_CONTROLLER_KEY (item))
      g_signal_emit_by_name (item, "key-pressed", GDK_KEY_space, 65, 0, &taken);
  }
  g_assert_true (taken);
}

/* The bare picture shows while Space is held; whose release another window gets is not held. */
static void
test_flicker (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  SalCanvas *canvas = app_part (window, "canvas");
  GtkWidget *parts[] = { GTK_WIDGET (window), GTK_WIDGET (canvas) };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++) {
    gtk_window_present (GTK_WINDOW (window));
    g_assert_true (ui_wait_until (is_active, window, 10000));
    gtk_widget_grab_focus (i == 0 ? app_part (window, "opacity") : GTK_WIDGET (canvas));
    hold_space (parts[i]);
    g_assert_true (sal_canvas_get_bare (canvas));
    GtkWidget *other = gtk_window_new ();
    gtk_window_present (GTK_WINDOW (other));
    g_assert_true (ui_wait_until (is_not_active, window, 10000));
    ui_run (20);
    g_assert_false (sal_canvas_get_bare (canvas));
    gtk_window_destroy (GTK_WINDOW (other));
  }
  app_window_finish (window);
}

/* The sidebar comes and goes while something around the pages is placed anew, as toasts and
 * tooltips do it. GTK says so if what asks for another size meanwhile is not to be seen any more.
 */
static void
test_places (void)
{
  SalWindow *window = app_window_with_example ();

  if (window == NULL)
    return;
  for (int width = 900; width <= 1300; width += 100) {
    gtk_window_set_default_size (GTK_WINDOW (window), width, 700);
    ui_run (200);
    for (GtkWidget *part = app_part (window, "flap"); part != NULL;
         part = gtk_widget_get_parent (part))
      for (int i = 0; i < 2; i++) {
        app_activate (window, "win.sidebar", NULL);
        gtk_widget_queue_allocate (part);
        ui_run (30);
      }
  }
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_test_add_func ("/app/window/empty", test_empty);
  g_test_add_func ("/app/window/example", test_example);
  g_test_add_func ("/app/window/drop", test_drop);
  g_test_add_func ("/app/window/complement", test_complement);
  g_test_add_func ("/app/window/notes", test_notes);
  g_test_add_func ("/app/window/export", test_export);
  g_test_add_func ("/app/window/resume", test_resume);
  g_test_add_func ("/app/window/names", test_names);
  g_test_add_func ("/app/window/heard", test_heard);
  g_test_add_func ("/app/window/sizes", test_sizes);
  g_test_add_func ("/app/window/focus", test_focus);
  g_test_add_func ("/app/window/flicker", test_flicker);
  g_test_add_func ("/app/window/places", test_places);
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
