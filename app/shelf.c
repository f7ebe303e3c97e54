#include "app/shelf.h"

#include "app/queue.h"
#include "app/thumb.h"
#include "engine/explain/smooth.h"
#include "ui/class-list.h"
#include "ui/image-texture.h"

#include <glib/gi18n.h>

/* SalResult */

struct _SalResult {
  GObject parent_instance;

  SalExplanation *explanation;
  SalSettings *looks;
  char *given_name;
  char *about;
  gboolean starred;
  GdkTexture *thumbnail;
};

G_DEFINE_FINAL_TYPE (SalResult, sal_result, G_TYPE_OBJECT)

enum { PROP_NAME = 1, PROP_ABOUT, PROP_STARRED, PROP_THUMBNAIL, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
sal_result_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  SalResult *self = SAL_RESULT (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, sal_result_name (self));
    break;
  case PROP_ABOUT:
    g_value_set_string (value, self->about);
    break;
  case PROP_STARRED:
    g_value_set_boolean (value, self->starred);
    break;
  case PROP_THUMBNAIL:
    g_value_set_object (value, self->thumbnail);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
sal_result_set_property (GObject *object, guint id, const GValue *value, GParamSpec *spec)
{
  switch (id) {
  case PROP_NAME:
    sal_result_set_name (SAL_RESULT (object), g_value_get_string (value));
    break;
  case PROP_STARRED:
    sal_result_set_starred (SAL_RESULT (object), g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
sal_result_finalize (GObject *object)
{
  SalResult *self = SAL_RESULT (object);

  sal_explanation_unref (self->explanation);
  sal_settings_free (self->looks);
  g_free (self->given_name);
  g_free (self->about);
  g_clear_object (&self->thumbnail);
  G_OBJECT_CLASS (sal_result_parent_class)->finalize (object);
}

static void
sal_result_class_init (SalResultClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GParamFlags both = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sal_result_get_property;
  object_class->set_property = sal_result_set_property;
  object_class->finalize = sal_result_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, both);
  props[PROP_ABOUT] = g_param_spec_string ("about", NULL, NULL, NULL, read);
  props[PROP_STARRED] = g_param_spec_boolean ("starred", NULL, NULL, FALSE, both);
  props[PROP_THUMBNAIL] = g_param_spec_object ("thumbnail", NULL, NULL, GDK_TYPE_PAINTABLE, read);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
sal_result_init (SalResult *self)
{
}

SalExplanation *
sal_result_explanation (SalResult *self)
{
  return self->explanation;
}

const SalSettings *
sal_result_looks (SalResult *self)
{
  return self->looks;
}

static const char *
usual_name (SalResult *self)
{
  return _ (self->explanation->method->name);
}

const char *
sal_result_name (SalResult *self)
{
  return self->given_name != NULL ? self->given_name : usual_name (self);
}

const char *
sal_result_given_name (SalResult *self)
{
  return self->given_name;
}

void
sal_result_set_name (SalResult *self, const char *name)
{
  if (name != NULL && (*name == '\0' || g_str_equal (name, usual_name (self))))
    name = NULL;
  if (g_strcmp0 (name, self->given_name) == 0)
    return;
  char *copy = g_strdup (name);
  g_free (self->given_name);
  self->given_name = copy;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
}

gboolean
sal_result_starred (SalResult *self)
{
  return self->starred;
}

void
sal_result_set_starred (SalResult *self, gboolean starred)
{
  if (self->starred == !!starred)
    return;
  self->starred = !!starred;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STARRED]);
}

static char *
question (const SalModel *model, const SalTarget *target)
{
  g_autofree char *class_name = sal_class_short_name (model, target->class_index);

  if (target->versus < 0)
    return g_steal_pointer (&class_name);
  g_autofree char *versus = sal_class_short_name (model, target->versus);
  return g_strdup_printf (_ ("%s − %s"), class_name, versus);
}

/* The class and, where one tells, what sets this result apart from others of its method. */
static char *
about (const SalExplanation *explanation)
{
  const SalModel *model = explanation->view->model;
  const SalSettings *settings = explanation->settings;
  const SalParam *smooth = sal_param_find (sal_smooth_params (), "smooth");
  g_autofree char *class_name = question (model, &explanation->target);

  if (sal_smooth_wanted (settings))
    for (const SalChoice *choice = smooth->choices; choice->id != NULL; choice++)
      if (g_str_equal (choice->id, sal_settings_text (settings, smooth)))
        return g_strdup_printf ("%s · %s", class_name, _ (choice->label));
  return g_steal_pointer (&class_name);
}

/* SalShelf */

struct _SalShelf {
  SalItemList parent_instance;

  GPtrArray *results; /* the list’s own */
  SalQueue *thumbs;
  gsize max_bytes;
  guint max_results;
};

G_DEFINE_FINAL_TYPE (SalShelf, sal_shelf, SAL_TYPE_ITEM_LIST)

static void
thumb_done (gpointer key, gpointer data, const GError *error, gpointer owner)
{
  SalResult *result = key;
  g_autoptr (SalImage) image = data;

  /* Without one, the row still has its name. */
  if (image == NULL)
    return;
  g_clear_object (&result->thumbnail);
  result->thumbnail = sal_image_texture (image);
  g_object_notify_by_pspec (G_OBJECT (result), props[PROP_THUMBNAIL]);
}

static const SalQueueType thumb_queue = {
  sal_work_thumb,
  NULL,
  thumb_done,
  (GDestroyNotify) sal_thumb_free,
  (GDestroyNotify) sal_image_unref,
};

static void
draw (SalShelf *self, SalResult *result)
{
  sal_queue_add (self->thumbs, result, sal_thumb_new (result->explanation, result->looks), 0);
}

static gsize
tensor_bytes (const SalTensor *tensor)
{
  return tensor != NULL
             ? (gsize) sal_tensor_count (tensor) * sal_type_size (sal_tensor_type (tensor))
             : 0;
}

/* What only this result holds. */
static gsize
own_bytes (const SalExplanation *explanation)
{
  gsize bytes = tensor_bytes (explanation->attribution->values);
  GHashTableIter iter;
  gpointer tensor;

  bytes += tensor_bytes (explanation->baseline);
  if (explanation->attribution->extras != NULL) {
    g_hash_table_iter_init (&iter, explanation->attribution->extras);
    while (g_hash_table_iter_next (&iter, NULL, &tensor))
      bytes += tensor_bytes (tensor);
  }
  return bytes + (gsize) SAL_THUMB_SIDE * SAL_THUMB_SIDE * 3;
}

/* The newest comes first, and its share is left out: it would be there without a shelf. */
gsize
sal_shelf_bytes (SalShelf *self)
{
  g_autoptr (GHashTable) counted = g_hash_table_new (NULL, NULL);
  gsize bytes = 0, newest = 0;

  for (guint i = self->results->len; i-- > 0;) {
    const SalExplanation *explanation = ((SalResult *) self->results->pdata[i])->explanation;
    const SalView *view = explanation->view;

    bytes += own_bytes (explanation);
    if (g_hash_table_add (counted, (gpointer) view))
      bytes += tensor_bytes (view->input);
    if (g_hash_table_add (counted, view->picture))
      bytes += (gsize) sal_image_width (view->picture->image) *
               (gsize) sal_image_height (view->picture->image) * 3;
    if (g_hash_table_add (counted, (gpointer) sal_model_graph (view->model)))
      bytes += (gsize) sal_graph_parameters (sal_model_graph (view->model)) * sizeof (float);
    if (i + 1 == self->results->len)
      newest = bytes;
  }
  return bytes - newest;
}

/* The newest stays, whatever its size: it is what is seen. */
static void
shrink (SalShelf *self)
{
  for (int starred = 0; starred <= 1; starred++)
    for (guint i = 0; i + 1 < self->results->len;) {
      SalResult *result = self->results->pdata[i];

      if (self->results->len <= self->max_results && sal_shelf_bytes (self) <= self->max_bytes)
        return;
      if (result->starred == starred)
        sal_shelf_remove (self, result);
      else
        i++;
    }
}

static gboolean
same_question (const SalExplanation *a, const SalExplanation *b)
{
  return a == b || (a->view->model == b->view->model && a->view->picture == b->view->picture &&
                    a->method == b->method && a->target.class_index == b->target.class_index &&
                    a->target.versus == b->target.versus && a->target.kind == b->target.kind &&
                    (a->method->params == NULL ||
                     sal_settings_same (a->method->params, a->settings, b->settings)) &&
                    sal_settings_same (sal_smooth_params (), a->settings, b->settings));
}

static void
set_looks (SalResult *result, const SalSettings *looks)
{
  SalSettings *copy = sal_settings_copy (looks);

  sal_settings_free (result->looks);
  result->looks = copy;
}

SalResult *
sal_shelf_add (SalShelf *self, SalExplanation *explanation, const SalSettings *looks)
{
  g_return_val_if_fail (SAL_IS_SHELF (self) && explanation->attribution != NULL, NULL);

  for (guint i = self->results->len; i-- > 0;) {
    SalResult *old = self->results->pdata[i];

    if (!same_question (old->explanation, explanation))
      continue;
    if (old->explanation != explanation) {
      sal_explanation_unref (old->explanation);
      old->explanation = sal_explanation_ref (explanation);
      sal_shelf_set_looks (self, old, looks);
    }
    return old;
  }
  g_autoptr (SalResult) result = g_object_new (SAL_TYPE_RESULT, NULL);
  result->explanation = sal_explanation_ref (explanation);
  result->about = about (explanation);
  set_looks (result, looks);
  sal_shelf_insert (self, result, self->results->len);
  shrink (self);
  return result;
}

void
sal_shelf_set_looks (SalShelf *self, SalResult *result, const SalSettings *looks)
{
  g_return_if_fail (SAL_IS_SHELF (self) && SAL_IS_RESULT (result));
  set_looks (result, looks);
  draw (self, result);
}

gboolean
sal_shelf_find (SalShelf *self, SalResult *result, guint *position)
{
  return g_ptr_array_find (self->results, result, position);
}

guint
sal_shelf_remove (SalShelf *self, SalResult *result)
{
  guint position;

  if (!sal_shelf_find (self, result, &position))
    return self->results->len;
  sal_queue_cancel (self->thumbs, result);
  g_ptr_array_remove_index (self->results, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  return position;
}

void
sal_shelf_insert (SalShelf *self, SalResult *result, guint position)
{
  g_return_if_fail (SAL_IS_SHELF (self) && SAL_IS_RESULT (result));
  position = MIN (position, self->results->len);
  g_ptr_array_insert (self->results, (int) position, g_object_ref (result));
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  if (result->thumbnail == NULL)
    draw (self, result);
}

void
sal_shelf_set_limits (SalShelf *self, gsize bytes, guint results)
{
  g_return_if_fail (SAL_IS_SHELF (self) && results >= 1);
  self->max_bytes = bytes;
  self->max_results = results;
  shrink (self);
}

static void
sal_shelf_dispose (GObject *object)
{
  g_clear_pointer (&SAL_SHELF (object)->thumbs, sal_queue_free);
  G_OBJECT_CLASS (sal_shelf_parent_class)->dispose (object);
}

static void
sal_shelf_class_init (SalShelfClass *klass)
{
  SAL_ITEM_LIST_CLASS (klass)->item_type = SAL_TYPE_RESULT;
  G_OBJECT_CLASS (klass)->dispose = sal_shelf_dispose;
}

static void
sal_shelf_init (SalShelf *self)
{
  self->results = sal_item_list_items (SAL_ITEM_LIST (self));
  self->thumbs = sal_queue_new (&thumb_queue, self);
  self->max_bytes = SAL_SHELF_BYTES;
  self->max_results = SAL_SHELF_RESULTS;
}

SalShelf *
sal_shelf_new (void)
{
  return g_object_new (SAL_TYPE_SHELF, NULL);
}
