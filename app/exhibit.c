#include "app/exhibit.h"

#include "app/looks.h"
#include "engine/base/error.h"
#include "ui/number.h"

#include <glib/gi18n.h>
#include <math.h>

SalExhibit *
sal_exhibit_new (SalImage *picture, const SalRect *seen, SalHeatmap *heatmap, char *title)
{
  SalExhibit *exhibit = g_new0 (SalExhibit, 1);

  g_atomic_ref_count_init (&exhibit->refs);
  exhibit->picture = sal_image_ref (picture);
  exhibit->seen = *seen;
  exhibit->heatmap = sal_heatmap_ref (heatmap);
  exhibit->title = title;
  return exhibit;
}

SalExhibit *
sal_exhibit_ref (SalExhibit *exhibit)
{
  g_atomic_ref_count_inc (&exhibit->refs);
  return exhibit;
}

void
sal_exhibit_unref (SalExhibit *exhibit)
{
  if (exhibit == NULL || !g_atomic_ref_count_dec (&exhibit->refs))
    return;
  sal_image_unref (exhibit->picture);
  sal_heatmap_unref (exhibit->heatmap);
  g_free (exhibit->title);
  g_free (exhibit);
}

SalPair *
sal_pair_new (SalExplanation *first, const SalSettings *first_looks, const char *first_name,
              SalExplanation *second, const SalSettings *second_looks, const char *second_name)
{
  SalPair *pair = g_new0 (SalPair, 1);

  pair->explanations[0] = sal_explanation_ref (first);
  pair->explanations[1] = sal_explanation_ref (second);
  pair->appearances[0] = sal_looks_appearance (first->method, first->settings, first_looks);
  pair->appearances[1] = sal_looks_appearance (second->method, second->settings, second_looks);
  pair->names[0] = g_strdup (first_name);
  pair->names[1] = g_strdup (second_name);
  return pair;
}

void
sal_pair_free (SalPair *pair)
{
  if (pair == NULL)
    return;
  for (int i = 0; i < 2; i++) {
    sal_explanation_unref (pair->explanations[i]);
    g_free (pair->names[i]);
  }
  g_free (pair);
}

SalHeatmapStyle
sal_exhibit_comparable_style (const SalHeatmapStyle *shown)
{
  return (SalHeatmapStyle){ shown->reduce, shown->sign, SAL_NORMALIZE_MAX, 0, 0 };
}

SalHeatmap *
sal_exhibit_comparable (const SalExplanation *explanation, const SalAppearance *appearance,
                        GError **error)
{
  SalTensor *values = explanation->attribution->values;
  SalHeatmapStyle style = sal_exhibit_comparable_style (&appearance->heatmap);

  return sal_heatmap_new (values, sal_explanation_layout (explanation, values), &style, error);
}

gpointer
sal_work_pair (gpointer data, const SalProgress *progress, GError **error)
{
  SalPair *pair = data;
  const SalView *views[2] = { pair->explanations[0]->view, pair->explanations[1]->view };
  g_autoptr (SalHeatmap) a =
      sal_exhibit_comparable (pair->explanations[0], &pair->appearances[0], error);
  g_autoptr (SalTensor) difference = NULL;
  const SalHeatmapStyle style = { SAL_REDUCE_SUM, SAL_SIGN_SIGNED, SAL_NORMALIZE_MAX, 0, 0 };
  SalSimilarity similarity;
  SalRect where;

  if (a == NULL)
    return NULL;
  g_autoptr (SalHeatmap) b =
      sal_exhibit_comparable (pair->explanations[1], &pair->appearances[1], error);
  if (b == NULL)
    return NULL;
  if (!sal_image_equal (views[0]->picture->image, views[1]->picture->image)) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "The two results are of different pictures.");
    return NULL;
  }
  if (!sal_similarity_pair (a, &views[0]->seen, b, &views[1]->seen, &similarity, &difference,
                            &where, error))
    return NULL;
  g_autoptr (SalHeatmap) heatmap = sal_heatmap_new (difference, SAL_NCHW, &style, error);
  if (heatmap == NULL)
    return NULL;
  g_autofree char *spearman = isnan (similarity.spearman)
                                  ? g_strdup (_ ("undefined"))
                                  : sal_number_fixed (similarity.spearman, 2);
  return sal_exhibit_new (views[0]->picture->image, &where, heatmap,
                          g_strdup_printf (_ ("%s − %s · rank correlation %s"), pair->names[0],
                                           pair->names[1], spearman));
}
