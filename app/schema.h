/* Where the program's GSettings are. No GTK. */
#pragma once

#include <gio/gio.h>

/** sal_preferences_new: Returns: (transfer full) (nullable): %NULL if there is no schema */
GSettings *sal_preferences_new (void);
