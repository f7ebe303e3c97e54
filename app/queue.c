#include "app/queue.h"

#include "app/jobs.h"

/* What goes through the lane: a job may outlive its queue, so it knows its type itself. */
typedef struct {
  const SalQueueType *type;
  gpointer key;
  int urgency;
  gpointer data; /* input, then result */
} Parcel;

struct _SalQueue {
  const SalQueueType *type;
  gpointer owner;
  SalLane *lane;
  GPtrArray *waiting; /* of Parcel, most urgent first */
  gboolean busy;
  gboolean heard; /* somebody waits for what runs */
  gpointer running;
};

static Parcel *
parcel_new (const SalQueueType *type, gpointer key, gpointer data, int urgency)
{
  Parcel *parcel = g_new (Parcel, 1);

  *parcel = (Parcel){ type, key, urgency, data };
  return parcel;
}

static void
free_input_cb (gpointer data)
{
  Parcel *parcel = data;

  if (parcel->type->free_input != NULL)
    parcel->type->free_input (parcel->data);
  g_free (parcel);
}

static void
free_result_cb (gpointer data)
{
  Parcel *parcel = data;

  if (parcel->type->free_result != NULL && parcel->data != NULL)
    parcel->type->free_result (parcel->data);
  g_free (parcel);
}

static gpointer
run_cb (gpointer data, const SalProgress *progress, GError **error)
{
  Parcel *parcel = data;
  gpointer result = parcel->type->run (parcel->data, progress, error);

  return result != NULL ? parcel_new (parcel->type, parcel->key, result, 0) : NULL;
}

static void
progress_cb (double fraction, SalTensor *partial, gpointer owner)
{
  SalQueue *queue = owner;

  if (queue->heard && queue->type->progress != NULL)
    queue->type->progress (queue->running, fraction, partial, queue->owner);
}

static void
next (SalQueue *queue)
{
  if (queue->busy || queue->waiting->len == 0)
    return;
  Parcel *parcel = g_ptr_array_steal_index (queue->waiting, 0);

  queue->busy = queue->heard = TRUE;
  queue->running = parcel->key;
  sal_lane_start (queue->lane, parcel, SAL_LANE_QUEUE);
}

static void
done_cb (gpointer data, const GError *error, gpointer owner)
{
  SalQueue *queue = owner;
  Parcel *parcel = data;
  gpointer key = queue->running;
  gboolean heard = queue->heard;

  queue->busy = queue->heard = FALSE;
  queue->running = NULL;
  /* The next one first: what the listener does may take a while, or free the queue. */
  next (queue);
  if (heard)
    queue->type->done (key, parcel != NULL ? g_steal_pointer (&parcel->data) : NULL, error,
                       queue->owner);
  g_clear_pointer (&parcel, free_result_cb);
}

static const SalLaneType lane_type = {
  run_cb, progress_cb, done_cb, free_input_cb, free_result_cb,
};

SalQueue *
sal_queue_new (const SalQueueType *type, gpointer owner)
{
  SalQueue *queue = g_new0 (SalQueue, 1);

  queue->type = type;
  queue->owner = owner;
  queue->lane = sal_lane_new (&lane_type, queue);
  queue->waiting = g_ptr_array_new_with_free_func (free_input_cb);
  return queue;
}

void
sal_queue_free (SalQueue *queue)
{
  if (queue == NULL)
    return;
  sal_lane_free (queue->lane);
  g_ptr_array_unref (queue->waiting);
  g_free (queue);
}

static void
forget_waiting (SalQueue *queue, gpointer key)
{
  for (guint i = queue->waiting->len; i-- > 0;)
    if (((Parcel *) queue->waiting->pdata[i])->key == key)
      g_ptr_array_remove_index (queue->waiting, i);
}

void
sal_queue_add (SalQueue *queue, gpointer key, gpointer input, int urgency)
{
  guint at = 0;

  forget_waiting (queue, key);
  while (at < queue->waiting->len && ((Parcel *) queue->waiting->pdata[at])->urgency >= urgency)
    at++;
  g_ptr_array_insert (queue->waiting, (int) at, parcel_new (queue->type, key, input, urgency));
  next (queue);
}

void
sal_queue_cancel (SalQueue *queue, gpointer key)
{
  forget_waiting (queue, key);
  if (queue->heard && queue->running == key) {
    queue->heard = FALSE;
    sal_lane_cancel (queue->lane);
  }
}

void
sal_queue_clear (SalQueue *queue)
{
  g_ptr_array_set_size (queue->waiting, 0);
  if (queue->heard) {
    queue->heard = FALSE;
    sal_lane_cancel (queue->lane);
  }
}

guint
sal_queue_length (const SalQueue *queue)
{
  return queue->waiting->len + (queue->heard ? 1 : 0);
}

gboolean
sal_queue_has (const SalQueue *queue, gpointer key)
{
  if (queue->heard && queue->running == key)
    return TRUE;
  for (guint i = 0; i < queue->waiting->len; i++)
    if (((Parcel *) queue->waiting->pdata[i])->key == key)
      return TRUE;
  return FALSE;
}
