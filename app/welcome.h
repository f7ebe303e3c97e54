/* What a window shows while nothing is open: bundled examples to click, drawn by the program itself
 * as it would draw them large, and how to open something of one's own. */
#pragma once

#include "app/work.h"

#include <adwaita.h>

#define SAL_TYPE_WELCOME (sal_welcome_get_type ())
G_DECLARE_FINAL_TYPE (SalWelcome, sal_welcome, SAL, WELCOME, GtkWidget)

/**
 * SalWelcome::chosen:
 * @explanation: (type gpointer) (transfer none): the example, answered already
 */

/** sal_welcome_load: draws the examples in the background, once */
void sal_welcome_load (SalWelcome *self);
/** sal_welcome_card: Returns: (transfer none) (nullable): the card of an example, for tests */
GtkWidget *sal_welcome_card (SalWelcome *self, guint i);
