/* The results shelf: every finished result with all it takes to show it again, a list model of
 * SalResult, oldest first. What it holds is bounded: the oldest that no star protects goes first.
 * Main thread only. */
#pragma once

#include "app/item-list.h"
#include "app/work.h"

/**
 * SalResult: a result on the shelf
 *
 * Properties: "name" (string), "about" (string): what it is of; "starred" (boolean), "thumbnail"
 * (GdkPaintable, %NULL until it has been drawn).
 */
#define SAL_TYPE_RESULT (sal_result_get_type ())
G_DECLARE_FINAL_TYPE (SalResult, sal_result, SAL, RESULT, GObject)

/** sal_result_explanation: Returns: (transfer none): question and answer */
SalExplanation *sal_result_explanation (SalResult *self);
/** sal_result_looks: Returns: (transfer none): how it was shown when it was last seen */
const SalSettings *sal_result_looks (SalResult *self);
/** sal_result_name: Returns: (transfer none): the name it was given, else that of the method */
const char *sal_result_name (SalResult *self);
/** sal_result_given_name: Returns: (nullable) (transfer none): the name it was given */
const char *sal_result_given_name (SalResult *self);
/** sal_result_set_name: @name: (nullable): %NULL, empty or the method's own for the method's */
void sal_result_set_name (SalResult *self, const char *name);
gboolean sal_result_starred (SalResult *self);
void sal_result_set_starred (SalResult *self, gboolean starred);

#define SAL_TYPE_SHELF (sal_shelf_get_type ())
G_DECLARE_FINAL_TYPE (SalShelf, sal_shelf, SAL, SHELF, SalItemList)

/** SAL_SHELF_BYTES: memory that a shelf holds to beside what the newest result takes, attributions,
 *  pictures and models together */
#define SAL_SHELF_BYTES ((gsize) 512 << 20)
/** SAL_SHELF_RESULTS: and how many results */
#define SAL_SHELF_RESULTS 200

SalShelf *sal_shelf_new (void);

/**
 * sal_shelf_add:
 * @explanation: answered; @looks: copied
 *
 * Returns: (transfer none): the new result; the old one, brought up to date, where the very same
 *   question has been answered before
 */
SalResult *sal_shelf_add (SalShelf *self, SalExplanation *explanation, const SalSettings *looks);
/** sal_shelf_set_looks: @result is shown differently now; its thumbnail follows */
void sal_shelf_set_looks (SalShelf *self, SalResult *result, const SalSettings *looks);
/** sal_shelf_remove: Returns: where it was, for sal_shelf_insert() to put it back */
guint sal_shelf_remove (SalShelf *self, SalResult *result);
void sal_shelf_insert (SalShelf *self, SalResult *result, guint position);
/** sal_shelf_find: @position: (out) (optional); Returns: whether it is on the shelf */
gboolean sal_shelf_find (SalShelf *self, SalResult *result, guint *position);
/** sal_shelf_set_limits: for SAL_SHELF_BYTES and SAL_SHELF_RESULTS */
void sal_shelf_set_limits (SalShelf *self, gsize bytes, guint results);
/** sal_shelf_bytes: Returns: memory that it holds beyond that of the newest result; what results
 *  share counts once */
gsize sal_shelf_bytes (SalShelf *self);
