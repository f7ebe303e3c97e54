#include "engine/base/error.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/plane.h"

#include <math.h>
#include <string.h>

static const SalParam params[] = {
  { .key = "steps",
    .label = "Steps",
    .help = "Pictures between the most blurred one and the picture itself.",
    .kind = SAL_PARAM_INT,
    .min = 2,
    .max = 1000,
    .otherwise = 50,
    .logarithmic = TRUE },
  { .key = "max-sigma",
    .label = "Largest blur",
    .unit = "pixels",
    .help = "Standard deviation of the blur where the path starts, in pixels of the input.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0.5,
    .max = 200,
    .otherwise = 50,
    .logarithmic = TRUE },
  { NULL },
};

typedef struct {
  SalModel *model;
  SalPlane plane;
  const float *x;
  gint64 n;
  int steps;
  double max_sigma;
  double *sum;
} Blur;

/* One axis of a Gaussian blur, cut off at 4 σ, the border mirrored; as long as @line, which @stride
 * elements apart in memory holds @n numbers. */
static void
blur_line (float *line, gint64 stride, gint64 n, const double *kernel, gint64 radius,
           double *buffer)
{
  for (gint64 i = 0; i < n; i++)
    buffer[i] = line[i * stride];
  for (gint64 i = 0; i < n; i++) {
    double sum = kernel[0] * buffer[i];

    for (gint64 r = 1; r <= radius; r++) {
      gint64 period = 2 * n, low = ((i - r) % period + period) % period, high = (i + r) % period;

      sum += kernel[r] * (buffer[low < n ? low : period - 1 - low] +
                          buffer[high < n ? high : period - 1 - high]);
    }
    line[i * stride] = (float) sum;
  }
}

static void
blur (const Blur *b, double sigma, float *out)
{
  gint64 radius = (gint64) (4 * sigma + 0.5), height = b->plane.height, width = b->plane.width;
  g_autofree double *kernel = g_new (double, radius + 1);
  g_autofree double *buffer = g_new (double, MAX (height, width));
  double total = 0;

  memcpy (out, b->x, b->n * sizeof (float));
  if (sigma <= 0)
    return;
  for (gint64 r = 0; r <= radius; r++) {
    kernel[r] = exp (-0.5 * (r / sigma) * (r / sigma));
    total += r == 0 ? kernel[r] : 2 * kernel[r];
  }
  for (gint64 r = 0; r <= radius; r++)
    kernel[r] /= total;
  for (gint64 c = 0; c < b->plane.channels; c++) {
    float *plane = out + c * b->plane.channel_stride;

    for (gint64 x = 0; x < width; x++)
      blur_line (plane + x * b->plane.place_stride, width * b->plane.place_stride, height, kernel,
                 radius, buffer);
    for (gint64 y = 0; y < height; y++)
      blur_line (plane + y * width * b->plane.place_stride, b->plane.place_stride, width, kernel,
                 radius, buffer);
  }
}

/* σ falls linearly from the largest to 0; step k goes from σ_k to σ_(k+1), and its gradient is
 * taken at the middle of it. */
static double
sigma_of (const Blur *b, double step)
{
  return b->max_sigma * (1 - step / b->steps);
}

static void
fill (gint64 index, float *out, gpointer data)
{
  const Blur *b = data;

  blur (b, sigma_of (b, index + 0.5), out);
}

/* Σ over steps of gradient ⊙ (x_(k+1) - x_k): the path integral of the chain rule in x(σ). */
static void
take (const SalPoint *point, gpointer data)
{
  const Blur *b = data;
  g_autofree float *before = g_new (float, b->n), *after = g_new (float, b->n);

  blur (b, sigma_of (b, point->index), before);
  blur (b, sigma_of (b, point->index + 1), after);
  for (gint64 i = 0; i < b->n; i++)
    b->sum[i] += (double) point->gradient[i] * ((double) after[i] - before[i]);
}

static SalTensor *
partial (gint64 done, gpointer data)
{
  const Blur *b = data;
  SalTensor *out = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (b->model));
  float *a = sal_tensor_edit (out);

  for (gint64 i = 0; i < b->n; i++)
    a[i] = (float) b->sum[i];
  return out;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (model), NULL, error);
  SalPlane plane = sal_plane_of (model);
  gint64 n = plane.height * plane.width * plane.channels;
  g_autofree double *sum = g_new0 (double, n);
  Blur b = { model,
             plane,
             x,
             n,
             (int) sal_explainer_number (explainer, "steps"),
             sal_explainer_number (explainer, "max-sigma"),
             sum };
  SalPoints points = { b.steps, fill, take, partial, &b };

  if (scorer == NULL || !sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  return partial (points.n, &b);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

static const char *
check (const SalModel *model)
{
  return sal_model_input_shape (model)->rank == 4 ? NULL : "the model takes no pictures to blur";
}

const SalMethod sal_method_blur_ig = {
  .id = "blur-ig",
  .name = "Blur Integrated Gradients",
  .group = SAL_GROUP_PATH,
  .summary =
      "Integrates along a path that sharpens the picture step by step: no baseline has to be "
      "chosen.",
  .formula = "A = ∫ ∂f(xₛ) / ∂x ⊙ ∂xₛ / ∂σ dσ,  xₛ the picture blurred with σ",
  .advice = "When a black or gray baseline seems wrong; the parts sum to the score’s change from "
            "blurred to sharp.",
  .caveat = "What a strong blur leaves (the mean colour) counts as nothing there.",
  .paper = "Xu, Venugopalan, Sundararajan: Attribution in Scale and Space. CVPR 2020.",
  .params = params,
  .is_signed = TRUE,
  .check = check,
  .explain = explain,
};
