/* Functions that a model defines and branches whose condition is known, put in place of the nodes
 * that call them. Private to this folder. */
#pragma once

#include "engine/onnx/reader-private.h"

/** SalOnnxCall: a node that is to be replaced: its name in the graph, what it reads and writes */
typedef struct {
  const Onnx__NodeProto *proto;
  const char *name;
  const int *x, *y;
} SalOnnxCall;

/**
 * sal_onnx_collect_functions:
 *
 * Notes the model's functions. Returns: %FALSE and %SAL_ERROR_FORMAT if two have one name
 */
gboolean sal_onnx_collect_functions (SalOnnxReader *reader, GError **error);

/** sal_onnx_find_function: Returns: (nullable): the model's function that a node calls */
const Onnx__FunctionProto *sal_onnx_find_function (SalOnnxReader *reader,
                                                   const Onnx__NodeProto *proto);

/**
 * sal_onnx_inline_function:
 * @scope: where the call stands
 *
 * Adds the nodes of @function under the call's name. Returns: %FALSE and %SAL_ERROR_FORMAT if the
 *   call does not fit, or functions call each other without end
 */
gboolean sal_onnx_inline_function (SalOnnxReader *reader, const SalOnnxScope *scope,
                                   const Onnx__FunctionProto *function, const SalOnnxCall *call,
                                   GError **error);

/**
 * sal_onnx_inline_if:
 * @done: (out): whether the condition could be worked out and the nodes of its branch were added;
 *   else the node is for the list of unsupported ones
 */
gboolean sal_onnx_inline_if (SalOnnxReader *reader, const SalOnnxScope *scope,
                             const SalOnnxCall *call, gboolean *done, GError **error);
