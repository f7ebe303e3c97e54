/* What the window's files share: window.c (making, actions), window-show.c (from the document to
 * the widgets), window-files.c (dialogs, dropping, exporting, toasts). */
#pragma once

#include "app/window.h"
#include "ui/canvas.h"
#include "ui/class-list.h"
#include "ui/method-picker.h"
#include "ui/param-panel.h"
#include "ui/progress-ring.h"

struct _SalWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkDropTarget *drop_target;
  GtkLabel *subtitle;
  GtkWidget *job;
  SalProgressRing *ring;
  GtkLabel *percent;
  AdwFlap *flap;
  GtkWidget *sidebar;
  GtkStack *pages;
  SalCanvas *canvas;
  GtkWidget *caption;
  GtkLabel *shown, *readout;
  GtkWidget *view_bar;
  GtkRange *opacity;
  GtkLabel *opacity_value;
  SalClassList *classes;
  GtkLabel *notes;
  SalMethodPicker *methods;
  SalParamPanel *params, *looks;
  GtkToggleButton *looks_button;
  GtkImage *mark;
  GtkLabel *result, *time;

  SalDocument *document;
  GSettings *preferences;
  GtkNativeDialog *dialog;
  AdwToast *toast;     /* weak: the one that shows */
  guint job_delay;     /* jobs that are over in a moment are not announced */
  gboolean complement; /* once what is being opened is there: add the bundled other */
  gboolean showing;    /* controls are being set by the program */
};

/* window-show.c */

/** sal_window_show_init: connects the document's properties to the widgets */
void sal_window_show_init (SalWindow *self);
void sal_window_show_hover (SalWindow *self);

/* window-files.c */

void sal_window_files_init (SalWindow *self);
void sal_window_choose_model (SalWindow *self);
void sal_window_choose_picture (SalWindow *self);
void sal_window_choose_export (SalWindow *self);
gboolean sal_window_drop (SalWindow *self, const GValue *value);
