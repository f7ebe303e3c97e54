#include "engine/explain/groups.h"

#include "engine/base/error.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define ROUNDS 10
#define COMPACTNESS 0.1

const SalChoice sal_groups_choices[] = { { "superpixels", "Superpixels" },
                                         { "grid", "Grid" },
                                         { NULL } };

static SalGroups *
allocate (const SalPlane *plane)
{
  SalGroups *groups = g_new0 (SalGroups, 1);

  groups->plane = *plane;
  groups->n_places = plane->height * plane->width;
  groups->of = g_new0 (int, MAX (groups->n_places, 1));
  return groups;
}

void
sal_groups_free (SalGroups *groups)
{
  if (groups == NULL)
    return;
  g_free (groups->of);
  g_free (groups);
}

static int
by_number (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

SalGroups *
sal_groups_from_mask (const SalPlane *plane, const SalTensor *mask, GError **error)
{
  g_autoptr (SalGroups) groups = allocate (plane);
  g_autofree gint64 *ids = NULL;
  gint64 n = groups->n_places;

  if (sal_tensor_type (mask) != SAL_INT || sal_tensor_count (mask) != n) {
    g_autofree char *text = sal_shape_to_string (sal_tensor_shape (mask));

    sal_error_set (error, SAL_ERROR_SHAPE,
                   "mask: needs an integer for each of %" PRId64 "×%" PRId64 " places, given is %s",
                   plane->height, plane->width, text);
    return NULL;
  }
  ids = g_memdup2 (sal_tensor_ints (mask), n * sizeof (gint64));
  qsort (ids, n, sizeof (gint64), by_number);
  for (gint64 i = 0; i < n; i++)
    if (i == 0 || ids[i] != ids[groups->n - 1])
      ids[groups->n++] = ids[i];
  for (gint64 i = 0; i < n; i++) {
    const gint64 *found =
        bsearch (&sal_tensor_ints (mask)[i], ids, groups->n, sizeof (gint64), by_number);

    groups->of[i] = (int) (found - ids);
  }
  return g_steal_pointer (&groups);
}

static SalGroups *
one_each (const SalPlane *plane)
{
  SalGroups *groups = allocate (plane);

  groups->n = (int) groups->n_places;
  for (int i = 0; i < groups->n; i++)
    groups->of[i] = i;
  return groups;
}

/* Rows and columns of about @wanted cells that are as square as can be. */
static void
cells (const SalPlane *plane, int wanted, gint64 *rows, gint64 *columns)
{
  double side = sqrt ((double) plane->height * plane->width / MAX (wanted, 1));

  *rows = CLAMP ((gint64) round (plane->height / side), 1, plane->height);
  *columns = CLAMP ((gint64) round (plane->width / side), 1, plane->width);
}

SalGroups *
sal_groups_grid (const SalPlane *plane, int wanted)
{
  SalGroups *groups;
  gint64 rows, columns;

  if (plane->height == 1)
    return one_each (plane);
  groups = allocate (plane);
  cells (plane, wanted, &rows, &columns);
  groups->n = (int) (rows * columns);
  for (gint64 y = 0; y < plane->height; y++)
    for (gint64 x = 0; x < plane->width; x++)
      groups->of[y * plane->width + x] =
          (int) (y * rows / plane->height * columns + x * columns / plane->width);
  return groups;
}

typedef struct {
  double y, x;
  double colour[4];
  gint64 count;
} Centre;

typedef struct {
  const SalPlane *plane;
  const float *x;
  double colour_scale;   /* a colour difference of the whole range counts as 1 */
  double distance_scale; /* a cell's side counts as COMPACTNESS */
  double step_y, step_x;
  int n_colours;
} Slic;

static double
colour_at (const Slic *slic, gint64 place, int channel)
{
  return slic->x[place * slic->plane->place_stride + channel * slic->plane->channel_stride] *
         slic->colour_scale;
}

static void
assign (const Slic *slic, const Centre *centres, int n, int *of)
{
  const SalPlane *plane = slic->plane;
  gint64 n_places = plane->height * plane->width;
  g_autofree double *best = g_new (double, n_places);

  for (gint64 i = 0; i < n_places; i++)
    best[i] = DBL_MAX;
  for (int k = 0; k < n; k++) {
    const Centre *c = &centres[k];
    gint64 y0 = MAX ((gint64) (c->y - slic->step_y), 0);
    gint64 y1 = MIN ((gint64) (c->y + slic->step_y) + 2, plane->height);
    gint64 x0 = MAX ((gint64) (c->x - slic->step_x), 0);
    gint64 x1 = MIN ((gint64) (c->x + slic->step_x) + 2, plane->width);

    for (gint64 y = y0; y < y1; y++)
      for (gint64 x = x0; x < x1; x++) {
        gint64 place = y * plane->width + x;
        double dy = (y - c->y) * slic->distance_scale, dx = (x - c->x) * slic->distance_scale;
        double distance = dy * dy + dx * dx;

        for (int j = 0; j < slic->n_colours; j++) {
          double d = colour_at (slic, place, j) - c->colour[j];

          distance += d * d;
        }
        if (distance < best[place]) {
          best[place] = distance;
          of[place] = k;
        }
      }
  }
}

static void
move (const Slic *slic, Centre *centres, int n, const int *of)
{
  gint64 width = slic->plane->width, n_places = slic->plane->height * width;

  for (int k = 0; k < n; k++)
    centres[k].count = 0;
  for (gint64 i = 0; i < n_places; i++) {
    Centre *c = &centres[of[i]];

    if (c->count++ == 0) {
      c->y = c->x = 0;
      memset (c->colour, 0, sizeof c->colour);
    }
    c->y += i / width;
    c->x += i % width;
    for (int j = 0; j < slic->n_colours; j++)
      c->colour[j] += colour_at (slic, i, j);
  }
  for (int k = 0; k < n; k++) {
    Centre *c = &centres[k];

    if (c->count == 0)
      continue;
    c->y /= c->count;
    c->x /= c->count;
    for (int j = 0; j < slic->n_colours; j++)
      c->colour[j] /= c->count;
  }
}

/* Gives every connected piece a number of its own; pieces below @least places join the piece seen
 * just before them. */
static int
connect (const SalPlane *plane, int *of, gint64 least)
{
  gint64 n_places = plane->height * plane->width, width = plane->width;
  g_autofree int *fresh = g_new (int, n_places);
  g_autofree gint64 *queue = g_new (gint64, n_places);
  int n = 0;

  for (gint64 i = 0; i < n_places; i++)
    fresh[i] = -1;
  for (gint64 first = 0; first < n_places; first++) {
    gint64 head = 0, tail = 0;
    int neighbour = -1;

    if (fresh[first] >= 0)
      continue;
    queue[tail++] = first;
    fresh[first] = n;
    while (head < tail) {
      gint64 place = queue[head++], x = place % width;
      const gint64 around[4] = { x > 0 ? place - 1 : -1, x + 1 < width ? place + 1 : -1,
                                 place - width, place + width < n_places ? place + width : -1 };

      for (int k = 0; k < 4; k++) {
        gint64 other = around[k];

        if (other < 0)
          continue;
        if (fresh[other] >= 0 && fresh[other] != n)
          neighbour = fresh[other];
        if (fresh[other] >= 0 || of[other] != of[first])
          continue;
        fresh[other] = n;
        queue[tail++] = other;
      }
    }
    if (tail < least && neighbour >= 0)
      for (gint64 i = 0; i < tail; i++)
        fresh[queue[i]] = neighbour;
    else
      n++;
  }
  memcpy (of, fresh, n_places * sizeof (int));
  return n;
}

SalGroups *
sal_groups_superpixels (const SalPlane *plane, const float *x, int wanted,
                        GCancellable *cancellable, GError **error)
{
  g_autoptr (SalGroups) groups = NULL;
  gint64 rows, columns, n_x = plane->height * plane->width * plane->channels;
  g_autofree Centre *centres = NULL;
  float low = x[0], high = x[0];
  Slic slic = { .plane = plane, .x = x, .n_colours = (int) MIN (plane->channels, 4) };

  if (plane->height == 1)
    return one_each (plane);
  for (gint64 i = 1; i < n_x; i++) {
    low = MIN (low, x[i]);
    high = MAX (high, x[i]);
  }
  /* The grid is the start, and where a place lies beyond every centre's reach, the answer. */
  groups = sal_groups_grid (plane, wanted);
  cells (plane, wanted, &rows, &columns);
  slic.step_y = (double) plane->height / rows;
  slic.step_x = (double) plane->width / columns;
  slic.colour_scale = high > low ? 1.0 / ((double) high - low) : 0.0;
  slic.distance_scale = COMPACTNESS / MAX (slic.step_y, slic.step_x);
  centres = g_new0 (Centre, groups->n);
  move (&slic, centres, groups->n, groups->of);
  for (int round = 0; round < ROUNDS; round++) {
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return NULL;
    assign (&slic, centres, groups->n, groups->of);
    move (&slic, centres, groups->n, groups->of);
  }
  groups->n = connect (plane, groups->of, groups->n_places / (4 * MAX (groups->n, 1)));
  return g_steal_pointer (&groups);
}

SalGroups *
sal_groups_new (const SalPlane *plane, const float *x, const char *choice, int wanted,
                const SalTensor *mask, GCancellable *cancellable, GError **error)
{
  if (mask != NULL)
    return sal_groups_from_mask (plane, mask, error);
  return strcmp (choice, "grid") == 0
             ? sal_groups_grid (plane, wanted)
             : sal_groups_superpixels (plane, x, wanted, cancellable, error);
}

SalGroups *
sal_groups_chosen (SalExplainer *explainer, const float *x, GCancellable *cancellable,
                   GError **error)
{
  SalPlane plane = sal_plane_of (sal_explainer_query (explainer)->model);

  return sal_groups_new (&plane, x, sal_explainer_text (explainer, "segmentation"),
                         (int) sal_explainer_number (explainer, "segments"),
                         sal_explainer_array (explainer, "mask"), cancellable, error);
}

void
sal_groups_blend (const SalGroups *groups, const gboolean *present, const float *x,
                  const float *baseline, float *out)
{
  const SalPlane *plane = &groups->plane;

  for (gint64 c = 0; c < plane->channels; c++)
    for (gint64 p = 0; p < groups->n_places; p++) {
      gint64 i = p * plane->place_stride + c * plane->channel_stride;

      out[i] = present[groups->of[p]] ? x[i] : baseline[i];
    }
}

void
sal_groups_spread (const SalGroups *groups, const double *value, float *out)
{
  for (gint64 p = 0; p < groups->n_places; p++)
    out[p] = (float) value[groups->of[p]];
}

SalExtent *
sal_groups_extents (const SalGroups *groups)
{
  SalExtent *extents = g_new (SalExtent, MAX (groups->n, 1));

  for (int g = 0; g < groups->n; g++)
    extents[g] = SAL_EXTENT_NONE;
  for (gint64 p = 0; p < groups->n_places; p++)
    sal_extent_include (&extents[groups->of[p]], p / groups->plane.width, p % groups->plane.width);
  return extents;
}
