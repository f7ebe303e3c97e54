#include "app/class-order.h"

#include "app/labels.h"

#include <glib/gi18n.h>
#include <string.h>

/* An answer is near the first if it is about as probable, or, where there are many classes, if it
 * is one of the next few: with names in disorder that would be a rare accident. */
#define NEAR_SHARE 0.1
#define NEAR_RANK 5
#define MANY 100

static void
order_free (gpointer data)
{
  SalClassOrder *order = data;

  g_free (order->title);
  g_strfreev (order->names);
  g_free (order);
}

/* @names: (transfer full). What stands there already is no other order. */
static void
add (GPtrArray *orders, const char *title, char **names, gboolean same_names,
     const char *const *now)
{
  gboolean same = g_strv_equal ((const char *const *) names, now);

  for (guint i = 0; i < orders->len; i++)
    same |= g_strv_equal ((const char *const *) ((SalClassOrder *) orders->pdata[i])->names,
                          (const char *const *) names);
  if (same) {
    g_strfreev (names);
    return;
  }
  SalClassOrder *order = g_new0 (SalClassOrder, 1);

  order->title = g_strdup (title);
  order->names = names;
  order->same_names = same_names;
  g_ptr_array_add (orders, order);
}

/* Every name @by classes later; those that leave at one end come back at the other. */
static char **
turned (const char *const *names, int n, int by)
{
  char **other = g_new0 (char *, n + 1);

  for (int i = 0; i < n; i++)
    other[(i + by + n) % n] = g_strdup (names[i]);
  return other;
}

static int
by_text (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* As a program sorts them that knows bytes and no language: so do those that read folders. */
static char **
sorted (const char *const *names, int n)
{
  char **other = g_strdupv ((char **) names);

  qsort (other, (gsize) n, sizeof *other, by_text);
  return other;
}

/* Where pictures lay in folders called 0, 1, 2 …, class 2 of the network is folder 10. */
static char **
numbered (const char *const *names, int n)
{
  g_autofree char **numbers = g_new0 (char *, n + 1);
  char **other = g_new0 (char *, n + 1);

  for (int i = 0; i < n; i++)
    numbers[i] = g_strdup_printf ("%d", i);
  qsort (numbers, (gsize) n, sizeof *numbers, by_text);
  for (int i = 0; i < n; i++) {
    other[i] = g_strdup (names[atoi (numbers[i])]);
    g_free (numbers[i]);
  }
  return other;
}

static char **
with_background (const char *const *names)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, "background");
  g_strv_builder_addv (builder, (const char **) names);
  return g_strv_builder_end (builder);
}

GPtrArray *
sal_class_orders (int n_classes, const char *const *names)
{
  GPtrArray *orders = g_ptr_array_new_with_free_func (order_free);
  int n = names != NULL ? (int) g_strv_length ((char **) names) : 0, n_sets;
  const SalLabelSet *sets = sal_label_sets (&n_sets);

  if (n > 0 && n == n_classes - 1)
    add (orders, _ ("a name for the background before the others"), with_background (names), FALSE,
         names);
  if (n > 1 && n == n_classes + 1)
    add (orders, _ ("the first name left out"), g_strdupv ((char **) names + 1), FALSE, names);
  if (n > 1 && n == n_classes) {
    add (orders, _ ("the names in alphabetical order"), sorted (names, n), TRUE, names);
    add (orders, _ ("every name one class later"), turned (names, n, 1), TRUE, names);
    add (orders, _ ("every name one class earlier"), turned (names, n, -1), TRUE, names);
    add (orders, _ ("classes in the order 0, 1, 10, 11, …, as folders are sorted"),
         numbered (names, n), TRUE, names);
  }
  for (int i = 0; i < n_sets; i++) {
    char **set = sets[i].n_classes == n_classes ? sal_label_set_load (&sets[i], NULL) : NULL;
    g_autofree char *title = g_strdup_printf (_ ("the names of %s"), _ (sets[i].title));

    if (set != NULL)
      add (orders, title, set, FALSE, names != NULL ? names : (const char *const[]){ NULL });
  }
  return orders;
}

/* Whole words, so that a cat is no caterpillar. */
static gboolean
has_words (const char *text, const char *words)
{
  for (const char *at = text; (at = strstr (at, words)) != NULL; at = g_utf8_next_char (at)) {
    const char *end = at + strlen (words);

    if ((at == text || !g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (at)))) &&
        (*end == '\0' || !g_unichar_isalnum (g_utf8_get_char (end))))
      return TRUE;
  }
  return FALSE;
}

static char *
folded (const char *text)
{
  return g_strstrip (g_utf8_casefold (text, -1));
}

/* @wanted: folded */
static gboolean
is_called (const char *name, const char *wanted)
{
  g_autofree char *own = name != NULL ? g_utf8_casefold (name, -1) : NULL;

  return own != NULL && *wanted != '\0' && has_words (own, wanted);
}

gboolean
sal_class_is_called (const char *name, const char *text)
{
  g_autofree char *wanted = folded (text);

  return is_called (name, wanted);
}

SalClassFinding
sal_class_order_check (const char *const *names, const GPtrArray *orders, const GArray *predictions,
                       const char *text)
{
  SalClassFinding finding = { SAL_CLASS_UNKNOWN, 0, 0, NULL };
  const SalPrediction *all = (const SalPrediction *) (gconstpointer) predictions->data;
  int n = names != NULL ? (int) g_strv_length ((char **) names) : 0;
  g_autofree char *wanted = folded (text);
  gboolean known = FALSE;

  for (guint i = 0; i < predictions->len && finding.rank == 0; i++)
    if (all[i].class_index < n && is_called (names[all[i].class_index], wanted)) {
      finding.rank = (int) i + 1;
      finding.probability = all[i].probability;
    }
  if (finding.rank == 1) {
    finding.verdict = SAL_CLASS_FITS;
    return finding;
  }
  for (guint i = 0; i < orders->len && predictions->len > 0; i++) {
    SalClassOrder *order = orders->pdata[i];
    int n_names = (int) g_strv_length (order->names);

    for (int k = 0; k < n_names && !known && !order->same_names; k++)
      known = is_called (order->names[k], wanted);
    if (finding.order == NULL && all[0].class_index < n_names &&
        is_called (order->names[all[0].class_index], wanted))
      finding.order = order;
  }
  if (finding.rank > 0 && (finding.probability >= NEAR_SHARE * all[0].probability ||
                           (finding.rank <= NEAR_RANK && predictions->len >= MANY)))
    finding.verdict = SAL_CLASS_NEAR;
  else if (finding.order != NULL)
    finding.verdict = SAL_CLASS_OTHER_ORDER;
  else if (finding.rank > 0 || known)
    finding.verdict = SAL_CLASS_FAR;
  if (finding.verdict != SAL_CLASS_OTHER_ORDER)
    finding.order = NULL;
  return finding;
}
