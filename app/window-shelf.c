/* The results shelf in the window. */
#include "app/window-private.h"

#include <glib/gi18n.h>

/* Whether the canvas shows the result that is current on the shelf. */
static gboolean
current_shown (SalWindow *self)
{
  return self->current != NULL && sal_document_state (self->document) == SAL_DOCUMENT_DONE &&
         sal_document_explanation (self->document) == sal_result_explanation (self->current);
}

static void
state_cb (SalWindow *self)
{
  if (sal_document_state (self->document) != SAL_DOCUMENT_DONE)
    return;
  g_set_object (&self->current,
                sal_shelf_add (self->shelf, sal_document_explanation (self->document),
                               sal_document_looks (self->document)));
  sal_shelf_strip_select (self->shelf_strip, self->current);
}

static void
looks_cb (SalWindow *self)
{
  if (current_shown (self) && sal_shelf_find (self->shelf, self->current, NULL))
    sal_shelf_set_looks (self->shelf, self->current, sal_document_looks (self->document));
}

static void
chosen_cb (SalWindow *self, SalResult *result)
{
  sal_window_end_exhibit (self);
  if (result == self->current && current_shown (self))
    return;
  g_set_object (&self->current, result);
  sal_document_restore (self->document, sal_result_explanation (result), sal_result_looks (result));
}

/* What is done to a result can be undone: where it was, or what it was called. */
typedef struct {
  SalResult *result;
  guint position;
  char *name; /* (nullable): the other one */
} Act;

static Act *
act_new (SalResult *result, guint position, const char *name)
{
  Act *act = g_new0 (Act, 1);

  act->result = g_object_ref (result);
  act->position = position;
  act->name = g_strdup (name);
  return act;
}

static void
act_free (gpointer data)
{
  Act *act = data;

  g_object_unref (act->result);
  g_free (act->name);
  g_free (act);
}

static void
put_back (gpointer data, gpointer owner)
{
  const Act *act = data;

  sal_shelf_insert (SAL_WINDOW (owner)->shelf, act->result, act->position);
}

static void
delete_again (gpointer data, gpointer owner)
{
  Act *act = data;

  act->position = sal_shelf_remove (SAL_WINDOW (owner)->shelf, act->result);
}

static void
swap_names (gpointer data, gpointer owner)
{
  Act *act = data;
  char *name = g_strdup (sal_result_given_name (act->result));

  sal_result_set_name (act->result, act->name);
  g_free (act->name);
  act->name = name;
}

static void
deleted_cb (SalWindow *self, SalResult *result, guint position)
{
  static const SalHistoryAct deleting = { put_back, delete_again, act_free };
  g_autofree char *title = g_markup_printf_escaped (_ ("Deleted “%s”"), sal_result_name (result));

  sal_window_undoable (
      self, title, sal_history_add (self->history, &deleting, act_new (result, position, NULL)));
}

static void
renamed_cb (SalWindow *self, SalResult *result, const char *before)
{
  static const SalHistoryAct renaming = { swap_names, swap_names, act_free };

  sal_history_add (self->history, &renaming, act_new (result, 0, before));
}

/* A star keeps a result on the shelf; having had one does not. */

static gpointer
starring_new (SalResult *result)
{
  GWeakRef *starred = g_new0 (GWeakRef, 1);

  g_weak_ref_init (starred, result);
  return starred;
}

static void
starring_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static void
turn_star (gpointer data, gpointer owner)
{
  g_autoptr (SalResult) result = g_weak_ref_get (data);

  if (result != NULL)
    sal_result_set_starred (result, !sal_result_starred (result));
}

static void
star_cb (SalWindow *self, SalResult *result)
{
  static const SalHistoryAct starring = { turn_star, turn_star, starring_free, .light = TRUE };

  sal_result_set_starred (result, !sal_result_starred (result));
  sal_history_add (self->history, &starring, starring_new (result));
}

/* Dragged onto the canvas: the two that are selected, else what is shown and what comes. */
static gboolean
drop_cb (SalWindow *self, const GValue *value)
{
  SalResult *dragged = g_value_get_object (value), *first, *second;

  if (sal_shelf_strip_pair (self->shelf_strip, &first, &second) &&
      (dragged == first || dragged == second))
    sal_window_show_difference (self, first, second);
  else if (self->current != NULL && self->current != dragged)
    sal_window_show_difference (self, self->current, dragged);
  else
    return FALSE;
  return TRUE;
}

void
sal_window_star (SalWindow *self)
{
  if (self->current != NULL && sal_shelf_find (self->shelf, self->current, NULL))
    star_cb (self, self->current);
}

/* A key of the window as a whole comes here from where text is edited, too. */
void
sal_window_rename (SalWindow *self)
{
  if (g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "explore") == 0 &&
      !GTK_IS_EDITABLE (gtk_root_get_focus (GTK_ROOT (self))))
    sal_shelf_strip_rename (self->shelf_strip, self->current);
}

void
sal_window_shelf_init (SalWindow *self)
{
  self->shelf = sal_shelf_new ();
  sal_shelf_strip_set_shelf (self->shelf_strip, self->shelf);
  self->result_target = gtk_drop_target_new (SAL_TYPE_RESULT, GDK_ACTION_COPY);
  g_signal_connect_object (self->result_target, "drop", G_CALLBACK (drop_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->pages), GTK_EVENT_CONTROLLER (self->result_target));
  g_signal_connect_object (self->shelf_strip, "chosen", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shelf_strip, "difference", G_CALLBACK (sal_window_show_difference),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shelf_strip, "deleted", G_CALLBACK (deleted_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shelf_strip, "star", G_CALLBACK (star_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shelf_strip, "renamed", G_CALLBACK (renamed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::looks", G_CALLBACK (looks_cb), self,
                           G_CONNECT_SWAPPED);
}

void
sal_window_shelf_dispose (SalWindow *self)
{
  g_clear_object (&self->current);
  g_clear_object (&self->shelf);
}
