#include "engine/explain/plane.h"

SalPlane
sal_plane_of (const SalModel *model)
{
  const SalShape *shape = sal_model_input_shape (model);
  SalPreparation *preparation = sal_model_preparation (model);
  const gint64 *dim = shape->dim;

  if (shape->rank == 4 && preparation != NULL &&
      sal_preparation_format (preparation)->layout == SAL_NHWC)
    return (SalPlane){ dim[1], dim[2], dim[3], dim[3], 1 };
  if (shape->rank == 4)
    return (SalPlane){ dim[2], dim[3], dim[1], 1, dim[2] * dim[3] };
  if (shape->rank == 3)
    return (SalPlane){ 1, dim[1], dim[2], dim[2], 1 };
  return (SalPlane){ 1, sal_shape_count (shape), 1, 1, 1 };
}

SalShape
sal_plane_shape (const SalPlane *plane, const SalModel *model)
{
  int rank = sal_model_input_shape (model)->rank;

  if (rank == 4)
    return SAL_SHAPE (1, 1, plane->height, plane->width);
  if (rank == 3)
    return SAL_SHAPE (1, plane->width);
  return *sal_model_input_shape (model);
}
