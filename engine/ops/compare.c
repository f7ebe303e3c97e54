/* Comparisons, logic, and choosing by a condition. */
#include "engine/ops/check.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/expect.h"
#include "engine/ops/families.h"

static gboolean
compare_setup (SalOpSetup *setup, GError **error)
{
  if (!sal_op_expect (setup, "aa", 1, error) || !sal_check_same_type (setup, 0, 1, error) ||
      !sal_setup_broadcast (setup, error))
    return FALSE;
  setup->y_type[0] = SAL_INT;
  return TRUE;
}

#define COMPARE(name, operator)                                                                    \
  SAL_BINARY (name##_floats, gint64, float, float, A operator B)                                   \
  SAL_BINARY (name##_ints, gint64, gint64, gint64, A operator B)                                   \
                                                                                                   \
  static void name##_forward (const SalOpArgs *args)                                               \
  {                                                                                                \
    (args->x_type[0] == SAL_FLOAT ? name##_floats : name##_ints) (args);                           \
  }

COMPARE (equal, ==)
COMPARE (greater, >)
COMPARE (greater_or_equal, >=)
COMPARE (less, <)
COMPARE (less_or_equal, <=)

static gboolean
logic_setup (SalOpSetup *setup, GError **error)
{
  return sal_op_expect (setup, "ii", 1, error) && sal_setup_broadcast (setup, error);
}

SAL_BINARY (and_forward, gint64, gint64, gint64, A != 0 && B != 0)
SAL_BINARY (or_forward, gint64, gint64, gint64, A != 0 || B != 0)
SAL_BINARY (xor_forward, gint64, gint64, gint64, (A != 0) != (B != 0))

/* y = a where the condition holds, else b; gy goes where y came from. The state is a walk of y,
 * condition, a and b. */
static gboolean
where_setup (SalOpSetup *setup, GError **error)
{
  const SalShape *const x[] = { &setup->x_shape[0], &setup->x_shape[1], &setup->x_shape[2] };

  if (!sal_op_expect (setup, "iaa", 1, error) || !sal_check_same_type (setup, 1, 2, error) ||
      !sal_shape_broadcast (x[0], x[1], &setup->y_shape[0], error) ||
      !sal_shape_broadcast (&setup->y_shape[0], x[2], &setup->y_shape[0], error) ||
      !sal_shape_check (&setup->y_shape[0], "output", error))
    return FALSE;
  setup->y_type[0] = setup->x_type[1];
  sal_walk_broadcast (sal_op_setup_state (setup, sizeof (SalWalk), NULL), &setup->y_shape[0], x, 3);
  return TRUE;
}

#define WHERE(name, ctype)                                                                         \
  static void name (const SalOpArgs *args)                                                         \
  {                                                                                                \
    const SalWalk *walk = args->state;                                                             \
    gint64 n = sal_walk_n (walk), step_c = sal_walk_step (walk, 1);                                \
    gint64 step_a = sal_walk_step (walk, 2), step_b = sal_walk_step (walk, 3);                     \
    ctype *y = (gpointer) args->y[0];                                                              \
    const ctype *a = (gconstpointer) args->x[1], *b = (gconstpointer) args->x[2];                  \
    SalWalkAt at;                                                                                  \
                                                                                                   \
    if (!sal_walk_first (walk, &at))                                                               \
      return;                                                                                      \
    do {                                                                                           \
      const gint64 *c = sal_x_ints (args, 0) + at.offset[1];                                       \
                                                                                                   \
      for (gint64 i = 0; i < n; i++)                                                               \
        y[at.offset[0] + i] =                                                                      \
            c[i * step_c] != 0 ? a[at.offset[2] + i * step_a] : b[at.offset[3] + i * step_b];      \
    } while (sal_walk_next (walk, 1, &at));                                                        \
  }

WHERE (where_floats, float)
WHERE (where_ints, gint64)

static void
where_forward (const SalOpArgs *a)
{
  (a->x_type[1] == SAL_FLOAT ? where_floats : where_ints) (a);
}

static void
where_backward (const SalOpArgs *a)
{
  const SalWalk *walk = a->state;
  gint64 n = sal_walk_n (walk), step_c = sal_walk_step (walk, 1);
  SalWalkAt at;

  if (!sal_walk_first (walk, &at))
    return;
  do {
    const gint64 *c = sal_x_ints (a, 0) + at.offset[1];
    const float *gy = a->gy[0] + at.offset[0];

    for (int k = 1; k <= 2; k++) {
      gint64 step = sal_walk_step (walk, k + 1);

      if (a->gx[k] == NULL)
        continue;
      for (gint64 i = 0; i < n; i++)
        if ((c[i * step_c] != 0) == (k == 1))
          a->gx[k][at.offset[k + 1] + i * step] += gy[i];
    }
  } while (sal_walk_next (walk, 1, &at));
}

const SalOp sal_ops_compare[] = {
  { "Equal", 7, SAL_KEEP_NOTHING, compare_setup, equal_forward, NULL },
  { "Greater", 7, SAL_KEEP_NOTHING, compare_setup, greater_forward, NULL },
  { "GreaterOrEqual", 12, SAL_KEEP_NOTHING, compare_setup, greater_or_equal_forward, NULL },
  { "Less", 7, SAL_KEEP_NOTHING, compare_setup, less_forward, NULL },
  { "LessOrEqual", 12, SAL_KEEP_NOTHING, compare_setup, less_or_equal_forward, NULL },
  { "And", 7, SAL_KEEP_NOTHING, logic_setup, and_forward, NULL },
  { "Or", 7, SAL_KEEP_NOTHING, logic_setup, or_forward, NULL },
  { "Xor", 7, SAL_KEEP_NOTHING, logic_setup, xor_forward, NULL },
  { "Where", 9, SAL_KEEP_X (0), where_setup, where_forward, where_backward },
  { NULL },
};
