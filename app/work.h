/* What the window's jobs do, in worker threads: load, recognise, predict, explain, scale for
 * showing, export. Nothing here knows of widgets; everything is handed in and out whole. */
#pragma once

#include "engine/base/progress.h"
#include "engine/base/stamp.h"
#include "engine/explain/appearance.h"
#include "engine/explain/method.h"
#include "engine/image/heatmap.h"
#include "engine/image/image.h"
#include "engine/model.h"

/** SalPicture: a decoded picture and where it came from; reference counted with atomic counts */
typedef struct {
  gatomicrefcount refs;
  SalImage *image;
  char *path;
  SalStamp stamp; /* of the file, when it was read */
} SalPicture;

SalPicture *sal_picture_ref (SalPicture *picture);
void sal_picture_unref (SalPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalPicture, sal_picture_unref)

/** SalView: a model looking at a picture. Reference counted with atomic counts, constant.
 * @input: the picture as the network's input
 * @seen: which part of the picture that is
 * @predictions: (element-type SalPrediction): all classes, highest first */
typedef struct {
  gatomicrefcount refs;
  SalModel *model;
  SalPicture *picture;
  SalTensor *input;
  SalRect seen;
  GArray *predictions;
} SalView;

SalView *sal_view_ref (SalView *view);
void sal_view_unref (SalView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalView, sal_view_unref)

/** sal_view_prediction: Returns: (nullable): what is predicted for a class */
const SalPrediction *sal_view_prediction (const SalView *view, int class_index);

/** SalLatest: an answer that the next job may go on from; shared by the jobs of one lane, so that
 * one that waits for another gets that one's */
typedef struct _SalLatest SalLatest;

SalLatest *sal_latest_new (void);
SalLatest *sal_latest_ref (SalLatest *latest);
void sal_latest_unref (SalLatest *latest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalLatest, sal_latest_unref)
/** sal_latest_set: @attribution: (nullable) */
void sal_latest_set (SalLatest *latest, SalAttribution *attribution);

/** SalExplanation: a question and, once it has been answered, its answer. Reference counted with
 * atomic counts.
 * @baseline: (nullable): made by the job
 * @arrays: (nullable): read by the job
 * @latest: (nullable): where an earlier answer is, to be gone on from where it can be, and where
 * the job leaves its own
 * @settings: of an answer that was stopped, with as many samples as it has
 * @attribution: (nullable): %NULL until answered */
typedef struct {
  gatomicrefcount refs;
  SalView *view;
  const SalMethod *method;
  SalSettings *settings;
  SalTarget target;
  SalTensor *baseline;
  GHashTable *arrays;
  SalLatest *latest;
  SalAttribution *attribution;
} SalExplanation;

/** sal_explanation_new: @settings: copied; sums per segment are left out where there can be none */
SalExplanation *sal_explanation_new (SalView *view, const SalMethod *method,
                                     const SalSettings *settings, SalTarget target);
SalExplanation *sal_explanation_ref (SalExplanation *explanation);
void sal_explanation_unref (SalExplanation *explanation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalExplanation, sal_explanation_unref)

/** sal_explanation_layout: Returns: how @values, an attribution of this query, are laid out: like
 *  the network's input, or as a CAM of one channel */
SalLayout sal_explanation_layout (const SalExplanation *explanation, const SalTensor *values);

/** sal_method_reason: @model: (nullable); Returns: (nullable): why the method cannot be applied to
 * it
 */
const char *sal_method_reason (const SalMethod *method, const SalModel *model);

/** sal_method_seed: Returns: of the method's draws, or of smoothing's where it has none: what
 * random baselines are made with */
guint64 sal_method_seed (const SalMethod *method, const SalSettings *settings);

/** sal_settings_same: Returns: whether all of @params have the same values in force */
gboolean sal_settings_same (const SalParam *params, const SalSettings *a, const SalSettings *b);

/* The runs of lanes (see jobs.h). */

/** SalModelWish: @path: of an ONNX file; @labels: (nullable): whose names its classes shall have,
 * see sal_labels_apply() */
typedef struct {
  char *path;
  char *labels;
} SalModelWish;

/** sal_model_wish_new: copies both */
SalModelWish *sal_model_wish_new (const char *path, const char *labels);
void sal_model_wish_free (SalModelWish *wish);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalModelWish, sal_model_wish_free)

/** sal_work_load_model: SalModelWish to SalModel: one of its own, which shares all that takes
 * memory with what was read from the same files before and is still in use */
gpointer sal_work_load_model (gpointer wish, const SalProgress *progress, GError **error);
/** sal_work_open_model: Returns: (transfer full): the model of a file, with the names that it has
 *  itself; to be called by a worker */
SalModel *sal_work_open_model (const char *path, const SalProgress *progress, GError **error);
/** sal_work_load_picture: path to SalPicture */
gpointer sal_work_load_picture (gpointer path, const SalProgress *progress, GError **error);

/** SalFiles: what a set of files turned out to be; each (nullable) */
typedef struct {
  char *model;
  char *picture;
} SalFiles;

SalFiles *sal_files_new (const char *model, const char *picture);
void sal_files_free (SalFiles *files);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalFiles, sal_files_free)

/** sal_work_is_picture: Returns: whether the file is a picture, told by its contents, else by its
 *  name */
gboolean sal_work_is_picture (const char *path);
/** sal_work_recognise: %NULL-terminated array of paths to SalFiles: the last model and the last
 *  picture among them, told by their contents, else by their names */
gpointer sal_work_recognise (gpointer paths, const SalProgress *progress, GError **error);

/** SalSight: (nullable) pieces to make a SalView of */
typedef struct {
  SalModel *model;
  SalPicture *picture;
} SalSight;

void sal_sight_free (SalSight *sight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalSight, sal_sight_free)

/** sal_work_look: SalSight to SalView */
gpointer sal_work_look (gpointer sight, const SalProgress *progress, GError **error);
/**
 * sal_work_see:
 * @model, @picture: each (nullable): %NULL is loaded from its path, which is not looked at
 * otherwise
 *
 * To be called by a worker. Returns: (transfer full) (nullable): the model looking at the picture
 */
SalView *sal_work_see (SalModel *model, const char *model_path, SalPicture *picture,
                       const char *picture_path, const SalProgress *progress, GError **error);

/** sal_work_explain: SalExplanation to the same, answered */
gpointer sal_work_explain (gpointer explanation, const SalProgress *progress, GError **error);

/** SalShow: an attribution, finished or not, to be scaled for showing */
typedef struct {
  SalTensor *values;
  SalLayout layout;
  SalHeatmapStyle style;
} SalShow;

void sal_show_free (SalShow *show);
/** sal_work_show: SalShow to SalHeatmap */
gpointer sal_work_show (gpointer show, const SalProgress *progress, GError **error);

/** SalExport: an overlay to be written
 * @explanation: (nullable): answered; what the recipe is written of
 * @picture, @heatmap, @seen: where there is none: what to lay over what, and where */
typedef struct {
  SalExplanation *explanation;
  SalImage *picture;
  SalHeatmap *heatmap;
  SalRect seen;
  SalAppearance appearance;
  char *path;
} SalExport;

void sal_export_free (SalExport *export);
/** sal_work_export: SalExport to its path: a PNG of the picture's size times the appearance's
 *  scale, with the recipe, where there is one, in its text chunk */
gpointer sal_work_export (gpointer export, const SalProgress *progress, GError **error);
