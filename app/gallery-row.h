/* A public model in the gallery: what it is, and a button to fetch or open it. */
#pragma once

#include "app/zoo.h"

#include <adwaita.h>

#define SAL_TYPE_GALLERY_ROW (sal_gallery_row_get_type ())
G_DECLARE_FINAL_TYPE (SalGalleryRow, sal_gallery_row, SAL, GALLERY_ROW, AdwActionRow)

/**
 * SalGalleryRow::opened:
 * @path: the file
 *
 * The person has clicked Open, or the download that was asked for is over.
 */

/** sal_gallery_row_new: @model: (transfer none): of @zoo */
GtkWidget *sal_gallery_row_new (SalZoo *zoo, const SalZooModel *model);
/** sal_gallery_row_update: looks anew whether the file is there */
void sal_gallery_row_update (SalGalleryRow *self);
/** sal_gallery_row_button: Returns: (transfer none): the one button there is, for tests */
GtkButton *sal_gallery_row_button (SalGalleryRow *self);
