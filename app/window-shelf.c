/* The results shelf in the window, and exhibits on the canvas. */
#include "app/window-private.h"

#include "app/jobs.h"
#include "ui/drop-down.h"

#include <glib/gi18n.h>

/* Exhibits. */

void
sal_window_end_exhibit (SalWindow *self)
{
  if (self->exhibit == NULL)
    return;
  g_clear_pointer (&self->exhibit, sal_exhibit_unref);
  g_clear_pointer (&self->exhibits, g_ptr_array_unref);
  gtk_revealer_set_reveal_child (self->exhibit_bar, FALSE);
  gtk_label_set_label (self->exhibit_title, ""); /* out of sight it would be read out all the same */
  gtk_widget_set_visible (GTK_WIDGET (self->status), TRUE);
  sal_window_show_document (self);
  sal_window_show_grid (self);
  sal_window_show_errors (self);
}

static void
show_exhibit (SalWindow *self, SalExhibit *exhibit)
{
  sal_exhibit_ref (exhibit);
  g_clear_pointer (&self->exhibit, sal_exhibit_unref);
  self->exhibit = exhibit;
  sal_canvas_set_picture (self->canvas, exhibit->picture);
  sal_canvas_set_seen (self->canvas, &exhibit->seen);
  sal_canvas_set_heatmap (self->canvas, exhibit->heatmap);
  sal_canvas_set_description (self->canvas, exhibit->title);
  gtk_label_set_label (self->shown, exhibit->title);
  gtk_widget_set_visible (GTK_WIDGET (self->status),
                          FALSE); /* the document's: time, what is missing */
  gtk_label_set_label (self->exhibit_title, exhibit->title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->exhibit_title), exhibit->title);
  gtk_revealer_set_reveal_child (self->exhibit_bar, TRUE);
  /* Regions and marks are those of the document's result. */
  sal_canvas_set_region (self->canvas, NULL);
  sal_probe_set_region (self->probe, NULL);
  sal_window_show_grid (self);
  sal_window_show_errors (self);
  adw_view_stack_set_visible_child_name (self->stack, "explore");
}

/* Of several, the list says which it is; one alone has a title. */
static void
offer_choice (SalWindow *self, gboolean several)
{
  gtk_widget_set_visible (GTK_WIDGET (self->exhibit_choice), several);
  gtk_widget_set_visible (GTK_WIDGET (self->exhibit_title), !several);
}

void
sal_window_exhibit (SalWindow *self, SalExhibit *exhibit)
{
  g_clear_pointer (&self->exhibits, g_ptr_array_unref);
  offer_choice (self, FALSE);
  show_exhibit (self, exhibit);
}

static void
exhibit_chosen_cb (SalWindow *self)
{
  guint position = gtk_drop_down_get_selected (self->exhibit_choice);

  if (!self->showing && self->exhibits != NULL && position < self->exhibits->len)
    show_exhibit (self, self->exhibits->pdata[position]);
}

void
sal_window_exhibits (SalWindow *self, GPtrArray *exhibits)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  g_return_if_fail (exhibits->len > 0);
  sal_window_end_exhibit (self);
  self->exhibits = g_ptr_array_ref (exhibits);
  for (guint i = 0; i < exhibits->len; i++)
    gtk_string_list_append (titles, ((SalExhibit *) exhibits->pdata[i])->title);
  self->showing = TRUE;
  gtk_drop_down_set_model (self->exhibit_choice, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->exhibit_choice, 0);
  self->showing = FALSE;
  offer_choice (self, exhibits->len > 1);
  show_exhibit (self, exhibits->pdata[0]);
}

/* The document has something new to show, or other words for it: it comes first. */
static void
document_changed_cb (SalWindow *self)
{
  sal_window_end_exhibit (self);
}

static void
pair_done (gpointer result, const GError *error, gpointer owner)
{
  SalWindow *self = owner;
  g_autoptr (SalExhibit) exhibit = result;

  if (exhibit != NULL) {
    sal_window_end_exhibit (self); /* of several, say, to choose from */
    sal_window_exhibit (self, exhibit);
  } else {
    sal_window_failed (self, _ ("The results cannot be compared"), error->message);
  }
}

static const SalLaneType pair_lane = {
  sal_work_pair,
  NULL,
  pair_done,
  (GDestroyNotify) sal_pair_free,
  (GDestroyNotify) sal_exhibit_unref,
};

static void
show_difference (SalWindow *self, SalResult *first, SalResult *second)
{
  sal_lane_start (self->pairs,
                  sal_pair_new (sal_result_explanation (first), sal_result_looks (first),
                                sal_result_name (first), sal_result_explanation (second),
                                sal_result_looks (second), sal_result_name (second)),
                  SAL_LANE_QUEUE);
}

/* The shelf. */

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
    show_difference (self, first, second);
  else if (self->current != NULL && self->current != dragged)
    show_difference (self, self->current, dragged);
  else
    return FALSE;
  return TRUE;
}

void
sal_window_star (SalWindow *self)
{
  if (self->current != NULL)
    star_cb (self, self->current);
}

void
sal_window_shelf_init (SalWindow *self)
{
  static const char *const news[] = { "notify::heatmap", "notify::view", "notify::target",
                                      "notify::versus", "notify::method" };

  sal_drop_down_give_way (self->exhibit_choice);
  g_signal_connect_object (self->exhibit_choice, "notify::selected",
                           G_CALLBACK (exhibit_chosen_cb), self, G_CONNECT_SWAPPED);
  self->shelf = sal_shelf_new ();
  self->pairs = sal_lane_new (&pair_lane, self);
  sal_shelf_strip_set_shelf (self->shelf_strip, self->shelf);
  self->result_target = gtk_drop_target_new (SAL_TYPE_RESULT, GDK_ACTION_COPY);
  g_signal_connect_object (self->result_target, "drop", G_CALLBACK (drop_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->pages), GTK_EVENT_CONTROLLER (self->result_target));
  g_signal_connect_object (self->shelf_strip, "chosen", G_CALLBACK (chosen_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->shelf_strip, "difference", G_CALLBACK (show_difference), self,
                           G_CONNECT_SWAPPED);
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
  for (gsize i = 0; i < G_N_ELEMENTS (news); i++)
    g_signal_connect_object (self->document, news[i], G_CALLBACK (document_changed_cb), self,
                             G_CONNECT_SWAPPED);
}

void
sal_window_shelf_dispose (SalWindow *self)
{
  g_clear_pointer (&self->pairs, sal_lane_free);
  g_clear_pointer (&self->exhibit, sal_exhibit_unref);
  g_clear_pointer (&self->exhibits, g_ptr_array_unref);
  g_clear_object (&self->current);
  g_clear_object (&self->shelf);
}
