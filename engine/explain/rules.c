#include "engine/explain/rules.h"

#include "engine/explain/gradients.h"

#include <string.h>

/* Elements a smooth activation's own backward is called with at a time. */
#define CHUNK 1024

static const char *const activations[] = { "Clip",     "LeakyRelu",       "Elu",         "Celu",
                                           "Selu",     "HardSwish",       "HardSigmoid", "Sigmoid",
                                           "Tanh",     "Softplus",        "Gelu",        "Mish",
                                           "Softsign", "ThresholdedRelu", NULL };

static void
guided_relu (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->y[0][i] > 0.f && a->gy[0][i] > 0.f ? a->gy[0][i] : 0.f;
}

static void
positive_part (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->gy[0][i] > 0.f ? a->gy[0][i] : 0.f;
}

/* The operator's own derivative, of the positive part of what arrives. Activations are elementwise
 * in their first input, so they can be asked for a piece at a time. */
static void
guided_any (const SalOpArgs *a)
{
  SalKernelFunc backward = (SalKernelFunc) a->rule;
  float gy[CHUNK];
  const float *gys[1] = { gy };

  for (gint64 from = 0; from < a->n; from += CHUNK) {
    gint64 n = MIN (CHUNK, a->n - from);
    const float *x[8] = { NULL };
    float *y[1] = { a->y[0] != NULL ? a->y[0] + from : NULL }, *gx[8] = { NULL };
    SalOpArgs part = *a;

    for (gint64 i = 0; i < n; i++)
      gy[i] = a->gy[0][from + i] > 0.f ? a->gy[0][from + i] : 0.f;
    memcpy (x, a->x, a->n_x * sizeof *x);
    x[0] = a->x[0] != NULL ? a->x[0] + from : NULL;
    gx[0] = a->gx[0] + from;
    part.x = x;
    part.y = y;
    part.gx = gx;
    part.gy = gys;
    part.n = n;
    backward (&part);
  }
}

/* How a rule set treats the activations. */
typedef struct {
  gboolean all;
  gboolean deconvnet;
} Kind;

static gboolean
find (const SalOpSetup *setup, const SalOp *op, SalRule *rule, gconstpointer data)
{
  const Kind *kind = data;
  gboolean relu = strcmp (op->name, "Relu") == 0;

  if (!relu && !(kind->all && g_strv_contains (activations, op->name) && setup->n_x <= 8))
    return FALSE;
  if (kind->deconvnet) {
    rule->kernel = positive_part;
    rule->keep = SAL_KEEP_NOTHING;
  } else if (relu) {
    rule->kernel = guided_relu;
    rule->keep = SAL_KEEP_OUTPUT;
  } else {
    rule->kernel = guided_any;
    rule->data = (gconstpointer) op->backward;
  }
  return TRUE;
}

static const Kind kinds[] = { { FALSE, FALSE }, { TRUE, FALSE }, { FALSE, TRUE }, { TRUE, TRUE } };
static const SalRuleSet sets[] = { { find, &kinds[0], TRUE },
                                   { find, &kinds[1], TRUE },
                                   { find, &kinds[2], TRUE },
                                   { find, &kinds[3], TRUE } };

const SalRuleSet *
sal_rules_guided (gboolean all)
{
  return &sets[all ? 1 : 0];
}

const SalRuleSet *
sal_rules_deconvnet (gboolean all)
{
  return &sets[all ? 3 : 2];
}

SalTensor *
sal_rules_explain (SalExplainer *explainer, const SalTensor *inputs,
                   const SalRuleSet *(*rules) (gboolean all), const SalProgress *progress,
                   GError **error)
{
  gboolean all = sal_explainer_number (explainer, "all-activations") != 0;

  return sal_gradients (explainer, inputs, sal_model_input (sal_explainer_query (explainer)->model),
                        rules (all), progress, error);
}
