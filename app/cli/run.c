/* salience-cli run: a plain forward pass of any graph; every output as an array. */
#include "engine/graph/run.h"
#include "app/cli/command.h"
#include "app/cli/report.h"
#include "app/cli/source.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/onnx/reader.h"
#include "engine/tensor/npy.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static gboolean
fits (const SalValue *value, const SalTensor *array, const char *path, GError **error)
{
  const SalShape *shape = sal_tensor_shape (array);
  gboolean ok = sal_tensor_type (array) == value->type &&
                (!value->declared || shape->rank == value->shape.rank);

  for (int i = 0; ok && value->declared && i < shape->rank; i++)
    ok = value->shape.dim[i] < 0 || value->shape.dim[i] == shape->dim[i];
  if (ok)
    return TRUE;

  g_autofree char *got = sal_shape_to_string (shape);
  g_autofree char *want = value->declared ? sal_shape_to_string (&value->shape) : g_strdup ("");

  g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE, "%s: holds %s %s, input \"%s\" takes %s %s", path,
               got, sal_tensor_type (array) == SAL_INT ? "integers" : "floats", value->name, want,
               value->type == SAL_INT ? "integers" : "floats");
  return FALSE;
}

static void
array_free (gpointer array)
{
  if (array != NULL)
    sal_tensor_unref (array);
}

/* Returns: (transfer full): an array for each input, in order */
static GPtrArray *
load_inputs (const SalGraph *graph, char **inputs, GError **error)
{
  g_autoptr (GPtrArray) arrays = g_ptr_array_new_with_free_func (array_free);

  g_ptr_array_set_size (arrays, sal_graph_n_inputs (graph));
  for (int k = 0; inputs != NULL && inputs[k] != NULL; k++) {
    const char *path;
    int i = cli_split_input (graph, inputs[k], &path);

    if (i < 0 && sal_graph_n_inputs (graph) == 1)
      i = 0;

    if (i < 0) {
      cli_usage (error, "--input", "%s names none of the model's %d inputs: write NAME=%s",
                 inputs[k], sal_graph_n_inputs (graph), inputs[k]);
      return NULL;
    }

    const SalValue *value = sal_graph_get_value (graph, sal_graph_input (graph, i));

    if (arrays->pdata[i] != NULL) {
      cli_usage (error, "--input", "input \"%s\" is given twice", value->name);
      return NULL;
    }
    arrays->pdata[i] = sal_npy_load (path, error);
    if (arrays->pdata[i] == NULL || !fits (value, arrays->pdata[i], path, error))
      return NULL;
  }
  for (int i = 0; i < sal_graph_n_inputs (graph); i++)
    if (arrays->pdata[i] == NULL) {
      cli_usage (error, "--input", "nothing is given for input \"%s\"",
                 sal_graph_get_value (graph, sal_graph_input (graph, i))->name);
      return NULL;
    }
  return g_steal_pointer (&arrays);
}

static SalPlan *
make_plan (SalGraph *graph, const GPtrArray *arrays, GError **error)
{
  int n_outputs = sal_graph_n_outputs (graph);
  g_autofree SalFeed *feeds = g_new0 (SalFeed, MAX (arrays->len, 1));
  g_autofree int *outputs = g_new0 (int, MAX (n_outputs, 1));
  SalPlanOptions options = {
    .feeds = feeds, .n_feeds = (int) arrays->len, .outputs = outputs, .n_outputs = n_outputs
  };

  for (guint i = 0; i < arrays->len; i++)
    feeds[i] = (SalFeed){ sal_graph_input (graph, (int) i), *sal_tensor_shape (arrays->pdata[i]) };
  for (int i = 0; i < n_outputs; i++)
    outputs[i] = sal_graph_output (graph, i);
  return sal_plan_new (graph, &options, error);
}

/* Returns: (transfer full): where each output goes, or %NULL if two would go to one file */
static GPtrArray *
name_files (const SalGraph *graph, const char *folder, GError **error)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i < sal_graph_n_outputs (graph); i++) {
    const char *name = sal_graph_get_value (graph, sal_graph_output (graph, i))->name;
    g_autofree char *file = g_strconcat (name, ".npy", NULL);

    g_strdelimit (file, "/:", '_');

    char *path = g_build_filename (folder, file, NULL);

    g_ptr_array_add (files, path);
    for (int j = 0; j < i; j++)
      if (strcmp (files->pdata[j], path) == 0) {
        g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT,
                     "%s: two outputs of the model would go to this file", path);
        return NULL;
      }
  }
  return g_steal_pointer (&files);
}

static gboolean
write_outputs (const SalRun *run, const GPtrArray *files, const char *folder, GError **error)
{
  const SalPlan *plan = sal_run_plan (run);
  const SalGraph *graph = sal_plan_graph (plan);

  if (g_mkdir_with_parents (folder, 0777) != 0) {
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", folder,
                 g_strerror (errno));
    return FALSE;
  }
  for (guint i = 0; i < files->len; i++) {
    int value = sal_graph_output (graph, (int) i);
    g_autoptr (SalTensor) array = sal_tensor_new_copy (
        sal_plan_type (plan, value), sal_plan_shape (plan, value), sal_run_value (run, value));

    if (!sal_npy_save (files->pdata[i], array, error)) {
      while (i-- > 0)
        g_unlink (files->pdata[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static char *
to_json (const char *model, const SalPlan *plan, const GPtrArray *files, double milliseconds)
{
  const SalGraph *graph = sal_plan_graph (plan);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sal_json_add_string (builder, "model", model);
  sal_json_add_number (builder, "milliseconds", milliseconds);
  json_builder_set_member_name (builder, "outputs");
  json_builder_begin_array (builder);
  for (guint i = 0; i < files->len; i++) {
    int value = sal_graph_output (graph, (int) i);
    const SalShape *shape = sal_plan_shape (plan, value);

    json_builder_begin_object (builder);
    sal_json_add_string (builder, "name", sal_graph_get_value (graph, value)->name);
    sal_json_add_string (builder, "file", files->pdata[i]);
    sal_json_add_string (builder, "type",
                         sal_plan_type (plan, value) == SAL_INT ? "int64" : "float32");
    json_builder_set_member_name (builder, "shape");
    json_builder_begin_array (builder);
    for (int axis = 0; axis < shape->rank; axis++)
      json_builder_add_int_value (builder, shape->dim[axis]);
    json_builder_end_array (builder);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return sal_json_text (builder);
}

static gboolean
run (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) inputs = NULL, arguments = NULL;
  g_autofree char *folder = NULL, *json = NULL;
  const GOptionEntry entries[] = {
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &inputs,
      "array for an input; NAME= may be left out if the model has one", "[NAME=]F.npy" },
    { "output-dir", 0, 0, G_OPTION_ARG_FILENAME, &folder,
      "where every output goes as NAME.npy, / and : in a name becoming _", "DIR" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &json,
      "names, files and shapes of the outputs as JSON, - for standard output", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = cli_context_new (&cli_run, entries);
  CliParse parse = cli_context_parse (context, &cli_run, argc, argv, &arguments, 1, 1, error);

  if (parse != CLI_PARSE_GO)
    return parse == CLI_PARSE_DONE;
  if (folder == NULL)
    return cli_usage (error, "--output-dir", "missing");

  g_autoptr (SalGraph) graph = sal_onnx_read (arguments[0], NULL, error);
  g_autoptr (GPtrArray) arrays = graph != NULL ? load_inputs (graph, inputs, error) : NULL;
  g_autoptr (GPtrArray) files = arrays != NULL ? name_files (graph, folder, error) : NULL;

  if (files == NULL)
    return FALSE;

  g_autoptr (SalPlan) plan = make_plan (graph, arrays, error);

  if (plan == NULL) {
    g_prefix_error (error, "%s: ", arguments[0]);
    return FALSE;
  }

  g_autoptr (SalRun) pass = sal_run_new (plan);
  gint64 start = g_get_monotonic_time ();

  for (guint i = 0; i < arrays->len; i++) {
    const SalTensor *array = arrays->pdata[i];

    memcpy (sal_run_feed (pass, sal_graph_input (graph, (int) i)), sal_tensor_data (array),
            (gsize) sal_tensor_count (array) * sal_type_size (sal_tensor_type (array)));
  }
  if (!sal_run_forward (pass, cancellable, error))
    return FALSE;

  double milliseconds = (double) (g_get_monotonic_time () - start) / 1000;

  if (!write_outputs (pass, files, folder, error))
    return FALSE;
  if (json != NULL) {
    g_autofree char *text = to_json (arguments[0], plan, files, milliseconds);

    if (!cli_write_json (json, text, error))
      return FALSE;
  }
  for (guint i = 0; cli_talks (json) && i < files->len; i++) {
    g_autofree char *shape =
        sal_shape_to_string (sal_plan_shape (plan, sal_graph_output (graph, (int) i)));

    g_print ("%s  %s\n", (const char *) files->pdata[i], shape);
  }
  return TRUE;
}

const CliCommand cli_run = {
  .name = "run",
  .usage = "MODEL --input [NAME=]FILE.npy … --output-dir DIR",
  .summary = "Computes every output of a graph from arrays.",
  .run = run,
};
