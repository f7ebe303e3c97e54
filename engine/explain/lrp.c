#include "engine/explain/lrp.h"

#include "engine/base/error.h"
#include "engine/explain/gradients.h"
#include "engine/explain/lrp-operators.h"
#include "engine/explain/methods.h"

#include <string.h>

static const SalChoice rules[] = {
  { "composite", "Epsilon, gamma, box" },
  { "epsilon", "Epsilon" },
  { "gamma", "Gamma" },
  { "alpha-beta", "Alpha 2, beta 1" },
  { "z-plus", "Z⁺" },
  { "epsilon-plus", "Epsilon, plus, flat" },
  { "epsilon-alpha2-beta1", "Epsilon, alpha 2 beta 1, flat" },
  { NULL },
};

/* From the second on in the order of input_rules. */
static const SalChoice at_input[] = {
  { "auto", "As the rule has it" },
  { "box", "Box (zᴮ)" },
  { "w-squared", "Weights squared (w²)" },
  { "flat", "Flat" },
  { "epsilon", "Epsilon" },
  { "z-plus", "Z⁺" },
  { NULL },
};
static const SalLrpRule input_rules[] = { SAL_LRP_BOX, SAL_LRP_W_SQUARED, SAL_LRP_FLAT,
                                          SAL_LRP_EPSILON, SAL_LRP_Z_PLUS };

static const SalChoice biases[] = { { "keep", "Keep their share" },
                                    { "spread", "Spread it over inputs" },
                                    { NULL } };

static const SalParam params[] = {
  { .key = "lrp-rule",
    .label = "Rule",
    .help = "How a layer shares out relevance; composites take one rule for dense layers, one for "
            "convolutions and one for the first.",
    .kind = SAL_PARAM_CHOICE,
    .choices = rules },
  { .key = "lrp-input",
    .label = "Rule at the picture",
    .help = "How the layer that reads the picture shares out, in place of the rule’s own way.",
    .kind = SAL_PARAM_CHOICE,
    .choices = at_input,
    .advanced = TRUE },
  { .key = "lrp-biases",
    .label = "Biases",
    .help = "Whether relevance ends where a bias and not an input contributed, or is spread evenly "
            "over the unit’s inputs: then the sum is the score.",
    .kind = SAL_PARAM_CHOICE,
    .choices = biases },
  { .key = "epsilon",
    .label = "Epsilon",
    .help =
        "Added to every divisor: larger drops weak and contradicting relevance; in deep networks "
        "the epsilon rule needs more than this.",
    .kind = SAL_PARAM_DOUBLE,
    .max = 1000,
    .otherwise = 1e-6,
    .digits = 6,
    .advanced = TRUE },
  { .key = "gamma",
    .label = "Gamma",
    .help = "How much more positive weights count in the gamma rule.",
    .kind = SAL_PARAM_DOUBLE,
    .max = 100,
    .otherwise = 0.25,
    .digits = 2,
    .advanced = TRUE },
  { NULL },
};

typedef struct {
  const float *x;
  gint64 n;
  float *out;
} Batch;

static void
fill (gint64 index, float *x, gpointer data)
{
  const Batch *batch = data;

  memcpy (x, batch->x + index * batch->n, batch->n * sizeof (float));
}

/* Rules are linear in the relevance that arrives, so starting from 1 and scaling at the end is
 * starting from the score. */
static void
take (const SalPoint *point, gpointer data)
{
  const Batch *batch = data;

  for (gint64 i = 0; i < batch->n; i++)
    batch->out[point->index * batch->n + i] = (float) (point->score * point->gradient[i]);
}

static SalLrp *
make (SalExplainer *explainer)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  const char *rule = sal_explainer_text (explainer, "lrp-rule");
  const char *first = sal_explainer_text (explainer, "lrp-input");
  SalLrpRules chosen = { .epsilon = sal_explainer_number (explainer, "epsilon"),
                         .gamma = sal_explainer_number (explainer, "gamma"),
                         .spread =
                             strcmp (sal_explainer_text (explainer, "lrp-biases"), "spread") == 0,
                         .first = SAL_LRP_EPSILON,
                         .convolution = SAL_LRP_EPSILON,
                         .dense = SAL_LRP_EPSILON };

  if (strcmp (rule, "composite") == 0)
    chosen.first = SAL_LRP_BOX, chosen.convolution = SAL_LRP_GAMMA;
  else if (strcmp (rule, "gamma") == 0)
    chosen.first = chosen.convolution = chosen.dense = SAL_LRP_GAMMA;
  else if (strcmp (rule, "alpha-beta") == 0)
    chosen.first = chosen.convolution = chosen.dense = SAL_LRP_ALPHA2_BETA1;
  else if (strcmp (rule, "z-plus") == 0)
    chosen.first = chosen.convolution = chosen.dense = SAL_LRP_Z_PLUS;
  else if (strcmp (rule, "epsilon-plus") == 0)
    chosen.first = SAL_LRP_FLAT, chosen.convolution = SAL_LRP_Z_PLUS;
  else if (strcmp (rule, "epsilon-alpha2-beta1") == 0)
    chosen.first = SAL_LRP_FLAT, chosen.convolution = SAL_LRP_ALPHA2_BETA1;
  for (gsize i = 0; i < G_N_ELEMENTS (input_rules); i++)
    if (strcmp (first, at_input[i + 1].id) == 0)
      chosen.first = input_rules[i];
  /* Batch normalisation joins its convolution in every rule but the plain one as published, which
   * takes each node by itself. */
  chosen.fold = strcmp (rule, "epsilon") != 0 || chosen.spread;
  return sal_lrp_new (model, &chosen);
}

static SalTensor *
explain (SalExplainer *explainer, const SalTensor *inputs, const SalProgress *progress,
         GError **error)
{
  SalModel *model = sal_explainer_query (explainer)->model;
  SalLrp *lrp = sal_explainer_state (explainer);
  SalScorer *scorer;
  g_autoptr (SalTensor) out = NULL;
  Batch batch = { sal_tensor_floats (inputs), sal_shape_count (sal_model_input_shape (model)) };
  SalPoints points = { sal_tensor_count (inputs) / batch.n, fill, take, NULL, &batch };

  if (lrp == NULL) {
    lrp = make (explainer);
    sal_explainer_set_state (explainer, lrp, (GDestroyNotify) sal_lrp_free);
  }
  scorer = sal_explainer_scorer (explainer, sal_model_input (model), sal_lrp_rules (lrp), error);
  if (scorer == NULL)
    return NULL;
  out = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (inputs));
  batch.out = sal_tensor_edit (out);
  if (!sal_scorer_run (scorer, &points, progress, error))
    return NULL;
  return g_steal_pointer (&out);
}

const SalMethod sal_method_lrp = {
  .id = "lrp",
  .name = "Layer-wise Relevance Propagation",
  .group = SAL_GROUP_RULES,
  .summary = "Hands the class score down layer by layer, each unit sharing what it has among its "
             "inputs by what they contributed.",
  .formula = "Rᵢ = Σⱼ (zᵢⱼ / Σᵢ zᵢⱼ) Rⱼ,  zᵢⱼ by the rule, in the plainest aᵢ wᵢⱼ",
  .promise =
      "Conservation: relevance sums to the score, less what biases and ε keep, which is shown.",
  .advice = "Clear, low-noise maps of plain convolutional networks; relevance is conserved.",
  .caveat =
      "The rule decides the picture; biases take relevance away, in depthwise networks nearly "
      "all of it unless it is spread; gates and attention have no agreed rule.",
  .paper = "Bach, Binder, Montavon, Klauschen, Müller, Samek: On Pixel-Wise Explanations for "
           "Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation. PLoS ONE 2015; "
           "Montavon, Binder, Lapuschkin, Samek, Müller: Layer-Wise Relevance Propagation: An "
           "Overview. 2019.",
  .params = params,
  .single_pass = TRUE,
  .conserves = TRUE,
  .is_signed = TRUE,
  .check = sal_lrp_check,
  .explain = explain,
};
