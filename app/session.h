/* Sessions: what is open, what is asked, what is compared, and the recipes of the results that were
 * kept, as JSON. A file (.salience) names files relative to itself, so that a folder with all of
 * them can be handed on; what comes with the program, as "salience:models/scenes.onnx", is found in
 * whichever place that has it.
 *
 *     salience-session   1
 *     model, picture     files
 *     folder             (may be left out) of pictures
 *     page, view         what is seen: explore, compare or model; overlay, wipe ...
 *     question           {method, parameters, target, versus, output-kind, appearance}: parameters
 *                        and appearance by the keys of params.h, target and versus {index, label}
 *     compare            (may be left out) {columns, one-scale, methods, classes, layers, models,
 *                        pictures}: of which kind columns are, and those of each kind there were
 *     results            [{name, starred, model, picture, question}]: to be worked out again
 */
#pragma once

#include "app/comparison-layout.h"
#include "app/work.h"

/** SalSessionResult: a question; files are absolute paths
 * @name: (nullable): given by the person
 * @target_label, @versus_label: (nullable): names of the classes, which count more than numbers */
typedef struct {
  char *model, *picture;
  const SalMethod *method;
  SalSettings *settings, *looks;
  SalTarget target;
  char *target_label, *versus_label;
  char *name;
  gboolean starred;
} SalSessionResult;

/** SalSession: @now: what is asked; its files (nullable). @compare, @folder, @page, @view:
 *  (nullable) */
typedef struct {
  SalSessionResult *now;
  GPtrArray *results; /* of SalSessionResult */
  SalComparisonLayout *compare;
  char *folder, *page, *view;
} SalSession;

/** SAL_SESSION_ENDING: of session files */
#define SAL_SESSION_ENDING ".salience"

SalSession *sal_session_new (void);
void sal_session_free (SalSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalSession, sal_session_free)
/** sal_session_result_new: @model: (nullable): whose classes are meant; settings are copied */
SalSessionResult *sal_session_result_new (SalModel *model, const char *picture,
                                          const SalMethod *method, const SalSettings *settings,
                                          SalTarget target, const SalSettings *looks);
SalSessionResult *sal_session_result_copy (const SalSessionResult *result);
void sal_session_result_free (SalSessionResult *result);

/** sal_session_target: Returns: the classes as @model numbers them: those of the same names, else
 * of the same numbers, else its highest for @view */
SalTarget sal_session_target (const SalSessionResult *result, const SalView *view);

/** sal_session_write: @path: (nullable): of the file it is for, to which paths become relative;
 *  %NULL leaves them absolute. Returns: (transfer full): JSON */
char *sal_session_write (const SalSession *session, const char *path);
/**
 * sal_session_read:
 * @path: (nullable): of the file it is from
 *
 * Returns: (transfer full): or %NULL and %SAL_ERROR_FORMAT in one line. A method or a parameter
 *   that this version does not know has its default
 */
SalSession *sal_session_read (const char *json, const char *path, GError **error);
