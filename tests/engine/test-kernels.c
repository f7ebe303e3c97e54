/* The packed kernels against plain loops in float64, on every level the processor has. */
#include "engine/kernels/conv.h"
#include "engine/kernels/cpu.h"

#include "engine/base/random.h"

#include <string.h>

#define PICTURES 3

static const char *const method_names[SAL_CONV_METHODS] = {
  [SAL_CONV_DIRECT] = "direct",     [SAL_CONV_WINOGRAD_2] = "F(2x2)",
  [SAL_CONV_WINOGRAD_4] = "F(4x4)", [SAL_CONV_DEPTHWISE] = "depthwise",
  [SAL_CONV_IMAGE] = "image",
};

typedef struct {
  const char *name;
  SalConvDims dims;
} Case;

#define SQUARE(size, c, k, filter, s, pad, g)                                                      \
  {                                                                                                \
    .N = PICTURES, .H = size, .W = size, .C = c, .K = k,                                           \
    .Ho = (size + 2 * (pad) - (filter)) / (s) + 1, .Wo = (size + 2 * (pad) - (filter)) / (s) + 1,  \
    .R = filter, .S = filter, .stride = { s, s }, .dilation = { 1, 1 }, .before = { pad, pad },    \
    .groups = g                                                                                    \
  }

/* In order: N, H, W, C; K, Ho, Wo; R, S; stride, dilation, before; groups. */
static const Case cases[] = {
  { "3x3", SQUARE (9, 16, 32, 3, 1, 1, 1) },
  { "3x3-wide", SQUARE (15, 32, 144, 3, 1, 1, 1) },
  { "3x3-odd-channels", SQUARE (10, 5, 7, 3, 1, 1, 1) },
  { "3x3-some-channels", SQUARE (7, 24, 40, 3, 1, 1, 1) },
  { "3x3-broad", SQUARE (17, 144, 128, 3, 1, 1, 1) },
  { "3x3-deep", SQUARE (6, 700, 20, 3, 1, 1, 1) },
  { "3x3-no-padding", SQUARE (8, 16, 16, 3, 1, 0, 1) },
  { "3x3-stride-2", SQUARE (11, 17, 33, 3, 2, 1, 1) },
  { "3x3-stride-2-even", SQUARE (14, 16, 64, 3, 2, 1, 1) },
  { "3x3-broad-stride-2", SQUARE (11, 80, 96, 3, 2, 1, 1) },
  { "3x3-two-pixels-of-padding", SQUARE (6, 16, 48, 3, 1, 2, 1) },
  { "3x3-many-tiles", SQUARE (45, 16, 16, 3, 1, 1, 1) },
  { "1x1", SQUARE (13, 24, 72, 1, 1, 0, 1) },
  { "1x1-broad", SQUARE (10, 300, 100, 1, 1, 0, 1) },
  { "1x1-one", SQUARE (1, 1, 1, 1, 1, 0, 1) },
  { "1x1-deep", SQUARE (4, 1300, 70, 1, 1, 0, 1) },
  { "1x1-stride-2", SQUARE (9, 20, 36, 1, 2, 0, 1) },
  { "1x1-stride-3-padded", SQUARE (9, 8, 8, 1, 3, 2, 1) },
  { "7x7-image", SQUARE (23, 3, 64, 7, 2, 3, 1) },
  { "3x3-image", SQUARE (16, 3, 20, 3, 1, 1, 1) },
  { "3x3-image-stride-2", SQUARE (17, 3, 32, 3, 2, 1, 1) },
  { "11x11-image-stride-4", SQUARE (35, 3, 24, 11, 4, 2, 1) },
  { "3x3-grey", SQUARE (12, 1, 9, 3, 1, 1, 1) },
  { "2x2-stride-2", SQUARE (8, 6, 10, 2, 2, 0, 1) },
  { "4x4-stride-4", SQUARE (13, 3, 30, 4, 4, 0, 1) },
  { "5x5", SQUARE (9, 8, 24, 5, 1, 2, 1) },
  { "3x3-groups", SQUARE (9, 32, 64, 3, 1, 1, 4) },
  { "3x3-broad-groups", SQUARE (6, 192, 144, 3, 1, 1, 2) },
  { "3x3-groups-odd", SQUARE (9, 12, 18, 3, 2, 1, 3) },
  { "3x3-groups-small", SQUARE (7, 32, 32, 3, 1, 1, 8) },
  { "3x3-multiplier-2", SQUARE (8, 6, 12, 3, 1, 1, 6) },
  { "3x3-depthwise", SQUARE (12, 32, 32, 3, 1, 1, 32) },
  { "3x3-depthwise-odd", SQUARE (9, 21, 21, 3, 1, 1, 21) },
  { "3x3-depthwise-stride-2", SQUARE (13, 48, 48, 3, 2, 1, 48) },
  { "3x3-depthwise-stride-2-even", SQUARE (12, 19, 19, 3, 2, 1, 19) },
  { "3x3-depthwise-tiny", SQUARE (1, 40, 40, 3, 1, 1, 40) },
  { "5x5-depthwise", SQUARE (9, 20, 20, 5, 1, 2, 20) },
  { "5x5-depthwise-stride-2", SQUARE (10, 36, 36, 5, 2, 2, 36) },
  { "uneven", { PICTURES, 11, 8, 9, 21, 7, 9, 3, 2, { 2, 1 }, { 2, 1 }, { 3, 1 }, 1 } },
  { "dilated", { PICTURES, 10, 12, 16, 16, 10, 12, 3, 3, { 1, 1 }, { 2, 2 }, { 2, 2 }, 1 } },
  { "dilated-stride-3", { PICTURES, 13, 14, 6, 10, 4, 5, 3, 3, { 3, 3 }, { 2, 3 }, { 1, 2 }, 2 } },
  { "depthwise-dilated",
    { PICTURES, 10, 9, 18, 18, 10, 9, 3, 3, { 1, 1 }, { 2, 2 }, { 2, 2 }, 18 } },
  { "depthwise-uneven",
    { PICTURES, 8, 11, 16, 16, 5, 12, 3, 3, { 2, 1 }, { 1, 1 }, { 2, 1 }, 16 } },
  { "cropped", { PICTURES, 9, 10, 16, 32, 5, 6, 3, 3, { 1, 1 }, { 1, 1 }, { -1, -1 }, 1 } },
  { "cropped-image", { PICTURES, 9, 10, 3, 8, 5, 6, 3, 3, { 1, 1 }, { 1, 1 }, { -1, -1 }, 1 } },
  { "cropped-depthwise",
    { PICTURES, 9, 10, 20, 20, 5, 6, 3, 3, { 1, 1 }, { 1, 1 }, { -1, -1 }, 20 } },
  { "beyond-the-end", { PICTURES, 5, 6, 16, 16, 8, 9, 3, 3, { 1, 1 }, { 1, 1 }, { 1, 1 }, 1 } },
};

/* One direction of one case: pictures in, pictures out. */
typedef struct {
  SalConvDims dims;
  SalConvDirection direction;
  int from, to; /* channels */
  int from_pixels, to_pixels;
  float *w, *x;
  double *y; /* the sums, in float64 */
} Problem;

static float *
draw (guint64 stream, gint64 n)
{
  float *x = g_new (float, n);

  sal_random_normals (7, stream, x, n);
  return x;
}

static void
problem_init (Problem *p, const SalConvDims *d, SalConvDirection direction)
{
  gboolean forward = direction == SAL_CONV_FORWARD;
  int c_group = d->C / d->groups, k_group = d->K / d->groups;

  p->dims = *d;
  p->direction = direction;
  p->from = forward ? d->C : d->K;
  p->to = forward ? d->K : d->C;
  p->from_pixels = forward ? d->H * d->W : d->Ho * d->Wo;
  p->to_pixels = forward ? d->Ho * d->Wo : d->H * d->W;
  p->w = draw (1, (gint64) d->K * c_group * d->R * d->S);
  p->x = draw (2, (gint64) d->N * p->from_pixels * p->from);
  p->y = g_new0 (double, (gint64) d->N * p->to_pixels * p->to);
  for (int n = 0; n < d->N; n++)
    for (int oy = 0; oy < d->Ho; oy++)
      for (int ox = 0; ox < d->Wo; ox++)
        for (int r = 0; r < d->R; r++)
          for (int s = 0; s < d->S; s++) {
            int iy = oy * d->stride[0] + r * d->dilation[0] - d->before[0];
            int ix = ox * d->stride[1] + s * d->dilation[1] - d->before[1];
            gint64 in = (((gint64) n * d->H + iy) * d->W + ix) * d->C;
            gint64 out = (((gint64) n * d->Ho + oy) * d->Wo + ox) * d->K;

            if (iy < 0 || iy >= d->H || ix < 0 || ix >= d->W)
              continue;
            for (int k = 0; k < d->K; k++)
              for (int c = 0; c < c_group; c++) {
                double w = p->w[(((gint64) k * c_group + c) * d->R + r) * d->S + s];
                gint64 i = in + k / k_group * c_group + c, o = out + k;

                if (forward)
                  p->y[o] += w * p->x[i];
                else
                  p->y[i] += w * p->x[o];
              }
          }
}

static void
problem_clear (Problem *p)
{
  g_free (p->w);
  g_free (p->x);
  g_free (p->y);
}

/* Pixels with @gap floats between them, and none behind the last. */
static gint64
spread_length (gint64 pixels, int channels, int gap)
{
  return pixels * (channels + gap) - gap;
}

static float *
spread (const float *x, gint64 pixels, int channels, int gap)
{
  float *to = g_new (float, spread_length (pixels, channels, gap));

  for (gint64 i = 0; i < spread_length (pixels, channels, gap); i++) {
    gint64 c = i % (channels + gap);

    to[i] = c < channels ? x[i / (channels + gap) * channels + c] : 1e9f;
  }
  return to;
}

/* What a call leaves behind. */
typedef struct {
  float *y;
  guint8 *gates;
  gint64 y_length, gates_length;
} Outcome;

static void
outcome_clear (Outcome *o)
{
  g_free (o->y);
  g_free (o->gates);
}

#define GAP_X 3
#define GAP_Y 5
#define GAP_ADD 2
#define GAP_GATES 1
#define LOW -0.5f
#define HIGH 2.f

typedef enum {
  PLAIN = 0,
  DECORATED = 1 << 0, /* gaps, bias, addend, clamp and gates */
  IN_PLACE = 1 << 1,  /* the addend is what y held */
} Flags;

static int
gate_bytes (int channels)
{
  return (channels + 7) / 8;
}

static gboolean
gate_at (const guint8 *gates, int step, gint64 pixel, int c)
{
  return gates[pixel * step + c / 8] >> c % 8 & 1;
}

/* @bias and @add are without gaps; @gates has no gap either. */
static Outcome
run (const Problem *p, const SalConvWeights *weights, int n, int threads, Flags flags,
     const float *x, const float *bias, const float *add, const guint8 *gates)
{
  g_autoptr (SalTeam) team = sal_team_new (threads);
  int gap_x = flags & DECORATED ? GAP_X : 0, gap_y = flags & DECORATED ? GAP_Y : 0;
  gint64 pixels = (gint64) n * p->to_pixels;
  g_autofree float *from = spread (x, (gint64) n * p->from_pixels, p->from, gap_x);
  g_autofree float *addend = spread (add, pixels, p->to, GAP_ADD);
  SalConvDims dims = p->dims;
  Outcome o = { .y_length = spread_length (pixels, p->to, gap_y) };
  SalConvArgs args = {
    .x = from,
    .x_step = p->from + gap_x,
    .y_step = p->to + gap_y,
    .low = -INFINITY,
    .high = INFINITY,
    .team = team,
  };
  gsize scratch;

  dims.N = n;
  scratch = sal_conv_scratch_bytes (weights, &dims, sal_team_size (team));
  args.scratch = g_aligned_alloc (MAX (scratch, 1), 1, 64);
  args.y = o.y = flags & IN_PLACE ? spread (add, pixels, p->to, gap_y) : g_new0 (float, o.y_length);
  if (flags & DECORATED) {
    o.gates_length = pixels * (gate_bytes (p->to) + GAP_GATES);
    args.gate_out = o.gates = g_new0 (guint8, o.gates_length);
    args.gate_out_step = gate_bytes (p->to) + GAP_GATES;
    args.gate_in = gates;
    args.gate_in_step = gate_bytes (p->to);
    args.bias = bias;
    args.add = addend;
    args.add_step = p->to + GAP_ADD;
    args.low = LOW;
    args.high = HIGH;
  }
  if (flags & IN_PLACE) {
    args.add = o.y;
    args.add_step = args.y_step;
  }
  sal_conv_run (weights, &dims, &args);
  g_aligned_free (args.scratch);
  return o;
}

/* The error of what was clamped, relative to the sums in the L2 norm; what lies in gaps; gates. */
static void
check (const Problem *p, const Outcome *o, Flags flags, const float *bias, const float *add,
       const guint8 *gates, double bound, const char *what)
{
  int gap = flags & DECORATED ? GAP_Y : 0, step = gate_bytes (p->to) + GAP_GATES;
  gint64 pixels = (gint64) p->dims.N * p->to_pixels;
  double scale = 0, error = 0, rms;

  for (gint64 i = 0; i < pixels * p->to; i++)
    scale += p->y[i] * p->y[i];
  rms = sqrt (scale / (pixels * p->to));
  for (gint64 i = 0; i < pixels; i++) {
    for (int c = 0; c < p->to + gap; c++) {
      gint64 at = i * (p->to + gap) + c;
      double expected;

      if (at >= o->y_length)
        break;
      if (c >= p->to) {
        g_assert_cmpfloat (o->y[at], ==, flags & IN_PLACE ? 1e9f : 0);
        continue;
      }
      expected = p->y[i * p->to + c];
      if (flags & (DECORATED | IN_PLACE))
        expected += add[i * p->to + c];
      if (flags & DECORATED) {
        gboolean open;

        expected += bias[c];
        open = expected > LOW && expected < HIGH;
        if (fabs (expected - LOW) > 1e-4 * rms && fabs (expected - HIGH) > 1e-4 * rms &&
            gate_at (o->gates, step, i, c) != open)
          g_error ("%s: gate of channel %d of pixel %d is wrong", what, c, (int) i);
        expected = CLAMP (expected, LOW, HIGH);
        if (!gate_at (gates, gate_bytes (p->to), i, c)) {
          expected = 0;
          g_assert_cmpfloat (o->y[at], ==, 0);
        }
      }
      error += (o->y[at] - expected) * (o->y[at] - expected);
    }
  }
  for (gint64 i = 0; i < o->gates_length; i++)
    if (i % step == step - GAP_GATES)
      g_assert_cmpint (o->gates[i], ==, 0);
  if (!(sqrt (error) <= bound * sqrt (scale)))
    g_error ("%s: relative error %.2g, bound %.2g", what, sqrt (error / scale), bound);
}

static void
check_same (const Outcome *a, const Outcome *b, const char *what, const char *than)
{
  if (memcmp (a->y, b->y, MIN (a->y_length, b->y_length) * sizeof (float)) != 0 ||
      (a->gates != NULL && memcmp (a->gates, b->gates, MIN (a->gates_length, b->gates_length))))
    g_error ("%s: other bits %s", what, than);
}

static void
check_method (const Problem *p, SalConvMethod method, const char *what)
{
  /* A few times what rounding makes of such sums. */
  double bound = method == SAL_CONV_WINOGRAD_4 ? 3e-6 : 1e-6;
  gint64 pixels = (gint64) p->dims.N * p->to_pixels;
  g_autoptr (SalConvWeights) weights = sal_conv_weights_new (&p->dims, p->direction, method, p->w);
  g_autofree float *bias = draw (3, p->to);
  g_autofree float *add = draw (4, pixels * p->to);
  g_autofree float *random = draw (5, pixels * gate_bytes (p->to));
  g_autofree guint8 *gates = g_new (guint8, pixels * gate_bytes (p->to));
  static const Flags all[] = { PLAIN, DECORATED, IN_PLACE, DECORATED | IN_PLACE };

  for (gint64 i = 0; i < pixels * gate_bytes (p->to); i++)
    gates[i] = (guint8) (gint64) (random[i] * 1000);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++) {
    Outcome o = run (p, weights, PICTURES, 1, all[i], p->x, bias, add, gates);

    check (p, &o, all[i], bias, add, gates, bound, what);
    for (int threads = 2; threads <= 3; threads++) {
      Outcome split = run (p, weights, PICTURES, threads, all[i], p->x, bias, add, gates);

      check_same (&o, &split, what, "with more threads");
      outcome_clear (&split);
    }
    for (int threads = 1; threads <= 2; threads++) {
      Outcome one = run (p, weights, 1, threads, all[i], p->x, bias, add, gates);

      check_same (&o, &one, what, "for a picture alone");
      outcome_clear (&one);
    }
    outcome_clear (&o);
  }
}

static void
conv_cb (gconstpointer data)
{
  const Case *c = data;

  for (SalConvDirection direction = 0; direction <= SAL_CONV_BACKWARD; direction++) {
    Problem p;

    problem_init (&p, &c->dims, direction);
    for (SalCpuLevel level = 0; level <= sal_cpu_level_max (); level++) {
      sal_cpu_level_set (level);
      for (SalConvMethod method = 0; method < SAL_CONV_METHODS; method++) {
        g_autofree char *what = g_strdup_printf (
            "%s %s, %s", method_names[method],
            direction == SAL_CONV_FORWARD ? "forward" : "backward", sal_cpu_level_name (level));

        if (sal_conv_fits (&c->dims, direction, method))
          check_method (&p, method, what);
      }
      for (int exact = 0; exact < 2; exact++)
        g_assert_true (
            sal_conv_fits (&c->dims, direction, sal_conv_choose (&c->dims, direction, exact)));
    }
    sal_cpu_level_set (sal_cpu_level_max ());
    problem_clear (&p);
  }
}

/* NaN goes through clamps, and its gate is closed. */
static void
nan_cb (void)
{
  const SalConvDims dims = SQUARE (1, 1, 1, 1, 1, 0, 1);
  const float one = 1, x[PICTURES] = { NAN, -1, 1 };

  for (SalCpuLevel level = 0; level <= sal_cpu_level_max (); level++) {
    g_autoptr (SalConvWeights) weights = NULL;
    float y[PICTURES];
    guint8 gates[PICTURES];
    SalConvArgs args = { .x = x, .x_step = 1, .y = y, .y_step = 1, .low = 0, .high = 6 };

    sal_cpu_level_set (level);
    weights = sal_conv_weights_new (&dims, SAL_CONV_FORWARD, SAL_CONV_DIRECT, &one);
    args.gate_out = gates;
    args.gate_out_step = 1;
    args.scratch = g_aligned_alloc (sal_conv_scratch_bytes (weights, &dims, 1), 1, 64);
    sal_conv_run (weights, &dims, &args);
    g_assert_true (isnan (y[0]));
    g_assert_cmpfloat (y[1], ==, 0);
    g_assert_cmpfloat (y[2], ==, 1);
    g_assert_cmpint (gates[0], ==, 0);
    g_assert_cmpint (gates[1], ==, 0);
    g_assert_cmpint (gates[2], ==, 1);
    g_aligned_free (args.scratch);
  }
  sal_cpu_level_set (sal_cpu_level_max ());
}

/* NaN in a pixel makes all its channels NaN, and no other pixel's, where many are summed. */
static void
nan_many_cb (void)
{
  const SalConvDims dims = SQUARE (5, 160, 128, 1, 1, 0, 1);
  g_autofree float *x = draw (2, (gint64) dims.H * dims.W * dims.C);
  g_autofree float *w = draw (1, (gint64) dims.K * dims.C);
  g_autofree float *y = g_new (float, dims.H *dims.W *dims.K);
  SalConvDims one = dims;

  one.N = 1;
  x[7 * dims.C + 40] = NAN;
  for (SalCpuLevel level = 0; level <= sal_cpu_level_max (); level++) {
    g_autoptr (SalConvWeights) weights = NULL;
    SalConvArgs args = { .x = x, .x_step = dims.C, .y = y, .y_step = dims.K };

    sal_cpu_level_set (level);
    weights = sal_conv_weights_new (&one, SAL_CONV_FORWARD, SAL_CONV_DIRECT, w);
    args.low = -INFINITY;
    args.high = INFINITY;
    args.scratch = g_aligned_alloc (sal_conv_scratch_bytes (weights, &one, 1), 1, 64);
    sal_conv_run (weights, &one, &args);
    for (int i = 0; i < dims.H * dims.W * dims.K; i++)
      g_assert_cmpint (isnan (y[i]) != 0, ==, i / dims.K == 7);
    g_aligned_free (args.scratch);
  }
  sal_cpu_level_set (sal_cpu_level_max ());
}

static void
levels_cb (void)
{
  SalCpuLevel level = SAL_CPU_BASE;

  for (SalCpuLevel i = 0; i < SAL_CPU_LEVELS; i++) {
    g_assert_true (sal_cpu_level_parse (sal_cpu_level_name (i), &level));
    g_assert_cmpint (level, ==, i);
    sal_cpu_level_set (i);
    g_assert_cmpint (sal_cpu_level_get (), ==, MIN (i, sal_cpu_level_max ()));
  }
  g_assert_false (sal_cpu_level_parse ("x86-64-v5", &level));
  sal_cpu_level_set (sal_cpu_level_max ());
  g_test_message ("this processor has %s", sal_cpu_level_name (sal_cpu_level_max ()));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/kernels/levels", levels_cb);
  g_test_add_func ("/engine/kernels/nan", nan_cb);
  g_test_add_func ("/engine/kernels/nan-many", nan_many_cb);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/engine/kernels/conv/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], conv_cb);
  }
  return g_test_run ();
}
