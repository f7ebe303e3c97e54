/* What salience-cli bench found, in words and as JSON. */
#pragma once

#include "app/cli/ceiling.h"
#include "engine/explain/method.h"

/**
 * BenchResult: one measurement
 * @query: what was explained
 * @forward: only a forward pass was measured
 * @repeats: how often; @seconds: the median, @best: the shortest
 * @points: evaluations that one explanation took
 * @multiply_adds: of one explanation, all convolutions counted as direct
 * @threads, @batch: as they were chosen
 * @ceiling: of this machine, in the same run
 * @peak: most memory that the process ever held, in bytes
 * @profile: (element-type SalProfileRow): seconds of all repeats
 */
typedef struct {
  const SalQuery *query;
  gboolean forward;
  int repeats;
  double seconds;
  double best;
  gint64 points;
  double multiply_adds;
  int threads;
  int batch;
  CliCeiling ceiling;
  gint64 peak;
  GArray *profile;
} BenchResult;

/** bench_to_json: Returns: (transfer full) */
char *bench_to_json (const BenchResult *result);
/** bench_print: @nodes: with a line for each node of the network */
void bench_print (const BenchResult *result, gboolean nodes);
