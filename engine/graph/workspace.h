/* The memory that runs work in. A block is kept for the next run when one ends: memory that the
 * system has to bring first costs many times its reading and writing, and a person who moves a
 * slider starts a run of the same size again and again. */
#pragma once

#include <glib.h>

/** sal_workspace_take: Returns: at least @bytes, aligned to 64, of any content */
gpointer sal_workspace_take (gsize bytes);

/** sal_workspace_give: @bytes: as it was taken */
void sal_workspace_give (gpointer memory, gsize bytes);

/** sal_workspace_trim: frees all that is kept */
void sal_workspace_trim (void);
