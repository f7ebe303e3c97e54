#include "engine/kernels/gemm.h"

#include "engine/kernels/conv-private.h"
#include "engine/kernels/panel.h"

/* Terms that are added before they go to memory. */
#define DEPTH 576

/* Rows that pass before the next part of the weights is read. */
#define BLOCK 96

/* Going backward: rows that share a part of the weights, and how many sums of each a part makes; a
 * multiple of 8, for gates come in bytes. */
#define BACK_ROWS 16
#define BACK_SUMS 128

struct _SalGemmWeights {
  int ref_count;
  const SalKernels *kernels;
  int K, N;
  float *packed; /* [panel][K][columns of the panel] */
};

typedef struct {
  const SalGemmWeights *w;
  gint64 rows;
  const float *x;
  gint64 x_step;
  SalFinish finish;
  int panel_parts;
  gint64 row_parts;
  guint8 *scratch;
} Job;

gsize
sal_gemm_weights_bytes (int K, int N)
{
  return (gsize) K * sal_panel_columns (sal_kernels_get (), N) * sizeof (float);
}

SalGemmWeights *
sal_gemm_weights_new (int K, int N, const float *w, gboolean transposed)
{
  SalGemmWeights *weights = g_new0 (SalGemmWeights, 1);
  float *to;

  weights->ref_count = 1;
  weights->kernels = sal_kernels_get ();
  weights->K = K;
  weights->N = N;
  weights->packed = to = g_aligned_alloc (MAX (sal_gemm_weights_bytes (K, N), 1), 1, 64);
  for (int p = 0; p < sal_panel_count (weights->kernels, N); p++) {
    int first = sal_panel_first (weights->kernels, N, p);
    int end = sal_panel_first (weights->kernels, N, p + 1);

    for (gint64 k = 0; k < K; k++)
      for (gint64 n = first; n < end; n++)
        *to++ = n >= N ? 0 : transposed ? w[n * K + k] : w[k * N + n];
  }
  return weights;
}

SalGemmWeights *
sal_gemm_weights_ref (SalGemmWeights *weights)
{
  g_atomic_int_inc (&weights->ref_count);
  return weights;
}

void
sal_gemm_weights_unref (SalGemmWeights *weights)
{
  if (weights == NULL || !g_atomic_int_dec_and_test (&weights->ref_count))
    return;
  g_aligned_free (weights->packed);
  g_free (weights);
}

static gsize
worker_scratch (const SalGemmWeights *w)
{
  return (gsize) BACK_ROWS * BACK_SUMS * w->kernels->lanes * sizeof (float);
}

gsize
sal_gemm_scratch_bytes (const SalGemmWeights *weights, int workers)
{
  return worker_scratch (weights) * workers;
}

/* Some rows with one panel. */
static void
forward_panel (const Job *job, int panel, gint64 row, int rows)
{
  const SalGemmWeights *w = job->w;
  int first = sal_panel_first (w->kernels, w->N, panel);
  int width = sal_panel_first (w->kernels, w->N, panel + 1) - first;
  int cuts = (w->K + DEPTH - 1) / DEPTH, depth = (w->K + cuts - 1) / MAX (cuts, 1);
  int tiles = (rows + SAL_TILE_ROWS - 1) / SAL_TILE_ROWS;
  SalTile tile = { .taps = 1, .channel = first, .finish = &job->finish, .first = TRUE };

  tile.columns = MIN (width, w->N - first);
  do {
    tile.depth = MIN (depth, w->K - tile.from);
    tile.b = w->packed + (gsize) first * w->K + (gsize) tile.from * width;
    tile.last = tile.from + tile.depth == w->K;
    for (int i = 0; i < tiles; i++) {
      int at = rows * i / tiles, n = rows * (i + 1) / tiles - at;
      const float *a[SAL_TILE_ROWS];
      gint64 pixel[SAL_TILE_ROWS];

      for (int j = 0; j < n; j++) {
        pixel[j] = row + at + j;
        a[j] = job->x + pixel[j] * job->x_step;
      }
      /* What follows lies behind: other tiles' share of the time is enough to fetch all of it. */
      tile.ahead = tile.b + (gint64) tile.depth * width * (tiles + i) / tiles;
      tile.ahead_step = (width + tiles - 1) / tiles;
      tile.a = a;
      tile.pixel = pixel;
      w->kernels->tile[n][width / w->kernels->lanes](&tile);
    }
    tile.first = FALSE;
    tile.from += depth;
  } while (tile.from < w->K);
}

static void
forward_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  gint64 part = piece / job->panel_parts, panel = piece % job->panel_parts;
  gint64 end = job->rows * (part + 1) / job->row_parts;
  int panels = sal_panel_count (job->w->kernels, job->w->N);
  int to = (int) (panels * (panel + 1) / job->panel_parts);

  for (gint64 row = job->rows * part / job->row_parts; row < end; row += BLOCK)
    for (int p = (int) (panels * panel / job->panel_parts); p < to; p++)
      forward_panel (job, p, row, (int) MIN (BLOCK, end - row));
}

void
sal_gemm_forward (const SalGemmWeights *weights, gint64 rows, const SalConvArgs *args)
{
  int workers = sal_team_size (args->team), panels = sal_panel_count (weights->kernels, weights->N);
  Job job = { .w = weights, .rows = rows, .x = args->x, .x_step = args->x_step };

  job.finish = sal_conv_finish (args);
  job.panel_parts = workers == 1 ? 1 : MIN (panels, 2 * workers);
  job.row_parts = job.panel_parts >= workers ? 1 : MIN (rows, 2 * workers);
  if (rows > 0)
    sal_team_run (args->team, (int) (job.panel_parts * job.row_parts), forward_cb, &job);
}

/* Some sums of all rows. */
static void
backward_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  const SalGemmWeights *w = job->w;
  int from = piece * BACK_SUMS, sums = MIN (BACK_SUMS, w->K - from);
  float *scratch = (float *) (job->scratch + worker * worker_scratch (w));

  for (gint64 block = 0; block < job->rows; block += BACK_ROWS) {
    SalDots dots[BACK_ROWS / SAL_DOTS_ROWS];
    int groups = 0;

    for (gint64 row = block; row < MIN (block + BACK_ROWS, job->rows); row += SAL_DOTS_ROWS) {
      dots[groups] = (SalDots){ .depth = sums, .x_step = job->x_step };
      dots[groups].rows = (int) MIN (SAL_DOTS_ROWS, job->rows - row);
      dots[groups].sums = scratch + (gsize) (row - block) * sums * w->kernels->lanes;
      groups++;
    }
    for (int p = 0; p < sal_panel_count (w->kernels, w->N); p++) {
      int first = sal_panel_first (w->kernels, w->N, p);
      int width = sal_panel_first (w->kernels, w->N, p + 1) - first;

      for (int g = 0; g < groups; g++) {
        dots[g].w = w->packed + (gsize) first * w->K + (gsize) from * width;
        dots[g].vectors = width / w->kernels->lanes;
        dots[g].columns = MIN (width, w->N - first);
        dots[g].x = job->x + (block + g * SAL_DOTS_ROWS) * job->x_step + first;
        dots[g].first = p == 0;
        w->kernels->dots (&dots[g]);
      }
    }
    for (int g = 0; g < groups; g++)
      w->kernels->dots_end (&dots[g], &job->finish, block + g * SAL_DOTS_ROWS, from);
  }
}

void
sal_gemm_backward (const SalGemmWeights *weights, gint64 rows, const SalConvArgs *args)
{
  Job job = { .w = weights, .rows = rows, .x = args->x, .x_step = args->x_step };

  job.finish = sal_conv_finish (args);
  job.scratch = args->scratch;
  sal_team_run (args->team, (weights->K + BACK_SUMS - 1) / BACK_SUMS, backward_cb, &job);
}
