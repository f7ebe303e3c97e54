/* The networks computed in float64 by plain loops: what the engine's results are held against.
 * Shares no code with the engine. */
#pragma once

#include "tests/benchmarks/networks.h"

/** Reference: values and gradients of every layer for one picture */
typedef struct _Reference Reference;

/**
 * ReferenceGates: decisions taken elsewhere, so that a rounding which turns a gate is not counted
 * as an error of everything behind it
 * @value: Returns: (nullable): what another program computed for a layer's output. Asked for
 *   LAYER_RELU and LAYER_CLIP (open where the other's output is inside), and for what a
 *   LAYER_MAX_POOL reads (the highest there wins); %NULL: decide by one's own values
 */
typedef struct {
  const float *(*value) (int layer, gpointer data);
  gpointer data;
} ReferenceGates;

/** reference_new: @network must outlive it */
Reference *reference_new (const Network *network);
void reference_free (Reference *reference);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reference, reference_free)

/** reference_feed: @x: the input, one picture */
void reference_feed (Reference *reference, const float *x);
/** reference_forward_layer: computes one layer whose inputs are there. @gates: (nullable) */
void reference_forward_layer (Reference *reference, int layer, const ReferenceGates *gates);
/** reference_forward: computes all layers. @gates: (nullable) */
void reference_forward (Reference *reference, const ReferenceGates *gates);
/** reference_backward: after a forward pass, the gradients of class @class_index's score */
void reference_backward (Reference *reference, int class_index);

/** reference_value, reference_gradient: Return: (transfer none): of a layer's output */
const double *reference_value (const Reference *reference, int layer);
const double *reference_gradient (const Reference *reference, int layer);
