/* What the canvas can show beside the document's own result: the difference of two results, or the
 * average over a folder. */
#pragma once

#include "app/work.h"
#include "engine/eval/similarity.h"

/** SalExhibit: reference counted with atomic counts, constant
 * @picture: to be shown under the heatmap; @seen: where that lies on it
 * @title: what it is, for the caption */
typedef struct {
  gatomicrefcount refs;
  SalImage *picture;
  SalRect seen;
  SalHeatmap *heatmap;
  char *title;
} SalExhibit;

/** sal_exhibit_new: @title: (transfer full); the others are referenced */
SalExhibit *sal_exhibit_new (SalImage *picture, const SalRect *seen, SalHeatmap *heatmap,
                             char *title);
SalExhibit *sal_exhibit_ref (SalExhibit *exhibit);
void sal_exhibit_unref (SalExhibit *exhibit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalExhibit, sal_exhibit_unref)

/** SalPair: two results to be compared; both answered, of the same picture
 * @names: what to call them */
typedef struct {
  SalExplanation *explanations[2];
  SalAppearance appearances[2];
  char *names[2];
} SalPair;

/** sal_pair_new: @looks: how each is shown; its reduction and sign count */
SalPair *sal_pair_new (SalExplanation *first, const SalSettings *first_looks,
                       const char *first_name, SalExplanation *second,
                       const SalSettings *second_looks, const char *second_name);
void sal_pair_free (SalPair *pair);
/** sal_work_pair: SalPair to SalExhibit: the first less the second, and their rank correlation */
gpointer sal_work_pair (gpointer pair, const SalProgress *progress, GError **error);

/** sal_exhibit_comparable_style: Returns: @shown as similarity.h wants heatmaps: scaled by the
 * largest magnitude, nothing clipped; reduction and sign stay */
SalHeatmapStyle sal_exhibit_comparable_style (const SalHeatmapStyle *shown);
/** sal_exhibit_comparable: Returns: (transfer full) (nullable): the heatmap of an explanation in
 * that style */
SalHeatmap *sal_exhibit_comparable (const SalExplanation *explanation,
                                    const SalAppearance *appearance, GError **error);
