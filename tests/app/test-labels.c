/* Names of classes for models that bring none. */
#include "app/labels.h"
#include "engine/base/error.h"
#include "tests/engine/net.h"
#include "tests/support.h"

#include <string.h>

/* A model of @n classes that names none of them. */
static SalModel *
model_of (int n, int channels, int side)
{
  SalPixelFormat format = { .order = channels == 1 ? SAL_GRAY : SAL_RGB,
                            .height = side,
                            .width = side,
                            .high = 1,
                            .std = { 1, 1, 1 } };
  g_autoptr (SalPreparation) preparation = sal_preparation_new (&format, NULL, NULL);
  Net net;
  int x = net_start (&net, 1, &SAL_SHAPE (-1, channels, side, side));

  x = net_op (&net, "GlobalAveragePool", x, SAL_NO_VALUE, SAL_NO_VALUE);
  x = net_reshape (&net, x, &SAL_SHAPE (0, channels));
  return net_finish (&net, net_dense (&net, x, channels, n, FALSE), preparation);
}

static gboolean
notes_say (const SalModel *model, const char *what)
{
  for (const char *const *note = sal_model_notes (model); *note != NULL; note++)
    if (strstr (*note, what) != NULL)
      return TRUE;
  return FALSE;
}

static void
assert_guess (int n, int channels, int side, const char *id)
{
  g_autoptr (SalModel) model = model_of (n, channels, side);
  const SalLabelSet *set = sal_label_set_guess (model);

  g_assert_cmpstr (set != NULL ? set->id : NULL, ==, id);
}

static void
test_sets (void)
{
  int n;
  const SalLabelSet *sets = sal_label_sets (&n);

  g_assert_cmpint (n, >=, 5);
  for (int i = 0; i < n; i++) {
    g_autoptr (GError) error = NULL;
    g_auto (GStrv) names = sal_label_set_load (&sets[i], &error);
    g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

    g_assert_no_error (error);
    g_assert_cmpuint (g_strv_length (names), ==, sets[i].n_classes);
    for (char **name = names; *name != NULL; name++) {
      g_assert_cmpstr (*name, !=, "");
      /* ImageNet has two cranes, a bird and a machine. */
      g_assert_true (g_hash_table_add (seen, *name) || strcmp (*name, "crane") == 0);
    }
  }
}

static void
test_guess (void)
{
  assert_guess (1000, 3, 24, "imagenet");
  assert_guess (1001, 3, 24, "imagenet-1001");
  assert_guess (1000, 1, 24, NULL);
  assert_guess (10, 3, 32, "cifar-10");
  assert_guess (100, 3, 32, "cifar-100");
  assert_guess (100, 3, 64, NULL);
  /* Clothes or digits: only a person can tell. */
  assert_guess (10, 1, 28, NULL);
  assert_guess (7, 3, 32, NULL);
}

static void
test_apply (void)
{
  g_autoptr (GError) error = NULL, wrong = NULL, missing = NULL;
  g_autoptr (SalModel) wide = model_of (1000, 3, 8), gray = model_of (10, 1, 28);
  g_autoptr (SalModel) odd = model_of (7, 3, 32);
  g_autoptr (SalModel) named = sal_labels_apply (wide, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sal_model_label (named, 0), ==, "tench, Tinca tinca");
  g_assert_true (notes_say (named, "ImageNet"));

  /* What fits is offered, not taken, where there is a choice. */
  g_autoptr (SalModel) offered = sal_labels_apply (gray, NULL, &error);

  g_assert_null (sal_model_label (offered, 0));
  g_assert_true (notes_say (offered, "Fashion-MNIST"));
  g_assert_true (notes_say (offered, "Digits"));

  g_autoptr (SalModel) clothes = sal_labels_apply (gray, "fashion-mnist", &error);

  g_assert_cmpstr (sal_model_label (clothes, 9), ==, "ankle boot");
  g_assert_false (notes_say (clothes, "assumed those"));

  /* A model with names keeps them, unless a person says otherwise. */
  g_autoptr (SalModel) kept = sal_labels_apply (clothes, NULL, &error);
  g_autoptr (SalModel) digits = sal_labels_apply (clothes, "digits", &error);
  g_autoptr (SalModel) bare = sal_labels_apply (named, "none", &error);

  g_assert_true (kept == clothes);
  g_assert_cmpstr (sal_model_label (digits, 9), ==, "9");
  g_assert_null (sal_model_label (bare, 0));

  g_autoptr (SalModel) same = sal_labels_apply (odd, NULL, &error);

  g_assert_true (same == odd);
  g_assert_null (sal_labels_apply (odd, "imagenett", &wrong));
  g_assert_error (wrong, SAL_ERROR, SAL_ERROR_ARGUMENT);

  g_autofree char *file = test_scratch ("names.txt");

  test_write (file, "a\nb\nc\n", 6);

  g_autoptr (SalModel) few = sal_labels_apply (odd, file, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sal_model_label (few, 2), ==, "c");
  g_assert_true (notes_say (few, "3 labels for 7 classes"));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/labels/sets", test_sets);
  g_test_add_func ("/app/labels/guess", test_guess);
  g_test_add_func ("/app/labels/apply", test_apply);
  status = g_test_run ();
  test_scratch_clear ();
  return status;
}
