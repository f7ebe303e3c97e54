/* The model page in the window. */
#include "app/window-private.h"

#include <glib/gi18n.h>

/* Of a name in the header: so many characters fit a usual window, and more a wider one: the two
 * names share half of what is more. */
#define USUAL_CHARS 22
#define USUAL_WIDTH 1280
#define WIDTH_OF_TWO 44 /* pixels of the window for a character of each */
#define MOST_CHARS 60
#define ROOM_FOR_NAMES 60

/* What has been answered with a model is shown again as it was prepared then. */
static gboolean
has_answered (SalWindow *self, SalModel *model)
{
  GListModel *results = G_LIST_MODEL (self->shelf);

  for (guint i = 0; i < g_list_model_get_n_items (results); i++) {
    g_autoptr (SalResult) result = g_list_model_get_item (results, i);
    if (sal_result_explanation (result)->view->model == model)
      return TRUE;
  }
  return FALSE;
}

static void
show (SalWindow *self)
{
  SalModel *model = sal_document_model (self->document);

  sal_model_page_show (self->model_page, model, !has_answered (self, model),
                       sal_document_picture (self->document), sal_document_view (self->document));
}

static void
changed_cb (SalWindow *self, SalModel *model)
{
  sal_document_take_model (self->document, model);
}

static void
saved_cb (SalWindow *self, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *title = g_markup_printf_escaped (_ ("Saved %s"), name);

  sal_window_toast (self, adw_toast_new (title));
}

static void
save_kept_cb (AdwToast *toast, SalWindow *self)
{
  sal_model_page_save_kept (self->model_page, g_object_get_data (G_OBJECT (toast), "model"));
}

static void
kept_cb (SalWindow *self, const char *path, const char *name)
{
  g_autofree char *title =
      g_markup_printf_escaped (_ ("The preparation of “%s” is kept, but not saved"), name);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _ ("_Save"));
  g_object_set_data_full (G_OBJECT (toast), "model", g_strdup (path), g_free);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (save_kept_cb), self, 0);
  sal_window_toast (self, toast);
}

static void
revert_cb (AdwToast *toast, SalWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self->model_page), "model.revert", NULL);
}

static void
resumed_cb (SalWindow *self, const char *name)
{
  g_autofree char *title = g_markup_printf_escaped (_ ("“%s” is prepared as you had set it"), name);
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _ ("_Revert"));
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (revert_cb), self, 0);
  sal_window_toast (self, toast);
}

static void
doubt_cb (SalWindow *self, const char *text)
{
  g_free (self->doubt);
  self->doubt = g_strdup (text);
  sal_window_show_notes (self);
}

/* The end. */

static void
close_now (gpointer self)
{
  gtk_window_close (self);
}

static void
answered_cb (SalWindow *self, const char *answer)
{
  g_clear_weak_pointer (&self->closing);
  self->discarding = g_str_equal (answer, "discard");
  if (self->discarding ||
      (g_str_equal (answer, "save") && sal_model_page_save_all (self->model_page)))
    sal_later (self, close_now); /* the question is still about to close, and needs its window */
}

static char *
quoted (GPtrArray *paths)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < paths->len; i++) {
    g_autofree char *name = g_filename_display_basename (paths->pdata[i]);
    g_string_append_printf (text, _ ("%s“%s”"), i > 0 ? ", " : "", name);
  }
  return g_string_free (text, FALSE);
}

gboolean
sal_window_ask_to_save (SalWindow *self)
{
  g_autoptr (GPtrArray) unsaved = sal_model_page_unsaved (self->model_page);

  if (self->closing != NULL) {
    gtk_window_present (GTK_WINDOW (self->closing));
    return TRUE;
  }
  if (unsaved->len == 0 || self->discarding)
    return FALSE;
  g_autofree char *names = quoted (unsaved);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Save Preparation?"), NULL);
  AdwMessageDialog *question = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_format_body (question,
                                  _ ("How pictures are prepared for %s was changed. Changes that "
                                     "are not saved will be lost."),
                                  names);
  adw_message_dialog_add_responses (question, "cancel", _ ("_Cancel"), "discard", _ ("_Discard"),
                                    "save", _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (question, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (question, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (question, "save");
  adw_message_dialog_set_close_response (question, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  g_set_weak_pointer (&self->closing, dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  return TRUE;
}

/* The sidebar does not know before it has been on the screen, and then it is too late for a window
 * that a wide header has made wider. */
static gboolean
is_narrow (SalWindow *self)
{
  int width, height, content, sidebar;

  if (adw_flap_get_folded (self->flap))
    return TRUE;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (width <= 0 || gtk_window_is_maximized (GTK_WINDOW (self)) ||
      gtk_window_is_fullscreen (GTK_WINDOW (self)))
    return FALSE;
  gtk_widget_measure (adw_flap_get_content (self->flap), GTK_ORIENTATION_HORIZONTAL, -1, &content,
                      NULL, NULL, NULL);
  gtk_widget_measure (adw_flap_get_flap (self->flap), GTK_ORIENTATION_HORIZONTAL, -1, &sidebar,
                      NULL, NULL, NULL);
  return width < content + sidebar;
}

static int
width_of (SalWindow *self)
{
  int width = 0, height = 0;

  if (!gtk_window_is_maximized (GTK_WINDOW (self)) && !gtk_window_is_fullscreen (GTK_WINDOW (self)))
    gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  return width > 0 ? width : gtk_widget_get_width (GTK_WIDGET (self));
}

static void
narrow_header (SalWindow *self, gboolean narrow)
{
  adw_view_switcher_set_policy (self->switcher, narrow ? ADW_VIEW_SWITCHER_POLICY_NARROW
                                                       : ADW_VIEW_SWITCHER_POLICY_WIDE);
  adw_button_content_set_label (self->export_content, narrow ? "" : _ ("Export"));
  gtk_widget_set_visible (GTK_WIDGET (self->model_label), !narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->picture_label), !narrow);
  self->narrow = narrow;
  sal_window_show_recent (self);
}

/* What a name may take of a wide header. */
static int
chars_of (int width)
{
  return CLAMP (USUAL_CHARS + (width - USUAL_WIDTH) / WIDTH_OF_TWO, USUAL_CHARS, MOST_CHARS);
}

/* Where the sidebar has no room, the header has none for icons beside words; nor where little more
 * than "…" would be left of the names, and the window could not be made smaller. */
static void
fold (gpointer data)
{
  SalWindow *self = data;
  int width = width_of (self), least = 0;

  gtk_label_set_max_width_chars (self->model_label, chars_of (width));
  gtk_label_set_max_width_chars (self->picture_label, chars_of (width));
  if (!is_narrow (self)) {
    narrow_header (self, FALSE);
    gtk_widget_measure (self->header, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    if (width >= least + ROOM_FOR_NAMES)
      return;
  }
  narrow_header (self, TRUE);
}

/* It folds while sizes are given out. */
static void
folded_cb (SalWindow *self)
{
  sal_later (self, fold);
}

/* Who comes to the page by a key begins at the layers, not in the first entry there is, where keys
 * write. */
static void
page_cb (SalWindow *self)
{
  GtkWidget *focus = gtk_root_get_focus (GTK_ROOT (self));

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->model_page)))
    gtk_widget_grab_focus (GTK_WIDGET (self->model_page));
}

void
sal_window_model_init (SalWindow *self)
{
  g_signal_connect_object (self->stack, "notify::visible-child-name", G_CALLBACK (page_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stack, "notify::visible-child-name",
                           G_CALLBACK (sal_window_show_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->flap, "notify::folded", G_CALLBACK (folded_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::default-width", G_CALLBACK (folded_cb), NULL);
  g_signal_connect (self, "notify::maximized", G_CALLBACK (folded_cb), NULL);
  g_signal_connect_object (self->place_box, "notify::visible", G_CALLBACK (folded_cb), self,
                           G_CONNECT_SWAPPED);
  sal_later (self, fold);
  g_signal_connect_object (self->document, "notify::view", G_CALLBACK (show), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model_page, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model_page, "saved", G_CALLBACK (saved_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model_page, "kept", G_CALLBACK (kept_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model_page, "resumed", G_CALLBACK (resumed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model_page, "doubt", G_CALLBACK (doubt_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model_page, "failed", G_CALLBACK (sal_window_failed), self,
                           G_CONNECT_SWAPPED);
}
