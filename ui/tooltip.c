#include "ui/tooltip.h"

#include "ui/later.h"

static GQuark
text_quark (void)
{
  return g_quark_from_static_string ("salience-tooltip");
}

const char *
sal_tooltip_get (GtkWidget *widget)
{
  const char *text = g_object_get_qdata (G_OBJECT (widget), text_quark ());

  return text != NULL ? text : gtk_widget_get_tooltip_text (widget);
}

static gboolean
query_cb (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  gtk_tooltip_set_text (tooltip, g_object_get_qdata (G_OBJECT (widget), text_quark ()));
  return TRUE;
}

void
sal_tooltip_set (GtkWidget *widget, const char *text)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  if (text != NULL && *text == '\0')
    text = NULL;
  if (g_strcmp0 (sal_tooltip_get (widget), text) == 0)
    return;
  g_signal_handlers_disconnect_by_func (widget, query_cb, NULL);
  g_object_set_qdata_full (G_OBJECT (widget), text_quark (), g_strdup (text), g_free);
  if (text != NULL)
    g_signal_connect (widget, "query-tooltip", G_CALLBACK (query_cb), NULL);
  gtk_widget_set_has_tooltip (widget, text != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text, -1);
  /* One that is shown just now. */
  if (gtk_widget_get_mapped (widget) &&
      (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_PRELIGHT) != 0)
    gtk_widget_trigger_tooltip_query (widget);
}

/* GTK asks where the pointer is, for which there must be a surface: it all may be on its way out.
 */
static void
show_pressed (gpointer inside)
{
  GtkWidget *button = gtk_widget_get_parent (inside);

  if (button != NULL && gtk_widget_get_mapped (button))
    gtk_widget_set_has_tooltip (button, !gtk_toggle_button_get_active (inside));
}

static void
pressed_cb (GtkToggleButton *inside)
{
  sal_later (inside, show_pressed);
}

void
sal_tooltip_yield (GtkWidget *root)
{
  if (GTK_IS_MENU_BUTTON (root)) {
    /* Before GTK 4.10 only the button inside says whether it is pressed. */
    GtkWidget *inside = gtk_widget_get_first_child (root);

    if (gtk_widget_get_has_tooltip (root) && GTK_IS_TOGGLE_BUTTON (inside))
      g_signal_connect (inside, "notify::active", G_CALLBACK (pressed_cb), NULL);
    return;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    sal_tooltip_yield (child);
}
