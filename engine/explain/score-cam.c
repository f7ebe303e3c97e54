#include "engine/explain/cam.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/plane.h"
#include "engine/image/enlarge.h"

#include <math.h>
#include <string.h>

static const SalParam params[] = { SAL_CAM_PARAMS,
                                   { .key = "baseline",
                                     .label = "Masked with",
                                     .help = "What stands where a channel is silent.",
                                     .kind = SAL_PARAM_BASELINE,
                                     .text_otherwise = "black" },
                                   { NULL } };

typedef struct {
  SalPlane plane;
  SalCamGrid grid;
  const float *x;
  const float *baseline;
  gint64 n_x;
  double *score; /* by channel; f(baseline) first */
  float *activation;
} ScoreCam;

/* The layer's channels from one plain pass. */
static void
fill_plain (gint64 index, float *out, gpointer data)
{
  const ScoreCam *s = data;

  memcpy (out, s->x, s->n_x * sizeof (float));
}

static void
take_plain (const SalPoint *point, gpointer data)
{
  ScoreCam *s = data;

  sal_cam_gather (&s->grid, point->activation, s->activation);
}

/* Channel @k enlarged to the input and stretched to 0..1; a flat one masks everything. */
static SalTensor *
mask_of (const ScoreCam *s, gint64 k)
{
  gint64 n = s->grid.height * s->grid.width;
  g_autoptr (SalTensor) small = sal_tensor_new_copy (
      SAL_FLOAT, &SAL_SHAPE (s->grid.height, s->grid.width), s->activation + k * n);
  SalTensor *big = sal_enlarge (small, s->plane.height, s->plane.width, SAL_ENLARGE_BILINEAR, NULL);
  float *mask = sal_tensor_edit (big), low = mask[0], high = mask[0];

  for (gint64 p = 1; p < sal_tensor_count (big); p++) {
    low = MIN (low, mask[p]);
    high = MAX (high, mask[p]);
  }
  for (gint64 p = 0; p < sal_tensor_count (big); p++)
    mask[p] = high > low ? (mask[p] - low) / (high - low) : 0.f;
  return big;
}

/* Point 0 is the baseline, point k + 1 the picture seen through channel k. Masks are made as they
 * are used: all those of a wide layer would take hundreds of megabytes. */
static void
fill (gint64 index, float *out, gpointer data)
{
  const ScoreCam *s = data;
  gint64 n_places = s->plane.height * s->plane.width;

  if (index == 0) {
    memcpy (out, s->baseline, s->n_x * sizeof (float));
    return;
  }

  g_autoptr (SalTensor) seen = mask_of (s, index - 1);
  const float *mask = sal_tensor_floats (seen);

  for (gint64 c = 0; c < s->plane.channels; c++)
    for (gint64 p = 0; p < n_places; p++) {
      gint64 i = p * s->plane.place_stride + c * s->plane.channel_stride;

      out[i] = s->baseline[i] + mask[p] * (s->x[i] - s->baseline[i]);
    }
}

static void
take (const SalPoint *point, gpointer data)
{
  ((ScoreCam *) data)->score[point->index] = point->score;
}

/* wₖ = softmax over the channels of f(x through k) - f(baseline) */
static void
weights (const ScoreCam *s, double *weight)
{
  double highest = -INFINITY, sum = 0;

  for (gint64 k = 0; k < s->grid.channels; k++)
    highest = MAX (highest, s->score[k + 1]);
  for (gint64 k = 0; k < s->grid.channels; k++)
    sum += weight[k] = exp (s->score[k + 1] - highest);
  for (gint64 k = 0; k < s->grid.channels; k++)
    weight[k] /= sum;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  int layer = sal_explainer_layer (explainer, error);
  SalScorer *inner =
      layer != SAL_NO_VALUE ? sal_explainer_scorer (explainer, layer, NULL, error) : NULL;
  SalScorer *scorer =
      inner != NULL ? sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error) : NULL;
  ScoreCam s = { .plane = sal_plane_of (model),
                 .x = x,
                 .baseline = sal_explainer_start (explainer) };
  SalPoints plain = { 1, fill_plain, take_plain, NULL, &s };
  SalPoints points = { 0, fill, take, NULL, &s };
  SalProgress first = sal_progress_part (progress, 0, 0), rest = sal_progress_part (progress, 0, 1);
  g_autofree float *activation = NULL;
  g_autofree double *score = NULL, *weight = NULL, *map = NULL;
  g_autoptr (SalTensor) maps = NULL;
  gint64 n_places;

  if (scorer == NULL || !sal_cam_grid (model, layer, sal_scorer_wrt_shape (inner), &s.grid, error))
    return NULL;
  n_places = s.grid.height * s.grid.width;
  s.n_x = s.plane.height * s.plane.width * s.plane.channels;
  s.activation = activation = g_new (float, s.grid.channels *n_places);
  if (!sal_scorer_run (inner, &plain, &first, error))
    return NULL;
  s.score = score = g_new (double, s.grid.channels + 1);
  points.n = s.grid.channels + 1;
  if (!sal_scorer_run (scorer, &points, &rest, error))
    return NULL;
  weight = g_new (double, s.grid.channels);
  weights (&s, weight);
  map = g_new (double, n_places);
  sal_cam_weigh (&(SalCamLayer){ s.grid.channels, n_places, activation, NULL, 0 }, weight, map);
  maps = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 1, s.grid.height, s.grid.width));
  for (gint64 p = 0; p < n_places; p++)
    ((float *) sal_tensor_edit (maps))[p] = (float) map[p];
  return sal_cam_finish (explainer, maps, error);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_score_cam = {
  .id = "score-cam",
  .name = "Score-CAM",
  .group = SAL_GROUP_CAM,
  .summary = "Weights each channel of a layer by the score of the picture seen through it: no "
             "gradients.",
  .formula = "A = ReLU(Σₖ wₖ Aᵏ),  w = softmax over k of f(x ⊙ Aᵏ) − f(x′)",
  .promise = "Every weight is a score that was measured, not a slope.",
  .advice = "Where gradients are saturated or noisy.",
  .caveat =
      "One pass for every channel: slow on wide layers; the masked pictures are unlike any the "
      "network knows.",
  .paper = "Wang, Wang, Du, Yang, Zhang, Ding, Mardziel, Hu: Score-CAM: Score-Weighted Visual "
           "Explanations for Convolutional Neural Networks. CVPR workshop 2020.",
  .params = params,
  .check = sal_cam_check,
  .explain = explain,
};
