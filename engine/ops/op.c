#include "engine/ops/op.h"

#include "engine/base/error.h"

#include <glib/gi18n.h>

gpointer
sal_op_setup_state (SalOpSetup *setup, gsize size, GDestroyNotify state_free)
{
  g_assert (setup->state == NULL);
  setup->state = g_malloc0 (size);
  setup->state_free = state_free != NULL ? state_free : g_free;
  return setup->state;
}

gboolean
sal_op_setup_fail (const SalOpSetup *setup, GError **error, int code, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list list;

  va_start (list, format);
  why = g_strdup_vprintf (_ (format), list);
  va_end (list);
  g_set_error (error, SAL_ERROR, code, "%s \"%s\": %s", setup->node->op_type, setup->node->name,
               why);
  return FALSE;
}

const gint64 *
sal_op_setup_ints (const SalOpSetup *setup, int i, gint64 *n, GError **error)
{
  if (!sal_op_setup_has (setup, i)) {
    sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "input %d is missing", i);
    return NULL;
  }
  if (setup->x_type[i] != SAL_INT) {
    sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "input %d must be integers", i);
    return NULL;
  }
  if (setup->x_value[i] == NULL) {
    sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                       "input %d must be known before the picture is", i);
    return NULL;
  }
  *n = sal_tensor_count (setup->x_value[i]);
  return sal_tensor_ints (setup->x_value[i]);
}

gboolean
sal_setup_view (SalOpSetup *setup, GError **error)
{
  setup->y_shape[0] = setup->x_shape[0];
  setup->view = TRUE;
  return TRUE;
}
