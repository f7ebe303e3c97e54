/* Conv: y[k] = b[k] + sum over c, taps of w[k][c][tap] · x[c][place · stride + tap], in groups.
 *
 * The exact way, in any of three forms chosen by shape alone: a 1×1 kernel with stride 1 is one
 * product W · X; a group of one channel goes through the loops of depthwise.c; all else gathers
 * the taps of a strip of places into columns (im2col) and multiplies W · columns. Backward is the
 * transpose of each: Wᵀ · gY, scattered back by col2im.
 *
 * A team shares the channels or the places, in the same pieces whatever its size, lest products of
 * other sizes round otherwise. */
#include "engine/ops/channels-last.h"
#include "engine/ops/depthwise.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

#include "engine/base/error.h"
#include "engine/kernels/conv.h"
#include "engine/tensor/blas.h"

/* Channels of a piece, or places, and the most pieces: each packs one of the operands for itself.
 */
#define PIECE 32
#define PIECES 8

typedef enum { POINTWISE, DEPTHWISE, COLUMNS } Form;

typedef struct {
  SalWindow window;
  Form form;
  gint64 N, groups;
  gint64 C, K; /* channels of a group, read and written */
  gint64 taps;
  gint64 rows;    /* C · taps: length of a column */
  gint64 in, out; /* elements of a plane */
  gint64 strip;   /* places gathered at a time */
  SalDepthwise *depthwise;
} Conv;

static void
conv_free (gpointer data)
{
  Conv *conv = data;

  g_clear_pointer (&conv->depthwise, sal_depthwise_free);
  g_free (conv);
}

static gboolean
is_pointwise (const SalWindow *w)
{
  for (int i = 0; i < SAL_WINDOW_AXES; i++)
    if (w->kernel[i] != 1 || w->stride[i] != 1 || w->before[i] != 0 || w->after[i] != 0)
      return FALSE;
  return TRUE;
}

static gboolean
conv_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *x = &setup->x_shape[0], *w = &setup->x_shape[1];
  gint64 groups = sal_node_int (setup->node, "group", 1);
  Conv conv = { .groups = groups };

  if (!sal_op_expect (setup, "ff?f", 1, error))
    return FALSE;
  if (w->rank != x->rank)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "weight has %d axes, input has %d",
                              w->rank, x->rank);
  if (!sal_window_init (&conv.window, setup, w->dim + 2, error) ||
      !sal_window_slide (&conv.window, setup, FALSE, error))
    return FALSE;
  if (groups < 1 || w->dim[0] % groups != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "%" PRId64 " output channels in %" PRId64 " groups", w->dim[0],
                              groups);
  if (x->dim[1] % groups != 0 || x->dim[1] / groups != w->dim[1])
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "weight has %" PRId64 " input channels, input has %" PRId64
                              " in %" PRId64 " groups",
                              w->dim[1], x->dim[1], groups);
  if (!sal_op_expect_shape (setup, 2, &SAL_SHAPE (w->dim[0]), error))
    return FALSE;

  conv.N = x->dim[0];
  conv.C = w->dim[1];
  conv.K = w->dim[0] / groups;
  conv.taps = sal_window_volume (conv.window.kernel);
  conv.rows = conv.C * conv.taps;
  conv.in = sal_window_volume (conv.window.in);
  conv.out = sal_window_volume (conv.window.out);
  conv.strip = sal_window_strip (&conv.window, conv.rows);
  conv.form = is_pointwise (&conv.window) ? POINTWISE : conv.C == 1 ? DEPTHWISE : COLUMNS;
  if (conv.form == COLUMNS)
    setup->scratch_bytes = conv.rows * conv.strip * sizeof (float);
  else if (conv.form == DEPTHWISE) {
    conv.depthwise = sal_depthwise_new (&conv.window, error);
    if (conv.depthwise == NULL)
      return FALSE;
    setup->scratch_bytes =
        sal_depthwise_scratch (conv.depthwise) * sizeof (float) * sal_last_max_team ();
  }

  setup->y_shape[0] = *x;
  setup->y_shape[0].dim[1] = w->dim[0];
  for (int i = 0; i < conv.window.rank; i++)
    setup->y_shape[0].dim[2 + i] = conv.window.out[sal_window_axis (&conv.window, i)];
  sal_op_count (setup, (double) conv.N * w->dim[0] * conv.rows * conv.out);
  sal_op_keep_factors (setup);
  *(Conv *) sal_op_setup_state (setup, sizeof conv, conv_free) = conv;
  return TRUE;
}

const SalWindow *
sal_conv_window (const SalOpSetup *conv)
{
  return &((const Conv *) conv->state)->window;
}

void
sal_conv_describe (const SalOpSetup *conv, SalNode *last)
{
  const SalWindow *w = sal_conv_window (conv);

  sal_node_set_ints (last, "strides", w->stride + 1, 2);
  sal_node_set_ints (last, "dilations", w->dilation + 1, 2);
  sal_node_set_ints (last, "before", w->before + 1, 2);
  sal_node_set_ints (last, "out", w->out + 1, 2);
  sal_node_set_int (last, "group", ((const Conv *) conv->state)->groups);
}

gsize
sal_conv_last_bytes (const SalOpSetup *conv, gboolean exact)
{
  const Conv *v = conv->state;
  const SalWindow *w = &v->window;
  SalConvDims dims = { .N = (int) v->N,
                       .H = (int) w->in[1],
                       .W = (int) w->in[2],
                       .C = (int) (v->C * v->groups),
                       .K = (int) (v->K * v->groups),
                       .Ho = (int) w->out[1],
                       .Wo = (int) w->out[2],
                       .R = (int) w->kernel[1],
                       .S = (int) w->kernel[2],
                       .stride = { (int) w->stride[1], (int) w->stride[2] },
                       .dilation = { (int) w->dilation[1], (int) w->dilation[2] },
                       .before = { (int) w->before[1], (int) w->before[2] },
                       .groups = (int) v->groups };
  gsize bytes = 0;

  for (int i = 0; i < 2; i++) {
    SalConvDirection direction = i == 0 ? SAL_CONV_FORWARD : SAL_CONV_BACKWARD;

    bytes += sal_conv_weights_bytes (&dims, direction, sal_conv_choose (&dims, direction, exact));
  }
  return bytes;
}

/* One picture and group: planes that are read and written, forward, or whose gradients are. */
typedef struct {
  const Conv *v;
  const float *w, *bias;
  float *x, *y;
  float *columns;
  gint64 from, n; /* places of the strip */
  int pieces;
  gboolean places; /* they are cut, rather than channels */
} Part;

/* A piece: some channels, and some places of the strip. */
typedef struct {
  gint64 channel, channels;
  gint64 place, places;
} Piece;

/* @places: those may be cut as well, if there are more of them */
static void
run_pieces (Part *part, gint64 channels, gboolean places, SalTeam *team, SalTeamFunc func)
{
  part->places = places && part->n > channels;
  part->pieces = (int) CLAMP ((part->places ? part->n : channels) / PIECE, 1, PIECES);
  sal_team_run (team, part->pieces, func, part);
}

static Piece
piece_of (const Part *part, gint64 channels, int i)
{
  gint64 all = part->places ? part->n : channels;
  gint64 first = all * i / part->pieces, n = all * (i + 1) / part->pieces - first;

  return part->places ? (Piece){ 0, channels, first, n } : (Piece){ first, n, 0, part->n };
}

static void
gather_cb (int worker, int i, gpointer data)
{
  const Part *p = data;
  const Conv *v = p->v;
  Piece piece = piece_of (p, v->C, i);

  sal_im2col (&v->window, piece.channels, p->x + piece.channel * v->in, p->from, p->from + p->n,
              p->columns + piece.channel * v->taps * p->n);
}

static void
forward_cb (int worker, int i, gpointer data)
{
  const Part *p = data;
  const Conv *v = p->v;
  Piece piece = piece_of (p, v->K, i);
  float *y = p->y + piece.channel * v->out + p->from + piece.place;

  for (gint64 k = 0; k < piece.channels; k++)
    for (gint64 place = 0; place < piece.places; place++)
      y[k * v->out + place] = p->bias != NULL ? p->bias[piece.channel + k] : 0.f;
  sal_gemm (FALSE, FALSE, piece.channels, piece.places, v->rows, 1.f,
            p->w + piece.channel * v->rows, v->rows,
            (v->form == POINTWISE ? p->x : p->columns) + piece.place, p->n, 1.f, y, v->out);
}

static void
forward_part (Part *p, SalTeam *team)
{
  const Conv *v = p->v;
  gint64 strip = v->form == POINTWISE ? v->out : v->strip;

  for (p->from = 0; p->from < v->out; p->from += strip) {
    p->n = MIN (strip, v->out - p->from);
    if (v->form == COLUMNS)
      run_pieces (p, v->C, FALSE, team, gather_cb);
    run_pieces (p, v->K, TRUE, team, forward_cb);
  }
}

/* A plane of a depthwise convolution goes through by itself. */
typedef struct {
  const Conv *v;
  const SalOpArgs *a;
} Planes;

static float *
plane_scratch (const Planes *planes, int worker)
{
  return (float *) planes->a->scratch + worker * sal_depthwise_scratch (planes->v->depthwise);
}

static void
plane_forward_cb (int worker, int ng, gpointer data)
{
  const Planes *planes = data;
  const Conv *v = planes->v;
  const SalOpArgs *a = planes->a;
  const float *bias = a->n_x > 2 ? a->x[2] : NULL;
  float *scratch = plane_scratch (planes, worker);

  sal_depthwise_read (v->depthwise, a->x[0] + ng * v->in, scratch);
  for (gint64 k = 0; k < v->K; k++) {
    gint64 filter = ng % v->groups * v->K + k;

    sal_depthwise_forward (v->depthwise, scratch, a->x[1] + filter * v->rows,
                           bias != NULL ? bias[filter] : 0.f, a->y[0] + (ng * v->K + k) * v->out);
  }
}

static void
plane_backward_cb (int worker, int ng, gpointer data)
{
  const Planes *planes = data;
  const Conv *v = planes->v;
  const SalOpArgs *a = planes->a;

  for (gint64 k = 0; k < v->K; k++)
    sal_depthwise_backward (v->depthwise, a->gy[0] + (ng * v->K + k) * v->out,
                            a->x[1] + (ng % v->groups * v->K + k) * v->rows,
                            plane_scratch (planes, worker), a->gx[0] + ng * v->in);
}

static void
conv_forward (const SalOpArgs *a)
{
  const Conv *v = a->state;
  const float *bias = a->n_x > 2 ? a->x[2] : NULL;

  if (v->form == DEPTHWISE) {
    Planes planes = { v, a };

    sal_team_run (sal_last_team (a), (int) (v->N * v->groups), plane_forward_cb, &planes);
    return;
  }
  for (gint64 ng = 0; ng < v->N * v->groups; ng++) {
    gint64 g = ng % v->groups;
    Part part = { .v = v,
                  .x = (float *) a->x[0] + ng * v->C * v->in,
                  .w = a->x[1] + g * v->K * v->rows,
                  .bias = bias != NULL ? bias + g * v->K : NULL,
                  .y = a->y[0] + ng * v->K * v->out,
                  .columns = a->scratch };

    forward_part (&part, a->team);
  }
}

/* gx += col2im (Wᵀ · gY); columns of different places may be read from the same. */
static void
backward_cb (int worker, int i, gpointer data)
{
  const Part *p = data;
  const Conv *v = p->v;
  Piece piece = piece_of (p, v->C, i);
  gint64 c = piece.channel * v->taps;
  float *columns = p->columns + c * p->n, *x = p->x + piece.channel * v->in;

  if (v->form == POINTWISE) {
    sal_gemm (TRUE, FALSE, piece.channels, piece.places, v->K, 1.f, p->w + c, v->C,
              p->y + piece.place, v->out, 1.f, x + piece.place, v->in);
    return;
  }
  sal_gemm (TRUE, FALSE, piece.channels * v->taps, p->n, v->K, 1.f, p->w + c, v->rows,
            p->y + p->from, v->out, 0.f, columns, p->n);
  sal_col2im (&v->window, piece.channels, columns, p->from, p->from + p->n, x);
}

static void
backward_part (Part *p, SalTeam *team)
{
  const Conv *v = p->v;
  gint64 strip = v->form == POINTWISE ? v->out : v->strip;

  for (p->from = 0; p->from < v->out; p->from += strip) {
    p->n = MIN (strip, v->out - p->from);
    run_pieces (p, v->C, v->form == POINTWISE, team, backward_cb);
  }
}

/* gW += gY · im2col (x)ᵀ */
static void
backward_weight (const Conv *v, const float *x, const float *gy, float *gw, float *scratch)
{
  if (v->form == POINTWISE)
    sal_gemm (FALSE, TRUE, v->K, v->C, v->out, 1.f, gy, v->out, x, v->in, 1.f, gw, v->C);
  else if (v->form == DEPTHWISE)
    for (gint64 k = 0; k < v->K; k++)
      sal_depthwise_weight (&v->window, x, gy + k * v->out, gw + k * v->rows);
  else
    for (gint64 p = 0; p < v->out; p += v->strip) {
      gint64 n = MIN (v->strip, v->out - p);

      sal_im2col (&v->window, v->C, x, p, p + n, scratch);
      sal_gemm (FALSE, TRUE, v->K, v->rows, n, 1.f, gy + p, v->out, scratch, n, 1.f, gw, v->rows);
    }
}

static void
conv_backward (const SalOpArgs *a)
{
  const Conv *v = a->state;
  float *gbias = a->n_x > 2 ? a->gx[2] : NULL;

  if (a->gx[0] != NULL && v->form == DEPTHWISE) {
    Planes planes = { v, a };

    sal_team_run (sal_last_team (a), (int) (v->N * v->groups), plane_backward_cb, &planes);
  }
  for (gint64 ng = 0; ng < v->N * v->groups; ng++) {
    gint64 g = ng % v->groups;
    const float *gy = a->gy[0] + ng * v->K * v->out;

    if (a->gx[0] != NULL && v->form != DEPTHWISE) {
      Part part = { .v = v,
                    .x = a->gx[0] + ng * v->C * v->in,
                    .w = a->x[1] + g * v->K * v->rows,
                    .y = (float *) gy,
                    .columns = a->scratch };

      backward_part (&part, a->team);
    }
    if (a->gx[1] != NULL)
      backward_weight (v, a->x[0] + ng * v->C * v->in, gy, a->gx[1] + g * v->K * v->rows,
                       a->scratch);
    for (gint64 k = 0; gbias != NULL && k < v->K; k++) {
      double sum = 0;

      for (gint64 p = 0; p < v->out; p++)
        sum += gy[k * v->out + p];
      gbias[g * v->K + k] += sum;
    }
  }
}

const SalOp sal_ops_conv[] = {
  { "Conv", 1, SAL_KEEP_X (0) | SAL_KEEP_X (1), conv_setup, conv_forward, conv_backward },
  { NULL },
};
