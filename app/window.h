/* The window: binds the document to its widgets, and names everything a person can do as actions
 * (`win.*`). */
#pragma once

#include "app/document.h"

#include <adwaita.h>

#define SAL_TYPE_WINDOW (sal_window_get_type ())
G_DECLARE_FINAL_TYPE (SalWindow, sal_window, SAL, WINDOW, AdwApplicationWindow)

GtkWidget *sal_window_new (GtkApplication *app);

/** sal_window_open_files: models or pictures, recognised by their contents. One without the other
 *  gets the bundled other */
void sal_window_open_files (SalWindow *self, GFile *const *files, guint n);
/** sal_window_welcome: for a window in which nothing is to be opened: shows examples to click */
void sal_window_welcome (SalWindow *self);
/** sal_window_restore_session: opens what was open when the last window was closed; Returns:
 * whether there is something to open, and it is wanted */
gboolean sal_window_restore_session (SalWindow *self);
/** sal_window_save_session_to: what win.save-session does once the person has named a file */
void sal_window_save_session_to (SalWindow *self, GFile *file);
/** sal_window_open_example: the bundled model and picture */
void sal_window_open_example (SalWindow *self);
/** sal_window_export_to: what win.export does once the person has named a file */
void sal_window_export_to (SalWindow *self, GFile *file);
/** sal_window_document: Returns: (transfer none) */
SalDocument *sal_window_document (SalWindow *self);
