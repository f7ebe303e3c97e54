/* A small ring that fills as a job gets on. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_PROGRESS_RING (sal_progress_ring_get_type ())
G_DECLARE_FINAL_TYPE (SalProgressRing, sal_progress_ring, SAL, PROGRESS_RING, GtkWidget)

/** sal_progress_ring_set_fraction: 0..1 */
void sal_progress_ring_set_fraction (SalProgressRing *self, double fraction);
