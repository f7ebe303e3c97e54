/* Tooltips whose text is given when GTK asks for it. */
#include "tests/ui/ui-support.h"
#include "ui/tooltip.h"

static gboolean
asked (GtkWidget *widget)
{
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  gboolean shown = FALSE;

  g_signal_emit_by_name (widget, "query-tooltip", 1, 1, FALSE, tooltip, &shown);
  return shown;
}

static void
assert_tooltip (GtkWidget *widget, const char *text)
{
  g_assert_cmpstr (sal_tooltip_get (widget), ==, text);
  g_assert_cmpint (gtk_widget_get_has_tooltip (widget), ==, text != NULL);
  if (text == NULL)
    return;
  g_assert_true (asked (widget));
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       text);
}

static void
test_text (void)
{
  GtkWidget *label = gtk_label_new ("a long na…");

  g_object_ref_sink (label);
  assert_tooltip (label, NULL);
  sal_tooltip_set (label, "a long name");
  assert_tooltip (label, "a long name");
  sal_tooltip_set (label, "another <name>"); /* no markup */
  assert_tooltip (label, "another <name>");
  sal_tooltip_set (label, NULL);
  assert_tooltip (label, NULL);
  g_assert_false (asked (label));
  sal_tooltip_set (label, "again");
  assert_tooltip (label, "again");
  sal_tooltip_set (label, "");
  assert_tooltip (label, NULL);
  g_object_unref (label);
}

/* What GTK was told, as the files of the window do, can be changed. */
static void
test_over_gtk (void)
{
  GtkWidget *button = gtk_button_new ();

  g_object_ref_sink (button);
  gtk_widget_set_tooltip_text (button, "from the file");
  g_assert_cmpstr (sal_tooltip_get (button), ==, "from the file");
  sal_tooltip_set (button, "as things are now");
  assert_tooltip (button, "as things are now");
  g_object_unref (button);
}

/* Also while it is shown. */
static void
test_shown (void)
{
  GtkWidget *label = gtk_label_new ("name"), *window = ui_show (label, 200, 100);

  sal_tooltip_set (label, "before");
  gtk_widget_set_state_flags (label, GTK_STATE_FLAG_PRELIGHT, FALSE);
  sal_tooltip_set (label, "after");
  assert_tooltip (label, "after");
  ui_drawn (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/tooltip/text", test_text);
  g_test_add_func ("/ui/tooltip/over-gtk", test_over_gtk);
  g_test_add_func ("/ui/tooltip/shown", test_shown);
  return g_test_run ();
}
