/* What holds for every method there is: the same bits for any number of threads, numbers at every
 * setting, progress that only rises, an end when it is told to end. Every row of sal_methods() is
 * tried; one that is added is tried, too. */
#include "engine/base/error.h"
#include "engine/explain/reasons.h"
#include "engine/explain/smooth.h"
#include "tests/engine/extremes.h"

#include <math.h>
#include <string.h>
#include <time.h>

/* Small enough that every test runs every method. */
#define SIZE 12

typedef struct {
  SalModel *pictures;
  SalTensor *picture;
  SalModel *tokens; /* attention over patches */
  SalTensor *patches;
} Fixture;

/* 3 × @size × @size in patches of 4 × 4, tokens that look at each other once, and 3 classes. */
static SalModel *
make_tokens (int size)
{
  static const gint64 four[2] = { 4, 4 }, swap[3] = { 0, 2, 1 }, turn[4] = { 0, 1, 3, 2 };
  g_autoptr (SalPreparation) preparation = net_preparation (size, size);
  gint64 t = (gint64) (size / 4) * (size / 4);
  Net net;
  int x = net_start (&net, 5, &SAL_SHAPE (1, 3, size, size)), q, k, v, y;

  y = net_op (&net, "Conv", x, net_constant (&net, &SAL_SHAPE (6, 3, 4, 4), NULL, 0.2f),
              SAL_NO_VALUE);
  sal_node_set_ints (net.last, "strides", four, 2);
  y = net_reshape (&net, y, &SAL_SHAPE (0, 6, t));
  y = net_op (&net, "Transpose", y, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net.last, "perm", swap, 3);
  q = net_op (&net, "MatMul", y, net_constant (&net, &SAL_SHAPE (6, 6), NULL, 0.5f), SAL_NO_VALUE);
  q = net_reshape (&net, q, &SAL_SHAPE (0, 1, t, 6));
  k = net_reshape (&net, y, &SAL_SHAPE (0, 1, t, 6));
  k = net_op (&net, "Transpose", k, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_ints (net.last, "perm", turn, 4);
  q = net_op (&net, "MatMul", q, k, SAL_NO_VALUE);
  q = net_op (&net, "Softmax", q, SAL_NO_VALUE, SAL_NO_VALUE);
  sal_node_set_int (net.last, "axis", -1);
  v = net_reshape (&net, y, &SAL_SHAPE (0, 1, t, 6));
  v = net_op (&net, "MatMul", q, v, SAL_NO_VALUE);
  v = net_reshape (&net, v, &SAL_SHAPE (0, t, 6));
  y = net_op (&net, "Add", y, v, SAL_NO_VALUE);
  y = net_op (&net, "Flatten", y, SAL_NO_VALUE, SAL_NO_VALUE);
  y = net_dense (&net, y, 6 * t, 3, TRUE);
  return net_finish (&net, y, preparation);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->pictures = net_pictures (1, SIZE, 5);
  f->picture = net_input (f->pictures, 2, 0.8f);
  f->tokens = make_tokens (8);
  f->patches = net_input (f->tokens, 3, 0.8f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sal_tensor_unref (f->picture);
  sal_model_unref (f->pictures);
  sal_tensor_unref (f->patches);
  sal_model_unref (f->tokens);
}

/* The network of the two that a method applies to. */
static SalQuery
query_for (const Fixture *f, const SalMethod *method, SalSettings *settings)
{
  gboolean tokens = method->check != NULL && method->check (f->pictures) != NULL;

  g_assert_true (!tokens || method->check (f->tokens) == NULL);
  return (SalQuery){ .model = tokens ? f->tokens : f->pictures,
                     .method = method,
                     .settings = settings,
                     .target = { 1, -1, SAL_OUTPUT_LOGIT },
                     .input = tokens ? f->patches : f->picture,
                     .threads = 2 };
}

static gboolean
same_bits (const SalTensor *a, const SalTensor *b)
{
  return sal_shape_equal (sal_tensor_shape (a), sal_tensor_shape (b)) &&
         memcmp (sal_tensor_floats (a), sal_tensor_floats (b),
                 (gsize) sal_tensor_count (a) * sizeof (float)) == 0;
}

static void
test_threads (Fixture *f, gconstpointer data)
{
  static const char *const smoothings[] = { "none", "smoothgrad", "vargrad" };
  static const int threads[] = { 1, 2, 8 };

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++)
    for (gsize s = 0; s < G_N_ELEMENTS (smoothings); s++) {
      g_autoptr (SalSettings) settings = extremes_few (*m, smoothings[s]);
      g_autoptr (SalAttribution) first = NULL;
      SalQuery query = query_for (f, *m, settings);

      for (gsize t = 0; t < G_N_ELEMENTS (threads); t++) {
        g_autoptr (GError) error = NULL;

        query.threads = threads[t];

        g_autoptr (SalAttribution) got = sal_explain (&query, NULL, &error);

        g_assert_no_error (error);
        extremes_finite (got->values, (*m)->id, smoothings[s]);
        if (first == NULL) {
          first = g_steal_pointer (&got);
        } else if (!same_bits (first->values, got->values)) {
          g_test_message ("%s, smoothing %s: other bits with %d threads", (*m)->id, smoothings[s],
                          threads[t]);
          g_test_fail ();
        }
      }
    }
}

static double
logit (SalModel *model, const SalTensor *input, int class_index)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) predictions = sal_model_predict (model, input, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < predictions->len; i++)
    if (g_array_index (predictions, SalPrediction, i).class_index == class_index)
      return g_array_index (predictions, SalPrediction, i).logit;
  g_assert_not_reached ();
}

/* Every attribution knows the score at the picture itself, and methods that look nowhere else take
 * one pass in all. */
static void
test_score (Fixture *f, gconstpointer data)
{
  static const char *const single[] = { "gradient", "guided-backprop", "grad-cam", "layer-cam" };

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++)
    for (int smooth = 0; smooth < 2; smooth++) {
      g_autoptr (SalSettings) settings = extremes_few (*m, smooth ? "smoothgrad" : "none");
      SalQuery query = query_for (f, *m, settings);
      gint64 gradients, before = sal_scorer_points (&gradients);
      g_autoptr (GError) error = NULL;
      g_autoptr (SalAttribution) got = sal_explain (&query, NULL, &error);

      g_assert_no_error (error);
      for (gsize i = 0; !smooth && i < G_N_ELEMENTS (single); i++)
        if (g_str_equal ((*m)->id, single[i]))
          g_assert_cmpint (sal_scorer_points (&gradients) - before, ==, 1);
      g_assert_cmpfloat_with_epsilon (got->score, logit (query.model, query.input, 1), 1e-6);
    }
}

#define EXTREME_MICROSECONDS 60000

static void
test_extremes (Fixture *f, gconstpointer data)
{
  SalQuery around = query_for (f, sal_method_find ("input-x-gradient"), NULL);

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    SalQuery query = query_for (f, *m, NULL);

    extremes_try (&query, EXTREME_MICROSECONDS);
  }
  extremes_try_around (&around, EXTREME_MICROSECONDS);
}

/* An input without any contrast, and one that is its baseline. */
static void
test_flat (Fixture *f, gconstpointer data)
{
  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    g_autoptr (SalSettings) settings = extremes_few (*m, "none");
    SalQuery query = query_for (f, *m, settings);
    g_autoptr (SalTensor) zeros = sal_tensor_new (SAL_FLOAT, sal_tensor_shape (query.input));
    g_autoptr (GError) error = NULL;

    query.input = zeros;

    g_autoptr (SalAttribution) got = sal_explain (&query, NULL, &error);

    g_assert_no_error (error);
    extremes_finite (got->values, (*m)->id, "input of zeros");
  }
}

/* A person may name any tensor as a layer: that is an answer or an error, nothing else. */
static void
test_layers (Fixture *f, gconstpointer data)
{
  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    const SalParam *param = sal_param_find ((*m)->params, "layer");
    SalQuery query = query_for (f, *m, NULL);
    SalGraph *graph = sal_model_graph (query.model);
    int explained = 0;

    for (int v = 0; param != NULL && v < sal_graph_n_values (graph); v++) {
      const char *name = sal_graph_get_value (graph, v)->name;
      g_autoptr (SalSettings) settings = extremes_few (*m, "none");
      g_autoptr (GError) error = NULL;

      sal_settings_set_text (settings, param, name, NULL);
      query.settings = settings;

      g_autoptr (SalAttribution) got = sal_explain (&query, NULL, &error);

      if (got != NULL)
        extremes_finite (got->values, (*m)->id, name);
      else
        g_assert_true (error->domain == SAL_ERROR);
      explained += got != NULL;
    }
    g_assert_true (param == NULL || explained > 2);
  }
}

static void
finite_cb (double fraction, const SalPartial *partial, gpointer data)
{
  const SalMethod *method = data;

  if (partial != NULL)
    extremes_finite (partial->values, method->id, "mask");
}

/* Everything in one group, and every place by itself. */
static void
test_masks (Fixture *f, gconstpointer data)
{
  g_autoptr (SalTensor) one = sal_tensor_new (SAL_INT, &SAL_SHAPE (SIZE, SIZE));
  g_autoptr (SalTensor) all = sal_tensor_new (SAL_INT, &SAL_SHAPE (SIZE, SIZE));
  SalTensor *const masks[] = { one, all };

  for (gint64 i = 0; i < SIZE * SIZE; i++)
    ((gint64 *) sal_tensor_edit (all))[i] = 7 * i - 300;
  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++)
    for (gsize i = 0; i < G_N_ELEMENTS (masks) && sal_param_find ((*m)->params, "mask"); i++) {
      g_autoptr (GHashTable) arrays = g_hash_table_new (g_str_hash, g_str_equal);
      g_autoptr (SalSettings) settings = extremes_few (*m, "none");
      g_autoptr (GError) error = NULL;
      SalProgress progress = SAL_PROGRESS_INIT (NULL, finite_cb, (gpointer) *m);
      SalQuery query = query_for (f, *m, settings);

      g_hash_table_insert (arrays, (char *) "mask", masks[i]);
      query.arrays = arrays;

      g_autoptr (SalAttribution) got = sal_explain (&query, &progress, &error);

      g_assert_no_error (error);
      extremes_finite (got->values, (*m)->id, i == 0 ? "one group" : "a group a place");
    }
}

typedef struct {
  double fraction;
  int steps;
  int partials;
  int inside; /* calls under way */
  gboolean disordered;
  gboolean together;
  SalTensor *last;
  GCancellable *stop_at_partial;
} Seen;

static void
seen_cb (double fraction, const SalPartial *partial, gpointer data)
{
  Seen *seen = data;

  if (g_atomic_int_add (&seen->inside, 1) != 0)
    seen->together = TRUE;
  /* Sums of the same fractions in another order may differ in their last bit. */
  if (fraction < seen->fraction - 1e-12 || fraction > 1 + 1e-12)
    seen->disordered = TRUE;
  seen->fraction = fraction;
  seen->steps++;
  if (partial != NULL) {
    g_clear_pointer (&seen->last, sal_tensor_unref);
    seen->last = sal_tensor_ref (partial->values);
    seen->partials++;
    if (seen->stop_at_partial != NULL)
      g_cancellable_cancel (seen->stop_at_partial);
  }
  g_atomic_int_add (&seen->inside, -1);
}

static void
test_progress (Fixture *f, gconstpointer data)
{
  static const char *const smoothings[] = { "none", "smoothgrad-squared" };

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++)
    for (gsize s = 0; s < G_N_ELEMENTS (smoothings); s++) {
      g_autoptr (SalSettings) settings = extremes_few (*m, smoothings[s]);
      g_autoptr (GError) error = NULL;
      Seen seen = { 0 };
      SalProgress progress = SAL_PROGRESS_INIT (NULL, seen_cb, &seen);
      SalQuery query = query_for (f, *m, settings);

      query.threads = 3;

      g_autoptr (SalAttribution) got = sal_explain (&query, &progress, &error);

      g_assert_no_error (error);
      g_assert_cmpint (seen.steps, >, 0);
      if (seen.disordered || seen.together || fabs (seen.fraction - 1) > 1e-9) {
        g_test_message ("%s, smoothing %s: progress falls or passes 1 (%d), comes twice at a time "
                        "(%d), ends at %g",
                        (*m)->id, smoothings[s], seen.disordered, seen.together, seen.fraction);
        g_test_fail ();
      }
      if (seen.last != NULL)
        g_assert_true (
            sal_shape_equal (sal_tensor_shape (seen.last), sal_tensor_shape (got->values)));
      g_clear_pointer (&seen.last, sal_tensor_unref);
    }
}

/* The methods that are running sums show what they have. */
static void
test_partials (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *method, *key, *value;
  } running[] = { { "integrated-gradients", "steps", "1000" },
                  { "expected-gradients", "draws", "10000" },
                  { "blur-ig", "steps", "1000" },
                  { "guided-ig", "steps", "1000" },
                  { "ig2", "steps", "1000" },
                  { "occlusion", "stride", "1x1" },
                  { "feature-ablation", "segments", "100" },
                  { "shapley", "permutations", "10000" },
                  { "kernel-shap", "subsets", "100000" },
                  { "lime", "subsets", "100000" } };

  for (gsize i = 0; i < G_N_ELEMENTS (running); i++)
    for (int smooth = 0; smooth < 2; smooth++) {
      const SalMethod *method = sal_method_find (running[i].method);
      g_autoptr (SalSettings) settings = extremes_few (method, smooth ? "smoothgrad" : "none");
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Seen seen = { .stop_at_partial = cancellable };
      SalProgress progress = SAL_PROGRESS_INIT (cancellable, seen_cb, &seen);

      if (!smooth)
        net_set (settings, method->params, running[i].key, running[i].value);

      SalQuery query = query_for (f, method, settings);
      g_autoptr (SalAttribution) got = sal_explain (&query, &progress, &error);

      g_assert_null (got);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      if (seen.partials == 0)
        g_test_message ("%s shows nothing on its way", method->id);
      g_assert_cmpint (seen.partials, >, 0);
      extremes_finite (seen.last, method->id, "partial result");
      g_clear_pointer (&seen.last, sal_tensor_unref);
    }
}

typedef struct {
  GCancellable *cancellable;
  gint64 at;
} Canceller;

static gpointer
cancel_soon (gpointer data)
{
  Canceller *canceller = data;

  g_usleep (15000);
  canceller->at = g_get_monotonic_time ();
  g_cancellable_cancel (canceller->cancellable);
  return NULL;
}

/* Promptly: far less than a person would notice, with room for a busy machine. */
#define PROMPT_MICROSECONDS 1500000

/* A thousand noisy copies of each method never end by themselves in the time. */
static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autoptr (SalModel) large = net_pictures (4, 48, 16);
  g_autoptr (SalTensor) input = net_input (large, 5, 0.8f);
  g_autoptr (SalModel) many = make_tokens (64);
  g_autoptr (SalTensor) patches = net_input (many, 5, 0.8f);
  gint64 worst = 0;
  const char *slowest = "";

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    g_autoptr (SalSettings) settings = extremes_few (*m, "smoothgrad");
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL, early = NULL;
    Canceller canceller = { cancellable, 0 };
    SalProgress progress = SAL_PROGRESS_INIT (cancellable, NULL, NULL);
    SalQuery query = query_for (f, *m, settings);

    query.input = query.model == f->pictures ? input : patches;
    query.model = query.model == f->pictures ? large : many;
    net_set (settings, sal_smooth_params (), "samples", "1000");

    GThread *thread = g_thread_new ("canceller", cancel_soon, &canceller);
    g_autoptr (SalAttribution) got = sal_explain (&query, &progress, &error);
    gint64 end = g_get_monotonic_time ();

    g_thread_join (thread);
    if (got != NULL)
      g_test_message ("%s took only %.1f ms", query.method->id, got->milliseconds);
    g_assert_null (got);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint (end - canceller.at, <, PROMPT_MICROSECONDS);
    if (end - canceller.at > worst) {
      worst = end - canceller.at;
      slowest = (*m)->id;
    }
    /* Told so before it begins, it does not begin; smoothing or not. */
    net_set (settings, sal_smooth_params (), "smooth", "none");
    g_assert_null (sal_explain (&query, &progress, &early));
    g_assert_error (early, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
  g_test_message ("ended at most %.0f ms after being cancelled (%s)", worst / 1000.0, slowest);
}

typedef struct {
  GCancellable *cancellable;
  clock_t at;
} End;

static void
cancel_at_end_cb (double fraction, const SalPartial *partial, gpointer data)
{
  End *end = data;

  if (fraction < 1 - 1e-9)
    return;
  end->at = clock ();
  g_cancellable_cancel (end->cancellable);
}

/* Of processor time; sanitizers make the model and its end slower alike. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define END_SECONDS 1.5
#else
#define END_SECONDS 0.3
#endif

/* What is left to do when all pictures have been through the network may take longer than they: a
 * linear model of 1600 segments takes half a second. */
static void
test_cancel_end (Fixture *f, gconstpointer data)
{
  static const char *const methods[] = { "kernel-shap", "lime" };
  g_autoptr (SalModel) model = net_pictures (4, 40, 4);
  g_autoptr (SalTensor) input = net_input (model, 5, 0.8f);
  g_autoptr (SalTensor) mask = sal_tensor_new (SAL_INT, &SAL_SHAPE (40, 40));
  g_autoptr (GHashTable) arrays = g_hash_table_new (g_str_hash, g_str_equal);

  for (gint64 i = 0; i < sal_tensor_count (mask); i++)
    ((gint64 *) sal_tensor_edit (mask))[i] = i;
  g_hash_table_insert (arrays, (gpointer) "mask", mask);
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    const SalMethod *method = sal_method_find (methods[i]);
    g_autoptr (SalSettings) settings = extremes_few (method, "none");
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    End end = { cancellable, 0 };
    SalProgress progress = SAL_PROGRESS_INIT (cancellable, cancel_at_end_cb, &end);
    SalQuery query = query_for (f, method, settings);

    query.model = model;
    query.input = input;
    query.baseline = NULL;
    query.arrays = arrays;
    g_assert_null (sal_explain (&query, &progress, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpfloat ((double) (clock () - end.at) / CLOCKS_PER_SEC, <, END_SECONDS);
  }
}

/* Without smoothing, a method that takes long must look for itself. */
static void
test_cancel_long (Fixture *f, gconstpointer data)
{
  static const struct {
    const char *method, *key, *value;
  } running[] = {
    { "integrated-gradients", "steps", "1000" },
    { "expected-gradients", "draws", "10000" },
    { "blur-ig", "steps", "1000" },
    { "guided-ig", "steps", "1000" },
    { "ig2", "steps", "1000" },
    { "xrai", "steps", "1000" },
    { "occlusion", "stride", "1x1" },
    { "shapley", "permutations", "10000" },
    { "kernel-shap", "subsets", "100000" },
    { "lime", "subsets", "100000" },
    { "score-cam", "upsample", "nearest" },
  };
  g_autoptr (SalModel) large = net_pictures (4, 48, 16);
  g_autoptr (SalTensor) input = net_input (large, 5, 0.8f);
  /* Score-CAM takes a pass a channel. */
  g_autoptr (SalModel) wide = net_pictures (4, 32, 192);
  g_autoptr (SalTensor) small = net_input (wide, 5, 0.8f);

  for (gsize i = 0; i < G_N_ELEMENTS (running); i++) {
    const SalMethod *method = sal_method_find (running[i].method);
    g_autoptr (SalSettings) settings = extremes_few (method, "none");
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    Canceller canceller = { cancellable, 0 };
    SalProgress progress = SAL_PROGRESS_INIT (cancellable, NULL, NULL);
    SalQuery query = query_for (f, method, settings);

    query.model = method->group == SAL_GROUP_CAM ? wide : large;
    query.input = method->group == SAL_GROUP_CAM ? small : input;
    net_set (settings, method->params, running[i].key, running[i].value);

    GThread *thread = g_thread_new ("canceller", cancel_soon, &canceller);
    g_autoptr (SalAttribution) got = sal_explain (&query, &progress, &error);
    gint64 end = g_get_monotonic_time ();

    g_thread_join (thread);
    if (got != NULL)
      g_test_message ("%s took only %.1f ms", query.method->id, got->milliseconds);
    g_assert_null (got);
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint (end - canceller.at, <, PROMPT_MICROSECONDS);
  }
}

static void
assert_refused (SalModel *model, const char *id, const char *reason)
{
  g_autoptr (SalTensor) input = net_input (model, 6, 1.f);
  g_autoptr (GError) error = NULL;
  SalQuery query = { .model = model,
                     .method = sal_method_find (id),
                     .target = { 0, -1, SAL_OUTPUT_LOGIT },
                     .input = input };

  g_assert_nonnull (query.method);
  g_assert_null (sal_explain (&query, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_UNSUPPORTED);
  if (strstr (error->message, query.method->name) == NULL ||
      strstr (error->message, reason) == NULL)
    g_test_message ("%s: %s", id, error->message);
  g_assert_nonnull (strstr (error->message, query.method->name));
  g_assert_nonnull (strstr (error->message, reason));
}

static void
test_reasons (Fixture *f, gconstpointer data)
{
  static const char *const cams[] = { "grad-cam",  "grad-cam-plus-plus", "hires-cam",
                                      "layer-cam", "xgrad-cam",          "score-cam",
                                      "eigen-cam", "guided-grad-cam",    "activation" };
  g_autoptr (SalModel) vectors = net_vectors (7, 6);
  Net net;
  int x = net_start (&net, 8, &SAL_SHAPE (1, 6));
  g_autoptr (SalModel) odd = net_finish (
      &net, net_dense (&net, net_op (&net, "Sin", x, SAL_NO_VALUE, SAL_NO_VALUE), 6, 2, TRUE),
      NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cams); i++)
    assert_refused (vectors, cams[i], "no layer of this model");
  assert_refused (odd, "lrp", "Sin");
  assert_refused (vectors, "xrai", "no pictures");
  assert_refused (vectors, "blur-ig", "no pictures");
  assert_refused (f->pictures, "attention-rollout", "no attention");
  assert_refused (f->pictures, "gradient-attention-rollout", "no attention");
}

/* Everything that the window and --help say of a method is there, whole sentences ending in a full
 * stop. */
static void
test_texts (Fixture *f, gconstpointer data)
{
  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    const char *sentences[] = { (*m)->summary, (*m)->promise, (*m)->advice, (*m)->caveat,
                                (*m)->paper };

    for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++) {
      g_assert_nonnull (sentences[i]);
      if (strlen (sentences[i]) < 20 || !g_str_has_suffix (sentences[i], ".") ||
          strstr (sentences[i], "  ") != NULL)
        g_error ("%s: “%s” is no sentence", (*m)->id, sentences[i]);
    }
    g_assert_nonnull ((*m)->formula);
    g_assert_cmpint (strlen ((*m)->formula), >, 3);
    for (const SalParam *param = (*m)->params; param->key != NULL; param++) {
      g_assert_nonnull (param->label);
      g_assert_nonnull (param->help);
    }
    g_assert_true (sal_method_find ((*m)->id) == *m);
  }
}

/* A text model is refused by what needs a picture, in a sentence, and explained by the rest. */
static void
test_words (Fixture *f, gconstpointer data)
{
  static const char *const refused[] = { "blur-ig", "xrai", "attention-rollout",
                                         "gradient-attention-rollout" };
  Net net;
  int x = net_start (&net, 5, &SAL_SHAPE (1, 9, 4));
  int y =
      net_relu (&net, net_op (&net, "MatMul", x, net_constant (&net, &SAL_SHAPE (4, 6), NULL, 0.5f),
                              SAL_NO_VALUE));

  y = net_op (&net, "Flatten", y, SAL_NO_VALUE, SAL_NO_VALUE);
  g_autoptr (SalModel) model = net_finish (&net, net_dense (&net, y, 54, 3, TRUE), NULL);
  g_autoptr (SalTensor) input = net_input (model, 6, 1.f);

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    g_autoptr (SalSettings) settings = extremes_few (*m, "none");
    const char *reason = (*m)->check != NULL ? (*m)->check (model) : NULL;
    gboolean refuses = (*m)->group == SAL_GROUP_CAM || (*m)->group == SAL_GROUP_LAYER;
    SalQuery query = {
      .model = model, .method = *m, .settings = settings, .target = { 1, -1 }, .input = input
    };

    for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
      refuses = refuses || g_str_equal ((*m)->id, refused[i]);
    if ((reason != NULL) != refuses)
      g_error ("%s on words: %s", (*m)->id, reason);
    if (reason != NULL) {
      /* Each is among those that can be translated, but for a name at its end. */
      g_auto (GStrv) parts = g_strsplit (reason, ": ", 2);

      g_assert_true (g_strv_contains (sal_reasons (), parts[0]));
      continue;
    }

    g_autoptr (SalAttribution) got = net_explain_query (&query);

    extremes_finite (got->values, (*m)->id, "words");
  }
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*test) (Fixture *f, gconstpointer data);
  } tests[] = {
    { "threads", test_threads },   { "extremes", test_extremes },
    { "flat", test_flat },         { "layers", test_layers },
    { "masks", test_masks },       { "progress", test_progress },
    { "partials", test_partials }, { "cancel", test_cancel },
    { "texts", test_texts },       { "words", test_words },
    { "reasons", test_reasons },   { "cancel-long", test_cancel_long },
    { "score", test_score },       { "cancel-end", test_cancel_end },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/engine/methods/", tests[i].path, NULL);

    g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
  }
  return g_test_run ();
}
