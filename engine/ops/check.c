#include "engine/ops/check.h"

#include "engine/base/error.h"
#include "engine/ops/expect.h"

#include <glib/gi18n.h>

gboolean
sal_check_same_type (const SalOpSetup *setup, int i, int j, GError **error)
{
  if (setup->x_type[i] != setup->x_type[j])
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              setup->x_type[i] == SAL_FLOAT
                                  ? N_ ("input %d holds floats, input %d holds integers")
                                  : N_ ("input %d holds integers, input %d holds floats"),
                              i, j);
  return TRUE;
}

gboolean
sal_check_axes (const SalOpSetup *setup, const gint64 *axes, gint64 n, int rank, gboolean *chosen,
                GError **error)
{
  for (int i = 0; i < rank; i++)
    chosen[i] = FALSE;
  for (gint64 i = 0; i < n; i++) {
    int axis;

    if (!sal_shape_axis (rank, axes[i], &axis, error))
      return FALSE;
    if (chosen[axis])
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "axis %d is named twice", axis);
    chosen[axis] = TRUE;
  }
  return TRUE;
}

gboolean
sal_check_axes_given (const SalOpSetup *setup, const char *attribute, int input,
                      const gint64 **axes, gint64 *n, GError **error)
{
  *axes = NULL;
  *n = 0;
  if (input < 0) {
    gsize count;

    *axes = sal_node_ints (setup->node, attribute, &count);
    *n = count;
    return TRUE;
  }
  if (!sal_op_setup_has (setup, input))
    return TRUE;
  *axes = sal_op_setup_ints (setup, input, n, error);
  return *axes != NULL;
}

gboolean
sal_setup_unary (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "f", 1, error))
    return FALSE;
  setup->y_shape[0] = setup->x_shape[0];
  return TRUE;
}
