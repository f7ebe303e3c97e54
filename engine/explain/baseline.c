#include "engine/explain/baseline.h"

#include "engine/base/error.h"
#include "engine/base/random.h"
#include "engine/tensor/npy.h"

#include <string.h>

/* Blurred so far that no object is left: about a tenth of the picture. */
#define BLUR_PARTS 11.0
/* Noise for baselines is never the noise that smoothing draws with the same seed. */
#define NOISE_STREAM (G_GUINT64_CONSTANT (1) << 62)

static const SalChoice choices[] = {
  { "black", "Black" },  { "white", "White" }, { "gray", "Gray" }, { "mean", "Mean colour" },
  { "blur", "Blurred" }, { "noise", "Noise" }, { NULL },
};

const SalChoice *
sal_baseline_choices (void)
{
  return choices;
}

static SalTensor *
colour (SalPreparation *preparation, double level)
{
  return sal_preparation_colour (preparation, (double[]){ level, level, level });
}

static SalTensor *
noise (SalPreparation *preparation, guint64 seed)
{
  g_autoptr (SalTensor) black = colour (preparation, 0), white = colour (preparation, 255);
  gint64 n = sal_tensor_count (black);
  SalTensor *out = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (black));
  float *y = sal_tensor_edit (out);
  const float *low = sal_tensor_floats (black), *high = sal_tensor_floats (white);

  sal_random_uniforms (seed, NOISE_STREAM, y, n);
  for (gint64 i = 0; i < n; i++)
    y[i] = low[i] + y[i] * (high[i] - low[i]);
  return out;
}

static SalTensor *
blurred (SalModel *model, SalImage *image, GCancellable *cancellable, GError **error)
{
  SalPreparation *preparation = sal_model_preparation (model);
  const SalPixelFormat *format = sal_preparation_format (preparation);
  g_autoptr (SalTensor) input = NULL;

  if (image == NULL) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "baseline: \"blur\" needs a picture to blur");
    return NULL;
  }
  input = sal_preparation_apply (preparation, image);
  return sal_preparation_blur (preparation, input, MAX (format->height, format->width) / BLUR_PARTS,
                               cancellable, error);
}

static SalTensor *
from_file (SalModel *model, const char *path, GError **error)
{
  SalShape want = *sal_model_input_shape (model);
  g_autoptr (SalTensor) array = NULL;
  g_autoptr (SalImage) picture = NULL;

  if (!g_str_has_suffix (path, ".npy")) {
    picture = sal_image_load (path, error);
    return picture != NULL ? sal_model_prepare (model, picture, error) : NULL;
  }
  array = sal_npy_load (path, error);
  if (array == NULL)
    return NULL;
  if (sal_tensor_shape (array)->rank > 0)
    want.dim[0] = MAX (sal_tensor_shape (array)->dim[0], 1);
  if (sal_tensor_type (array) != SAL_FLOAT || !sal_shape_equal (sal_tensor_shape (array), &want)) {
    g_autofree char *want_text = sal_shape_to_string (sal_model_input_shape (model));
    g_autofree char *got_text = sal_shape_to_string (sal_tensor_shape (array));

    sal_error_set (error, SAL_ERROR_SHAPE, "%s: holds %s, a baseline of this model is %s of floats",
                   path, got_text, want_text);
    return NULL;
  }
  return g_steal_pointer (&array);
}

static SalTensor *
one (SalModel *model, const char *choice, SalImage *image, guint64 seed, GCancellable *cancellable,
     GError **error)
{
  SalPreparation *preparation = sal_model_preparation (model);
  const SalChoice *known = choices;

  if (strcmp (choice, "zero") == 0)
    return sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  while (known->id != NULL && strcmp (known->id, choice) != 0)
    known++;
  if (known->id == NULL)
    return from_file (model, choice, error);
  if (preparation == NULL) {
    sal_error_set (error, SAL_ERROR_ARGUMENT,
                   "baseline: %s takes no pictures, so \"%s\" means nothing to it; \"zero\" does",
                   sal_model_name (model), choice);
    return NULL;
  }
  if (strcmp (choice, "black") == 0)
    return colour (preparation, 0);
  if (strcmp (choice, "white") == 0)
    return colour (preparation, 255);
  if (strcmp (choice, "gray") == 0)
    return colour (preparation, 127.5);
  if (strcmp (choice, "noise") == 0)
    return noise (preparation, seed);
  if (strcmp (choice, "blur") == 0)
    return blurred (model, image, cancellable, error);
  return sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
}

static SalTensor *
join (SalTensor *const *parts, int n)
{
  SalShape shape = *sal_tensor_shape (parts[0]);
  SalTensor *all;
  char *out;

  shape.dim[0] = 0;
  for (int i = 0; i < n; i++)
    shape.dim[0] += sal_tensor_shape (parts[i])->dim[0];
  all = sal_tensor_new (SAL_FLOAT, &shape);
  out = sal_tensor_edit (all);
  for (int i = 0; i < n; i++) {
    gsize bytes = sal_tensor_count (parts[i]) * sizeof (float);

    memcpy (out, sal_tensor_data (parts[i]), bytes);
    out += bytes;
  }
  return all;
}

SalTensor *
sal_baseline_new (SalModel *model, const char *choice, SalImage *image, guint64 seed,
                  GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);

  /* A file may have a plus sign in its name. */
  if (strchr (choice, '+') == NULL || g_file_test (choice, G_FILE_TEST_EXISTS))
    return one (model, choice, image, seed, cancellable, error);
  names = g_strsplit (choice, "+", -1);
  for (int i = 0; names[i] != NULL; i++) {
    SalTensor *part = one (model, names[i], image, seed, cancellable, error);

    if (part == NULL)
      return NULL;
    g_ptr_array_add (parts, part);
  }
  return join ((SalTensor *const *) parts->pdata, parts->len);
}
