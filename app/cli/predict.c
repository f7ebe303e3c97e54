/* salience-cli predict: the highest classes of a picture. */
#include "app/cli/command.h"
#include "app/cli/report.h"
#include "app/cli/source.h"
#include "engine/base/json.h"

static char *
to_json (const CliSource *source, const GArray *predictions, guint top)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sal_json_add_string (builder, "model", sal_model_path (source->model));
  sal_json_add_string (builder, "image", source->file);
  json_builder_set_member_name (builder, "predictions");
  json_builder_begin_array (builder);
  for (guint i = 0; i < top; i++) {
    const SalPrediction *prediction = &g_array_index (predictions, SalPrediction, i);

    json_builder_begin_object (builder);
    sal_json_add_int (builder, "index", prediction->class_index);
    sal_json_add_string (builder, "label",
                         sal_model_label (source->model, prediction->class_index));
    sal_json_add_number (builder, "logit", prediction->logit);
    sal_json_add_number (builder, "probability", prediction->probability);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return sal_json_text (builder);
}

static void
print_table (const SalModel *model, const GArray *predictions, guint top)
{
  g_print ("%11s %10s %6s  %s\n", "probability", "logit", "class", "label");
  for (guint i = 0; i < top; i++) {
    const SalPrediction *prediction = &g_array_index (predictions, SalPrediction, i);
    const char *label = sal_model_label (model, prediction->class_index);
    g_autofree char *text = cli_printable (label != NULL ? label : "");

    g_print ("%9.3f %% %10.4f %6d  %s\n", 100 * prediction->probability, prediction->logit,
             prediction->class_index, text);
  }
}

static gboolean
predict (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) arguments = NULL, inputs = NULL;
  int top = 5;
  g_autofree char *json = NULL, *text = NULL, *labels = NULL;
  const GOptionEntry entries[] = {
    { "top", 'k', 0, G_OPTION_ARG_INT, &top, "how many classes, 0 for all [5]", "K" },
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &inputs,
      "the network's input as it is, or token ids, in place of IMAGE; with NAME= another input",
      "[NAME=]F.npy" },
    { "text", 0, 0, G_OPTION_ARG_STRING, &text,
      "for a text model whose sidecar names a vocabulary: the text, in place of IMAGE", "TEXT" },
    { "labels", 0, 0, G_OPTION_ARG_FILENAME, &labels,
      "names of the classes: imagenet, imagenet-1001, cifar-10, cifar-100, fashion-mnist, digits, "
      "none, or a file with a name a line [the model's own, else those that fit]",
      "NAME|FILE" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, "result as JSON, - for standard output", "FILE" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = cli_context_new (&cli_predict, entries);
  g_auto (CliSource) source = { 0 };

  cli_source_add (&source, context);

  CliParse parse = cli_context_parse (context, &cli_predict, argc, argv, &arguments, 1, 2, error);

  if (parse != CLI_PARSE_GO)
    return parse == CLI_PARSE_DONE;
  if (top < 0)
    return cli_usage (error, "--top", "%d is negative", top);
  if (!cli_check_arguments (arguments, inputs, text, error) ||
      !cli_source_open (&source, arguments[0], arguments[1], inputs, text, labels, error))
    return FALSE;

  g_autoptr (GArray) predictions =
      sal_model_predict (source.model, source.input, cancellable, error);

  if (predictions == NULL)
    return FALSE;

  guint n = top == 0 ? predictions->len : MIN ((guint) top, predictions->len);

  if (json != NULL) {
    g_autofree char *result = to_json (&source, predictions, n);

    if (!cli_write_json (json, result, error))
      return FALSE;
  }
  if (cli_talks (json))
    print_table (source.model, predictions, n);
  cli_print_notes (sal_model_notes (source.model));
  return TRUE;
}

const CliCommand cli_predict = {
  .name = "predict",
  .usage = "MODEL IMAGE",
  .summary = "Names the highest classes of a picture.",
  .run = predict,
};
