/* Every method against results that two other programs agree on: PyTorch's autograd in float64 and
 * an independent evaluation of the same graph, for small networks with random weights. Each folder
 * of the reference data has a manifest that says what its arrays are and how near is near enough.
 */
#include "engine/base/json.h"
#include "engine/tensor/npy.h"
#include "tests/engine/oracle.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

static const char *const folders[] = { "cnn",        "convnext",    "densenet",  "mix",
                                       "mlp",        "mlp_softmax", "mobilenet", "resnet",
                                       "squeezenet", "teaching",    "text",      "vit" };

typedef struct {
  int agreed;
  GString *loose;
  GHashTable *uncovered; /* method -> number */
} Tally;

/* Where the reference is about zero, a relative error says nothing and the manifest gives none:
 * then every element has a bound. */
static gboolean
near (const OracleCase *c, const SalTensor *got, const SalTensor *want, double *error,
      gboolean *loose)
{
  const float *x = sal_tensor_floats (got), *y = sal_tensor_floats (want);
  double difference = 0, size = 0, excess = -INFINITY;
  double rtol = json_object_get_double_member (c->array, "rtol");
  double atol = json_object_get_double_member (c->array, "atol");

  for (gint64 i = 0; i < sal_tensor_count (want); i++) {
    double d = (double) x[i] - (double) y[i];

    difference += d * d;
    size += (double) y[i] * (double) y[i];
    excess = isfinite (d) ? MAX (excess, fabs (d) - atol - rtol * fabs ((double) y[i])) : INFINITY;
  }
  *loose = FALSE;
  *error = sqrt (difference / MAX (size, 1e-300));
  if (json_object_get_null_member (c->array, "rel_l2"))
    return excess <= 0;
  if (*error <= json_object_get_double_member (c->array, "rel_l2"))
    return TRUE;
  *loose = TRUE;
  return *error <= json_object_get_double_member (c->array, "loose_rel_l2");
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

static void
check_array (OracleCase *c, const char *model_file, Tally *tally)
{
  const char *method = sal_json_string (c->array, "method");
  const char *file = sal_json_string (c->array, "file");
  gboolean loose = FALSE;
  double error = NAN;

  c->params = sal_json_object (c->array, "params");
  if (strcmp (method, "data") == 0)
    return;

  g_autoptr (SalTensor) got = oracle_compute (c);

  if (got == NULL) {
    int n = GPOINTER_TO_INT (g_hash_table_lookup (tally->uncovered, method));

    g_hash_table_insert (tally->uncovered, (gpointer) method, GINT_TO_POINTER (n + 1));
    return;
  }

  g_autoptr (SalTensor) want = oracle_load (c, file);

  SalShape got_shape = squeezed (got), want_shape = squeezed (want);

  if (!sal_shape_equal (&got_shape, &want_shape)) {
    g_autofree char *got_text = sal_shape_to_string (sal_tensor_shape (got));
    g_autofree char *want_text = sal_shape_to_string (sal_tensor_shape (want));

    g_test_message ("%s, %s: is %s, must be %s", model_file, file, got_text, want_text);
    g_test_fail ();
  } else if (!near (c, got, want, &error, &loose)) {
    g_test_message ("%s, %s: relative error %.3g", model_file, file, error);
    g_test_fail ();
  } else {
    tally->agreed++;
    if (loose)
      g_string_append_printf (tally->loose, " %s (%.2g)", file, error);
  }
}

/* Returns: the manifest, or %NULL if the test is to be skipped */
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

/* A text model with the folder's tokens bound to it. */
static SalModel *
open_model (const char *folder, const char *path, GError **error)
{
  g_autoptr (SalModel) model = sal_model_open (path, error);

  if (model == NULL || sal_model_tokens (model) == SAL_NO_VALUE)
    return g_steal_pointer (&model);

  g_autofree char *file = g_build_filename (folder, "input.npy", NULL);
  g_autoptr (SalTensor) ids = sal_npy_load (file, error);
  g_autoptr (GHashTable) inputs = g_hash_table_new (g_str_hash, g_str_equal);
  int tokens = sal_model_tokens (model);

  g_assert_nonnull (ids);
  g_hash_table_insert (inputs, sal_graph_get_value (sal_model_graph (model), tokens)->name, ids);
  return sal_model_bind (model, inputs, error);
}

static void
check_model (const char *folder, JsonObject *manifest, const char *file)
{
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SalModel) model = open_model (folder, path, &error);
  g_autoptr (GHashTable) uncovered = g_hash_table_new (g_str_hash, g_str_equal);
  OracleCase c = { .folder = folder, .model = model };
  Tally tally = { 0, g_string_new (NULL), uncovered };
  JsonArray *arrays = json_object_get_array_member (manifest, "arrays");
  GHashTableIter iter;
  gpointer method, n;

  if (model == NULL) {
    g_test_skip (error->message);
    g_string_free (tally.loose, TRUE);
    return;
  }
  for (guint i = 0; i < json_array_get_length (arrays); i++) {
    c.array = json_array_get_object_element (arrays, i);
    check_array (&c, file, &tally);
  }
  g_test_message ("%s: %d arrays agree", file, tally.agreed);
  g_assert_cmpint (tally.agreed, >, 0);
  if (tally.loose->len > 0)
    g_test_message ("%s: within the loose bound alone:%s", file, tally.loose->str);
  g_hash_table_iter_init (&iter, uncovered);
  while (g_hash_table_iter_next (&iter, &method, &n))
    g_test_message ("%s: not covered: %s, %d arrays", file, (const char *) method,
                    GPOINTER_TO_INT (n));
  g_string_free (tally.loose, TRUE);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++) {
    g_autofree char *path = g_strconcat ("/engine/oracles/", folders[i], NULL);

    g_test_add_data_func (path, folders[i], test_folder);
  }
  return g_test_run ();
}
