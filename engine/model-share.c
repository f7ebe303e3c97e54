#include "engine/model-private.h"

/* What all that are the same model again have in common. */
static SalModel *
source_of (const SalModel *model)
{
  return model->source != NULL ? model->source : (SalModel *) model;
}

struct _SalModelWeak {
  gatomicrefcount refs;
  pthread_mutex_t mutex;
  SalModel *model; /* NULL once it is being freed */
};

SalModelWeak *
sal_model_weak_new (SalModel *model)
{
  SalModelWeak *weak = g_new0 (SalModelWeak, 1);

  g_atomic_ref_count_init (&weak->refs);
  pthread_mutex_init (&weak->mutex, NULL);
  weak->model = model;
  return weak;
}

void
sal_model_weak_clear (SalModelWeak *weak)
{
  pthread_mutex_lock (&weak->mutex);
  weak->model = NULL;
  pthread_mutex_unlock (&weak->mutex);
}

SalModelWeak *
sal_model_weak (SalModel *model)
{
  SalModelWeak *weak = source_of (model)->weak;

  g_atomic_ref_count_inc (&weak->refs);
  return weak;
}

void
sal_model_weak_unref (SalModelWeak *weak)
{
  if (weak == NULL || !g_atomic_ref_count_dec (&weak->refs))
    return;
  pthread_mutex_destroy (&weak->mutex);
  g_free (weak);
}

/* Takes a reference where there still is one: a model whose last has gone waits for the mutex
 * before it is freed, and is not to be had any more. */
static SalModel *
ref_if_alive (SalModel *model)
{
  for (;;) {
    int refs = g_atomic_int_get (&model->refs);

    if (refs == 0)
      return NULL;
    if (g_atomic_int_compare_and_exchange (&model->refs, refs, refs + 1))
      return model;
  }
}

SalModel *
sal_model_weak_get (SalModelWeak *weak)
{
  SalModel *model;

  pthread_mutex_lock (&weak->mutex);
  model = weak->model != NULL ? ref_if_alive (weak->model) : NULL;
  pthread_mutex_unlock (&weak->mutex);
  return model;
}

SalModel *
sal_model_again (SalModel *model)
{
  SalModel *source = source_of (model);
  SalModel *self = g_new (SalModel, 1);

  /* What is never changed once a model is made; plans are the source's. Count, lock and hash, which
   * others may be changing, are not so much as looked at. */
  *self = (SalModel){
    .path = g_strdup (source->path),
    .name = g_strdup (source->name),
    .file_graph = sal_graph_ref (source->file_graph),
    .graph = sal_graph_ref (source->graph),
    .preparation = source->preparation != NULL ? sal_preparation_ref (source->preparation) : NULL,
    .facts = source->facts != NULL ? sal_preparation_ref (source->facts) : NULL,
    .given_labels = g_strdupv (source->given_labels),
    .labels_note = g_strdup (source->labels_note),
    .vocabulary = source->vocabulary != NULL ? sal_vocabulary_ref (source->vocabulary) : NULL,
    .wanted_output = g_strdup (source->wanted_output),
    .given = source->given != NULL ? g_hash_table_ref (source->given) : NULL,
    .notes = g_ptr_array_ref (source->notes),
    .bindings = g_array_ref (source->bindings),
    .compute = source->compute,
    .tokens = source->tokens,
    .input = source->input,
    .input_shape = source->input_shape,
    .max_batch = source->max_batch,
    .output = source->output,
    .logits = source->logits,
    .head = source->head,
    .n_classes = source->n_classes,
    .layers = g_array_ref (source->layers),
    .default_layer = source->default_layer,
    .plan = source->plan != NULL ? sal_plan_ref (source->plan) : NULL,
    .plans = source->plans,
    .source = sal_model_ref (source),
  };
  g_atomic_ref_count_init (&self->refs);
  pthread_mutex_init (&self->mutex, NULL);
  return self;
}

gboolean
sal_model_is_again (const SalModel *a, const SalModel *b)
{
  return a != b && source_of (a) == source_of (b);
}
