#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/path.h"
#include "engine/explain/plane.h"
#include "engine/explain/reasons.h"
#include "engine/image/blur.h"

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
  SalPlane plane;
  const float *x;
  gint64 n;
  int steps;
  double max_sigma;
  float *at;   /* where the step of the next point starts */
  float *next; /* where it will end */
  GCancellable *cancellable;
} Blur;

/* Where it is cancelled, so is what comes of it. */
static void
blur (const Blur *b, double sigma, float *out)
{
  gboolean planes = b->plane.place_stride == 1;

  sal_blur (planes ? b->plane.channels : 1, (int) b->plane.height, (int) b->plane.width,
            planes ? 1 : (int) b->plane.channels, b->x, sigma, out, b->cancellable);
}

/* σ falls linearly from the largest to 0; step k goes from σ_k to σ_(k+1), and its gradient is
 * taken at the middle of it. */
static double
sigma_of (const Blur *b, double step)
{
  return b->max_sigma * (1 - step / b->steps);
}

static double
place (gint64 index, gpointer data)
{
  return (index + 0.5) / ((const Blur *) data)->steps;
}

static void
point (gint64 index, float *out, gpointer data)
{
  const Blur *b = data;

  blur (b, sigma_of (b, index + 0.5), out);
}

/* The path integral of the chain rule in x(σ). Points come in order, so a step starts where the one
 * before it ended. */
static void
step (const SalPoint *at, double *way, gpointer data)
{
  Blur *b = data;
  float *before = b->at, *after = b->next;

  blur (b, sigma_of (b, at->index + 1), after);
  for (gint64 i = 0; i < b->n; i++)
    way[i] = (double) after[i] - before[i];
  b->at = after;
  b->next = before;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  SalScorer *scorer = sal_explainer_scorer (explainer, sal_model_input (model), NULL, error);
  SalPlane plane = sal_plane_of (model);
  gint64 n = plane.height * plane.width * plane.channels;
  g_autofree double *sum = g_new (double, n);
  g_autofree float *ends = g_new (float, 2 * n);
  Blur b = { plane,
             x,
             n,
             (int) sal_explainer_number (explainer, "steps"),
             sal_explainer_number (explainer, "max-sigma"),
             ends,
             ends + n,
             sal_progress_cancellable (progress) };
  SalPath path = { .n = b.steps, .place = place, .point = point, .step = step, .data = &b };

  if (scorer == NULL)
    return NULL;
  blur (&b, b.max_sigma, b.at);
  sal_explainer_set_origin (explainer, b.at);
  if (!sal_path_integrate (explainer, scorer, &path, sum, NULL, progress, error))
    return NULL;
  return sal_path_values (scorer, sum, 1);
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
  return sal_model_input_shape (model)->rank == 4 ? NULL : SAL_REASON_NO_BLUR;
}

const SalMethod sal_method_blur_ig = {
  .id = "blur-ig",
  .name = "Blur Integrated Gradients",
  .group = SAL_GROUP_PATH,
  .summary =
      "Integrates along a path that sharpens the picture step by step: no baseline has to be "
      "chosen.",
  .formula = "A = ∫ ∂f(xₛ) / ∂x ⊙ ∂xₛ / ∂σ dσ,  xₛ the picture blurred with σ",
  .promise =
      "Complete: the parts sum to the score of the picture less that of the most blurred one.",
  .advice = "When a black or gray baseline seems wrong; the parts sum to the score’s change from "
            "blurred to sharp.",
  .caveat = "What a strong blur leaves (the mean colour) counts as nothing there.",
  .paper = "Xu, Venugopalan, Sundararajan: Attribution in Scale and Space. CVPR 2020.",
  .params = params,
  .complete = TRUE,
  .is_signed = TRUE,
  .check = check,
  .explain = explain,
};
