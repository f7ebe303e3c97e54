/* Undo and redo in the window. */
#include "app/window-private.h"

#include <glib/gi18n.h>

static void
undo_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;

  sal_history_undo (self->history);
}

static void
redo_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  SalWindow *self = data;

  sal_history_redo (self->history);
}

static void
take_back_cb (AdwToast *toast, SalWindow *self)
{
  sal_history_take_back (self->history,
                         GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (toast), "act")));
}

void
sal_window_undoable (SalWindow *self, const char *title, guint number)
{
  AdwToast *toast = adw_toast_new (title);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data (G_OBJECT (toast), "act", GUINT_TO_POINTER (number));
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (take_back_cb), self, 0);
  sal_window_toast (self, toast);
}

static const GActionEntry actions[] = {
  { .name = "undo", .activate = undo_cb },
  { .name = "redo", .activate = redo_cb },
};

/* What is undone by a key need not be offered any more. */
static void
withdraw (AdwToast *toast, const SalHistory *history)
{
  guint number = toast != NULL ? GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (toast), "act")) : 0;

  if (number != 0 && !sal_history_can_take_back (history, number))
    adw_toast_dismiss (toast);
}

static void
changed_cb (gpointer data)
{
  SalWindow *self = data;

  withdraw (self->toast, self->history);
  sal_window_enable (self, "undo", sal_history_can_undo (self->history));
  sal_window_enable (self, "redo", sal_history_can_redo (self->history));
}

void
sal_window_history_init (SalWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->history = sal_history_new (self->document, changed_cb, self);
  changed_cb (self);
}
