/* Concatenations that are put together in place must give what copies give, wherever their parts
 * come from and whoever else reads them. */
#include "tests/engine/pass.h"

#include "engine/graph/join.h"
#include "engine/kernels/cpu.h"

#include <math.h>

#define HEIGHT 6
#define WIDTH 7

/**
 * Case:
 * @there, @copied: inputs of concatenations that need no copy, and that do
 * @passes: gradients that take a pass of their own through a gate
 */
typedef struct {
  const char *name;
  int (*make) (Net *net, int x);
  gint64 batch;
  int there, copied, passes;
} Case;

static int
clamped (Net *net, int x, gint64 from, gint64 to, gint64 kernel)
{
  return net_relu (net, net_conv (net, x, from, to, kernel, TRUE));
}

static int
concat (Net *net, const int *x, int n)
{
  g_autofree char *name = g_strdup_printf ("joined%d", sal_graph_n_values (net->graph));
  int y = sal_graph_value (net->graph, name);

  net->last = sal_node_new ("Concat", name, 13, x, n, &y, 1);
  sal_node_set_int (net->last, "axis", 1);
  sal_graph_add_node (net->graph, net->last);
  return y;
}

#define CONCAT(net, ...)                                                                           \
  concat (net, (int[]){ __VA_ARGS__ }, (int) G_N_ELEMENTS (((int[]){ __VA_ARGS__ })))

static int
unary (Net *net, const char *op, int x)
{
  return net_op (net, op, x, SAL_NO_VALUE, SAL_NO_VALUE);
}

static int
sum (Net *net, int x, int y)
{
  return net_op (net, "Add", x, y, SAL_NO_VALUE);
}

/* A pool that keeps the size. */
static int
smooth (Net *net, int x, const char *op)
{
  x = unary (net, op, x);
  sal_node_set_ints (net->last, "kernel_shape", (gint64[]){ 3, 3 }, 2);
  sal_node_set_ints (net->last, "pads", (gint64[]){ 1, 1, 1, 1 }, 4);
  return x;
}

static int
head (Net *net, int x, gint64 channels)
{
  x = net_reshape (net, unary (net, "GlobalAveragePool", x), &SAL_SHAPE (0, -1));
  return net_dense (net, x, channels, 4, TRUE);
}

static int
normed (Net *net, int x, gint64 channels)
{
  int in[5] = { x }, y;
  g_autofree char *name = g_strdup_printf ("normed%d", sal_graph_n_values (net->graph));
  g_autofree float *variance = g_new (float, channels);

  for (gint64 c = 0; c < channels; c++)
    variance[c] = 0.5f + c % 3;
  for (int i = 1; i < 4; i++)
    in[i] = net_constant (net, &SAL_SHAPE (channels), NULL, 1);
  in[4] = net_constant (net, &SAL_SHAPE (channels), variance, 0);
  y = sal_graph_value (net->graph, name);
  sal_graph_add_node (net->graph, sal_node_new ("BatchNormalization", name, 15, in, 5, &y, 1));
  return y;
}

/* As in SqueezeNet: gates of both parts in one go, by a pool and by convolutions */
static int
make_fire (Net *net, int x)
{
  x = clamped (net, x, 3, 16, 1);
  x = CONCAT (net, clamped (net, x, 16, 16, 1), clamped (net, x, 16, 32, 3));
  x = clamped (net, net_pool (net, "MaxPool", x), 48, 8, 1);
  x = CONCAT (net, clamped (net, x, 8, 24, 1), clamped (net, x, 8, 20, 3));
  return head (net, clamped (net, x, 44, 8, 1), 8);
}

/* Gates that do not begin at a byte */
static int
make_uneven (Net *net, int x)
{
  x = clamped (net, x, 3, 16, 1);
  x = CONCAT (net, clamped (net, x, 16, 5, 1), clamped (net, x, 16, 11, 3));
  return head (net, clamped (net, x, 16, 8, 3), 8);
}

/* As in DenseNet: each concatenation lists all before, and reads them through a normalisation */
static int
make_dense (Net *net, int x)
{
  int parts[4] = { net_conv (net, x, 3, 16, 3, TRUE) };

  for (int i = 1; i < 4; i++) {
    gint64 from = 16 + 8 * (i - 1);

    x = i > 1 ? concat (net, parts, i) : parts[0];
    x = clamped (net, net_relu (net, normed (net, x, from)), from, 12, 1);
    parts[i] = net_conv (net, x, 12, 8, 3, FALSE);
  }
  x = concat (net, parts, 4);
  return head (net, net_conv (net, net_relu (net, normed (net, x, 40)), 40, 8, 1, FALSE), 8);
}

/* The same, each concatenation a part of the next */
static int
make_nested (Net *net, int x)
{
  gint64 from = 16;

  x = net_conv (net, x, 3, 16, 3, TRUE);
  for (int i = 0; i < 3; i++, from += 8) {
    int y = clamped (net, net_relu (net, normed (net, x, from)), from, 12, 1);

    x = CONCAT (net, x, clamped (net, y, 12, 8, 3));
  }
  return head (net, clamped (net, x, 40, 8, 1), 8);
}

/* A part that an activation reads, a constant, a part without gate; then the whole is read twice */
static int
make_mixed (Net *net, int x)
{
  int a = clamped (net, x, 3, 16, 3), k, b, y;

  k = net_constant (net, &SAL_SHAPE (1, 8, HEIGHT, WIDTH), NULL, 1);
  b = smooth (net, clamped (net, a, 16, 16, 1), "MaxPool");
  y = CONCAT (net, a, k, b, clamped (net, x, 3, 8, 1));
  x = sum (net, net_conv (net, y, 48, 16, 1, TRUE), unary (net, "Sigmoid", a));
  return head (net, sum (net, x, net_conv (net, smooth (net, y, "AveragePool"), 48, 16, 3, TRUE)),
               16);
}

static int
make_twice (Net *net, int x)
{
  int a = clamped (net, x, 3, 16, 3), b = clamped (net, x, 3, 8, 1);

  return head (net, clamped (net, CONCAT (net, a, b, a), 40, 8, 1), 8);
}

/* A part that is read once more after the whole, so that its gradient comes first */
static int
make_late (Net *net, int x)
{
  int a = clamped (net, x, 3, 16, 3), b = clamped (net, x, 3, 8, 1);
  int y = clamped (net, CONCAT (net, a, b), 24, 16, 3);

  y = net_conv (net, y, 16, 16, 1, TRUE);
  return head (net, clamped (net, sum (net, net_conv (net, a, 16, 16, 1, TRUE), y), 16, 8, 1), 8);
}

/* Sums with a whole, and of parts: addends, first and last */
static int
make_residual (Net *net, int x)
{
  int a = clamped (net, x, 3, 16, 3), b = clamped (net, x, 3, 8, 1), c;

  x = CONCAT (net, a, b);
  x = net_relu (net, sum (net, net_conv (net, x, 24, 24, 3, TRUE), x));
  c = net_relu (net, sum (net, x, net_conv (net, x, 24, 24, 1, TRUE)));
  x = CONCAT (net, x, c, clamped (net, a, 16, 8, 1));
  return head (net, clamped (net, x, 56, 8, 1), 8);
}

/* Parts that lie elsewhere already, and a concatenation of a single part */
static int
make_elsewhere (Net *net, int x)
{
  int a = clamped (net, x, 3, 16, 3), b = clamped (net, x, 3, 8, 1);
  int y = clamped (net, CONCAT (net, a, b), 24, 16, 3);
  int z = clamped (net, CONCAT (net, b, a), 24, 16, 1);

  return head (net, clamped (net, CONCAT (net, sum (net, y, z)), 16, 8, 1), 8);
}

/* Seen as another shape at once, and seeded there */
static int
make_seeded (Net *net, int x)
{
  int a = unary (net, "GlobalAveragePool", clamped (net, x, 3, 3, 3));
  int b = clamped (net, unary (net, "GlobalMaxPool", clamped (net, x, 3, 8, 3)), 8, 1, 1);

  return net_reshape (net, CONCAT (net, b, a), &SAL_SHAPE (0, -1));
}

/* No concatenation: a view whose rows are not those of the gate behind it */
static int
make_rows (Net *net, int x)
{
  x = net_reshape (net, clamped (net, x, 3, 1, 3), &SAL_SHAPE (0, -1, 1, 1));
  return head (net, clamped (net, x, HEIGHT * WIDTH, 8, 1), 8);
}

static const Case cases[] = {
  { "fire", make_fire, 3, 4, 0, 0 },           { "uneven", make_uneven, 3, 2, 0, 2 },
  { "dense", make_dense, 3, 9, 0, 0 },         { "nested", make_nested, 3, 6, 0, 3 },
  { "mixed", make_mixed, 1, 2, 2, 1 },         { "twice", make_twice, 3, 2, 1, 2 },
  { "late", make_late, 3, 2, 0, 0 },           { "residual", make_residual, 3, 5, 0, 5 },
  { "elsewhere", make_elsewhere, 3, 2, 3, 4 }, { "seeded", make_seeded, 3, 2, 0, 1 },
  { "rows", make_rows, 3, 0, 0, 1 },
};

static void
check_plan (const Case *c, const Pass *pass)
{
  g_autoptr (SalPlan) plan = pass_plan (pass, SAL_COMPUTE_FAST, NULL, SAL_NO_VALUE);
  int there = 0, copied = 0, passes = 0;

  for (guint i = 0; i < plan->steps->len; i++) {
    const SalStep *step = &g_array_index (plan->steps, SalStep, i);

    passes += step->gates_gy;
    for (int j = 0; j < step->node->n_x && step->setup->setup.joins; j++) {
      there += sal_join_is_there (plan, step, j);
      copied += !sal_join_is_there (plan, step, j);
    }
  }
  g_assert_cmpint (there, ==, c->there);
  g_assert_cmpint (copied, ==, c->copied);
  g_assert_cmpint (passes, ==, c->passes);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (SalTeam) team = sal_team_new (2);
  int level = sal_cpu_level_get ();
  Net net;
  Pass pass;
  int x = net_start (&net, 5, &SAL_SHAPE (1, 3, HEIGHT, WIDTH));

  pass_init (&pass, net_finish (&net, c->make (&net, x), NULL), c->batch, 3);
  check_plan (c, &pass);
  /* Nothing observed, all pictures, and then each by itself. */
  for (int i = -2; i < pass.n_values; i++) {
    int observed = i == -2 ? SAL_NO_VALUE : i == -1 ? PASS_ALL : pass.values[i];
    g_autoptr (GArray) plain = pass_run (&pass, SAL_COMPUTE_REFERENCE, NULL, observed, NULL);

    for (int l = 0; l <= (int) sal_cpu_level_max (); l++) {
      g_autoptr (GArray) exact = NULL, fast = NULL, shared = NULL;

      sal_cpu_level_set (l);
      exact = pass_run (&pass, SAL_COMPUTE_EXACT, NULL, observed, NULL);
      fast = pass_run (&pass, SAL_COMPUTE_FAST, NULL, observed, NULL);
      shared = pass_run (&pass, SAL_COMPUTE_FAST, NULL, observed, team);
      pass_assert_near (exact, plain, 2e-6);
      pass_assert_near (fast, plain, 1e-5);
      pass_assert_same (shared, fast);
    }
    sal_cpu_level_set (level);
  }
  pass_clear (&pass);
}

/* Networks that nobody would make: operators drawn at random read any pictures made before. */

#define RANDOM_NODES 14

typedef struct {
  Net net;
  GRand *rand;
  int value[RANDOM_NODES + 1];
  gint64 channels[RANDOM_NODES + 1];
  int n;
} Draw;

/* Recent ones more often than those long ago. */
static int
pick (Draw *d)
{
  int back = MIN (g_rand_int_range (d->rand, 0, d->n), g_rand_int_range (d->rand, 0, d->n));

  return d->n - 1 - back;
}

static void
add (Draw *d, int value, gint64 channels)
{
  d->value[d->n] = value;
  d->channels[d->n++] = channels;
}

static void
draw_concat (Draw *d)
{
  int x[4], n = g_rand_int_range (d->rand, 1, 5);
  gint64 channels = 0;

  for (int i = 0; i < n; i++) {
    int from = pick (d);

    x[i] = d->value[from];
    channels += d->channels[from];
  }
  if (channels <= 96)
    add (d, concat (&d->net, x, n), channels);
}

static void
draw_node (Draw *d)
{
  static const gint64 widths[] = { 3, 8, 8, 16, 16, 24 };
  int from = pick (d), to = pick (d), x = d->value[from], kind = g_rand_int_range (d->rand, 0, 12);
  gint64 C = d->channels[from], K = widths[g_rand_int_range (d->rand, 0, G_N_ELEMENTS (widths))];
  gint64 kernel = g_rand_boolean (d->rand) ? 3 : 1;
  Net *net = &d->net;

  if (kind < 3)
    add (d, clamped (net, x, C, K, kernel), K);
  else if (kind == 3)
    add (d, net_conv (net, x, C, K, kernel, TRUE), K);
  else if (kind == 4)
    add (d,
         net_relu (net,
                   sum (net, net_conv (net, x, C, d->channels[to], kernel, TRUE), d->value[to])),
         d->channels[to]);
  else if (kind == 5)
    add (d, smooth (net, x, g_rand_boolean (d->rand) ? "MaxPool" : "AveragePool"), C);
  else if (kind == 6)
    add (d, normed (net, x, C), C);
  else if (kind == 7)
    add (d, unary (net, "Sigmoid", x), C);
  else
    draw_concat (d);
}

static SalModel *
draw_model (guint32 seed)
{
  Draw d = { .rand = g_rand_new_with_seed (seed) };
  int x = net_start (&d.net, seed, &SAL_SHAPE (1, 3, 4, 5)), y, last[RANDOM_NODES], n = 0;
  gint64 channels = 0;

  add (&d, clamped (&d.net, x, 3, 8, 3), 8);
  while (d.n < RANDOM_NODES)
    draw_node (&d);
  for (int i = 0; i < d.n; i++)
    if (i == d.n - 1 || g_rand_boolean (d.rand)) {
      last[n++] = d.value[i];
      channels += d.channels[i];
    }
  y = concat (&d.net, last, n);
  y = head (&d.net, net_conv (&d.net, y, channels, 8, 1, TRUE), 8);
  g_rand_free (d.rand);
  return net_finish (&d.net, y, NULL);
}

/* Where a rounding switches a gate the gradient jumps: then another input must do. */
static gboolean
agrees (guint32 seed, guint64 input)
{
  gboolean all = TRUE;
  Pass pass;

  pass_init (&pass, draw_model (seed), 2, input);
  for (int i = -2; i < pass.n_values && all; i += i < 0 ? 1 : 5) {
    int observed = i == -2 ? SAL_NO_VALUE : i == -1 ? PASS_ALL : pass.values[i];
    g_autoptr (GArray) plain = pass_run (&pass, SAL_COMPUTE_REFERENCE, NULL, observed, NULL);
    g_autoptr (GArray) exact = pass_run (&pass, SAL_COMPUTE_EXACT, NULL, observed, NULL);

    all = pass_error (exact, plain) <= 3e-6;
  }
  pass_clear (&pass);
  return all;
}

static void
test_random (void)
{
  for (guint32 seed = 1; seed <= 60; seed++)
    if (!agrees (seed, 1) && !agrees (seed, 2))
      g_error ("the network of seed %u", seed);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/engine/join/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/engine/join/random", test_random);
  return g_test_run ();
}
