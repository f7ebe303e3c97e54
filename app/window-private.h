/* What the window's files share. Each is about one subject; window.c makes the window and hands
 * what its widgets say to the document, window-show.c what the document says to the widgets. */
#pragma once

#include "app/compare-page.h"
#include "app/exhibit.h"
#include "app/folder.h"
#include "app/history.h"
#include "app/jobs.h"
#include "app/model-page.h"
#include "app/previews.h"
#include "app/probe.h"
#include "app/session.h"
#include "app/shelf-strip.h"
#include "app/welcome.h"
#include "app/window.h"
#include "ui/canvas-tools.h"
#include "ui/canvas.h"
#include "ui/class-list.h"
#include "ui/file-dialog.h"
#include "ui/first-fit.h"
#include "ui/later.h"
#include "ui/method-picker.h"
#include "ui/param-panel.h"
#include "ui/progress-ring.h"
#include "ui/region-card.h"

struct _SalWindow {
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkDropTarget *drop_target;
  AdwButtonContent *export_content;
  GtkWidget *job, *resume, *sidebar_button, *export_button, *doubt_button;
  SalProgressRing *ring;
  GtkLabel *percent;
  AdwViewStack *stack;
  SalWelcome *welcome;
  SalComparePage *compare_page;
  GtkMenuButton *recent_models, *recent_pictures;
  GtkWidget *place_box, *folder_strip;
  GtkLabel *place;
  GtkListView *folder_list;
  GtkButton *average;
  GtkDropDown *exhibit_choice;
  SalModelPage *model_page;
  GtkStack *title;
  AdwViewSwitcher *switcher;
  GtkWidget *header;
  GtkLabel *model_label, *picture_label;
  AdwFlap *flap;
  GtkWidget *sidebar;
  GtkStack *pages;
  SalCanvas *canvas;
  SalRegionCard *region_card;
  SalCanvasTools *canvas_tools;
  GtkWidget *caption;
  GtkLabel *shown, *status, *readout;
  GtkWidget *view_bar;
  GtkMenuButton *views; /* where there is no room for a button each */
  GtkLabel *view_name;
  SalShelfStrip *shelf_strip;
  GtkRevealer *exhibit_bar;
  GtkLabel *exhibit_title;
  GtkRange *opacity;
  GtkLabel *opacity_value;
  SalClassList *classes;
  GtkLabel *notes;
  SalMethodPicker *methods;
  GtkMenuButton *conventions;
  SalParamPanel *params, *looks;
  GtkToggleButton *looks_button;
  GtkImage *mark;
  GtkLabel *result, *time;

  SalDocument *document;
  SalHistory *history;
  SalProbe *probe;
  SalPreviews *previews;
  SalLane *marks;
  GSettings *preferences;
  char *labels_path;  /* (nullable): of the model that the action "labels" is about */
  GtkWidget *gallery; /* (nullable): of public models, once it was asked for */
  void (*chosen) (SalWindow *self, GFile *file); /* what to do with a file that was asked for */
  AdwToast *toast;                               /* weak: the one that shows */
  GListModel *toasted;                           /* children of the overlay, toasts among them */
  guint job_delay;     /* jobs that are over in a moment are not announced */
  gboolean complement; /* once what is being opened is there: add the bundled other */
  SalShelf *shelf;
  SalResult *current;  /* (nullable): of the shelf, that the document shows or showed last */
  SalLane *pairs;      /* differences of results */
  SalExhibit *exhibit; /* (nullable): on the canvas in place of the document's result */
  GtkDropTarget *result_target;
  GPtrArray *exhibits; /* (nullable): to choose from */
  SalFolder *folder;
  gboolean folder_beside;     /* the folder that is being opened comes beside a picture */
  char *session_path;         /* (nullable): of the file that it was opened from or saved to */
  SalSession *session;        /* (nullable): that is being opened, with results still to be made */
  gboolean session_opening;   /* its files are */
  SalSessionResult *remaking; /* (nullable): that the lane works on */
  SalLane *remakes;
  GtkSingleSelection *folder_selection;
  SalLane *averages;

  GtkWidget *closing;  /* weak (nullable): the question that comes before the end */
  gboolean discarding; /* the answer was that nothing need be saved */
  char *doubt;         /* (nullable): why the network seems to be fed wrongly */

  gboolean narrow;  /* the header shows icons alone */
  gboolean showing; /* controls are being set by the program */
};

/* window.c */

/** sal_window_set_opacity: of the heatmap, 0 .. 1, as near as can be chosen */
void sal_window_set_opacity (SalWindow *self, double opacity);

/* window-actions.c */

/** sal_window_actions_init: makes the actions `win.*` that have no file of their own */
void sal_window_actions_init (SalWindow *self);
/** sal_window_enable: whether the action @name can be had now */
void sal_window_enable (SalWindow *self, const char *name, gboolean enabled);
/** sal_window_set_state: which of its choices the action @name shows; does nothing else */
void sal_window_set_state (SalWindow *self, const char *name, const char *state);

/* window-show.c */

/** sal_window_show_init: connects the document's properties to the widgets */
void sal_window_show_init (SalWindow *self);
void sal_window_show_hover (SalWindow *self);
/** sal_window_question_name: Returns: (transfer full): the class that is explained, or "clock −
 *  mushroom", short */
char *sal_window_question_name (SalWindow *self);
/** sal_window_show_page: what depends on which page is seen */
void sal_window_show_page (SalWindow *self);
/** sal_window_show_document: what the canvas shows is the document's result again */
void sal_window_show_document (SalWindow *self);

/* window-state.c */

/** sal_window_state_init: shows the document's job, and what came of it */
void sal_window_state_init (SalWindow *self);

/* window-shelf.c */

void sal_window_shelf_init (SalWindow *self);
void sal_window_shelf_dispose (SalWindow *self);
/** sal_window_star: puts a star on the current result, or takes it away */
void sal_window_star (SalWindow *self);
/** sal_window_rename: asks for another name of the current result, unless text is being edited */
void sal_window_rename (SalWindow *self);

/* window-exhibit.c */

void sal_window_exhibit_init (SalWindow *self);
void sal_window_exhibit_dispose (SalWindow *self);
/** sal_window_exhibit: shows it on the canvas until the person, or something new, ends it */
void sal_window_exhibit (SalWindow *self, SalExhibit *exhibit);
/** sal_window_exhibits: the first of them, and the others to choose from */
void sal_window_exhibits (SalWindow *self, GPtrArray *exhibits);
void sal_window_end_exhibit (SalWindow *self);
/** sal_window_show_difference: works out the first less the second, and exhibits it */
void sal_window_show_difference (SalWindow *self, SalResult *first, SalResult *second);

/* window-convention.c */

void sal_window_convention_init (SalWindow *self);

/* window-errors.c */

void sal_window_errors_init (SalWindow *self);
/** sal_window_show_errors: what there is to be chosen because of standard errors, and the marks */
void sal_window_show_errors (SalWindow *self);

/* window-region.c */

void sal_window_region_init (SalWindow *self);
/** sal_window_show_grid: what can be selected on the canvas: nothing of an exhibit */
void sal_window_show_grid (SalWindow *self);
/** sal_window_deselect: nothing is selected any more */
void sal_window_deselect (SalWindow *self);
/** sal_window_show_notes: what was assumed about the model, and doubts */
void sal_window_show_notes (SalWindow *self);

/* window-model.c */

void sal_window_model_init (SalWindow *self);
/** sal_window_ask_to_save: where something was set of models and not saved, asks what is to become
 * of it, and closes the window once that is known. Returns: whether it asks */
gboolean sal_window_ask_to_save (SalWindow *self);

/* window-labels.c */

/** sal_window_labels_init: makes the action "labels": whose names the classes have */
void sal_window_labels_init (SalWindow *self);

/* window-folder.c */

void sal_window_folder_init (SalWindow *self);
void sal_window_folder_dispose (SalWindow *self);
void sal_window_choose_folder (SalWindow *self);
void sal_window_open_folder (SalWindow *self, GFile *file);
/** sal_window_list_folder: @beside: what is being opened is seen, else the folder's first picture
 *  unless one of it is open */
void sal_window_list_folder (SalWindow *self, const char *path, gboolean beside);
void sal_window_close_folder (SalWindow *self);
/** sal_window_step_picture: to the next or the previous one of the folder */
void sal_window_step_picture (SalWindow *self, int by);
/** sal_window_average_folder: starts it, or stops it while it runs */
void sal_window_average_folder (SalWindow *self);

/* window-session.c */

void sal_window_session_init (SalWindow *self);
void sal_window_session_dispose (SalWindow *self);
/** sal_window_save_session: to the file that it was opened from or saved to last; asks for the
 * first one */
void sal_window_save_session (SalWindow *self);
/** sal_window_choose_session: where to save one; sal_window_choose_opened_session: which to open */
void sal_window_choose_session (SalWindow *self);
void sal_window_choose_opened_session (SalWindow *self);
/** sal_window_open_session: @path: of a .salience file */
void sal_window_open_session (SalWindow *self, const char *path);
/** sal_window_keep_session: for the next start */
void sal_window_keep_session (SalWindow *self);

/* window-recent.c */

void sal_window_recent_init (SalWindow *self);
/** sal_window_show_recent: fills the menus of what was open lately, where there is room for them */
void sal_window_show_recent (SalWindow *self);

/* window-gallery.c */

void sal_window_show_gallery (SalWindow *self);
void sal_window_gallery_dispose (SalWindow *self);

/* window-history.c */

/** sal_window_undoable: says in a toast what was done, with a button that takes it back; @number:
 * of the act in the history */
void sal_window_undoable (SalWindow *self, const char *title, guint number);

/** sal_window_history_init: the actions win.undo and win.redo */
void sal_window_history_init (SalWindow *self);

/* window-compare.c */

void sal_window_compare_init (SalWindow *self);
void sal_window_choose_compare_model (SalWindow *self);
void sal_window_choose_compare_picture (SalWindow *self);
/** sal_window_compare_add: a picture as a row, a model as a column. Returns: %FALSE for a model
 * where models are not what is compared, a folder, and a session */
gboolean sal_window_compare_add (SalWindow *self, GFile *file);
/** sal_window_cancel_compare: no cell is worked out until it is asked again */
void sal_window_cancel_compare (SalWindow *self);
/** sal_window_arrange_compare: columns and rows are these from now on */
void sal_window_arrange_compare (SalWindow *self, const SalComparisonLayout *layout);

/* window-toast.c */

void sal_window_toast_init (SalWindow *self);
/** sal_window_toast: shows it in place of the one that shows. @toast: (transfer full) */
void sal_window_toast (SalWindow *self, AdwToast *toast);
/** sal_window_forget_failure: takes away what tells that something did not work */
void sal_window_forget_failure (SalWindow *self);
/** sal_window_failed: tells in a toast that something did not work, and on request why */
void sal_window_failed (SalWindow *self, const char *summary, const char *details);
/** sal_window_file_failed: as sal_window_failed(); @format: with one %s for the name of the file */
void sal_window_file_failed (SalWindow *self, const char *format, const char *path,
                             const char *reason);

/* window-files.c */

void sal_window_files_init (SalWindow *self);
/** sal_window_welcome_again: shows examples where nothing has come of opening, and nothing will */
void sal_window_welcome_again (SalWindow *self);
/** sal_window_path: Returns: (transfer full) (nullable): the path of a file that a person has
 * named; %NULL where it has none, which is told in a toast as @format, with one %s for its name */
char *sal_window_path (SalWindow *self, GFile *file, const char *format);
void sal_window_choose_model (SalWindow *self);
void sal_window_choose_picture (SalWindow *self);
void sal_window_choose_export (SalWindow *self);
/** sal_window_models: what is asked for where a model is opened or added */
extern const SalFileKind sal_window_models;
/** sal_window_choose: asks for files of @kind, beginning where the last one was; @name: (nullable):
 *  of a file that is to be written; @chosen gets each file */
void sal_window_choose (SalWindow *self, const SalFileKind *kind, const char *title,
                        const char *name, void (*chosen) (SalWindow *self, GFile *file));
gboolean sal_window_drop (SalWindow *self, const GValue *value);
