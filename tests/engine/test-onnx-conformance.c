/* Runs the ONNX project's test cases and compares every output. A case that Salience does not
 * compute must be listed, with the reason, in tests/onnx-conformance-exclusions; a listed case
 * that passes must be taken off the list. */
#include "engine/base/error.h"
#include "engine/onnx/onnx.pb-c.h"
#include "tests/engine/level.h"
#include "tests/engine/onnx-case.h"

#include <math.h>
#include <string.h>

/* ONNX's own runner allows 1e-3 relative to the expected value; the absolute part is for sums in
 * another order that come out near zero. */
#define RTOL 1e-3
#define ATOL 1e-5
/* The expected bfloat16 are cut off where they should be rounded: one unit in the last place. */
#define BFLOAT16_RTOL 0x1p-7

static gboolean
equal_floats (const float *found, const float *expected, gint64 n, double rtol, char **why)
{
  for (gint64 i = 0; i < n; i++) {
    gboolean same = isnan (expected[i])   ? isnan (found[i])
                    : isinf (expected[i]) ? found[i] == expected[i]
                                          : fabs ((double) found[i] - expected[i]) <=
                                                ATOL + rtol * fabs ((double) expected[i]);
    if (!same) {
      *why =
          g_strdup_printf ("element %" G_GINT64_FORMAT " is %g, not %g", i, found[i], expected[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
equal_ints (const gint64 *found, const gint64 *expected, gint64 n, char **why)
{
  for (gint64 i = 0; i < n; i++)
    if (found[i] != expected[i]) {
      *why = g_strdup_printf ("element %" G_GINT64_FORMAT " is %" G_GINT64_FORMAT
                              ", not %" G_GINT64_FORMAT,
                              i, found[i], expected[i]);
      return FALSE;
    }
  return TRUE;
}

/* Quantised values are kept as floats, so that gradients pass; they must be whole all the same. */
static gboolean
equal_whole (const float *found, const gint64 *expected, gint64 n, char **why)
{
  for (gint64 i = 0; i < n; i++)
    if (found[i] != (float) expected[i]) {
      *why = g_strdup_printf ("element %" G_GINT64_FORMAT " is %g, not %" G_GINT64_FORMAT, i,
                              found[i], expected[i]);
      return FALSE;
    }
  return TRUE;
}

/* Whether a value comes from QuantizeLinear, or is what ConvInteger and MatMulInteger are spelt out
 * as: a product of what DequantizeLinear gives. */
static gboolean
makes_quantised (const SalGraph *graph, int value)
{
  int producer = sal_graph_get_value (graph, value)->producer;
  const SalNode *node = producer >= 0 ? sal_graph_node (graph, producer) : NULL;

  if (node == NULL || node->n_x == 0)
    return FALSE;
  int before = sal_graph_get_value (graph, node->x[0])->producer;
  return g_str_has_suffix (node->op_type, "QuantizeLinear") ||
         (before >= 0 && g_str_equal (sal_graph_node (graph, before)->op_type, "DequantizeLinear"));
}

static gboolean
compare_output (const OnnxCase *c, const SalRun *run, guint i, char **why)
{
  int value = sal_graph_output (c->graph, (int) i);
  const SalTensor *expected = c->expected->pdata[i];
  gint64 n = sal_tensor_count (expected);
  const SalShape *shape = sal_plan_shape (c->plan, value);

  double rtol =
      c->output_types[i] == ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16 ? BFLOAT16_RTOL : RTOL;
  gboolean quantised = sal_plan_type (c->plan, value) == SAL_FLOAT &&
                       sal_tensor_type (expected) == SAL_INT && makes_quantised (c->graph, value);

  if (sal_plan_type (c->plan, value) != sal_tensor_type (expected) && !quantised) {
    *why = g_strdup ("numbers of the wrong type");
    return FALSE;
  }
  if (!sal_shape_equal (shape, sal_tensor_shape (expected))) {
    g_autofree char *a = sal_shape_to_string (shape);
    g_autofree char *b = sal_shape_to_string (sal_tensor_shape (expected));
    *why = g_strdup_printf ("shape %s, not %s", a, b);
    return FALSE;
  }
  if (quantised)
    return equal_whole (sal_run_value (run, value), sal_tensor_ints (expected), n, why);
  return sal_tensor_type (expected) == SAL_FLOAT
             ? equal_floats (sal_run_value (run, value), sal_tensor_floats (expected), n, rtol, why)
             : equal_ints (sal_run_value (run, value), sal_tensor_ints (expected), n, why);
}

typedef enum { PASSED, UNSUPPORTED, FAILED } Outcome;

static Outcome
run_set (const char *path, int set, gboolean weights, SalCompute compute, gboolean *found,
         char **why)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (OnnxCase) c = onnx_case_load (path, set, FALSE, weights, compute, &error);

  *found = c != NULL || error != NULL;
  if (!*found)
    return PASSED;
  if (c == NULL) {
    *why = g_strdup (error->message);
    return g_error_matches (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED) ? UNSUPPORTED : FAILED;
  }
  g_autoptr (SalRun) run = sal_run_new (c->plan);
  onnx_case_fill (c, run);
  if (!sal_run_forward (run, NULL, &error)) {
    *why = g_strdup (error->message);
    return FAILED;
  }
  if ((int) c->expected->len > sal_graph_n_outputs (c->graph)) {
    *why = g_strdup ("the case has more outputs than its model");
    return FAILED;
  }
  for (guint i = 0; i < c->expected->len; i++) {
    g_autofree char *difference = NULL;
    if (!compare_output (c, run, i, &difference)) {
      *why = g_strdup_printf ("output %u: %s", i, difference);
      return FAILED;
    }
  }
  return PASSED;
}

static Outcome
run_case (const char *path, char **why)
{
  gboolean found = TRUE;
  int n_run = 0;

  for (int set = 0; found; set++) {
    Outcome outcome = run_set (path, set, FALSE, SAL_COMPUTE_FAST, &found, why);
    /* With weights plans compute in more than one way. */
    for (SalCompute c = SAL_COMPUTE_FAST; c <= SAL_COMPUTE_REFERENCE && outcome == PASSED; c++)
      outcome = found ? run_set (path, set, TRUE, c, &found, why) : PASSED;
    if (outcome != PASSED)
      return outcome;
    n_run += found;
  }
  if (n_run > 0)
    return PASSED;
  *why = g_strdup ("the case has no data");
  return FAILED;
}

static void
test_folder (gconstpointer data)
{
  const char *folder = data;
  g_autofree char *root = onnx_case_root ();
  int counts[3] = { 0 }, listed = 0, wrong = 0;

  if (root == NULL)
    return;
  g_autoptr (GHashTable) exclusions = onnx_case_exclusions ();
  g_autoptr (GPtrArray) names = onnx_case_names (root, folder);
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    g_autofree char *path = g_build_filename (root, folder, name, NULL), *why = NULL;
    g_autofree char *key = g_strdup_printf ("%s/%s", folder, name);
    gboolean excluded = g_hash_table_contains (exclusions, key);
    Outcome outcome = run_case (path, &why);

    counts[outcome]++;
    listed += excluded;
    if (excluded && outcome == PASSED)
      g_test_message ("%s passes and must be taken off the list of exclusions", key);
    else if (!excluded && outcome != PASSED)
      g_test_message ("%s %s: %s", key, outcome == FAILED ? "fails" : "is unsupported", why);
    wrong += excluded == (outcome == PASSED);
  }
  g_test_message ("%s: %d passed, %d unsupported, %d failed; %d of them listed as exclusions",
                  folder, counts[PASSED], counts[UNSUPPORTED], counts[FAILED], listed);
  if (wrong > 0)
    g_test_fail_printf ("%d cases of %s are not as listed", wrong, folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!level_take (argc, argv))
    return 0;
  for (int i = 0; onnx_case_folders[i] != NULL; i++) {
    g_autofree char *path = g_strconcat ("/onnx/conformance/", onnx_case_folders[i], NULL);
    g_test_add_data_func (path, onnx_case_folders[i], test_folder);
  }
  return g_test_run ();
}
