#include "app/folder.h"

#include "app/file-failure.h"
#include "app/jobs.h"
#include "app/queue.h"
#include "app/thumb.h"
#include "ui/class-list.h"
#include "ui/image-texture.h"
#include "ui/number.h"

#include <glib/gi18n.h>
#include <string.h>

/* SalFolderItem */

struct _SalFolderItem {
  GObject parent_instance;

  char *path, *name, *answer;
  GdkTexture *thumbnail;
};

G_DEFINE_FINAL_TYPE (SalFolderItem, sal_folder_item, G_TYPE_OBJECT)

enum { PROP_NAME = 1, PROP_ANSWER, PROP_THUMBNAIL, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
sal_folder_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *spec)
{
  SalFolderItem *self = SAL_FOLDER_ITEM (object);

  switch (id) {
  case PROP_NAME:
    g_value_set_string (value, self->name);
    break;
  case PROP_ANSWER:
    g_value_set_string (value, self->answer != NULL ? self->answer : "");
    break;
  case PROP_THUMBNAIL:
    g_value_set_object (value, self->thumbnail);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
}

static void
sal_folder_item_finalize (GObject *object)
{
  SalFolderItem *self = SAL_FOLDER_ITEM (object);

  g_free (self->path);
  g_free (self->name);
  g_free (self->answer);
  g_clear_object (&self->thumbnail);
  G_OBJECT_CLASS (sal_folder_item_parent_class)->finalize (object);
}

static void
sal_folder_item_class_init (SalFolderItemClass *klass)
{
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  G_OBJECT_CLASS (klass)->get_property = sal_folder_item_get_property;
  G_OBJECT_CLASS (klass)->finalize = sal_folder_item_finalize;
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_ANSWER] = g_param_spec_string ("answer", NULL, NULL, NULL, flags);
  props[PROP_THUMBNAIL] = g_param_spec_object ("thumbnail", NULL, NULL, GDK_TYPE_PAINTABLE, flags);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, props);
}

static void
sal_folder_item_init (SalFolderItem *self)
{
}

const char *
sal_folder_item_path (SalFolderItem *self)
{
  return self->path;
}

/* SalFolder */

struct _SalFolder {
  SalItemList parent_instance;

  GPtrArray *items; /* the list’s own */
  char *path, *asked;
  guint total;
  SalModel *model;
  SalLane *lists;
  SalQueue *looks;
};

enum { OPENED, FAILED, N_SIGNALS };
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SalFolder, sal_folder, SAL_TYPE_ITEM_LIST)

/* Looking at one picture: a thumbnail and, with a model, an answer. */

typedef struct {
  char *path;
  SalModel *model;    /* (nullable) */
  gboolean thumbnail; /* wanted */
} Order;

typedef struct {
  SalImage *thumbnail;
  char *answer;
} Look;

static void
order_free (gpointer data)
{
  Order *order = data;

  g_free (order->path);
  g_clear_pointer (&order->model, sal_model_unref);
  g_free (order);
}

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_pointer (&look->thumbnail, sal_image_unref);
  g_free (look->answer);
  g_free (look);
}

static gpointer
work (gpointer data, const SalProgress *progress, GError **error)
{
  Order *order = data;
  g_autoptr (SalImage) image = sal_image_load (order->path, error);

  if (image == NULL)
    return NULL;
  Look *look = g_new0 (Look, 1);
  if (order->thumbnail)
    look->thumbnail = sal_thumb_picture (image, SAL_THUMB_SIDE);
  g_autoptr (SalTensor) input =
      order->model != NULL ? sal_model_prepare (order->model, image, NULL) : NULL;
  g_autoptr (GArray) predictions =
      input != NULL
          ? sal_model_predict (order->model, input, sal_progress_cancellable (progress), NULL)
          : NULL;
  if (predictions != NULL) {
    const SalPrediction *best = &g_array_index (predictions, SalPrediction, 0);
    g_autofree char *name = sal_class_first_name (order->model, best->class_index);
    g_autofree char *share = sal_number_percent (best->probability, 0);

    /* Translators: a class and its probability */
    look->answer = g_strdup_printf (_ ("%s %s"), name, share);
  }
  return look;
}

static void
looked (gpointer key, gpointer result, const GError *error, gpointer owner)
{
  SalFolderItem *it = key;
  Look *look = result;

  g_free (it->answer);
  it->answer = look != NULL ? g_steal_pointer (&look->answer) : g_strdup (_ ("cannot be read"));
  g_object_notify_by_pspec (G_OBJECT (it), props[PROP_ANSWER]);
  if (look != NULL && look->thumbnail != NULL) {
    g_clear_object (&it->thumbnail);
    it->thumbnail = sal_image_texture (look->thumbnail);
    g_object_notify_by_pspec (G_OBJECT (it), props[PROP_THUMBNAIL]);
  }
  g_clear_pointer (&look, look_free);
}

static const SalQueueType look_queue = { work, NULL, looked, order_free, look_free };

static void
look_at (SalFolder *self, SalFolderItem *it, int urgency)
{
  Order *order = g_new0 (Order, 1);

  order->path = g_strdup (it->path);
  order->model = self->model != NULL ? sal_model_ref (self->model) : NULL;
  order->thumbnail = it->thumbnail == NULL;
  sal_queue_add (self->looks, it, order, urgency);
}

/* Listing. */

/* A picture's path, and what it is sorted by: to work that out takes long. */
typedef struct {
  char *path, *key;
} Found;

static void
found_clear (gpointer data)
{
  Found *found = data;

  g_free (found->path);
  g_free (found->key);
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Found *) a)->key, ((const Found *) b)->key);
}

typedef struct {
  char *folder;
  char **paths;
  guint total; /* pictures that there are, listed or not */
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_free (listing->folder);
  g_strfreev (listing->paths);
  g_free (listing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Listing, listing_free)

/* By their names alone: to look into thousands of files would take long. */
static gpointer
list (gpointer path, const SalProgress *progress, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, error);
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (Found));
  const char *name;

  g_array_set_clear_func (all, found_clear);
  if (dir == NULL)
    return NULL;
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);
    g_autofree char *whole = g_build_filename (path, name, NULL);

    if (*name != '.' && g_content_type_is_a (type, "image/*") &&
        g_file_test (whole, G_FILE_TEST_IS_REGULAR))
      g_array_append_val (
          all, ((Found){ g_steal_pointer (&whole), g_utf8_collate_key_for_filename (name, -1) }));
    if (g_cancellable_set_error_if_cancelled (sal_progress_cancellable (progress), error))
      return NULL;
  }
  if (all->len == 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("%s: there are no pictures in it"),
                 (char *) path);
    return NULL;
  }
  Listing *listing = g_new0 (Listing, 1);

  listing->folder = g_strdup (path);
  listing->total = all->len;
  g_array_sort (all, by_name);
  listing->paths = g_new0 (char *, MIN (all->len, SAL_FOLDER_MAX) + 1);
  for (guint i = 0; i < MIN (all->len, SAL_FOLDER_MAX); i++)
    listing->paths[i] = g_steal_pointer (&g_array_index (all, Found, i).path);
  return listing;
}

static void
fill (SalFolder *self, char **paths)
{
  guint before = self->items->len;

  sal_queue_clear (self->looks);
  g_ptr_array_set_size (self->items, 0);
  for (char **path = paths; path != NULL && *path != NULL; path++) {
    SalFolderItem *it = g_object_new (SAL_TYPE_FOLDER_ITEM, NULL);

    it->path = g_strdup (*path);
    it->name = g_filename_display_basename (*path);
    g_ptr_array_add (self->items, it);
  }
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->items->len);
  for (guint i = 0; i < self->items->len; i++)
    look_at (self, self->items->pdata[i], 0);
}

static void
listed (gpointer result, const GError *error, gpointer owner)
{
  SalFolder *self = owner;
  g_autoptr (Listing) listing = result;

  if (listing == NULL) {
    g_autofree char *summary = sal_file_summary (_ ("“%s” cannot be opened"), self->asked);
    g_autofree char *details = sal_file_details (error->message, self->asked);

    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_signal_emit (self, signals[FAILED], 0, summary, details);
    return;
  }
  g_free (self->path);
  self->path = g_steal_pointer (&listing->folder);
  self->total = listing->total;
  fill (self, listing->paths);
  g_signal_emit (self, signals[OPENED], 0);
}

static const SalLaneType list_lane = { list, NULL, listed, g_free, listing_free };

void
sal_folder_open (SalFolder *self, const char *path)
{
  g_return_if_fail (SAL_IS_FOLDER (self) && path != NULL);
  g_free (self->asked);
  self->asked = g_strdup (path);
  sal_lane_start (self->lists, g_strdup (path), SAL_LANE_REPLACE);
}

void
sal_folder_close (SalFolder *self)
{
  g_return_if_fail (SAL_IS_FOLDER (self));
  sal_lane_forget (self->lists);
  g_clear_pointer (&self->path, g_free);
  fill (self, NULL);
}

const char *
sal_folder_path (SalFolder *self)
{
  return self->path;
}

guint
sal_folder_total (SalFolder *self)
{
  return self->total;
}

void
sal_folder_set_model (SalFolder *self, SalModel *model)
{
  g_return_if_fail (SAL_IS_FOLDER (self));
  if (self->model == model)
    return;
  if (model != NULL)
    sal_model_ref (model);
  g_clear_pointer (&self->model, sal_model_unref);
  self->model = model;
  for (guint i = 0; i < self->items->len; i++)
    look_at (self, self->items->pdata[i], 0);
}

guint
sal_folder_find (SalFolder *self, const char *path)
{
  for (guint i = 0; i < self->items->len; i++)
    if (g_str_equal (((SalFolderItem *) self->items->pdata[i])->path, path))
      return i;
  return G_MAXUINT;
}

void
sal_folder_hurry (SalFolder *self, guint position)
{
  for (guint i = position > 8 ? position - 8 : 0; i < MIN (position + 16, self->items->len); i++) {
    SalFolderItem *it = self->items->pdata[i];
    if (it->answer == NULL && sal_queue_has (self->looks, it))
      look_at (self, it, 1);
  }
}

char **
sal_folder_paths (SalFolder *self)
{
  char **paths = g_new0 (char *, self->items->len + 1);

  for (guint i = 0; i < self->items->len; i++)
    paths[i] = g_strdup (((SalFolderItem *) self->items->pdata[i])->path);
  return paths;
}

gboolean
sal_folder_is_busy (SalFolder *self)
{
  return sal_lane_busy (self->lists) || sal_queue_length (self->looks) > 0;
}

static void
sal_folder_dispose (GObject *object)
{
  g_clear_pointer (&SAL_FOLDER (object)->lists, sal_lane_free);
  g_clear_pointer (&SAL_FOLDER (object)->looks, sal_queue_free);
  G_OBJECT_CLASS (sal_folder_parent_class)->dispose (object);
}

static void
sal_folder_finalize (GObject *object)
{
  SalFolder *self = SAL_FOLDER (object);

  g_free (self->path);
  g_free (self->asked);
  g_clear_pointer (&self->model, sal_model_unref);
  G_OBJECT_CLASS (sal_folder_parent_class)->finalize (object);
}

static void
sal_folder_class_init (SalFolderClass *klass)
{
  SAL_ITEM_LIST_CLASS (klass)->item_type = SAL_TYPE_FOLDER_ITEM;
  G_OBJECT_CLASS (klass)->dispose = sal_folder_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_folder_finalize;
  signals[OPENED] = g_signal_new ("opened", SAL_TYPE_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", SAL_TYPE_FOLDER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
sal_folder_init (SalFolder *self)
{
  self->items = sal_item_list_items (SAL_ITEM_LIST (self));
  self->lists = sal_lane_new (&list_lane, self);
  self->looks = sal_queue_new (&look_queue, self);
}

SalFolder *
sal_folder_new (void)
{
  return g_object_new (SAL_TYPE_FOLDER, NULL);
}
