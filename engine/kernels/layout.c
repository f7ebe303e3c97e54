/* Transpositions in squares of 4 × 4 floats, which any processor turns in registers; those in
 * blocks of whole cache lines.
 *
 * Limit: the caches; a block's lines are used up while they are there. */
#include "engine/kernels/layout.h"

/* Pixels and channels of a block: four lines of cache by sixteen rows. */
#define BLOCK 16

/* Floats that are worth a piece of their own to another thread. */
#define PIECE 16384

typedef float Four __attribute__ ((vector_size (16)));
typedef float FourAnywhere __attribute__ ((vector_size (16), aligned (4), may_alias));

typedef struct {
  const float *x;
  float *y;
  gint64 rows, columns; /* of a matrix of x */
  gint64 x_step, y_step, x_matrix, y_matrix;
  gboolean add;
  gint64 n; /* matrices */
  int parts;
  gboolean by_columns; /* what is cut into parts */
} Job;

static inline void
put (float *to, Four x, gboolean add)
{
  FourAnywhere *y = (FourAnywhere *) to;

  *y = add ? (FourAnywhere) (*y + x) : (FourAnywhere) x;
}

/* y[c][r] = x[r][c] for 4 × 4 */
static inline void
turn_four (const float *x, gint64 x_step, float *y, gint64 y_step, gboolean add)
{
  Four a = *(const FourAnywhere *) x, b = *(const FourAnywhere *) (x + x_step);
  Four c = *(const FourAnywhere *) (x + 2 * x_step), d = *(const FourAnywhere *) (x + 3 * x_step);
  Four ab_low = __builtin_shufflevector (a, b, 0, 4, 1, 5);
  Four ab_high = __builtin_shufflevector (a, b, 2, 6, 3, 7);
  Four cd_low = __builtin_shufflevector (c, d, 0, 4, 1, 5);
  Four cd_high = __builtin_shufflevector (c, d, 2, 6, 3, 7);

  put (y, __builtin_shufflevector (ab_low, cd_low, 0, 1, 4, 5), add);
  put (y + y_step, __builtin_shufflevector (ab_low, cd_low, 2, 3, 6, 7), add);
  put (y + 2 * y_step, __builtin_shufflevector (ab_high, cd_high, 0, 1, 4, 5), add);
  put (y + 3 * y_step, __builtin_shufflevector (ab_high, cd_high, 2, 3, 6, 7), add);
}

static inline void
turn_block (const float *x, gint64 x_step, float *y, gint64 y_step, int rows, int columns,
            gboolean add)
{
  int whole_rows = rows / 4 * 4, whole_columns = columns / 4 * 4;

  for (int r = 0; r < whole_rows; r += 4)
    for (int c = 0; c < whole_columns; c += 4)
      turn_four (x + r * x_step + c, x_step, y + c * y_step + r, y_step, add);
  for (int r = 0; r < rows; r++) {
    for (int c = r < whole_rows ? whole_columns : 0; c < columns; c++) {
      float *to = y + c * y_step + r, v = x[r * x_step + c];

      *to = add ? *to + v : v;
    }
  }
}

/* Three channels, those of colours, lie too close together for squares: four pixels at once.
 *
 * y[p][c] = x[c][p] for @n pixels */
static void
weave (const float *x, gint64 x_step, float *y, gint64 n, gboolean add)
{
  gint64 whole = n / 4 * 4;

  for (gint64 p = 0; p < whole; p += 4, y += 12) {
    Four r = *(const FourAnywhere *) (x + p), g = *(const FourAnywhere *) (x + x_step + p);
    Four b = *(const FourAnywhere *) (x + 2 * x_step + p);
    Four rg = __builtin_shufflevector (r, g, 0, 4, 1, 5);
    Four gb = __builtin_shufflevector (g, b, 1, 5, 2, 6);
    Four br = __builtin_shufflevector (b, r, 2, 7, 2, 7);
    Four last = __builtin_shufflevector (g, b, 3, 7, 3, 7);

    put (y, __builtin_shufflevector (rg, b, 0, 1, 4, 2), add);
    put (y + 4, __builtin_shufflevector (gb, r, 0, 1, 6, 2), add);
    put (y + 8, __builtin_shufflevector (br, last, 0, 1, 4, 5), add);
  }
  turn_block (x + whole, x_step, y, 3, 3, (int) (n - whole), add);
}

/* y[c][p] = x[p][c] for @n pixels */
static void
unweave (const float *x, float *y, gint64 y_step, gint64 n, gboolean add)
{
  gint64 whole = n / 4 * 4;

  for (gint64 p = 0; p < whole; p += 4, x += 12) {
    Four a = *(const FourAnywhere *) x, b = *(const FourAnywhere *) (x + 4);
    Four c = *(const FourAnywhere *) (x + 8);
    Four red = __builtin_shufflevector (a, b, 0, 3, 6, 6);
    Four green = __builtin_shufflevector (a, b, 1, 4, 7, 7);
    Four blue = __builtin_shufflevector (a, b, 2, 5, 5, 5);

    put (y + p, __builtin_shufflevector (red, c, 0, 1, 2, 5), add);
    put (y + y_step + p, __builtin_shufflevector (green, c, 0, 1, 2, 6), add);
    put (y + 2 * y_step + p, __builtin_shufflevector (blue, c, 0, 1, 4, 7), add);
  }
  turn_block (x, 3, y + whole, y_step, (int) (n - whole), 3, add);
}

static void
part_cb (int worker, int piece, gpointer data)
{
  const Job *job = data;
  gint64 matrix = piece / job->parts, part = piece % job->parts;
  gint64 all = job->by_columns ? job->columns : job->rows;
  gint64 blocks = (all + BLOCK - 1) / BLOCK;
  gint64 from = blocks * part / job->parts * BLOCK;
  gint64 to = MIN (blocks * (part + 1) / job->parts * BLOCK, all);
  gint64 r0 = job->by_columns ? 0 : from, r1 = job->by_columns ? job->rows : to;
  gint64 c0 = job->by_columns ? from : 0, c1 = job->by_columns ? to : job->columns;
  const float *x = job->x + matrix * job->x_matrix;
  float *y = job->y + matrix * job->y_matrix;

  if (job->rows == 3 && job->y_step == 3) {
    weave (x + c0, job->x_step, y + c0 * 3, c1 - c0, job->add);
    return;
  }
  if (job->columns == 3 && job->x_step == 3) {
    unweave (x + r0 * 3, y + r0, job->y_step, r1 - r0, job->add);
    return;
  }
  for (gint64 r = r0; r < r1; r += BLOCK)
    for (gint64 c = c0; c < c1; c += BLOCK)
      turn_block (x + r * job->x_step + c, job->x_step, y + c * job->y_step + r, job->y_step,
                  (int) MIN (BLOCK, r1 - r), (int) MIN (BLOCK, c1 - c), job->add);
}

static void
run (Job *job, SalTeam *team)
{
  int workers = sal_team_size (team);
  gint64 most = job->rows * job->columns / PIECE;

  /* Longer sides have more blocks to share out. */
  job->by_columns = job->columns >= job->rows;
  job->parts = workers == 1 ? 1 : (int) CLAMP (most, 1, 4 * workers);
  sal_team_run (team, (int) (job->n * job->parts), part_cb, job);
}

void
sal_layout_to_last (const float *x, int N, int C, gint64 pixels, float *y, gint64 y_step,
                    gboolean add, SalTeam *team)
{
  Job job = { .x = x, .y = y, .rows = C, .columns = pixels, .add = add, .n = N };

  job.x_step = pixels;
  job.y_step = y_step;
  job.x_matrix = C * pixels;
  job.y_matrix = pixels * y_step;
  run (&job, team);
}

void
sal_layout_to_first (const float *x, gint64 x_step, int N, int C, gint64 pixels, float *y,
                     gboolean add, SalTeam *team)
{
  Job job = { .x = x, .y = y, .rows = pixels, .columns = C, .add = add, .n = N };

  job.x_step = x_step;
  job.y_step = pixels;
  job.x_matrix = pixels * x_step;
  job.y_matrix = C * pixels;
  run (&job, team);
}
