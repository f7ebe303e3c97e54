#define _GNU_SOURCE /* gettid() */
#include "app/jobs.h"

#include "app/memory.h"
#include "engine/tensor/tensor.h"

#include <gio/gio.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

/* A thread sanitizer does not see into GLib, so it is told when a job goes from the main thread to
 * the worker, when it comes back, and when either lets go of it: the last one frees it. */
#if defined(__SANITIZE_THREAD__)
#define SANITIZE_THREAD 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SANITIZE_THREAD 1
#endif
#endif
#ifdef SANITIZE_THREAD
void __tsan_acquire (void *address);
void __tsan_release (void *address);
#define TAKE_OVER(job) __tsan_acquire (job)
#define HAND_OVER(job) __tsan_release (job)
#else
#define TAKE_OVER(job) ((void) (job))
#define HAND_OVER(job) ((void) (job))
#endif

/* How long a job may go on unseen after a slider has moved on. */
#define GRACE_MILLISECONDS 150

/* Workers give way to the main loop: with as many workers as processors, the pointer must still
 * win. */
#define WORKER_NICENESS 5

/* How long nothing must have run before memory is tidied up: whoever moves a slider does not wait
 * so long. */
#define REST_SECONDS 8

typedef struct {
  SalLane *lane; /* main thread only; NULL once nobody listens */
  const SalLaneType *type;
  gpointer input;
  GCancellable *cancellable;
  gint64 started;    /* main thread only */
  gboolean shown;    /* main thread only: something of it has been seen */
  gboolean dropped;  /* main thread only: nothing of it is to be seen */
  gboolean resigned; /* main thread only: to be cancelled once it has been seen */
  gboolean stopped;  /* main thread only: by a person, who may want what there is */

  pthread_mutex_t mutex;
  double fraction;
  SalPartial partial;
  gboolean queued; /* an idle source is on its way */
} Job;

struct _SalLane {
  const SalLaneType *type;
  gpointer owner;
  GTask *running;
  gpointer waiting;
  gboolean has_waiting;
  guint grace;
  guint count;
};

static void launch (SalLane *lane, gpointer input);

/* Of all lanes; main thread only. */
static guint n_running;
static guint rest;

static void
trim_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  sal_memory_trim ();
  g_task_return_boolean (task, TRUE);
}

static gboolean
rest_cb (gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  rest = 0;
  g_task_set_source_tag (task, rest_cb);
  g_task_run_in_thread (task, trim_cb);
  return G_SOURCE_REMOVE;
}

static void
begin (void)
{
  n_running++;
  g_clear_handle_id (&rest, g_source_remove);
}

static void
end (void)
{
  if (--n_running == 0)
    rest = g_timeout_add_seconds (REST_SECONDS, rest_cb, NULL);
}

static void
partial_clear (SalPartial *partial)
{
  g_clear_pointer (&partial->values, sal_tensor_unref);
  g_clear_pointer (&partial->error, sal_tensor_unref);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  TAKE_OVER (job);
  partial_clear (&job->partial);
  g_object_unref (job->cancellable);
  pthread_mutex_destroy (&job->mutex);
  g_free (job);
}

static void
delivered_cb (gpointer data)
{
  HAND_OVER (g_task_get_task_data (data));
  g_object_unref (data);
}

static gboolean
deliver_cb (gpointer data)
{
  Job *job = g_task_get_task_data (data);

  TAKE_OVER (job);
  pthread_mutex_lock (&job->mutex);
  double fraction = job->fraction;
  SalPartial partial = job->partial;
  job->partial = (SalPartial){ NULL, NULL };
  job->queued = FALSE;
  pthread_mutex_unlock (&job->mutex);

  SalLane *lane = job->lane;
  if (lane != NULL && !job->dropped && !g_cancellable_is_cancelled (job->cancellable) &&
      !g_task_get_completed (data)) {
    if (lane->type->progress != NULL)
      lane->type->progress (fraction, partial.values != NULL ? &partial : NULL, lane->owner);
    job->shown |= partial.values != NULL;
    if (job->resigned && job->shown)
      g_cancellable_cancel (job->cancellable);
  }
  partial_clear (&partial);
  return G_SOURCE_REMOVE;
}

/* In the worker. */
static void
report_cb (double fraction, const SalPartial *partial, gpointer data)
{
  GTask *task = data;
  Job *job = g_task_get_task_data (task);

  HAND_OVER (job);
  pthread_mutex_lock (&job->mutex);
  SalPartial before = { NULL, NULL };
  job->fraction = fraction;
  if (partial != NULL) {
    before = job->partial;
    job->partial.values = sal_tensor_ref (partial->values);
    job->partial.error = partial->error != NULL ? sal_tensor_ref (partial->error) : NULL;
  }
  gboolean queue = !job->queued;
  job->queued = TRUE;
  pthread_mutex_unlock (&job->mutex);
  partial_clear (&before);

  if (queue)
    g_idle_add_full (G_PRIORITY_DEFAULT, deliver_cb, g_object_ref (task), delivered_cb);
}

static void
work_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  static _Thread_local gboolean nice_already;
  Job *job = data;
  GError *error = NULL;

  TAKE_OVER (job);
  if (!nice_already) {
    /* Linux knows niceness by thread, and threads started from here inherit it. */
    setpriority (PRIO_PROCESS, (id_t) gettid (), WORKER_NICENESS);
    nice_already = TRUE;
  }
  SalProgress progress = SAL_PROGRESS_INIT (cancellable, report_cb, task);
  progress.keeps = job->type->keeps;
  gpointer result = job->type->run (job->input, &progress, &error);
  HAND_OVER (job);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, job->type->free_result);
}

static void
finish (GTask *task, Job *job)
{
  SalLane *lane = job->lane;
  g_autoptr (GError) error = NULL;

  if (job->type->free_input != NULL)
    job->type->free_input (job->input);
  gpointer result = g_task_propagate_pointer (task, &error);
  /* Of what gave way to a newer question nothing is to be seen. */
  if (result != NULL && g_cancellable_is_cancelled (job->cancellable) && !job->stopped)
    job->dropped = TRUE;
  if (lane == NULL) {
    if (result != NULL)
      job->type->free_result (result);
    return;
  }
  g_clear_handle_id (&lane->grace, g_source_remove);
  g_clear_object (&lane->running);
  gboolean replaced = lane->has_waiting;
  if (replaced) {
    lane->has_waiting = FALSE;
    launch (lane, g_steal_pointer (&lane->waiting));
  }
  if (result != NULL && job->dropped)
    job->type->free_result (result);
  else if (result != NULL || (!replaced && !job->dropped))
    lane->type->done (result, error, lane->owner);
}

static void
done_cb (GObject *source, GAsyncResult *async, gpointer data)
{
  Job *job = g_task_get_task_data (G_TASK (async));

  TAKE_OVER (job);
  finish (G_TASK (async), job);
  HAND_OVER (job);
  end ();
}

static void
launch (SalLane *lane, gpointer input)
{
  Job *job = g_new0 (Job, 1);

  job->lane = lane;
  job->type = lane->type;
  job->input = input;
  job->cancellable = g_cancellable_new ();
  job->started = g_get_monotonic_time ();
  pthread_mutex_init (&job->mutex, NULL);
  lane->running = g_task_new (NULL, job->cancellable, done_cb, NULL);
  g_task_set_source_tag (lane->running, launch);
  g_task_set_name (lane->running, "salience-job");
  g_task_set_task_data (lane->running, job, job_free);
  g_task_set_check_cancellable (lane->running, !job->type->keeps);
  lane->count++;
  begin ();
  HAND_OVER (job);
  g_task_run_in_thread (lane->running, work_cb);
}

SalLane *
sal_lane_new (const SalLaneType *type, gpointer owner)
{
  SalLane *lane = g_new0 (SalLane, 1);

  lane->type = type;
  lane->owner = owner;
  return lane;
}

static void
forget_waiting (SalLane *lane)
{
  if (lane->has_waiting && lane->type->free_input != NULL)
    lane->type->free_input (lane->waiting);
  lane->waiting = NULL;
  lane->has_waiting = FALSE;
}

void
sal_lane_free (SalLane *lane)
{
  if (lane == NULL)
    return;
  forget_waiting (lane);
  g_clear_handle_id (&lane->grace, g_source_remove);
  if (lane->running != NULL) {
    Job *job = g_task_get_task_data (lane->running);
    job->lane = NULL;
    g_cancellable_cancel (job->cancellable);
    g_clear_object (&lane->running);
  }
  g_free (lane);
}

static gboolean
grace_cb (gpointer data)
{
  SalLane *lane = data;
  Job *job = g_task_get_task_data (lane->running);

  lane->grace = 0;
  g_cancellable_cancel (job->cancellable);
  return G_SOURCE_REMOVE;
}

void
sal_lane_start (SalLane *lane, gpointer input, SalLaneManner manner)
{
  if (lane->running == NULL) {
    launch (lane, input);
    return;
  }
  forget_waiting (lane);
  lane->waiting = input;
  lane->has_waiting = TRUE;

  Job *job = g_task_get_task_data (lane->running);
  gint64 age = (g_get_monotonic_time () - job->started) / 1000;
  if (manner == SAL_LANE_REPLACE) {
    job->dropped = TRUE;
    g_cancellable_cancel (job->cancellable);
  } else if (manner == SAL_LANE_FOLLOW) {
    job->resigned = TRUE;
    if (job->shown || age >= GRACE_MILLISECONDS)
      g_cancellable_cancel (job->cancellable);
    else if (lane->grace == 0)
      lane->grace = g_timeout_add ((guint) (GRACE_MILLISECONDS - age), grace_cb, lane);
  }
}

void
sal_lane_cancel (SalLane *lane)
{
  forget_waiting (lane);
  if (lane->running != NULL) {
    Job *job = g_task_get_task_data (lane->running);
    job->dropped = FALSE; /* it was to be replaced silently; now its end is waited for */
    job->stopped = TRUE;
    g_cancellable_cancel (job->cancellable);
  }
}

void
sal_lane_forget (SalLane *lane)
{
  forget_waiting (lane);
  if (lane->running != NULL) {
    Job *job = g_task_get_task_data (lane->running);
    job->dropped = TRUE;
    g_cancellable_cancel (job->cancellable);
  }
}

gboolean
sal_lane_busy (const SalLane *lane)
{
  const Job *job = lane->running != NULL ? g_task_get_task_data (lane->running) : NULL;

  return lane->has_waiting || (job != NULL && !job->dropped);
}

guint
sal_lane_count (const SalLane *lane)
{
  return lane->count;
}

guint
sal_jobs_running (void)
{
  return n_running;
}
