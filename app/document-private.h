/* What the document's files share: document.c (opening, working on the answer, properties),
 * document-question.c (what is asked), document-show.c (how the answer is shown). */
#pragma once

#include "app/document.h"
#include "app/jobs.h"
#include "app/opener.h"
#include "app/queue.h"

struct _SalDocument {
  GObject parent_instance;

  SalOpener *opener;
  SalLane *explanations, *heatmaps;
  SalQueue *exports;

  SalModel *model;
  SalPicture *picture;
  SalView *view;

  int target, versus;
  SalOutputKind kind;
  const SalMethod *method;
  GHashTable *settings; /* id of a method -> SalSettings */

  SalDocumentState state;
  double fraction;
  SalExplanation *asked;
  SalLatest *latest; /* of the answers about this view */
  SalExplanation *explanation;
  SalPartial mean; /* (nullable): what is to be seen: the answer, or what there is of it */
  SalLayout layout;
  gboolean shows_error;  /* its error is */
  SalHeatmapStyle style; /* that the heatmap has, or will have once the lane is through */
  SalHeatmap *heatmap;
  gboolean settling; /* the answer is there and its heatmap is on its way */

  SalSettings *looks;
};

enum {
  PROP_OPENING = 1,
  PROP_MODEL,
  PROP_PICTURE,
  PROP_VIEW,
  PROP_TARGET,
  PROP_VERSUS,
  PROP_KIND,
  PROP_METHOD,
  PROP_SETTINGS,
  PROP_STATE,
  PROP_FRACTION,
  PROP_HEATMAP,
  PROP_LOOKS,
  N_PROPS,
};

/* document.c */

void sal_document_notify (SalDocument *self, int prop);
/** sal_document_fail: says so, unless somebody has cancelled it */
void sal_document_fail (SalDocument *self, const char *summary, const GError *error);
/** sal_document_fail_file: of a file; @format: with one %s for its name */
void sal_document_fail_file (SalDocument *self, const char *format, const char *path,
                             const GError *error);
void sal_document_exported (SalDocument *self, const char *path);
void sal_document_set_state (SalDocument *self, SalDocumentState state);
/** sal_document_explain: works on what is asked now, if there is something to be asked about */
void sal_document_explain (SalDocument *self, SalLaneManner manner);

/* document-question.c */

/** sal_document_set_question: nobody is told, and nothing is worked on */
void sal_document_set_question (SalDocument *self, const SalMethod *method,
                                const SalSettings *settings, SalTarget target);
void sal_document_notify_question (SalDocument *self);

/** sal_document_forget_layers: methods whose layer @model does not have go back to the usual one */
void sal_document_forget_layers (SalDocument *self, SalModel *model);

/* document-show.c */

extern const SalLaneType sal_document_heatmap_lane;
extern const SalQueueType sal_document_export_queue;
/** sal_document_show_partial: what there is of an answer; @whose: the question */
void sal_document_show_partial (SalDocument *self, const SalPartial *partial,
                                const SalExplanation *whose);
/** sal_document_show_nothing: of what was to be seen */
void sal_document_show_nothing (SalDocument *self);
/** sal_document_show_answer: what the looks ask for of it */
void sal_document_show_answer (SalDocument *self, const SalExplanation *answer);
