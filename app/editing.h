/* What a person has set of the preparation of the model that is open, whether that is saved, and
 * what was set of models that were open before. No widgets, and no work but writing small files.
 * Main thread only. */
#pragma once

#include "engine/model.h"

typedef struct _SalEditing SalEditing;

SalEditing *sal_editing_new (void);
void sal_editing_free (SalEditing *editing);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalEditing, sal_editing_free)

/**
 * SalEditingNews: what has come of sal_editing_open()
 * @kept: (nullable) (transfer full): the model that was open before, where something was set of it
 *   that is not saved and was not kept yet
 * @resumed: whether what had been set of this one is set again, which nobody else knows yet
 * @again: whether it is the same file, read anew
 */
typedef struct {
  SalModel *kept;
  gboolean resumed, again;
} SalEditingNews;

/**
 * sal_editing_open:
 * @model: (nullable): that is open now
 * @fresh: whether it is as its files say, not as it was prepared for a result
 *
 * What was set of the one before and is not saved is kept, and set again when a @fresh model comes
 * from the same file; not the names of its classes, where that file is only read anew: they may be
 * why.
 */
SalEditingNews sal_editing_open (SalEditing *editing, SalModel *model, gboolean fresh);

/** sal_editing_opened: Returns: (transfer none) (nullable): the model as it was opened, or saved
 *  last */
SalModel *sal_editing_opened (SalEditing *editing);
/** sal_editing_model: Returns: (transfer none) (nullable): it with what is set, or with what was
 * set until sal_editing_take() brings another */
SalModel *sal_editing_model (SalEditing *editing);
/** sal_editing_take: @model: the opened one with what is set */
void sal_editing_take (SalEditing *editing, SalModel *model);

/** sal_editing_preparation: Returns: (transfer none) (nullable): what is set */
SalPreparation *sal_editing_preparation (SalEditing *editing);
/** sal_editing_named: Returns: whether that includes names of classes */
gboolean sal_editing_named (SalEditing *editing);
/** sal_editing_names: Returns: (transfer full): the names of the classes as they stand, however
 * many */
char **sal_editing_names (SalEditing *editing);
/** sal_editing_set: @names: whether names of classes are what has changed */
void sal_editing_set (SalEditing *editing, SalPreparation *preparation, gboolean names);
/** sal_editing_revert: nothing is set any more; a model is open */
void sal_editing_revert (SalEditing *editing);
/** sal_editing_is_changed: Returns: whether something is set that can be reverted */
gboolean sal_editing_is_changed (SalEditing *editing);

/** sal_editing_path: Returns: (transfer none) (nullable): of the open model, if it is from a file
 */
const char *sal_editing_path (SalEditing *editing);
/** sal_editing_save: writes what is set of the open model, which is from a file; Returns: (transfer
 *  full): path of the sidecar, or %NULL and @error */
char *sal_editing_save (SalEditing *editing, GError **error);
/** sal_editing_save_kept: likewise of the model at @path, whether it is open or was; Returns:
 *  (transfer full): path of the sidecar; %NULL and @error, or no error where nothing is set of it
 */
char *sal_editing_save_kept (SalEditing *editing, const char *path, GError **error);
/** sal_editing_unsaved: Returns: (transfer full) (element-type utf8): paths of models of which
 *  something is set and not saved, the open one first */
GPtrArray *sal_editing_unsaved (SalEditing *editing);
