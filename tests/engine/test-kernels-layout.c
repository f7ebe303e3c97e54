/* Channels-first to channels-last and back. */
#include "engine/kernels/layout.h"

typedef struct {
  int C;
  gint64 pixels;
} Case;

static const Case cases[] = {
  { 1, 1 }, { 3, 49 }, { 3, 12544 }, { 17, 23 }, { 64, 3136 }, { 512, 1 }, { 1000, 7 }, { 96, 784 },
};

#define N 2
#define GAP 5

static void
check (const Case *c, int gap)
{
  gint64 step = c->C + gap, n = N * c->C * c->pixels, n_last = N * c->pixels * step - gap;

  for (int threads = 1; threads <= 3; threads++) {
    g_autoptr (SalTeam) team = sal_team_new (threads);
    g_autofree float *first = g_new (float, n), *last = g_new (float, n_last);

    for (int add = 0; add < 2; add++) {
      for (gint64 i = 0; i < n; i++)
        first[i] = i % 4099;
      for (gint64 i = 0; i < n_last; i++)
        last[i] = 0.5f;
      sal_layout_to_last (first, N, c->C, c->pixels, last, step, add, team);
      for (gint64 i = 0; i < n_last; i++) {
        gint64 channel = i % step, pixel = i / step, picture = pixel / c->pixels;
        gint64 from = (picture * c->C + channel) * c->pixels + pixel % c->pixels;

        if (channel >= c->C)
          g_assert_cmpfloat (last[i], ==, 0.5f);
        else
          g_assert_cmpfloat (last[i], ==, first[from] + (add ? 0.5f : 0));
      }
      sal_layout_to_first (last, step, N, c->C, c->pixels, first, add, team);
      for (gint64 i = 0; i < n; i++)
        g_assert_cmpfloat (first[i], ==, i % 4099 * (add ? 2 : 1) + (add ? 0.5f : 0));
    }
  }
}

static void
layout_cb (gconstpointer data)
{
  check (data, GAP);
  check (data, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/engine/kernels/layout/%dx%d", cases[i].C, (int) cases[i].pixels);

    g_test_add_data_func (path, &cases[i], layout_cb);
  }
  return g_test_run ();
}
