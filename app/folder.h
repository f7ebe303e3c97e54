/* A folder of pictures: its files in order, each with a thumbnail and what the open model says
 * about it, found out in the background. A list model of SalFolderItem. Main thread only. */
#pragma once

#include "app/item-list.h"
#include "app/work.h"

/**
 * SalFolderItem: properties "name" (string): of the file; "answer" (string): the predicted class,
 * with its probability, empty until it is known; "thumbnail" (GdkPaintable, %NULL until then)
 */
#define SAL_TYPE_FOLDER_ITEM (sal_folder_item_get_type ())
G_DECLARE_FINAL_TYPE (SalFolderItem, sal_folder_item, SAL, FOLDER_ITEM, GObject)

const char *sal_folder_item_path (SalFolderItem *self);

#define SAL_TYPE_FOLDER (sal_folder_get_type ())
G_DECLARE_FINAL_TYPE (SalFolder, sal_folder, SAL, FOLDER, SalItemList)

/**
 * SalFolder::opened:
 *
 * The list holds the pictures of the folder that was opened.
 *
 * SalFolder::failed:
 * @summary, @details: why it could not be opened
 */

/** SAL_FOLDER_MAX: most pictures of a folder that are listed: the first by name */
#define SAL_FOLDER_MAX 5000

SalFolder *sal_folder_new (void);
/** sal_folder_open: lists the pictures in @path by name, in the background */
void sal_folder_open (SalFolder *self, const char *path);
void sal_folder_close (SalFolder *self);
/** sal_folder_path: Returns: (transfer none) (nullable) */
const char *sal_folder_path (SalFolder *self);
/** sal_folder_total: Returns: how many pictures are in the folder, listed or not */
guint sal_folder_total (SalFolder *self);
/** sal_folder_set_model: @model: (nullable): predictions are its from now on */
void sal_folder_set_model (SalFolder *self, SalModel *model);
/** sal_folder_find: Returns: position of the picture at @path, or %G_MAXUINT */
guint sal_folder_find (SalFolder *self, const char *path);
/** sal_folder_hurry: the pictures around @position are looked at next */
void sal_folder_hurry (SalFolder *self, guint position);
/** sal_folder_paths: Returns: (transfer full): of all pictures */
char **sal_folder_paths (SalFolder *self);
/** sal_folder_is_busy: Returns: whether pictures are still to be looked at */
gboolean sal_folder_is_busy (SalFolder *self);
