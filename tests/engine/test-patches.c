/* Points that differ from an origin in rectangles have the scores that whole passes give them,
 * whichever way they take, on any number of threads. */
#include "tests/engine/net.h"

#include "engine/base/memory.h"
#include "engine/base/random.h"
#include "engine/explain/patches.h"

#include <math.h>
#include <string.h>

/* Rectangles over a picture in planes. */
typedef struct {
  SalModel *model;
  SalTensor *origin;
  const SalExtent *extents;
  int rows;
  float level; /* what they are filled with */
  double *scores;
  int *tops;
  gint64 n, taken;
  GCancellable *cancel; /* after some have been taken */
} Board;

static void
fill (gint64 index, float *x, gpointer data)
{
  const Board *board = data;
  const SalShape *shape = sal_model_input_shape (board->model);
  const SalExtent *e = &board->extents[index];
  gint64 inner = board->rows == 2 ? 1 : shape->dim[3], outer = board->rows == 2 ? shape->dim[1] : 1;
  gint64 height = shape->dim[board->rows], width = shape->dim[board->rows + 1];

  memcpy (x, sal_tensor_floats (board->origin), sal_tensor_count (board->origin) * sizeof (float));
  for (gint64 o = 0; o < outer; o++)
    for (gint64 r = e->span[0].first; r <= e->span[0].last; r++)
      for (gint64 c = e->span[1].first; c <= e->span[1].last; c++)
        for (gint64 i = 0; i < inner; i++)
          x[((o * height + r) * width + c) * inner + i] = board->level;
}

static void
where (gint64 index, SalExtent *extent, gpointer data)
{
  *extent = ((Board *) data)->extents[index];
}

static void
take (const SalPoint *point, gpointer data)
{
  Board *board = data;

  g_assert_cmpint (point->index, ==, board->taken++);
  board->scores[point->index] = point->score;
  board->tops[point->index] = point->top;
  if (board->cancel != NULL && board->taken == board->n / 4)
    g_cancellable_cancel (board->cancel);
}

static void
board_init (Board *board, SalModel *model, SalTensor *origin, int rows, const SalExtent *extents,
            gint64 n)
{
  *board = (Board){ .model = model,
                    .origin = origin,
                    .rows = rows,
                    .extents = extents,
                    .level = 0.25f,
                    .scores = g_new (double, n),
                    .tops = g_new (int, n),
                    .n = n };
}

static void
board_clear (Board *board)
{
  g_free (board->scores);
  g_free (board->tops);
}

static SalPoints
points_of (Board *board, gboolean together)
{
  return (SalPoints){ .n = board->n,
                      .fill = fill,
                      .take = take,
                      .data = board,
                      .origin = together ? sal_tensor_floats (board->origin) : NULL,
                      .where = together ? where : NULL };
}

static void
run (Board *board, gboolean together, int threads, int batch)
{
  SalTarget target = { 1, 2, SAL_OUTPUT_LOGIT };
  SalPoints points = points_of (board, together);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalScorer) scorer =
      sal_scorer_new (board->model, &target, SAL_NO_VALUE, NULL, threads, batch, &error);

  g_assert_no_error (error);
  board->taken = 0;
  sal_scorer_run (scorer, &points, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (board->taken, ==, board->n);
}

/* How many of the points take a way with cuts. */
static gint64
count_patched (Board *board)
{
  g_autoptr (SalPatches) patches =
      sal_patches_new (board->model, sal_model_logits (board->model), 1, 5, 5);
  SalPoints points = points_of (board, TRUE);
  gint64 n_pieces;

  if (patches == NULL)
    return -1;
  g_assert_true (sal_patches_begin (patches, &points, NULL, &n_pieces, NULL, NULL));
  return n_pieces;
}

static SalExtent
extent (gint64 y0, gint64 y1, gint64 x0, gint64 x1)
{
  return (SalExtent){ { { y0, y1 }, { x0, x1 } } };
}

/* Windows in steps, the origin itself, and some other sizes up to all of it. */
static SalExtent *
make_extents (gint64 height, gint64 width, gint64 window, gint64 *n)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (SalExtent));
  const SalExtent others[] = { extent (0, -1, 0, -1),
                               extent (0, 0, 0, 0),
                               extent (height - 1, height - 1, width - 1, width - 1),
                               extent (3, 3, 0, width - 1),
                               extent (0, height - 1, width / 2, width / 2 + 2),
                               extent (0, height - 1, 0, width - 1),
                               extent (height / 3, height / 3 + 4, 1, width / 3) };

  g_array_append_vals (array, others, G_N_ELEMENTS (others));
  for (gint64 y = 0; y < height; y += window - 1)
    for (gint64 x = 0; x < width; x += window - 2) {
      SalExtent e = extent (y, MIN (y + window, height) - 1, x, MIN (x + window, width) - 1);

      g_array_append_val (array, e);
    }
  *n = array->len;
  return (SalExtent *) (gpointer) g_array_free (array, FALSE);
}

static int
batch_norm (Net *net, int x, gint64 C)
{
  float variance[32];
  int in[5] = { x }, y = sal_graph_value (net->graph, g_intern_string ("normed"));

  for (int c = 0; c < 32; c++)
    variance[c] = 0.5f + c % 3;
  for (int i = 1; i < 4; i++)
    in[i] = net_constant (net, &SAL_SHAPE (C), NULL, 0.5f);
  in[4] = net_constant (net, &SAL_SHAPE (C), variance, 0);
  sal_graph_add_node (net->graph, sal_node_new ("BatchNormalization", "norm", 15, in, 5, &y, 1));
  return y;
}

static int
end (Net *net, int x, gint64 C)
{
  x = net_op (net, "GlobalAveragePool", x, SAL_NO_VALUE, SAL_NO_VALUE);
  return net_dense (net, net_reshape (net, x, &SAL_SHAPE (0, -1)), C, 4, TRUE);
}

static int
strided (Net *net, int x, gint64 from, gint64 to)
{
  x = net_conv (net, x, from, to, 3, TRUE);
  sal_node_set_ints (net->last, "strides", (gint64[]){ 2, 2 }, 2);
  return x;
}

static int
make_plain (Net *net, int x)
{
  x = net_relu (net, net_conv (net, x, 3, 16, 3, TRUE));
  x = net_pool (net, "MaxPool", net_relu (net, net_conv (net, x, 16, 16, 3, TRUE)));
  x = net_relu (net, net_conv (net, x, 16, 32, 3, TRUE));
  x = net_pool (net, "MaxPool", net_relu (net, net_conv (net, x, 32, 32, 3, TRUE)));
  x = net_relu (net, net_conv (net, x, 32, 16, 3, TRUE));
  return end (net, x, 16);
}

static int
make_residual (Net *net, int x)
{
  int y;

  x = net_relu (net, batch_norm (net, strided (net, x, 3, 16), 16));
  y = net_conv (net, net_relu (net, net_conv (net, x, 16, 16, 3, TRUE)), 16, 16, 3, TRUE);
  x = net_relu (net, net_op (net, "Add", y, x, SAL_NO_VALUE));
  y = net_conv (net, net_relu (net, strided (net, x, 16, 24)), 24, 24, 3, TRUE);
  x = net_conv (net, x, 16, 24, 1, TRUE);
  sal_node_set_ints (net->last, "strides", (gint64[]){ 2, 2 }, 2);
  x = net_relu (net, net_op (net, "Add", y, x, SAL_NO_VALUE));
  return end (net, net_conv (net, x, 24, 24, 3, TRUE), 24);
}

/* Branches of different reach; depthwise; a pool that rounds up. */
static int
make_branches (Net *net, int x)
{
  int a, b;

  x = net_relu (net, net_conv (net, x, 3, 16, 3, TRUE));
  a = net_relu (net, net_conv (net, x, 16, 8, 1, TRUE));
  b = net_relu (net, net_conv (net, x, 16, 8, 5, TRUE));
  x = net_op (net, "Concat", a, b, SAL_NO_VALUE);
  sal_node_set_int (net->last, "axis", 1);
  x = net_op (net, "Conv", x, net_constant (net, &SAL_SHAPE (16, 1, 3, 3), NULL, 0.5f),
              SAL_NO_VALUE);
  sal_node_set_int (net->last, "group", 16);
  sal_node_set_string (net->last, "auto_pad", "SAME_UPPER");
  sal_node_set_ints (net->last, "strides", (gint64[]){ 2, 2 }, 2);
  x = net_op (net, "MaxPool", net_relu (net, x), SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net->last, "kernel_shape", (gint64[]){ 3, 3 }, 2);
  sal_node_set_ints (net->last, "strides", (gint64[]){ 2, 2 }, 2);
  sal_node_set_int (net->last, "ceil_mode", 1);
  return end (net, net_relu (net, net_conv (net, x, 16, 32, 3, TRUE)), 32);
}

/* Pictures with channels last are turned around first. */
static int
make_turned (Net *net, int x)
{
  x = net_op (net, "Transpose", x, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net->last, "perm", (gint64[]){ 0, 3, 1, 2 }, 4);
  return make_plain (net, x);
}

typedef struct {
  const char *name;
  SalShape input;
  int rows;
  int (*make) (Net *net, int x);
} Case;

static const Case cases[] = {
  { "plain", { 4, { 1, 3, 64, 48 } }, 2, make_plain },
  { "residual", { 4, { 1, 3, 67, 61 } }, 2, make_residual },
  { "branches", { 4, { 1, 3, 59, 70 } }, 2, make_branches },
  { "turned", { 4, { 1, 56, 64, 3 } }, 1, make_turned },
};

static SalModel *
make_model (const Case *c)
{
  Net net;
  int x = net_start (&net, 7, &c->input);
  SalPixelFormat format = { .layout = c->rows == 2 ? SAL_NCHW : SAL_NHWC,
                            .order = SAL_RGB,
                            .height = (int) c->input.dim[c->rows],
                            .width = (int) c->input.dim[c->rows + 1],
                            .high = 1,
                            .std = { 1, 1, 1 },
                            .fit = SAL_FIT_STRETCH };
  g_autoptr (SalPreparation) preparation = sal_preparation_new (&format, NULL, NULL);

  return net_finish (&net, c->make (&net, x), preparation);
}

static double
range (const Board *board)
{
  double low = board->scores[0], high = low;

  for (gint64 i = 0; i < board->n; i++) {
    low = MIN (low, board->scores[i]);
    high = MAX (high, board->scores[i]);
  }
  return high - low;
}

static void
test_scores (gconstpointer data)
{
  static const SalCompute ways[] = { SAL_COMPUTE_FAST, SAL_COMPUTE_EXACT, SAL_COMPUTE_REFERENCE };
  const Case *c = data;
  g_autoptr (SalModel) made = make_model (c);

  for (gsize way = 0; way < G_N_ELEMENTS (ways); way++) {
    g_autoptr (SalModel) model = sal_model_with_compute (made, ways[way], NULL);
    g_autoptr (SalTensor) origin = net_input (model, 3, 1);
    gint64 n;
    g_autofree SalExtent *extents =
        make_extents (c->input.dim[c->rows], c->input.dim[c->rows + 1], 7, &n);
    Board whole, one, other;
    g_autoptr (GArray) predicted = NULL;
    double largest;

    board_init (&whole, model, origin, c->rows, extents, n);
    board_init (&one, model, origin, c->rows, extents, n);
    board_init (&other, model, origin, c->rows, extents, n);
    g_assert_cmpint (count_patched (&one), >, 0);
    run (&whole, FALSE, 1, 0);
    run (&one, TRUE, 1, 0);
    largest = range (&whole);
    g_assert_cmpfloat (largest, >, 0.01);
    for (gint64 i = 0; i < n; i++) {
      g_assert_cmpfloat (fabs (whole.scores[i] - one.scores[i]), <=,
                         1e-5 * MAX (largest, fabs (whole.scores[i])));
      g_assert_cmpint (whole.tops[i], ==, one.tops[i]);
    }
    predicted = sal_model_predict (model, origin, NULL, NULL);
    g_assert_cmpint (one.tops[0], ==, g_array_index (predicted, SalPrediction, 0).class_index);
    for (int threads = 2; threads < 4; threads++) {
      run (&other, TRUE, threads, 0);
      g_assert_cmpmem (one.scores, n * sizeof (double), other.scores, n * sizeof (double));
    }
    for (int batch = 1; batch < 4; batch++) {
      run (&other, TRUE, 2, batch);
      for (gint64 i = 0; i < n; i++)
        g_assert_cmpfloat (fabs (other.scores[i] - one.scores[i]), <=,
                           1e-5 * MAX (largest, fabs (one.scores[i])));
    }
    board_clear (&whole);
    board_clear (&one);
    board_clear (&other);
  }
}

/* Covered with what is there already, a point is the origin to the last bit. */
static void
test_same (void)
{
  g_autoptr (SalModel) model = make_model (&cases[0]);
  g_autoptr (SalTensor) origin = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));
  gint64 n;
  g_autofree SalExtent *extents = make_extents (64, 48, 9, &n);
  Board board;

  for (gint64 i = 0; i < sal_tensor_count (origin); i++)
    ((float *) sal_tensor_edit (origin))[i] = 0.25f;
  board_init (&board, model, origin, 2, extents, n);
  g_assert_cmpint (count_patched (&board), >, 0);
  run (&board, TRUE, 2, 0);
  for (gint64 i = 1; i < n; i++)
    g_assert_cmpfloat (board.scores[i], ==, board.scores[0]);
  board_clear (&board);
}

/* One scorer, another origin. */
static void
test_again (void)
{
  g_autoptr (SalModel) model = make_model (&cases[1]);
  SalTarget target = { 0, -1, SAL_OUTPUT_PROBABILITY };
  g_autoptr (SalScorer) scorer = sal_scorer_new (model, &target, SAL_NO_VALUE, NULL, 2, 0, NULL);
  gint64 n;
  g_autofree SalExtent *extents = make_extents (67, 61, 10, &n);

  for (int round = 0; round < 4; round++) {
    g_autoptr (SalTensor) origin = net_input (model, round / 2, 1);
    g_autoptr (SalScorer) fresh = sal_scorer_new (model, &target, SAL_NO_VALUE, NULL, 1, 0, NULL);
    Board a, b;
    SalPoints points;

    board_init (&a, model, origin, 2, extents, n - round);
    board_init (&b, model, origin, 2, extents, n - round);
    points = points_of (&a, TRUE);
    g_assert_true (sal_scorer_run (scorer, &points, NULL, NULL));
    points = points_of (&b, TRUE);
    g_assert_true (sal_scorer_run (fresh, &points, NULL, NULL));
    g_assert_cmpmem (a.scores, a.n * sizeof (double), b.scores, b.n * sizeof (double));
    board_clear (&a);
    board_clear (&b);
  }
}

static void
test_cancel (void)
{
  g_autoptr (SalModel) model = make_model (&cases[0]);
  g_autoptr (SalTensor) origin = net_input (model, 3, 1);
  SalTarget target = { 1, -1, SAL_OUTPUT_LOGIT };
  gint64 n;
  g_autofree SalExtent *extents = make_extents (64, 48, 5, &n);

  for (int threads = 1; threads < 4; threads++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    SalProgress progress = SAL_PROGRESS_INIT (cancellable, NULL, NULL);
    g_autoptr (SalScorer) scorer =
        sal_scorer_new (model, &target, SAL_NO_VALUE, NULL, threads, 0, NULL);
    g_autoptr (GError) error = NULL;
    Board board;
    SalPoints points;

    board_init (&board, model, origin, 2, extents, n);
    board.cancel = cancellable;
    points = points_of (&board, TRUE);
    g_assert_false (sal_scorer_run (scorer, &points, &progress, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint (board.taken, <, n);
    g_clear_error (&error);
    /* From the start, before the origin has been looked at. */
    g_assert_false (sal_scorer_run (scorer, &points, &progress, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    /* And it works again. */
    g_clear_error (&error);
    board.cancel = NULL;
    board.taken = 0;
    g_assert_true (sal_scorer_run (scorer, &points, NULL, &error));
    g_assert_cmpint (board.taken, ==, n);
    board_clear (&board);
  }
}

/* Networks without a local part, changes of everything, and too few points: whole passes. */
static void
test_whole (void)
{
  Net net;
  int x = net_start (&net, 1, &SAL_SHAPE (1, 4, 16, 16));
  g_autoptr (SalModel) vectors = net_vectors (1, 12), global = NULL, plain = make_model (&cases[0]);
  g_autoptr (SalTensor) origin = NULL, other = NULL;
  SalExtent all[8], small = extent (3, 6, 3, 6);
  Board board;

  x = net_op (&net, "Softmax", x, SAL_NO_VALUE, SAL_NO_VALUE);
  global = net_finish (&net, end (&net, net_conv (&net, x, 4, 4, 3, TRUE), 4), NULL);
  origin = net_input (global, 1, 1);
  g_assert_null (sal_patches_new (vectors, sal_model_logits (vectors), 1, 5, 5));
  board_init (&board, global, origin, 2, &small, 1);
  g_assert_cmpint (count_patched (&board), ==, -1);
  run (&board, TRUE, 2, 0);
  board_clear (&board);

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    all[i] = extent (0, 63, 0, 47);
  other = net_input (plain, 1, 1);
  board_init (&board, plain, other, 2, all, G_N_ELEMENTS (all));
  g_assert_cmpint (count_patched (&board), ==, 0);
  run (&board, TRUE, 2, 0);
  board_clear (&board);

  /* The origin alone would be a second pass. */
  board_init (&board, plain, other, 2, &small, 1);
  g_assert_cmpint (count_patched (&board), ==, 0);
  run (&board, TRUE, 2, 0);
  board_clear (&board);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/engine/explain/patches/scores/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_scores);
  }
  g_test_add_func ("/engine/explain/patches/same", test_same);
  g_test_add_func ("/engine/explain/patches/again", test_again);
  g_test_add_func ("/engine/explain/patches/cancel", test_cancel);
  g_test_add_func ("/engine/explain/patches/whole", test_whole);
  return g_test_run ();
}
