#include "tests/engine/onnx-case.h"

#include "engine/base/error.h"
#include "engine/onnx/onnx.pb-c.h"
#include "engine/onnx/reader.h"
#include "tests/support.h"

#include <stdlib.h>
#include <string.h>

#define DEBIAN_ROOT "/usr/share/libonnx-testdata/data"

const char *const onnx_case_folders[] = { "node", "pytorch-converted", "pytorch-operator", "simple",
                                          NULL };

/* Which inputs become weights, the fewest first. */
enum { NONE, INTEGERS, ALL_BUT_FIRST, ALL, N_WAYS };

char *
onnx_case_root (void)
{
  const char *chosen = g_getenv ("SALIENCE_ONNX_DATA");
  const char *root = chosen != NULL ? chosen : DEBIAN_ROOT;

  if (g_file_test (root, G_FILE_TEST_IS_DIR))
    return g_strdup (root);
  g_test_skip ("ONNX's test data is absent; Debian has it as libonnx-testdata");
  return NULL;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
onnx_case_names (const char *root, const char *folder)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_build_filename (root, folder, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *wanted = g_getenv ("SALIENCE_CASES"), *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (wanted == NULL || strstr (name, wanted) != NULL)
      g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  return names;
}

GHashTable *
onnx_case_exclusions (void)
{
  GHashTable *exclusions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *path = test_data ("../onnx-conformance-exclusions"), *text = NULL;
  g_autofree char *reason = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i] != NULL; i++) {
    char *line = g_strstrip (lines[i]);

    if (*line == '\0' || *line == '#')
      continue;
    if (g_str_has_suffix (line, ":")) {
      g_free (reason);
      reason = g_strndup (line, strlen (line) - 1);
      continue;
    }
    if (reason == NULL)
      g_error ("%s: \"%s\" stands under no reason", path, line);
    if (!g_hash_table_insert (exclusions, g_strdup (line), g_strdup (reason)))
      g_error ("%s: \"%s\" stands there twice", path, line);
  }
  return exclusions;
}

void
onnx_case_free (OnnxCase *c)
{
  g_free (c->path);
  g_ptr_array_unref (c->inputs);
  g_ptr_array_unref (c->expected);
  g_free (c->output_types);
  g_clear_pointer (&c->graph, sal_graph_unref);
  g_clear_pointer (&c->plan, sal_plan_unref);
  g_free (c->fed);
  g_free (c);
}

static char *
data_path (const OnnxCase *c, const char *kind, guint i)
{
  return g_strdup_printf ("%s/test_data_set_%d/%s_%u.pb", c->path, c->set, kind, i);
}

static Onnx__ModelProto *
unpack_model (const OnnxCase *c)
{
  g_autofree char *path = g_build_filename (c->path, "model.onnx", NULL), *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  Onnx__ModelProto *model = onnx__model_proto__unpack (NULL, size, (const guint8 *) data);
  g_assert_nonnull (model);
  return model;
}

static gboolean
is_weight (const Onnx__GraphProto *graph, const char *name)
{
  for (gsize i = 0; i < graph->n_initializer; i++)
    if (g_strcmp0 (graph->initializer[i]->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* What the model says of its input or output @i, weights that are listed as inputs left out. */
static const Onnx__ValueInfoProto *
find_info (const Onnx__GraphProto *graph, gboolean input, guint i)
{
  if (!input)
    return i < graph->n_output ? graph->output[i] : NULL;
  for (gsize j = 0; j < graph->n_input; j++)
    if (!is_weight (graph, graph->input[j]->name) && i-- == 0)
      return graph->input[j];
  return NULL;
}

static int
element_type (const Onnx__ValueInfoProto *info)
{
  const Onnx__TypeProto *type = info != NULL ? info->type : NULL;

  if (type == NULL || type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
    return ONNX__TENSOR_PROTO__DATA_TYPE__UNDEFINED;
  return type->tensor_type->elem_type;
}

static gboolean
is_bfloat16 (const Onnx__ValueInfoProto *info)
{
  return element_type (info) == ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16;
}

/* numpy has no bfloat16, so the data files hold its bits as uint16. */
static SalTensor *
from_bits (const SalTensor *bits)
{
  SalTensor *tensor = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (bits));

  for (gint64 i = 0; i < sal_tensor_count (bits); i++) {
    guint32 wide = (guint32) sal_tensor_ints (bits)[i] << 16;
    memcpy ((float *) sal_tensor_edit (tensor) + i, &wide, sizeof wide);
  }
  return tensor;
}

static gboolean
read_tensors (const OnnxCase *c, const Onnx__GraphProto *graph, gboolean input, GPtrArray *tensors,
              GError **error)
{
  for (guint i = 0;; i++) {
    g_autofree char *path = data_path (c, input ? "input" : "output", i);

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      return TRUE;
    g_autoptr (SalTensor) tensor = sal_onnx_read_tensor (path, error);
    if (tensor == NULL)
      return FALSE;
    gboolean bits =
        sal_tensor_type (tensor) == SAL_INT && is_bfloat16 (find_info (graph, input, i));
    g_ptr_array_add (tensors, bits ? from_bits (tensor) : g_steal_pointer (&tensor));
  }
}

static gboolean
becomes_weight (const OnnxCase *c, guint i, int way)
{
  return way == ALL || (way == ALL_BUT_FIRST && i > 0) ||
         (way == INTEGERS && sal_tensor_type (c->inputs->pdata[i]) == SAL_INT);
}

/* The TensorProto of input @i, as the model names it. */
static Onnx__TensorProto *
read_proto (const OnnxCase *c, guint i, const Onnx__ValueInfoProto *info)
{
  g_autofree char *path = data_path (c, "input", i), *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  Onnx__TensorProto *proto = onnx__tensor_proto__unpack (NULL, size, (const guint8 *) data);
  g_assert_nonnull (proto);
  free (proto->name);
  proto->name = strdup (info->name);
  if (is_bfloat16 (info))
    proto->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16;
  return proto;
}

/* The model, with inputs made weights by writing them into the file. */
static GBytes *
make_model (OnnxCase *c, int way, GPtrArray *names)
{
  Onnx__ModelProto *model = unpack_model (c);
  guint next = 0;

  Onnx__GraphProto *graph = model->graph;
  graph->initializer = realloc (graph->initializer, (graph->n_initializer + graph->n_input + 1) *
                                                        sizeof (Onnx__TensorProto *));
  for (gsize i = 0; i < graph->n_input && next < c->inputs->len; i++) {
    const char *name = graph->input[i]->name;

    if (is_weight (graph, name))
      continue;
    if (becomes_weight (c, next, way))
      graph->initializer[graph->n_initializer++] = read_proto (c, next, graph->input[i]);
    g_ptr_array_add (names, g_strdup (name));
    next++;
  }

  guint8 *packed = g_malloc (onnx__model_proto__get_packed_size (model) + 1);
  gsize n = onnx__model_proto__pack (model, packed);
  onnx__model_proto__free_unpacked (model, NULL);
  return g_bytes_new_take (packed, n);
}

static gboolean
try_plan (OnnxCase *c, int way, gboolean gradients, SalCompute compute, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) bytes = make_model (c, way, names);
  g_autoptr (GArray) feeds = g_array_new (FALSE, FALSE, sizeof (SalFeed));
  g_autoptr (GArray) wanted = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GArray) outputs = g_array_new (FALSE, FALSE, sizeof (int));

  g_clear_pointer (&c->graph, sal_graph_unref);
  c->graph = sal_onnx_read_bytes (bytes, NULL, "model.onnx", NULL, error);
  if (c->graph == NULL)
    return FALSE;
  g_free (c->fed);
  c->fed = g_new (int, c->inputs->len + 1);
  for (guint i = 0; i < c->inputs->len; i++)
    c->fed[i] = SAL_NO_VALUE;
  for (guint i = 0; i < names->len; i++) {
    SalTensor *input = c->inputs->pdata[i];

    if (becomes_weight (c, i, way))
      continue;
    c->fed[i] = sal_graph_find (c->graph, names->pdata[i]);
    SalFeed feed = { c->fed[i], *sal_tensor_shape (input) };
    g_array_append_val (feeds, feed);
    if (gradients && sal_tensor_type (input) == SAL_FLOAT)
      g_array_append_val (wanted, c->fed[i]);
  }
  for (int i = 0; i < sal_graph_n_outputs (c->graph); i++) {
    int output = sal_graph_output (c->graph, i);
    g_array_append_val (outputs, output);
  }

  SalPlanOptions options = {
    .feeds = (const SalFeed *) (gconstpointer) feeds->data,
    .n_feeds = (int) feeds->len,
    .outputs = (const int *) (gconstpointer) outputs->data,
    .n_outputs = (int) outputs->len,
    .gradients = (const int *) (gconstpointer) wanted->data,
    .n_gradients = (int) wanted->len,
    .compute = compute,
  };
  c->plan = sal_plan_new (c->graph, &options, error);
  return c->plan != NULL;
}

OnnxCase *
onnx_case_load (const char *path, int set, gboolean gradients, gboolean weights, SalCompute compute,
                GError **error)
{
  g_autoptr (OnnxCase) c = g_new0 (OnnxCase, 1);
  g_autofree char *folder = g_strdup_printf ("%s/test_data_set_%d", path, set);

  c->path = g_strdup (path);
  c->set = set;
  c->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);
  c->expected = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    return NULL;
  Onnx__ModelProto *model = unpack_model (c);
  gboolean ok = read_tensors (c, model->graph, TRUE, c->inputs, error) &&
                read_tensors (c, model->graph, FALSE, c->expected, error);
  c->output_types = g_new0 (int, model->graph->n_output + 1);
  for (gsize i = 0; i < model->graph->n_output; i++)
    c->output_types[i] = element_type (model->graph->output[i]);
  onnx__model_proto__free_unpacked (model, NULL);
  if (!ok)
    return NULL;

  if (weights && try_plan (c, ALL_BUT_FIRST, gradients, compute, NULL))
    return g_steal_pointer (&c);

  g_autoptr (GError) first = NULL;
  for (int way = NONE; way < N_WAYS; way++) {
    g_autoptr (GError) tried = NULL;

    if (try_plan (c, way, gradients, compute, &tried))
      return g_steal_pointer (&c);
    /* A shape that is not the declared one passes as a weight's: some data is of one element where
     * only its type counts. The first message names best what is missing. */
    gboolean beyond = g_error_matches (tried, SAL_ERROR, SAL_ERROR_UNSUPPORTED) ||
                      g_error_matches (tried, SAL_ERROR, SAL_ERROR_SHAPE);
    if (first == NULL)
      first = g_steal_pointer (&tried);
    if (!beyond)
      break;
  }
  g_propagate_error (error, g_steal_pointer (&first));
  return NULL;
}

void
onnx_case_fill (const OnnxCase *c, SalRun *run)
{
  for (guint i = 0; i < c->inputs->len; i++) {
    const SalTensor *input = c->inputs->pdata[i];

    if (c->fed[i] != SAL_NO_VALUE && sal_plan_shape (c->plan, c->fed[i]) != NULL)
      memcpy (sal_run_feed (run, c->fed[i]), sal_tensor_data (input),
              sal_tensor_count (input) * sal_type_size (sal_tensor_type (input)));
  }
}
