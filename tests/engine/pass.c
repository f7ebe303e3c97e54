#include "tests/engine/pass.h"

#include "engine/base/random.h"

#include <math.h>
#include <string.h>

void
pass_init (Pass *pass, SalModel *model, gint64 batch, guint64 seed)
{
  SalGraph *graph = sal_model_graph (model);
  SalShape shape = *sal_model_input_shape (model);

  *pass = (Pass){ .model = model, .batch = batch };
  for (int v = 0; v < sal_graph_n_values (graph); v++)
    if (pass->n_values < (int) G_N_ELEMENTS (pass->values) &&
        sal_graph_get_value (graph, v)->producer >= 0 &&
        sal_plan_shape (sal_model_plan (model), v) != NULL &&
        sal_plan_shape (sal_model_plan (model), v)->rank == 4)
      pass->values[pass->n_values++] = v;
  shape.dim[0] = batch;
  pass->input = sal_tensor_new (SAL_FLOAT, &shape);
  sal_random_normals (seed, 0, sal_tensor_edit (pass->input), sal_tensor_count (pass->input));
}

void
pass_clear (Pass *pass)
{
  sal_tensor_unref (pass->input);
  sal_model_unref (pass->model);
}

/* Returns: how many there are */
static int
find_observed (const Pass *pass, int observed, const int **values, const int *one)
{
  *values = observed == PASS_ALL ? pass->values : one;
  return observed == PASS_ALL ? pass->n_values : observed != SAL_NO_VALUE;
}

SalPlan *
pass_plan (const Pass *pass, SalCompute compute, const SalRuleSet *rules, int observed)
{
  SalFeed feed = { sal_model_input (pass->model), *sal_tensor_shape (pass->input) };
  int wanted[G_N_ELEMENTS (pass->values) + 1] = { feed.value };
  int output = sal_model_output (pass->model);
  SalPlanOptions options = { .feeds = &feed,
                             .n_feeds = 1,
                             .outputs = &output,
                             .n_outputs = 1,
                             .gradients = wanted,
                             .n_gradients = 1,
                             .rules = rules,
                             .compute = compute,
                             .parts = pass->front > 0 ? (int) pass->batch : 0,
                             .front = pass->front };
  GError *error = NULL;
  SalPlan *plan;

  options.n_keep = find_observed (pass, observed, &options.keep, &observed);
  for (int i = 0; i < options.n_keep; i++)
    wanted[options.n_gradients++] = options.keep[i];
  plan = sal_plan_new (sal_model_graph (pass->model), &options, &error);
  g_assert_no_error (error);
  return plan;
}

static void
append (GArray *all, const float *numbers, SalPlan *plan, int value)
{
  g_array_append_vals (all, numbers, sal_shape_count (sal_plan_shape (plan, value)));
}

GArray *
pass_run (const Pass *pass, SalCompute compute, const SalRuleSet *rules, int observed,
          SalTeam *team)
{
  g_autoptr (SalPlan) plan = pass_plan (pass, compute, rules, observed);
  g_autoptr (SalRun) run = sal_run_new (plan);
  int input = sal_model_input (pass->model), output = sal_model_output (pass->model);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (float));
  const int *values;
  int n = find_observed (pass, observed, &values, &observed);

  sal_run_set_team (run, team);
  /* The second pass finds what the first has left. */
  for (int repeat = 0; repeat < 2; repeat++) {
    float *seed;

    g_array_set_size (all, 0);
    memcpy (sal_run_feed (run, input), sal_tensor_floats (pass->input),
            sal_tensor_count (pass->input) * sizeof (float));
    g_assert_true (sal_run_forward (run, NULL, NULL));
    append (all, sal_run_value (run, output), plan, output);
    seed = sal_run_seed (run, output);
    for (gint64 i = 0; i < 4 * pass->batch; i++)
      seed[i] = 1.f - i % 3;
    g_assert_true (sal_run_backward (run, NULL, NULL));
    for (int i = 0; i < n; i++)
      append (all, sal_run_value (run, values[i]), plan, values[i]);
    append (all, sal_run_gradient (run, input), plan, input);
    for (int i = 0; i < n; i++)
      append (all, sal_run_gradient (run, values[i]), plan, values[i]);
  }
  return all;
}

double
pass_error (const GArray *a, const GArray *b)
{
  double difference = 0, size = 0;

  g_assert_cmpuint (a->len, ==, b->len);
  for (guint i = 0; i < a->len; i++) {
    double x = g_array_index (a, float, i), y = g_array_index (b, float, i);

    difference += (x - y) * (x - y);
    size += y * y;
  }
  g_assert_cmpfloat (size, >, 0);
  return sqrt (difference / size);
}

void
pass_assert_near (const GArray *a, const GArray *b, double bound)
{
  g_assert_cmpfloat (pass_error (a, b), <=, bound);
}

void
pass_assert_same (const GArray *a, const GArray *b)
{
  g_assert_cmpmem (a->data, a->len * sizeof (float), b->data, b->len * sizeof (float));
}
