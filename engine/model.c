#include "engine/model-private.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/reads.h"
#include "engine/graph/run.h"
#include "engine/image/preprocessor.h"
#include "engine/image/sidecar.h"
#include "engine/onnx/reader.h"
#include "engine/traits.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* What networks that take any size but not every one want a multiple of: they halve it so often. */
#define STEP 32

const SalValue *
sal_model_value (const SalModel *self, int value)
{
  return sal_graph_get_value (self->graph, value);
}

void
sal_model_note (SalModel *self, const char *format, ...)
{
  va_list list;

  va_start (list, format);
  g_ptr_array_add (self->notes, g_strdup_vprintf (_ (format), list));
  va_end (list);
}

void
sal_model_plan_options (const SalModel *model, SalPlanOptions *options)
{
  *options = (SalPlanOptions){ .bindings = (const SalBinding *) (gpointer) model->bindings->data,
                               .n_bindings = model->bindings->len,
                               .compute = model->compute };
}

SalPlan *
sal_model_plan_for (const SalModel *self, const SalShape *shape, const int *outputs, int n_outputs,
                    GError **error)
{
  SalFeed feed = { self->input, *shape };
  SalPlanOptions options;

  sal_model_plan_options (self, &options);
  options.feeds = &feed;
  options.n_feeds = 1;
  options.outputs = outputs;
  options.n_outputs = n_outputs;
  return sal_plan_new (self->graph, &options, error);
}

int
sal_model_n_labels (const SalModel *self)
{
  if (self->given_labels != NULL)
    return (int) g_strv_length (self->given_labels);
  return self->facts != NULL ? sal_preparation_n_labels (self->facts) : 0;
}

/* Everything that follows from graph and preparation. */
static gboolean
settle (SalModel *self, GError **error)
{
  int n_labels = sal_model_n_labels (self);

  if (!sal_model_find_input (self, error))
    return FALSE;
  if (self->preparation != NULL && sal_preparation_assumed (self->preparation) != NULL)
    g_ptr_array_add (self->notes, g_strdup (sal_preparation_assumed (self->preparation)));
  if (!sal_model_find_output (self, error))
    return FALSE;
  sal_model_list_layers (self);
  if (self->labels_note != NULL)
    g_ptr_array_add (self->notes, g_strdup (self->labels_note));
  if (n_labels != 0 && n_labels != self->n_classes)
    sal_model_note (self, "There are %d labels for %d classes: they may not belong together.",
                    n_labels, self->n_classes);
  return TRUE;
}

static void
binding_clear (gpointer data)
{
  sal_tensor_unref (((SalBinding *) data)->tensor);
}

/* Takes over @preparation and @facts, which are (nullable). */
static void
take_preparation (SalModel *self, SalPreparation *preparation, SalPreparation *facts)
{
  self->preparation = preparation;
  if (preparation != NULL) {
    g_clear_pointer (&facts, sal_preparation_unref);
    facts = sal_preparation_ref (preparation);
  }
  self->facts = facts;
}

static SalModel *
allocate (SalGraph *graph)
{
  SalModel *self = g_new0 (SalModel, 1);

  g_atomic_ref_count_init (&self->refs);
  pthread_mutex_init (&self->mutex, NULL);
  self->plans = sal_model_plans_new ();
  self->weak = sal_model_weak_new (self);
  self->file_graph = sal_graph_ref (graph);
  self->graph = sal_graph_ref (graph);
  self->notes = g_ptr_array_new_null_terminated (0, g_free, TRUE);
  self->layers = g_array_new (FALSE, FALSE, sizeof (SalLayer));
  self->bindings = g_array_new (FALSE, FALSE, sizeof (SalBinding));
  g_array_set_clear_func (self->bindings, binding_clear);
  return self;
}

/* The sidecar's preparation, else what other files or the model itself say, or what is likely; for
 * a model that takes no picture what else the sidecar says. */
static gboolean
find_preparation (SalModel *self, const char *path, GHashTable *metadata, GError **error)
{
  g_autofree char *sidecar = sal_sidecar_path (path);

  sal_reads_note (sidecar);
  gboolean has_sidecar = g_file_test (sidecar, G_FILE_TEST_EXISTS);
  g_autoptr (SalPreparation) facts =
      has_sidecar ? sal_preparation_load_facts (sidecar, error) : NULL;
  SalPreparation *preparation = NULL;
  g_auto (SalTraits) traits = { 0 };
  g_autoptr (GError) inner = NULL;
  const SalValue *input = NULL;
  int value;

  if (has_sidecar && facts == NULL)
    return FALSE;
  value = sal_model_float_input (self->graph, facts);
  if (value != SAL_NO_VALUE)
    input = sal_model_value (self, value);
  if (input == NULL || (input->declared && input->shape.rank != 4)) {
    if (!sal_traits_load (&traits, path, input != NULL ? &input->shape : NULL, error))
      return FALSE;
    self->given_labels = g_steal_pointer (&traits.labels);
    self->vocabulary = g_steal_pointer (&traits.vocabulary);
    take_preparation (self, NULL, g_steal_pointer (&facts));
    return TRUE;
  }
  if (!has_sidecar)
    preparation = sal_preprocessor_find (path, input->name, &input->shape, metadata);
  if (preparation == NULL)
    preparation = sal_preparation_for_model (path, input->name, &input->shape, &inner);
  if (preparation == NULL &&
      (has_sidecar || !g_error_matches (inner, SAL_ERROR, SAL_ERROR_UNSUPPORTED))) {
    g_propagate_error (error, g_steal_pointer (&inner));
    return FALSE;
  }
  take_preparation (self, preparation, g_steal_pointer (&facts));
  return TRUE;
}

/* A copy of all that a model was given, for one thing of it to be changed and then settled. */
static SalModel *
copy (const SalModel *model)
{
  SalModel *self = allocate (model->file_graph);

  take_preparation (self,
                    model->preparation != NULL ? sal_preparation_ref (model->preparation) : NULL,
                    model->facts != NULL ? sal_preparation_ref (model->facts) : NULL);
  self->path = g_strdup (model->path);
  self->stamp = model->stamp;
  self->name = g_strdup (model->name);
  self->given_labels = g_strdupv (model->given_labels);
  self->labels_note = g_strdup (model->labels_note);
  self->vocabulary = model->vocabulary != NULL ? sal_vocabulary_ref (model->vocabulary) : NULL;
  self->given = model->given != NULL ? g_hash_table_ref (model->given) : NULL;
  self->wanted_output = g_strdup (model->wanted_output);
  self->compute = model->compute;
  return self;
}

/* Whether the network gives the same classes at another size. */
static gboolean
takes_another_size (SalModel *self)
{
  const SalPixelFormat *format = sal_preparation_format (self->preparation);
  g_autoptr (SalModel) other =
      sal_model_with_size (self, format->height + STEP, format->width + 2 * STEP, NULL);

  return other != NULL;
}

/* Axes are left open by many who export, and taken by few networks: where that alone made us think
 * of each picture's own size, it is tried. */
static SalModel *
check_own_size (SalModel *self, GError **error)
{
  g_autoptr (SalPreparation) one_size = NULL;

  if (self->preparation == NULL || !sal_preparation_size_is_assumed (self->preparation) ||
      takes_another_size (self))
    return sal_model_ref (self);
  one_size = sal_preparation_with_fit (
      self->preparation, sal_pixel_format_usual_fit (sal_preparation_format (self->preparation)),
      error);
  return one_size != NULL ? sal_model_with_preparation (self, one_size, error) : NULL;
}

SalModel *
sal_model_open (const char *path, GError **error)
{
  SalStamp stamp = sal_stamp_of (path);
  g_auto (SalOnnxInfo) info = { 0 };
  g_autoptr (SalGraph) graph = sal_onnx_read (path, &info, error);
  g_autoptr (SalModel) self = NULL;
  SalModel *checked;
  char *dot;

  if (graph == NULL)
    return NULL;
  self = allocate (graph);
  if (!find_preparation (self, path, info.metadata, error))
    return NULL;
  self->path = g_strdup (path);
  self->stamp = stamp;
  self->name = g_filename_display_basename (path);
  dot = strrchr (self->name, '.');
  if (dot != NULL && dot != self->name)
    *dot = '\0';
  checked = settle (self, error) ? check_own_size (self, error) : NULL;
  if (checked == NULL) {
    g_autofree char *file = g_filename_display_basename (path);

    g_prefix_error (error, "%s: ", file);
  }
  return checked;
}

SalModel *
sal_model_new (SalGraph *graph, SalPreparation *preparation, const char *const *labels,
               const char *name, GError **error)
{
  g_autoptr (SalModel) self = allocate (graph);

  take_preparation (self, preparation != NULL ? sal_preparation_ref (preparation) : NULL, NULL);
  self->name = g_strdup (name);
  self->given_labels = g_strdupv ((char **) labels);
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

SalModel *
sal_model_with_preparation (SalModel *model, SalPreparation *preparation, GError **error)
{
  g_autoptr (SalModel) self = copy (model);
  SalPreparation *facts = g_steal_pointer (&self->facts);

  g_clear_pointer (&self->preparation, sal_preparation_unref);
  take_preparation (self, preparation != NULL ? sal_preparation_ref (preparation) : NULL, facts);
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

SalModel *
sal_model_with_labels (SalModel *model, const char *const *labels, const char *note, GError **error)
{
  g_autoptr (SalModel) self = copy (model);

  g_strfreev (self->given_labels);
  g_free (self->labels_note);
  self->given_labels = g_strdupv ((char **) labels);
  self->labels_note = g_strdup (note);
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

SalModel *
sal_model_with_compute (SalModel *model, SalCompute compute, GError **error)
{
  g_autoptr (SalModel) self = copy (model);

  self->compute = compute;
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

SalCompute
sal_model_compute (const SalModel *model)
{
  return model->compute;
}

SalModel *
sal_model_with_output (SalModel *model, const char *name, GError **error)
{
  g_autoptr (SalModel) self = copy (model);

  g_free (self->wanted_output);
  self->wanted_output = g_strdup (name);
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

static gboolean
check_pictures (const SalModel *model, GError **error)
{
  if (model->preparation != NULL)
    return TRUE;
  sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s takes no pictures", model->name);
  return FALSE;
}

/* @model with pictures in the size of @preparation, which must not change its classes. */
static SalModel *
at_size (SalModel *model, SalPreparation *preparation, GError **error)
{
  const SalPixelFormat *old = sal_preparation_format (model->preparation);
  const SalPixelFormat *new = sal_preparation_format (preparation);
  g_autoptr (SalModel) other = sal_model_with_preparation (model, preparation, error);

  if (other != NULL && other->n_classes != model->n_classes) {
    sal_error_set (error, SAL_ERROR_SHAPE, "has %d class scores there and %d at %d×%d",
                   other->n_classes, model->n_classes, old->height, old->width);
    g_clear_pointer (&other, sal_model_unref);
  }
  if (other == NULL)
    sal_error_prefix (error, "the network does not work at %d×%d: ", new->height, new->width);
  return g_steal_pointer (&other);
}

SalModel *
sal_model_with_size (SalModel *model, int height, int width, GError **error)
{
  g_autoptr (SalPreparation) sized = NULL;
  g_autoptr (SalPreparation) preparation = NULL;
  const SalPixelFormat *format;

  if (!check_pictures (model, error))
    return NULL;
  format = sal_preparation_format (model->preparation);
  if (format->height == height && format->width == width && format->fit != SAL_FIT_OWN)
    return sal_model_ref (model);
  sized = sal_preparation_with_size (model->preparation, height, width, error);
  if (sized == NULL)
    return NULL;
  if (format->fit == SAL_FIT_OWN)
    preparation = sal_preparation_with_fit (sized, sal_pixel_format_usual_fit (format), error);
  else
    preparation = sal_preparation_ref (sized);
  return preparation != NULL ? at_size (model, preparation, error) : NULL;
}

SalModel *
sal_model_with_own_size (SalModel *model, GError **error)
{
  g_autoptr (SalPreparation) preparation = NULL;

  if (!check_pictures (model, error))
    return NULL;
  preparation = sal_preparation_with_fit (model->preparation, SAL_FIT_OWN, error);
  return preparation != NULL ? sal_model_with_preparation (model, preparation, error) : NULL;
}

/* @model at one picture's size. */
static SalModel *
at_own_size (SalModel *model, const int size[2], GError **error)
{
  const SalPixelFormat *format = sal_preparation_format (model->preparation);
  g_autoptr (SalPreparation) preparation = NULL;

  if (format->height == size[0] && format->width == size[1])
    return sal_model_ref (model);
  preparation = sal_preparation_with_size (model->preparation, size[0], size[1], error);
  return preparation != NULL ? at_size (model, preparation, error) : NULL;
}

/* The lengths that the file demands of the input, where it does not leave both open or tie both. */
static void
fixed_lengths (const SalModel *model, gint64 *height, gint64 *width)
{
  const SalValue *v = sal_graph_get_value (model->file_graph, model->input);
  int rows = sal_preparation_format (model->preparation)->layout == SAL_NCHW ? 2 : 1;

  *height = v->declared && v->shape.rank == 4 ? v->shape.dim[rows] : -1;
  *width = v->declared && v->shape.rank == 4 ? v->shape.dim[rows + 1] : -1;
  if (*height > 0 && *width > 0)
    *height = *width = -1;
}

SalModel *
sal_model_for_picture (SalModel *model, int width, int height, GError **error)
{
  g_autoptr (GError) why = NULL;
  gint64 fixed_height, fixed_width;
  SalModel *other;
  int size[2], rounded[2];

  if (model->preparation == NULL || sal_preparation_format (model->preparation)->fit != SAL_FIT_OWN)
    return sal_model_ref (model);
  fixed_lengths (model, &fixed_height, &fixed_width);
  sal_preparation_own_size (model->preparation, width, height, fixed_height, fixed_width, size);
  other = at_own_size (model, size, &why);
  if (other != NULL || !g_error_matches (why, SAL_ERROR, SAL_ERROR_SHAPE)) {
    if (other == NULL)
      g_propagate_error (error, g_steal_pointer (&why));
    return other;
  }
  for (int i = 0; i < 2; i++)
    rounded[i] = MAX ((size[i] + STEP / 2) / STEP, 1) * STEP;
  if (fixed_height > 0)
    rounded[0] = (int) fixed_height;
  if (fixed_width > 0)
    rounded[1] = (int) fixed_width;
  other = at_own_size (model, rounded, NULL);
  if (other == NULL)
    g_propagate_error (error, g_steal_pointer (&why));
  else if (other != model)
    sal_model_note (other, "The picture is scaled to %d×%d, as the network does not work at %d×%d.",
                    rounded[0], rounded[1], size[0], size[1]);
  return other;
}

SalModel *
sal_model_bind (SalModel *model, GHashTable *inputs, GError **error)
{
  g_autoptr (SalModel) self = NULL;
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, inputs);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    int value = sal_graph_find (model->graph, name);
    gboolean is_input = FALSE;

    for (int i = 0; i < sal_graph_n_inputs (model->graph); i++)
      is_input = is_input || sal_graph_input (model->graph, i) == value;
    if (!is_input) {
      sal_error_set (error, SAL_ERROR_ARGUMENT, "the model has no input called \"%s\"",
                     (const char *) name);
      return NULL;
    }
  }
  self = copy (model);
  g_clear_pointer (&self->given, g_hash_table_unref);
  self->given = g_hash_table_ref (inputs);
  return settle (self, error) ? g_steal_pointer (&self) : NULL;
}

int
sal_model_tokens (const SalModel *model)
{
  return model->tokens;
}

const SalVocabulary *
sal_model_vocabulary (const SalModel *model)
{
  return model->vocabulary;
}

SalTensor *
sal_model_embedding (const SalModel *model, GError **error)
{
  const SalTensor *table, *ids;
  SalTensor *out;
  gint64 n_rows, width;

  if (model->tokens == SAL_NO_VALUE) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "%s is no text model", model->name);
    return NULL;
  }
  table = sal_model_value (
              model,
              sal_graph_node (model->graph, sal_model_value (model, model->input)->producer)->x[0])
              ->constant;
  ids = g_array_index (model->bindings, SalBinding, 0).tensor;
  n_rows = sal_tensor_shape (table)->dim[0];
  width = sal_tensor_shape (table)->dim[1];
  out = sal_tensor_new (SAL_FLOAT, &model->input_shape);
  for (gint64 t = 0; t < sal_tensor_count (ids); t++) {
    gint64 id = sal_tensor_ints (ids)[t];

    if (id < -n_rows || id >= n_rows) {
      sal_error_set (error, SAL_ERROR_ARGUMENT,
                     "token %" PRId64 " is not one of the %" PRId64 " that the model knows", id,
                     n_rows);
      sal_tensor_unref (out);
      return NULL;
    }
    memcpy ((float *) sal_tensor_edit (out) + t * width,
            sal_tensor_floats (table) + (id < 0 ? id + n_rows : id) * width,
            width * sizeof (float));
  }
  return out;
}

SalModel *
sal_model_ref (SalModel *model)
{
  g_atomic_ref_count_inc (&model->refs);
  return model;
}

void
sal_model_unref (SalModel *model)
{
  if (!g_atomic_ref_count_dec (&model->refs))
    return;
  if (model->weak != NULL)
    sal_model_weak_clear (model->weak);
  sal_model_weak_unref (model->weak);
  g_clear_pointer (&model->plan, sal_plan_unref);
  g_clear_pointer (&model->preparation, sal_preparation_unref);
  g_clear_pointer (&model->facts, sal_preparation_unref);
  sal_graph_unref (model->graph);
  sal_graph_unref (model->file_graph);
  g_free (model->wanted_output);
  g_strfreev (model->given_labels);
  g_free (model->labels_note);
  g_clear_pointer (&model->vocabulary, sal_vocabulary_unref);
  g_ptr_array_unref (model->notes);
  g_array_unref (model->layers);
  g_array_unref (model->bindings);
  g_clear_pointer (&model->given, g_hash_table_unref);
  pthread_mutex_destroy (&model->mutex);
  if (model->source == NULL)
    sal_model_plans_free (model->plans);
  g_clear_pointer (&model->source, sal_model_unref);
  g_free (model->path);
  g_free (model->name);
  g_free (model->sha256);
  g_free (model);
}

const char *
sal_model_path (const SalModel *model)
{
  return model->path;
}

const char *
sal_model_name (const SalModel *model)
{
  return model->name;
}

const char *
sal_model_sha256 (SalModel *model)
{
  pthread_mutex_lock (&model->mutex);
  if (model->sha256 == NULL && model->path != NULL)
    model->sha256 = sal_file_sha256 (model->path, &model->stamp);
  pthread_mutex_unlock (&model->mutex);
  return model->sha256;
}

SalGraph *
sal_model_graph (const SalModel *model)
{
  return model->graph;
}

SalGraph *
sal_model_file_graph (const SalModel *model)
{
  return model->file_graph;
}

SalPreparation *
sal_model_preparation (const SalModel *model)
{
  return model->preparation;
}

const char *const *
sal_model_notes (const SalModel *model)
{
  /* An array that never held anything has no memory, not even for its end. */
  static const char *const none[] = { NULL };

  return model->notes->len > 0 ? (const char *const *) model->notes->pdata : none;
}

int
sal_model_input (const SalModel *model)
{
  return model->input;
}

const SalShape *
sal_model_input_shape (const SalModel *model)
{
  return &model->input_shape;
}

int
sal_model_max_batch (const SalModel *model)
{
  return model->max_batch;
}

int
sal_model_logits (const SalModel *model)
{
  return model->logits;
}

int
sal_model_output (const SalModel *model)
{
  return model->output;
}

const char *
sal_model_wanted_output (const SalModel *model)
{
  return model->wanted_output;
}

SalHead
sal_model_head (const SalModel *model)
{
  return model->head;
}

SalPlan *
sal_model_plan (const SalModel *model)
{
  return model->plan;
}

int
sal_model_n_classes (const SalModel *model)
{
  return model->n_classes;
}

const char *
sal_model_label (const SalModel *model, int class_index)
{
  if (model->given_labels != NULL)
    return class_index < (int) g_strv_length (model->given_labels)
               ? model->given_labels[class_index]
               : NULL;
  return model->facts != NULL ? sal_preparation_label (model->facts, class_index) : NULL;
}

/* Whether @text is the label, or one of the names that a label like "tabby, tabby cat" lists. */
static gboolean
names_label (const char *label, const char *text)
{
  g_auto (GStrv) names = NULL;

  if (g_ascii_strcasecmp (label, text) == 0)
    return TRUE;
  names = g_strsplit (label, ",", -1);
  for (int i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp (g_strstrip (names[i]), text) == 0)
      return TRUE;
  return FALSE;
}

int
sal_model_find_class (const SalModel *model, const char *text, GError **error)
{
  g_autofree char *wanted = g_strstrip (g_strdup (text));
  guint64 number;

  if (g_ascii_string_to_unsigned (wanted, 10, 0, model->n_classes - 1, &number, NULL))
    return (int) number;
  for (int i = 0; i < model->n_classes; i++)
    if (sal_model_label (model, i) != NULL && names_label (sal_model_label (model, i), wanted))
      return i;
  sal_error_set (error, SAL_ERROR_ARGUMENT,
                 "\"%s\" is neither a class number from 0 to %d nor a label", wanted,
                 model->n_classes - 1);
  return -1;
}

int
sal_model_same_class (const SalModel *model, int index, const char *label)
{
  int named = label != NULL ? sal_model_find_class (model, label, NULL) : -1;

  if (named >= 0)
    return named;
  return index < model->n_classes ? MAX (index, -1) : -1;
}

const SalLayer *
sal_model_layers (const SalModel *model, int *n)
{
  *n = model->layers->len;
  return (const SalLayer *) (gpointer) model->layers->data;
}

const SalLayer *
sal_model_default_layer (const SalModel *model)
{
  return model->layers->len > 0 ? &g_array_index (model->layers, SalLayer, model->default_layer)
                                : NULL;
}

int
sal_model_find_value (const SalModel *model, const char *name, GError **error)
{
  int node = sal_graph_find_node (model->graph, name);
  int value =
      node >= 0 ? sal_graph_node (model->graph, node)->y[0] : sal_graph_find (model->graph, name);

  if (value != SAL_NO_VALUE && sal_plan_shape (model->plan, value) != NULL)
    return value;
  sal_error_set (error, SAL_ERROR_ARGUMENT,
                 "\"%s\" is neither a node nor a tensor that the class scores depend on", name);
  return SAL_NO_VALUE;
}

SalTensor *
sal_model_prepare (const SalModel *model, SalImage *image, GError **error)
{
  if (model->preparation == NULL) {
    sal_error_set (error, SAL_ERROR_UNSUPPORTED, "%s takes no pictures", model->name);
    return NULL;
  }
  return sal_preparation_apply (model->preparation, image);
}

static int
by_logit (gconstpointer a, gconstpointer b)
{
  const SalPrediction *x = a, *y = b;
  /* NaN goes last: nothing is known of it. */
  double u = isnan (x->logit) ? -INFINITY : x->logit, v = isnan (y->logit) ? -INFINITY : y->logit;

  if (u != v)
    return u > v ? -1 : 1;
  return x->class_index < y->class_index ? -1 : x->class_index > y->class_index;
}

GArray *
sal_model_predict (const SalModel *model, const SalTensor *input, GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (SalRun) run = NULL;
  GArray *all;
  const float *z;
  double highest = -INFINITY, sum = 0;

  g_return_val_if_fail (sal_shape_equal (sal_tensor_shape (input), &model->input_shape), NULL);
  run = sal_run_new (model->plan);
  memcpy (sal_run_feed (run, model->input), sal_tensor_floats (input),
          sal_tensor_count (input) * sizeof (float));
  if (!sal_run_forward (run, cancellable, error))
    return NULL;
  z = sal_run_value (run, model->logits);
  for (int i = 0; i < model->n_classes; i++)
    highest = MAX (highest, z[i]);
  for (int i = 0; i < model->n_classes; i++)
    sum += exp (z[i] - highest);
  all = g_array_sized_new (FALSE, FALSE, sizeof (SalPrediction), model->n_classes);
  for (int i = 0; i < model->n_classes; i++) {
    SalPrediction prediction = { i, z[i],
                                 model->head == SAL_HEAD_SIGMOID ? 1 / (1 + exp (-(double) z[i]))
                                                                 : exp (z[i] - highest) / sum };

    g_array_append_val (all, prediction);
  }
  g_array_sort (all, by_logit);
  return all;
}
