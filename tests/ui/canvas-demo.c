/* The canvas in a window of its own, to be looked at and to be driven by journeys. The label below
 * says what a window would say. */
#include "tests/ui/ui-support.h"
#include "ui/canvas-number.h"
#include "ui/canvas.h"

#include <adwaita.h>
#include <stdio.h>
#include <string.h>

static char *mode = "overlay", *blend = "over", *map, *picture_path;
static int columns = 1200, rows = 900, cells = 224;
static gboolean is_signed, crop, nearest, bare, no_heatmap, no_bar, no_header, partial, focus;
static double opacity = 0.6, zoom, wipe = 0.5, progress = -1;

static const GOptionEntry options[] = {
  { "mode", 0, 0, G_OPTION_ARG_STRING, &mode, "overlay, side-by-side, wipe, heatmap, picture" },
  { "blend", 0, 0, G_OPTION_ARG_STRING, &blend, "over, fade, mask" },
  { "map", 0, 0, G_OPTION_ARG_STRING, &map, "a colour map's id" },
  { "picture", 0, 0, G_OPTION_ARG_FILENAME, &picture_path, "a file in place of the landscape" },
  { "columns", 0, 0, G_OPTION_ARG_INT, &columns, "of the landscape" },
  { "rows", 0, 0, G_OPTION_ARG_INT, &rows, "of the landscape" },
  { "cells", 0, 0, G_OPTION_ARG_INT, &cells, "along each side of the heatmap" },
  { "signed", 0, 0, G_OPTION_ARG_NONE, &is_signed, "both signs" },
  { "crop", 0, 0, G_OPTION_ARG_NONE, &crop, "the network sees the square in the middle" },
  { "nearest", 0, 0, G_OPTION_ARG_NONE, &nearest, "cells as they are" },
  { "bare", 0, 0, G_OPTION_ARG_NONE, &bare, "as while Space is held" },
  { "no-heatmap", 0, 0, G_OPTION_ARG_NONE, &no_heatmap, "the picture alone is known" },
  { "no-bar", 0, 0, G_OPTION_ARG_NONE, &no_bar, "no colour bar" },
  { "no-header", 0, 0, G_OPTION_ARG_NONE, &no_header, "nothing but the canvas" },
  { "partial", 0, 0, G_OPTION_ARG_NONE, &partial, "a new heatmap 30 times a second" },
  { "focus", 0, 0, G_OPTION_ARG_NONE, &focus, "with the ring that shows it" },
  { "opacity", 0, 0, G_OPTION_ARG_DOUBLE, &opacity, "0..1" },
  { "zoom", 0, 0, G_OPTION_ARG_DOUBLE, &zoom, "0: fitted" },
  { "wipe", 0, 0, G_OPTION_ARG_DOUBLE, &wipe, "0..1" },
  { "progress", 0, 0, G_OPTION_ARG_DOUBLE, &progress, "0..1" },
  { NULL },
};

static void
tell (GtkLabel *label, SalCanvas *canvas)
{
  SalCanvasHover hover;
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%.0f %%", 100 * sal_canvas_get_zoom (canvas));
  if (sal_canvas_get_mode (canvas) == SAL_CANVAS_WIPE)
    g_string_append_printf (text, " · wipe %.2f", sal_canvas_get_wipe (canvas));
  if (sal_canvas_get_bare (canvas))
    g_string_append (text, " · bare");
  if (sal_canvas_get_hover (canvas, &hover)) {
    g_string_append_printf (text, " · x %d y %d", hover.x, hover.y);
    if (hover.has_value) {
      g_autofree char *value = sal_canvas_number (hover.value, FALSE);

      g_string_append_printf (text, " · attr %s · top %.0f %%", value, 100 * hover.rank);
    }
  }
  gtk_label_set_text (label, text->str);
  g_string_free (text, TRUE);
}

static void
notify_cb (GObject *canvas, GParamSpec *pspec, gpointer label)
{
  tell (label, SAL_CANVAS (canvas));
}

static void
hover_cb (SalCanvas *canvas, gpointer label)
{
  tell (label, canvas);
}

static gboolean
partial_cb (gpointer canvas)
{
  static int n;
  g_autoptr (SalHeatmap) heatmap =
      ui_attribution (cells, cells, is_signed ? SAL_SIGN_SIGNED : SAL_SIGN_ABSOLUTE, n++);

  sal_canvas_set_heatmap (canvas, heatmap);
  return G_SOURCE_CONTINUE;
}

static void
fill (SalCanvas *canvas)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalImage) picture =
      picture_path != NULL ? sal_image_load (picture_path, &error) : ui_scenery (columns, rows);
  g_autoptr (SalHeatmap) heatmap =
      ui_attribution (cells, cells, is_signed ? SAL_SIGN_SIGNED : SAL_SIGN_ABSOLUTE, 0);
  SalOverlayStyle style = SAL_OVERLAY_STYLE_INIT;
  GEnumClass *modes = g_type_class_ref (SAL_TYPE_CANVAS_MODE);
  const GEnumValue *wanted = g_enum_get_value_by_nick (modes, mode);

  if (picture == NULL)
    g_error ("%s", error->message);
  if (wanted == NULL)
    g_error ("%s is no mode", mode);
  sal_canvas_set_picture (canvas, picture);
  if (!no_heatmap)
    sal_canvas_set_heatmap (canvas, heatmap);
  if (crop) {
    double w = sal_image_width (picture), h = sal_image_height (picture);
    double side = 0.875 * MIN (w, h);

    sal_canvas_set_seen (canvas, &(SalRect){ (w - side) / 2, (h - side) / 2, side, side });
  }
  style.map = map != NULL ? sal_colormap_find (map) : NULL;
  style.blend = strcmp (blend, "fade") == 0   ? SAL_BLEND_FADE
                : strcmp (blend, "mask") == 0 ? SAL_BLEND_MASK
                                              : SAL_BLEND_OVER;
  style.opacity = opacity;
  style.smooth = !nearest;
  sal_canvas_set_style (canvas, &style);
  sal_canvas_set_mode (canvas, wanted->value);
  sal_canvas_set_bare (canvas, bare);
  sal_canvas_set_show_bar (canvas, !no_bar);
  sal_canvas_set_wipe (canvas, wipe);
  sal_canvas_set_progress (canvas, progress);
  sal_canvas_set_description (canvas, "A made-up heatmap");
  if (partial)
    g_timeout_add (33, partial_cb, canvas);
  g_type_class_unref (modes);
}

/* A zoom is about the middle of what is on the screen, so there must be a screen first. */
static gboolean
zoom_cb (gpointer canvas)
{
  if (gtk_widget_get_width (canvas) == 0)
    return G_SOURCE_CONTINUE;
  sal_canvas_set_zoom (canvas, zoom);
  return G_SOURCE_REMOVE;
}

static void
activate_cb (GtkApplication *app, gpointer data)
{
  GtkWidget *window = adw_application_window_new (app);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *canvas = sal_canvas_new (), *label = gtk_label_new (NULL);

  gtk_widget_set_vexpand (canvas, TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_set_margin_bottom (label, 6);
  if (!no_header)
    gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), canvas);
  if (!no_header)
    gtk_box_append (GTK_BOX (box), label);
  else
    g_object_ref_sink (label);
  fill (SAL_CANVAS (canvas));
  g_signal_connect (canvas, "notify", G_CALLBACK (notify_cb), label);
  g_signal_connect (canvas, "hover", G_CALLBACK (hover_cb), label);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_title (GTK_WINDOW (window), "Canvas");
  gtk_window_set_default_size (GTK_WINDOW (window), 940, 700);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (canvas);
  gtk_window_set_focus_visible (GTK_WINDOW (window), focus);
  if (zoom > 0)
    g_timeout_add (20, zoom_cb, canvas);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("- look at the canvas");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    fprintf (stderr, "%s\n", error->message);
    return 2;
  }

  g_autoptr (AdwApplication) app =
      adw_application_new ("io.example.CanvasDemo", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (app, "activate", G_CALLBACK (activate_cb), NULL);
  return g_application_run (G_APPLICATION (app), 1, argv);
}
