/* The gallery: public models that can be downloaded and opened. Closing it hides it, and what is
 * being downloaded goes on. */
#pragma once

#include <adwaita.h>

#define SAL_TYPE_GALLERY (sal_gallery_get_type ())
G_DECLARE_FINAL_TYPE (SalGallery, sal_gallery, SAL, GALLERY, AdwWindow)

/**
 * SalGallery::opened:
 * @path: a model's file
 * @title: its name for people
 */

GtkWidget *sal_gallery_new (GtkWindow *parent);
/** sal_gallery_row: Returns: (transfer none) (nullable): the row of a model, for tests */
GtkWidget *sal_gallery_row (SalGallery *self, guint i);
