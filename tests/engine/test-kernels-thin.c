/* Products of few rows against plain loops in float64, on every level the processor has. */
#include "engine/kernels/cpu.h"
#include "engine/kernels/thin.h"

#include "engine/base/random.h"

#include <math.h>
#include <string.h>

typedef struct {
  int rows, J, K;
} Case;

static const Case cases[] = {
  { 1, 1, 1 },     { 1, 130, 700 }, { 2, 1000, 33 }, { 3, 24, 129 },    { 4, 65, 1024 },
  { 5, 64, 2500 }, { 6, 9, 1200 },  { 7, 77, 300 },  { 13, 100, 1100 }, { SAL_THIN_ROWS, 70, 40 },
};

static float *
draw (guint64 stream, gint64 n)
{
  float *x = g_new (float, n);

  sal_random_normals (5, stream, x, n);
  return x;
}

/* y[n][to] += alpha · Σ over from, w being [J][K] */
static void
check (const Case *c, gboolean across)
{
  int from = across ? c->J : c->K, to = across ? c->K : c->J;
  g_autofree float *x = draw (1, c->rows * from), *w = draw (2, (gint64) c->J * c->K);
  g_autofree float *y = draw (3, c->rows * to), *first = NULL;

  /* Rows of w that meet zeros alone. */
  for (int n = 0; n < c->rows; n++)
    for (int i = 8; i < MIN (from, 24); i++)
      x[n * from + i] = 0;
  for (int run = 0; run < 4; run++) {
    int rows = run == 3 ? 1 : c->rows;
    g_autoptr (SalTeam) team = sal_team_new (run % 3 + 1);
    g_autofree float *out = g_memdup2 (y, c->rows * to * sizeof *y);

    (across ? sal_thin_sum : sal_thin_dot) (x, rows, w, c->J, c->K, 0.5f, out, team);
    for (int n = 0; n < c->rows; n++)
      for (int t = 0; t < to; t++) {
        double sum = 0, had = out[n * to + t];

        for (int f = 0; f < from && n < rows; f++)
          sum += (double) x[n * from + f] *
                 (across ? w[(gint64) f * c->K + t] : w[(gint64) t * c->K + f]);
        g_assert_cmpfloat (ABS (had - (y[n * to + t] + 0.5 * sum)), <=, 2e-6 * sqrt (from));
      }
    /* Rows' bits do not depend on other rows, nor on the team. */
    if (first == NULL)
      first = g_steal_pointer (&out);
    else
      g_assert_cmpmem (out, rows * to * sizeof *out, first, rows * to * sizeof *out);
  }
}

static void
thin_cb (gconstpointer data)
{
  for (SalCpuLevel level = 0; level <= sal_cpu_level_max (); level++) {
    sal_cpu_level_set (level);
    check (data, FALSE);
    check (data, TRUE);
  }
  sal_cpu_level_set (sal_cpu_level_max ());
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/engine/kernels/thin/%dx%dx%d", cases[i].rows, cases[i].J, cases[i].K);

    g_test_add_data_func (path, &cases[i], thin_cb);
  }
  return g_test_run ();
}
