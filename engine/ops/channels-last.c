#include "engine/ops/channels-last.h"

#include "engine/base/error.h"
#include "engine/base/parallel.h"

/* Scratch is sized for so many threads, or one a processor; a larger team is not called on. */
#define MIN_TEAM 4

gboolean
sal_last_pair (const SalOpSetup *setup, const char *name, int *pair, GError **error)
{
  gsize n;
  const gint64 *values = sal_node_ints (setup->node, name, &n);

  if (n != 2)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "%s is missing", name);
  for (int i = 0; i < 2; i++) {
    if (values[i] < G_MININT / 4 || values[i] > G_MAXINT / 4)
      return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                                "%s holds %" PRId64 ", which is too large", name, values[i]);
    pair[i] = (int) values[i];
  }
  return TRUE;
}

int
sal_last_max_team (void)
{
  return MAX (MIN_TEAM, sal_threads (0));
}

SalTeam *
sal_last_team (const SalOpArgs *a)
{
  return sal_team_size (a->team) <= sal_last_max_team () ? a->team : NULL;
}

gboolean
sal_last_is_unary (const char *op)
{
  static const char *const names[] = { "Relu",
                                       "Clip",
                                       "LeakyRelu",
                                       "Elu",
                                       "Selu",
                                       "Celu",
                                       "Sigmoid",
                                       "Tanh",
                                       "HardSigmoid",
                                       "HardSwish",
                                       "Gelu",
                                       "Mish",
                                       "Softplus",
                                       "Softsign",
                                       "Identity",
                                       "Dropout",
                                       "ThresholdedRelu",
                                       "Erf",
                                       "Exp",
                                       "Sqrt",
                                       "Neg",
                                       "Abs",
                                       "Reciprocal",
                                       "Log",
                                       "Swish",
                                       NULL };

  return g_strv_contains (names, op);
}

gboolean
sal_last_is_arithmetic (const char *op)
{
  static const char *const names[] = { "Add", "Sub", "Mul",  "Div",   "Sum", "Max",
                                       "Min", "Pow", "Mean", "PRelu", NULL };

  return g_strv_contains (names, op);
}
