#include "engine/explain/surrogate.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

/* The normal equations have a row and a column for each group. */
#define MAX_GROUPS 4096

/* With an intercept, the last unknown is that one. */
typedef struct {
  const SalSurrogate *s;
  SalShape shape;
  int n;     /* unknowns */
  double *a; /* n × n: Σ w z zᵀ */
  double *b; /* Σ w z (v - v(∅)) */
  GCancellable *cancellable;
  double empty, full;
} Fit;

/* Points 0 and 1 are nothing and all. */
static void
fill (gint64 index, float *out, gpointer data)
{
  const Fit *fit = data;
  const SalGroups *groups = fit->s->groups;
  g_autofree gboolean *present = g_new0 (gboolean, groups->n);

  if (index >= 2)
    fit->s->subset (index - 2, present, fit->s->data);
  for (int g = 0; index == 1 && g < groups->n; g++)
    present[g] = TRUE;
  sal_groups_blend (groups, present, fit->s->x, fit->s->baseline, out);
}

static void
take (const SalPoint *point, gpointer data)
{
  Fit *fit = data;
  int n_groups = fit->s->groups->n, n_present = 0;
  g_autofree gboolean *present = g_new0 (gboolean, n_groups);
  g_autofree int *ones = g_new (int, n_groups + 1);
  double weight;

  if (point->index < 2) {
    *(point->index == 0 ? &fit->empty : &fit->full) = point->score;
    return;
  }
  fit->s->subset (point->index - 2, present, fit->s->data);
  for (int g = 0; g < n_groups; g++)
    if (present[g])
      ones[n_present++] = g;
  weight = fit->s->weight (n_present, fit->s->data);
  if (fit->s->intercept)
    ones[n_present++] = n_groups;
  for (int i = 0; i < n_present; i++) {
    double *row = fit->a + (gsize) ones[i] * fit->n;

    for (int j = 0; j < n_present; j++)
      row[ones[j]] += weight;
    fit->b[ones[i]] += weight * (point->score - fit->empty);
  }
}

/* Cholesky's decomposition in place; a pivot that vanishes belongs to an unknown that the subsets
 * do not determine, which is then left at zero. Thousands of unknowns take many seconds: it is left
 * undone once the work is cancelled. */
static void
decompose (double *a, int n, GCancellable *cancellable)
{
  for (int j = 0; j < n && !g_cancellable_is_cancelled (cancellable); j++) {
    double pivot = a[(gsize) j * n + j], scale = fabs (pivot);

    for (int k = 0; k < j; k++)
      pivot -= a[(gsize) j * n + k] * a[(gsize) j * n + k];
    pivot = pivot > 1e-12 * MAX (scale, 1) ? sqrt (pivot) : 0;
    a[(gsize) j * n + j] = pivot;
    for (int i = j + 1; i < n; i++) {
      double sum = a[(gsize) i * n + j];

      for (int k = 0; k < j; k++)
        sum -= a[(gsize) i * n + k] * a[(gsize) j * n + k];
      a[(gsize) i * n + j] = pivot > 0 ? sum / pivot : 0;
    }
  }
}

static void
solve (const double *l, int n, double *b)
{
  for (int i = 0; i < n; i++) {
    for (int k = 0; k < i; k++)
      b[i] -= l[(gsize) i * n + k] * b[k];
    b[i] = l[(gsize) i * n + i] > 0 ? b[i] / l[(gsize) i * n + i] : 0;
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int k = i + 1; k < n; k++)
      b[i] -= l[(gsize) k * n + i] * b[k];
    b[i] = l[(gsize) i * n + i] > 0 ? b[i] / l[(gsize) i * n + i] : 0;
  }
}

/* The coefficients so far. With completeness, the least squares under Σ φ = Δ:
 * φ = A⁻¹ (b - 1 (1ᵀ A⁻¹ b - Δ) / (1ᵀ A⁻¹ 1)). */
static SalTensor *
partial (gint64 done, gpointer data)
{
  const Fit *fit = data;
  int n = fit->n;
  g_autofree double *l = g_memdup2 (fit->a, (gsize) n * n * sizeof (double));
  g_autofree double *value = g_memdup2 (fit->b, n * sizeof (double));
  g_autofree double *ones = g_new (double, n);
  SalTensor *out;
  double sum = 0, reach = 0;

  if (done < 3)
    return NULL;
  for (int i = 0; i < fit->s->groups->n; i++)
    l[(gsize) i * n + i] += fit->s->ridge;
  for (int i = 0; i < n; i++)
    ones[i] = 1;
  decompose (l, n, fit->cancellable);
  solve (l, n, value);
  solve (l, n, ones);
  for (int i = 0; i < n; i++) {
    sum += value[i];
    reach += ones[i];
  }
  for (int i = 0; fit->s->complete && reach != 0 && i < n; i++)
    value[i] -= ones[i] * (sum - (fit->full - fit->empty)) / reach;
  out = sal_tensor_new (SAL_FLOAT, &fit->shape);
  sal_groups_spread (fit->s->groups, value, sal_tensor_edit (out));
  return out;
}

SalSurrogate
sal_surrogate_new (SalExplainer *explainer, const float *x, GCancellable *cancellable,
                   GError **error)
{
  return (SalSurrogate){ .groups = sal_groups_chosen (explainer, x, cancellable, error),
                         .x = x,
                         .baseline = sal_explainer_start (explainer),
                         .samples = (gint64) sal_explainer_number (explainer, "subsets"),
                         .seed = (guint64) sal_explainer_number (explainer, "subset-seed") };
}

SalTensor *
sal_surrogate_fit (SalExplainer *explainer, const SalSurrogate *s, const SalProgress *progress,
                   GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  SalScorer *scorer = sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error);
  int n = s->groups->n + (s->intercept ? 1 : 0);
  g_autofree double *a = NULL, *b = NULL;
  Fit fit = { .s = s,
              .shape = sal_plane_shape (&s->groups->plane, query->model),
              .n = n,
              .cancellable = sal_progress_cancellable (progress) };
  g_autoptr (SalTensor) out = NULL;
  /* Solving again and again would cost more than the pictures where groups are many. */
  SalPoints points = { s->samples + 2, fill, take, n <= 128 ? partial : NULL, &fit };

  if (scorer == NULL)
    return NULL;
  if (s->groups->n > MAX_GROUPS) {
    sal_error_set (error, SAL_ERROR_ARGUMENT,
                   "%s: %d segments are more than %d; a mask can join them", query->method->id,
                   s->groups->n, MAX_GROUPS);
    return NULL;
  }
  fit.a = a = g_new0 (double, (gsize) n *n);
  fit.b = b = g_new0 (double, n);
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  out = partial (points.n, &fit);
  return g_cancellable_set_error_if_cancelled (fit.cancellable, error) ? NULL
                                                                       : g_steal_pointer (&out);
}
