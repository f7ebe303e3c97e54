#include "app/comparison-private.h"

#include <math.h>

void
sal_comparison_add_pairs (SalComparison *self, SalComparisonCell *cell)
{
  guint column, row;

  if (!sal_comparison_find (self, cell, &column, &row))
    return;
  for (guint i = 0; i < self->columns->len; i++) {
    SalComparisonCell *other = sal_comparison_cell_at (self, i, row);
    if (i != column && other->comparable != NULL)
      g_array_append_val (self->pairs, ((SalComparisonPair){ .a = cell, .b = other }));
  }
}

typedef struct {
  SalHeatmap *maps[2];
  SalRect seen[2];
} Twins;

static void
twins_free (gpointer data)
{
  Twins *twins = data;

  sal_heatmap_unref (twins->maps[0]);
  sal_heatmap_unref (twins->maps[1]);
  g_free (twins);
}

static gpointer
compare (gpointer data, const SalProgress *progress, GError **error)
{
  Twins *twins = data;
  g_autofree SalSimilarity *similarity = g_new0 (SalSimilarity, 1);

  return sal_similarity_pair (twins->maps[0], &twins->seen[0], twins->maps[1], &twins->seen[1],
                              similarity, NULL, NULL, error)
             ? g_steal_pointer (&similarity)
             : NULL;
}

void
sal_comparison_next_pair (SalComparison *self)
{
  if (self->pairing)
    return;
  for (guint i = 0; i < self->pairs->len; i++) {
    SalComparisonPair *pair = &g_array_index (self->pairs, SalComparisonPair, i);

    if (pair->known)
      continue;
    Twins *twins = g_new0 (Twins, 1);
    SalComparisonCell *cells[2] = { pair->a, pair->b };
    for (int k = 0; k < 2; k++) {
      twins->maps[k] = sal_heatmap_ref (cells[k]->comparable);
      twins->seen[k] = cells[k]->public.explanation->view->seen;
      self->pair[k] = cells[k];
    }
    self->pairing = TRUE;
    sal_lane_start (self->pair_lane, twins, SAL_LANE_QUEUE);
    return;
  }
}

static void
compare_done (gpointer result, const GError *error, gpointer owner)
{
  SalComparison *self = owner;
  g_autofree SalSimilarity *similarity = result;

  self->pairing = FALSE;
  for (guint i = 0; i < self->pairs->len; i++) {
    SalComparisonPair *pair = &g_array_index (self->pairs, SalComparisonPair, i);
    if (pair->a == self->pair[0] && pair->b == self->pair[1]) {
      pair->known = TRUE;
      pair->similarity = similarity != NULL ? *similarity : (SalSimilarity){ NAN, NAN, NAN };
    }
  }
  self->pair[0] = self->pair[1] = NULL;
  sal_comparison_similarity_changed (self);
  sal_comparison_next_pair (self);
}

const SalLaneType sal_comparison_pair_lane = { compare, NULL, compare_done, twins_free, g_free };

static void
add_value (double value, double *sum, int *n)
{
  if (isnan (value))
    return;
  *sum += value;
  (*n)++;
}

static gboolean
has (SalComparison *self, guint column, const SalComparisonCell *cell)
{
  return g_ptr_array_find (sal_comparison_column (self, column)->cells, cell, NULL);
}

gboolean
sal_comparison_similarity (SalComparison *self, guint a, guint b, SalSimilarity *mean)
{
  int n[3] = { 0 }, pairs = 0;
  double sum[3] = { 0 };

  for (guint i = 0; i < self->pairs->len; i++) {
    const SalComparisonPair *pair = &g_array_index (self->pairs, SalComparisonPair, i);

    if (!pair->known || !((has (self, a, pair->a) && has (self, b, pair->b)) ||
                          (has (self, a, pair->b) && has (self, b, pair->a))))
      continue;
    pairs++;
    add_value (pair->similarity.spearman, &sum[0], &n[0]);
    add_value (pair->similarity.ssim, &sum[1], &n[1]);
    add_value (pair->similarity.top, &sum[2], &n[2]);
  }
  *mean = (SalSimilarity){ n[0] > 0 ? sum[0] / n[0] : NAN, n[1] > 0 ? sum[1] / n[1] : NAN,
                           n[2] > 0 ? sum[2] / n[2] : NAN };
  return pairs > 0;
}
