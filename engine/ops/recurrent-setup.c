/* What LSTM, GRU and RNN check and allow when a plan is made, their activation functions, and
 * their rows in the table of operators. */
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/recurrent.h"

#include "engine/base/error.h"

#include <math.h>

/* Names as in the file, and the numbers where the file gives none. */
static const struct {
  const char *name;
  gboolean has_alpha, has_beta;
  float alpha, beta;
} gates[] = {
  [SAL_GATE_SIGMOID] = { "Sigmoid" },
  [SAL_GATE_TANH] = { "Tanh" },
  [SAL_GATE_RELU] = { "Relu" },
  [SAL_GATE_AFFINE] = { "Affine", TRUE, TRUE, 1, 0 },
  [SAL_GATE_LEAKY_RELU] = { "LeakyRelu", TRUE, FALSE, 0.01f },
  [SAL_GATE_THRESHOLDED_RELU] = { "ThresholdedRelu", TRUE, FALSE, 1 },
  [SAL_GATE_SCALED_TANH] = { "ScaledTanh", TRUE, TRUE, 1, 1 },
  [SAL_GATE_HARD_SIGMOID] = { "HardSigmoid", TRUE, TRUE, 0.2f, 0.5f },
  [SAL_GATE_ELU] = { "Elu", TRUE, FALSE, 1 },
  [SAL_GATE_SOFTSIGN] = { "Softsign" },
  [SAL_GATE_SOFTPLUS] = { "Softplus" },
};

float
sal_gate (const SalRecurrent *r, const SalGate *gate, float x, float *slope)
{
  float a = gate->alpha, b = gate->beta, y, inside = 1;

  if (r->clip > 0 && fabsf (x) > r->clip) {
    x = copysignf (r->clip, x);
    inside = 0;
  }
  switch (gate->kind) {
  case SAL_GATE_SIGMOID:
    y = 1 / (1 + expf (-x));
    *slope = y * (1 - y);
    break;
  case SAL_GATE_TANH:
    y = tanhf (x);
    *slope = 1 - y * y;
    break;
  case SAL_GATE_AFFINE:
    y = a * x + b;
    *slope = a;
    break;
  case SAL_GATE_LEAKY_RELU:
    y = x < 0 ? a * x : x;
    *slope = x < 0 ? a : 1;
    break;
  case SAL_GATE_THRESHOLDED_RELU:
    y = x > a ? x : 0;
    *slope = x > a;
    break;
  case SAL_GATE_SCALED_TANH:
    y = tanhf (b * x);
    *slope = a * b * (1 - y * y);
    y *= a;
    break;
  case SAL_GATE_HARD_SIGMOID:
    y = CLAMP (a * x + b, 0, 1);
    *slope = y > 0 && y < 1 ? a : 0;
    break;
  case SAL_GATE_ELU:
    y = x < 0 ? a * expm1f (x) : x;
    *slope = x < 0 ? a * expf (x) : 1;
    break;
  case SAL_GATE_SOFTSIGN:
    y = x / (1 + fabsf (x));
    *slope = (1 - fabsf (y)) * (1 - fabsf (y));
    break;
  case SAL_GATE_SOFTPLUS:
    y = MAX (x, 0) + log1pf (expf (-fabsf (x)));
    *slope = 1 / (1 + expf (-x));
    break;
  case SAL_GATE_RELU:
  default:
    y = MAX (x, 0);
    *slope = x > 0;
    break;
  }
  *slope *= inside;
  return y;
}

/* `activations` lists functions for each direction; the lists of numbers hold one for each
 * function that takes one, in the same order. */
static gboolean
read_functions (const SalOpSetup *setup, SalRecurrent *r, GError **error)
{
  gsize n, n_alpha, n_beta, alphas_used = 0, betas_used = 0;
  const char *const *names = sal_node_strings (setup->node, "activations", &n);
  const float *alpha = sal_node_floats (setup->node, "activation_alpha", &n_alpha);
  const float *beta = sal_node_floats (setup->node, "activation_beta", &n_beta);
  int wanted = r->cell->n_functions;

  if (n != 0 && n != (gsize) (wanted * r->directions))
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                              "activations names %d functions, not %d", (int) n,
                              wanted * r->directions);
  for (int i = 0; i < wanted * r->directions; i++) {
    SalGate *gate = &r->function[i / wanted][i % wanted];

    gate->kind = r->cell->functions[i % wanted];
    for (gsize k = 0; n != 0 && k <= G_N_ELEMENTS (gates); k++) {
      if (k == G_N_ELEMENTS (gates))
        return sal_op_setup_fail (setup, error, SAL_ERROR_UNSUPPORTED, "activation \"%s\"",
                                  names[i]);
      if (g_ascii_strcasecmp (names[i], gates[k].name) == 0) {
        gate->kind = (SalGateKind) k;
        break;
      }
    }
    gate->alpha = gates[gate->kind].alpha;
    gate->beta = gates[gate->kind].beta;
    if (gates[gate->kind].has_alpha && alphas_used < n_alpha)
      gate->alpha = alpha[alphas_used++];
    if (gates[gate->kind].has_beta && betas_used < n_beta)
      gate->beta = beta[betas_used++];
  }
  return TRUE;
}

static gboolean
read_direction (const SalOpSetup *setup, SalRecurrent *r, GError **error)
{
  const char *direction = sal_node_string (setup->node, "direction", "forward");

  r->directions = 1;
  if (g_ascii_strcasecmp (direction, "bidirectional") == 0) {
    r->directions = 2;
    r->reverse[1] = TRUE;
  } else if (g_ascii_strcasecmp (direction, "reverse") == 0)
    r->reverse[0] = TRUE;
  else if (g_ascii_strcasecmp (direction, "forward") != 0)
    return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT, "direction is \"%s\"", direction);
  return TRUE;
}

static gboolean
recurrent_setup (SalOpSetup *setup, const SalCell *cell, GError **error)
{
  const SalShape *x = &setup->x_shape[0];
  SalRecurrent *r = sal_op_setup_state (setup, sizeof *r, NULL);
  gint64 width;
  double numbers;

  r->cell = cell;
  if (!sal_op_expect_inputs (setup, cell->has_cell ? "fff?fifff" : "fff?fif",
                             cell->has_cell ? 3 : 2, error) ||
      !sal_op_expect_rank (setup, 0, 3, 3, error) || !sal_op_expect_rank (setup, 2, 3, 3, error) ||
      !read_direction (setup, r, error) || !read_functions (setup, r, error))
    return FALSE;
  r->batch_first = sal_node_int (setup->node, "layout", 0) != 0;
  r->coupled = sal_node_int (setup->node, "input_forget", 0) != 0;
  r->linear_before_reset = sal_node_int (setup->node, "linear_before_reset", 0) != 0;
  r->clip = sal_node_float (setup->node, "clip", 0);
  r->T = x->dim[r->batch_first ? 1 : 0];
  r->N = x->dim[r->batch_first ? 0 : 1];
  r->I = x->dim[2];
  r->H = setup->x_shape[2].dim[2];
  width = cell->gates * r->H;
  if (sal_node_has (setup->node, "hidden_size") &&
      sal_node_int (setup->node, "hidden_size", -1) != r->H)
    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE,
                              "hidden_size is %" PRId64 ", R has %" PRId64,
                              sal_node_int (setup->node, "hidden_size", -1), r->H);

  SalShape state = SAL_SHAPE (r->directions, r->N, r->H);
  SalShape sequence = SAL_SHAPE (r->T, r->directions, r->N, r->H);
  if (r->batch_first) {
    state = SAL_SHAPE (r->N, r->directions, r->H);
    sequence = SAL_SHAPE (r->N, r->T, r->directions, r->H);
  }
  if (!sal_op_expect_shape (setup, 1, &SAL_SHAPE (r->directions, width, r->I), error) ||
      !sal_op_expect_shape (setup, 2, &SAL_SHAPE (r->directions, width, r->H), error) ||
      !sal_op_expect_shape (setup, 3, &SAL_SHAPE (r->directions, 2 * width), error) ||
      !sal_op_expect_shape (setup, 4, &SAL_SHAPE (r->N), error) ||
      !sal_op_expect_shape (setup, 5, &state, error) ||
      !sal_op_expect_shape (setup, 6, &state, error) ||
      !sal_op_expect_shape (setup, 7, &SAL_SHAPE (r->directions, 3 * r->H), error))
    return FALSE;

  numbers = 2. * (cell->gates + 2 * cell->stored + 8) * (r->T + 1) * r->N * r->H;
  if (numbers > 0x1p40)
    return sal_op_setup_fail (setup, error, SAL_ERROR_MEMORY,
                              "needs %.0f numbers in between, at most 2^40", numbers);
  for (int i = 0; i < setup->n_y; i++)
    setup->y_shape[i] = i == 0 ? sequence : state;
  setup->saved_bytes = r->directions * sal_recurrent_saved (r) * sizeof (float);
  setup->scratch_bytes = sal_recurrent_scratch (r) * sizeof (float);
  sal_op_count (setup, (double) r->directions * r->T * r->N * width * (r->I + r->H));
  if (setup->x_value[1] != NULL)
    setup->keep &= ~SAL_KEEP_X (0);
  return TRUE;
}

static gboolean
lstm_setup (SalOpSetup *setup, GError **error)
{
  return recurrent_setup (setup, &sal_cell_lstm, error);
}

static gboolean
gru_setup (SalOpSetup *setup, GError **error)
{
  return recurrent_setup (setup, &sal_cell_gru, error);
}

static gboolean
rnn_setup (SalOpSetup *setup, GError **error)
{
  return recurrent_setup (setup, &sal_cell_rnn, error);
}

/* X, for W's gradient; W, R, the lengths and the peepholes */
#define KEPT (SAL_KEEP_X (0) | SAL_KEEP_X (1) | SAL_KEEP_X (2) | SAL_KEEP_X (4) | SAL_KEEP_X (7))

const SalOp sal_ops_recurrent[] = {
  { "LSTM", 7, KEPT, lstm_setup, sal_recurrent_forward, sal_recurrent_backward },
  { "GRU", 7, KEPT, gru_setup, sal_recurrent_forward, sal_recurrent_backward },
  { "RNN", 7, KEPT, rnn_setup, sal_recurrent_forward, sal_recurrent_backward },
  { NULL },
};
