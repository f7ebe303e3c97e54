#include "engine/onnx/reader.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/memory.h"
#include "engine/base/reads.h"
#include "engine/onnx/advice.h"
#include "engine/onnx/inline.h"
#include "engine/onnx/reader-private.h"
#include "engine/onnx/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Everything but weights: names, links, attributes. The largest networks in use need a tenth. */
#define MAX_STRUCTURE_BYTES ((gsize) 64 << 20)

/* What files should be, for messages. */
#define MODEL N_ ("an ONNX model")
#define TENSOR N_ ("an ONNX tensor")

void
sal_onnx_info_clear (SalOnnxInfo *info)
{
  g_free (info->producer);
  g_free (info->producer_version);
  g_free (info->domain);
  g_free (info->graph_name);
  g_free (info->doc);
  g_clear_pointer (&info->metadata, g_hash_table_unref);
  g_clear_pointer (&info->unsupported, g_ptr_array_unref);
  *info = (SalOnnxInfo){ 0 };
}

gboolean
sal_onnx_spend (SalOnnxReader *reader, gsize bytes, GError **error)
{
  if (bytes > MAX_STRUCTURE_BYTES - reader->structure_bytes) {
    sal_error_set (error, SAL_ERROR_MEMORY, "the graph without its weights takes more than %zu MiB",
                   MAX_STRUCTURE_BYTES >> 20);
    return FALSE;
  }
  reader->structure_bytes += bytes;
  return TRUE;
}

gboolean
sal_onnx_is_own_domain (const char *domain)
{
  return domain == NULL || *domain == '\0' || g_str_equal (domain, "ai.onnx");
}

gint64
sal_onnx_find_opset (Onnx__OperatorSetIdProto *const *imports, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (sal_onnx_is_own_domain (imports[i]->domain))
      return imports[i]->version;
  return 0;
}

/* Text that writers do not vouch for; NULL stays NULL. */
static char *
valid_text (const char *text)
{
  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

static void
fill_info (const Onnx__ModelProto *model, SalOnnxInfo *info)
{
  info->opset = sal_onnx_find_opset (model->opset_import, model->n_opset_import);
  info->ir_version = model->ir_version;
  info->model_version = model->model_version;
  info->producer = valid_text (model->producer_name);
  info->producer_version = valid_text (model->producer_version);
  info->domain = valid_text (model->domain);
  info->doc = valid_text (model->doc_string);
  info->graph_name = model->graph != NULL ? valid_text (model->graph->name) : NULL;
  info->metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; i < model->n_metadata_props; i++) {
    const Onnx__StringStringEntryProto *entry = model->metadata_props[i];
    if (entry->key != NULL && entry->value != NULL)
      g_hash_table_insert (info->metadata, valid_text (entry->key), valid_text (entry->value));
  }
}

/* What can be said of operators that are not a gap here, but another kind of model. */
static void
add_advice (const SalGraph *graph, GError **error)
{
  const GArray *list = sal_graph_unsupported (graph);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *advice;

  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (names, (char *) g_array_index (list, SalUnsupported, i).op_type);
  advice = sal_onnx_advice ((const char *const *) names->pdata, names->len);
  if (advice != NULL && error != NULL && *error != NULL) {
    g_autofree char *message = (*error)->message;

    (*error)->message = g_strdup_printf ("%s. %s", message, _ (advice));
  }
}

static void
note_unsupported (const SalGraph *graph, SalOnnxInfo *info)
{
  const GArray *list = sal_graph_unsupported (graph);

  info->unsupported = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < list->len; i++) {
    const SalUnsupported *entry = &g_array_index (list, SalUnsupported, i);
    g_ptr_array_add (info->unsupported, g_strdup_printf ("%s \"%s\"", entry->op_type, entry->node));
  }
}

static gboolean
read_dimensions (const Onnx__TensorShapeProto *proto, const char *what, SalShape *shape,
                 GError **error)
{
  SalShape known = { .rank = (int) proto->n_dim };

  if (proto->n_dim > SAL_MAX_RANK) {
    sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s has %zu axes, %d at most", what, proto->n_dim,
                   SAL_MAX_RANK);
    return FALSE;
  }
  *shape = known;
  for (int i = 0; i < shape->rank; i++) {
    const Onnx__TensorShapeProto__Dimension *dim = proto->dim[i];
    gboolean fixed = dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
                     dim->dim_value >= 0;

    shape->dim[i] = fixed ? dim->dim_value : -1;
    known.dim[i] = fixed ? dim->dim_value : 1;
  }
  return sal_shape_check (&known, what, error);
}

/* Declares a value as the file does. Only inputs must be declared, and as tensors of numbers. */
static gboolean
declare (SalOnnxReader *reader, int value, const Onnx__ValueInfoProto *proto, gboolean is_input,
         GError **error)
{
  const Onnx__TypeProto__Tensor *tensor =
      proto->type != NULL && proto->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
          ? proto->type->tensor_type
          : NULL;
  g_autofree char *what = g_strdup_printf (_ ("input \"%s\""), proto->name);
  SalType type;
  SalShape shape;

  if (tensor != NULL)
    sal_onnx_note_dtype (reader, value, tensor->elem_type);
  if (tensor == NULL || !sal_onnx_type (tensor->elem_type, &type)) {
    g_autofree char *name = sal_onnx_type_name (tensor != NULL ? tensor->elem_type : 0);
    if (is_input)
      sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                     tensor != NULL ? N_ ("%s has elements of type %s, which Salience cannot read")
                                    : N_ ("%s is no tensor"),
                     what, name);
    return !is_input;
  }
  if (tensor->shape == NULL) {
    if (is_input)
      sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s has no declared shape", what);
    return !is_input;
  }
  if (!read_dimensions (tensor->shape, what, &shape, is_input ? error : NULL))
    return !is_input;

  sal_graph_declare (reader->graph, value, type, &shape);
  for (int i = 0; i < shape.rank; i++) {
    const Onnx__TensorShapeProto__Dimension *dim = tensor->shape->dim[i];
    if (dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM &&
        *dim->dim_param != '\0')
      sal_graph_set_symbol (reader->graph, value, i, dim->dim_param);
  }
  return TRUE;
}

/* Files of before format 4 list each weight as an input too, and so do some newer ones. */
static gboolean
read_inputs (SalOnnxReader *reader, SalOnnxScope *scope, const Onnx__GraphProto *proto,
             GError **error)
{
  for (gsize i = 0; i < proto->n_input; i++) {
    const Onnx__ValueInfoProto *input = proto->input[i];
    gpointer weight;

    if (input->name != NULL &&
        g_hash_table_lookup_extended (scope->values, input->name, NULL, &weight) &&
        sal_graph_get_value (reader->graph, GPOINTER_TO_INT (weight))->constant != NULL)
      continue;
    int value = sal_onnx_define (reader, scope, input->name, "input", error);
    if (value == SAL_NO_VALUE || !declare (reader, value, input, TRUE, error))
      return FALSE;
    sal_graph_add_input (reader->graph, value);
  }
  return TRUE;
}

static gboolean
read_outputs (SalOnnxReader *reader, SalOnnxScope *scope, const Onnx__GraphProto *proto,
              GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  if (proto->n_output == 0) {
    sal_error_set (error, SAL_ERROR_FORMAT, "the graph has no outputs");
    return FALSE;
  }
  for (gsize i = 0; i < proto->n_output; i++) {
    const Onnx__ValueInfoProto *output = proto->output[i];
    char *name = output->name != NULL ? output->name : "";
    int value;

    if (!g_hash_table_contains (scope->values, name)) {
      sal_error_set (error, SAL_ERROR_FORMAT, "output \"%s\": nothing computes it", name);
      return FALSE;
    }
    if (!g_hash_table_add (seen, name)) {
      sal_error_set (error, SAL_ERROR_FORMAT, "output \"%s\": is there twice", name);
      return FALSE;
    }
    sal_onnx_lookup (scope, name, "output", &value, NULL);
    sal_graph_add_output (reader->graph, value);
    if (!sal_graph_get_value (reader->graph, value)->declared)
      declare (reader, value, output, FALSE, NULL);
  }
  return TRUE;
}

static void
read_value_info (SalOnnxReader *reader, const SalOnnxScope *scope, const Onnx__GraphProto *proto)
{
  for (gsize i = 0; i < proto->n_value_info; i++) {
    const Onnx__ValueInfoProto *info = proto->value_info[i];
    gpointer value;

    if (info->name != NULL &&
        g_hash_table_lookup_extended (scope->values, info->name, NULL, &value) &&
        !sal_graph_get_value (reader->graph, GPOINTER_TO_INT (value))->declared)
      declare (reader, GPOINTER_TO_INT (value), info, FALSE, NULL);
  }
}

static gboolean
check_versions (SalOnnxReader *reader, GError **error)
{
  gint64 opset = reader->opset;

  if (reader->model->graph == NULL) {
    sal_error_set (error, SAL_ERROR_FORMAT, "is not an ONNX model: it has no graph");
    return FALSE;
  }
  if (opset < 0) {
    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "uses version %" PRId64 " of ONNX's operators; Salience knows version %d to %d",
                   opset, SAL_ONNX_OLDEST_OPSET, SAL_ONNX_NEWEST_OPSET);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_graph (SalOnnxReader *reader, GError **error)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Onnx__GraphProto *proto = reader->model->graph;
  SalOnnxScope scope = { .values = values, .prefix = "", .opset = reader->opset };

  if (!sal_onnx_collect_functions (reader, error) ||
      !sal_onnx_weights (reader, &scope, proto, error) ||
      !read_inputs (reader, &scope, proto, error) ||
      !sal_onnx_nodes (reader, &scope, proto->node, proto->n_node, error) ||
      !read_outputs (reader, &scope, proto, error))
    return FALSE;
  read_value_info (reader, &scope, proto);
  sal_onnx_state_quantized_types (reader);
  for (guint i = 0; i < reader->nodes->len; i++)
    sal_graph_add_node (reader->graph, g_steal_pointer (&reader->nodes->pdata[i]));
  g_ptr_array_set_size (reader->nodes, 0);
  return TRUE;
}

static void
free_node (gpointer node)
{
  sal_node_free (node);
}

static SalGraph *
read_model (Onnx__ModelProto *model, const char *folder, GError **error)
{
  g_autoptr (SalGraph) graph = sal_graph_new ();
  g_autoptr (GPtrArray) nodes = g_ptr_array_new_with_free_func (free_node);
  g_autoptr (GPtrArray) producers = g_ptr_array_new ();
  g_autoptr (GArray) dtypes = g_array_new (FALSE, TRUE, sizeof (gint32));
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) functions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  SalOnnxReader reader = {
    .model = model,
    .graph = graph,
    .nodes = nodes,
    .producers = producers,
    .dtypes = dtypes,
    .node_names = names,
    .functions = functions,
    .opset = sal_onnx_find_opset (model->opset_import, model->n_opset_import),
    .store = { .folder = folder, .max_bytes = sal_memory_limit () },
  };

  if (!check_versions (&reader, error) || !read_graph (&reader, error))
    return NULL;
  return g_steal_pointer (&graph);
}

static Onnx__ModelProto *
unpack (GBytes *bytes, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  return (Onnx__ModelProto *) sal_wire_unpack (&onnx__model_proto__descriptor, data, size, MODEL,
                                               error);
}

/* @model: (transfer full) (nullable): %NULL where @error is set already */
static SalGraph *
read_unpacked (Onnx__ModelProto *model, const char *folder, const char *name, SalOnnxInfo *info,
               GError **error)
{
  char *real = folder != NULL ? realpath (folder, NULL) : NULL;
  SalGraph *graph = NULL;

  if (model != NULL) {
    if (info != NULL)
      fill_info (model, info);
    graph = read_model (model, real, error);
    /* Gone before the graph is sealed, which may take memory of its own. */
    onnx__model_proto__free_unpacked (model, NULL);
  }
  if (graph != NULL && !sal_graph_seal (graph, error)) {
    add_advice (graph, error);
    if (info != NULL)
      note_unsupported (graph, info);
    g_clear_pointer (&graph, sal_graph_unref);
  }
  if (graph == NULL)
    g_prefix_error (error, "\"%s\": ", name);
  free (real);
  return graph;
}

SalGraph *
sal_onnx_read_bytes (GBytes *bytes, const char *folder, const char *name, SalOnnxInfo *info,
                     GError **error)
{
  return read_unpacked (unpack (bytes, error), folder, name, info, error);
}

/* The content of a regular file; a pipe or a folder must not be waited for, and what is too long to
 * be @what is not read. */
static GBytes *
read_file (const char *path, const char *what, GError **error)
{
  struct stat status;
  g_autofree char *name = g_filename_display_basename (path);
  sal_reads_note (path);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);

  if (fd < 0 || fstat (fd, &status) != 0) {
    int code = errno;
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                 _ ("\"%s\": cannot be opened: %s"), name, g_strerror (code));
    if (fd >= 0)
      close (fd);
    return NULL;
  }
  if (!S_ISREG (status.st_mode)) {
    close (fd);
    sal_error_set (error, SAL_ERROR_FORMAT,
                   S_ISDIR (status.st_mode) ? N_ ("\"%s\": is a folder, not a file")
                                            : N_ ("\"%s\": is a device or pipe, not a file"),
                   name);
    return NULL;
  }
  GBytes *bytes = NULL;
  g_autoptr (GError) inner = NULL;
  if (!sal_wire_check_size ((guint64) status.st_size, what, &inner))
    g_propagate_prefixed_error (error, g_steal_pointer (&inner), "\"%s\": ", name);
  else if ((bytes = sal_file_read_part (fd, 0, (gsize) status.st_size, &inner)) == NULL)
    g_propagate_prefixed_error (error, g_steal_pointer (&inner), _ ("\"%s\": cannot be read: "),
                                name);
  close (fd);
  return bytes;
}

SalGraph *
sal_onnx_read (const char *path, SalOnnxInfo *info, GError **error)
{
  g_autoptr (GBytes) bytes = read_file (path, MODEL, error);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_filename_display_basename (path);

  Onnx__ModelProto *model;

  if (bytes == NULL)
    return NULL;
  model = unpack (bytes, error);
  /* What was unpacked is a copy: of a large model, two are enough at a time. */
  g_clear_pointer (&bytes, g_bytes_unref);
  return read_unpacked (model, folder, name, info, error);
}

SalTensor *
sal_onnx_read_tensor (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = read_file (path, TENSOR, error);
  g_autofree char *name = g_filename_display_basename (path);
  SalOnnxStore store = { .max_bytes = sal_memory_limit () };
  SalTensor *tensor = NULL;

  if (bytes == NULL)
    return NULL;
  Onnx__TensorProto *proto = (Onnx__TensorProto *) sal_wire_unpack (
      &onnx__tensor_proto__descriptor, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
      TENSOR, error);
  if (proto != NULL) {
    tensor = sal_onnx_tensor (proto, &store, "tensor", error);
    onnx__tensor_proto__free_unpacked (proto, NULL);
  }
  if (tensor == NULL)
    g_prefix_error (error, "\"%s\": ", name);
  return tensor;
}
