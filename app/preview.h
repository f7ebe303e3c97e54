/* What the model page shows of a preparation: the picture on its way to the network, and what the
 * network would answer. Made in worker threads. */
#pragma once

#include "app/work.h"

/** SAL_PREVIEW_SIDE: pixels of a preview's longer side */
#define SAL_PREVIEW_SIDE 280

/**
 * SalPreview: the picture on its way to the network
 * @model: with the preparation that was asked for
 * @stages: %NULL where no picture was given, else original, resized, cut, received; the last with
 * the network's numbers from @low to @high as brightness and its channels as red, green and blue
 * @sizes: in pixels, of the original, after resizing, and as cut
 * @frame: what is cut out of the resized picture, in its preview's pixels
 * @predictions: (element-type SalPrediction): highest first
 * @flatness: sal_preview_flatness() of them
 * @better: (nullable): a preset that makes the network surer by far; asked for when @flatness says
 *   that something is wrong
 * @better_predictions: (nullable): with that
 */
typedef struct {
  SalModel *model;
  SalImage *stages[4];
  int sizes[3][2];
  SalRect frame;
  double low, high;
  GArray *predictions;
  double flatness;
  const SalPreset *better;
  GArray *better_predictions;
} SalPreview;

void sal_preview_free (SalPreview *preview);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalPreview, sal_preview_free)

/** SAL_FLAT: from here on predictions look as if the network was fed wrongly */
#define SAL_FLAT 0.7

/**
 * sal_preview_flatness:
 * @predictions: (element-type SalPrediction): all classes
 *
 * Returns: the entropy of the probabilities over that of the uniform distribution: 0 for one
 *   certain class, 1 where all are alike. Sigmoid probabilities are scaled to sum 1 first
 */
double sal_preview_flatness (const GArray *predictions);

/** SalPreviewOrder: @preparation: in place of the model's own; @named: whether its names of classes
 *  come before those that the model was given; @picture: (nullable) */
typedef struct {
  SalModel *model;
  SalPreparation *preparation;
  gboolean named;
  SalPicture *picture;
} SalPreviewOrder;

SalPreviewOrder *sal_preview_order_new (SalModel *model, SalPreparation *preparation,
                                        gboolean named, SalPicture *picture);
void sal_preview_order_free (SalPreviewOrder *order);
/** sal_work_preview: SalPreviewOrder to SalPreview */
gpointer sal_work_preview (gpointer order, const SalProgress *progress, GError **error);

/** sal_work_outline: SalModel to SalPlan: how the model would be computed node by node, for
 *  sal_plan_summary() */
gpointer sal_work_outline (gpointer model, const SalProgress *progress, GError **error);

/** SAL_ACTIVATIONS: most channels that are shown of a layer */
#define SAL_ACTIVATIONS 12

/**
 * SalActivations: what a layer puts out at a picture
 * @value: of the graph
 * @channels: (element-type SalImage): the channels of greatest magnitude, each scaled for itself;
 *   empty where the layer has no spatial extent
 * @numbers: which channels those are
 * @low, @high, @mean: over all of the layer
 * @zeros: share of exact zeros
 */
typedef struct {
  int value;
  GPtrArray *channels;
  int numbers[SAL_ACTIVATIONS];
  double low, high, mean, zeros;
} SalActivations;

void sal_activations_free (SalActivations *activations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalActivations, sal_activations_free)

/** SalActivationsOrder: @value: of @view's model's graph */
typedef struct {
  SalView *view;
  int value;
} SalActivationsOrder;

SalActivationsOrder *sal_activations_order_new (SalView *view, int value);
void sal_activations_order_free (SalActivationsOrder *order);
/** sal_work_activations: SalActivationsOrder to SalActivations */
gpointer sal_work_activations (gpointer order, const SalProgress *progress, GError **error);
