/* What the parts of the ONNX reader share. Private to this folder. */
#pragma once

#include "engine/graph/graph.h"
#include "engine/onnx/onnx.pb-c.h"
#include "engine/onnx/weights.h"

/**
 * SalOnnxReader: a model on its way to a graph.
 * @model: the unpacked file
 * @graph: the graph so far: values only; nodes wait in @nodes until all are known, so that
 *   conditions can be worked out from them
 * @nodes: (element-type SalNode)
 * @producers: (element-type SalNode): by value, the node that computes it, or %NULL
 * @dtypes: (element-type gint32): by value, its element type in the file; 0 or beyond the end where
 *   the file does not state it
 * @node_names: names of nodes taken, each with how often it was asked for
 * @functions: "domain::name" to FunctionProto
 * @opset: version of ONNX's operators in the main graph, 0 if the file names none
 * @store: where weights come from, and their memory
 * @structure_bytes: memory of everything but weights, to bound what functions multiply
 * @depth: functions and branches that are being put in place inside each other
 */
typedef struct {
  Onnx__ModelProto *model;
  SalGraph *graph;
  GPtrArray *nodes;
  GPtrArray *producers;
  GArray *dtypes;
  GHashTable *node_names;
  GHashTable *functions;
  gint64 opset;
  SalOnnxStore store;
  gsize structure_bytes;
  int depth;
} SalOnnxReader;

/** SalOnnxScope: the names that a graph, a branch or a function body can see. */
typedef struct _SalOnnxScope SalOnnxScope;
struct _SalOnnxScope {
  const SalOnnxScope *outer; /* of a branch: where it stands; NULL for functions */
  GHashTable *values;        /* name -> value */
  GHashTable *results;       /* nullable, of a function: names whose value is the caller's, until
                              * the node that computes them has been met */
  const char *prefix;        /* before the names of values and nodes, "" in the main graph */
  gint64 opset;
  GHashTable *attributes; /* nullable: name -> AttributeProto, what a function was called with */
};

/**
 * sal_onnx_spend:
 *
 * Counts memory that the graph will take. Returns: %FALSE and %SAL_ERROR_MEMORY past the bound
 */
gboolean sal_onnx_spend (SalOnnxReader *reader, gsize bytes, GError **error);

/** sal_onnx_is_own_domain: Returns: whether a domain is that of ONNX's own operators */
gboolean sal_onnx_is_own_domain (const char *domain);

/** sal_onnx_find_opset: Returns: the version of ONNX's operators in a list of imports, 0 if none */
gint64 sal_onnx_find_opset (Onnx__OperatorSetIdProto *const *imports, gsize n);

/* Attributes (attributes.c). */

/**
 * sal_onnx_attribute:
 *
 * Returns: (nullable): the attribute itself, or what a function was called with where it stands
 *   for that (ref_attr_name); %NULL if the function was called without
 */
const Onnx__AttributeProto *sal_onnx_attribute (const SalOnnxScope *scope,
                                                const Onnx__AttributeProto *attribute);
/** sal_onnx_attribute_find: Returns: (nullable): attribute @name of a node, so resolved */
const Onnx__AttributeProto *
sal_onnx_attribute_find (const SalOnnxScope *scope, const Onnx__NodeProto *proto, const char *name);
/** sal_onnx_attributes: gives @node the attributes of @proto */
gboolean sal_onnx_attributes (SalOnnxReader *reader, const SalOnnxScope *scope,
                              const Onnx__NodeProto *proto, SalNode *node, GError **error);
/** sal_onnx_constant: Returns: (transfer full) (nullable): what a Constant node stands for */
SalTensor *sal_onnx_constant (SalOnnxReader *reader, const SalOnnxScope *scope,
                              const Onnx__NodeProto *proto, const char *name, GError **error);

/* Values and nodes (nodes.c). */

/** sal_onnx_define: makes value @name of a scope; refuses one that is there already. @as: what
 *  defines it, for messages. Returns: the value, or %SAL_NO_VALUE with @error set */
int sal_onnx_define (SalOnnxReader *reader, SalOnnxScope *scope, const char *name, const char *as,
                     GError **error);
/** sal_onnx_lookup: finds a value a node reads. @by: what reads it, for messages */
gboolean sal_onnx_lookup (const SalOnnxScope *scope, const char *name, const char *by, int *value,
                          GError **error);
/** sal_onnx_weights: makes the initialisers of a graph or branch, and frees their bytes where they
 *  are read only once */
gboolean sal_onnx_weights (SalOnnxReader *reader, SalOnnxScope *scope, Onnx__GraphProto *proto,
                           GError **error);
/** sal_onnx_nodes: adds nodes in a scope that has its inputs and weights */
gboolean sal_onnx_nodes (SalOnnxReader *reader, SalOnnxScope *scope, Onnx__NodeProto *const *protos,
                         gsize n, GError **error);
/** sal_onnx_add_node: takes over @node (transfer full) */
void sal_onnx_add_node (SalOnnxReader *reader, SalNode *node);

/* Element types (dtypes.c). */

/** sal_onnx_note_dtype: @dtype: TensorProto.DataType of the elements of @value */
void sal_onnx_note_dtype (SalOnnxReader *reader, int value, gint32 dtype);
/** sal_onnx_state_quantized_types: gives QuantizeLinear nodes the attribute `output_dtype`, which
 *  opset 21 has, where the type of their zero point says it */
void sal_onnx_state_quantized_types (SalOnnxReader *reader);

/* Nodes that stand in for what a file says in other words. They are called after the node that they
 * belong to, a slash and @what. The memory they take must have been counted. */

/** sal_onnx_helper: Returns: (transfer none): a new node of @op with one result, y[0] */
SalNode *sal_onnx_helper (SalOnnxReader *reader, const SalNode *owner, const char *op,
                          const char *what, const int *x, int n_x);
/** sal_onnx_helper_constant: Returns: a new value that is @constant */
int sal_onnx_helper_constant (SalOnnxReader *reader, const SalNode *owner, const char *what,
                              SalTensor *constant);
