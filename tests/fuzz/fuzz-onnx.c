/* What an attacker controls: the bytes of a model, all the way through reading, planning, a pass in
 * either direction, and what is asked of a classifier. Run by libFuzzer (meson option fuzz), and by
 * replay.c as a normal test. */
#include "engine/base/memory.h"
#include "engine/explain/methods.h"
#include "engine/explain/scorer.h"
#include "engine/graph/run.h"
#include "engine/onnx/reader.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* Small enough that thousands of models a second can be tried. */
#define MAX_BYTES ((guint64) 64 << 20)
#define MAX_AXIS 64
#define MAX_MULTIPLY_ADDS 20000000

static void
add_feeds (SalGraph *graph, GArray *feeds, GArray *gradients)
{
  for (int i = 0; i < sal_graph_n_inputs (graph); i++) {
    SalFeed feed = { .value = sal_graph_input (graph, i) };
    const SalValue *value = sal_graph_get_value (graph, feed.value);

    feed.shape = value->shape;
    for (int axis = 0; axis < feed.shape.rank; axis++)
      feed.shape.dim[axis] = feed.shape.dim[axis] < 0 ? 1 : MIN (feed.shape.dim[axis], MAX_AXIS);
    g_array_append_val (feeds, feed);
    if (value->type == SAL_FLOAT)
      g_array_append_val (gradients, feed.value);
  }
}

static void
run_plan (SalPlan *plan, const GArray *feeds, const GArray *gradients)
{
  SalGraph *graph = sal_plan_graph (plan);
  g_autoptr (SalRun) run = sal_run_new (plan);

  for (guint i = 0; i < feeds->len; i++) {
    const SalFeed *feed = &g_array_index (feeds, SalFeed, i);
    gpointer data =
        sal_plan_shape (plan, feed->value) != NULL ? sal_run_feed (run, feed->value) : NULL;
    gint64 n = data != NULL ? sal_shape_count (&feed->shape) : 0;

    for (gint64 j = 0; j < n; j++)
      if (sal_plan_type (plan, feed->value) == SAL_FLOAT)
        ((float *) data)[j] = (float) (j % 7) - 2.5f;
      else
        ((gint64 *) data)[j] = j % 5 - 2;
  }
  sal_run_forward (run, NULL, NULL);
  if (gradients->len == 0)
    return;
  for (int i = 0; i < sal_graph_n_outputs (graph); i++) {
    int output = sal_graph_output (graph, i);
    gint64 n = sal_shape_count (sal_plan_shape (plan, output));

    if (sal_plan_type (plan, output) != SAL_FLOAT || sal_plan_constant (plan, output) != NULL)
      continue;
    float *seed = sal_run_seed (run, output);
    for (gint64 j = 0; j < n; j++)
      seed[j] = 1;
  }
  sal_run_backward (run, NULL, NULL);
}

/* Points that differ in their first element. */
static void
fill (gint64 index, float *x, gpointer input)
{
  memcpy (x, sal_tensor_floats (input), sal_tensor_count (input) * sizeof (float));
  if (sal_tensor_count (input) > 0)
    x[0] += (float) index;
}

static void
where (gint64 index, SalExtent *extent, gpointer input)
{
  *extent = SAL_EXTENT_NONE;
  if (index > 0)
    sal_extent_include (extent, 0, 0);
}

static void
take (const SalPoint *point, gpointer input)
{
}

static void
score (SalModel *model, int wrt, SalTensor *input)
{
  SalTarget target = { 0, -1, SAL_OUTPUT_LOGIT };
  SalPoints points = { .n = 7, .fill = fill, .take = take, .data = input };
  g_autoptr (GError) error = NULL;
  g_autoptr (SalScorer) scorer = sal_scorer_new (model, &target, wrt, NULL, 1, 0, &error);

  if (wrt == SAL_NO_VALUE && sal_tensor_shape (input)->rank == 4) {
    points.origin = sal_tensor_floats (input);
    points.where = where;
  }
  if ((scorer == NULL || !sal_scorer_run (scorer, &points, NULL, &error)) && error == NULL)
    abort ();
}

/* The graph as a classifier, if it is one. */
static void
classify (SalGraph *graph)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) model = sal_model_new (graph, NULL, NULL, "fuzz", &error);
  g_autoptr (SalTensor) input = NULL;

  if ((model == NULL) != (error != NULL))
    abort ();
  if (model == NULL || sal_plan_multiply_adds (sal_model_plan (model)) > MAX_MULTIPLY_ADDS)
    return;
  for (int i = 0; sal_methods ()[i] != NULL; i++)
    if (sal_methods ()[i]->check != NULL)
      sal_methods ()[i]->check (model);
  input = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  score (model, SAL_NO_VALUE, input);
  score (model, sal_model_input (model), input);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  sal_memory_set_limit (MAX_BYTES);

  g_auto (SalOnnxInfo) info = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalGraph) graph = sal_onnx_read_bytes (bytes, NULL, "fuzz.onnx", &info, &error);
  /* Each failure says why, in one line of text that can be shown. */
  if ((graph == NULL) != (error != NULL) ||
      (error != NULL && !g_utf8_validate (error->message, -1, NULL)))
    abort ();
  if (graph == NULL)
    return 0;
  classify (graph);

  g_autoptr (GArray) feeds = g_array_new (FALSE, FALSE, sizeof (SalFeed));
  g_autoptr (GArray) gradients = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (int));
  add_feeds (graph, feeds, gradients);
  for (int i = 0; i < sal_graph_n_outputs (graph); i++) {
    int output = sal_graph_output (graph, i);
    g_array_append_val (outputs, output);
  }
  const SalPlanOptions options = {
    .feeds = (const SalFeed *) (gconstpointer) feeds->data,
    .n_feeds = (int) feeds->len,
    .outputs = (const int *) (gconstpointer) outputs->data,
    .n_outputs = (int) outputs->len,
    .gradients = (const int *) (gconstpointer) gradients->data,
    .n_gradients = (int) gradients->len,
    .max_bytes = MAX_BYTES,
  };
  g_autoptr (SalPlan) plan = sal_plan_new (graph, &options, &error);
  if ((plan == NULL) != (error != NULL) ||
      (error != NULL && !g_utf8_validate (error->message, -1, NULL)))
    abort ();
  if (plan != NULL && sal_plan_multiply_adds (plan) <= MAX_MULTIPLY_ADDS)
    run_plan (plan, feeds, gradients);
  return 0;
}
