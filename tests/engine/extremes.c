#include "tests/engine/extremes.h"

#include "engine/explain/smooth.h"

#include <math.h>

SalSettings *
extremes_few (const SalMethod *method, const char *smoothing)
{
  static const struct {
    const char *key, *value;
  } small[] = { { "steps", "13" },          { "draws", "13" },       { "segments", "20" },
                { "segmentation", "grid" }, { "permutations", "3" }, { "subsets", "60" },
                { "smallest", "16" },       { "window", "5x4" },     { "stride", "3x2" } };
  SalSettings *settings = sal_settings_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (small); i++)
    if (sal_param_find (method->params, small[i].key) != NULL)
      net_set (settings, method->params, small[i].key, small[i].value);
  net_set (settings, sal_smooth_params (), "smooth", smoothing);
  net_set (settings, sal_smooth_params (), "samples", "9");
  return settings;
}

void
extremes_finite (const SalTensor *values, const char *what, const char *where)
{
  for (gint64 i = 0; i < sal_tensor_count (values); i++)
    if (!isfinite (sal_tensor_floats (values)[i])) {
      g_test_message ("%s: element %" G_GINT64_FORMAT " is %g (%s)", what, i,
                      (double) sal_tensor_floats (values)[i], where);
      g_test_fail ();
      return;
    }
}

/* Ends a long run after a while, and looks at what it has shown until then. */
typedef struct {
  const SalMethod *method;
  const char *where;
  GCancellable *cancellable;
  gint64 end;
} Watch;

static void
watch_cb (double fraction, const SalPartial *partial, gpointer data)
{
  const Watch *watch = data;

  if (partial != NULL)
    extremes_finite (partial->values, watch->method->id, watch->where);
  if (g_get_monotonic_time () > watch->end)
    g_cancellable_cancel (watch->cancellable);
}

static void
try_setting (const SalQuery *query, const char *where, gint64 microseconds)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Watch watch = { query->method, where, cancellable, g_get_monotonic_time () + microseconds };
  SalProgress progress = SAL_PROGRESS_INIT (cancellable, watch_cb, &watch);
  g_autoptr (SalAttribution) got = sal_explain (query, &progress, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_error ("%s, %s: %s", query->method->id, where, error->message);
  extremes_finite (got->values, query->method->id, where);
}

static void
try_param (const SalQuery *query, const SalParam *params, const SalParam *param,
           const char *smoothing, gint64 microseconds)
{
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);

  for (const SalChoice *c = param->choices; c != NULL && c->id != NULL; c++)
    g_ptr_array_add (values, g_strdup (c->id));
  if (sal_param_is_number (param)) {
    g_ptr_array_add (values, g_strdup_printf ("%.17g", param->min));
    g_ptr_array_add (values, g_strdup_printf ("%.17g", param->max));
  }
  if (param->kind == SAL_PARAM_SIZE) {
    g_ptr_array_add (values, g_strdup ("1x1"));
    g_ptr_array_add (values, g_strdup ("16384x1"));
    g_ptr_array_add (values, g_strdup ("16384x16384"));
  }
  for (guint i = 0; i < values->len; i++) {
    g_autoptr (SalSettings) settings = extremes_few (query->method, smoothing);
    g_autofree char *where =
        g_strdup_printf ("%s = %s", param->key, (const char *) values->pdata[i]);
    SalQuery own = *query;

    net_set (settings, params, param->key, values->pdata[i]);
    own.settings = settings;
    try_setting (&own, where, microseconds);
  }
}

void
extremes_try (const SalQuery *query, gint64 microseconds)
{
  for (const SalParam *param = query->method->params; param->key != NULL; param++)
    try_param (query, query->method->params, param, "none", microseconds);
}

void
extremes_try_around (const SalQuery *query, gint64 microseconds)
{
  for (const SalParam *param = sal_smooth_params (); param->key != NULL; param++)
    try_param (query, sal_smooth_params (), param, "vargrad", microseconds);
}
