/* DeformConv: Conv whose taps are moved, each at each place, by offsets, and weighted by a mask.
 * [Dai et al.: Deformable Convolutional Networks, ICCV 2017; mask: Zhu et al., CVPR 2019]
 *
 * A tap reads between four pixels. Columns are gathered so, a strip of places at a time, and
 * multiplied by the weight; backward hands the columns' gradient on to the pixels, to the offsets
 * (the slope of the interpolation) and to the mask. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/sums.h"
#include "engine/ops/window.h"

#include "engine/base/error.h"
#include "engine/tensor/blas.h"

#include <math.h>

enum { X, WEIGHT, OFFSET, BIAS, MASK };

typedef struct {
  SalWindow window;
  gint64 N, groups, offset_groups;
  gint64 C, K; /* channels of a group, read and written */
  gint64 taps;
  gint64 in, out; /* elements of a plane */
  gint64 strip;
} Deform;

/* Where a tap reads: the pixel above and to the left, and how far it is beyond. */
typedef struct {
  gboolean inside;
  gint64 h, w;
  float fh, fw;
} Spot;

static gboolean
deform_conv_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0], *w = &setup->x_shape[1];
  gint64 groups = sal_node_int (setup->node, "group", 1);
  gint64 offset_groups = sal_node_int (setup->node, "offset_group", 1);
  Deform d = { .groups = groups, .offset_groups = offset_groups };

  if (!sal_op_expect (setup, "fff?ff", 1, error) || !sal_op_expect_rank (setup, 0, 4, 4, error) ||
      !sal_op_expect_rank (setup, 1, 4, 4, error) ||
      !sal_window_init (&d.window, setup, w->dim + 2, error) ||
      !sal_window_slide (&d.window, setup, FALSE, error))
    return FALSE;
  if (groups < 1 || w->dim[0] % groups != 0 || x->dim[1] % groups != 0 ||
      x->dim[1] / groups != w->dim[1])
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "weight has %" PRId64 " input channels, input has %" PRId64
                              " in %" PRId64 " groups",
                              w->dim[1], x->dim[1], groups);
  if (offset_groups < 1 || x->dim[1] % offset_groups != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " channels in %" PRId64 " groups of offsets", x->dim[1],
                              offset_groups);
  d.N = x->dim[0];
  d.C = w->dim[1];
  d.K = w->dim[0] / groups;
  d.taps = sal_window_volume (d.window.kernel);
  d.in = sal_window_volume (d.window.in);
  d.out = sal_window_volume (d.window.out);
  d.strip = sal_window_strip (&d.window, d.C * d.taps);

  gint64 out_h = d.window.out[1], out_w = d.window.out[2], moved = offset_groups * d.taps;
  if (!sal_op_expect_shape (setup, OFFSET, &SAL_SHAPE (d.N, 2 * moved, out_h, out_w), error) ||
      !sal_op_expect_shape (setup, BIAS, &SAL_SHAPE (w->dim[0]), error) ||
      !sal_op_expect_shape (setup, MASK, &SAL_SHAPE (d.N, moved, out_h, out_w), error))
    return FALSE;
  setup->y_shape[0] = SAL_SHAPE (d.N, w->dim[0], out_h, out_w);
  setup->scratch_bytes = d.C * d.taps * d.strip * sizeof (float);
  sal_op_count (setup, (double) d.N * w->dim[0] * d.C * d.taps * d.out);
  *(Deform *) sal_op_setup_state (setup, sizeof d, NULL) = d;
  return TRUE;
}

/* Element of the mask for a sample, a channel's group of offsets, a tap and place 0; the offsets
 * have two such planes each, for the row and the column. */
static gint64
moved_at (const Deform *d, gint64 n, gint64 channel, gint64 tap)
{
  gint64 group = channel / (d->groups * d->C / d->offset_groups);

  return ((n * d->offset_groups + group) * d->taps + tap) * d->out;
}

static Spot
spot_at (const Deform *d, const float *offset, gint64 moved, gint64 tap, gint64 place)
{
  const SalWindow *w = &d->window;
  gint64 o_h = place / w->out[2], o_w = place % w->out[2];
  gint64 k_h = tap / w->kernel[2], k_w = tap % w->kernel[2];
  /* Planes come in pairs, so a pair starts at twice the mask's element. */
  double h =
      o_h * w->stride[1] - w->before[1] + k_h * w->dilation[1] + (double) offset[2 * moved + place];
  double v = o_w * w->stride[2] - w->before[2] + k_w * w->dilation[2] +
             (double) offset[2 * moved + d->out + place];
  Spot spot = { .inside = h > -1 && h < w->in[1] && v > -1 && v < w->in[2] };

  if (spot.inside) {
    spot.h = (gint64) floor (h);
    spot.w = (gint64) floor (v);
    spot.fh = h - spot.h;
    spot.fw = v - spot.w;
  }
  return spot;
}

/* The four pixels around a spot, 0 outside the picture. */
static void
corners (const Deform *d, const Spot *s, const float *plane, float c[4])
{
  const SalWindow *w = &d->window;

  for (int i = 0; i < 4; i++) {
    gint64 h = s->h + i / 2, v = s->w + i % 2;

    c[i] = h >= 0 && h < w->in[1] && v >= 0 && v < w->in[2] ? plane[h * w->in[2] + v] : 0.f;
  }
}

static float
between (const Spot *s, const float c[4])
{
  return (1 - s->fh) * ((1 - s->fw) * c[0] + s->fw * c[1]) +
         s->fh * ((1 - s->fw) * c[2] + s->fw * c[3]);
}

static void
gather (const Deform *d, const SalOpArgs *a, gint64 n, gint64 group, gint64 from, gint64 to,
        float *columns)
{
  const float *mask = a->n_x > MASK ? a->x[MASK] : NULL;

  for (gint64 c = 0; c < d->C; c++) {
    gint64 channel = group * d->C + c;
    const float *plane = a->x[X] + (n * d->groups * d->C + channel) * d->in;

    for (gint64 tap = 0; tap < d->taps; tap++) {
      gint64 moved = moved_at (d, n, channel, tap);

      for (gint64 p = from; p < to; p++) {
        Spot s = spot_at (d, a->x[OFFSET], moved, tap, p);
        float corner[4];

        *columns = 0;
        if (s.inside) {
          corners (d, &s, plane, corner);
          *columns = between (&s, corner) * (mask != NULL ? mask[moved + p] : 1.f);
        }
        columns++;
      }
    }
  }
}

static void
scatter (const Deform *d, const SalOpArgs *a, gint64 n, gint64 group, gint64 from, gint64 to,
         const float *columns)
{
  const SalWindow *w = &d->window;
  const float *mask = a->n_x > MASK ? a->x[MASK] : NULL;
  float *gmask = a->n_x > MASK ? a->gx[MASK] : NULL, *goff = a->gx[OFFSET];

  for (gint64 c = 0; c < d->C; c++) {
    gint64 channel = group * d->C + c, at = (n * d->groups * d->C + channel) * d->in;
    float *gx = a->gx[X] != NULL ? a->gx[X] + at : NULL;

    for (gint64 tap = 0; tap < d->taps; tap++) {
      gint64 moved = moved_at (d, n, channel, tap);

      for (gint64 p = from; p < to; p++, columns++) {
        Spot s = spot_at (d, a->x[OFFSET], moved, tap, p);
        float g = *columns * (mask != NULL ? mask[moved + p] : 1.f), corner[4];

        if (!s.inside)
          continue;
        corners (d, &s, a->x[X] + at, corner);
        if (gmask != NULL)
          gmask[moved + p] += *columns * between (&s, corner);
        if (goff != NULL) {
          goff[2 * moved + p] +=
              g * ((1 - s.fw) * (corner[2] - corner[0]) + s.fw * (corner[3] - corner[1]));
          goff[2 * moved + d->out + p] +=
              g * ((1 - s.fh) * (corner[1] - corner[0]) + s.fh * (corner[3] - corner[2]));
        }
        for (int i = 0; i < 4 && gx != NULL; i++) {
          gint64 h = s.h + i / 2, v = s.w + i % 2;

          if (h >= 0 && h < w->in[1] && v >= 0 && v < w->in[2])
            gx[h * w->in[2] + v] += g * (i / 2 ? s.fh : 1 - s.fh) * (i % 2 ? s.fw : 1 - s.fw);
        }
      }
    }
  }
}

static void
deform_conv_forward (const SalOpArgs *a)
{
  const Deform *d = a->state;
  const float *bias = a->n_x > BIAS ? a->x[BIAS] : NULL;
  gint64 rows = d->C * d->taps;

  for (gint64 ng = 0; ng < d->N * d->groups; ng++) {
    gint64 g = ng % d->groups;
    float *y = a->y[0] + ng * d->K * d->out;

    for (gint64 k = 0; k < d->K; k++)
      for (gint64 p = 0; p < d->out; p++)
        y[k * d->out + p] = bias != NULL ? bias[g * d->K + k] : 0.f;
    for (gint64 p = 0; p < d->out; p += d->strip) {
      gint64 n = MIN (d->strip, d->out - p);

      gather (d, a, ng / d->groups, g, p, p + n, a->scratch);
      sal_gemm (FALSE, FALSE, d->K, n, rows, 1.f, a->x[WEIGHT] + g * d->K * rows, rows, a->scratch,
                n, 1.f, y + p, d->out);
    }
  }
}

static void
deform_conv_backward (const SalOpArgs *a)
{
  const Deform *d = a->state;
  float *gbias = a->n_x > BIAS ? a->gx[BIAS] : NULL;
  gboolean moves =
      a->gx[X] != NULL || a->gx[OFFSET] != NULL || (a->n_x > MASK && a->gx[MASK] != NULL);
  gint64 rows = d->C * d->taps;

  for (gint64 ng = 0; ng < d->N * d->groups; ng++) {
    gint64 g = ng % d->groups, weight = g * d->K * rows;
    const float *gy = a->gy[0] + ng * d->K * d->out;

    for (gint64 p = 0; p < d->out; p += d->strip) {
      gint64 n = MIN (d->strip, d->out - p);

      if (a->gx[WEIGHT] != NULL) {
        gather (d, a, ng / d->groups, g, p, p + n, a->scratch);
        sal_gemm (FALSE, TRUE, d->K, rows, n, 1.f, gy + p, d->out, a->scratch, n, 1.f,
                  a->gx[WEIGHT] + weight, rows);
      }
      if (moves) {
        sal_gemm (TRUE, FALSE, rows, n, d->K, 1.f, a->x[WEIGHT] + weight, rows, gy + p, d->out, 0.f,
                  a->scratch, n);
        scatter (d, a, ng / d->groups, g, p, p + n, a->scratch);
      }
    }
    for (gint64 k = 0; k < d->K && gbias != NULL; k++)
      gbias[g * d->K + k] += sal_sum (gy + k * d->out, d->out);
  }
}

const SalOp sal_ops_deform_conv[] = {
  { "DeformConv", 19, SAL_KEEP_X (0) | SAL_KEEP_X (1) | SAL_KEEP_X (2) | SAL_KEEP_X (4),
    deform_conv_setup, deform_conv_forward, deform_conv_backward },
  { NULL },
};
