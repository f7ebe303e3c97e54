/* Conv, ConvTranspose and pooling against their definitions, written as plain loops in float64, for
 * many geometries drawn at random and for some large enough that Conv works in strips. */
#include "engine/base/error.h"
#include "engine/graph/run.h"

#include <math.h>
#include <string.h>

#define AXES 3

typedef struct {
  const char *op;
  gint64 N, C, K, groups; /* of all channels; C and K are multiples of groups */
  int rank;
  gint64 in[AXES], kernel[AXES], stride[AXES], dilation[AXES], before[AXES], after[AXES];
  gint64 extra[AXES]; /* ConvTranspose's output_padding */
  gboolean include_pad;
} Geometry;

/* Shapes as the operator must find them: spatial lengths of x and of y. */
typedef struct {
  SalShape x, w, y;
} Shapes;

static gboolean
is_transpose (const Geometry *g)
{
  return g_str_equal (g->op, "ConvTranspose");
}

static gboolean
is_conv (const Geometry *g)
{
  return g_str_has_prefix (g->op, "Conv");
}

static gboolean
make_shapes (const Geometry *g, Shapes *s)
{
  *s = (Shapes){ .x = SAL_SHAPE (g->N, g->C) };
  s->w = is_transpose (g) ? SAL_SHAPE (g->C, g->K / g->groups) : SAL_SHAPE (g->K, g->C / g->groups);
  s->y = SAL_SHAPE (g->N, g->K);
  for (int i = 0; i < g->rank; i++) {
    gint64 reach = (g->kernel[i] - 1) * g->dilation[i] + 1, pads = g->before[i] + g->after[i];
    gint64 span = g->in[i] + pads - reach, length;

    if (is_transpose (g))
      length = (g->in[i] - 1) * g->stride[i] + reach + g->extra[i] - pads;
    else
      length = span < 0 ? 0 : span / g->stride[i] + 1;
    if (length < 1)
      return FALSE;
    s->x.dim[s->x.rank++] = g->in[i];
    s->w.dim[s->w.rank++] = g->kernel[i];
    s->y.dim[s->y.rank++] = length;
  }
  return TRUE;
}

/* The input position that tap @k of place @o reads, for each axis; FALSE outside the picture. */
static gboolean
position (const Geometry *g, const SalShape *picture, const gint64 *o, const gint64 *k, gint64 *at)
{
  gboolean inside = TRUE;

  for (int i = 0; i < g->rank; i++) {
    at[i] = o[i] * g->stride[i] - g->before[i] + k[i] * g->dilation[i];
    inside = inside && at[i] >= 0 && at[i] < picture->dim[2 + i];
  }
  return inside;
}

static void
unravel (gint64 i, const gint64 *length, int rank, gint64 *index)
{
  for (int axis = rank - 1; axis >= 0; axis--) {
    index[axis] = i % length[axis];
    i /= length[axis];
  }
}

static gint64
ravel (const gint64 *index, const gint64 *length, int rank)
{
  gint64 i = 0;

  for (int axis = 0; axis < rank; axis++)
    i = i * length[axis] + index[axis];
  return i;
}

/* What the definition gives: y from x, w, b, and the gradients from gy. */
typedef struct {
  const float *x, *w, *b, *gy;
  double *y, *gx, *gw, *gb;
} Arrays;

/* Every triple (element of the picture side, weight, element of the place side) that Conv
 * multiplies. ConvTranspose multiplies the same with picture and places exchanged. */
static void
define_conv (const Geometry *g, const Shapes *s, const Arrays *a)
{
  gboolean transpose = is_transpose (g);
  const SalShape *picture = transpose ? &s->y : &s->x, *places = transpose ? &s->x : &s->y;
  gint64 n_picture = sal_shape_span (picture, 2, picture->rank);
  gint64 n_places = sal_shape_span (places, 2, places->rank);
  gint64 taps = sal_shape_span (&s->w, 2, s->w.rank);
  gint64 inner = picture->dim[1] / g->groups, outer = places->dim[1] / g->groups;

  for (gint64 n = 0; n < g->N; n++)
    for (gint64 ko = 0; ko < places->dim[1]; ko++)
      for (gint64 ci = 0; ci < inner; ci++)
        for (gint64 p = 0; p < n_places; p++)
          for (gint64 t = 0; t < taps; t++) {
            gint64 c = ko / outer * inner + ci, o[AXES], k[AXES], at[AXES];
            gint64 place = (n * places->dim[1] + ko) * n_places + p, pixel;
            gint64 weight = (ko * inner + ci) * taps + t;

            unravel (p, places->dim + 2, g->rank, o);
            unravel (t, g->kernel, g->rank, k);
            if (!position (g, picture, o, k, at))
              continue;
            pixel = (n * picture->dim[1] + c) * n_picture + ravel (at, picture->dim + 2, g->rank);

            gint64 from = transpose ? place : pixel, to = transpose ? pixel : place;
            a->y[to] += (double) a->x[from] * a->w[weight];
            a->gx[from] += (double) a->gy[to] * a->w[weight];
            a->gw[weight] += (double) a->gy[to] * a->x[from];
          }
  for (gint64 i = 0; i < sal_shape_count (&s->y); i++) {
    gint64 k = i / sal_shape_span (&s->y, 2, s->y.rank) % g->K;

    a->y[i] += a->b[k];
    a->gb[k] += a->gy[i];
  }
}

static void
define_pool (const Geometry *g, const Shapes *s, const Arrays *a)
{
  gint64 n_in = sal_shape_span (&s->x, 2, s->x.rank), n_out = sal_shape_span (&s->y, 2, s->y.rank);
  gint64 taps = 1;

  for (int i = 0; i < g->rank; i++)
    taps *= g->kernel[i];
  for (gint64 i = 0; i < sal_shape_count (&s->y); i++) {
    gint64 o[AXES], k[AXES], at[AXES], best = -1, count = 0;
    double sum = 0;

    unravel (i % n_out, s->y.dim + 2, g->rank, o);
    for (int pass = 0; pass < 2; pass++)
      for (gint64 t = 0; t < taps; t++) {
        gboolean inside;
        gint64 pixel;

        unravel (t, g->kernel, g->rank, k);
        inside = position (g, &s->x, o, k, at);
        pixel = i / n_out * n_in + ravel (at, s->x.dim + 2, g->rank);
        if (pass == 0) {
          count += inside || g->include_pad;
          sum += inside ? a->x[pixel] : 0;
          if (inside && (best < 0 || a->x[pixel] > a->x[best]))
            best = pixel;
        } else if (g_str_equal (g->op, "AveragePool") && inside)
          a->gx[pixel] += (double) a->gy[i] / count;
      }
    if (g_str_equal (g->op, "AveragePool"))
      a->y[i] = count > 0 ? sum / count : 0;
    else {
      a->y[i] = best >= 0 ? a->x[best] : -INFINITY;
      if (best >= 0)
        a->gx[best] += a->gy[i];
    }
  }
}

static void
fill (GRand *rand, float *x, gint64 n)
{
  /* Multiples of 1/256: a maximum then never hangs on a rounding. */
  for (gint64 i = 0; i < n; i++)
    x[i] = g_rand_int_range (rand, -512, 512) / 256.f;
}

static void
compare (const char *what, const float *got, const double *want, gint64 n)
{
  double scale = 0;

  for (gint64 i = 0; i < n; i++)
    scale = isfinite (want[i]) ? MAX (scale, fabs (want[i])) : scale;
  for (gint64 i = 0; i < n; i++)
    if (!(got[i] == want[i] || fabs (got[i] - want[i]) <= 2e-6 * scale)) {
      g_test_fail_printf ("%s [%" G_GINT64_FORMAT "] is %.8g, not %.8g", what, i, got[i], want[i]);
      return;
    }
}

static char *
describe (const Geometry *g)
{
  GString *text = g_string_new (g->op);

  g_string_append_printf (text, " N %d C %d K %d groups %d", (int) g->N, (int) g->C, (int) g->K,
                          (int) g->groups);
  for (int i = 0; i < g->rank; i++)
    g_string_append_printf (text, " [in %d kernel %d stride %d dilation %d pads %d %d]",
                            (int) g->in[i], (int) g->kernel[i], (int) g->stride[i],
                            (int) g->dilation[i], (int) g->before[i], (int) g->after[i]);
  return g_string_free (text, FALSE);
}

static SalNode *
make_node (const Geometry *g, const int *x, int n_x, int y)
{
  SalNode *node = sal_node_new (g->op, "node", 19, x, n_x, &y, 1);
  gint64 pads[2 * AXES];

  for (int i = 0; i < g->rank; i++) {
    pads[i] = g->before[i];
    pads[g->rank + i] = g->after[i];
  }
  sal_node_set_ints (node, "kernel_shape", g->kernel, g->rank);
  sal_node_set_ints (node, "strides", g->stride, g->rank);
  sal_node_set_ints (node, "dilations", g->dilation, g->rank);
  sal_node_set_ints (node, "pads", pads, 2 * g->rank);
  sal_node_set_int (node, "count_include_pad", g->include_pad);
  if (is_transpose (g))
    sal_node_set_ints (node, "output_padding", g->extra, g->rank);
  if (is_conv (g))
    sal_node_set_int (node, "group", g->groups);
  return node;
}

static void
check (const Geometry *g, GRand *rand)
{
  static const char *const names[] = { "x", "w", "b" };
  g_autofree char *text = describe (g);
  g_autoptr (SalGraph) graph = sal_graph_new ();
  g_autoptr (GError) error = NULL;
  int n = is_conv (g) ? 3 : 1, value[3], y = sal_graph_value (graph, "y");
  SalFeed feeds[3];
  Shapes s;

  if (!make_shapes (g, &s))
    return;
  g_test_message ("%s", text);

  const SalShape shapes[3] = { s.x, s.w, SAL_SHAPE (g->K) };
  float *data[3];
  double *gradient[3];
  for (int i = 0; i < 3; i++) {
    gint64 count = sal_shape_count (&shapes[i]);

    data[i] = g_new (float, count);
    gradient[i] = g_new0 (double, count);
    fill (rand, data[i], count);
  }
  for (int i = 0; i < n; i++) {
    value[i] = sal_graph_value (graph, names[i]);
    sal_graph_declare (graph, value[i], SAL_FLOAT, &shapes[i]);
    sal_graph_add_input (graph, value[i]);
    feeds[i] = (SalFeed){ value[i], shapes[i] };
  }
  sal_graph_add_node (graph, make_node (g, value, n, y));
  sal_graph_add_output (graph, y);
  sal_graph_seal (graph, &error);
  g_assert_no_error (error);
  g_autoptr (SalPlan) plan = sal_plan_new (graph,
                                           &(SalPlanOptions){ .feeds = feeds,
                                                              .n_feeds = n,
                                                              .outputs = &y,
                                                              .n_outputs = 1,
                                                              .gradients = value,
                                                              .n_gradients = n },
                                           &error);
  g_assert_no_error (error);
  g_assert_true (sal_shape_equal (sal_plan_shape (plan, y), &s.y));

  g_autoptr (SalRun) run = sal_run_new (plan);
  gint64 count = sal_shape_count (&s.y);
  g_autofree float *gy = g_new (float, count);
  g_autofree double *expected = g_new0 (double, count);
  for (int i = 0; i < n; i++)
    memcpy (sal_run_feed (run, value[i]), data[i], sal_shape_count (&shapes[i]) * sizeof (float));
  fill (rand, gy, count);
  g_assert_true (sal_run_forward (run, NULL, &error));
  Arrays arrays = {
    data[0], data[1], data[2], gy, expected, gradient[0], gradient[1], gradient[2]
  };
  if (n == 3)
    define_conv (g, &s, &arrays);
  else
    define_pool (g, &s, &arrays);
  compare ("y", sal_run_value (run, y), expected, count);
  memcpy (sal_run_seed (run, y), gy, count * sizeof (float));
  g_assert_true (sal_run_backward (run, NULL, &error));
  for (int i = 0; i < n; i++)
    compare (names[i], sal_run_gradient (run, value[i]), gradient[i], sal_shape_count (&shapes[i]));
  for (int i = 0; i < 3; i++) {
    g_free (data[i]);
    g_free (gradient[i]);
  }
}

static Geometry
random_geometry (const char *op, GRand *rand)
{
  Geometry g = { .op = op,
                 .N = g_rand_int_range (rand, 1, 3),
                 .groups = g_rand_int_range (rand, 1, 4),
                 .rank = g_rand_int_range (rand, 1, AXES + 1),
                 .include_pad = g_rand_boolean (rand) };

  g.C = g.groups * g_rand_int_range (rand, 1, 4);
  g.K = is_conv (&g) ? g.groups * g_rand_int_range (rand, 1, 4) : g.C;
  for (int i = 0; i < g.rank; i++) {
    g.in[i] = g_rand_int_range (rand, 1, g.rank == 1 ? 20 : 9);
    g.kernel[i] = g_rand_int_range (rand, 1, 5);
    g.stride[i] = g_rand_int_range (rand, 1, 4);
    g.dilation[i] = g_rand_int_range (rand, 1, 3);
    g.before[i] = g_rand_int_range (rand, 0, 4);
    g.after[i] = g_rand_int_range (rand, 0, 4);
    g.extra[i] = is_transpose (&g) ? g_rand_int_range (rand, 0, g.stride[i]) : 0;
  }
  return g;
}

static void
random_cb (gconstpointer op)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (g_str_hash (op));

  for (int i = 0; i < 120; i++) {
    Geometry g = random_geometry (op, rand);

    check (&g, rand);
  }
}

/* More places than a strip has: 1026 numbers a column allow for 256 places at once. */
static void
strips_cb (gconstpointer op)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  const Geometry flat = { op,       1,        114,      3,        1,        2,       { 19, 23 },
                          { 3, 3 }, { 1, 1 }, { 1, 1 }, { 1, 0 }, { 1, 1 }, { 0, 0 } };
  const Geometry deep = { op,          1,           40,           2,
                          1,           3,           { 5, 9, 14 }, { 3, 3, 3 },
                          { 1, 2, 1 }, { 1, 1, 2 }, { 1, 1, 2 },  { 1, 1, 2 } };
  const Geometry line = { op, 1, 600, 2, 1, 1, { 700 }, { 3 }, { 2 }, { 1 }, { 1 }, { 1 }, { 0 } };

  check (&flat, rand);
  check (&deep, rand);
  check (&line, rand);
}

int
main (int argc, char **argv)
{
  static const char *const ops[] = { "Conv", "ConvTranspose", "MaxPool", "AveragePool" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (ops); i++) {
    g_autofree char *random = g_strconcat ("/engine/windows/", ops[i], "/random", NULL);
    g_autofree char *strips = g_strconcat ("/engine/windows/", ops[i], "/strips", NULL);

    g_test_add_data_func (random, ops[i], random_cb);
    if (i < 2)
      g_test_add_data_func (strips, ops[i], strips_cb);
  }
  return g_test_run ();
}
