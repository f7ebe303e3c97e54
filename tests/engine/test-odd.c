/* Networks of shapes that nobody would choose: groups, strides larger than windows, padding on one
 * side alone, pictures of one pixel, two outputs, values that are read again and again.
 *
 * All numbers are few and whole, or halves and quarters, so that float32 adds them up without
 * rounding: however a plan computes, each gate and each maximum is the same, ties included, and a
 * difference is a mistake. */
#include "tests/engine/net.h"

#include "engine/graph/run.h"
#include "engine/kernels/cpu.h"

#include <math.h>
#include <string.h>

#define MAX_PICTURES 16
#define NODES 9

typedef struct {
  int value;
  gint64 C, H, W;
} Picture;

typedef struct {
  Net net;
  GRand *rand;
  Picture pictures[MAX_PICTURES];
  int n;
  gboolean ties; /* else every bias keeps values apart from bounds, so that Winograd may round */
  float offset;
} Draw;

static int
any (Draw *d, int low, int high)
{
  return g_rand_int_range (d->rand, low, high + 1);
}

static gboolean
rarely (Draw *d)
{
  return any (d, 0, 3) == 0;
}

/* Few values that are not zero, so that sums stay small. */
static int
weights (Draw *d, const SalShape *shape)
{
  gint64 n = sal_shape_count (shape);
  g_autofree float *w = g_new (float, n);

  for (gint64 i = 0; i < n; i++)
    w[i] = rarely (d) ? 1 - 2 * any (d, 0, 1) : 0;
  return net_constant (&d->net, shape, w, 0);
}

static int
biases (Draw *d, gint64 n, const SalShape *shape)
{
  g_autofree float *b = g_new (float, n);

  d->offset /= 2;
  for (gint64 i = 0; i < n; i++)
    b[i] = any (d, -2, 2) + (d->ties ? 0 : d->offset);
  return net_constant (&d->net, shape, b, 0);
}

/* Windows along both axes: strides, dilations and padding that leave at least one place. Returns:
 * FALSE if the picture is too small; else @y has the places */
static gboolean
slide (Draw *d, SalNode *node, const Picture *x, const gint64 *taps, Picture *y)
{
  gboolean dilates = strcmp (node->op_type, "AveragePool") != 0;
  gboolean meets = strcmp (node->op_type, "MaxPool") == 0; /* some pixel, lest it be infinite */
  gint64 stride[2], dilation[2], pads[4], *out[2] = { &y->H, &y->W };

  for (int i = 0; i < 2; i++) {
    gint64 span = i == 0 ? x->H : x->W;
    int most;

    stride[i] = any (d, 1, 3);
    dilation[i] = dilates && rarely (d) ? 2 : 1;
    most = meets ? (dilation[i] > 1 ? 0 : MIN (2, (int) taps[i] - 1)) : 2;
    pads[i] = any (d, 0, most);
    pads[2 + i] = any (d, 0, most);
    span += pads[i] + pads[2 + i] - (taps[i] - 1) * dilation[i] - 1;
    if (span < 0)
      return FALSE;
    *out[i] = span / stride[i] + 1;
  }
  sal_node_set_ints (node, "strides", stride, 2);
  sal_node_set_ints (node, "dilations", dilation, 2);
  sal_node_set_ints (node, "pads", pads, 4);
  return TRUE;
}

/* The node that net_op() would add, unless its window does not fit. */
static gboolean
add_sliding (Draw *d, const char *op, const Picture *x, const gint64 *taps, const int *in, int n_in,
             Picture *y)
{
  g_autofree char *name = g_strdup_printf ("%s%d", op, d->net.n++);
  int value = sal_graph_value (d->net.graph, name);
  SalNode *node = sal_node_new (op, name, 19, in, n_in, &value, 1);

  y->value = value;
  if (n_in == 1)
    sal_node_set_ints (node, "kernel_shape", taps, 2);
  if (!slide (d, node, x, taps, y)) {
    sal_node_free (node);
    return FALSE;
  }
  d->net.last = node;
  sal_graph_add_node (d->net.graph, node);
  return TRUE;
}

static gboolean
draw_conv (Draw *d, const Picture *x, Picture *y)
{
  static const gint64 widths[] = { 1, 3, 4, 6, 8, 16, 16, 18, 32 };
  gint64 K = widths[any (d, 0, G_N_ELEMENTS (widths) - 1)], groups = 1;
  gint64 taps[2] = { any (d, 1, 4), any (d, 1, 4) };
  int in[3];

  if (any (d, 0, 1) == 0)
    taps[0] = taps[1] = 3;
  if (x->C > 1 && rarely (d))
    K = groups = x->C;
  else if (x->C % 2 == 0 && K % 2 == 0 && rarely (d))
    groups = 2;
  in[0] = x->value;
  in[1] = weights (d, &SAL_SHAPE (K, x->C / groups, taps[0], taps[1]));
  in[2] = biases (d, K, &SAL_SHAPE (K));
  y->C = K;
  if (!add_sliding (d, "Conv", x, taps, in, d->ties && rarely (d) ? 2 : 3, y))
    return FALSE;
  sal_node_set_int (d->net.last, "group", groups);
  return TRUE;
}

static gboolean
draw_pool (Draw *d, const Picture *x, Picture *y)
{
  gint64 taps[2] = { any (d, 1, 4), any (d, 1, 4) };

  if (any (d, 0, 1) == 0)
    taps[1] = taps[0] = any (d, 2, 3);
  y->C = x->C;
  return add_sliding (d, "MaxPool", x, taps, &x->value, 1, y);
}

static int
number (Draw *d, float x)
{
  return net_constant (&d->net, &(SalShape){ .rank = 0 }, &x, 0);
}

static gboolean
draw_pointwise (Draw *d, const Picture *x, Picture *y)
{
  Net *net = &d->net;
  int constant;

  *y = *x;
  switch (any (d, 0, 7)) {
  case 0:
    y->value =
        net_op (net, "Clip", x->value, number (d, -any (d, 0, 1)), number (d, any (d, 2, 6)));
    return TRUE;
  case 1:
    constant = weights (d, &SAL_SHAPE (x->C, 1, 1));
    y->value = net_op (net, "Mul", x->value, constant, SAL_NO_VALUE);
    return d->ties;
  case 2:
    constant = biases (d, x->C, &SAL_SHAPE (1, x->C, 1, 1));
    y->value = net_op (net, "Sub", constant, x->value, SAL_NO_VALUE);
    return TRUE;
  case 3:
    y->value = net_op (net, "Abs", x->value, SAL_NO_VALUE, SAL_NO_VALUE);
    return !d->ties;
  case 4:
    y->value = net_op (net, "GlobalMaxPool", x->value, SAL_NO_VALUE, SAL_NO_VALUE);
    y->H = y->W = 1;
    return d->ties;
  case 5:
    y->value = net_op (net, "Transpose", x->value, SAL_NO_VALUE, SAL_NO_VALUE);
    sal_node_set_ints (net->last, "perm", (gint64[]){ 0, 1, 3, 2 }, 4);
    y->H = x->W;
    y->W = x->H;
    return TRUE;
  default:
    y->value = net_relu (net, x->value);
    return TRUE;
  }
}

/* Of two pictures of one size: their sum, or one behind the other. A pixel alone is a factor for
 * each channel. */
static gboolean
draw_pair (Draw *d, const Picture *x, Picture *y)
{
  for (int i = d->n - 1; i >= 0; i--) {
    const Picture *other = &d->pictures[i];

    *y = *x;
    if (other->H * other->W == 1 && other->C == x->C && d->ties) {
      y->value = net_op (&d->net, "Mul", other->value, x->value, SAL_NO_VALUE);
      return TRUE;
    }
    if (other->H != x->H || other->W != x->W || (i > 0 && rarely (d)))
      continue;
    if (other->C == x->C && any (d, 0, 2) > 0) {
      y->value = net_op (&d->net, "Add", x->value, other->value, SAL_NO_VALUE);
      return TRUE;
    }
    y->C = x->C + other->C;
    y->value = net_op (&d->net, "Concat", x->value, other->value, SAL_NO_VALUE);
    sal_node_set_int (d->net.last, "axis", 1);
    return y->C <= 64;
  }
  return FALSE;
}

static void
draw_node (Draw *d)
{
  const Picture *x = &d->pictures[MAX (any (d, 0, d->n - 1), any (d, 0, d->n - 1))];
  int kind = any (d, 0, 9);
  Picture y;

  if (kind < 4   ? draw_conv (d, x, &y)
      : kind < 5 ? d->ties && draw_pool (d, x, &y)
      : kind < 8 ? draw_pointwise (d, x, &y)
                 : draw_pair (d, x, &y))
    d->pictures[d->n++] = y;
}

/* Scores of the last picture: its mean and its sums, which round, but nothing looks at them. */
static int
draw_scores (Draw *d, const Picture *x)
{
  Net *net = &d->net;
  int a = net_op (net, "GlobalAveragePool", x->value, SAL_NO_VALUE, SAL_NO_VALUE), b;
  gint64 taps[2] = { any (d, 1, 3), any (d, 1, 3) };
  Picture y;

  a = net_dense (net, net_reshape (net, a, &SAL_SHAPE (0, -1)), x->C, 4, TRUE);
  if (!add_sliding (d, "AveragePool", x, taps, &x->value, 1, &y))
    return a;
  sal_node_set_int (net->last, "count_include_pad", any (d, 0, 1));
  b = net_reshape (net, y.value, &SAL_SHAPE (0, -1));
  b = net_dense (net, b, x->C * y.H * y.W, 4, TRUE);
  return net_op (net, "Add", a, b, SAL_NO_VALUE);
}

typedef struct {
  SalModel *model;
  SalTensor *input;
  int middle, late; /* pictures: one is kept and asked for, one put out */
  gboolean observes;
} Odd;

static Odd
draw (guint32 seed)
{
  Draw d = { .rand = g_rand_new_with_seed (seed), .ties = seed % 2 == 0, .offset = 1 };
  Picture x = { .C = any (&d, 1, 5), .H = any (&d, 1, 11), .W = any (&d, 1, 11) };
  gint64 batch = any (&d, 1, 3);
  Odd odd = { .observes = any (&d, 0, 1) };
  float *pixels;

  x.value = net_start (&d.net, seed, &SAL_SHAPE (1, x.C, x.H, x.W));
  d.pictures[d.n++] = x;
  for (int i = 0; i < 4 * NODES && d.n < NODES; i++)
    draw_node (&d);
  odd.middle = d.pictures[any (&d, 0, d.n - 1)].value;
  odd.late = d.pictures[any (&d, 0, d.n - 1)].value;
  odd.model = net_finish (&d.net, draw_scores (&d, &d.pictures[d.n - 1]), NULL);
  odd.input = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (batch, x.C, x.H, x.W));
  pixels = sal_tensor_edit (odd.input);
  for (gint64 i = 0; i < sal_tensor_count (odd.input); i++)
    pixels[i] = any (&d, -3, 3);
  g_rand_free (d.rand);
  return odd;
}

static void
append (GArray *all, const float *numbers, SalPlan *plan, int value)
{
  g_array_append_vals (all, numbers, sal_shape_count (sal_plan_shape (plan, value)));
}

/* Returns: all that there is to see */
static GArray *
run (const Odd *odd, SalCompute compute, gboolean parts, SalTeam *team)
{
  SalFeed feed = { sal_model_input (odd->model), *sal_tensor_shape (odd->input) };
  int outputs[2] = { sal_model_output (odd->model), odd->late };
  int wanted[2] = { feed.value, odd->middle };
  int batch = (int) feed.shape.dim[0];
  SalPlanOptions options = { .feeds = &feed,
                             .n_feeds = 1,
                             .outputs = outputs,
                             .n_outputs = odd->observes ? 2 : 1,
                             .keep = &odd->middle,
                             .n_keep = odd->observes,
                             .gradients = wanted,
                             .n_gradients = odd->observes ? 2 : 1,
                             .compute = compute,
                             .parts = parts ? batch : 0,
                             .front = parts ? NODES : 0 };
  GArray *all = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GError) error = NULL;
  g_autoptr (SalPlan) plan = sal_plan_new (sal_model_graph (odd->model), &options, &error);
  g_autoptr (SalRun) pass = NULL;

  g_assert_no_error (error);
  pass = sal_run_new (plan);
  sal_run_set_team (pass, team);
  for (int repeat = 0; repeat < 2; repeat++) {
    g_array_set_size (all, 0);
    memcpy (sal_run_feed (pass, feed.value), sal_tensor_floats (odd->input),
            sal_tensor_count (odd->input) * sizeof (float));
    g_assert_true (sal_run_forward (pass, NULL, NULL));
    for (int i = 0; i < options.n_outputs; i++) {
      gint64 n = sal_shape_count (sal_plan_shape (plan, outputs[i]));
      float *seed = sal_run_seed (pass, outputs[i]);

      append (all, sal_run_value (pass, outputs[i]), plan, outputs[i]);
      for (gint64 j = 0; j < n; j++)
        seed[j] = 1.f - j % 3;
    }
    g_assert_true (sal_run_backward (pass, NULL, NULL));
    for (int i = 0; i < options.n_keep; i++)
      append (all, sal_run_value (pass, odd->middle), plan, odd->middle);
    for (int i = 0; i < options.n_gradients; i++)
      append (all, sal_run_gradient (pass, wanted[i]), plan, wanted[i]);
  }
  return all;
}

static void
assert_near (const char *network, const char *way, const GArray *found, const GArray *expected,
             double bound)
{
  double most = 0;

  g_assert_cmpuint (found->len, ==, expected->len);
  for (guint i = 0; i < found->len; i++)
    most = MAX (most, fabs (g_array_index (expected, float, i)));
  for (guint i = 0; i < found->len; i++) {
    double a = g_array_index (found, float, i), b = g_array_index (expected, float, i);

    if (!(fabs (a - b) <= bound * most))
      g_error ("%s, %s: number %u of %u is %g, not %g", network, way, i, found->len, a, b);
  }
}

/* @fast: with Winograd too, whose rounding may part what ties */
static void
check (const char *network, Odd *odd, gboolean fast, SalTeam *team)
{
  g_autoptr (GArray) plain = run (odd, SAL_COMPUTE_REFERENCE, FALSE, NULL);
  g_autoptr (GArray) plain_shared = run (odd, SAL_COMPUTE_REFERENCE, FALSE, team);
  g_autoptr (GArray) plain_parts = run (odd, SAL_COMPUTE_REFERENCE, TRUE, NULL);

  assert_near (network, "node by node, team", plain_shared, plain, 0);
  assert_near (network, "node by node, parts", plain_parts, plain, 0);
  for (SalCpuLevel level = 0; level <= sal_cpu_level_max (); level++)
    for (SalCompute compute = fast ? SAL_COMPUTE_FAST : SAL_COMPUTE_EXACT;
         compute <= SAL_COMPUTE_EXACT; compute++) {
      g_autoptr (GArray) one = NULL, shared = NULL, parts = NULL;

      sal_cpu_level_set (level);
      one = run (odd, compute, FALSE, NULL);
      shared = run (odd, compute, FALSE, team);
      parts = run (odd, compute, TRUE, NULL);
      assert_near (network, sal_cpu_level_name (level), one, plain,
                   compute == SAL_COMPUTE_FAST ? 1e-4 : 1e-5);
      assert_near (network, "team", shared, one, 0);
      assert_near (network, "parts", parts, one, 0);
    }
  sal_cpu_level_set (sal_cpu_level_max ());
  sal_tensor_unref (odd->input);
  sal_model_unref (odd->model);
}

/* @data: the first of a hundred networks */
static void
hundred_cb (gconstpointer data)
{
  g_autoptr (SalTeam) team = sal_team_new (3);

  for (guint32 i = 0; i < 100; i++) {
    guint32 seed = GPOINTER_TO_UINT (data) + i;
    g_autofree char *name = g_strdup_printf ("network %u", seed);
    Odd odd = draw (seed);

    check (name, &odd, seed % 2 != 0, team);
  }
}

/* A convolution with strides so long that there are more remainders of them than pixels, and one
 * with nearly as many as the kernels tell apart. */
static void
strides_cb (void)
{
  static const gint64 strides[][2] = {
    { 40000, 40000 }, { 1 << 18, 1 << 18 }, { 1 << 16, 1 << 16 }, { 3, 2000 }, { 31, 33 }
  };
  g_autoptr (SalTeam) team = sal_team_new (3);

  for (guint i = 0; i < G_N_ELEMENTS (strides); i++) {
    g_autofree char *name = g_strdup_printf ("strides %u", i);
    Odd odd = { .input = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 3, 40, 37)) };
    Net net;
    int x = net_start (&net, 1, &SAL_SHAPE (1, 3, 40, 37));

    for (gint64 j = 0; j < sal_tensor_count (odd.input); j++)
      ((float *) sal_tensor_edit (odd.input))[j] = j % 7 - 3;
    x = net_conv (&net, net_relu (&net, net_conv (&net, x, 3, 16, 3, TRUE)), 16, 16, 3, TRUE);
    sal_node_set_ints (net.last, "strides", strides[i], 2);
    x = net_op (&net, "GlobalAveragePool", x, SAL_NO_VALUE, SAL_NO_VALUE);
    x = net_dense (&net, net_reshape (&net, x, &SAL_SHAPE (0, -1)), 16, 4, TRUE);
    odd.model = net_finish (&net, x, NULL);
    check (name, &odd, TRUE, team);
  }
}

/* Nothing but padding under the filter. */
static void
empty_cb (void)
{
  g_autoptr (SalTeam) team = sal_team_new (3);
  Odd odd = { .input = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1, 16, 6, 6)) };
  const gint64 none[2] = { 6, G_MAXINT32 };
  Net net;
  int x = net_start (&net, 1, &SAL_SHAPE (1, 16, 6, 6)), ends[3];

  memset (sal_tensor_edit (odd.input), 0, sal_tensor_count (odd.input) * sizeof (float));
  for (int i = 0; i < 3; i++) {
    gint64 number = i < 2 ? none[i] : 2;
    g_autoptr (SalTensor) tensor = sal_tensor_new_copy (SAL_INT, &SAL_SHAPE (1), &number);
    g_autofree char *name = g_strdup_printf ("end%d", i);

    ends[i] = sal_graph_value (net.graph, name);
    sal_graph_set_constant (net.graph, ends[i], tensor);
  }
  net.last = sal_node_new ("Slice", "none", 13, (int[]){ x, ends[0], ends[1], ends[2] }, 4,
                           (int[]){ sal_graph_value (net.graph, "none") }, 1);
  sal_graph_add_node (net.graph, net.last);
  x = net_conv (&net, net.last->y[0], 16, 16, 3, TRUE);
  sal_node_set_ints (net.last, "pads", (gint64[]){ 2, 2, 2, 2 }, 4);
  x = net_op (&net, "GlobalAveragePool", net_relu (&net, x), SAL_NO_VALUE, SAL_NO_VALUE);
  x = net_dense (&net, net_reshape (&net, x, &SAL_SHAPE (0, -1)), 16, 4, TRUE);
  odd.model = net_finish (&net, x, NULL);
  check ("empty", &odd, TRUE, team);
}

int
main (int argc, char **argv)
{
  int hundreds = argc > 1 && g_ascii_isdigit (argv[argc - 1][0]) ? atoi (argv[argc - 1]) : 3;

  g_test_init (&argc, &argv, NULL);
  for (int i = 0; i < hundreds; i++) {
    g_autofree char *path = g_strdup_printf ("/engine/odd/%d", i);

    g_test_add_data_func (path, GUINT_TO_POINTER (100 * i + 1), hundred_cb);
  }
  g_test_add_func ("/engine/odd/strides", strides_cb);
  g_test_add_func ("/engine/odd/empty", empty_cb);
  return g_test_run ();
}
