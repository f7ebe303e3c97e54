#include "engine/graph/arena.h"

#define ALIGNMENT 64

typedef struct {
  gsize bytes;
  int from, to;
  gsize *place;
} Buffer;

typedef struct {
  gsize offset, bytes;
} Gap;

struct _SalArena {
  GArray *buffers;
  GArray *gaps; /* in order of offset, never touching */
  gsize end;
};

SalArena *
sal_arena_new (void)
{
  SalArena *arena = g_new0 (SalArena, 1);

  arena->buffers = g_array_new (FALSE, FALSE, sizeof (Buffer));
  arena->gaps = g_array_new (FALSE, FALSE, sizeof (Gap));
  return arena;
}

void
sal_arena_free (SalArena *arena)
{
  g_array_unref (arena->buffers);
  g_array_unref (arena->gaps);
  g_free (arena);
}

void
sal_arena_add (SalArena *arena, gsize bytes, int from, int to, gsize *place)
{
  Buffer buffer = { (MAX (bytes, 1) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, from, to, place };

  g_assert (from <= to);
  g_array_append_val (arena->buffers, buffer);
}

static gsize
take (SalArena *arena, gsize bytes)
{
  Gap *best = NULL;
  gsize offset;

  for (guint i = 0; i < arena->gaps->len; i++) {
    Gap *gap = &g_array_index (arena->gaps, Gap, i);

    if (gap->bytes >= bytes && (best == NULL || gap->bytes < best->bytes))
      best = gap;
  }
  if (best != NULL) {
    offset = best->offset;
    best->offset += bytes;
    best->bytes -= bytes;
    if (best->bytes == 0)
      g_array_remove_index (arena->gaps, best - (Gap *) (gpointer) arena->gaps->data);
    return offset;
  }
  /* A gap at the very end grows rather than stays. */
  if (arena->gaps->len > 0) {
    Gap *last = &g_array_index (arena->gaps, Gap, arena->gaps->len - 1);

    if (last->offset + last->bytes == arena->end) {
      offset = last->offset;
      arena->end = offset + bytes;
      g_array_set_size (arena->gaps, arena->gaps->len - 1);
      return offset;
    }
  }
  offset = arena->end;
  arena->end += bytes;
  return offset;
}

static void
give_back (SalArena *arena, gsize offset, gsize bytes)
{
  Gap gap = { offset, bytes };
  Gap *gaps = (Gap *) (gpointer) arena->gaps->data;
  guint low = 0, high = arena->gaps->len;

  while (low < high) {
    guint middle = (low + high) / 2;

    if (gaps[middle].offset < offset)
      low = middle + 1;
    else
      high = middle;
  }
  if (low < arena->gaps->len && offset + bytes == gaps[low].offset) {
    gaps[low].offset = offset;
    gaps[low].bytes += bytes;
  } else {
    g_array_insert_val (arena->gaps, low, gap);
    gaps = (Gap *) (gpointer) arena->gaps->data;
  }
  if (low > 0 && gaps[low - 1].offset + gaps[low - 1].bytes == gaps[low].offset) {
    gaps[low - 1].bytes += gaps[low].bytes;
    g_array_remove_index (arena->gaps, low);
  }
}

static int
by_from (gconstpointer a, gconstpointer b)
{
  const Buffer *x = a, *y = b;

  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  return x->bytes > y->bytes ? -1 : x->bytes < y->bytes;
}

static int
by_to (gconstpointer a, gconstpointer b)
{
  const Buffer *x = *(const Buffer *const *) a, *y = *(const Buffer *const *) b;

  return x->to < y->to ? -1 : x->to > y->to;
}

gsize
sal_arena_pack (SalArena *arena)
{
  guint n = arena->buffers->len, ended = 0;
  g_autoptr (GPtrArray) ends = g_ptr_array_sized_new (n);

  g_array_sort (arena->buffers, by_from);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (ends, &g_array_index (arena->buffers, Buffer, i));
  g_ptr_array_sort (ends, by_to);
  for (guint i = 0; i < n; i++) {
    Buffer *buffer = &g_array_index (arena->buffers, Buffer, i);

    for (; ended < n && ((Buffer *) ends->pdata[ended])->to < buffer->from; ended++) {
      const Buffer *over = ends->pdata[ended];

      give_back (arena, *over->place, over->bytes);
    }
    *buffer->place = take (arena, buffer->bytes);
  }
  return arena->end;
}
