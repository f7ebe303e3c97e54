/* Class activation maps: what the weightings have in common, and what is no layer for them. */
#include "engine/base/error.h"
#include "tests/engine/net.h"

#include <math.h>
#include <string.h>

static SalTensor *
map_of (SalModel *model, const char *method, const char *words, SalTensor *input)
{
  g_autoptr (SalAttribution) a = net_explain (model, method, words, input, NULL, 1);

  return sal_tensor_ref (a->values);
}

static gboolean
same (const SalTensor *a, const SalTensor *b)
{
  return sal_shape_equal (sal_tensor_shape (a), sal_tensor_shape (b)) &&
         memcmp (sal_tensor_floats (a), sal_tensor_floats (b),
                 sal_tensor_count (a) * sizeof (float)) == 0;
}

/* Channels after a sigmoid are positive, so that what the switch leaves out is the gradients below
 * zero alone; LayerCAM does so by itself. */
static void
test_positive (void)
{
  static const char *const methods[] = { "grad-cam",  "grad-cam-plus-plus", "hires-cam",
                                         "layer-cam", "xgrad-cam",          "guided-grad-cam" };
  g_autoptr (SalModel) model = net_pictures (3, 16, 6);
  g_autoptr (SalTensor) input = net_input (model, 4, 0.8f);
  g_autoptr (SalTensor) layer_cam = map_of (model, "layer-cam", "relu=off", input);
  g_autoptr (SalTensor) hires =
      map_of (model, "hires-cam", "relu=off positive-gradients=on", input);

  g_assert_true (same (layer_cam, hires));
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    g_autoptr (SalTensor) plain = map_of (model, methods[i], "relu=off", input);
    g_autoptr (SalTensor) positive =
        map_of (model, methods[i], "relu=off positive-gradients=on", input);
    /* Grad-CAM++ drops negative gradients as well, and LayerCAM. */
    gboolean same_anyway = strstr (methods[i], "plus") != NULL || strstr (methods[i], "layer");

    g_assert_true (same (plain, positive) == same_anyway);
    for (gint64 p = 0; i < 5 && p < sal_tensor_count (positive); p++)
      g_assert_cmpfloat (sal_tensor_floats (positive)[p], >=, 0);
  }
  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    const char *id = (*m)->id;
    gboolean has = sal_param_find ((*m)->params, "positive-gradients") != NULL;
    gboolean weighs = (*m)->group == SAL_GROUP_CAM && !g_str_equal (id, "score-cam") &&
                      !g_str_equal (id, "eigen-cam");

    g_assert_true (has == weighs);
  }
}

/* Guided Grad-CAM is any pixel map times the enlarged class activation map. */
static void
test_guided (void)
{
  g_autoptr (SalModel) model = net_pictures (3, 16, 6);
  g_autoptr (SalTensor) input = net_input (model, 4, 0.8f);
  g_autoptr (SalTensor) cam = map_of (model, "grad-cam", "", input);
  const SalParam *times =
      sal_param_find (sal_method_find ("guided-grad-cam")->params, "pixel-method");

  for (const SalChoice *choice = times->choices; choice->id != NULL; choice++) {
    g_autofree char *words = g_strconcat ("pixel-method=", choice->id, NULL);
    g_autoptr (SalTensor) pixels = map_of (model, choice->id, "", input);
    g_autoptr (SalTensor) product = map_of (model, "guided-grad-cam", words, input);

    g_assert_true (sal_shape_equal (sal_tensor_shape (pixels), sal_model_input_shape (model)));
    for (gint64 i = 0; i < sal_tensor_count (pixels); i++)
      g_assert_cmpfloat (sal_tensor_floats (product)[i], ==,
                         sal_tensor_floats (pixels)[i] * sal_tensor_floats (cam)[i % (16 * 16)]);
  }
}

/* Sixteen words are no picture of four by four. */
static void
test_tokens (void)
{
  Net net;
  int x = net_start (&net, 5, &SAL_SHAPE (1, 16, 3));
  int y =
      net_op (&net, "MatMul", x, net_constant (&net, &SAL_SHAPE (3, 4), NULL, 0.5f), SAL_NO_VALUE);
  int hidden = net_relu (&net, y);
  g_autofree char *name = g_strdup (sal_graph_get_value (net.graph, hidden)->name);
  g_autoptr (SalModel) model = NULL;
  g_autoptr (SalTensor) input = NULL;

  y = net_op (&net, "Flatten", hidden, SAL_NO_VALUE, SAL_NO_VALUE);
  model = net_finish (&net, net_dense (&net, y, 64, 3, TRUE), NULL);
  input = net_input (model, 6, 1.f);
  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    const SalParam *layer = sal_param_find ((*m)->params, "layer");
    g_autoptr (SalSettings) settings = sal_settings_new ();
    g_autoptr (GError) error = NULL;
    SalQuery query = { .model = model, .method = *m, .settings = settings, .input = input };

    if ((*m)->group != SAL_GROUP_CAM)
      continue;
    g_assert_nonnull ((*m)->check (model));
    sal_settings_set_text (settings, layer, name, NULL);
    g_assert_null (sal_explain (&query, NULL, &error));
    g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
  }
}

/* A layer's channels, their mean, and each as a tile of one picture. */
static void
test_channels (void)
{
  g_autoptr (SalModel) model = net_pictures (3, 16, 6);
  g_autoptr (SalTensor) input = net_input (model, 4, 0.8f);
  const char *const kinds[] = { "", "times-gradient=on" };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *mean_words = g_strconcat ("channels=mean ", kinds[i], NULL);
    g_autofree char *grid_words = g_strconcat ("channels=grid ", kinds[i], NULL);
    g_autoptr (SalTensor) all = map_of (model, "activation", kinds[i], input);
    g_autoptr (SalTensor) mean = map_of (model, "activation", mean_words, input);
    g_autoptr (SalTensor) grid = map_of (model, "activation", grid_words, input);
    const float *a = sal_tensor_floats (all);
    gint64 side = sal_tensor_shape (all)->dim[2], n = side * side;
    gint64 width = sal_tensor_shape (grid)->dim[3];

    g_assert_cmpint (sal_tensor_shape (all)->dim[1], ==, 6);
    g_assert_cmpint (sal_tensor_count (mean), ==, n);
    g_assert_cmpint (sal_tensor_shape (grid)->dim[2], ==, 2 * side + 1);
    g_assert_cmpint (width, ==, 3 * side + 2);
    for (gint64 p = 0; p < n; p++) {
      double sum = 0;

      for (gint64 k = 0; k < 6; k++) {
        gint64 y = k / 3 * (side + 1) + p / side, x = k % 3 * (side + 1) + p % side;

        sum += a[k * n + p];
        g_assert_cmpfloat (sal_tensor_floats (grid)[y * width + x], ==, a[k * n + p]);
      }
      g_assert_cmpfloat (fabs (sal_tensor_floats (mean)[p] - sum / 6), <, 1e-6);
    }
    for (gint64 x = 0; x < width; x++)
      g_assert_cmpfloat (sal_tensor_floats (grid)[side * width + x], ==, 0);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/cams/positive-gradients", test_positive);
  g_test_add_func ("/engine/cams/guided", test_guided);
  g_test_add_func ("/engine/cams/tokens", test_tokens);
  g_test_add_func ("/engine/cams/channels", test_channels);
  return g_test_run ();
}
