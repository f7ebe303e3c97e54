/* Contact sheets: every method's map of every photo of the reference data, side by side, for people
 * to look at: `ninja -C build contact-sheets`. A number that is none fails it. */
#include "engine/explain/appearance.h"
#include "engine/explain/baseline.h"
#include "tests/engine/extremes.h"
#include "tests/support.h"

#include <cairo.h>
#include <string.h>

#define CELL 128
#define LABEL 240
#define GAP 4
#define TITLE 24

static const char *const photos[] = { "cat.png",    "pets.jpg",      "grace_hopper.jpg",
                                      "parrot.jpg", "sunflower.jpg", "owl.jpg" };
static const char *folder;

/* Enough to see what a method does, in minutes for all of them. */
static SalSettings *
quick (const SalMethod *method)
{
  static const struct {
    const char *key, *value;
  } small[] = { { "steps", "24" },
                { "draws", "24" },
                { "permutations", "2" },
                { "subsets", "200" },
                { "window", "40x40" },
                { "stride", "20x20" },
                { "segmentation", "superpixels" } };
  SalSettings *settings = sal_settings_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (small); i++)
    if (sal_param_find (method->params, small[i].key) != NULL)
      net_set (settings, method->params, small[i].key, small[i].value);
  return settings;
}

static SalTensor *
baseline_for (SalModel *model, const SalMethod *method, const SalSettings *settings,
              SalImage *picture)
{
  g_autoptr (GError) error = NULL;

  for (const SalParam *param = method->params; param->key != NULL; param++)
    if (param->kind == SAL_PARAM_BASELINE) {
      SalTensor *baseline =
          sal_baseline_new (model, sal_settings_text (settings, param), picture, 0, NULL, &error);

      g_assert_no_error (error);
      return baseline;
    }
  return NULL;
}

static void
paint (cairo_t *cr, const SalImage *image, double x, double y)
{
  int width = sal_image_width (image), height = sal_image_height (image);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  guchar *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (int row = 0; row < height; row++)
    for (int column = 0; column < width; column++) {
      const guint8 *rgb = sal_image_pixel (image, column, row);
      guint32 pixel = (guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2];

      memcpy (data + row * stride + column * 4, &pixel, sizeof pixel);
    }
  cairo_surface_mark_dirty (surface);
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, (double) CELL / width, (double) CELL / height);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
}

static void
write_text (cairo_t *cr, const char *text, double x, double y)
{
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_move_to (cr, x, y);
  cairo_show_text (cr, text);
}

/* One cell: the map over what the network sees. */
static void
paint_map (cairo_t *cr, SalModel *model, const SalMethod *method, SalImage *picture, double x,
           double y)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalTensor) input = sal_model_prepare (model, picture, &error);
  g_autoptr (GArray) predictions = sal_model_predict (model, input, NULL, &error);
  g_autoptr (SalSettings) settings = quick (method);
  g_autoptr (SalTensor) baseline = baseline_for (model, method, settings, picture);
  SalTarget target = { g_array_index (predictions, SalPrediction, 0).class_index, -1,
                       SAL_OUTPUT_LOGIT };
  SalQuery query = { .model = model,
                     .method = method,
                     .settings = settings,
                     .target = target,
                     .input = input,
                     .baseline = baseline };
  SalAppearance appearance = sal_appearance_default (method, settings);
  SalRect all = { 0 };

  g_autoptr (SalAttribution) got = net_explain_query (&query);

  extremes_finite (got->values, method->id, sal_model_name (model));
  g_autoptr (SalImage) seen =
      sal_preparation_unprepare (sal_model_preparation (model), input, &error);
  g_autoptr (SalHeatmap) heatmap =
      sal_heatmap_new (got->values, SAL_NCHW, &appearance.heatmap, &error);

  g_assert_no_error (error);
  all.width = sal_image_width (seen);
  all.height = sal_image_height (seen);
  appearance.overlay.blend = SAL_BLEND_FADE;
  appearance.overlay.opacity = 0.9;
  g_autoptr (SalImage) overlay =
      sal_overlay_render (seen, heatmap, &all, &appearance.overlay, 1, &error);

  g_assert_no_error (error);
  paint (cr, overlay, x, y);
}

static int
count_methods (const SalModel *model)
{
  int n = 0;

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++)
    n += (*m)->check == NULL || (*m)->check (model) == NULL;
  return n;
}

static void
test_sheet (gconstpointer data)
{
  g_autofree char *file = g_strdup_printf ("realdata/models/%s.onnx", (const char *) data);
  g_autofree char *path = test_reference (file);
  g_autofree char *out = g_strdup_printf ("%s/%s.png", folder, (const char *) data);
  g_autoptr (GError) error = NULL;

  if (path == NULL)
    return;
  g_autoptr (SalModel) model = sal_model_open (path, &error);
  g_assert_no_error (error);

  int rows = count_methods (model) + 1, columns = G_N_ELEMENTS (photos);
  cairo_surface_t *sheet = cairo_image_surface_create (
      CAIRO_FORMAT_RGB24, LABEL + columns * (CELL + GAP), TITLE + rows * (CELL + GAP));
  cairo_t *cr = cairo_create (sheet);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_set_font_size (cr, 13);
  write_text (cr, sal_model_name (model), 6, 17);
  for (int c = 0; c < columns; c++) {
    g_autofree char *name = g_strdup_printf ("realdata/images/%s", photos[c]);
    g_autofree char *photo = test_reference (name);
    double x = LABEL + c * (CELL + GAP);
    int row = 0;

    if (photo == NULL)
      continue;
    g_autoptr (SalImage) picture = sal_image_load (photo, &error);
    g_assert_no_error (error);
    g_autoptr (SalTensor) input = sal_model_prepare (model, picture, &error);
    g_autoptr (SalImage) seen =
        sal_preparation_unprepare (sal_model_preparation (model), input, &error);

    paint (cr, seen, x, TITLE);
    for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
      if ((*m)->check != NULL && (*m)->check (model) != NULL)
        continue;
      row++;
      write_text (cr, (*m)->name, 6, TITLE + row * (CELL + GAP) + CELL / 2.0);
      paint_map (cr, model, *m, picture, x, TITLE + row * (CELL + GAP));
    }
    /* What there is so far can be looked at. */
    g_assert_cmpint (cairo_surface_write_to_png (sheet, out), ==, CAIRO_STATUS_SUCCESS);
  }
  g_test_message ("%s", out);
  cairo_destroy (cr);
  cairo_surface_destroy (sheet);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = argc > 1 ? argv[1] : ".";
  g_mkdir_with_parents (folder, 0755);
  g_test_add_data_func ("/sheet/mobilenet", "mobilenet_v2_1.0_224", test_sheet);
  g_test_add_data_func ("/sheet/squeezenet", "squeezenet_1.1", test_sheet);
  return g_test_run ();
}
