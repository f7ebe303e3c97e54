#include "engine/explain/cam.h"
#include "engine/explain/gradients.h"
#include "engine/explain/methods.h"
#include "engine/explain/reasons.h"

#include <math.h>
#include <string.h>

/* In the order of View. */
static const SalChoice views[] = {
  { "all", "All channels" },
  { "mean", "Their mean" },
  { "grid", "Side by side" },
  { NULL },
};

typedef enum { ALL, MEAN, GRID } View;

static const SalParam params[] = {
  { .key = "layer",
    .label = "Layer",
    .help = "Whose activation is shown, or multiplied.",
    .kind = SAL_PARAM_LAYER },
  { .key = "times-gradient",
    .label = "Times gradient",
    .help = "Multiply each element by its gradient: how much it speaks for the class.",
    .kind = SAL_PARAM_SWITCH,
    .max = 1 },
  { .key = "channels",
    .label = "Channels",
    .help = "All of them as they are, their mean at every place, or a picture of each beside the "
            "next.",
    .kind = SAL_PARAM_CHOICE,
    .choices = views },
  { NULL },
};

typedef struct {
  const float *x;
  gint64 n_x;
  gint64 n;
  gboolean times_gradient;
  float *out;
} Batch;

static void
fill (gint64 index, float *x, gpointer data)
{
  const Batch *batch = data;

  memcpy (x, batch->x + index * batch->n_x, batch->n_x * sizeof (float));
}

static void
take (const SalPoint *point, gpointer data)
{
  const Batch *batch = data;
  float *out = batch->out + point->index * batch->n;

  for (gint64 i = 0; i < batch->n; i++)
    out[i] = point->activation[i] * (batch->times_gradient ? point->gradient[i] : 1.f);
}

static View
view_of (const SalExplainer *explainer)
{
  const char *name = sal_explainer_text (explainer, "channels");
  int number = 0;

  while (strcmp (views[number].id, name) != 0)
    number++;
  return (View) number;
}

/* Tiles as near to a square as can be, a place of nothing between any two. */
static SalShape
view_shape (View view, const SalCamGrid *grid, gint64 *columns)
{
  gint64 rows;

  *columns = view == GRID ? (gint64) ceil (sqrt ((double) grid->channels)) : 1;
  rows = view == GRID ? (grid->channels + *columns - 1) / *columns : 1;
  return SAL_SHAPE (1, 1, rows * (grid->height + 1) - 1, *columns * (grid->width + 1) - 1);
}

/* One input's layer, @a, as a map. */
static void
draw (View view, const SalCamGrid *grid, gint64 columns, gint64 width, const float *a, float *out)
{
  gint64 n = grid->height * grid->width;
  g_autofree float *channels = g_new (float, n * grid->channels);
  g_autofree double *sum = g_new0 (double, n);

  sal_cam_gather (grid, a, channels);
  for (gint64 k = 0; k < grid->channels; k++)
    for (gint64 p = 0; p < n; p++) {
      gint64 y = k / columns * (grid->height + 1) + p / grid->width;
      gint64 x = k % columns * (grid->width + 1) + p % grid->width;

      sum[p] += channels[k * n + p];
      if (view == GRID)
        out[y * width + x] = channels[k * n + p];
    }
  for (gint64 p = 0; view == MEAN && p < n; p++)
    out[p] = (float) (sum[p] / grid->channels);
}

static SalTensor *
as_view (SalExplainer *explainer, int layer, const SalShape *shape, const SalTensor *all,
         GError **error)
{
  View view = view_of (explainer);
  gint64 n = sal_shape_count (shape), batch = sal_tensor_count (all) / n, columns;
  SalCamGrid grid;
  SalShape one;
  SalTensor *out;

  if (view == ALL)
    return sal_tensor_ref ((SalTensor *) all);
  if (!sal_cam_grid (sal_explainer_query (explainer)->model, layer, shape, &grid, error))
    return NULL;
  one = view_shape (view, &grid, &columns);

  SalShape many = sal_batched_shape (&one, batch);

  out = sal_tensor_new (SAL_FLOAT, &many);
  for (gint64 b = 0; b < batch; b++)
    draw (view, &grid, columns, one.dim[3], sal_tensor_floats (all) + b * n,
          (float *) sal_tensor_edit (out) + b * sal_shape_count (&one));
  return out;
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  int layer = sal_explainer_layer (explainer, error);
  SalScorer *scorer =
      layer != SAL_NO_VALUE ? sal_explainer_scorer (explainer, layer, NULL, error) : NULL;
  gint64 n_x = sal_shape_count (sal_model_input_shape (model));
  g_autoptr (SalTensor) out = NULL;
  Batch batch = { sal_tensor_floats (inputs), n_x };
  SalPoints points = { sal_tensor_count (inputs) / n_x, fill, take, NULL, &batch };
  SalShape shape;

  if (scorer == NULL)
    return NULL;
  shape = *sal_scorer_wrt_shape (scorer);
  shape.dim[0] *= points.n;
  out = sal_tensor_new (SAL_FLOAT, &shape);
  batch.n = sal_tensor_count (out) / points.n;
  batch.out = sal_tensor_edit (out);
  batch.times_gradient = sal_explainer_number (explainer, "times-gradient") != 0;
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  return as_view (explainer, layer, sal_scorer_wrt_shape (scorer), out, error);
}

static const char *
check (const SalModel *model)
{
  return sal_model_default_layer (model) == NULL ? SAL_REASON_NO_PLACES : NULL;
}

const SalMethod sal_method_activation = {
  .id = "activation",
  .name = "Activation",
  .group = SAL_GROUP_LAYER,
  .summary = "What a layer puts out at this picture, or that times its gradient.",
  .formula = "Aˡ(x), or Aˡ(x) ⊙ ∂f / ∂Aˡ",
  .promise = "The network’s own numbers.",
  .advice = "What is there before anything is explained: look at layers one by one.",
  .caveat = "Activation is not importance: much of it may not matter to the class.",
  .paper = "Kim, Seo, Jeon, Koo, Choe, Jeon: Why are Saliency Maps Noisy? 2019, for gradient × "
           "activation; Captum names it so.",
  .params = params,
  .single_pass = TRUE,
  .is_signed = TRUE,
  .check = check,
  .explain = explain,
};
