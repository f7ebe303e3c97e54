/* The front door: a classifier as a person sees it. A graph, how a picture becomes its input, the
 * names of its classes, and where its class scores are. */
#pragma once

#include "engine/graph/plan.h"
#include "engine/image/image.h"
#include "engine/image/prepare.h"
#include "engine/text/vocabulary.h"

#include <gio/gio.h>

/**
 * SalHead: what the graph does after its class scores
 * @SAL_HEAD_NONE: nothing: the output holds logits
 * @SAL_HEAD_SOFTMAX, @SAL_HEAD_LOG_SOFTMAX, @SAL_HEAD_SIGMOID: that, and Salience steps over it
 */
typedef enum { SAL_HEAD_NONE, SAL_HEAD_SOFTMAX, SAL_HEAD_LOG_SOFTMAX, SAL_HEAD_SIGMOID } SalHead;

/**
 * SalOutputKind: which number of a class is explained
 * @SAL_OUTPUT_LOGIT: its score before the head ("logit")
 * @SAL_OUTPUT_PROBABILITY: its softmax probability, or sigmoid where the head is one
 *   ("probability")
 * @SAL_OUTPUT_GRAPH: what the graph itself puts out ("output")
 */
typedef enum { SAL_OUTPUT_LOGIT, SAL_OUTPUT_PROBABILITY, SAL_OUTPUT_GRAPH } SalOutputKind;

/** SalLayer: a tensor of the graph with a spatial extent, usable for Grad-CAM and activations.
 * @value: number in the graph; @node: name of the node that computes it; @tensor: its own name
 * @op_type: operator of the node
 * @shape: 1×C×H×W, or 1×T×D for a transformer's tokens that lie on a square grid */
typedef struct {
  int value;
  const char *node;
  const char *tensor;
  const char *op_type;
  SalShape shape;
} SalLayer;

/** SalModel: (ref-func sal_model_ref) (unref-func sal_model_unref): immutable, shared by threads */
typedef struct _SalModel SalModel;

/**
 * sal_model_open:
 * @path: an ONNX file; a sidecar of the same name ending in .json is read if it is there, else what
 *   other programs' files or the model's own metadata say (image/preprocessor.h)
 *
 * Returns: (transfer full) (nullable): the model, or %NULL and one line that names the file, and
 *   node and operator where there is one
 */
SalModel *sal_model_open (const char *path, GError **error);

/**
 * sal_model_new:
 * @graph: sealed
 * @preparation: (nullable): %NULL for a model that takes no pictures
 * @labels: (nullable): names of the classes, %NULL-terminated
 * @name: for messages
 *
 * A model that has no file (tests, models made in memory).
 */
SalModel *sal_model_new (SalGraph *graph, SalPreparation *preparation, const char *const *labels,
                         const char *name, GError **error);
SalModel *sal_model_ref (SalModel *model);
void sal_model_unref (SalModel *model);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalModel, sal_model_unref)

/**
 * sal_model_again:
 *
 * The same model for who opens its files again: another one to tell apart, with the same graph and
 * plans, which takes next to no memory.
 *
 * Returns: (transfer full)
 */
SalModel *sal_model_again (SalModel *model);

/** sal_model_is_again: Returns: whether sal_model_again() made one of the other, or both of a third
 */
gboolean sal_model_is_again (const SalModel *a, const SalModel *b);

/** SalModelWeak: (ref-func sal_model_weak) (unref-func sal_model_weak_unref): a note of a model
 * that does not keep it; for any thread */
typedef struct _SalModelWeak SalModelWeak;

/** sal_model_weak: Returns: (transfer full): of @model and all that sal_model_again() has made and
 *  makes of it */
SalModelWeak *sal_model_weak (SalModel *model);
void sal_model_weak_unref (SalModelWeak *weak);
/** sal_model_weak_get: Returns: (transfer full) (nullable): the model, while any of those is in use
 */
SalModel *sal_model_weak_get (SalModelWeak *weak);

/** sal_model_with_preparation: Returns: (transfer full): the same graph with another preparation
 *  (an edited sidecar, another size of picture), checked anew */
SalModel *sal_model_with_preparation (SalModel *model, SalPreparation *preparation, GError **error);

/** sal_model_with_compute: Returns: (transfer full): the same model computed in another way, all
 * its plans and explanations; a model opened is computed the fast way */
SalModel *sal_model_with_compute (SalModel *model, SalCompute compute, GError **error);
SalCompute sal_model_compute (const SalModel *model);

/**
 * sal_model_with_labels:
 * @labels: names of the classes, %NULL-terminated, in place of those the model has
 * @note: (nullable): one of sal_model_notes() from then on: where they are from
 *
 * Returns: (transfer full): the same graph with these names, or %NULL and @error
 */
SalModel *sal_model_with_labels (SalModel *model, const char *const *labels, const char *note,
                                 GError **error);

/**
 * sal_model_with_output:
 * @name: a tensor with one score a class, or a map of them: usually one of the graph's outputs
 *
 * Returns: (transfer full): the same graph explained at that tensor, or %NULL and
 *   %SAL_ERROR_ARGUMENT if there is none called so
 */
SalModel *sal_model_with_output (SalModel *model, const char *name, GError **error);

/**
 * sal_model_with_size:
 *
 * The same graph with all pictures prepared in one size, cropped or stretched; one that the file
 * states does not matter if nothing in the network depends on it.
 *
 * Returns: (transfer full): @model itself if it has this size; %NULL and @error, which says what in
 *   the network stands against it: %SAL_ERROR_SHAPE, or that of a plan that takes too much memory
 */
SalModel *sal_model_with_size (SalModel *model, int height, int width, GError **error);

/**
 * sal_model_with_own_size: Returns: (transfer full): the same graph with SAL_FIT_OWN: each picture
 *  at its own size
 */
SalModel *sal_model_with_own_size (SalModel *model, GError **error);

/**
 * sal_model_for_picture:
 * @width, @height: of a picture
 *
 * What a picture is to be prepared and explained with. With SAL_FIT_OWN the model at the picture's
 * size; where the network does not work at just that, at the nearest multiples of 32, and a note
 * says so.
 *
 * Returns: (transfer full): @model itself if it has one size for all pictures; or %NULL and the
 *   error of sal_model_with_size()
 */
SalModel *sal_model_for_picture (SalModel *model, int width, int height, GError **error);

/**
 * sal_model_bind:
 * @inputs: (element-type utf8 SalTensor): values of inputs that are not explained, by name; for a
 *   text model also the token ids
 *
 * A model explains one float input; the others stay at what is bound to them; to begin with that is
 * what the sidecar fixes them at, or zeros.
 * A model whose inputs are all integers is taken for a text model: what is explained is the output
 * of its embedding, the Gather that reads the ids, 1×T×D.
 *
 * Returns: (transfer full): the same graph with these inputs, checked anew, or %NULL and @error
 */
SalModel *sal_model_bind (SalModel *model, GHashTable *inputs, GError **error);

/** sal_model_tokens: Returns: the graph's value with a text model's token ids, else %SAL_NO_VALUE
 */
int sal_model_tokens (const SalModel *model);
/** sal_model_vocabulary: Returns: (transfer none) (nullable): the words of a text model, where its
 *  sidecar names them (traits.h) */
const SalVocabulary *sal_model_vocabulary (const SalModel *model);
/** sal_model_embedding: Returns: (transfer full) (nullable): the embedding of the bound token ids,
 * as input for a text model; %NULL and @error for another model */
SalTensor *sal_model_embedding (const SalModel *model, GError **error);

/**
 * sal_model_plan_options: fills in what every plan of the model has in common, its bound inputs
 *   and the way it is computed; the rest is zeroed
 */
void sal_model_plan_options (const SalModel *model, SalPlanOptions *options);

/**
 * SalScoring: what a plan for scores is to compute
 * @batch: how many inputs a run takes
 * @scores: the value with class scores
 * @wrt: the value that the gradient is taken of, which is also kept; %SAL_NO_VALUE for none
 * @rules: (nullable): backward rules in place of the derivatives
 * @classes: the first @n_classes of them are the only ones whose scores are wanted; 0: all are
 */
typedef struct {
  int batch;
  int scores;
  int wrt;
  const SalRuleSet *rules;
  int classes[2];
  int n_classes;
} SalScoring;

/**
 * sal_model_score_plan:
 *
 * Safe from any thread. The latest plans without rules are kept: making one takes a tenth of the
 * time of a gradient.
 *
 * Returns: (transfer full): a plan with a single output, which has the scores of the wanted classes
 *   in their order, or of all classes where the network cannot do with less (narrow.h); or %NULL
 *   and @error
 */
SalPlan *sal_model_score_plan (SalModel *model, const SalScoring *scoring, GError **error);

/** sal_model_path: Returns: (nullable): the file */
const char *sal_model_path (const SalModel *model);
/** sal_model_name: Returns: the file's name without folder and ending */
const char *sal_model_name (const SalModel *model);
/** sal_model_sha256: Returns: (nullable): of the file's bytes, in hexadecimal; %NULL where the file
 *  is another by now. Reads the whole file at the first call, so not for the main thread */
const char *sal_model_sha256 (SalModel *model);
/** sal_model_graph: Returns: (transfer none): with the file's values and nodes under the file's
 *  numbers, perhaps with more that make one score a class of a map */
SalGraph *sal_model_graph (const SalModel *model);
/** sal_model_file_graph: Returns: (transfer none): as sal_onnx_read() has it */
SalGraph *sal_model_file_graph (const SalModel *model);
/** sal_model_preparation: Returns: (nullable) (transfer none) */
SalPreparation *sal_model_preparation (const SalModel *model);
/** sal_model_notes: Returns: (transfer none): sentences for the person about what was assumed or
 *  stepped over ("No sidecar: ...", "Softmax is stepped over: ..."), %NULL-terminated */
const char *const *sal_model_notes (const SalModel *model);

/** sal_model_input: Returns: the graph's value that takes the picture */
int sal_model_input (const SalModel *model);
/** sal_model_input_shape: Returns: its shape for one picture, open axes resolved */
const SalShape *sal_model_input_shape (const SalModel *model);
/** sal_model_max_batch: Returns: 1 where the graph is tied to one picture a pass, else more */
int sal_model_max_batch (const SalModel *model);
/** sal_model_logits: Returns: the value with the class scores before the head */
int sal_model_logits (const SalModel *model);
/** sal_model_output: Returns: the graph's own output, or the one that was asked for */
int sal_model_output (const SalModel *model);
/** sal_model_wanted_output: Returns: (nullable): the name given to sal_model_with_output() */
const char *sal_model_wanted_output (const SalModel *model);
SalHead sal_model_head (const SalModel *model);

/** sal_model_plan: Returns: (transfer none): a forward pass of one picture, with every value's
 * shape; computes the output and the logits */
SalPlan *sal_model_plan (const SalModel *model);

int sal_model_n_classes (const SalModel *model);
/** sal_model_label: Returns: (nullable): the name of a class */
const char *sal_model_label (const SalModel *model, int class_index);
/**
 * sal_model_find_class:
 * @text: a class's number, its label, or one of the comma-separated names in its label; case and
 *   surrounding space do not matter
 *
 * Returns: 0 .. classes-1, or -1 and %SAL_ERROR_ARGUMENT
 */
int sal_model_find_class (const SalModel *model, const char *text, GError **error);
/** sal_model_same_class: @index, @label: (nullable): of a class elsewhere. Returns: the class of
 * that name, else of that number; -1 if there is neither */
int sal_model_same_class (const SalModel *model, int index, const char *label);

/** sal_model_layers: Returns: (transfer none) (array length=n): in order of computation */
const SalLayer *sal_model_layers (const SalModel *model, int *n);
/**
 * sal_token_grid:
 * @skipped: (out): tokens before the grid: the class token, perhaps a distillation token
 *
 * Returns: side of the square that the tokens of a 1×T×D tensor lie on, 0 if they lie on none
 */
gint64 sal_token_grid (const SalShape *shape, gint64 *skipped);
/** sal_model_default_layer: Returns: (nullable): the last layer with more than 1×1 places; for a
 *  transformer the last sum of tokens before its last attention */
const SalLayer *sal_model_default_layer (const SalModel *model);
/** sal_model_find_value: Returns: the value that is named @name, or that the node named @name
 *  computes; %SAL_NO_VALUE and %SAL_ERROR_ARGUMENT if there is none */
int sal_model_find_value (const SalModel *model, const char *name, GError **error);

/**
 * sal_model_prepare:
 *
 * Returns: (transfer full): the picture as the network's input, sal_model_input_shape()
 */
SalTensor *sal_model_prepare (const SalModel *model, SalImage *image, GError **error);

/** SalPrediction: @class_index, @logit and softmax (or sigmoid) @probability of a class */
typedef struct {
  int class_index;
  double logit;
  double probability;
} SalPrediction;

/**
 * sal_model_predict:
 * @input: prepared, sal_model_input_shape()
 *
 * Returns: (transfer full) (element-type SalPrediction): all classes, highest first, equal ones in
 *   order of the classes
 */
GArray *sal_model_predict (const SalModel *model, const SalTensor *input, GCancellable *cancellable,
                           GError **error);
