#include "app/previews.h"

#include "app/jobs.h"
#include "engine/base/error.h"
#include "engine/explain/baseline.h"
#include "engine/image/colormap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longest side, in pixels: twice what is shown, for sharp screens. */
#define SIDE 80

/* What one forward pass may take that keeps many layers at once. */
#define MOST_BYTES (G_GUINT64_CONSTANT (512) << 20)

struct _SalPreviews {
  GObject parent_instance;

  SalDocument *document;
  SalLane *baseline_lane, *layer_lane;
  GHashTable *baselines, *layers;
  SalView *baselines_of, *layers_of; /* what they were, or are being, made for */
  guint64 seed;
};

G_DEFINE_FINAL_TYPE (SalPreviews, sal_previews, G_TYPE_OBJECT)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

typedef struct {
  SalView *view;
  guint64 seed;
} Order;

static Order *
order_new (SalView *view, guint64 seed)
{
  Order *order = g_new0 (Order, 1);

  order->view = sal_view_ref (view);
  order->seed = seed;
  return order;
}

static void
order_free (Order *order)
{
  sal_view_unref (order->view);
  g_free (order);
}

/* In worker threads. */

static GHashTable *
pictures_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sal_image_unref);
}

static SalImage *
reduced (SalImage *image)
{
  int width = sal_image_width (image), height = sal_image_height (image);
  double by = (double) SIDE / MAX (width, height);

  if (by >= 1)
    return sal_image_ref (image);
  return sal_image_scale (image, MAX ((int) lround (width * by), 1),
                          MAX ((int) lround (height * by), 1));
}

static gpointer
run_baselines (gpointer data, const SalProgress *progress, GError **error)
{
  const Order *order = data;
  SalModel *model = order->view->model;
  g_autoptr (GHashTable) pictures = pictures_new ();

  for (const SalChoice *choice = sal_baseline_choices (); choice->id != NULL; choice++) {
    if (g_cancellable_set_error_if_cancelled (sal_progress_cancellable (progress), error))
      return NULL;
    g_autoptr (SalTensor) baseline =
        sal_baseline_new (model, choice->id, order->view->picture->image, order->seed,
                          sal_progress_cancellable (progress), error);
    g_autoptr (SalImage) image =
        baseline != NULL
            ? sal_preparation_unprepare (sal_model_preparation (model), baseline, error)
            : NULL;

    if (image == NULL)
      return NULL;
    g_hash_table_insert (pictures, g_strdup (choice->id), reduced (image));
  }
  return g_steal_pointer (&pictures);
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The mean over a layer's channels, dark where it is low and bright where it is high; the few
 * extremes that padding makes at the border do not count. */
static SalImage *
activation (const float *x, const SalShape *shape)
{
  gint64 skipped = 0, side = shape->rank == 3 ? sal_token_grid (shape, &skipped) : 0;
  gboolean tokens = shape->rank == 3;
  gint64 height = tokens ? side : shape->dim[2], width = tokens ? side : shape->dim[3];
  gint64 channels = tokens ? shape->dim[2] : shape->dim[1];
  gint64 n = height * width, step = tokens ? 1 : n;
  const SalColormap *map = sal_colormap_find ("viridis");

  if (n <= 0 || channels <= 0 || (shape->rank != 3 && shape->rank != 4))
    return NULL;
  g_autofree double *mean = g_new0 (double, n);
  g_autofree guint8 *rgb = g_malloc (3 * n);
  for (gint64 i = 0; i < n; i++) {
    const float *at = tokens ? x + (skipped + i) * channels : x + i;

    for (gint64 c = 0; c < channels; c++)
      mean[i] += at[c * step];
    if (!isfinite (mean[i]))
      mean[i] = 0;
  }
  g_autofree double *sorted = g_memdup2 (mean, n * sizeof *mean);
  qsort (sorted, n, sizeof *sorted, by_value);
  double low = sorted[n / 50], high = sorted[n - 1 - n / 50];
  for (gint64 i = 0; i < n; i++) {
    guint32 colour = sal_colormap_colour (map, high > low ? (mean[i] - low) / (high - low) : 0);

    rgb[3 * i] = colour >> 16 & 0xff;
    rgb[3 * i + 1] = colour >> 8 & 0xff;
    rgb[3 * i + 2] = colour & 0xff;
  }
  g_autoptr (SalImage) image =
      sal_image_new_take ((int) width, (int) height, g_steal_pointer (&rgb));
  return reduced (image);
}

/* All layers in one forward pass or, where that would keep too much, in several. */
static gboolean
add_layers (const SalView *view, const SalLayer *layers, int n, GHashTable *pictures,
            GCancellable *cancellable, GError **error)
{
  SalModel *model = view->model;
  SalFeed feed = { sal_model_input (model), *sal_model_input_shape (model) };
  g_autofree int *values = g_new (int, MAX (n, 1));
  SalPlanOptions options;
  g_autoptr (GError) problem = NULL;

  if (n == 0)
    return TRUE;
  for (int i = 0; i < n; i++)
    values[i] = layers[i].value;
  sal_model_plan_options (model, &options);
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = values;
  options.n_outputs = n;
  options.max_bytes = MOST_BYTES;
  g_autoptr (SalPlan) plan = sal_plan_new (sal_model_graph (model), &options, &problem);
  if (plan == NULL) {
    if (g_error_matches (problem, SAL_ERROR, SAL_ERROR_MEMORY)) {
      if (n == 1) /* this one goes without */
        return TRUE;
      return add_layers (view, layers, n / 2, pictures, cancellable, error) &&
             add_layers (view, layers + n / 2, n - n / 2, pictures, cancellable, error);
    }
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  g_autoptr (SalRun) run = sal_run_new (plan);
  memcpy (sal_run_feed (run, feed.value), sal_tensor_data (view->input),
          sal_tensor_count (view->input) * sizeof (float));
  if (!sal_run_forward (run, cancellable, error))
    return FALSE;
  for (int i = 0; i < n; i++) {
    SalImage *image = activation (sal_run_value (run, values[i]), &layers[i].shape);

    if (image != NULL)
      g_hash_table_insert (pictures, g_strdup (layers[i].tensor), image);
  }
  return TRUE;
}

static gpointer
run_layers (gpointer data, const SalProgress *progress, GError **error)
{
  const Order *order = data;
  g_autoptr (GHashTable) pictures = pictures_new ();
  int n;
  const SalLayer *layers = sal_model_layers (order->view->model, &n);

  if (!add_layers (order->view, layers, n, pictures, sal_progress_cancellable (progress), error))
    return NULL;
  return g_steal_pointer (&pictures);
}

/* On the main thread. */

static void
take (SalPreviews *self, GHashTable **where, GHashTable *pictures, const GError *error)
{
  /* Small pictures are a help, not a result: without them lists have words alone. */
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_debug ("previews: %s", error->message);
  g_clear_pointer (where, g_hash_table_unref);
  *where = pictures;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
baselines_done (gpointer result, const GError *error, gpointer owner)
{
  take (owner, &SAL_PREVIEWS (owner)->baselines, result, error);
}

static void
layers_done (gpointer result, const GError *error, gpointer owner)
{
  take (owner, &SAL_PREVIEWS (owner)->layers, result, error);
}

static const SalLaneType baselines_type = { run_baselines, NULL, baselines_done,
                                            (GDestroyNotify) order_free,
                                            (GDestroyNotify) g_hash_table_unref };
static const SalLaneType layers_type = { run_layers, NULL, layers_done, (GDestroyNotify) order_free,
                                         (GDestroyNotify) g_hash_table_unref };

static gboolean
has_kind (const SalMethod *method, SalParamKind kind)
{
  for (const SalParam *param = method->params; param != NULL && param->key != NULL; param++)
    if (param->kind == kind)
      return TRUE;
  return FALSE;
}

static void
forget (SalPreviews *self)
{
  SalView *view = sal_document_view (self->document);

  if (self->baselines_of != NULL && self->baselines_of != view) {
    sal_lane_cancel (self->baseline_lane);
    g_clear_pointer (&self->baselines_of, sal_view_unref);
    g_clear_pointer (&self->baselines, g_hash_table_unref);
  }
  if (self->layers_of != NULL && self->layers_of != view) {
    sal_lane_cancel (self->layer_lane);
    g_clear_pointer (&self->layers_of, sal_view_unref);
    g_clear_pointer (&self->layers, g_hash_table_unref);
  }
}

/* What the method that is chosen now has to choose from. */
static void
update (SalPreviews *self)
{
  SalView *view = sal_document_view (self->document);
  const SalMethod *method = sal_document_method (self->document);
  guint64 seed = sal_method_seed (method, sal_document_settings (self->document));

  forget (self);
  /* The answer comes first: what is only for choosing must not slow it down. */
  if (view == NULL || sal_document_state (self->document) == SAL_DOCUMENT_RUNNING)
    return;
  if (has_kind (method, SAL_PARAM_BASELINE) && (self->baselines_of == NULL || self->seed != seed)) {
    self->seed = seed;
    if (self->baselines_of == NULL)
      self->baselines_of = sal_view_ref (view);
    sal_lane_start (self->baseline_lane, order_new (view, seed), SAL_LANE_QUEUE);
  }
  if (has_kind (method, SAL_PARAM_LAYER) && self->layers_of == NULL) {
    self->layers_of = sal_view_ref (view);
    sal_lane_start (self->layer_lane, order_new (view, 0), SAL_LANE_REPLACE);
  }
}

GHashTable *
sal_previews_get (SalPreviews *self, SalParamKind kind)
{
  g_return_val_if_fail (SAL_IS_PREVIEWS (self), NULL);
  return kind == SAL_PARAM_BASELINE ? self->baselines
         : kind == SAL_PARAM_LAYER  ? self->layers
                                    : NULL;
}

static void
sal_previews_dispose (GObject *object)
{
  SalPreviews *self = SAL_PREVIEWS (object);

  g_clear_pointer (&self->baseline_lane, sal_lane_free);
  g_clear_pointer (&self->layer_lane, sal_lane_free);
  g_clear_pointer (&self->baselines, g_hash_table_unref);
  g_clear_pointer (&self->layers, g_hash_table_unref);
  g_clear_pointer (&self->baselines_of, sal_view_unref);
  g_clear_pointer (&self->layers_of, sal_view_unref);
  G_OBJECT_CLASS (sal_previews_parent_class)->dispose (object);
}

static void
sal_previews_class_init (SalPreviewsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sal_previews_dispose;
  signals[CHANGED] = g_signal_new ("changed", SAL_TYPE_PREVIEWS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
}

static void
sal_previews_init (SalPreviews *self)
{
  self->baseline_lane = sal_lane_new (&baselines_type, self);
  self->layer_lane = sal_lane_new (&layers_type, self);
}

SalPreviews *
sal_previews_new (SalDocument *document)
{
  static const char *const signals_of[] = { "notify::view", "notify::method", "notify::settings",
                                            "notify::state" };
  SalPreviews *self = g_object_new (SAL_TYPE_PREVIEWS, NULL);

  self->document = document;
  for (gsize i = 0; i < G_N_ELEMENTS (signals_of); i++)
    g_signal_connect_object (document, signals_of[i], G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return self;
}
