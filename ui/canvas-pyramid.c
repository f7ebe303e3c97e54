#include "ui/canvas-pyramid.h"

#include "engine/image/resample.h"

/* A level that a screen shows at once needs no smaller one. */
#define SMALL 512
#define MAX_LEVELS 16
/* Bytes written between two looks at the clock: well below a millisecond. */
#define SLICE (256 * 1024)

/* What is done before anything is shown: a picture up to about 10 megapixels is ready for its first
 * frame. And of each later frame's 16 ms. */
#define FIRST_WORK_US 20000
#define WORK_US 5000

typedef struct {
  void (*ready) (gpointer data);
  gpointer data;
} Waiting;

struct _SalPyramid {
  int references;
  gboolean shared;
  GArray *waiting; /* of Waiting */
  guint idle;
  SalImage *levels[MAX_LEVELS]; /* [0] is the picture */
  int n_levels;
  guint8 *next; /* rows of levels[n_levels], as far as they are made */
  int next_rows;
  gboolean done;
};

/* SalImage -> SalPyramid, as long as somebody has it: all cells of a comparison show the same few
 * pictures. */
static GHashTable *all_shared;

SalPyramid *
sal_pyramid_new (SalImage *image)
{
  SalPyramid *self = g_new0 (SalPyramid, 1);

  self->references = 1;
  self->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  self->levels[0] = sal_image_ref (image);
  self->n_levels = 1;
  return self;
}

SalPyramid *
sal_pyramid_share (SalImage *image)
{
  SalPyramid *self = all_shared != NULL ? g_hash_table_lookup (all_shared, image) : NULL;

  if (self != NULL) {
    self->references++;
    return self;
  }
  if (all_shared == NULL)
    all_shared = g_hash_table_new (NULL, NULL);
  self = sal_pyramid_new (image);
  self->shared = TRUE;
  g_hash_table_insert (all_shared, image, self);
  sal_pyramid_work (self, g_get_monotonic_time () + FIRST_WORK_US);
  return self;
}

void
sal_pyramid_unref (SalPyramid *self)
{
  if (--self->references > 0)
    return;
  if (self->shared)
    g_hash_table_remove (all_shared, self->levels[0]);
  if (all_shared != NULL && g_hash_table_size (all_shared) == 0)
    g_clear_pointer (&all_shared, g_hash_table_unref);
  g_clear_handle_id (&self->idle, g_source_remove);
  g_array_unref (self->waiting);
  for (int i = 0; i < self->n_levels; i++)
    sal_image_unref (self->levels[i]);
  g_free (self->next);
  g_free (self);
}

/* A thin picture keeps its short side. An odd last row or column is left out: at the zoom where a
 * level is used that is less than a pixel of the screen. */
static void
level_size (const SalImage *above, int *width, int *height)
{
  *width = MAX (sal_image_width (above) / 2, 1);
  *height = MAX (sal_image_height (above) / 2, 1);
}

static void
halve_row (const SalImage *above, int row, guint8 *out, int width)
{
  gsize stride = (gsize) sal_image_width (above) * 3;
  const guint8 *a = sal_image_pixels (above) + stride * MIN (2 * row, sal_image_height (above) - 1);
  const guint8 *b = 2 * row + 1 < sal_image_height (above) ? a + stride : a;
  int right = sal_image_width (above) > 1 ? 3 : 0;

  for (int x = 0; x < width; x++, a += 6, b += 6, out += 3)
    for (int c = 0; c < 3; c++)
      out[c] = (a[c] + a[c + right] + b[c] + b[c + right] + 2) >> 2;
}

gboolean
sal_pyramid_work (SalPyramid *self, gint64 until)
{
  while (!self->done) {
    const SalImage *above = self->levels[self->n_levels - 1];
    int width, height;

    if (self->n_levels == MAX_LEVELS ||
        (sal_image_width (above) <= SMALL && sal_image_height (above) <= SMALL)) {
      self->done = TRUE;
      break;
    }
    level_size (above, &width, &height);
    if (self->next == NULL) {
      self->next = g_try_malloc_n ((gsize) width * height, 3);
      self->next_rows = 0;
      /* Without it the picture is shown just the same, only more slowly. */
      if (self->next == NULL) {
        self->done = TRUE;
        break;
      }
    }

    int end = MIN (self->next_rows + MAX (SLICE / (3 * width), 1), height);

    for (; self->next_rows < end; self->next_rows++)
      halve_row (above, self->next_rows, self->next + (gsize) self->next_rows * width * 3, width);
    if (end == height)
      self->levels[self->n_levels++] =
          sal_image_new_take (width, height, g_steal_pointer (&self->next));
    if (g_get_monotonic_time () >= until)
      return TRUE;
  }
  return FALSE;
}

static gboolean
work_cb (gpointer data)
{
  SalPyramid *self = data;

  if (sal_pyramid_work (self, g_get_monotonic_time () + WORK_US))
    return G_SOURCE_CONTINUE;
  self->idle = 0;
  self->references++; /* who is told may let go of it */
  while (self->waiting->len > 0) {
    Waiting first = g_array_index (self->waiting, Waiting, 0);

    g_array_remove_index (self->waiting, 0);
    first.ready (first.data);
  }
  sal_pyramid_unref (self);
  return G_SOURCE_REMOVE;
}

void
sal_pyramid_wait (SalPyramid *self, void (*ready) (gpointer data), gpointer data)
{
  Waiting waiting = { ready, data };

  g_array_append_val (self->waiting, waiting);
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, work_cb, self, NULL);
}

void
sal_pyramid_leave (SalPyramid *self, gpointer data)
{
  for (guint i = self->waiting->len; i-- > 0;)
    if (g_array_index (self->waiting, Waiting, i).data == data)
      g_array_remove_index (self->waiting, i);
  if (self->waiting->len == 0)
    g_clear_handle_id (&self->idle, g_source_remove);
}

/* The smallest level that is still at least as large along both axes as what is wanted; @missing:
 * whether a smaller one would do but is not made yet. */
static const SalImage *
level_for (const SalPyramid *self, int width, int height, gboolean *missing)
{
  int i = 0;

  while (i + 1 < self->n_levels && sal_image_width (self->levels[i + 1]) >= width &&
         sal_image_height (self->levels[i + 1]) >= height)
    i++;

  int next_width, next_height;

  level_size (self->levels[i], &next_width, &next_height);
  *missing = !self->done && i + 1 == self->n_levels && next_width >= width && next_height >= height;
  return self->levels[i];
}

gboolean
sal_pyramid_is_done (const SalPyramid *self)
{
  return self->done;
}

gboolean
sal_pyramid_ready (const SalPyramid *self, int width, int height)
{
  gboolean missing;

  level_for (self, width, height, &missing);
  return !missing;
}

static inline guint32
pixel (const guint8 *rgb)
{
  return 0xff000000u | (guint32) rgb[0] << 16 | (guint32) rgb[1] << 8 | rgb[2];
}

/* Pixel i of n takes the source pixel that its centre lies in. */
static inline int
nearest (int i, int n, int source)
{
  return (int) (((gint64) 2 * i + 1) * source / ((gint64) 2 * n));
}

static void
sample_nearest (const SalImage *image, int width, int height, const cairo_rectangle_int_t *window,
                guint32 *xrgb, gsize stride)
{
  g_autofree gsize *offsets = g_new (gsize, window->width);
  int last = -1;

  for (int x = 0; x < window->width; x++)
    offsets[x] = (gsize) 3 * nearest (window->x + x, width, sal_image_width (image));
  for (int y = 0; y < window->height; y++) {
    guint32 *out = (guint32 *) ((guint8 *) xrgb + y * stride);
    int row = nearest (window->y + y, height, sal_image_height (image));

    if (row == last)
      memcpy (out, (guint8 *) out - stride, sizeof *out * window->width);
    else {
      const guint8 *in = sal_image_pixel (image, 0, row);

      for (int x = 0; x < window->width; x++)
        out[x] = pixel (in + offsets[x]);
    }
    last = row;
  }
}

static void
sample_fine (const SalImage *image, int width, int height, const cairo_rectangle_int_t *window,
             guint32 *xrgb, gsize stride)
{
  g_autoptr (SalImage) scaled =
      sal_resample (image, width, height, window->x, window->y, window->width, window->height);
  const guint8 *in = sal_image_pixels (scaled);

  for (int y = 0; y < window->height; y++) {
    guint32 *out = (guint32 *) ((guint8 *) xrgb + y * stride);

    for (int x = 0; x < window->width; x++, in += 3)
      out[x] = pixel (in);
  }
}

void
sal_pyramid_sample (const SalPyramid *self, int width, int height,
                    const cairo_rectangle_int_t *window, SalSampling how, guint32 *xrgb,
                    gsize stride)
{
  gboolean missing;
  const SalImage *level = level_for (self, width, height, &missing);

  if (how == SAL_SAMPLING_FINE)
    sample_fine (level, width, height, window, xrgb, stride);
  else
    sample_nearest (how == SAL_SAMPLING_NEAREST ? self->levels[0] : level, width, height, window,
                    xrgb, stride);
}
