#include "app/opener.h"

#include "app/jobs.h"
#include "engine/base/error.h"

#include <glib/gi18n.h>

struct _SalOpener {
  const SalOpenerType *type;
  gpointer owner;
  SalLane *files, *models, *pictures, *views; /* in this order */
  SalModel *model;                            /* open; NULL if none */
  SalPicture *picture;                        /* likewise */
  SalModel *next_model;                       /* loaded, not yet looked with */
  SalPicture *next_picture;                   /* loaded, not yet looked at */
  char *model_path, *picture_path;            /* asked for last */
};

static void
forget_next (SalOpener *self)
{
  g_clear_pointer (&self->next_model, sal_model_unref);
  g_clear_pointer (&self->next_picture, sal_picture_unref);
}

static void
take_next (SalOpener *self, SalView *view)
{
  if (self->next_model != NULL) {
    g_clear_pointer (&self->model, sal_model_unref);
    self->model = g_steal_pointer (&self->next_model);
  }
  if (self->next_picture != NULL) {
    g_clear_pointer (&self->picture, sal_picture_unref);
    self->picture = g_steal_pointer (&self->next_picture);
  }
  self->type->opened (self->model, self->picture, view, self->owner);
}

/* Once everything asked for is loaded. */
static void
look (SalOpener *self)
{
  SalModel *model = self->next_model != NULL ? self->next_model : self->model;
  SalPicture *picture = self->next_picture != NULL ? self->next_picture : self->picture;

  /* What is being looked at is not all that has been loaded by now, and no pair with the rest. */
  sal_lane_forget (self->views);
  if (sal_lane_busy (self->files) || sal_lane_busy (self->models) || sal_lane_busy (self->pictures))
    return;
  if (self->next_model == NULL && self->next_picture == NULL)
    return;
  if (model == NULL || picture == NULL) {
    take_next (self, NULL);
    return;
  }
  SalSight *sight = g_new0 (SalSight, 1);
  sight->model = sal_model_ref (model);
  sight->picture = sal_picture_ref (picture);
  sal_lane_start (self->views, sight, SAL_LANE_REPLACE);
}

static void
view_done (gpointer result, const GError *error, gpointer owner)
{
  SalOpener *self = owner;
  g_autoptr (SalView) view = result;

  if (view == NULL) {
    SalPicture *picture = self->next_picture != NULL ? self->next_picture : self->picture;

    self->type->failed (_ ("The model cannot look at “%s”"), picture->path, error, self->owner);
    forget_next (self);
  } else {
    take_next (self, view);
  }
  self->type->changed (self->owner);
}

static void
model_done (gpointer result, const GError *error, gpointer owner)
{
  SalOpener *self = owner;

  if (result != NULL) {
    g_clear_pointer (&self->next_model, sal_model_unref);
    self->next_model = result;
  } else {
    /* What does not call itself a model is one because it is no picture (sal_work_recognise()). */
    gboolean neither = !g_str_has_suffix (self->model_path, ".onnx") &&
                       g_error_matches (error, SAL_ERROR, SAL_ERROR_FORMAT);
    self->type->failed (neither ? _ ("“%s” is neither a picture nor a model that can be read")
                                : _ ("“%s” cannot be opened"),
                        self->model_path, error, self->owner);
  }
  look (self);
  self->type->changed (self->owner);
}

static void
picture_done (gpointer result, const GError *error, gpointer owner)
{
  SalOpener *self = owner;

  if (result != NULL) {
    g_clear_pointer (&self->next_picture, sal_picture_unref);
    self->next_picture = result;
  } else {
    self->type->failed (_ ("“%s” cannot be opened"), self->picture_path, error, self->owner);
  }
  look (self);
  self->type->changed (self->owner);
}

static void
files_done (gpointer result, const GError *error, gpointer owner)
{
  SalOpener *self = owner;
  g_autoptr (SalFiles) files = result;

  if (files != NULL && files->model != NULL)
    sal_opener_model (self, files->model, NULL);
  if (files != NULL && files->picture != NULL)
    sal_opener_picture (self, files->picture);
  look (self);
  self->type->changed (self->owner);
}

static const SalLaneType file_lane = {
  sal_work_recognise,
  NULL,
  files_done,
  (GDestroyNotify) g_strfreev,
  (GDestroyNotify) sal_files_free,
};
static const SalLaneType model_lane = {
  sal_work_load_model,
  NULL,
  model_done,
  (GDestroyNotify) sal_model_wish_free,
  (GDestroyNotify) sal_model_unref,
};
static const SalLaneType picture_lane = {
  sal_work_load_picture, NULL, picture_done, g_free, (GDestroyNotify) sal_picture_unref,
};
static const SalLaneType view_lane = {
  sal_work_look, NULL, view_done, (GDestroyNotify) sal_sight_free, (GDestroyNotify) sal_view_unref,
};

SalOpener *
sal_opener_new (const SalOpenerType *type, gpointer owner)
{
  SalOpener *self = g_new0 (SalOpener, 1);

  self->type = type;
  self->owner = owner;
  self->files = sal_lane_new (&file_lane, self);
  self->models = sal_lane_new (&model_lane, self);
  self->pictures = sal_lane_new (&picture_lane, self);
  self->views = sal_lane_new (&view_lane, self);
  return self;
}

void
sal_opener_free (SalOpener *self)
{
  if (self == NULL)
    return;
  sal_lane_free (self->files);
  sal_lane_free (self->models);
  sal_lane_free (self->pictures);
  sal_lane_free (self->views);
  forget_next (self);
  g_free (self->model_path);
  g_free (self->picture_path);
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->picture, sal_picture_unref);
  g_free (self);
}

void
sal_opener_model (SalOpener *self, const char *path, const char *labels)
{
  g_free (self->model_path);
  self->model_path = g_strdup (path);
  sal_lane_start (self->models, sal_model_wish_new (path, labels), SAL_LANE_REPLACE);
  self->type->changed (self->owner);
}

void
sal_opener_picture (SalOpener *self, const char *path)
{
  g_free (self->picture_path);
  self->picture_path = g_strdup (path);
  sal_lane_start (self->pictures, g_strdup (path), SAL_LANE_REPLACE);
  self->type->changed (self->owner);
}

void
sal_opener_files (SalOpener *self, const char *const *paths)
{
  sal_lane_start (self->files, g_strdupv ((char **) paths), SAL_LANE_REPLACE);
  self->type->changed (self->owner);
}

void
sal_opener_take_model (SalOpener *self, SalModel *model)
{
  sal_lane_forget (self->models);
  sal_model_ref (model);
  g_clear_pointer (&self->next_model, sal_model_unref);
  self->next_model = model;
  look (self);
  self->type->changed (self->owner);
}

void
sal_opener_set (SalOpener *self, SalModel *model, SalPicture *picture)
{
  SalLane *lanes[] = { self->files, self->models, self->pictures, self->views };

  for (gsize i = 0; i < G_N_ELEMENTS (lanes); i++)
    sal_lane_forget (lanes[i]);
  forget_next (self);
  sal_model_ref (model);
  sal_picture_ref (picture);
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->picture, sal_picture_unref);
  self->model = model;
  self->picture = picture;
  self->type->changed (self->owner);
}

gboolean
sal_opener_busy (const SalOpener *self)
{
  return sal_lane_busy (self->files) || sal_lane_busy (self->models) ||
         sal_lane_busy (self->pictures) || sal_lane_busy (self->views);
}
