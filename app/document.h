/* What is open: a model and a picture, what the model says, the question asked about it (class,
 * method, settings), the answer, and how it is shown. All state of a window is here; widgets show
 * it and set it, and every job is started from here.
 *
 * Whatever changes the question is answered by itself: there is no "run". Main thread only. */
#pragma once

#include "app/exhibit.h"
#include "app/work.h"

#include <glib-object.h>

/**
 * SalDocumentState: how the answer stands
 * @SAL_DOCUMENT_EMPTY: there is no question yet
 * @SAL_DOCUMENT_RUNNING: it is being worked on; the heatmap may be a first estimate
 * @SAL_DOCUMENT_DONE: the heatmap is the answer
 * @SAL_DOCUMENT_STOPPED: the person has stopped it; the heatmap is as far as it got
 * @SAL_DOCUMENT_FAILED: it could not be answered; the heatmap is that of the last answer
 */
typedef enum {
  SAL_DOCUMENT_EMPTY,
  SAL_DOCUMENT_RUNNING,
  SAL_DOCUMENT_DONE,
  SAL_DOCUMENT_STOPPED,
  SAL_DOCUMENT_FAILED,
} SalDocumentState;

#define SAL_TYPE_DOCUMENT (sal_document_get_type ())
G_DECLARE_FINAL_TYPE (SalDocument, sal_document, SAL, DOCUMENT, GObject)

/**
 * SalDocument::failed:
 * @summary: what could not be done, for a toast
 * @details: why, one line
 *
 * Whatever was open, and its last result, are still there.
 */

/**
 * SalDocument::exported:
 * @path: the file that was written
 */

SalDocument *sal_document_new (void);

/* Opening. What is open stays until the new has been loaded and looked at; if that fails it stays
 * for good. A model and a picture opened together are shown together. */

void sal_document_open_model (SalDocument *self, const char *path);
void sal_document_open_picture (SalDocument *self, const char *path);
/** sal_document_set_labels: opens the model that is open anew, with other names of its classes;
 *  @labels: (nullable): see sal_labels_apply() */
void sal_document_set_labels (SalDocument *self, const char *labels);
/** sal_document_open_files: @paths: %NULL-terminated, models or pictures; of each the last counts
 */
void sal_document_open_files (SalDocument *self, const char *const *paths);
/** sal_document_take_model: as sal_document_open_model(), for one that is loaded already */
void sal_document_take_model (SalDocument *self, SalModel *model);
/** sal_document_is_opening: property "opening" */
gboolean sal_document_is_opening (SalDocument *self);

/** sal_document_model: property "model"; Returns: (transfer none) (nullable) */
SalModel *sal_document_model (SalDocument *self);
/** sal_document_picture: property "picture"; Returns: (transfer none) (nullable) */
SalPicture *sal_document_picture (SalDocument *self);
/** sal_document_view: property "view": the model looking at the picture; Returns: (transfer none)
 *  (nullable): %NULL unless both are open */
SalView *sal_document_view (SalDocument *self);

/* The question. */

/** sal_document_set_target: property "target": the class that is explained; the top class of each
 *  new picture, until another is chosen */
void sal_document_set_target (SalDocument *self, int class_index);
int sal_document_target (SalDocument *self);
/** sal_document_set_versus: property "versus": the class whose score is subtracted ("why this
 *  rather than that"), −1 for none, as with each new picture. The target itself is not taken */
void sal_document_set_versus (SalDocument *self, int class_index);
int sal_document_versus (SalDocument *self);
/** sal_document_set_kind: property "kind": which number of the class is explained */
void sal_document_set_kind (SalDocument *self, SalOutputKind kind);
SalOutputKind sal_document_kind (SalDocument *self);
/** sal_document_set_method: property "method"; one that the model does not allow is not taken */
void sal_document_set_method (SalDocument *self, const SalMethod *method);
const SalMethod *sal_document_method (SalDocument *self);
/** sal_document_set_settings: property "settings": values for the current method's parameters and
 *  smoothing's; each method keeps its own. @settings: copied */
void sal_document_set_settings (SalDocument *self, const SalSettings *settings);
const SalSettings *sal_document_settings (SalDocument *self);
/** sal_document_ask: the whole question at once; a method that the model does not allow is not
 *  taken. @settings: copied; @target: of the model that is open */
void sal_document_ask (SalDocument *self, const SalMethod *method, const SalSettings *settings,
                       SalTarget target);
/** sal_document_recall: Returns: (transfer none): the settings of any method, as they were left */
const SalSettings *sal_document_recall (SalDocument *self, const SalMethod *method);
/** sal_document_remember: @settings: copied; what @method is to start with */
void sal_document_remember (SalDocument *self, const SalMethod *method,
                            const SalSettings *settings);

/* The answer. */

/** sal_document_state: property "state" */
SalDocumentState sal_document_state (SalDocument *self);
/** sal_document_fraction: property "fraction": how far the job is, 0..1 */
double sal_document_fraction (SalDocument *self);
/** sal_document_heatmap: property "heatmap"; Returns: (transfer none) (nullable): what is to be
 *  seen now, finished or not */
SalHeatmap *sal_document_heatmap (SalDocument *self);
/** sal_document_explanation: Returns: (transfer none) (nullable): the last answer; what the
 *  heatmap shows unless the state is running or stopped */
SalExplanation *sal_document_explanation (SalDocument *self);
/** sal_document_resume: works on the answer again that was stopped */
void sal_document_resume (SalDocument *self);
/** sal_document_cancel: stops working on the answer */
void sal_document_cancel (SalDocument *self);
/** sal_document_jobs: Returns: how many times the engine was set to work on an answer */
guint sal_document_jobs (SalDocument *self);

/** sal_document_restore: opens what @answer is about, asks its question, and shows it as @looks
 * say; the engine is not set to work. @answer: answered; @looks: copied */
void sal_document_restore (SalDocument *self, SalExplanation *answer, const SalSettings *looks);

/* How it is shown. None of this sets the engine to work. */

/** sal_document_set_looks: property "looks": see looks.h; @looks: copied */
void sal_document_set_looks (SalDocument *self, const SalSettings *looks);
const SalSettings *sal_document_looks (SalDocument *self);
/** sal_document_appearance: Returns: what the looks mean for this method */
SalAppearance sal_document_appearance (SalDocument *self);

/** sal_document_values: Returns: (transfer none) (nullable): the attributions that are to be seen,
 *  an answer or what there is of one; @layout: (out): theirs */
SalTensor *sal_document_values (SalDocument *self, SalLayout *layout);
/** sal_document_error: Returns: (transfer none) (nullable): their standard error, where they are a
 *  mean of samples */
SalTensor *sal_document_error (SalDocument *self);
/** sal_document_shows_error: Returns: whether the heatmap is that standard error, as the looks ask
 *  for */
gboolean sal_document_shows_error (SalDocument *self);

/** sal_document_export: writes the answer's overlay to a PNG; "exported" or "failed" tells when.
 *  Only while the state is done. The document lives, and the application runs, until it is written
 */
void sal_document_export (SalDocument *self, const char *path);
/** sal_document_export_exhibit: likewise what is shown beside the answer; there is no recipe of it
 */
void sal_document_export_exhibit (SalDocument *self, SalExhibit *exhibit, const char *path);
