/* The examples that come with the program, installed or not. */
#pragma once

#include "engine/model.h"

/** sal_bundled_file: Returns: (transfer full) (nullable): path of a file of the folder data,
 *  "labels/scenes.txt" for one; %NULL if it is not there */
char *sal_bundled_file (const char *relative);
/** sal_bundled_name: Returns: (transfer full) (nullable): the name of @path for sal_bundled_file(),
 *  here and on other computers; %NULL if it is no file that comes with the program */
char *sal_bundled_name (const char *path);
/** sal_bundled_model: Returns: (transfer full) (nullable): path of the bundled model; %NULL if it
 * is not there */
char *sal_bundled_model (void);
/** sal_bundled_picture: Returns: (transfer full) (nullable): path of the bundled picture to
 *  start with */
char *sal_bundled_picture (void);
/** sal_bundled_example: @name: of a bundled picture, "butterfly"; Returns: (transfer full)
 * (nullable): its path */
char *sal_bundled_example (const char *name);
/** sal_bundled_picture_for: Returns: (transfer full) (nullable): path of the bundled picture that
 *  shows most of what @model has names for */
char *sal_bundled_picture_for (const SalModel *model);
