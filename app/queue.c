#include "app/queue.h"

#include "app/jobs.h"

/* What goes through the lane: a job may outlive its queue, so it knows its type itself. */
typedef struct {
  const SalQueueType *type;
  gpointer key;
  int urgency;
  guint number;  /* of those that were added */
  gpointer data; /* input, then result */
} Parcel;

/* A folder may have thousands of pictures that are all asked about again: neither adding nor
 * finding one goes through all of them. */
struct _SalQueue {
  const SalQueueType *type;
  gpointer owner;
  SalLane *lane;
  GSequence *waiting; /* of Parcel, most urgent first */
  GHashTable *places; /* key -> GSequenceIter, of those */
  guint added;
  gboolean busy;
  gboolean heard; /* somebody waits for what runs */
  gpointer running;
};

static Parcel *
parcel_new (const SalQueueType *type, gpointer key, gpointer data)
{
  Parcel *parcel = g_new0 (Parcel, 1);

  parcel->type = type;
  parcel->key = key;
  parcel->data = data;
  return parcel;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const Parcel *p = a, *q = b;

  if (p->urgency != q->urgency)
    return p->urgency > q->urgency ? -1 : 1;
  return p->number < q->number ? -1 : p->number > q->number;
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

  return result != NULL ? parcel_new (parcel->type, parcel->key, result) : NULL;
}

static void
progress_cb (double fraction, const SalPartial *partial, gpointer owner)
{
  SalQueue *queue = owner;

  if (queue->heard && queue->type->progress != NULL)
    queue->type->progress (queue->running, fraction, partial, queue->owner);
}

/* Returns: (transfer full): what waits no more */
static Parcel *
take (SalQueue *queue, GSequenceIter *place)
{
  Parcel *parcel = g_sequence_get (place);

  g_hash_table_remove (queue->places, parcel->key);
  g_sequence_remove (place);
  return parcel;
}

static void
next (SalQueue *queue)
{
  if (queue->busy || g_sequence_is_empty (queue->waiting))
    return;
  Parcel *parcel = take (queue, g_sequence_get_begin_iter (queue->waiting));

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
  queue->waiting = g_sequence_new (NULL);
  queue->places = g_hash_table_new (NULL, NULL);
  return queue;
}

static void
forget_waiting (SalQueue *queue, gpointer key)
{
  GSequenceIter *place = g_hash_table_lookup (queue->places, key);

  if (place != NULL)
    free_input_cb (take (queue, place));
}

static void
forget_all (SalQueue *queue)
{
  while (!g_sequence_is_empty (queue->waiting))
    free_input_cb (take (queue, g_sequence_get_begin_iter (queue->waiting)));
}

void
sal_queue_free (SalQueue *queue)
{
  if (queue == NULL)
    return;
  sal_lane_free (queue->lane);
  forget_all (queue);
  g_sequence_free (queue->waiting);
  g_hash_table_unref (queue->places);
  g_free (queue);
}

void
sal_queue_add (SalQueue *queue, gpointer key, gpointer input, int urgency)
{
  Parcel *parcel = parcel_new (queue->type, key, input);

  parcel->urgency = urgency;
  parcel->number = queue->added++;
  forget_waiting (queue, key);
  g_hash_table_insert (queue->places, key,
                       g_sequence_insert_sorted (queue->waiting, parcel, compare_cb, NULL));
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
  forget_all (queue);
  if (queue->heard) {
    queue->heard = FALSE;
    sal_lane_cancel (queue->lane);
  }
}

guint
sal_queue_length (const SalQueue *queue)
{
  return g_hash_table_size (queue->places) + (queue->heard ? 1 : 0);
}

gboolean
sal_queue_has (const SalQueue *queue, gpointer key)
{
  return (queue->heard && queue->running == key) || g_hash_table_contains (queue->places, key);
}
