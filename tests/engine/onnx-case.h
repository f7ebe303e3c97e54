/* The ONNX project's own test cases (Debian's libonnx-testdata): a model, inputs, and the outputs
 * that it must give. */
#pragma once

#include "engine/graph/run.h"

/** ONNX_CASE_FOLDERS: the collections that are read; "real" only names files on the network */
extern const char *const onnx_case_folders[];

/**
 * onnx_case_root: Returns: (transfer full) (nullable): the folder of the collections,
 *   $SALIENCE_ONNX_DATA or where Debian's package puts it; %NULL after g_test_skip()
 */
char *onnx_case_root (void);

/** onnx_case_names: Returns: (transfer full): sorted names of a collection's cases, those that
 *  contain $SALIENCE_CASES where that is set */
GPtrArray *onnx_case_names (const char *root, const char *folder);

/**
 * onnx_case_exclusions:
 *
 * Returns: (transfer full): "folder/name" to why, from tests/onnx-conformance-exclusions
 */
GHashTable *onnx_case_exclusions (void);

/**
 * OnnxCase: one case with one of its sets of data, planned.
 * @folder: of the case
 * @set: number of the set of data
 * @inputs: (element-type SalTensor), in the order of the model's inputs
 * @expected: (element-type SalTensor), in the order of its outputs
 * @output_types: element types of the outputs in the file (ONNX's numbers), 0 where not stated
 * @graph: the model, with some inputs made constants
 * @fed: number of an input -> value in the graph, or %SAL_NO_VALUE where it is a constant
 * @plan: computes all outputs
 */
typedef struct {
  char *path;
  int set;
  GPtrArray *inputs;
  GPtrArray *expected;
  int *output_types;
  SalGraph *graph;
  int *fed;
  SalPlan *plan;
} OnnxCase;

void onnx_case_free (OnnxCase *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (OnnxCase, onnx_case_free)

/**
 * onnx_case_load:
 * @path: the case's folder
 * @set: number of the set of data
 * @gradients: whether the plan is to have gradients of all float feeds
 * @weights: whether all inputs but the first become weights, where that can be planned: then plans
 *   have kernels of their own for much of it
 * @compute: how the plan computes
 *
 * Feeds every input where that can be planned. Where an operator must know a value before (a shape,
 * axes, repeats), integer inputs become weights of the model, then all but the first, then all.
 *
 * Returns: (transfer full) (nullable): the case; %NULL with @error, or without one when the case
 *   has no such set
 */
OnnxCase *onnx_case_load (const char *path, int set, gboolean gradients, gboolean weights,
                          SalCompute compute, GError **error);

/** onnx_case_fill: puts the inputs into the run's feeds */
void onnx_case_fill (const OnnxCase *c, SalRun *run);
