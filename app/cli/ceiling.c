#include "app/cli/ceiling.h"

#include "engine/base/random.h"
#include "engine/tensor/blas.h"

#include <glib.h>

/* Large enough that packing does not count, small enough to stay in the caches. */
#define SIZE 768
#define MICROSECONDS 100000

typedef struct {
  float *a, *b, *c;
  gint64 end;
  gint64 products;
} Worker;

static void
multiply_once (Worker *worker)
{
  sal_gemm (FALSE, FALSE, SIZE, SIZE, SIZE, 1.f, worker->a, SIZE, worker->b, SIZE, 0.f, worker->c,
            SIZE);
}

static gpointer
multiply (gpointer data)
{
  Worker *worker = data;

  do {
    multiply_once (worker);
    worker->products++;
  } while (g_get_monotonic_time () < worker->end);
  return NULL;
}

static double
measure (int threads)
{
  gsize n = (gsize) SIZE * SIZE;
  g_autofree Worker *workers = g_new0 (Worker, threads);
  g_autofree GThread **running = g_new0 (GThread *, threads);
  gint64 start, products = 0;

  for (int i = 0; i < threads; i++) {
    workers[i] = (Worker){ g_new (float, n), g_new (float, n), g_new (float, n), 0, 0 };
    sal_random_normals (1, 2 * (guint64) i, workers[i].a, (gint64) n);
    sal_random_normals (1, 2 * (guint64) i + 1, workers[i].b, (gint64) n);
    /* The first product is the first to touch the memory. */
    multiply_once (&workers[i]);
  }
  start = g_get_monotonic_time ();
  for (int i = 0; i < threads; i++) {
    workers[i].end = start + MICROSECONDS;
    running[i] = g_thread_new ("sgemm", multiply, &workers[i]);
  }
  for (int i = 0; i < threads; i++) {
    g_thread_join (running[i]);
    products += workers[i].products;
    g_free (workers[i].a);
    g_free (workers[i].b);
    g_free (workers[i].c);
  }

  double seconds = (double) (g_get_monotonic_time () - start) * 1e-6;

  return 2e-9 * (double) products * SIZE * SIZE * SIZE / seconds;
}

void
cli_ceiling_measure (CliCeiling *ceiling, int threads)
{
  ceiling->one = MAX (ceiling->one, measure (1));
  ceiling->all = threads > 1 ? MAX (ceiling->all, measure (threads)) : ceiling->one;
}
