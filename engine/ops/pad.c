/* Padding: an output element comes from an input element, found axis by axis, or from nowhere. */
#include "engine/base/error.h"
#include "engine/ops/check.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/walk.h"

#include <string.h>

/* More than any axis has: what is far below G_MAXINT64 can be added without care. */
#define MOST (G_GINT64_CONSTANT (1) << 41)

typedef enum { CONSTANT, REFLECT, EDGE, WRAP } Mode;

typedef struct {
  Mode mode;
  gint64 begin[SAL_MAX_RANK]; /* negative: so many elements are cut off */
  gint64 x_stride[SAL_MAX_RANK];
} Pad;

static gboolean
read_mode (const SalOpSetup *setup, Mode *mode, GError **error)
{
  static const char *const names[] = { "constant", "reflect", "edge", "wrap" };
  const char *name = sal_node_string (setup->node, "mode", "constant");

  for (*mode = CONSTANT; *mode <= WRAP; (*mode)++)
    if (g_str_equal (name, names[*mode]))
      return TRUE;
  return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                            "mode is \"%s\", should be constant, reflect, edge or wrap", name);
}

/* Pads are an attribute up to opset 10; from 11 on they are an input, with the axes they are for
 * from 18 on. */
static gboolean
read_pads (const SalOpSetup *setup, gint64 *begin, gint64 *end, GError **error)
{
  int opset = setup->node->opset, rank = setup->x_shape[0].rank;
  const gint64 *pads, *axes = NULL;
  gint64 n, n_axes = rank;
  gboolean taken[SAL_MAX_RANK];

  if (!sal_check_axes_given (setup, "pads", opset < 11 ? -1 : 1, &pads, &n, error))
    return FALSE;
  if (sal_op_setup_has (setup, 3)) {
    axes = sal_op_setup_ints (setup, 3, &n_axes, error);
    if (axes == NULL || !sal_check_axes (setup, axes, n_axes, rank, taken, error))
      return FALSE;
  }
  if (pads == NULL || n != 2 * n_axes)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " pads are given for %" PRId64 " axes, should be two each",
                              n, n_axes);
  for (gint64 i = 0; i < n_axes; i++) {
    gint64 axis = axes == NULL ? i : axes[i] < 0 ? axes[i] + rank : axes[i];

    begin[axis] = pads[i];
    end[axis] = pads[n_axes + i];
  }
  return TRUE;
}

static gboolean
pad_setup (SalOpSetup *setup, GError **error)
{
  int opset = setup->node->opset;
  gint64 begin[SAL_MAX_RANK] = { 0 }, end[SAL_MAX_RANK] = { 0 };
  const SalShape *x = setup->x_shape;
  SalShape *y = setup->y_shape;
  gboolean from_empty = FALSE;
  Mode mode;
  Pad *pad;

  if (!sal_op_expect (setup,
                      opset < 11   ? "a"
                      : opset < 18 ? "ai?a"
                                   : "ai?ai",
                      1, error) ||
      !read_mode (setup, &mode, error) || !read_pads (setup, begin, end, error))
    return FALSE;
  if (sal_op_setup_has (setup, 2)) {
    if (!sal_check_same_type (setup, 0, 2, error))
      return FALSE;
    if (sal_shape_count (&setup->x_shape[2]) != 1)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "constant_value has %" PRId64 " elements, should have 1",
                                sal_shape_count (&setup->x_shape[2]));
  }
  *y = *x;
  for (int i = 0; i < x->rank; i++) {
    gboolean sane =
        CLAMP (begin[i], -MOST, MOST) == begin[i] && CLAMP (end[i], -MOST, MOST) == end[i];

    if (sane)
      y->dim[i] += begin[i] + end[i];
    if (!sane || y->dim[i] < 0)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "axis %d of length %" PRId64 " cannot be padded by %" PRId64
                                " and %" PRId64,
                                i, x->dim[i], begin[i], end[i]);
    from_empty = from_empty || (x->dim[i] == 0 && y->dim[i] > 0);
  }
  if (!sal_shape_check (y, "output", error))
    return FALSE;
  if (mode != CONSTANT && from_empty)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "an empty axis has nothing to be padded with");
  pad = sal_op_setup_state (setup, sizeof (Pad), NULL);
  pad->mode = mode;
  memcpy (pad->begin, begin, sizeof begin);
  sal_walk_strides (x, pad->x_stride);
  return TRUE;
}

/* Where element @k of a padded axis comes from, counted from its first unpadded one; -1: nowhere.
 * A reflection leaves out the edge and goes to and fro where the padding is longer than the axis.
 */
static inline gint64
source (Mode mode, gint64 k, gint64 dim)
{
  gint64 period = mode == REFLECT ? 2 * (dim - 1) : dim;

  if (k >= 0 && k < dim)
    return k;
  if (mode == CONSTANT)
    return -1;
  if (mode == EDGE)
    return k < 0 ? 0 : dim - 1;
  if (period == 0)
    return 0;
  k = (k % period + period) % period;
  return k < dim ? k : period - k;
}

typedef struct {
  gint64 index[SAL_MAX_RANK];
  gint64 n_rows;
  gint64 width, x_width;
  int last;
} Rows;

static void
rows_init (Rows *rows, const SalOpArgs *a)
{
  const SalShape *y = a->y_shape;

  *rows = (Rows){ .last = y->rank - 1, .n_rows = 1, .width = 1, .x_width = 1 };
  if (y->rank > 0) {
    rows->n_rows = sal_shape_span (y, 0, rows->last);
    rows->width = y->dim[rows->last];
    rows->x_width = a->x_shape[0].dim[rows->last];
  }
}

/* Element of x that the row starts from, -1 if it comes from nowhere; goes on to the next row. */
static gint64
rows_next (Rows *rows, const SalOpArgs *a)
{
  const Pad *pad = a->state;
  gint64 offset = 0;

  for (int i = 0; i < rows->last && offset >= 0; i++) {
    gint64 from = source (pad->mode, rows->index[i] - pad->begin[i], a->x_shape[0].dim[i]);

    offset = from < 0 ? -1 : offset + from * pad->x_stride[i];
  }
  for (int i = rows->last - 1; i >= 0; i--) {
    if (++rows->index[i] < a->y_shape[0].dim[i])
      break;
    rows->index[i] = 0;
  }
  return offset;
}

#define PAD(name, ctype)                                                                           \
  static void name (const SalOpArgs *args, ctype fill)                                             \
  {                                                                                                \
    const Pad *pad = args->state;                                                                  \
    const ctype *x = (gconstpointer) args->x[0];                                                   \
    ctype *y = (gpointer) args->y[0];                                                              \
    Rows rows;                                                                                     \
    gint64 begin, from, to;                                                                        \
                                                                                                   \
    rows_init (&rows, args);                                                                       \
    begin = rows.last < 0 ? 0 : pad->begin[rows.last];                                             \
    from = CLAMP (begin, 0, rows.width);                                                           \
    to = CLAMP (begin + rows.x_width, from, rows.width);                                           \
    for (gint64 row = 0; row < rows.n_rows; row++, y += rows.width) {                              \
      gint64 offset = rows_next (&rows, args);                                                     \
                                                                                                   \
      for (gint64 i = 0; i < rows.width; i++) {                                                    \
        gint64 k;                                                                                  \
                                                                                                   \
        if (offset >= 0 && i == from && to > from) {                                               \
          memcpy (y + from, x + offset + from - begin, (to - from) * sizeof *y);                   \
          i = to - 1;                                                                              \
          continue;                                                                                \
        }                                                                                          \
        k = offset < 0 ? -1 : source (pad->mode, i - begin, rows.x_width);                         \
        y[i] = k < 0 ? fill : x[offset + k];                                                       \
      }                                                                                            \
    }                                                                                              \
  }

PAD (pad_floats, float)
PAD (pad_ints, gint64)

static void
pad_forward (const SalOpArgs *a)
{
  gboolean given = a->n_x > 2 && a->x[2] != NULL;

  if (a->x_type[0] == SAL_INT)
    pad_ints (a, given ? *sal_x_ints (a, 2) : 0);
  else if (a->node->opset < 11)
    pad_floats (a, sal_node_float (a->node, "value", 0.f));
  else
    pad_floats (a, given ? a->x[2][0] : 0.f);
}

static void
pad_backward (const SalOpArgs *a)
{
  const Pad *pad = a->state;
  const float *gy = a->gy[0];
  float *gx = a->gx[0];
  double g_fill = 0;
  Rows rows;
  gint64 begin;

  rows_init (&rows, a);
  begin = rows.last < 0 ? 0 : pad->begin[rows.last];
  for (gint64 row = 0; row < rows.n_rows; row++, gy += rows.width) {
    gint64 offset = rows_next (&rows, a);

    for (gint64 i = 0; i < rows.width; i++) {
      gint64 k = offset < 0 ? -1 : source (pad->mode, i - begin, rows.x_width);

      if (k < 0)
        g_fill += gy[i];
      else if (gx != NULL)
        gx[offset + k] += gy[i];
    }
  }
  if (a->n_x > 2 && a->gx[2] != NULL)
    a->gx[2][0] += (float) g_fill;
}

const SalOp sal_ops_pad[] = {
  { "Pad", 2, SAL_KEEP_NOTHING, pad_setup, pad_forward, pad_backward },
  { NULL },
};
