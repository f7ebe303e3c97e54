/* How a case is checked.
 *
 * The backward pass is the transposed Jacobian applied to a cotangent c: g = Jᵀ c. Its oracle is
 * the forward pass itself: with f (x) = sum (c · y (x)), added in float64 for a random c, each
 * element of g is
 *     (8 (f (x+h) - f (x-h)) - (f (x+2h) - f (x-2h))) / 12 h + O (h⁴).
 * Inputs and h lie on a binary grid, so x ± h and x ± 2h are exact. What float32 rounding does to
 * the outputs is bounded for each element from the outputs that changed, so that a tolerance is
 * neither guessed nor hides a wrong small gradient; a case whose bound is too near its gradients
 * fails as ill-conditioned. */
#include "tests/engine/op-case.h"

#include "engine/base/error.h"
#include "engine/graph/run.h"

#include <math.h>
#include <string.h>

/* Rounding of a kernel's output, in units of its last place: a few, for sums of some dozen. */
#define ROUNDINGS 8

typedef struct {
  const OpCase *op_case;
  gboolean fed_params;
  SalCompute compute;
  gboolean behind;              /* a convolution that changes nothing comes first */
  SalTensor *x[OP_CASE_INPUTS]; /* as differentiated; NULL where absent or SAME */
  gboolean fed[OP_CASE_INPUTS];
  int n_x, n_y;
} Setting;

/* A graph with the node once or twice, its plan and a run of it. Twice means that both nodes read
 * the same values, so that both add to the same gradients. */
typedef struct {
  SalGraph *graph;
  SalPlan *plan;
  SalRun *run;
  int x[OP_CASE_INPUTS];
  int y[2][OP_CASE_OUTPUTS];
} Bench;

/* splitmix64: the same numbers on every machine */
static guint64
next_random (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static double
step_of (const OpCase *c)
{
  return c->step > 0 ? c->step : 1. / 64;
}

static void
fill (const OpCase *c, const OpInput *input, float *x, gint64 n, guint64 *state)
{
  double h = step_of (c);

  if (input->kind == OP_INPUT_SPREAD) {
    /* The middles of a grid of 8 h: 4 h from each grid point, so from 0 and from integers. */
    for (gint64 i = 0; i < n; i++)
      x[i] = (i - n / 2) * 8 * h + 4 * h;
    for (gint64 i = n - 1; i > 0; i--) {
      gint64 j = next_random (state) % (i + 1);
      float t = x[i];

      x[i] = x[j];
      x[j] = t;
    }
    return;
  }
  for (gint64 i = 0; i < n; i++) {
    double low = input->low, high = input->high;
    double u = (next_random (state) >> 11) * 0x1p-53;

    if (low == 0 && high == 0)
      low = -1, high = 1;
    x[i] = round ((low + u * (high - low)) * 4096) / 4096;
  }
}

static void
setting_init (Setting *s, const OpCase *c, gboolean fed_params)
{
  guint64 state = g_str_hash (c->op) * G_GUINT64_CONSTANT (65537) + g_str_hash (c->name);

  *s = (Setting){ .op_case = c, .fed_params = fed_params, .n_y = MAX (c->n_y, 1) };
  while (s->n_x < OP_CASE_INPUTS && c->x[s->n_x].kind != OP_INPUT_NONE) {
    const OpInput *input = &c->x[s->n_x];
    int i = s->n_x++;

    s->fed[i] = !input->constant && !(input->both && !fed_params);
    /* An empty list of values is not C, so that of no elements has one. */
    if (input->n > 0)
      g_assert_cmpint (input->n, ==, MAX (sal_shape_count (&input->shape), 1));
    if (input->kind == OP_INPUT_INTS)
      s->x[i] = sal_tensor_new_copy (SAL_INT, &input->shape, input->ints);
    else if (input->kind == OP_INPUT_FLOATS)
      s->x[i] = sal_tensor_new_copy (SAL_FLOAT, &input->shape, input->values);
    else if (input->kind == OP_INPUT_RANDOM || input->kind == OP_INPUT_SPREAD) {
      s->x[i] = sal_tensor_new (SAL_FLOAT, &input->shape);
      fill (c, input, sal_tensor_edit (s->x[i]), sal_tensor_count (s->x[i]), &state);
    } else
      s->fed[i] = FALSE;
  }
}

static void
setting_clear (Setting *s)
{
  for (int i = 0; i < s->n_x; i++)
    if (s->x[i] != NULL)
      sal_tensor_unref (s->x[i]);
}

/* One value of an attribute: integer, float or word. */
static void
set_attribute (SalNode *node, const char *key, char *text)
{
  gboolean list = text[0] == '[';
  g_auto (GStrv) words = NULL;
  gboolean integer = TRUE, number = TRUE;
  gsize n;

  if (list) {
    g_assert_true (g_str_has_suffix (text, "]"));
    text[strlen (text) - 1] = '\0';
    text++;
  }
  words = text[0] != '\0' ? g_strsplit (text, ",", list ? -1 : 1) : g_new0 (char *, 1);
  n = g_strv_length (words);
  g_autofree gint64 *ints = g_new0 (gint64, MAX (n, 1));
  g_autofree float *floats = g_new0 (float, MAX (n, 1));
  for (gsize i = 0; i < n; i++) {
    char *end;

    ints[i] = g_ascii_strtoll (words[i], &end, 10);
    integer = integer && *end == '\0';
    floats[i] = g_ascii_strtod (words[i], &end);
    number = number && *end == '\0';
  }
  if (integer)
    sal_node_set_ints (node, key, ints, n);
  else if (number)
    sal_node_set_floats (node, key, floats, n);
  else
    sal_node_set_strings (node, key, (const char *const *) words, n);
}

void
op_case_set_attributes (SalNode *node, const char *text)
{
  g_auto (GStrv) pairs = g_strsplit (text, " ", -1);

  for (char **pair = pairs; *pair != NULL; pair++) {
    char *equals = strchr (*pair, '=');

    if (equals == NULL) {
      g_assert_cmpstr (*pair, ==, "");
      continue;
    }
    *equals = '\0';
    set_attribute (node, *pair, equals + 1);
  }
}

/* Returns: @x, or where it is a picture what a convolution by 1 makes of it: then plans compute
 * what follows with channels last, if they can */
static int
behind_conv (Bench *b, const Setting *s, int i)
{
  const SalTensor *x = s->x[i];
  const SalShape *shape = sal_tensor_shape (x);
  gint64 C = shape->rank == 4 && sal_tensor_count (x) > 0 ? shape->dim[1] : 0;
  g_autofree char *name = g_strdup_printf ("picture%d", i);
  g_autofree char *weight = g_strdup_printf ("one%d", i);
  g_autoptr (SalTensor) one = NULL;
  int y, in[2];

  if (!s->behind || sal_tensor_type (x) != SAL_FLOAT || C == 0)
    return b->x[i];
  for (gint64 j = 0; j < sal_tensor_count (x); j++)
    if (!isfinite (sal_tensor_floats (x)[j]))
      return b->x[i];
  one = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (C, C, 1, 1));
  for (gint64 j = 0; j < C * C; j++)
    ((float *) sal_tensor_edit (one))[j] = j % (C + 1) == 0;
  in[0] = b->x[i];
  in[1] = sal_graph_value (b->graph, weight);
  sal_graph_set_constant (b->graph, in[1], one);
  y = sal_graph_value (b->graph, name);
  sal_graph_add_node (b->graph, sal_node_new ("Conv", name, 11, in, 2, &y, 1));
  return y;
}

static gboolean
bench_init (Bench *b, const Setting *s, int copies, int only_gradient, gboolean gradients,
            GError **error)
{
  const OpCase *c = s->op_case;
  SalFeed feeds[OP_CASE_INPUTS];
  int outputs[2 * OP_CASE_OUTPUTS], wanted[OP_CASE_INPUTS], in[OP_CASE_INPUTS];
  SalPlanOptions options = {
    .feeds = feeds, .outputs = outputs, .gradients = wanted, .compute = s->compute
  };

  *b = (Bench){ .graph = sal_graph_new () };
  for (int i = 0; i < s->n_x; i++) {
    g_autofree char *name = g_strdup_printf ("x%d", i);

    b->x[i] = in[i] = SAL_NO_VALUE;
    if (c->x[i].kind == OP_INPUT_SAME) {
      b->x[i] = b->x[c->x[i].same];
      in[i] = in[c->x[i].same];
    }
    if (s->x[i] == NULL)
      continue;
    b->x[i] = in[i] = sal_graph_value (b->graph, name);
    if (!s->fed[i]) {
      sal_graph_set_constant (b->graph, b->x[i], s->x[i]);
      continue;
    }
    sal_graph_declare (b->graph, b->x[i], sal_tensor_type (s->x[i]), sal_tensor_shape (s->x[i]));
    sal_graph_add_input (b->graph, b->x[i]);
    feeds[options.n_feeds++] = (SalFeed){ .value = b->x[i], .shape = *sal_tensor_shape (s->x[i]) };
    if (gradients && sal_tensor_type (s->x[i]) == SAL_FLOAT &&
        (only_gradient < 0 || only_gradient == i))
      wanted[options.n_gradients++] = b->x[i];
    in[i] = behind_conv (b, s, i);
  }
  for (int copy = 0; copy < copies; copy++) {
    g_autofree char *node_name = g_strdup_printf ("node%d", copy);
    SalNode *node;

    for (int i = 0; i < s->n_y; i++) {
      g_autofree char *name = g_strdup_printf ("y%d.%d", copy, i);

      b->y[copy][i] = SAL_NO_VALUE;
      if (c->y_absent & (1u << i))
        continue;
      b->y[copy][i] = sal_graph_value (b->graph, name);
      sal_graph_add_output (b->graph, b->y[copy][i]);
      outputs[options.n_outputs++] = b->y[copy][i];
    }
    node = sal_node_new (c->op, node_name, c->opset, in, s->n_x, b->y[copy], s->n_y);
    if (c->attributes != NULL)
      op_case_set_attributes (node, c->attributes);
    if (c->prepare != NULL)
      c->prepare (node);
    sal_graph_add_node (b->graph, node);
  }
  if (!sal_graph_seal (b->graph, error))
    return FALSE;
  b->plan = sal_plan_new (b->graph, &options, error);
  if (b->plan == NULL)
    return FALSE;
  b->run = sal_run_new (b->plan);
  return TRUE;
}

static void
bench_clear (Bench *b)
{
  g_clear_pointer (&b->run, sal_run_free);
  g_clear_pointer (&b->plan, sal_plan_unref);
  g_clear_pointer (&b->graph, sal_graph_unref);
}

static void
bench_forward (const Bench *b, const Setting *s)
{
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < s->n_x; i++)
    if (s->x[i] != NULL && s->fed[i])
      memcpy (sal_run_feed (b->run, b->x[i]), sal_tensor_data (s->x[i]),
              sal_tensor_count (s->x[i]) * sal_type_size (sal_tensor_type (s->x[i])));
  sal_run_forward (b->run, NULL, &error);
  g_assert_no_error (error);
}

static gint64
bench_count (const Bench *b, int value)
{
  return sal_shape_count (sal_plan_shape (b->plan, value));
}

/* Whether output i can be seeded: present, and floats. */
static gboolean
bench_seedable (const Bench *b, int i)
{
  return b->y[0][i] != SAL_NO_VALUE && sal_plan_type (b->plan, b->y[0][i]) == SAL_FLOAT;
}

static void
compare_output (const Bench *b, const Setting *s, int i)
{
  const OpCase *c = s->op_case;
  const OpOutput *expected = &c->y[i];
  const SalShape *shape;
  double tolerance = c->tolerance > 0 ? c->tolerance : 1e-5;
  gint64 n;

  if (!expected->known)
    return;
  g_assert_cmpint (b->y[0][i], !=, SAL_NO_VALUE);
  shape = sal_plan_shape (b->plan, b->y[0][i]);
  if (!sal_shape_equal (shape, &expected->shape)) {
    g_autofree char *got = sal_shape_to_string (shape);
    g_autofree char *want = sal_shape_to_string (&expected->shape);

    g_test_fail_printf ("output %d has shape %s, not %s", i, got, want);
    return;
  }
  n = sal_shape_count (shape);
  if (expected->n > 0)
    g_assert_cmpint (expected->n, ==, MAX (n, 1));
  if (expected->values != NULL) {
    const float *y = sal_run_value (b->run, b->y[0][i]);

    g_assert_cmpint (sal_plan_type (b->plan, b->y[0][i]), ==, SAL_FLOAT);
    for (gint64 j = 0; j < n; j++) {
      double want = expected->values[j];

      if (!(y[j] == want || fabs (y[j] - want) <= tolerance * (1 + fabs (want)) ||
            (isnan (want) && isnan (y[j])))) {
        g_test_fail_printf ("output %d [%" G_GINT64_FORMAT "] is %.9g, not %.9g", i, j, y[j], want);
        return;
      }
    }
  }
  if (expected->ints != NULL) {
    const gint64 *y = sal_run_value (b->run, b->y[0][i]);

    g_assert_cmpint (sal_plan_type (b->plan, b->y[0][i]), ==, SAL_INT);
    for (gint64 j = 0; j < n; j++)
      if (y[j] != expected->ints[j]) {
        g_test_fail_printf ("output %d [%" G_GINT64_FORMAT "] is %" G_GINT64_FORMAT
                            ", not %" G_GINT64_FORMAT,
                            i, j, y[j], expected->ints[j]);
        return;
      }
  }
}

/* Every output must be a number: a kernel that leaves memory unset or overflows shows here. */
static gboolean
outputs_finite (const Bench *b, const Setting *s)
{
  for (int i = 0; i < s->n_y; i++) {
    if (!bench_seedable (b, i))
      continue;
    const float *y = sal_run_value (b->run, b->y[0][i]);

    for (gint64 j = 0; j < bench_count (b, b->y[0][i]); j++)
      if (!isfinite (y[j])) {
        g_test_fail_printf ("output %d [%" G_GINT64_FORMAT "] is %g", i, j, y[j]);
        return FALSE;
      }
  }
  return TRUE;
}

typedef struct {
  float *c[OP_CASE_OUTPUTS]; /* NULL: that output is not seeded */
} Cotangent;

static void
cotangent_init (Cotangent *cotangent, const Bench *b, const Setting *s, int only, guint64 seed)
{
  *cotangent = (Cotangent){ { NULL } };
  for (int i = 0; i < s->n_y; i++) {
    if (!bench_seedable (b, i) || (only >= 0 && only != i))
      continue;
    gint64 n = bench_count (b, b->y[0][i]);
    float *c = cotangent->c[i] = g_new (float, MAX (n, 1));

    /* 0.25 .. 1 with either sign: none so small that its output could be wrong unseen */
    for (gint64 j = 0; j < n; j++) {
      guint64 r = next_random (&seed);
      c[j] = (0.25f + 0.75f * (r % 1024) / 1024.f) * (r >> 63 ? 1 : -1);
    }
  }
}

static void
cotangent_clear (Cotangent *cotangent)
{
  for (int i = 0; i < OP_CASE_OUTPUTS; i++)
    g_free (cotangent->c[i]);
}

static void
bench_seed (const Bench *b, const Setting *s, int copy, const Cotangent *cotangent)
{
  for (int i = 0; i < s->n_y; i++)
    if (cotangent->c[i] != NULL)
      memcpy (sal_run_seed (b->run, b->y[copy][i]), cotangent->c[i],
              bench_count (b, b->y[copy][i]) * sizeof (float));
}

static void
bench_backward (const Bench *b)
{
  g_autoptr (GError) error = NULL;

  sal_run_backward (b->run, NULL, &error);
  g_assert_no_error (error);
}

/* The gradients that all cotangents give, [input] -> copy. */
static void
bench_gradients (const Bench *b, const Setting *s, float **g)
{
  for (int i = 0; i < s->n_x; i++) {
    g[i] = NULL;
    if (s->x[i] != NULL && s->fed[i] && sal_tensor_type (s->x[i]) == SAL_FLOAT)
      g[i] = g_memdup2 (sal_run_gradient (b->run, b->x[i]),
                        MAX (sal_tensor_count (s->x[i]), 1) * sizeof (float));
  }
}

static void
gradients_clear (float **g)
{
  for (int i = 0; i < OP_CASE_INPUTS; i++)
    g_clear_pointer (&g[i], g_free);
}

/* All seeded outputs one after the other, as doubles. */
static void
read_outputs (const Bench *b, const Setting *s, const Cotangent *cotangent, double *out)
{
  for (int i = 0; i < s->n_y; i++) {
    if (cotangent->c[i] == NULL)
      continue;
    const float *y = sal_run_value (b->run, b->y[0][i]);

    for (gint64 j = 0; j < bench_count (b, b->y[0][i]); j++)
      *out++ = y[j];
  }
}

static void
compare_differences (const Bench *b, const Setting *s, const Cotangent *cotangent, float *const *g)
{
  static const double weight[4] = { -8, 8, 1, -1 }, offset[4] = { -1, 1, -2, 2 };
  double h = step_of (s->op_case);
  g_autofree double *c = NULL;
  g_autofree double *y = NULL;
  gint64 n = 0, at = 0;

  for (int i = 0; i < s->n_y; i++)
    if (cotangent->c[i] != NULL)
      n += bench_count (b, b->y[0][i]);
  c = g_new0 (double, MAX (n, 1));
  y = g_new0 (double, MAX (4 * n, 1));
  for (int i = 0; i < s->n_y; i++)
    if (cotangent->c[i] != NULL)
      for (gint64 j = 0; j < bench_count (b, b->y[0][i]); j++)
        c[at++] = cotangent->c[i][j];

  for (int i = 0; i < s->n_x; i++) {
    double largest = 0, noisiest = 0;

    if (g[i] == NULL)
      continue;
    for (gint64 j = 0; j < sal_tensor_count (s->x[i]); j++) {
      float *x = (float *) sal_tensor_edit (s->x[i]) + j;
      float kept = *x;
      double sum = 0, noise = 0;

      for (int k = 0; k < 4; k++) {
        *x = kept + offset[k] * h;
        bench_forward (b, s);
        read_outputs (b, s, cotangent, y + k * n);
      }
      *x = kept;
      for (gint64 l = 0; l < n; l++) {
        double most = 0;

        if (y[l] == y[n + l] && y[2 * n + l] == y[3 * n + l])
          continue;
        for (int k = 0; k < 4; k++) {
          sum += c[l] * weight[k] * y[k * n + l];
          most = MAX (most, fabs (y[k * n + l]));
        }
        noise += fabs (c[l]) * MAX (most, 0x1p-10);
      }
      sum /= 12 * h;
      noise *= ROUNDINGS * 0x1p-24 / h;
      if (!(fabs (sum - g[i][j]) <= noise + 1e-3 * fabs (sum) + 1e-6)) {
        g_test_fail_printf ("gradient of input %d [%" G_GINT64_FORMAT
                            "] is %.7g, differences give %.7g +- %.2g",
                            i, j, g[i][j], sum, noise);
        return;
      }
      largest = MAX (largest, fabs (sum));
      noisiest = MAX (noisiest, noise);
    }
    if (noisiest > 0.1 * largest) {
      g_test_fail_printf ("input %d: rounding %.2g is too near the gradient %.2g to tell", i,
                          noisiest, largest);
      return;
    }
  }
}

static gboolean
same_gradients (const Setting *s, float *const *a, float *const *b, double tolerance,
                const char *what)
{
  for (int i = 0; i < s->n_x; i++) {
    double scale = 0;

    if (a[i] == NULL || b[i] == NULL)
      continue;
    for (gint64 j = 0; j < sal_tensor_count (s->x[i]); j++)
      scale = MAX (scale, fabs (a[i][j]));
    for (gint64 j = 0; j < sal_tensor_count (s->x[i]); j++)
      if (!(fabs (a[i][j] - b[i][j]) <= tolerance * scale)) {
        g_test_fail_printf ("%s: gradient of input %d [%" G_GINT64_FORMAT "] is %.9g, not %.9g",
                            what, i, j, b[i][j], a[i][j]);
        return FALSE;
      }
  }
  return TRUE;
}

/* Two nodes that read the same values: each must add to the gradients, whichever comes first. */
static void
check_accumulation (const Setting *s, const Bench *single, const Cotangent *first,
                    float *const *g_first)
{
  g_autoptr (GError) error = NULL;
  Bench twice;
  Cotangent second;
  float *g[OP_CASE_INPUTS] = { NULL }, *both[OP_CASE_INPUTS] = { NULL };

  cotangent_init (&second, single, s, -1, 77);
  bench_forward (single, s);
  bench_seed (single, s, 0, &second);
  bench_backward (single);
  bench_gradients (single, s, g);
  for (int i = 0; i < s->n_x; i++)
    for (gint64 j = 0; g[i] != NULL && j < sal_tensor_count (s->x[i]); j++)
      g[i][j] += g_first[i][j];

  bench_init (&twice, s, 2, -1, TRUE, &error);
  g_assert_no_error (error);
  bench_forward (&twice, s);
  bench_seed (&twice, s, 0, first);
  bench_seed (&twice, s, 1, &second);
  bench_backward (&twice);
  bench_gradients (&twice, s, both);
  same_gradients (s, g, both, 1e-5, "value read by two nodes");

  gradients_clear (g);
  gradients_clear (both);
  cotangent_clear (&second);
  bench_clear (&twice);
}

/* Only one input's gradient wanted: the others' gx are NULL. */
static void
check_alone (const Setting *s, const Cotangent *cotangent, float *const *g)
{
  for (int i = 0; i < s->n_x; i++) {
    g_autoptr (GError) error = NULL;
    float *alone[OP_CASE_INPUTS] = { NULL };
    Bench b;

    if (g[i] == NULL)
      continue;
    bench_init (&b, s, 1, i, TRUE, &error);
    g_assert_no_error (error);
    bench_forward (&b, s);
    bench_seed (&b, s, 0, cotangent);
    bench_backward (&b);
    alone[i] = g_memdup2 (sal_run_gradient (b.run, b.x[i]),
                          MAX (sal_tensor_count (s->x[i]), 1) * sizeof (float));
    same_gradients (s, g, alone, 1e-6, "gradient of one input alone");
    gradients_clear (alone);
    bench_clear (&b);
  }
}

static void
check_gradient (const Setting *s, const Bench *b, int only_output)
{
  Cotangent cotangent;
  float *g[OP_CASE_INPUTS] = { NULL }, *again[OP_CASE_INPUTS] = { NULL };

  cotangent_init (&cotangent, b, s, only_output, 42);
  bench_forward (b, s);
  bench_seed (b, s, 0, &cotangent);
  bench_backward (b);
  bench_gradients (b, s, g);
  compare_differences (b, s, &cotangent, g);

  /* After other inputs went through it, a run must give the same once more: nothing may be left
   * in scratch or saved memory. */
  bench_forward (b, s);
  bench_seed (b, s, 0, &cotangent);
  bench_backward (b);
  bench_gradients (b, s, again);
  same_gradients (s, g, again, 0, "same pass once more");
  gradients_clear (again);

  if (only_output < 0) {
    check_accumulation (s, b, &cotangent, g);
    check_alone (s, &cotangent, g);
  }
  gradients_clear (g);
  cotangent_clear (&cotangent);
}

static void
check_stated_gradient (const Setting *s, const Bench *b)
{
  float *seed = sal_run_seed (b->run, b->y[0][0]);
  const float *g;

  for (gint64 i = 0; i < bench_count (b, b->y[0][0]); i++)
    seed[i] = 1.f;
  bench_backward (b);
  g = sal_run_gradient (b->run, b->x[0]);
  for (gint64 i = 0; i < sal_tensor_count (s->x[0]); i++)
    if (!(fabs (g[i] - s->op_case->gx[i]) <= 1e-5 * fabs (s->op_case->gx[i]))) {
      g_test_fail_printf ("gradient of input 0 [%" G_GINT64_FORMAT "] is %.9g, not %.9g", i, g[i],
                          s->op_case->gx[i]);
      return;
    }
}

static void
check_setting (const OpCase *c, gboolean fed_params, SalCompute compute, gboolean behind)
{
  g_autoptr (GError) error = NULL;
  const SalOp *op = sal_op_find (c->op, c->opset);
  gboolean gradients = op != NULL && op->backward != NULL && !c->no_gradient && c->error == NULL;
  int n_seedable = 0, n_differentiable = 0;
  Setting s;
  Bench b;

  setting_init (&s, c, fed_params);
  s.compute = compute;
  s.behind = behind;
  for (int i = 0; i < s.n_x; i++)
    n_differentiable += s.x[i] != NULL && s.fed[i] && sal_tensor_type (s.x[i]) == SAL_FLOAT;
  if (!bench_init (&b, &s, 1, -1, gradients, &error) || c->error != NULL) {
    if (c->error == NULL)
      g_test_fail_printf ("%s", error->message);
    else if (error == NULL)
      g_test_fail_printf ("was not refused");
    else if (error->domain != SAL_ERROR || strstr (error->message, c->error) == NULL)
      g_test_fail_printf ("was refused with \"%s\", not \"%s\"", error->message, c->error);
    goto out;
  }

  bench_forward (&b, &s);
  for (int i = 0; i < s.n_y; i++)
    compare_output (&b, &s, i);
  if (!gradients)
    goto out;
  if (n_differentiable == 0) {
    g_test_fail_printf ("no input is fed: nothing to differentiate");
    goto out;
  }
  if (!outputs_finite (&b, &s))
    goto out;
  if (c->gx != NULL) {
    check_stated_gradient (&s, &b);
    goto out;
  }
  for (int i = 0; i < s.n_y; i++)
    n_seedable += bench_seedable (&b, i);
  check_gradient (&s, &b, -1);
  for (int i = 0; i < s.n_y && n_seedable > 1; i++)
    if (bench_seedable (&b, i))
      check_gradient (&s, &b, i);

out:
  bench_clear (&b);
  setting_clear (&s);
}

void
op_case_check (const OpCase *op_case)
{
  gboolean params = FALSE;

  for (int i = 0; i < OP_CASE_INPUTS; i++)
    params = params || op_case->x[i].both;
  check_setting (op_case, FALSE, SAL_COMPUTE_REFERENCE, FALSE);
  if (params)
    check_setting (op_case, TRUE, SAL_COMPUTE_REFERENCE, FALSE);
  /* Plans compute convolutions in other ways, too, and what is between them. */
  check_setting (op_case, FALSE, SAL_COMPUTE_EXACT, FALSE);
  check_setting (op_case, FALSE, SAL_COMPUTE_FAST, FALSE);
  check_setting (op_case, FALSE, SAL_COMPUTE_FAST, TRUE);
}
