#include "engine/graph/evaluate.h"

#include "engine/base/error.h"

#include <string.h>

SalNodeSetup *
sal_node_setup_new (const SalNode *node)
{
  SalNodeSetup *self = g_new0 (SalNodeSetup, 1);

  self->x_given = g_new0 (gboolean, MAX (node->n_x, 1));
  self->x_shape = g_new0 (SalShape, MAX (node->n_x, 1));
  self->x_type = g_new0 (SalType, MAX (node->n_x, 1));
  self->x_value = g_new0 (SalTensor *, MAX (node->n_x, 1));
  self->setup = (SalOpSetup){ .node = node,
                              .n_x = node->n_x,
                              .n_y = node->n_y,
                              .x_given = self->x_given,
                              .x_shape = self->x_shape,
                              .x_type = self->x_type,
                              .x_value = self->x_value,
                              .y_shape = self->y_shape,
                              .y_type = self->y_type,
                              .y_value = self->y_value,
                              .passes = -1 };
  return self;
}

void
sal_node_setup_free (SalNodeSetup *self)
{
  for (int i = 0; i < SAL_MAX_OUTPUTS; i++)
    g_clear_pointer (&self->y_value[i], sal_tensor_unref);
  if (self->setup.state != NULL)
    self->setup.state_free (self->setup.state);
  g_free (self->x_given);
  g_free (self->x_shape);
  g_free (self->x_type);
  g_free (self->x_value);
  g_free (self);
}

void
sal_node_setup_input (SalNodeSetup *self, int i, const SalShape *shape, SalType type,
                      SalTensor *value)
{
  self->x_given[i] = TRUE;
  self->x_shape[i] = *shape;
  self->x_type[i] = type;
  self->x_value[i] = value;
}

gboolean
sal_node_setup_run (SalNodeSetup *self, const SalOp *op, GError **error)
{
  SalOpSetup *setup = &self->setup;

  if (setup->n_y > SAL_MAX_OUTPUTS)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "has %d outputs, at most %d",
                              setup->n_y, SAL_MAX_OUTPUTS);
  for (int i = 0; i < setup->n_y; i++)
    self->y_type[i] = setup->n_x > 0 && self->x_given[0] ? self->x_type[0] : SAL_FLOAT;
  setup->keep = op->keep;
  if (!op->setup (setup, error)) {
    /* Helpers of shape.h know no node; the message must name one. */
    if (error != NULL && *error != NULL && strstr ((*error)->message, setup->node->name) == NULL)
      g_prefix_error (error, "%s \"%s\": ", setup->node->op_type, setup->node->name);
    return FALSE;
  }
  for (int i = 0; i < setup->n_y; i++)
    if (!sal_shape_check (&self->y_shape[i], setup->node->name, error))
      return FALSE;
  return TRUE;
}

static gint64
elements_touched (const SalNodeSetup *self)
{
  gint64 n = 0;

  for (int i = 0; i < self->setup.n_x; i++)
    n += self->x_given[i] ? sal_shape_count (&self->x_shape[i]) : 0;
  for (int i = 0; i < self->setup.n_y; i++)
    n += sal_shape_count (&self->y_shape[i]);
  return n;
}

gboolean
sal_node_setup_evaluate (SalNodeSetup *self, const SalOp *op, guint64 max_bytes, gint64 *work,
                         GError **error)
{
  SalOpSetup *setup = &self->setup;
  guint64 bytes = setup->saved_bytes + setup->scratch_bytes;
  g_autofree const float **x = g_new0 (const float *, MAX (setup->n_x, 1));
  g_autofree gint64 *x_step = g_new0 (gint64, MAX (setup->n_x, 1));
  g_autofree float **y = g_new0 (float *, MAX (setup->n_y, 1));
  gpointer saved, scratch;

  for (int i = 0; i < setup->n_y; i++)
    bytes += sal_shape_count (&self->y_shape[i]) * sal_type_size (self->y_type[i]);
  if (bytes > max_bytes)
    return sal_op_setup_fail (setup, error, SAL_ERROR_MEMORY,
                              "needs %" PRIu64 " MiB, the limit is %" PRIu64 " MiB", bytes >> 20,
                              max_bytes >> 20);
  /* Each count is at most 2^60, and what was left is no more than the bound. */
  *work -= MIN (elements_touched (self) / 2 + setup->multiply_adds / 2, SAL_EVALUATE_WORK);
  if (*work < 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "working out the model's constants takes too long");
  if (setup->view) {
    self->y_value[0] = sal_tensor_reshape (self->x_value[0], &self->y_shape[0]);
    return TRUE;
  }
  for (int i = 0; i < setup->n_x; i++) {
    x[i] = self->x_given[i] ? sal_tensor_data (self->x_value[i]) : NULL;
    x_step[i] = self->x_given[i] ? sal_shape_row (&self->x_shape[i]) : 0;
  }
  for (int i = 0; i < setup->n_y; i++) {
    if (self->y_value[i] == NULL)
      self->y_value[i] = sal_tensor_new (self->y_type[i], &self->y_shape[i]);
    y[i] = sal_tensor_edit (self->y_value[i]);
  }
  saved = g_aligned_alloc0 (MAX (setup->saved_bytes, 1), 1, 64);
  scratch = g_aligned_alloc0 (MAX (setup->scratch_bytes, 1), 1, 64);
  op->forward (&(SalOpArgs){ .node = setup->node,
                             .n_x = setup->n_x,
                             .n_y = setup->n_y,
                             .x = x,
                             .y = y,
                             .x_step = x_step,
                             .y_step = setup->n_y > 0 ? sal_shape_row (&self->y_shape[0]) : 0,
                             .x_shape = self->x_shape,
                             .y_shape = self->y_shape,
                             .x_type = self->x_type,
                             .n = setup->n_y > 0 ? sal_shape_count (&self->y_shape[0]) : 0,
                             .state = setup->state,
                             .saved = saved,
                             .scratch = scratch });
  g_aligned_free (saved);
  g_aligned_free (scratch);
  return TRUE;
}
