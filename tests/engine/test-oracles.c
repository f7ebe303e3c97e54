/* Every method against results that two other programs agree on: PyTorch's autograd in float64 and
 * an independent evaluation of the same graph, for small networks with random weights. Every array
 * of every manifest is either compared or named as one that no explainer computes; one that is
 * neither fails. */
#include "tests/engine/level.h"
#include "tests/engine/oracle.h"

#include "tests/support.h"

#include <math.h>
#include <string.h>

static const char *const folders[] = { "cnn",        "convnext",    "densenet",  "mix",
                                       "mlp",        "mlp_softmax", "mobilenet", "resnet",
                                       "squeezenet", "teaching",    "text",      "vit" };

/* Measures of how good an attribution is, not attributions. */
static const char *const evaluations[] = { "deletion",      "deletion_auc", "insertion",
                                           "insertion_auc", "infidelity",   "max_sensitivity" };

/* Node by node, our largest error in logits and gradients may be twice what PyTorch's in float32
 * was, in the same file: a second file of the network has weights that were rounded once more. What
 * faster kernels may err is measured in test-accuracy.c. */
#define FLOAT32_FACTOR 2.0

typedef struct {
  int agreed;
  GString *loose;
  GHashTable *drift;     /* file that needed its loose bound -> (double *) error of its sum */
  GHashTable *uncovered; /* method -> number */
  double worst;          /* error over PyTorch's in float32, of logits and gradients */
  char *worst_file;
} Tally;

/* How far a result is from its reference. */
typedef struct {
  double relative; /* norm of the difference over norm of the reference */
  double largest;  /* of an element */
  double excess;   /* largest of |difference| - atol - rtol |reference| */
} Distance;

static Distance
distance_of (const Oracle *o, const SalTensor *got, const SalTensor *want)
{
  const float *x = sal_tensor_floats (got), *y = sal_tensor_floats (want);
  double rtol = json_object_get_double_member (o->array, "rtol");
  double atol = json_object_get_double_member (o->array, "atol");
  double difference = 0, size = 0;
  Distance distance = { 0, 0, -INFINITY };

  for (gint64 i = 0; i < sal_tensor_count (want); i++) {
    double d = isfinite (x[i]) ? fabs ((double) x[i] - (double) y[i]) : INFINITY;

    difference += d * d;
    size += (double) y[i] * (double) y[i];
    distance.largest = MAX (distance.largest, d);
    distance.excess = MAX (distance.excess, d - atol - rtol * fabs ((double) y[i]));
  }
  distance.relative = sqrt (difference / MAX (size, 1e-300));
  return distance;
}

/* Where the reference is about zero, a relative error says nothing and the manifest gives none:
 * then every element has a bound. */
static gboolean
near (const Oracle *o, const Distance *distance, gboolean *loose)
{
  *loose = FALSE;
  if (json_object_get_null_member (o->array, "rel_l2"))
    return distance->excess <= 0;
  if (distance->relative <= json_object_get_double_member (o->array, "rel_l2"))
    return TRUE;
  *loose = TRUE;
  return distance->relative <= json_object_get_double_member (o->array, "loose_rel_l2");
}

/* A gate that switched at one step of an integral moves the integral's sum, and so how far that is
 * from complete, by the same: what is left must be as near as ever. */
static SalTensor *
without_drift (const Oracle *o, Tally *tally, const SalTensor *got)
{
  SalTensor *out = sal_tensor_new_copy (SAL_FLOAT, sal_tensor_shape (got), sal_tensor_data (got));
  const char *of = sal_json_string (o->params, "of");
  const double *drift = of != NULL ? g_hash_table_lookup (tally->drift, of) : NULL;

  if (drift != NULL)
    *(float *) sal_tensor_edit (out) -= *drift;
  return out;
}

/* Leading axes of length 1 make no difference: a map is [H,W] in the manifest, 1×1×H×W here. */
static SalShape
squeezed (const SalTensor *array)
{
  SalShape shape = *sal_tensor_shape (array);

  while (shape.rank > 1 && shape.dim[0] == 1) {
    shape.rank--;
    memmove (shape.dim, shape.dim + 1, (gsize) shape.rank * sizeof shape.dim[0]);
  }
  return shape;
}

/* One number in place of the last axis: its sum or its Euclidean norm. */
static SalTensor *
reduced (const SalTensor *array, const char *how)
{
  SalShape shape = *sal_tensor_shape (array);
  gint64 n = shape.dim[--shape.rank];
  SalTensor *out = sal_tensor_new (SAL_FLOAT, &shape);
  gboolean norm = strcmp (how, "l2") == 0;

  g_assert_true (norm || strcmp (how, "sum") == 0);
  for (gint64 i = 0; i < sal_tensor_count (out); i++) {
    const float *x = sal_tensor_floats (array) + i * n;
    double sum = 0;

    for (gint64 j = 0; j < n; j++)
      sum += norm ? (double) x[j] * (double) x[j] : (double) x[j];
    ((float *) sal_tensor_edit (out))[i] = (float) (norm ? sqrt (sum) : sum);
  }
  return out;
}

static gboolean
is_pass (const char *method)
{
  return strcmp (method, "forward") == 0 || strcmp (method, "gradient") == 0;
}

static void
compare (const Oracle *o, const OracleMethod *method, Tally *tally)
{
  const char *file = sal_json_string (o->array, "file");
  const char *how = sal_json_string (o->params, "reduce");
  g_autoptr (SalTensor) computed = method->compute (o);
  g_autoptr (SalTensor) got = how != NULL ? reduced (computed, how)
                              : strcmp (method->method, "ig_convergence_delta") == 0
                                  ? without_drift (o, tally, computed)
                                  : sal_tensor_ref (computed);
  g_autoptr (SalTensor) want = oracle_load (o, file);
  SalShape got_shape = squeezed (got), want_shape = squeezed (want);
  gboolean loose;

  if (!sal_shape_equal (&got_shape, &want_shape)) {
    g_autofree char *got_text = sal_shape_to_string (sal_tensor_shape (got));
    g_autofree char *want_text = sal_shape_to_string (sal_tensor_shape (want));

    g_test_message ("%s: is %s, must be %s", file, got_text, want_text);
    g_test_fail ();
    return;
  }

  Distance distance = distance_of (o, got, want);

  if (!near (o, &distance, &loose)) {
    g_test_message ("%s: relative error %.3g, largest %.3g", file, distance.relative,
                    distance.largest);
    g_test_fail ();
    return;
  }
  tally->agreed++;
  if (loose) {
    double *drift = g_new (double, 1);

    *drift = sal_tensor_sum (got) - sal_tensor_sum (want);
    g_hash_table_insert (tally->drift, (gpointer) file, drift);
    g_string_append_printf (tally->loose, " %s (%.2g)", file, distance.relative);
  }
  if (is_pass (method->method)) {
    double theirs = json_object_get_double_member_with_default (o->array, "float32_error", 0);

    if (theirs > 0 && distance.largest / theirs > tally->worst) {
      tally->worst = distance.largest / theirs;
      g_free (tally->worst_file);
      tally->worst_file = g_strdup (file);
    }
  }
}

static void
check_array (Oracle *o, Tally *tally)
{
  const char *name = sal_json_string (o->array, "method");
  const OracleMethod *method = oracle_method (name);

  o->params = sal_json_object (o->array, "params");
  if (strcmp (name, "data") == 0)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (evaluations); i++)
    if (strcmp (name, evaluations[i]) == 0) {
      int n = GPOINTER_TO_INT (g_hash_table_lookup (tally->uncovered, name));

      g_hash_table_insert (tally->uncovered, (gpointer) name, GINT_TO_POINTER (n + 1));
      return;
    }
  if (method == NULL) {
    g_test_message ("%s: unknown method \"%s\"", sal_json_string (o->array, "file"), name);
    g_test_fail ();
    return;
  }
  compare (o, method, tally);
  /* A Softmax head makes probabilities, which can be asked for by that name, too. */
  if (sal_model_head (o->model) == SAL_HEAD_SOFTMAX && strcmp (name, "forward") != 0 &&
      sal_graph_find (sal_model_graph (o->model), sal_json_string (o->array, "explains")) ==
          sal_model_output (o->model)) {
    o->probability = TRUE;
    compare (o, method, tally);
    o->probability = FALSE;
  }
}

static JsonObject *
read_manifest (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "manifest.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  JsonObject *manifest = sal_json_parse (text, -1, path, &error);

  g_assert_no_error (error);
  return manifest;
}

static void
report (const Tally *tally, const char *file)
{
  GHashTableIter iter;
  gpointer method, n;

  g_test_message ("%s: %d arrays agree", file, tally->agreed);
  if (tally->worst_file != NULL)
    g_test_message ("%s: logits and gradients are off by at most %.2f times PyTorch's float32 "
                    "error (%s)",
                    file, tally->worst, tally->worst_file);
  if (tally->loose->len > 0)
    g_test_message ("%s: within the loose bound alone:%s", file, tally->loose->str);
  g_hash_table_iter_init (&iter, tally->uncovered);
  while (g_hash_table_iter_next (&iter, &method, &n))
    g_test_message ("%s: no explainer: %s, %d arrays", file, (const char *) method,
                    GPOINTER_TO_INT (n));
}

/* Checks all arrays, or those of plain passes alone, as computed in one way. */
static void
check_computed (const char *folder, JsonObject *manifest, const char *file, SalModel *opened,
                SalCompute compute)
{
  static const char *const ways[] = { "fast", "exact", "reference" };
  g_autofree char *title = g_strdup_printf ("%s, %s", file, ways[compute]);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) model = sal_model_with_compute (opened, compute, &error);

  g_assert_no_error (error);

  Oracle oracle = { .folder = folder, .model = model };
  Tally tally = { .loose = g_string_new (NULL),
                  .drift = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free),
                  .uncovered = g_hash_table_new (g_str_hash, g_str_equal) };
  JsonArray *arrays = json_object_get_array_member (manifest, "arrays");

  for (guint i = 0; i < json_array_get_length (arrays); i++) {
    oracle.array = json_array_get_object_element (arrays, i);
    if (compute == SAL_COMPUTE_FAST || (compute == SAL_COMPUTE_EXACT && g_test_slow ()) ||
        is_pass (sal_json_string (oracle.array, "method")))
      check_array (&oracle, &tally);
  }
  report (&tally, title);
  g_assert_cmpint (tally.agreed, >, 0);
  if (compute == SAL_COMPUTE_REFERENCE && strcmp (file, sal_json_string (manifest, "file")) == 0)
    g_assert_cmpfloat (tally.worst, <=, FLOAT32_FACTOR);
  g_string_free (tally.loose, TRUE);
  g_hash_table_unref (tally.drift);
  g_hash_table_unref (tally.uncovered);
  g_free (tally.worst_file);
}

static void
check_model (const char *folder, JsonObject *manifest, const char *file)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) model = sal_model_open (path, &error);

  g_assert_no_error (error);

  check_computed (folder, manifest, file, model, SAL_COMPUTE_FAST);
  check_computed (folder, manifest, file, model, SAL_COMPUTE_EXACT);
  check_computed (folder, manifest, file, model, SAL_COMPUTE_REFERENCE);
}

static void
test_folder (gconstpointer name)
{
  static const char *const files[] = { "file", "file_folded", "file_pad" };
  g_autofree char *relative = g_build_filename ("oracles", name, NULL);
  g_autofree char *folder = test_reference (relative);

  if (folder == NULL)
    return;

  g_autoptr (JsonObject) manifest = read_manifest (folder);

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    if (sal_json_string (manifest, files[i]) != NULL)
      check_model (folder, manifest, sal_json_string (manifest, files[i]));
}

/* A network that is added to the reference data is added here, too. */
static void
test_all_folders (void)
{
  g_autofree char *root = test_reference ("oracles");
  g_autoptr (GError) error = NULL;
  const char *name;

  if (root == NULL)
    return;

  g_autoptr (GDir) dir = g_dir_open (root, 0, &error);

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *manifest = g_build_filename (root, name, "manifest.json", NULL);
    gboolean known = FALSE;

    for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
      known = known || strcmp (name, folders[i]) == 0;
    if (!known && g_file_test (manifest, G_FILE_TEST_EXISTS)) {
      g_test_message ("%s: a network that no test reads", name);
      g_test_fail ();
    }
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!level_take (argc, argv))
    return 0;
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_strconcat ("/engine/oracles/", folders[i], NULL);

    g_test_add_data_func (path, folders[i], test_folder);
  }
  g_test_add_func ("/engine/oracles/all-folders", test_all_folders);
  return g_test_run ();
}
