#include "engine/base/random.h"
#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/surrogate.h"

/* Streams of random numbers that no other use draws from. */
#define STREAM (G_GUINT64_CONSTANT (3) << 60)

static const SalParam params[] = {
  SAL_SURROGATE_PARAMS (
      "Pictures with some segments missing; they come in pairs, each with its complement."),
  SAL_SURROGATE_LAST_PARAMS,
  { NULL },
};

typedef struct {
  int n;
  guint64 seed;
  double *size_upto; /* cumulative probability of the subset sizes 1 .. n-1 */
} Kernel;

/* The size is drawn by the Shapley kernel's mass, (n - 1) / (s (n - s)), and the members by a
 * shuffle: then every subset counts alike. Odd numbers are the complements of the even ones. */
static void
subset (gint64 number, gboolean *present, gpointer data)
{
  const Kernel *k = data;
  g_autofree float *u = g_new (float, k->n + 1);
  g_autofree int *order = g_new (int, k->n);
  int size = 1;

  sal_random_uniforms (k->seed, STREAM + number / 2, u, k->n + 1);
  while (size < k->n - 1 && u[k->n] >= k->size_upto[size])
    size++;
  for (int i = 0; i < k->n; i++)
    order[i] = i;
  for (int i = 0; i < size; i++) {
    int j = MIN (i + (int) (u[i] * (k->n - i)), k->n - 1), swap = order[i];

    order[i] = order[j];
    order[j] = swap;
  }
  for (int i = 0; i < k->n; i++)
    present[order[i]] = (i < size) != (number % 2 == 1);
}

static double
weight (int n_present, gpointer data)
{
  return 1;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  SalSurrogate surrogate =
      sal_surrogate_new (explainer, x, sal_progress_cancellable (progress), error);
  g_autoptr (SalGroups) groups = surrogate.groups;
  g_autofree double *size_upto = NULL;
  Kernel kernel = { 0, surrogate.seed, NULL };
  double total = 0;

  if (groups == NULL)
    return NULL;
  surrogate.subset = subset;
  surrogate.weight = weight;
  surrogate.data = &kernel;
  surrogate.complete = TRUE;
  kernel.n = groups->n;
  kernel.size_upto = size_upto = g_new0 (double, groups->n + 1);
  for (int s = 1; s < groups->n; s++)
    size_upto[s] = total += 1.0 / ((double) s * (groups->n - s));
  for (int s = 1; s < groups->n; s++)
    size_upto[s] /= total;
  if (groups->n == 1)
    surrogate.samples = 1;
  return sal_surrogate_fit (explainer, &surrogate, progress, error);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_kernel_shap = {
  .id = "kernel-shap",
  .name = "KernelSHAP",
  .group = SAL_GROUP_PERTURBATION,
  .summary = "Shapley values from a weighted linear fit to pictures with segments missing.",
  .formula = "φ = argmin Σ π(z) (f(z) − f(∅) − Σ φ z)²,  Σ φ = f(x) − f(∅)",
  .promise = "Tends to the Shapley values, and sums to f(x) − f(x′) however few subsets there are.",
  .advice = "Shapley values for fewer evaluations than orders take; compare with those.",
  .caveat =
      "An estimate: with few subsets to a segment it is off, and it does not say by how much.",
  .paper = "Lundberg, Lee: A Unified Approach to Interpreting Model Predictions. NIPS 2017; paired "
           "and constrained as in Covert, Lee: Improving KernelSHAP. AISTATS 2021.",
  .params = params,
  .is_signed = TRUE,
  .explain = explain,
};
