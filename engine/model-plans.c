#include "engine/model-private.h"

#include "engine/base/memory.h"
#include "engine/graph/narrow.h"
#include "engine/kernels/cpu.h"

#include <string.h>

/* What people go back and forth between: a point and a batch of two layers. */
#define KEPT 4

/* All that a plan for the model's scores depends on. */
typedef struct {
  SalScoring scoring;
  guint64 budget;
  SalCpuLevel level;
} Key;

struct _SalModelPlans {
  pthread_mutex_t mutex;
  Key key[KEPT]; /* the latest first */
  SalPlan *plan[KEPT];
};

SalModelPlans *
sal_model_plans_new (void)
{
  SalModelPlans *plans = g_new0 (SalModelPlans, 1);

  pthread_mutex_init (&plans->mutex, NULL);
  return plans;
}

void
sal_model_plans_free (SalModelPlans *plans)
{
  for (int i = 0; i < KEPT; i++)
    g_clear_pointer (&plans->plan[i], sal_plan_unref);
  pthread_mutex_destroy (&plans->mutex);
  g_free (plans);
}

static gboolean
same (const Key *a, const Key *b)
{
  const SalScoring *s = &a->scoring, *t = &b->scoring;

  return s->batch == t->batch && s->scores == t->scores && s->wrt == t->wrt &&
         s->n_classes == t->n_classes &&
         memcmp (s->classes, t->classes, s->n_classes * sizeof (int)) == 0 &&
         a->budget == b->budget && a->level == b->level;
}

/* Returns: (transfer full) (nullable): the plan, now the latest */
static SalPlan *
look_up (SalModelPlans *plans, const Key *key)
{
  SalPlan *found = NULL;

  pthread_mutex_lock (&plans->mutex);
  for (int i = 0; i < KEPT && found == NULL; i++) {
    if (plans->plan[i] == NULL || !same (&plans->key[i], key))
      continue;
    found = plans->plan[i];
    for (; i > 0; i--) {
      plans->key[i] = plans->key[i - 1];
      plans->plan[i] = plans->plan[i - 1];
    }
    plans->key[0] = *key;
    plans->plan[0] = found;
    sal_plan_ref (found);
  }
  pthread_mutex_unlock (&plans->mutex);
  return found;
}

static void
keep (SalModelPlans *plans, const Key *key, SalPlan *plan)
{
  SalPlan *oldest;

  pthread_mutex_lock (&plans->mutex);
  oldest = plans->plan[KEPT - 1];
  for (int i = KEPT - 1; i > 0; i--) {
    plans->key[i] = plans->key[i - 1];
    plans->plan[i] = plans->plan[i - 1];
  }
  plans->key[0] = *key;
  plans->plan[0] = sal_plan_ref (plan);
  pthread_mutex_unlock (&plans->mutex);
  g_clear_pointer (&oldest, sal_plan_unref);
}

/* Rules may look at layers as the model has them. */
static SalGraph *
narrow (SalModel *model, const SalScoring *s, int *output)
{
  if (s->n_classes == 0 || (s->rules != NULL && !s->rules->activations_only))
    return NULL;
  return sal_narrow (model->plan, s->scores, s->wrt, s->classes, s->n_classes, output);
}

static SalPlan *
make (SalModel *model, const SalScoring *scoring, GError **error)
{
  SalFeed feed = { model->input, model->input_shape };
  int output = scoring->scores;
  g_autoptr (SalGraph) graph = narrow (model, scoring, &output);
  SalPlanOptions options;

  sal_model_plan_options (model, &options);
  feed.shape.dim[0] *= scoring->batch;
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = &output;
  options.n_outputs = 1;
  options.rules = scoring->rules;
  options.parts = scoring->batch;
  if (scoring->wrt != SAL_NO_VALUE) {
    options.gradients = options.keep = &scoring->wrt;
    options.n_gradients = options.n_keep = 1;
  }
  return sal_plan_new (graph != NULL ? graph : model->graph, &options, error);
}

SalPlan *
sal_model_score_plan (SalModel *model, const SalScoring *scoring, GError **error)
{
  Key key = { *scoring, sal_memory_weights_budget (), sal_cpu_level_get () };
  SalPlan *plan;

  /* Rules may be made for one explanation. */
  if (scoring->rules != NULL)
    return make (model, scoring, error);
  plan = look_up (model->plans, &key);
  if (plan != NULL && sal_plan_bytes (plan) <= sal_memory_limit ())
    return plan;
  g_clear_pointer (&plan, sal_plan_unref);
  plan = make (model, scoring, error);
  if (plan != NULL)
    keep (model->plans, &key, plan);
  return plan;
}
