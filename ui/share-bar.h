/* A thin bar that shows a share, 0..1. Its colour is the CSS colour. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_SHARE_BAR (sal_share_bar_get_type ())
G_DECLARE_FINAL_TYPE (SalShareBar, sal_share_bar, SAL, SHARE_BAR, GtkWidget)

GtkWidget *sal_share_bar_new (void);
/** sal_share_bar_set_share: outside 0..1 is held */
void sal_share_bar_set_share (SalShareBar *self, double share);
