#include "engine/explain/methods.h"

#include <string.h>

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
  return g_steal_pointer (&out);
}

static const char *
check (const SalModel *model)
{
  return sal_model_default_layer (model) == NULL ? "no layer of this model has more than 1×1 places"
                                                 : NULL;
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
