/* salience-cli bench: how long an explanation takes, and how that compares with what the machine
 * can multiply. */
#include "app/cli/command.h"
#include "app/cli/options.h"
#include "app/cli/report.h"
#include "app/cli/source.h"
#include "engine/base/json.h"
#include "engine/base/parallel.h"
#include "engine/base/random.h"
#include "engine/explain/appearance.h"
#include "engine/explain/smooth.h"
#include "engine/tensor/blas.h"

#include <string.h>
#include <sys/resource.h>

/* Large enough that packing does not count, small enough to stay in the caches. */
#define GEMM_SIZE 768
#define GEMM_MICROSECONDS 250000
#define GEMM_REPEATS 3
#define MAX_REPEATS 1000

typedef struct {
  double seconds;
  gint64 points;
  gint64 gradients;
} Timing;

typedef struct {
  gint64 end;
  gint64 products;
} Gemm;

static gpointer
multiply (gpointer data)
{
  Gemm *gemm = data;
  gsize n = GEMM_SIZE * GEMM_SIZE;
  g_autofree float *a = g_new (float, n), *b = g_new (float, n), *c = g_new (float, n);

  sal_random_normals (1, 0, a, (gint64) n);
  sal_random_normals (1, 1, b, (gint64) n);
  do {
    sal_gemm (FALSE, FALSE, GEMM_SIZE, GEMM_SIZE, GEMM_SIZE, 1.f, a, GEMM_SIZE, b, GEMM_SIZE, 0.f,
              c, GEMM_SIZE);
    gemm->products++;
  } while (g_get_monotonic_time () < gemm->end);
  return NULL;
}

/* GFLOP/s of matrix products, one after the other in each of @threads threads, as explanations
 * are computed. The best of a few tries, for what disturbs a measurement only slows it. */
static double
measure_sgemm (int threads)
{
  double best = 0;

  for (int repeat = 0; repeat < GEMM_REPEATS; repeat++) {
    g_autofree Gemm *work = g_new0 (Gemm, threads);
    g_autofree GThread **workers = g_new0 (GThread *, threads);
    gint64 start = g_get_monotonic_time (), products = 0;

    for (int i = 0; i < threads; i++) {
      work[i].end = start + GEMM_MICROSECONDS;
      workers[i] = g_thread_new ("sgemm", multiply, &work[i]);
    }
    for (int i = 0; i < threads; i++) {
      g_thread_join (workers[i]);
      products += work[i].products;
    }

    double seconds = (double) (g_get_monotonic_time () - start) * 1e-6;

    best = MAX (best, 2e-9 * (double) products * GEMM_SIZE * GEMM_SIZE * GEMM_SIZE / seconds);
  }
  return best;
}

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
by_seconds (gconstpointer a, gconstpointer b)
{
  const Timing *x = a, *y = b;

  return x->seconds < y->seconds ? -1 : x->seconds > y->seconds;
}

/* Returns: %FALSE and an error; else the median of @repeats after one warm-up */
static gboolean
measure (const SalQuery *query, int repeats, gboolean progress_wanted, GCancellable *cancellable,
         Timing *median, int *threads, GError **error)
{
  g_autofree Timing *timings = g_new0 (Timing, repeats);

  for (int i = -1; i < repeats; i++) {
    CliProgress progress;
    gint64 gradients, points = sal_scorer_points (&gradients);
    gint64 gradients_after, points_after, start = g_get_monotonic_time ();
    g_autoptr (SalAttribution) attribution = sal_explain (
        query, cli_progress_start (&progress, "bench", progress_wanted, cancellable), error);
    double seconds = (double) (g_get_monotonic_time () - start) * 1e-6;

    cli_progress_end (&progress);
    if (attribution == NULL)
      return FALSE;
    points_after = sal_scorer_points (&gradients_after);
    *threads = attribution->threads;
    if (i >= 0)
      timings[i] = (Timing){ seconds, points_after - points, gradients_after - gradients };
  }
  qsort (timings, repeats, sizeof *timings, by_seconds);
  *median = timings[repeats / 2];
  if (repeats % 2 == 0)
    median->seconds = (median->seconds + timings[repeats / 2 - 1].seconds) / 2;
  return TRUE;
}

static int
batch_of (const SalQuery *query)
{
  g_autoptr (SalScorer) scorer = sal_scorer_new (
      query->model, &query->target, gradient_value (query), NULL, 1, query->batch, NULL);

  return scorer != NULL ? sal_scorer_batch (scorer) : 1;
}

static char *
to_json (const SalQuery *query, const Timing *timing, int threads, int batch, double gflops,
         double sgemm, gint64 peak)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sal_json_add_string (builder, "model", sal_model_path (query->model));
  sal_json_add_string (builder, "method", query->method->id);
  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_object (builder);
  sal_settings_write (query->settings, query->method->params, builder);
  sal_settings_write (query->settings, sal_smooth_params (), builder);
  sal_json_add_string (builder, "output-kind", sal_output_kind_choices ()[query->target.kind].id);
  json_builder_end_object (builder);
  sal_json_add_int (builder, "threads", threads);
  sal_json_add_int (builder, "batch", batch);
  sal_json_add_number (builder, "seconds", timing->seconds);
  sal_json_add_number (builder, "samples_per_second", (double) timing->points / timing->seconds);
  sal_json_add_number (builder, "gflops", gflops);
  sal_json_add_number (builder, "sgemm_gflops", sgemm);
  sal_json_add_number (builder, "ratio", gflops / sgemm);
  sal_json_add_int (builder, "peak_memory_bytes", peak);
  sal_json_add_int (builder, "evaluations", timing->points);
  json_builder_end_object (builder);
  return sal_json_text (builder);
}

static gboolean
bench_source (CliOptions *options, CliSource *source, int repeats, gboolean progress,
              const char *json, GCancellable *cancellable, GError **error)
{
  /* The time does not depend on what the input shows. */
  if (source->input == NULL) {
    source->input = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (source->model));
    sal_random_normals (0, 0, sal_tensor_edit (source->input), sal_tensor_count (source->input));
  }

  g_autoptr (GArray) predictions =
      sal_model_predict (source->model, source->input, cancellable, error);
  SalQuery query = { .model = source->model, .input = source->input };
  Timing timing = { 0 };
  int threads = 0;

  if (predictions == NULL ||
      !cli_options_query (options, &query, source->image, predictions, error))
    return FALSE;

  double sgemm = measure_sgemm (sal_threads (query.threads));

  if (!measure (&query, repeats, progress, cancellable, &timing, &threads, error)) {
    g_prefix_error (error, "%s: ", sal_model_path (source->model));
    return FALSE;
  }

  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  sgemm = MAX (sgemm, measure_sgemm (threads));

  double forward = (double) sal_plan_multiply_adds (sal_model_plan (source->model));
  double behind = (double) multiply_adds_behind (source->model, gradient_value (&query));
  double multiply_adds = (double) timing.points * forward + (double) timing.gradients * 2 * behind;
  double gflops = 2e-9 * multiply_adds / timing.seconds;
  gint64 peak = (gint64) usage.ru_maxrss * 1024;
  int batch = batch_of (&query);

  if (json != NULL) {
    g_autofree char *text = to_json (&query, &timing, threads, batch, gflops, sgemm, peak);

    if (!cli_write_json (json, text, error))
      return FALSE;
  }
  if (cli_talks (json))
    g_print ("%s with %s\n"
             "  %.4f s an explanation (median of %d), %.1f evaluations/s, %d threads, batch %d\n"
             "  %.1f GFLOP/s of %.1f that sgemm reaches: %.2f\n"
             "  at most %.1f MiB of memory\n",
             sal_model_name (source->model), query.method->id, timing.seconds, repeats,
             (double) timing.points / timing.seconds, threads, batch, gflops, sgemm, gflops / sgemm,
             (double) peak / (1024 * 1024));
  return TRUE;
}

static gboolean
bench (int argc, char **argv, GCancellable *cancellable, GError **error)
{
  g_auto (CliSource) source = { 0 };
  g_auto (GStrv) arguments = NULL, inputs = NULL;
  g_autofree char *json = NULL;
  gboolean progress = FALSE;
  int repeats = 5;
  const GOptionEntry entries[] = {
    { "repeat", 0, 0, G_OPTION_ARG_INT, &repeats, "how often, after one warm-up [5]", "N" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &json, "result as JSON, - for standard output", "FILE" },
    { "input", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &inputs, "the network's input as it is [noise]",
      "F.npy" },
    { "progress", 0, 0, G_OPTION_ARG_NONE, &progress,
      "say how far the work is, also where standard error is no terminal", NULL },
    { NULL },
  };
  g_autoptr (CliOptions) options = cli_options_new (FALSE);
  g_autoptr (GOptionContext) context = cli_context_new (&cli_bench, entries);

  cli_options_add (options, context);

  CliParse parse = cli_context_parse (context, &cli_bench, argc, argv, &arguments, 1, 2, error);

  if (parse != CLI_PARSE_GO)
    return parse == CLI_PARSE_DONE;
  if (repeats < 1 || repeats > MAX_REPEATS)
    return cli_usage (error, "--repeat", "%d is not from 1 to %d", repeats, MAX_REPEATS);
  return cli_options_check (options, "gradient", error) &&
         cli_source_open (&source, arguments[0], arguments[1], inputs, error) &&
         bench_source (options, &source, repeats, progress, json, cancellable, error);
}

const CliCommand cli_bench = {
  .name = "bench",
  .usage = "MODEL [IMAGE]",
  .summary = "Measures the time of an explanation.\n\n"
             "GFLOP/s counts two operations a multiply-add; a forward pass counts once, a backward "
             "pass as two forward passes through the part of the network behind what the gradient "
             "is taken for. The rate of sgemm is measured in the same run, before and after, in as "
             "many threads; the higher counts.",
  .run = bench,
};
