#include "app/work.h"

#include "app/labels.h"
#include "app/open-models.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/explain/baseline.h"
#include "engine/explain/question.h"
#include "engine/explain/recipe.h"
#include "engine/explain/segments.h"
#include "engine/explain/smooth.h"
#include "engine/image/png.h"
#include "engine/tensor/npy.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <pthread.h>
#include <string.h>

SalPicture *
sal_picture_ref (SalPicture *picture)
{
  g_atomic_ref_count_inc (&picture->refs);
  return picture;
}

void
sal_picture_unref (SalPicture *picture)
{
  if (picture == NULL || !g_atomic_ref_count_dec (&picture->refs))
    return;
  sal_image_unref (picture->image);
  g_free (picture->path);
  g_free (picture);
}

SalView *
sal_view_ref (SalView *view)
{
  g_atomic_ref_count_inc (&view->refs);
  return view;
}

void
sal_view_unref (SalView *view)
{
  if (view == NULL || !g_atomic_ref_count_dec (&view->refs))
    return;
  sal_model_unref (view->model);
  sal_picture_unref (view->picture);
  sal_tensor_unref (view->input);
  g_array_unref (view->predictions);
  g_free (view);
}

const SalPrediction *
sal_view_prediction (const SalView *view, int class_index)
{
  for (guint i = 0; i < view->predictions->len; i++) {
    const SalPrediction *prediction = &g_array_index (view->predictions, SalPrediction, i);
    if (prediction->class_index == class_index)
      return prediction;
  }
  return NULL;
}

struct _SalLatest {
  gatomicrefcount refs;
  pthread_mutex_t mutex;
  SalAttribution *attribution;
};

SalLatest *
sal_latest_new (void)
{
  SalLatest *latest = g_new0 (SalLatest, 1);

  g_atomic_ref_count_init (&latest->refs);
  pthread_mutex_init (&latest->mutex, NULL);
  return latest;
}

SalLatest *
sal_latest_ref (SalLatest *latest)
{
  g_atomic_ref_count_inc (&latest->refs);
  return latest;
}

void
sal_latest_unref (SalLatest *latest)
{
  if (latest == NULL || !g_atomic_ref_count_dec (&latest->refs))
    return;
  g_clear_pointer (&latest->attribution, sal_attribution_unref);
  pthread_mutex_destroy (&latest->mutex);
  g_free (latest);
}

void
sal_latest_set (SalLatest *latest, SalAttribution *attribution)
{
  pthread_mutex_lock (&latest->mutex);
  SalAttribution *before = latest->attribution;
  latest->attribution = attribution != NULL ? sal_attribution_ref (attribution) : NULL;
  pthread_mutex_unlock (&latest->mutex);
  if (before != NULL)
    sal_attribution_unref (before);
}

static SalAttribution *
latest_get (SalLatest *latest)
{
  pthread_mutex_lock (&latest->mutex);
  SalAttribution *attribution =
      latest->attribution != NULL ? sal_attribution_ref (latest->attribution) : NULL;
  pthread_mutex_unlock (&latest->mutex);
  return attribution;
}

SalExplanation *
sal_explanation_new (SalView *view, const SalMethod *method, const SalSettings *settings,
                     SalTarget target)
{
  SalExplanation *explanation = g_new0 (SalExplanation, 1);

  g_atomic_ref_count_init (&explanation->refs);
  explanation->view = sal_view_ref (view);
  explanation->method = method;
  explanation->settings = sal_settings_copy (settings);
  if (!sal_segments_possible (method, settings)) {
    const SalParam *sums = sal_param_find (sal_smooth_params (), sal_segments_keys ()[0]);

    sal_settings_set_text (explanation->settings, sums, "none", NULL);
  }
  explanation->target = target;
  return explanation;
}

SalExplanation *
sal_explanation_ref (SalExplanation *explanation)
{
  g_atomic_ref_count_inc (&explanation->refs);
  return explanation;
}

void
sal_explanation_unref (SalExplanation *explanation)
{
  if (explanation == NULL || !g_atomic_ref_count_dec (&explanation->refs))
    return;
  sal_view_unref (explanation->view);
  sal_settings_free (explanation->settings);
  g_clear_pointer (&explanation->baseline, sal_tensor_unref);
  g_clear_pointer (&explanation->arrays, g_hash_table_unref);
  g_clear_pointer (&explanation->latest, sal_latest_unref);
  g_clear_pointer (&explanation->attribution, sal_attribution_unref);
  g_free (explanation);
}

SalLayout
sal_explanation_layout (const SalExplanation *explanation, const SalTensor *values)
{
  const SalModel *model = explanation->view->model;

  if (sal_shape_equal (sal_tensor_shape (values), sal_model_input_shape (model)))
    return sal_preparation_format (sal_model_preparation (model))->layout;
  return SAL_NCHW;
}

const char *
sal_method_reason (const SalMethod *method, const SalModel *model)
{
  return model != NULL && method->check != NULL ? method->check (model) : NULL;
}

guint64
sal_method_seed (const SalMethod *method, const SalSettings *settings)
{
  const SalParam *seed = sal_param_find (method->params, "seed");

  if (seed == NULL)
    seed = sal_param_find (sal_smooth_params (), "seed");
  return (guint64) sal_settings_number (settings, seed);
}

/* As JSON, that they are compared as they would be written down. */
gboolean
sal_settings_same (const SalParam *params, const SalSettings *a, const SalSettings *b)
{
  if (params == NULL)
    return TRUE;
  g_autoptr (JsonBuilder) p = json_builder_new (), q = json_builder_new ();

  json_builder_begin_object (p);
  json_builder_begin_object (q);
  sal_settings_write (a, params, p);
  sal_settings_write (b, params, q);
  json_builder_end_object (p);
  json_builder_end_object (q);
  g_autoptr (JsonNode) x = json_builder_get_root (p), y = json_builder_get_root (q);
  return json_node_equal (x, y);
}

static SalQuery
query_of (const SalExplanation *explanation)
{
  return (SalQuery){
    .model = explanation->view->model,
    .method = explanation->method,
    .settings = explanation->settings,
    .target = explanation->target,
    .input = explanation->view->input,
    .baseline = explanation->baseline,
    .arrays = explanation->arrays,
  };
}

SalModelWish *
sal_model_wish_new (const char *path, const char *labels)
{
  SalModelWish *wish = g_new (SalModelWish, 1);

  *wish = (SalModelWish){ g_strdup (path), g_strdup (labels) };
  return wish;
}

void
sal_model_wish_free (SalModelWish *wish)
{
  g_free (wish->path);
  g_free (wish->labels);
  g_free (wish);
}

static SalModel *
read_model (const SalModelWish *wanted, GError **error)
{
  g_autoptr (SalModel) model = sal_model_open (wanted->path, error);

  if (model == NULL)
    return NULL;
  if (sal_model_preparation (model) == NULL) {
    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "%s: takes no pictures; only models of pictures can be shown",
                   sal_model_name (model));
    return NULL;
  }
  return sal_labels_apply (model, wanted->labels, error);
}

gpointer
sal_work_load_model (gpointer wish, const SalProgress *progress, GError **error)
{
  const SalModelWish *wanted = wish;
  SalModel *model = sal_open_models_find (wanted->path, wanted->labels);

  if (model != NULL)
    return model;
  g_autoptr (SalReads) reads = sal_reads_begin ();
  model = read_model (wanted, error);
  sal_reads_end (reads);
  if (model != NULL)
    sal_open_models_add (wanted->path, wanted->labels, model, g_steal_pointer (&reads));
  return model;
}

SalModel *
sal_work_open_model (const char *path, const SalProgress *progress, GError **error)
{
  g_autoptr (SalModelWish) wish = sal_model_wish_new (path, NULL);

  return sal_work_load_model (wish, progress, error);
}

gpointer
sal_work_load_picture (gpointer path, const SalProgress *progress, GError **error)
{
  SalStamp stamp = sal_stamp_of (path);
  g_autoptr (SalImage) image = sal_image_load (path, error);

  if (image == NULL ||
      !sal_picture_check_size (sal_image_width (image), sal_image_height (image), path, error))
    return NULL;
  SalPicture *picture = g_new0 (SalPicture, 1);
  g_atomic_ref_count_init (&picture->refs);
  picture->image = g_steal_pointer (&image);
  picture->path = g_strdup (path);
  picture->stamp = stamp;
  return picture;
}

SalFiles *
sal_files_new (const char *model, const char *picture)
{
  SalFiles *files = g_new0 (SalFiles, 1);

  files->model = g_strdup (model);
  files->picture = g_strdup (picture);
  return files;
}

void
sal_files_free (SalFiles *files)
{
  if (files == NULL)
    return;
  g_free (files->model);
  g_free (files->picture);
  g_free (files);
}

/* A picture by any name is a picture; of the rest, what calls itself .onnx is a model, whatever is
 * in it, so that the reader gets to say what is wrong with it. So with what cannot be read. */
gboolean
sal_work_is_picture (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  guint8 head[4096];
  gsize length;

  if (stream != NULL &&
      g_input_stream_read_all (G_INPUT_STREAM (stream), head, sizeof head, &length, NULL, NULL)) {
    g_autofree char *type = g_content_type_guess (NULL, head, length, NULL);
    if (g_content_type_is_a (type, "image/*"))
      return TRUE;
  }
  if (g_str_has_suffix (path, ".onnx"))
    return FALSE;
  g_autofree char *by_name = g_content_type_guess (path, NULL, 0, NULL);
  return g_content_type_is_a (by_name, "image/*");
}

gpointer
sal_work_recognise (gpointer paths, const SalProgress *progress, GError **error)
{
  g_autoptr (SalFiles) files = sal_files_new (NULL, NULL);

  for (char **path = paths; *path != NULL; path++) {
    char **which = sal_work_is_picture (*path) ? &files->picture : &files->model;

    g_free (*which);
    *which = g_strdup (*path);
  }
  return g_steal_pointer (&files);
}

void
sal_sight_free (SalSight *sight)
{
  if (sight == NULL)
    return;
  sal_model_unref (sight->model);
  sal_picture_unref (sight->picture);
  g_free (sight);
}

gpointer
sal_work_look (gpointer data, const SalProgress *progress, GError **error)
{
  SalSight *sight = data;
  SalImage *image = sight->picture->image;
  g_autoptr (SalModel) model = sal_model_for_picture (sight->model, sal_image_width (image),
                                                      sal_image_height (image), error);
  g_autoptr (SalTensor) input = model != NULL ? sal_model_prepare (model, image, error) : NULL;

  if (input == NULL)
    return NULL;
  GArray *predictions =
      sal_model_predict (model, input, sal_progress_cancellable (progress), error);
  if (predictions == NULL)
    return NULL;
  SalView *view = g_new0 (SalView, 1);
  g_atomic_ref_count_init (&view->refs);
  view->model = g_steal_pointer (&model);
  view->picture = sal_picture_ref (sight->picture);
  view->input = g_steal_pointer (&input);
  view->seen = sal_preparation_seen (sal_model_preparation (view->model), sal_image_width (image),
                                     sal_image_height (image));
  view->predictions = predictions;
  return view;
}

SalView *
sal_work_see (SalModel *model, const char *model_path, SalPicture *picture,
              const char *picture_path, const SalProgress *progress, GError **error)
{
  g_autoptr (SalModel) seer =
      model != NULL ? sal_model_ref (model) : sal_work_open_model (model_path, progress, error);
  if (seer == NULL)
    return NULL;
  g_autoptr (SalPicture) seen =
      picture != NULL ? sal_picture_ref (picture)
                      : sal_work_load_picture ((gpointer) picture_path, progress, error);
  if (seen == NULL)
    return NULL;
  SalSight sight = { seer, seen };
  return sal_work_look (&sight, progress, error);
}

/* The files that parameters name. */
static gboolean
read_parameter (SalExplanation *answer, const SalParam *param, GCancellable *cancellable,
                GError **error)
{
  const char *text;

  switch (param->kind) {
  case SAL_PARAM_BASELINE:
    answer->baseline =
        sal_baseline_new (answer->view->model, sal_settings_text (answer->settings, param),
                          answer->view->picture->image,
                          sal_method_seed (answer->method, answer->settings), cancellable, error);
    return answer->baseline != NULL;
  case SAL_PARAM_ARRAY:
    text = sal_settings_text (answer->settings, param);
    if (*text == '\0')
      return TRUE;
    SalTensor *array = sal_npy_load (text, error);
    if (array == NULL)
      return FALSE;
    if (answer->arrays == NULL)
      answer->arrays =
          g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sal_tensor_unref);
    g_hash_table_insert (answer->arrays, (gpointer) param->key, array);
    return TRUE;
  default:
    return TRUE;
  }
}

gpointer
sal_work_explain (gpointer data, const SalProgress *progress, GError **error)
{
  SalExplanation *asked = data;
  const SalParam *const lists[] = { asked->method->params, sal_smooth_params () };
  /* The question stays as it is: the main thread may be reading it. */
  g_autoptr (SalExplanation) answer =
      sal_explanation_new (asked->view, asked->method, asked->settings, asked->target);

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const SalParam *param = lists[i]; param != NULL && param->key != NULL; param++)
      if (sal_settings_applies (answer->settings, lists[i], param) &&
          !read_parameter (answer, param, sal_progress_cancellable (progress), error))
        return NULL;
  SalQuery query = query_of (answer);
  g_autoptr (SalAttribution) earlier = asked->latest != NULL ? latest_get (asked->latest) : NULL;
  query.earlier = earlier;
  answer->attribution = sal_explain (&query, progress, error);
  if (answer->attribution == NULL)
    return NULL;
  if (answer->attribution->stopped) {
    const SalParam *samples = sal_param_find (sal_smooth_params (), "samples");

    sal_settings_set_number (answer->settings, samples,
                             sal_question_number (answer->attribution->question, samples), NULL);
  }
  if (asked->latest != NULL)
    sal_latest_set (asked->latest, answer->attribution);
  return g_steal_pointer (&answer);
}

void
sal_show_free (SalShow *show)
{
  if (show == NULL)
    return;
  sal_tensor_unref (show->values);
  g_free (show);
}

gpointer
sal_work_show (gpointer data, const SalProgress *progress, GError **error)
{
  SalShow *show = data;

  return sal_heatmap_new (show->values, show->layout, &show->style, error);
}

void
sal_export_free (SalExport *export)
{
  if (export == NULL)
    return;
  sal_explanation_unref (export->explanation);
  g_clear_pointer (&export->picture, sal_image_unref);
  g_clear_pointer (&export->heatmap, sal_heatmap_unref);
  g_free (export->path);
  g_free (export);
}

/* An explanation says itself what is to be seen. */
static gboolean
resolve (SalExport *export, GError **error)
{
  const SalExplanation *explanation = export->explanation;

  if (explanation == NULL)
    return TRUE;
  SalTensor *values = explanation->attribution->values;
  export->picture = sal_image_ref (explanation->view->picture->image);
  export->seen = explanation->view->seen;
  export->heatmap = sal_heatmap_new (values, sal_explanation_layout (explanation, values),
                                     &export->appearance.heatmap, error);
  return export->heatmap != NULL;
}

/* Also when the picture's file is gone by now, or another. */
static char *
recipe_of (const SalExport *export)
{
  const SalExplanation *explanation = export->explanation;
  const SalView *view = explanation->view;
  g_autofree char *sha256 = sal_file_sha256 (view->picture->path, &view->picture->stamp);
  const SalPrediction *prediction = sal_view_prediction (view, explanation->target.class_index);
  SalQuery query = query_of (explanation);
  SalRecipeFacts facts = {
    .image_file = view->picture->path,
    .image_sha256 = sha256,
    .logit = prediction != NULL ? prediction->logit : 0.0,
    .probability = prediction != NULL ? prediction->probability : 0.0,
  };
  return sal_recipe_write (&query, explanation->attribution, &export->appearance, &facts);
}

gpointer
sal_work_export (gpointer data, const SalProgress *progress, GError **error)
{
  SalExport *export = data;

  if (!resolve (export, error))
    return NULL;
  g_autoptr (SalImage) overlay =
      sal_overlay_render (export->picture, export->heatmap, &export->seen,
                          &export->appearance.overlay, export->appearance.scale, error);
  if (overlay == NULL)
    return NULL;
  g_autofree char *recipe = export->explanation != NULL ? recipe_of (export) : NULL;
  if (!sal_png_write (export->path, overlay, recipe, error))
    return NULL;
  return g_strdup (export->path);
}
