/* Where names and sentences go on in the next line. */
#pragma once

#include <glib.h>

/** sal_wrappable: Returns: (transfer full): the name of a file or a layer, which goes on in a next
 *  line after "_", too: a hyphen that Pango puts where it has to cut a word would read as part of
 *  the name */
char *sal_wrappable (const char *name);

/**
 * sal_in_lines:
 * @letters: that a line has at most, if it can be broken
 *
 * For rows of long lists: a label that wraps is laid out anew for each width and height that the
 * list asks about, and a list of thirty rows then takes a tenth of a second to come up.
 *
 * Returns: (transfer full): @text with newlines where its language lets lines end
 */
char *sal_in_lines (const char *text, int letters);
