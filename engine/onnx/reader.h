/* Reads an ONNX file into a graph. Trusts nothing it reads: a file that is broken, hostile or
 * beyond us gives an error of one line that names the file and what in it is wrong. */
#pragma once

#include "engine/graph/graph.h"

/* The versions of ONNX's operator set whose meaning is known. Before 7, some operators meant other
 * things: what can be told in the words of later sets is, the others are listed as unsupported.
 * Sets newer than the newest are read as if they were that, and stand or fall with each
 * operator. */
#define SAL_ONNX_OLDEST_OPSET 1
#define SAL_ONNX_NEWEST_OPSET 21

/**
 * SalOnnxInfo: what a file says about itself; zero-initialise.
 * @opset: version of ONNX's operator set; above %SAL_ONNX_NEWEST_OPSET results deserve a check
 * @ir_version: version of the file format
 * @producer: (nullable): the program that wrote it; @producer_version likewise
 * @domain: (nullable): whose model it is; @model_version: its own version
 * @graph_name: (nullable): name of the graph
 * @doc: (nullable): description
 * @metadata: (nullable) (element-type utf8 utf8): metadata_props, keys to values
 * @unsupported: (nullable) (element-type utf8): every node that Salience cannot compute, as
 *   `NonZero "node name"`, when reading failed for that
 */
typedef struct {
  gint64 opset;
  gint64 ir_version;
  char *producer;
  char *producer_version;
  char *domain;
  gint64 model_version;
  char *graph_name;
  char *doc;
  GHashTable *metadata;
  GPtrArray *unsupported;
} SalOnnxInfo;

/** sal_onnx_info_clear: frees what @info holds; for any that was zero-initialised */
void sal_onnx_info_clear (SalOnnxInfo *info);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SalOnnxInfo, sal_onnx_info_clear)

/**
 * sal_onnx_read:
 * @path: the file
 * @info: (out caller-allocates) (nullable): what it says about itself, as far as it could be read
 *   also when reading fails; to be cleared
 *
 * Weights of every float and integer type are read, also from files beside the model, but only
 * from within its folder. Functions that the model defines and branches of `If` whose condition
 * is a constant are put in place of the node that calls them; their values and nodes carry that
 * node's name and a slash before their own. A node without a name is called by its operator and
 * first output, and of several nodes of the same name the later ones get a number. Operators of
 * other domains than ONNX's own are called "domain::Name". Inputs that have a weight of the same
 * name are no inputs of the graph.
 *
 * Returns: (transfer full) (nullable): the graph, sealed, or %NULL and @error:
 *   %SAL_ERROR_FORMAT if the file is no ONNX model, is damaged or contradicts itself,
 *   %SAL_ERROR_UNSUPPORTED if it is valid, but uses what Salience does not have; unknown
 *   operators are all listed, %SAL_ERROR_MEMORY if it would take far more memory than it should,
 *   or G_IO_ERROR if the file cannot be opened
 */
SalGraph *sal_onnx_read (const char *path, SalOnnxInfo *info, GError **error);

/**
 * sal_onnx_read_bytes:
 * @bytes: the content of a model file
 * @folder: (nullable): the folder in which its external data may stand; %NULL refuses such models
 * @name: what to call the model in error messages
 *
 * Like sal_onnx_read().
 */
SalGraph *sal_onnx_read_bytes (GBytes *bytes, const char *folder, const char *name,
                               SalOnnxInfo *info, GError **error);

/**
 * sal_onnx_read_tensor:
 * @path: a file with one TensorProto, as ONNX's own test data has them (input_0.pb)
 *
 * Returns: (transfer full) (nullable): the tensor, or %NULL and @error as sal_onnx_read()
 */
SalTensor *sal_onnx_read_tensor (const char *path, GError **error);
