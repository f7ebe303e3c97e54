/* salience-cli explain: one attribution, as an array, pictures and JSON. */
#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/outputs.h"
#include "app/cli/report.h"
#include "app/cli/source.h"
#include "engine/explain/smooth.h"

#include <math.h>
#include <string.h>

static const SalPrediction *
find_prediction (const GArray *predictions, int class_index)
{
  for (guint i = 0; i < predictions->len; i++) {
    const SalPrediction *prediction = &g_array_index (predictions, SalPrediction, i);

    if (prediction->class_index == class_index)
      return prediction;
  }
  g_return_val_if_reached (NULL);
}

static void
print_summary (const SalQuery *query, const SalAttribution *attribution,
               const SalPrediction *prediction)
{
  const char *label = sal_model_label (query->model, prediction->class_index);
  g_autofree char *text = cli_printable (label != NULL ? label : "");

  g_print ("%s: class %d %s, logit %.4f, probability %.3f %%\n", query->method->id,
           prediction->class_index, text, prediction->logit, 100 * prediction->probability);
  if (attribution->has_completeness)
    g_print ("completeness: sum %.6g of %.6g, missing %.3f %%\n", attribution->sum,
             attribution->difference,
             100 * fabs (attribution->sum - attribution->difference) /
                 MAX (fabs (attribution->difference), 1e-30));
  double samples = sal_attribution_number (attribution, "samples");
  double steps = sal_attribution_number (attribution, "steps");

  if (sal_smooth_bound (query->settings) > 0 && !isnan (samples))
    g_print ("%.0f samples, error %.2g %%\n", samples,
             100 * sal_attribution_number (attribution, "relative-error"));
  if (!isnan (steps))
    g_print ("%.0f steps\n", steps);
  g_print ("%.0f ms, %d threads\n", attribution->milliseconds, attribution->threads);
}

/* A text with what each of its words adds, where the attribution has a row for each. */
static void
print_tokens (const CliSource *source, const SalAttribution *attribution)
{
  g_autoptr (SalTensor) sums = cli_token_sums (attribution->values, NULL);

  if (source->tokens == NULL || sums == NULL ||
      sal_tensor_count (sums) != g_strv_length (source->tokens))
    return;
  for (gint64 t = 0; t < sal_tensor_count (sums); t++) {
    g_autofree char *text = cli_printable (source->tokens[t]);

    g_print ("%+11.4f  %s\n", sal_tensor_floats (sums)[t], text);
  }
}

static gboolean
explain_source (CliOptions *options, const CliSource *source, const CliOutputs *outputs,
                gboolean progress_wanted, GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) predictions =
      sal_model_predict (source->model, source->input, cancellable, error);
  SalQuery query = { .model = source->model, .input = source->input };

  if (outputs->tokens != NULL && sal_model_tokens (source->model) == SAL_NO_VALUE)
    return cli_usage (error, "--tokens", "%s is no text model", sal_model_name (source->model));
  if (predictions == NULL ||
      !cli_options_query (options, &query, source->image, predictions, error))
    return FALSE;

  CliProgress progress;
  g_autoptr (SalAttribution) attribution = sal_explain (
      &query, cli_progress_start (&progress, query.method->id, progress_wanted, cancellable),
      error);

  cli_progress_end (&progress);
  if (attribution == NULL) {
    g_prefix_error (error, "%s: ", sal_model_path (source->model));
    return FALSE;
  }

  const SalPrediction *prediction = find_prediction (predictions, query.target.class_index);
  SalAppearance appearance = sal_appearance_from_settings (query.method, query.settings);
  SalRecipeFacts facts = { .image_file = source->file,
                           .image_sha256 = source->sha256,
                           .noise_file = cli_options_noise_file (options),
                           .logit = prediction->logit,
                           .probability = prediction->probability };
  g_autofree char *recipe = sal_recipe_write (
      &query, attribution, cli_outputs_want_pictures (outputs) ? &appearance : NULL, &facts);

  if (!cli_outputs_write (outputs, source, attribution, &appearance, recipe, error))
    return FALSE;
  if (cli_talks (outputs->json)) {
    print_summary (&query, attribution, prediction);
    print_tokens (source, attribution);
  }
  cli_print_notes (sal_model_notes (source->model));
  return TRUE;
}

static gboolean
explain (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (CliOutputs) outputs = { 0 };
  g_auto (CliSource) source = { 0 };
  g_auto (GStrv) arguments = NULL, inputs = NULL;
  g_autofree char *text = NULL, *labels = NULL;
  gboolean progress = FALSE;
  const GOptionEntry entries[] = {
    { "attribution", 0, 0, G_OPTION_ARG_FILENAME, &outputs.attribution,
      "signed numbers in the shape of what was attributed", "F.npy" },
    { "tokens", 0, 0, G_OPTION_ARG_FILENAME, &outputs.tokens,
      "for a text model: a number a token, the sum over its embedding", "F.npy" },
    { "heatmap", 0, 0, G_OPTION_ARG_FILENAME, &outputs.heatmap,
      "the heatmap alone, a pixel an element times --scale", "F.png" },
    { "overlay", 0, 0, G_OPTION_ARG_FILENAME, &outputs.overlay, "the heatmap over the picture",
      "F.png" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &outputs.json,
      "result and recipe as JSON, - for standard output", "FILE" },
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &inputs,
      "the network's input as it is, or token ids, in place of IMAGE; with NAME= another input",
      "[NAME=]F.npy" },
    { "text", 0, 0, G_OPTION_ARG_STRING, &text,
      "for a text model whose sidecar names a vocabulary: the text, in place of IMAGE", "TEXT" },
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &labels,
      "names of the classes: imagenet, imagenet-1001, cifar-10, cifar-100, fashion-mnist, digits, "
      "none, or a file with a name a line [the model's own, else those that fit]",
      "NAME|FILE" },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &progress,
      "say how far the work is, also where standard error is no terminal", NULL },
    { NULL },
  };
  g_autoptr (CliOptions) options = cli_options_new (TRUE);
  g_autoptr (GOptionContext) context = cli_context_new (&cli_explain, entries);

  cli_source_add (&source, context);
  cli_options_add (options, context);

  CliParse parse = cli_context_parse (context, &cli_explain, argc, argv, &arguments, 1, 2, error);

  if (parse != CLI_PARSE_GO)
    return parse == CLI_PARSE_DONE;
  if (!cli_check_arguments (arguments, inputs, text, error) ||
      !cli_options_check (options, NULL, error))
    return FALSE;

  cli_source_like (&source, cli_options_recipe (options));

  g_autoptr (GPtrArray) read = g_ptr_array_new ();

  g_ptr_array_add (read, arguments[0]);
  g_ptr_array_add (read, arguments[1]);
  g_ptr_array_add (read, (char *) cli_options_noise_file (options));
  for (int i = 0; inputs != NULL && inputs[i] != NULL; i++) {
    const char *equals = strchr (inputs[i], '=');

    g_ptr_array_add (read, inputs[i]);
    g_ptr_array_add (read, (char *) (equals != NULL ? equals + 1 : NULL));
  }
  return cli_outputs_check (&outputs, (const char *const *) read->pdata, (int) read->len, error) &&
         cli_source_open (&source, arguments[0], arguments[1], inputs, text, labels, error) &&
         cli_source_exact (&source, cli_options_exact (options), error) &&
         explain_source (options, &source, &outputs, progress, cancellable, error);
}

const CliCommand cli_explain = {
  .name = "explain",
  .usage = "MODEL IMAGE --method NAME",
  .summary = "Shows which pixels of a picture made the network say a class.",
  .run = explain,
};
