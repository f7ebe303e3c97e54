#include "engine/explain/appearance.h"

#include "engine/explain/smooth.h"

#include <string.h>

static const SalChoice reduce_choices[] = {
  [SAL_REDUCE_MAX_ABS] = { "max-abs", "Largest magnitude" },
  [SAL_REDUCE_SUM] = { "sum", "Sum" },
  [SAL_REDUCE_MEAN_ABS] = { "mean-abs", "Mean magnitude" },
  [SAL_REDUCE_L2] = { "l2", "Euclidean length" },
  { NULL },
};

static const SalChoice sign_choices[] = {
  [SAL_SIGN_ABSOLUTE] = { "absolute", "Magnitude" },
  [SAL_SIGN_POSITIVE] = { "positive", "For the class" },
  [SAL_SIGN_NEGATIVE] = { "negative", "Against the class" },
  [SAL_SIGN_SIGNED] = { "signed", "Both" },
  { NULL },
};

static const SalChoice normalize_choices[] = {
  [SAL_NORMALIZE_MAX] = { "max", "Largest value" },
  [SAL_NORMALIZE_PERCENTILE] = { "percentile", "Percentile" },
  [SAL_NORMALIZE_MASS] = { "mass", "Share of the mass" },
  [SAL_NORMALIZE_ZSCORE] = { "zscore", "Standard deviations" },
  { NULL },
};

static const SalChoice blend_choices[] = {
  [SAL_BLEND_OVER] = { "over", "Overlay" },
  [SAL_BLEND_FADE] = { "fade", "Clear where low" },
  [SAL_BLEND_MASK] = { "mask", "Darkened picture" },
  [SAL_BLEND_SIDE_BY_SIDE] = { "side-by-side", "Side by side" },
  { NULL },
};

static const SalChoice cell_choices[] = {
  { "smooth", "Smooth" },
  { "sharp", "Sharp" },
  { NULL },
};

static const SalChoice output_kind_choices[] = {
  [SAL_OUTPUT_LOGIT] = { "logit", "Logit" },
  [SAL_OUTPUT_PROBABILITY] = { "probability", "Probability" },
  [SAL_OUTPUT_GRAPH] = { "output", "Output of the graph" },
  { NULL },
};

const SalChoice *
sal_reduce_choices (void)
{
  return reduce_choices;
}

const SalChoice *
sal_sign_choices (void)
{
  return sign_choices;
}

const SalChoice *
sal_normalize_choices (void)
{
  return normalize_choices;
}

const SalChoice *
sal_blend_choices (void)
{
  return blend_choices;
}

const SalChoice *
sal_output_kind_choices (void)
{
  return output_kind_choices;
}

/* The choices of an option: those above, with "auto" before them. */
static const SalChoice *
with_auto (const SalChoice *choices, const char *label)
{
  GArray *all = g_array_new (TRUE, TRUE, sizeof (SalChoice));
  SalChoice first = { "auto", label };

  g_array_append_val (all, first);
  for (; choices->id != NULL; choices++)
    g_array_append_val (all, *choices);
  return (const SalChoice *) (gpointer) g_array_free (all, FALSE);
}

static const SalChoice *
colormap_choices (void)
{
  int n;
  const SalColormap *maps = sal_colormaps (&n);
  g_autoptr (GArray) all = g_array_new (TRUE, TRUE, sizeof (SalChoice));

  for (int i = 0; i < n; i++) {
    SalChoice choice = { maps[i].id, maps[i].name };

    g_array_append_val (all, choice);
  }
  return with_auto ((const SalChoice *) (gpointer) all->data, "By sign");
}

enum { REDUCE, SIGN, NORMALIZE, CLIP, LIMIT, COLORMAP, OPACITY, BLEND, CELLS, SCALE };

const SalParam *
sal_appearance_params (void)
{
  static SalParam params[] = {
    [REDUCE] = { .key = "reduce",
                 .label = "Channels",
                 .help = "from the channels of a pixel to one number",
                 .kind = SAL_PARAM_CHOICE },
    [SIGN] = { .key = "sign",
               .label = "Sign",
               .help = "which part of the attribution is shown",
               .kind = SAL_PARAM_CHOICE },
    [NORMALIZE] = { .key = "normalize",
                    .label = "Scaling",
                    .help = "which value is shown at full strength",
                    .kind = SAL_PARAM_CHOICE,
                    .choices = normalize_choices,
                    .text_otherwise = "percentile" },
    [CLIP] = { .key = "clip",
               .label = "Clip highest",
               .unit = "percent",
               .help = "how many of the highest values are all shown at full strength",
               .kind = SAL_PARAM_DOUBLE,
               .min = 0,
               .max = 50,
               .otherwise = 2,
               .digits = 1,
               .unless_key = "normalize",
               .unless_value = "max" },
    [LIMIT] = { .key = "limit",
                .label = "Full strength",
                .help = "the value shown at full strength, in place of scaling; 0: by scaling",
                .kind = SAL_PARAM_DOUBLE,
                .min = 0,
                .max = 1e30 },
    [COLORMAP] = { .key = "colormap",
                   .label = "Colours",
                   .help = "from values to colours",
                   .kind = SAL_PARAM_CHOICE },
    [OPACITY] = { .key = "opacity",
                  .label = "Opacity",
                  .help = "how much of the picture the heatmap covers",
                  .kind = SAL_PARAM_DOUBLE,
                  .min = 0,
                  .max = 1,
                  .otherwise = 0.6,
                  .digits = 2 },
    [BLEND] = { .key = "blend",
                .label = "Blending",
                .help = "how heatmap and picture are put together",
                .kind = SAL_PARAM_CHOICE,
                .choices = blend_choices },
    [CELLS] = { .key = "cells",
                .label = "Cells",
                .help = "whether the cells of a coarse heatmap run into each other or show as they "
                        "are",
                .kind = SAL_PARAM_CHOICE,
                .choices = cell_choices },
    [SCALE] = { .key = "scale",
                .label = "Scale",
                .help = "pixels of the overlay per pixel of the picture",
                .kind = SAL_PARAM_INT,
                .min = 1,
                .max = SAL_SCALE_MAX,
                .otherwise = 1 },
    { NULL },
  };
  static gsize ready = 0;

  if (g_once_init_enter (&ready)) {
    params[REDUCE].choices = with_auto (reduce_choices, "By method");
    params[SIGN].choices = with_auto (sign_choices, "By method");
    params[COLORMAP].choices = colormap_choices ();
    g_once_init_leave (&ready, 1);
  }
  return params;
}

static int
choice_index (const SalChoice *choices, const char *id)
{
  for (int i = 0; choices[i].id != NULL; i++)
    if (strcmp (choices[i].id, id) == 0)
      return i;
  return -1;
}

/* Whether the sign of the method's numbers has a meaning. That of a map that is cut off at zero has
 * none ("relu" is what the methods that can do so call it). */
static gboolean
has_meaning (const SalMethod *method, const SalSettings *settings)
{
  const SalParam *relu = sal_param_find (method->params, "relu");

  return relu != NULL ? sal_settings_number (settings, relu) == 0 : method->is_signed;
}

SalAppearance
sal_appearance_default (const SalMethod *method, const SalSettings *settings)
{
  SalAppearance appearance = { SAL_HEATMAP_STYLE_INIT, SAL_OVERLAY_STYLE_INIT, 1 };
  const SalParam *smooth = sal_param_find (sal_smooth_params (), "smooth");
  const char *kind = sal_settings_text (settings, smooth);

  if (has_meaning (method, settings)) {
    /* Squares and variances are never negative. */
    gboolean kept = g_str_equal (kind, "none") || g_str_equal (kind, "smoothgrad");

    appearance.heatmap.reduce = SAL_REDUCE_SUM;
    appearance.heatmap.sign = kept ? SAL_SIGN_SIGNED : SAL_SIGN_ABSOLUTE;
  }
  return appearance;
}

SalAppearance
sal_appearance_from_settings (const SalMethod *method, const SalSettings *settings)
{
  SalAppearance appearance = sal_appearance_default (method, settings);
  const SalParam *params = sal_appearance_params ();
  int reduce = choice_index (reduce_choices, sal_settings_text (settings, &params[REDUCE]));
  int sign = choice_index (sign_choices, sal_settings_text (settings, &params[SIGN]));

  if (reduce >= 0)
    appearance.heatmap.reduce = (SalReduce) reduce;
  if (sign >= 0)
    appearance.heatmap.sign = (SalSign) sign;
  appearance.heatmap.normalize = (SalNormalize) choice_index (
      normalize_choices, sal_settings_text (settings, &params[NORMALIZE]));
  appearance.heatmap.clip = sal_settings_number (settings, &params[CLIP]);
  appearance.heatmap.limit = sal_settings_number (settings, &params[LIMIT]);
  appearance.overlay.map = sal_colormap_find (sal_settings_text (settings, &params[COLORMAP]));
  appearance.overlay.opacity = sal_settings_number (settings, &params[OPACITY]);
  appearance.overlay.blend =
      (SalBlend) choice_index (blend_choices, sal_settings_text (settings, &params[BLEND]));
  appearance.overlay.smooth =
      strcmp (sal_settings_text (settings, &params[CELLS]), cell_choices[0].id) == 0;
  appearance.scale = (int) sal_settings_number (settings, &params[SCALE]);
  return appearance;
}

void
sal_appearance_write (const SalAppearance *appearance, JsonBuilder *builder)
{
  const SalParam *params = sal_appearance_params ();
  const SalHeatmapStyle *heatmap = &appearance->heatmap;
  const SalOverlayStyle *overlay = &appearance->overlay;
  const SalColormap *map = overlay->map;

  if (map == NULL)
    map = sal_colormap_default (heatmap->sign == SAL_SIGN_SIGNED);
  json_builder_set_member_name (builder, params[REDUCE].key);
  json_builder_add_string_value (builder, reduce_choices[heatmap->reduce].id);
  json_builder_set_member_name (builder, params[SIGN].key);
  json_builder_add_string_value (builder, sign_choices[heatmap->sign].id);
  json_builder_set_member_name (builder, params[NORMALIZE].key);
  json_builder_add_string_value (builder, normalize_choices[heatmap->normalize].id);
  if (heatmap->normalize != SAL_NORMALIZE_MAX) {
    json_builder_set_member_name (builder, params[CLIP].key);
    json_builder_add_double_value (builder, heatmap->clip);
  }
  if (heatmap->limit > 0) {
    json_builder_set_member_name (builder, params[LIMIT].key);
    json_builder_add_double_value (builder, heatmap->limit);
  }
  json_builder_set_member_name (builder, params[COLORMAP].key);
  json_builder_add_string_value (builder, map->id);
  json_builder_set_member_name (builder, params[OPACITY].key);
  json_builder_add_double_value (builder, overlay->opacity);
  json_builder_set_member_name (builder, params[BLEND].key);
  json_builder_add_string_value (builder, blend_choices[overlay->blend].id);
  json_builder_set_member_name (builder, params[CELLS].key);
  json_builder_add_string_value (builder, cell_choices[overlay->smooth ? 0 : 1].id);
  json_builder_set_member_name (builder, params[SCALE].key);
  json_builder_add_int_value (builder, appearance->scale);
}
