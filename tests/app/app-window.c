#include "tests/app/app-window.h"

#include "app/comparison.h"

#include <string.h>

static GtkApplication *app;

/* Of GTK 4.8. Its code says why:
 * - On X11 without a window manager, moving a window by its title bar takes the pointer from what
 * is below it, and GTK takes back twice that this is pressed: once for the pointer that left and
 * once for the grab that broke (handle_pointing_event() in gtkmain.c).
 * - Rows of a list have no place between a change of their model and the next layout; a wheel that
 *   is turned meanwhile looks for one (gtk_list_base_adjustment_value_changed_cb() in
 * gtklistbase.c) and is ignored. */
static const char *const tolerated[] = {
  "Broken accounting of active state",
  "failed to scroll to given position",
};

/* And one that a program of ours could say as well, but not of what is inside GTK's file dialog:
 * the buttons of its path are painted once before they are laid out when the folder has just been
 * read. A program that does nothing but open and close file dialogs says it once in about thirty.
 */
static gboolean
is_of_file_dialog (const char *message)
{
  const char *address = strstr (message, " 0x");

  if (!g_str_has_prefix (message, "Trying to snapshot ") || address == NULL ||
      !g_str_has_suffix (message, " without a current allocation"))
    return FALSE;
  gpointer widget = GSIZE_TO_POINTER (g_ascii_strtoull (address + 1, NULL, 16));
  if (gtk_widget_get_ancestor (widget, GTK_TYPE_FILE_CHOOSER_WIDGET) != NULL)
    return TRUE;
  /* An address says nothing once the program has ended. */
  for (GtkWidget *at = widget; at != NULL; at = gtk_widget_get_parent (at))
    g_printerr ("in %s \"%s\"%s\n", G_OBJECT_TYPE_NAME (at), gtk_widget_get_css_name (at),
                gtk_widget_get_child_visible (at) ? "" : ", not visible");
  return FALSE;
}

gboolean
app_is_tolerated (const char *message)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tolerated); i++)
    if (strstr (message, tolerated[i]) != NULL)
      return TRUE;
  return is_of_file_dialog (message);
}

static GLogWriterOutput
writer (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && app_is_tolerated (fields[i].value))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n, data);
}

void
app_tolerate (void)
{
  g_log_set_writer_func (writer, NULL, NULL);
}

void
app_init (int *argc, char ***argv)
{
  ui_init (argc, argv);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  app = GTK_APPLICATION (sal_application_new ());
  g_application_set_flags (G_APPLICATION (app), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (app), NULL, NULL));
}

int
app_end (int status)
{
  g_object_unref (app);
  return status;
}

gpointer
app_part (SalWindow *window, const char *name)
{
  GObject *child = gtk_widget_get_template_child (GTK_WIDGET (window), SAL_TYPE_WINDOW, name);

  g_assert_nonnull (child);
  return child;
}

static gboolean
mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

/* GTK 4.8 keeps the hundred icons that were asked for last. A thread that loads another one lets go
 * of the oldest; while it frees one that no widget shows any more, the main thread may still find
 * it (icon_cache_lookup() in gtkicontheme.c). That takes icons that nothing shows, as after all
 * windows have been closed, and then a new window, which is what tests do. Here the main thread
 * makes GTK let go of all, by asking for a hundred others, which stay. */
static void
forget_icons (void)
{
  static GPtrArray *others;
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());

  if (others == NULL)
    others = g_ptr_array_new ();
  for (int size = 1; size <= 128; size++) {
    if (size % 8 == 0) /* what widgets ask for */
      continue;
    GtkIconPaintable *icon =
        gtk_icon_theme_lookup_icon (theme, "model-symbolic", NULL, size, 1, GTK_TEXT_DIR_NONE, 0);

    if (!g_ptr_array_find (others, icon, NULL))
      g_ptr_array_add (others, g_object_ref (icon));
    g_object_unref (icon);
  }
}

SalWindow *
app_window_new (int width, int height)
{
  forget_icons ();

  GtkWidget *window = sal_window_new (app);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (mapped, window, 20000));
  return SAL_WINDOW (window);
}

SalWindow *
app_window_with_example (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return NULL;
  SalWindow *window = app_window_new (1280, 800);
  sal_document_set_method (sal_window_document (window), sal_method_find ("integrated-gradients"));
  sal_window_open_example (window);
  app_settle (sal_window_document (window));
  g_assert_cmpint (sal_document_state (sal_window_document (window)), ==, SAL_DOCUMENT_DONE);
  return window;
}

static gboolean
is_last_reference (gpointer object)
{
  return G_OBJECT (object)->ref_count == 1;
}

void
app_window_finish (SalWindow *window)
{
  SalDocument *document = g_object_ref (sal_window_document (window));

  g_object_ref (window);
  gtk_window_destroy (GTK_WINDOW (window));
  ui_run (50);
  g_assert_finalize_object (window);
  /* An export that is under way holds on to it until the file is there. */
  ui_wait_until (is_last_reference, document, 60000);
  g_assert_finalize_object (document);
}

void
app_activate (SalWindow *window, const char *action, const char *target)
{
  g_assert_true (gtk_widget_activate_action_variant (
      GTK_WIDGET (window), action, target != NULL ? g_variant_new_string (target) : NULL));
}

gboolean
app_enabled (SalWindow *window, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), action);
}

static const char *
text_of (GtkWidget *widget, gboolean button)
{
  if (button)
    return GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;
  return GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : NULL;
}

static GtkWidget *
find (GtkWidget *widget, const char *pattern, gboolean button)
{
  const char *text = text_of (widget, button);

  if (text != NULL && gtk_widget_get_mapped (widget) && g_pattern_match_simple (pattern, text))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = find (child, pattern, button);
    if (found != NULL)
      return found;
  }
  return NULL;
}

GtkWidget *
app_find_label (GtkWidget *widget, const char *pattern)
{
  return find (widget, pattern, FALSE);
}

GtkWidget *
app_find_button (GtkWidget *widget, const char *pattern)
{
  return find (widget, pattern, TRUE);
}

GtkWidget *
app_wait_label (gpointer widget, const char *pattern)
{
  GtkWidget *found = NULL;

  for (int i = 0; i < 2000 && (found = app_find_label (widget, pattern)) == NULL; i++)
    ui_run (10);
  if (found == NULL)
    g_test_message ("no label like “%s”", pattern);
  g_assert_nonnull (found);
  return found;
}

void
app_click (GtkWidget *button)
{
  g_assert_nonnull (button);
  g_assert_true (gtk_widget_get_mapped (button) && gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

void
app_drop (SalWindow *window, const char *path)
{
  GtkDropTarget *target = app_part (window, "drop_target");
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GFile *files[] = { file };
  GValue value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array (files, 1));
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &taken);
  g_value_unset (&value);
  g_assert_true (taken);
  app_settle (sal_window_document (window));
}

void
app_set_method (SalWindow *window, const char *id)
{
  SalDocument *document = sal_window_document (window);

  sal_document_set_method (document, sal_method_find (id));
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
}

gboolean
app_is_compared (gpointer comparison)
{
  guint done, all;

  return !sal_comparison_progress (comparison, &done, &all);
}

/* The dialog that "Details" opens. */
static GtkWidget *
details_of (SalWindow *window)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (ADW_IS_MESSAGE_DIALOG (l->data) &&
        gtk_window_get_transient_for (l->data) == GTK_WINDOW (window) &&
        gtk_widget_get_visible (l->data))
      return l->data;
  return NULL;
}

static GtkWidget *
text_view (GtkWidget *widget)
{
  GtkWidget *found = GTK_IS_TEXT_VIEW (widget) && gtk_widget_get_mapped (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = text_view (child);
  return found;
}

GtkWidget *
app_open_details (SalWindow *window, char **text)
{
  app_click (app_find_button (GTK_WIDGET (window), "Details"));
  GtkWidget *dialog = details_of (window);
  g_assert_nonnull (dialog);
  GtkWidget *view = text_view (dialog);
  g_assert_nonnull (view);
  g_assert_false (gtk_text_view_get_editable (GTK_TEXT_VIEW (view)));
  g_object_get (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "text", text, NULL);
  /* Which is read out, too. */
  g_autofree char *differs = gtk_test_accessible_check_property (
      GTK_ACCESSIBLE (dialog), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, *text);
  g_assert_cmpstr (differs, ==, NULL);
  return dialog;
}
