/* What explain writes: all of it, or nothing. */
#pragma once

#include "app/cli/source.h"
#include "engine/explain/appearance.h"
#include "engine/explain/recipe.h"

/** CliOutputs: (nullable) paths; zero-initialise */
typedef struct {
  char *attribution;
  char *tokens;
  char *heatmap;
  char *overlay;
  char *json;
} CliOutputs;

/**
 * cli_outputs_check:
 * @inputs: (array length=n_inputs): files that must not be overwritten, %NULL entries allowed
 *
 * Finds before the work what would make writing fail after it.
 */
gboolean cli_outputs_check (const CliOutputs *self, const char *const *inputs, int n_inputs,
                            GError **error);

/** cli_outputs_want_pictures: Returns: whether a heatmap or an overlay is wanted */
gboolean cli_outputs_want_pictures (const CliOutputs *self);

/**
 * cli_outputs_write:
 * @recipe: the JSON, also kept in every picture
 *
 * Renders everything before anything is written; what was written is removed again if something
 * later cannot be.
 */
gboolean cli_outputs_write (const CliOutputs *self, const CliSource *source,
                            const SalAttribution *attribution, const SalAppearance *appearance,
                            const char *recipe, GError **error);

/**
 * cli_token_sums:
 * @values: an attribution [1,T,D], or [1,T]
 *
 * Returns: (transfer full): a number a token, [1,T]; %NULL and %SAL_ERROR_SHAPE if it is neither
 */
SalTensor *cli_token_sums (const SalTensor *values, GError **error);

void cli_outputs_clear (CliOutputs *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CliOutputs, cli_outputs_clear)
