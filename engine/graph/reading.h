/* How the places of a node's output read those of its inputs, for the nodes that can be computed
 * for a part of a picture by itself. */
#pragma once

#include "engine/graph/evaluate.h"

/**
 * SalField: a value whose places are those of a picture
 * @rows: its axis of rows; that of columns is the next
 * @stride: places of the picture, down and across, from one of its places to the next
 * @length: rows and columns
 */
typedef struct {
  int rows;
  gint64 stride[2], length[2];
} SalField;

/** SalReading: along one axis; as in SalWindow */
typedef struct {
  gint64 kernel, stride, dilation, before, after;
} SalReading;

/**
 * SalReaderKind: what a node does with places
 * @SAL_READER_WHOLE: it needs all of them, or nothing is known of it
 * @SAL_READER_PLACES: it takes them in windows, or puts channels together
 * @SAL_READER_ELEMENTS: it takes element by element, and may join the loop that computes them
 * @SAL_READER_JOINT: the same with several values
 * @SAL_READER_TURNED: it only moves them
 */
typedef enum {
  SAL_READER_WHOLE,
  SAL_READER_PLACES,
  SAL_READER_ELEMENTS,
  SAL_READER_JOINT,
  SAL_READER_TURNED,
} SalReaderKind;

/** sal_reader_kind: Returns: by the operator alone */
SalReaderKind sal_reader_kind (const SalNode *node);

/**
 * sal_reading_of:
 * @setup: the node's, run
 * @x: (array): by input, %NULL for what does not depend on the picture
 * @y: (out): the field of output 0
 * @reading: (out): down and across, the same for all inputs
 *
 * Returns: %FALSE if places of output 0 depend on more than windows of its inputs
 */
gboolean sal_reading_of (const SalNodeSetup *setup, const SalField *const *x, SalField *y,
                         SalReading reading[2]);
