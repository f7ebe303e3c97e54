/* Running means: more samples go on from those there are, with the bits that all of them at once
 * would have had, and their error is what their spread says. */
#include "engine/explain/question.h"
#include "engine/explain/scorer.h"
#include "engine/explain/smooth.h"
#include "tests/engine/net.h"

#include <math.h>
#include <string.h>

static SalAttribution *
ask (SalModel *model, const char *method, const char *words, SalTensor *input,
     SalAttribution *earlier, gint64 *evaluations)
{
  g_autoptr (SalSettings) settings = net_settings (method, words);
  SalQuery query = { .model = model,
                     .method = sal_method_find (method),
                     .settings = settings,
                     .target = { 1, -1, SAL_OUTPUT_LOGIT },
                     .input = input,
                     .earlier = earlier,
                     .threads = 2 };
  gint64 gradients, before = sal_scorer_points (&gradients);
  SalAttribution *answer = net_explain_query (&query);

  *evaluations = sal_scorer_points (&gradients) - before;
  return answer;
}

static gboolean
same_bits (const SalTensor *a, const SalTensor *b)
{
  return sal_shape_equal (sal_tensor_shape (a), sal_tensor_shape (b)) &&
         memcmp (sal_tensor_floats (a), sal_tensor_floats (b),
                 (gsize) sal_tensor_count (a) * sizeof (float)) == 0;
}

/* @few and then @many is @many at once; what is new takes no more than the evaluations between, and
 * up to @more. */
static void
check_more (SalModel *model, const char *method, const char *few, const char *many,
            SalTensor *input, gint64 more)
{
  gint64 first, second, at_once, again;
  g_autoptr (SalAttribution) start = ask (model, method, few, input, NULL, &first);
  g_autoptr (SalAttribution) rest = ask (model, method, many, input, start, &second);
  g_autoptr (SalAttribution) whole = ask (model, method, many, input, NULL, &at_once);
  g_autoptr (SalAttribution) less = ask (model, method, few, input, rest, &again);

  g_assert_nonnull (start->samples);
  if (!same_bits (rest->values, whole->values) || !same_bits (less->values, start->values)) {
    g_test_message ("%s: %s after %s has other bits", method, many, few);
    g_test_fail ();
  }
  /* The picture's own score is looked at in any case. */
  if (second > at_once - first + 1 + more) {
    g_test_message ("%s: %s after %s took %d evaluations, %d and %d by themselves", method, many,
                    few, (int) second, (int) first, (int) at_once);
    g_test_fail ();
  }
}

static void
test_smoothing (void)
{
  static const char *const kinds[] = { "smoothgrad", "smoothgrad-squared", "vargrad" };
  g_autoptr (SalModel) model = net_pictures (2, 12, 5);
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f);
  gsize n_long = 0;

  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    const char *count = sal_param_find ((*m)->params, "steps") != NULL   ? "steps=5"
                        : sal_param_find ((*m)->params, "draws") != NULL ? "draws=5"
                        : sal_param_find ((*m)->params, "segments") != NULL
                            ? "segments=4 segmentation=grid"
                            : "";

    if ((*m)->check != NULL && (*m)->check (model) != NULL)
      continue;
    /* Samples are added up in the same way whatever makes them: methods of many passes show but one
     * way each, in turn. */
    gsize only = (*m)->single_pass ? G_N_ELEMENTS (kinds) : n_long++ % G_N_ELEMENTS (kinds);
    for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++) {
      if (only < G_N_ELEMENTS (kinds) && k != only)
        continue;
      g_autofree char *few = g_strdup_printf ("smooth=%s samples=6 %s", kinds[k], count);
      g_autofree char *many = g_strdup_printf ("smooth=%s samples=13 %s", kinds[k], count);

      /* One-pass methods take four copies at once. */
      check_more (model, (*m)->id, few, many, input, (*m)->single_pass ? 3 : 0);
    }
  }
}

typedef struct {
  GCancellable *cancellable;
  double at;
} Stop;

static void
stop_cb (double fraction, const SalPartial *partial, gpointer data)
{
  const Stop *stop = data;

  if (fraction >= stop->at)
    g_cancellable_cancel (stop->cancellable);
}

static SalAttribution *
ask_until (SalModel *model, SalTensor *input, const char *words, double at, gboolean keeps,
           GError **error)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (SalSettings) settings = net_settings ("gradient", words);
  Stop stop = { cancellable, at };
  SalProgress progress = SAL_PROGRESS_INIT (cancellable, stop_cb, &stop);
  SalQuery query = { .model = model,
                     .method = sal_method_find ("gradient"),
                     .settings = settings,
                     .target = { 1, -1, SAL_OUTPUT_LOGIT },
                     .input = input,
                     .threads = 2 };

  progress.keeps = keeps;
  return sal_explain (&query, &progress, error);
}

/* What was stopped has the bits of a run of as many samples as it has, says how many, and is gone
 * on from. */
static void
test_stopped (void)
{
  static const char *const kinds[] = { "smoothgrad", "smoothgrad-squared", "vargrad" };
  g_autoptr (SalModel) model = net_pictures (2, 12, 5);
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f);
  const SalParam *samples = sal_param_find (sal_smooth_params (), "samples");
  g_autoptr (GError) error = NULL;
  gint64 n;

  for (gsize k = 0; k < G_N_ELEMENTS (kinds); k++)
    for (int segments = 0; segments < 2; segments++) {
      const char *sums = segments ? "per-segment=grid" : "";
      g_autofree char *words = g_strdup_printf ("smooth=%s samples=400 %s", kinds[k], sums);
      g_autoptr (SalAttribution) kept = ask_until (model, input, words, 0.3, TRUE, &error);
      g_assert_no_error (error);
      int has = (int) sal_question_number (kept->question, samples);

      g_assert_true (kept->stopped);
      g_assert_cmpint (has, >=, 100);
      g_assert_cmpint (has, <, 400);
      g_assert_cmpfloat (sal_tensor_floats (g_hash_table_lookup (kept->extras, "samples"))[0], ==,
                         has);
      g_autofree char *fewer = g_strdup_printf ("smooth=%s samples=%d %s", kinds[k], has, sums);
      g_autoptr (SalAttribution) few = ask (model, "gradient", fewer, input, NULL, &n);
      g_assert_false (few->stopped);
      g_assert_true (same_bits (kept->values, few->values));
      g_assert_cmpfloat (kept->score, ==, few->score);
      g_autoptr (SalAttribution) rest = ask (model, "gradient", words, input, kept, &n);
      g_assert_cmpint (n, <, 400 - has + 10);
      g_autoptr (SalAttribution) whole = ask (model, "gradient", words, input, NULL, &n);
      g_assert_true (same_bits (rest->values, whole->values));
    }
  /* Else, and before there are two, it is an error. */
  g_assert_null (ask_until (model, input, "smooth=smoothgrad samples=400", 0.3, FALSE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ask_until (model, input, "smooth=smoothgrad samples=400", 0, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_draws (void)
{
  g_autoptr (SalModel) model = net_pictures (2, 12, 5);
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f);

  check_more (model, "expected-gradients", "draws=10", "draws=41", input, 3);
  check_more (model, "shapley", "permutations=3 segmentation=grid segments=16",
              "permutations=8 segmentation=grid segments=16", input, 6);
}

/* The samples of one statistic are those of another, but not those of another question. */
static void
test_questions (void)
{
  static const struct {
    const char *words;
    gboolean goes_on;
  } others[] = { { "smooth=smoothgrad samples=40", TRUE },
                 { "smooth=vargrad samples=40", TRUE },
                 { "smooth=smoothgrad-squared samples=41", TRUE },
                 { "smooth=smoothgrad samples=40 noise=0.2", FALSE },
                 { "smooth=smoothgrad samples=40 noise-absolute=0.2", FALSE },
                 { "smooth=smoothgrad samples=40 seed=2", FALSE },
                 { "smooth=smoothgrad samples=40 error-bound=0.01", FALSE } };
  g_autoptr (SalModel) model = net_pictures (2, 12, 5);
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f), other = net_input (model, 4, 0.8f);
  g_autoptr (SalTensor) copy =
      sal_tensor_new_copy (SAL_FLOAT, sal_tensor_shape (input), sal_tensor_floats (input));
  gint64 n;
  g_autoptr (SalAttribution) first =
      ask (model, "gradient", "smooth=smoothgrad samples=40", input, NULL, &n);

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (SalAttribution) a = ask (model, "gradient", others[i].words, input, first, &n);

    g_assert_true ((n < 10) == others[i].goes_on);
  }
  g_autoptr (SalAttribution) a =
      ask (model, "gradient", "smooth=smoothgrad samples=40", other, first, &n);
  g_assert_cmpint (n, >, 39);
  g_autoptr (SalAttribution) b =
      ask (model, "gradient", "smooth=smoothgrad samples=40", copy, first, &n);
  g_assert_cmpint (n, <, 10);
  g_autoptr (SalAttribution) c =
      ask (model, "input-x-gradient", "smooth=smoothgrad samples=40", input, first, &n);
  g_assert_cmpint (n, >, 39);
}

/* The standard error that 100 samples tell is the spread of many means of 100. */
static void
test_error (void)
{
  enum { MEANS = 40 };
  g_autoptr (SalModel) model = net_pictures (2, 12, 5);
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f);
  gint64 n = sal_tensor_count (input), evaluations;
  g_autofree double *sum = g_new0 (double, n), *squares = g_new0 (double, n);
  double told = 0, seen = 0;

  for (int k = 0; k < MEANS; k++) {
    g_autofree char *words = g_strdup_printf ("smooth=smoothgrad samples=100 seed=%d", k);
    g_autoptr (SalAttribution) a = ask (model, "gradient", words, input, NULL, &evaluations);
    SalTensor *error = g_hash_table_lookup (a->extras, "standard-error");

    g_assert_nonnull (error);
    g_assert_true (sal_shape_equal (sal_tensor_shape (error), sal_tensor_shape (a->values)));
    for (gint64 i = 0; i < n; i++) {
      double e = sal_tensor_floats (error)[i], v = sal_tensor_floats (a->values)[i];

      told += e * e / MEANS;
      sum[i] += v;
      squares[i] += v * v;
    }
  }
  for (gint64 i = 0; i < n; i++)
    seen += (squares[i] - sum[i] * sum[i] / MEANS) / (MEANS - 1);
  g_test_message ("standard error: told %.4g, seen %.4g", sqrt (told), sqrt (seen));
  g_assert_cmpfloat (fabs (sqrt (told / seen) - 1), <, 0.05);
}

static double
samples_of (const SalAttribution *a)
{
  SalTensor *count = g_hash_table_lookup (a->extras, "samples");

  g_assert_nonnull (count);
  return sal_tensor_floats (count)[0];
}

static void
test_bound (void)
{
  static const double bounds[] = { 0.5, 0.2, 0.1, 0.05 };
  g_autoptr (SalModel) model = net_pictures (2, 12, 5);
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f);
  double before = 0;
  gint64 n;

  for (gsize k = 0; k < G_N_ELEMENTS (bounds); k++) {
    g_autofree char *words =
        g_strdup_printf ("smooth=smoothgrad samples=1000 error-bound=%g", bounds[k]);
    g_autoptr (SalAttribution) a = ask (model, "gradient", words, input, NULL, &n);
    g_autofree char *same = g_strdup_printf ("smooth=smoothgrad samples=%d", (int) samples_of (a));
    g_autoptr (SalAttribution) b = ask (model, "gradient", same, input, NULL, &n);
    SalTensor *error = g_hash_table_lookup (a->extras, "standard-error");
    double errors = 0, means = 0;

    g_assert_true (same_bits (a->values, b->values));
    g_assert_cmpfloat (samples_of (a), >=, MAX (before, 8));
    g_assert_cmpfloat (samples_of (a), <, 1000);
    before = samples_of (a);
    for (gint64 i = 0; i < sal_tensor_count (error); i++) {
      errors += pow (sal_tensor_floats (error)[i], 2);
      means += pow (sal_tensor_floats (a->values)[i], 2);
    }
    g_assert_cmpfloat (sqrt (errors / means), <=, bounds[k] * 1.0001);
  }
  g_assert_cmpfloat (before, >, 20);

  /* A stricter bound goes on from where a looser one ended. */
  g_autoptr (SalAttribution) loose =
      ask (model, "gradient", "smooth=smoothgrad samples=1000 error-bound=0.2", input, NULL, &n);
  g_autoptr (SalAttribution) strict =
      ask (model, "gradient", "smooth=smoothgrad samples=1000 error-bound=0.05", input, loose, &n);
  g_assert_cmpfloat (samples_of (strict), ==, before);
  /* And the piece that the other thread was at, and the picture itself. */
  g_assert_cmpint (n, <=, (gint64) (before - samples_of (loose)) + 6);
}

typedef struct {
  GCancellable *cancellable;
  double fraction;
  SalTensor *values, *error;
} Running;

static void
running_cb (double fraction, const SalPartial *partial, gpointer data)
{
  Running *running = data;

  if (partial == NULL || partial->error == NULL || running->error != NULL)
    return;
  running->fraction = fraction;
  running->values = sal_tensor_ref (partial->values);
  running->error = sal_tensor_ref (partial->error);
  g_cancellable_cancel (running->cancellable);
}

/* But for the order of multiplying and dividing. */
static gboolean
is_near (float a, float b)
{
  return fabsf (a - b) <= 1e-6f * fabsf (b);
}

/* Whether each element of @a is that of @b or that of @c. */
static gboolean
is_between (const SalTensor *a, const SalTensor *b, const SalTensor *c)
{
  for (gint64 i = 0; i < sal_tensor_count (a); i++)
    if (!is_near (sal_tensor_floats (a)[i], sal_tensor_floats (b)[i]) &&
        !is_near (sal_tensor_floats (a)[i], sal_tensor_floats (c)[i]))
      return FALSE;
  return TRUE;
}

/* What a run of many shows on its way is what one of as few says in the end, with its error. Of
 * permutations, some groups have one more. */
static void
test_running (void)
{
  static const struct {
    const char *method, *words, *count;
    gint64 most, ends, points; /* evaluations before the first, and for each */
  } running[] = {
    { "gradient", " smooth=smoothgrad", "samples", 1000, 0, 1 },
    { "expected-gradients", "", "draws", 10000, 0, 1 },
    { "shapley", " segments=16 segmentation=grid", "permutations", 10000, 2, 15 },
  };
  g_autoptr (SalModel) model = net_pictures (2, 64, 5);
  g_autoptr (SalTensor) input = net_input (model, 3, 0.8f);

  for (gsize i = 0; i < G_N_ELEMENTS (running); i++) {
    g_autofree char *words =
        g_strdup_printf ("%s=%d%s", running[i].count, (int) running[i].most, running[i].words);
    g_autoptr (SalSettings) settings = net_settings (running[i].method, words);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    Running seen = { .cancellable = cancellable };
    SalProgress progress = SAL_PROGRESS_INIT (cancellable, running_cb, &seen);
    SalQuery query = { .model = model,
                       .method = sal_method_find (running[i].method),
                       .settings = settings,
                       .target = { 1, -1, SAL_OUTPUT_LOGIT },
                       .input = input,
                       .threads = 1 };

    g_assert_null (sal_explain (&query, &progress, NULL));
    g_assert_nonnull (seen.error);
    gint64 done =
        llround (seen.fraction * (double) (running[i].ends + running[i].points * running[i].most));
    gint64 count = (done - running[i].ends) / running[i].points, evaluations;
    g_autofree char *few =
        g_strdup_printf ("%s=%d%s", running[i].count, (int) count, running[i].words);
    g_autofree char *one_more =
        g_strdup_printf ("%s=%d%s", running[i].count, (int) count + 1, running[i].words);
    g_autoptr (SalAttribution) a = ask (model, running[i].method, few, input, NULL, &evaluations);
    g_autoptr (SalAttribution) b =
        ask (model, running[i].method, one_more, input, NULL, &evaluations);
    g_test_message ("%s: %d of them", running[i].method, (int) count);
    const SalTensor *error = g_hash_table_lookup (a->extras, "standard-error");
    const SalTensor *next = g_hash_table_lookup (b->extras, "standard-error");
    gboolean whole = running[i].points == 1;
    g_assert_true (is_between (seen.values, a->values, whole ? a->values : b->values));
    g_assert_true (is_between (seen.error, error, whole ? error : next));
    sal_tensor_unref (seen.values);
    sal_tensor_unref (seen.error);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/samples/smoothing", test_smoothing);
  g_test_add_func ("/engine/samples/stopped", test_stopped);
  g_test_add_func ("/engine/samples/draws", test_draws);
  g_test_add_func ("/engine/samples/questions", test_questions);
  g_test_add_func ("/engine/samples/error", test_error);
  g_test_add_func ("/engine/samples/running", test_running);
  g_test_add_func ("/engine/samples/bound", test_bound);
  return g_test_run ();
}
