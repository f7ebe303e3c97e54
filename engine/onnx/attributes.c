#include "engine/onnx/reader-private.h"

#include "engine/base/error.h"

#include <glib/gi18n.h>

/* Files of the first format version do not name the kind of an attribute; it shows. */
static int
kind_of (const Onnx__AttributeProto *a)
{
  if (a->has_type && a->type != ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED)
    return (int) a->type;
  if (a->has_f)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT;
  if (a->has_i)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
  if (a->has_s)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING;
  if (a->t != NULL)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR;
  if (a->g != NULL)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH;
  if (a->n_floats > 0)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS;
  if (a->n_strings > 0)
    return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS;
  return ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
}

const Onnx__AttributeProto *
sal_onnx_attribute (const SalOnnxScope *scope, const Onnx__AttributeProto *attribute)
{
  if (attribute->ref_attr_name == NULL || *attribute->ref_attr_name == '\0')
    return attribute;
  return scope->attributes != NULL
             ? g_hash_table_lookup (scope->attributes, attribute->ref_attr_name)
             : NULL;
}

const Onnx__AttributeProto *
sal_onnx_attribute_find (const SalOnnxScope *scope, const Onnx__NodeProto *proto, const char *name)
{
  for (gsize i = 0; i < proto->n_attribute; i++)
    if (g_strcmp0 (proto->attribute[i]->name, name) == 0)
      return sal_onnx_attribute (scope, proto->attribute[i]);
  return NULL;
}

static char *
text_of (const ProtobufCBinaryData *bytes)
{
  return g_utf8_make_valid (bytes->len > 0 ? (const char *) bytes->data : "", bytes->len);
}

static SalTensor *
read_tensor (SalOnnxReader *reader, const Onnx__TensorProto *proto, const SalNode *node,
             const char *attribute, GError **error)
{
  g_autofree char *what =
      g_strdup_printf (_ ("%s \"%s\": attribute \"%s\""), node->op_type, node->name, attribute);

  if (proto == NULL) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s has no tensor", what);
    return NULL;
  }
  return sal_onnx_tensor (proto, &reader->store, what, error);
}

/* Graphs, types and lists of tensors belong to operators that are unknown anyway; those get no
 * attributes at all. */
static gboolean
read_attribute (SalOnnxReader *reader, SalNode *node, const char *name,
                const Onnx__AttributeProto *a, GError **error)
{
  if (!sal_onnx_spend (reader,
                       64 + (a->n_ints + a->n_floats + a->n_strings) * sizeof (gint64) + a->s.len,
                       error))
    return FALSE;

  switch (kind_of (a)) {
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
    sal_node_set_float (node, name, a->f);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
    sal_node_set_int (node, name, a->i);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING: {
    g_autofree char *text = text_of (&a->s);
    sal_node_set_string (node, name, text);
    return TRUE;
  }
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
    sal_node_set_floats (node, name, a->floats, a->n_floats);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
    sal_node_set_ints (node, name, a->ints, a->n_ints);
    return TRUE;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS: {
    g_auto (GStrv) texts = g_new0 (char *, a->n_strings + 1);
    for (gsize i = 0; i < a->n_strings; i++) {
      if (!sal_onnx_spend (reader, a->strings[i].len, error))
        return FALSE;
      texts[i] = text_of (&a->strings[i]);
    }
    sal_node_set_strings (node, name, (const char *const *) texts, a->n_strings);
    return TRUE;
  }
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR: {
    g_autoptr (SalTensor) tensor = read_tensor (reader, a->t, node, name, error);
    if (tensor != NULL)
      sal_node_set_tensor (node, name, tensor);
    return tensor != NULL;
  }
  default:
    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "%s \"%s\": attribute \"%s\" is of kind %d, which Salience cannot read",
                   node->op_type, node->name, name, kind_of (a));
    return FALSE;
  }
}

gboolean
sal_onnx_attributes (SalOnnxReader *reader, const SalOnnxScope *scope, const Onnx__NodeProto *proto,
                     SalNode *node, GError **error)
{
  for (gsize i = 0; i < proto->n_attribute; i++) {
    const char *name = proto->attribute[i]->name;
    const Onnx__AttributeProto *attribute = sal_onnx_attribute (scope, proto->attribute[i]);

    if (name == NULL) {
      sal_error_set (error, SAL_ERROR_FORMAT, "%s \"%s\": an attribute has no name", node->op_type,
                     node->name);
      return FALSE;
    }
    if (sal_node_has (node, name)) {
      sal_error_set (error, SAL_ERROR_FORMAT, "%s \"%s\": attribute \"%s\" is given twice",
                     node->op_type, node->name, name);
      return FALSE;
    }
    if (attribute != NULL && !read_attribute (reader, node, name, attribute, error))
      return FALSE;
  }
  return TRUE;
}

SalTensor *
sal_onnx_constant (SalOnnxReader *reader, const SalOnnxScope *scope, const Onnx__NodeProto *proto,
                   const char *name, GError **error)
{
  static const char *const kinds[] = {
    "value",      "value_float",  "value_floats",  "value_int",
    "value_ints", "value_string", "value_strings", "sparse_value"
  };
  const Onnx__AttributeProto *a = NULL;
  SalShape list = { .rank = 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds) && a == NULL; i++)
    a = sal_onnx_attribute_find (scope, proto, kinds[i]);
  if (a == NULL) {
    sal_error_set (error, SAL_ERROR_FORMAT, "Constant \"%s\": has no value", name);
    return NULL;
  }

  switch (kind_of (a)) {
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR: {
    g_autofree char *what = g_strdup_printf (_ ("Constant \"%s\": its value"), name);
    if (a->t != NULL)
      return sal_onnx_tensor (a->t, &reader->store, what, error);
    sal_error_set (error, SAL_ERROR_FORMAT, "Constant \"%s\": has no value", name);
    return NULL;
  }
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
    return sal_tensor_new_copy (SAL_FLOAT, &SAL_SCALAR, &a->f);
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
    return sal_tensor_new_copy (SAL_INT, &SAL_SCALAR, &a->i);
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
    if (!sal_onnx_spend (reader, a->n_floats * sizeof (float), error))
      return NULL;
    list.dim[0] = (gint64) a->n_floats;
    return sal_tensor_new_copy (SAL_FLOAT, &list, a->floats);
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
    if (!sal_onnx_spend (reader, a->n_ints * sizeof (gint64), error))
      return NULL;
    list.dim[0] = (gint64) a->n_ints;
    return sal_tensor_new_copy (SAL_INT, &list, a->ints);
  default:
    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "Constant \"%s\": holds text or a sparse tensor, which Salience cannot read",
                   name);
    return NULL;
  }
}
