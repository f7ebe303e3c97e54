/* Where the places and the channels of a network's input lie in memory. */
#pragma once

#include "engine/model.h"

/**
 * SalPlane: element (place p, channel c) of an input is at p · @place_stride + c · @channel_stride,
 * places being numbered row by row
 * @height, @width: for a picture; 1 and the number of features for a vector, 1 and the number of
 *   tokens for a sequence of embeddings
 */
typedef struct {
  gint64 height, width, channels;
  gint64 place_stride, channel_stride;
} SalPlane;

/** sal_plane_of: Returns: the plane of the model's input, for one picture */
SalPlane sal_plane_of (const SalModel *model);

/** sal_plane_shape: Returns: the shape of one number a place: 1×1×H×W for pictures, else the
 *  input's shape without its channels */
SalShape sal_plane_shape (const SalPlane *plane, const SalModel *model);
