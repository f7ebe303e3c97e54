#include "engine/base/stamp.h"

#include <sys/stat.h>

SalStamp
sal_stamp_of (const char *path)
{
  struct stat info;

  if (stat (path, &info) != 0)
    return (SalStamp){ .there = FALSE };
  return (SalStamp){ TRUE, info.st_dev, info.st_ino, info.st_size, info.st_mtim, info.st_ctim };
}

static gboolean
same_time (const struct timespec *a, const struct timespec *b)
{
  return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

gboolean
sal_stamp_equal (const SalStamp *a, const SalStamp *b)
{
  if (!a->there || !b->there)
    return a->there == b->there;
  return a->device == b->device && a->number == b->number && a->size == b->size &&
         same_time (&a->modified, &b->modified) && same_time (&a->changed, &b->changed);
}
