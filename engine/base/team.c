#include "engine/base/team.h"

#include <pthread.h>
#include <stdatomic.h>

/* A layer takes some tens of microseconds to some milliseconds, and the next one follows at once:
 * helpers look for it so many times before they sleep. pthread primitives and C11 atomics rather
 * than GLib's, which thread sanitizers cannot see into. */
#define SPINS 4000

typedef struct {
  SalTeam *team;
  int worker;
  pthread_t thread;
} Helper;

struct _SalTeam {
  int size; /* the caller included */
  Helper *helpers;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  atomic_uint job; /* counts the calls of sal_team_run() */
  atomic_int sleeping;
  atomic_bool ended;

  /* The job at hand, written before it is open; helpers that come when it is closed find nothing
   * left to do, and nobody has waited for them. */
  SalTeamFunc func;
  gpointer data;
  int n;
  atomic_int next;
  atomic_uint door; /* OPEN, and how many helpers are inside */
};

#define OPEN 0x80000000u

static inline void
relax (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void
work (SalTeam *team, int worker)
{
  for (;;) {
    int piece = atomic_fetch_add (&team->next, 1);

    if (piece >= team->n)
      return;
    team->func (worker, piece, team->data);
  }
}

/* Returns: whether there still is a job, which then stays until this helper leaves it */
static gboolean
enter (SalTeam *team)
{
  unsigned door = atomic_load (&team->door);

  while (door & OPEN)
    if (atomic_compare_exchange_weak (&team->door, &door, door + 1))
      return TRUE;
  return FALSE;
}

/* Returns: the number of the job after @seen, once there is one */
static unsigned
wait_for_job (SalTeam *team, unsigned seen)
{
  unsigned job;

  for (int i = 0; i < SPINS; i++) {
    job = atomic_load (&team->job);
    if (job != seen)
      return job;
    relax ();
  }
  pthread_mutex_lock (&team->mutex);
  atomic_fetch_add (&team->sleeping, 1);
  while ((job = atomic_load (&team->job)) == seen)
    pthread_cond_wait (&team->wake, &team->mutex);
  atomic_fetch_sub (&team->sleeping, 1);
  pthread_mutex_unlock (&team->mutex);
  return job;
}

static void *
help (void *data)
{
  Helper *helper = data;
  SalTeam *team = helper->team;
  unsigned seen = 0;

  for (;;) {
    seen = wait_for_job (team, seen);
    if (atomic_load (&team->ended))
      return NULL;
    if (!enter (team))
      continue;
    work (team, helper->worker);
    atomic_fetch_sub (&team->door, 1);
  }
}

static void
call (SalTeam *team)
{
  atomic_fetch_add (&team->job, 1);
  if (atomic_load (&team->sleeping) == 0)
    return;
  pthread_mutex_lock (&team->mutex);
  pthread_cond_broadcast (&team->wake);
  pthread_mutex_unlock (&team->mutex);
}

SalTeam *
sal_team_new (int threads)
{
  SalTeam *team;

  if (threads <= 1)
    return NULL;
  team = g_new0 (SalTeam, 1);
  team->size = 1;
  team->helpers = g_new0 (Helper, threads);
  pthread_mutex_init (&team->mutex, NULL);
  pthread_cond_init (&team->wake, NULL);
  for (int i = 1; i < threads; i++) {
    Helper *helper = &team->helpers[team->size];

    *helper = (Helper){ .team = team, .worker = team->size };
    if (pthread_create (&helper->thread, NULL, help, helper) == 0)
      team->size++;
  }
  return team;
}

void
sal_team_free (SalTeam *team)
{
  if (team == NULL)
    return;
  atomic_store (&team->ended, TRUE);
  call (team);
  for (int i = 1; i < team->size; i++)
    pthread_join (team->helpers[i].thread, NULL);
  pthread_mutex_destroy (&team->mutex);
  pthread_cond_destroy (&team->wake);
  g_free (team->helpers);
  g_free (team);
}

int
sal_team_size (const SalTeam *team)
{
  return team != NULL ? team->size : 1;
}

void
sal_team_run (SalTeam *team, int n, SalTeamFunc func, gpointer data)
{
  if (team == NULL || team->size == 1 || n <= 1) {
    for (int i = 0; i < n; i++)
      func (0, i, data);
    return;
  }
  team->func = func;
  team->data = data;
  team->n = n;
  atomic_store (&team->next, 0);
  atomic_store (&team->door, OPEN);
  call (team);
  work (team, 0);
  atomic_fetch_and (&team->door, ~OPEN);
  /* Whoever is inside is in the last piece: that is not worth sleeping for, unless this machine has
   * given their processor to somebody else. */
  for (int i = 0; atomic_load (&team->door) > 0; i++) {
    if (i < SPINS)
      relax ();
    else
      g_thread_yield ();
  }
}
