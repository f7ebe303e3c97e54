/* Unique: the different elements of a tensor, or the different slices along an axis. How many there
 * are is a matter of values, so the input must be known when the plan is made; all is found then,
 * and forward only writes it out. */
#include "engine/base/error.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include <math.h>
#include <string.h>

/**
 * Groups: slices that are equal make a group.
 * @outer, @dim, @inner: the input as [outer, dim, inner], its slices along the middle axis
 * @n: number of groups
 * @first: (array length=n): the first slice of each group
 * @counts: (array length=n): how many slices are in it
 * @inverse: (array length=dim): the group of each slice
 */
typedef struct {
  gint64 outer, dim, inner, n;
  gint64 *first, *counts, *inverse;
} Groups;

typedef struct {
  const Groups *groups;
  const SalTensor *x;
} Comparison;

/* A NaN equals a NaN and comes after all numbers. */
static int
compare_floats (float a, float b)
{
  if (isnan (a) || isnan (b))
    return (isnan (a) != 0) - (isnan (b) != 0);
  return (a > b) - (a < b);
}

static int
compare_slices (gint64 a, gint64 b, const Comparison *c)
{
  const Groups *g = c->groups;

  for (gint64 o = 0; o < g->outer; o++)
    for (gint64 i = 0; i < g->inner; i++) {
      gint64 at_a = (o * g->dim + a) * g->inner + i, at_b = (o * g->dim + b) * g->inner + i;
      int order;

      if (sal_tensor_type (c->x) == SAL_FLOAT) {
        order = compare_floats (sal_tensor_floats (c->x)[at_a], sal_tensor_floats (c->x)[at_b]);
      } else {
        gint64 x = sal_tensor_ints (c->x)[at_a], y = sal_tensor_ints (c->x)[at_b];

        order = (x > y) - (x < y);
      }
      if (order != 0)
        return order;
    }
  return 0;
}

/* Equal slices in the order of their places, so that a group's first comes first. */
static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  gint64 i = *(const gint64 *) a, j = *(const gint64 *) b;
  int order = compare_slices (i, j, data);

  return order != 0 ? order : (i > j) - (i < j);
}

static void
groups_free (gpointer data)
{
  Groups *g = data;

  g_free (g->first);
  g_free (g->counts);
  g_free (g->inverse);
  g_free (g);
}

static void
find_groups (Groups *g, const SalTensor *x, gboolean sorted)
{
  Comparison comparison = { g, x };
  g_autofree gint64 *order = g_new (gint64, g->dim + 1);
  g_autofree gint64 *leader =
      g_new (gint64, g->dim + 1); /* of a slice: the first one equal to it */

  g->first = g_new (gint64, g->dim + 1);
  g->counts = g_new0 (gint64, g->dim + 1);
  g->inverse = g_new0 (gint64, g->dim + 1);
  for (gint64 i = 0; i < g->dim; i++)
    order[i] = i;
  if (g->dim > 0)
    g_qsort_with_data (order, (int) g->dim, sizeof *order, compare_cb, &comparison);
  for (gint64 i = 0; i < g->dim; i++) {
    gboolean same = i > 0 && compare_slices (order[i - 1], order[i], &comparison) == 0;

    leader[order[i]] = same ? leader[order[i - 1]] : order[i];
  }
  /* Groups are numbered in the order of their values, or of their first slices. */
  for (gint64 i = 0; i < g->dim; i++) {
    gint64 slice = sorted ? order[i] : i;

    if (leader[slice] != slice)
      continue;
    g->first[g->n] = slice;
    g->inverse[slice] = g->n++;
  }
  for (gint64 i = 0; i < g->dim; i++) {
    g->inverse[i] = g->inverse[leader[i]];
    g->counts[g->inverse[i]]++;
  }
}

static gboolean
unique_setup (SalOpSetup *setup, GError **error)
{
  gboolean has_axis = sal_node_has (setup->node, "axis");
  const SalShape *x = setup->x_shape;
  int axis = 0;
  Groups *g;

  if (!sal_op_expect_inputs (setup, "a", 4, error))
    return FALSE;
  if (setup->x_value[0] == NULL)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "input 0 must be known before the picture is");
  if (has_axis &&
      !sal_op_expect_axis (setup, 0, sal_node_int (setup->node, "axis", 0), &axis, error))
    return FALSE;
  g = sal_op_setup_state (setup, sizeof (Groups), groups_free);
  g->outer = has_axis ? sal_shape_span (x, 0, axis) : 1;
  g->dim = has_axis ? x->dim[axis] : sal_shape_count (x);
  g->inner = has_axis ? sal_shape_span (x, axis + 1, x->rank) : 1;
  if (g->dim > G_MAXINT)
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "of %" PRId64 " elements, at most %d", g->dim, G_MAXINT);
  find_groups (g, setup->x_value[0], sal_node_int (setup->node, "sorted", 1) != 0);
  setup->y_shape[0] = has_axis ? *x : SAL_SHAPE (g->n);
  setup->y_shape[0].dim[axis] = g->n;
  for (int i = 1; i < setup->n_y; i++) {
    setup->y_shape[i] = i == 2 ? SAL_SHAPE (g->dim) : SAL_SHAPE (g->n);
    setup->y_type[i] = SAL_INT;
  }
  return TRUE;
}

static void
unique_forward (const SalOpArgs *a)
{
  const Groups *g = a->state;
  const gint64 *const lists[] = { g->first, g->inverse, g->counts };
  gsize size = sal_type_size (a->x_type[0]) * g->inner;

  for (gint64 o = 0; a->y[0] != NULL && o < g->outer; o++)
    for (gint64 k = 0; k < g->n; k++)
      memcpy ((char *) a->y[0] + (o * g->n + k) * size,
              (const char *) a->x[0] + (o * g->dim + g->first[k]) * size, size);
  for (int i = 1; i < a->n_y; i++)
    if (a->y[i] != NULL)
      memcpy (a->y[i], lists[i - 1], sal_shape_count (&a->y_shape[i]) * sizeof (gint64));
}

const SalOp sal_ops_unique[] = {
  { "Unique", 11, SAL_KEEP_NOTHING, unique_setup, unique_forward, NULL },
  { NULL },
};
