/* Compares the gradient of every case of the ONNX project's tests with differences: for random
 * weights r of the outputs, that of L(x) = sum r · y(x) with respect to elements of every float
 * input, chosen at random. */
#include "engine/onnx/onnx.pb-c.h"
#include "tests/engine/level.h"
#include "tests/engine/onnx-case.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Elements that are tried per input. */
#define N_ELEMENTS 32
/* A difference must agree with the gradient to this, besides its own error. */
#define RTOL 1e-2
#define ATOL 1e-4
/* Differences to either side, or over another distance, that are apart by more than this part mean
 * a kink, a jump or a strong bend. */
#define KINK 0.1

typedef struct {
  int checked, skipped, failed;
} Tally;

typedef struct {
  OnnxCase *c;
  SalRun *run;
  GRand *random;
  GPtrArray *weights; /* of SalTensor: r by output, NULL for integers */
  GPtrArray *before;  /* of SalTensor: y at the point itself */
} Sweep;

/* L(x) - L(x0), and in @noise what rounding may have put into it. Outputs that did not change
 * cancel exactly, so one sum over everything is as good as one over what depends on x. */
static double
change_of_sum (const Sweep *sweep, double *noise)
{
  double sum = 0;

  *noise = 0;
  for (int i = 0; i < sal_graph_n_outputs (sweep->c->graph); i++) {
    const SalTensor *r = sweep->weights->pdata[i];
    if (r == NULL)
      continue;
    const float *y = sal_run_value (sweep->run, sal_graph_output (sweep->c->graph, i));
    const float *y0 = sal_tensor_floats (sweep->before->pdata[i]);
    const float *weight = sal_tensor_floats (r);
    for (gint64 j = 0; j < sal_tensor_count (r); j++) {
      if (y[j] == y0[j])
        continue;
      sum += (double) weight[j] * ((double) y[j] - y0[j]);
      *noise += fabs (weight[j]) * (fabs (y[j]) + fabs (y0[j])) * FLT_EPSILON;
    }
  }
  return sum;
}

/* L(x + step) - L(x) for one element; the step is what float32 makes of it. */
static double
step (const Sweep *sweep, guint input, gint64 element, double *h, double *noise)
{
  int value = sweep->c->fed[input];
  const float *x = sal_tensor_floats (sweep->c->inputs->pdata[input]);
  float moved = (float) (x[element] + *h);

  *h = (double) moved - x[element];
  onnx_case_fill (sweep->c, sweep->run);
  ((float *) sal_run_feed (sweep->run, value))[element] = moved;
  g_assert_true (sal_run_forward (sweep->run, NULL, NULL));
  return change_of_sum (sweep, noise);
}

static void
check_element (const Sweep *sweep, guint input, gint64 element, double gradient, const char *name,
               Tally *tally)
{
  double x = sal_tensor_floats (sweep->c->inputs->pdata[input])[element];
  /* Of the order of x, but for numbers so large that what depends on their differences would be
   * left behind (softmax of 10000 and 10001). */
  double h = fmin (fmax (fabs (x), 0.25) / 64, 0.25);
  double central[2], noise = 0, forward = 0, backward = 0;

  /* At h and h / 2: the two agree but for h², which their weighted mean removes. */
  for (int i = 0; i < 2; i++) {
    double up = h / (1 << i), down = -up, noise_up, noise_down;
    double rise = step (sweep, input, element, &up, &noise_up);
    double fall = step (sweep, input, element, &down, &noise_down);

    central[i] = (rise - fall) / (up - down);
    forward = rise / up;
    backward = fall / down;
    noise = 4 * (noise_up + noise_down) / (up - down);
  }
  double estimate = (4 * central[1] - central[0]) / 3;
  double scale = fmax (fabs (forward), fabs (backward));
  if (!isfinite (estimate) || fabs (forward - backward) > KINK * scale + noise ||
      fabs (central[1] - central[0]) > KINK * scale + noise) {
    tally->skipped++;
    return;
  }
  tally->checked++;
  double allowed = RTOL * fmax (fabs (gradient), fabs (estimate)) + fabs (central[1] - central[0]) +
                   noise + ATOL;
  if (fabs (gradient - estimate) <= allowed)
    return;
  tally->failed++;
  if (tally->failed <= 3)
    g_test_message ("%s: input %u, element %" G_GINT64_FORMAT " (%g): gradient %g, difference %g "
                    "± %g",
                    name, input, element, x, gradient, estimate, allowed);
}

/* Operands that operators take as given, like PyTorch's: where the boxes of RoiAlign lie. */
static gboolean
is_taken_as_given (const SalGraph *graph, int value)
{
  for (int i = 0; i < sal_graph_n_nodes (graph); i++) {
    const SalNode *node = sal_graph_node (graph, i);

    if (g_str_equal (node->op_type, "RoiAlign") && node->x[1] == value)
      return TRUE;
  }
  return FALSE;
}

/* Weights of about the size that makes each output count, away from zero. */
static SalTensor *
random_weights (GRand *random, const SalShape *shape)
{
  SalTensor *r = sal_tensor_new (SAL_FLOAT, shape);
  float *data = sal_tensor_edit (r);

  for (gint64 i = 0; i < sal_tensor_count (r); i++)
    data[i] = (float) (g_rand_double_range (random, 0.5, 1.5) * (g_rand_boolean (random) ? 1 : -1));
  return r;
}

static void
unref_tensor (gpointer tensor)
{
  if (tensor != NULL)
    sal_tensor_unref (tensor);
}

/* Whether an output follows its input smoothly. Rounded to 16 bits or to whole numbers it goes by
 * steps, and the gradient is that of what is rounded; some data overflows in float32. */
static gboolean
is_smooth (const OnnxCase *c, const SalRun *run, int i)
{
  int output = sal_graph_output (c->graph, i);
  int producer = sal_graph_get_value (c->graph, output)->producer;

  if ((c->output_types[i] != ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT &&
       c->output_types[i] != ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE) ||
      sal_plan_type (c->plan, output) != SAL_FLOAT || sal_plan_constant (c->plan, output) != NULL ||
      (producer >= 0 &&
       g_str_has_suffix (sal_graph_node (c->graph, producer)->op_type, "QuantizeLinear")))
    return FALSE;
  const float *y = sal_run_value (run, output);
  for (gint64 j = 0; j < sal_shape_count (sal_plan_shape (c->plan, output)); j++)
    if (!isfinite (y[j]))
      return FALSE;
  return TRUE;
}

/* Goes forward and backward once at the point itself. Returns: whether there is a float output */
static gboolean
differentiate (Sweep *sweep)
{
  const OnnxCase *c = sweep->c;
  gboolean any = FALSE;

  onnx_case_fill (c, sweep->run);
  g_assert_true (sal_run_forward (sweep->run, NULL, NULL));
  for (int i = 0; i < sal_graph_n_outputs (c->graph); i++) {
    int output = sal_graph_output (c->graph, i);
    const SalShape *shape = sal_plan_shape (c->plan, output);
    gboolean differentiable = is_smooth (c, sweep->run, i);

    g_ptr_array_add (sweep->weights, differentiable ? random_weights (sweep->random, shape) : NULL);
    g_ptr_array_add (sweep->before, differentiable
                                        ? sal_tensor_new_copy (SAL_FLOAT, shape,
                                                               sal_run_value (sweep->run, output))
                                        : NULL);
    if (differentiable)
      memcpy (sal_run_seed (sweep->run, output), sal_tensor_floats (sweep->weights->pdata[i]),
              sal_shape_count (shape) * sizeof (float));
    any = any || differentiable;
  }
  if (any)
    g_assert_true (sal_run_backward (sweep->run, NULL, NULL));
  return any;
}

static gboolean
has_float_feed (const OnnxCase *c)
{
  for (guint i = 0; i < c->inputs->len; i++)
    if (c->fed[i] != SAL_NO_VALUE && sal_tensor_type (c->inputs->pdata[i]) == SAL_FLOAT)
      return TRUE;
  return FALSE;
}

static void
sweep_case (OnnxCase *c, const char *name, Tally *tally)
{
  g_autoptr (SalRun) run = sal_run_new (c->plan);
  g_autoptr (GPtrArray) weights = g_ptr_array_new_with_free_func (unref_tensor);
  g_autoptr (GPtrArray) before = g_ptr_array_new_with_free_func (unref_tensor);
  g_autoptr (GPtrArray) gradients = g_ptr_array_new_with_free_func (unref_tensor);
  /* Of the name, so that a case is tried the same way alone and among others. */
  g_autoptr (GRand) random = g_rand_new_with_seed (g_str_hash (name));
  Sweep sweep = { c, run, random, weights, before };

  if (!has_float_feed (c) || !differentiate (&sweep))
    return;
  for (guint i = 0; i < c->inputs->len; i++) {
    const SalTensor *input = c->inputs->pdata[i];
    gboolean wanted = c->fed[i] != SAL_NO_VALUE && sal_tensor_type (input) == SAL_FLOAT &&
                      !is_taken_as_given (c->graph, c->fed[i]);

    g_ptr_array_add (gradients, wanted ? sal_tensor_new_copy (SAL_FLOAT, sal_tensor_shape (input),
                                                              sal_run_gradient (run, c->fed[i]))
                                       : NULL);
  }
  for (guint i = 0; i < c->inputs->len; i++) {
    if (gradients->pdata[i] == NULL)
      continue;
    gint64 n = sal_tensor_count (gradients->pdata[i]);
    const float *gradient = sal_tensor_floats (gradients->pdata[i]);
    for (int j = 0; j < MIN (n, N_ELEMENTS); j++) {
      gint64 element = n <= N_ELEMENTS ? j : g_rand_int_range (random, 0, (gint32) n);
      check_element (&sweep, i, element, gradient[element], name, tally);
    }
  }
}

static void
test_folder (gconstpointer data)
{
  const char *folder = data;
  g_autofree char *root = onnx_case_root ();
  Tally all = { 0 };
  int n_cases = 0, n_blind = 0, n_failed = 0;

  if (root == NULL)
    return;
  g_autoptr (GPtrArray) names = onnx_case_names (root, folder);
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_autofree char *path = g_build_filename (root, folder, name, NULL);
    Tally tally = { 0 };

    /* Of all inputs, then of the first alone, the others being weights. What cannot be read or
     * planned is the conformance test's to tell. */
    for (int weights = 0; weights < 2; weights++) {
      g_autoptr (OnnxCase) c = onnx_case_load (path, 0, TRUE, weights, SAL_COMPUTE_FAST, NULL);

      if (c != NULL)
        sweep_case (c, name, &tally);
    }
    all.checked += tally.checked;
    all.skipped += tally.skipped;
    all.failed += tally.failed;
    n_cases += tally.checked > 0;
    n_failed += tally.failed > 0;
    if (tally.checked == 0 && tally.skipped > 0) {
      n_blind++;
      g_test_message ("%s: all %d elements skipped", name, tally.skipped);
    }
  }
  g_test_message ("%s: %d cases, %d elements checked, %d skipped at kinks, %d failed; %d cases "
                  "skipped as a whole",
                  folder, n_cases, all.checked, all.skipped, all.failed, n_blind);
  if (n_failed > 0)
    g_test_fail_printf ("the gradient of %d cases of %s is wrong", n_failed, folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!level_take (argc, argv))
    return 0;
  for (int i = 0; onnx_case_folders[i] != NULL; i++) {
    g_autofree char *path = g_strconcat ("/onnx/gradients/", onnx_case_folders[i], NULL);
    g_test_add_data_func (path, onnx_case_folders[i], test_folder);
  }
  return g_test_run ();
}
