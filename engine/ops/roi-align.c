/* RoiAlign: boxes of a picture, each pooled to one size from bilinear samples.
 * [He et al.: Mask R-CNN, ICCV 2017, section 3] Boxes count as constants, as they do in training:
 * their own gradient is taken as 0. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

/* So many samples along an axis of a bin at most: a box may come from the picture and be any. */
#define MAX_SAMPLES 1024

typedef struct {
  gint64 N, C, H, W;
  gint64 boxes, out_h, out_w;
  gint64 samples; /* along each axis of a bin; 0: as many as the bin has pixels */
  double scale, offset;
  gboolean at_least_one; /* a box is at least one pixel wide and high */
  gboolean max;
} RoiAlign;

/* One sample: four pixels and their weights. */
typedef struct {
  gint64 index[4];
  float weight[4];
} Sample;

/* One bin's samples: first corner, distance, number along y and x; and those of them, from @first
 * to before @end along each axis, that lie on the picture. A box may reach far beyond it. */
typedef struct {
  double y, x, step_y, step_x;
  gint64 n_y, n_x;
  gint64 first_y, end_y, first_x, end_x;
} Bin;

static gboolean
roi_align_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0], *rois = &setup->x_shape[1];
  const char *mode = sal_node_string (setup->node, "mode", "avg");
  const char *coordinates =
      sal_node_string (setup->node, "coordinate_transformation_mode",
                       setup->node->opset < 16 ? "output_half_pixel" : "half_pixel");

  if (!sal_op_expect (setup, "ffi", 1, error) || !sal_op_expect_rank (setup, 0, 4, 4, error) ||
      !sal_op_expect_rank (setup, 1, 2, 2, error) ||
      !sal_op_expect_shape (setup, 1, &SAL_SHAPE (rois->dim[0], 4), error) ||
      !sal_op_expect_shape (setup, 2, &SAL_SHAPE (rois->dim[0]), error))
    return FALSE;

  RoiAlign *r = sal_op_setup_state (setup, sizeof *r, NULL);
  *r = (RoiAlign){ .N = x->dim[0],
                   .C = x->dim[1],
                   .H = x->dim[2],
                   .W = x->dim[3],
                   .boxes = rois->dim[0],
                   .out_h = sal_node_int (setup->node, "output_height", 1),
                   .out_w = sal_node_int (setup->node, "output_width", 1),
                   .samples = sal_node_int (setup->node, "sampling_ratio", 0),
                   .scale = sal_node_float (setup->node, "spatial_scale", 1.f),
                   .max = g_str_equal (mode, "max") };
  if (!r->max && !g_str_equal (mode, "avg"))
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "mode is \"%s\"", mode);
  r->at_least_one = g_str_equal (coordinates, "output_half_pixel");
  r->offset = r->at_least_one ? 0 : 0.5;
  if (!r->at_least_one && !g_str_equal (coordinates, "half_pixel"))
    return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED,
                              "coordinate_transformation_mode is \"%s\"", coordinates);
  if (r->samples < 0 || r->samples > MAX_SAMPLES || r->out_h < 0 || r->out_w < 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "sampling_ratio is %" PRId64 ", not from 0 to %d", r->samples,
                              MAX_SAMPLES);
  if (r->H < 1 || r->W < 1)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "input has empty planes");
  setup->y_shape[0] = SAL_SHAPE (r->boxes, r->C, r->out_h, r->out_w);
  /* Four pixels a sample; where the box decides on their number, they lie a pixel apart. */
  double samples = r->samples > 0 ? (double) r->out_h * r->samples * r->out_w * r->samples
                                  : (double) r->H * r->W;
  sal_op_count (setup, 4.0 * r->boxes * r->C * samples);
  if (!r->max)
    setup->keep &= ~SAL_KEEP_X (0);
  return TRUE;
}

static gint64
sample_count (double length)
{
  double n = ceil (length);

  return n >= 1 ? (gint64) MIN (n, MAX_SAMPLES) : 0;
}

/* Along one axis: whether a place takes part; up to a pixel beyond the rim does. */
static gboolean
on_picture (double at, gint64 length)
{
  return at >= -1 && at <= length;
}

/* Which of @n samples at @start, @start + @step ... take part. */
static void
find_range (double start, double step, gint64 n, gint64 length, gint64 *first, gint64 *end)
{
  double low = (-1 - start) / step, high = (length - start) / step;

  /* One more at either end, as these are rounded; the exact test follows. Boxes of no length or
   * turned round have few samples. */
  *first = step > 0 && low > 1 ? (gint64) MIN (low - 1, n) : 0;
  *end = !(step > 0) ? n : high > -2 ? (gint64) MIN (high + 2, n) : 0;
  while (*first < *end && !on_picture (start + *first * step, length))
    (*first)++;
  while (*end > *first && !on_picture (start + (*end - 1) * step, length))
    (*end)--;
}

static Bin
bin_at (const RoiAlign *r, const float *roi, gint64 i, gint64 j)
{
  double x = roi[0] * r->scale - r->offset, y = roi[1] * r->scale - r->offset;
  double w = roi[2] * r->scale - r->offset - x, h = roi[3] * r->scale - r->offset - y;
  Bin bin;

  if (r->at_least_one) {
    w = MAX (w, 1);
    h = MAX (h, 1);
  }
  h /= r->out_h;
  w /= r->out_w;
  bin.n_y = r->samples > 0 ? r->samples : sample_count (h);
  bin.n_x = r->samples > 0 ? r->samples : sample_count (w);
  bin.step_y = h / MAX (bin.n_y, 1);
  bin.step_x = w / MAX (bin.n_x, 1);
  bin.y = y + i * h + bin.step_y / 2;
  bin.x = x + j * w + bin.step_x / 2;
  find_range (bin.y, bin.step_y, bin.n_y, r->H, &bin.first_y, &bin.end_y);
  find_range (bin.x, bin.step_x, bin.n_x, r->W, &bin.first_x, &bin.end_x);
  return bin;
}

/* Along one axis: two neighbours and how far the place is from the first. */
static void
neighbours (double at, gint64 length, gint64 *low, gint64 *high, double *between)
{
  at = CLAMP (at, 0, length - 1);
  *low = (gint64) at;
  *high = MIN (*low + 1, length - 1);
  *between = at - *low;
}

static Sample
sample_at (const RoiAlign *r, double y, double x)
{
  gint64 y0, y1, x0, x1;
  double fy, fx;

  neighbours (y, r->H, &y0, &y1, &fy);
  neighbours (x, r->W, &x0, &x1, &fx);
  return (Sample){ { y0 * r->W + x0, y0 * r->W + x1, y1 * r->W + x0, y1 * r->W + x1 },
                   { (1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx } };
}

/* The largest weighted pixel of all samples, as ONNX's tests have it: not of the samples' sums.
 * Samples beyond the picture count as 0.
 * Returns: its element, -1 where there is none; @weight: (out) */
static gint64
largest (const RoiAlign *r, const Bin *bin, const float *plane, float *weight)
{
  gint64 chosen = -1;
  float best = 0;

  *weight = 0;
  for (gint64 i = bin->first_y; i < bin->end_y; i++)
    for (gint64 j = bin->first_x; j < bin->end_x; j++) {
      Sample s = sample_at (r, bin->y + i * bin->step_y, bin->x + j * bin->step_x);

      for (int k = 0; k < 4; k++)
        if (chosen < 0 || s.weight[k] * plane[s.index[k]] > best) {
          chosen = s.index[k];
          *weight = s.weight[k];
          best = s.weight[k] * plane[chosen];
        }
    }
  if (best < 0 && (bin->end_y - bin->first_y < bin->n_y || bin->end_x - bin->first_x < bin->n_x))
    return -1;
  return chosen;
}

/* Calls on for each bin of each box; those of a batch that is not there stay 0. */
static gboolean
box_picture (const RoiAlign *r, const SalOpArgs *a, gint64 box, gint64 *picture)
{
  gint64 n = sal_x_ints (a, 2)[box];

  if (n < 0 || n >= r->N)
    return FALSE;
  *picture = n * r->C * r->H * r->W;
  return TRUE;
}

static void
roi_align_forward (const SalOpArgs *a)
{
  const RoiAlign *r = a->state;
  gint64 bins = r->out_h * r->out_w, plane = r->H * r->W, picture;

  memset (a->y[0], 0, a->n * sizeof (float));
  for (gint64 box = 0; box < r->boxes; box++) {
    if (!box_picture (r, a, box, &picture))
      continue;
    for (gint64 b = 0; b < bins; b++) {
      Bin bin = bin_at (r, a->x[1] + 4 * box, b / r->out_w, b % r->out_w);
      const float *x = a->x[0] + picture;
      float *y = a->y[0] + box * r->C * bins + b;
      float share = 1.f / MAX (bin.n_y * bin.n_x, 1), weight;

      for (gint64 c = 0; c < r->C && r->max; c++) {
        gint64 chosen = largest (r, &bin, x + c * plane, &weight);

        y[c * bins] = chosen >= 0 ? weight * x[c * plane + chosen] : 0;
      }
      for (gint64 i = bin.first_y; i < bin.end_y && !r->max; i++)
        for (gint64 j = bin.first_x; j < bin.end_x; j++) {
          Sample s = sample_at (r, bin.y + i * bin.step_y, bin.x + j * bin.step_x);

          for (gint64 c = 0; c < r->C; c++)
            for (int k = 0; k < 4; k++)
              y[c * bins] += share * s.weight[k] * x[c * plane + s.index[k]];
        }
    }
  }
}

static void
roi_align_backward (const SalOpArgs *a)
{
  const RoiAlign *r = a->state;
  gint64 bins = r->out_h * r->out_w, plane = r->H * r->W, picture;

  for (gint64 box = 0; box < r->boxes && a->gx[0] != NULL; box++) {
    if (!box_picture (r, a, box, &picture))
      continue;
    for (gint64 b = 0; b < bins; b++) {
      Bin bin = bin_at (r, a->x[1] + 4 * box, b / r->out_w, b % r->out_w);
      const float *gy = a->gy[0] + box * r->C * bins + b;
      float *gx = a->gx[0] + picture;
      float share = 1.f / MAX (bin.n_y * bin.n_x, 1), weight;

      for (gint64 c = 0; c < r->C && r->max; c++) {
        gint64 chosen = largest (r, &bin, a->x[0] + picture + c * plane, &weight);

        if (chosen >= 0)
          gx[c * plane + chosen] += weight * gy[c * bins];
      }
      for (gint64 i = bin.first_y; i < bin.end_y && !r->max; i++)
        for (gint64 j = bin.first_x; j < bin.end_x; j++) {
          Sample s = sample_at (r, bin.y + i * bin.step_y, bin.x + j * bin.step_x);

          for (gint64 c = 0; c < r->C; c++)
            for (int k = 0; k < 4; k++)
              gx[c * plane + s.index[k]] += share * s.weight[k] * gy[c * bins];
        }
    }
  }
}

const SalOp sal_ops_roi_align[] = {
  { "RoiAlign", 10, SAL_KEEP_X (0) | SAL_KEEP_X (1) | SAL_KEEP_X (2), roi_align_setup,
    roi_align_forward, roi_align_backward },
  { NULL },
};
