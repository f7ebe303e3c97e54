#include "app/cli/bench-report.h"

#include "app/cli/report.h"
#include "engine/base/json.h"
#include "engine/explain/appearance.h"
#include "engine/explain/smooth.h"
#include "engine/graph/profile.h"
#include "engine/kernels/cpu.h"

#include <string.h>

static double
gflops (const BenchResult *result)
{
  return 2e-9 * result->multiply_adds / result->seconds;
}

static const char *
compute_name (const BenchResult *result)
{
  return sal_model_compute (result->query->model) == SAL_COMPUTE_EXACT ? "exact" : "fast";
}

static double
total (const SalProfileRow *row)
{
  return row->forward + row->backward;
}

static int
longest_first (gconstpointer a, gconstpointer b)
{
  double x = total (a), y = total (b);

  return x > y ? -1 : x < y;
}

/* Returns: (element-type SalProfileRow): the rows of @profile added up by operator, longest first;
 * names stay those of @profile */
static GArray *
by_operator (const GArray *profile)
{
  GArray *operators = g_array_new (FALSE, FALSE, sizeof (SalProfileRow));

  for (guint i = 0; i < profile->len; i++) {
    const SalProfileRow *row = &g_array_index (profile, SalProfileRow, i);
    guint j = 0;

    while (j < operators->len &&
           !g_str_equal (g_array_index (operators, SalProfileRow, j).op_type, row->op_type))
      j++;
    if (j == operators->len)
      g_array_append_val (operators, *row);
    else {
      g_array_index (operators, SalProfileRow, j).forward += row->forward;
      g_array_index (operators, SalProfileRow, j).backward += row->backward;
    }
  }
  g_array_sort (operators, longest_first);
  return operators;
}

static void
add_rows (JsonBuilder *builder, const char *key, const GArray *rows, gboolean nodes, int repeats)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++) {
    const SalProfileRow *row = &g_array_index (rows, SalProfileRow, i);

    json_builder_begin_object (builder);
    if (nodes)
      sal_json_add_string (builder, "node", row->node);
    sal_json_add_string (builder, "operator", row->op_type);
    sal_json_add_number (builder, "forward_seconds", row->forward / repeats);
    sal_json_add_number (builder, "backward_seconds", row->backward / repeats);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

char *
bench_to_json (const BenchResult *result)
{
  const SalQuery *query = result->query;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GArray) operators = by_operator (result->profile);

  json_builder_begin_object (builder);
  sal_json_add_string (builder, "model", sal_model_path (query->model));
  sal_json_add_string (builder, "method", result->forward ? "forward" : query->method->id);
  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_object (builder);
  if (!result->forward) {
    sal_settings_write (query->settings, query->method->params, builder);
    sal_settings_write (query->settings, sal_smooth_params (), builder);
  }
  sal_json_add_string (builder, "output-kind", sal_output_kind_choices ()[query->target.kind].id);
  json_builder_end_object (builder);
  sal_json_add_int (builder, "threads", result->threads);
  sal_json_add_int (builder, "batch", result->batch);
  sal_json_add_string (builder, "compute", compute_name (result));
  sal_json_add_string (builder, "cpu_features", sal_cpu_level_name (sal_cpu_level_get ()));
  sal_json_add_number (builder, "seconds", result->seconds);
  sal_json_add_number (builder, "best_seconds", result->best);
  sal_json_add_number (builder, "samples_per_second", (double) result->points / result->seconds);
  sal_json_add_number (builder, "gflops", gflops (result));
  sal_json_add_number (builder, "sgemm_gflops", result->ceiling.all);
  sal_json_add_number (builder, "sgemm_gflops_one_thread", result->ceiling.one);
  sal_json_add_number (builder, "ratio", gflops (result) / result->ceiling.all);
  sal_json_add_int (builder, "peak_memory_bytes", result->peak);
  sal_json_add_int (builder, "evaluations", result->points);
  add_rows (builder, "operators", operators, FALSE, result->repeats);
  add_rows (builder, "nodes", result->profile, TRUE, result->repeats);
  json_builder_end_object (builder);
  return sal_json_text (builder);
}

static void
print_rows (const GArray *rows, gboolean nodes, int repeats)
{
  double sum = 0;
  int width = 8;

  for (guint i = 0; i < rows->len; i++) {
    const SalProfileRow *row = &g_array_index (rows, SalProfileRow, i);

    sum += total (row);
    width = MAX (width, (int) g_utf8_strlen (nodes ? row->node : row->op_type, -1));
  }
  g_print ("  %-*s  forward ms  backward ms  share\n", width, nodes ? "node" : "operator");
  for (guint i = 0; i < rows->len; i++) {
    const SalProfileRow *row = &g_array_index (rows, SalProfileRow, i);
    g_autofree char *name = cli_printable (nodes ? row->node : row->op_type);

    g_print ("  %-*s  %10.3f  %11.3f  %3.0f %%%s%s\n", width, name, 1e3 * row->forward / repeats,
             1e3 * row->backward / repeats, 100 * total (row) / sum, nodes ? "  " : "",
             nodes ? row->op_type : "");
  }
}

void
bench_print (const BenchResult *result, gboolean nodes)
{
  g_autoptr (GArray) operators = by_operator (result->profile);

  g_print ("%s with %s\n"
           "  %.4f s (median of %d, best %.4f), %.1f evaluations/s\n"
           "  %d threads, batch %d, %s kernels for %s\n"
           "  %.1f GFLOP/s of %.1f that sgemm reaches (%.1f in one thread): %.2f\n"
           "  at most %.1f MiB of memory\n",
           sal_model_name (result->query->model),
           result->forward ? "a forward pass" : result->query->method->id, result->seconds,
           result->repeats, result->best, (double) result->points / result->seconds,
           result->threads, result->batch, compute_name (result),
           sal_cpu_level_name (sal_cpu_level_get ()), gflops (result), result->ceiling.all,
           result->ceiling.one, gflops (result) / result->ceiling.all,
           (double) result->peak / (1024 * 1024));
  print_rows (operators, FALSE, result->repeats);
  if (nodes)
    print_rows (result->profile, TRUE, result->repeats);
}
