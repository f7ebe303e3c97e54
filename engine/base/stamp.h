/* Whether a file is still the one that was read. */
#pragma once

#include <glib.h>

#include <sys/types.h>
#include <time.h>

/** SalStamp: what tells a file from another of the same name, or from itself when it has been
 *  written to. All zero where there is none. The time of the last change of its state is part of
 *  it, too: a copy can be given the modification time of what it replaces. */
typedef struct {
  gboolean there;
  dev_t device;
  ino_t number;
  off_t size;
  struct timespec modified, changed;
} SalStamp;

/** sal_stamp_of: to be taken before the file is read: what changes meanwhile counts as changed */
SalStamp sal_stamp_of (const char *path);

/** sal_stamp_equal: Returns: also %TRUE of two where there was no file */
gboolean sal_stamp_equal (const SalStamp *a, const SalStamp *b);
