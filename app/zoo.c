#include "app/zoo.h"

#include "app/bundled.h"
#include "app/download.h"
#include "app/labels.h"
#include "app/schema.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/image/sidecar.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#define MAX_BYTES (16 * 1024 * 1024)

struct _SalZoo {
  gatomicrefcount refs;
  char *address;
  GPtrArray *models;
};

static void
model_free (gpointer data)
{
  SalZooModel *model = data;

  g_free (model->name);
  g_free (model->title);
  g_free (model->licence);
  g_free (model->sha256);
  g_free (model->path);
  g_free (model->labels);
  json_object_unref (model->entry);
  g_free (model);
}

static const SalLabelSet *
label_set (const char *id)
{
  int n;
  const SalLabelSet *sets = sal_label_sets (&n);

  for (int i = 0; i < n; i++)
    if (g_strcmp0 (sets[i].id, id) == 0)
      return &sets[i];
  return NULL;
}

/* A name becomes a file's, and a path part of an address: neither may lead elsewhere. */
static gboolean
is_sane (const SalZooModel *model)
{
  return model->name != NULL && *model->name != '\0' && *model->name != '.' &&
         strpbrk (model->name, "/\\") == NULL && model->path != NULL && *model->path != '/' &&
         strstr (model->path, "..") == NULL && strstr (model->path, "://") == NULL &&
         model->title != NULL && model->licence != NULL && model->bytes > 0 &&
         model->sha256 != NULL && strlen (model->sha256) == 64 && label_set (model->labels) != NULL;
}

static SalZooModel *
read_model (JsonObject *entry)
{
  SalZooModel *model = g_new0 (SalZooModel, 1);
  JsonObject *input = sal_json_object (entry, "input");
  JsonObject *resize = input != NULL ? sal_json_object (input, "resize") : NULL;
  JsonNode *size = resize != NULL ? json_object_get_member (resize, "size") : NULL;

  model->entry = json_object_ref (entry);
  model->name = g_strdup (sal_json_string (entry, "name"));
  model->title = g_strdup (sal_json_string (entry, "title"));
  model->licence = g_strdup (sal_json_string (entry, "licence"));
  model->sha256 = g_strdup (sal_json_string (entry, "sha256"));
  model->path = g_strdup (sal_json_string (entry, "path"));
  model->labels = g_strdup (sal_json_string (entry, "labels"));
  model->bytes = sal_json_int (entry, "bytes", 0);
  if (size != NULL && JSON_NODE_HOLDS_ARRAY (size) &&
      json_array_get_length (json_node_get_array (size)) == 2) {
    model->height = (int) json_array_get_int_element (json_node_get_array (size), 0);
    model->width = (int) json_array_get_int_element (json_node_get_array (size), 1);
  }
  if (is_sane (model)) {
    model->classes = label_set (model->labels)->title;
    return model;
  }
  model_free (model);
  return NULL;
}

static int
by_size (gconstpointer a, gconstpointer b)
{
  const SalZooModel *x = *(const SalZooModel *const *) a, *y = *(const SalZooModel *const *) b;

  return x->bytes < y->bytes ? -1 : x->bytes > y->bytes;
}

SalZoo *
sal_zoo_load (GError **error)
{
  g_autofree char *path = sal_bundled_file ("zoo.json");
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonObject) root = NULL;
  g_autoptr (SalZoo) zoo = NULL;
  JsonNode *list;
  gsize size;

  if (path == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("%s: not among the program’s files"),
                 "zoo.json");
    return NULL;
  }
  bytes = sal_file_read (path, MAX_BYTES, error);
  if (bytes == NULL)
    return NULL;

  const char *text = g_bytes_get_data (bytes, &size);

  root = sal_json_parse (size > 0 ? text : "", size, path, error);
  if (root == NULL)
    return NULL;
  zoo = g_new0 (SalZoo, 1);
  g_atomic_ref_count_init (&zoo->refs);
  zoo->models = g_ptr_array_new_with_free_func (model_free);
  zoo->address = g_strdup (sal_json_string (root, "address"));
  list = json_object_get_member (root, "models");
  for (guint i = 0; list != NULL && JSON_NODE_HOLDS_ARRAY (list) &&
                    i < json_array_get_length (json_node_get_array (list));
       i++) {
    JsonNode *node = json_array_get_element (json_node_get_array (list), i);
    SalZooModel *model =
        JSON_NODE_HOLDS_OBJECT (node) ? read_model (json_node_get_object (node)) : NULL;

    if (model == NULL) {
      sal_error_set (error, SAL_ERROR_FORMAT, "%s: models[%u] is not described in full", path, i);
      return NULL;
    }
    g_ptr_array_add (zoo->models, model);
  }
  if (zoo->address == NULL || zoo->models->len == 0) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: has no address or no models", path);
    return NULL;
  }
  g_ptr_array_sort (zoo->models, by_size);
  return g_steal_pointer (&zoo);
}

SalZoo *
sal_zoo_ref (SalZoo *zoo)
{
  g_atomic_ref_count_inc (&zoo->refs);
  return zoo;
}

void
sal_zoo_unref (SalZoo *zoo)
{
  if (!g_atomic_ref_count_dec (&zoo->refs))
    return;
  g_clear_pointer (&zoo->models, g_ptr_array_unref);
  g_free (zoo->address);
  g_free (zoo);
}

const GPtrArray *
sal_zoo_models (const SalZoo *zoo)
{
  return zoo->models;
}

const SalZooModel *
sal_zoo_find (const SalZoo *zoo, const char *name)
{
  for (guint i = 0; i < zoo->models->len; i++) {
    const SalZooModel *model = zoo->models->pdata[i];

    if (strcmp (model->name, name) == 0)
      return model;
  }
  return NULL;
}

static char *
with_slash (const char *address)
{
  return g_strconcat (address, g_str_has_suffix (address, "/") ? "" : "/", NULL);
}

char *
sal_zoo_address (const SalZoo *zoo)
{
  g_autoptr (GSettings) settings = sal_preferences_new ();
  g_autofree char *own =
      settings != NULL ? g_settings_get_string (settings, "models-address") : NULL;

  return with_slash (own != NULL && *own != '\0' ? own : zoo->address);
}

static char *
in_folder (const char *name)
{
  return g_build_filename (g_get_user_data_dir (), "salience", "models", name, NULL);
}

char *
sal_zoo_file (const SalZooModel *model)
{
  g_autofree char *name = g_strconcat (model->name, ".onnx", NULL);

  return in_folder (name);
}

gboolean
sal_zoo_is_here (const SalZooModel *model)
{
  g_autofree char *path = sal_zoo_file (model);
  GStatBuf info;

  return g_stat (path, &info) == 0 && S_ISREG (info.st_mode) && info.st_size == model->bytes;
}

/* The names of the classes, in a file that models share. */
static gboolean
write_labels (const SalZooModel *model, char **name, GError **error)
{
  g_auto (GStrv) lines = sal_label_set_load (label_set (model->labels), error);
  g_autofree char *text = NULL, *whole = NULL, *path = NULL;

  if (lines == NULL)
    return FALSE;
  *name = g_strconcat (model->labels, ".txt", NULL);
  path = in_folder (*name);
  text = g_strjoinv ("\n", lines);
  whole = g_strconcat (text, "\n", NULL);
  return sal_file_write (path, whole, strlen (whole), error);
}

/* What the manifest says of the model, in the words of a sidecar. */
static gboolean
write_sidecar (const SalZooModel *model, const char *file, const char *source, GError **error)
{
  static const char *const copied[] = { "title", "licence", "sha256", "input", "output" };
  g_autofree char *path = sal_sidecar_path (file), *labels = NULL, *text = NULL;
  g_autoptr (JsonObject) root = json_object_new ();
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  /* It may have been edited since. */
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!write_labels (model, &labels, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (copied); i++)
    if (json_object_has_member (model->entry, copied[i]))
      json_object_set_member (root, copied[i], json_object_dup_member (model->entry, copied[i]));
  json_object_set_string_member (root, "labels", labels);
  json_object_set_string_member (root, "source", source);
  json_node_set_object (node, root);
  text = sal_json_node_text (node);
  return sal_file_write (path, text, strlen (text), error);
}

char *
sal_zoo_get (const SalZoo *zoo, const SalZooModel *model, const char *address,
             const SalProgress *progress, GError **error)
{
  g_autofree char *base = address != NULL ? with_slash (address) : sal_zoo_address (zoo);
  g_autofree char *uri = g_strconcat (base, model->path, NULL), *file = sal_zoo_file (model);
  g_autofree char *folder = g_path_get_dirname (file);
  SalDownload download = {
    .address = uri, .path = file, .bytes = model->bytes, .sha256 = model->sha256
  };

  /* The sidecar goes first, so that the model is never there without it. */
  if (g_mkdir_with_parents (folder, 0755) != 0) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("%s: the folder cannot be made"), folder);
    return NULL;
  }
  if (!write_sidecar (model, file, uri, error) || !sal_download_run (&download, progress, error))
    return NULL;
  return g_steal_pointer (&file);
}
