/* The shapes of well-known classifiers with weights drawn at random: what benchmarks and accuracy
 * tests run on. A network is a list of layers in order of computation; each stands for one ONNX
 * node and for its output, which both carry the layer's name.
 *
 * Architectures: Simonyan, Zisserman: Very Deep Convolutional Networks. 2014 (VGG-16); He, Zhang,
 * Ren, Sun: Deep Residual Learning. 2015 (ResNet-18, ResNet-50, the latter striding in its 3×3
 * convolutions); Iandola et al.: SqueezeNet. 2016 (version 1.1); Sandler et al.: MobileNetV2. 2018.
 */
#pragma once

#include <glib.h>

/** NETWORK_SEED: of the networks that are measured */
#define NETWORK_SEED 5

typedef enum {
  LAYER_INPUT,
  LAYER_CONV,
  LAYER_BATCH_NORM,
  LAYER_RELU,
  LAYER_CLIP, /* to 0 .. NETWORK_CLIP */
  LAYER_MAX_POOL,
  LAYER_ADD,
  LAYER_CONCAT, /* of channels */
  LAYER_MEAN,   /* over all places */
  LAYER_FLATTEN,
  LAYER_DENSE,
} LayerKind;

#define NETWORK_CLIP 6.0
#define NETWORK_EPSILON 1e-5

/**
 * Layer:
 * @x: layers that it reads, @n_x of them
 * @channels, @height, @width: of the output
 * @kernel, @stride, @pad, @group: of a convolution or a pooling; squares, padded alike on all sides
 * @ceil: whether a pooling rounds its size up
 * @weight: convolution: [channels, channels of x / group, kernel, kernel]; dense: [channels,
 *   elements of x]; BatchNorm: [channels], its scale
 * @bias: (nullable): [channels]
 * @mean, @variance: (nullable): [channels], of a BatchNorm
 */
typedef struct {
  LayerKind kind;
  char *name;
  int x[2];
  int n_x;
  gint64 channels, height, width;
  gint64 kernel, stride, pad, group;
  gboolean ceil;
  float *weight;
  float *bias;
  float *mean;
  float *variance;
} Layer;

typedef struct {
  const char *name;
  guint64 seed;
  GArray *layers; /* of Layer; 0 is the input, the last has the class scores */
} Network;

/** network_names: Returns: (transfer none): all there are, %NULL-terminated */
const char *const *network_names (void);

/**
 * network_new:
 * @name: one of network_names()
 * @size: pixels along a side of the picture; at least 64, a multiple of 32
 * @thinner: every layer has so many times fewer channels than the original, and there are so many
 *   times fewer classes; a power of two up to 8
 * @seed: of the weights
 *
 * Weights are normal draws with He's deviation. The statistics of a BatchNorm are measured on a
 * picture of noise and then spoilt at random, so that no activation grows or dies away and no
 * BatchNorm is an identity.
 *
 * Returns: (transfer full): or %NULL if there is no network of that name
 */
Network *network_new (const char *name, gint64 size, gint64 thinner, guint64 seed);
void network_free (Network *network);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Network, network_free)

/** network_layer: Returns: (transfer none) */
const Layer *network_layer (const Network *network, int layer);
/** network_n_layers: Returns: their number; the last one is the output */
int network_n_layers (const Network *network);
/** layer_count: Returns: elements of its output */
gint64 layer_count (const Layer *layer);

/**
 * network_save:
 *
 * Writes the network as an ONNX file with an open batch axis.
 *
 * Returns: %FALSE and a G_FILE_ERROR
 */
gboolean network_save (const Network *network, const char *path, GError **error);
/** network_to_bytes: Returns: (transfer full): the ONNX file as network_save() writes it */
GBytes *network_to_bytes (const Network *network);
