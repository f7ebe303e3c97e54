/* Preparations that a person has set and not saved, by the path of the model: another model may be
 * open meanwhile. Main thread only. */
#pragma once

#include "engine/image/prepare.h"

typedef struct _SalDrafts SalDrafts;

SalDrafts *sal_drafts_new (void);
void sal_drafts_free (SalDrafts *drafts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalDrafts, sal_drafts_free)

/** sal_drafts_keep: Returns: whether this very preparation was not kept before */
gboolean sal_drafts_keep (SalDrafts *drafts, const char *path, SalPreparation *preparation);
void sal_drafts_forget (SalDrafts *drafts, const char *path);
/** sal_drafts_find: Returns: (nullable) (transfer none): what is kept for the model */
SalPreparation *sal_drafts_find (SalDrafts *drafts, const char *path);

/** sal_drafts_paths: Returns: (transfer full) (element-type utf8): of all models that something is
 *  kept of, sorted */
GPtrArray *sal_drafts_paths (SalDrafts *drafts);

/**
 * sal_drafts_resume:
 * @fresh: of the model, as its files say now
 * @names: whether the names of classes are taken up, too
 *
 * Returns: (nullable) (transfer full): @fresh as it had been set, which is kept from now on; %NULL
 *   where nothing is kept, or nothing that fits: the file may be of another network by now
 */
SalPreparation *sal_drafts_resume (SalDrafts *drafts, const char *path, SalPreparation *fresh,
                                   gboolean names);
