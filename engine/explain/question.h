/* What an attribution answers, kept with it, so that a later query can tell whether it asks the
 * same. */
#pragma once

#include "engine/explain/method.h"

/** SalQuestion: a copy of a query that holds what it refers to */
typedef struct _SalQuestion SalQuestion;

SalQuestion *sal_question_new (const SalQuery *query);
void sal_question_free (SalQuestion *question);

/**
 * sal_question_matches:
 * @but: %NULL-terminated keys of parameters that need not be alike; how an attribution is summed
 *   up once it is there (segments.h) never need be
 *
 * Arrays are compared by what they hold. Returns: whether @query asks the same, so that each of its
 * evaluations has the same bits
 */
gboolean sal_question_matches (const SalQuestion *question, const SalQuery *query,
                               const char *const *but);

/** sal_question_number: Returns: the value that a parameter around any method had (smooth.h) */
double sal_question_number (const SalQuestion *question, const SalParam *param);
