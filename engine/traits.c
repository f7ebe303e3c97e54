#include "engine/traits.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/base/lines.h"
#include "engine/image/sidecar.h"

#define MAX_BYTES (16 * 1024 * 1024)

void
sal_traits_clear (SalTraits *traits)
{
  g_clear_pointer (&traits->labels, g_strfreev);
  g_clear_pointer (&traits->vocabulary, sal_vocabulary_unref);
}

static gboolean
is_type (JsonNode *node, GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/* The file that a key names, where the key is there. */
static gboolean
read_path (const char *sidecar, const char *key, JsonNode *node, char **path, GError **error)
{
  *path = NULL;
  if (node == NULL)
    return TRUE;
  if (!is_type (node, G_TYPE_STRING)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: %s is no file name", sidecar, key);
    return FALSE;
  }

  g_autofree char *whole = g_canonicalize_filename (sidecar, NULL);
  g_autofree char *folder = g_path_get_dirname (whole);

  *path = g_canonicalize_filename (json_node_get_string (node), folder);
  return TRUE;
}

static gboolean
read_labels (SalTraits *traits, const char *sidecar, JsonObject *root, GError **error)
{
  g_autofree char *path = NULL;

  if (!read_path (sidecar, "labels", json_object_get_member (root, "labels"), &path, error))
    return FALSE;
  if (path == NULL)
    return TRUE;
  traits->labels = sal_lines_read (path, error);
  if (traits->labels == NULL)
    sal_error_prefix (error, "%s: labels: ", sidecar);
  return traits->labels != NULL;
}

static gboolean
read_vocabulary (SalTraits *traits, const char *sidecar, JsonObject *root, GError **error)
{
  JsonNode *node = json_object_get_member (root, "vocabulary"), *lowercase = NULL;
  const char *unknown = NULL;
  g_autofree char *path = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);

    unknown = sal_json_string (object, "unknown");
    lowercase = json_object_get_member (object, "lowercase");
    node = json_object_get_member (object, "file");
    if (node == NULL) {
      sal_error_set (error, SAL_ERROR_FORMAT, "%s: vocabulary.file is missing", sidecar);
      return FALSE;
    }
  }
  if (lowercase != NULL && !is_type (lowercase, G_TYPE_BOOLEAN)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: vocabulary.lowercase is neither true nor false",
                   sidecar);
    return FALSE;
  }
  if (!read_path (sidecar, "vocabulary", node, &path, error))
    return FALSE;
  if (path == NULL)
    return TRUE;
  traits->vocabulary = sal_vocabulary_load (
      path, unknown, lowercase != NULL && json_node_get_boolean (lowercase), error);
  if (traits->vocabulary == NULL)
    sal_error_prefix (error, "%s: vocabulary: ", sidecar);
  return traits->vocabulary != NULL;
}

static gboolean
check_shape (const char *sidecar, JsonObject *root, const SalShape *shape, GError **error)
{
  JsonObject *input = sal_json_object (root, "input");
  JsonNode *node = input != NULL ? json_object_get_member (input, "shape") : NULL;

  if (node == NULL || shape == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_ARRAY (node) &&
      json_array_get_length (json_node_get_array (node)) == (guint) shape->rank)
    return TRUE;

  g_autofree char *given = sal_shape_to_string (shape);

  sal_error_set (error, SAL_ERROR_SHAPE,
                 "%s: input.shape has not the %d axes of the model's input, %s", sidecar,
                 shape->rank, given);
  return FALSE;
}

gboolean
sal_traits_load (SalTraits *traits, const char *model_path, const SalShape *shape, GError **error)
{
  g_autofree char *sidecar = sal_sidecar_path (model_path);
  g_autoptr (GBytes) bytes = NULL;
  gsize size;

  if (!g_file_test (sidecar, G_FILE_TEST_EXISTS))
    return TRUE;
  bytes = sal_file_read (sidecar, MAX_BYTES, error);
  if (bytes == NULL)
    return FALSE;

  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonObject) root = sal_json_parse (size > 0 ? text : "", size, sidecar, error);

  return root != NULL && check_shape (sidecar, root, shape, error) &&
         read_labels (traits, sidecar, root, error) &&
         read_vocabulary (traits, sidecar, root, error);
}
