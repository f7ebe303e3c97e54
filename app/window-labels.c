#include "app/window-private.h"

#include "app/labels.h"

#include <glib/gi18n.h>

/* The choice holds for one file: another model has names of its own, or gets those that fit. */
static void
model_cb (SalWindow *self)
{
  SalModel *model = sal_document_model (self->document);
  const char *path = model != NULL ? sal_model_path (model) : NULL;

  if (g_strcmp0 (path, self->labels_path) != 0) {
    g_free (self->labels_path);
    self->labels_path = g_strdup (path);
    sal_window_set_state (self, "labels", "");
  }
  sal_window_enable (self, "labels", path != NULL);
}

static void
file_chosen (SalWindow *self, GFile *file)
{
  g_autofree char *path = sal_window_path (self, file, _ ("“%s” cannot be opened"));

  if (path == NULL)
    return;
  sal_window_set_state (self, "labels", "file");
  sal_model_page_set_labels (self->model_page, path);
}

/* A list that comes with the program. Like a file's, its names are part of what can be saved. */
static gboolean
use_set (SalWindow *self, const char *id)
{
  int n;
  const SalLabelSet *sets = sal_label_sets (&n);

  for (int i = 0; i < n; i++)
    if (g_str_equal (sets[i].id, id)) {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) names = sal_label_set_load (&sets[i], &error);

      if (names != NULL)
        sal_model_page_set_names (self->model_page, (const char *const *) names);
      else
        sal_window_failed (self, _ ("The names cannot be read"), error->message);
      return TRUE;
    }
  return FALSE;
}

/* "file" asks for one; "" are the model's own names, "none" numbers, else the id of a set. */
static void
labels_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  SalWindow *self = data;
  const char *choice = g_variant_get_string (state, NULL);

  if (sal_document_model (self->document) == NULL)
    return;
  if (g_str_equal (choice, "file")) {
    static const SalFileKind kind = { .action = GTK_FILE_CHOOSER_ACTION_OPEN };

    sal_window_choose (self, &kind, _ ("Class Names"), NULL, file_chosen);
    return;
  }
  g_simple_action_set_state (action, state);
  if (!use_set (self, choice))
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
