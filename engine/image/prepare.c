#include "engine/image/prepare.h"

#include "engine/base/error.h"
#include "engine/image/blur.h"
#include "engine/image/prepare-private.h"
#include "engine/image/resample.h"

#include <glib/gi18n.h>
#include <math.h>

#define MAX_SIDE 16384
#define MAX_SIGMA 1000
#define MAX_ASPECT 100

/* The share of the shorter side that a centre crop keeps: 224 of 256. */
#define CROP_SHARE 0.875

gboolean
sal_picture_check_size (int width, int height, const char *path, GError **error)
{
  int shorter = MIN (width, height), longer = MAX (width, height);

  if (shorter < 2) {
    sal_error_set (error, SAL_ERROR_SHAPE,
                   "%s: %d×%d pixels are too few to look at; at least 2×2 are needed", path, width,
                   height);
    return FALSE;
  }
  if (longer / shorter > MAX_ASPECT) {
    sal_error_set (
        error, SAL_ERROR_SHAPE,
        "%s: %d×%d pixels are a strip that no model can look at; one side may be at most "
        "%d times the other",
        path, width, height, MAX_ASPECT);
    return FALSE;
  }
  return TRUE;
}

gboolean
sal_pixel_format_check (const SalPixelFormat *format, GError **error)
{
  if (format->width < 1 || format->width > MAX_SIDE || format->height < 1 ||
      format->height > MAX_SIDE) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "size %d×%d is not within 1 to %d", format->height,
                   format->width, MAX_SIDE);
    return FALSE;
  }
  if (format->max_side < 0 || format->max_side > MAX_SIDE) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "max_side %d is not within 0 to %d", format->max_side,
                   MAX_SIDE);
    return FALSE;
  }
  if (!isfinite (format->low) || !isfinite (format->high) || format->low == format->high) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "value_range %g to %g is no range", format->low,
                   format->high);
    return FALSE;
  }
  for (int c = 0; c < sal_pixel_format_channels (format); c++) {
    if (!isfinite (format->mean[c])) {
      sal_error_set (error, SAL_ERROR_ARGUMENT, "mean[%d] is %g, not a finite number", c,
                     format->mean[c]);
      return FALSE;
    }
    /* A deviation so small that the result is infinite is as wrong as 0. */
    if (!isfinite (format->std[c]) || !(fabs (format->std[c]) >= 1e-12)) {
      sal_error_set (error, SAL_ERROR_ARGUMENT,
                     "std[%d] is %g; it is divided by, so it cannot be 0", c, format->std[c]);
      return FALSE;
    }
  }
  return TRUE;
}

int
sal_pixel_format_channels (const SalPixelFormat *format)
{
  return format->order == SAL_GRAY ? 1 : 3;
}

gboolean
sal_pixel_format_equal (const SalPixelFormat *a, const SalPixelFormat *b)
{
  if (a->layout != b->layout || a->order != b->order || a->height != b->height ||
      a->width != b->width || a->low != b->low || a->high != b->high || a->fit != b->fit ||
      a->max_side != b->max_side)
    return FALSE;
  for (int c = 0; c < sal_pixel_format_channels (a); c++)
    if (a->mean[c] != b->mean[c] || a->std[c] != b->std[c])
      return FALSE;
  return TRUE;
}

SalShape
sal_pixel_format_shape (const SalPixelFormat *format)
{
  int channels = sal_pixel_format_channels (format);

  return format->layout == SAL_NCHW ? SAL_SHAPE (1, channels, format->height, format->width)
                                    : SAL_SHAPE (1, format->height, format->width, channels);
}

static void
append_numbers (GString *text, const char *name, const double *values, int n)
{
  g_string_append_printf (text, ", %s ", name);
  for (int c = 0; c < n; c++)
    g_string_append_printf (text, "%s%g", n == 1 ? "" : c == 0 ? "(" : ", ", values[c]);
  if (n > 1)
    g_string_append_c (text, ')');
}

char *
sal_pixel_format_describe (const SalPixelFormat *format)
{
  static const char *const orders[] = { "RGB", "BGR", N_ ("gray") };
  int channels = sal_pixel_format_channels (format);
  GString *text = g_string_new (_ (orders[format->order]));

  g_string_append_printf (text, _ (", %g to %g"), format->low, format->high);
  append_numbers (text, _ ("mean"), format->mean, channels);
  append_numbers (text, _ ("std"), format->std, channels);
  if (format->fit != SAL_FIT_OWN)
    g_string_append_printf (text,
                            format->fit == SAL_FIT_CROP ? _ (", centre crop to %d×%d")
                                                        : _ (", stretched to %d×%d"),
                            format->height, format->width);
  else if (format->max_side == 0)
    g_string_append (text, _ (", at the picture's own size"));
  else
    g_string_append_printf (text, _ (", at the picture's own size, at most %d pixels a side"),
                            format->max_side);
  return g_string_free (text, FALSE);
}

SalPreparation *
sal_preparation_new_facts (void)
{
  SalPreparation *preparation = g_new0 (SalPreparation, 1);

  g_atomic_ref_count_init (&preparation->refs);
  preparation->accuracy = -1;
  return preparation;
}

SalPreparation *
sal_preparation_new (const SalPixelFormat *format, const char *input_name, GError **error)
{
  if (!sal_pixel_format_check (format, error))
    return NULL;

  SalPreparation *preparation = sal_preparation_new_facts ();

  preparation->format = *format;
  preparation->input_name = g_strdup (input_name);
  return preparation;
}

SalPreparation *
sal_preparation_with_format (const SalPreparation *preparation, const SalPixelFormat *format,
                             GError **error)
{
  SalPreparation *copy = sal_preparation_new (format, preparation->input_name, error);

  if (copy == NULL)
    return NULL;
  copy->output_name = g_strdup (preparation->output_name);
  copy->scores = preparation->scores;
  copy->over_places = preparation->over_places;
  if (preparation->inputs != NULL)
    copy->inputs = g_hash_table_ref (preparation->inputs);
  copy->last_conv = g_strdup (preparation->last_conv);
  copy->title = g_strdup (preparation->title);
  copy->accuracy = preparation->accuracy;
  copy->labels = g_strdupv (preparation->labels);
  copy->n_labels = preparation->n_labels;
  copy->labels_path = g_strdup (preparation->labels_path);
  if (preparation->sidecar != NULL)
    copy->sidecar = json_object_ref (preparation->sidecar);
  return copy;
}

void
sal_preparation_tell_assumed (SalPreparation *preparation, const char *before, const char *after)
{
  g_autofree char *numbers = sal_pixel_format_describe (&preparation->format);

  preparation->assumed_before = g_strdup (before);
  preparation->assumed_after = g_strdup (after);
  preparation->assumed = g_strconcat (before, numbers, after, NULL);
}

/* Another format where the rest is as much assumed as before. */
static SalPreparation *
change (const SalPreparation *preparation, const SalPixelFormat *format, GError **error)
{
  SalPreparation *copy = sal_preparation_with_format (preparation, format, error);

  if (copy != NULL && preparation->assumed != NULL)
    sal_preparation_tell_assumed (copy, preparation->assumed_before, preparation->assumed_after);
  return copy;
}

SalPreparation *
sal_preparation_with_size (const SalPreparation *preparation, int height, int width, GError **error)
{
  SalPixelFormat format = preparation->format;

  format.height = height;
  format.width = width;
  return change (preparation, &format, error);
}

SalPreparation *
sal_preparation_with_fit (const SalPreparation *preparation, SalFit fit, GError **error)
{
  SalPixelFormat format = preparation->format;

  format.fit = fit;
  format.max_side = 0;
  return change (preparation, &format, error);
}

SalFit
sal_pixel_format_usual_fit (const SalPixelFormat *format)
{
  return format->order == SAL_GRAY ? SAL_FIT_STRETCH : SAL_FIT_CROP;
}

void
sal_preparation_own_size (const SalPreparation *preparation, int width, int height,
                          gint64 fixed_height, gint64 fixed_width, int size[2])
{
  int longer = MAX (width, height), limit = preparation->format.max_side;
  double scale = 1;

  if (fixed_height > 0 && fixed_width < 0)
    scale = (double) fixed_height / height;
  else if (fixed_width > 0 && fixed_height < 0)
    scale = (double) fixed_width / width;
  else if (limit > 0 && longer > limit)
    scale = (double) limit / longer;
  size[0] = fixed_height > 0 ? (int) fixed_height : (int) MAX (rint (height * scale), 1);
  size[1] = fixed_width > 0 ? (int) fixed_width : (int) MAX (rint (width * scale), 1);
}

SalPreparation *
sal_preparation_ref (SalPreparation *preparation)
{
  g_atomic_ref_count_inc (&preparation->refs);
  return preparation;
}

void
sal_preparation_unref (SalPreparation *preparation)
{
  if (!g_atomic_ref_count_dec (&preparation->refs))
    return;
  g_free (preparation->input_name);
  g_free (preparation->output_name);
  g_free (preparation->last_conv);
  g_free (preparation->title);
  g_strfreev (preparation->labels);
  g_free (preparation->labels_path);
  g_free (preparation->assumed);
  g_free (preparation->assumed_before);
  g_free (preparation->assumed_after);
  g_clear_pointer (&preparation->inputs, g_hash_table_unref);
  g_clear_pointer (&preparation->sidecar, json_object_unref);
  g_free (preparation);
}

const SalPixelFormat *
sal_preparation_format (const SalPreparation *preparation)
{
  return &preparation->format;
}

const char *
sal_preparation_input_name (const SalPreparation *preparation)
{
  return preparation->input_name;
}

const char *
sal_preparation_output_name (const SalPreparation *preparation)
{
  return preparation->output_name;
}

SalScores
sal_preparation_scores (const SalPreparation *preparation)
{
  return preparation->scores;
}

SalPlaces
sal_preparation_over_places (const SalPreparation *preparation)
{
  return preparation->over_places;
}

GHashTable *
sal_preparation_inputs (const SalPreparation *preparation)
{
  return preparation->inputs;
}

const char *
sal_preparation_last_conv (const SalPreparation *preparation)
{
  return preparation->last_conv;
}

const char *
sal_preparation_title (const SalPreparation *preparation)
{
  return preparation->title;
}

double
sal_preparation_accuracy (const SalPreparation *preparation)
{
  return preparation->accuracy;
}

int
sal_preparation_n_labels (const SalPreparation *preparation)
{
  return preparation->n_labels;
}

const char *
sal_preparation_label (const SalPreparation *preparation, int index)
{
  return index >= 0 && index < preparation->n_labels ? preparation->labels[index] : NULL;
}

gboolean
sal_preparation_same_labels (const SalPreparation *a, const SalPreparation *b)
{
  if (a->n_labels != b->n_labels)
    return FALSE;
  for (int i = 0; i < a->n_labels; i++)
    if (g_strcmp0 (a->labels[i], b->labels[i]) != 0)
      return FALSE;
  return TRUE;
}

const char *
sal_preparation_assumed (const SalPreparation *preparation)
{
  return preparation->assumed;
}

gboolean
sal_preparation_size_is_assumed (const SalPreparation *preparation)
{
  return preparation->size_assumed;
}

/* Where the network's window lies in the scaled picture. */
typedef struct {
  gint64 width, height; /* of the whole scaled picture */
  gint64 left, top;
} Placement;

static Placement
place (const SalPixelFormat *format, int width, int height)
{
  Placement p = { format->width, format->height, 0, 0 };

  if (format->fit != SAL_FIT_CROP || (width == format->width && height == format->height))
    return p;

  double cover_width = rint (format->width / CROP_SHARE);
  double cover_height = rint (format->height / CROP_SHARE);

  /* The side that needs the larger factor gets its length exactly, the other one keeps the shape;
   * halves go to the even number, as Python rounds. */
  if (width * cover_height <= height * cover_width) {
    p.width = (gint64) cover_width;
    p.height = (gint64) rint (height * cover_width / width);
  } else {
    p.width = (gint64) rint (width * cover_height / height);
    p.height = (gint64) cover_height;
  }
  p.left = (p.width - format->width) / 2;
  p.top = (p.height - format->height) / 2;
  return p;
}

SalImage *
sal_preparation_cut (const SalPreparation *preparation, const SalImage *picture)
{
  const SalPixelFormat *format = &preparation->format;
  Placement p = place (format, sal_image_width (picture), sal_image_height (picture));
  g_autoptr (SalImage) gray = NULL;

  if (format->order == SAL_GRAY)
    picture = gray = sal_image_to_gray (picture);
  return sal_resample (picture, p.width, p.height, p.left, p.top, format->width, format->height);
}

SalRect
sal_preparation_seen (const SalPreparation *preparation, int width, int height)
{
  const SalPixelFormat *format = &preparation->format;
  Placement p = place (format, width, height);
  double x = (double) width / p.width, y = (double) height / p.height;

  return (SalRect){ p.left * x, p.top * y, format->width * x, format->height * y };
}

/* Of picture channel c (R, G, B) as channel of the network. */
static int
channel_of (const SalPixelFormat *format, int c)
{
  return format->order == SAL_RGB ? c : format->order == SAL_BGR ? 2 - c : 0;
}

static double
to_input (const SalPixelFormat *format, int channel, double pixel)
{
  double v = format->low + (format->high - format->low) * pixel / 255;

  return (v - format->mean[channel]) / format->std[channel];
}

static double
to_pixel (const SalPixelFormat *format, int channel, double input)
{
  double v = input * format->std[channel] + format->mean[channel];

  return (v - format->low) / (format->high - format->low) * 255;
}

/* Where the number of a channel at the first pixel is, and how far it is to the next pixel. */
static void
strides (const SalPixelFormat *format, int channel, gint64 *offset, gint64 *step)
{
  gboolean planes = format->layout == SAL_NCHW;

  *offset = planes ? (gint64) channel * format->height * format->width : channel;
  *step = planes ? 1 : sal_pixel_format_channels (format);
}

SalTensor *
sal_preparation_apply (const SalPreparation *preparation, const SalImage *picture)
{
  const SalPixelFormat *format = &preparation->format;
  g_autoptr (SalImage) cut = sal_preparation_cut (preparation, picture);
  const guint8 *pixels = sal_image_pixels (cut);
  SalShape shape = sal_pixel_format_shape (format);
  SalTensor *input = sal_tensor_new (SAL_FLOAT, &shape);
  gint64 n = (gint64) format->height * format->width, offset, step;

  for (int c = 0; c < sal_pixel_format_channels (format); c++) {
    int channel = channel_of (format, c);
    float table[256];

    for (int p = 0; p < 256; p++)
      table[p] = (float) to_input (format, channel, p);
    strides (format, channel, &offset, &step);

    float *x = (float *) sal_tensor_edit (input) + offset;

    for (gint64 i = 0; i < n; i++)
      x[i * step] = table[pixels[3 * i + c]];
  }
  return input;
}

static gboolean
check_input (const SalPreparation *preparation, const SalTensor *input, GError **error)
{
  SalShape shape = sal_pixel_format_shape (&preparation->format);

  if (sal_tensor_type (input) == SAL_FLOAT && sal_shape_equal (sal_tensor_shape (input), &shape))
    return TRUE;

  g_autofree char *needed = sal_shape_to_string (&shape);
  g_autofree char *given = sal_shape_to_string (sal_tensor_shape (input));

  sal_error_set (error, SAL_ERROR_SHAPE,
                 sal_tensor_type (input) == SAL_FLOAT
                     ? N_ ("the network's input has shape %s (float), the given one %s (float)")
                     : N_ ("the network's input has shape %s (float), the given one %s (integer)"),
                 needed, given);
  return FALSE;
}

SalImage *
sal_preparation_unprepare (const SalPreparation *preparation, const SalTensor *input,
                           GError **error)
{
  const SalPixelFormat *format = &preparation->format;
  gint64 n = (gint64) format->height * format->width, offset, step;

  if (!check_input (preparation, input, error))
    return NULL;

  guint8 *data = g_malloc (n * 3);

  for (int c = 0; c < 3; c++) {
    int channel = channel_of (format, c);

    strides (format, channel, &offset, &step);

    const float *x = sal_tensor_floats (input) + offset;

    for (gint64 i = 0; i < n; i++) {
      double pixel = rint (to_pixel (format, channel, x[i * step]));

      data[3 * i + c] = pixel >= 255 ? 255 : pixel > 0 ? (guint8) pixel : 0; /* NaN fails both */
    }
  }
  return sal_image_new_take (format->width, format->height, data);
}

SalTensor *
sal_preparation_colour (const SalPreparation *preparation, const double rgb[3])
{
  const SalPixelFormat *format = &preparation->format;
  SalShape shape = sal_pixel_format_shape (format);
  SalTensor *input = sal_tensor_new (SAL_FLOAT, &shape);
  gint64 n = (gint64) format->height * format->width, offset, step;

  for (int c = 0; c < sal_pixel_format_channels (format); c++) {
    int channel = channel_of (format, c);
    double pixel = rgb[c];

    if (format->order == SAL_GRAY) /* the luma of sal_image_to_gray(), unrounded */
      pixel = (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2]) / 65536;

    float value = (float) to_input (format, channel, pixel);

    strides (format, channel, &offset, &step);

    float *x = (float *) sal_tensor_edit (input) + offset;

    for (gint64 i = 0; i < n; i++)
      x[i * step] = value;
  }
  return input;
}

void
sal_preparation_mean_colour (const SalPreparation *preparation, double rgb[3])
{
  for (int c = 0; c < 3; c++)
    rgb[c] = to_pixel (&preparation->format, channel_of (&preparation->format, c), 0);
}

SalTensor *
sal_preparation_blur (const SalPreparation *preparation, const SalTensor *input, double sigma,
                      GCancellable *cancellable, GError **error)
{
  const SalPixelFormat *format = &preparation->format;
  int channels = sal_pixel_format_channels (format);
  gboolean planes = format->layout == SAL_NCHW;

  if (!check_input (preparation, input, error))
    return NULL;
  if (!(sigma >= 0 && sigma <= MAX_SIGMA)) {
    sal_error_set (error, SAL_ERROR_ARGUMENT,
                   "the blur's standard deviation is %g pixels; 0 to %d are possible", sigma,
                   MAX_SIGMA);
    return NULL;
  }

  g_autoptr (SalTensor) result = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (input));

  if (!sal_blur (planes ? channels : 1, format->height, format->width, planes ? 1 : channels,
                 sal_tensor_floats (input), sigma, sal_tensor_edit (result), cancellable)) {
    g_cancellable_set_error_if_cancelled (cancellable, error);
    return NULL;
  }
  return g_steal_pointer (&result);
}

/* Sources: torchvision's and the ONNX model zoo's descriptions of their networks, CLIP's published
 * code. */
static const SalPreset presets[] = {
  { "imagenet",
    "ImageNet (PyTorch, torchvision)",
    SAL_RGB,
    0,
    1,
    { 0.485, 0.456, 0.406 },
    { 0.229, 0.224, 0.225 },
    SAL_FIT_CROP },
  { "symmetric",
    "−1 to 1 (TensorFlow)",
    SAL_RGB,
    0,
    1,
    { 0.5, 0.5, 0.5 },
    { 0.5, 0.5, 0.5 },
    SAL_FIT_CROP },
  { "unit", "0 to 1", SAL_RGB, 0, 1, { 0, 0, 0 }, { 1, 1, 1 }, SAL_FIT_CROP },
  { "bytes", "0 to 255", SAL_RGB, 0, 255, { 0, 0, 0 }, { 1, 1, 1 }, SAL_FIT_CROP },
  { "caffe",
    "BGR less the mean (Caffe)",
    SAL_BGR,
    0,
    255,
    { 103.939, 116.779, 123.68 },
    { 1, 1, 1 },
    SAL_FIT_CROP },
  { "efficientnet-lite",
    "(v − 127) / 128 (EfficientNet-Lite)",
    SAL_RGB,
    0,
    255,
    { 127, 127, 127 },
    { 128, 128, 128 },
    SAL_FIT_CROP },
  { "clip",
    "CLIP",
    SAL_RGB,
    0,
    1,
    { 0.48145466, 0.4578275, 0.40821073 },
    { 0.26862954, 0.26130258, 0.27577711 },
    SAL_FIT_CROP },
  { "gray", "Gray, 0 to 1", SAL_GRAY, 0, 1, { 0 }, { 1 }, SAL_FIT_STRETCH },
  { "gray-symmetric", "Gray, −1 to 1", SAL_GRAY, 0, 1, { 0.5 }, { 0.5 }, SAL_FIT_STRETCH },
};

const SalPreset *
sal_presets (int *n)
{
  *n = G_N_ELEMENTS (presets);
  return presets;
}

void
sal_preset_apply (const SalPreset *preset, SalPixelFormat *format)
{
  format->order = preset->order;
  format->low = preset->low;
  format->high = preset->high;
  for (int c = 0; c < 3; c++) {
    format->mean[c] = preset->mean[c];
    format->std[c] = preset->std[c];
  }
  format->fit = preset->fit;
}
