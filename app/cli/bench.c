/* salience-cli bench: how long an explanation takes, where the time goes, and how that compares
 * with what the machine can multiply. */
#include "app/cli/bench-report.h"
#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/report.h"
#include "app/cli/source.h"
#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "engine/graph/profile.h"
#include "engine/kernels/cpu.h"

#include <string.h>

#define MAX_REPEATS 1000
/* Between two repeats that take less than this together, sgemm is not measured anew. */
#define CEILING_MICROSECONDS 500000

/** What is measured: an explanation, or only a forward pass through @scorer. */
typedef struct {
  const SalQuery *query;
  SalScorer *scorer; /* (nullable) */
  gboolean progress_wanted;
  GCancellable *cancellable;
} Subject;

/* The value gradients are taken for: the layer that the method's parameter names or, for a method
 * of layers, chooses; else the input. */
static int
gradient_value (const SalQuery *query)
{
  const SalParam *param = sal_param_find (query->method->params, "layer");
  const char *name = param != NULL ? sal_settings_text (query->settings, param) : "";

  if (*name != '\0')
    return sal_model_find_value (query->model, name, NULL);
  if (param != NULL && query->method->group != SAL_GROUP_GRADIENT &&
      sal_model_default_layer (query->model) != NULL)
    return sal_model_default_layer (query->model)->value;
  return sal_model_input (query->model);
}

/* Multiply-adds of the part of the graph behind @value: what a gradient with respect to it goes
 * back through. */
static gint64
multiply_adds_behind (const SalModel *model, int value)
{
  SalPlan *whole = sal_model_plan (model);
  const SalShape *shape = sal_plan_shape (whole, value);
  int output = sal_model_logits (model);

  if (value == sal_model_input (model) || shape == NULL)
    return sal_plan_multiply_adds (whole);

  /* Where a way leads around the value, the input is needed as well. */
  SalFeed feeds[2] = { { value, *shape },
                       { sal_model_input (model), *sal_model_input_shape (model) } };
  SalPlanOptions options;

  sal_model_plan_options (model, &options);
  options.feeds = feeds;
  options.n_feeds = 1;
  options.outputs = &output;
  options.n_outputs = 1;

  g_autoptr (SalPlan) tail = sal_plan_new (sal_model_graph (model), &options, NULL);

  if (tail == NULL) {
    options.n_feeds = 2;
    tail = sal_plan_new (sal_model_graph (model), &options, NULL);
  }
  return tail != NULL ? sal_plan_multiply_adds (tail) : 0;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static gboolean
run_once (const Subject *subject, double *seconds, int *threads, GError **error)
{
  const SalQuery *query = subject->query;
  gint64 start = g_get_monotonic_time ();

  if (subject->scorer != NULL) {
    double score;

    if (!sal_scorer_score (subject->scorer, sal_tensor_floats (query->input), &score,
                           subject->cancellable, error))
      return FALSE;
    *threads = sal_threads (query->threads);
  } else {
    CliProgress progress;
    g_autoptr (SalAttribution) attribution = sal_explain (
        query,
        cli_progress_start (&progress, "bench", subject->progress_wanted, subject->cancellable),
        error);

    cli_progress_end (&progress);
    if (attribution == NULL)
      return FALSE;
    *threads = attribution->threads;
  }
  *seconds = (double) (g_get_monotonic_time () - start) * 1e-6;
  return TRUE;
}

/* The most memory this process ever held, or 0 where the system does not tell. getrusage() would
 * count the program that started this one as well. */
static gint64
peak_memory (void)
{
  g_autofree char *status = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "\nVmHWM:");
  return line != NULL ? 1024 * g_ascii_strtoll (line + strlen ("\nVmHWM:"), NULL, 10) : 0;
}

/* One warm-up, then the repeats, with sgemm measured in between; its memory is not the
 * explanation's, so that is looked at before. */
static gboolean
measure (const Subject *subject, BenchResult *result, GError **error)
{
  g_autofree double *seconds = g_new0 (double, result->repeats);
  gint64 gradients, points, gradients_after, next_ceiling = 0;
  int middle = result->repeats / 2;
  double warm_up, forward, behind;

  if (!run_once (subject, &warm_up, &result->threads, error))
    return FALSE;
  result->peak = peak_memory ();
  points = sal_scorer_points (&gradients);
  sal_profile_start ();
  for (int i = 0; i < result->repeats; i++) {
    if (g_get_monotonic_time () >= next_ceiling) {
      cli_ceiling_measure (&result->ceiling, result->threads);
      next_ceiling = g_get_monotonic_time () + CEILING_MICROSECONDS;
    }
    if (!run_once (subject, &seconds[i], &result->threads, error)) {
      g_array_unref (sal_profile_stop ());
      return FALSE;
    }
  }
  result->profile = sal_profile_stop ();
  cli_ceiling_measure (&result->ceiling, result->threads);
  result->points = (sal_scorer_points (&gradients_after) - points) / result->repeats;
  gradients = (gradients_after - gradients) / result->repeats;

  forward = (double) sal_plan_multiply_adds (sal_model_plan (subject->query->model));
  behind = (double) multiply_adds_behind (subject->query->model, gradient_value (subject->query));
  result->multiply_adds = (double) result->points * forward + (double) gradients * behind;
  qsort (seconds, result->repeats, sizeof *seconds, by_size);
  result->best = seconds[0];
  result->seconds =
      result->repeats % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2;
  return TRUE;
}

static gboolean
report (BenchResult *result, const char *json, gboolean nodes, GError **error)
{
  if (json != NULL) {
    g_autofree char *text = bench_to_json (result);

    if (!cli_write_json (json, text, error))
      return FALSE;
  }
  if (cli_talks (json))
    bench_print (result, nodes);
  return TRUE;
}

typedef struct {
  CliOptions *options;
  int repeats;
  gboolean forward;
  gboolean nodes;
  gboolean progress;
  const char *json;
} Wanted;

static gboolean
bench_source (const Wanted *wanted, CliSource *source, GCancellable *cancellable, GError **error)
{
  /* The time does not depend on what the input shows. */
  if (source->input == NULL) {
    source->input = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (source->model));
    sal_random_normals (0, 0, sal_tensor_edit (source->input), sal_tensor_count (source->input));
  }

  g_autoptr (GArray) predictions =
      sal_model_predict (source->model, source->input, cancellable, error);
  SalQuery query = { .model = source->model, .input = source->input };
  Subject subject = { &query, NULL, wanted->progress, cancellable };
  BenchResult result = { .query = &query, .forward = wanted->forward, .repeats = wanted->repeats };

  if (predictions == NULL ||
      !cli_options_query (wanted->options, &query, source->image, predictions, error))
    return FALSE;

  g_autoptr (SalScorer) scorer = sal_scorer_new (
      query.model, &query.target, wanted->forward ? SAL_NO_VALUE : gradient_value (&query), NULL,
      query.threads, wanted->forward ? 1 : query.batch, error);

  if (scorer == NULL)
    return FALSE;
  if (wanted->forward)
    subject.scorer = scorer;
  if (!measure (&subject, &result, error)) {
    g_prefix_error (error, "%s: ", sal_model_path (source->model));
    return FALSE;
  }

  const SalParam *steps =
      query.method != NULL ? sal_param_find (query.method->params, "steps") : NULL;

  /* What a path's ends are evaluated for is no part of the passes. */
  result.batch = sal_scorer_batch (
      scorer, steps != NULL ? (gint64) sal_settings_number (query.settings, steps) : result.points);

  gboolean reported = report (&result, wanted->json, wanted->nodes, error);

  g_array_unref (result.profile);
  return reported;
}

/* @name: (nullable): as given on the command line */
static gboolean
lower_cpu (const char *name, GError **error)
{
  SalCpuLevel level = sal_cpu_level_max ();

  if (name == NULL)
    return TRUE;
  if (!sal_cpu_level_parse (name, &level)) {
    g_autoptr (GString) known = g_string_new (NULL);

    for (SalCpuLevel i = 0; i < SAL_CPU_LEVELS; i++)
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", sal_cpu_level_name (i));
    return cli_usage (error, "--cpu-features", "\"%s\" is not one of %s", name, known->str);
  }
  if (level > sal_cpu_level_max ())
    return cli_usage (error, "--cpu-features", "this processor has no more than %s",
                      sal_cpu_level_name (sal_cpu_level_max ()));
  sal_cpu_level_set (level);
  return TRUE;
}

static gboolean
bench (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (CliSource) source = { 0 };
  g_auto (GStrv) arguments = NULL, inputs = NULL;
  g_autofree char *json = NULL, *cpu = NULL;
  Wanted wanted = { .repeats = 5 };
  const GOptionEntry entries[] = {
    { "repeat", 0, 0, G_OPTION_ARG_INT, &wanted.repeats, "how often, after one warm-up [5]", "N" },
    { "forward", 0, 0, G_OPTION_ARG_NONE, &wanted.forward,
      "measure a forward pass alone, in place of an explanation", NULL },
    { "nodes", 0, 0, G_OPTION_ARG_NONE, &wanted.nodes,
      "also say how long each node of the network took", NULL },
    { "cpu-features", 0, 0, G_OPTION_ARG_STRING, &cpu,
      "use no more of the processor: base, x86-64-v3 (AVX2), x86-64-v4 (AVX-512) or amx [all it "
      "has]",
      "LEVEL" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, "result as JSON, - for standard output", "FILE" },
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &inputs, "the network's input as it is [noise]",
      "F.npy" },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &wanted.progress,
      "say how far the work is, also where standard error is no terminal", NULL },
    { NULL },
  };
  g_autoptr (CliOptions) options = cli_options_new (FALSE);
  g_autoptr (GOptionContext) context = cli_context_new (&cli_bench, entries);

  cli_source_add (&source, context);
  cli_options_add (options, context);

  CliParse parse = cli_context_parse (context, &cli_bench, argc, argv, &arguments, 1, 2, error);

  if (parse != CLI_PARSE_GO)
    return parse == CLI_PARSE_DONE;
  if (wanted.repeats < 1 || wanted.repeats > MAX_REPEATS)
    return cli_usage (error, "--repeat", "%d is not from 1 to %d", wanted.repeats, MAX_REPEATS);
  wanted.options = options;
  wanted.json = json;
  return lower_cpu (cpu, error) && cli_options_check (options, "gradient", error) &&
         cli_source_open (&source, arguments[0], arguments[1], inputs, NULL, NULL, error) &&
         cli_source_exact (&source, cli_options_exact (options), error) &&
         bench_source (&wanted, &source, cancellable, error);
}

const CliCommand cli_bench = {
  .name = "bench",
  .usage = "MODEL [IMAGE]",
  .summary = "Measures the time of an explanation.\n\n"
             "GFLOP/s counts two operations a multiply-add, every convolution as a direct one and "
             "every layer whole, also where only the explained class of it is computed; "
             "a backward pass counts as much as a forward pass through the part of the network "
             "behind what the gradient is taken for. The rate of sgemm is measured in the same "
             "run, between the repeats, in as many threads; the highest counts. Times of operators "
             "are sums over threads.",
  .run = bench,
};
