/* The cells of LSTM, GRU and RNN: one step forward, and backward through it. Backward needs each
 * activation's value and slope, which forward leaves. */
#include "engine/ops/recurrent.h"

#include <string.h>

/* i = f(...), o = f(...), f = f(...), g = g(...), in this order in W, R and the biases;
 * c1 = f · c + i · g;  h1 = o · h(c1). Peepholes P (i, o, f) add P · c inside the gates, o's with
 * c1. [Hochreiter & Schmidhuber 1997; peepholes: Gers & Schmidhuber 2000] */
static void
lstm_forward (const SalStepArgs *s)
{
  const SalRecurrent *r = s->r;
  const SalGate *function = r->function[s->direction];
  gint64 H = r->H;

  sal_step_product (s, s->h, 0, 4);
  for (gint64 n = 0; n < r->N; n++) {
    gint64 row = sal_step_row (s, n);
    const float *in = s->input + row * 4 * H, *rec = s->product + n * 4 * H;
    float *v = s->value + n * 5 * H, *slope = s->slope + n * 5 * H;

    if (row < 0) {
      memcpy (s->h1 + n * H, s->h + n * H, H * sizeof (float));
      memcpy (s->c1 + n * H, s->c + n * H, H * sizeof (float));
      continue;
    }
    for (gint64 j = 0; j < H; j++) {
      gint64 i = j, o = H + j, f = 2 * H + j, g = 3 * H + j, hc = 4 * H + j;
      float c = s->c[n * H + j], c1;
      float pi = s->P != NULL ? s->P[j] : 0, po = s->P != NULL ? s->P[H + j] : 0;
      float pf = s->P != NULL ? s->P[2 * H + j] : 0;

      v[i] = sal_gate (r, &function[0], in[i] + rec[i] + pi * c, &slope[i]);
      v[f] = sal_gate (r, &function[0], in[f] + rec[f] + pf * c, &slope[f]);
      if (r->coupled)
        v[f] = 1 - v[i];
      v[g] = sal_gate (r, &function[1], in[g] + rec[g], &slope[g]);
      s->c1[n * H + j] = c1 = v[f] * c + v[i] * v[g];
      v[o] = sal_gate (r, &function[0], in[o] + rec[o] + po * c1, &slope[o]);
      v[hc] = sal_gate (r, &function[2], c1, &slope[hc]);
      s->h1[n * H + j] = v[o] * v[hc];
    }
  }
}

static void
lstm_backward (const SalStepArgs *s)
{
  const SalRecurrent *r = s->r;
  gint64 H = r->H;

  for (gint64 n = 0; n < r->N; n++) {
    gint64 row = sal_step_row (s, n);
    float *in = s->input + row * 4 * H, *rec = s->product + n * 4 * H;
    const float *v = s->value + n * 5 * H, *slope = s->slope + n * 5 * H;

    if (row < 0) {
      memset (rec, 0, 4 * H * sizeof (float));
      continue;
    }
    for (gint64 j = 0; j < H; j++) {
      gint64 i = j, o = H + j, f = 2 * H + j, g = 3 * H + j, hc = 4 * H + j;
      float c = s->c[n * H + j], dh = s->dh[n * H + j], dc;
      float pi = s->P != NULL ? s->P[j] : 0, po = s->P != NULL ? s->P[H + j] : 0;
      float pf = s->P != NULL ? s->P[2 * H + j] : 0;

      in[o] = dh * v[hc] * slope[o];
      dc = s->dc[n * H + j] + dh * v[o] * slope[hc] + in[o] * po;
      in[i] = dc * (v[g] - (r->coupled ? c : 0)) * slope[i];
      in[f] = r->coupled ? 0 : dc * c * slope[f];
      in[g] = dc * v[i] * slope[g];
      s->dc[n * H + j] = dc * v[f] + in[i] * pi + in[f] * pf;
      s->dh[n * H + j] = 0;
      if (s->gP != NULL) {
        s->gP[j] += in[i] * c;
        s->gP[H + j] += in[o] * s->c1[n * H + j];
        s->gP[2 * H + j] += in[f] * c;
      }
    }
    memcpy (rec, in, 4 * H * sizeof (float));
  }
  sal_step_product_backward (s, s->h, 0, 4, s->dh);
}

static const SalGateKind lstm_functions[] = { SAL_GATE_SIGMOID, SAL_GATE_TANH, SAL_GATE_TANH };
const SalCell sal_cell_lstm = { .gates = 4,
                                .n_functions = 3,
                                .stored = 5,
                                .functions = lstm_functions,
                                .has_cell = TRUE,
                                .forward = lstm_forward,
                                .backward = lstm_backward };

/* z = f(...), r = f(...), in this order;  h1 = (1 - z) · g + z · h with
 * g = g(Wx + b + (r · h) Rᵀ + rb), or g(Wx + b + r · (h Rᵀ + rb)) with linear_before_reset.
 * The fourth block stored is what r multiplies in the latter. [Cho et al. 2014] */
static void
gru_forward (const SalStepArgs *s)
{
  const SalRecurrent *r = s->r;
  const SalGate *function = r->function[s->direction];
  gint64 H = r->H;

  sal_step_product (s, s->h, 0, r->linear_before_reset ? 3 : 2);
  for (gint64 n = 0; n < r->N; n++) {
    gint64 row = sal_step_row (s, n);
    const float *in = s->input + row * 3 * H, *rec = s->product + n * 3 * H;
    float *v = s->value + n * 4 * H, *slope = s->slope + n * 4 * H;

    for (gint64 j = 0; j < 2 * H && row >= 0; j++)
      v[j] = sal_gate (r, &function[0], in[j] + rec[j], &slope[j]);
    for (gint64 j = 0; j < H; j++)
      s->hidden[n * H + j] = row >= 0 ? v[H + j] * s->h[n * H + j] : 0;
  }
  if (!r->linear_before_reset)
    sal_step_product (s, s->hidden, 2, 3);
  for (gint64 n = 0; n < r->N; n++) {
    gint64 row = sal_step_row (s, n);
    const float *in = s->input + row * 3 * H, *rec = s->product + n * 3 * H;
    float *v = s->value + n * 4 * H, *slope = s->slope + n * 4 * H;

    for (gint64 j = 0; j < H; j++) {
      gint64 z = j, g = 2 * H + j;
      float q = s->B != NULL ? s->B[g] : 0, h = s->h[n * H + j];

      if (row < 0) {
        s->h1[n * H + j] = h;
        continue;
      }
      q += rec[g];
      v[3 * H + j] = q;
      if (r->linear_before_reset)
        q *= v[H + j];
      v[g] = sal_gate (r, &function[1], in[g] + q, &slope[g]);
      s->h1[n * H + j] = (1 - v[z]) * v[g] + v[z] * h;
    }
  }
}

static void
gru_backward (const SalStepArgs *s)
{
  const SalRecurrent *r = s->r;
  gint64 H = r->H;

  for (gint64 n = 0; n < r->N; n++) {
    gint64 row = sal_step_row (s, n);
    float *in = s->input + row * 3 * H, *rec = s->product + n * 3 * H;
    const float *v = s->value + n * 4 * H, *slope = s->slope + n * 4 * H;

    if (row < 0) {
      memset (rec, 0, 3 * H * sizeof (float));
      continue;
    }
    for (gint64 j = 0; j < H; j++) {
      gint64 z = j, g = 2 * H + j;
      float dh = s->dh[n * H + j];

      in[z] = rec[z] = dh * (s->h[n * H + j] - v[g]) * slope[z];
      in[g] = dh * (1 - v[z]) * slope[g];
      rec[g] = in[g] * (r->linear_before_reset ? v[H + j] : 1);
      s->dh[n * H + j] = dh * v[z];
    }
  }
  /* Where r multiplies h before the product, that product comes first; @spare gets what
   * reaches r · h. */
  if (!r->linear_before_reset) {
    for (gint64 n = 0; n < r->N; n++)
      for (gint64 j = 0; j < H; j++)
        s->hidden[n * H + j] =
            sal_step_row (s, n) >= 0 ? s->value[n * 4 * H + H + j] * s->h[n * H + j] : 0;
    memset (s->spare, 0, r->N * H * sizeof (float));
    sal_step_product_backward (s, s->hidden, 2, 3, s->spare);
  }
  for (gint64 n = 0; n < r->N; n++) {
    gint64 row = sal_step_row (s, n);
    float *in = s->input + row * 3 * H, *rec = s->product + n * 3 * H;
    const float *v = s->value + n * 4 * H, *slope = s->slope + n * 4 * H;

    for (gint64 j = 0; j < H && row >= 0; j++) {
      float reset = r->linear_before_reset ? in[2 * H + j] * v[3 * H + j]
                                           : s->spare[n * H + j] * s->h[n * H + j];

      if (!r->linear_before_reset)
        s->dh[n * H + j] += s->spare[n * H + j] * v[H + j];
      in[H + j] = rec[H + j] = reset * slope[H + j];
    }
  }
  sal_step_product_backward (s, s->h, 0, r->linear_before_reset ? 3 : 2, s->dh);
}

static const SalGateKind gru_functions[] = { SAL_GATE_SIGMOID, SAL_GATE_TANH };
const SalCell sal_cell_gru = { .gates = 3,
                               .n_functions = 2,
                               .stored = 4,
                               .functions = gru_functions,
                               .forward = gru_forward,
                               .backward = gru_backward };

/* h1 = f(Wx + b + h Rᵀ) */
static void
rnn_forward (const SalStepArgs *s)
{
  const SalRecurrent *r = s->r;
  gint64 H = r->H;

  sal_step_product (s, s->h, 0, 1);
  for (gint64 n = 0; n < r->N; n++) {
    gint64 row = sal_step_row (s, n);

    for (gint64 j = 0; j < H; j++)
      s->h1[n * H + j] =
          row < 0 ? s->h[n * H + j]
                  : sal_gate (r, &r->function[s->direction][0],
                              s->input[row * H + j] + s->product[n * H + j], &s->slope[n * H + j]);
  }
}

static void
rnn_backward (const SalStepArgs *s)
{
  gint64 H = s->r->H;

  for (gint64 n = 0; n < s->r->N; n++) {
    gint64 row = sal_step_row (s, n);

    for (gint64 j = 0; j < H; j++) {
      s->product[n * H + j] = row < 0 ? 0 : s->dh[n * H + j] * s->slope[n * H + j];
      if (row >= 0) {
        s->input[row * H + j] = s->product[n * H + j];
        s->dh[n * H + j] = 0;
      }
    }
  }
  sal_step_product_backward (s, s->h, 0, 1, s->dh);
}

static const SalGateKind rnn_functions[] = { SAL_GATE_TANH };
const SalCell sal_cell_rnn = { .gates = 1,
                               .n_functions = 1,
                               .stored = 1,
                               .functions = rnn_functions,
                               .forward = rnn_forward,
                               .backward = rnn_backward };
