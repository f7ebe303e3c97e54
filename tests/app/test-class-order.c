/* Which other orders of names are thought of, and what a picture of a known class says of them. */
#include "app/class-order.h"
#include "app/labels.h"
#include "tests/support.h"

#include <string.h>
#include <time.h>

/* @n answers, @best the highest, the others in their order. */
static GArray *
answers (int n, int best)
{
  GArray *predictions = g_array_new (FALSE, TRUE, sizeof (SalPrediction));
  SalPrediction p = { best, 9, 0.9 };

  g_array_append_val (predictions, p);
  for (int i = 0; i < n; i++)
    if (i != best) {
      p = (SalPrediction){ i, 0, 0.1 / n };
      g_array_append_val (predictions, p);
    }
  return predictions;
}

static char **
imagenet (void)
{
  int n;
  const SalLabelSet *sets = sal_label_sets (&n);
  char **names = NULL;

  for (int i = 0; i < n && names == NULL; i++)
    if (g_str_equal (sets[i].id, "imagenet"))
      names = sal_label_set_load (&sets[i], NULL);
  if (names == NULL)
    g_test_skip ("ImageNet's names are absent");
  return names;
}

static void
test_called (void)
{
  g_assert_true (sal_class_is_called ("tabby, tabby cat", "TABBY"));
  g_assert_true (sal_class_is_called ("tabby, tabby cat", " tabby cat "));
  g_assert_true (sal_class_is_called ("Egyptian cat", "cat"));
  g_assert_true (sal_class_is_called ("Straße", "strasse"));
  g_assert_false (sal_class_is_called ("caterpillar", "cat"));
  g_assert_false (sal_class_is_called ("polecat", "cat"));
  g_assert_false (sal_class_is_called ("cat", ""));
  g_assert_false (sal_class_is_called ("cat", "  "));
  g_assert_false (sal_class_is_called (NULL, "cat"));
}

/* For each way names get into disorder: the one picture that shows it. */
static void
test_disorder (void)
{
  g_auto (GStrv) right = imagenet ();

  if (right == NULL)
    return;
  const int cat = 285; /* Egyptian cat */
  const char *const *names = (const char *const *) right;
  g_autoptr (GPtrArray) orders = sal_class_orders (1000, names);
  g_autoptr (GArray) predictions = answers (1000, cat);

  SalClassFinding finding = sal_class_order_check (names, orders, predictions, "egyptian cat");
  g_assert_cmpint (finding.verdict, ==, SAL_CLASS_FITS);
  g_assert_cmpint (finding.rank, ==, 1);
  g_assert_null (finding.order);

  /* Every order that is thought of is one that can be found. */
  g_assert_cmpuint (orders->len, ==, 4);
  for (guint i = 0; i < orders->len; i++) {
    const SalClassOrder *wrong = orders->pdata[i];
    const char *const *now = (const char *const *) wrong->names;
    g_autoptr (GPtrArray) others = sal_class_orders (1000, now);

    g_assert_cmpuint (g_strv_length (wrong->names), ==, 1000);
    finding = sal_class_order_check (now, others, predictions, "egyptian cat");
    g_assert_cmpint (finding.verdict, ==, SAL_CLASS_OTHER_ORDER);
    g_test_message ("%s: mended by %s", wrong->title, finding.order->title);
    g_assert_cmpstr (finding.order->names[cat], ==, "Egyptian cat");
  }
}

static void
test_number (void)
{
  g_auto (GStrv) right = imagenet ();

  if (right == NULL)
    return;
  const char *const *names = (const char *const *) right;
  g_autoptr (GPtrArray) more = sal_class_orders (1001, names);
  const SalClassOrder *first = more->pdata[0];

  g_assert_cmpuint (more->len, ==, 1); /* ImageNet with background is that very list */
  g_assert_cmpuint (g_strv_length (first->names), ==, 1001);
  g_assert_cmpstr (first->names[0], ==, "background");
  g_assert_cmpstr (first->names[286], ==, "Egyptian cat");

  g_autoptr (GPtrArray) fewer = sal_class_orders (1000, (const char *const *) first->names);
  first = fewer->pdata[0];
  g_assert_cmpuint (g_strv_length (first->names), ==, 1000);
  g_assert_cmpstr (first->names[285], ==, "Egyptian cat");

  /* Nothing to go by. */
  g_autoptr (GPtrArray) none = sal_class_orders (77, NULL);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_verdicts (void)
{
  const char *const names[] = { "cat", "dog", "cow", "hen", NULL };
  g_autoptr (GPtrArray) orders = sal_class_orders (4, names);
  g_autoptr (GArray) sure = answers (4, 0);
  SalClassFinding finding = sal_class_order_check (names, orders, sure, "zebra");

  g_assert_cmpint (finding.verdict, ==, SAL_CLASS_UNKNOWN);
  g_assert_cmpint (finding.rank, ==, 0);
  /* Alphabetical order would call class 0 the cat as well. */
  finding = sal_class_order_check (names, orders, sure, "hen");
  g_assert_cmpint (finding.verdict, ==, SAL_CLASS_OTHER_ORDER);
  g_assert_cmpstr (finding.order->names[0], ==, "hen");
  finding = sal_class_order_check (names, orders, sure, "cow");
  g_assert_cmpint (finding.verdict, ==, SAL_CLASS_FAR);
  g_assert_null (finding.order);
  g_assert_cmpint (finding.rank, ==, 3);

  /* About as probable as the first. */
  g_array_index (sure, SalPrediction, 1).probability = 0.5;
  finding = sal_class_order_check (names, orders, sure, "dog");
  g_assert_cmpint (finding.verdict, ==, SAL_CLASS_NEAR);
  g_assert_cmpint (finding.rank, ==, 2);
}

/* Processor time of one check of @n classes, in which no name is found. */
static double
seconds_of (int n)
{
  g_autoptr (GArray) sure = answers (n, 0);
  g_auto (GStrv) names = g_new0 (char *, n + 1);
  double least = G_MAXDOUBLE;

  for (int i = 0; i < n; i++)
    names[i] = g_strdup_printf ("thing %d, other name of it", i * 17 % n);
  g_autoptr (GPtrArray) orders = sal_class_orders (n, (const char *const *) names);
  for (int i = 0; i < 5; i++) {
    clock_t start = clock ();
    SalClassFinding finding =
        sal_class_order_check ((const char *const *) names, orders, sure, "zebra");

    least = MIN (least, (double) (clock () - start) / CLOCKS_PER_SEC);
    g_assert_cmpint (finding.verdict, ==, SAL_CLASS_UNKNOWN);
  }
  return least;
}

/* A person types, and each letter is judged, also with the names of ImageNet's 21,841 classes:
 * sixteen times as many take some sixteen times as long, more where a cache is shared, but not 256
 * times. */
static void
test_many (void)
{
  g_assert_cmpfloat (seconds_of (16 * 1365), <, 96 * seconds_of (1365));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/class-order/called", test_called);
  g_test_add_func ("/app/class-order/disorder", test_disorder);
  g_test_add_func ("/app/class-order/number", test_number);
  g_test_add_func ("/app/class-order/verdicts", test_verdicts);
  g_test_add_func ("/app/class-order/many", test_many);
  return g_test_run ();
}
