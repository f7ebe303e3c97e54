/* Toasts: news that go by themselves. */
#include "app/window-private.h"

#include "app/file-failure.h"
#include "ui/announce.h"

#include <glib/gi18n.h>

/* Seconds to read that something failed and to reach for the details. */
#define FAILURE_SECONDS 30

/* The newest news count: nobody waits for five old ones to have been shown. */
void
sal_window_toast (SalWindow *self, AdwToast *toast)
{
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  g_set_weak_pointer (&self->toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static const char *
text_of (AdwToast *toast, const char *key)
{
  return g_object_get_data (G_OBJECT (toast), key);
}

/* For whom it is to be told. */
static void
copy_details_cb (AdwMessageDialog *dialog, const char *response, AdwToast *toast)
{
  g_autofree char *text =
      g_strdup_printf ("%s\n%s\n", text_of (toast, "summary"), text_of (toast, "details"));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (dialog)), text);
}

#define DETAILS_WIDTH 460
#define LETTERS_A_LINE 60
#define LINE_HEIGHT 17

/* As high as @text likely is, within bounds: a view does not know before it is laid out. */
static int
details_height (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  glong n = 1;

  for (int i = 0; lines[i] != NULL; i++)
    n += 1 + g_utf8_strlen (lines[i], -1) / LETTERS_A_LINE;
  return (int) CLAMP (n, 4, 12) * LINE_HEIGHT;
}

/* A view of its own, as for a text that may be long: it scrolls, parts of it can be marked, and it
 * is laid out once, where a label is for each of the widths that a dialog tries. */
static GtkWidget *
details_view (const char *text)
{
  GtkWidget *view = gtk_text_view_new (), *scrolled = gtk_scrolled_window_new ();

  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), text, -1);
  gtk_widget_add_css_class (view, "details");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Details"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_widget_set_size_request (scrolled, DETAILS_WIDTH, details_height (text));
  return scrolled;
}

static void
details_cb (AdwToast *toast, gpointer self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), text_of (toast, "summary"), NULL);

  const char *details = text_of (toast, "details");

  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), details_view (details));
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  details, -1);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "copy", _ ("C_opy"), "close",
                                    _ ("_Close"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "close");
  g_signal_connect_object (dialog, "response::copy", G_CALLBACK (copy_details_cb), toast, 0);
  g_object_set_data_full (G_OBJECT (dialog), "toast", g_object_ref (toast), g_object_unref);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* Whoever goes on to something else has seen what failed. */
void
sal_window_forget_failure (SalWindow *self)
{
  if (self->toast != NULL && text_of (self->toast, "details") != NULL)
    adw_toast_dismiss (self->toast);
}

void
sal_window_failed (SalWindow *self, const char *summary, const char *details)
{
  g_autofree char *title = g_markup_escape_text (summary, -1);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _ ("Details"));
  adw_toast_set_timeout (toast, FAILURE_SECONDS);
  g_object_set_data_full (G_OBJECT (toast), "summary", g_strdup (summary), g_free);
  g_object_set_data_full (G_OBJECT (toast), "details", g_utf8_make_valid (details, -1), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (details_cb), self, 0);
  sal_window_toast (self, toast);
}

void
sal_window_file_failed (SalWindow *self, const char *format, const char *path, const char *reason)
{
  g_autofree char *summary = sal_file_summary (format, path);
  g_autofree char *details = sal_file_details (reason, path);

  sal_window_failed (self, summary, details);
}

/* When a toast comes is up to the overlay, after the one before has gone. */
static void
toasted_cb (GListModel *children, guint position, guint removed, guint added, gpointer self)
{
  for (guint i = position; i < position + added; i++) {
    g_autoptr (GtkWidget) child = g_list_model_get_item (children, i);
    sal_announce (child);
  }
}

void
sal_window_toast_init (SalWindow *self)
{
  self->toasted = gtk_widget_observe_children (GTK_WIDGET (self->toasts));
  g_signal_connect_object (self->toasted, "items-changed", G_CALLBACK (toasted_cb), self, 0);
  g_signal_connect_object (self->document, "failed", G_CALLBACK (sal_window_failed), self,
                           G_CONNECT_SWAPPED);
}
