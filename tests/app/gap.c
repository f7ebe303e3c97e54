#include "tests/app/gap.h"

#include "tests/app/app-support.h"

#include <math.h>
#include <time.h>
#include <unistd.h>

static gint64
thread_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Of each processor, since the system started, in microseconds: the eighth number of its line.
 * Where there is no such file, nothing is stolen. */
static GArray *
stolen_so_far (void)
{
  GArray *stolen = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/stat", &text, NULL, NULL))
    return stolen;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (int i = 1; lines[i] != NULL && g_str_has_prefix (lines[i], "cpu"); i++) {
    g_auto (GStrv) numbers = g_strsplit (lines[i], " ", -1);
    gint64 ticks = g_strv_length (numbers) > 8 ? g_ascii_strtoll (numbers[8], NULL, 10) : 0;
    gint64 microseconds = ticks * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK);

    g_array_append_val (stolen, microseconds);
  }
  return stolen;
}

gint64
app_stolen (void)
{
  g_autoptr (GArray) stolen = stolen_so_far ();
  gint64 sum = 0;

  for (guint i = 0; i < stolen->len; i++)
    sum += g_array_index (stolen, gint64, i);
  return sum;
}

/* Reading it takes a tenth of a millisecond, so that it is not read each time: what was stolen
 * since it last was is at most that much too old. */
#define LOOK_EVERY (G_USEC_PER_SEC / 10)
#define LONG_WORK (25 * 1000)

/* Since it was last asked; from the processor that lost most. */
static gint64
stolen_lately (Gap *gap, gint64 now)
{
  g_autoptr (GArray) before = gap->before;
  gint64 most = 0;

  gap->before = stolen_so_far ();
  gap->looked = now;
  for (guint i = 0; before != NULL && i < MIN (before->len, gap->before->len); i++)
    most = MAX (most, g_array_index (gap->before, gint64, i) - g_array_index (before, gint64, i));
  return most;
}

/* A timer each millisecond is late by as much as the loop was held up. */
static gboolean
tick_cb (gpointer data)
{
  Gap *gap = data;
  gint64 now = g_get_monotonic_time (), worked = thread_time () - gap->last_work;

  gap->longest = MAX (gap->longest, now - gap->last);
  if (worked > LONG_WORK || now - gap->looked > LOOK_EVERY) {
    gint64 stolen = MIN (stolen_lately (gap, now), worked);

    gap->stolen = MAX (gap->stolen, stolen);
    worked -= stolen;
  }
  gap->work = MAX (gap->work, worked);
  gap->last = g_get_monotonic_time ();
  gap->last_work = thread_time ();
  return G_SOURCE_CONTINUE;
}

void
app_gap_start (Gap *gap)
{
  *gap = (Gap){ 0 };
  app_gap_resume (gap);
}

void
app_gap_pause (Gap *gap)
{
  g_clear_handle_id (&gap->timer, g_source_remove);
}

void
app_gap_resume (Gap *gap)
{
  g_clear_pointer (&gap->before, g_array_unref);
  gap->before = stolen_so_far ();
  gap->last = gap->looked = g_get_monotonic_time ();
  gap->last_work = thread_time ();
  gap->timer = g_timeout_add_full (G_PRIORITY_HIGH, 1, tick_cb, gap, NULL);
}

void
app_gap_stop (Gap *gap)
{
  app_gap_pause (gap);
  g_clear_pointer (&gap->before, g_array_unref);
  g_test_minimized_result (gap->longest / 1e3, "longest gap of the main loop: %.1f ms",
                           gap->longest / 1e3);
  g_test_minimized_result (gap->work / 1e3, "longest work of the main loop: %.1f ms",
                           gap->work / 1e3);
  if (gap->stolen > 0)
    g_test_message ("not counted: up to %.0f ms that other guests had", gap->stolen / 1e3);
}

double
app_slowness (void)
{
  double worst = 1;

  for (int i = 0; i < 8; i++) {
    gint64 clock = g_get_monotonic_time (), work = thread_time ();

    while (thread_time () < work + 10000)
      ;
    worst =
        fmax (worst, (double) (g_get_monotonic_time () - clock) / (double) (thread_time () - work));
    g_usleep (2000);
  }
  return worst;
}

void
app_hold_gap (void (*run) (gpointer data), gpointer data)
{
  double most = g_getenv ("SALIENCE_BY_CLOCK") != NULL ? 50e3 : 100e3;

  for (int attempt = 1; attempt <= APP_ATTEMPTS; attempt++) {
    double slow = app_slowness ();
    Gap gap;

    app_gap_start (&gap);
    run (data);
    app_gap_stop (&gap);
    g_test_message ("attempt %d; the machine takes %.2f times as long for the same work", attempt,
                    slow);
    if (app_sanitized ())
      return;
    g_assert_cmpfloat ((double) gap.work, <=, most);
    if ((double) gap.longest <= most * slow)
      return;
  }
  g_test_fail_printf ("the main loop stood still for longer than %.0f ms in each of three attempts",
                      most / 1e3);
}
