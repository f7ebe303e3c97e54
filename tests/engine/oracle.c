#include "tests/engine/oracle.h"

#include "engine/graph/run.h"
#include "engine/tensor/npy.h"

#include <string.h>

SalTensor *
oracle_load (const Oracle *o, const char *file)
{
  g_autofree char *path = g_build_filename (o->folder, file, NULL);
  g_autoptr (GError) error = NULL;
  SalTensor *array = sal_npy_load (path, &error);

  g_assert_no_error (error);
  return array;
}

SalTensor *
oracle_load_param (const Oracle *o, const char *key)
{
  const char *file = sal_json_string (o->params, key);

  return file != NULL ? oracle_load (o, file) : NULL;
}

void
oracle_set (SalSettings *settings, const SalParam *params, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  const SalParam *param = sal_param_find (params, key);

  g_assert_nonnull (param);
  sal_settings_parse (settings, param, value, &error);
  g_assert_no_error (error);
}

void
oracle_set_number (SalSettings *settings, const SalParam *params, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  oracle_set (settings, params, key, g_ascii_dtostr (text, sizeof text, value));
}

/* The input that the array is about: pictures, vectors or the ids of texts, one a row. */
static SalTensor *
load_inputs (const Oracle *o)
{
  SalTensor *batch = oracle_load_param (o, "input_file");

  return batch != NULL ? batch : oracle_load (o, "input.npy");
}

/* Row @i of an array, as an array of one row. */
static SalTensor *
row_of (const SalTensor *array, gint64 i)
{
  SalShape shape = *sal_tensor_shape (array);
  gint64 n = sal_tensor_count (array) / shape.dim[0];
  gsize size = sal_type_size (sal_tensor_type (array));

  shape.dim[0] = 1;
  return sal_tensor_new_copy (sal_tensor_type (array), &shape,
                              (const char *) sal_tensor_data (array) + (gsize) (i * n) * size);
}

/* Rows of results, one after the other: their first axes add up. */
static SalTensor *
stack (GPtrArray *rows)
{
  SalShape shape = *sal_tensor_shape (rows->pdata[0]);
  gint64 n = sal_tensor_count (rows->pdata[0]);

  shape.dim[0] *= rows->len;

  SalTensor *all = sal_tensor_new (SAL_FLOAT, &shape);

  for (guint i = 0; i < rows->len; i++) {
    g_assert_cmpint (sal_tensor_count (rows->pdata[i]), ==, n);
    memcpy ((float *) sal_tensor_edit (all) + i * n, sal_tensor_floats (rows->pdata[i]),
            (gsize) n * sizeof (float));
  }
  return all;
}

static gboolean
is_text (const Oracle *o)
{
  return sal_model_tokens (o->model) != SAL_NO_VALUE;
}

/* What explains row @i: the model itself and the row, or for a text the model bound to the row's
 * ids and their embedding. */
static SalModel *
model_for (const Oracle *o, const SalTensor *inputs, gint64 i, SalTensor **input)
{
  g_autoptr (SalTensor) row = row_of (inputs, i);
  g_autoptr (GError) error = NULL;

  if (!is_text (o)) {
    *input = g_steal_pointer (&row);
    return sal_model_ref (o->model);
  }

  g_autoptr (GHashTable) bound = g_hash_table_new (g_str_hash, g_str_equal);
  const SalValue *ids =
      sal_graph_get_value (sal_model_graph (o->model), sal_model_tokens (o->model));

  g_hash_table_insert (bound, ids->name, row);

  SalModel *model = sal_model_bind (o->model, bound, &error);

  g_assert_no_error (error);
  *input = sal_model_embedding (model, &error);
  g_assert_no_error (error);
  return model;
}

/* The tensor that is explained is the model's class scores, or what the graph makes of them. */
static SalOutputKind
kind_of (const Oracle *o)
{
  const char *explains = sal_json_string (o->array, "explains");
  int value = sal_graph_find (sal_model_graph (o->model), explains);

  g_assert_cmpint (value, !=, SAL_NO_VALUE);
  if (value == sal_model_logits (o->model))
    return SAL_OUTPUT_LOGIT;
  g_assert_cmpint (value, ==, sal_model_output (o->model));
  return o->probability ? SAL_OUTPUT_PROBABILITY : SAL_OUTPUT_GRAPH;
}

static int
target_of (const Oracle *o, gint64 i)
{
  JsonNode *target = json_object_get_member (o->array, "target");

  if (JSON_NODE_HOLDS_ARRAY (target))
    return (int) json_array_get_int_element (json_node_get_array (target), (guint) i);
  return (int) json_node_get_int (target);
}

/* The arrays that methods take by the key of a parameter. */
static GHashTable *
load_arrays (const Oracle *o)
{
  static const char *const keys[] = { "mask", "baselines", "alphas" };
  GHashTable *arrays =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sal_tensor_unref);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autofree char *param = g_strconcat (keys[i], "_file", NULL);
    SalTensor *array = oracle_load_param (o, param);

    if (array != NULL)
      g_hash_table_insert (arrays, (char *) keys[i], array);
  }
  return arrays;
}

static SalAttribution *
explain_row (const Oracle *o, const char *method, SalSettings *settings, const SalTensor *inputs,
             gint64 i)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) baseline = oracle_load_param (o, "baseline_file");
  g_autoptr (SalTensor) noise = oracle_load_param (o, "noise_file");
  g_autoptr (GHashTable) arrays = load_arrays (o);
  g_autoptr (SalTensor) input = NULL;
  g_autoptr (SalModel) model = model_for (o, inputs, i, &input);
  SalQuery query = { .model = model,
                     .method = sal_method_find (method),
                     .settings = settings,
                     .target = { target_of (o, i), -1, kind_of (o) },
                     .input = input,
                     .baseline = baseline,
                     .noise = noise,
                     .arrays = arrays,
                     .threads = 2 };

  g_assert_nonnull (query.method);

  SalAttribution *attribution = sal_explain (&query, NULL, &error);

  g_assert_no_error (error);
  return attribution;
}

SalAttribution *
oracle_explain (const Oracle *o, const char *method, SalSettings *settings)
{
  g_autoptr (SalTensor) inputs = load_inputs (o);

  return explain_row (o, method, settings, inputs, 0);
}

SalTensor *
oracle_explain_rows (const Oracle *o, const char *method, SalSettings *settings)
{
  g_autoptr (SalTensor) inputs = load_inputs (o);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);

  for (gint64 i = 0; i < sal_tensor_shape (inputs)->dim[0]; i++) {
    g_autoptr (SalAttribution) one = explain_row (o, method, settings, inputs, i);

    g_ptr_array_add (rows, sal_tensor_ref (one->values));
  }
  return stack (rows);
}

/* One pass of whatever number of rows. */
static SalTensor *
pass (SalModel *model, const SalTensor *inputs, int value)
{
  g_autoptr (GError) error = NULL;
  SalFeed feed = { sal_model_input (model), *sal_tensor_shape (inputs) };
  SalPlanOptions options;

  sal_model_plan_options (model, &options);
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = &value;
  options.n_outputs = 1;

  g_autoptr (SalPlan) plan = sal_plan_new (sal_model_graph (model), &options, &error);

  g_assert_no_error (error);

  g_autoptr (SalRun) run = sal_run_new (plan);

  memcpy (sal_run_feed (run, feed.value), sal_tensor_floats (inputs),
          (gsize) sal_tensor_count (inputs) * sizeof (float));
  sal_run_forward (run, NULL, &error);
  g_assert_no_error (error);
  return sal_tensor_new_copy (SAL_FLOAT, sal_plan_shape (plan, value), sal_run_value (run, value));
}

SalTensor *
oracle_forward (const Oracle *o, const char *tensor)
{
  g_autoptr (SalTensor) inputs = load_inputs (o);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);
  int value = sal_graph_find (sal_model_graph (o->model), tensor);

  g_assert_cmpint (value, !=, SAL_NO_VALUE);
  if (!is_text (o))
    return pass (o->model, inputs, value);
  for (gint64 i = 0; i < sal_tensor_shape (inputs)->dim[0]; i++) {
    g_autoptr (SalTensor) input = NULL;
    g_autoptr (SalModel) model = model_for (o, inputs, i, &input);

    g_ptr_array_add (rows, value == sal_model_input (model) ? g_steal_pointer (&input)
                                                            : pass (model, input, value));
  }
  return stack (rows);
}
