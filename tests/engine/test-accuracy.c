/* Whole networks against float64: logits and gradients, with every gate as the engine decided it,
 * at every level of the processor's features and in every way of computing.
 *
 * Left free, a gate near its threshold turns by one rounding and moves a gradient by a thousandth,
 * in any program that computes in float32; held, what is left is the error of the kernels. */
#include "engine/base/random.h"
#include "engine/graph/run.h"
#include "engine/kernels/cpu.h"
#include "engine/model.h"
#include "engine/onnx/reader.h"
#include "tests/benchmarks/networks.h"
#include "tests/benchmarks/reference.h"

#include <math.h>
#include <string.h>

#define PICTURES 2
/* With -m slow the networks as they are, in place of those. */
#define FULL_SIZE 224

/** Case: one network, computed in one way */
typedef struct {
  const char *network;
  gboolean full;
  SalCompute compute;
  SalCpuLevel level;
  int pictures;
  double limit; /* of relative errors */
} Case;

static const struct {
  SalCompute compute;
  const char *name;
  double limit;
} ways[] = { { SAL_COMPUTE_FAST, "fast", 1e-5 },
             { SAL_COMPUTE_EXACT, "exact", 2e-6 },
             { SAL_COMPUTE_REFERENCE, "reference", 2e-6 } };

/* The original networks at a quarter of the width, on small pictures: loops take a second. */
#define SIZE 96
#define THINNER 4

/* Networks that were made, for weights take longer to draw than to use. */
static GHashTable *networks;

static const Network *
the_network (const char *name, gboolean full)
{
  g_autofree char *key = g_strdup_printf ("%s%s", name, full ? " in full" : "");
  Network *network = g_hash_table_lookup (networks, key);

  if (network == NULL) {
    network = network_new (name, full ? FULL_SIZE : SIZE, full ? 1 : THINNER, NETWORK_SEED);
    g_hash_table_insert (networks, g_steal_pointer (&key), network);
  }
  return network;
}

/* One network, computed by the engine. */
typedef struct {
  const Network *network;
  SalModel *model;
  SalRun *run;
  int *values; /* by layer: the graph's value */
} Subject;

static SalModel *
open_network (const Network *network, SalCompute compute)
{
  g_autoptr (GBytes) bytes = network_to_bytes (network);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalGraph) graph = sal_onnx_read_bytes (bytes, NULL, network->name, NULL, &error);

  g_assert_no_error (error);

  g_autoptr (SalModel) model = sal_model_new (graph, NULL, NULL, network->name, &error);

  g_assert_no_error (error);

  SalModel *computed = sal_model_with_compute (model, compute, &error);

  g_assert_no_error (error);
  return computed;
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
  SalPlanOptions options;
  g_autoptr (GError) error = NULL;

  sal_model_plan_options (subject->model, &options);
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
subject_start (Subject *subject, const Case *c)
{
  SalGraph *graph;
  int n;

  subject->network = the_network (c->network, c->full);
  subject->model = open_network (subject->network, c->compute);
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

/* Logits and gradient within the limit of float64's; and keeping the gates' values, which is for
 * this test alone, changes no bit of them. */
static void
test_gates_held (gconstpointer data)
{
  const Case *c = data;
  g_auto (Subject) subject = { 0 };
  double logits_error = 0, gradient_error = 0;

  sal_cpu_level_set (c->level);
  subject_start (&subject, c);

  g_autoptr (Reference) reference = reference_new (subject.network);
  g_autoptr (SalRun) plain = new_run (&subject, FALSE);
  int output = network_n_layers (subject.network) - 1, input = sal_model_input (subject.model);
  gint64 classes = layer_count (network_layer (subject.network, output));
  gint64 n = layer_count (network_layer (subject.network, 0));
  ReferenceGates gates = { engine_value, &subject };
  g_autofree float *x = g_new (float, n);

  for (int picture = 0; picture < c->pictures; picture++) {
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
  g_assert_cmpfloat (logits_error, <=, c->limit);
  g_assert_cmpfloat (gradient_error, <=, c->limit);
  sal_cpu_level_set (sal_cpu_level_max ());
}

static void
add (const char *network, gboolean full, int way, SalCpuLevel level)
{
  Case *c = g_new (Case, 1);
  g_autofree char *path = g_strdup_printf ("/engine/accuracy/%s/%s/%s/%s", full ? "full" : "small",
                                           ways[way].name, sal_cpu_level_name (level), network);

  /* The loops of the reference take most of the time. */
  int pictures = full || level < sal_cpu_level_max () ? 1 : PICTURES;

  *c = (Case){ network, full, ways[way].compute, level, pictures, ways[way].limit };
  g_test_add_data_func_full (path, c, test_gates_held, g_free);
}

int
main (int argc, char **argv)
{
  SalCpuLevel max = sal_cpu_level_max ();
  int status;

  g_test_init (&argc, &argv, NULL);
  networks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) network_free);
  for (int i = 0; network_names ()[i] != NULL; i++) {
    const char *name = network_names ()[i];

    if (g_test_slow ()) {
      add (name, TRUE, 0, max);
      /* VGG-16's loops take longer than those of all others together; once is enough, as the small
       * one goes every way. */
      if (!g_str_has_prefix (name, "vgg"))
        add (name, TRUE, 1, max);
      continue;
    }
    for (SalCpuLevel level = 0; level <= max; level++) {
      add (name, FALSE, 0, level);
      add (name, FALSE, 1, level);
    }
    /* The operators' own kernels know no levels. */
    add (name, FALSE, 2, max);
  }
  status = g_test_run ();
  g_hash_table_unref (networks);
  return status;
}
