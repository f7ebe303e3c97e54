#include "app/unsettled.h"

#include <math.h>

#define STANDARD_ERRORS 2

/* Of the map's scale: what is weaker has no colour to speak of, and its sign no meaning. */
#define VISIBLE 0.05

SalUnsettled *
sal_unsettled_new (SalTensor *values, SalTensor *error, SalLayout layout,
                   const SalHeatmapStyle *style)
{
  SalUnsettled *unsettled = g_new0 (SalUnsettled, 1);

  unsettled->values = sal_tensor_ref (values);
  unsettled->error = sal_tensor_ref (error);
  unsettled->layout = layout;
  unsettled->style = *style;
  return unsettled;
}

void
sal_unsettled_free (SalUnsettled *unsettled)
{
  sal_tensor_unref (unsettled->values);
  sal_tensor_unref (unsettled->error);
  g_free (unsettled);
}

gpointer
sal_work_unsettled (gpointer data, const SalProgress *progress, GError **error)
{
  const SalUnsettled *u = data;
  SalHeatmapStyle absolute = u->style;

  absolute.sign = SAL_SIGN_ABSOLUTE;
  g_autoptr (SalHeatmap) map = sal_heatmap_new (u->values, u->layout, &u->style, error);
  g_autoptr (SalHeatmap) errors =
      map != NULL ? sal_heatmap_new (u->error, u->layout, &absolute, error) : NULL;
  if (errors == NULL)
    return NULL;
  int width = sal_heatmap_width (map), height = sal_heatmap_height (map);
  g_autofree guint8 *mask = g_malloc ((gsize) width * height);

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      mask[(gsize) y * width + x] =
          fabs (sal_heatmap_values (map)[(gsize) y * width + x]) >= VISIBLE &&
          fabs (sal_heatmap_real (map, x, y)) < STANDARD_ERRORS * sal_heatmap_real (errors, x, y);
  return sal_region_new (width, height, mask);
}
