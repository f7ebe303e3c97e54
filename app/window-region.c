/* The tools over the picture, and the region they select: from the canvas to the probe, and its
 * answer to the card. */
#include "app/window-private.h"

#include "ui/baseline-row.h"
#include "ui/canvas-number.h"
#include "ui/number.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

static char *
percent (double share)
{
  return sal_number_percent (share, share > 0 && share < 0.1 ? 1 : 0);
}

/* In a sentence. */
static char *
baseline_name (const char *text)
{
  g_autofree char *name = sal_baseline_name (text);

  return strchr (text, '/') != NULL ? g_steal_pointer (&name) : g_utf8_strdown (name, -1);
}

static char *
score_text (const SalProbeAnswer *answer, double score)
{
  if (answer->target.kind != SAL_OUTPUT_PROBABILITY)
    return sal_number_fixed (score, 2);
  g_autofree char *number = sal_number_fixed (100 * score, 1);
  return g_strdup_printf ("%s %%", number);
}

/* What the model says without the region, and whom it would take the picture for. */
static char *
score_change (SalWindow *self, const SalProbeAnswer *answer)
{
  SalModel *model = sal_document_model (self->document);
  GArray *predictions = sal_document_view (self->document)->predictions;

  if (answer->failure != NULL)
    return g_strdup_printf (_ ("What the score becomes without it cannot be computed: %s"),
                            answer->failure);
  g_autofree char *name = sal_window_question_name (self);
  g_autofree char *before = score_text (answer, answer->score);
  g_autofree char *after = score_text (answer, answer->without);
  g_autofree char *baseline = baseline_name (answer->baseline);
  g_autofree char *change =
      g_str_equal (before, after)
          ? g_strdup_printf (_ ("Replaced by %s, “%s” stays at %s"), baseline, name, before)
          : g_strdup_printf (_ ("Replaced by %s, “%s” goes from %s to %s"), baseline, name, before,
                             after);

  if (answer->top == g_array_index (predictions, SalPrediction, 0).class_index)
    return g_steal_pointer (&change);
  g_autofree char *top = sal_class_short_name (model, answer->top);
  return g_strdup_printf (_ ("%s; the highest class is then “%s”"), change, top);
}

/* At the top, unless it would lie over what it is about there, and not at the bottom. */
static void
place_card (SalWindow *self)
{
  GtkWidget *card = GTK_WIDGET (self->region_card), *canvas = GTK_WIDGET (self->canvas);
  GtkRequisition size;

  gtk_widget_get_preferred_size (card, NULL, &size);
  float width = (float) size.width, height = (float) size.height;
  float left = (float) gtk_widget_get_width (canvas) - width;
  float low = (float) gtk_widget_get_height (canvas) - height;
  gboolean down =
      sal_canvas_selects_in (self->canvas, &GRAPHENE_RECT_INIT (left, 0, width, height)) &&
      !sal_canvas_selects_in (self->canvas, &GRAPHENE_RECT_INIT (left, low, width, height));

  gtk_widget_set_valign (card, down ? GTK_ALIGN_END : GTK_ALIGN_START);
}

static void
answered_cb (SalWindow *self)
{
  const SalProbeAnswer *answer = sal_probe_answer (self->probe);

  if (answer == NULL) {
    sal_region_card_hide (self->region_card);
    return;
  }
  g_autofree char *area = percent (answer->area);
  g_autofree char *share = percent (answer->share.magnitude);
  g_autofree char *title =
      answer->has_share
          ? g_strdup_printf (_ ("%s of the attribution in %s of the pixels"), share, area)
          : g_strdup_printf (_ ("%s of the pixels"), area);

  g_autofree char *change = score_change (self, answer);

  if (answer->has_sum) {
    int decimals = sal_number_decimals (answer->whole);
    g_autofree char *inside = sal_number_fixed (answer->inside, decimals);
    g_autofree char *whole = sal_number_fixed (answer->whole, decimals);
    g_autofree char *sum = g_strdup_printf (_ ("Σ %s of %s"), inside, whole);
    g_autofree char *both = g_strjoin ("\n", sum, change, NULL);
    sal_region_card_show (self->region_card, title, both);
  } else {
    sal_region_card_show (self->region_card, title, change);
  }
  place_card (self);
}

static void
region_cb (SalWindow *self)
{
  sal_probe_set_region (self->probe, sal_canvas_get_region (self->canvas));
}

void
sal_window_show_grid (SalWindow *self)
{
  int columns, rows;

  if (self->exhibit != NULL) {
    sal_canvas_set_grid (self->canvas, 0, 0, NULL);
    return;
  }
  sal_probe_grid (self->probe, &columns, &rows);
  sal_canvas_set_grid (self->canvas, columns, rows, sal_probe_segments (self->probe));
}

static void
view_cb (SalWindow *self)
{
  sal_canvas_set_region (self->canvas, NULL);
  sal_window_show_grid (self);
}

static void
tool_cb (SalWindow *self)
{
  if (sal_canvas_get_tool (self->canvas) == SAL_CANVAS_SEGMENTS)
    sal_probe_want_segments (self->probe);
}

static void
zoom_cb (SalWindow *self)
{
  sal_canvas_tools_set_zoom (self->canvas_tools, sal_canvas_get_zoom (self->canvas));
}

void
sal_window_deselect (SalWindow *self)
{
  sal_canvas_set_region (self->canvas, NULL);
  sal_probe_set_region (self->probe, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

void
sal_window_region_init (SalWindow *self)
{
  self->probe = sal_probe_new (self->document);
  g_signal_connect_object (self->probe, "answered", G_CALLBACK (answered_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->probe, "segmented", G_CALLBACK (sal_window_show_grid), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::view", G_CALLBACK (view_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "region", G_CALLBACK (region_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "notify::zoom", G_CALLBACK (zoom_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->canvas, "notify::tool", G_CALLBACK (tool_cb), self,
                           G_CONNECT_SWAPPED);
}
