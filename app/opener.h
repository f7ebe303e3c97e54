/* From files to a view: recognises what is a model and what a picture, loads both, and has the
 * model look at the picture, each off the main thread. Nothing of it counts until the whole has
 * worked. Main thread only. */
#pragma once

#include "app/work.h"

/**
 * SalOpenerType: who is told
 * @opened: what is open from now on (transfer none); each (nullable), @view unless both are
 * @failed: what could not be opened, in words with a %s for the name of the file at @path, and why;
 *     what was open stays
 * @changed: sal_opener_busy() may have changed
 */
typedef struct {
  void (*opened) (SalModel *model, SalPicture *picture, SalView *view, gpointer owner);
  void (*failed) (const char *summary, const char *path, const GError *error, gpointer owner);
  void (*changed) (gpointer owner);
} SalOpenerType;

typedef struct _SalOpener SalOpener;

/** sal_opener_new: @owner gets no calls after sal_opener_free() */
SalOpener *sal_opener_new (const SalOpenerType *type, gpointer owner);
void sal_opener_free (SalOpener *opener);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalOpener, sal_opener_free)

/* A newer model takes the place of one that is still being loaded, and so with pictures; a model
 * and a picture are waited for together. */

/** sal_opener_model: @labels: (nullable): whose names its classes shall have */
void sal_opener_model (SalOpener *opener, const char *path, const char *labels);
void sal_opener_picture (SalOpener *opener, const char *path);
/** sal_opener_files: @paths: %NULL-terminated; of models and pictures the last each counts */
void sal_opener_files (SalOpener *opener, const char *const *paths);
/** sal_opener_take_model: as sal_opener_model(), for one that is loaded already */
void sal_opener_take_model (SalOpener *opener, SalModel *model);
/** sal_opener_set: these are open from now on; what was being opened is forgotten. Nobody is told
 *  but by @changed */
void sal_opener_set (SalOpener *opener, SalModel *model, SalPicture *picture);
gboolean sal_opener_busy (const SalOpener *opener);
