#include "engine/base/random.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/surrogate.h"

#include <math.h>

/* Streams of random numbers that no other use draws from. */
#define STREAM (G_GUINT64_CONSTANT (5) << 59)

static const SalParam params[] = {
  SAL_SURROGATE_PARAMS ("Pictures with each segment there or not by the toss of a coin."),
  { .key = "kernel-width",
    .label = "Nearness",
    .help = "How fast pictures that differ more count less; in cosine distance.",
    .kind = SAL_PARAM_DOUBLE,
    .min = 0.01,
    .max = 10,
    .otherwise = 0.25,
    .digits = 2,
    .logarithmic = TRUE },
  { .key = "ridge",
    .label = "Ridge",
    .help = "How strongly coefficients are held small.",
    .kind = SAL_PARAM_DOUBLE,
    .max = 100,
    .otherwise = 1,
    .digits = 2,
    .advanced = TRUE },
  SAL_SURROGATE_LAST_PARAMS,
  { NULL },
};

typedef struct {
  int n;
  guint64 seed;
  double width;
} Coin;

static void
subset (gint64 number, gboolean *present, gpointer data)
{
  const Coin *coin = data;
  g_autofree float *u = g_new (float, coin->n);

  sal_random_uniforms (coin->seed, STREAM + number, u, coin->n);
  for (int g = 0; g < coin->n; g++)
    present[g] = u[g] < 0.5f;
}

/* exp (-d² / width²), d = 1 - cos of the angle between the subset and the whole */
static double
weight (int n_present, gpointer data)
{
  const Coin *coin = data;
  double distance = 1 - sqrt ((double) n_present / coin->n);

  return exp (-distance * distance / (coin->width * coin->width));
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalSurrogate surrogate =
      sal_surrogate_new (explainer, x, sal_progress_cancellable (progress), error);
  g_autoptr (SalGroups) groups = surrogate.groups;
  Coin coin = { 0, surrogate.seed, sal_explainer_number (explainer, "kernel-width") };

  if (groups == NULL)
    return NULL;
  coin.n = groups->n;
  surrogate.subset = subset;
  surrogate.weight = weight;
  surrogate.data = &coin;
  surrogate.ridge = sal_explainer_number (explainer, "ridge");
  surrogate.intercept = TRUE;
  return sal_surrogate_fit (explainer, &surrogate, progress, error);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_lime = {
  .id = "lime",
  .name = "LIME",
  .group = SAL_GROUP_PERTURBATION,
  .summary = "Fits a simple linear model to the network near this picture: one coefficient a "
             "segment.",
  .formula = "w = argmin Σ π(z) (f(z) − w₀ − w · z)² + λ |w|²",
  .promise = "The linear function nearest to the network in the weighted sense, and no more.",
  .advice = "Widely known; a comparison for the others on the same segments.",
  .caveat =
      "Another seed, segmentation or nearness gives another map: try a few before you believe "
      "one.",
  .paper = "Ribeiro, Singh, Guestrin: “Why Should I Trust You?”: Explaining the Predictions of Any "
           "Classifier. KDD 2016.",
  .params = params,
  .is_signed = TRUE,
  .explain = explain,
};
