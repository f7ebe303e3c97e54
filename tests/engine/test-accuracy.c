/* Whole networks against float64: logits and gradients, with every gate as the engine decided it.
 *
 * Left free, a gate near its threshold turns by one rounding and moves a gradient by a thousandth,
 * in any program that computes in float32; held, what is left is the error of the kernels. */
#include "engine/base/random.h"
#include "engine/graph/run.h"
#include "engine/model.h"
#include "engine/onnx/reader.h"
#include "tests/benchmarks/networks.h"
#include "tests/benchmarks/reference.h"

#include <math.h>
#include <string.h>

#define LIMIT 1e-5
#define PICTURES 3

/* The original networks at a quarter of the width, on small pictures: loops take a second. */
#define SIZE 96
#define THINNER 4

/* One network, computed by the engine. */
typedef struct {
  Network *network;
  SalModel *model;
  SalRun *run;
  int *values; /* by layer: the graph's value */
} Subject;

static SalModel *
open_network (const Network *network)
{
  g_autoptr (GBytes) bytes = network_to_bytes (network);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalGraph) graph = sal_onnx_read_bytes (bytes, NULL, network->name, NULL, &error);

  g_assert_no_error (error);

  SalModel *model = sal_model_new (graph, NULL, NULL, network->name, &error);

  g_assert_no_error (error);
  return model;
}

/* Whether the reference asks for the engine's value of this layer. */
static gboolean
decides (const Network *network, int layer)
{
  LayerKind kind = network_layer (network, layer)->kind;

  for (int i = layer + 1; i < network_n_layers (network); i++)
    if (network_layer (network, i)->kind == LAYER_MAX_POOL &&
        network_layer (network, i)->x[0] == layer)
      return TRUE;
  return kind == LAYER_RELU || kind == LAYER_CLIP;
}

/* @gates: whether what decides gates can be read after a pass */
static SalRun *
new_run (const Subject *subject, gboolean gates)
{
  int n = network_n_layers (subject->network), input = sal_model_input (subject->model);
  int logits = sal_model_logits (subject->model);
  g_autofree int *keep = g_new (int, n);
  SalFeed feed = { input, *sal_model_input_shape (subject->model) };
  SalPlanOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = &logits;
  options.n_outputs = 1;
  options.gradients = &input;
  options.n_gradients = 1;
  options.keep = keep;
  for (int i = 1; gates && i < n; i++)
    if (decides (subject->network, i))
      keep[options.n_keep++] = subject->values[i];

  g_autoptr (SalPlan) plan = sal_plan_new (sal_model_graph (subject->model), &options, &error);

  g_assert_no_error (error);
  return sal_run_new (plan);
}

static void
subject_start (Subject *subject, const char *name)
{
  SalGraph *graph;
  int n;

  subject->network = network_new (name, SIZE, THINNER, NETWORK_SEED);
  subject->model = open_network (subject->network);
  graph = sal_model_graph (subject->model);
  n = network_n_layers (subject->network);
  subject->values = g_new (int, n);
  for (int i = 0; i < n; i++) {
    subject->values[i] = sal_graph_find (graph, network_layer (subject->network, i)->name);
    g_assert_cmpint (subject->values[i], !=, SAL_NO_VALUE);
  }
  subject->run = new_run (subject, TRUE);
}

static void
subject_end (Subject *subject)
{
  sal_run_free (subject->run);
  sal_model_unref (subject->model);
  g_free (subject->values);
  network_free (subject->network);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Subject, subject_end)

static const float *
engine_value (int layer, gpointer data)
{
  const Subject *subject = data;

  return sal_run_value (subject->run, subject->values[layer]);
}

static int
highest (const float *z, gint64 n)
{
  int best = 0;

  for (int i = 1; i < n; i++)
    if (z[i] > z[best])
      best = i;
  return best;
}

/* Forward, and back from the highest class. Returns: the logits, copied before the backward pass,
 * which may reuse their memory */
static float *
pass (const Subject *subject, SalRun *run, const float *x)
{
  int input = sal_model_input (subject->model), logits = sal_model_logits (subject->model);
  gint64 classes = sal_model_n_classes (subject->model);
  float *copy, *seed;

  memcpy (sal_run_feed (run, input), x,
          sal_shape_count (sal_model_input_shape (subject->model)) * sizeof (float));
  g_assert_true (sal_run_forward (run, NULL, NULL));
  copy = g_memdup2 (sal_run_value (run, logits), classes * sizeof (float));
  seed = sal_run_seed (run, logits);
  memset (seed, 0, classes * sizeof (float));
  seed[highest (copy, classes)] = 1;
  g_assert_true (sal_run_backward (run, NULL, NULL));
  return copy;
}

static double
relative_error (const float *got, const double *want, gint64 n)
{
  double difference = 0, norm = 0;

  for (gint64 i = 0; i < n; i++) {
    difference += pow (got[i] - want[i], 2);
    norm += pow (want[i], 2);
  }
  g_assert_cmpfloat (norm, >, 0);
  return sqrt (difference / norm);
}

/* Logits and gradient within LIMIT of float64's; and keeping the gates' values, which is for this
 * test alone, changes no bit of them. */
static void
test_gates_held (gconstpointer name)
{
  g_auto (Subject) subject = { 0 };
  double logits_error = 0, gradient_error = 0;

  subject_start (&subject, name);

  g_autoptr (Reference) reference = reference_new (subject.network);
  g_autoptr (SalRun) plain = new_run (&subject, FALSE);
  int output = network_n_layers (subject.network) - 1, input = sal_model_input (subject.model);
  gint64 classes = layer_count (network_layer (subject.network, output));
  gint64 n = layer_count (network_layer (subject.network, 0));
  ReferenceGates gates = { engine_value, &subject };
  g_autofree float *x = g_new (float, n);

  for (int picture = 0; picture < PICTURES; picture++) {
    sal_random_normals (1, picture, x, n);

    g_autofree float *logits = pass (&subject, subject.run, x);
    g_autofree float *plain_logits = pass (&subject, plain, x);
    const float *gradient = sal_run_gradient (subject.run, input);

    g_assert_cmpmem (plain_logits, classes * sizeof (float), logits, classes * sizeof (float));
    g_assert_cmpmem (sal_run_gradient (plain, input), n * sizeof (float), gradient,
                     n * sizeof (float));
    reference_feed (reference, x);
    reference_forward (reference, &gates);
    reference_backward (reference, highest (logits, classes));
    logits_error =
        MAX (logits_error, relative_error (logits, reference_value (reference, output), classes));
    gradient_error =
        MAX (gradient_error, relative_error (gradient, reference_gradient (reference, 0), n));
  }
  g_test_message ("logits %.1e, gradient %.1e", logits_error, gradient_error);
  g_assert_cmpfloat (logits_error, <=, LIMIT);
  g_assert_cmpfloat (gradient_error, <=, LIMIT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int i = 0; network_names ()[i] != NULL; i++) {
    g_autofree char *path = g_strdup_printf ("/engine/accuracy/%s", network_names ()[i]);

    g_test_add_data_func (path, network_names ()[i], test_gates_held);
  }
  return g_test_run ();
}
