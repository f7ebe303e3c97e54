/* Fuzzing without libFuzzer, for any compiler: models of the corpus are changed at random and tried
 * for some seconds. Blind to what the changes reach, but always at hand; the seed decides on the
 * changes, so that what one machine meets another meets again. */
#include "tests/fuzz/fuzz.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_SIZE 65536
#define MAX_CHANGES 6
/* So long one model may take, on a slow machine and with sanitizers. */
#define HANG_SECONDS 60

size_t LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator (uint8_t *data, size_t size, size_t max_size, unsigned int seed);

static GRand *chance;

/* What libFuzzer would do to bytes: some set, swapped, taken out or put in. */
size_t
LLVMFuzzerMutate (uint8_t *data, size_t size, size_t max_size)
{
  size_t at = size > 0 ? (size_t) g_rand_int_range (chance, 0, (gint32) size) : 0;

  switch (g_rand_int_range (chance, 0, 4)) {
  case 0:
    if (size > 0)
      data[at] = (uint8_t) g_rand_int (chance);
    return size;
  case 1:
    if (size > 0)
      data[at] ^= (uint8_t) (1u << g_rand_int_range (chance, 0, 8));
    return size;
  case 2:
    if (size < 2)
      return size;
    memmove (data + at, data + at + 1, size - at - 1);
    return size - 1;
  default:
    if (size >= max_size)
      return size;
    memmove (data + at + 1, data + at, size - at);
    data[at] = (uint8_t) g_rand_int (chance);
    return size + 1;
  }
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

static void
add_folder (GPtrArray *seeds, const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  /* In an order that does not depend on the file system. */
  g_ptr_array_sort (names, by_name);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *path = g_build_filename (folder, names->pdata[i], NULL);
    char *data;
    gsize size;

    if (!g_file_test (path, G_FILE_TEST_IS_REGULAR) ||
        !g_file_get_contents (path, &data, &size, NULL))
      continue;
    if (size <= MAX_SIZE)
      g_ptr_array_add (seeds, g_bytes_new_take (data, size));
    else
      g_free (data);
  }
}

/* One changed model. It is written down first: what ends the program stays there. */
static void
try (const GBytes *seed, const char *last)
{
  g_autofree uint8_t *data = g_malloc (MAX_SIZE);
  gsize size;
  gconstpointer bytes = g_bytes_get_data ((GBytes *) seed, &size);

  memcpy (data, bytes, size);
  for (int i = g_rand_int_range (chance, 1, MAX_CHANGES + 1); i > 0; i--)
    size = LLVMFuzzerCustomMutator (data, size, MAX_SIZE, g_rand_int (chance));
  g_assert_true (g_file_set_contents_full (last, (const char *) data, (gssize) size,
                                           G_FILE_SET_CONTENTS_NONE, 0666, NULL));

  g_autofree uint8_t *exact = g_memdup2 (data, size);

  alarm (HANG_SECONDS);
  g_assert_cmpint (LLVMFuzzerTestOneInput (exact, size), ==, 0);
  alarm (0);
}

/* run SECONDS SEED LAST FOLDER... */
int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gint64 end, tried = 0;

  g_assert_cmpint (argc, >, 4);
  chance = g_rand_new_with_seed ((guint32) g_ascii_strtoull (argv[2], NULL, 10));
  for (int i = 4; i < argc; i++)
    add_folder (seeds, argv[i]);
  g_assert_cmpuint (seeds->len, >, 0);
  end = g_get_monotonic_time () + g_ascii_strtoll (argv[1], NULL, 10) * G_USEC_PER_SEC;
  for (; g_get_monotonic_time () < end; tried++)
    try (seeds->pdata[g_rand_int_range (chance, 0, (gint32) seeds->len)], argv[3]);
  g_unlink (argv[3]);
  g_rand_free (chance);
  g_print ("1..1\nok 1 /fuzz/run # %" G_GINT64_FORMAT " models\n", tried);
  return 0;
}
