/* sal_preparation_save(): the way back from a preparation to its sidecar. */
#include "engine/image/sidecar.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/image/prepare-private.h"

#include <string.h>

/* The object called @key, made if it is not there. */
static JsonObject *
child (JsonObject *parent, const char *key)
{
  JsonNode *node = json_object_get_member (parent, key);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    json_object_set_object_member (parent, key, json_object_new ());
  return json_object_get_object_member (parent, key);
}

static void
set_string (JsonObject *object, const char *key, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, key, value);
}

static void
set_numbers (JsonObject *object, const char *key, const double *values, int n)
{
  JsonArray *array = json_array_sized_new (n);

  for (int i = 0; i < n; i++)
    json_array_add_double_element (array, values[i]);
  json_object_set_array_member (object, key, array);
}

/* Open axes keep the names the sidecar gave them; a batch nobody named is open, too. */
static void
set_shape (JsonObject *input, const SalPixelFormat *format)
{
  SalShape shape = sal_pixel_format_shape (format);
  JsonNode *old = json_object_get_member (input, "shape");
  JsonArray *array = json_array_sized_new (4);
  int rows = format->layout == SAL_NCHW ? 2 : 1;
  gboolean known = old != NULL && JSON_NODE_HOLDS_ARRAY (old) &&
                   json_array_get_length (json_node_get_array (old)) == 4;

  for (int i = 0; i < 4; i++) {
    JsonNode *entry = known ? json_array_get_element (json_node_get_array (old), i) : NULL;

    gboolean own_height = format->fit == SAL_FIT_OWN && i == rows;
    gboolean own_width = format->fit == SAL_FIT_OWN && i == rows + 1;

    if (entry != NULL && (i == 0 || json_node_get_value_type (entry) == G_TYPE_STRING))
      json_array_add_element (array, json_node_copy (entry));
    else if (i == 0 || own_height || own_width)
      json_array_add_string_element (array, i == 0 ? "N" : own_height ? "H" : "W");
    else
      json_array_add_int_element (array, shape.dim[i]);
  }
  json_object_set_array_member (input, "shape", array);
}

/* From the directory of @from to @to, both absolute. */
static char *
relative_path (const char *from, const char *to)
{
  g_auto (GStrv) a = g_strsplit (from, "/", -1);
  g_auto (GStrv) b = g_strsplit (to, "/", -1);
  int common = 0;
  GString *path = g_string_new (NULL);

  while (a[common + 1] != NULL && b[common + 1] != NULL && g_str_equal (a[common], b[common]))
    common++;
  for (int i = common; a[i + 1] != NULL; i++)
    g_string_append (path, "../");
  for (int i = common; b[i] != NULL; i++)
    g_string_append_printf (path, "%s%s", i > common ? "/" : "", b[i]);
  return g_string_free (path, FALSE);
}

/* A sidecar of the same content to work on. Objects are shared by json-glib's own copying, so the
 * way goes through text. */
static JsonNode *
start (const SalPreparation *preparation)
{
  g_autoptr (JsonNode) old = json_node_alloc ();

  if (preparation->sidecar == NULL) {
    json_node_init (old, JSON_NODE_OBJECT);
    json_node_take_object (old, json_object_new ());
    return g_steal_pointer (&old);
  }
  json_node_init_object (old, preparation->sidecar);

  g_autofree char *text = json_to_string (old, FALSE);

  return json_from_string (text, NULL);
}

gboolean
sal_preparation_save (const SalPreparation *preparation, const char *path, GError **error)
{
  static const char *const layouts[] = { "NCHW", "NHWC" };
  static const char *const orders[] = { "RGB", "BGR", "GRAY" };
  static const char *const fits[] = { "crop", "stretch", "own" };
  const SalPixelFormat *format = &preparation->format;
  int channels = sal_pixel_format_channels (format);
  g_autoptr (JsonNode) node = start (preparation);
  JsonObject *root = json_node_get_object (node);

  set_string (root, "title", preparation->title);

  JsonObject *input = child (root, "input");

  set_string (input, "name", preparation->input_name);
  set_shape (input, format);
  json_object_set_string_member (input, "layout", layouts[format->layout]);
  json_object_set_string_member (input, "channel_order", orders[format->order]);
  set_numbers (input, "value_range", (double[]){ format->low, format->high }, 2);
  set_numbers (input, "mean", format->mean, channels);
  set_numbers (input, "std", format->std, channels);
  if (json_object_has_member (input, "normalised_range"))
    json_object_remove_member (input, "normalised_range"); /* follows from the numbers above */

  JsonObject *resize = child (input, "resize");

  if (format->fit != SAL_FIT_OWN)
    set_numbers (resize, "size", (double[]){ format->height, format->width }, 2);
  else if (json_object_has_member (resize, "size"))
    json_object_remove_member (resize, "size");
  if (format->fit == SAL_FIT_OWN && format->max_side > 0)
    json_object_set_int_member (resize, "max_side", format->max_side);
  else if (json_object_has_member (resize, "max_side"))
    json_object_remove_member (resize, "max_side");
  json_object_set_string_member (resize, "default", fits[format->fit]);

  JsonObject *output = child (root, "output");

  set_string (output, "name", preparation->output_name);
  if (preparation->scores != SAL_SCORES_UNKNOWN)
    json_object_set_string_member (
        output, "kind", preparation->scores == SAL_SCORES_LOGITS ? "logits" : "probabilities");
  if (preparation->labels_path != NULL) {
    g_autofree char *place = g_canonicalize_filename (path, NULL);
    g_autofree char *labels = relative_path (place, preparation->labels_path);

    json_object_set_string_member (root, "labels", labels);
  } else if (preparation->n_labels > 0) {
    JsonArray *names = json_array_new ();

    for (int i = 0; i < preparation->n_labels; i++)
      json_array_add_string_element (names, preparation->labels[i]);
    json_object_set_array_member (root, "labels", names);
  }
  set_string (root, "last_conv_tensor", preparation->last_conv);
  if (preparation->accuracy >= 0)
    json_object_set_double_member (root, "accuracy", preparation->accuracy);

  g_autofree char *text = sal_json_node_text (node);
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  return sal_file_write (path, line, strlen (line), error);
}
