/* One tap at a time into the whole plane, which stays in the first- or second-level cache: the
 * innermost loop runs along the picture's rows without a test for the border. */
#include "engine/ops/depthwise.h"

#include "engine/ops/clones.h"

/* The places at which one tap reads the input, and what it reads at the first of them. */
typedef struct {
  gint64 from[SAL_WINDOW_AXES], to[SAL_WINDOW_AXES], at[SAL_WINDOW_AXES];
} Reach;

static inline Reach
reach_of (const SalWindow *w, gint64 tap)
{
  Reach r;

  for (int i = SAL_WINDOW_AXES - 1; i >= 0; i--) {
    gint64 k = tap % w->kernel[i];

    tap /= w->kernel[i];
    sal_window_places (w, i, k, &r.from[i], &r.to[i]);
    r.at[i] = r.from[i] * w->stride[i] - w->before[i] + k * w->dilation[i];
  }
  return r;
}

/* The loop over output rows that a tap reaches: @o is the output's and @i the input's element of
 * the row's first place. */
#define FOR_EACH_ROW(w, r, o, i)                                                                   \
  for (gint64 d = (r).from[0]; d < (r).to[0]; d++)                                                 \
    for (gint64 h = (r).from[1], o = (d * (w)->out[1] + h) * (w)->out[2] + (r).from[2],            \
                i = (((r).at[0] + (d - (r).from[0]) * (w)->stride[0]) * (w)->in[1] + (r).at[1]) *  \
                        (w)->in[2] +                                                               \
                    (r).at[2];                                                                     \
         h < (r).to[1]; h++, o += (w)->out[2], i += (w)->stride[1] * (w)->in[2])

SAL_CLONES void
sal_depthwise_forward (const SalWindow *w, const float *x, const float *k, float *y)
{
  gint64 taps = sal_window_volume (w->kernel), stride = w->stride[2];

  for (gint64 tap = 0; tap < taps; tap++) {
    Reach r = reach_of (w, tap);
    gint64 n = r.to[2] - r.from[2];

    FOR_EACH_ROW (w, r, o, i)
    {
      const float *restrict in = x + i;
      float *restrict out = y + o;

      if (stride == 1)
        for (gint64 j = 0; j < n; j++)
          out[j] += k[tap] * in[j];
      else if (stride == 2)
        for (gint64 j = 0; j < n; j++)
          out[j] += k[tap] * in[2 * j];
      else
        for (gint64 j = 0; j < n; j++)
          out[j] += k[tap] * in[stride * j];
    }
  }
}

SAL_CLONES void
sal_depthwise_backward (const SalWindow *w, const float *gy, const float *k, float *gx)
{
  gint64 taps = sal_window_volume (w->kernel), stride = w->stride[2];

  for (gint64 tap = 0; tap < taps; tap++) {
    Reach r = reach_of (w, tap);
    gint64 n = r.to[2] - r.from[2];

    FOR_EACH_ROW (w, r, o, i)
    {
      float *restrict in = gx + i;
      const float *restrict out = gy + o;

      if (stride == 1)
        for (gint64 j = 0; j < n; j++)
          in[j] += k[tap] * out[j];
      else if (stride == 2)
        for (gint64 j = 0; j < n; j++)
          in[2 * j] += k[tap] * out[j];
      else
        for (gint64 j = 0; j < n; j++)
          in[stride * j] += k[tap] * out[j];
    }
  }
}

void
sal_depthwise_weight (const SalWindow *w, const float *x, const float *gy, float *gk)
{
  gint64 taps = sal_window_volume (w->kernel);

  for (gint64 tap = 0; tap < taps; tap++) {
    Reach r = reach_of (w, tap);
    double sum = 0;

    FOR_EACH_ROW (w, r, o, i)
    {
      for (gint64 j = 0; j < r.to[2] - r.from[2]; j++)
        sum += (double) gy[o + j] * x[i + j * w->stride[2]];
    }
    gk[tap] += sum;
  }
}
