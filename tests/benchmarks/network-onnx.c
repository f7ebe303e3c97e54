/* Writes the networks of networks.h as ONNX files. */
#include "engine/onnx/onnx.pb-c.h"
#include "tests/benchmarks/networks.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#define OPSET 13
#define IR_VERSION 7

/* The parts of a model being made; what was allocated for them is freed together. */
typedef struct {
  Onnx__GraphProto graph;
  GPtrArray *nodes;
  GPtrArray *weights;
  GPtrArray *owned;
} Writer;

static gpointer
own (Writer *writer, gpointer memory)
{
  g_ptr_array_add (writer->owned, memory);
  return memory;
}

/* A message of protobuf-c with its defaults. */
#define NEW(writer, Type, init) (own (writer, g_memdup2 (&(Type) init, sizeof (Type))))

static char *
text (Writer *writer, const char *words)
{
  return own (writer, g_strdup (words));
}

static gpointer
list_of (Writer *writer, gpointer item)
{
  gpointer *list = own (writer, g_new0 (gpointer, 1));

  list[0] = item;
  return list;
}

/* Returns: the name. @data stays where it is. */
static char *
add_weight (Writer *writer, const char *layer, const char *what, const gint64 *dims, int rank,
            const float *data)
{
  Onnx__TensorProto *tensor = NEW (writer, Onnx__TensorProto, ONNX__TENSOR_PROTO__INIT);
  gsize n = 1;

  tensor->name = own (writer, g_strdup_printf ("%s.%s", layer, what));
  tensor->has_data_type = TRUE;
  tensor->data_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  tensor->n_dims = rank;
  tensor->dims = own (writer, g_new (int64_t, rank + 1));
  for (int i = 0; i < rank; i++) {
    tensor->dims[i] = dims[i];
    n *= dims[i];
  }
  tensor->has_raw_data = TRUE;
  tensor->raw_data.len = n * sizeof (float);
  tensor->raw_data.data = (guint8 *) (gpointer) data;
  g_ptr_array_add (writer->weights, tensor);
  return tensor->name;
}

static void
add_attribute (Writer *writer, Onnx__NodeProto *node, Onnx__AttributeProto *attribute)
{
  gsize n = node->n_attribute++;
  Onnx__AttributeProto **all = own (writer, g_new (Onnx__AttributeProto *, n + 1));

  for (gsize i = 0; i < n; i++)
    all[i] = node->attribute[i];
  all[n] = attribute;
  node->attribute = all;
}

static Onnx__AttributeProto *
new_attribute (Writer *writer, const char *name, Onnx__AttributeProto__AttributeType type)
{
  Onnx__AttributeProto *attribute = NEW (writer, Onnx__AttributeProto, ONNX__ATTRIBUTE_PROTO__INIT);

  attribute->name = text (writer, name);
  attribute->has_type = TRUE;
  attribute->type = type;
  return attribute;
}

static void
set_int (Writer *writer, Onnx__NodeProto *node, const char *name, gint64 value)
{
  Onnx__AttributeProto *attribute =
      new_attribute (writer, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);

  attribute->has_i = TRUE;
  attribute->i = value;
  add_attribute (writer, node, attribute);
}

static void
set_float (Writer *writer, Onnx__NodeProto *node, const char *name, float value)
{
  Onnx__AttributeProto *attribute =
      new_attribute (writer, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);

  attribute->has_f = TRUE;
  attribute->f = value;
  add_attribute (writer, node, attribute);
}

/* @n times the same number */
static void
set_ints (Writer *writer, Onnx__NodeProto *node, const char *name, int n, gint64 value)
{
  Onnx__AttributeProto *attribute =
      new_attribute (writer, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);

  attribute->n_ints = n;
  attribute->ints = own (writer, g_new (int64_t, n));
  for (int i = 0; i < n; i++)
    attribute->ints[i] = value;
  add_attribute (writer, node, attribute);
}

static void
set_window (Writer *writer, Onnx__NodeProto *node, const Layer *layer)
{
  set_ints (writer, node, "kernel_shape", 2, layer->kernel);
  set_ints (writer, node, "strides", 2, layer->stride);
  set_ints (writer, node, "pads", 4, layer->pad);
}

static const char *
op_type_of (LayerKind kind)
{
  switch (kind) {
  case LAYER_INPUT:
    return NULL;
  case LAYER_CONV:
    return "Conv";
  case LAYER_BATCH_NORM:
    return "BatchNormalization";
  case LAYER_RELU:
    return "Relu";
  case LAYER_CLIP:
    return "Clip";
  case LAYER_MAX_POOL:
    return "MaxPool";
  case LAYER_ADD:
    return "Add";
  case LAYER_CONCAT:
    return "Concat";
  case LAYER_MEAN:
    return "GlobalAveragePool";
  case LAYER_FLATTEN:
    return "Flatten";
  case LAYER_DENSE:
    return "Gemm";
  }
  g_assert_not_reached ();
}

static void
add_input (Onnx__NodeProto *node, const char *name)
{
  node->input[node->n_input++] = (char *) name;
}

/* Attributes and weights. */
static void
dress (Writer *writer, Onnx__NodeProto *node, const Network *network, const Layer *layer)
{
  static const float low = 0, high = NETWORK_CLIP;
  const Layer *from = network_layer (network, layer->x[0]);
  const gint64 conv[4] = { layer->channels, layer->group > 0 ? from->channels / layer->group : 0,
                           layer->kernel, layer->kernel };
  const gint64 dense[2] = { layer->channels, layer_count (from) };
  const gint64 *vector = &layer->channels;
  const char *name = layer->name;

  switch (layer->kind) {
  case LAYER_CONV:
    set_window (writer, node, layer);
    set_int (writer, node, "group", layer->group);
    add_input (node, add_weight (writer, name, "weight", conv, 4, layer->weight));
    if (layer->bias != NULL)
      add_input (node, add_weight (writer, name, "bias", vector, 1, layer->bias));
    break;
  case LAYER_BATCH_NORM:
    set_float (writer, node, "epsilon", NETWORK_EPSILON);
    add_input (node, add_weight (writer, name, "weight", vector, 1, layer->weight));
    add_input (node, add_weight (writer, name, "bias", vector, 1, layer->bias));
    add_input (node, add_weight (writer, name, "mean", vector, 1, layer->mean));
    add_input (node, add_weight (writer, name, "variance", vector, 1, layer->variance));
    break;
  case LAYER_CLIP:
    add_input (node, add_weight (writer, name, "low", NULL, 0, &low));
    add_input (node, add_weight (writer, name, "high", NULL, 0, &high));
    break;
  case LAYER_MAX_POOL:
    set_window (writer, node, layer);
    set_int (writer, node, "ceil_mode", layer->ceil);
    break;
  case LAYER_CONCAT:
  case LAYER_FLATTEN:
    set_int (writer, node, "axis", 1);
    break;
  case LAYER_DENSE:
    set_int (writer, node, "transB", 1);
    add_input (node, add_weight (writer, name, "weight", dense, 2, layer->weight));
    add_input (node, add_weight (writer, name, "bias", vector, 1, layer->bias));
    break;
  case LAYER_INPUT:
  case LAYER_RELU:
  case LAYER_ADD:
  case LAYER_MEAN:
    break;
  }
}

static void
add_node (Writer *writer, const Network *network, const Layer *layer)
{
  Onnx__NodeProto *node = NEW (writer, Onnx__NodeProto, ONNX__NODE_PROTO__INIT);

  node->op_type = text (writer, op_type_of (layer->kind));
  node->name = layer->name;
  node->n_output = 1;
  node->output = list_of (writer, layer->name);
  node->input = own (writer, g_new0 (char *, 5));
  for (int i = 0; i < layer->n_x; i++)
    add_input (node, network_layer (network, layer->x[i])->name);
  dress (writer, node, network, layer);
  g_ptr_array_add (writer->nodes, node);
}

static Onnx__ValueInfoProto *
describe (Writer *writer, const Layer *layer, gboolean picture)
{
  Onnx__ValueInfoProto *info = NEW (writer, Onnx__ValueInfoProto, ONNX__VALUE_INFO_PROTO__INIT);
  Onnx__TypeProto *type = NEW (writer, Onnx__TypeProto, ONNX__TYPE_PROTO__INIT);
  Onnx__TypeProto__Tensor *tensor =
      NEW (writer, Onnx__TypeProto__Tensor, ONNX__TYPE_PROTO__TENSOR__INIT);
  Onnx__TensorShapeProto *shape =
      NEW (writer, Onnx__TensorShapeProto, ONNX__TENSOR_SHAPE_PROTO__INIT);
  const gint64 dims[4] = { 0, layer->channels, layer->height, layer->width };

  shape->n_dim = picture ? 4 : 2;
  shape->dim = own (writer, g_new0 (Onnx__TensorShapeProto__Dimension *, 4));
  for (gsize i = 0; i < shape->n_dim; i++) {
    Onnx__TensorShapeProto__Dimension *dim =
        NEW (writer, Onnx__TensorShapeProto__Dimension, ONNX__TENSOR_SHAPE_PROTO__DIMENSION__INIT);

    if (i == 0) {
      dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
      dim->dim_param = text (writer, "N");
    } else {
      dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
      dim->dim_value = dims[i];
    }
    shape->dim[i] = dim;
  }
  tensor->has_elem_type = TRUE;
  tensor->elem_type = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT;
  tensor->shape = shape;
  type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  type->tensor_type = tensor;
  info->name = layer->name;
  info->type = type;
  return info;
}

/* Hands the file's bytes to @buffer piece by piece: the weights are never copied as a whole. */
static void
pack (const Network *network, ProtobufCBuffer *buffer)
{
  Writer writer = { ONNX__GRAPH_PROTO__INIT, g_ptr_array_new (), g_ptr_array_new (),
                    g_ptr_array_new_with_free_func (g_free) };
  Onnx__ModelProto model = ONNX__MODEL_PROTO__INIT;
  Onnx__OperatorSetIdProto opset = ONNX__OPERATOR_SET_ID_PROTO__INIT;
  int n = network_n_layers (network);

  for (int i = 1; i < n; i++)
    add_node (&writer, network, network_layer (network, i));
  writer.graph.name = text (&writer, network->name);
  writer.graph.n_node = writer.nodes->len;
  writer.graph.node = (gpointer) writer.nodes->pdata;
  writer.graph.n_initializer = writer.weights->len;
  writer.graph.initializer = (gpointer) writer.weights->pdata;
  writer.graph.n_input = writer.graph.n_output = 1;
  writer.graph.input = list_of (&writer, describe (&writer, network_layer (network, 0), TRUE));
  writer.graph.output =
      list_of (&writer, describe (&writer, network_layer (network, n - 1), FALSE));
  opset.domain = text (&writer, "");
  opset.has_version = TRUE;
  opset.version = OPSET;
  model.has_ir_version = TRUE;
  model.ir_version = IR_VERSION;
  model.producer_name = text (&writer, "Salience");
  model.n_opset_import = 1;
  model.opset_import = list_of (&writer, &opset);
  model.graph = &writer.graph;
  onnx__model_proto__pack_to_buffer (&model, buffer);
  g_ptr_array_unref (writer.nodes);
  g_ptr_array_unref (writer.weights);
  g_ptr_array_unref (writer.owned);
}

typedef struct {
  ProtobufCBuffer base;
  GByteArray *bytes;
} BytesBuffer;

static void
append_to_bytes (ProtobufCBuffer *buffer, size_t size, const uint8_t *data)
{
  g_byte_array_append (((BytesBuffer *) buffer)->bytes, data, (guint) size);
}

GBytes *
network_to_bytes (const Network *network)
{
  BytesBuffer buffer = { { append_to_bytes }, g_byte_array_new () };

  pack (network, &buffer.base);
  return g_byte_array_free_to_bytes (buffer.bytes);
}

typedef struct {
  ProtobufCBuffer base;
  FILE *file;
} FileBuffer;

static void
append_to_file (ProtobufCBuffer *buffer, size_t size, const uint8_t *data)
{
  /* What fails is seen by ferror() at the end. */
  size_t written = fwrite (data, 1, size, ((FileBuffer *) buffer)->file);

  (void) written;
}

gboolean
network_save (const Network *network, const char *path, GError **error)
{
  g_autofree char *beside = g_strconcat (path, ".part", NULL);
  FileBuffer buffer = { { append_to_file }, g_fopen (beside, "wb") };
  gboolean fine = buffer.file != NULL;
  int code = errno;

  if (fine) {
    pack (network, &buffer.base);
    fine = !ferror (buffer.file);
    fine = fclose (buffer.file) == 0 && fine && g_rename (beside, path) == 0;
    code = errno;
  }
  if (!fine) {
    g_unlink (beside);
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), "%s: %s", path,
                 g_strerror (code));
  }
  return fine;
}
