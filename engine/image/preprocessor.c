#include "engine/image/preprocessor.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/base/reads.h"
#include "engine/image/prepare-private.h"
#include "engine/image/sidecar.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MAX_BYTES (16 * 1024 * 1024)

/* What is found, on top of what is assumed for the shape. */
typedef struct {
  SalPixelFormat format;
  gboolean open_height, open_width;
  char **labels;
  int n_labels;
  const char *why; /* what does not fit */
} Found;

static JsonObject *
parse (const char *path)
{
  g_autoptr (GBytes) bytes = sal_file_read (path, MAX_BYTES, NULL);
  gsize size;

  if (bytes == NULL)
    return NULL;

  const char *text = g_bytes_get_data (bytes, &size);

  return sal_json_parse (size > 0 ? text : "", size, path, NULL);
}

static gboolean
is_number (JsonNode *node, double *value)
{
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      (json_node_get_value_type (node) != G_TYPE_DOUBLE &&
       json_node_get_value_type (node) != G_TYPE_INT64))
    return FALSE;
  *value = json_node_get_double (node);
  return TRUE;
}

static gboolean
number (JsonObject *object, const char *key, double *value)
{
  return object != NULL && is_number (json_object_get_member (object, key), value);
}

static gboolean
flag (JsonObject *object, const char *key, gboolean otherwise)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_BOOLEAN
             ? json_node_get_boolean (node)
             : otherwise;
}

/* A number per channel of the format, or one for all. */
static gboolean
channels (JsonObject *object, const char *key, double values[3], const SalPixelFormat *format)
{
  JsonNode *node = json_object_get_member (object, key);
  int n = sal_pixel_format_channels (format);
  double all;

  if (number (object, key, &all)) {
    values[0] = values[1] = values[2] = all;
    return TRUE;
  }
  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node) ||
      json_array_get_length (json_node_get_array (node)) != (guint) n)
    return FALSE;
  for (int c = 0; c < n; c++)
    if (!is_number (json_array_get_element (json_node_get_array (node), c), &values[c]))
      return FALSE;
  return TRUE;
}

static gboolean
set_size (Found *found, double height, double width)
{
  if (!(height >= 1 && height <= G_MAXINT && width >= 1 && width <= G_MAXINT))
    return FALSE;
  if (found->open_height)
    found->format.height = (int) height;
  if (found->open_width)
    found->format.width = (int) width;
  return TRUE;
}

/* A number, {"height", "width"} or {"shortest_edge"}. */
static gboolean
read_size (JsonObject *root, const char *key, Found *found, gboolean *shortest)
{
  JsonObject *object = sal_json_object (root, key);
  double height, width;

  if (number (root, key, &height))
    return set_size (found, height, height);
  if (number (object, "height", &height) && number (object, "width", &width))
    return set_size (found, height, width);
  if (!number (object, "shortest_edge", &height))
    return FALSE;
  *shortest = TRUE;
  return set_size (found, height, height);
}

static void
take_label (JsonObject *object, const char *key, JsonNode *node, gpointer data)
{
  Found *found = data;
  guint64 index;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING &&
      g_ascii_string_to_unsigned (key, 10, 0, found->n_labels - 1, &index, NULL)) {
    g_free (found->labels[index]);
    found->labels[index] = g_strdup (json_node_get_string (node));
  }
}

/* {"0": "tench", "1": …}: all of them, or none. */
static void
read_id2label (const char *folder, Found *found)
{
  g_autofree char *path = g_build_filename (folder, "config.json", NULL);
  g_autoptr (JsonObject) root = parse (path);
  JsonObject *names = root != NULL ? sal_json_object (root, "id2label") : NULL;

  if (names == NULL || json_object_get_size (names) == 0)
    return;
  found->n_labels = (int) json_object_get_size (names);
  found->labels = g_new0 (char *, found->n_labels + 1);
  json_object_foreach_member (names, take_label, found);
  for (int i = 0; i < found->n_labels; i++)
    if (found->labels[i] == NULL) {
      for (int j = i; j < found->n_labels; j++)
        g_free (found->labels[j]);
      for (int j = 0; j < i; j++)
        g_free (found->labels[j]);
      g_clear_pointer (&found->labels, g_free);
      found->n_labels = 0;
    }
}

static gboolean
read_hugging_face (JsonObject *root, const char *folder, Found *found)
{
  SalPixelFormat *format = &found->format;
  gboolean crop = flag (root, "do_center_crop", FALSE), shortest = FALSE, sized;
  double factor = 1.0 / 255;

  sized = (crop && read_size (root, "crop_size", found, &shortest)) ||
          read_size (root, "size", found, &shortest);
  if (!sized && (found->open_height || found->open_width) && flag (root, "do_resize", TRUE)) {
    found->why = N_ ("it states no size");
    return FALSE;
  }
  format->fit = crop || shortest ? SAL_FIT_CROP : SAL_FIT_STRETCH;
  number (root, "rescale_factor", &factor);
  format->low = 0;
  format->high = flag (root, "do_rescale", TRUE) ? 255 * factor : 255;
  /* 1 / 255 as it is written with few digits is meant as 1 / 255. */
  if (fabs (format->high - 1) < 1e-6)
    format->high = 1;
  for (int c = 0; c < 3; c++) {
    format->mean[c] = 0;
    format->std[c] = 1;
  }
  if (flag (root, "do_normalize", TRUE) && (!channels (root, "image_mean", format->mean, format) ||
                                            !channels (root, "image_std", format->std, format))) {
    found->why = N_ ("image_mean and image_std are not a number for each channel");
    return FALSE;
  }
  read_id2label (folder, found);
  return TRUE;
}

static gboolean
read_timm (JsonObject *root, Found *found)
{
  JsonObject *config = sal_json_object (root, "pretrained_cfg");
  SalPixelFormat *format = &found->format;
  JsonArray *size, *names;
  JsonNode *node;
  double share, height, width;

  if (config == NULL)
    config = root;
  if (!channels (config, "mean", format->mean, format) ||
      !channels (config, "std", format->std, format)) {
    found->why = N_ ("mean and std are not a number for each channel");
    return FALSE;
  }
  node = json_object_get_member (config, "input_size");
  size = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (size != NULL &&
      (json_array_get_length (size) != 3 ||
       !is_number (json_array_get_element (size, 1), &height) ||
       !is_number (json_array_get_element (size, 2), &width) || !set_size (found, height, width))) {
    found->why = N_ ("input_size is no size");
    return FALSE;
  }
  format->low = 0;
  format->high = 1;
  format->fit = number (config, "crop_pct", &share) && share >= 1 &&
                        g_strcmp0 (sal_json_string (config, "crop_mode"), "squash") == 0
                    ? SAL_FIT_STRETCH
                    : SAL_FIT_CROP;
  node = json_object_get_member (root, "label_names");
  names = node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  if (names != NULL && json_array_get_length (names) > 0) {
    found->n_labels = (int) json_array_get_length (names);
    found->labels = g_new0 (char *, found->n_labels + 1);
    for (int i = 0; i < found->n_labels; i++) {
      JsonNode *name = json_array_get_element (names, i);
      gboolean text =
          JSON_NODE_HOLDS_VALUE (name) && json_node_get_value_type (name) == G_TYPE_STRING;

      found->labels[i] = g_strdup (text ? json_node_get_string (name) : "");
    }
  }
  return TRUE;
}

/* Whether a config.json is timm's: Hugging Face's own says nothing of pictures. */
static gboolean
is_timm (JsonObject *root)
{
  return json_object_has_member (root, "pretrained_cfg") ||
         (json_object_has_member (root, "mean") && json_object_has_member (root, "std"));
}

static gboolean
read_metadata (GHashTable *metadata, Found *found)
{
  static const struct {
    const char *name;
    double low, high;
  } ranges[] = { { "NominalRange_0_255", 0, 255 },
                 { "Normalized_0_1", 0, 1 },
                 { "Normalized_1_1", -1, 1 },
                 { "NominalRange_16_235", 16, 235 } };
  static const struct {
    const char *name;
    SalChannelOrder order;
  } orders[] = { { "Gray8", SAL_GRAY }, { "Rgb8", SAL_RGB }, { "Bgr8", SAL_BGR } };
  const char *range = g_hash_table_lookup (metadata, "Image.NominalPixelRange");
  const char *order = g_hash_table_lookup (metadata, "Image.BitmapPixelFormat");
  gboolean gray = found->format.order == SAL_GRAY, known = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    if (g_strcmp0 (order, orders[i].name) == 0 && (orders[i].order == SAL_GRAY) == gray) {
      found->format.order = orders[i].order;
      known = TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (g_strcmp0 (range, ranges[i].name) == 0) {
      found->format.low = ranges[i].low;
      found->format.high = ranges[i].high;
      for (int c = 0; c < 3; c++) {
        found->format.mean[c] = 0;
        found->format.std[c] = 1;
      }
      known = TRUE;
    }
  return known;
}

/* Beside the model; where exporters put it into a folder "onnx", also one up. */
static GPtrArray *
folders_of (const char *model_path)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *whole = g_canonicalize_filename (model_path, NULL);
  char *folder = g_path_get_dirname (whole);
  g_autofree char *name = g_path_get_basename (folder);

  g_ptr_array_add (folders, folder);
  if (g_str_equal (name, "onnx"))
    g_ptr_array_add (folders, g_path_get_dirname (folder));
  return folders;
}

/* The first file that says something; @passed_over collects what is there and of no use. */
static gboolean
read_files (const char *model_path, Found *found, char **where, GString *passed_over)
{
  static const char *const names[] = { "preprocessor_config.json", "config.json" };
  g_autoptr (GPtrArray) folders = folders_of (model_path);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint j = 0; j < folders->len; j++) {
      g_autofree char *path = g_build_filename (folders->pdata[j], names[i], NULL);
      g_autoptr (JsonObject) root = NULL;
      Found tried = *found;

      sal_reads_note (path);
      if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      root = parse (path);
      if (root != NULL && i == 1 && !is_timm (root))
        continue;
      tried.why = N_ ("it is no JSON object");
      if (root != NULL && (i == 0 ? read_hugging_face (root, folders->pdata[j], &tried)
                                  : read_timm (root, &tried))) {
        if (sal_pixel_format_check (&tried.format, NULL)) {
          *found = tried;
          *where = g_strdup (names[i]);
          return TRUE;
        }
        g_strfreev (tried.labels);
        tried.why = N_ ("its numbers are out of range");
      }
      g_string_append_printf (passed_over, _ (" %s is of no use here: %s."), names[i],
                              _ (tried.why));
    }
  return FALSE;
}

SalPreparation *
sal_preprocessor_find (const char *model_path, const char *input_name, const SalShape *shape,
                       GHashTable *metadata)
{
  g_autofree char *model = g_filename_display_basename (model_path), *where = NULL;
  g_autoptr (SalPreparation) assumed = sal_preparation_assume (model, input_name, shape, NULL);
  g_autoptr (GString) passed_over = g_string_new (NULL);
  Found found = { 0 };

  if (assumed == NULL)
    return NULL;
  found.format = *sal_preparation_format (assumed);
  found.open_height = shape->dim[found.format.layout == SAL_NCHW ? 2 : 1] < 0;
  found.open_width = shape->dim[found.format.layout == SAL_NCHW ? 3 : 2] < 0;
  if (!read_files (model_path, &found, &where, passed_over)) {
    if (metadata != NULL && read_metadata (metadata, &found))
      where = g_strdup_printf (_ ("the metadata of %s"), model);
    else if (passed_over->len == 0)
      return NULL;
  }

  if (found.format.fit != SAL_FIT_OWN)
    found.format.max_side = 0;

  g_autoptr (SalPreparation) preparation = sal_preparation_new (&found.format, input_name, NULL);
  g_autofree char *before = where != NULL
                                ? g_strdup_printf (_ ("Pictures are prepared as %s says: "), where)
                                : g_strdup (assumed->assumed_before);
  g_autofree char *after = g_strconcat (".", passed_over->str, NULL);

  preparation->labels = found.labels;
  preparation->n_labels = found.n_labels;
  preparation->size_assumed = found.format.fit == SAL_FIT_OWN;
  sal_preparation_tell_assumed (preparation, before, after);
  return g_steal_pointer (&preparation);
}
