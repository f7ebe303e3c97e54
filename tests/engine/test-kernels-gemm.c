/* Products with packed matrices against plain loops in float64, on every level the processor has.
 */
#include "engine/kernels/cpu.h"
#include "engine/kernels/gemm.h"

#include "engine/base/random.h"

#include <string.h>

typedef struct {
  int rows, K, N;
} Case;

static const Case cases[] = {
  { 1, 1, 1 },   { 1, 700, 130 }, { 2, 33, 1000 }, { 3, 129, 24 },
  { 5, 64, 64 }, { 23, 300, 77 }, { 100, 48, 80 }, { 7, 1200, 9 },
};

#define GAP 3

static float *
draw (guint64 stream, gint64 n)
{
  float *x = g_new (float, n);

  sal_random_normals (5, stream, x, n);
  return x;
}

/* @from columns in, @to out; @w [from][to] */
static void
check_way (const Case *c, gboolean backward, const SalGemmWeights *weights, const float *w)
{
  int from = backward ? c->N : c->K, to = backward ? c->K : c->N;
  int bytes = (to + 7) / 8;
  gint64 n_x = (gint64) c->rows * (from + GAP) - GAP, n_y = (gint64) c->rows * (to + GAP) - GAP;
  g_autofree float *x = draw (1, n_x), *bias = draw (2, to), *add = draw (3, n_y);
  g_autofree float *first = NULL;
  g_autofree guint8 *first_gates = NULL;
  double scale = sqrt (from);

  for (int run = 0; run < 4; run++) {
    int threads = run % 3 + 1, rows = run == 3 ? 1 : c->rows;
    g_autoptr (SalTeam) team = sal_team_new (threads);
    g_autofree float *y = g_memdup2 (add, n_y * sizeof *add);
    g_autofree guint8 *gates = g_new0 (guint8, c->rows * bytes);
    SalConvArgs args = { .x = x, .x_step = from + GAP, .y = y, .y_step = to + GAP, .bias = bias };

    args.add = y;
    args.add_step = args.y_step;
    args.low = -2;
    args.high = 1e6f;
    args.gate_out = gates;
    args.gate_out_step = bytes;
    args.team = team;
    args.scratch = g_aligned_alloc (sal_gemm_scratch_bytes (weights, threads), 1, 64);
    if (backward)
      sal_gemm_backward (weights, rows, &args);
    else
      sal_gemm_forward (weights, rows, &args);
    g_aligned_free (args.scratch);
    for (gint64 i = 0; i < (gint64) rows * (to + GAP) - GAP; i++) {
      gint64 row = i / (to + GAP), o = i % (to + GAP);
      double sum = add[i] + (o < to ? bias[o] : 0);

      if (o >= to) {
        g_assert_cmpfloat (y[i], ==, add[i]);
        continue;
      }
      for (int k = 0; k < from; k++)
        sum += (double) x[row * (from + GAP) + k] *
               (backward ? w[o * c->N + k] : w[(gint64) k * c->N + o]);
      g_assert_cmpfloat_with_epsilon (y[i], MAX (sum, -2), 3e-6 * scale);
      if (fabs (sum + 2) > 1e-4 * scale)
        g_assert_cmpint (gates[row * bytes + o / 8] >> o % 8 & 1, ==, sum > -2);
    }
    if (run == 0) {
      first = g_steal_pointer (&y);
      first_gates = g_steal_pointer (&gates);
    } else {
      g_assert_cmpmem (first, ((gint64) rows * (to + GAP) - GAP) * sizeof *y, y,
                       ((gint64) rows * (to + GAP) - GAP) * sizeof *y);
      g_assert_cmpmem (first_gates, rows * bytes, gates, rows * bytes);
    }
  }
}

static void
gemm_cb (gconstpointer data)
{
  const Case *c = data;
  g_autofree float *w = draw (4, (gint64) c->K * c->N);
  g_autofree float *turned = g_new (float, (gint64) c->K * c->N);

  for (int k = 0; k < c->K; k++)
    for (int n = 0; n < c->N; n++)
      turned[(gint64) n * c->K + k] = w[(gint64) k * c->N + n];
  for (SalCpuLevel level = 0; level <= sal_cpu_level_max (); level++) {
    for (int transposed = 0; transposed < 2; transposed++) {
      g_autoptr (SalGemmWeights) weights = NULL;

      sal_cpu_level_set (level);
      weights = sal_gemm_weights_new (c->K, c->N, transposed ? turned : w, transposed);
      for (int backward = 0; backward < 2; backward++)
        check_way (c, backward, weights, w);
    }
  }
  sal_cpu_level_set (sal_cpu_level_max ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/engine/kernels/gemm/%dx%dx%d", cases[i].rows, cases[i].K, cases[i].N);

    g_test_add_data_func (path, &cases[i], gemm_cb);
  }
  return g_test_run ();
}
