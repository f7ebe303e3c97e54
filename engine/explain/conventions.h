/* Other programs' defaults, so that a published picture can be matched: libraries disagree on the
 * number of samples, the noise, the steps, the baseline, and how a map is shown. */
#pragma once

#include "engine/explain/method.h"

/**
 * SalConvention:
 * @id: for command lines and files
 * @name: of the program
 * @settings: key, value, key, value ..., %NULL: parameters of methods, of smoothing and of the
 *   appearance (appearance.h); a method takes those it has
 */
typedef struct {
  const char *id;
  const char *name;
  const char *const *settings;
} SalConvention;

/** sal_conventions: Returns: (transfer none): ended by an empty entry; the first are our own */
const SalConvention *sal_conventions (void);
/** sal_convention_find: Returns: (nullable) */
const SalConvention *sal_convention_find (const char *id);

/**
 * sal_convention_apply:
 * @settings: of @method, smoothing and the appearance, all in one; a caller who keeps the
 *   appearance apart copies sal_appearance_params() in before and out after
 *
 * Every parameter of the three lists gets the program's value, or our default where the program has
 * none, so that nothing is left of another program's. What is explained stays as it is: layers,
 * files, seeds, and whether there is smoothing at all.
 */
void sal_convention_apply (const SalConvention *convention, const SalMethod *method,
                           SalSettings *settings);
