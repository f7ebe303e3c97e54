/* One row of the output at a time, all taps into it: the row stays in the first-level cache, and
 * the innermost loop runs along the picture's rows without a test for the border. */
#include "engine/ops/depthwise.h"

#include "engine/ops/clones.h"

typedef struct {
  gint64 from, to; /* output columns */
  gint64 at;       /* element of the input that column @from reads */
  gint64 tap;
} Run;

/* Steps through the taps of one output row that read the input. */
static inline gboolean
next_run (const SalWindow *w, gint64 d, gint64 h, gint64 *tap, Run *run)
{
  gint64 taps = sal_window_volume (w->kernel);

  for (; *tap < taps; ++*tap) {
    gint64 kw = *tap % w->kernel[2], kh = *tap / w->kernel[2] % w->kernel[1];
    gint64 kd = *tap / w->kernel[2] / w->kernel[1];
    gint64 id = d * w->stride[0] - w->before[0] + kd * w->dilation[0];
    gint64 ih = h * w->stride[1] - w->before[1] + kh * w->dilation[1];

    if (id < 0 || id >= w->in[0] || ih < 0 || ih >= w->in[1])
      continue;
    sal_window_places (w, 2, kw, &run->from, &run->to);
    run->at = (id * w->in[1] + ih) * w->in[2] + run->from * w->stride[2] - w->before[2] +
              kw * w->dilation[2];
    run->tap = (*tap)++;
    return TRUE;
  }
  return FALSE;
}

SAL_CLONES void
sal_depthwise_forward (const SalWindow *w, const float *x, const float *k, float *y)
{
  for (gint64 d = 0; d < w->out[0]; d++)
    for (gint64 h = 0; h < w->out[1]; h++, y += w->out[2]) {
      gint64 tap = 0;
      Run run;

      while (next_run (w, d, h, &tap, &run)) {
        const float *restrict in = x + run.at;
        float *restrict out = y + run.from;
        float f = k[run.tap];

        if (w->stride[2] == 1)
          for (gint64 i = 0; i < run.to - run.from; i++)
            out[i] += f * in[i];
        else if (w->stride[2] == 2)
          for (gint64 i = 0; i < run.to - run.from; i++)
            out[i] += f * in[2 * i];
        else
          for (gint64 i = 0; i < run.to - run.from; i++)
            out[i] += f * in[w->stride[2] * i];
      }
    }
}

SAL_CLONES void
sal_depthwise_backward (const SalWindow *w, const float *gy, const float *k, float *gx)
{
  for (gint64 d = 0; d < w->out[0]; d++)
    for (gint64 h = 0; h < w->out[1]; h++, gy += w->out[2]) {
      gint64 tap = 0;
      Run run;

      while (next_run (w, d, h, &tap, &run)) {
        float *restrict in = gx + run.at;
        const float *restrict out = gy + run.from;
        float f = k[run.tap];

        if (w->stride[2] == 1)
          for (gint64 i = 0; i < run.to - run.from; i++)
            in[i] += f * out[i];
        else if (w->stride[2] == 2)
          for (gint64 i = 0; i < run.to - run.from; i++)
            in[2 * i] += f * out[i];
        else
          for (gint64 i = 0; i < run.to - run.from; i++)
            in[w->stride[2] * i] += f * out[i];
      }
    }
}

void
sal_depthwise_weight (const SalWindow *w, const float *x, const float *gy, float *gk)
{
  for (gint64 d = 0; d < w->out[0]; d++)
    for (gint64 h = 0; h < w->out[1]; h++, gy += w->out[2]) {
      gint64 tap = 0;
      Run run;

      while (next_run (w, d, h, &tap, &run)) {
        double sum = 0;

        for (gint64 i = 0; i < run.to - run.from; i++)
          sum += (double) gy[run.from + i] * x[run.at + i * w->stride[2]];
        gk[run.tap] += sum;
      }
    }
}
