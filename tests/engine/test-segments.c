/* Sums of any attribution over segments of the picture. */
#include "engine/base/error.h"
#include "engine/explain/groups.h"
#include "engine/explain/segments.h"
#include "engine/explain/smooth.h"
#include "tests/engine/net.h"

#include <math.h>
#include <string.h>

#define SIZE 12

typedef struct {
  SalModel *model;
  SalTensor *input;
} Fixture;

static void
set_up (Fixture *f, gconstpointer data)
{
  f->model = net_pictures (2, SIZE, 5);
  f->input = net_input (f->model, 3, 0.8f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  sal_tensor_unref (f->input);
  sal_model_unref (f->model);
}

static SalAttribution *
ask (Fixture *f, const char *method, const char *words, SalTensor *mask, SalAttribution *earlier,
     GError **error)
{
  g_autoptr (SalSettings) settings = net_settings (method, words);
  g_autoptr (GHashTable) arrays = g_hash_table_new (g_str_hash, g_str_equal);
  SalQuery query = { .model = f->model,
                     .method = sal_method_find (method),
                     .settings = settings,
                     .target = { 1, -1, SAL_OUTPUT_LOGIT },
                     .input = f->input,
                     .arrays = arrays,
                     .earlier = earlier,
                     .threads = 2 };

  if (mask != NULL)
    g_hash_table_insert (arrays, (char *) "per-segment-mask", mask);
  return sal_explain (&query, NULL, error);
}

/* Each place has the sum over its segment; all of them together have the sum of the pixels. */
static void
check_sums (const SalAttribution *a, const SalGroups *groups)
{
  gint64 channels = sal_tensor_count (a->pixels) / (SIZE * SIZE);
  g_autofree double *sum = g_new0 (double, groups->n);

  g_assert_cmpint (sal_tensor_count (a->values), ==, SIZE * SIZE);
  for (gint64 i = 0; i < SIZE * SIZE * channels; i++)
    sum[groups->of[i % (SIZE * SIZE)]] += sal_tensor_floats (a->pixels)[i];
  for (gint64 p = 0; p < SIZE * SIZE; p++)
    g_assert_cmpfloat (sal_tensor_floats (a->values)[p], ==, (float) sum[groups->of[p]]);
}

static void
test_sums (Fixture *f, gconstpointer data)
{
  static const char *const methods[] = { "gradient", "integrated-gradients", "grad-cam", "lrp",
                                         "occlusion" };
  SalPlane plane = sal_plane_of (f->model);
  g_autoptr (SalGroups) grid = sal_groups_grid (&plane, 9);
  g_autoptr (SalGroups) pixels =
      sal_groups_superpixels (&plane, sal_tensor_floats (f->input), 9, NULL, NULL);

  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) stopped = NULL;

  g_cancellable_cancel (cancelled);
  g_assert_null (
      sal_groups_superpixels (&plane, sal_tensor_floats (f->input), 9, cancelled, &stopped));
  g_assert_error (stopped, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  for (gsize m = 0; m < G_N_ELEMENTS (methods); m++)
    for (int smooth = 0; smooth < 2; smooth++) {
      const char *around = smooth ? "smooth=smoothgrad samples=3" : "";
      g_autofree char *by_grid =
          g_strdup_printf ("per-segment=grid per-segment-count=9 %s", around);
      g_autofree char *by_pixels =
          g_strdup_printf ("per-segment=superpixels per-segment-count=9 %s", around);
      g_autoptr (SalAttribution) plain = ask (f, methods[m], around, NULL, NULL, NULL);
      g_autoptr (SalAttribution) a = ask (f, methods[m], by_grid, NULL, NULL, NULL);
      g_autoptr (SalAttribution) b = ask (f, methods[m], by_pixels, NULL, NULL, NULL);

      check_sums (a, grid);
      check_sums (b, pixels);
      g_assert_null (plain->pixels);
      g_assert_cmpint (memcmp (sal_tensor_floats (plain->values), sal_tensor_floats (a->pixels),
                               sal_tensor_count (plain->values) * sizeof (float)),
                       ==, 0);
      /* What is promised is promised of the pixels. */
      g_assert_true (a->has_completeness == plain->has_completeness && a->sum == plain->sum);
      /* The error of a pixel is none of a sum. */
      g_assert_null (g_hash_table_lookup (a->extras, "standard-error"));
      g_assert_true (g_hash_table_contains (plain->extras, "standard-error") == smooth &&
                     g_hash_table_contains (a->extras, "pixel-standard-error") == smooth);
    }
}

static void
test_mask (Fixture *f, gconstpointer data)
{
  SalPlane plane = sal_plane_of (f->model);
  g_autoptr (SalTensor) mask = sal_tensor_new (SAL_INT, &SAL_SHAPE (SIZE, SIZE));
  g_autoptr (SalTensor) wrong = sal_tensor_new (SAL_INT, &SAL_SHAPE (5));
  g_autoptr (GError) error = NULL;

  for (gint64 i = 0; i < SIZE * SIZE; i++)
    ((gint64 *) sal_tensor_edit (mask))[i] = i % 7;

  g_autoptr (SalGroups) groups = sal_groups_from_mask (&plane, mask, NULL);
  g_autoptr (SalAttribution) a = ask (f, "gradient", "per-segment=superpixels", mask, NULL, &error);

  g_assert_no_error (error);
  check_sums (a, groups);
  g_assert_null (ask (f, "gradient", "per-segment=superpixels", wrong, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_SHAPE);
  g_assert_true (g_str_has_prefix (error->message, "per-segment-mask:"));
  g_clear_error (&error);
  /* A layer has no pixels. */
  g_assert_null (ask (f, "activation", "per-segment=grid", NULL, NULL, &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_ARGUMENT);
}

/* Other segments, or none, of what has been computed are not computed again. */
static void
test_again (Fixture *f, gconstpointer data)
{
  static const char *const words[] = {
    "steps=3 smooth=smoothgrad samples=3", "steps=3 smooth=smoothgrad samples=3 per-segment=grid",
    "steps=3 smooth=smoothgrad samples=3 per-segment=superpixels per-segment-count=20"
  };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (words); j++) {
      g_autoptr (SalAttribution) first =
          ask (f, "integrated-gradients", words[i], NULL, NULL, NULL);
      g_autoptr (SalAttribution) want = ask (f, "integrated-gradients", words[j], NULL, NULL, NULL);
      gint64 gradients, before = sal_scorer_points (&gradients);
      g_autoptr (SalAttribution) second =
          ask (f, "integrated-gradients", words[j], NULL, first, NULL);

      g_assert_true (sal_scorer_points (&gradients) == before || (i == 0 && j == 0));
      g_assert_true (g_hash_table_contains (second->extras,
                                            j == 0 ? "standard-error" : "pixel-standard-error"));
      g_assert_true (second->score == want->score && second->sum == want->sum &&
                     second->difference == want->difference);
      g_assert_cmpint (memcmp (sal_tensor_floats (second->values), sal_tensor_floats (want->values),
                               sal_tensor_count (want->values) * sizeof (float)),
                       ==, 0);
      g_assert_cmpint (g_hash_table_size (second->extras), ==, g_hash_table_size (want->extras));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/engine/segments/sums", Fixture, NULL, set_up, test_sums, tear_down);
  g_test_add ("/engine/segments/mask", Fixture, NULL, set_up, test_mask, tear_down);
  g_test_add ("/engine/segments/again", Fixture, NULL, set_up, test_again, tear_down);
  return g_test_run ();
}
