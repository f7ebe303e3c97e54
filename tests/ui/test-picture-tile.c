/* A picture with two lines: where it is drawn, in its proportions, mirrored, cut with a tooltip. */
#include "tests/ui/ui-support.h"
#include "ui/image-texture.h"
#include "ui/picture-tile.h"

#define WIDTH 200
#define HEIGHT 56
#define SIDE SAL_PICTURE_TILE_SIDE
#define RED 0xdc1e1e

static GtkWidget *
tile_of (int width, int height, const char *heading, const char *caption)
{
  GtkWidget *tile = sal_picture_tile_new ();

  if (width > 0) {
    g_autoptr (SalImage) image =
        sal_image_new_filled (width, height, (const guint8[]){ 0xdc, 0x1e, 0x1e });
    g_autoptr (GdkTexture) texture = sal_image_texture (image);

    sal_picture_tile_show (SAL_PICTURE_TILE (tile), GDK_PAINTABLE (texture), heading, caption);
  } else {
    sal_picture_tile_show (SAL_PICTURE_TILE (tile), NULL, heading, caption);
  }
  return tile;
}

/* The smallest rectangle around the pixels that are red, or that are not the background. */
static cairo_rectangle_int_t
around (cairo_surface_t *surface, gboolean red)
{
  guint32 background = ui_pixel (surface, WIDTH / 2, 0);
  int left = WIDTH, right = -1, top = HEIGHT, bottom = -1;

  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      guint32 pixel = ui_pixel (surface, x, y);

      if (red ? ui_far (pixel, RED) > 2 : ui_far (pixel, background) < 24)
        continue;
      left = MIN (left, x);
      right = MAX (right, x);
      top = MIN (top, y);
      bottom = MAX (bottom, y);
    }
  return (cairo_rectangle_int_t){ left, top, right + 1 - left, bottom + 1 - top };
}

static void
test_picture (void)
{
  static const struct {
    int width, height;           /* of the picture */
    cairo_rectangle_int_t drawn; /* when the tile is read from the left */
  } cases[] = {
    { 60, 60, { 0, 4, SIDE, SIDE } },
    { 100, 50, { 0, 16, SIDE, SIDE / 2 } },
    { 50, 100, { 12, 4, SIDE / 2, SIDE } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int mirrored = 0; mirrored < 2; mirrored++) {
      const cairo_rectangle_int_t *wanted = &cases[i].drawn;
      GtkWidget *tile = tile_of (cases[i].width, cases[i].height, "", "");
      GtkWidget *window = ui_show (tile, WIDTH, HEIGHT);

      gtk_widget_set_direction (tile, mirrored ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      gtk_widget_queue_draw (tile);
      cairo_surface_t *drawn = ui_picture_of (window);
      cairo_rectangle_int_t red = around (drawn, TRUE);
      g_assert_cmpint (red.x, ==, mirrored ? WIDTH - wanted->x - wanted->width : wanted->x);
      g_assert_cmpint (red.y, ==, wanted->y);
      g_assert_cmpint (red.width, ==, wanted->width);
      g_assert_cmpint (red.height, ==, wanted->height);
      cairo_surface_destroy (drawn);
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

/* Words start beside the picture, or end there, and stay in the tile. */
static void
test_words (void)
{
  static const char *const words[] = { "boat", "a name that is far too long for a tile like this" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    for (int mirrored = 0; mirrored < 2; mirrored++) {
      GtkWidget *tile = tile_of (0, 0, words[i], words[i]);
      GtkWidget *window = ui_show (tile, WIDTH, HEIGHT);

      gtk_widget_set_direction (tile, mirrored ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
      gtk_widget_queue_draw (tile);
      cairo_surface_t *drawn = ui_picture_of (window);
      cairo_rectangle_int_t text = around (drawn, FALSE);
      int from_picture = mirrored ? WIDTH - text.x - text.width : text.x;
      g_assert_cmpint (from_picture, >, SIDE);
      g_assert_cmpint (from_picture, <, SIDE + 14);
      g_assert_cmpint (from_picture + text.width, <=, WIDTH);
      if (i == 0)
        g_assert_cmpint (text.width, <, 60);
      g_assert_cmpint (text.y, >, 4);
      g_assert_cmpint (text.y + text.height, <, HEIGHT - 4);
      cairo_surface_destroy (drawn);
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

static gboolean
has_tooltip (GtkWidget *tile)
{
  g_autoptr (GtkTooltip) tooltip = g_object_new (GTK_TYPE_TOOLTIP, NULL);
  gboolean shown;

  g_signal_emit_by_name (tile, "query-tooltip", 10, 10, FALSE, tooltip, &shown);
  return shown;
}

/* What was cut can still be read. */
static void
test_tooltip (void)
{
  GtkWidget *tile = tile_of (0, 0, "boat", "boat.png"), *window = ui_show (tile, WIDTH, HEIGHT);

  g_assert_false (has_tooltip (tile));
  sal_picture_tile_show (SAL_PICTURE_TILE (tile), NULL, "boat",
                         "a name that is far too long for a tile like this.png");
  g_assert_true (has_tooltip (tile));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  ui_init (&argc, &argv);
  g_test_add_func ("/ui/picture-tile/picture", test_picture);
  g_test_add_func ("/ui/picture-tile/words", test_words);
  g_test_add_func ("/ui/picture-tile/tooltip", test_tooltip);
  return g_test_run ();
}
