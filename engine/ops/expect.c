#include "engine/ops/expect.h"

#include "engine/base/error.h"

#include <glib/gi18n.h>

static gboolean
expect_input (const SalOpSetup *setup, int i, char letter, gboolean optional, GError **error)
{
  if (!sal_op_setup_has (setup, i))
    return optional || sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "input %d is missing", i);
  if (letter != 'a' && (letter == 'f') != (setup->x_type[i] == SAL_FLOAT))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              letter == 'f' ? N_ ("input %d holds integers, not floats")
                                            : N_ ("input %d holds floats, not integers"),
                              i);
  return TRUE;
}

gboolean
sal_op_expect_inputs (const SalOpSetup *setup, const char *inputs, int n_y, GError **error)
{
  gboolean optional = FALSE;
  int i = 0;

  for (const char *letter = inputs; *letter != '\0'; letter++) {
    if (*letter == '?') {
      optional = TRUE;
    } else if (*letter == '*') {
      for (; i < setup->n_x; i++)
        if (!expect_input (setup, i, letter[-1], optional, error))
          return FALSE;
    } else if (!expect_input (setup, i++, *letter, optional, error)) {
      return FALSE;
    }
  }
  if (setup->n_x > i)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "has %d inputs, not at most %d",
                              setup->n_x, i);
  if (setup->n_y < 1 || setup->n_y > n_y)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "has %d outputs, not 1 to %d",
                              setup->n_y, n_y);
  return TRUE;
}

gboolean
sal_op_expect (const SalOpSetup *setup, const char *inputs, int n_y, GError **error)
{
  if (!sal_op_expect_inputs (setup, inputs, n_y, error))
    return FALSE;
  if (!sal_op_wants (setup->node, 0))
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "its first output is left out");
  return TRUE;
}

gboolean
sal_op_expect_rank (const SalOpSetup *setup, int i, int low, int high, GError **error)
{
  int rank = setup->x_shape[i].rank;

  if (rank < low || rank > high)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "input %d has %d axes, not from %d to %d", i, rank, low, high);
  return TRUE;
}

gboolean
sal_op_expect_shape (const SalOpSetup *setup, int i, const SalShape *shape, GError **error)
{
  if (sal_op_setup_has (setup, i) && !sal_shape_equal (&setup->x_shape[i], shape)) {
    g_autofree char *got = sal_shape_to_string (&setup->x_shape[i]);
    g_autofree char *want = sal_shape_to_string (shape);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "input %d has shape %s, not %s", i,
                              got, want);
  }
  return TRUE;
}

gboolean
sal_op_expect_axis (const SalOpSetup *setup, int i, gint64 axis, int *result, GError **error)
{
  int rank = setup->x_shape[i].rank;

  if (!sal_shape_axis (rank, axis, result, NULL))
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "axis %" PRId64 " of an input with %d axes", axis, rank);
  return TRUE;
}
