/* Undo and redo: each change of the question and of the looks comes back, a slider's way at once.
 */
#include "tests/app/app-support.h"

#include "app/history.h"

static int n_told;
static gint64 now;

static gint64
the_clock (void)
{
  return now;
}

static void
told_cb (gpointer owner)
{
  n_told++;
}

static double
number (SalDocument *document, const char *key)
{
  return sal_settings_number (sal_document_settings (document),
                              sal_param_find (sal_document_method (document)->params, key));
}

static double
opacity (SalDocument *document)
{
  return sal_document_appearance (document).overlay.opacity;
}

static void
set_opacity (SalDocument *document, double value)
{
  g_autoptr (SalSettings) looks = sal_settings_copy (sal_document_looks (document));

  g_assert_true (sal_settings_set_number (
      looks, sal_param_find (sal_appearance_params (), "opacity"), value, NULL));
  sal_document_set_looks (document, looks);
}

/* So that the next change stands alone. */
static void
rest (SalDocument *document)
{
  app_settle (document);
  now += 1100 * 1000;
}

static void
test_undo (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  g_autoptr (SalHistory) history = sal_history_new (document, told_cb, NULL);
  sal_history_set_clock (history, the_clock);
  int top = sal_document_target (document);
  int other =
      g_array_index (sal_document_view (document)->predictions, SalPrediction, 2).class_index;
  const SalMethod *gradients = sal_method_find ("integrated-gradients");
  const SalMethod *gradient = sal_method_find ("gradient");
  double steps = number (document, "steps"), before = opacity (document);

  g_assert_false (sal_history_can_undo (history));
  sal_history_undo (history);
  sal_history_redo (history);

  for (int i = 1; i <= 10; i++) { /* one drag */
    g_autofree char *text = g_strdup_printf ("%d", i);
    app_set (document, "steps", text);
    ui_run (20);
    now += 900 * 1000;
  }
  rest (document);
  sal_document_set_target (document, other);
  ui_run (10);
  sal_document_set_method (document, gradient);
  ui_run (10);
  for (int i = 0; i < 5; i++) {
    set_opacity (document, 0.1 + 0.1 * i);
    ui_run (10);
  }
  g_assert_true (sal_history_can_undo (history));
  g_assert_false (sal_history_can_redo (history));
  g_assert_cmpint (n_told, >=, 4);

  guint jobs = sal_document_jobs (document);
  sal_history_undo (history);
  g_assert_cmpfloat (opacity (document), ==, before);
  g_assert_cmpuint (sal_document_jobs (document), ==, jobs); /* looks set no engine to work */
  sal_history_undo (history);
  g_assert_true (sal_document_method (document) == gradients);
  g_assert_cmpfloat (number (document, "steps"), ==, 10);
  sal_history_undo (history);
  g_assert_cmpint (sal_document_target (document), ==, top);
  sal_history_undo (history);
  g_assert_cmpfloat (number (document, "steps"), ==, steps);
  g_assert_false (sal_history_can_undo (history));
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  g_assert_cmpint (sal_document_explanation (document)->target.class_index, ==, top);

  for (int i = 0; i < 4; i++)
    sal_history_redo (history);
  g_assert_false (sal_history_can_redo (history));
  g_assert_true (sal_document_method (document) == gradient);
  g_assert_cmpint (sal_document_target (document), ==, other);
  g_assert_cmpfloat_with_epsilon (opacity (document), 0.5, 1e-9);

  /* A new change ends what could be done again; one that is not yet noted is undone all the same.
   */
  sal_history_undo (history);
  sal_document_set_kind (document, SAL_OUTPUT_PROBABILITY);
  sal_history_undo (history);
  g_assert_cmpint (sal_document_kind (document), ==, SAL_OUTPUT_LOGIT);
  g_assert_cmpfloat (opacity (document), ==, before);
  ui_run (20);
  g_assert_true (sal_history_can_redo (history));
  set_opacity (document, 0.9);
  ui_run (20);
  g_assert_false (sal_history_can_redo (history));
  app_settle (document);
  app_said_clear (&said);
}

/* What was asked about one picture is not asked about another. */
static void
test_afresh (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  g_autofree char *model = NULL, *picture = NULL;

  if (document == NULL || !app_example (&model, &picture))
    return;
  g_autoptr (SalHistory) history = sal_history_new (document, NULL, NULL);

  app_set (document, "steps", "3");
  ui_run (20);
  g_assert_true (sal_history_can_undo (history));
  sal_document_open_picture (document, picture);
  app_settle (document);
  ui_run (20);
  g_assert_false (sal_history_can_undo (history));
  app_set (document, "steps", "4");
  sal_history_undo (history);
  g_assert_cmpfloat (number (document, "steps"), ==, 3);
  app_set (document, "steps", "5");
  g_clear_pointer (&history, sal_history_free); /* with a change not yet noted */
  app_settle (document);
  app_said_clear (&said);
}

/* Acts stand among the changes, outlive another picture, and can be taken back out of turn. */

static int sum;

static void
undo_cb (gpointer data, gpointer owner)
{
  sum -= *(int *) data;
}

static void
redo_cb (gpointer data, gpointer owner)
{
  sum += *(int *) data;
}

static guint
act (SalHistory *history, int by)
{
  static const SalHistoryAct adding = { undo_cb, redo_cb, g_free };
  int *data = g_new (int, 1);

  *data = by;
  sum += by;
  return sal_history_add (history, &adding, data);
}

static void
test_acts (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);
  g_autofree char *model = NULL, *picture = NULL;

  if (document == NULL || !app_example (&model, &picture))
    return;
  g_autoptr (SalHistory) history = sal_history_new (document, told_cb, NULL);

  app_set (document, "steps", "3");
  guint first = act (history, 1);
  app_set (document, "steps", "4");
  act (history, 10);
  g_assert_cmpint (sum, ==, 11);
  sal_history_undo (history);
  g_assert_cmpint (sum, ==, 1);
  sal_history_undo (history);
  g_assert_cmpfloat (number (document, "steps"), ==, 3);
  sal_history_redo (history);
  sal_history_redo (history);
  g_assert_cmpint (sum, ==, 11);
  g_assert_cmpfloat (number (document, "steps"), ==, 4);
  g_assert_true (sal_history_can_take_back (history, first));
  sal_history_take_back (history, first);
  g_assert_false (sal_history_can_take_back (history, first));
  sal_history_take_back (history, first);
  g_assert_cmpint (sum, ==, 10);

  sal_document_open_picture (document, picture);
  app_settle (document);
  ui_run (20);
  g_assert_true (sal_history_can_undo (history));
  sal_history_undo (history);
  g_assert_cmpint (sum, ==, 0);
  g_assert_false (sal_history_can_undo (history));
  for (int i = 0; i < 30; i++)
    act (history, 1);
  for (int i = 0; i < 30; i++)
    sal_history_undo (history);
  g_assert_cmpint (sum, ==, 25); /* of the others nobody would think */
  app_said_clear (&said);
}

/* A way that ends where it began is no change. */
static void
test_there_and_back (void)
{
  Said said = { 0 };
  g_autoptr (SalDocument) document = app_document (&said);

  if (document == NULL)
    return;
  g_autoptr (SalHistory) history = sal_history_new (document, told_cb, NULL);
  sal_history_set_clock (history, the_clock);
  double before = opacity (document);

  set_opacity (document, 0.3);
  ui_run (10);
  g_assert_true (sal_history_can_undo (history));
  set_opacity (document, before);
  ui_run (10);
  g_assert_false (sal_history_can_undo (history));
  g_assert_false (sal_history_can_redo (history));
  set_opacity (document, 0.4);
  ui_run (10);
  sal_history_undo (history);
  g_assert_cmpfloat (opacity (document), ==, before);
  g_assert_false (sal_history_can_undo (history));
  app_said_clear (&said);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/history/undo", test_undo);
  g_test_add_func ("/app/history/afresh", test_afresh);
  g_test_add_func ("/app/history/there-and-back", test_there_and_back);
  g_test_add_func ("/app/history/acts", test_acts);
  int status = g_test_run ();
  test_scratch_clear ();
  return status;
}
