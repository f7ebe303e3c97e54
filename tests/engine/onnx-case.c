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

static gboolean
read_tensors (const OnnxCase *c, const char *kind, GPtrArray *tensors, GError **error)
{
  for (guint i = 0;; i++) {
    g_autofree char *path = data_path (c, kind, i);

    if (!g_file_test (path, G_FILE_TEST_EXISTS))
      return TRUE;
    SalTensor *tensor = sal_onnx_read_tensor (path, error);
    if (tensor == NULL)
      return FALSE;
    g_ptr_array_add (tensors, tensor);
  }
}

static gboolean
is_weight (const Onnx__GraphProto *graph, const char *name)
{
  for (gsize i = 0; i < graph->n_initializer; i++)
    if (g_strcmp0 (graph->initializer[i]->name, name) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
becomes_weight (const OnnxCase *c, guint i, int way)
{
  return way == ALL || (way == ALL_BUT_FIRST && i > 0) ||
         (way == INTEGERS && sal_tensor_type (c->inputs->pdata[i]) == SAL_INT);
}

/* The TensorProto of input @i, under the name that the model gives it. */
static Onnx__TensorProto *
read_proto (const OnnxCase *c, guint i, const char *name)
{
  g_autofree char *path = data_path (c, "input", i), *data = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  Onnx__TensorProto *proto = onnx__tensor_proto__unpack (NULL, size, (const guint8 *) data);
  g_assert_nonnull (proto);
  free (proto->name);
  proto->name = strdup (name);
  return proto;
}

/* The model, with inputs made weights by writing them into the file. */
static GBytes *
make_model (OnnxCase *c, int way, GPtrArray *names)
{
  g_autofree char *path = g_build_filename (c->path, "model.onnx", NULL), *data = NULL;
  gsize size;
  guint next = 0;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  Onnx__ModelProto *model = onnx__model_proto__unpack (NULL, size, (const guint8 *) data);
  g_assert_nonnull (model);
  Onnx__GraphProto *graph = model->graph;
  graph->initializer = realloc (graph->initializer, (graph->n_initializer + graph->n_input + 1) *
                                                        sizeof (Onnx__TensorProto *));
  for (gsize i = 0; i < graph->n_input && next < c->inputs->len; i++) {
    const char *name = graph->input[i]->name;

    if (is_weight (graph, name))
      continue;
    if (becomes_weight (c, next, way))
      graph->initializer[graph->n_initializer++] = read_proto (c, next, name);
    g_ptr_array_add (names, g_strdup (name));
    next++;
  }

  guint8 *packed = g_malloc (onnx__model_proto__get_packed_size (model) + 1);
  gsize n = onnx__model_proto__pack (model, packed);
  onnx__model_proto__free_unpacked (model, NULL);
  return g_bytes_new_take (packed, n);
}

static gboolean
try_plan (OnnxCase *c, int way, gboolean gradients, GError **error)
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
    if (sal_graph_get_value (c->graph, c->fed[i])->type != sal_tensor_type (input)) {
      g_set_error (error, SAL_ERROR, SAL_ERROR_FORMAT, "input %u has data of another type", i);
      return FALSE;
    }
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
  };
  c->plan = sal_plan_new (c->graph, &options, error);
  return c->plan != NULL;
}

OnnxCase *
onnx_case_load (const char *path, int set, gboolean gradients, GError **error)
{
  g_autoptr (OnnxCase) c = g_new0 (OnnxCase, 1);
  g_autofree char *folder = g_strdup_printf ("%s/test_data_set_%d", path, set);

  c->path = g_strdup (path);
  c->set = set;
  c->inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);
  c->expected = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR) || !read_tensors (c, "input", c->inputs, error) ||
      !read_tensors (c, "output", c->expected, error))
    return NULL;

  g_autoptr (GError) first = NULL;
  for (int way = NONE; way < N_WAYS; way++) {
    g_autoptr (GError) tried = NULL;

    if (try_plan (c, way, gradients, &tried))
      return g_steal_pointer (&c);
    /* What is not there at all is not there with more weights either, and the first message
     * names it best. */
    gboolean beyond = tried->domain == SAL_ERROR && tried->code == SAL_ERROR_UNSUPPORTED;
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
