/* One network computed in several ways: all that a forward and a backward pass give, to be
 * compared. */
#pragma once

#include "tests/engine/net.h"

#include "engine/graph/run.h"

/**
 * Pass:
 * @values: pictures between the input and the scores, @n_values of them
 * @input: normal draws, @batch pictures
 * @front: first steps that pictures go through one by one; 0 for none
 */
typedef struct {
  SalModel *model;
  int values[64];
  int n_values;
  gint64 batch;
  SalTensor *input;
  int front;
} Pass;

/** PASS_ALL: all of @values */
#define PASS_ALL (-2)

/** pass_init: @model: (transfer full): puts out four scores; @seed: for the input */
void pass_init (Pass *pass, SalModel *model, gint64 batch, guint64 seed);
void pass_clear (Pass *pass);

/**
 * pass_plan:
 * @rules: (nullable): backward rules
 * @observed: a value that is kept and whose gradient is asked for too, %SAL_NO_VALUE or %PASS_ALL
 */
SalPlan *pass_plan (const Pass *pass, SalCompute compute, const SalRuleSet *rules, int observed);

/** pass_run: Returns: (element-type float): scores, then what is observed, then the gradients of
 *  the input and of what is observed */
GArray *pass_run (const Pass *pass, SalCompute compute, const SalRuleSet *rules, int observed,
                  SalTeam *team);

/** pass_error: Returns: how far @a is from @b, relative to @b */
double pass_error (const GArray *a, const GArray *b);
/** pass_assert_near: at most @bound */
void pass_assert_near (const GArray *a, const GArray *b, double bound);
void pass_assert_same (const GArray *a, const GArray *b);
