/* What the program remembers: GSettings where its schema is to be found (installed, or in the build
 * folder), else nothing, and everything starts at its default. */
#pragma once

#include "app/document.h"
#include "app/schema.h"

/** sal_preferences_restore: method, each method's parameters and appearance into @document;
 *  @preferences: (nullable) */
void sal_preferences_restore (GSettings *preferences, SalDocument *document);
/** sal_preferences_save: the same from @document; @preferences: (nullable) */
void sal_preferences_save (GSettings *preferences, SalDocument *document);

/** sal_preferences_apply_memory: lets computations take the memory that is set, now and whenever it
 *  is set anew; @preferences: (nullable) */
void sal_preferences_apply_memory (GSettings *preferences);

/** sal_preferences_folder: Returns: (transfer full) (nullable): where the last file was opened;
 *  @preferences: (nullable) */
GFile *sal_preferences_folder (GSettings *preferences);
/** sal_preferences_set_folder: remembers the folder of @file; @preferences: (nullable) */
void sal_preferences_set_folder (GSettings *preferences, GFile *file);
