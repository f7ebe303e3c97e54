/* Joins the families' tables; the only file that knows all of them. */
#include "engine/ops/families.h"

#include <string.h>

static const SalOp *const families[] = {
  sal_ops_activation,
  sal_ops_arithmetic,
  sal_ops_axis,
  sal_ops_attention,
  sal_ops_axis_norm,
  sal_ops_cast,
  sal_ops_compare,
  sal_ops_col2im,
  sal_ops_conv,
  sal_ops_concat_last,
  sal_ops_conv_last,
  sal_ops_conv_transpose,
  sal_ops_det,
  sal_ops_gather,
  sal_ops_generate,
  sal_ops_deform_conv,
  sal_ops_einsum,
  sal_ops_grid_sample,
  sal_ops_layer_norm,
  sal_ops_layout,
  sal_ops_layout_last,
  sal_ops_linear,
  sal_ops_norm,
  sal_ops_pad,
  sal_ops_pool,
  sal_ops_pool_last,
  sal_ops_quantize,
  sal_ops_reduce,
  sal_ops_recurrent,
  sal_ops_resize,
  sal_ops_scale_last,
  sal_ops_scatter,
  sal_ops_shape,
  sal_ops_slice,
  sal_ops_roi_align,
  sal_ops_rotary,
  sal_ops_softmax,
  sal_ops_unary,
  sal_ops_unique,
  sal_ops_unpool,
  NULL,
};

const SalOp *const *
sal_op_families (void)
{
  return families;
}

const SalOp *
sal_op_find (const char *name, int opset)
{
  const SalOp *best = NULL;

  for (const SalOp *const *family = families; *family != NULL; family++)
    for (const SalOp *op = *family; op->name != NULL; op++)
      if (op->since <= opset && (best == NULL || op->since > best->since) &&
          strcmp (op->name, name) == 0)
        best = op;
  return best;
}
