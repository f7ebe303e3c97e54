#include "engine/explain/cam.h"

#include "engine/base/error.h"
#include "engine/explain/plane.h"
#include "engine/explain/reasons.h"
#include "engine/image/enlarge.h"

#include <string.h>

const SalChoice sal_cam_enlargements[] = { { "bilinear", "Smooth" },
                                           { "nearest", "Cells" },
                                           { NULL } };

typedef struct {
  const float *x;
  gint64 n_x;
  SalCamGrid grid;
  gint64 n_places;
  SalCamCombine combine;
  gboolean positive; /* gradients count only where they and the activation are positive */
  float *maps;
  double score; /* of the first input */
} Cam;

gboolean
sal_cam_grid (const SalModel *model, int value, const SalShape *shape, SalCamGrid *grid,
              GError **error)
{
  const gint64 *dim = shape->dim;
  gboolean pictures = sal_model_input_shape (model)->rank == 4;
  gint64 skipped, side = pictures ? sal_token_grid (shape, &skipped) : 0;
  g_autofree char *text = NULL;

  if (shape->rank == 4) {
    *grid = (SalCamGrid){ 0, dim[2], dim[3], dim[1], 1, dim[2] * dim[3] };
    return TRUE;
  }
  if (side > 0) {
    *grid = (SalCamGrid){ skipped, side, side, dim[2], dim[2], 1 };
    return TRUE;
  }
  text = sal_shape_to_string (shape);
  sal_error_set (
      error, SAL_ERROR_ARGUMENT,
      "layer: \"%s\" has the shape %s: neither channels with height and width nor tokens "
      "on a square grid",
      sal_graph_get_value (sal_model_graph (model), value)->name, text);
  return FALSE;
}

void
sal_cam_gather (const SalCamGrid *grid, const float *from, float *to)
{
  gint64 n_places = grid->height * grid->width;

  for (gint64 k = 0; k < grid->channels; k++)
    for (gint64 p = 0; p < n_places; p++)
      to[k * n_places + p] =
          from[(p + grid->offset) * grid->place_stride + k * grid->channel_stride];
}

void
sal_cam_weigh (const SalCamLayer *layer, const double *weight, double *map)
{
  memset (map, 0, layer->n_places * sizeof (double));
  for (gint64 k = 0; k < layer->n_channels; k++)
    for (gint64 p = 0; p < layer->n_places; p++)
      map[p] += weight[k] * layer->activation[k * layer->n_places + p];
}

static void
fill (gint64 index, float *x, gpointer data)
{
  const Cam *cam = data;

  memcpy (x, cam->x + index * cam->n_x, cam->n_x * sizeof (float));
}

static void
take (const SalPoint *point, gpointer data)
{
  Cam *cam = data;
  gint64 n = cam->n_places * cam->grid.channels;
  g_autofree float *activation = g_new (float, n), *gradient = g_new (float, n);
  g_autofree double *map = g_new (double, cam->n_places);
  SalCamLayer layer = { cam->grid.channels, cam->n_places, activation, gradient, point->score };

  sal_cam_gather (&cam->grid, point->activation, activation);
  sal_cam_gather (&cam->grid, point->gradient, gradient);
  for (gint64 i = 0; cam->positive && i < n; i++)
    if (activation[i] <= 0 || gradient[i] < 0)
      gradient[i] = 0;
  if (point->index == 0)
    cam->score = point->score;
  cam->combine (&layer, map);
  for (gint64 p = 0; p < cam->n_places; p++)
    cam->maps[point->index * cam->n_places + p] = (float) map[p];
}

SalTensor *
sal_cam_finish (SalExplainer *explainer, SalTensor *maps, GError **error)
{
  SalPlane plane = sal_plane_of (sal_explainer_query (explainer)->model);
  gint64 n = sal_tensor_shape (maps)->dim[0], count = sal_tensor_count (maps);
  gboolean nearest = strcmp (sal_explainer_text (explainer, "upsample"), "nearest") == 0;
  SalShape one = *sal_tensor_shape (maps);
  g_autoptr (SalTensor) out = NULL;
  float *map = sal_tensor_edit (maps);

  if (sal_explainer_number (explainer, "relu") != 0)
    for (gint64 i = 0; i < count; i++)
      map[i] = MAX (map[i], 0.f);
  if (sal_explainer_number (explainer, "raw-cam") != 0)
    return sal_tensor_ref (maps);
  one.dim[0] = 1;
  out = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (n, 1, plane.height, plane.width));
  for (gint64 b = 0; b < n; b++) {
    g_autoptr (SalTensor) small = sal_tensor_new_copy (SAL_FLOAT, &one, map + b * (count / n));
    g_autoptr (SalTensor) big =
        sal_enlarge (small, plane.height, plane.width,
                     nearest ? SAL_ENLARGE_NEAREST : SAL_ENLARGE_BILINEAR, error);

    if (big == NULL)
      return NULL;
    memcpy ((float *) sal_tensor_edit (out) + b * plane.height * plane.width,
            sal_tensor_floats (big), plane.height * plane.width * sizeof (float));
  }
  return g_steal_pointer (&out);
}

SalTensor *
sal_cam_explain (SalExplainer *explainer, const SalTensor *inputs, SalCamCombine combine,
                 const SalProgress *progress, GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  SalModel *model = query->model;
  int layer = sal_explainer_layer (explainer, error);
  SalScorer *scorer =
      layer != SAL_NO_VALUE ? sal_explainer_scorer (explainer, layer, NULL, error) : NULL;
  gint64 n_x = sal_shape_count (sal_model_input_shape (model));
  gint64 n = sal_tensor_count (inputs) / n_x;
  g_autoptr (SalTensor) maps = NULL;
  Cam cam = { .x = sal_tensor_floats (inputs), .n_x = n_x, .combine = combine };
  SalPoints points = { n, fill, take, NULL, &cam };

  if (scorer == NULL ||
      !sal_cam_grid (model, layer, sal_scorer_wrt_shape (scorer), &cam.grid, error))
    return NULL;
  cam.positive = sal_param_find (query->method->params, "positive-gradients") != NULL &&
                 sal_explainer_number (explainer, "positive-gradients") != 0;
  cam.n_places = cam.grid.height * cam.grid.width;
  maps = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (n, 1, cam.grid.height, cam.grid.width));
  cam.maps = sal_tensor_edit (maps);
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  sal_explainer_set_score (explainer, inputs, cam.score);
  return sal_cam_finish (explainer, maps, error);
}

const char *
sal_cam_check (const SalModel *model)
{
  return sal_model_default_layer (model) == NULL ? SAL_REASON_NO_PLACES : NULL;
}
