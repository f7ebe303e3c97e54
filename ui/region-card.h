/* What there is to say of a selected region, on a card over the picture. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_REGION_CARD (sal_region_card_get_type ())
G_DECLARE_FINAL_TYPE (SalRegionCard, sal_region_card, SAL, REGION_CARD, GtkWidget)

/** SalRegionCard::closed: the person wants nothing selected */

/** sal_region_card_show: shows the card; @title: one line, @details: some */
void sal_region_card_show (SalRegionCard *self, const char *title, const char *details);
/** sal_region_card_hide: there is nothing to say */
void sal_region_card_hide (SalRegionCard *self);
