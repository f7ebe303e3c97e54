#include "app/window-private.h"

#include "app/labels.h"

/* The choice holds for one file: another model has names of its own, or gets those that fit. */
static void
model_cb (SalWindow *self)
{
  SalModel *model = sal_document_model (self->document);
  const char *path = model != NULL ? sal_model_path (model) : NULL;
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "labels");

  if (g_strcmp0 (path, self->labels_path) != 0) {
    g_free (self->labels_path);
    self->labels_path = g_strdup (path);
    g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (""));
  }
  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), path != NULL);
}

static void
labels_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  SalWindow *self = data;
  const char *choice = g_variant_get_string (state, NULL);

  if (sal_document_model (self->document) == NULL)
    return;
  g_simple_action_set_state (action, state);
  sal_document_set_labels (self->document, *choice != '\0' ? choice : NULL);
}

void
sal_window_labels_init (SalWindow *self)
{
  static const GActionEntry entry = {
    .name = "labels", .parameter_type = "s", .state = "''", .change_state = labels_cb
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), &entry, 1, self);
  g_signal_connect_object (self->document, "notify::model", G_CALLBACK (model_cb), self,
                           G_CONNECT_SWAPPED);
  model_cb (self);
}
