#include "engine/base/error.h"
#include "engine/explain/gradients.h"
#include "engine/explain/methods.h"
#include "engine/explain/plane.h"
#include "engine/image/enlarge.h"

#include <string.h>

static const SalChoice enlargements[] = {
  { "bilinear", "Smooth" },
  { "nearest", "Cells" },
  { NULL },
};

static const SalParam params[] = {
  { .key = "layer",
    .label = "Target layer",
    .help = "The layer whose channels are weighted; the last one that still knows places is usual.",
    .kind = SAL_PARAM_LAYER },
  { .key = "relu",
    .label = "Positive part only",
    .help = "Keep what speaks for the class, as the paper does; off shows what speaks against it, "
            "too.",
    .kind = SAL_PARAM_SWITCH,
    .max = 1,
    .otherwise = 1 },
  { .key = "raw-cam",
    .label = "Layer’s own resolution",
    .help = "Keep the map at the layer’s size in place of the input’s.",
    .kind = SAL_PARAM_SWITCH,
    .max = 1,
    .advanced = TRUE },
  { .key = "upsample",
    .label = "Enlargement",
    .help = "How the layer’s map becomes as large as the input.",
    .kind = SAL_PARAM_CHOICE,
    .choices = enlargements,
    .advanced = TRUE },
  { NULL },
};

typedef struct {
  const float *x;
  gint64 n_x;
  gint64 n_channels;
  gint64 n_places;
  gboolean relu;
  float *maps;
} Cam;

static void
fill (gint64 index, float *x, gpointer data)
{
  const Cam *cam = data;

  for (gint64 i = 0; i < cam->n_x; i++)
    x[i] = cam->x[index * cam->n_x + i];
}

/* map = Σ_k w_k A_k with w_k = the spatial mean of ∂f/∂A_k */
static void
take (const SalPoint *point, gpointer data)
{
  const Cam *cam = data;
  float *map = cam->maps + point->index * cam->n_places;
  g_autofree double *sum = g_new0 (double, cam->n_places);

  for (gint64 k = 0; k < cam->n_channels; k++) {
    const float *g = point->gradient + k * cam->n_places;
    const float *a = point->activation + k * cam->n_places;
    double weight = 0;

    for (gint64 i = 0; i < cam->n_places; i++)
      weight += g[i];
    weight /= cam->n_places;
    for (gint64 i = 0; i < cam->n_places; i++)
      sum[i] += weight * a[i];
  }
  for (gint64 i = 0; i < cam->n_places; i++)
    map[i] = (float) (cam->relu && sum[i] < 0 ? 0 : sum[i]);
}

static SalTensor *
enlarge_all (const SalTensor *maps, const SalModel *model, SalEnlarge mode, GError **error)
{
  SalPlane plane = sal_plane_of (model);
  gint64 height = plane.height, width = plane.width, n = sal_tensor_shape (maps)->dim[0];
  SalShape one = *sal_tensor_shape (maps), all;
  gint64 n_one = sal_tensor_count (maps) / n;
  g_autoptr (SalTensor) out = NULL;

  one.dim[0] = 1;
  all = SAL_SHAPE (n, 1, height, width);
  out = sal_tensor_new (SAL_FLOAT, &all);
  for (gint64 b = 0; b < n; b++) {
    g_autoptr (SalTensor) map =
        sal_tensor_new_copy (SAL_FLOAT, &one, sal_tensor_floats (maps) + b * n_one);
    g_autoptr (SalTensor) big = sal_enlarge (map, height, width, mode, error);

    if (big == NULL)
      return NULL;
    memcpy ((float *) sal_tensor_edit (out) + b * height * width, sal_tensor_floats (big),
            height * width * sizeof (float));
  }
  return g_steal_pointer (&out);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  int layer = sal_explainer_layer (explainer, error);
  SalScorer *scorer =
      layer != SAL_NO_VALUE ? sal_explainer_scorer (explainer, layer, NULL, error) : NULL;
  gint64 n_x = sal_shape_count (sal_model_input_shape (query->model));
  gint64 n = sal_tensor_count (inputs) / n_x;
  g_autoptr (SalTensor) maps = NULL;
  SalShape shape;
  Cam cam;
  SalPoints points = { n, fill, take, NULL, &cam };

  if (scorer == NULL)
    return NULL;
  shape = *sal_scorer_wrt_shape (scorer);
  if (shape.rank != 4) {
    g_autofree char *text = sal_shape_to_string (&shape);

    g_set_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT,
                 "%s: \"%s\" has the shape %s, a layer with channels, height and width is needed",
                 query->method->id,
                 sal_graph_get_value (sal_model_graph (query->model), layer)->name, text);
    return NULL;
  }
  cam = (Cam){ .x = sal_tensor_floats (inputs),
               .n_x = n_x,
               .n_channels = shape.dim[1],
               .n_places = shape.dim[2] * shape.dim[3],
               .relu = sal_explainer_number (explainer, "relu") != 0 };
  shape = SAL_SHAPE (n, 1, shape.dim[2], shape.dim[3]);
  maps = sal_tensor_new (SAL_FLOAT, &shape);
  cam.maps = sal_tensor_edit (maps);
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  if (sal_explainer_number (explainer, "raw-cam") != 0)
    return g_steal_pointer (&maps);
  return enlarge_all (maps, query->model,
                      g_str_equal (sal_explainer_text (explainer, "upsample"), "nearest")
                          ? SAL_ENLARGE_NEAREST
                          : SAL_ENLARGE_BILINEAR,
                      error);
}

static const char *
check (const SalModel *model)
{
  return sal_model_default_layer (model) == NULL ? "no layer of this model has more than 1×1 places"
                                                 : NULL;
}

const SalMethod sal_method_grad_cam = {
  .id = "grad-cam",
  .name = "Grad-CAM",
  .group = SAL_GROUP_CAM,
  .summary = "Weights the channels of a layer by how much the class score depends on each, and "
             "shows where the weighted channels are active.",
  .formula = "A = ReLU(Σₖ wₖ Aᵏ),  wₖ = mean over places of ∂f / ∂Aᵏ",
  .advice = "Where is the object? Coarse, steady, and easy to read.",
  .caveat = "As coarse as the layer, and one weight a channel: it can miss a second object, and "
            "averaging gradients can point at places that did not count.",
  .paper = "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra: Grad-CAM: Visual Explanations from "
           "Deep Networks via Gradient-based Localization. ICCV 2017.",
  .params = params,
  .single_pass = TRUE,
  .is_signed = TRUE,
  .check = check,
  .explain = explain,
};
