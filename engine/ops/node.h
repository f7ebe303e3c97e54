/* A node of a graph: an operator's name, what it reads and writes, and its attributes. */
#pragma once

#include "engine/tensor/tensor.h"

#include <glib.h>

/** SAL_NO_VALUE: the place of an optional input or output that is left out */
#define SAL_NO_VALUE (-1)

/**
 * SalNode:
 * @op_type: ONNX's name of the operator ("Conv"); operators of other domains than ONNX's own are
 *   written "domain::Name"
 * @name: the node's name; made up from the operator and its first output where the file has none
 * @opset: version of the ONNX operator set in force
 * @x: values read, @n_x of them, %SAL_NO_VALUE where an optional one is left out
 * @y: values written, @n_y of them, likewise
 *
 * Values are numbers of the graph's table of values (graph.h). Never changes once the graph is
 * made.
 */
typedef struct _SalNode SalNode;
struct _SalNode {
  char *op_type;
  char *name;
  int opset;
  int n_x, n_y;
  int *x, *y;
  GHashTable *attributes; /* name -> SalAttribute, see the accessors */
};

SalNode *sal_node_new (const char *op_type, const char *name, int opset, const int *x, int n_x,
                       const int *y, int n_y);
void sal_node_free (SalNode *node);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalNode, sal_node_free)

/* Setting attributes, while the graph is made. Each copies what it is given. */
void sal_node_set_int (SalNode *node, const char *name, gint64 value);
void sal_node_set_float (SalNode *node, const char *name, float value);
void sal_node_set_string (SalNode *node, const char *name, const char *value);
void sal_node_set_ints (SalNode *node, const char *name, const gint64 *values, gsize n);
void sal_node_set_floats (SalNode *node, const char *name, const float *values, gsize n);
void sal_node_set_strings (SalNode *node, const char *name, const char *const *values, gsize n);
void sal_node_set_tensor (SalNode *node, const char *name, SalTensor *value);
/** sal_node_copy_attributes: gives @node all attributes of @from */
void sal_node_copy_attributes (SalNode *node, const SalNode *from);

/* Reading attributes. An attribute of another kind than asked for counts as absent. */
gboolean sal_node_has (const SalNode *node, const char *name);
gint64 sal_node_int (const SalNode *node, const char *name, gint64 otherwise);
float sal_node_float (const SalNode *node, const char *name, float otherwise);
/** sal_node_string: Returns: (nullable) (transfer none) */
const char *sal_node_string (const SalNode *node, const char *name, const char *otherwise);
/** sal_node_ints: Returns: (nullable) (transfer none) (array length=n); %NULL and 0 if absent */
const gint64 *sal_node_ints (const SalNode *node, const char *name, gsize *n);
const float *sal_node_floats (const SalNode *node, const char *name, gsize *n);
/** sal_node_strings: Returns: (nullable) (transfer none): %NULL-terminated */
const char *const *sal_node_strings (const SalNode *node, const char *name, gsize *n);
/** sal_node_tensor: Returns: (nullable) (transfer none) */
SalTensor *sal_node_tensor (const SalNode *node, const char *name);
