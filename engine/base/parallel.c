#include "engine/base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

/* pthread's primitives rather than GLib's, which thread sanitizers cannot see into. */
typedef struct {
  const SalOrderedWork *work;
  pthread_mutex_t mutex;
  pthread_cond_t turn;
  gint64 next_piece; /* to be computed */
  gint64 next_take;  /* to be handed in */
  gboolean stopped;
  GError *error;
} Pool;

typedef struct {
  Pool *pool;
  int number;
} Worker;

int
sal_threads (int wanted)
{
  /* Asking takes a system call, and operators ask. */
  static atomic_int processors;

  if (wanted > 0)
    return wanted;
  if (atomic_load (&processors) == 0)
    atomic_store (&processors, MAX ((int) g_get_num_processors (), 1));
  return atomic_load (&processors);
}

/* Called with the mutex held. */
static void
stop (Pool *pool, GError *error)
{
  if (!pool->stopped)
    pool->error = error;
  else
    g_clear_error (&error);
  pool->stopped = TRUE;
  pthread_cond_broadcast (&pool->turn);
}

static gpointer
work_through (gpointer data)
{
  const Worker *worker = data;
  Pool *pool = worker->pool;
  const SalOrderedWork *work = pool->work;

  pthread_mutex_lock (&pool->mutex);
  while (!pool->stopped && pool->next_piece < work->n) {
    gint64 piece = pool->next_piece++;
    GError *error = NULL;
    gboolean done;

    pthread_mutex_unlock (&pool->mutex);
    done = work->work (worker->number, piece, work->data, &error);
    pthread_mutex_lock (&pool->mutex);
    if (!done) {
      stop (pool, error);
      break;
    }
    while (!pool->stopped && pool->next_take != piece)
      pthread_cond_wait (&pool->turn, &pool->mutex);
    if (pool->stopped)
      break;
    /* Its turn is its own until next_take moves on, so the lock need not be held. */
    pthread_mutex_unlock (&pool->mutex);
    done = work->take (worker->number, piece, work->data, &error);
    pthread_mutex_lock (&pool->mutex);
    if (!done) {
      stop (pool, error);
      break;
    }
    pool->next_take++;
    pthread_cond_broadcast (&pool->turn);
  }
  pthread_mutex_unlock (&pool->mutex);
  return NULL;
}

gboolean
sal_parallel_ordered (const SalOrderedWork *work, int threads, GError **error)
{
  Pool pool = { .work = work };
  int n = (int) CLAMP (work->n, 1, MAX (threads, 1));
  g_autofree Worker *workers = g_new (Worker, n);
  g_autofree GThread **others = g_new0 (GThread *, n);

  pthread_mutex_init (&pool.mutex, NULL);
  pthread_cond_init (&pool.turn, NULL);
  for (int i = 0; i < n; i++)
    workers[i] = (Worker){ &pool, i };
  /* The caller is worker 0; where a thread cannot be had, the others do its share. */
  for (int i = 1; i < n; i++)
    others[i] = g_thread_try_new ("salience-worker", work_through, &workers[i], NULL);
  work_through (&workers[0]);
  for (int i = 1; i < n; i++)
    if (others[i] != NULL)
      g_thread_join (others[i]);
  pthread_mutex_destroy (&pool.mutex);
  pthread_cond_destroy (&pool.turn);
  if (pool.error != NULL)
    g_propagate_error (error, pool.error);
  return !pool.stopped;
}
