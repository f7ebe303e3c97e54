/* Products of a few rows with a large matrix: the last layers of classifiers, where reading the
 * matrix is all the work. Each row of the result has the same bits whatever other rows there are. */
#pragma once

#include "engine/base/team.h"

/** SAL_THIN_ROWS: rows up to which this is faster than a general product */
#define SAL_THIN_ROWS 8

/**
 * sal_thin_dot: y[n][j] += alpha · Σ over k of x[n][k] · w[j][k]
 * @x: [@rows][@K]; @w: [@J][@K]; @y: [@rows][@J]
 * @team: (nullable): shares the rows of @w
 */
void sal_thin_dot (const float *x, gint64 rows, const float *w, gint64 J, gint64 K, float alpha,
                   float *y, SalTeam *team);

/**
 * sal_thin_sum: y[n][k] += alpha · Σ over j of x[n][j] · w[j][k]
 * @x: [@rows][@J]; @w: [@J][@K]; @y: [@rows][@K]
 * @team: (nullable): shares the columns of @w
 *
 * Rows of @w that meet zeros alone are not read: one in a thousand where a single class is
 * differentiated.
 */
void sal_thin_sum (const float *x, gint64 rows, const float *w, gint64 J, gint64 K, float alpha,
                   float *y, SalTeam *team);
