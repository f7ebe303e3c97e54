#include "app/thumb.h"

#include "app/looks.h"

#include <math.h>

SalImage *
sal_thumb_picture (const SalImage *picture, int side)
{
  int width = sal_image_width (picture), height = sal_image_height (picture);
  double factor = (double) side / MAX (width, height);

  if (factor >= 1)
    return sal_image_ref ((SalImage *) picture);
  return sal_image_scale (picture, MAX (1, (int) lround (factor * width)),
                          MAX (1, (int) lround (factor * height)));
}

SalImage *
sal_thumb_explanation (const SalExplanation *explanation, const SalAppearance *appearance, int side,
                       GError **error)
{
  const SalView *view = explanation->view;
  SalTensor *values = explanation->attribution->values;
  g_autoptr (SalHeatmap) heatmap = sal_heatmap_new (
      values, sal_explanation_layout (explanation, values), &appearance->heatmap, error);

  if (heatmap == NULL)
    return NULL;
  g_autoptr (SalImage) small = sal_thumb_picture (view->picture->image, side);
  double x = (double) sal_image_width (small) / sal_image_width (view->picture->image);
  double y = (double) sal_image_height (small) / sal_image_height (view->picture->image);
  SalRect seen = { view->seen.x * x, view->seen.y * y, view->seen.width * x,
                   view->seen.height * y };
  SalOverlayStyle style = appearance->overlay;

  style.smooth = TRUE;
  return sal_overlay_render (small, heatmap, &seen, &style, 1, error);
}

SalThumb *
sal_thumb_new (SalExplanation *explanation, const SalSettings *looks)
{
  SalThumb *thumb = g_new0 (SalThumb, 1);

  thumb->explanation = sal_explanation_ref (explanation);
  thumb->appearance = sal_looks_appearance (explanation->method, explanation->settings, looks);
  return thumb;
}

void
sal_thumb_free (SalThumb *thumb)
{
  if (thumb == NULL)
    return;
  sal_explanation_unref (thumb->explanation);
  g_free (thumb);
}

gpointer
sal_work_thumb (gpointer data, const SalProgress *progress, GError **error)
{
  SalThumb *thumb = data;

  return sal_thumb_explanation (thumb->explanation, &thumb->appearance, SAL_THUMB_SIDE, error);
}
