/* The one interface of all explainers. A method is one SalMethod in a file of its own and a row in
 * methods.c; the window's controls, the command line's options, saved recipes and README's table
 * are made from it. */
#pragma once

#include "engine/base/progress.h"
#include "engine/explain/params.h"
#include "engine/explain/samples.h"
#include "engine/explain/scorer.h"
#include "engine/model.h"

typedef struct _SalMethod SalMethod;
typedef struct _SalQuery SalQuery;
typedef struct _SalExplainer SalExplainer;
typedef struct _SalAttribution SalAttribution;
typedef struct _SalQuestion SalQuestion;

/** SalMethodGroup: how methods are grouped for people */
typedef enum {
  SAL_GROUP_GRADIENT,
  SAL_GROUP_PATH,
  SAL_GROUP_CAM,
  SAL_GROUP_RULES,
  SAL_GROUP_PERTURBATION,
  SAL_GROUP_ATTENTION,
  SAL_GROUP_LAYER,
} SalMethodGroup;

/**
 * SalMethod:
 * @id: command line, settings, saved files; never changes
 * @name: for people
 * @summary: what it does, one sentence
 * @formula: in plain text
 * @promise: what holds for its numbers, one sentence
 * @advice: when to use it, one line
 * @caveat: what it cannot tell, one sentence
 * @paper: where it comes from
 * @params: what can be set, beside smoothing (smooth.h)
 * @single_pass: whether it takes one evaluation an input: smoothing then hands it several inputs at
 *   once, to fill its batches
 * @many_baselines: whether it averages over several baselines; others take one
 * @complete: whether attributions sum to f(x) - f(baseline)
 * @conserves: whether attributions sum to f(x) itself
 * @is_signed: whether the sign has a meaning worth showing: decides the default reduction over
 *   channels (sum, else max-abs) and sign mode (signed, else absolute)
 * @check: (nullable): Returns: (nullable) why the method cannot be applied to a model (reasons.h)
 * @explain: attributions of a batch of inputs, [B, ...] in the order of the inputs; @inputs is
 *   [B, input shape]. Deterministic, the same bits for any number of threads. Several inputs are
 *   given by smoothing only; the method may compute them one after the other.
 */
struct _SalMethod {
  const char *id;
  const char *name;
  SalMethodGroup group;
  const char *summary;
  const char *formula;
  const char *promise;
  const char *advice;
  const char *caveat;
  const char *paper;
  const SalParam *params;
  gboolean single_pass;
  gboolean many_baselines;
  gboolean complete;
  gboolean conserves;
  gboolean is_signed;
  const char *(*check) (const SalModel *model);
  SalTensor *(*explain) (SalExplainer *explainer, const SalTensor *inputs,
                         const SalProgress *progress, GError **error);
};

/** sal_methods: Returns: (transfer none): all methods, %NULL-terminated, in the order to show */
const SalMethod *const *sal_methods (void);
/** sal_method_find: Returns: (nullable): the method called @id */
const SalMethod *sal_method_find (const char *id);
/** sal_method_group_name: Returns: for people */
const char *sal_method_group_name (SalMethodGroup group);

/**
 * SalQuery: what is to be explained, and how. Filled in by the caller, read only while a job runs.
 * @model: the model
 * @method: the method
 * @settings: (nullable): values of the method's and smoothing's parameters
 * @target: which class's score, which kind of score
 * @input: prepared, in the model's input shape
 * @baseline: (nullable): in the input's shape, or several of them, [N, input shape], for a method
 *   that averages over them; %NULL for zeros (see baseline.h)
 * @noise: (nullable): [N, input shape]: standard normal draws for N smoothing samples, in place of
 *   the generator's
 * @arrays: (nullable) (element-type utf8 SalTensor): the arrays named by parameters of the kind
 *   SAL_PARAM_ARRAY, by key
 * @earlier: (nullable): any earlier answer; what it has that this query asks for is not computed
 *   again (the samples of a running mean, pixels that are only summed otherwise), and the result
 * has the same bits as without it
 * @threads: worker threads, 0 for one a processor
 * @batch: evaluations a pass, 0 for the engine's choice
 */
struct _SalQuery {
  SalModel *model;
  const SalMethod *method;
  SalSettings *settings;
  SalTarget target;
  SalTensor *input;
  SalTensor *baseline;
  SalTensor *noise;
  GHashTable *arrays;
  SalAttribution *earlier;
  int threads;
  int batch;
};

/**
 * SalAttribution: a finished explanation. Reference counted, immutable.
 * @values: signed scores in the shape of what was attributed, leading 1: 1×C×H×W for a picture,
 *   1×1×H×W for a CAM
 * @pixels: (nullable): what @values were before they were summed per segment (segments.h); the
 *   extras and what is promised of sums are theirs, and "standard-error" is then called
 *   "pixel-standard-error"
 * @score: f(x), the target's score
 * @has_completeness: the method promises what @values sum to, and the next two are filled
 * @sum: sum of @values
 * @difference: what it should be: f(x) - f(baseline), or f(x) where the method conserves
 * @extras: (element-type utf8 SalTensor): what else the method reports, by name (see the method)
 * @question: what was asked
 * @samples: (nullable): of a running mean, for a query that asks for more of them
 * @stopped: whether it was stopped before it had all the samples of its query; @question says how
 *   many it has, so that the same question is answered by the same bits
 * @milliseconds: time it took
 * @threads: worker threads that were used
 */
struct _SalAttribution {
  gatomicrefcount refs;
  SalTensor *values;
  SalTensor *pixels;
  double score;
  gboolean has_completeness;
  double sum;
  double difference;
  GHashTable *extras;
  SalQuestion *question;
  SalSamples *samples;
  gboolean stopped;
  double milliseconds;
  int threads;
};

/** sal_attribution_number: Returns: the only element of the extra called @name, NaN where there is
 *  no such extra */
double sal_attribution_number (const SalAttribution *attribution, const char *name);

SalAttribution *sal_attribution_ref (SalAttribution *attribution);
void sal_attribution_unref (SalAttribution *attribution);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalAttribution, sal_attribution_unref)

/**
 * sal_explain:
 *
 * Runs the query's method, smoothed if its settings say so. May be called from any thread.
 * @progress is told at least ten times a second while there is something new, with the
 * attribution so far where the method is a running sum. Where it keeps what was stopped, the mean
 * of smoothing's copies so far is returned, if there is one.
 *
 * Returns: (transfer full) (nullable): the attribution, or %NULL and @error
 */
SalAttribution *sal_explain (const SalQuery *query, const SalProgress *progress, GError **error);

/* For methods: what an explainer gives them. */

/** sal_explainer_new: an explainer for a query, computing on @threads threads */
SalExplainer *sal_explainer_new (const SalQuery *query, int threads);
void sal_explainer_free (SalExplainer *explainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalExplainer, sal_explainer_free)
/** sal_explainer_query: Returns: (transfer none) */
const SalQuery *sal_explainer_query (const SalExplainer *explainer);
/** sal_explainer_threads: Returns: worker threads it may use */
int sal_explainer_threads (const SalExplainer *explainer);
/** sal_explainer_number: Returns: the value of the method's parameter @key */
double sal_explainer_number (const SalExplainer *explainer, const char *key);
/** sal_explainer_stopped: the answer will have fewer samples than were asked for; its "samples"
 *  says how many */
void sal_explainer_stopped (SalExplainer *explainer);
const char *sal_explainer_text (const SalExplainer *explainer, const char *key);
void sal_explainer_size (const SalExplainer *explainer, const char *key, int *height, int *width);
/** sal_explainer_array: Returns: (nullable) (transfer none): the array given for parameter @key */
SalTensor *sal_explainer_array (const SalExplainer *explainer, const char *key);
/**
 * sal_explainer_report:
 *
 * Adds a tensor to the attribution's extras, in place of one of the same name.
 */
void sal_explainer_report (SalExplainer *explainer, const char *name, SalTensor *tensor);
/**
 * sal_explainer_earlier:
 * @what: key of the parameter that says how many samples there are
 * @most: how many are wanted
 * @but: keys of the parameters, @what among them, that do not touch a single sample
 *
 * Returns: (transfer none) (nullable): samples of the query's earlier answer, no more than @most,
 *   that this query asks for, too
 */
SalSamples *sal_explainer_earlier (const SalExplainer *explainer, const char *what, gint64 most,
                                   const char *const *but);
/** sal_explainer_keep: leaves samples for a later query */
void sal_explainer_keep (SalExplainer *explainer, SalSamples *samples);
/** sal_explainer_start: Returns: (transfer none): the query's baselines one after the other, zeros
 *  where it has none */
const float *sal_explainer_start (SalExplainer *explainer);
/**
 * sal_explainer_set_origin:
 * @x: one input
 *
 * For a complete method whose attributions sum to the difference to another input than the query's
 * baseline.
 */
void sal_explainer_set_origin (SalExplainer *explainer, const float *x);
/**
 * sal_explainer_set_score:
 * @inputs: what the method was given
 * @score: of the first of them
 *
 * For methods that meet their input unchanged: where that is the query's, its score is not computed
 * a second time.
 */
void sal_explainer_set_score (SalExplainer *explainer, const SalTensor *inputs, double score);
/** sal_explainer_n_starts: Returns: how many baselines those are, at least 1 */
gint64 sal_explainer_n_starts (const SalExplainer *explainer);
/**
 * sal_explainer_set_state:
 *
 * Keeps what a method prepares for all its inputs (a rule set, a baseline's pass). Freed with the
 * explainer, after its scorers.
 */
void sal_explainer_set_state (SalExplainer *explainer, gpointer state, GDestroyNotify state_free);
/** sal_explainer_state: Returns: (nullable) (transfer none): what was kept */
gpointer sal_explainer_state (SalExplainer *explainer);
/**
 * sal_explainer_layer:
 *
 * Returns: the value chosen by the method's parameter "layer"; the model's default layer if it is
 *   empty; %SAL_NO_VALUE and @error if there is none such
 */
int sal_explainer_layer (SalExplainer *explainer, GError **error);
/**
 * sal_explainer_scorer:
 * @wrt: value that gradients are taken for, %SAL_NO_VALUE for scores alone
 * @rules: (nullable): backward rules; must outlive the explainer
 *
 * Returns: (transfer none) (nullable): a scorer for the query's target, made at first need
 */
SalScorer *sal_explainer_scorer (SalExplainer *explainer, int wrt, const SalRuleSet *rules,
                                 GError **error);
