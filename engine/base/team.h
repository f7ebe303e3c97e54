/* Threads that share one piece of work: a layer of a single pass split by rows, say. Where there
 * are many passes to make, parallel.h spreads those instead, and nothing is split within. */
#pragma once

#include <glib.h>

/** SalTeam: the calling thread and helpers that wait for it; used by one caller at a time. %NULL
 *  stands for the calling thread alone. */
typedef struct _SalTeam SalTeam;

/**
 * SalTeamFunc:
 * @worker: 0 .. sal_team_size()-1: indexes what a thread may use alone, such as scratch memory
 * @piece: 0 .. n-1
 */
typedef void (*SalTeamFunc) (int worker, int piece, gpointer data);

/** sal_team_new: Returns: (nullable): a team of @threads, %NULL for one; fewer where threads cannot
 *  be had */
SalTeam *sal_team_new (int threads);
void sal_team_free (SalTeam *team);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalTeam, sal_team_free)

/** sal_team_size: Returns: threads that work at once, 1 for %NULL */
int sal_team_size (const SalTeam *team);

/**
 * sal_team_run:
 *
 * Calls @func for every piece, each once, in no particular order and on any of the team's threads,
 * and returns when all are done. Pieces must not depend on each other. Results must not depend on
 * which worker takes which piece, nor on the size of the team.
 */
void sal_team_run (SalTeam *team, int n, SalTeamFunc func, gpointer data);
