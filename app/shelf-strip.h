/* The shelf as a strip of tiles under the picture. A click chooses a result; with Ctrl two can be
 * chosen, and their difference asked for; tiles can be dragged (onto the canvas, as SalResult).
 *
 * Keys on a tile: F2 renames, Delete deletes, Menu and Shift+F10 open its menu. Actions:
 * shelf.star, shelf.rename, shelf.delete, shelf.difference. */
#pragma once

#include "app/shelf.h"

#include <gtk/gtk.h>

#define SAL_TYPE_SHELF_STRIP (sal_shelf_strip_get_type ())
G_DECLARE_FINAL_TYPE (SalShelfStrip, sal_shelf_strip, SAL, SHELF_STRIP, GtkWidget)

/**
 * SalShelfStrip::chosen:
 * @result: the person has chosen it
 *
 * SalShelfStrip::difference:
 * @first, @second: the difference of the two is asked for
 *
 * SalShelfStrip::deleted:
 * @result: the person has deleted it; @position: where it was
 *
 * SalShelfStrip::star:
 * @result: the person wants a star on it, or off it
 *
 * SalShelfStrip::renamed:
 * @result: the person has given it another name; @before: (nullable): that it had been given before
 */

/** sal_shelf_strip_set_shelf: @shelf: shown from now on; to be called once */
void sal_shelf_strip_set_shelf (SalShelfStrip *self, SalShelf *shelf);
/** sal_shelf_strip_select: marks @result (nullable) as the one that is shown; nothing is emitted */
void sal_shelf_strip_select (SalShelfStrip *self, SalResult *result);
/** sal_shelf_strip_rename: asks for another name of @result (nullable), if it is on the shelf */
void sal_shelf_strip_rename (SalShelfStrip *self, SalResult *result);
/** sal_shelf_strip_pair: Returns: whether exactly two results are selected */
gboolean sal_shelf_strip_pair (SalShelfStrip *self, SalResult **first, SalResult **second);
/** sal_shelf_strip_list: Returns: (transfer none): the list of tiles, for tests */
GtkListView *sal_shelf_strip_list (SalShelfStrip *self);
