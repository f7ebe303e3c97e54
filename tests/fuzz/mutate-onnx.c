/* Changes a model as a model: numbers of attributes, shapes, weights, operators and links. Changes
 * of bytes alone seldom get past the reader to what operators make of strange attributes. */
#include "engine/onnx/onnx.pb-c.h"
#include "engine/ops/families.h"
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Elements that a weight is given at most. */
#define MAX_ELEMENTS 4096

size_t LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static const gint64 numbers[] = { -9223372036854775807 - 1,
                                  -2147483649,
                                  -65536,
                                  -9,
                                  -8,
                                  -4,
                                  -3,
                                  -2,
                                  -1,
                                  0,
                                  1,
                                  2,
                                  3,
                                  4,
                                  5,
                                  8,
                                  9,
                                  16,
                                  63,
                                  64,
                                  255,
                                  1000,
                                  65536,
                                  2147483647,
                                  4294967296,
                                  9223372036854775807 };

static const char *const texts[] = {
  "NOTSET",
  "SAME_UPPER",
  "SAME_LOWER",
  "VALID",
  "constant",
  "reflect",
  "edge",
  "wrap",
  "nearest",
  "linear",
  "cubic",
  "bilinear",
  "zeros",
  "border",
  "reflection",
  "half_pixel",
  "asymmetric",
  "align_corners",
  "tf_crop_and_resize",
  "pytorch_half_pixel",
  "floor",
  "ceil",
  "round_prefer_ceil",
  "add",
  "mul",
  "min",
  "max",
  "none",
  "DCR",
  "CRD",
  "forward",
  "reverse",
  "bidirectional",
  "avg",
  "tanh",
  "ij,jk->ik",
  "...i,ij->...j",
  "ii->i",
  "ij->",
  "not_larger",
  "not_smaller",
  "",
};

static const char *const attributes[] = {
  "axis",
  "axes",
  "pads",
  "strides",
  "dilations",
  "kernel_shape",
  "group",
  "auto_pad",
  "ceil_mode",
  "keepdims",
  "perm",
  "mode",
  "to",
  "alpha",
  "beta",
  "transA",
  "transB",
  "epsilon",
  "p",
  "size",
  "blocksize",
  "output_padding",
  "output_shape",
  "count_include_pad",
  "storage_order",
  "split",
  "num_outputs",
  "starts",
  "ends",
  "largest",
  "sorted",
  "k",
  "dtype",
  "noop_with_empty_axes",
  "select_last_index",
  "exclusive",
  "reverse",
  "batch_axis",
  "time_axis",
  "hidden_size",
  "direction",
  "layout",
  "sampling_ratio",
  "output_height",
  "equation",
  "reduction",
  "antialias",
  "block_size",
  "coordinate_transformation_mode",
  "nearest_mode",
  "cubic_coeff_a",
  "exclude_outside",
  "num_groups",
  "allowzero",
  "start",
  "end",
  "upper",
  "fmod",
  "min",
  "max",
  "shape",
  "value_ints",
  "scales",
};

static gint64
number (GRand *random, gint64 old)
{
  int choice = g_rand_int_range (random, 0, 4);

  if (choice == 0)
    return (gint64) ((guint64) old + (g_rand_boolean (random) ? 1 : -1));
  if (choice == 1)
    return g_rand_int_range (random, -2, 6);
  return numbers[g_rand_int_range (random, 0, G_N_ELEMENTS (numbers))];
}

static char *
pick_name (GRand *random, const Onnx__GraphProto *graph)
{
  guint n = graph->n_node + graph->n_input + graph->n_initializer;
  guint i = n > 0 ? (guint) g_rand_int_range (random, 0, (int) n) : 0;
  const char *name = "";

  if (i < graph->n_node)
    name = graph->node[i]->n_output > 0 ? graph->node[i]->output[0] : "";
  else if (i - graph->n_node < graph->n_input)
    name = graph->input[i - graph->n_node]->name;
  else if (n > 0)
    name = graph->initializer[i - graph->n_node - graph->n_input]->name;
  return strdup (name != NULL ? name : "");
}

static void
change_list (GRand *random, gsize *n, gint64 **list)
{
  int choice = g_rand_int_range (random, 0, 4);

  if (choice == 0 && *n < 16) {
    *list = realloc (*list, (*n + 1) * sizeof (gint64));
    (*list)[(*n)++] = number (random, 0);
  } else if (choice == 1 && *n > 0) {
    (*n)--;
  } else if (*n > 0) {
    gint64 *at = &(*list)[g_rand_int_range (random, 0, (int) *n)];
    *at = number (random, *at);
  }
}

static void
set_text (GRand *random, ProtobufCBinaryData *text)
{
  const char *to = texts[g_rand_int_range (random, 0, G_N_ELEMENTS (texts))];

  free (text->data);
  text->data = (uint8_t *) strdup (to);
  text->len = strlen (to);
}

static void
change_attribute (GRand *random, Onnx__AttributeProto *a)
{
  switch (a->type) {
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
    a->has_i = TRUE;
    a->i = number (random, a->i);
    break;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
    a->has_f = TRUE;
    a->f = (float) number (random, (gint64) CLAMP (a->f, -1e9f, 1e9f)) / 4;
    break;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
    a->has_s = TRUE;
    set_text (random, &a->s);
    break;
  default:
    change_list (random, &a->n_ints, &a->ints);
  }
}

static void
add_attribute (GRand *random, Onnx__NodeProto *node)
{
  static const int kinds[] = { ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT,
                               ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS,
                               ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING,
                               ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT };
  Onnx__AttributeProto *a = malloc (sizeof *a);

  onnx__attribute_proto__init (a);
  a->name = strdup (attributes[g_rand_int_range (random, 0, G_N_ELEMENTS (attributes))]);
  a->has_type = TRUE;
  a->type = kinds[g_rand_int_range (random, 0, G_N_ELEMENTS (kinds))];
  for (int i = 0; i < 3; i++)
    change_attribute (random, a);
  node->attribute = realloc (node->attribute, (node->n_attribute + 1) * sizeof a);
  node->attribute[node->n_attribute++] = a;
}

static void
change_operator (GRand *random, Onnx__NodeProto *node)
{
  guint n = 0;

  /* One of all, each as likely: the i-th replaces what was chosen with probability 1 / i. */
  for (const SalOp *const *family = sal_op_families (); *family != NULL; family++)
    for (const SalOp *op = *family; op->name != NULL; op++)
      if (g_rand_int_range (random, 0, (int) ++n) == 0) {
        free (node->op_type);
        node->op_type = strdup (op->name);
      }
}

static void
change_links (GRand *random, const Onnx__GraphProto *graph, Onnx__NodeProto *node)
{
  if (g_rand_int_range (random, 0, 3) == 0 && node->n_input < 8) {
    node->input = realloc (node->input, (node->n_input + 1) * sizeof (char *));
    node->input[node->n_input++] = pick_name (random, graph);
  } else if (node->n_input > 0) {
    char **at = &node->input[g_rand_int_range (random, 0, (int) node->n_input)];
    free (*at);
    *at = g_rand_boolean (random) ? strdup ("") : pick_name (random, graph);
  }
}

/* Another shape, and as many elements of raw data as it says. */
static void
change_weight (GRand *random, Onnx__TensorProto *weight)
{
  gsize count = 1, size = weight->data_type == 1 ? 4 : weight->data_type == 7 ? 8 : 0;

  if (size == 0)
    return;
  change_list (random, &weight->n_dims, &weight->dims);
  for (gsize i = 0; i < weight->n_dims; i++) {
    weight->dims[i] = CLAMP (weight->dims[i], 0, 64);
    count *= weight->dims[i];
  }
  if (count > MAX_ELEMENTS)
    return;
  uint8_t *data = calloc (count + 1, size);
  for (gsize i = 0; i < count; i++) {
    gint64 whole = number (random, 0);
    float value = (float) whole / 2;
    memcpy (data + i * size, size == 8 ? (void *) &whole : (void *) &value, size);
  }
  free (weight->raw_data.data);
  weight->raw_data = (ProtobufCBinaryData){ count * size, data };
  weight->has_raw_data = TRUE;
  weight->n_float_data = weight->n_int64_data = 0;
}

static void
change_input (GRand *random, Onnx__ValueInfoProto *input)
{
  Onnx__TensorShapeProto *shape =
      input->type != NULL && input->type->value_case == ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE
          ? input->type->tensor_type->shape
          : NULL;

  if (shape == NULL || shape->n_dim == 0)
    return;
  Onnx__TensorShapeProto__Dimension *dim =
      shape->dim[g_rand_int_range (random, 0, (int) shape->n_dim)];
  if (dim->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE)
    dim->dim_value = g_rand_int_range (random, 0, 12);
}

static void
change_model (GRand *random, Onnx__ModelProto *model)
{
  Onnx__GraphProto *graph = model->graph;
  Onnx__NodeProto *node = graph->node[g_rand_int_range (random, 0, (int) graph->n_node)];

  switch (g_rand_int_range (random, 0, 10)) {
  case 0:
    add_attribute (random, node);
    break;
  case 1:
    change_operator (random, node);
    break;
  case 2:
    change_links (random, graph, node);
    break;
  case 3:
    if (graph->n_input > 0)
      change_input (random, graph->input[g_rand_int_range (random, 0, (int) graph->n_input)]);
    break;
  case 4:
    if (model->n_opset_import > 0)
      model->opset_import[0]->version = g_rand_int_range (random, 1, 23);
    break;
  case 5:
  case 6:
    if (graph->n_initializer > 0)
      change_weight (random,
                     graph->initializer[g_rand_int_range (random, 0, (int) graph->n_initializer)]);
    break;
  default:
    if (node->n_attribute > 0)
      change_attribute (random,
                        node->attribute[g_rand_int_range (random, 0, (int) node->n_attribute)]);
  }
}

size_t
LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (seed);
  Onnx__ModelProto *model = NULL;

  if (g_rand_int_range (random, 0, 4) != 0)
    model = onnx__model_proto__unpack (NULL, size, data);
  if (model == NULL || model->graph == NULL || model->graph->n_node == 0) {
    if (model != NULL)
      onnx__model_proto__free_unpacked (model, NULL);
    return LLVMFuzzerMutate (data, size, max_size);
  }
  for (int i = g_rand_int_range (random, 1, 4); i > 0; i--)
    change_model (random, model);
  size_t n = onnx__model_proto__get_packed_size (model);
  if (n <= max_size)
    onnx__model_proto__pack (model, data);
  onnx__model_proto__free_unpacked (model, NULL);
  return n <= max_size ? n : LLVMFuzzerMutate (data, size, max_size);
}
