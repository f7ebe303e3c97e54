#include "engine/graph/profile.h"

#include <time.h>

static int measuring;
static GMutex mutex;
static GHashTable *places; /* node's name -> its row's number + 1; under mutex, as is: */
static GArray *rows;       /* of SalProfileRow */

static gint64
nanoseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static void
row_clear (gpointer data)
{
  SalProfileRow *row = data;

  g_free (row->op_type);
  g_free (row->node);
}

static int
longest_first (gconstpointer a, gconstpointer b)
{
  const SalProfileRow *x = a, *y = b;
  double tx = x->forward + x->backward, ty = y->forward + y->backward;

  return tx > ty ? -1 : tx < ty;
}

static void
forget (void)
{
  g_clear_pointer (&places, g_hash_table_unref);
  g_clear_pointer (&rows, g_array_unref);
  places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  rows = g_array_new (FALSE, FALSE, sizeof (SalProfileRow));
  g_array_set_clear_func (rows, row_clear);
}

void
sal_profile_start (void)
{
  g_mutex_lock (&mutex);
  forget ();
  g_mutex_unlock (&mutex);
  g_atomic_int_set (&measuring, TRUE);
}

GArray *
sal_profile_stop (void)
{
  GArray *found;

  g_atomic_int_set (&measuring, FALSE);
  g_mutex_lock (&mutex);
  if (rows == NULL)
    forget ();
  found = g_steal_pointer (&rows);
  g_clear_pointer (&places, g_hash_table_unref);
  g_mutex_unlock (&mutex);
  g_array_sort (found, longest_first);
  return found;
}

gint64
sal_profile_begin (void)
{
  return g_atomic_int_get (&measuring) ? nanoseconds () : 0;
}

void
sal_profile_end (gint64 begun, const SalNode *node, gboolean backward)
{
  double seconds;

  if (begun == 0)
    return;
  seconds = (double) (nanoseconds () - begun) * 1e-9;
  g_mutex_lock (&mutex);
  if (rows != NULL) {
    guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, node->name));

    if (place == 0) {
      SalProfileRow row = { g_strdup (node->op_type), g_strdup (node->name), 0, 0 };

      g_array_append_val (rows, row);
      place = rows->len;
      g_hash_table_insert (places, g_strdup (node->name), GUINT_TO_POINTER (place));
    }

    SalProfileRow *row = &g_array_index (rows, SalProfileRow, place - 1);

    *(backward ? &row->backward : &row->forward) += seconds;
  }
  g_mutex_unlock (&mutex);
}
