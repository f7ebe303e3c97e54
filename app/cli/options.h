/* The options of explain and bench. Those that set a parameter are made from its declaration
 * (params.h), so that a new method or parameter needs no word here. */
#pragma once

#include "engine/explain/method.h"
#include "engine/explain/recipe.h"

#include <gio/gio.h>

/** CliOptions: what was given on the command line */
typedef struct _CliOptions CliOptions;

/** cli_options_new: @appearance: whether results are shown, too */
CliOptions *cli_options_new (gboolean appearance);
void cli_options_free (CliOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliOptions, cli_options_free)

/**
 * cli_options_add:
 *
 * Adds --method, the target's, all methods', smoothing's and the appearance's options to @context,
 * and a list of the methods to its help. @self must outlive @context.
 */
void cli_options_add (CliOptions *self, GOptionContext *context);

/**
 * cli_options_check:
 * @otherwise: (nullable): method where none is named; %NULL if one must be
 *
 * Finds what is wrong whatever the model, and reads the recipe of --like: to be called before
 * anything else is read.
 */
gboolean cli_options_check (CliOptions *self, const char *otherwise, GError **error);

/** cli_options_method, cli_options_settings: Return: (transfer none): once checked */
const SalMethod *cli_options_method (const CliOptions *self);
const SalSettings *cli_options_settings (const CliOptions *self);

/**
 * cli_options_query:
 * @query: (inout): zeros but for its model and input; all else is filled in and belongs to @self
 * @image: (nullable): the picture, for baselines made from it; %NULL where an array was given
 * @predictions: of the input, highest first: the target where none is named
 */
gboolean cli_options_query (CliOptions *self, SalQuery *query, SalImage *image,
                            const GArray *predictions, GError **error);

/** cli_options_exact: Returns: whether the model is to be computed exactly, see cli_source_exact()
 */
gboolean cli_options_exact (const CliOptions *self);
/** cli_options_recipe: Returns: (nullable) (transfer none): the recipe of --like, once checked */
const SalRecipe *cli_options_recipe (const CliOptions *self);
/** cli_options_noise_file: Returns: (nullable): the path of the draws in the query */
const char *cli_options_noise_file (const CliOptions *self);
