#include "engine/explain/conventions.h"

#include "engine/explain/appearance.h"
#include "engine/explain/smooth.h"

#include <string.h>

/* From the programs' own sources and documents. Where a program does what we have no parameter for
 * (PAIR adds both ends of the path with equal weights), the nearest is taken. */
static const SalConvention conventions[] = {
  { "salience", "Salience",
    (const char *const[]){ "samples", "25", "noise", "0.15", "steps", "50", "rule",
                           "gauss-legendre", "baseline", "black", NULL } },
  { "captum", "Captum", (const char *const[]){ "samples",
                                               "5",
                                               "noise-absolute",
                                               "1",
                                               "steps",
                                               "50",
                                               "rule",
                                               "gauss-legendre",
                                               "baseline",
                                               "zero",
                                               "relu",
                                               "0",
                                               "upsample",
                                               "nearest",
                                               "stride",
                                               "1x1",
                                               "lrp-rule",
                                               "epsilon",
                                               "epsilon",
                                               "1e-9",
                                               "reduce",
                                               "sum",
                                               "sign",
                                               "absolute",
                                               "normalize",
                                               "mass",
                                               "clip",
                                               "2",
                                               "opacity",
                                               "0.5",
                                               NULL } },
  { "pair-saliency", "PAIR saliency",
    (const char *const[]){ "samples",  "25",    "noise",     "0.15",      "steps",
                           "25",       "rule",  "trapezoid", "baseline",  "zero",
                           "window",   "15x15", "stride",    "1x1",       "reduce",
                           "mean-abs", "sign",  "absolute",  "normalize", "percentile",
                           "clip",     "1",     "colormap",  "gray",      NULL } },
  { "pytorch-grad-cam", "pytorch-grad-cam",
    (const char *const[]){ "relu", "1", "upsample", "bilinear", "sign", "positive", "normalize",
                           "max", "colormap", "jet", "opacity", "0.5", NULL } },
  { "zennit", "Zennit",
    (const char *const[]){ "samples",   "20",    "noise",    "0.1",       "steps",   "20",
                           "rule",      "right", "baseline", "zero",      "window",  "8x8",
                           "stride",    "8x8",   "lrp-rule", "composite", "epsilon", "1e-6",
                           "gamma",     "0.25",  "reduce",   "sum",       "sign",    "signed",
                           "normalize", "max",   "colormap", "bwr",       NULL } },
  { "innvestigate", "iNNvestigate",
    (const char *const[]){
        "samples",   "64",        "noise-absolute", "1",       "steps",    "64",
        "rule",      "trapezoid", "baseline",       "zero",    "lrp-rule", "epsilon",
        "epsilon",   "1e-7",      "reduce",         "sum",     "sign",     "signed",
        "normalize", "max",       "colormap",       "seismic", NULL } },
  { "distill", "Distill",
    (const char *const[]){ "steps", "500", "rule", "trapezoid", "baseline", "black", "reduce",
                           "sum", "sign", "absolute", "normalize", "percentile", "clip", "0.1",
                           "colormap", "gray", NULL } },
  { NULL },
};

const SalConvention *
sal_conventions (void)
{
  return conventions;
}

const SalConvention *
sal_convention_find (const char *id)
{
  for (const SalConvention *convention = conventions; convention->id != NULL; convention++)
    if (strcmp (convention->id, id) == 0)
      return convention;
  return NULL;
}

void
sal_convention_apply (const SalConvention *convention, const SalMethod *method,
                      SalSettings *settings)
{
  const SalParam *const lists[] = { method->params, sal_smooth_params (),
                                    sal_appearance_params () };

  for (const char *const *pair = convention->settings; *pair != NULL; pair += 2)
    for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
      const SalParam *param = sal_param_find (lists[i], pair[0]);

      /* Several methods have a parameter of one name with other bounds. */
      if (param != NULL)
        sal_settings_parse (settings, param, pair[1], NULL);
    }
}
