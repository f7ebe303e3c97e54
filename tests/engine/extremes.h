/* Every method at every end of its sliders. */
#pragma once

#include "tests/engine/net.h"

/** extremes_few: Returns: (transfer full): settings of few evaluations, but of more than one batch
 *  and more than one thread's share */
SalSettings *extremes_few (const SalMethod *method, const char *smoothing);

/** extremes_finite: fails the test, naming @what and @where, if a number is NaN or infinite */
void extremes_finite (const SalTensor *values, const char *what, const char *where);

/**
 * extremes_try:
 * @query: its settings are set here
 * @microseconds: after which a run is ended; until then its partial results are looked at
 *
 * Each parameter of the query's method at each end of its range, or at each of its choices.
 */
void extremes_try (const SalQuery *query, gint64 microseconds);

/** extremes_try_around: the same with the parameters around any method */
void extremes_try_around (const SalQuery *query, gint64 microseconds);
