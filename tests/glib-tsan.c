/* What GLib synchronises, told to the thread sanitizer, which cannot see into GLib: counts and
 * once. (Locks are pthread's everywhere, which it sees; GTask's hand-overs are in app/jobs.c.) Part
 * of a program only in builds with -Db_sanitize=thread, where these functions take the place of
 * GLib's for everything that is compiled here. */
#include <dlfcn.h>
#include <glib.h>

/* Some are macros as well, which check types. */
#undef g_atomic_ref_count_dec
#undef g_once_init_enter
#undef g_once_init_leave

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* The function of that name further on in the order of lookup: GLib's own. Looked up each time, as
 * anything remembered would have to be synchronised. */
#define ORIGINAL(name) ((__typeof__ (&(name))) dlsym (RTLD_NEXT, #name))

/* Whoever lets go last sees what the others did before they let go. */
gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  __tsan_release ((void *) count);
  gboolean last = ORIGINAL (g_atomic_ref_count_dec) (count);
  if (last)
    __tsan_acquire ((void *) count);
  return last;
}

/* The fast way in is an atomic load of the same address, which the sanitizer sees by itself. */
gboolean
g_once_init_enter (volatile void *location)
{
  gboolean first = ORIGINAL (g_once_init_enter) (location);

  if (!first)
    __tsan_acquire ((void *) location);
  return first;
}

void
g_once_init_leave (volatile void *location, gsize result)
{
  __tsan_release ((void *) location);
  ORIGINAL (g_once_init_leave) (location, result);
}
