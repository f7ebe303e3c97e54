/* How a result was made, as JSON: what salience-cli writes with --json, and what every picture
 * carries in its text chunk %SAL_PNG_PARAMETERS, so that it can be made again.
 *
 *     version      of Salience
 *     model        {file, sha256}
 *     image        {file, sha256}: the picture, or the array that was the network's input
 *     target       {index, label, logit, probability}
 *     versus       {index, label}: the class whose score was subtracted; null if none
 *     method       its id
 *     parameters   every parameter that was in force, by key; and output-kind, output-tensor (where
 *                  one was asked for), size (of the input as "HxW", or "own"), noise-file,
 *                  internal-batch, compute ("exact" where the model was computed so)
 *     seed         of every random draw
 *     completeness {sum, difference, error}, or null where the method does not promise it
 *     taken        {samples, relative-error} of smoothing and {steps} where a tolerance decided on
 *                  them: how far a run went that may end before all it was given
 *     milliseconds, threads
 *     appearance   by the keys of sal_appearance_params(); null for a result without a picture
 */
#pragma once

#include "engine/explain/appearance.h"
#include "engine/explain/method.h"

/** SAL_BATCH_MAX: most evaluations a pass that a recipe may ask for */
#define SAL_BATCH_MAX 1024

/**
 * SalRecipeFacts: what a query and its result do not know
 * @image_file: (nullable): the picture, or the array that was the input
 * @image_sha256: (nullable): of the file's bytes, see sal_file_sha256()
 * @noise_file: (nullable): the array in the query's @noise
 * @logit: score of the target class (see SalPrediction)
 * @probability: likewise
 */
typedef struct {
  const char *image_file;
  const char *image_sha256;
  const char *noise_file;
  double logit;
  double probability;
} SalRecipeFacts;

/**
 * sal_recipe_sha256: Returns: (transfer full): of the bytes of a file, in hexadecimal; %NULL and
 *   G_IO_ERROR if it cannot be read
 */
char *sal_recipe_sha256 (const char *path, GError **error);

/**
 * sal_recipe_write:
 * @attribution: the result of @query
 * @appearance: (nullable): how it is shown
 *
 * Returns: (transfer full): the JSON above, a member a line, without a newline at the end
 */
char *sal_recipe_write (const SalQuery *query, const SalAttribution *attribution,
                        const SalAppearance *appearance, const SalRecipeFacts *facts);

/**
 * SalRecipe: a recipe read back
 * @method: the method
 * @settings: values of the method's, smoothing's and the appearance's parameters
 * @kind: which score was explained
 * @target: index of the class; @target_label: (nullable): its name
 * @versus: index of the class whose score was subtracted, -1 if none; @versus_label likewise
 * @size: (nullable): of the input, "HxW" or "own"
 * @output_tensor: (nullable): the tensor whose scores were explained, where it was asked for
 * @noise_file: (nullable): array of draws
 * @batch: evaluations a pass, 0 for the engine's choice
 * @exact: whether the model was computed by %SAL_COMPUTE_EXACT
 * @model_file, @model_sha256, @image_file, @image_sha256: (nullable): as they were
 */
typedef struct {
  const SalMethod *method;
  SalSettings *settings;
  SalOutputKind kind;
  int target;
  char *target_label;
  int versus;
  char *versus_label;
  char *size;
  char *output_tensor;
  char *noise_file;
  int batch;
  gboolean exact;
  char *model_file;
  char *model_sha256;
  char *image_file;
  char *image_sha256;
} SalRecipe;

/**
 * sal_recipe_read:
 * @json: the text
 * @name: what to call it in messages
 *
 * Returns: (transfer full): or %NULL and @error naming @name and the key: %SAL_ERROR_FORMAT if it
 *   is no recipe, %SAL_ERROR_ARGUMENT if this version does not have the method or takes no such
 *   value
 */
SalRecipe *sal_recipe_read (const char *json, const char *name, GError **error);
void sal_recipe_free (SalRecipe *recipe);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalRecipe, sal_recipe_free)

/**
 * sal_recipe_target:
 * @model: the model the recipe is to be repeated with
 *
 * The recipe's classes in another model: the same label where the recipe has one and the model
 * knows it, else the same number.
 *
 * Returns: %FALSE and %SAL_ERROR_ARGUMENT if the model has neither
 */
gboolean sal_recipe_target (const SalRecipe *recipe, const SalModel *model, SalTarget *target,
                            GError **error);
