#include "tests/engine/net.h"

#include "engine/base/random.h"
#include "engine/explain/smooth.h"

#include <math.h>

int
net_start (Net *net, guint64 seed, const SalShape *input)
{
  SalShape open = *input;

  open.dim[0] = -1;
  *net = (Net){ .graph = sal_graph_new (), .seed = seed };

  int x = sal_graph_value (net->graph, "x");

  sal_graph_declare (net->graph, x, SAL_FLOAT, &open);
  sal_graph_add_input (net->graph, x);
  return x;
}

static int
new_value (Net *net, const char *what)
{
  g_autofree char *name = g_strdup_printf ("%s%d", what, net->n++);

  return sal_graph_value (net->graph, name);
}

int
net_constant (Net *net, const SalShape *shape, const float *values, float scale)
{
  g_autoptr (SalTensor) tensor = sal_tensor_new (SAL_FLOAT, shape);
  gint64 n = sal_tensor_count (tensor);
  float *w = sal_tensor_edit (tensor);
  int value = new_value (net, "constant");

  if (values == NULL)
    sal_random_normals (net->seed, (guint64) value, w, n);
  for (gint64 i = 0; i < n; i++)
    w[i] = values != NULL ? values[i] : w[i] * scale;
  sal_graph_set_constant (net->graph, value, tensor);
  return value;
}

int
net_op (Net *net, const char *op_type, int x0, int x1, int x2)
{
  const int x[3] = { x0, x1, x2 };
  int n = x2 != SAL_NO_VALUE ? 3 : x1 != SAL_NO_VALUE ? 2 : 1;
  int y = new_value (net, op_type);
  g_autofree char *name = g_strdup_printf ("node-%d", y);

  net->last = sal_node_new (op_type, name, 13, x, n, &y, 1);
  sal_graph_add_node (net->graph, net->last);
  return y;
}

int
net_reshape (Net *net, int x, const SalShape *shape)
{
  g_autoptr (SalTensor) to = sal_tensor_new_copy (SAL_INT, &SAL_SHAPE (shape->rank), shape->dim);
  int value = new_value (net, "shape");

  sal_graph_set_constant (net->graph, value, to);
  return net_op (net, "Reshape", x, value, SAL_NO_VALUE);
}

int
net_relu (Net *net, int x)
{
  return net_op (net, "Relu", x, SAL_NO_VALUE, SAL_NO_VALUE);
}

int
net_conv (Net *net, int x, gint64 from, gint64 to, gint64 kernel, gboolean bias)
{
  const gint64 pads[4] = { kernel / 2, kernel / 2, kernel / 2, kernel / 2 };
  float scale = sqrtf (2.f / (float) (from * kernel * kernel));
  int w = net_constant (net, &SAL_SHAPE (to, from, kernel, kernel), NULL, scale);
  int b = bias ? net_constant (net, &SAL_SHAPE (to), NULL, 0.3f) : SAL_NO_VALUE;
  int y = net_op (net, "Conv", x, w, b);

  sal_node_set_ints (net->last, "pads", pads, 4);
  return y;
}

int
net_pool (Net *net, const char *op_type, int x)
{
  static const gint64 two[2] = { 2, 2 };
  int y = net_op (net, op_type, x, SAL_NO_VALUE, SAL_NO_VALUE);

  sal_node_set_ints (net->last, "kernel_shape", two, 2);
  sal_node_set_ints (net->last, "strides", two, 2);
  return y;
}

int
net_dense (Net *net, int x, gint64 from, gint64 to, gboolean bias)
{
  int w = net_constant (net, &SAL_SHAPE (to, from), NULL, sqrtf (2.f / (float) from));
  int b = bias ? net_constant (net, &SAL_SHAPE (to), NULL, 0.3f) : SAL_NO_VALUE;
  int y = net_op (net, "Gemm", x, w, b);

  sal_node_set_int (net->last, "transB", 1);
  return y;
}

SalModel *
net_finish (Net *net, int y, SalPreparation *preparation)
{
  g_autoptr (SalGraph) graph = g_steal_pointer (&net->graph);
  g_autoptr (GError) error = NULL;

  sal_graph_add_output (graph, y);
  sal_graph_seal (graph, &error);
  g_assert_no_error (error);

  SalModel *model = sal_model_new (graph, preparation, NULL, "net", &error);

  g_assert_no_error (error);
  return model;
}

SalPreparation *
net_preparation (int height, int width)
{
  SalPixelFormat format = { .layout = SAL_NCHW,
                            .order = SAL_RGB,
                            .height = height,
                            .width = width,
                            .low = 0,
                            .high = 1,
                            .mean = { 0.5, 0.5, 0.5 },
                            .std = { 0.25, 0.25, 0.25 },
                            .fit = SAL_FIT_STRETCH };
  g_autoptr (GError) error = NULL;
  SalPreparation *preparation = sal_preparation_new (&format, NULL, &error);

  g_assert_no_error (error);
  return preparation;
}

SalModel *
net_pictures (guint64 seed, int size, gint64 channels)
{
  g_autoptr (SalPreparation) preparation = net_preparation (size, size);
  gint64 quarter = size / 4;
  Net net;
  int y = net_start (&net, seed, &SAL_SHAPE (1, 3, size, size));

  y = net_conv (&net, y, 3, channels, 3, TRUE);
  y = net_relu (&net, y);
  y = net_pool (&net, "MaxPool", y);
  y = net_conv (&net, y, channels, channels, 3, TRUE);
  y = net_op (&net, "Sigmoid", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_pool (&net, "AveragePool", y);
  y = net_op (&net, "Flatten", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_dense (&net, y, channels * quarter * quarter, 12, TRUE);
  y = net_relu (&net, y);
  y = net_dense (&net, y, 12, 4, TRUE);
  return net_finish (&net, y, preparation);
}

SalModel *
net_vectors (guint64 seed, gint64 n)
{
  Net net;
  int y = net_start (&net, seed, &SAL_SHAPE (1, n));

  y = net_dense (&net, y, n, 9, TRUE);
  y = net_op (&net, "Tanh", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_dense (&net, y, 9, 7, TRUE);
  y = net_relu (&net, y);
  y = net_dense (&net, y, 7, 3, TRUE);
  return net_finish (&net, y, NULL);
}

SalTensor *
net_input (const SalModel *model, guint64 seed, float scale)
{
  SalTensor *input = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  float *x = sal_tensor_edit (input);

  sal_random_normals (seed, 0, x, sal_tensor_count (input));
  for (gint64 i = 0; i < sal_tensor_count (input); i++)
    x[i] *= scale;
  return input;
}

void
net_set (SalSettings *settings, const SalParam *params, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  const SalParam *param = sal_param_find (params, key);

  g_assert_nonnull (param);
  sal_settings_parse (settings, param, value, &error);
  g_assert_no_error (error);
}

SalSettings *
net_settings (const char *method, const char *words)
{
  SalSettings *settings = sal_settings_new ();
  g_auto (GStrv) list = g_strsplit (words, " ", -1);

  for (char **word = list; *word != NULL && **word != '\0'; word++) {
    g_auto (GStrv) pair = g_strsplit (*word, "=", 2);
    const SalParam *params = sal_method_find (method)->params;

    net_set (settings, sal_param_find (params, pair[0]) != NULL ? params : sal_smooth_params (),
             pair[0], pair[1]);
  }
  return settings;
}

SalAttribution *
net_explain_query (const SalQuery *query)
{
  g_autoptr (GError) error = NULL;
  SalAttribution *attribution;

  g_assert_nonnull (query->method);
  attribution = sal_explain (query, NULL, &error);
  g_assert_no_error (error);
  return attribution;
}

SalAttribution *
net_explain (SalModel *model, const char *method, const char *words, SalTensor *input,
             SalTensor *baseline, int target)
{
  g_autoptr (SalSettings) settings = net_settings (method, words);
  SalQuery query = { .model = model,
                     .method = sal_method_find (method),
                     .settings = settings,
                     .target = { target, -1, SAL_OUTPUT_LOGIT },
                     .input = input,
                     .baseline = baseline,
                     .threads = 2 };

  return net_explain_query (&query);
}
