#include "engine/explain/route.h"

#include <float.h>
#include <string.h>

/* What a further stage costs beside its work, in multiply-adds: for each point, and for making its
 * plan. */
#define STAGE_COST 5e5
#define PLAN_COST 2e7

/* From one cut to a later one. */
typedef struct {
  int from, to;
  gint64 off[2]; /* steps of @from that every part is shorter by */
  gint64 step[2];
  SalPlan *plan;
  SalRun **runs; /* by worker */
} Stage;

/* What one worker knows of the points in its pass. */
typedef struct {
  SalExtent *at;      /* by point and cut: what changes */
  gint64 (*front)[2]; /* by point and stage: steps cut off before the part */
} Desk;

struct _SalRoute {
  const SalLocality *locality;
  GArray *stages; /* of Stage */
  int last;       /* cut behind which all is computed */
  double cost;
  int scores, threads, batch;
  SalPlan *rest;
  SalRun **runs; /* by worker, of the rest */
  Desk *desks;   /* by worker */
};

static void
stage_clear (gpointer data)
{
  Stage *stage = data;

  g_clear_pointer (&stage->plan, sal_plan_unref);
}

SalRoute *
sal_route_new_whole (const SalLocality *locality)
{
  SalRoute *self = g_new0 (SalRoute, 1);

  self->locality = locality;
  self->stages = g_array_new (FALSE, TRUE, sizeof (Stage));
  g_array_set_clear_func (self->stages, stage_clear);
  self->cost = sal_locality_rest (locality, 0);
  return self;
}

static Stage *
get_stage (const SalRoute *self, int i)
{
  return &g_array_index (self->stages, Stage, i);
}

static gint64
length_of (const SalCut *cut, int axis)
{
  return cut->shape.dim[cut->rows + axis];
}

/* The longest span of each axis; of equal ones that nearest to the middle, where no end of the
 * picture makes its parts shorter. */
static SalExtent
largest (const SalRoute *self, const SalExtent *extents, gint64 n)
{
  SalExtent result = extents[0];

  for (int axis = 0; axis < 2; axis++) {
    gint64 middle = length_of (sal_locality_cut (self->locality, 0), axis), most = 0, off = 0;

    for (gint64 i = 0; i < n; i++) {
      SalSpan span = extents[i].span[axis];
      gint64 length = span.last - span.first + 1, away = ABS (span.first + span.last - middle);

      if (length < most || (length == most && away >= off))
        continue;
      most = length;
      off = away;
      result.span[axis] = span;
    }
  }
  return result;
}

static void
reach (const SalRoute *self, const SalExtent *extent, SalExtent *at)
{
  int n = sal_locality_n_cuts (self->locality);
  g_autofree SalSpan *span = g_new (SalSpan, n);

  for (int axis = 0; axis < 2; axis++) {
    sal_locality_reach (self->locality, axis, extent->span[axis], span);
    for (int c = 0; c < n; c++)
      at[c].span[axis] = span[c];
  }
}

/* Steps that can be cut off before and behind what computes @wanted. */
static void
spare (const SalRoute *self, int from, int to, const SalExtent *wanted, gint64 front[2],
       gint64 both[2])
{
  for (int axis = 0; axis < 2; axis++) {
    gint64 back;

    sal_locality_spare (self->locality, from, to, axis, wanted->span[axis], &front[axis], &back);
    both[axis] = front[axis] + back;
  }
}

/* The cheapest way to every cut from those before it, and then to the end. */
static void
choose (SalRoute *self, const SalExtent *at, gint64 n_points)
{
  int n = sal_locality_n_cuts (self->locality);
  double further = STAGE_COST + PLAN_COST / n_points;
  g_autofree double *best = g_new0 (double, n);
  g_autofree int *before = g_new0 (int, n);

  for (int to = 1; to < n; to++) {
    best[to] = DBL_MAX;
    for (int from = 0; from < to && !sal_extent_is_empty (&at[to]); from++) {
      gint64 front[2], off[2];
      double cost;

      spare (self, from, to, &at[to], front, off);
      cost = best[from] == DBL_MAX
                 ? DBL_MAX
                 : best[from] + further + sal_locality_cost (self->locality, from, to, off);
      if (cost < best[to]) {
        best[to] = cost;
        before[to] = from;
      }
    }
    if (best[to] < DBL_MAX && best[to] + sal_locality_rest (self->locality, to) < self->cost) {
      self->cost = best[to] + sal_locality_rest (self->locality, to);
      self->last = to;
    }
  }
  for (int to = self->last; to > 0; to = before[to]) {
    Stage stage = { .from = before[to], .to = to };

    for (int axis = 0; axis < 2; axis++)
      stage.step[axis] = sal_locality_step (self->locality, stage.from, to, axis);
    g_array_prepend_val (self->stages, stage);
  }
}

/* Parts have one size for all points, that of the largest. */
static void
fit (SalRoute *self, const SalExtent *extents, gint64 n)
{
  g_autofree SalExtent *at = g_new (SalExtent, sal_locality_n_cuts (self->locality));

  for (guint s = 0; s < self->stages->len; s++)
    get_stage (self, s)->off[0] = get_stage (self, s)->off[1] = G_MAXINT64;
  for (gint64 i = 0; i < n; i++) {
    reach (self, &extents[i], at);
    for (guint s = 0; s < self->stages->len; s++) {
      Stage *stage = get_stage (self, s);
      gint64 front[2], off[2];

      spare (self, stage->from, stage->to, &at[stage->to], front, off);
      for (int axis = 0; axis < 2; axis++)
        stage->off[axis] = MIN (stage->off[axis], off[axis]);
    }
  }
}

SalRoute *
sal_route_new (const SalLocality *locality, const SalExtent *extents, gint64 n)
{
  SalRoute *self = sal_route_new_whole (locality);
  SalExtent typical;
  g_autofree SalExtent *at = g_new (SalExtent, sal_locality_n_cuts (locality));

  g_return_val_if_fail (n > 0, NULL);
  typical = largest (self, extents, n);
  reach (self, &typical, at);
  choose (self, at, n);
  fit (self, extents, n);
  return self;
}

static void
runs_free (SalRun **runs, int threads)
{
  for (int i = 0; i < threads && runs != NULL; i++)
    sal_run_free (runs[i]);
  g_free (runs);
}

void
sal_route_free (SalRoute *self)
{
  if (self == NULL)
    return;
  for (guint s = 0; s < self->stages->len; s++)
    runs_free (get_stage (self, s)->runs, self->threads);
  runs_free (self->runs, self->threads);
  for (int i = 0; i < self->threads; i++) {
    g_free (self->desks[i].at);
    g_free (self->desks[i].front);
  }
  g_free (self->desks);
  g_array_unref (self->stages);
  g_clear_pointer (&self->rest, sal_plan_unref);
  g_free (self);
}

double
sal_route_cost (const SalRoute *self)
{
  return self->cost;
}

gboolean
sal_route_is_whole (const SalRoute *self)
{
  return self->stages->len == 0;
}

gboolean
sal_route_uses (const SalRoute *self, int cut)
{
  for (guint s = 0; s < self->stages->len; s++)
    if (get_stage (self, s)->to == cut)
      return TRUE;
  return FALSE;
}

static SalPlan *
make_plan (SalModel *model, SalGraph *graph, const SalCut *from, const gint64 less[2], int output,
           int batch, GError **error)
{
  SalFeed feed = { from->value, from->shape };
  SalPlanOptions options;

  sal_model_plan_options (model, &options);
  feed.shape.dim[0] *= batch;
  for (int axis = 0; axis < 2; axis++)
    feed.shape.dim[from->rows + axis] -= less[axis];
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = &output;
  options.n_outputs = 1;
  return sal_plan_new (graph, &options, error);
}

gboolean
sal_route_open (SalRoute *self, SalModel *model, SalGraph *graph, int scores, int threads,
                int batch, GError **error)
{
  static const gint64 nothing[2] = { 0, 0 };
  int n_cuts = sal_locality_n_cuts (self->locality);

  g_return_val_if_fail (self->desks == NULL, FALSE);
  self->scores = scores;
  self->threads = threads;
  self->batch = batch;
  self->runs = g_new0 (SalRun *, threads);
  self->desks = g_new0 (Desk, threads);
  for (int i = 0; i < threads; i++) {
    self->desks[i].at = g_new (SalExtent, (gsize) batch * n_cuts);
    self->desks[i].front =
        g_malloc_n ((gsize) batch * MAX (self->stages->len, 1), sizeof *self->desks[i].front);
  }
  for (guint s = 0; s < self->stages->len; s++) {
    Stage *stage = get_stage (self, s);
    const gint64 less[2] = { stage->off[0] * stage->step[0], stage->off[1] * stage->step[1] };

    stage->runs = g_new0 (SalRun *, threads);
    stage->plan = make_plan (model, graph, sal_locality_cut (self->locality, stage->from), less,
                             sal_locality_cut (self->locality, stage->to)->value, batch, error);
    if (stage->plan == NULL)
      return FALSE;
  }
  self->rest = make_plan (model, graph, sal_locality_cut (self->locality, self->last), nothing,
                          scores, batch, error);
  return self->rest != NULL;
}

/* A picture, or a part of one, in memory: @outer times rows of places of @inner elements. */
typedef struct {
  const float *data;
  gint64 outer, length[2], inner;
} Grid;

static Grid
grid_of (const SalCut *cut, const float *data, const gint64 less[2], int number)
{
  Grid grid = { data,
                sal_shape_span (&cut->shape, 0, cut->rows),
                { length_of (cut, 0) - less[0], length_of (cut, 1) - less[1] },
                sal_shape_span (&cut->shape, cut->rows + 2, cut->shape.rank) };

  grid.data += number * grid.outer * grid.length[0] * grid.length[1] * grid.inner;
  return grid;
}

/* Copies @n rows and columns from place @at of one to place @to_at of another. */
static void
copy_places (const Grid *from, const gint64 at[2], const Grid *to, float *data,
             const gint64 to_at[2], const gint64 n[2])
{
  for (gint64 o = 0; o < from->outer; o++)
    for (gint64 y = 0; y < n[0]; y++)
      memcpy (data + ((o * to->length[0] + to_at[0] + y) * to->length[1] + to_at[1]) * to->inner,
              from->data +
                  ((o * from->length[0] + at[0] + y) * from->length[1] + at[1]) * from->inner,
              n[1] * from->inner * sizeof (float));
}

static SalRun *
run_of (SalRun **runs, SalPlan *plan, int worker)
{
  if (runs[worker] == NULL)
    runs[worker] = sal_run_new (plan);
  return runs[worker];
}

static float *
feed_of (SalRun *run, const Grid *grid, const SalCut *cut, int number)
{
  return (float *) sal_run_feed (run, cut->value) +
         number * grid->outer * grid->length[0] * grid->length[1] * grid->inner;
}

static SalExtent *
extent_at (const SalRoute *self, int worker, int number, int cut)
{
  return &self->desks[worker].at[number * sal_locality_n_cuts (self->locality) + cut];
}

static gint64 *
front_of (const SalRoute *self, int worker, int number, int stage)
{
  return self->desks[worker].front[number * self->stages->len + stage];
}

/* Puts what belongs into the part of stage @s of cut @from's value @whole. */
static void
take_part (SalRoute *self, int worker, int number, int s, const float *whole)
{
  static const gint64 nothing[2] = { 0, 0 };
  const Stage *stage = get_stage (self, s);
  const SalCut *cut = sal_locality_cut (self->locality, stage->from);
  const gint64 *front = front_of (self, worker, number, s);
  const gint64 less[2] = { stage->off[0] * stage->step[0], stage->off[1] * stage->step[1] };
  const gint64 at[2] = { front[0] * stage->step[0], front[1] * stage->step[1] };
  SalRun *run = run_of (stage->runs, stage->plan, worker);
  Grid from = grid_of (cut, whole, nothing, 0), part = grid_of (cut, NULL, less, 0);

  copy_places (&from, at, &part, feed_of (run, &part, cut, number), nothing, part.length);
}

/* Puts what stage @s computed in place of the origin's: into the part of the next stage, or into
 * the whole for the rest. */
static void
put_part (SalRoute *self, int worker, int number, int s)
{
  const Stage *stage = get_stage (self, s);
  const Stage *next = s + 1 < (int) self->stages->len ? get_stage (self, s + 1) : NULL;
  const SalCut *cut = sal_locality_cut (self->locality, stage->to);
  const SalExtent *changed = extent_at (self, worker, number, stage->to);
  SalRun *run = next != NULL ? run_of (next->runs, next->plan, worker)
                             : run_of (self->runs, self->rest, worker);
  gint64 less[2] = { 0, 0 }, begin[2] = { 0, 0 }, from_at[2], to_at[2], n[2];
  Grid from, to;

  if (sal_extent_is_empty (changed))
    return;
  for (int axis = 0; axis < 2 && next != NULL; axis++) {
    less[axis] = next->off[axis] * next->step[axis];
    begin[axis] = front_of (self, worker, number, s + 1)[axis] * next->step[axis];
  }
  from = grid_of (cut, sal_run_value (stage->runs[worker], cut->value), stage->off, number);
  to = grid_of (cut, NULL, less, 0);
  for (int axis = 0; axis < 2; axis++) {
    gint64 first = MAX (changed->span[axis].first, begin[axis]);
    gint64 end = MIN (changed->span[axis].last + 1, begin[axis] + to.length[axis]);

    if (end <= first)
      return;
    from_at[axis] = first - front_of (self, worker, number, s)[axis];
    to_at[axis] = first - begin[axis];
    n[axis] = end - first;
  }
  copy_places (&from, from_at, &to, feed_of (run, &to, cut, number), to_at, n);
}

void
sal_route_enter (SalRoute *self, int worker, int number, const SalExtent *extent, const float *x)
{
  const SalCut *input = sal_locality_cut (self->locality, 0);
  SalExtent *at = extent_at (self, worker, number, 0);

  if (sal_route_is_whole (self)) {
    gint64 n = sal_shape_count (&input->shape);

    memcpy ((float *) sal_run_feed (run_of (self->runs, self->rest, worker), input->value) +
                number * n,
            x, n * sizeof (float));
    return;
  }
  reach (self, extent, at);
  for (guint s = 0; s < self->stages->len; s++) {
    const Stage *stage = get_stage (self, s);
    gint64 *front = front_of (self, worker, number, s), both[2];

    spare (self, stage->from, stage->to, &at[stage->to], front, both);
    for (int axis = 0; axis < 2; axis++)
      front[axis] = MIN (front[axis], stage->off[axis]);
  }
  take_part (self, worker, number, 0, x);
}

/* Places in a pass that no point has are zeros: every point then meets the same kernels. */
static void
clear_others (const SalRoute *self, SalRun *run, int cut, int n)
{
  int value = sal_locality_cut (self->locality, cut)->value;
  gint64 count = sal_shape_count (sal_plan_shape (sal_run_plan (run), value)) / self->batch;

  memset ((float *) sal_run_feed (run, value) + n * count, 0,
          (self->batch - n) * count * sizeof (float));
}

const float *
sal_route_run (SalRoute *self, int worker, int n, SalTensor *const *origin, SalTeam *team,
               GCancellable *cancellable, GError **error)
{
  SalRun *rest = run_of (self->runs, self->rest, worker);
  const SalCut *last = sal_locality_cut (self->locality, self->last);
  gint64 count = sal_shape_count (&last->shape);

  for (guint s = 0; s < self->stages->len; s++) {
    const Stage *stage = get_stage (self, s);
    SalRun *run = run_of (stage->runs, stage->plan, worker);

    for (int i = 0; i < n && s > 0; i++) {
      take_part (self, worker, i, s, sal_tensor_floats (origin[stage->from]));
      put_part (self, worker, i, s - 1);
    }
    clear_others (self, run, stage->from, n);
    sal_run_set_team (run, team);
    if (!sal_run_forward (run, cancellable, error))
      return NULL;
  }
  for (int i = 0; i < n && self->stages->len > 0; i++) {
    memcpy ((float *) sal_run_feed (rest, last->value) + i * count,
            sal_tensor_floats (origin[self->last]), count * sizeof (float));
    put_part (self, worker, i, self->stages->len - 1);
  }
  clear_others (self, rest, self->last, n);
  sal_run_set_team (rest, team);
  if (!sal_run_forward (rest, cancellable, error))
    return NULL;
  return sal_run_value (rest, self->scores);
}
