#include "engine/explain/conventions.h"

#include "engine/explain/appearance.h"
#include "engine/explain/smooth.h"

#include <string.h>

/* From the programs' own sources and documents. Where a program does what we have no parameter for
 * (pytorch-grad-cam stretches every map from its own minimum to its own maximum), the nearest is
 * taken. */
static const SalConvention conventions[] = {
  { "salience", "Salience", (const char *const[]){ NULL } }, /* what each parameter declares */
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
    (const char *const[]){ "smooth",
                           "smoothgrad-squared",
                           "samples",
                           "25",
                           "noise",
                           "0.15",
                           "steps",
                           "25",
                           "rule",
                           "both-ends",
                           "baseline",
                           "zero",
                           "window",
                           "15x15",
                           "stride",
                           "1x1",
                           "fraction",
                           "0.25",
                           "max-distance",
                           "0.02",
                           "reduce",
                           "mean-abs",
                           "sign",
                           "absolute",
                           "normalize",
                           "percentile",
                           "clip",
                           "1",
                           "colormap",
                           "gray",
                           NULL } },
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
        "rule",      "both-ends", "baseline",       "zero",    "lrp-rule", "epsilon",
        "epsilon",   "1e-7",      "reduce",         "sum",     "sign",     "signed",
        "normalize", "max",       "colormap",       "seismic", NULL } },
  { "distill", "Distill",
    (const char *const[]){ "steps", "500", "rule", "both-ends", "baseline", "black", "reduce",
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

/* A map is smoothed because a person asks for it: a program only says which statistic it takes. */
static gboolean
is_left (const SalParam *param, const SalSettings *settings)
{
  return strcmp (param->key, "smooth") == 0 && !sal_smooth_wanted (settings);
}

/* What says how, and not what: files, layers and seeds stay what they are. */
static gboolean
is_convention (const SalParam *param)
{
  return param->kind != SAL_PARAM_LAYER && param->kind != SAL_PARAM_ARRAY &&
         param->kind != SAL_PARAM_FOLDER && !g_str_has_suffix (param->key, "seed") &&
         strcmp (param->key, "smooth") != 0;
}

void
sal_convention_apply (const SalConvention *convention, const SalMethod *method,
                      SalSettings *settings)
{
  const SalParam *const lists[] = { method->params, sal_smooth_params (),
                                    sal_appearance_params () };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const SalParam *param = lists[i]; param->key != NULL; param++)
      if (is_convention (param))
        sal_settings_reset (settings, param);
  for (const char *const *pair = convention->settings; *pair != NULL; pair += 2)
    for (gsize i = 0; i < G_N_ELEMENTS (lists); i++) {
      const SalParam *param = sal_param_find (lists[i], pair[0]);

      /* Several methods have a parameter of one name with other bounds. */
      if (param != NULL && !is_left (param, settings))
        sal_settings_parse (settings, param, pair[1], NULL);
    }
}
