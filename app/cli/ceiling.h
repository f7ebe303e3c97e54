/* What the machine can multiply: the yardstick of salience-cli bench. */
#pragma once

/**
 * CliCeiling: GFLOP/s of sgemm on large matrices; zero-initialise
 * @one: in one thread; @all: in several at once, each with matrices of its own, as explanations are
 *   computed
 */
typedef struct {
  double one;
  double all;
} CliCeiling;

/**
 * cli_ceiling_measure:
 * @threads: for @all
 *
 * Takes a fifth of a second. What disturbs a measurement only slows it, so the highest rate of all
 * calls is kept: call it again and again between what is measured beside it.
 */
void cli_ceiling_measure (CliCeiling *ceiling, int threads);
