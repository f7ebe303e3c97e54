/* Where a name goes on in the next line. */
#pragma once

#include <glib.h>

/** sal_wrappable: Returns: (transfer full): the name of a file or a layer, which goes on in a next
 *  line after "_", too: a hyphen that Pango puts where it has to cut a word would read as part of
 *  the name */
char *sal_wrappable (const char *name);
