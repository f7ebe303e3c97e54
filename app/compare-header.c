#include "app/compare-header.h"

#include "ui/tooltip.h"
#include "ui/wrap.h"

#include <glib/gi18n.h>

/* Of the name of a row. */
#define ROW_CHARS 13
#define ROW_LINES 6
/* And of a column. */
#define COLUMN_LINES 4

GtkWidget *
sal_compare_button_new (const char *icon, const char *tooltip, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_add_css_class (button, "tiny");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  sal_tooltip_set (button, tooltip);
  if (name != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                    -1);
  return button;
}

guint
sal_compare_header_number (GtkWidget *header)
{
  return GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (header), "number"));
}

static void
set_number (GtkWidget *header, guint number)
{
  g_object_set_data (G_OBJECT (header), "number", GUINT_TO_POINTER (number));
}

static guint
number_of (gpointer controller)
{
  return sal_compare_header_number (gtk_event_controller_get_widget (controller));
}

gboolean
sal_compare_header_focus (GtkWidget *header)
{
  return gtk_widget_grab_focus (gtk_widget_get_last_child (header));
}

static void
remove_column_cb (GtkWidget *button, SalComparison *comparison)
{
  sal_comparison_remove (comparison, sal_compare_header_number (gtk_widget_get_parent (button)));
}

static void
remove_row_cb (GtkWidget *button, SalComparison *comparison)
{
  sal_comparison_remove_picture (comparison,
                                 sal_compare_header_number (gtk_widget_get_parent (button)));
}

static GdkContentProvider *
prepare_drag_cb (GtkDragSource *source, double x, double y, gpointer data)
{
  return gdk_content_provider_new_typed (G_TYPE_UINT, number_of (source));
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, gpointer comparison)
{
  guint from = g_value_get_uint (value);

  if (from >= sal_comparison_n_columns (comparison))
    return FALSE;
  sal_comparison_move (comparison, from, number_of (target));
  return TRUE;
}

static gboolean
key_cb (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType modifiers,
        gpointer comparison)
{
  guint number = number_of (keys), to = number;

  if (!(modifiers & GDK_CONTROL_MASK))
    return GDK_EVENT_PROPAGATE;
  if (key == GDK_KEY_Left && number > 0)
    to = number - 1;
  else if (key == GDK_KEY_Right && number + 1 < sal_comparison_n_columns (comparison))
    to = number + 1;
  else
    return GDK_EVENT_PROPAGATE;
  /* All headers are made anew; the focus is to go where this one goes. */
  set_number (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (keys)), to);
  sal_comparison_move (comparison, number, to);
  return GDK_EVENT_STOP;
}

static void
let_move (GtkWidget *header, SalComparison *comparison)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_UINT, GDK_ACTION_COPY);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (source, "prepare", G_CALLBACK (prepare_drag_cb), NULL);
  g_signal_connect (target, "drop", G_CALLBACK (drop_cb), comparison);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), comparison);
  gtk_widget_add_controller (header, GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (header, GTK_EVENT_CONTROLLER (target));
  gtk_widget_add_controller (header, keys);
}

GtkWidget *
sal_compare_header_new (SalComparison *comparison, gboolean column, guint number)
{
  SalCompareAxis axis = sal_comparison_axis (comparison);
  const char *text = column ? sal_comparison_column_label (comparison, number)
                            : sal_comparison_row_label (comparison, number);
  g_autofree char *shown = column ? g_strdup (text) : sal_wrappable (text);
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2), *label = gtk_label_new (shown);
  g_autofree char *name =
      g_strdup_printf (column ? _ ("Remove column “%s”") : _ ("Remove row “%s”"), text);
  GtkWidget *remove = sal_compare_button_new (
      "window-close-symbolic", column ? _ ("Remove This Column") : _ ("Remove This Row"), name);

  if (column && (axis == SAL_COMPARE_LAYERS || axis == SAL_COMPARE_MODELS)) {
    /* Known by how their names end as much as by how they begin. */
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  } else {
    gtk_label_set_wrap (GTK_LABEL (label), TRUE);
    gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_lines (GTK_LABEL (label), column ? COLUMN_LINES : ROW_LINES);
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  }
  if (!column)
    gtk_label_set_max_width_chars (GTK_LABEL (label), ROW_CHARS);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  sal_tooltip_set (label, text);
  gtk_widget_add_css_class (label, column ? "heading" : "caption");
  set_number (header, number);
  gtk_box_append (GTK_BOX (header), label);
  gtk_box_append (GTK_BOX (header), remove);
  g_signal_connect (remove, "clicked", G_CALLBACK (column ? remove_column_cb : remove_row_cb),
                    comparison);
  if (column)
    let_move (header, comparison);
  else
    gtk_widget_set_visible (remove, number > 0); /* the first is the open picture */
  return header;
}
