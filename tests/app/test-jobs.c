/* Lanes: the newest job wins, nothing of a replaced one is seen, one idle at a time. */
#include "app/jobs.h"
#include "engine/graph/workspace.h"
#include "engine/tensor/tensor.h"
#include "tests/app/app-support.h"
#include "tests/ui/ui-support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  int number;
  int milliseconds;  /* of work, in steps of 1 ms */
  gboolean partials; /* each step hands on a tensor that holds the job's number */
  gboolean fails;
} Order;

typedef struct {
  SalLane *lane;
  int done[16]; /* numbers of the jobs whose results arrived, in order */
  int n_done;
  int n_cancelled;
  int n_failed;
  int n_progress;
  int last_partial;
  double last_fraction;
  gboolean busy_at_done;
} Log;

static atomic_int n_running;
static atomic_int n_most;
static atomic_int n_results; /* not yet freed */

static gpointer
run (gpointer input, const SalProgress *progress, GError **error)
{
  const Order *order = input;
  int now = atomic_fetch_add (&n_running, 1) + 1;
  int *result = NULL;

  if (now > atomic_load (&n_most))
    atomic_store (&n_most, now);
  for (int i = 0; i < order->milliseconds; i++) {
    g_autoptr (SalTensor) partial = NULL;

    g_usleep (1000);
    if (order->partials) {
      partial = sal_tensor_new (SAL_FLOAT, &SAL_SHAPE (1));
      *(float *) sal_tensor_edit (partial) = (float) order->number;
    }
    if (!sal_progress_step (progress, (i + 1.0) / order->milliseconds,
                            partial != NULL ? &(SalPartial){ partial, NULL } : NULL, error)) {
      if (!progress->keeps)
        goto out;
      g_clear_error (error);
      break;
    }
  }
  if (order->fails) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "job %d", order->number);
  } else {
    result = g_new (int, 1);
    *result = order->number;
    atomic_fetch_add (&n_results, 1);
  }
out:
  atomic_fetch_sub (&n_running, 1);
  return result;
}

static void
progress_cb (double fraction, const SalPartial *partial, gpointer owner)
{
  Log *log = owner;

  log->n_progress++;
  g_assert_cmpfloat (fraction, >=, 0);
  g_assert_cmpfloat (fraction, <=, 1);
  log->last_fraction = fraction;
  if (partial != NULL)
    log->last_partial = (int) sal_tensor_floats (partial->values)[0];
}

static void
free_result (gpointer result)
{
  atomic_fetch_sub (&n_results, 1);
  g_free (result);
}

static void
done_cb (gpointer result, const GError *error, gpointer owner)
{
  Log *log = owner;

  g_assert_true ((result == NULL) == (error != NULL));
  if (result != NULL)
    log->done[log->n_done++] = *(int *) result;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    log->n_cancelled++;
  else
    log->n_failed++;
  log->busy_at_done = sal_lane_busy (log->lane);
  if (result != NULL)
    free_result (result);
}

static const SalLaneType type = { run, progress_cb, done_cb, g_free, free_result };

static void
order (Log *log, int number, int milliseconds, gboolean partials, SalLaneManner manner)
{
  Order *input = g_new0 (Order, 1);

  input->number = number;
  input->milliseconds = milliseconds;
  input->partials = partials;
  sal_lane_start (log->lane, input, manner);
}

static gboolean
idle (gpointer log)
{
  return !sal_lane_busy (((Log *) log)->lane);
}

static gboolean
has_progress (gpointer log)
{
  return ((Log *) log)->n_progress > 0;
}

static void
finish (Log *log)
{
  g_assert_true (ui_wait_until (idle, log, 20000));
  g_clear_pointer (&log->lane, sal_lane_free);
  ui_run (20);
  g_assert_cmpint (atomic_load (&n_running), ==, 0);
  g_assert_cmpint (atomic_load (&n_results), ==, 0);
  g_assert_cmpint (atomic_load (&n_most), <=, 1);
}

static void
test_one (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  order (&log, 1, 30, TRUE, SAL_LANE_REPLACE);
  g_assert_true (sal_lane_busy (log.lane));
  finish (&log);
  g_assert_cmpint (log.n_done, ==, 1);
  g_assert_cmpint (log.done[0], ==, 1);
  g_assert_cmpint (log.n_progress, >, 0);
  g_assert_cmpint (log.last_partial, ==, 1);
  g_assert_false (log.busy_at_done);
}

/* Ten requests in a row: the first starts, the newest ends, and of the others nothing is seen. */
static void
test_newest (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  for (int i = 1; i <= 10; i++)
    order (&log, i, 50, TRUE, SAL_LANE_REPLACE);
  while (!idle (&log)) {
    g_main_context_iteration (NULL, TRUE);
    g_assert_true (log.last_partial == 0 || log.last_partial == 10);
  }
  g_assert_cmpuint (sal_lane_count (log.lane), ==, 2);
  finish (&log);
  g_assert_cmpint (log.n_done, ==, 1);
  g_assert_cmpint (log.done[0], ==, 10);
  g_assert_cmpint (log.n_cancelled, ==, 0);
}

/* A job that has already ended, but whose answer has not yet arrived, is replaced as well. */
static void
test_ended_but_replaced (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  order (&log, 1, 0, FALSE, SAL_LANE_REPLACE);
  g_usleep (30000); /* the worker is through, the main loop has not run */
  order (&log, 2, 1, FALSE, SAL_LANE_REPLACE);
  finish (&log);
  g_assert_cmpint (log.n_done, ==, 1);
  g_assert_cmpint (log.done[0], ==, 2);
}

/* A slider in motion: each position replaces the one before, but every job that is started gets to
 * show something first. */
static void
test_follow (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };
  int seen = 0, last = 0;

  for (int i = 1; i <= 60; i++) {
    order (&log, i, 400, TRUE, SAL_LANE_FOLLOW);
    ui_run (10);
    if (log.last_partial != last)
      seen++;
    g_assert_cmpint (log.last_partial, >=, last);
    last = log.last_partial;
  }
  g_assert_cmpint (seen, >, 5);
  finish (&log);
  g_assert_cmpint (log.n_done, ==, 1);
  g_assert_cmpint (log.done[0], ==, 60);
  g_assert_cmpint (log.n_cancelled, ==, 0);
}

/* One that never shows anything is given up after a moment. */
static void
test_follow_silent (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };
  gint64 start = g_get_monotonic_time ();

  order (&log, 1, 20000, FALSE, SAL_LANE_FOLLOW);
  order (&log, 2, 1, FALSE, SAL_LANE_FOLLOW);
  finish (&log);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpint (log.n_done, ==, 1);
  g_assert_cmpint (log.done[0], ==, 2);
}

/* A short one is a preview: its result arrives while the lane says that there is more to come. */
static void
test_follow_preview (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  order (&log, 1, 5, FALSE, SAL_LANE_FOLLOW);
  order (&log, 2, 20, FALSE, SAL_LANE_FOLLOW);
  while (log.n_done == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (log.done[0], ==, 1);
  g_assert_true (log.busy_at_done);
  finish (&log);
  g_assert_cmpint (log.n_done, ==, 2);
  g_assert_cmpint (log.done[1], ==, 2);
}

static void
test_queue (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  for (int i = 1; i <= 4; i++)
    order (&log, i, 20, FALSE, SAL_LANE_QUEUE);
  finish (&log);
  g_assert_cmpint (log.n_done, ==, 2);
  g_assert_cmpint (log.done[0], ==, 1);
  g_assert_cmpint (log.done[1], ==, 4);
}

static void
test_cancel (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  order (&log, 1, 20000, TRUE, SAL_LANE_REPLACE);
  g_assert_true (ui_wait_until (has_progress, &log, 20000));
  order (&log, 2, 20000, TRUE, SAL_LANE_QUEUE);
  gint64 start = g_get_monotonic_time ();
  sal_lane_cancel (log.lane);
  g_assert_true (ui_wait_until (idle, &log, 20000));
  g_test_message ("stopped after %.1f ms", (g_get_monotonic_time () - start) / 1e3);
  finish (&log);
  g_assert_cmpint (log.n_cancelled, ==, 1);
  g_assert_cmpint (log.n_done, ==, 0);
}

/* Stopping what was about to be replaced is told, too: somebody waits for it. */
static void
test_cancel_replaced (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  order (&log, 1, 20000, FALSE, SAL_LANE_REPLACE);
  order (&log, 2, 20000, FALSE, SAL_LANE_REPLACE);
  sal_lane_cancel (log.lane);
  finish (&log);
  g_assert_cmpint (log.n_cancelled, ==, 1);
  g_assert_cmpint (log.n_done, ==, 0);
}

static void
test_failure (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };
  Order *input = g_new0 (Order, 1);

  input->fails = TRUE;
  sal_lane_start (log.lane, input, SAL_LANE_REPLACE);
  finish (&log);
  g_assert_cmpint (log.n_failed, ==, 1);

  /* A failure that nobody waits for any more is not told. */
  log = (Log){ .lane = sal_lane_new (&type, &log) };
  input = g_new0 (Order, 1);
  input->fails = TRUE;
  sal_lane_start (log.lane, input, SAL_LANE_REPLACE);
  order (&log, 2, 1, FALSE, SAL_LANE_QUEUE);
  finish (&log);
  g_assert_cmpint (log.n_failed, ==, 0);
  g_assert_cmpint (log.n_done, ==, 1);
}

/* Progress a thousand times a second meets a main loop that is busy for 200 ms: one call, with the
 * newest state. */
static void
test_backlog (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  order (&log, 1, 400, TRUE, SAL_LANE_REPLACE);
  g_usleep (200000);
  while (g_main_context_iteration (NULL, FALSE) && log.n_progress == 0)
    ;
  int n = log.n_progress;
  g_assert_cmpint (n, ==, 1);
  g_assert_cmpfloat (log.last_fraction, >, 0.1);
  finish (&log);
}

/* Of a job that was forgotten nothing is heard, so nobody may wait for it either. */
static void
test_forget (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  order (&log, 1, 20000, TRUE, SAL_LANE_REPLACE);
  g_assert_true (ui_wait_until (has_progress, &log, 20000));
  order (&log, 2, 1, FALSE, SAL_LANE_QUEUE);
  sal_lane_forget (log.lane);
  g_assert_false (sal_lane_busy (log.lane));
  int n = log.n_progress;
  order (&log, 3, 1, FALSE, SAL_LANE_QUEUE);
  g_assert_true (sal_lane_busy (log.lane));
  g_assert_true (ui_wait_until (idle, &log, 20000));
  g_assert_cmpint (log.n_done, ==, 1);
  g_assert_cmpint (log.done[0], ==, 3);
  g_assert_cmpint (log.n_cancelled, ==, 0);
  g_assert_cmpint (log.n_progress, <=, n + 1);
  finish (&log);
}

/* The lane goes while its job runs: the worker cleans up alone, and calls nobody. */
static void
test_free_while_running (void)
{
  Log log = { .lane = sal_lane_new (&type, &log) };

  order (&log, 1, 20000, TRUE, SAL_LANE_REPLACE);
  g_assert_true (ui_wait_until (has_progress, &log, 20000));
  order (&log, 2, 20000, TRUE, SAL_LANE_QUEUE);
  g_clear_pointer (&log.lane, sal_lane_free);
  int n = log.n_progress;
  for (int i = 0; i < 500 && atomic_load (&n_running) > 0; i++)
    ui_run (10);
  ui_run (50);
  g_assert_cmpint (atomic_load (&n_running), ==, 0);
  g_assert_cmpint (log.n_progress, ==, n);
  g_assert_cmpint (log.n_done + log.n_cancelled + log.n_failed, ==, 0);
}

/* Bytes of this process in memory. */
static gint64
resident (void)
{
  g_autofree char *text = NULL;
  long all = 0, in_memory = 0;

  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%ld %ld", &all, &in_memory), ==, 2);
  return (gint64) in_memory * sysconf (_SC_PAGESIZE);
}

#define LEFT ((gsize) 128 << 20) /* by a run, for the next one */

static gpointer
leave_run (gpointer input, const SalProgress *progress, GError **error)
{
  gpointer memory = sal_workspace_take (LEFT);

  memset (memory, 1, LEFT);
  sal_workspace_give (memory, LEFT);
  return run (input, progress, error);
}

static gboolean
is_given_back (gpointer before)
{
  return resident () < *(gint64 *) before + (gint64) LEFT / 2;
}

/* What runs leave is there for the next one; when none comes it goes back to the system. */
static void
test_rest (void)
{
  static const SalLaneType leave_type = { leave_run, progress_cb, done_cb, g_free, free_result };

  if (app_sanitized ()) {
    g_test_skip ("sanitizers keep what is free");
    return;
  }
  gint64 before = resident ();
  Log log = { .lane = sal_lane_new (&leave_type, &log) };

  order (&log, 1, 10, FALSE, SAL_LANE_REPLACE);
  finish (&log);
  g_assert_cmpint (log.n_done, ==, 1);
  g_assert_false (is_given_back (&before));
  g_assert_true (ui_wait_until (is_given_back, &before, 60000));
}

/* What a person stops may be an answer; what gave way to another is none. */
static void
test_kept (void)
{
  static const SalLaneType keeping = { run, progress_cb, done_cb, g_free, free_result, TRUE };
  Log log = { .lane = sal_lane_new (&keeping, &log) };

  order (&log, 1, 10000, FALSE, SAL_LANE_REPLACE);
  g_assert_true (ui_wait_until (has_progress, &log, 20000));
  sal_lane_cancel (log.lane);
  g_assert_true (ui_wait_until (idle, &log, 20000));
  g_assert_cmpint (log.n_done, ==, 1);
  g_assert_cmpint (log.n_cancelled, ==, 0);
  order (&log, 2, 10000, TRUE, SAL_LANE_REPLACE);
  ui_run (30);
  order (&log, 3, 10000, TRUE, SAL_LANE_REPLACE);
  ui_run (30);
  order (&log, 4, 5, FALSE, SAL_LANE_FOLLOW);
  finish (&log);
  g_assert_cmpint (log.n_done, ==, 2);
  g_assert_cmpint (log.done[1], ==, 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/jobs/one", test_one);
  g_test_add_func ("/app/jobs/newest", test_newest);
  g_test_add_func ("/app/jobs/ended-but-replaced", test_ended_but_replaced);
  g_test_add_func ("/app/jobs/follow", test_follow);
  g_test_add_func ("/app/jobs/follow/silent", test_follow_silent);
  g_test_add_func ("/app/jobs/follow/preview", test_follow_preview);
  g_test_add_func ("/app/jobs/queue", test_queue);
  g_test_add_func ("/app/jobs/cancel", test_cancel);
  g_test_add_func ("/app/jobs/cancel/replaced", test_cancel_replaced);
  g_test_add_func ("/app/jobs/forget", test_forget);
  g_test_add_func ("/app/jobs/failure", test_failure);
  g_test_add_func ("/app/jobs/backlog", test_backlog);
  g_test_add_func ("/app/jobs/free-while-running", test_free_while_running);
  g_test_add_func ("/app/jobs/rest", test_rest);
  g_test_add_func ("/app/jobs/kept", test_kept);
  return g_test_run ();
}
