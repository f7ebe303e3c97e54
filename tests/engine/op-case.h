/* Operator cases: one node, its inputs, and what must come out.
 *
 * A case is a row of a table in tests/engine/ops/cases-<family>.c; a family's table is named in
 * ops/cases.h and in the list at the top of test-ops.c, nowhere else. Checking a case builds a
 * graph of the node, plans and runs it, compares the outputs with what is expected, and compares
 * the backward pass with central differences of the forward pass (see op-case.c). So an operator
 * needs no test code of its own:
 *
 *     { "Conv", "grouped", 11, "group=2 kernel_shape=[3,3] pads=[1,1,1,1]",
 *       { IN (1, 4, 5, 5), PARAM (6, 2, 3, 3), PARAM (6) } },
 */
#pragma once

#include "engine/ops/op.h"

#define OP_CASE_INPUTS 16
#define OP_CASE_OUTPUTS 4

typedef enum {
  OP_INPUT_NONE = 0,
  OP_INPUT_ABSENT,
  OP_INPUT_RANDOM,
  OP_INPUT_SPREAD,
  OP_INPUT_FLOATS,
  OP_INPUT_INTS,
  OP_INPUT_SAME,
} OpInputKind;

/**
 * OpInput:
 * @constant: part of the graph, known when the plan is made; else fed
 * @both: the case is checked twice, with the input constant and with it fed
 * @low, @high: range of random values; -1..1 if both are 0
 * @values, @ints: given values
 * @n: how many, which must be as many as @shape has; 0 where not counted
 * @same: (OP_INPUT_SAME) the earlier input this one is
 */
typedef struct {
  OpInputKind kind;
  SalShape shape;
  gboolean constant;
  gboolean both;
  float low, high;
  const float *values;
  const gint64 *ints;
  gsize n;
  int same;
} OpInput;

/* Inputs. A shape is written as its lengths, or SAL_SCALAR in the macros that take a shape. Fed
 * float inputs are differentiated. */

#define OP_COUNT(type, ...) (sizeof ((const type[]){ __VA_ARGS__ }) / sizeof (type))

/** IN: random, fed */
#define IN(...)                                                                                    \
  {                                                                                                \
    .kind = OP_INPUT_RANDOM, .shape = SAL_SHAPE (__VA_ARGS__)                                      \
  }
/** IN_RANGE: random between two bounds, fed */
#define IN_RANGE(from, to, ...)                                                                    \
  {                                                                                                \
    .kind = OP_INPUT_RANDOM, .shape = SAL_SHAPE (__VA_ARGS__), .low = (from), .high = (to)         \
  }
/** SPREAD: fed; values in random order, no two close to each other and none close to 0 or to a
 *  quarter of an integer: clear of the kinks of maxima, ReLU, rounding */
#define SPREAD(...)                                                                                \
  {                                                                                                \
    .kind = OP_INPUT_SPREAD, .shape = SAL_SHAPE (__VA_ARGS__)                                      \
  }
/** PARAM: random, such as a weight; the case is checked with it constant, and with it fed */
#define PARAM(...)                                                                                 \
  {                                                                                                \
    .kind = OP_INPUT_RANDOM, .shape = SAL_SHAPE (__VA_ARGS__), .both = TRUE                        \
  }
#define PARAM_RANGE(from, to, ...)                                                                 \
  {                                                                                                \
    .kind = OP_INPUT_RANDOM, .shape = SAL_SHAPE (__VA_ARGS__), .low = (from), .high = (to),        \
    .both = TRUE                                                                                   \
  }
/** FLOATS: given values, fed: FLOATS (SAL_SHAPE (2), 1, 2) */
#define FLOATS(form, ...)                                                                          \
  {                                                                                                \
    .kind = OP_INPUT_FLOATS, .shape = form, .values = (const float[]){ __VA_ARGS__ },              \
    .n = OP_COUNT (float, __VA_ARGS__)                                                             \
  }
/** CONST_FLOATS: given values, constant */
#define CONST_FLOATS(form, ...)                                                                    \
  {                                                                                                \
    .kind = OP_INPUT_FLOATS, .shape = form, .values = (const float[]){ __VA_ARGS__ },              \
    .n = OP_COUNT (float, __VA_ARGS__), .constant = TRUE                                           \
  }
/** INTS: given integers, constant */
#define INTS(form, ...)                                                                            \
  {                                                                                                \
    .kind = OP_INPUT_INTS, .shape = form, .ints = (const gint64[]){ __VA_ARGS__ },                 \
    .n = OP_COUNT (gint64, __VA_ARGS__), .constant = TRUE                                          \
  }
/** FED_INTS: given integers, fed */
#define FED_INTS(form, ...)                                                                        \
  {                                                                                                \
    .kind = OP_INPUT_INTS, .shape = form, .ints = (const gint64[]){ __VA_ARGS__ },                 \
    .n = OP_COUNT (gint64, __VA_ARGS__)                                                            \
  }
/** SAME: the same value as input @i, read once more */
#define SAME(i)                                                                                    \
  {                                                                                                \
    .kind = OP_INPUT_SAME, .same = (i)                                                             \
  }
/** ABSENT: an optional input left out */
#define ABSENT                                                                                     \
  {                                                                                                \
    .kind = OP_INPUT_ABSENT                                                                        \
  }

/**
 * OpOutput: what an output must be
 * @values: (nullable): its floats
 * @ints: (nullable): its integers
 * @n: how many there are of either; 0 where not counted
 * @shape: compared where @values, @ints or @known is given
 */
typedef struct {
  SalShape shape;
  const float *values;
  const gint64 *ints;
  gsize n;
  gboolean known;
} OpOutput;

#define OUT(form, ...)                                                                             \
  {                                                                                                \
    .shape = form, .values = (const float[]){ __VA_ARGS__ }, .n = OP_COUNT (float, __VA_ARGS__),   \
    .known = TRUE                                                                                  \
  }
#define OUT_INTS(form, ...)                                                                        \
  {                                                                                                \
    .shape = form, .ints = (const gint64[]){ __VA_ARGS__ }, .n = OP_COUNT (gint64, __VA_ARGS__),   \
    .known = TRUE                                                                                  \
  }
/** OUT_SHAPE: only the shape is stated */
#define OUT_SHAPE(...)                                                                             \
  {                                                                                                \
    .shape = SAL_SHAPE (__VA_ARGS__), .known = TRUE                                                \
  }

/**
 * OpCase:
 * @op: ONNX's name of the operator
 * @name: says what is special; the test's path is /engine/ops/@op/@opset/@name
 * @opset: in force; picks the row
 * @attributes: (nullable): "key=value" parted by blanks; a value is an integer (`1`), a float
 *   (`0.5`, `1e-5`), a string (`SAME_UPPER`) or a list of them (`[3,3]`)
 * @x: inputs, in order
 * @y: what is known of the outputs; may be left out
 * @n_y: number of outputs; 0 counts as 1
 * @y_absent: bit i: optional output i is left out
 * @tolerance: of @y, relative and absolute; 0 counts as 1e-5
 * @step: of the differences, a power of two from 2^-10 to 1; 0 counts as 2^-6, and SPREAD inputs
 *   are at least 8 steps apart. Raise it where the sums are long, lower it where the function is
 *   steep.
 * @gx: (nullable): gradient of input 0 for a seed of ones in output 0, compared in place of
 *   differences: for what is differentiated as if it did not round
 * @no_gradient: compare the outputs only (cases that exist for a value)
 * @error: (nullable): the plan must be refused with this text in the message; no other check
 * @prepare: (nullable): last word on the node (tensor attributes)
 */
typedef struct {
  const char *op;
  const char *name;
  int opset;
  const char *attributes;
  OpInput x[OP_CASE_INPUTS];
  OpOutput y[OP_CASE_OUTPUTS];
  int n_y;
  guint y_absent;
  double tolerance;
  double step;
  const float *gx;
  gboolean no_gradient;
  const char *error;
  void (*prepare) (SalNode *node);
} OpCase;

/** op_case_check: the whole test of one case; fails through g_test */
void op_case_check (const OpCase *op_case);
/** op_case_fuzz: refuses or computes nodes that the case becomes when it is changed at random */
void op_case_fuzz (const OpCase *op_case);
/** op_case_set_attributes: @text: as in OpCase */
void op_case_set_attributes (SalNode *node, const char *text);
