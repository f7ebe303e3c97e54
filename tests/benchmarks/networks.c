#include "tests/benchmarks/networks.h"

#include "engine/base/random.h"
#include "tests/benchmarks/reference.h"

#include <math.h>
#include <string.h>

/* A network being made. */
typedef struct {
  Network *network;
  gint64 thinner;
} Builder;

static int
add (Builder *b, const char *op_type, Layer layer)
{
  GArray *layers = b->network->layers;

  layer.name = g_strdup_printf ("%s%u", op_type, layers->len);
  g_array_append_val (layers, layer);
  return (int) layers->len - 1;
}

/* A layer of the shape of @x. */
static Layer
like (const Builder *b, LayerKind kind, int x)
{
  const Layer *from = network_layer (b->network, x);

  return (Layer){ .kind = kind,
                  .x = { x },
                  .n_x = 1,
                  .channels = from->channels,
                  .height = from->height,
                  .width = from->width };
}

/* Normal draws times @scale plus @offset. */
static float *
draw (const Builder *b, int which, gint64 n, double scale, double offset)
{
  float *w = g_new (float, n);

  sal_random_normals (b->network->seed, 4 * (guint64) b->network->layers->len + which, w, n);
  for (gint64 i = 0; i < n; i++)
    w[i] = (float) (w[i] * scale + offset);
  return w;
}

static int
input (Builder *b, gint64 size)
{
  return add (b, "x", (Layer){ .kind = LAYER_INPUT, .channels = 3, .height = size, .width = size });
}

static int
conv_full (Builder *b, int x, gint64 channels, gint64 kernel, gint64 stride, gint64 pad,
           gint64 group, gboolean bias)
{
  gint64 from = network_layer (b->network, x)->channels;
  gint64 fan_in = from / group * kernel * kernel;
  Layer layer = like (b, LAYER_CONV, x);

  layer.channels = channels;
  layer.kernel = kernel;
  layer.stride = stride;
  layer.pad = pad;
  layer.group = group;
  layer.height = (layer.height + 2 * pad - kernel) / stride + 1;
  layer.width = (layer.width + 2 * pad - kernel) / stride + 1;
  layer.weight = draw (b, 0, channels * fan_in, sqrt (2.0 / (double) fan_in), 0);
  if (bias)
    layer.bias = draw (b, 1, channels, 0.1, 0);
  return add (b, "conv", layer);
}

/* Padded so that stride 1 keeps the size. */
static int
conv (Builder *b, int x, gint64 channels, gint64 kernel, gint64 stride, gboolean bias)
{
  return conv_full (b, x, channels, kernel, stride, kernel / 2, 1, bias);
}

/* The scale of a BatchNorm; and of one at the end of a branch that is added to its own input, as
 * training leaves it: with branches as loud as what they are added to, deep networks blow up every
 * rounding on the way. */
#define USUAL_SCALE 1.0
#define BRANCH_SCALE 0.25

static int
batch_norm (Builder *b, int x, double scale)
{
  Layer layer = like (b, LAYER_BATCH_NORM, x);

  layer.weight = draw (b, 0, layer.channels, 0.15 * scale, scale);
  layer.bias = draw (b, 1, layer.channels, 0.15, 0);
  /* What calibrate() is to spoil the statistics with. */
  layer.mean = draw (b, 2, layer.channels, 0.15, 0);
  layer.variance = draw (b, 3, layer.channels, 0.15, 0);
  return add (b, "norm", layer);
}

static int
relu (Builder *b, int x)
{
  return add (b, "relu", like (b, LAYER_RELU, x));
}

static int
clip (Builder *b, int x)
{
  return add (b, "clip", like (b, LAYER_CLIP, x));
}

static int
max_pool (Builder *b, int x, gint64 kernel, gint64 pad, gboolean ceil)
{
  Layer layer = like (b, LAYER_MAX_POOL, x);
  gint64 round = ceil ? 1 : 0;

  layer.kernel = kernel;
  layer.stride = 2;
  layer.pad = pad;
  layer.ceil = ceil;
  layer.height = (layer.height + 2 * pad - kernel + round) / 2 + 1;
  layer.width = (layer.width + 2 * pad - kernel + round) / 2 + 1;
  return add (b, "pool", layer);
}

static int
add_two (Builder *b, int x0, int x1)
{
  Layer layer = like (b, LAYER_ADD, x0);

  layer.x[1] = x1;
  layer.n_x = 2;
  return add (b, "add", layer);
}

static int
concat (Builder *b, int x0, int x1)
{
  Layer layer = like (b, LAYER_CONCAT, x0);

  layer.x[1] = x1;
  layer.n_x = 2;
  layer.channels += network_layer (b->network, x1)->channels;
  return add (b, "concat", layer);
}

static int
average (Builder *b, int x)
{
  Layer layer = like (b, LAYER_MEAN, x);

  layer.height = layer.width = 1;
  return add (b, "mean", layer);
}

static int
flatten (Builder *b, int x)
{
  Layer layer = like (b, LAYER_FLATTEN, x);

  layer.channels *= layer.height * layer.width;
  layer.height = layer.width = 1;
  return add (b, "flat", layer);
}

static int
dense (Builder *b, int x, gint64 channels)
{
  Layer layer = like (b, LAYER_DENSE, x);
  gint64 from = layer.channels;

  layer.channels = channels;
  layer.weight = draw (b, 0, channels * from, sqrt (2.0 / (double) from), 0);
  layer.bias = draw (b, 1, channels, 0.1, 0);
  return add (b, "dense", layer);
}

static void
vgg_16 (Builder *b, int x)
{
  static const gint64 stages[][2] = { { 64, 2 }, { 128, 2 }, { 256, 3 }, { 512, 3 }, { 512, 3 } };

  for (gsize s = 0; s < G_N_ELEMENTS (stages); s++) {
    for (gint64 i = 0; i < stages[s][1]; i++)
      x = relu (b, conv (b, x, stages[s][0] / b->thinner, 3, 1, TRUE));
    x = max_pool (b, x, 2, 0, FALSE);
  }
  x = flatten (b, x);
  x = relu (b, dense (b, x, 4096 / b->thinner));
  x = relu (b, dense (b, x, 4096 / b->thinner));
  dense (b, x, 1000 / b->thinner);
}

static int
norm_conv (Builder *b, int x, gint64 channels, gint64 kernel, gint64 stride, double scale)
{
  return batch_norm (b, conv (b, x, channels, kernel, stride, FALSE), scale);
}

/* @deep: 1×1, 3×3, 1×1 to four times the channels in place of two 3×3. */
static void
resnet (Builder *b, int x, const int blocks[4], gboolean deep)
{
  gint64 channels = 64 / b->thinner, from = channels;

  x = max_pool (b, relu (b, norm_conv (b, x, channels, 7, 2, USUAL_SCALE)), 3, 1, FALSE);
  for (int stage = 0; stage < 4; stage++, channels *= 2)
    for (int block = 0; block < blocks[stage]; block++) {
      gint64 stride = stage > 0 && block == 0 ? 2 : 1, to = deep ? 4 * channels : channels;
      int way = x, y;

      if (deep) {
        y = relu (b, norm_conv (b, x, channels, 1, 1, USUAL_SCALE));
        y = relu (b, norm_conv (b, y, channels, 3, stride, USUAL_SCALE));
        y = norm_conv (b, y, to, 1, 1, BRANCH_SCALE);
      } else {
        y = relu (b, norm_conv (b, x, channels, 3, stride, USUAL_SCALE));
        y = norm_conv (b, y, to, 3, 1, BRANCH_SCALE);
      }
      if (from != to || stride != 1)
        way = norm_conv (b, x, to, 1, stride, USUAL_SCALE);
      x = relu (b, add_two (b, y, way));
      from = to;
    }
  dense (b, flatten (b, average (b, x)), 1000 / b->thinner);
}

static void
resnet_18 (Builder *b, int x)
{
  resnet (b, x, (const int[]){ 2, 2, 2, 2 }, FALSE);
}

static void
resnet_50 (Builder *b, int x)
{
  resnet (b, x, (const int[]){ 3, 4, 6, 3 }, TRUE);
}

static int
fire (Builder *b, int x, gint64 squeeze, gint64 expand)
{
  x = relu (b, conv (b, x, squeeze / b->thinner, 1, 1, TRUE));
  return concat (b, relu (b, conv (b, x, expand / b->thinner, 1, 1, TRUE)),
                 relu (b, conv (b, x, expand / b->thinner, 3, 1, TRUE)));
}

static void
squeezenet (Builder *b, int x)
{
  x = relu (b, conv_full (b, x, 64 / b->thinner, 3, 2, 0, 1, TRUE));
  x = max_pool (b, x, 3, 0, TRUE);
  x = fire (b, fire (b, x, 16, 64), 16, 64);
  x = max_pool (b, x, 3, 0, TRUE);
  x = fire (b, fire (b, x, 32, 128), 32, 128);
  x = max_pool (b, x, 3, 0, TRUE);
  x = fire (b, fire (b, x, 48, 192), 48, 192);
  x = fire (b, fire (b, x, 64, 256), 64, 256);
  x = relu (b, conv (b, x, 1000 / b->thinner, 1, 1, TRUE));
  flatten (b, average (b, x));
}

static int
clipped_conv (Builder *b, int x, gint64 channels, gint64 kernel, gint64 stride, gint64 group)
{
  x = conv_full (b, x, channels, kernel, stride, kernel / 2, group, FALSE);
  return clip (b, batch_norm (b, x, USUAL_SCALE));
}

static void
mobilenet_v2 (Builder *b, int x)
{
  /* How many times wider a block is inside, its channels, how many of them, stride of the first. */
  static const gint64 stages[][4] = { { 1, 16, 1, 1 }, { 6, 24, 2, 2 }, { 6, 32, 3, 2 },
                                      { 6, 64, 4, 2 }, { 6, 96, 3, 1 }, { 6, 160, 3, 2 },
                                      { 6, 320, 1, 1 } };
  gint64 from = 32 / b->thinner;

  x = clipped_conv (b, x, from, 3, 2, 1);
  for (gsize s = 0; s < G_N_ELEMENTS (stages); s++)
    for (gint64 i = 0; i < stages[s][2]; i++) {
      gint64 to = stages[s][1] / b->thinner, wide = stages[s][0] * from;
      gint64 stride = i == 0 ? stages[s][3] : 1;
      gboolean added = stride == 1 && from == to;
      int y = wide != from ? clipped_conv (b, x, wide, 1, 1, 1) : x;

      y = clipped_conv (b, y, wide, 3, stride, wide);
      y = norm_conv (b, y, to, 1, 1, added ? BRANCH_SCALE : USUAL_SCALE);
      x = added ? add_two (b, x, y) : y;
      from = to;
    }
  x = clipped_conv (b, x, 1280 / b->thinner, 1, 1, 1);
  dense (b, flatten (b, average (b, x)), 1000 / b->thinner);
}

static const char *const names[] = { "vgg-16",         "resnet-18",    "resnet-50",
                                     "squeezenet-1.1", "mobilenet-v2", NULL };
static void (*const builders[]) (Builder *b, int x) = { vgg_16, resnet_18, resnet_50, squeezenet,
                                                        mobilenet_v2 };

const char *const *
network_names (void)
{
  return names;
}

/* Mean and variance of each channel before a BatchNorm, spoilt by the draws that are in their
 * place. Small maps say little about one channel, so half of its variance is that of all. */
static void
measure_norm (Layer *layer, const double *x)
{
  gint64 places = layer->height * layer->width;
  g_autofree double *mean = g_new0 (double, layer->channels);
  g_autofree double *variance = g_new0 (double, layer->channels);
  double all = 0;

  for (gint64 c = 0; c < layer->channels; c++) {
    for (gint64 i = 0; i < places; i++)
      mean[c] += x[c * places + i] / (double) places;
    for (gint64 i = 0; i < places; i++)
      variance[c] += pow (x[c * places + i] - mean[c], 2) / (double) places;
    all += variance[c] / (double) layer->channels;
  }
  for (gint64 c = 0; c < layer->channels; c++) {
    double v = (variance[c] + all) / 2;

    layer->mean[c] = (float) (mean[c] + layer->mean[c] * sqrt (v));
    layer->variance[c] = (float) (v * exp (layer->variance[c]));
  }
}

static void
calibrate (Network *network)
{
  const Layer *first = network_layer (network, 0);
  g_autofree float *x = g_new (float, layer_count (first));
  g_autoptr (Reference) reference = reference_new (network);

  sal_random_normals (network->seed, 0, x, layer_count (first));
  reference_feed (reference, x);
  for (int i = 1; i < network_n_layers (network); i++) {
    Layer *layer = &g_array_index (network->layers, Layer, i);

    if (layer->kind == LAYER_BATCH_NORM)
      measure_norm (layer, reference_value (reference, layer->x[0]));
    reference_forward_layer (reference, i, NULL);
  }
}

static void
layer_clear (gpointer data)
{
  Layer *layer = data;

  g_free (layer->name);
  g_free (layer->weight);
  g_free (layer->bias);
  g_free (layer->mean);
  g_free (layer->variance);
}

Network *
network_new (const char *name, gint64 size, gint64 thinner, guint64 seed)
{
  for (int i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name)) {
      Network *network = g_new0 (Network, 1);
      Builder builder = { network, thinner };

      network->name = names[i];
      network->seed = seed;
      network->layers = g_array_new (FALSE, FALSE, sizeof (Layer));
      g_array_set_clear_func (network->layers, layer_clear);
      builders[i](&builder, input (&builder, size));
      for (int j = 0; j < network_n_layers (network); j++)
        if (network_layer (network, j)->kind == LAYER_BATCH_NORM) {
          calibrate (network);
          break;
        }
      return network;
    }
  return NULL;
}

void
network_free (Network *network)
{
  if (network == NULL)
    return;
  g_array_unref (network->layers);
  g_free (network);
}

const Layer *
network_layer (const Network *network, int layer)
{
  return &g_array_index (network->layers, Layer, layer);
}

int
network_n_layers (const Network *network)
{
  return (int) network->layers->len;
}

gint64
layer_count (const Layer *layer)
{
  return layer->channels * layer->height * layer->width;
}
