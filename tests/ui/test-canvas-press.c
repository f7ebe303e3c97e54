/* A canvas that is taken away while a button of the real pointer is pressed over it: nothing keeps
 * it, nor its picture. */
#include "tests/ui/ui-support.h"

#include "ui/canvas.h"

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget) && gtk_widget_get_width (widget) > 0;
}

static gboolean
is_pressed (gpointer widget)
{
  return (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_ACTIVE) != 0;
}

static gboolean
is_gone (gpointer canvas)
{
  return *(gpointer *) canvas == NULL;
}

static void
xdotool (const char *what)
{
  g_autofree char *line = g_strconcat ("xdotool ", what, NULL);
  g_autoptr (GError) error = NULL;

  g_spawn_command_line_async (line, &error);
  g_assert_no_error (error);
  ui_run (100);
}

static void
take_away (const char *press, const char *release)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *canvas = sal_canvas_new ();
  g_autoptr (SalImage) picture = ui_scenery (300, 200);

  gtk_window_set_default_size (GTK_WINDOW (window), 600, 400);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_widget_set_vexpand (canvas, TRUE);
  sal_canvas_set_picture (SAL_CANVAS (canvas), picture);
  gtk_box_append (GTK_BOX (box), canvas);
  g_object_add_weak_pointer (G_OBJECT (canvas), (gpointer *) &canvas);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (ui_wait_until (is_mapped, canvas, 20000));
  ui_run (300);
  xdotool ("mousemove 300 200");
  xdotool (press);
  g_assert_true (ui_wait_until (is_pressed, canvas, 20000));
  gtk_box_remove (GTK_BOX (box), canvas);
  xdotool (release);
  xdotool ("mousemove 10 10"); /* and GTK lets go of what was under the pointer */
  g_assert_true (ui_wait_until (is_gone, &canvas, 20000));
  gtk_window_destroy (GTK_WINDOW (window));
  ui_run (50);
}

static void
test_pressed (void)
{
  take_away ("mousedown 1", "mouseup 1");
}

static void
test_dragged (void)
{
  take_away ("mousedown 1 mousemove 320 210 mousemove 350 230", "mouseup 1");
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/canvas-press/pressed", test_pressed);
  g_test_add_func ("/ui/canvas-press/dragged", test_dragged);
  return g_test_run ();
}
