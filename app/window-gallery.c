#include "app/window-private.h"

#include "app/gallery.h"
#include "ui/later.h"

#include <glib/gi18n.h>

static void
open (SalWindow *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  sal_window_open_files (self, &file, 1);
}

static void
open_cb (AdwToast *toast, gpointer self)
{
  open (self, g_object_get_data (G_OBJECT (toast), "path"));
}

/* Whoever has closed the gallery does something else by now, and is asked first. */
static void
opened_cb (SalWindow *self, const char *path, const char *title, GtkWidget *gallery)
{
  if (gtk_widget_get_visible (gallery)) {
    gtk_widget_set_visible (gallery, FALSE);
    open (self, path);
    return;
  }
  /* The row's title is markup already. */
  g_autofree char *text = g_strdup_printf (_ ("%s has been downloaded"), title);
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_button_label (toast, _ ("Open"));
  g_object_set_data_full (G_OBJECT (toast), "path", g_strdup (path), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (open_cb), self, 0);
  sal_window_toast (self, toast);
}

static void
present (gpointer gallery)
{
  gtk_window_present (gallery);
}

/* Made in one turn of the main loop and shown in the next: both together would hold up what else is
 * drawn. */
void
sal_window_show_gallery (SalWindow *self)
{
  if (self->gallery == NULL) {
    self->gallery = sal_gallery_new (GTK_WINDOW (self));
    g_signal_connect_object (self->gallery, "opened", G_CALLBACK (opened_cb), self,
                             G_CONNECT_SWAPPED);
  }
  sal_later (self->gallery, present);
}

void
sal_window_gallery_dispose (SalWindow *self)
{
  if (self->gallery != NULL)
    gtk_window_destroy (GTK_WINDOW (self->gallery));
  self->gallery = NULL;
}
