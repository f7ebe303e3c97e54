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
 * @settings: gets the values that @method, smoothing and the appearance have a parameter for
 */
void sal_convention_apply (const SalConvention *convention, const SalMethod *method,
                           SalSettings *settings);
