/* What the canvas shows in place of the document's result, until the person or something new ends
 * it: the difference of two results, averages. */
#include "app/window-private.h"

#include "ui/drop-down.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>

void
sal_window_end_exhibit (SalWindow *self)
{
  if (self->exhibit == NULL)
    return;
  g_clear_pointer (&self->exhibit, sal_exhibit_unref);
  g_clear_pointer (&self->exhibits, g_ptr_array_unref);
  gtk_revealer_set_reveal_child (self->exhibit_bar, FALSE);
  gtk_label_set_label (self->exhibit_title,
                       ""); /* out of sight it would be read out all the same */
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
  sal_tooltip_set (GTK_WIDGET (self->exhibit_title), exhibit->title);
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

void
sal_window_show_difference (SalWindow *self, SalResult *first, SalResult *second)
{
  sal_lane_start (self->pairs,
                  sal_pair_new (sal_result_explanation (first), sal_result_looks (first),
                                sal_result_name (first), sal_result_explanation (second),
                                sal_result_looks (second), sal_result_name (second)),
                  SAL_LANE_QUEUE);
}

void
sal_window_exhibit_init (SalWindow *self)
{
  static const char *const news[] = { "notify::heatmap", "notify::view", "notify::target",
                                      "notify::versus", "notify::method" };

  sal_drop_down_give_way (self->exhibit_choice);
  sal_drop_down_focus_selected (self->exhibit_choice);
  sal_drop_down_set_name (self->exhibit_choice, _ ("Which of them"));
  self->pairs = sal_lane_new (&pair_lane, self);
  g_signal_connect_object (self->exhibit_choice, "notify::selected", G_CALLBACK (exhibit_chosen_cb),
                           self, G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (news); i++)
    g_signal_connect_object (self->document, news[i], G_CALLBACK (document_changed_cb), self,
                             G_CONNECT_SWAPPED);
}

void
sal_window_exhibit_dispose (SalWindow *self)
{
  g_clear_pointer (&self->pairs, sal_lane_free);
  g_clear_pointer (&self->exhibit, sal_exhibit_unref);
  g_clear_pointer (&self->exhibits, g_ptr_array_unref);
}
