/* Undo and redo in the window. */
#include "app/window-private.h"

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

static const GActionEntry actions[] = {
  { .name = "undo", .activate = undo_cb },
  { .name = "redo", .activate = redo_cb },
};

static void
enable (SalWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
changed_cb (gpointer data)
{
  SalWindow *self = data;

  enable (self, "undo", sal_history_can_undo (self->history));
  enable (self, "redo", sal_history_can_redo (self->history));
}

void
sal_window_history_init (SalWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  self->history = sal_history_new (self->document, changed_cb, self);
  changed_cb (self);
}
