#include "engine/ops/move.h"

#include <string.h>

void
sal_move_run (const SalMove *move, SalType type, gpointer y, gconstpointer x)
{
  gsize size = sal_type_size (type);

  sal_walk_copy (&move->walk, type, (char *) y + move->y_offset * size,
                 (const char *) x + move->x_offset * size);
}

void
sal_move_back (const SalMove *move, float *gx, const float *gy)
{
  sal_walk_add (&move->walk, gx + move->x_offset, gy + move->y_offset);
}

gboolean
sal_setup_move (SalOpSetup *setup, const SalWalk *walk, gint64 x_offset)
{
  SalMove *move;

  if (walk->rank == 1 && walk->stride[0][0] == walk->stride[1][0] && x_offset == 0 &&
      sal_shape_count (&setup->x_shape[0]) == sal_shape_count (&setup->y_shape[0])) {
    setup->view = TRUE;
    return TRUE;
  }
  move = sal_op_setup_state (setup, sizeof (SalMove), NULL);
  *move = (SalMove){ .walk = *walk, .x_offset = x_offset };
  sal_walk_tile (&move->walk);
  return TRUE;
}

void
sal_move_forward (const SalOpArgs *a)
{
  sal_move_run (a->state, a->x_type[0], a->y[0], a->x[0]);
}

void
sal_move_backward (const SalOpArgs *a)
{
  sal_move_back (a->state, a->gx[0], a->gy[0]);
}

void
sal_copy_forward (const SalOpArgs *a)
{
  memcpy (a->y[0], a->x[0], a->n * sal_type_size (a->x_type[0]));
}

void
sal_copy_backward (const SalOpArgs *a)
{
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->gy[0][i];
}
