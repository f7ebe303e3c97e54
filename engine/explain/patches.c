#include "engine/explain/patches.h"

#include <string.h>

/* Rectangles whose longer side is at most this part of the picture's go together. */
static const double sides[] = { 0.125, 0.25, 0.5, 1 };
#define CLASSES ((int) G_N_ELEMENTS (sides))

/* Where less than this is gained, nothing is done. */
#define GAIN 0.15

/* A pass. */
typedef struct {
  SalRoute *route;
  gint64 begin; /* in the order */
  int n;
} Piece;

struct _SalPatches {
  SalModel *model;
  SalLocality *locality;
  SalGraph *graph; /* the model's, with cuts in any size */
  int scores, threads, batch, whole_batch;
  gint64 n_x;

  /* The origin. */
  SalTensor *x;
  SalTensor **values; /* by cut, where they are known */
  float *z;

  /* The points. */
  const SalPoints *points;
  SalExtent *extents; /* by point */
  GPtrArray *routes;  /* of SalRoute */
  gint64 *order;      /* points, by the routes they take */
  GArray *pieces;     /* of Piece */
  float **point;      /* by worker: where one is filled in */
};

/* What the file says of the sizes of the cuts is taken out: parts of them will be fed. */
static SalGraph *
open_sizes (SalGraph *graph, const SalLocality *locality)
{
  g_autoptr (SalGraph) copy = sal_graph_copy (graph);

  for (int c = 0; c < sal_locality_n_cuts (locality); c++) {
    const SalCut *cut = sal_locality_cut (locality, c);
    SalShape shape = { .rank = cut->shape.rank };

    for (int axis = 0; axis < shape.rank; axis++)
      shape.dim[axis] = -1;
    sal_graph_declare (copy, cut->value, SAL_FLOAT, &shape);
  }
  return sal_graph_seal (copy, NULL) ? g_steal_pointer (&copy) : NULL;
}

SalPatches *
sal_patches_new (SalModel *model, int scores, int threads, int batch, int whole_batch)
{
  SalPreparation *preparation = sal_model_preparation (model);
  int rows =
      preparation != NULL && sal_preparation_format (preparation)->layout == SAL_NHWC ? 1 : 2;
  g_autoptr (SalLocality) locality = NULL;
  g_autoptr (SalGraph) graph = NULL;
  SalPatches *self;

  if (sal_model_input_shape (model)->rank != 4)
    return NULL;
  locality = sal_locality_new (sal_model_graph (model), sal_model_plan (model),
                               sal_model_input (model), rows, scores);
  graph = locality != NULL ? open_sizes (sal_model_graph (model), locality) : NULL;
  if (graph == NULL)
    return NULL;
  self = g_new0 (SalPatches, 1);
  self->model = sal_model_ref (model);
  self->graph = g_steal_pointer (&graph);
  self->scores = scores;
  self->threads = threads;
  self->batch = batch;
  self->whole_batch = whole_batch;
  self->n_x = sal_shape_count (sal_model_input_shape (model));
  self->values = g_new0 (SalTensor *, sal_locality_n_cuts (locality));
  self->locality = g_steal_pointer (&locality);
  self->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  self->routes = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_route_free);
  self->point = g_new0 (float *, threads);
  return self;
}

static void
forget_points (SalPatches *self)
{
  g_array_set_size (self->pieces, 0);
  g_ptr_array_set_size (self->routes, 0);
  g_clear_pointer (&self->extents, g_free);
  g_clear_pointer (&self->order, g_free);
  self->points = NULL;
}

static void
forget_origin (SalPatches *self)
{
  for (int c = 0; c < sal_locality_n_cuts (self->locality); c++)
    g_clear_pointer (&self->values[c], sal_tensor_unref);
  g_clear_pointer (&self->x, sal_tensor_unref);
  g_clear_pointer (&self->z, g_free);
}

void
sal_patches_free (SalPatches *self)
{
  if (self == NULL)
    return;
  forget_points (self);
  forget_origin (self);
  for (int i = 0; i < self->threads; i++)
    g_free (self->point[i]);
  g_free (self->point);
  g_free (self->values);
  g_array_unref (self->pieces);
  g_ptr_array_unref (self->routes);
  sal_locality_free (self->locality);
  sal_graph_unref (self->graph);
  sal_model_unref (self->model);
  g_free (self);
}

static int
class_of (const SalPatches *self, const SalExtent *extent)
{
  const SalCut *input = sal_locality_cut (self->locality, 0);
  int class = 0;

  for (int axis = 0; axis < 2; axis++) {
    double side = extent->span[axis].last - extent->span[axis].first + 1;

    while (side > sides[class] * input->shape.dim[input->rows + axis])
      class ++;
  }
  return class;
}

static int
batch_of (const SalPatches *self, const SalRoute *route, gint64 n)
{
  int batch = sal_route_is_whole (route) ? self->whole_batch : self->batch;

  batch = MIN (batch, sal_model_max_batch (self->model));
  return n >= batch ? batch : 1;
}

/* A route for each class of rectangles, in @order and @begin (array length=CLASSES + 1) its points.
 * Returns: an estimate of the time of all */
static double
choose_routes (SalPatches *self, SalRoute **route, const gint64 *begin)
{
  double cost = 0, whole = sal_locality_rest (self->locality, 0);

  for (int class = 0; class < CLASSES; class ++) {
    gint64 n = begin[class + 1] - begin[class];
    g_autofree SalExtent *extents = g_new (SalExtent, MAX (n, 1));

    if (n == 0)
      continue;
    for (gint64 i = 0; i < n; i++)
      extents[i] = self->extents[self->order[begin[class] + i]];
    route[class] = sal_route_new (self->locality, extents, n);
    g_ptr_array_add (self->routes, route[class]);
    if (sal_route_cost (route[class]) > (1 - GAIN) * whole) {
      route[class] = sal_route_new_whole (self->locality);
      g_ptr_array_add (self->routes, route[class]);
    }
    cost += n * sal_route_cost (route[class]);
  }
  return cost;
}

/* Puts the points that differ from the origin in order of their classes. A class of few joins the
 * next: each has plans and runs of its own. */
static void
sort_points (SalPatches *self, gint64 *begin)
{
  gint64 n = self->points->n, count[CLASSES] = { 0 };
  g_autofree int *class = g_new (int, MAX (n, 1));
  int to[CLASSES];

  for (gint64 i = 0; i < n; i++) {
    class[i] = sal_extent_is_empty (&self->extents[i]) ? -1 : class_of (self, &self->extents[i]);
    if (class[i] >= 0)
      count[class[i]]++;
  }
  for (int c = 0; c < CLASSES; c++) {
    int next = c + 1;

    to[c] = c;
    while (next < CLASSES - 1 && count[next] == 0)
      next++;
    if (c < CLASSES - 1 && next < CLASSES - 1 && count[c] < 2 * self->batch) {
      to[c] = next;
      count[next] += count[c];
      count[c] = 0;
    }
  }
  for (int c = CLASSES - 1; c >= 0; c--)
    to[c] = to[to[c]];
  begin[0] = 0;
  for (int c = 0; c < CLASSES; c++)
    begin[c + 1] = begin[c] + count[c];
  for (gint64 i = n - 1; i >= 0; i--)
    if (class[i] >= 0) {
      int c = to[class[i]];

      self->order[begin[c] + --count[c]] = i;
    }
}

static int
by_last_point (gconstpointer a, gconstpointer b, gpointer data)
{
  const SalPatches *self = data;
  const Piece *x = a, *y = b;
  gint64 i = self->order[x->begin + x->n - 1], j = self->order[y->begin + y->n - 1];

  return i < j ? -1 : i > j;
}

/* Passes come in the order in which their points are known, however many ways there are. */
static gboolean
cut_pieces (SalPatches *self, SalRoute *const *route, const gint64 *begin, GError **error)
{
  for (int class = 0; class < CLASSES; class ++) {
    gint64 n = begin[class + 1] - begin[class];
    int batch;

    if (n == 0)
      continue;
    batch = batch_of (self, route[class], n);
    if (!sal_route_open (route[class], self->model, self->graph, self->scores, self->threads, batch,
                         error))
      return FALSE;
    for (gint64 i = 0; i < n; i += batch) {
      Piece piece = { route[class], begin[class] + i, (int) MIN (batch, n - i) };

      g_array_append_val (self->pieces, piece);
    }
  }
  g_array_sort_with_data (self->pieces, by_last_point, self);
  return TRUE;
}

static gboolean
uses (SalRoute *const *route, int cut)
{
  for (int class = 0; class < CLASSES; class ++)
    if (route[class] != NULL && sal_route_uses (route[class], cut))
      return TRUE;
  return FALSE;
}

static gboolean
lacks (const SalPatches *self, SalRoute *const *route)
{
  for (int c = 0; c < sal_locality_n_cuts (self->locality); c++)
    if (self->values[c] == NULL && uses (route, c))
      return TRUE;
  return self->z == NULL;
}

/* The origin's class scores, and its values at the cuts. */
static gboolean
pass_origin (SalPatches *self, SalRoute *const *route, SalTeam *team, GCancellable *cancellable,
             GError **error)
{
  int n_cuts = sal_locality_n_cuts (self->locality), input = sal_model_input (self->model);
  SalFeed feed = { input, *sal_model_input_shape (self->model) };
  g_autofree int *keep = g_new (int, n_cuts);
  SalPlanOptions options;
  g_autoptr (SalPlan) plan = NULL;
  g_autoptr (SalRun) run = NULL;

  sal_model_plan_options (self->model, &options);
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = &self->scores;
  options.n_outputs = 1;
  options.keep = keep;
  for (int c = 0; c < n_cuts; c++)
    if (uses (route, c))
      keep[options.n_keep++] = sal_locality_cut (self->locality, c)->value;
  plan = sal_plan_new (sal_model_graph (self->model), &options, error);
  if (plan == NULL)
    return FALSE;
  run = sal_run_new (plan);
  sal_run_set_team (run, team);
  memcpy (sal_run_feed (run, input), sal_tensor_floats (self->x), self->n_x * sizeof (float));
  if (!sal_run_forward (run, cancellable, error))
    return FALSE;
  g_free (self->z);
  self->z = g_memdup2 (sal_run_value (run, self->scores),
                       sal_model_n_classes (self->model) * sizeof (float));
  for (int c = 0; c < n_cuts; c++) {
    const SalCut *cut = sal_locality_cut (self->locality, c);

    if (uses (route, c) && self->values[c] == NULL)
      self->values[c] =
          sal_tensor_new_copy (SAL_FLOAT, &cut->shape, sal_run_value (run, cut->value));
  }
  return TRUE;
}

gboolean
sal_patches_begin (SalPatches *self, const SalPoints *points, SalTeam *team, gint64 *n_pieces,
                   GCancellable *cancellable, GError **error)
{
  double whole = sal_locality_rest (self->locality, 0), cost;
  SalRoute *route[CLASSES] = { NULL };
  gint64 begin[CLASSES + 1];

  *n_pieces = 0;
  forget_points (self);
  self->points = points;
  self->extents = g_new (SalExtent, MAX (points->n, 1));
  self->order = g_new (gint64, MAX (points->n, 1));
  for (gint64 i = 0; i < points->n; i++)
    points->where (i, &self->extents[i], points->data);
  if (self->x != NULL &&
      memcmp (sal_tensor_floats (self->x), points->origin, self->n_x * sizeof (float)) != 0)
    forget_origin (self);
  sort_points (self, begin);
  cost = choose_routes (self, route, begin);
  if (lacks (self, route))
    cost += whole;
  if (cost > (1 - GAIN) * whole * points->n || !cut_pieces (self, route, begin, NULL)) {
    g_array_set_size (self->pieces, 0);
    return TRUE;
  }
  if (self->x == NULL)
    self->x = sal_tensor_new_copy (SAL_FLOAT, sal_model_input_shape (self->model), points->origin);
  if (lacks (self, route) && !pass_origin (self, route, team, cancellable, error))
    return FALSE;
  *n_pieces = self->pieces->len;
  return TRUE;
}

static const Piece *
get_piece (const SalPatches *self, gint64 piece)
{
  return &g_array_index (self->pieces, Piece, piece);
}

const float *
sal_patches_origin (const SalPatches *self)
{
  return self->z;
}

const gint64 *
sal_patches_piece (const SalPatches *self, gint64 piece, int *n)
{
  *n = get_piece (self, piece)->n;
  return self->order + get_piece (self, piece)->begin;
}

int
sal_patches_most (const SalPatches *self)
{
  int most = 1;

  for (guint i = 0; i < self->pieces->len; i++)
    most = MAX (most, get_piece (self, i)->n);
  return most;
}

/* A point may be the origin after all, where what it is covered with looks the same: it then has
 * the origin's score to the last bit. */
gboolean
sal_patches_run (SalPatches *self, int worker, gint64 number, SalTeam *team, float *z,
                 GCancellable *cancellable, GError **error)
{
  const Piece *piece = get_piece (self, number);
  gsize n_classes = sal_model_n_classes (self->model), bytes = self->n_x * sizeof (float);
  g_autofree gboolean *differs = g_new (gboolean, piece->n);
  const float *found = NULL;
  int n = 0;

  if (self->point[worker] == NULL)
    self->point[worker] = g_new (float, self->n_x);
  for (int i = 0; i < piece->n; i++) {
    gint64 index = self->order[piece->begin + i];

    self->points->fill (index, self->point[worker], self->points->data);
    differs[i] = memcmp (self->point[worker], sal_tensor_floats (self->x), bytes) != 0;
    if (differs[i])
      sal_route_enter (piece->route, worker, n++, &self->extents[index], self->point[worker]);
  }
  if (n > 0) {
    found = sal_route_run (piece->route, worker, n, self->values, team, cancellable, error);
    if (found == NULL)
      return FALSE;
  }
  n = 0;
  for (int i = 0; i < piece->n; i++)
    memcpy (z + i * n_classes, differs[i] ? found + n++ * n_classes : self->z,
            n_classes * sizeof (float));
  return TRUE;
}
