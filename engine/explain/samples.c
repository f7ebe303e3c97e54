#include "engine/explain/samples.h"

#include "engine/base/clones.h"

#include <math.h>
#include <string.h>

SalSamples *
sal_samples_new (const char *what, const SalShape *shape)
{
  SalSamples *self = g_new0 (SalSamples, 1);

  g_atomic_ref_count_init (&self->refs);
  self->what = what;
  self->shape = *shape;
  self->n = sal_shape_count (shape);
  self->sum = g_new0 (double, 2 * (gsize) self->n);
  self->squares = self->sum + self->n;
  return self;
}

SalSamples *
sal_samples_copy (const SalSamples *samples)
{
  SalSamples *copy = sal_samples_new (samples->what, &samples->shape);

  copy->count = samples->count;
  memcpy (copy->sum, samples->sum, 2 * (gsize) samples->n * sizeof (double));
  return copy;
}

SalSamples *
sal_samples_ref (SalSamples *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
sal_samples_unref (SalSamples *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->sum);
  g_free (self);
}

SAL_CLONES void
sal_samples_add (SalSamples *self, const float *a)
{
  for (gint64 i = 0; i < self->n; i++) {
    self->sum[i] += a[i];
    self->squares[i] += (double) a[i] * a[i];
  }
  self->count++;
}

static double
mean (const SalSamples *self, gint64 i)
{
  return self->sum[i] / self->count;
}

static double
mean_square (const SalSamples *self, gint64 i)
{
  return self->squares[i] / self->count;
}

static double
variance (const SalSamples *self, gint64 i)
{
  return MAX (mean_square (self, i) - mean (self, i) * mean (self, i), 0);
}

static double
error_of (const SalSamples *self, gint64 i)
{
  return self->count > 1 ? sqrt (variance (self, i) / (self->count - 1)) : INFINITY;
}

static SalTensor *
collect (const SalSamples *self, double (*number) (const SalSamples *self, gint64 i))
{
  SalTensor *out = sal_tensor_new (SAL_FLOAT, &self->shape);
  float *y = sal_tensor_edit (out);

  for (gint64 i = 0; i < self->n; i++)
    y[i] = (float) number (self, i);
  return out;
}

SalTensor *
sal_samples_mean (const SalSamples *self)
{
  return collect (self, mean);
}

SalTensor *
sal_samples_mean_square (const SalSamples *self)
{
  return collect (self, mean_square);
}

SalTensor *
sal_samples_variance (const SalSamples *self)
{
  return collect (self, variance);
}

SalTensor *
sal_samples_error (const SalSamples *self)
{
  return collect (self, error_of);
}

double
sal_samples_relative_error (const SalSamples *self)
{
  double errors = 0, means = 0;

  if (self->count < 2)
    return INFINITY;
  for (gint64 i = 0; i < self->n; i++) {
    errors += variance (self, i) / (self->count - 1);
    means += mean (self, i) * mean (self, i);
  }
  return means > 0 ? sqrt (errors / means) : errors > 0 ? INFINITY : 0;
}
