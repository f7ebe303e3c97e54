#include "ui/tooltip.h"

#include "ui/later.h"

void
sal_tooltip_set (GtkWidget *widget, const char *text)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  if (g_strcmp0 (gtk_widget_get_tooltip_text (widget), text) == 0)
    return;

  gboolean hide = gtk_widget_get_root (widget) == NULL && gtk_widget_get_visible (widget);

  /* It does not ask for a widget that is not to be seen. */
  if (hide)
    gtk_widget_set_visible (widget, FALSE);
  gtk_widget_set_tooltip_text (widget, text);
  if (hide)
    gtk_widget_set_visible (widget, TRUE);
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
