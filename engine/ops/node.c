#include "engine/ops/node.h"

#include <string.h>

typedef enum { INTS, FLOATS, STRINGS, TENSOR } Kind;

/* A single number or string is a list of one. */
typedef struct {
  Kind kind;
  gsize n;
  union {
    gint64 *ints;
    float *floats;
    char **strings;
    SalTensor *tensor;
  };
} Attribute;

static void
attribute_free (gpointer data)
{
  Attribute *attribute = data;

  if (attribute->kind == STRINGS)
    g_strfreev (attribute->strings);
  else if (attribute->kind == TENSOR)
    sal_tensor_unref (attribute->tensor);
  else if (attribute->kind == INTS)
    g_free (attribute->ints);
  else
    g_free (attribute->floats);
  g_free (attribute);
}

SalNode *
sal_node_new (const char *op_type, const char *name, int opset, const int *x, int n_x, const int *y,
              int n_y)
{
  SalNode *node = g_new0 (SalNode, 1);

  node->op_type = g_strdup (op_type);
  node->name = g_strdup (name);
  node->opset = opset;
  node->n_x = n_x;
  node->n_y = n_y;
  node->x = g_memdup2 (x, n_x * sizeof (int));
  node->y = g_memdup2 (y, n_y * sizeof (int));
  node->attributes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, attribute_free);
  return node;
}

void
sal_node_free (SalNode *node)
{
  if (node == NULL)
    return;
  g_hash_table_unref (node->attributes);
  g_free (node->op_type);
  g_free (node->name);
  g_free (node->x);
  g_free (node->y);
  g_free (node);
}

static Attribute *
set (SalNode *node, const char *name, Kind kind, gsize n)
{
  Attribute *attribute = g_new0 (Attribute, 1);

  attribute->kind = kind;
  attribute->n = n;
  g_hash_table_insert (node->attributes, g_strdup (name), attribute);
  return attribute;
}

void
sal_node_set_ints (SalNode *node, const char *name, const gint64 *values, gsize n)
{
  set (node, name, INTS, n)->ints = g_memdup2 (values, n * sizeof (gint64));
}

void
sal_node_set_floats (SalNode *node, const char *name, const float *values, gsize n)
{
  set (node, name, FLOATS, n)->floats = g_memdup2 (values, n * sizeof (float));
}

void
sal_node_set_strings (SalNode *node, const char *name, const char *const *values, gsize n)
{
  char **copy = g_new0 (char *, n + 1);

  for (gsize i = 0; i < n; i++)
    copy[i] = g_strdup (values[i]);
  set (node, name, STRINGS, n)->strings = copy;
}

void
sal_node_set_tensor (SalNode *node, const char *name, SalTensor *value)
{
  set (node, name, TENSOR, 1)->tensor = sal_tensor_ref (value);
}

void
sal_node_set_int (SalNode *node, const char *name, gint64 value)
{
  sal_node_set_ints (node, name, &value, 1);
}

void
sal_node_set_float (SalNode *node, const char *name, float value)
{
  sal_node_set_floats (node, name, &value, 1);
}

void
sal_node_set_string (SalNode *node, const char *name, const char *value)
{
  sal_node_set_strings (node, name, &value, 1);
}

void
sal_node_copy_attributes (SalNode *node, const SalNode *from)
{
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, from->attributes);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    const Attribute *a = value;

    if (a->kind == INTS)
      sal_node_set_ints (node, name, a->ints, a->n);
    else if (a->kind == FLOATS)
      sal_node_set_floats (node, name, a->floats, a->n);
    else if (a->kind == STRINGS)
      sal_node_set_strings (node, name, (const char *const *) a->strings, a->n);
    else
      sal_node_set_tensor (node, name, a->tensor);
  }
}

static const Attribute *
get (const SalNode *node, const char *name, Kind kind)
{
  const Attribute *attribute = g_hash_table_lookup (node->attributes, name);

  return attribute != NULL && attribute->kind == kind ? attribute : NULL;
}

gboolean
sal_node_has (const SalNode *node, const char *name)
{
  return g_hash_table_contains (node->attributes, name);
}

gint64
sal_node_int (const SalNode *node, const char *name, gint64 otherwise)
{
  const Attribute *attribute = get (node, name, INTS);

  return attribute != NULL && attribute->n == 1 ? attribute->ints[0] : otherwise;
}

float
sal_node_float (const SalNode *node, const char *name, float otherwise)
{
  const Attribute *attribute = get (node, name, FLOATS);

  return attribute != NULL && attribute->n == 1 ? attribute->floats[0] : otherwise;
}

const char *
sal_node_string (const SalNode *node, const char *name, const char *otherwise)
{
  const Attribute *attribute = get (node, name, STRINGS);

  return attribute != NULL && attribute->n == 1 ? attribute->strings[0] : otherwise;
}

const gint64 *
sal_node_ints (const SalNode *node, const char *name, gsize *n)
{
  const Attribute *attribute = get (node, name, INTS);

  *n = attribute != NULL ? attribute->n : 0;
  return attribute != NULL ? attribute->ints : NULL;
}

const float *
sal_node_floats (const SalNode *node, const char *name, gsize *n)
{
  const Attribute *attribute = get (node, name, FLOATS);

  *n = attribute != NULL ? attribute->n : 0;
  return attribute != NULL ? attribute->floats : NULL;
}

const char *const *
sal_node_strings (const SalNode *node, const char *name, gsize *n)
{
  const Attribute *attribute = get (node, name, STRINGS);

  *n = attribute != NULL ? attribute->n : 0;
  return attribute != NULL ? (const char *const *) attribute->strings : NULL;
}

SalTensor *
sal_node_tensor (const SalNode *node, const char *name)
{
  const Attribute *attribute = get (node, name, TENSOR);

  return attribute != NULL ? attribute->tensor : NULL;
}
