/* Random numbers, ordered parallel work, teams, progress, quadrature, parameters. */
#include "engine/base/error.h"
#include "engine/base/parallel.h"
#include "engine/base/progress.h"
#include "engine/base/random.h"
#include "engine/base/team.h"
#include "engine/explain/params.h"
#include "engine/explain/quadrature.h"

#include <math.h>
#include <string.h>

/* The known answers of Random123 for Philox 4×32-10, seen through sal_random_uniforms(): the
 * counter 0 and the key 0 give 6627e8d5 e169c58d bc57ac4c 9b00dbd8. */
static void
test_philox (void)
{
  const guint32 want[] = { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 };
  float u[4];

  sal_random_uniforms (0, 0, u, 4);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (u[i], ==, (float) (want[i] >> 8) * 0x1p-24f);

  /* And what Box and Muller make of them. */
  sal_random_normals (0, 0, u, 4);
  for (int i = 0; i < 4; i++) {
    double radius = sqrt (-2 * log ((want[i / 2 * 2] + 0.5) * 0x1p-32));
    double angle = 2 * G_PI * (want[i / 2 * 2 + 1] + 0.5) * 0x1p-32;

    g_assert_cmpfloat_with_epsilon (u[i], radius * (i % 2 == 0 ? cos (angle) : sin (angle)), 1e-6);
  }
}

static void
test_random_moments (void)
{
  enum { N = 200000 };
  g_autofree float *z = g_new (float, N), *again = g_new (float, N);
  double sum = 0, squares = 0, fourths = 0, between = 0;

  sal_random_normals (7, 3, z, N);
  sal_random_normals (7, 3, again, 1001); /* a prefix has the same bits */
  g_assert_cmpmem (z, 1001 * sizeof (float), again, 1001 * sizeof (float));
  sal_random_normals (7, 4, again, N);
  for (int i = 0; i < N; i++) {
    g_assert_true (isfinite (z[i]));
    sum += z[i];
    squares += z[i] * z[i];
    fourths += pow (z[i], 4);
    between += z[i] * again[i];
  }
  g_assert_cmpfloat (fabs (sum / N), <, 0.01);
  g_assert_cmpfloat (fabs (squares / N - 1), <, 0.02);
  g_assert_cmpfloat (fabs (fourths / N - 3), <, 0.12);
  g_assert_cmpfloat (fabs (between / N), <, 0.01);
}

typedef struct {
  gint64 computed[8]; /* by worker: the piece in hand */
  GString *order;
  gint64 fail_at;
  gint started;
} Work;

static gboolean
work (int worker, gint64 piece, gpointer data, GError **error)
{
  Work *w = data;

  g_atomic_int_inc (&w->started);
  if (piece == w->fail_at) {
    g_set_error_literal (error, SAL_ERROR, SAL_ERROR_ARGUMENT, "no");
    return FALSE;
  }
  w->computed[worker] = piece;
  if (piece % 3 == 0)
    g_usleep (500);
  return TRUE;
}

static gboolean
take (int worker, gint64 piece, gpointer data, GError **error)
{
  Work *w = data;

  g_assert_cmpint (w->computed[worker], ==, piece);
  g_string_append_printf (w->order, "%d ", (int) piece);
  return TRUE;
}

static void
test_ordered (void)
{
  g_autoptr (GString) want = g_string_new (NULL);

  for (int i = 0; i < 30; i++)
    g_string_append_printf (want, "%d ", i);
  for (int threads = 1; threads <= 8; threads++) {
    Work w = { .order = g_string_new (NULL), .fail_at = -1 };
    SalOrderedWork ordered = { 30, work, take, &w };

    g_assert_true (sal_parallel_ordered (&ordered, threads, NULL));
    g_assert_cmpstr (w.order->str, ==, want->str);
    g_string_free (w.order, TRUE);
  }
}

static void
count_piece (int worker, int piece, gpointer data)
{
  int *count = data;

  g_assert_cmpint (worker, >=, 0);
  g_assert_cmpint (worker, <, 4);
  count[piece]++;
}

/* Every piece is done once and is done when the call returns, job after job, asleep or awake. */
static void
test_team (void)
{
  g_assert_null (sal_team_new (1));
  for (int threads = 1; threads <= 4; threads++) {
    g_autoptr (SalTeam) team = sal_team_new (threads);

    g_assert_cmpint (sal_team_size (team), <=, threads);
    for (int job = 0; job < 2000; job++) {
      int count[40] = { 0 }, n = job % 40;

      sal_team_run (team, n, count_piece, count);
      for (int i = 0; i < 40; i++)
        g_assert_cmpint (count[i], ==, i < n);
      if (job % 500 == 0)
        g_usleep (20000);
    }
  }
}

static void
test_ordered_failure (void)
{
  for (int threads = 1; threads <= 8; threads++) {
    Work w = { .order = g_string_new (NULL), .fail_at = 5 };
    SalOrderedWork ordered = { 1000, work, take, &w };
    GError *error = NULL;

    g_assert_false (sal_parallel_ordered (&ordered, threads, &error));
    g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
    g_assert_cmpint (w.started, <, 40);
    g_error_free (error);
    g_string_free (w.order, TRUE);
  }
}

static void
note_cb (double fraction, const SalPartial *partial, gpointer data)
{
  *(double *) data = fraction;
}

static void
test_progress (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  double told = -1;
  SalProgress whole = SAL_PROGRESS_INIT (cancellable, note_cb, &told);
  SalProgress part = sal_progress_part (&whole, 0.5, 1), inner = sal_progress_part (&part, 0, 0.5);
  GError *error = NULL;

  g_assert_true (sal_progress_step (&inner, 1, NULL, NULL));
  g_assert_cmpfloat (told, ==, 0.75);
  g_assert_true (sal_progress_step (NULL, 1, NULL, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (sal_progress_step (&inner, 0.1, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_error_free (error);
}

/* Weights sum to 1; Gauss and Legendre's rule is exact up to degree 2n - 1. */
static void
test_quadrature (void)
{
  for (int rule = SAL_QUADRATURE_GAUSS_LEGENDRE; rule <= SAL_QUADRATURE_TRAPEZOID; rule++)
    for (int n = 1; n <= 1000; n = n < 10 ? n + 1 : n * 2) {
      g_autofree double *alpha = g_new (double, n), *weight = g_new (double, n);
      double sum = 0;

      sal_quadrature ((SalQuadrature) rule, n, alpha, weight);
      for (int k = 0; k < n; k++) {
        g_assert_true (alpha[k] >= 0 && alpha[k] <= 1);
        g_assert_true (k == 0 || alpha[k] > alpha[k - 1]);
        sum += weight[k];
      }
      g_assert_cmpfloat (fabs (sum - 1), <, 1e-13);
      for (int degree = 1; rule == SAL_QUADRATURE_GAUSS_LEGENDRE && degree < MIN (2 * n, 40);
           degree++) {
        double integral = 0;

        for (int k = 0; k < n; k++)
          integral += weight[k] * pow (alpha[k], degree);
        g_assert_cmpfloat (fabs (integral - 1.0 / (degree + 1)), <, 1e-13);
      }
    }
}

static const SalChoice choices[] = { { "none", "None" }, { "some", "Some" }, { NULL } };
static const SalParam params[] = {
  { .key = "mode", .kind = SAL_PARAM_CHOICE, .choices = choices },
  { .key = "count",
    .kind = SAL_PARAM_INT,
    .min = 1,
    .max = 10,
    .otherwise = 4,
    .unless_key = "mode",
    .unless_value = "none" },
  { .key = "flag", .kind = SAL_PARAM_SWITCH, .max = 1, .otherwise = 1 },
  { .key = "level", .kind = SAL_PARAM_DOUBLE, .max = 1, .otherwise = 0.5 },
  { NULL },
};

static void
expect_refusal (SalSettings *settings, const char *key, const char *text, const char *words)
{
  GError *error = NULL;

  g_assert_false (sal_settings_parse (settings, sal_param_find (params, key), text, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (error->message, words));
  g_error_free (error);
}

static void
test_settings (void)
{
  g_autoptr (SalSettings) settings = sal_settings_new (), copy = NULL;
  const SalParam *count = sal_param_find (params, "count");

  g_assert_null (sal_param_find (params, "other"));
  g_assert_cmpfloat (sal_settings_number (NULL, count), ==, 4);
  g_assert_cmpfloat (sal_settings_number (settings, count), ==, 4);
  g_assert_false (sal_settings_applies (settings, params, count));
  g_assert_true (sal_settings_parse (settings, &params[0], "some", NULL));
  g_assert_true (sal_settings_applies (settings, params, count));
  g_assert_true (sal_settings_parse (settings, count, "7", NULL));
  g_assert_true (sal_settings_parse (settings, sal_param_find (params, "flag"), "off", NULL));
  expect_refusal (settings, "count", "0", "count: 0 is not a whole number from 1 to 10");
  expect_refusal (settings, "count", "2.5", "count: 2.5");
  expect_refusal (settings, "count", "7x", "\"7x\" is not a number");
  expect_refusal (settings, "level", "nan", "level");
  expect_refusal (settings, "level", "1.01", "level: 1.01 is not a number from 0 to 1");
  expect_refusal (settings, "mode", "all", "\"all\" is none of none, some");
  copy = sal_settings_copy (settings);
  sal_settings_reset (settings, count);
  g_assert_cmpfloat (sal_settings_number (settings, count), ==, 4);
  g_assert_cmpfloat (sal_settings_number (copy, count), ==, 7);
}

static void
test_settings_json (void)
{
  g_autoptr (SalSettings) settings = sal_settings_new (), back = sal_settings_new ();
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  GError *error = NULL;

  g_assert_true (sal_settings_parse (settings, &params[0], "some", NULL));
  g_assert_true (sal_settings_parse (settings, sal_param_find (params, "level"), "0.25", NULL));
  json_builder_begin_object (builder);
  sal_settings_write (settings, params, builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  g_assert_cmpint (json_object_get_size (json_node_get_object (root)), ==, 4);
  g_assert_true (sal_settings_read (back, params, json_node_get_object (root), &error));
  g_assert_cmpstr (sal_settings_text (back, &params[0]), ==, "some");
  g_assert_cmpfloat (sal_settings_number (back, sal_param_find (params, "level")), ==, 0.25);
  json_object_set_string_member (json_node_get_object (root), "count", "many");
  g_assert_false (sal_settings_read (back, params, json_node_get_object (root), &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_error_free (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/random/philox", test_philox);
  g_test_add_func ("/engine/random/moments", test_random_moments);
  g_test_add_func ("/engine/parallel/ordered", test_ordered);
  g_test_add_func ("/engine/parallel/failure", test_ordered_failure);
  g_test_add_func ("/engine/team", test_team);
  g_test_add_func ("/engine/progress", test_progress);
  g_test_add_func ("/engine/quadrature", test_quadrature);
  g_test_add_func ("/engine/settings/values", test_settings);
  g_test_add_func ("/engine/settings/json", test_settings_json);
  return g_test_run ();
}
