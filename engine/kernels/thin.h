/* Products of a few rows with a large matrix: the last layers of classifiers, where reading the
 * matrix is most of the work, so that it is read as it lies in the model's file. Each row of the
 * result has the same bits whatever other rows there are, and whatever the team. */
#pragma once

#include "engine/base/team.h"

/** SAL_THIN_ROWS: rows up to which this is faster than a general product */
#define SAL_THIN_ROWS 32

/**
 * sal_thin_dot: y[n][j] += alpha · Σ over k of x[n][k] · w[j][k]
 * @x: [@rows][@K]; @w: [@J][@K]; @y: [@rows][@J]
 * @rows: at most %SAL_THIN_ROWS
 * @team: (nullable): shares the rows of @w
 */
void sal_thin_dot (const float *x, gint64 rows, const float *w, gint64 J, gint64 K, float alpha,
                   float *y, SalTeam *team);

/**
 * sal_thin_sum: y[n][k] += alpha · Σ over j of x[n][j] · w[j][k]
 * @x: [@rows][@J]; @w: [@J][@K]; @y: [@rows][@K]
 * @rows: any number, but see sal_thin_dot()
 * @team: (nullable): shares the columns of @w
 *
 * Rows of @w that meet zeros alone are not read: nearly all of them where a single class is
 * differentiated.
 */
void sal_thin_sum (const float *x, gint64 rows, const float *w, gint64 J, gint64 K, float alpha,
                   float *y, SalTeam *team);
