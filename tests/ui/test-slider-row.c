/* The slider row: what is typed, dragged and reset, and that looking at a value does not change it.
 */
#include "tests/ui/ui-support.h"
#include "ui/slider-row.h"

#include <math.h>

static const SalParam steps = {
  .key = "steps",
  .label = "Steps",
  .help = "How many steps",
  .kind = SAL_PARAM_INT,
  .min = 1,
  .max = 1000,
  .otherwise = 50,
  .logarithmic = TRUE,
};
static const SalParam noise = {
  .key = "noise",
  .label = "Noise",
  .help = "How much noise",
  .kind = SAL_PARAM_DOUBLE,
  .unit = "%",
  .min = 0,
  .max = 1,
  .otherwise = 0.15,
};
static const SalParam clip = {
  .key = "clip",
  .label = "Clip highest",
  .help = "How many",
  .kind = SAL_PARAM_DOUBLE,
  .unit = "percent",
  .min = 0,
  .max = 50,
  .otherwise = 2,
  .digits = 1,
};
static const SalParam blur = {
  .key = "blur",
  .label = "Largest blur",
  .help = "How much",
  .kind = SAL_PARAM_DOUBLE,
  .unit = "pixels",
  .min = 1,
  .max = 200,
  .otherwise = 50,
};
static const SalParam window_size = {
  .key = "window",
  .label = "Window",
  .help = "How large a window",
  .kind = SAL_PARAM_SIZE,
  .text_otherwise = "15x15",
};

typedef struct {
  GtkWidget *window, *row, *entry;
  int n_changed;
} Shown;

static void
changed_cb (GtkWidget *row, Shown *shown)
{
  shown->n_changed++;
}

static Shown *
show (const SalParam *param)
{
  Shown *shown = g_new0 (Shown, 1);

  shown->row = sal_slider_row_new (param);
  shown->entry =
      GTK_WIDGET (gtk_widget_get_template_child (shown->row, SAL_TYPE_SLIDER_ROW, "entry"));
  g_signal_connect (shown->row, "changed", G_CALLBACK (changed_cb), shown);
  shown->window = ui_show (shown->row, 340, 40);
  return shown;
}

static void
finish (Shown *shown)
{
  gtk_window_destroy (GTK_WINDOW (shown->window));
  g_free (shown);
}

static const char *
text (Shown *shown)
{
  return gtk_editable_get_text (GTK_EDITABLE (shown->entry));
}

static void
type (Shown *shown, const char *typed)
{
  gtk_editable_set_text (GTK_EDITABLE (shown->entry), typed);
  g_signal_emit_by_name (shown->entry, "activate");
}

static double
value (Shown *shown)
{
  return sal_slider_row_get_value (SAL_SLIDER_ROW (shown->row));
}

static void
press (Shown *shown, GtkWidget *where, int times)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (shown->row);
  double x, y;

  g_assert_true (gtk_widget_translate_coordinates (where, shown->row,
                                                   gtk_widget_get_width (where) / 2.0,
                                                   gtk_widget_get_height (where) / 2.0, &x, &y));
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
    if (GTK_IS_GESTURE_CLICK (controller))
      for (int n = 1; n <= times; n++)
        g_signal_emit_by_name (controller, "pressed", n, x, y);
  }
}

static void
test_typing (void)
{
  static const struct {
    const SalParam *param;
    const char *typed, *shown;
    double value;
  } cases[] = {
    { &steps, "7", "7", 7 },
    { &steps, " 12 ", "12", 12 },
    { &steps, "5000", "1000", 1000 },
    { &steps, "-3", "1", 1 },
    { &steps, "many", "50", 50 },
    { &steps, "", "50", 50 },
    { &steps, "nan", "50", 50 },
    { &noise, "20", "20 %", 0.2 },
    { &noise, "12.5 %", "12.5 %", 0.125 },
    { &noise, "1e9", "100 %", 1 },
    { &clip, "3", "3.0 %", 3 },
    { &clip, "12.5 %", "12.5 %", 12.5 },
    { &blur, "20 px", "20 px", 20 },
    { &blur, "7", "7 px", 7 },
    { &window_size, "9", "9 × 9", 9 },
    { &window_size, "9x12", "9 × 12", 9 },
    { &window_size, "9 × 200", "9 × 200", 9 },
    { &window_size, "x", "15 × 15", 15 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Shown *shown = show (cases[i].param);
    double before = value (shown);

    type (shown, cases[i].typed);
    g_test_message ("“%s”: %s", cases[i].typed, text (shown));
    g_assert_cmpfloat_with_epsilon (value (shown), cases[i].value, 1e-12);
    g_assert_cmpstr (text (shown), ==, cases[i].shown);
    g_assert_cmpint (shown->n_changed, ==, value (shown) != before);
    finish (shown);
  }
}

/* A value with more digits than there is room for stays what it is until somebody types another. */
static void
test_looking (void)
{
  Shown *shown = show (&noise);

  sal_slider_row_set_value (SAL_SLIDER_ROW (shown->row), 0.123456789);
  g_assert_cmpstr (text (shown), ==, "12.35 %");
  g_signal_emit_by_name (shown->entry, "activate");
  gtk_widget_grab_focus (shown->entry);
  ui_run (20);
  gtk_widget_grab_focus (GTK_WIDGET (sal_slider_row_scale (SAL_SLIDER_ROW (shown->row))));
  ui_run (20);
  g_assert_cmpfloat (value (shown), ==, 0.123456789);
  g_assert_cmpint (shown->n_changed, ==, 0);
  type (shown, "12.35");
  g_assert_cmpfloat_with_epsilon (value (shown), 0.1235, 1e-12);
  finish (shown);
}

static void
test_logarithmic (void)
{
  Shown *shown = show (&steps);
  GtkRange *scale = sal_slider_row_scale (SAL_SLIDER_ROW (shown->row));

  for (int i = 0; i <= 3; i++) {
    gtk_range_set_value (scale, i / 3.0);
    g_assert_cmpfloat (value (shown), ==, round (pow (10, i)));
  }
  finish (shown);
}

/* A double click resets; in the number it selects what is to be typed over. */
static void
test_reset (void)
{
  Shown *shown = show (&steps);
  GtkWidget *label = sal_slider_row_label (SAL_SLIDER_ROW (shown->row));

  type (shown, "7");
  press (shown, label, 1);
  g_assert_cmpfloat (value (shown), ==, 7);
  press (shown, shown->entry, 2);
  g_assert_cmpfloat (value (shown), ==, 7);
  press (shown, label, 2);
  g_assert_cmpfloat (value (shown), ==, 50);
  g_assert_cmpstr (text (shown), ==, "50");
  g_assert_cmpint (shown->n_changed, ==, 2);
  type (shown, "8");
  press (shown, GTK_WIDGET (sal_slider_row_scale (SAL_SLIDER_ROW (shown->row))), 2);
  g_assert_cmpfloat (value (shown), ==, 50);
  finish (shown);
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/slider-row/typing", test_typing);
  g_test_add_func ("/ui/slider-row/looking", test_looking);
  g_test_add_func ("/ui/slider-row/logarithmic", test_logarithmic);
  g_test_add_func ("/ui/slider-row/reset", test_reset);
  return g_test_run ();
}
