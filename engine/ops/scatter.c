/* Operators that write elements at places given by a tensor of indices. */
#include "engine/base/error.h"
#include "engine/ops/check.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"
#include "engine/ops/index.h"

#include <math.h>
#include <string.h>

typedef enum { NONE, ADD, MUL, MIN_OF, MAX_OF } Reduction;

typedef struct {
  SalPlaces places;
  Reduction reduction;
} Scatter;

/* Backward needs, for each element of y: a copy of its gradient (NONE), the product of what was
 * multiplied and how many zeros there were (MUL), or whether its gradient found its source. */
typedef struct {
  float number;
  gint32 count;
} Cell;

static gboolean
read_reduction (const SalOpSetup *setup, Reduction *reduction, GError **error)
{
  static const char *const names[] = { "none", "add", "mul", "min", "max" };
  const char *name = sal_node_string (setup->node, "reduction", "none");

  for (*reduction = NONE; *reduction <= MAX_OF; (*reduction)++)
    if (g_str_equal (name, names[*reduction]))
      return TRUE;
  return sal_op_setup_fail (setup, error, SAL_ERROR_FORMAT,
                            "reduction is \"%s\", should be none, add, mul, min or max", name);
}

static gboolean
scatter_setup (SalOpSetup *setup, gboolean nd, GError **error)
{
  Scatter *scatter;

  if (!sal_op_expect (setup, "aia", 1, error) || !sal_check_same_type (setup, 0, 2, error))
    return FALSE;
  scatter = sal_op_setup_state (setup, sizeof (Scatter), NULL);
  if (!read_reduction (setup, &scatter->reduction, error) ||
      (nd ? !sal_places_of_tuples (setup, &scatter->places, error)
          : !sal_places_of_elements (setup, &scatter->places, error)))
    return FALSE;
  if (!sal_shape_equal (&scatter->places.shape, &setup->x_shape[2])) {
    g_autofree char *want = sal_shape_to_string (&scatter->places.shape);
    g_autofree char *got = sal_shape_to_string (&setup->x_shape[2]);

    return sal_op_setup_fail (setup, error, SAL_ERROR_SHAPE, "updates are %s, should be %s", got,
                              want);
  }
  setup->y_shape[0] = setup->x_shape[0];
  setup->scratch_bytes = sal_places_bytes (&scatter->places);
  if (setup->x_type[0] == SAL_FLOAT)
    setup->scratch_bytes += sal_shape_count (&setup->x_shape[0]) * sizeof (Cell);
  if (scatter->reduction == NONE || scatter->reduction == ADD)
    setup->keep = SAL_KEEP_X (1);
  else if (scatter->reduction == MUL)
    setup->keep &= ~SAL_KEEP_OUTPUT;
  return TRUE;
}

static gboolean
scatter_elements_setup (SalOpSetup *setup, GError **error)
{
  return scatter_setup (setup, FALSE, error);
}

static gboolean
scatter_nd_setup (SalOpSetup *setup, GError **error)
{
  return scatter_setup (setup, TRUE, error);
}

#define SCATTER(name, ctype, utype)                                                                \
  static void name (const SalOpArgs *args)                                                         \
  {                                                                                                \
    const Scatter *s = args->state;                                                                \
    const ctype *u = (gconstpointer) args->x[2];                                                   \
    gint64 *place = args->scratch;                                                                 \
                                                                                                   \
    memcpy (args->y[0], args->x[0], args->n * sizeof (ctype));                                     \
    sal_places_find (&s->places, sal_x_ints (args, 1), place);                                     \
    for (gint64 k = 0; k < s->places.n; k++) {                                                     \
      ctype *y = (ctype *) (gpointer) args->y[0] + place[k];                                       \
                                                                                                   \
      for (gint64 i = 0; i < s->places.block; i++, u++) {                                          \
        switch (s->reduction) {                                                                    \
        case NONE:                                                                                 \
          y[i] = *u;                                                                               \
          break;                                                                                   \
        case ADD:                                                                                  \
          y[i] = (ctype) ((utype) y[i] + (utype) *u);                                              \
          break;                                                                                   \
        case MUL:                                                                                  \
          y[i] = (ctype) ((utype) y[i] * (utype) *u);                                              \
          break;                                                                                   \
        case MIN_OF:                                                                               \
          y[i] = MIN (y[i], *u);                                                                   \
          break;                                                                                   \
        case MAX_OF:                                                                               \
          y[i] = MAX (y[i], *u);                                                                   \
          break;                                                                                   \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
  }

/* Unsigned numbers wrap around where signed ones must not. */
SCATTER (scatter_floats, float, float)
SCATTER (scatter_ints, gint64, guint64)

static void
scatter_forward (const SalOpArgs *a)
{
  (a->x_type[0] == SAL_FLOAT ? scatter_floats : scatter_ints) (a);
}

/* Nothing of x is left where an update was written. */
static void
overwrite_backward (const SalOpArgs *a, const SalPlaces *places, const gint64 *place)
{
  float *rest = (float *) (place + places->n);

  if (a->gx[0] == NULL)
    return;
  memcpy (rest, a->gy[0], a->n * sizeof (float));
  for (gint64 k = 0; k < places->n; k++)
    memset (rest + place[k], 0, places->block * sizeof (float));
  for (gint64 i = 0; i < a->n; i++)
    a->gx[0][i] += rest[i];
}

/* gx += gy where x itself is the extreme, else gy goes to the first update that is. */
static void
extreme_backward (const SalOpArgs *a, const SalPlaces *places, const gint64 *place)
{
  Cell *cell = (Cell *) (place + places->n);
  const float *u = a->x[2];

  for (gint64 i = 0; i < a->n; i++) {
    cell[i].count = a->x[0][i] == a->y[0][i];
    if (cell[i].count && a->gx[0] != NULL)
      a->gx[0][i] += a->gy[0][i];
  }
  for (gint64 k = 0; a->gx[2] != NULL && k < places->n; k++)
    for (gint64 i = 0; i < places->block; i++) {
      gint64 at = place[k] + i, j = k * places->block + i;

      if (cell[at].count || u[j] != a->y[0][at])
        continue;
      cell[at].count = 1;
      a->gx[2][j] += a->gy[0][at];
    }
}

/* Each factor gets gy times the product of the others, which must not be found by dividing by a
 * factor that is 0: so zeros are counted and left out of the product. */
static void
product_backward (const SalOpArgs *a, const SalPlaces *places, const gint64 *place)
{
  Cell *cell = (Cell *) (place + places->n);
  const float *u = a->x[2];

  for (gint64 i = 0; i < a->n; i++)
    cell[i] = (Cell){ .number = 1.f };
  for (gint64 k = 0; k < places->n; k++)
    for (gint64 i = 0; i < places->block; i++) {
      float factor = u[k * places->block + i];
      Cell *c = &cell[place[k] + i];

      if (factor != 0.f)
        c->number *= factor;
      else
        c->count++;
    }
  for (gint64 i = 0; a->gx[0] != NULL && i < a->n; i++)
    a->gx[0][i] += cell[i].count == 0 ? a->gy[0][i] * cell[i].number : 0.f;
  for (gint64 k = 0; a->gx[2] != NULL && k < places->n; k++)
    for (gint64 i = 0; i < places->block; i++) {
      gint64 at = place[k] + i, j = k * places->block + i;
      gint32 other_zeros = cell[at].count - (u[j] == 0.f);
      float others = cell[at].number / (u[j] != 0.f ? u[j] : 1.f);

      if (other_zeros == 0)
        a->gx[2][j] += a->gy[0][at] * a->x[0][at] * others;
    }
}

static void
scatter_backward (const SalOpArgs *a)
{
  const Scatter *s = a->state;
  const SalPlaces *places = &s->places;
  gint64 *place = a->scratch;

  sal_places_find (places, sal_x_ints (a, 1), place);
  if (s->reduction == MIN_OF || s->reduction == MAX_OF) {
    extreme_backward (a, places, place);
    return;
  }
  if (s->reduction == MUL) {
    product_backward (a, places, place);
    return;
  }
  if (s->reduction == NONE)
    overwrite_backward (a, places, place);
  else if (a->gx[0] != NULL)
    for (gint64 i = 0; i < a->n; i++)
      a->gx[0][i] += a->gy[0][i];
  for (gint64 k = 0; a->gx[2] != NULL && k < places->n; k++)
    for (gint64 i = 0; i < places->block; i++)
      a->gx[2][k * places->block + i] += a->gy[0][place[k] + i];
}

#define KEEP (SAL_KEEP_X (0) | SAL_KEEP_X (1) | SAL_KEEP_X (2) | SAL_KEEP_OUTPUT)

const SalOp sal_ops_scatter[] = {
  { "ScatterElements", 11, KEEP, scatter_elements_setup, scatter_forward, scatter_backward },
  { "Scatter", 9, KEEP, scatter_elements_setup, scatter_forward, scatter_backward },
  { "ScatterND", 11, KEEP, scatter_nd_setup, scatter_forward, scatter_backward },
  { NULL },
};
