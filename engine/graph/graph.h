/* The graph of a model: values, and the nodes that compute some of them from others.
 *
 * Made once by the ONNX reader (or by hand in tests), sealed, and never changed after that: any
 * number of plans and threads may share it. */
#pragma once

#include "engine/ops/node.h"

/**
 * SalValue: one tensor of the graph.
 * @name: unique in the graph
 * @constant: (nullable): its value where it is a weight or another constant
 * @declared: whether the file declares the shape and type below (always for inputs)
 * @type: float or integer
 * @shape: as declared, -1 where an axis is open
 * @symbols: the names of open axes ("N", "batch"), %NULL where the file gives none
 * @producer: number of the node that computes it, -1 for inputs and constants
 */
typedef struct {
  char *name;
  SalTensor *constant;
  gboolean declared;
  SalType type;
  SalShape shape;
  char *symbols[SAL_MAX_RANK];
  int producer;
} SalValue;

/** SalGraph: (ref-func sal_graph_ref) (unref-func sal_graph_unref): atomic reference count */
typedef struct _SalGraph SalGraph;

SalGraph *sal_graph_new (void);
/** sal_graph_new_values: Returns: (transfer full): a graph with the values of another, under the
 *  same names and numbers, and its constants, but no nodes, inputs and outputs */
SalGraph *sal_graph_new_values (const SalGraph *graph);
/**
 * sal_graph_copy:
 * @graph: sealed
 *
 * Returns: (transfer full): the same values, nodes, inputs and outputs under the same numbers,
 *   sharing the constants, not sealed yet: to be changed and sealed anew
 */
SalGraph *sal_graph_copy (const SalGraph *graph);
SalGraph *sal_graph_ref (SalGraph *graph);
void sal_graph_unref (SalGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalGraph, sal_graph_unref)

/* Making a graph. Values are made by name at first mention. */

/** sal_graph_value: Returns: the number of the value called @name, made if it is new */
int sal_graph_value (SalGraph *graph, const char *name);
/** sal_graph_new_value: Returns: the number of a new value called @name, with a number behind it if
 *  there is one of that name: files may call their values anything */
int sal_graph_new_value (SalGraph *graph, const char *name);
/** sal_graph_declare: states type and shape of a value, -1 for open axes */
void sal_graph_declare (SalGraph *graph, int value, SalType type, const SalShape *shape);
/** sal_graph_set_symbol: names an open axis of a value */
void sal_graph_set_symbol (SalGraph *graph, int value, int axis, const char *symbol);
/** sal_graph_set_constant: gives a value its constant; takes its own reference */
void sal_graph_set_constant (SalGraph *graph, int value, SalTensor *constant);
void sal_graph_add_input (SalGraph *graph, int value);
void sal_graph_add_output (SalGraph *graph, int value);
/** sal_graph_add_node: takes over @node (transfer full) */
void sal_graph_add_node (SalGraph *graph, SalNode *node);
/** sal_graph_remove_node: @node: its number, in a copy; those after it move up */
void sal_graph_remove_node (SalGraph *graph, int node);

/**
 * sal_graph_seal:
 *
 * Puts the nodes into an order in which each comes after those it reads from, computes nodes whose
 * inputs are all constant, and checks the whole: every value read is computed, a constant or an
 * input; none is computed twice; no cycles; every operator is known.
 *
 * Returns: %FALSE and %SAL_ERROR_FORMAT for a contradiction, %SAL_ERROR_UNSUPPORTED with the list
 *   of ALL unknown operators and their nodes; the graph is then only good for unref (its
 *   unsupported list can still be read)
 */
gboolean sal_graph_seal (SalGraph *graph, GError **error);

/* Reading it. */
int sal_graph_n_values (const SalGraph *graph);
const SalValue *sal_graph_get_value (const SalGraph *graph, int value);
/** sal_graph_find: Returns: the number of the value called @name, or %SAL_NO_VALUE */
int sal_graph_find (const SalGraph *graph, const char *name);
/** sal_graph_n_nodes: nodes are numbered in order of computation once sealed */
int sal_graph_n_nodes (const SalGraph *graph);
const SalNode *sal_graph_node (const SalGraph *graph, int node);
/** sal_graph_find_node: Returns: the number of the node called @name, or -1 */
int sal_graph_find_node (const SalGraph *graph, const char *name);
int sal_graph_n_inputs (const SalGraph *graph);
int sal_graph_input (const SalGraph *graph, int i);
int sal_graph_n_outputs (const SalGraph *graph);
int sal_graph_output (const SalGraph *graph, int i);
/** sal_graph_parameters: Returns: number of elements of all float constants the file brought */
gint64 sal_graph_parameters (const SalGraph *graph);

/** SalUnsupported: a node whose operator Salience does not have */
typedef struct {
  const char *node;
  const char *op_type;
} SalUnsupported;

/** sal_graph_unsupported: Returns: (transfer none): of SalUnsupported, empty when all is known */
const GArray *sal_graph_unsupported (const SalGraph *graph);
