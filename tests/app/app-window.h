/* What tests of the window share: making one, finding things in it, doing what a person does. */
#pragma once

#include "app/application.h"
#include "app/window.h"
#include "tests/app/app-support.h"

/** app_is_tolerated: Returns: whether @message is one that GTK says by itself, of what it does
 * alone; test-toolkit.c makes it */
gboolean app_is_tolerated (const char *message);
/** app_tolerate: says nothing of such messages from now on, nor ends for them */
void app_tolerate (void);

/** app_init: GTK, libadwaita, and the application; no animations */
void app_init (int *argc, char ***argv);
/** app_end: to be returned from main() after the tests */
int app_end (int status);

/** app_part: Returns: (transfer none): a child of the window's template */
gpointer app_part (SalWindow *window, const char *name);
/** app_window_new: Returns: (transfer none): an empty window, mapped */
SalWindow *app_window_new (int width, int height);
/** app_window_with_example: Returns: (nullable): a window with the bundled example and its first
 *  answer; %NULL after g_test_skip() */
SalWindow *app_window_with_example (void);
/** app_window_finish: closes it; nothing may hold on to it, nor to what was open in it */
void app_window_finish (SalWindow *window);

void app_activate (SalWindow *window, const char *action, const char *target);
gboolean app_enabled (SalWindow *window, const char *action);
/** app_find_label: Returns: (nullable): the first mapped label below @widget with a text like
 *  @pattern */
GtkWidget *app_find_label (GtkWidget *widget, const char *pattern);
/** app_wait_label: waits until there is one */
GtkWidget *app_wait_label (gpointer widget, const char *pattern);
/** app_find_button: Returns: the first mapped button with a label like @pattern */
GtkWidget *app_find_button (GtkWidget *widget, const char *pattern);
/** app_open_details: presses "Details" on the message that is shown. @text: (transfer full): what
 *  comes up. Returns: (transfer none): the dialog */
GtkWidget *app_open_details (SalWindow *window, char **text);
/** app_click: emits "clicked" after making sure that a person could click */
void app_click (GtkWidget *button);
/** app_is_compared: Returns: whether all cells of a SalComparison are done; for ui_wait_until() */
gboolean app_is_compared (gpointer comparison);
/** app_drop: drops files on the window and waits for what comes of it */
void app_drop (SalWindow *window, const char *path);
/** app_set_method: and waits for its answer */
void app_set_method (SalWindow *window, const char *id);
