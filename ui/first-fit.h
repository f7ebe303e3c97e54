/* Shows the first of its children that there is room for, else the last: the widest comes first.
 * AdwSqueezer does so too, but asks for another size while sizes are given out, see later.h. */
#pragma once

#include <gtk/gtk.h>

#define SAL_TYPE_FIRST_FIT (sal_first_fit_get_type ())
G_DECLARE_FINAL_TYPE (SalFirstFit, sal_first_fit, SAL, FIRST_FIT, GtkWidget)
