#include "engine/ops/move.h"

#include <string.h>

typedef struct {
  SalWalk walk;
  gint64 x_offset;
} Move;

gboolean
sal_setup_move (SalOpSetup *setup, const SalWalk *walk, gint64 x_offset)
{
  Move *move;

  if (walk->rank == 1 && walk->stride[0][0] == walk->stride[1][0] && x_offset == 0 &&
      sal_shape_count (&setup->x_shape[0]) == sal_shape_count (&setup->y_shape[0])) {
    setup->view = TRUE;
    return TRUE;
  }
  move = sal_op_setup_state (setup, sizeof (Move), NULL);
  *move = (Move){ .walk = *walk, .x_offset = x_offset };
  sal_walk_tile (&move->walk);
  return TRUE;
}

void
sal_move_forward (const SalOpArgs *a)
{
  const Move *move = a->state;
  gsize offset = move->x_offset * sal_type_size (a->x_type[0]);

  sal_walk_copy (&move->walk, a->x_type[0], a->y[0], (const char *) a->x[0] + offset);
}

void
sal_move_backward (const SalOpArgs *a)
{
  const Move *move = a->state;

  sal_walk_add (&move->walk, a->gx[0] + move->x_offset, a->gy[0]);
}

void
sal_copy_forward (const SalOpArgs *a)
{
  memcpy (a->y[0], a->x[0], a->n * sal_type_size (a->x_type[0]));
}

void
sal_copy_backward (const SalOpArgs *a)
{
  /* The one that asked may be a second input, which does not matter (CastLike, Dropout). */
  if (a->gx[0] == NULL)
    return;
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += a->gy[0][i];
}
