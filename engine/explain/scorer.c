#include "engine/explain/scorer.h"

#include "engine/base/error.h"
#include "engine/base/parallel.h"
#include "engine/explain/patches.h"

#include <math.h>
#include <string.h>

/* Most memory that the values of a pass of several points may take. */
#define BATCH_BYTES (200 << 20)
/* Points a pass where there is enough memory, and some use in it. */
#define MANY 5
/* And where reading the weights takes much of the time, and threads get equal shares of so many. */
#define CROWD 25
/* So many bytes of weights for each of values. */
#define CROWD_WEIGHTS 3
/* Twenty partial results a second. */
#define PARTIAL_MICROSECONDS 50000

struct _SalScorer {
  SalModel *model;
  SalTarget target;
  const SalRuleSet *rules;
  int wrt;
  int scores;      /* value that holds the class scores */
  gboolean narrow; /* passes compute the target's scores alone, or try to */
  int threads;
  int wanted_batch;
  SalPlan *plans[3]; /* for one point, for a batch, for a crowd */
  int batch;         /* points of the second one; 0: not chosen yet */
  gboolean crowds;   /* whether there is a third one */
  SalShape wrt_shape;
  gint64 wrt_count;
  SalRun **runs[3];    /* one a thread, made at first need */
  SalTeam *team;       /* for calls that are one pass; made at first need */
  SalPatches *patches; /* for points that differ in rectangles; made at first need */
  gboolean no_patches; /* there can be none */
};

/* Points of all scorers so far, and those of them with a gradient. */
static gsize points_evaluated, gradients_taken;

/* What one call of sal_scorer_run() works on. */
typedef struct {
  SalScorer *scorer;
  const SalPoints *points;
  const SalProgress *progress;
  int which; /* plan */
  int batch;
  SalTeam *team;
  double *scores; /* of each worker's batch */
  int *tops;
  gint64 last_partial;
} Call;

/* The same where points differ from one of them in rectangles: they come in any order. */
typedef struct {
  SalScorer *scorer;
  const SalPoints *points;
  const SalProgress *progress;
  SalTeam *team;
  float *z;       /* class scores of each worker's piece */
  int most;       /* points of a piece */
  double *scores; /* by point */
  int *tops;
  gboolean *known;
  gint64 next; /* the first point that was not handed on */
  gint64 last_partial;
} PatchCall;

static SalPlan *
make_plan (SalScorer *self, int batch, GError **error)
{
  SalScoring scoring = { .batch = batch,
                         .scores = self->scores,
                         .wrt = self->wrt,
                         .rules = self->rules,
                         .classes = { self->target.class_index, self->target.versus } };

  if (self->narrow)
    scoring.n_classes = self->target.versus >= 0 ? 2 : 1;
  return sal_model_score_plan (self->model, &scoring, error);
}

/* At most @most. */
static int
most_batch (const SalScorer *self, int most)
{
  gint64 fit = BATCH_BYTES / (gint64) MAX (sal_plan_arena_bytes (self->plans[0]), 1);

  return (int) CLAMP (fit, 1, MIN (most, sal_model_max_batch (self->model)));
}

/* Several points a pass share what is read of the weights; a single one leaves its values nearer to
 * the processor, unless the plan sees to that itself (parts.h). Batches of 2 and 5 divide the
 * numbers that people ask for, and more would delay cancelling. */
static int
choose_batch (SalScorer *self)
{
  gsize values = sal_plan_value_bytes (self->plans[0]);
  double weights = sal_plan_constant_bytes (self->plans[0]) / (double) MAX (values, 1);
  int limit = most_batch (self, MANY);

  if (self->wanted_batch > 0)
    return MIN (self->wanted_batch, sal_model_max_batch (self->model));
  if (limit >= MANY)
    self->plans[1] = make_plan (self, MANY, NULL);
  self->crowds = self->plans[1] != NULL && sal_plan_separate (self->plans[1]) &&
                 weights >= CROWD_WEIGHTS && most_batch (self, CROWD) == CROWD;
  if (self->plans[1] != NULL && (weights >= 1 || sal_plan_parts (self->plans[1]) > 1))
    return MANY;
  g_clear_pointer (&self->plans[1], sal_plan_unref);
  return MIN (weights < 0.7 ? 1 : 2, limit);
}

SalScorer *
sal_scorer_new (SalModel *model, const SalTarget *target, int wrt, const SalRuleSet *rules,
                int threads, int batch, GError **error)
{
  g_autoptr (SalScorer) self = g_new0 (SalScorer, 1);
  int n_classes = sal_model_n_classes (model);

  self->model = sal_model_ref (model);
  self->target = *target;
  self->rules = rules;
  self->wrt = wrt;
  self->threads = sal_threads (threads);
  self->wanted_batch = batch;
  self->scores =
      target->kind == SAL_OUTPUT_GRAPH ? sal_model_output (model) : sal_model_logits (model);
  /* A probability depends on all of them. */
  self->narrow = wrt != SAL_NO_VALUE && target->kind != SAL_OUTPUT_PROBABILITY;
  for (guint i = 0; i < G_N_ELEMENTS (self->runs); i++)
    self->runs[i] = g_new0 (SalRun *, self->threads);
  if (target->class_index < 0 || target->class_index >= n_classes || target->versus < -1 ||
      target->versus >= n_classes) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "class %d is not one of 0 to %d",
                   target->class_index < 0 || target->class_index >= n_classes ? target->class_index
                                                                               : target->versus,
                   n_classes - 1);
    return NULL;
  }
  self->plans[0] = make_plan (self, 1, error);
  if (self->plans[0] == NULL)
    return NULL;
  if (wrt != SAL_NO_VALUE && sal_plan_constant (self->plans[0], wrt) != NULL) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "\"%s\" does not depend on the input",
                   sal_graph_get_value (sal_model_graph (model), wrt)->name);
    return NULL;
  }
  if (wrt != SAL_NO_VALUE) {
    self->wrt_shape = *sal_plan_shape (self->plans[0], wrt);
    self->wrt_count = sal_shape_count (&self->wrt_shape);
  }
  return g_steal_pointer (&self);
}

void
sal_scorer_free (SalScorer *self)
{
  if (self == NULL)
    return;
  for (guint which = 0; which < G_N_ELEMENTS (self->runs); which++) {
    for (int i = 0; i < self->threads; i++)
      sal_run_free (self->runs[which][i]);
    g_free (self->runs[which]);
    g_clear_pointer (&self->plans[which], sal_plan_unref);
  }
  sal_patches_free (self->patches);
  sal_team_free (self->team);
  sal_model_unref (self->model);
  g_free (self);
}

const SalShape *
sal_scorer_wrt_shape (const SalScorer *self)
{
  return &self->wrt_shape;
}

/* Whether the threads get equal shares of crowds, few of which are filled up. */
static gboolean
makes_crowds (const SalScorer *self, gint64 n)
{
  gint64 crowds = (n + CROWD - 1) / CROWD;

  return self->crowds && n > 0 && crowds % self->threads == 0 && crowds * CROWD - n <= n / 20;
}

static int
usual_batch (SalScorer *self)
{
  if (self->batch == 0)
    self->batch = choose_batch (self);
  return self->batch;
}

int
sal_scorer_batch (SalScorer *self, gint64 n)
{
  if (n <= 1 || n < usual_batch (self))
    return 1;
  return makes_crowds (self, n) ? CROWD : self->batch;
}

gint64
sal_scorer_points (gint64 *gradients)
{
  *gradients = (gint64) (gsize) g_atomic_pointer_get (&gradients_taken);
  return (gint64) (gsize) g_atomic_pointer_get (&points_evaluated);
}

/* How many scores a pass computes of a point: those of all classes, or of the target's alone. */
static int
n_scores (const SalScorer *self)
{
  const SalPlan *plan = self->plans[0];

  return (int) sal_shape_count (sal_plan_shape (plan, sal_plan_output (plan, 0)));
}

static gboolean
is_narrow (const SalScorer *self)
{
  return n_scores (self) < sal_model_n_classes (self->model);
}

/* The target's score from the scores that a pass has computed of one point, and in @seed (nullable)
 * the score's derivative with respect to each of them. */
static double
score_of (const SalScorer *self, const float *z, float *seed)
{
  int n = n_scores (self), other = self->target.versus, k = self->target.class_index;
  double highest = z[0], sum = 0, p, q;

  if (is_narrow (self)) {
    other = other >= 0 ? 1 : -1;
    k = 0;
  }
  if (self->target.kind != SAL_OUTPUT_PROBABILITY) {
    if (seed != NULL) {
      memset (seed, 0, n * sizeof (float));
      seed[k] += 1.f;
      if (other >= 0)
        seed[other] -= 1.f;
    }
    return z[k] - (other >= 0 ? (double) z[other] : 0.0);
  }
  if (sal_model_head (self->model) == SAL_HEAD_SIGMOID) {
    p = 1.0 / (1.0 + exp (-z[k]));
    q = other >= 0 ? 1.0 / (1.0 + exp (-z[other])) : 0.0;
    if (seed != NULL) {
      memset (seed, 0, n * sizeof (float));
      seed[k] += (float) (p * (1.0 - p));
      if (other >= 0)
        seed[other] -= (float) (q * (1.0 - q));
    }
    return p - q;
  }
  /* Softmax: d p_k / d z_j = p_k (δ_jk - p_j). */
  for (int j = 1; j < n; j++)
    highest = MAX (highest, z[j]);
  for (int j = 0; j < n; j++)
    sum += exp (z[j] - highest);
  p = exp (z[k] - highest) / sum;
  q = other >= 0 ? exp (z[other] - highest) / sum : 0.0;
  for (int j = 0; seed != NULL && j < n; j++) {
    double pj = exp (z[j] - highest) / sum;

    seed[j] = (float) (p * ((j == k) - pj) - q * ((j == other) - pj));
  }
  return p - q;
}

static int
top_of (const SalScorer *self, const float *z)
{
  int top = 0;

  if (is_narrow (self))
    return -1;
  for (int k = 1; k < sal_model_n_classes (self->model); k++)
    if (z[k] > z[top])
      top = k;
  return top;
}

/* What is known after @done points goes to whoever waits for it. */
static gboolean
report (const SalPoints *points, const SalProgress *progress, gint64 done, gint64 *last_partial,
        GError **error)
{
  g_autoptr (SalTensor) values = NULL, errors = NULL;

  if (points->partial != NULL && progress != NULL && progress->partials &&
      g_get_monotonic_time () - *last_partial > PARTIAL_MICROSECONDS) {
    values = points->partial (done, points->data);
    errors = points->error != NULL ? points->error (done, points->data) : NULL;
    *last_partial = g_get_monotonic_time ();
  }
  return sal_progress_step (progress, (double) done / points->n,
                            values != NULL ? &(SalPartial){ values, errors } : NULL, error);
}

/* Pieces begin at multiples of the batch, also where the first points of the first are known. */
static gint64
start_of (const Call *call, gint64 piece)
{
  return (call->points->first / call->batch + piece) * call->batch;
}

static gint64
count_of (const Call *call, gint64 piece)
{
  return MIN (call->batch, call->points->n - start_of (call, piece));
}

static gboolean
evaluate (int worker, gint64 piece, gpointer data, GError **error)
{
  Call *call = data;
  SalScorer *self = call->scorer;
  GCancellable *cancellable = sal_progress_cancellable (call->progress);
  SalRun **place = &self->runs[call->which][worker];
  gint64 n_x = sal_shape_count (sal_model_input_shape (self->model));
  int n_scored = n_scores (self), output;
  gint64 n = count_of (call, piece);
  const float *z;
  float *x, *seed = NULL;

  if (*place == NULL)
    *place = sal_run_new (self->plans[call->which]);
  sal_run_set_team (*place, call->team);
  x = sal_run_feed (*place, sal_model_input (self->model));
  /* The last batch is filled up with zeros: every point then meets the same kernels at the same
   * place of its batch, and so the same rounding, whatever the number of points. */
  for (gint64 i = 0; i < n; i++)
    call->points->fill (start_of (call, piece) + i, x + i * n_x, call->points->data);
  memset (x + n * n_x, 0, (call->batch - n) * n_x * sizeof (float));
  if (!sal_run_forward (*place, cancellable, error))
    return FALSE;
  output = sal_plan_output (self->plans[call->which], 0);
  z = sal_run_value (*place, output);
  if (self->wrt != SAL_NO_VALUE) {
    seed = sal_run_seed (*place, output);
    memset (seed, 0, call->batch * n_scored * sizeof (float));
  }
  for (gint64 i = 0; i < n; i++) {
    call->scores[worker * call->batch + i] =
        score_of (self, z + i * n_scored, seed != NULL ? seed + i * n_scored : NULL);
    call->tops[worker * call->batch + i] = top_of (self, z + i * n_scored);
  }
  return seed == NULL || sal_run_backward (*place, cancellable, error);
}

static gboolean
take (int worker, gint64 piece, gpointer data, GError **error)
{
  Call *call = data;
  SalScorer *self = call->scorer;
  SalRun *run = self->runs[call->which][worker];
  const float *gradient = self->wrt != SAL_NO_VALUE ? sal_run_gradient (run, self->wrt) : NULL;
  const float *activation = self->wrt != SAL_NO_VALUE ? sal_run_value (run, self->wrt) : NULL;
  gint64 start = start_of (call, piece), n = count_of (call, piece);

  for (gint64 i = MAX (call->points->first - start, 0); i < n; i++)
    call->points->take (
        &(SalPoint){ .index = start + i,
                     .score = call->scores[worker * call->batch + i],
                     .top = call->tops[worker * call->batch + i],
                     .gradient = gradient != NULL ? gradient + i * self->wrt_count : NULL,
                     .activation = activation != NULL ? activation + i * self->wrt_count : NULL },
        call->points->data);
  g_atomic_pointer_add (&points_evaluated, n);
  if (gradient != NULL)
    g_atomic_pointer_add (&gradients_taken, n);
  return report (call->points, call->progress, start + n, &call->last_partial, error);
}

static SalTeam *
get_team (SalScorer *self)
{
  if (self->team == NULL && self->threads > 1)
    self->team = sal_team_new (self->threads);
  return self->team;
}

static gboolean
evaluate_patches (int worker, gint64 piece, gpointer data, GError **error)
{
  PatchCall *call = data;
  gsize room = (gsize) call->most * sal_model_n_classes (call->scorer->model);

  return sal_patches_run (call->scorer->patches, worker, piece, call->team, call->z + worker * room,
                          sal_progress_cancellable (call->progress), error);
}

static void
note (PatchCall *call, gint64 index, const float *z)
{
  call->scores[index] = score_of (call->scorer, z, NULL);
  call->tops[index] = top_of (call->scorer, z);
  call->known[index] = TRUE;
}

static gboolean
take_patches (int worker, gint64 piece, gpointer data, GError **error)
{
  PatchCall *call = data;
  const SalPoints *points = call->points;
  gsize n_classes = sal_model_n_classes (call->scorer->model);
  const float *z = call->z + worker * call->most * n_classes;
  gint64 before = call->next;
  int n;
  const gint64 *index = sal_patches_piece (call->scorer->patches, piece, &n);

  for (int i = 0; i < n; i++)
    note (call, index[i], z + i * n_classes);
  for (; call->next < points->n && call->known[call->next]; call->next++)
    points->take (&(SalPoint){ .index = call->next,
                               .score = call->scores[call->next],
                               .top = call->tops[call->next] },
                  points->data);
  g_atomic_pointer_add (&points_evaluated, call->next - before);
  return report (points, call->progress, call->next, &call->last_partial, error);
}

/* @n: (out): passes to make for points that differ from an origin in rectangles, 0 where whole
 * passes are as good */
static gboolean
begin_patches (SalScorer *self, const SalPoints *points, const SalProgress *progress, gint64 *n,
               GError **error)
{
  int batch = self->wanted_batch > 0 ? self->wanted_batch : most_batch (self, MANY);

  *n = 0;
  if (self->patches == NULL && !self->no_patches)
    self->patches =
        sal_patches_new (self->model, self->scores, self->threads, batch, usual_batch (self));
  self->no_patches = self->patches == NULL;
  return self->no_patches || sal_patches_begin (self->patches, points, get_team (self), n,
                                                sal_progress_cancellable (progress), error);
}

static gboolean
run_patches (SalScorer *self, const SalPoints *points, gint64 n_pieces, const SalProgress *progress,
             GError **error)
{
  int n, most = sal_patches_most (self->patches);
  g_autofree float *z =
      g_new (float, (gsize) self->threads *most *sal_model_n_classes (self->model));
  g_autofree double *scores = g_new (double, points->n);
  g_autofree int *tops = g_new (int, points->n);
  g_autofree gboolean *known = g_new (gboolean, points->n);
  PatchCall call = { self, points, progress, NULL, z, most, scores, tops, known, 0, 0 };
  SalOrderedWork work = { n_pieces, evaluate_patches, take_patches, &call };

  for (gint64 i = 0; i < points->n; i++)
    note (&call, i, sal_patches_origin (self->patches));
  for (gint64 piece = 0; piece < n_pieces; piece++) {
    const gint64 *index = sal_patches_piece (self->patches, piece, &n);

    for (int i = 0; i < n; i++)
      known[index[i]] = FALSE;
  }
  if (n_pieces == 1)
    call.team = get_team (self);
  return sal_parallel_ordered (&work, self->threads, error);
}

gboolean
sal_scorer_run (SalScorer *self, const SalPoints *points, const SalProgress *progress,
                GError **error)
{
  int batch = sal_scorer_batch (self, points->n);
  int which = batch == 1 ? 0 : batch == self->batch ? 1 : 2;
  g_autofree double *scores = g_new0 (double, (gsize) batch * self->threads);
  g_autofree int *tops = g_new0 (int, (gsize) batch * self->threads);
  Call call = { self, points, progress, which, batch, NULL, scores, tops, 0 };
  SalOrderedWork work = { .n = (points->n + batch - 1) / batch - points->first / batch,
                          .work = evaluate,
                          .take = take,
                          .data = &call };

  if (points->first >= points->n)
    return TRUE;
  if (points->where != NULL && points->first == 0 && self->wrt == SAL_NO_VALUE) {
    gint64 n_pieces;

    if (!begin_patches (self, points, progress, &n_pieces, error))
      return FALSE;
    if (n_pieces > 0)
      return run_patches (self, points, n_pieces, progress, error);
  }
  /* Passes are spread over the threads; a single one is shared by them. */
  if (work.n == 1)
    call.team = get_team (self);
  if (self->plans[which] == NULL) {
    self->plans[which] = make_plan (self, batch, error);
    if (self->plans[which] == NULL)
      return FALSE;
  }
  return sal_parallel_ordered (&work, self->threads, error);
}

typedef struct {
  const float *x;
  gsize bytes;
  double score;
} Single;

static void
fill_single (gint64 index, float *x, gpointer data)
{
  const Single *single = data;

  memcpy (x, single->x, single->bytes);
}

static void
take_single (const SalPoint *point, gpointer data)
{
  ((Single *) data)->score = point->score;
}

gboolean
sal_scorer_score (SalScorer *self, const float *x, double *score, GCancellable *cancellable,
                  GError **error)
{
  gint64 n = sal_shape_count (sal_model_input_shape (self->model));
  Single single = { x, n * sizeof (float), 0 };
  SalPoints points = { 1, fill_single, take_single, NULL, &single };
  SalProgress progress = SAL_PROGRESS_INIT (cancellable, NULL, NULL);

  if (!sal_scorer_run (self, &points, &progress, error))
    return FALSE;
  *score = single.score;
  return TRUE;
}
