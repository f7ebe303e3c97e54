/* No model that comes with Salience, and none of the reference data, makes a method answer with
 * anything but numbers, wherever its sliders stand. */
#include "engine/explain/smooth.h"
#include "tests/engine/extremes.h"
#include "tests/support.h"

#include <string.h>

/* What a setting may take here: partial results until then are looked at. */
#define MICROSECONDS 15000

static SalModel *
open_model (const char *path)
{
  g_autoptr (GError) error = NULL;
  SalModel *model = sal_model_open (path, &error);

  g_assert_no_error (error);
  return model;
}

static void
check_model (SalModel *model, gboolean extremes)
{
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f);

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    const char *reason = (*m)->check != NULL ? (*m)->check (model) : NULL;
    g_autoptr (SalSettings) settings = extremes_few (*m, "none");
    SalQuery query = { .model = model,
                       .method = *m,
                       .settings = settings,
                       .target = { 0, -1, SAL_OUTPUT_LOGIT },
                       .input = input };

    /* Few methods are as many evaluations as occlusion's windows on a large picture. */
    if (sal_param_find ((*m)->params, "window") != NULL) {
      net_set (settings, (*m)->params, "window", "40x40");
      net_set (settings, (*m)->params, "stride", "32x32");
    }
    if (reason != NULL) {
      g_test_message ("%s: %s", (*m)->id, reason);
      continue;
    }

    g_autoptr (SalAttribution) got = net_explain_query (&query);

    extremes_finite (got->values, (*m)->id, sal_model_name (model));
    if (extremes)
      extremes_try (&query, MICROSECONDS);
  }
}

static void
test_bundled (gconstpointer data)
{
  g_autofree char *path = g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data", "models",
                                            (const char *) data, NULL);
  g_autoptr (SalModel) model = NULL;

  model = open_model (path);
  /* A text without words bound to it explains its embedding's place as well as any. */
  check_model (model, TRUE);
}

static void
test_reference_model (gconstpointer data)
{
  g_autofree char *path = test_reference (data);
  g_autoptr (SalModel) model = NULL;

  if (path == NULL)
    return;
  model = open_model (path);
  check_model (model, FALSE);
}

int
main (int argc, char **argv)
{
  static const char *const references[] = {
    "realdata/models/mnist-8.onnx",  "realdata/models/cifar10_pytorch.onnx",
    "oracles/cnn/model.onnx",        "oracles/convnext/model.onnx",
    "oracles/densenet/model.onnx",   "oracles/mix/model.onnx",
    "oracles/mlp/model.onnx",        "oracles/mlp_softmax/model.onnx",
    "oracles/mobilenet/model.onnx",  "oracles/resnet/model.onnx",
    "oracles/squeezenet/model.onnx", "oracles/teaching/model.onnx",
    "oracles/vit/model.onnx",
  };
  g_autofree char *folder =
      g_build_filename (g_getenv ("SALIENCE_SOURCE_ROOT"), "data", "models", NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_test_init (&argc, &argv, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".onnx"))
      g_ptr_array_add (names, g_strdup (name));
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_strdup_printf ("/engine/finite/%s", (char *) names->pdata[i]);

    g_test_add_data_func (path, names->pdata[i], test_bundled);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (references); i++) {
    g_autofree char *path = g_strdup_printf ("/engine/finite/%s", references[i]);

    g_test_add_data_func (path, references[i], test_reference_model);
  }
  return g_test_run ();
}
