/* Where the time of runs goes, node by node. Off unless a program that measures turns it on; then
 * every run of the process adds to it. */
#pragma once

#include "engine/ops/node.h"

/**
 * SalProfileRow: one node of a plan
 * @op_type, @node: its operator and name
 * @forward, @backward: seconds of all passes, added over threads that ran passes of their own
 */
typedef struct {
  char *op_type;
  char *node;
  double forward;
  double backward;
} SalProfileRow;

/** sal_profile_start: forgets what was measured, and measures from now on */
void sal_profile_start (void);

/**
 * sal_profile_stop:
 *
 * Stops measuring. No run may be under way.
 *
 * Returns: (transfer full) (element-type SalProfileRow): what took any time, longest first
 */
GArray *sal_profile_stop (void);

/** sal_profile_begin: for runs, before a node's kernel. Returns: a time, or 0 while off */
gint64 sal_profile_begin (void);
/** sal_profile_end: after it. @begun: what sal_profile_begin() returned; 0 does nothing */
void sal_profile_end (gint64 begun, const SalNode *node, gboolean backward);
