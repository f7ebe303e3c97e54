/* The examples that come with the program, installed or not. */
#pragma once

#include <glib.h>

/** sal_bundled_model: Returns: (transfer full) (nullable): path of the bundled model; %NULL if it
 * is not there */
char *sal_bundled_model (void);
/** sal_bundled_picture: Returns: (transfer full) (nullable): path of the bundled picture to
 *  start with */
char *sal_bundled_picture (void);
