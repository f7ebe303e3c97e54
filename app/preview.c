#include "app/preview.h"

#include "app/thumb.h"
#include "engine/graph/run.h"
#include "engine/image/colormap.h"

#include <math.h>
#include <string.h>

void
sal_preview_free (SalPreview *preview)
{
  if (preview == NULL)
    return;
  g_clear_pointer (&preview->model, sal_model_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (preview->stages); i++)
    g_clear_pointer (&preview->stages[i], sal_image_unref);
  g_clear_pointer (&preview->predictions, g_array_unref);
  g_clear_pointer (&preview->better_predictions, g_array_unref);
  g_free (preview);
}

double
sal_preview_flatness (const GArray *predictions)
{
  double total = 0, entropy = 0;

  for (guint i = 0; i < predictions->len; i++)
    total += g_array_index (predictions, SalPrediction, i).probability;
  if (predictions->len < 2 || !(total > 0))
    return 0;
  for (guint i = 0; i < predictions->len; i++) {
    double p = g_array_index (predictions, SalPrediction, i).probability / total;
    if (p > 0)
      entropy -= p * log (p);
  }
  return entropy / log (predictions->len);
}

SalPreviewOrder *
sal_preview_order_new (SalModel *model, SalPreparation *preparation, gboolean named,
                       SalPicture *picture)
{
  SalPreviewOrder *order = g_new0 (SalPreviewOrder, 1);

  order->model = sal_model_ref (model);
  order->preparation = sal_preparation_ref (preparation);
  order->named = named;
  order->picture = picture != NULL ? sal_picture_ref (picture) : NULL;
  return order;
}

void
sal_preview_order_free (SalPreviewOrder *order)
{
  if (order == NULL)
    return;
  sal_model_unref (order->model);
  sal_preparation_unref (order->preparation);
  sal_picture_unref (order->picture);
  g_free (order);
}

/* The network's numbers as a picture: its first channel red, its lowest number black. */
static SalImage *
received (const SalTensor *input, const SalPixelFormat *format, double *low, double *high)
{
  const float *x = sal_tensor_floats (input);
  gsize n = (gsize) sal_tensor_count (input), plane = (gsize) format->height * format->width;
  int channels = sal_pixel_format_channels (format);
  guint8 *rgb = g_malloc (plane * 3);

  *low = INFINITY;
  *high = -INFINITY;
  for (gsize i = 0; i < n; i++) {
    *low = fmin (*low, x[i]);
    *high = fmax (*high, x[i]);
  }
  double scale = *high > *low ? 255 / (*high - *low) : 0;
  for (gsize i = 0; i < plane; i++)
    for (int c = 0; c < 3; c++) {
      int from = MIN (c, channels - 1);
      float v = format->layout == SAL_NHWC ? x[i * (gsize) channels + (gsize) from]
                                           : x[(gsize) from * plane + i];
      rgb[3 * i + (gsize) c] = (guint8) lround ((v - *low) * scale);
    }
  return sal_image_new_take (format->width, format->height, rgb);
}

static SalImage *
small (SalImage *image)
{
  return sal_thumb_picture (image, SAL_PREVIEW_SIDE);
}

/* @image with a frame around what is cut out of it, dark and bright, so that it shows on both. */
static SalImage *
framed (SalImage *image, const SalRect *frame)
{
  int width = sal_image_width (image), height = sal_image_height (image);
  guint8 *rgb = g_memdup2 (sal_image_pixels (image), (gsize) width * height * 3);

  for (int inset = 0; inset < 4; inset++) {
    int left = CLAMP ((int) lround (frame->x) + inset, 0, width - 1);
    int top = CLAMP ((int) lround (frame->y) + inset, 0, height - 1);
    int right = CLAMP ((int) lround (frame->x + frame->width) - 1 - inset, 0, width - 1);
    int bottom = CLAMP ((int) lround (frame->y + frame->height) - 1 - inset, 0, height - 1);

    for (int y = top; y <= bottom; y++)
      for (int x = left; x <= right; x++)
        if (x == left || x == right || y == top || y == bottom)
          memset (rgb + 3 * ((gsize) y * width + x), inset < 2 ? 255 : 0, 3);
  }
  return sal_image_new_take (width, height, rgb);
}

static void
add_stages (SalPreview *preview, const SalModel *model, const SalImage *picture,
            const SalTensor *input)
{
  const SalPreparation *preparation = sal_model_preparation (model);
  const SalPixelFormat *format = sal_preparation_format (preparation);
  int width = sal_image_width (picture), height = sal_image_height (picture);
  SalRect seen = sal_preparation_seen (preparation, width, height);
  int wide = MAX (1, (int) lround (width * format->width / seen.width));
  int high = MAX (1, (int) lround (height * format->height / seen.height));
  /* No larger than its preview, however large the picture would become. */
  double factor = fmin (1, (double) SAL_PREVIEW_SIDE / MAX (wide, high));
  int preview_width = MAX (1, (int) lround (factor * wide));
  int preview_height = MAX (1, (int) lround (factor * high));
  g_autoptr (SalImage) cut = sal_preparation_cut (preparation, picture);
  g_autoptr (SalImage) numbers = received (input, format, &preview->low, &preview->high);

  preview->stages[0] = sal_thumb_picture (picture, SAL_PREVIEW_SIDE);
  g_autoptr (SalImage) resized = sal_image_scale (picture, preview_width, preview_height);
  preview->stages[2] = small (cut);
  preview->stages[3] = small (numbers);
  memcpy (preview->sizes,
          (int[3][2]){ { width, height }, { wide, high }, { format->width, format->height } },
          sizeof preview->sizes);
  preview->frame =
      (SalRect){ seen.x * preview_width / width, seen.y * preview_height / height,
                 seen.width * preview_width / width, seen.height * preview_height / height };
  /* Around the whole it would only make it look smaller than the others. */
  preview->stages[1] = seen.width < width || seen.height < height
                           ? framed (resized, &preview->frame)
                           : g_steal_pointer (&resized);
}

static GArray *
predict (SalModel *model, const SalImage *picture, const SalProgress *progress, GError **error)
{
  g_autoptr (SalTensor) input = sal_model_prepare (model, (SalImage *) picture, error);

  return input != NULL
             ? sal_model_predict (model, input, sal_progress_cancellable (progress), error)
             : NULL;
}

/* A preset that leaves far less doubt; the network's layout and size stay. */
static gboolean
find_better (SalPreview *preview, SalModel *model, const SalImage *picture,
             const SalProgress *progress, GError **error)
{
  SalPreparation *now = sal_model_preparation (model);
  double best = preview->flatness / 2;
  int n;
  const SalPreset *presets = sal_presets (&n);

  for (int i = 0; i < n; i++) {
    SalPixelFormat format = *sal_preparation_format (now);
    if ((presets[i].order == SAL_GRAY) != (format.order == SAL_GRAY))
      continue;
    sal_preset_apply (&presets[i], &format);
    g_autoptr (SalPreparation) other = sal_preparation_with_format (now, &format, NULL);
    g_autoptr (SalModel) changed =
        other != NULL ? sal_model_with_preparation (model, other, NULL) : NULL;
    if (changed == NULL)
      continue;
    g_autoptr (GArray) predictions = predict (changed, picture, progress, error);
    if (predictions == NULL)
      return FALSE;
    double flatness = sal_preview_flatness (predictions);
    if (flatness < best) {
      best = flatness;
      preview->better = &presets[i];
      g_clear_pointer (&preview->better_predictions, g_array_unref);
      preview->better_predictions = g_steal_pointer (&predictions);
    }
  }
  return TRUE;
}

static SalModel *
prepared (SalModel *model, SalPreparation *preparation, gboolean named, GError **error)
{
  if (preparation == sal_model_preparation (model))
    return sal_model_ref (model);
  if (!named)
    return sal_model_with_preparation (model, preparation, error);
  g_autoptr (SalModel) bare = sal_model_with_labels (model, NULL, NULL, error);
  return bare != NULL ? sal_model_with_preparation (bare, preparation, error) : NULL;
}

gpointer
sal_work_preview (gpointer data, const SalProgress *progress, GError **error)
{
  SalPreviewOrder *order = data;
  g_autoptr (SalPreview) preview = g_new0 (SalPreview, 1);

  preview->model = prepared (order->model, order->preparation, order->named, error);
  if (preview->model == NULL)
    return NULL;
  if (order->picture == NULL)
    return g_steal_pointer (&preview);
  SalImage *picture = order->picture->image;
  g_autoptr (SalTensor) input = sal_model_prepare (preview->model, picture, error);
  if (input == NULL)
    return NULL;
  add_stages (preview, preview->model, picture, input);
  preview->predictions =
      sal_model_predict (preview->model, input, sal_progress_cancellable (progress), error);
  if (preview->predictions == NULL)
    return NULL;
  preview->flatness = sal_preview_flatness (preview->predictions);
  if (preview->flatness >= SAL_FLAT &&
      !find_better (preview, preview->model, picture, progress, error))
    return NULL;
  return g_steal_pointer (&preview);
}

gpointer
sal_work_outline (gpointer data, const SalProgress *progress, GError **error)
{
  SalModel *model = data;
  SalFeed feed = { sal_model_input (model), *sal_model_input_shape (model) };
  const int outputs[] = { sal_model_output (model), sal_model_logits (model) };
  SalPlanOptions options;

  sal_model_plan_options (model, &options);
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = outputs;
  options.n_outputs = G_N_ELEMENTS (outputs);
  options.compute = SAL_COMPUTE_REFERENCE;
  return sal_plan_new (sal_model_graph (model), &options, error);
}

/* Activations. */

void
sal_activations_free (SalActivations *activations)
{
  if (activations == NULL)
    return;
  g_ptr_array_unref (activations->channels);
  g_free (activations);
}

SalActivationsOrder *
sal_activations_order_new (SalView *view, int value)
{
  SalActivationsOrder *order = g_new0 (SalActivationsOrder, 1);

  order->view = sal_view_ref (view);
  order->value = value;
  return order;
}

void
sal_activations_order_free (SalActivationsOrder *order)
{
  if (order == NULL)
    return;
  sal_view_unref (order->view);
  g_free (order);
}

/* Where channels are: the first element, and the ways to the next channel and the next place. */
typedef struct {
  int channels, height, width;
  gsize first, channel_stride, place_stride;
} Extent;

static gboolean
extent_of (const SalShape *shape, Extent *extent)
{
  const gint64 *dim = shape->dim;
  gint64 skipped, side = sal_token_grid (shape, &skipped);

  if (shape->rank == 4 && dim[0] == 1)
    *extent = (Extent){ .channels = (int) dim[1],
                        .height = (int) dim[2],
                        .width = (int) dim[3],
                        .channel_stride = (gsize) (dim[2] * dim[3]),
                        .place_stride = 1 };
  else if (side > 0)
    *extent = (Extent){ .channels = (int) dim[2],
                        .height = (int) side,
                        .width = (int) side,
                        .first = (gsize) (skipped * dim[2]),
                        .channel_stride = 1,
                        .place_stride = (gsize) dim[2] };
  else
    return FALSE;
  return extent->height * extent->width > 1;
}

static SalImage *
channel_image (const float *x, const Extent *extent, int channel)
{
  const SalColormap *map = sal_colormap_default (FALSE);
  gsize n = (gsize) extent->height * extent->width;
  const float *from = x + extent->first + (gsize) channel * extent->channel_stride;
  float low = from[0], high = from[0];
  guint8 *rgb = g_malloc (3 * n);

  for (gsize i = 0; i < n; i++) {
    low = fminf (low, from[i * extent->place_stride]);
    high = fmaxf (high, from[i * extent->place_stride]);
  }
  for (gsize i = 0; i < n; i++) {
    double v = high > low ? (from[i * extent->place_stride] - low) / (high - low) : 0;
    guint32 colour = sal_colormap_colour (map, v);
    rgb[3 * i] = (guint8) (colour >> 16);
    rgb[3 * i + 1] = (guint8) (colour >> 8);
    rgb[3 * i + 2] = (guint8) colour;
  }
  return sal_image_new_take (extent->width, extent->height, rgb);
}

static void
add_channels (SalActivations *self, const float *x, const Extent *extent)
{
  gsize n = (gsize) extent->height * extent->width;
  int wanted = MIN (extent->channels, SAL_ACTIVATIONS);
  g_autofree double *strength = g_new0 (double, extent->channels);

  for (int c = 0; c < extent->channels; c++) {
    const float *from = x + extent->first + (gsize) c * extent->channel_stride;

    for (gsize i = 0; i < n; i++)
      strength[c] += fabs (from[i * extent->place_stride]);
    if (isnan (strength[c])) /* which compares with nothing */
      strength[c] = INFINITY;
  }
  for (int i = 0; i < wanted; i++) {
    int best = 0;
    for (int c = 1; c < extent->channels; c++)
      if (strength[c] > strength[best])
        best = c;
    strength[best] = -1;
    self->numbers[i] = best;
    g_autoptr (SalImage) image = channel_image (x, extent, best);
    g_ptr_array_add (self->channels, sal_thumb_picture (image, SAL_PREVIEW_SIDE));
  }
}

gpointer
sal_work_activations (gpointer data, const SalProgress *progress, GError **error)
{
  SalActivationsOrder *order = data;
  SalModel *model = order->view->model;
  SalFeed feed = { sal_model_input (model), *sal_model_input_shape (model) };
  SalPlanOptions options;

  sal_model_plan_options (model, &options);
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = &order->value;
  options.n_outputs = 1;
  g_autoptr (SalPlan) plan = sal_plan_new (sal_model_graph (model), &options, error);
  if (plan == NULL)
    return NULL;
  g_autoptr (SalActivations) self = g_new0 (SalActivations, 1);
  const SalShape *shape = sal_plan_shape (plan, order->value);
  Extent extent;

  self->value = order->value;
  self->channels = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_image_unref);
  if (sal_plan_type (plan, order->value) != SAL_FLOAT)
    return g_steal_pointer (&self);
  g_autoptr (SalRun) run = sal_run_new (plan);
  memcpy (sal_run_feed (run, feed.value), sal_tensor_floats (order->view->input),
          (gsize) sal_tensor_count (order->view->input) * sizeof (float));
  if (!sal_run_forward (run, sal_progress_cancellable (progress), error))
    return NULL;
  const float *x = sal_run_value (run, order->value);
  gint64 n = sal_shape_count (shape), zeros = 0;
  double sum = 0;
  self->low = INFINITY;
  self->high = -INFINITY;
  for (gint64 i = 0; i < n; i++) {
    self->low = fmin (self->low, x[i]);
    self->high = fmax (self->high, x[i]);
    sum += x[i];
    zeros += x[i] == 0;
  }
  self->mean = sum / (double) MAX (n, 1);
  self->zeros = (double) zeros / (double) MAX (n, 1);
  if (extent_of (shape, &extent))
    add_channels (self, x, &extent);
  return g_steal_pointer (&self);
}
