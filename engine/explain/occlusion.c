#include "engine/explain/each.h"
#include "engine/explain/methods.h"
#include "engine/explain/plane.h"

#include <string.h>

static const SalParam params[] = {
  { .key = "window",
    .label = "Window",
    .unit = "pixels",
    .help = "Height and width of the patch that is covered, in pixels of the network’s input.",
    .kind = SAL_PARAM_SIZE,
    .text_otherwise = "15x15" },
  { .key = "stride",
    .label = "Stride",
    .unit = "pixels",
    .help = "How far the patch moves from one place to the next.",
    .kind = SAL_PARAM_SIZE,
    .text_otherwise = "8x8" },
  { .key = "baseline",
    .label = "Covered with",
    .help = "What is put in place of the patch.",
    .kind = SAL_PARAM_BASELINE,
    .text_otherwise = "black" },
  { NULL },
};

typedef struct {
  SalPlane plane;
  SalShape shape;
  gint64 n_x;
  const float *x;
  const float *baseline;
  gint64 window_h, window_w, stride_h, stride_w;
  gint64 rows, columns;
  double full;      /* f(x) */
  double *sum;      /* by place: over the windows that cover it */
  guint32 *covered; /* by place: how many those are */
  float *windows;
} Occlusion;

/* Window @number (from 0): rows y0 .. y1-1, columns x0 .. x1-1; the last are cut off. */
static void
window_of (const Occlusion *o, gint64 number, gint64 *y0, gint64 *y1, gint64 *x0, gint64 *x1)
{
  *y0 = number / o->columns * o->stride_h;
  *x0 = number % o->columns * o->stride_w;
  *y1 = MIN (*y0 + o->window_h, o->plane.height);
  *x1 = MIN (*x0 + o->window_w, o->plane.width);
}

/* Point 0 is the picture itself. */
static void
fill (gint64 index, float *out, gpointer data)
{
  const Occlusion *o = data;
  gint64 y0, y1, x0, x1;

  memcpy (out, o->x, o->n_x * sizeof (float));
  if (index == 0)
    return;
  window_of (o, index - 1, &y0, &y1, &x0, &x1);
  for (gint64 c = 0; c < o->plane.channels; c++)
    for (gint64 y = y0; y < y1; y++)
      for (gint64 x = x0; x < x1; x++) {
        gint64 i = (y * o->plane.width + x) * o->plane.place_stride + c * o->plane.channel_stride;

        out[i] = o->baseline[i];
      }
}

static void
where (gint64 index, SalExtent *extent, gpointer data)
{
  gint64 y0 = 0, y1 = 0, x0 = 0, x1 = 0;

  if (index > 0)
    window_of (data, index - 1, &y0, &y1, &x0, &x1);
  *extent = (SalExtent){ { { y0, y1 - 1 }, { x0, x1 - 1 } } };
}

static void
take (const SalPoint *point, gpointer data)
{
  Occlusion *o = data;
  gint64 y0, y1, x0, x1;
  double drop;

  if (point->index == 0) {
    o->full = point->score;
    return;
  }
  drop = o->full - point->score;
  o->windows[point->index - 1] = (float) drop;
  window_of (o, point->index - 1, &y0, &y1, &x0, &x1);
  for (gint64 y = y0; y < y1; y++)
    for (gint64 x = x0; x < x1; x++) {
      o->sum[y * o->plane.width + x] += drop;
      o->covered[y * o->plane.width + x]++;
    }
}

static SalTensor *
partial (gint64 done, gpointer data)
{
  const Occlusion *o = data;
  SalTensor *out = sal_tensor_new (SAL_FLOAT, &o->shape);
  float *a = sal_tensor_edit (out);

  for (gint64 i = 0; i < sal_tensor_count (out); i++)
    a[i] = o->covered[i] > 0 ? (float) (o->sum[i] / o->covered[i]) : 0.f;
  return out;
}

/* The least number of windows after which no start lies beyond what is already covered. */
static gint64
count_windows (gint64 length, gint64 window, gint64 stride)
{
  return length <= window ? 1 : (length - window + stride - 1) / stride + 1;
}

static SalTensor *
explain_one (SalExplainer *explainer, const float *x, const SalProgress *progress, GError **error)
{
  const SalQuery *query = sal_explainer_query (explainer);
  SalScorer *scorer = sal_explainer_scorer (explainer, SAL_NO_VALUE, NULL, error);
  SalPlane plane = sal_plane_of (query->model);
  int window_h, window_w, stride_h, stride_w;
  Occlusion o = { .plane = plane, .x = x };
  SalPoints points = {
    .fill = fill, .take = take, .partial = partial, .data = &o, .origin = x, .where = where
  };
  g_autofree double *sum = g_new0 (double, plane.height *plane.width);
  g_autofree guint32 *covered = g_new0 (guint32, plane.height * plane.width);
  g_autoptr (SalTensor) windows = NULL;

  if (scorer == NULL)
    return NULL;
  sal_explainer_size (explainer, "window", &window_h, &window_w);
  sal_explainer_size (explainer, "stride", &stride_h, &stride_w);
  o.shape = sal_plane_shape (&plane, query->model);
  o.n_x = plane.height * plane.width * plane.channels;
  o.baseline = sal_explainer_start (explainer);
  o.window_h = window_h;
  o.window_w = window_w;
  o.stride_h = stride_h;
  o.stride_w = stride_w;
  o.rows = count_windows (plane.height, window_h, stride_h);
  o.columns = count_windows (plane.width, window_w, stride_w);
  o.sum = sum;
  o.covered = covered;
  windows = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (o.rows, o.columns));
  o.windows = sal_tensor_edit (windows);
  points.n = o.rows * o.columns + 1;
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  sal_explainer_report (explainer, "windows", windows);
  return partial (points.n, &o);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  return sal_explain_each (explainer, inputs, explain_one, progress, error);
}

const SalMethod sal_method_occlusion = {
  .id = "occlusion",
  .name = "Occlusion",
  .group = SAL_GROUP_PERTURBATION,
  .summary = "Covers one patch after another and notes how far the class score falls.",
  .formula = "A(p) = mean over windows W ∋ p of f(x) − f(x with W covered)",
  .promise = "Every number is a difference of scores that was measured.",
  .advice = "Needs no gradient and is easy to explain: a check on the gradient methods.",
  .caveat = "It sees only what one patch at a time does, and the cover itself may be something the "
            "network knows.",
  .paper = "Zeiler, Fergus: Visualizing and Understanding Convolutional Networks. ECCV 2014.",
  .params = params,
  .is_signed = TRUE,
  .explain = explain,
};
