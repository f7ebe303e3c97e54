/* Small pictures of pictures and results, made in worker threads. */
#pragma once

#include "app/work.h"

/** SAL_THUMB_SIDE: pixels of a thumbnail's longer side, enough for twice the logical size */
#define SAL_THUMB_SIDE 160

/** sal_thumb_picture: Returns: (transfer full): @picture with its longer side at most @side pixels
 */
SalImage *sal_thumb_picture (const SalImage *picture, int side);

/**
 * sal_thumb_explanation:
 * @explanation: answered
 *
 * Returns: (transfer full) (nullable): its overlay, small; or %NULL and @error
 */
SalImage *sal_thumb_explanation (const SalExplanation *explanation, const SalAppearance *appearance,
                                 int side, GError **error);

/** SalThumb: an overlay to be made small; @explanation: answered */
typedef struct {
  SalExplanation *explanation;
  SalAppearance appearance;
} SalThumb;

SalThumb *sal_thumb_new (SalExplanation *explanation, const SalSettings *looks);
void sal_thumb_free (SalThumb *thumb);
/** sal_work_thumb: SalThumb to SalImage */
gpointer sal_work_thumb (gpointer thumb, const SalProgress *progress, GError **error);
