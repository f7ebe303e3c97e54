/* A small picture with two lines beside it, drawn by one widget: a list view makes two hundred rows
 * in one go and measures them all, which labels in boxes make several times as long. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_PICTURE_TILE (sal_picture_tile_get_type ())
G_DECLARE_FINAL_TYPE (SalPictureTile, sal_picture_tile, SAL, PICTURE_TILE, GtkWidget)

/** SAL_PICTURE_TILE_SIDE: of the square that the picture is fitted in, in pixels */
#define SAL_PICTURE_TILE_SIDE 48

/**
 * sal_picture_tile_show:
 * @picture: (nullable): fitted in a square, in its own proportions
 * @heading: (nullable): the upper line
 * @caption: (nullable): the lower one
 *
 * Lines that are too long for the tile lose their middle, and a tooltip has them whole. The width
 * is in the style sheet (`picturetile`). In a row of a list view, the row is called by both lines.
 */
void sal_picture_tile_show (SalPictureTile *self, GdkPaintable *picture, const char *heading,
                            const char *caption);
/** sal_picture_tile_new: (transfer floating) */
GtkWidget *sal_picture_tile_new (void);
