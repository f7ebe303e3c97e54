/* Undo and redo: every state of the question and of the looks that a person has left behind, for as
 * long as the same model looks at the same picture; and acts that are no state of the document,
 * like deleting a result. Main thread only. */
#pragma once

#include "app/document.h"

typedef struct _SalHistory SalHistory;

/** SalHistoryAct: how to take something back, and to do it again; @free: its data; @light: they
 * hold on to nothing that takes much memory */
typedef struct {
  void (*undo) (gpointer data, gpointer owner);
  void (*redo) (gpointer data, gpointer owner);
  GDestroyNotify free;
  gboolean light;
} SalHistoryAct;

/**
 * sal_history_new:
 * @document: whose changes are noted; kept
 * @changed: (nullable): sal_history_can_undo() or _redo() may have changed
 * @owner: for @changed, and for acts
 *
 * A slider's way is one change, as is whatever else happens to one thing within a second.
 */
SalHistory *sal_history_new (SalDocument *document, void (*changed) (gpointer owner),
                             gpointer owner);
void sal_history_free (SalHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalHistory, sal_history_free)

/** sal_history_set_clock: what tells whether changes happen within a second, in place of
 *  g_get_monotonic_time(); for tests, on machines that have other things to do */
void sal_history_set_clock (SalHistory *history, gint64 (*microseconds) (void));

/** sal_history_add: notes an act that has been done just now. @data: (transfer full). The light
 * ones and the last five others are kept, whatever is opened meanwhile. Returns: a number for
 *  sal_history_take_back() */
guint sal_history_add (SalHistory *history, const SalHistoryAct *act, gpointer data);
/** sal_history_take_back: undoes this act, whatever else has been done since; does nothing if it
 *  has been undone */
void sal_history_take_back (SalHistory *history, guint number);
/** sal_history_can_take_back: Returns: whether this act is kept and has not been undone */
gboolean sal_history_can_take_back (const SalHistory *history, guint number);

gboolean sal_history_can_undo (const SalHistory *history);
gboolean sal_history_can_redo (const SalHistory *history);
/** sal_history_undo: the last change is taken back; does nothing where there is none */
void sal_history_undo (SalHistory *history);
/** sal_history_redo: and done again, until something else is changed */
void sal_history_redo (SalHistory *history);
