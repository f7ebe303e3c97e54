/* LSTM, GRU and RNN: sequences forward and back, one direction after the other; backward goes
 * through the steps in reverse (backpropagation through time). */
#include "engine/ops/recurrent.h"

#include "engine/ops/expect.h"
#include "engine/tensor/blas.h"

#include <string.h>

enum { X, W, R, B, LENGTHS, H0, C0, P };

/* Step @s of sample @n is time s, counted from the end of the sample's sequence in reverse. */
static gint64
time_of (const SalRecurrent *r, const SalOpArgs *a, int direction, gint64 s, gint64 n)
{
  gint64 length = r->T;

  if (a->n_x > LENGTHS && a->x[LENGTHS] != NULL)
    length = CLAMP (sal_x_ints (a, LENGTHS)[n], 0, r->T);
  if (s >= length)
    return -1;
  return r->reverse[direction] ? length - 1 - s : s;
}

gint64
sal_step_row (const SalStepArgs *step, gint64 n)
{
  const SalRecurrent *r = step->r;
  gint64 t = time_of (r, step->args, step->direction, step->step, n);

  return t < 0 ? -1 : r->batch_first ? n * r->T + t : t * r->N + n;
}

void
sal_step_product (const SalStepArgs *step, const float *h, int from, int to)
{
  const SalRecurrent *r = step->r;
  gint64 width = r->cell->gates * r->H;

  sal_gemm (FALSE, TRUE, r->N, (to - from) * r->H, r->H, 1.f, h, r->H, step->R + from * r->H * r->H,
            r->H, 0.f, step->product + from * r->H, width);
}

void
sal_step_product_backward (const SalStepArgs *step, const float *h, int from, int to, float *dh)
{
  const SalRecurrent *r = step->r;
  gint64 width = r->cell->gates * r->H, n = (to - from) * r->H, at = from * r->H * r->H;
  const float *g = step->product + from * r->H;

  sal_gemm (FALSE, FALSE, r->N, r->H, n, 1.f, g, width, step->R + at, r->H, 1.f, dh, r->H);
  if (step->gR != NULL)
    sal_gemm (TRUE, FALSE, n, r->H, r->N, 1.f, g, width, h, r->H, 1.f, step->gR + at, r->H);
}

/* Element of Y for row @row of a direction; Y_h, Y_c and the initial states are as if T were 1. */
static gint64
output_at (const SalRecurrent *r, int direction, gint64 row, gint64 N)
{
  if (r->batch_first)
    return (row * r->directions + direction) * r->H;
  return ((row / N * r->directions + direction) * N + row % N) * r->H;
}

static gint64
state_at (const SalRecurrent *r, int direction, gint64 n)
{
  return output_at (r, direction, n, r->N);
}

/* Saved memory: for each direction, the states before each step and after the last, then values
 * and slopes of the cells. */
typedef struct {
  float *h, *c, *value, *slope;
} Saved;

gint64
sal_recurrent_saved (const SalRecurrent *r)
{
  gint64 states = (r->T + 1) * r->N * r->H * (r->cell->has_cell ? 2 : 1);

  return states + 2 * r->T * r->N * r->cell->stored * r->H;
}

static Saved
saved_of (const SalRecurrent *r, const SalOpArgs *a, int direction)
{
  gint64 states = (r->T + 1) * r->N * r->H;
  Saved saved = { .h = (float *) a->saved + direction * sal_recurrent_saved (r) };

  saved.c = saved.h + states;
  saved.value = r->cell->has_cell ? saved.c + states : saved.c;
  saved.slope = saved.value + r->T * r->N * r->cell->stored * r->H;
  return saved;
}

/* Scratch memory: the rows of `input`, then what a step needs. */
gint64
sal_recurrent_scratch (const SalRecurrent *r)
{
  return (r->T + 1) * r->N * r->cell->gates * r->H + 4 * r->N * r->H;
}

static SalStepArgs
make_step (const SalRecurrent *r, const SalOpArgs *a, int direction)
{
  gint64 width = r->cell->gates * r->H, states = r->N * r->H;
  gboolean gru = r->cell == &sal_cell_gru;
  SalStepArgs step = { .r = r, .args = a, .direction = direction };

  step.R = a->x[R] + direction * width * r->H;
  if (a->n_x > B && a->x[B] != NULL && gru)
    step.B = a->x[B] + (2 * direction + 1) * width;
  if (a->n_x > P && a->x[P] != NULL)
    step.P = a->x[P] + direction * 3 * r->H;
  step.input = a->scratch;
  step.product = step.input + r->T * r->N * width;
  step.hidden = step.product + r->N * width;
  step.spare = step.hidden + states;
  step.dh = step.spare + states;
  step.dc = step.dh + states;
  return step;
}

static void
set_step (SalStepArgs *step, const Saved *saved, gint64 s)
{
  const SalRecurrent *r = step->r;
  gint64 states = r->N * r->H, stored = r->cell->stored * states;

  step->step = s;
  step->h = saved->h + s * states;
  step->h1 = saved->h + (s + 1) * states;
  step->c = saved->c + s * states;
  step->c1 = saved->c + (s + 1) * states;
  step->value = saved->value + s * stored;
  step->slope = saved->slope + s * stored;
}

static void
read_state (const SalRecurrent *r, const float *from, int direction, float *to)
{
  for (gint64 n = 0; n < r->N; n++)
    for (gint64 j = 0; j < r->H; j++)
      to[n * r->H + j] = from != NULL ? from[state_at (r, direction, n) + j] : 0.f;
}

static void
add_state (const SalRecurrent *r, const float *from, int direction, float *to)
{
  for (gint64 n = 0; n < r->N && to != NULL; n++)
    for (gint64 j = 0; j < r->H; j++)
      to[state_at (r, direction, n) + j] += from[n * r->H + j];
}

/* input = X · Wᵀ + biases. The GRU adds R's bias of its third gate itself, inside the reset. */
static void
make_input (const SalRecurrent *r, const SalOpArgs *a, int direction, float *input)
{
  gint64 width = r->cell->gates * r->H, rows = r->T * r->N;
  gint64 plain = r->cell == &sal_cell_gru ? 2 * r->H : width;
  const float *bias = a->n_x > B ? a->x[B] : NULL;

  for (gint64 i = 0; i < rows * width && bias != NULL; i++) {
    const float *b = bias + 2 * direction * width;
    gint64 j = i % width;

    input[i] = b[j] + (j < plain ? b[width + j] : 0.f);
  }
  sal_gemm (FALSE, TRUE, rows, width, r->I, 1.f, a->x[X], r->I, a->x[W] + direction * width * r->I,
            r->I, bias != NULL ? 1.f : 0.f, input, width);
}

static void
add_row (float *to, const float *from, gint64 n)
{
  for (gint64 i = 0; i < n; i++)
    to[i] += from[i];
}

void
sal_recurrent_forward (const SalOpArgs *a)
{
  const SalRecurrent *r = a->state;
  gboolean sequence = sal_op_wants (a->node, 0);

  if (sequence)
    memset (a->y[0], 0, a->n * sizeof (float));
  for (int d = 0; d < r->directions; d++) {
    Saved saved = saved_of (r, a, d);
    SalStepArgs step = make_step (r, a, d);

    make_input (r, a, d, step.input);
    read_state (r, a->n_x > H0 ? a->x[H0] : NULL, d, saved.h);
    if (r->cell->has_cell)
      read_state (r, a->n_x > C0 ? a->x[C0] : NULL, d, saved.c);
    for (gint64 s = 0; s < r->T; s++) {
      set_step (&step, &saved, s);
      r->cell->forward (&step);
      for (gint64 n = 0; n < r->N && sequence; n++) {
        gint64 row = sal_step_row (&step, n);

        if (row >= 0)
          memcpy (a->y[0] + output_at (r, d, row, r->N), step.h1 + n * r->H, r->H * sizeof (float));
      }
    }
    for (int i = 1; i < a->n_y; i++) {
      const float *last = (i == 1 ? saved.h : saved.c) + r->T * r->N * r->H;

      for (gint64 n = 0; n < r->N && sal_op_wants (a->node, i); n++)
        memcpy (a->y[i] + state_at (r, d, n), last + n * r->H, r->H * sizeof (float));
    }
  }
}

/* What the gradient of Y at this step asks of h1. */
static void
add_output_gradient (const SalStepArgs *step, const float *gy)
{
  const SalRecurrent *r = step->r;

  for (gint64 n = 0; n < r->N && gy != NULL; n++) {
    gint64 row = sal_step_row (step, n);

    if (row >= 0)
      add_row (step->dh + n * r->H, gy + output_at (r, step->direction, row, r->N), r->H);
  }
}

static const float *
gradient_of (const SalOpArgs *a, int i)
{
  return i < a->n_y ? a->gy[i] : NULL;
}

void
sal_recurrent_backward (const SalOpArgs *a)
{
  const SalRecurrent *r = a->state;
  gint64 width = r->cell->gates * r->H, rows = r->T * r->N;
  float *gB = a->n_x > B ? a->gx[B] : NULL;

  for (int d = 0; d < r->directions; d++) {
    Saved saved = saved_of (r, a, d);
    SalStepArgs step = make_step (r, a, d);
    const float *w = a->x[W] + d * width * r->I;

    step.gR = a->gx[R] != NULL ? a->gx[R] + d * width * r->H : NULL;
    step.gP = a->n_x > P && a->gx[P] != NULL ? a->gx[P] + d * 3 * r->H : NULL;
    memset (step.input, 0, rows * width * sizeof (float));
    read_state (r, gradient_of (a, 1), d, step.dh);
    read_state (r, r->cell->has_cell ? gradient_of (a, 2) : NULL, d, step.dc);
    for (gint64 s = r->T - 1; s >= 0; s--) {
      set_step (&step, &saved, s);
      add_output_gradient (&step, gradient_of (a, 0));
      r->cell->backward (&step);
      for (gint64 n = 0; n < r->N && gB != NULL; n++)
        add_row (gB + (2 * d + 1) * width, step.product + n * width, width);
    }
    for (gint64 i = 0; i < rows && gB != NULL; i++)
      add_row (gB + 2 * d * width, step.input + i * width, width);
    if (a->gx[X] != NULL)
      sal_gemm (FALSE, FALSE, rows, r->I, width, 1.f, step.input, width, w, r->I, 1.f, a->gx[X],
                r->I);
    if (a->gx[W] != NULL)
      sal_gemm (TRUE, FALSE, width, r->I, rows, 1.f, step.input, width, a->x[X], r->I, 1.f,
                a->gx[W] + d * width * r->I, r->I);
    add_state (r, step.dh, d, a->n_x > H0 ? a->gx[H0] : NULL);
    add_state (r, step.dc, d, a->n_x > C0 && r->cell->has_cell ? a->gx[C0] : NULL);
  }
}
