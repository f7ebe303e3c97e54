/* How a picture becomes a network's input, and what of the picture the network sees.
 *
 * The picture is scaled and cut to the network's size (8 bits kept), put into the network's channel
 * order, and every value p in 0..255 becomes
 *
 *     v = low + (high - low) · p / 255        x = (v - mean) / std
 */
#pragma once

#include "engine/image/image.h"
#include "engine/tensor/tensor.h"

#include <gio/gio.h>

/**
 * SalLayout:
 * @SAL_NCHW: [1,C,H,W], planes
 * @SAL_NHWC: [1,H,W,C], pixels
 */
typedef enum { SAL_NCHW, SAL_NHWC } SalLayout;

/** SalChannelOrder: SAL_GRAY has one channel, ITU-R 601 luma; the others three */
typedef enum { SAL_RGB, SAL_BGR, SAL_GRAY } SalChannelOrder;

/**
 * SalFit:
 * @SAL_FIT_CROP: scale until the picture covers round (height / 0.875) × round (width / 0.875)
 *   with its shape kept (for a square input: the shorter side becomes that long), then cut out
 *   the centre; the rim of the picture is not seen. The usual evaluation of ImageNet networks.
 * @SAL_FIT_STRETCH: scale the whole picture to the input's size, whatever happens to its shape
 *
 * @SAL_FIT_OWN: the input takes the size of the picture, see sal_preparation_own_size(); for
 *   networks that work at any size. Scaled to the format's size like SAL_FIT_STRETCH where that is
 *   another
 *
 * A picture that has exactly the input's size is used as it is in either case.
 */
typedef enum { SAL_FIT_CROP, SAL_FIT_STRETCH, SAL_FIT_OWN } SalFit;

/**
 * SalScores: what the network's output holds
 * @SAL_SCORES_UNKNOWN: nobody said
 * @SAL_SCORES_LOGITS: class scores before softmax
 * @SAL_SCORES_PROBABILITIES: after softmax
 */
typedef enum { SAL_SCORES_UNKNOWN, SAL_SCORES_LOGITS, SAL_SCORES_PROBABILITIES } SalScores;

/**
 * SalPlaces: how a map of class scores becomes one score a class
 * @SAL_PLACES_MEAN: the mean over all places
 * @SAL_PLACES_MAX: the highest of all places
 */
typedef enum { SAL_PLACES_MEAN, SAL_PLACES_MAX } SalPlaces;

/**
 * SalPixelFormat: the numbers of the conversion above; a plain value, copied freely
 * @low: what pixel value 0 becomes before mean and std
 * @high: what pixel value 255 becomes
 * @mean: per channel, in @order (B first for SAL_BGR); only [0] counts for SAL_GRAY
 * @std: per channel, likewise; never 0
 * @max_side: with SAL_FIT_OWN: a picture with a longer side is scaled down until that side is so
 *   long; 0 for none
 */
typedef struct {
  SalLayout layout;
  SalChannelOrder order;
  int height, width;
  double low, high;
  double mean[3], std[3];
  SalFit fit;
  int max_side;
} SalPixelFormat;

/**
 * SalPreparation: (ref-func sal_preparation_ref) (unref-func sal_preparation_unref)
 *
 * A pixel format with what else is known about the model's input and output: names, class labels,
 * the layer to show. Made from a sidecar file or by assumption (sidecar.h). Never changes once
 * made; reference counted with atomic counts.
 */
typedef struct _SalPreparation SalPreparation;

SalPreparation *sal_preparation_ref (SalPreparation *preparation);
void sal_preparation_unref (SalPreparation *preparation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalPreparation, sal_preparation_unref)

/**
 * sal_pixel_format_check:
 *
 * Returns: %FALSE and %SAL_ERROR_ARGUMENT if a size is not within 1..16384, @low equals @high, a
 *   std is 0, or a number is not finite; the message names key and value
 */
gboolean sal_pixel_format_check (const SalPixelFormat *format, GError **error);

/** sal_pixel_format_channels: Returns: 1 or 3 */
int sal_pixel_format_channels (const SalPixelFormat *format);
/** sal_pixel_format_equal: Returns: whether both make the same numbers of every picture */
gboolean sal_pixel_format_equal (const SalPixelFormat *a, const SalPixelFormat *b);
/** sal_pixel_format_usual_fit: Returns: what is usual for one size: a crop for colour, else
 *  stretched */
SalFit sal_pixel_format_usual_fit (const SalPixelFormat *format);
/** sal_pixel_format_shape: Returns: [1,C,H,W] or [1,H,W,C] */
SalShape sal_pixel_format_shape (const SalPixelFormat *format);

/**
 * sal_pixel_format_describe:
 *
 * Returns: (transfer full): the numbers in words, for captions and messages: `RGB, 0 to 1, mean
 *   (0.485, 0.456, 0.406), std (0.229, 0.224, 0.225), centre crop to 224×224`
 */
char *sal_pixel_format_describe (const SalPixelFormat *format);

/**
 * sal_preparation_new:
 * @input_name: (nullable): name of the graph's input, %NULL if it does not matter
 *
 * Returns: (transfer full): or %NULL and the error of sal_pixel_format_check()
 */
SalPreparation *sal_preparation_new (const SalPixelFormat *format, const char *input_name,
                                     GError **error);

/**
 * sal_preparation_with_format:
 *
 * Returns: (transfer full): a copy that converts pixels as @format says and is no longer assumed;
 *   everything else (labels, names, what a sidecar held) stays. %NULL and the error of
 *   sal_pixel_format_check()
 */
SalPreparation *sal_preparation_with_format (const SalPreparation *preparation,
                                             const SalPixelFormat *format, GError **error);

/**
 * sal_preparation_with_size: Returns: (transfer full): a copy for an input of another size, still
 *   assumed if this one is. %NULL and the error of sal_pixel_format_check()
 */
SalPreparation *sal_preparation_with_size (const SalPreparation *preparation, int height, int width,
                                           GError **error);

/** sal_preparation_with_fit: Returns: (transfer full): likewise with another fit, of no longest
 *  side */
SalPreparation *sal_preparation_with_fit (const SalPreparation *preparation, SalFit fit,
                                          GError **error);

/**
 * sal_preparation_own_size:
 * @width, @height: of a picture
 * @fixed_height, @fixed_width: what the network's input demands, -1 where it takes any length
 * @size: (out): height and width of the input
 *
 * The size of the input for a picture with SAL_FIT_OWN: the picture's, scaled down to the format's
 * @max_side; where one length is fixed, the other follows with the picture's shape kept.
 */
void sal_preparation_own_size (const SalPreparation *preparation, int width, int height,
                               gint64 fixed_height, gint64 fixed_width, int size[2]);

/* Reading it. Strings and arrays belong to the preparation. */
const SalPixelFormat *sal_preparation_format (const SalPreparation *preparation);
/** sal_preparation_input_name: Returns: (nullable): of the graph's input */
const char *sal_preparation_input_name (const SalPreparation *preparation);
/** sal_preparation_output_name: Returns: (nullable): of the graph's output with the scores */
const char *sal_preparation_output_name (const SalPreparation *preparation);
SalScores sal_preparation_scores (const SalPreparation *preparation);
SalPlaces sal_preparation_over_places (const SalPreparation *preparation);
/** sal_preparation_inputs: Returns: (nullable) (element-type utf8 SalTensor): what the model's
 * other inputs are fixed at, by name; a tensor without axes stands for every element */
GHashTable *sal_preparation_inputs (const SalPreparation *preparation);
/** sal_preparation_last_conv: Returns: (nullable): the tensor CAM methods start with */
const char *sal_preparation_last_conv (const SalPreparation *preparation);
/** sal_preparation_title: Returns: (nullable): the model's name for people */
const char *sal_preparation_title (const SalPreparation *preparation);
/** sal_preparation_accuracy: Returns: share of a test set it gets right, 0..1; -1 if not stated */
double sal_preparation_accuracy (const SalPreparation *preparation);
/** sal_preparation_n_labels: Returns: number of class names; 0 if there are none */
int sal_preparation_n_labels (const SalPreparation *preparation);
/** sal_preparation_label: Returns: (nullable): the name of class @index, %NULL if it has none */
const char *sal_preparation_label (const SalPreparation *preparation, int index);
/** sal_preparation_same_labels: Returns: whether both name the same classes alike */
gboolean sal_preparation_same_labels (const SalPreparation *a, const SalPreparation *b);

/**
 * sal_preparation_assumed:
 *
 * Returns: (nullable): one sentence saying what was assumed because no file says it ("No sidecar
 *   beside vgg.onnx: assumed RGB, 0..1, …"), to be shown to the person; %NULL if nothing was
 */
const char *sal_preparation_assumed (const SalPreparation *preparation);
/** sal_preparation_size_is_assumed: Returns: whether SAL_FIT_OWN is a guess from a graph that
 * leaves the size open */
gboolean sal_preparation_size_is_assumed (const SalPreparation *preparation);

/* Converting. All of these are safe from any thread. */

/**
 * sal_picture_check_size:
 * @path: of the picture, for the message
 *
 * Whatever can be decoded can be converted, but it does not always make sense to ask where a model
 * looks in it: one row of pixels has no places, and of a strip a model sees next to nothing.
 *
 * Returns: %FALSE and %SAL_ERROR_SHAPE if a side is 1, or more than a hundred times the other
 */
gboolean sal_picture_check_size (int width, int height, const char *path, GError **error);

/**
 * sal_preparation_cut:
 *
 * Returns: (transfer full): @picture scaled and cut to the network's size: what it sees, before
 *   the numbers change (gray for a gray network)
 */
SalImage *sal_preparation_cut (const SalPreparation *preparation, const SalImage *picture);

/**
 * sal_preparation_seen:
 *
 * Returns: the part of a picture of @width × @height pixels that the network's input shows, in
 *   pixels of that picture: all of it or, with SAL_FIT_CROP, the centre. A heatmap belongs on
 *   exactly this rectangle.
 */
SalRect sal_preparation_seen (const SalPreparation *preparation, int width, int height);

/** sal_preparation_apply: Returns: (transfer full): the network's input for @picture */
SalTensor *sal_preparation_apply (const SalPreparation *preparation, const SalImage *picture);

/**
 * sal_preparation_unprepare:
 * @input: in the shape of the network's input, batch 1
 *
 * The way back from a network's input to colours: what the network sees, at its size. Rounded,
 * clipped to 0..255; NaN becomes 0.
 *
 * Returns: (transfer full): or %NULL and %SAL_ERROR_SHAPE
 */
SalImage *sal_preparation_unprepare (const SalPreparation *preparation, const SalTensor *input,
                                     GError **error);

/* Baselines: inputs that hold "nothing". Colours are colours of the picture, prepared like it. */

/**
 * sal_preparation_colour:
 * @rgb: 0..255 each, fractions allowed (the middle gray is 127.5)
 *
 * Returns: (transfer full): the input for a picture of this one colour
 */
SalTensor *sal_preparation_colour (const SalPreparation *preparation, const double rgb[3]);

/**
 * sal_preparation_mean_colour:
 * @rgb: (out): the colour whose input is all zeros: the preparation's mean, in 0..255. May lie
 *   outside for unusual formats. For a gray network the three are the same.
 */
void sal_preparation_mean_colour (const SalPreparation *preparation, double rgb[3]);

/**
 * sal_preparation_blur:
 * @input: a network input of this preparation
 * @sigma: standard deviation of the Gaussian in network pixels; 0 copies
 *
 * Blurs each channel, cut off at 4 @sigma, the border mirrored (d c b a | a b c d): the numbers of
 * scipy.ndimage.gaussian_filter.
 *
 * Returns: (transfer full): or %NULL and @error: %SAL_ERROR_SHAPE, %SAL_ERROR_ARGUMENT if @sigma
 *   is negative or above 1000, or %G_IO_ERROR_CANCELLED
 */
SalTensor *sal_preparation_blur (const SalPreparation *preparation, const SalTensor *input,
                                 double sigma, GCancellable *cancellable, GError **error);

/* Known ways of preparing, for a person to choose from where no file says. */

/**
 * SalPreset:
 * @id: for settings and command lines
 * @name: for people
 * @order: SAL_GRAY where it is for one-channel networks
 */
typedef struct {
  const char *id;
  const char *name;
  SalChannelOrder order;
  double low, high;
  double mean[3], std[3];
  SalFit fit;
} SalPreset;

/** sal_presets: Returns: (transfer none): @n presets, the default for colour first */
const SalPreset *sal_presets (int *n);
/** sal_preset_apply: puts the preset's numbers into @format; layout and size stay */
void sal_preset_apply (const SalPreset *preset, SalPixelFormat *format);
