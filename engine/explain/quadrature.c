#include "engine/explain/quadrature.h"

#include <math.h>

/* The zeros of the Legendre polynomial P_n by Newton's method from Tricomi's guess; the weight of
 * zero z is 2 / ((1 - z²) P_n'(z)²). Both then move from [-1, 1] to [0, 1]. */
static void
gauss_legendre (int n, double *alpha, double *weight)
{
  for (int i = 0; i < (n + 1) / 2; i++) {
    double z = cos (G_PI * (i + 0.75) / (n + 0.5)), slope = 1;

    for (int pass = 0; pass < 100; pass++) {
      double p = 1, before = 0, step;

      for (int j = 1; j <= n; j++) {
        double next = ((2 * j - 1) * z * p - (j - 1) * before) / j;

        before = p;
        p = next;
      }
      slope = n * (z * p - before) / (z * z - 1);
      step = p / slope;
      z -= step;
      if (fabs (step) < 1e-15)
        break;
    }
    if (n % 2 == 1 && i == n / 2)
      z = 0;
    alpha[i] = (1 - z) / 2;
    alpha[n - 1 - i] = (1 + z) / 2;
    weight[i] = weight[n - 1 - i] = 1 / ((1 - z * z) * slope * slope);
  }
}

void
sal_quadrature (SalQuadrature rule, int n, double *alpha, double *weight)
{
  if (rule == SAL_QUADRATURE_GAUSS_LEGENDRE) {
    gauss_legendre (n, alpha, weight);
    return;
  }
  for (int k = 0; k < n; k++) {
    gboolean end = k == 0 || k == n - 1;

    weight[k] = 1.0 / n;
    if (rule == SAL_QUADRATURE_RIGHT) {
      alpha[k] = (k + 1.0) / n;
    } else if (rule == SAL_QUADRATURE_LEFT) {
      alpha[k] = (double) k / n;
    } else if (rule == SAL_QUADRATURE_MIDPOINT || n == 1) {
      alpha[k] = (k + 0.5) / n;
    } else {
      alpha[k] = (double) k / (n - 1);
      if (rule == SAL_QUADRATURE_TRAPEZOID)
        weight[k] = (end ? 0.5 : 1.0) / (n - 1);
    }
  }
}
