/* One model, several threads that explain with it at once: each gets the bits that it would have
 * got alone. Run with the thread sanitizer by ./test. */
#include "tests/engine/net.h"

#include <string.h>

#define SIZE 16
#define ROUNDS 3

/* One thread's work: every method of the table that the model allows, one after the other. */
typedef struct {
  SalModel *model;
  SalTensor *input;
  int class_index;
  int threads;
  GPtrArray *results; /* of SalTensor */
  char *sha256;
  GError *error;
} Explaining;

static const char *const methods[] = {
  "gradient", "integrated-gradients", "guided-backprop", "deeplift", "lrp", "grad-cam", "occlusion"
};

static SalTensor *
explain (Explaining *work, const char *id)
{
  const SalMethod *method = sal_method_find (id);
  g_autoptr (SalSettings) settings = sal_settings_new ();
  SalQuery query = { .model = work->model,
                     .method = method,
                     .settings = settings,
                     .target = { work->class_index, -1, SAL_OUTPUT_LOGIT },
                     .input = work->input,
                     .threads = work->threads };

  g_assert_nonnull (method);
  if (sal_param_find (method->params, "steps") != NULL)
    net_set (settings, method->params, "steps", "9");

  g_autoptr (SalAttribution) attribution = sal_explain (&query, NULL, &work->error);

  return attribution != NULL ? sal_tensor_ref (attribution->values) : NULL;
}

static gpointer
explain_all (gpointer data)
{
  Explaining *work = data;
  g_autoptr (GArray) predictions = sal_model_predict (work->model, work->input, NULL, &work->error);

  work->sha256 = g_strdup (sal_model_sha256 (work->model));
  for (gsize i = 0; predictions != NULL && i < G_N_ELEMENTS (methods); i++) {
    SalTensor *result = explain (work, methods[i]);

    if (result == NULL)
      break;
    g_ptr_array_add (work->results, result);
  }
  return NULL;
}

static void
start (Explaining *work, SalModel *model, SalTensor *input, int class_index, int threads)
{
  *work = (Explaining){
    .model = model, .input = input, .class_index = class_index, .threads = threads
  };
  work->results = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_tensor_unref);
}

static void
clear (Explaining *work)
{
  g_ptr_array_unref (work->results);
  g_free (work->sha256);
}

static void
assert_same (const Explaining *a, const Explaining *b)
{
  g_assert_no_error (a->error);
  g_assert_no_error (b->error);
  g_assert_cmpuint (a->results->len, ==, G_N_ELEMENTS (methods));
  g_assert_cmpuint (b->results->len, ==, G_N_ELEMENTS (methods));
  g_assert_cmpstr (a->sha256, ==, b->sha256);
  for (guint i = 0; i < a->results->len; i++) {
    const SalTensor *x = a->results->pdata[i], *y = b->results->pdata[i];

    g_assert_cmpmem (sal_tensor_floats (x), sal_tensor_count (x) * sizeof (float),
                     sal_tensor_floats (y), sal_tensor_count (y) * sizeof (float));
  }
}

/* @threads: worker threads of each of the explanations that run at once */
static void
test_shared (gconstpointer threads)
{
  g_autoptr (SalModel) model = net_pictures (11, SIZE, 6);
  g_autoptr (SalTensor) first = net_input (model, 1, 0.8f);
  g_autoptr (SalTensor) second = net_input (model, 2, 0.8f);
  SalTensor *inputs[2] = { first, second };
  Explaining alone[2];

  for (int i = 0; i < 2; i++) {
    start (&alone[i], model, inputs[i], i, 1);
    explain_all (&alone[i]);
  }
  for (int round = 0; round < ROUNDS; round++) {
    Explaining at_once[2];
    GThread *workers[2];

    for (int i = 0; i < 2; i++) {
      start (&at_once[i], model, inputs[i], i, GPOINTER_TO_INT (threads));
      workers[i] = g_thread_new ("explain", explain_all, &at_once[i]);
    }
    for (int i = 0; i < 2; i++)
      g_thread_join (workers[i]);
    for (int i = 0; i < 2; i++) {
      assert_same (&alone[i], &at_once[i]);
      clear (&at_once[i]);
    }
  }
  for (int i = 0; i < 2; i++)
    clear (&alone[i]);
}

/* Models derived from one while others explain with it: all share its graph. */
static gpointer
derive (gpointer data)
{
  SalModel *model = data;

  for (int i = 0; i < 20; i++) {
    g_autoptr (SalModel) derived =
        sal_model_with_preparation (model, sal_model_preparation (model), NULL);

    g_assert_nonnull (derived);
  }
  return NULL;
}

static void
test_derived (void)
{
  g_autoptr (SalModel) model = net_pictures (12, SIZE, 4);
  g_autoptr (SalTensor) input = net_input (model, 1, 0.8f);
  Explaining alone, at_once;
  GThread *other;

  start (&alone, model, input, 1, 1);
  explain_all (&alone);
  start (&at_once, model, input, 1, 2);
  other = g_thread_new ("derive", derive, model);
  explain_all (&at_once);
  g_thread_join (other);
  assert_same (&alone, &at_once);
  clear (&alone);
  clear (&at_once);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/engine/shared/one-thread-each", GINT_TO_POINTER (1), test_shared);
  g_test_add_data_func ("/engine/shared/two-threads-each", GINT_TO_POINTER (2), test_shared);
  g_test_add_func ("/engine/shared/derived", test_derived);
  return g_test_run ();
}
