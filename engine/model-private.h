/* The fields of a model, for the files that make one. */
#pragma once

#include "engine/base/stamp.h"
#include "engine/model.h"

#include <pthread.h>

/** SalModelPlans: plans that were made for a model, for any thread to take up again */
typedef struct _SalModelPlans SalModelPlans;

SalModelPlans *sal_model_plans_new (void);
void sal_model_plans_free (SalModelPlans *plans);

/** sal_model_weak_new: Returns: (transfer full): what notes @model, for its own field */
SalModelWeak *sal_model_weak_new (SalModel *model);
/** sal_model_weak_clear: the model, without references now, is about to be freed */
void sal_model_weak_clear (SalModelWeak *weak);

/**
 * @file_graph: as it was read
 * @graph: that, or a copy of it with open axes or with nodes that make a class score of a map
 * @preparation: (nullable): for a model that takes pictures
 * @facts: (nullable): what a sidecar says beside that; the preparation, where there is one
 * @labels_note: (nullable): why the given labels were taken
 * @wanted_output: (nullable): the tensor that was asked for
 * @given: (nullable): of sal_model_bind(): name -> tensor
 * @tokens: a text model's token ids, else %SAL_NO_VALUE
 * @plan: one picture, forward only
 * @plans: for scores, the latest; of the source, where there is one
 * @source: (nullable): the model that this is again, see sal_model_again()
 * @weak: (nullable): where there is no source
 * @mutex: guards @sha256
 */
struct _SalModel {
  gatomicrefcount refs;
  char *path;
  SalStamp stamp;
  char *name;
  SalGraph *file_graph;
  SalGraph *graph;
  SalPreparation *preparation;
  SalPreparation *facts;
  char **given_labels;
  char *labels_note;
  SalVocabulary *vocabulary;
  char *wanted_output;
  GHashTable *given;
  GPtrArray *notes;
  GArray *bindings; /* of SalBinding */
  SalCompute compute;
  int tokens;
  int input;
  SalShape input_shape;
  int max_batch;
  int output;
  int logits;
  SalHead head;
  int n_classes;
  GArray *layers; /* of SalLayer */
  int default_layer;
  SalPlan *plan;
  SalModelPlans *plans;
  SalModel *source;
  SalModelWeak *weak;
  pthread_mutex_t mutex;
  char *sha256;
};

/** sal_model_value: Returns: (transfer none) */
const SalValue *sal_model_value (const SalModel *model, int value);
/** sal_model_note: adds a sentence for the person. @format: to be translated */
void sal_model_note (SalModel *model, const char *format, ...) G_GNUC_PRINTF (2, 3);
/**
 * sal_model_float_input:
 * @facts: (nullable): what a sidecar says
 *
 * Returns: the input that is explained where it is one of floats: the one that the sidecar names,
 *   else the first that it does not fix, of four axes if there is such a one; or %SAL_NO_VALUE
 */
int sal_model_float_input (const SalGraph *graph, const SalPreparation *facts);
/** sal_model_n_labels: Returns: 0 if there are none */
int sal_model_n_labels (const SalModel *model);

/**
 * sal_model_plan_for:
 * @shape: of the input
 * @outputs: (array length=n_outputs): values to compute
 *
 * Returns: (transfer full): a forward plan, or %NULL and @error
 */
SalPlan *sal_model_plan_for (const SalModel *model, const SalShape *shape, const int *outputs,
                             int n_outputs, GError **error);

/* What follows from graph and preparation, in this order. Each returns %FALSE and an error where
 * the model is none that can be explained. */

/** sal_model_find_input: chooses the input that is explained, fixes the others, and settles the
 *  input's shape */
gboolean sal_model_find_input (SalModel *model, GError **error);
/** sal_model_find_output: chooses the output, steps over its head, counts classes, and makes the
 *  plan */
gboolean sal_model_find_output (SalModel *model, GError **error);
/** sal_model_open_attention: takes the graph's Attention nodes apart, where their shapes in the
 * plan allow it; the plan is then another graph's */
gboolean sal_model_open_attention (SalModel *model, GError **error);
/** sal_model_list_layers: finds what CAM methods can look at */
void sal_model_list_layers (SalModel *model);
