/* Wrong files, one by one, dropped on the window: each is told in one toast with one line of
 * details, and the model, the picture and the result that were there stay. */
#include "tests/app/app-window.h"

#include "ui/canvas.h"

typedef struct {
  const SalModel *model;
  const SalPicture *picture;
  const SalExplanation *explanation;
  const SalHeatmap *heatmap;
  char *title;
  char *result;
} Shown;

static Shown
shown (SalWindow *window)
{
  SalDocument *document = sal_window_document (window);

  return (Shown){
    .model = sal_document_model (document),
    .picture = sal_document_picture (document),
    .explanation = sal_document_explanation (document),
    .heatmap = sal_canvas_get_heatmap (app_part (window, "canvas")),
    .title = g_strdup (gtk_window_get_title (GTK_WINDOW (window))),
    .result = g_strdup (gtk_label_get_text (app_part (window, "result"))),
  };
}

static void
assert_still_shown (SalWindow *window, const Shown *before)
{
  Shown now = shown (window);

  g_assert_true (now.model == before->model);
  g_assert_true (now.picture == before->picture);
  g_assert_true (now.explanation == before->explanation);
  g_assert_true (now.heatmap == before->heatmap);
  g_assert_true (sal_canvas_get_picture (app_part (window, "canvas")) == before->picture->image);
  g_assert_cmpstr (now.title, ==, before->title);
  g_assert_cmpstr (now.result, ==, before->result);
  g_assert_cmpint (sal_document_state (sal_window_document (window)), ==, SAL_DOCUMENT_DONE);
  g_free (now.title);
  g_free (now.result);
}

static int
count_toasts (GtkWidget *widget)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), "AdwToastWidget"))
    return gtk_widget_get_mapped (widget);
  int n = 0;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_toasts (child);
  return n;
}

static void
test_wrong_file (gconstpointer path)
{
  SalWindow *window = app_window_with_example ();
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *summary = g_strdup_printf ("“%s” cannot be opened", name);

  if (window == NULL)
    return;
  Shown before = shown (window);
  app_drop (window, path);
  app_wait_label (window, summary);
  g_assert_cmpint (count_toasts (GTK_WIDGET (window)), ==, 1);
  assert_still_shown (window, &before);

  g_autofree char *text = NULL;
  GtkWidget *details = app_open_details (window, &text);
  g_test_message ("%s", text);
  app_assert_details (text, path);
  /* Whoever is asked for help gets it as it is. */
  g_autofree char *copied = g_strdup_printf (
      "%s\n%s\n", adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (details)), text);
  app_click (app_find_button (details, "C_opy"));
  g_autoptr (GdkContentProvider) clip =
      g_object_ref (gdk_clipboard_get_content (gtk_widget_get_clipboard (GTK_WIDGET (window))));
  g_auto (GValue) value = G_VALUE_INIT;
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (clip, &value, NULL));
  g_assert_cmpstr (g_value_get_string (&value), ==, copied);
  assert_still_shown (window, &before);

  /* And it goes on working. */
  app_set_method (window, "gradient");
  g_assert_true (sal_document_explanation (sal_window_document (window)) != before.explanation);
  g_free (before.title);
  g_free (before.result);
  app_window_finish (window);
}

int
main (int argc, char *argv[])
{
  app_init (&argc, &argv);
  g_auto (GStrv) broken = app_broken ();
  for (int i = 0; broken[i] != NULL; i++) {
    g_autofree char *name = g_path_get_basename (broken[i]);
    g_autofree char *test = g_strdup_printf ("/app/wrong-files/%s", name);

    g_test_add_data_func (test, broken[i], test_wrong_file);
  }
  int status = g_test_run ();
  test_scratch_clear ();
  return app_end (status);
}
