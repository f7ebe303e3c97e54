/* Channels-last pooling against plain loops in float64, on every level the processor has. */
#include "engine/kernels/cpu.h"
#include "engine/kernels/pool.h"

#include "engine/base/random.h"

#include <math.h>
#include <string.h>

#define PICTURES 3
#define GAP 3

typedef struct {
  const char *name;
  SalPoolDims dims;
} Case;

/* In order: kind; N, H, W, C; Ho, Wo; R, S; stride, dilation, before, after. */
static const Case cases[] = {
  { "3x3-stride-2", { 0, PICTURES, 9, 9, 21, 5, 5, 3, 3, { 2, 2 }, { 1, 1 }, { 1, 1 }, { 1, 1 } } },
  { "3x3-padding-2",
    { 0, PICTURES, 7, 8, 17, 5, 5, 3, 3, { 2, 2 }, { 1, 1 }, { 2, 2 }, { 2, 2 } } },
  { "2x2", { 0, PICTURES, 8, 6, 32, 4, 3, 2, 2, { 2, 2 }, { 1, 1 }, { 0, 0 }, { 0, 0 } } },
  { "3x3", { 0, PICTURES, 7, 6, 5, 7, 6, 3, 3, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 } } },
  { "beyond", { 0, PICTURES, 6, 5, 16, 3, 3, 3, 3, { 2, 2 }, { 1, 1 }, { 0, 0 }, { 0, 1 } } },
  { "uneven", { 0, PICTURES, 9, 8, 40, 4, 7, 4, 2, { 2, 1 }, { 1, 2 }, { 1, 1 }, { 0, 0 } } },
  { "gaps", { 0, PICTURES, 9, 9, 8, 3, 3, 1, 1, { 4, 4 }, { 1, 1 }, { 0, 0 }, { 0, 0 } } },
  { "padding-alone", { 0, PICTURES, 4, 4, 9, 4, 4, 2, 2, { 2, 2 }, { 1, 1 }, { 2, 2 }, { 2, 2 } } },
  /* Narrower than a window that pads one side alone, as ceil_mode does. */
  { "narrow", { 0, PICTURES, 6, 1, 17, 3, 1, 2, 2, { 2, 2 }, { 1, 1 }, { 0, 0 }, { 0, 1 } } },
  { "narrow-3", { 0, PICTURES, 6, 2, 17, 3, 1, 3, 3, { 2, 2 }, { 1, 1 }, { 0, 0 }, { 1, 1 } } },
  { "low", { 0, PICTURES, 1, 6, 17, 1, 3, 2, 2, { 2, 2 }, { 1, 1 }, { 0, 0 }, { 1, 0 } } },
  { "whole", { 0, PICTURES, 7, 7, 24, 1, 1, 7, 7, { 1, 1 }, { 1, 1 }, { 0, 0 }, { 0, 0 } } },
};

typedef struct {
  double *y, *gx;
  guint8 *arg;
} Expected;

static float *
draw (guint64 stream, gint64 n, float scale)
{
  float *x = g_new (float, n);

  sal_random_normals (11, stream, x, n);
  for (gint64 i = 0; i < n && scale > 0; i++)
    x[i] = roundf (x[i] * scale); /* few values: many are equal */
  return x;
}

static double
window_count (const SalPoolDims *d, int oy, int ox)
{
  int count = 0;

  for (int r = 0; r < d->R; r++)
    for (int s = 0; s < d->S; s++) {
      int y = oy * d->stride[0] + r * d->dilation[0] - d->before[0];
      int x = ox * d->stride[1] + s * d->dilation[1] - d->before[1];

      if (d->kind == SAL_POOL_AVERAGE_PADDED)
        count += y < d->H + d->after[0] && x < d->W + d->after[1];
      else
        count += y >= 0 && y < d->H && x >= 0 && x < d->W;
    }
  return MAX (count, 1);
}

static Expected
expect (const SalPoolDims *d, const float *x, const float *gy)
{
  gint64 n_y = (gint64) d->N * d->Ho * d->Wo * d->C;
  Expected e = { .y = g_new0 (double, n_y), .arg = g_new (guint8, n_y) };
  gint64 o = 0;

  e.gx = g_new0 (double, (gint64) d->N * d->H * d->W * d->C);
  for (int n = 0; n < d->N; n++)
    for (int oy = 0; oy < d->Ho; oy++)
      for (int ox = 0; ox < d->Wo; ox++)
        for (int c = 0; c < d->C; c++, o++) {
          gint64 chosen = -1;
          double count = window_count (d, oy, ox);

          e.arg[o] = 255;
          for (int r = 0; r < d->R; r++)
            for (int s = 0; s < d->S; s++) {
              int y = oy * d->stride[0] + r * d->dilation[0] - d->before[0];
              int xx = ox * d->stride[1] + s * d->dilation[1] - d->before[1];
              gint64 i = (((gint64) n * d->H + y) * d->W + xx) * d->C + c;

              if (y < 0 || y >= d->H || xx < 0 || xx >= d->W)
                continue;
              if (d->kind != SAL_POOL_MAX) {
                e.y[o] += x[i] / count;
                e.gx[i] += gy[o] / count;
              } else if (chosen < 0 || x[i] > x[chosen]) {
                chosen = i;
                e.arg[o] = (guint8) (r * d->S + s);
              }
            }
          if (d->kind == SAL_POOL_MAX) {
            e.y[o] = chosen < 0 ? -INFINITY : x[chosen];
            if (chosen >= 0)
              e.gx[chosen] += gy[o];
          }
        }
  return e;
}

static void
expected_clear (Expected *e)
{
  g_free (e->y);
  g_free (e->gx);
  g_free (e->arg);
}

/* Pixels with gaps between them that hold @fill, and none behind the last. */
static float *
spread (const float *x, gint64 pixels, int channels, float fill)
{
  gint64 length = pixels * (channels + GAP) - GAP;
  float *to = g_new (float, length);

  for (gint64 i = 0; i < length; i++) {
    gint64 c = i % (channels + GAP);

    to[i] = c >= channels ? fill : x != NULL ? x[i / (channels + GAP) * channels + c] : 0;
  }
  return to;
}

static void
check (const char *what, const float *found, const double *expected, gint64 pixels, int channels)
{
  for (gint64 i = 0; i < pixels * (channels + GAP) - GAP; i++) {
    gint64 c = i % (channels + GAP), at = i / (channels + GAP) * channels + c;

    if (c >= channels)
      g_assert_cmpfloat (found[i], ==, 77);
    else if (found[i] != expected[at] && !(fabs (found[i] - expected[at]) <= 2e-6))
      g_error ("%s: %g at %d, not %g", what, found[i], (int) at, expected[at]);
  }
}

static void
check_run (const SalPoolDims *dims, int n, int threads, const float *x, const float *gy,
           const float *add, const guint8 *gates, const Expected *e, gboolean in_place)
{
  g_autoptr (SalTeam) team = sal_team_new (threads);
  SalPoolDims d = *dims;
  gint64 in = (gint64) n * d.H * d.W, out = (gint64) n * d.Ho * d.Wo;
  int gate_bytes = (d.C + 7) / 8;
  g_autofree float *from = spread (x, in, d.C, 1e9f), *back = spread (gy, out, d.C, 1e9f);
  g_autofree float *y = spread (NULL, out, d.C, 77), *gx = spread (add, in, d.C, 77);
  g_autofree guint8 *arg = g_new (guint8, out * d.C);
  g_autofree double *sums = g_new (double, in *d.C);
  gboolean max = d.kind == SAL_POOL_MAX;
  SalPoolBack args = { .gy = back, .gy_step = d.C + GAP, .gx = gx, .gx_step = d.C + GAP };
  gsize scratch;

  d.N = n;
  scratch = sal_pool_scratch_bytes (&d, sal_team_size (team));
  args.scratch = g_aligned_alloc (scratch, 1, 64);
  args.team = team;
  sal_pool_forward (&d, from, d.C + GAP, y, d.C + GAP, max ? arg : NULL, args.scratch, team);
  check ("forward", y, e->y, out, d.C);
  if (max)
    g_assert_cmpmem (arg, out * d.C, e->arg, out * d.C);

  args.arg = max ? arg : NULL;
  if (in_place) {
    args.add = gx;
    args.add_step = args.gx_step;
    args.gate_in = gates;
    args.gate_in_step = gate_bytes;
  }
  for (gint64 i = 0; i < in * d.C; i++) {
    gint64 c = i % d.C;

    sums[i] = e->gx[i];
    if (in_place && (gates[i / d.C * gate_bytes + c / 8] >> c % 8 & 1))
      sums[i] += add[i];
    else if (in_place)
      sums[i] = 0;
  }
  sal_pool_backward (&d, &args);
  check ("backward", gx, sums, in, d.C);
  g_aligned_free (args.scratch);
}

static void
pool_cb (gconstpointer data)
{
  const Case *c = data;

  for (SalPoolKind kind = 0; kind <= SAL_POOL_AVERAGE_PADDED; kind++) {
    SalPoolDims d = c->dims;
    gint64 in = (gint64) d.N * d.H * d.W * d.C, out = (gint64) d.N * d.Ho * d.Wo * d.C;
    g_autofree float *x = draw (1, in, 2), *gy = draw (2, out, 0), *add = draw (3, in, 0);
    g_autofree float *random = draw (4, in, 1000);
    g_autofree guint8 *gates = g_new (guint8, in);
    Expected e;

    for (gint64 i = 0; i < in; i++)
      gates[i] = (guint8) (gint64) random[i];
    d.kind = kind;
    e = expect (&d, x, gy);
    for (SalCpuLevel level = 0; level <= sal_cpu_level_max (); level++) {
      sal_cpu_level_set (level);
      for (int threads = 1; threads <= 3; threads++)
        for (int in_place = 0; in_place < 2; in_place++)
          check_run (&d, threads == 1 ? 1 : PICTURES, threads, x, gy, add, gates, &e, in_place);
    }
    sal_cpu_level_set (sal_cpu_level_max ());
    expected_clear (&e);
  }
}

/* Any numbers that a model may bring: windows that miss taps, or the picture, on any side. */
static void
random_cb (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (int i = 0; i < 60; i++) {
    Case c = { "random", { .N = PICTURES, .C = g_rand_int_range (rand, 1, 20) } };
    SalPoolDims *d = &c.dims;
    int *length[2] = { &d->H, &d->W }, *taps[2] = { &d->R, &d->S }, *out[2] = { &d->Ho, &d->Wo };

    for (int a = 0; a < 2; a++) {
      int span;

      *length[a] = g_rand_int_range (rand, 1, 12);
      d->stride[a] = i % 3 == 0 && a == 1 ? d->stride[0] : g_rand_int_range (rand, 1, 5);
      d->dilation[a] = i % 3 == 0 ? 1 : g_rand_int_range (rand, 1, 4);
      *taps[a] = i % 3 == 0 ? i % 2 + 2 : g_rand_int_range (rand, 1, 5);
      d->before[a] = g_rand_int_range (rand, 0, 4);
      d->after[a] = g_rand_int_range (rand, 0, 4);
      span = *length[a] + d->before[a] + d->after[a] - (*taps[a] - 1) * d->dilation[a] - 1;
      d->after[a] += MAX (-span, 0);
      *out[a] = MAX (span, 0) / d->stride[a] + 1;
    }
    pool_cb (&c);
  }
}

/* A window as long as a second of sound takes no memory for each pair of places. */
static void
long_cb (void)
{
  SalPoolDims d = { SAL_POOL_AVERAGE, 1, 1, 16000, 1, 1, 1, 1, 16000, { 1, 1 }, { 1, 1 } };

  g_assert_true (sal_pool_fits (&d));
  g_assert_cmpuint (sal_pool_scratch_bytes (&d, 1), <, 1 << 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/engine/kernels/pool/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], pool_cb);
  }
  g_test_add_func ("/engine/kernels/pool/random", random_cb);
  g_test_add_func ("/engine/kernels/pool/long", long_cb);
  return g_test_run ();
}
