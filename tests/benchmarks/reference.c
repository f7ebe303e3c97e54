#include "tests/benchmarks/reference.h"

#include <math.h>
#include <string.h>

struct _Reference {
  const Network *network;
  double **value;    /* by layer */
  double **gradient; /* likewise */
  gint64 **winner;   /* by layer: of max pools, the place that won; of gates, 1 where open */
};

Reference *
reference_new (const Network *network)
{
  Reference *self = g_new0 (Reference, 1);
  int n = network_n_layers (network);

  self->network = network;
  self->value = g_new0 (double *, n);
  self->gradient = g_new0 (double *, n);
  self->winner = g_new0 (gint64 *, n);
  return self;
}

void
reference_free (Reference *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < network_n_layers (self->network); i++) {
    g_free (self->value[i]);
    g_free (self->gradient[i]);
    g_free (self->winner[i]);
  }
  g_free (self->value);
  g_free (self->gradient);
  g_free (self->winner);
  g_free (self);
}

const double *
reference_value (const Reference *self, int layer)
{
  return self->value[layer];
}

const double *
reference_gradient (const Reference *self, int layer)
{
  return self->gradient[layer];
}

/* What a layer's loops need to know: its own shape, and the shape, value and gradient of what it
 * reads. */
typedef struct {
  const Layer *layer;
  const Layer *from;
  const double *x;
  double *gx;
  double *y;
  const double *gy;
} Loop;

/* The columns of the output whose input column for tap @j lies inside the picture. */
static void
columns (const Loop *loop, gint64 j, gint64 *first, gint64 *end)
{
  const Layer *l = loop->layer;
  gint64 shift = l->pad - j;

  *first = shift > 0 ? (shift + l->stride - 1) / l->stride : 0;
  *end = MIN (l->width, (loop->from->width - 1 + shift) / l->stride + 1);
}

static void
add_row (double w, const double *a, gint64 step_a, double *b, gint64 step_b, gint64 n)
{
  if (step_a == 1 && step_b == 1)
    for (gint64 i = 0; i < n; i++)
      b[i] += w * a[i];
  else
    for (gint64 i = 0; i < n; i++)
      b[i * step_b] += w * a[i * step_a];
}

/* Goes through the products of a convolution, a row of one channel pair and tap at a time: forward
 * adds weight times input to the output, backward weight times output's gradient to the input's. */
static void
convolve (const Loop *loop, gboolean backward)
{
  const Layer *l = loop->layer, *f = loop->from;
  gint64 k = l->kernel, s = l->stride, each = f->channels / l->group, to = l->channels / l->group;

  for (gint64 o = 0; o < l->channels; o++)
    for (gint64 c = 0; c < each; c++) {
      gint64 from = (o / to * each + c) * f->height * f->width, out = o * l->height * l->width;
      const float *w = l->weight + (o * each + c) * k * k;

      for (gint64 i = 0; i < k; i++)
        for (gint64 j = 0; j < k; j++) {
          gint64 first, end;

          columns (loop, j, &first, &end);
          for (gint64 row = 0; row < l->height; row++) {
            gint64 in_row = row * s + i - l->pad;
            gint64 at_x = from + in_row * f->width + first * s + j - l->pad;
            gint64 at_y = out + row * l->width + first;

            if (in_row < 0 || in_row >= f->height || first >= end)
              continue;
            if (backward)
              add_row (w[i * k + j], loop->gy + at_y, 1, loop->gx + at_x, s, end - first);
            else
              add_row (w[i * k + j], loop->x + at_x, s, loop->y + at_y, 1, end - first);
          }
        }
    }
}

static void
conv_forward (const Loop *loop)
{
  const Layer *l = loop->layer;
  gint64 places = l->height * l->width;

  for (gint64 i = 0; i < layer_count (l); i++)
    loop->y[i] = l->bias != NULL ? l->bias[i / places] : 0.0;
  convolve (loop, FALSE);
}

static double
norm_factor (const Layer *l, gint64 c)
{
  return l->weight[c] / sqrt (l->variance[c] + NETWORK_EPSILON);
}

static void
norm_forward (const Loop *loop)
{
  const Layer *l = loop->layer;
  gint64 places = l->height * l->width;

  for (gint64 i = 0; i < layer_count (l); i++) {
    gint64 c = i / places;

    loop->y[i] = (loop->x[i] - l->mean[c]) * norm_factor (l, c) + l->bias[c];
  }
}

static void
norm_backward (const Loop *loop)
{
  const Layer *l = loop->layer;
  gint64 places = l->height * l->width;

  for (gint64 i = 0; i < layer_count (l); i++)
    loop->gx[i] += loop->gy[i] * norm_factor (l, i / places);
}

/* @decided: what another program got for the output, or %NULL. Where its gate is open the value
 * goes through even if it is outside by a rounding; where it is shut, it is the bound it was
 * nearer to. */
static void
gate_forward (const Loop *loop, double high, const float *decided, gint64 *open)
{
  for (gint64 i = 0; i < layer_count (loop->layer); i++) {
    double x = loop->x[i], y = decided != NULL ? decided[i] : x;

    open[i] = y > 0 && y < high;
    loop->y[i] = open[i] ? x : y <= 0 ? 0 : high;
  }
}

static void
gate_backward (const Loop *loop, const gint64 *open)
{
  for (gint64 i = 0; i < layer_count (loop->layer); i++)
    loop->gx[i] += open[i] ? loop->gy[i] : 0;
}

static void
pool_forward (const Loop *loop, const float *decided, gint64 *winner)
{
  const Layer *l = loop->layer, *f = loop->from;

  for (gint64 c = 0, to = 0; c < l->channels; c++)
    for (gint64 y = 0; y < l->height; y++)
      for (gint64 x = 0; x < l->width; x++, to++) {
        gint64 top = MAX (y * l->stride - l->pad, 0), left = MAX (x * l->stride - l->pad, 0);
        gint64 bottom = MIN (y * l->stride - l->pad + l->kernel, f->height);
        gint64 right = MIN (x * l->stride - l->pad + l->kernel, f->width);
        gint64 best = (c * f->height + top) * f->width + left;

        for (gint64 v = top; v < bottom; v++)
          for (gint64 u = left; u < right; u++) {
            gint64 at = (c * f->height + v) * f->width + u;

            if (decided != NULL ? decided[at] > decided[best] : loop->x[at] > loop->x[best])
              best = at;
          }
        winner[to] = best;
        loop->y[to] = loop->x[best];
      }
}

static void
pool_backward (const Loop *loop, const gint64 *winner)
{
  for (gint64 i = 0; i < layer_count (loop->layer); i++)
    loop->gx[winner[i]] += loop->gy[i];
}

static void
mean_forward (const Loop *loop)
{
  gint64 places = loop->from->height * loop->from->width;

  for (gint64 c = 0; c < loop->layer->channels; c++) {
    loop->y[c] = 0;
    for (gint64 i = 0; i < places; i++)
      loop->y[c] += loop->x[c * places + i] / (double) places;
  }
}

static void
mean_backward (const Loop *loop)
{
  gint64 places = loop->from->height * loop->from->width;

  for (gint64 i = 0; i < layer_count (loop->from); i++)
    loop->gx[i] += loop->gy[i / places] / (double) places;
}

static void
dense_forward (const Loop *loop)
{
  const Layer *l = loop->layer;
  gint64 n = layer_count (loop->from);

  for (gint64 k = 0; k < l->channels; k++) {
    loop->y[k] = l->bias[k];
    for (gint64 i = 0; i < n; i++)
      loop->y[k] += l->weight[k * n + i] * loop->x[i];
  }
}

static void
dense_backward (const Loop *loop)
{
  const Layer *l = loop->layer;
  gint64 n = layer_count (loop->from);

  for (gint64 k = 0; k < l->channels; k++)
    for (gint64 i = 0; loop->gy[k] != 0 && i < n; i++)
      loop->gx[i] += l->weight[k * n + i] * loop->gy[k];
}

static Loop
make_loop (const Reference *self, int layer, int input)
{
  const Layer *l = network_layer (self->network, layer);
  int x = l->x[input];

  return (Loop){ .layer = l,
                 .from = network_layer (self->network, x),
                 .x = self->value[x],
                 .gx = self->gradient[x],
                 .y = self->value[layer],
                 .gy = self->gradient[layer] };
}

void
reference_feed (Reference *self, const float *x)
{
  gint64 n = layer_count (network_layer (self->network, 0));

  if (self->value[0] == NULL)
    self->value[0] = g_new (double, n);
  for (gint64 i = 0; i < n; i++)
    self->value[0][i] = x[i];
}

static const float *
decided_elsewhere (const ReferenceGates *gates, int layer)
{
  return gates != NULL ? gates->value (layer, gates->data) : NULL;
}

void
reference_forward_layer (Reference *self, int layer, const ReferenceGates *gates)
{
  gint64 n = layer_count (network_layer (self->network, layer));

  if (self->value[layer] == NULL)
    self->value[layer] = g_new (double, n);

  Loop loop = make_loop (self, layer, 0);
  const Layer *l = loop.layer;

  if ((l->kind == LAYER_RELU || l->kind == LAYER_CLIP || l->kind == LAYER_MAX_POOL) &&
      self->winner[layer] == NULL)
    self->winner[layer] = g_new (gint64, n);
  switch (l->kind) {
  case LAYER_INPUT:
    break;
  case LAYER_CONV:
    conv_forward (&loop);
    break;
  case LAYER_BATCH_NORM:
    norm_forward (&loop);
    break;
  case LAYER_RELU:
  case LAYER_CLIP:
    gate_forward (&loop, l->kind == LAYER_CLIP ? NETWORK_CLIP : INFINITY,
                  decided_elsewhere (gates, layer), self->winner[layer]);
    break;
  case LAYER_MAX_POOL:
    pool_forward (&loop, decided_elsewhere (gates, l->x[0]), self->winner[layer]);
    break;
  case LAYER_ADD:
    for (gint64 i = 0; i < n; i++)
      loop.y[i] = loop.x[i] + self->value[l->x[1]][i];
    break;
  case LAYER_CONCAT: {
    gint64 first = layer_count (loop.from);

    memcpy (loop.y, loop.x, first * sizeof (double));
    memcpy (loop.y + first, self->value[l->x[1]], (n - first) * sizeof (double));
    break;
  }
  case LAYER_MEAN:
    mean_forward (&loop);
    break;
  case LAYER_FLATTEN:
    memcpy (loop.y, loop.x, n * sizeof (double));
    break;
  case LAYER_DENSE:
    dense_forward (&loop);
    break;
  }
}

void
reference_forward (Reference *self, const ReferenceGates *gates)
{
  for (int i = 1; i < network_n_layers (self->network); i++)
    reference_forward_layer (self, i, gates);
}

static void
add_all (double *gx, const double *gy, gint64 n)
{
  for (gint64 i = 0; i < n; i++)
    gx[i] += gy[i];
}

static void
backward_layer (Reference *self, int layer)
{
  Loop loop = make_loop (self, layer, 0);
  const Layer *l = loop.layer;
  gint64 first = layer_count (loop.from);

  switch (l->kind) {
  case LAYER_INPUT:
    break;
  case LAYER_CONV:
    convolve (&loop, TRUE);
    break;
  case LAYER_BATCH_NORM:
    norm_backward (&loop);
    break;
  case LAYER_RELU:
  case LAYER_CLIP:
    gate_backward (&loop, self->winner[layer]);
    break;
  case LAYER_MAX_POOL:
    pool_backward (&loop, self->winner[layer]);
    break;
  case LAYER_ADD:
    add_all (loop.gx, loop.gy, first);
    add_all (self->gradient[l->x[1]], loop.gy, first);
    break;
  case LAYER_CONCAT:
    add_all (loop.gx, loop.gy, first);
    add_all (self->gradient[l->x[1]], loop.gy + first, layer_count (l) - first);
    break;
  case LAYER_MEAN:
    mean_backward (&loop);
    break;
  case LAYER_FLATTEN:
    add_all (loop.gx, loop.gy, first);
    break;
  case LAYER_DENSE:
    dense_backward (&loop);
    break;
  }
}

void
reference_backward (Reference *self, int class_index)
{
  int n = network_n_layers (self->network);

  for (int i = 0; i < n; i++) {
    g_free (self->gradient[i]);
    self->gradient[i] = g_new0 (double, layer_count (network_layer (self->network, i)));
  }
  self->gradient[n - 1][class_index] = 1;
  for (int i = n - 1; i > 0; i--)
    backward_layer (self, i);
}
