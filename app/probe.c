#include "app/probe.h"

#include "app/jobs.h"
#include "engine/explain/baseline.h"
#include "engine/explain/groups.h"

#include <string.h>

/* About how many: large enough to mean something, small enough to follow edges. */
#define SEGMENTS 80

/* What replaces a region where the method has no baseline of its own: the mean colour, which is
 * what networks take for nothing. */
#define OTHERWISE "mean"

struct _SalProbe {
  GObject parent_instance;

  SalDocument *document;
  SalLane *probes, *cuts;
  struct _Asker *asker;
  SalRegion *region;
  struct _Answer *answer;
  gboolean wanted;
  SalGroups *segments;
};

G_DEFINE_FINAL_TYPE (SalProbe, sal_probe, G_TYPE_OBJECT)

enum { ANSWERED, SEGMENTED, N_SIGNALS };

static guint signals[N_SIGNALS];

/* What asks the network about a view. It stays from one region to the next: of a picture without a
 * region, only what the region changes is computed. A job that was given up may still be at it when
 * the next one begins. */
typedef struct _Asker {
  gatomicrefcount refs;
  GMutex mutex;
  SalView *view;
  SalTarget target;
  SalScorer *scorer; /* made at first need, for that target */
} Asker;

/* A question, whole. */
typedef struct {
  SalView *view;
  Asker *asker;
  SalTarget target;
  SalRegion *region;
  char *baseline;
  guint64 seed;
  SalExplanation *explanation; /* (nullable) */
  SalHeatmapStyle style;
  gboolean known; /* the scores are: only shares are in question */
  double score, without;
  int top;
} Question;

/* With what the scores depend on. */
typedef struct _Answer {
  SalProbeAnswer said;
  SalView *view;
  SalRegion *region;
  guint64 seed;
} Answer;

static Asker *
asker_new (SalView *view)
{
  Asker *asker = g_new0 (Asker, 1);

  g_atomic_ref_count_init (&asker->refs);
  g_mutex_init (&asker->mutex);
  asker->view = sal_view_ref (view);
  return asker;
}

static Asker *
asker_ref (Asker *asker)
{
  g_atomic_ref_count_inc (&asker->refs);
  return asker;
}

static void
asker_unref (Asker *asker)
{
  if (!g_atomic_ref_count_dec (&asker->refs))
    return;
  sal_scorer_free (asker->scorer);
  sal_view_unref (asker->view);
  g_mutex_clear (&asker->mutex);
  g_free (asker);
}

static void
question_free (Question *q)
{
  asker_unref (q->asker);
  sal_view_unref (q->view);
  sal_region_unref (q->region);
  sal_explanation_unref (q->explanation);
  g_free (q->baseline);
  g_free (q);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Question, question_free)

static void
answer_free (Answer *answer)
{
  if (answer == NULL)
    return;
  sal_view_unref (answer->view);
  sal_region_unref (answer->region);
  g_free (answer->said.baseline);
  g_free (answer->said.failure);
  g_free (answer);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

/* In worker threads. */

static gboolean
shares (const Question *q, SalProbeAnswer *answer, GError **error)
{
  SalTensor *values = q->explanation->attribution->values;
  SalLayout layout = sal_explanation_layout (q->explanation, values);
  SalHeatmapStyle sums = { SAL_REDUCE_SUM, SAL_SIGN_SIGNED, SAL_NORMALIZE_MAX, 0, 0 };
  g_autoptr (SalHeatmap) shown = sal_heatmap_new (values, layout, &q->style, error);
  g_autoptr (SalHeatmap) summed =
      shown != NULL ? sal_heatmap_new (values, layout, &sums, error) : NULL;

  if (summed == NULL)
    return FALSE;
  SalRegionShare whole = sal_region_share (q->region, summed);

  answer->has_share = TRUE;
  answer->share = sal_region_share (q->region, shown);
  answer->has_sum = q->explanation->attribution->has_completeness;
  answer->inside = whole.inside;
  answer->whole = whole.whole;
  return TRUE;
}

/* The network's input with the region's places taken from the baseline. */
static SalTensor *
without (const Question *q, GCancellable *cancellable, GError **error)
{
  SalModel *model = q->view->model;
  SalPlane plane = sal_plane_of (model);
  const guint8 *mask = sal_region_mask (q->region);
  g_autoptr (SalTensor) baseline =
      sal_baseline_new (model, q->baseline, q->view->picture->image, q->seed, cancellable, error);

  if (baseline == NULL)
    return NULL;
  SalTensor *input = sal_tensor_new_copy (SAL_FLOAT, sal_tensor_shape (q->view->input),
                                          sal_tensor_floats (q->view->input));
  float *x = sal_tensor_edit (input);
  const float *b = sal_tensor_floats (baseline);

  for (gint64 place = 0; place < plane.height * plane.width; place++)
    for (gint64 c = 0; c < plane.channels && mask[place] != 0; c++) {
      gint64 i = place * plane.place_stride + c * plane.channel_stride;
      x[i] = b[i];
    }
  return input;
}

static gboolean
same_target (const SalTarget *a, const SalTarget *b)
{
  return a->class_index == b->class_index && a->versus == b->versus && a->kind == b->kind;
}

/* With the asker's mutex held. */
static SalScorer *
scorer_for (Asker *asker, const SalTarget *target, GError **error)
{
  if (asker->scorer != NULL && same_target (&asker->target, target))
    return asker->scorer;
  g_clear_pointer (&asker->scorer, sal_scorer_free);
  asker->target = *target;
  asker->scorer = sal_scorer_new (asker->view->model, target, SAL_NO_VALUE, NULL, 0, 1, error);
  return asker->scorer;
}

/* Point 0 is the picture, point 1 the picture without the region. */
typedef struct {
  const Question *q;
  const SalTensor *input[2];
  SalProbeAnswer *answer;
} Pair;

static void
fill (gint64 index, float *x, gpointer data)
{
  const SalTensor *input = ((const Pair *) data)->input[index];

  memcpy (x, sal_tensor_floats (input), sal_tensor_count (input) * sizeof (float));
}

static void
where (gint64 index, SalExtent *extent, gpointer data)
{
  const Pair *pair = data;

  *extent = SAL_EXTENT_NONE;
  for (int y = 0; y < sal_region_height (pair->q->region) && index > 0; y++)
    for (int x = 0; x < sal_region_width (pair->q->region); x++)
      if (sal_region_mask (pair->q->region)[y * sal_region_width (pair->q->region) + x] != 0)
        sal_extent_include (extent, y, x);
}

static void
take (const SalPoint *point, gpointer data)
{
  SalProbeAnswer *answer = ((const Pair *) data)->answer;

  *(point->index == 0 ? &answer->score : &answer->without) = point->score;
  answer->top = point->top;
}

static gboolean
scores (const Question *q, SalProbeAnswer *answer, const SalProgress *progress, GError **error)
{
  g_autoptr (SalTensor) input = without (q, sal_progress_cancellable (progress), error);
  Pair pair = { q, { q->view->input, input }, answer };
  SalPoints points = { .n = 2, .fill = fill, .take = take, .where = where, .data = &pair };

  if (input == NULL)
    return FALSE;
  points.origin = sal_tensor_floats (q->view->input);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&q->asker->mutex);
  SalScorer *scorer = scorer_for (q->asker, &q->target, error);
  return scorer != NULL && sal_scorer_run (scorer, &points, progress, error);
}

static gpointer
run_probe (gpointer data, const SalProgress *progress, GError **error)
{
  const Question *q = data;
  g_autoptr (Answer) answer = g_new0 (Answer, 1);
  SalProbeAnswer *said = &answer->said;

  said->target = q->target;
  said->area = sal_region_area (q->region);
  said->baseline = g_strdup (q->baseline);
  said->score = q->score;
  said->without = q->without;
  said->top = q->top;
  answer->view = sal_view_ref (q->view);
  answer->region = sal_region_ref (q->region);
  answer->seed = q->seed;

  g_autoptr (GError) failure = NULL;
  if ((q->explanation != NULL && !shares (q, said, &failure)) ||
      (!q->known && !scores (q, said, progress, &failure))) {
    if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
    said->failure = g_strdup (failure->message);
  }
  return g_steal_pointer (&answer);
}

static gpointer
run_cut (gpointer data, const SalProgress *progress, GError **error)
{
  SalView *view = data;
  SalPlane plane = sal_plane_of (view->model);

  return sal_groups_superpixels (&plane, sal_tensor_floats (view->input), SEGMENTS,
                                 sal_progress_cancellable (progress), error);
}

/* On the main thread. */

static void
probe_done (gpointer result, const GError *error, gpointer owner)
{
  SalProbe *self = owner;

  g_clear_pointer (&self->answer, answer_free);
  self->answer = result;
  g_signal_emit (self, signals[ANSWERED], 0);
}

static void
cut_done (gpointer result, const GError *error, gpointer owner)
{
  SalProbe *self = owner;

  g_clear_pointer (&self->segments, sal_groups_free);
  self->segments = result;
  g_signal_emit (self, signals[SEGMENTED], 0);
}

static const SalLaneType probe_lane = { run_probe, NULL, probe_done, (GDestroyNotify) question_free,
                                        (GDestroyNotify) answer_free };
static const SalLaneType cut_lane = { run_cut, NULL, cut_done, (GDestroyNotify) sal_view_unref,
                                      (GDestroyNotify) sal_groups_free };

static const char *
baseline_of (SalDocument *document)
{
  const SalParam *params = sal_document_method (document)->params;
  const SalSettings *settings = sal_document_settings (document);

  for (const SalParam *param = params; param != NULL && param->key != NULL; param++)
    if (param->kind == SAL_PARAM_BASELINE && sal_settings_applies (settings, params, param))
      return sal_settings_text (settings, param);
  return OTHERWISE;
}

/* Appearance and method change shares; the engine need not run again for that. */
static gboolean
knows (const Answer *answer, const Question *q)
{
  return answer != NULL && answer->said.failure == NULL && answer->view == q->view &&
         answer->region == q->region && answer->seed == q->seed &&
         same_target (&answer->said.target, &q->target) &&
         strcmp (answer->said.baseline, q->baseline) == 0;
}

static void
ask (SalProbe *self)
{
  SalView *view = sal_document_view (self->document);

  if (view == NULL || self->region == NULL)
    return;
  g_autoptr (Question) q = g_new0 (Question, 1);

  if (self->asker == NULL)
    self->asker = asker_new (view);
  q->view = sal_view_ref (view);
  q->asker = asker_ref (self->asker);
  q->target =
      (SalTarget){ sal_document_target (self->document), sal_document_versus (self->document),
                   sal_document_kind (self->document) };
  q->region = sal_region_ref (self->region);
  q->baseline = g_strdup (baseline_of (self->document));
  q->seed = sal_method_seed (sal_document_method (self->document),
                             sal_document_settings (self->document));
  q->style = sal_document_appearance (self->document).heatmap;
  if (knows (self->answer, q)) {
    q->known = TRUE;
    q->score = self->answer->said.score;
    q->without = self->answer->said.without;
    q->top = self->answer->said.top;
  }
  if (sal_document_state (self->document) == SAL_DOCUMENT_DONE)
    q->explanation = sal_explanation_ref (sal_document_explanation (self->document));
  sal_lane_start (self->probes, g_steal_pointer (&q), SAL_LANE_QUEUE);
}

static void
state_cb (SalProbe *self)
{
  if (sal_document_state (self->document) == SAL_DOCUMENT_DONE)
    ask (self);
}

static void
cut (SalProbe *self)
{
  SalView *view = sal_document_view (self->document);

  if (self->wanted && view != NULL && self->segments == NULL && !sal_lane_busy (self->cuts))
    sal_lane_start (self->cuts, sal_view_ref (view), SAL_LANE_REPLACE);
}

static void
view_cb (SalProbe *self)
{
  sal_lane_cancel (self->probes);
  sal_lane_cancel (self->cuts);
  g_clear_pointer (&self->asker, asker_unref);
  g_clear_pointer (&self->region, sal_region_unref);
  g_clear_pointer (&self->answer, answer_free);
  g_clear_pointer (&self->segments, sal_groups_free);
  g_signal_emit (self, signals[ANSWERED], 0);
  g_signal_emit (self, signals[SEGMENTED], 0);
  SalView *view = sal_document_view (self->document);
  if (self->wanted && view != NULL)
    sal_lane_start (self->cuts, sal_view_ref (view), SAL_LANE_REPLACE);
}

void
sal_probe_set_region (SalProbe *self, SalRegion *region)
{
  g_return_if_fail (SAL_IS_PROBE (self));
  if (region != NULL)
    sal_region_ref (region);
  g_clear_pointer (&self->region, sal_region_unref);
  self->region = region;
  if (region != NULL) {
    ask (self);
    return;
  }
  sal_lane_cancel (self->probes);
  g_clear_pointer (&self->answer, answer_free);
  g_signal_emit (self, signals[ANSWERED], 0);
}

const SalProbeAnswer *
sal_probe_answer (SalProbe *self)
{
  g_return_val_if_fail (SAL_IS_PROBE (self), NULL);
  return self->region != NULL && self->answer != NULL ? &self->answer->said : NULL;
}

void
sal_probe_grid (SalProbe *self, int *columns, int *rows)
{
  g_return_if_fail (SAL_IS_PROBE (self));
  SalView *view = sal_document_view (self->document);
  SalPlane plane = { 0 };

  if (view != NULL)
    plane = sal_plane_of (view->model);
  *columns = (int) plane.width;
  *rows = (int) plane.height;
}

void
sal_probe_want_segments (SalProbe *self)
{
  g_return_if_fail (SAL_IS_PROBE (self));
  self->wanted = TRUE;
  cut (self);
}

const int *
sal_probe_segments (SalProbe *self)
{
  g_return_val_if_fail (SAL_IS_PROBE (self), NULL);
  return self->segments != NULL ? self->segments->of : NULL;
}

static void
sal_probe_dispose (GObject *object)
{
  SalProbe *self = SAL_PROBE (object);

  g_clear_pointer (&self->probes, sal_lane_free);
  g_clear_pointer (&self->cuts, sal_lane_free);
  g_clear_pointer (&self->asker, asker_unref);
  g_clear_pointer (&self->region, sal_region_unref);
  g_clear_pointer (&self->answer, answer_free);
  g_clear_pointer (&self->segments, sal_groups_free);
  G_OBJECT_CLASS (sal_probe_parent_class)->dispose (object);
}

static void
sal_probe_class_init (SalProbeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sal_probe_dispose;
  signals[ANSWERED] = g_signal_new ("answered", SAL_TYPE_PROBE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                    NULL, G_TYPE_NONE, 0);
  signals[SEGMENTED] = g_signal_new ("segmented", SAL_TYPE_PROBE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                     NULL, G_TYPE_NONE, 0);
}

static void
sal_probe_init (SalProbe *self)
{
  self->probes = sal_lane_new (&probe_lane, self);
  self->cuts = sal_lane_new (&cut_lane, self);
}

SalProbe *
sal_probe_new (SalDocument *document)
{
  SalProbe *self = g_object_new (SAL_TYPE_PROBE, NULL);

  self->document = document;
  g_signal_connect_object (document, "notify::view", G_CALLBACK (view_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (document, "notify::state", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  /* What counts as magnitude is a matter of appearance. */
  g_signal_connect_object (document, "notify::heatmap", G_CALLBACK (state_cb), self,
                           G_CONNECT_SWAPPED);
  return self;
}
