/* bench-kernels [OPTION]... [NETWORK]...: how fast each layer's convolution is, forward and
 * backward, counted in multiplications and additions of the direct sum whatever method computes it,
 * beside what BLAS's matrix product reaches in the same run; then products of few
 * rows, pooling and changes of layout. */
#include "engine/base/block.h"
#include "engine/base/random.h"
#include "engine/kernels/conv.h"
#include "engine/kernels/cpu.h"
#include "engine/kernels/layout.h"
#include "engine/kernels/pool.h"
#include "engine/kernels/thin.h"
#include "engine/tensor/blas.h"

#include <string.h>

typedef struct {
  const char *network;
  int times; /* how many such layers the network has */
  int size, C, K, filter, stride;
  gboolean depthwise;
} Layer;

static const Layer layers[] = {
  { "resnet-18", 1, 224, 3, 64, 7, 2 },
  { "resnet-18", 4, 56, 64, 64, 3, 1 },
  { "resnet-18", 1, 56, 64, 128, 3, 2 },
  { "resnet-18", 1, 56, 64, 128, 1, 2 },
  { "resnet-18", 3, 28, 128, 128, 3, 1 },
  { "resnet-18", 1, 28, 128, 256, 3, 2 },
  { "resnet-18", 1, 28, 128, 256, 1, 2 },
  { "resnet-18", 3, 14, 256, 256, 3, 1 },
  { "resnet-18", 1, 14, 256, 512, 3, 2 },
  { "resnet-18", 1, 14, 256, 512, 1, 2 },
  { "resnet-18", 3, 7, 512, 512, 3, 1 },
  { "vgg-16", 1, 224, 3, 64, 3, 1 },
  { "vgg-16", 1, 224, 64, 64, 3, 1 },
  { "vgg-16", 1, 112, 64, 128, 3, 1 },
  { "vgg-16", 1, 112, 128, 128, 3, 1 },
  { "vgg-16", 1, 56, 128, 256, 3, 1 },
  { "vgg-16", 2, 56, 256, 256, 3, 1 },
  { "vgg-16", 1, 28, 256, 512, 3, 1 },
  { "vgg-16", 2, 28, 512, 512, 3, 1 },
  { "vgg-16", 3, 14, 512, 512, 3, 1 },
  { "squeezenet", 1, 224, 3, 64, 3, 2 },
  { "squeezenet", 1, 55, 64, 16, 1, 1 },
  { "squeezenet", 2, 55, 16, 64, 1, 1 },
  { "squeezenet", 2, 55, 16, 64, 3, 1 },
  { "squeezenet", 1, 55, 128, 16, 1, 1 },
  { "squeezenet", 1, 27, 128, 32, 1, 1 },
  { "squeezenet", 2, 27, 32, 128, 1, 1 },
  { "squeezenet", 2, 27, 32, 128, 3, 1 },
  { "squeezenet", 1, 27, 256, 32, 1, 1 },
  { "squeezenet", 1, 13, 256, 48, 1, 1 },
  { "squeezenet", 2, 13, 48, 192, 1, 1 },
  { "squeezenet", 2, 13, 48, 192, 3, 1 },
  { "squeezenet", 1, 13, 384, 64, 1, 1 },
  { "squeezenet", 2, 13, 64, 256, 1, 1 },
  { "squeezenet", 2, 13, 64, 256, 3, 1 },
  { "squeezenet", 1, 13, 512, 1000, 1, 1 },
  { "mobilenet-v2", 1, 224, 3, 32, 3, 2 },
  { "mobilenet-v2", 1, 112, 32, 32, 3, 1, TRUE },
  { "mobilenet-v2", 1, 112, 32, 16, 1, 1 },
  { "mobilenet-v2", 1, 112, 16, 96, 1, 1 },
  { "mobilenet-v2", 1, 112, 96, 96, 3, 2, TRUE },
  { "mobilenet-v2", 1, 56, 96, 24, 1, 1 },
  { "mobilenet-v2", 2, 56, 24, 144, 1, 1 },
  { "mobilenet-v2", 1, 56, 144, 144, 3, 1, TRUE },
  { "mobilenet-v2", 1, 56, 144, 24, 1, 1 },
  { "mobilenet-v2", 1, 56, 144, 144, 3, 2, TRUE },
  { "mobilenet-v2", 1, 28, 144, 32, 1, 1 },
  { "mobilenet-v2", 3, 28, 32, 192, 1, 1 },
  { "mobilenet-v2", 2, 28, 192, 192, 3, 1, TRUE },
  { "mobilenet-v2", 2, 28, 192, 32, 1, 1 },
  { "mobilenet-v2", 1, 28, 192, 192, 3, 2, TRUE },
  { "mobilenet-v2", 1, 14, 192, 64, 1, 1 },
  { "mobilenet-v2", 4, 14, 64, 384, 1, 1 },
  { "mobilenet-v2", 4, 14, 384, 384, 3, 1, TRUE },
  { "mobilenet-v2", 3, 14, 384, 64, 1, 1 },
  { "mobilenet-v2", 1, 14, 384, 96, 1, 1 },
  { "mobilenet-v2", 3, 14, 96, 576, 1, 1 },
  { "mobilenet-v2", 2, 14, 576, 576, 3, 1, TRUE },
  { "mobilenet-v2", 2, 14, 576, 96, 1, 1 },
  { "mobilenet-v2", 1, 14, 576, 576, 3, 2, TRUE },
  { "mobilenet-v2", 1, 7, 576, 160, 1, 1 },
  { "mobilenet-v2", 3, 7, 160, 960, 1, 1 },
  { "mobilenet-v2", 3, 7, 960, 960, 3, 1, TRUE },
  { "mobilenet-v2", 2, 7, 960, 160, 1, 1 },
  { "mobilenet-v2", 1, 7, 960, 320, 1, 1 },
  { "mobilenet-v2", 1, 7, 320, 1280, 1, 1 },
  { "resnet-50", 1, 224, 3, 64, 7, 2 },
  { "resnet-50", 1, 56, 64, 64, 1, 1 },
  { "resnet-50", 3, 56, 64, 64, 3, 1 },
  { "resnet-50", 4, 56, 64, 256, 1, 1 },
  { "resnet-50", 2, 56, 256, 64, 1, 1 },
  { "resnet-50", 1, 56, 256, 128, 1, 1 },
  { "resnet-50", 1, 56, 128, 128, 3, 2 },
  { "resnet-50", 1, 56, 256, 512, 1, 2 },
  { "resnet-50", 4, 28, 128, 512, 1, 1 },
  { "resnet-50", 3, 28, 512, 128, 1, 1 },
  { "resnet-50", 3, 28, 128, 128, 3, 1 },
  { "resnet-50", 1, 28, 512, 256, 1, 1 },
  { "resnet-50", 1, 28, 256, 256, 3, 2 },
  { "resnet-50", 1, 28, 512, 1024, 1, 2 },
  { "resnet-50", 6, 14, 256, 1024, 1, 1 },
  { "resnet-50", 5, 14, 1024, 256, 1, 1 },
  { "resnet-50", 5, 14, 256, 256, 3, 1 },
  { "resnet-50", 1, 14, 1024, 512, 1, 1 },
  { "resnet-50", 1, 14, 512, 512, 3, 2 },
  { "resnet-50", 1, 14, 1024, 2048, 1, 2 },
  { "resnet-50", 3, 7, 512, 2048, 1, 1 },
  { "resnet-50", 2, 7, 2048, 512, 1, 1 },
  { "resnet-50", 2, 7, 512, 512, 3, 1 },
};

static const char *const method_names[SAL_CONV_METHODS] = {
  [SAL_CONV_DIRECT] = "direct",     [SAL_CONV_WINOGRAD_2] = "F(2x2)",
  [SAL_CONV_WINOGRAD_4] = "F(4x4)", [SAL_CONV_DEPTHWISE] = "depthwise",
  [SAL_CONV_IMAGE] = "image",
};

static int batch = 1, only_size = 0;
static double seconds = 0.05;
static gboolean exact;
static char *only_method, *level_name;

static const GOptionEntry options[] = {
  { "batch", 'b', 0, G_OPTION_ARG_INT, &batch, "Pictures at once", "N" },
  { "seconds", 's', 0, G_OPTION_ARG_DOUBLE, &seconds, "Time to spend on each figure", "S" },
  { "exact", 'e', 0, G_OPTION_ARG_NONE, &exact, "No Winograd", NULL },
  { "method", 'm', 0, G_OPTION_ARG_STRING, &only_method, "Use METHOD wherever it fits", "METHOD" },
  { "size", 0, 0, G_OPTION_ARG_INT, &only_size, "Only layers of this height", "H" },
  { "cpu-features", 'c', 0, G_OPTION_ARG_STRING, &level_name, "Use no more than LEVEL", "LEVEL" },
  { NULL },
};

static gpointer
memory (gsize bytes)
{
  gpointer p = g_aligned_alloc (MAX (bytes, 1), 1, 64);

  memset (p, 0x55, bytes);
  return p;
}

/* The least time of a call, in seconds; of one thread, time that others had the processor for does
 * not count. */
static double
measure (void (*call) (gpointer), gpointer data, gboolean alone)
{
  gint64 end = g_get_monotonic_time () + (gint64) (seconds * 1e6);
  clockid_t id = alone ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
  double best = INFINITY;
  int n = 0;

  do {
    struct timespec from, to;

    clock_gettime (id, &from);
    call (data);
    clock_gettime (id, &to);
    best = MIN (best, to.tv_sec - from.tv_sec + 1e-9 * (to.tv_nsec - from.tv_nsec));
  } while (++n < 3 || g_get_monotonic_time () < end);
  return best;
}

typedef struct {
  const SalConvWeights *weights;
  SalConvDims dims;
  SalConvArgs args;
} Call;

static void
conv_call (gpointer data)
{
  const Call *c = data;

  sal_conv_run (c->weights, &c->dims, &c->args);
}

static SalConvMethod
choose (const SalConvDims *d, SalConvDirection direction)
{
  for (SalConvMethod m = 0; only_method != NULL && m < SAL_CONV_METHODS; m++)
    if (strcmp (only_method, method_names[m]) == 0 && sal_conv_fits (d, direction, m))
      return m;
  return sal_conv_choose (d, direction, exact);
}

/* Returns: seconds, with gates as a network's layers have them */
static double
time_conv (const Layer *layer, SalConvDirection direction, SalTeam *team, SalConvMethod *method)
{
  int pad = layer->filter / 2, out = (layer->size + 2 * pad - layer->filter) / layer->stride + 1;
  SalConvDims d = {
    .N = batch,
    .H = layer->size,
    .W = layer->size,
    .C = layer->C,
    .K = layer->K,
    .Ho = out,
    .Wo = out,
    .R = layer->filter,
    .S = layer->filter,
    .stride = { layer->stride, layer->stride },
    .dilation = { 1, 1 },
    .before = { pad, pad },
    .groups = layer->depthwise ? layer->C : 1,
  };
  gboolean forward = direction == SAL_CONV_FORWARD;
  gint64 n_w = (gint64) d.K * d.C / d.groups * d.R * d.S;
  int from = forward ? d.C : d.K, to = forward ? d.K : d.C;
  gint64 n_x = (gint64) batch * (forward ? d.H * d.W : d.Ho * d.Wo) * from;
  gint64 pixels = (gint64) batch * (forward ? d.Ho * d.Wo : d.H * d.W);
  g_autofree float *w = g_new (float, n_w);
  g_autoptr (SalConvWeights) weights = NULL;
  Call call = { .dims = d };
  SalConvArgs *a = &call.args;
  float *x = memory (n_x * sizeof *x), *bias = memory (to * sizeof *bias);
  guint8 *gates = memory (pixels * ((to + 7) / 8));
  double time;

  *method = choose (&d, direction);
  sal_random_normals (1, 1, w, n_w);
  sal_random_normals (1, 2, x, n_x);
  weights = sal_conv_weights_new (&d, direction, *method, w);
  call.weights = weights;
  a->x = x;
  a->x_step = from;
  a->y = memory (pixels * to * sizeof (float));
  a->y_step = to;
  a->low = forward ? 0 : -INFINITY;
  a->high = INFINITY;
  if (forward) {
    a->bias = bias;
    a->gate_out = gates;
    a->gate_out_step = (to + 7) / 8;
  } else if (layer->C > 3) {
    a->gate_in = gates;
    a->gate_in_step = (to + 7) / 8;
  }
  a->scratch = memory (sal_conv_scratch_bytes (weights, &d, sal_team_size (team)));
  a->team = team;
  time = measure (conv_call, &call, team == NULL);
  g_aligned_free (x);
  g_aligned_free (bias);
  g_aligned_free (gates);
  g_aligned_free (a->y);
  g_aligned_free (a->scratch);
  return time;
}

typedef struct {
  int n;
  float *a, *b, *c;
} Product;

static void
product_call (gpointer data)
{
  const Product *p = data;

  sal_gemm (FALSE, FALSE, p->n, p->n, p->n, 1, p->a, p->n, p->b, p->n, 0, p->c, p->n);
}

/* Returns: GFLOP/s of one thread */
static double
product_rate (void)
{
  gsize bytes = 1024 * 1024 * sizeof (float);
  Product p = { 1024, memory (bytes), memory (bytes), memory (bytes) };
  double rate;

  rate = 2e-9 * p.n * p.n * p.n / measure (product_call, &p, TRUE);
  g_aligned_free (p.a);
  g_aligned_free (p.b);
  g_aligned_free (p.c);
  return rate;
}

/* Rows, J and K of matrix products: VGG-16's. */
static const int products[][3] = {
  { 1, 4096, 25088 },
  { 5, 4096, 25088 },
  { 10, 4096, 25088 },
  { 5, 4096, 4096 },
};

typedef struct {
  const int *product;
  const float *x, *w;
  float *y;
  SalTeam *team;
} ThinCall;

static void
dot_call (gpointer data)
{
  const ThinCall *c = data;
  const int *p = c->product;

  sal_thin_dot (c->x, p[0], c->w, p[1], p[2], 1, c->y, c->team);
}

static void
sum_call (gpointer data)
{
  const ThinCall *c = data;
  const int *p = c->product;

  sal_thin_sum (c->x, p[0], c->w, p[1], p[2], 1, c->y, c->team);
}

static void
print_thin (const int *p, SalTeam *team)
{
  gsize bytes = (gsize) p[0] * MAX (p[1], p[2]) * sizeof (float);
  float *x = memory (bytes), *w = sal_block_new0 ((gsize) p[1] * p[2] * sizeof *w);
  ThinCall c = { .product = p, .x = x, .w = w, .y = memory (bytes) };

  for (gsize i = 0; i < bytes / sizeof *x; i++)
    x[i] = 1;
  g_print ("product %d × %d × %d:", p[0], p[1], p[2]);
  for (int i = 0; i < 4; i++) {
    double time;

    c.team = i % 2 == 1 ? team : NULL;
    time = measure (i < 2 ? dot_call : sum_call, &c, i % 2 == 0);
    g_print (" %s %.0f GFLOP/s, %.1f GB/s%s",
             i == 0   ? "along"
             : i == 2 ? "across"
                      : "|",
             2e-9 * p[0] * p[1] * p[2] / time, 4e-9 * p[1] * p[2] / time, i < 3 ? "" : "\n");
  }
  g_aligned_free (x);
  sal_block_free (w);
  g_aligned_free (c.y);
}

/* 112² × 64, what ResNet's first pool takes. */
typedef struct {
  SalPoolDims dims;
  float *x, *y, *gx;
  guint8 *arg;
  gpointer scratch;
  SalTeam *team;
} PictureCall;

static void
pool_call (gpointer data)
{
  const PictureCall *c = data;

  sal_pool_forward (&c->dims, c->x, c->dims.C, c->y, c->dims.C, c->arg, c->scratch, c->team);
}

static void
unpool_call (gpointer data)
{
  const PictureCall *c = data;
  SalPoolBack args = { .gy = c->y, .gy_step = c->dims.C, .gx = c->gx, .gx_step = c->dims.C };

  args.arg = c->arg;
  args.scratch = c->scratch;
  args.team = c->team;
  sal_pool_backward (&c->dims, &args);
}

static void
last_call (gpointer data)
{
  const PictureCall *c = data;

  sal_layout_to_last (c->x, 1, c->dims.C, c->dims.H * c->dims.W, c->gx, c->dims.C, FALSE, c->team);
}

static void
first_call (gpointer data)
{
  const PictureCall *c = data;

  sal_layout_to_first (c->x, c->dims.C, 1, c->dims.C, c->dims.H * c->dims.W, c->gx, FALSE, c->team);
}

static void
print_pictures (SalTeam *team)
{
  static const struct {
    const char *name;
    void (*call) (gpointer);
  } calls[] = {
    { "3² /2 maximum", pool_call },
    { "backward", unpool_call },
    { "to channels-last", last_call },
    { "to channels-first", first_call },
  };
  PictureCall c = { .team = team };
  gsize bytes = 112 * 112 * 64 * sizeof (float);

  c.dims = (SalPoolDims){ SAL_POOL_MAX, 1,        112,      112,     64, 56, 56, 3, 3,
                          { 2, 2 },     { 1, 1 }, { 1, 1 }, { 1, 1 } };
  c.x = memory (bytes);
  c.y = memory (bytes / 4);
  c.gx = memory (bytes);
  c.arg = memory (56 * 56 * 64);
  c.scratch = memory (sal_pool_scratch_bytes (&c.dims, 2));
  g_print ("112² × 64, %d threads:", sal_team_size (team));
  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    g_print (" %s %.3f ms%s", calls[i].name, measure (calls[i].call, &c, team == NULL) * 1e3,
             i + 1 < G_N_ELEMENTS (calls) ? "," : "\n");
  g_aligned_free (c.x);
  g_aligned_free (c.y);
  g_aligned_free (c.gx);
  g_aligned_free (c.arg);
  g_aligned_free (c.scratch);
}

static gboolean
wanted (const Layer *layer, char **networks)
{
  if (only_size != 0 && layer->size != only_size)
    return FALSE;
  return *networks == NULL || g_strv_contains ((const char *const *) networks, layer->network);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("[NETWORK]...");
  g_autoptr (SalTeam) team = sal_team_new (2);
  g_autoptr (GError) error = NULL;
  double flops = 0, sum[4] = { 0 };
  SalCpuLevel level = sal_cpu_level_max ();

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (level_name != NULL && !sal_cpu_level_parse (level_name, &level))
    g_error ("no level is called %s", level_name);
  sal_cpu_level_set (level);
  g_print ("%s, batch %d; matrix product of 1024, one thread: %.0f GFLOP/s\n",
           sal_cpu_level_name (sal_cpu_level_get ()), batch, product_rate ());
  g_print ("%-13s %-21s %2s | forward 1, 2 threads | backward 1, 2 threads, GFLOP/s (ms)\n",
           "network", "layer", "");
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++) {
    const Layer *l = &layers[i];
    int out = (l->size - 1) / l->stride + 1;
    double work = 2e-9 * batch * out * out * l->C * l->K * l->filter * l->filter;

    if (!wanted (l, argv + 1))
      continue;
    if (l->depthwise)
      work /= l->C;
    g_print ("%-13s %3d² %4d→%-4d %2d² /%d %s", l->network, l->size, l->C, l->K, l->filter,
             l->stride, l->depthwise ? "dw" : "  ");
    for (int j = 0; j < 4; j++) {
      SalConvMethod method;
      double time = time_conv (l, j / 2, j % 2 == 1 ? team : NULL, &method);

      if (j % 2 == 0)
        g_print (" | %-8s", method_names[method]);
      g_print (" %5.0f (%6.3f)", work / time, time * 1e3);
      sum[j] += time * l->times;
    }
    flops += work * l->times;
    g_print ("\n");
    if (i + 1 == G_N_ELEMENTS (layers) || strcmp (layers[i + 1].network, l->network) != 0) {
      g_print ("%-13s per picture: forward %.2f, %.2f ms; backward %.2f, %.2f ms; "
               "%.0f, %.0f GFLOP/s\n",
               l->network, sum[0] * 1e3 / batch, sum[1] * 1e3 / batch, sum[2] * 1e3 / batch,
               sum[3] * 1e3 / batch, 2 * flops / (sum[0] + sum[2]), 2 * flops / (sum[1] + sum[3]));
      memset (sum, 0, sizeof sum);
      flops = 0;
    }
  }
  if (argc > 1 || only_size != 0)
    return 0;
  for (guint i = 0; i < G_N_ELEMENTS (products); i++)
    print_thin (products[i], team);
  print_pictures (NULL);
  print_pictures (team);
  return 0;
}
