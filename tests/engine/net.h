/* Small networks made by hand, with weights that depend on nothing but a seed. */
#pragma once

#include "engine/explain/method.h"

/**
 * Net: a graph being made
 * @graph: given up by net_finish()
 * @last: the node added last, for its attributes
 */
typedef struct {
  SalGraph *graph;
  SalNode *last;
  guint64 seed;
  int n;
} Net;

/** net_start: Returns: the value of the input, called "x"; its first axis is open */
int net_start (Net *net, guint64 seed, const SalShape *input);

/** net_constant: Returns: a value with the given numbers, or for %NULL with normal draws times
 *  @scale */
int net_constant (Net *net, const SalShape *shape, const float *values, float scale);

/** net_op: Returns: the output of an operator of up to three inputs, the rest %SAL_NO_VALUE */
int net_op (Net *net, const char *op_type, int x0, int x1, int x2);

/** net_reshape: Returns: the same elements in another shape, 0 keeping an axis */
int net_reshape (Net *net, int x, const SalShape *shape);
/** net_relu: Returns: max (x, 0) */
int net_relu (Net *net, int x);
/** net_conv: Returns: a convolution with a square kernel, padded to the same size */
int net_conv (Net *net, int x, gint64 from, gint64 to, gint64 kernel, gboolean bias);
/** net_pool: Returns: "MaxPool" or "AveragePool", 2×2 in steps of 2 */
int net_pool (Net *net, const char *op_type, int x);
/** net_dense: Returns: Gemm of [N, from] with weights [to, from] */
int net_dense (Net *net, int x, gint64 from, gint64 to, gboolean bias);

/**
 * net_finish:
 * @y: class scores
 * @preparation: (nullable): for networks that take pictures
 */
SalModel *net_finish (Net *net, int y, SalPreparation *preparation);

/** net_preparation: Returns: (transfer full): RGB, planes, black is -2 and white 2 */
SalPreparation *net_preparation (int height, int width);

/**
 * net_pictures:
 *
 * Returns: (transfer full): a classifier of 3 × @size × @size in 4 classes: Conv, Relu, MaxPool,
 *   Conv, Sigmoid, AveragePool, Gemm, Relu, Gemm, of @channels channels
 */
SalModel *net_pictures (guint64 seed, int size, gint64 channels);

/** net_vectors: Returns: (transfer full): Gemm, Tanh, Gemm, Relu, Gemm: @n numbers in 3 classes */
SalModel *net_vectors (guint64 seed, gint64 n);

/** net_input: Returns: (transfer full): normal draws times @scale in the model's input shape */
SalTensor *net_input (const SalModel *model, guint64 seed, float scale);

/** net_set: gives a parameter of a list a value as it would be typed */
void net_set (SalSettings *settings, const SalParam *params, const char *key, const char *value);

/** net_settings: Returns: (transfer full): "key=value" words with a space between: first of the
 *  method's parameters, else of those around any method */
SalSettings *net_settings (const char *method, const char *words);

/** net_explain_query: Returns: (transfer full): the attribution; an error ends the program */
SalAttribution *net_explain_query (const SalQuery *query);

/** net_explain: the same with net_settings(), a class's logit and two threads; @baseline:
 * (nullable)
 */
SalAttribution *net_explain (SalModel *model, const char *method, const char *words,
                             SalTensor *input, SalTensor *baseline, int target);
