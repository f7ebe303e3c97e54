/* Points and weights for integrals over [0, 1]. */
#pragma once

#include <glib.h>

/** SalQuadrature: how an integral becomes a sum of n terms; weights always sum to 1
 * @SAL_QUADRATURE_GAUSS_LEGENDRE: exact for polynomials up to degree 2n - 1
 * @SAL_QUADRATURE_RIGHT: α = k/n, k = 1 … n, weights 1/n: the sum of the Integrated Gradients paper
 * @SAL_QUADRATURE_LEFT: α = (k - 1)/n
 * @SAL_QUADRATURE_MIDPOINT: α = (k - 1/2)/n
 * @SAL_QUADRATURE_TRAPEZOID: α = (k - 1)/(n - 1), half weight at both ends; one point alone is the
 *   midpoint
 * @SAL_QUADRATURE_BOTH_ENDS: the same points, all of weight 1/n: a plain mean as several programs
 *   take it (PAIR saliency, iNNvestigate, Distill), and biased by the ends
 */
typedef enum {
  SAL_QUADRATURE_GAUSS_LEGENDRE,
  SAL_QUADRATURE_RIGHT,
  SAL_QUADRATURE_LEFT,
  SAL_QUADRATURE_MIDPOINT,
  SAL_QUADRATURE_TRAPEZOID,
  SAL_QUADRATURE_BOTH_ENDS,
} SalQuadrature;

/**
 * sal_quadrature:
 * @n: number of points, at least 1
 * @alpha: (out) (array length=n): the points, ascending
 * @weight: (out) (array length=n): their weights
 */
void sal_quadrature (SalQuadrature rule, int n, double *alpha, double *weight);
