/* Class activation maps: a layer's channels, weighted and added. What differs from one method of
 * the family to the next is a SalCamCombine. */
#pragma once

#include "engine/explain/method.h"

/**
 * SalCamLayer: a layer at one input. Token layers of transformers look the same as spatial ones:
 * the class token is dropped and the others lie on their grid.
 * @activation, @gradient: [n_channels][n_places]; the gradient is that of the class score
 * @score: the class score
 */
typedef struct {
  gint64 n_channels;
  gint64 n_places;
  const float *activation;
  const float *gradient;
  double score;
} SalCamLayer;

/** SalCamCombine: writes the map, @layer's n_places numbers */
typedef void (*SalCamCombine) (const SalCamLayer *layer, double *map);

/** sal_cam_weigh: map = Σ_k @weight[k] · A_k, the last step of most of the family */
void sal_cam_weigh (const SalCamLayer *layer, const double *weight, double *map);

/**
 * sal_cam_explain:
 *
 * Reads the parameters of SAL_CAM_PARAMS or SAL_CAM_GRADIENT_PARAMS, evaluates the layer at each
 * input, combines, applies the ReLU, and enlarges.
 *
 * Returns: (transfer full) (nullable): [B,1,H,W], or [B,1,h,w] at the layer's own resolution
 */
SalTensor *sal_cam_explain (SalExplainer *explainer, const SalTensor *inputs, SalCamCombine combine,
                            const SalProgress *progress, GError **error);

/**
 * sal_cam_finish:
 * @maps: [B,1,h,w]; changed by the ReLU
 *
 * ReLU and enlargement as SAL_CAM_PARAMS ask for. Returns: (transfer full) (nullable)
 */
SalTensor *sal_cam_finish (SalExplainer *explainer, SalTensor *maps, GError **error);

/** sal_cam_check: Returns: (nullable): why a model has no layer for a CAM */
const char *sal_cam_check (const SalModel *model);

/** SalCamGrid: where the places of a layer lie: @offset places are skipped (class token), then
 *  @height × @width; element (place p, channel k) is at p · @place_stride + k · @channel_stride */
typedef struct {
  gint64 offset, height, width, channels;
  gint64 place_stride, channel_stride;
} SalCamGrid;

/**
 * sal_cam_grid:
 * @value: of the graph, its plan giving @shape
 *
 * Tokens lie on a grid only in models that take pictures: a text may by chance have a square number
 * of them.
 *
 * Returns: %FALSE and %SAL_ERROR_ARGUMENT if a tensor of @shape has no places
 */
gboolean sal_cam_grid (const SalModel *model, int value, const SalShape *shape, SalCamGrid *grid,
                       GError **error);

/** sal_cam_gather: copies a layer's tensor into [channels][places] */
void sal_cam_gather (const SalCamGrid *grid, const float *from, float *to);

extern const SalChoice sal_cam_enlargements[];

#define SAL_CAM_PARAMS                                                                             \
  { .key = "layer",                                                                                \
    .label = "Target layer",                                                                       \
    .help = "The layer whose channels are weighted; the last one that knows places is usual.",     \
    .kind = SAL_PARAM_LAYER },                                                                     \
      { .key = "relu",                                                                             \
        .label = "Positive part only",                                                             \
        .help = "Keep what speaks for the class; off shows what speaks against it, too.",          \
        .kind = SAL_PARAM_SWITCH,                                                                  \
        .max = 1,                                                                                  \
        .otherwise = 1 },                                                                          \
      { .key = "raw-cam",                                                                          \
        .label = "Layer’s own resolution",                                                         \
        .help = "Keep the map at the layer’s size in place of the input’s.",                       \
        .kind = SAL_PARAM_SWITCH,                                                                  \
        .max = 1,                                                                                  \
        .advanced = TRUE },                                                                        \
  {                                                                                                \
    .key = "upsample", .label = "Enlargement",                                                     \
    .help = "How the layer’s map becomes as large as the input.", .kind = SAL_PARAM_CHOICE,        \
    .choices = sal_cam_enlargements, .advanced = TRUE                                              \
  }

/* The same, for methods whose weights come from gradients: "positive-gradients", too. */
#define SAL_CAM_GRADIENT_PARAMS                                                                    \
  SAL_CAM_PARAMS,                                                                                  \
  {                                                                                                \
    .key = "positive-gradients", .label = "Positive gradients only",                               \
    .help = "Count gradients only where they and the activation are positive, as in tf-explain.",  \
    .kind = SAL_PARAM_SWITCH, .max = 1, .advanced = TRUE                                           \
  }
