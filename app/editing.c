#include "app/editing.h"

#include "app/drafts.h"
#include "engine/image/sidecar.h"

struct _SalEditing {
  SalDrafts *drafts;      /* of models that were open before */
  SalModel *opened;       /* as it was opened, or saved last */
  gboolean fresh;         /* that is as the files said */
  SalPreparation *edited; /* what the person has set */
  SalPreparation *saved;  /* (nullable): that was saved before there was a model with it */
  gboolean named;         /* names of classes, too */
  SalModel *model;        /* with that, or with what was set just before */
};

SalEditing *
sal_editing_new (void)
{
  SalEditing *self = g_new0 (SalEditing, 1);

  self->drafts = sal_drafts_new ();
  return self;
}

void
sal_editing_free (SalEditing *self)
{
  if (self == NULL)
    return;
  sal_drafts_free (self->drafts);
  g_clear_pointer (&self->opened, sal_model_unref);
  g_clear_pointer (&self->edited, sal_preparation_unref);
  g_clear_pointer (&self->saved, sal_preparation_unref);
  g_clear_pointer (&self->model, sal_model_unref);
  g_free (self);
}

SalModel *
sal_editing_opened (SalEditing *self)
{
  return self->opened;
}

SalModel *
sal_editing_model (SalEditing *self)
{
  return self->model;
}

SalPreparation *
sal_editing_preparation (SalEditing *self)
{
  return self->edited;
}

gboolean
sal_editing_named (SalEditing *self)
{
  return self->named;
}

const char *
sal_editing_path (SalEditing *self)
{
  return self->opened != NULL ? sal_model_path (self->opened) : NULL;
}

gboolean
sal_editing_is_changed (SalEditing *self)
{
  return self->opened != NULL && self->edited != sal_model_preparation (self->opened);
}

/* What the files say, as far as is known. */
static SalPreparation *
stored (SalEditing *self)
{
  return self->saved != NULL ? self->saved : sal_model_preparation (self->opened);
}

static gboolean
is_unsaved (SalEditing *self)
{
  return sal_editing_path (self) != NULL && self->edited != stored (self);
}

char **
sal_editing_names (SalEditing *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  int n = sal_preparation_n_labels (self->edited);

  for (int i = 0; i < n; i++)
    g_strv_builder_add (names, sal_preparation_label (self->edited, i));
  for (int i = 0; n == 0 && i < sal_model_n_classes (self->opened); i++)
    if (sal_model_label (self->opened, i) != NULL)
      g_strv_builder_add (names, sal_model_label (self->opened, i));
  return g_strv_builder_end (names);
}

/* Setting. */

static gboolean
is_equal (SalPreparation *a, SalPreparation *b)
{
  return sal_pixel_format_equal (sal_preparation_format (a), sal_preparation_format (b)) &&
         sal_preparation_same_labels (a, b);
}

/* What is set back to what it was is that again, and nothing to save. */
static SalPreparation *
known (SalEditing *self, SalPreparation *preparation)
{
  SalPreparation *opened = sal_model_preparation (self->opened);

  if (is_equal (preparation, stored (self)))
    return stored (self);
  return is_equal (preparation, opened) ? opened : preparation;
}

static void
set (SalEditing *self, SalPreparation *preparation)
{
  if (preparation != NULL)
    sal_preparation_ref (preparation);
  g_clear_pointer (&self->edited, sal_preparation_unref);
  self->edited = preparation;
}

void
sal_editing_set (SalEditing *self, SalPreparation *preparation, gboolean names)
{
  g_return_if_fail (self->opened != NULL && preparation != NULL);
  set (self, known (self, preparation));
  self->named = (self->named || names) && sal_editing_is_changed (self);
}

void
sal_editing_revert (SalEditing *self)
{
  g_return_if_fail (self->opened != NULL);
  set (self, sal_model_preparation (self->opened));
  self->named = FALSE;
}

static void
take (SalEditing *self, SalModel *model)
{
  if (model != NULL)
    sal_model_ref (model);
  g_clear_pointer (&self->model, sal_model_unref);
  self->model = model;
}

static void
take_opened (SalEditing *self, SalModel *model, gboolean fresh)
{
  if (model != NULL)
    sal_model_ref (model);
  g_clear_pointer (&self->opened, sal_model_unref);
  g_clear_pointer (&self->saved, sal_preparation_unref);
  self->opened = model;
  self->fresh = fresh;
}

/* What is saved is what was opened, once there is a model with it. */
static void
take_saved (SalEditing *self)
{
  if (self->saved != NULL && sal_model_preparation (self->model) == self->saved)
    take_opened (self, self->model, TRUE);
}

void
sal_editing_take (SalEditing *self, SalModel *model)
{
  g_return_if_fail (self->opened != NULL && model != NULL);
  take (self, model);
  take_saved (self);
}

/* Saving. */

static char *
save (SalPreparation *preparation, const char *model, GError **error)
{
  g_autofree char *path = sal_sidecar_path (model);

  return sal_preparation_save (preparation, path, error) ? g_steal_pointer (&path) : NULL;
}

char *
sal_editing_save (SalEditing *self, GError **error)
{
  g_return_val_if_fail (sal_editing_path (self) != NULL, NULL);
  char *path = save (self->edited, sal_editing_path (self), error);

  if (path == NULL)
    return NULL;
  g_clear_pointer (&self->saved, sal_preparation_unref);
  self->saved = sal_preparation_ref (self->edited);
  take_saved (self);
  return path;
}

/* Of the draft that was taken up with the open model, more is known than that it is kept. */
static gboolean
is_taken_up (SalEditing *self, const char *path)
{
  return g_strcmp0 (sal_editing_path (self), path) == 0 && (self->fresh || is_unsaved (self));
}

char *
sal_editing_save_kept (SalEditing *self, const char *path, GError **error)
{
  SalPreparation *kept = sal_drafts_find (self->drafts, path);
  g_autofree char *written = is_taken_up (self, path) ? sal_editing_save (self, error)
                             : kept != NULL           ? save (kept, path, error)
                                                      : NULL;

  if (written != NULL)
    sal_drafts_forget (self->drafts, path);
  return g_steal_pointer (&written);
}

GPtrArray *
sal_editing_unsaved (SalEditing *self)
{
  GPtrArray *paths = sal_drafts_paths (self->drafts);

  for (guint i = paths->len; i-- > 0;)
    if (is_taken_up (self, paths->pdata[i]))
      g_ptr_array_remove_index (paths, i);
  if (is_unsaved (self))
    g_ptr_array_insert (paths, 0, g_strdup (sal_editing_path (self)));
  return paths;
}

/* Another model. */

/* Returns: whether something is kept of the last one that was not yet */
static gboolean
keep (SalEditing *self, const char *next)
{
  const char *path = sal_editing_path (self);

  if (path == NULL)
    return FALSE;
  if (is_unsaved (self))
    return sal_drafts_keep (self->drafts, path, self->edited) && g_strcmp0 (path, next) != 0;
  if (self->fresh || self->edited == self->saved)
    sal_drafts_forget (self->drafts, path);
  return FALSE;
}

static gboolean
resume (SalEditing *self, gboolean names)
{
  g_autoptr (SalPreparation) draft = sal_drafts_resume (
      self->drafts, sal_editing_path (self), sal_model_preparation (self->opened), names);

  if (draft == NULL)
    return FALSE;
  set (self, known (self, draft));
  if (!sal_editing_is_changed (self))
    return FALSE;
  self->named = names && sal_preparation_n_labels (draft) > 0;
  return TRUE;
}

/* What was opened again shares its network with what was open before, but begins anew. */
static gboolean
is_same_network (SalModel *a, SalModel *b)
{
  return a != NULL && b != NULL && sal_model_graph (a) == sal_model_graph (b) &&
         !sal_model_is_again (a, b);
}

SalEditingNews
sal_editing_open (SalEditing *self, SalModel *model, gboolean fresh)
{
  g_autoptr (SalModel) before = self->opened != NULL ? sal_model_ref (self->opened) : NULL;
  const char *path = model != NULL ? sal_model_path (model) : NULL;
  /* The same network prepared as it was once: that can be reverted, too. */
  gboolean same = is_same_network (model, before);
  SalEditingNews news = { .again = g_strcmp0 (path, sal_editing_path (self)) == 0 };

  if (!same && keep (self, path))
    news.kept = sal_model_ref (before);
  take (self, model);
  set (self, model != NULL ? sal_model_preparation (model) : NULL);
  if (same)
    return news;
  take_opened (self, model, fresh);
  self->named = FALSE;
  news.resumed = model != NULL && fresh && resume (self, !news.again);
  return news;
}
