#include "app/average.h"

#include "app/looks.h"
#include "engine/image/enlarge.h"
#include "ui/class-list.h"

#include <glib/gi18n.h>
#include <math.h>

/* Sums, and then maps and pictures for as long as they are looked at: no more than this, by what a
 * class takes for each pixel. */
#define MOST_BYTES (512 << 20)
#define BYTES_PER_PIXEL 48

/* Of the way, where all pictures have to be classified first. */
#define CLASSIFYING 0.3

typedef struct {
  int class_index;
  int n;
  double *map;     /* height · width, sum; NULL where pictures are only counted */
  double *picture; /* height · width · 3, sum */
} Sums;

static void
sums_free (gpointer data)
{
  Sums *sums = data;

  g_free (sums->map);
  g_free (sums->picture);
  g_free (sums);
}

SalAverageOrder *
sal_average_order_new (SalModel *model, char **paths, const SalMethod *method,
                       const SalSettings *settings, SalOutputKind kind, const SalSettings *looks)
{
  SalAverageOrder *order = g_new0 (SalAverageOrder, 1);

  order->model = sal_model_ref (model);
  order->paths = paths;
  order->method = method;
  order->settings = sal_settings_copy (settings);
  order->kind = kind;
  order->appearance = sal_looks_appearance (method, settings, looks);

  const SalPixelFormat *format = sal_preparation_format (sal_model_preparation (model));
  gsize pixels = (gsize) format->height * format->width;
  order->n_classes = (guint) MAX (MOST_BYTES / (BYTES_PER_PIXEL * pixels), 1);
  return order;
}

void
sal_average_order_free (SalAverageOrder *order)
{
  if (order == NULL)
    return;
  sal_model_unref (order->model);
  g_strfreev (order->paths);
  sal_settings_free (order->settings);
  g_free (order);
}

void
sal_averages_free (SalAverages *averages)
{
  if (averages == NULL)
    return;
  g_ptr_array_unref (averages->exhibits);
  g_free (averages);
}

static Sums *
sums_of (GPtrArray *all, int class_index)
{
  for (guint i = 0; i < all->len; i++)
    if (((Sums *) all->pdata[i])->class_index == class_index)
      return all->pdata[i];
  Sums *sums = g_new0 (Sums, 1);

  sums->class_index = class_index;
  g_ptr_array_add (all, sums);
  return sums;
}

static int
class_of (const SalView *view)
{
  return g_array_index (view->predictions, SalPrediction, 0).class_index;
}

/* @wanted: (nullable): classes; @n_rare counts pictures of others */
static gboolean
add (SalAverageOrder *order, const char *path, GHashTable *wanted, GPtrArray *all, guint *n_rare,
     const SalProgress *progress, GError **error)
{
  const SalPreparation *preparation = sal_model_preparation (order->model);
  const SalPixelFormat *format = sal_preparation_format (preparation);
  gsize pixels = (gsize) format->height * format->width;
  g_autoptr (SalView) view = sal_work_see (order->model, NULL, NULL, path, progress, error);

  if (view == NULL)
    return FALSE;
  SalTarget target = { class_of (view), -1, order->kind };
  if (wanted != NULL && !g_hash_table_contains (wanted, GINT_TO_POINTER (target.class_index))) {
    (*n_rare)++;
    return TRUE;
  }
  g_autoptr (SalExplanation) asked =
      sal_explanation_new (view, order->method, order->settings, target);
  g_autoptr (SalExplanation) answer = sal_work_explain (asked, progress, error);
  if (answer == NULL)
    return FALSE;
  g_autoptr (SalHeatmap) heatmap = sal_exhibit_comparable (answer, &order->appearance, error);
  if (heatmap == NULL)
    return FALSE;
  g_autoptr (SalTensor) map = sal_tensor_new_copy (
      SAL_FLOAT, &SAL_SHAPE (sal_heatmap_height (heatmap), sal_heatmap_width (heatmap)),
      sal_heatmap_values (heatmap));
  g_autoptr (SalTensor) large =
      sal_enlarge (map, format->height, format->width, SAL_ENLARGE_BILINEAR, error);
  if (large == NULL)
    return FALSE;
  g_autoptr (SalImage) cut = sal_preparation_cut (preparation, view->picture->image);
  Sums *sums = sums_of (all, target.class_index);
  const float *values = sal_tensor_floats (large);
  const guint8 *rgb = sal_image_pixels (cut);

  if (sums->n++ == 0) {
    sums->map = g_new0 (double, pixels);
    sums->picture = g_new0 (double, 3 * pixels);
  }
  for (gsize i = 0; i < pixels; i++)
    sums->map[i] += values[i];
  for (gsize i = 0; i < 3 * pixels; i++)
    sums->picture[i] += rgb[i];
  return TRUE;
}

static SalExhibit *
exhibit_of (SalAverageOrder *order, const Sums *sums, GError **error)
{
  const SalPixelFormat *format = sal_preparation_format (sal_model_preparation (order->model));
  gsize pixels = (gsize) format->height * format->width;
  SalHeatmapStyle style = order->appearance.heatmap;
  g_autoptr (SalTensor) mean =
      sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (format->height, format->width));
  float *values = sal_tensor_edit (mean);
  guint8 *rgb = g_malloc (3 * pixels);
  SalRect seen = { 0, 0, format->width, format->height };
  g_autofree char *name = sal_class_short_name (order->model, sums->class_index);

  for (gsize i = 0; i < pixels; i++)
    values[i] = (float) (sums->map[i] / sums->n);
  for (gsize i = 0; i < 3 * pixels; i++)
    rgb[i] = (guint8) lround (sums->picture[i] / sums->n);
  g_autoptr (SalImage) picture = sal_image_new_take (format->width, format->height, rgb);
  style.reduce = SAL_REDUCE_SUM; /* it is one number a pixel already */
  style.limit = 0;
  g_autoptr (SalHeatmap) heatmap = sal_heatmap_new (mean, SAL_NCHW, &style, error);
  if (heatmap == NULL)
    return NULL;
  return sal_exhibit_new (
      picture, &seen, heatmap,
      g_strdup_printf (g_dngettext (NULL, "%s · %s on average over %d picture",
                                    "%s · %s on average over %d pictures", (gulong) sums->n),
                       name, _ (order->method->name), sums->n));
}

static int
most_first (gconstpointer a, gconstpointer b)
{
  const Sums *p = *(Sums *const *) a, *q = *(Sums *const *) b;

  return p->n != q->n ? q->n - p->n : p->class_index - q->class_index;
}

/* Returns: (transfer full): the classes that most pictures are of; or %NULL and @error */
static GHashTable *
common_classes (SalAverageOrder *order, const SalProgress *progress, GError **error)
{
  guint n = g_strv_length (order->paths);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (sums_free);

  for (guint i = 0; i < n; i++) {
    SalProgress inner = sal_progress_part (progress, (double) i / n, (i + 1.0) / n);
    g_autoptr (SalView) view =
        sal_work_see (order->model, NULL, NULL, order->paths[i], &inner, NULL);

    if (view != NULL)
      sums_of (all, class_of (view))->n++;
    if (!sal_progress_step (progress, (i + 1.0) / n, NULL, error))
      return NULL;
  }
  g_ptr_array_sort (all, most_first);

  GHashTable *wanted = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < MIN (all->len, order->n_classes); i++)
    g_hash_table_add (wanted, GINT_TO_POINTER (((Sums *) all->pdata[i])->class_index));
  return wanted;
}

gpointer
sal_work_average (gpointer data, const SalProgress *progress, GError **error)
{
  SalAverageOrder *order = data;
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (sums_free);
  g_autoptr (SalAverages) averages = g_new0 (SalAverages, 1);
  guint n = g_strv_length (order->paths);
  SalProgress classifying = sal_progress_part (progress, 0, CLASSIFYING);
  SalProgress adding = sal_progress_part (progress, 0, 1);
  g_autoptr (GHashTable) wanted = NULL;
  g_autoptr (GError) last = NULL;

  averages->exhibits = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_exhibit_unref);
  /* Fewer pictures cannot be of more classes. */
  if (n > order->n_classes) {
    wanted = common_classes (order, &classifying, error);
    if (wanted == NULL)
      return NULL;
    adding = sal_progress_part (progress, CLASSIFYING, 1);
  }
  for (guint i = 0; i < n; i++) {
    SalProgress inner = sal_progress_part (&adding, (double) i / n, (i + 1.0) / n);

    g_clear_error (&last);
    averages->n_failed +=
        !add (order, order->paths[i], wanted, all, &averages->n_rare, &inner, &last);
    if (!sal_progress_step (&adding, (i + 1.0) / n, NULL, error))
      return NULL;
  }
  if (all->len == 0) {
    g_propagate_error (error, g_steal_pointer (&last));
    return NULL;
  }
  g_ptr_array_sort (all, most_first);
  for (guint i = 0; i < all->len; i++) {
    SalExhibit *exhibit = exhibit_of (order, all->pdata[i], error);

    if (exhibit == NULL)
      return NULL;
    g_ptr_array_add (averages->exhibits, exhibit);
  }
  return g_steal_pointer (&averages);
}
