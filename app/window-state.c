/* The document's job in the window: how far it is, and once it is over what came of it. */
#include "app/window-private.h"

#include "engine/explain/smooth.h"
#include "ui/announce.h"
#include "ui/number.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>
#include <math.h>

/* A job is announced in the header when it takes longer than this. */
#define ANNOUNCE_MILLISECONDS 250

/* Up to this share of the difference in score, missing attributions are what a sum in place of an
 * integral costs; beyond, the map must not be read as complete. */
#define MISSING_ALLOWED 0.05

/* How far the job is, in what it counts: noisy copies, steps, or percent of the work. */
static char *
progress_text (SalWindow *self)
{
  const SalMethod *method = sal_document_method (self->document);
  const SalSettings *settings = sal_document_settings (self->document);
  double fraction = sal_document_fraction (self->document);
  const SalParam *samples = sal_param_find (sal_smooth_params (), "samples");
  const SalParam *steps = sal_param_find (method->params, "steps");

  if (sal_smooth_wanted (settings) && samples != NULL) {
    int n = (int) sal_settings_number (settings, samples);
    return g_strdup_printf (g_dngettext (NULL, "%d of %d sample", "%d of %d samples", (gulong) n),
                            (int) floor (fraction * n), n);
  }
  if (steps != NULL && steps->kind == SAL_PARAM_INT) {
    int n = (int) sal_settings_number (settings, steps);
    return g_strdup_printf (g_dngettext (NULL, "%d of %d step", "%d of %d steps", (gulong) n),
                            (int) floor (fraction * n), n);
  }
  return g_strdup_printf (_ ("%.0f %% done"), floor (100 * fraction));
}

static char *
time_text (double milliseconds)
{
  if (milliseconds < 1000)
    return g_strdup_printf (_ ("%.0f ms"), milliseconds);
  return g_strdup_printf (_ ("%.1f s"), milliseconds / 1000);
}

/* Σ of the attributions beside the difference in score that they should sum to. */
static char *
completeness_text (const SalAttribution *attribution, gboolean *good)
{
  double missing = fabs (attribution->sum - attribution->difference);
  double whole = fabs (attribution->difference);

  int decimals = sal_number_decimals (attribution->difference);
  g_autofree char *sum = sal_number_fixed (attribution->sum, decimals);
  g_autofree char *difference = sal_number_fixed (attribution->difference, decimals);

  *good = missing <= MISSING_ALLOWED * whole;
  if (whole == 0)
    return g_strdup_printf (_ ("Σ %s of %s"), sum, difference);
  return g_strdup_printf (_ ("Σ %s of %s · missing %.1f %%"), sum, difference,
                          100 * missing / whole);
}

static void
set_mark (SalWindow *self, const char *icon, const char *style, const char *help)
{
  gtk_widget_set_visible (GTK_WIDGET (self->mark), icon != NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->mark), "success");
  gtk_widget_remove_css_class (GTK_WIDGET (self->mark), "warning");
  if (icon == NULL)
    return;
  gtk_image_set_from_icon_name (self->mark, icon);
  gtk_widget_add_css_class (GTK_WIDGET (self->mark), style);
  sal_tooltip_set (GTK_WIDGET (self->mark), help);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->mark), GTK_ACCESSIBLE_PROPERTY_LABEL, help,
                                  -1);
}

/* Beside the caption, where it is seen with the sidebar folded away, too. */
static void
show_status (SalWindow *self, const char *words, const char *sign, double missing)
{
  g_autofree char *text =
      sign != NULL && isfinite (missing)
          ? g_strdup_printf (_ ("·  %s  ·  %s %.1f %% missing"), words, sign, missing)
      : *words != '\0' ? g_strdup_printf ("·  %s", words)
                       : g_strdup ("");

  gtk_label_set_label (self->status, text);
}

/* How far a run went that was told to end by itself, and its time. */
static char *
taken_text (const SalExplanation *explanation)
{
  const SalAttribution *attribution = explanation->attribution;
  double samples = sal_attribution_number (attribution, "samples");
  double steps = sal_attribution_number (attribution, "steps");
  g_autofree char *time = time_text (attribution->milliseconds);

  if (sal_smooth_bound (explanation->settings) > 0 && !isnan (samples)) {
    g_autofree char *error =
        sal_number_percent (sal_attribution_number (attribution, "relative-error"), 1);
    int wanted = (int) sal_settings_number (explanation->settings,
                                            sal_param_find (sal_smooth_params (), "samples"));
    g_autofree char *count =
        g_strdup_printf (g_dngettext (NULL, "%d of %d sample", "%d of %d samples", (gulong) wanted),
                         (int) samples, wanted);

    return g_strdup_printf (_ ("%s, error %s  ·  %s"), count, error, time);
  }
  if (!isnan (steps)) {
    g_autofree char *count =
        g_strdup_printf (g_dngettext (NULL, "%d step", "%d steps", (gulong) steps), (int) steps);
    return g_strdup_printf ("%s  ·  %s", count, time);
  }
  return g_steal_pointer (&time);
}

/* Of a mean that a person has stopped. */
static char *
stopped_text (const SalExplanation *explanation, const char *score)
{
  int n = (int) sal_attribution_number (explanation->attribution, "samples");

  return g_strdup_printf (
      g_dngettext (NULL, "Stopped at %d sample · %s", "Stopped at %d samples · %s", (gulong) n), n,
      score);
}

static void
show_answer (SalWindow *self)
{
  SalExplanation *explanation = sal_document_explanation (self->document);

  if (explanation == NULL || explanation->attribution == NULL)
    return;
  const SalAttribution *attribution = explanation->attribution;
  g_autofree char *time = time_text (attribution->milliseconds);
  g_autofree char *taken = taken_text (explanation);
  g_autofree char *text = NULL;
  gboolean good = FALSE;

  if (attribution->has_completeness) {
    text = completeness_text (attribution, &good);
    if (good)
      set_mark (self, "object-select-symbolic", "success",
                _ ("The attributions account for the whole difference in score"));
    else
      set_mark (self, "dialog-warning-symbolic", "warning",
                _ ("The attributions do not account for the whole difference in score; "
                   "more steps may help"));
  } else {
    g_autofree char *score =
        sal_number_fixed (attribution->score, sal_number_decimals (attribution->score));
    g_autofree char *words = g_strdup_printf (
        explanation->target.versus >= 0 ? _ ("Difference of scores %s") : _ ("Score %s"), score);
    if (attribution->stopped)
      set_mark (self, "media-playback-stop-symbolic", "warning", _ ("Stopped"));
    else
      set_mark (self, NULL, NULL, NULL);
    text = attribution->stopped ? stopped_text (explanation, words) : g_steal_pointer (&words);
  }
  gtk_label_set_label (self->result, text);
  gtk_label_set_label (self->time, time);
  show_status (self, taken, attribution->has_completeness ? (good ? "✓" : "⚠") : NULL,
               attribution->has_completeness && attribution->difference != 0
                   ? 100 * fabs (attribution->sum / attribution->difference - 1)
                   : NAN);
}

static void
show_result (SalWindow *self)
{
  g_autofree char *progress = progress_text (self);
  g_autofree char *text = NULL;

  show_status (self, "", NULL, NAN);
  switch (sal_document_state (self->document)) {
  case SAL_DOCUMENT_EMPTY:
    set_mark (self, NULL, NULL, NULL);
    gtk_label_set_label (self->result, "");
    gtk_label_set_label (self->time, "");
    break;
  case SAL_DOCUMENT_RUNNING:
    set_mark (self, NULL, NULL, NULL);
    show_status (self, progress, NULL, NAN);
    gtk_label_set_label (self->result, progress);
    gtk_label_set_label (self->time, "");
    break;
  case SAL_DOCUMENT_STOPPED:
    text = g_strdup_printf (_ ("Stopped: %s"), progress);
    set_mark (self, "media-playback-stop-symbolic", "warning", _ ("Stopped"));
    gtk_label_set_label (self->result, text);
    gtk_label_set_label (self->time, "");
    show_status (self, text, NULL, NAN);
    break;
  case SAL_DOCUMENT_FAILED:
    set_mark (self, "dialog-warning-symbolic", "warning", _ ("Failed"));
    gtk_label_set_label (self->result, sal_document_explanation (self->document) != NULL
                                           ? _ ("Failed: this is the last result")
                                           : _ ("Failed"));
    gtk_label_set_label (self->time, "");
    break;
  case SAL_DOCUMENT_DONE:
  default:
    show_answer (self);
  }
}

static void
show_fraction (SalWindow *self)
{
  double fraction = sal_document_fraction (self->document);
  gboolean running = sal_document_state (self->document) == SAL_DOCUMENT_RUNNING;
  g_autofree char *percent = g_strdup_printf ("%.0f %%", floor (100 * fraction));

  if (!running || !gtk_widget_get_visible (self->job))
    return;
  sal_progress_ring_set_fraction (self->ring, fraction);
  gtk_label_set_label (self->percent, percent);
  sal_canvas_set_progress (self->canvas, fraction);
  show_result (self);
}

static gboolean
announce_cb (gpointer data)
{
  SalWindow *self = data;

  self->job_delay = 0;
  gtk_widget_set_visible (self->job, TRUE);
  show_fraction (self);
  return G_SOURCE_REMOVE;
}

static void
show_state (SalWindow *self)
{
  SalDocumentState state = sal_document_state (self->document);
  gboolean running = state == SAL_DOCUMENT_RUNNING;

  sal_window_enable (self, "cancel", running);
  sal_window_show_page (self);
  if (running) {
    if (self->job_delay == 0 && !gtk_widget_get_visible (self->job))
      self->job_delay = g_timeout_add (ANNOUNCE_MILLISECONDS, announce_cb, self);
    return;
  }
  g_clear_handle_id (&self->job_delay, g_source_remove);
  gtk_widget_set_visible (self->job, FALSE);
  sal_canvas_set_progress (self->canvas, -1);
  show_result (self);
}

void
sal_window_state_init (SalWindow *self)
{
  sal_announce (self->job);
  show_state (self);
  g_signal_connect_object (self->document, "notify::state", G_CALLBACK (show_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::fraction", G_CALLBACK (show_fraction), self,
                           G_CONNECT_SWAPPED);
}
