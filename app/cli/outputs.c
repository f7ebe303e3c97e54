#include "app/cli/outputs.h"

#include "app/cli/command.h"
#include "app/cli/report.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/image/png.h"
#include "engine/tensor/npy.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  const char *option;
  const char *path;
} Output;

#define N_OUTPUTS 5

static void
list (const CliOutputs *self, Output outputs[N_OUTPUTS])
{
  outputs[0] = (Output){ "--attribution", self->attribution };
  outputs[1] = (Output){ "--tokens", self->tokens };
  outputs[2] = (Output){ "--heatmap", self->heatmap };
  outputs[3] = (Output){ "--overlay", self->overlay };
  outputs[4] = (Output){ "--json", cli_talks (self->json) ? self->json : NULL };
}

static gboolean
same_file (const char *a, const char *b)
{
  g_autofree char *x = g_canonicalize_filename (a, NULL);
  g_autofree char *y = g_canonicalize_filename (b, NULL);
  GStatBuf s, t;

  if (strcmp (x, y) == 0)
    return TRUE;
  return g_stat (a, &s) == 0 && g_stat (b, &t) == 0 && s.st_dev == t.st_dev &&
         s.st_ino == t.st_ino && S_ISREG (s.st_mode);
}

static gboolean
check_format (const Output *output, GError **error)
{
  static const char *const others[] = { ".jpg",  ".jpeg", ".svg",  ".pdf", ".gif",
                                        ".webp", ".tif",  ".tiff", ".bmp" };

  if (strcmp (output->option, "--heatmap") != 0 && strcmp (output->option, "--overlay") != 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    gsize length = strlen (output->path), ending = strlen (others[i]);

    if (length > ending && g_ascii_strcasecmp (output->path + length - ending, others[i]) == 0)
      return cli_usage (error, output->option, "%s: only PNG is written", output->path);
  }
  return TRUE;
}

static gboolean
check_folder (const Output *output, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (output->path);

  if (g_file_test (output->path, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "%s: is a directory", output->path);
    return FALSE;
  }
  if (!g_file_test (folder, G_FILE_TEST_IS_DIR)) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s: there is no directory %s",
                 output->path, folder);
    return FALSE;
  }
  if (!g_file_test (output->path, G_FILE_TEST_EXISTS) && g_access (folder, W_OK) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "%s: %s cannot be written to",
                 output->path, folder);
    return FALSE;
  }
  return TRUE;
}

gboolean
cli_outputs_check (const CliOutputs *self, const char *const *inputs, int n_inputs, GError **error)
{
  Output outputs[N_OUTPUTS];

  list (self, outputs);
  for (int i = 0; i < N_OUTPUTS; i++) {
    const Output *output = &outputs[i];

    if (output->path == NULL)
      continue;
    if (*output->path == '\0')
      return cli_usage (error, output->option, "names no file");
    for (int j = 0; j < i; j++)
      if (outputs[j].path != NULL && same_file (outputs[j].path, output->path))
        return cli_usage (error, output->option, "%s is the file of %s, too", output->path,
                          outputs[j].option);
    for (int j = 0; j < n_inputs; j++)
      if (inputs[j] != NULL && same_file (inputs[j], output->path))
        return cli_usage (error, output->option, "%s would be overwritten, but it is read",
                          output->path);
    if (!check_format (output, error) || !check_folder (output, error))
      return FALSE;
  }
  return TRUE;
}

gboolean
cli_outputs_want_pictures (const CliOutputs *self)
{
  return self->heatmap != NULL || self->overlay != NULL;
}

/* A map in the input's own shape lies in memory as the input does; a layer's is NCHW. */
static SalLayout
layout_of (const CliSource *source, const SalTensor *values)
{
  SalPreparation *preparation = sal_model_preparation (source->model);

  if (preparation != NULL &&
      sal_shape_equal (sal_tensor_shape (values), sal_model_input_shape (source->model)))
    return sal_preparation_format (preparation)->layout;
  return SAL_NCHW;
}

static gboolean
render (const CliOutputs *self, const CliSource *source, const SalAttribution *attribution,
        const SalAppearance *appearance, SalImage **heatmap, SalImage **overlay, GError **error)
{
  SalRect seen;
  g_autoptr (SalImage) picture = cli_source_picture (source, &seen, error);

  if (picture == NULL)
    return FALSE;

  g_autoptr (SalHeatmap) map = sal_heatmap_new (
      attribution->values, layout_of (source, attribution->values), &appearance->heatmap, error);

  if (map == NULL) {
    g_prefix_error (error, "%s: ", self->overlay != NULL ? "--overlay" : "--heatmap");
    return FALSE;
  }
  if (self->heatmap != NULL) {
    gint64 width = (gint64) sal_heatmap_width (map) * appearance->scale;
    gint64 height = (gint64) sal_heatmap_height (map) * appearance->scale;

    if (width * height > SAL_IMAGE_MAX_PIXELS) {
      g_set_error (error, SAL_ERROR, SAL_ERROR_MEMORY,
                   "--heatmap: %" PRId64 " × %" PRId64 " pixels are too many", width, height);
      return FALSE;
    }
    *heatmap = sal_overlay_heatmap (map, &appearance->overlay, (int) width, (int) height);
  }
  if (self->overlay != NULL) {
    *overlay =
        sal_overlay_render (picture, map, &seen, &appearance->overlay, appearance->scale, error);
    if (*overlay == NULL)
      return FALSE;
  }
  return TRUE;
}

SalTensor *
cli_token_sums (const SalTensor *values, GError **error)
{
  SalShape shape = *sal_tensor_shape (values);
  gint64 width = shape.rank == 3 ? shape.dim[2] : 1;

  if (shape.rank != 2 && shape.rank != 3) {
    g_autofree char *text = sal_shape_to_string (&shape);

    g_set_error (error, SAL_ERROR, SAL_ERROR_SHAPE,
                 "the attribution is %s, not a row for each token", text);
    return NULL;
  }
  shape.rank = 2;

  SalTensor *sums = sal_tensor_new (SAL_FLOAT, &shape);
  float *out = sal_tensor_edit (sums);

  for (gint64 t = 0; t < sal_tensor_count (sums); t++) {
    double sum = 0;

    for (gint64 d = 0; d < width; d++)
      sum += sal_tensor_floats (values)[t * width + d];
    out[t] = (float) sum;
  }
  return sums;
}

static gboolean
write_tokens (const char *path, const SalTensor *values, GError **error)
{
  g_autoptr (SalTensor) sums = cli_token_sums (values, error);

  if (sums == NULL) {
    g_prefix_error (error, "--tokens: ");
    return FALSE;
  }
  return sal_npy_save (path, sums, error);
}

static gboolean
write_one (int i, const Output *output, const SalAttribution *attribution, SalImage *heatmap,
           SalImage *overlay, const char *recipe, GError **error)
{
  switch (i) {
  case 0:
    return sal_npy_save (output->path, attribution->values, error);
  case 1:
    return write_tokens (output->path, attribution->values, error);
  case 2:
    return sal_png_write (output->path, heatmap, recipe, error);
  case 3:
    return sal_png_write (output->path, overlay, recipe, error);
  default:
    return cli_write_json (output->path, recipe, error);
  }
}

gboolean
cli_outputs_write (const CliOutputs *self, const CliSource *source,
                   const SalAttribution *attribution, const SalAppearance *appearance,
                   const char *recipe, GError **error)
{
  g_autoptr (SalImage) heatmap = NULL, overlay = NULL;
  Output outputs[N_OUTPUTS];

  if (cli_outputs_want_pictures (self) &&
      !render (self, source, attribution, appearance, &heatmap, &overlay, error))
    return FALSE;
  list (self, outputs);
  for (int i = 0; i < N_OUTPUTS; i++)
    if (outputs[i].path != NULL &&
        !write_one (i, &outputs[i], attribution, heatmap, overlay, recipe, error)) {
      while (i-- > 0)
        if (outputs[i].path != NULL)
          g_unlink (outputs[i].path);
      return FALSE;
    }
  return cli_talks (self->json) || cli_write_json (self->json, recipe, error);
}

void
cli_outputs_clear (CliOutputs *self)
{
  g_clear_pointer (&self->attribution, g_free);
  g_clear_pointer (&self->tokens, g_free);
  g_clear_pointer (&self->heatmap, g_free);
  g_clear_pointer (&self->overlay, g_free);
  g_clear_pointer (&self->json, g_free);
}
