/* The window in a made-up language whose every text ends in a mark and is two fifths longer: what
 * has no mark cannot be translated, what does not fit would not fit in German. */
#include "tests/app/app-window.h"

#include "app/bundled.h"
#include "app/compare-page.h"
#include "app/layer-list.h"
#include "app/model-page.h"
#include "ui/canvas.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <libintl.h>

/* Names and numbers are the same in all languages; the toolkit's own texts are its own. */
static gboolean
needs_no_translation (const char *text, SalDocument *document)
{
  static const char *const toolkit[] = { "(None)", "Clear entry", NULL };
  SalModel *model = sal_document_model (document);

  if (g_strv_contains (toolkit, text))
    return TRUE;

  /* What is open is called as its files are. */
  if (model != NULL && strcmp (text, sal_model_name (model)) == 0)
    return TRUE;
  if (g_str_has_suffix (text, ".png"))
    return TRUE;
  for (int i = 0; model != NULL && i < sal_model_n_classes (model); i++)
    if (g_strcmp0 (sal_model_label (model, i), text) == 0)
      return TRUE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_isalpha (g_utf8_get_char (p)) && strchr ("xms", *p) == NULL)
      return strcmp (text, "Salience") == 0 || strstr (text, " − ") != NULL;
  return TRUE;
}

static gboolean
translated (const char *text, SalDocument *document)
{
  return text == NULL || strstr (text, "»") != NULL || needs_no_translation (text, document);
}

/* Formulas and papers are quoted as they are; layers have the model's own names. */
static gboolean
is_quoted (GtkWidget *widget)
{
  const char *name = gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget));

  return g_strcmp0 (name, "formula") == 0 || g_strcmp0 (name, "paper") == 0 ||
         g_strcmp0 (name, "layer_name") == 0 ||
         g_str_equal (G_OBJECT_TYPE_NAME (widget), "GtkColumnListView");
}

static void
check (GtkWidget *widget, SalDocument *document, int *n, int *bad)
{
  if (!gtk_widget_get_visible (widget) || GTK_IS_WINDOW_CONTROLS (widget) || is_quoted (widget))
    return;
  const char *tooltip = sal_tooltip_get (widget);
  const char *text = GTK_IS_LABEL (widget)   ? gtk_label_get_text (GTK_LABEL (widget))
                     : GTK_IS_ENTRY (widget) ? gtk_entry_get_placeholder_text (GTK_ENTRY (widget))
                                             : NULL;

  (*n) += text != NULL && *text != '\0';
  if (!translated (text, document) || !translated (tooltip, document)) {
    g_test_message ("not translated: “%s” (tooltip “%s”)", text, tooltip);
    (*bad)++;
  }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check (child, document, n, bad);
}

/* Of the labels below @widget with the name of @method, how many show it all. */
static int
whole (GtkWidget *widget, const SalMethod *method)
{
  int n = GTK_IS_LABEL (widget) && gtk_widget_get_mapped (widget) &&
          strcmp (gtk_label_get_text (GTK_LABEL (widget)), _ (method->name)) == 0 &&
          !pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget)));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += whole (child, method);
  return n;
}

/* Above its column, and beside how alike it is to the others. */
static gboolean
both_whole (gpointer page)
{
  return whole (page, sal_method_find ("lrp")) == 2;
}

static GtkWidget *
layers_of (GtkWidget *window)
{
  GObject *page = gtk_widget_get_template_child (window, SAL_TYPE_WINDOW, "model_page");
  GObject *list =
      gtk_widget_get_template_child (GTK_WIDGET (page), SAL_TYPE_MODEL_PAGE, "layer_list");

  return GTK_WIDGET (
      gtk_widget_get_template_child (GTK_WIDGET (list), SAL_TYPE_LAYER_LIST, "layers"));
}

static gboolean
in_made_up_language (void)
{
  if (g_strcmp0 (_ ("Prediction"), "Prediction") != 0)
    return TRUE;
  g_test_skip ("no made-up language: gettext is absent, or the C library takes no LANGUAGE");
  return FALSE;
}

static void
test_window (void)
{
  static const char *const methods[] = { "grad-cam", "integrated-gradients", "occlusion", "lrp" };
  static const char *const pages[] = { "explore", "compare", "model" };
  int n = 0, bad = 0;

  if (!in_made_up_language ())
    return;
  g_autofree char *model = NULL, *picture = NULL;
  if (!app_example (&model, &picture))
    return;
  GtkWidget *window = GTK_WIDGET (app_window_new (1280, 800));
  SalDocument *document = sal_window_document (SAL_WINDOW (window));
  g_autoptr (GFile) file = g_file_new_for_path (picture);

  check (window, document, &n, &bad);
  sal_window_open_files (SAL_WINDOW (window), &file, 1);
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++) {
    sal_document_set_method (document, sal_method_find (methods[i]));
    app_settle (document);
    ui_run (100);
    check (window, document, &n, &bad);
    /* Longer texts take more lines, not more window. */
    g_assert_cmpint (gtk_widget_get_width (window), <=, 1280);
    g_assert_cmpint (gtk_widget_get_height (window), <=, 800);
  }
  /* What the window has in common with the command line. */
  g_assert_cmpstr (_ ("the names in alphabetical order"), !=, "the names in alphabetical order");
  /* What is read out, too. */
  ui_run (200);
  GtkAccessible *canvas =
      GTK_ACCESSIBLE (gtk_widget_get_template_child (window, SAL_TYPE_WINDOW, "canvas"));
  g_autofree char *differs = gtk_test_accessible_check_property (
      canvas, GTK_ACCESSIBLE_PROPERTY_LABEL, "Picture with heatmap");
  g_assert_nonnull (differs);
  g_test_message ("%s", differs);
  /* Nor does the smallest window that is promised grow, on any page. */
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++) {
    int least;

    g_assert_true (
        gtk_widget_activate_action_variant (window, "win.page", g_variant_new_string (pages[i])));
    gtk_window_set_default_size (GTK_WINDOW (window), 900, 600);
    ui_run (500);
    check (window, document, &n, &bad);
    gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
    g_test_message ("%s: at least %d pixels wide", pages[i], least);
    g_assert_cmpint (least, <=, 900);
  }
  /* Its last page is that of the model, whose table is as wide as its place. */
  GtkAdjustment *sideways = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (layers_of (window)));
  g_assert_cmpfloat (gtk_adjustment_get_upper (sideways), <=,
                     gtk_adjustment_get_page_size (sideways));
  /* A long name of a method has the lines that it needs, over a narrow column as well. */
  SalComparePage *page =
      SAL_COMPARE_PAGE (gtk_widget_get_template_child (window, SAL_TYPE_WINDOW, "compare_page"));
  g_autofree char *boat = sal_bundled_example ("boat");
  g_assert_true (
      gtk_widget_activate_action_variant (window, "win.page", g_variant_new_string ("compare")));
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  g_assert_true (sal_comparison_add_picture (sal_compare_page_comparison (page), boat));
  g_assert_true (ui_wait_until (both_whole, page, 20000));
  g_test_message ("%d texts, %d of them not translated", n, bad);
  g_assert_cmpint (n, >, 100);
  g_assert_cmpint (bad, ==, 0);
  app_window_finish (SAL_WINDOW (window));
}

/* A small window does not grow with a folder either, which is opened before the sidebar has ever
 * been on the screen to find that it has no room. */
static void
test_folder (void)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return;
  g_autofree char *folder = g_path_get_dirname (picture);
  g_autoptr (GFile) first = g_file_new_for_path (model);
  g_autoptr (GFile) second = g_file_new_for_path (folder);
  GtkWidget *window = GTK_WIDGET (app_window_new (900, 600));

  sal_window_open_files (SAL_WINDOW (window), (GFile *[]){ first, second }, 2);
  app_settle (sal_window_document (SAL_WINDOW (window)));
  ui_run (300);
  g_test_message ("%d pixels wide", gtk_widget_get_width (window));
  g_assert_cmpint (gtk_widget_get_width (window), <=, 900);
  app_window_finish (SAL_WINDOW (window));
}

/* What the engine says of files is in the person's language, too: whole, as its words are not put
 * together from pieces. The system's own words for errors of files have no mark. */
static void
test_failures (void)
{
  if (!in_made_up_language ())
    return;
  g_auto (GStrv) broken = app_broken ();
  Said said = { 0 };
  SalDocument *document = sal_document_new ();

  app_listen (document, &said);
  for (int i = 0; broken[i] != NULL; i++) {
    if (g_str_has_suffix (broken[i], ".onnx"))
      sal_document_open_model (document, broken[i]);
    else
      sal_document_open_picture (document, broken[i]);
    app_settle (document);
    g_test_message ("%s", said.details);
    g_assert_nonnull (strstr (said.summary, "»"));
    if (!g_str_has_suffix (broken[i], "missing.png"))
      g_assert_nonnull (strstr (said.details, "»"));
    app_said_clear (&said);
  }
  g_object_unref (document);
}

/* Where gettext looks for the language: a folder of its own. */
static void
install_language (const char *mo)
{
  g_autofree char *folder = test_scratch ("locale");
  g_autofree char *messages = g_build_filename (folder, "qps", "LC_MESSAGES", NULL);
  g_autofree char *path = g_build_filename (messages, GETTEXT_PACKAGE ".mo", NULL);
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_cmpint (g_mkdir_with_parents (messages, 0700), ==, 0);
  g_assert_true (g_file_get_contents (mo, &contents, &length, NULL));
  test_write (path, contents, length);
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

int
main (int argc, char *argv[])
{
  if (g_getenv ("SALIENCE_PSEUDO") != NULL)
    install_language (g_getenv ("SALIENCE_PSEUDO"));
  app_init (&argc, &argv);
  g_test_add_func ("/app/translation/window", test_window);
  g_test_add_func ("/app/translation/folder", test_folder);
  g_test_add_func ("/app/translation/failures", test_failures);
  int status = app_end (g_test_run ());
  test_scratch_clear ();
  return status;
}
