/* Undo and redo: every state of the question and of the looks that a person has left behind, for as
 * long as the same model looks at the same picture. Main thread only. */
#pragma once

#include "app/document.h"

typedef struct _SalHistory SalHistory;

/**
 * sal_history_new:
 * @document: whose changes are noted; kept
 * @changed: (nullable): sal_history_can_undo() or _redo() may have changed
 *
 * A slider's way is one change, as is whatever else happens to one thing within a second.
 */
SalHistory *sal_history_new (SalDocument *document, void (*changed) (gpointer owner),
                             gpointer owner);
void sal_history_free (SalHistory *history);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalHistory, sal_history_free)

gboolean sal_history_can_undo (const SalHistory *history);
gboolean sal_history_can_redo (const SalHistory *history);
/** sal_history_undo: the document goes back to how it was; does nothing at the first state */
void sal_history_undo (SalHistory *history);
/** sal_history_redo: and forward again, until something else is changed */
void sal_history_redo (SalHistory *history);
