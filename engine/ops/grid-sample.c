/* GridSample and AffineGrid: pictures read at places that a grid names. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

#define MAX_AXES 3
#define MAX_TAPS 4

typedef enum { NEAREST, LINEAR, CUBIC } Mode;
typedef enum { ZEROS, BORDER, REFLECTION } Padding;

typedef struct {
  Mode mode;
  Padding padding;
  gboolean align_corners;
  int rank; /* spatial axes */
  gint64 N, C;
  gint64 in[MAX_AXES];  /* their lengths, outermost first */
  gint64 plane, places; /* elements of a plane of x, of y */
} GridSample;

/* Along one axis: the elements that a place reads, their weights, and the weights' derivatives with
 * respect to the grid's number. An element in zero padding has index -1. */
typedef struct {
  int n;
  gint64 index[MAX_TAPS];
  double weight[MAX_TAPS], slope[MAX_TAPS];
} Taps;

static int
find_word (const SalOpSetup *setup, const char *attribute, const char *otherwise,
           const char *const *words)
{
  const char *word = sal_node_string (setup->node, attribute, otherwise);

  for (int i = 0; words[i] != NULL; i++)
    if (g_str_equal (words[i], word))
      return i;
  return -1;
}

static gboolean
grid_sample_setup (SalOpSetup *setup, GError **error)
{
  static const char *const modes[] = { "nearest", "bilinear", "linear", "bicubic", "cubic", NULL };
  static const Mode meaning[] = { NEAREST, LINEAR, LINEAR, CUBIC, CUBIC };
  static const char *const paddings[] = { "zeros", "border", "reflection", NULL };
  const SalShape *x = &setup->x_shape[0], *grid = &setup->x_shape[1];
  int mode = find_word (setup, "mode", setup->node->opset < 20 ? "bilinear" : "linear", modes);
  int padding = find_word (setup, "padding_mode", "zeros", paddings);

  if (!sal_op_expect (setup, "ff", 1, error) ||
      !sal_op_expect_rank (setup, 0, 3, 2 + MAX_AXES, error) ||
      !sal_op_expect_rank (setup, 1, x->rank, x->rank, error))
    return FALSE;
  if (mode < 0 || padding < 0)
    return sal_op_setup_fail (
        setup, error, SAL_ERROR_UNSUPPORTED, "%s is \"%s\"", mode < 0 ? "mode" : "padding_mode",
        sal_node_string (setup->node, mode < 0 ? "mode" : "padding_mode", ""));
  if (grid->dim[0] != x->dim[0] || grid->dim[grid->rank - 1] != x->rank - 2) {
    g_autofree char *text = sal_shape_to_string (grid);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "grid of shape %s for %" PRId64 " pictures of %d axes", text,
                              x->dim[0], x->rank - 2);
  }

  GridSample *g = sal_op_setup_state (setup, sizeof *g, NULL);
  *g = (GridSample){ .mode = meaning[mode],
                     .padding = padding,
                     .align_corners = sal_node_int (setup->node, "align_corners", 0) != 0,
                     .rank = x->rank - 2,
                     .N = x->dim[0],
                     .C = x->dim[1],
                     .plane = sal_shape_span (x, 2, x->rank),
                     .places = sal_shape_span (grid, 1, grid->rank - 1) };
  setup->y_shape[0] = *x;
  for (int i = 0; i < g->rank; i++) {
    g->in[i] = x->dim[2 + i];
    setup->y_shape[0].dim[2 + i] = grid->dim[1 + i];
    if (g->in[i] < 1 || g->in[i] > G_MAXINT32)
      return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                                "pictures have length %" PRId64 " along axis %d", g->in[i], 2 + i);
  }
  /* The pictures are read only for the grid's gradient. */
  if (setup->x_value[1] != NULL)
    setup->keep &= ~SAL_KEEP_X (0);
  return TRUE;
}

/* Folds @x at both ends into [low, high]; @slope changes its sign at each fold. */
static double
reflect (double x, double low, double high, double *slope)
{
  double range = high - low, rest;

  if (x >= low && x <= high)
    return x;
  if (range <= 0) {
    *slope = 0;
    return low;
  }
  rest = fmod (x < low ? low - x : x - high, 2 * range);
  if (x < low) {
    *slope *= rest < range ? -1 : 1;
    return rest < range ? low + rest : high - (rest - range);
  }
  *slope *= rest < range ? -1 : 1;
  return rest < range ? high - rest : low + (rest - range);
}

/* Keys's cubic with a = -3/4, at distance @d from the element, and its derivative. */
static void
cubic (double d, double *weight, double *slope)
{
  const double a = -0.75;
  double s = d < 0 ? -1 : 1;

  d = fabs (d);
  if (d <= 1) {
    *weight = ((a + 2) * d - (a + 3)) * d * d + 1;
    *slope = s * (3 * (a + 2) * d - 2 * (a + 3)) * d;
  } else {
    *weight = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
    *slope = s * ((3 * a * d - 10 * a) * d + 8 * a);
  }
}

static Taps
taps_at (const GridSample *g, int axis, float number)
{
  double length = g->in[axis], low = g->align_corners ? 0 : -0.5, unused = 1;
  double high = g->align_corners ? length - 1 : length - 0.5;
  double slope = (g->align_corners ? length - 1 : length) / 2;
  double x = g->align_corners ? ((double) number + 1) / 2 * (length - 1)
                              : (((double) number + 1) * length - 1) / 2;
  gint64 first;
  Taps t = { .n = g->mode == NEAREST ? 1 : g->mode == LINEAR ? 2 : 4 };

  if (!isfinite (x)) {
    t.n = 0;
    return t;
  }
  if (g->mode == NEAREST)
    x = rint (x);
  if (g->padding == REFLECTION)
    x = reflect (x, low, high, &slope);
  else if (g->padding == BORDER && (x < low || x > high)) {
    x = CLAMP (x, 0, length - 1);
    slope = 0;
  }
  /* Far outside, all is padding; the bound keeps the conversion to an integer defined. */
  x = CLAMP (x, -16, length + 16);
  first = (gint64) floor (x) - (g->mode == CUBIC);
  for (int i = 0; i < t.n; i++) {
    gint64 index = first + i;
    double d = x - index;

    if (g->mode == CUBIC)
      cubic (d, &t.weight[i], &t.slope[i]);
    else {
      t.weight[i] = g->mode == NEAREST ? 1 : 1 - fabs (d);
      t.slope[i] = g->mode == NEAREST ? 0 : i == 0 ? -1 : 1;
    }
    t.slope[i] *= slope;
    if (index < 0 || index >= g->in[axis]) {
      if (g->padding == BORDER)
        index = CLAMP (index, 0, g->in[axis] - 1);
      else if (g->padding == REFLECTION)
        index = CLAMP ((gint64) reflect (index, low, high, &unused), 0, g->in[axis] - 1);
      else
        index = -1;
    }
    t.index[i] = index;
  }
  return t;
}

/* The taps of a place on all axes; axes that are not there have one tap at 0. The grid counts axes
 * from the innermost. */
static void
place_taps (const GridSample *g, const float *numbers, Taps taps[MAX_AXES])
{
  for (int i = 0; i < MAX_AXES; i++) {
    int axis = i - (MAX_AXES - g->rank);

    taps[i] = axis < 0 ? (Taps){ .n = 1, .weight = { 1 } }
                       : taps_at (g, axis, numbers[g->rank - 1 - axis]);
  }
}

/* One combination of taps: the element read and the product of the weights, with the slope in place
 * of the weight on axis @differentiated (-1 for none). Returns: FALSE in zero padding */
static gboolean
combine (const GridSample *g, const Taps taps[MAX_AXES], const int i[MAX_AXES], int differentiated,
         gint64 *element, double *weight)
{
  *element = 0;
  *weight = 1;
  for (int k = 0; k < MAX_AXES; k++) {
    int axis = k - (MAX_AXES - g->rank);

    if (taps[k].index[i[k]] < 0)
      return FALSE;
    *element = *element * (axis >= 0 ? g->in[axis] : 1) + taps[k].index[i[k]];
    *weight *= k == differentiated ? taps[k].slope[i[k]] : taps[k].weight[i[k]];
  }
  return TRUE;
}

#define FOR_EACH_COMBINATION(t, i)                                                                 \
  for (int i[MAX_AXES] = { 0 }; i[0] < (t)[0].n; i[0]++)                                           \
    for (i[1] = 0; i[1] < (t)[1].n; i[1]++)                                                        \
      for (i[2] = 0; i[2] < (t)[2].n; i[2]++)

static void
grid_sample_forward (const SalOpArgs *a)
{
  const GridSample *g = a->state;

  memset (a->y[0], 0, a->n * sizeof (float));
  for (gint64 n = 0; n < g->N; n++)
    for (gint64 p = 0; p < g->places; p++) {
      const float *x = a->x[0] + n * g->C * g->plane;
      float *y = a->y[0] + n * g->C * g->places + p;
      Taps taps[MAX_AXES];

      place_taps (g, a->x[1] + (n * g->places + p) * g->rank, taps);
      FOR_EACH_COMBINATION (taps, i)
      {
        gint64 element;
        double weight;

        if (combine (g, taps, i, -1, &element, &weight))
          for (gint64 c = 0; c < g->C; c++)
            y[c * g->places] += weight * x[c * g->plane + element];
      }
    }
}

/* gx += weight · gy;  ggrid += Σ gy · x · slope of the weight along the axis */
static void
grid_sample_backward (const SalOpArgs *a)
{
  const GridSample *g = a->state;

  for (gint64 n = 0; n < g->N; n++)
    for (gint64 p = 0; p < g->places; p++) {
      gint64 picture = n * g->C * g->plane, at = (n * g->places + p) * g->rank;
      const float *gy = a->gy[0] + n * g->C * g->places + p;
      Taps taps[MAX_AXES];

      place_taps (g, a->x[1] + at, taps);
      FOR_EACH_COMBINATION (taps, i)
      {
        gint64 element;
        double weight, sum = 0;

        if (!combine (g, taps, i, -1, &element, &weight))
          continue;
        for (gint64 c = 0; c < g->C && a->gx[0] != NULL; c++)
          a->gx[0][picture + c * g->plane + element] += weight * gy[c * g->places];
        if (a->gx[1] == NULL)
          continue;
        for (gint64 c = 0; c < g->C; c++)
          sum += (double) gy[c * g->places] * a->x[0][picture + c * g->plane + element];
        for (int axis = 0; axis < g->rank; axis++) {
          combine (g, taps, i, axis + MAX_AXES - g->rank, &element, &weight);
          a->gx[1][at + g->rank - 1 - axis] += weight * sum;
        }
      }
    }
}

/* AffineGrid: y = θ · (x, y, [z,] 1) at the middles of the output's elements, or from corner to
 * corner; linear in θ. */
typedef struct {
  gint64 N;
  int rank;
  gint64 out[MAX_AXES]; /* outermost first, 1 where there is no such axis */
  gboolean align_corners;
} AffineGrid;

static gboolean
affine_grid_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *theta = &setup->x_shape[0];
  AffineGrid *g = sal_op_setup_state (setup, sizeof *g, NULL);
  const gint64 *size;
  gint64 n;

  if (!sal_op_expect (setup, "fi", 1, error) || !sal_op_expect_rank (setup, 0, 3, 3, error))
    return FALSE;
  size = sal_op_setup_ints (setup, 1, &n, error);
  if (size == NULL)
    return FALSE;
  if ((n != 4 && n != 5) || size[0] != theta->dim[0] || theta->dim[1] != n - 2 ||
      theta->dim[2] != n - 1) {
    g_autofree char *text = sal_shape_to_string (theta);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "theta of shape %s for a size of %" PRId64 " numbers", text, n);
  }
  g->N = size[0];
  g->rank = (int) n - 2;
  g->align_corners = sal_node_int (setup->node, "align_corners", 0) != 0;
  setup->y_shape[0] = (SalShape){ .rank = g->rank + 2, .dim = { g->N } };
  for (int i = 0; i < MAX_AXES; i++)
    g->out[i] = 1;
  for (int i = 0; i < g->rank; i++) {
    g->out[MAX_AXES - g->rank + i] = size[2 + i];
    setup->y_shape[0].dim[1 + i] = size[2 + i];
  }
  setup->y_shape[0].dim[1 + g->rank] = g->rank;
  return TRUE;
}

/* The vector (x, y, [z,] 1) of a place. */
static void
base_vector (const AffineGrid *g, gint64 place, double *v)
{
  for (int i = 0; i < g->rank; i++) {
    gint64 length = g->out[MAX_AXES - 1 - i], j = place % length;

    place /= length;
    if (g->align_corners)
      v[i] = length > 1 ? -1 + 2. * j / (length - 1) : 0;
    else
      v[i] = (2. * j + 1) / length - 1;
  }
  v[g->rank] = 1;
}

static void
affine_grid_forward (const SalOpArgs *a)
{
  const AffineGrid *g = a->state;
  gint64 places = g->out[0] * g->out[1] * g->out[2];

  for (gint64 i = 0; i < a->n / g->rank; i++) {
    const float *theta = a->x[0] + i / places * g->rank * (g->rank + 1);
    double v[MAX_AXES + 1];

    base_vector (g, i % places, v);
    for (int r = 0; r < g->rank; r++) {
      double sum = 0;

      for (int k = 0; k <= g->rank; k++)
        sum += theta[r * (g->rank + 1) + k] * v[k];
      a->y[0][i * g->rank + r] = sum;
    }
  }
}

static void
affine_grid_backward (const SalOpArgs *a)
{
  const AffineGrid *g = a->state;
  gint64 places = g->out[0] * g->out[1] * g->out[2];

  for (gint64 i = 0; i < a->n / g->rank; i++) {
    float *gtheta = a->gx[0] + i / places * g->rank * (g->rank + 1);
    double v[MAX_AXES + 1];

    base_vector (g, i % places, v);
    for (int r = 0; r < g->rank; r++)
      for (int k = 0; k <= g->rank; k++)
        gtheta[r * (g->rank + 1) + k] += a->gy[0][i * g->rank + r] * v[k];
  }
}

const SalOp sal_ops_grid_sample[] = {
  { "GridSample", 16, SAL_KEEP_X (0) | SAL_KEEP_X (1), grid_sample_setup, grid_sample_forward,
    grid_sample_backward },
  { "AffineGrid", 20, SAL_KEEP_NOTHING, affine_grid_setup, affine_grid_forward,
    affine_grid_backward },
  { NULL },
};
