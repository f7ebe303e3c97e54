#include "app/looks.h"

#include <glib/gi18n.h>

static const SalChoice quantities[] = {
  { "attribution", N_ ("Attribution") },
  { "error", N_ ("Standard error") },
  { NULL },
};

static const SalParam params[] = {
  { .key = "quantity",
    .label = N_ ("Show"),
    .help = N_ ("The attribution, or how uncertain it is still: the standard error of its mean."),
    .kind = SAL_PARAM_CHOICE,
    .choices = quantities },
  { .key = "unsettled",
    .label = N_ ("Mark unsettled signs"),
    .help = N_ ("Hatches pixels whose attribution is less than two standard errors away from 0: "
                "more samples may turn its sign."),
    .kind = SAL_PARAM_SWITCH,
    .max = 1 },
  { NULL },
};

const SalParam *
sal_looks_params (void)
{
  return params;
}

SalSettings *
sal_looks_new (void)
{
  const SalParam *list = sal_appearance_params ();
  SalSettings *looks = sal_settings_new ();

  sal_settings_set_text (looks, sal_param_find (list, "blend"), "fade", NULL);
  sal_settings_set_number (looks, sal_param_find (list, "opacity"), 0.85, NULL);
  return looks;
}

SalAppearance
sal_looks_appearance (const SalMethod *method, const SalSettings *settings,
                      const SalSettings *looks)
{
  g_autoptr (SalSettings) all = sal_settings_copy (settings);

  for (const SalParam *param = sal_appearance_params (); param->key != NULL; param++)
    if (param->kind == SAL_PARAM_CHOICE)
      sal_settings_set_text (all, param, sal_settings_text (looks, param), NULL);
    else
      sal_settings_set_number (all, param, sal_settings_number (looks, param), NULL);

  SalAppearance appearance = sal_appearance_from_settings (method, all);
  const SalParam *sign = sal_param_find (sal_appearance_params (), "sign");
  const SalParam *relu = sal_param_find (method->params, "relu");

  /* A class activation map's ReLU leaves nothing below 0: half of the colours would lie idle. */
  if (relu != NULL && sal_settings_number (settings, relu) != 0 &&
      appearance.heatmap.sign == SAL_SIGN_SIGNED &&
      g_str_equal (sal_settings_text (looks, sign), "auto"))
    appearance.heatmap.sign = SAL_SIGN_POSITIVE;
  return appearance;
}

gboolean
sal_looks_want_error (const SalSettings *looks)
{
  return g_str_equal (sal_settings_text (looks, sal_param_find (params, "quantity")), "error");
}

gboolean
sal_looks_want_marks (const SalSettings *looks)
{
  return sal_settings_number (looks, sal_param_find (params, "unsettled")) != 0;
}
