/* Which tensors of a model have places, and which of them a CAM looks at if nobody says. */
#include "engine/model-private.h"

#include <math.h>
#include <string.h>

gint64
sal_token_grid (const SalShape *shape, gint64 *skipped)
{
  gint64 side = shape->rank == 3 ? (gint64) floor (sqrt ((double) shape->dim[1])) : 0;

  *skipped = shape->rank == 3 ? shape->dim[1] - side * side : 0;
  return side > 1 && *skipped <= 2 ? side : 0;
}

static gboolean
has_places (const SalModel *self, const SalShape *shape)
{
  gint64 skipped;

  if (shape->rank == 4)
    return shape->dim[0] == 1 && shape->dim[2] * shape->dim[3] > 1;
  return shape->rank == 3 && shape->dim[0] == 1 && self->input_shape.rank == 4 &&
         sal_token_grid (shape, &skipped) > 0;
}

/* The last layer; in a transformer the last sum before the last attention, for after that attention
 * only the class token is looked at, and other tokens have no gradient. */
static void
choose_default_layer (SalModel *self)
{
  int attention = -1;

  self->default_layer = (int) self->layers->len - 1;
  if (self->layers->len == 0 ||
      g_array_index (self->layers, SalLayer, self->default_layer).shape.rank == 4)
    return;
  for (int i = 0; i < sal_graph_n_nodes (self->graph); i++) {
    const SalNode *node = sal_graph_node (self->graph, i);
    const SalShape *shape = sal_plan_shape (self->plan, node->y[0]);

    if (strcmp (node->op_type, "Softmax") == 0 && shape != NULL && shape->rank >= 3 &&
        shape->dim[shape->rank - 1] == shape->dim[shape->rank - 2])
      attention = i;
  }
  for (int i = 0; i < (int) self->layers->len; i++) {
    const SalLayer *layer = &g_array_index (self->layers, SalLayer, i);

    if (layer->shape.rank == 3 && strcmp (layer->op_type, "Add") == 0 &&
        sal_model_value (self, layer->value)->producer < attention)
      self->default_layer = i;
  }
}

void
sal_model_list_layers (SalModel *self)
{
  for (int i = 0; i < sal_graph_n_nodes (self->graph); i++) {
    const SalNode *node = sal_graph_node (self->graph, i);

    for (int j = 0; j < node->n_y; j++) {
      const SalShape *shape =
          node->y[j] != SAL_NO_VALUE ? sal_plan_shape (self->plan, node->y[j]) : NULL;

      if (shape != NULL && has_places (self, shape) &&
          sal_plan_type (self->plan, node->y[j]) == SAL_FLOAT &&
          sal_plan_constant (self->plan, node->y[j]) == NULL) {
        SalLayer layer = { node->y[j], node->name, sal_model_value (self, node->y[j])->name,
                           node->op_type, *shape };

        g_array_append_val (self->layers, layer);
      }
    }
  }
  choose_default_layer (self);
}
