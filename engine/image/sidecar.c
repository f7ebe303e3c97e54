#include "engine/image/sidecar.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/image/prepare-private.h"
#include "engine/tensor/npy.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define MAX_BYTES (16 * 1024 * 1024)
#define DEFAULT_SIDE 224
/* Where nobody chose a size, a photograph of many megapixels would be more than anybody meant. */
#define ASSUMED_MAX_SIDE 1024

static const double imagenet_mean[] = { 0.485, 0.456, 0.406 };
static const double imagenet_std[] = { 0.229, 0.224, 0.225 };

/* A sidecar being read. The first error ends it. */
typedef struct {
  const char *path;
  const SalShape *graph; /* (nullable) */
  SalShape shape;        /* the sidecar's, or the graph's where it is silent, -1 where open */
  GString *unsaid;       /* the keys whose values had to be assumed */
  gboolean size_assumed; /* that each picture has its own size, that is */
  SalPixelFormat format;
} Reader;

static gboolean fail (const Reader *r, SalError code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static gboolean
fail (const Reader *r, SalError code, GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (_ (format), args);
  va_end (args);
  g_set_error (error, SAL_ERROR, code, "%s: %s", r->path, text);
  return FALSE;
}

static const char *
kind_of (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return _ ("an object");
  if (JSON_NODE_HOLDS_ARRAY (node))
    return _ ("an array");
  if (JSON_NODE_HOLDS_NULL (node))
    return _ ("null");

  GType type = json_node_get_value_type (node);

  return type == G_TYPE_STRING    ? _ ("a string")
         : type == G_TYPE_BOOLEAN ? _ ("a boolean")
                                  : _ ("a number");
}

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) != G_TYPE_STRING &&
         json_node_get_value_type (node) != G_TYPE_BOOLEAN;
}

static gboolean
is_string (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING;
}

/* The last part of a dotted name is the key in @object. */
static JsonNode *
member (JsonObject *object, const char *name)
{
  const char *dot = strrchr (name, '.');

  return object != NULL ? json_object_get_member (object, dot != NULL ? dot + 1 : name) : NULL;
}

static gboolean
read_object (const Reader *r, JsonObject *parent, const char *name, JsonObject **object,
             GError **error)
{
  JsonNode *node = member (parent, name);

  *object = NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return fail (r, SAL_ERROR_FORMAT, error, "%s is %s, not an object", name, kind_of (node));
  *object = json_node_get_object (node);
  return TRUE;
}

static gboolean
read_string (const Reader *r, JsonObject *parent, const char *name, const char **value,
             GError **error)
{
  JsonNode *node = member (parent, name);

  *value = NULL;
  if (node == NULL)
    return TRUE;
  if (!is_string (node))
    return fail (r, SAL_ERROR_FORMAT, error, "%s is %s, not a string", name, kind_of (node));
  *value = json_node_get_string (node);
  return TRUE;
}

/* One of @choices (ended by %NULL); -1 where the key is missing. */
static gboolean
read_choice (const Reader *r, JsonObject *parent, const char *name, const char *const choices[],
             int *choice, GError **error)
{
  const char *value;

  *choice = -1;
  if (!read_string (r, parent, name, &value, error))
    return FALSE;
  if (value == NULL)
    return TRUE;
  for (int i = 0; choices[i] != NULL; i++)
    if (g_str_equal (value, choices[i]))
      *choice = i;
  if (*choice >= 0)
    return TRUE;

  g_autofree char *known = g_strjoinv (", ", (char **) choices);

  return fail (r, SAL_ERROR_ARGUMENT, error, "%s is \"%s\"; known are %s", name, value, known);
}

/* An array of exactly @n numbers, needed because of @why; @found tells whether the key is there. */
static gboolean
read_numbers (const Reader *r, JsonObject *parent, const char *name, const char *why, int n,
              double *values, gboolean *found, GError **error)
{
  JsonNode *node = member (parent, name);

  *found = node != NULL;
  if (node == NULL)
    return TRUE;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return fail (r, SAL_ERROR_FORMAT, error, "%s is %s, not an array", name, kind_of (node));

  JsonArray *array = json_node_get_array (node);
  guint length = json_array_get_length (array);

  if (length != (guint) n)
    return fail (
        r, SAL_ERROR_SHAPE, error,
        ngettext ("%s has %u number, %s needs %d", "%s has %u numbers, %s needs %d", length), name,
        length, why, n);
  for (int i = 0; i < n; i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (!is_number (element))
      return fail (r, SAL_ERROR_FORMAT, error, "%s[%d] is %s, not a number", name, i,
                   kind_of (element));
    values[i] = json_node_get_double (element);
  }
  return TRUE;
}

static gboolean
read_shape (Reader *r, JsonObject *input, GError **error)
{
  JsonNode *node = member (input, "input.shape");

  r->shape = r->graph != NULL ? *r->graph : (SalShape){ 4, { -1, -1, -1, -1 } };
  if (node == NULL && r->graph == NULL)
    return fail (r, SAL_ERROR_FORMAT, error, "input.shape is missing");
  if (node != NULL) {
    if (!JSON_NODE_HOLDS_ARRAY (node))
      return fail (r, SAL_ERROR_FORMAT, error, "input.shape is %s, not an array", kind_of (node));

    JsonArray *array = json_node_get_array (node);
    int rank = json_array_get_length (array);
    SalShape shape = { .rank = 4 };

    if (rank != 4)
      return fail (r, SAL_ERROR_SHAPE, error, "input.shape has %d axes, a picture has 4", rank);
    for (int i = 0; i < 4; i++) {
      JsonNode *element = json_array_get_element (array, i);
      double length = is_number (element) ? json_node_get_double (element) : -1;

      if (is_string (element))
        shape.dim[i] = -1;
      else if (length >= 1 && length <= G_MAXINT && length == floor (length))
        shape.dim[i] = (gint64) length;
      else
        return fail (r, SAL_ERROR_FORMAT, error,
                     "input.shape[%d] is neither a length nor a name for an open one", i);
    }
    if (r->graph != NULL)
      for (int i = 0; i < 4; i++) {
        if (r->graph->rank == 4 &&
            (shape.dim[i] == r->graph->dim[i] || shape.dim[i] < 0 || r->graph->dim[i] < 0)) {
          r->shape.dim[i] = MAX (shape.dim[i], r->graph->dim[i]);
          continue;
        }

        g_autofree char *said = sal_shape_to_string (&shape);
        g_autofree char *given = sal_shape_to_string (r->graph);

        return fail (r, SAL_ERROR_SHAPE, error, "input.shape is %s, the model's input has %s", said,
                     given);
      }
    else
      r->shape = shape;
  }
  if (r->shape.rank != 4) {
    g_autofree char *given = sal_shape_to_string (&r->shape);

    return fail (r, SAL_ERROR_SHAPE, error, "the model's input has shape %s, a picture has 4 axes",
                 given);
  }
  return TRUE;
}

static gboolean
is_channels (gint64 length)
{
  return length == 1 || length == 3;
}

static void
note_unsaid (Reader *r, const char *key)
{
  g_string_append_printf (r->unsaid, "%s%s", r->unsaid->len > 0 ? ", " : "", key);
}

static gboolean
read_channels (Reader *r, JsonObject *input, GError **error)
{
  static const char *const layouts[] = { "NCHW", "NHWC", NULL };
  static const char *const orders[] = { "RGB", "BGR", "GRAY", NULL };
  int layout, order;

  if (!read_choice (r, input, "input.layout", layouts, &layout, error) ||
      !read_choice (r, input, "input.channel_order", orders, &order, error))
    return FALSE;

  g_autofree char *shape = sal_shape_to_string (&r->shape);

  if (layout < 0)
    layout = !is_channels (r->shape.dim[1]) && is_channels (r->shape.dim[3]) ? SAL_NHWC : SAL_NCHW;

  gint64 channels = r->shape.dim[layout == SAL_NCHW ? 1 : 3];

  if (channels >= 0 && !is_channels (channels))
    return fail (r, SAL_ERROR_SHAPE, error,
                 "input.shape %s in layout %s has %" PRId64 " channels; a picture has 1 or 3",
                 shape, layouts[layout], channels);
  if (order < 0) {
    order = channels == 1 ? SAL_GRAY : SAL_RGB;
    if (channels != 1)
      note_unsaid (r, "input.channel_order");
  }
  r->format.layout = layout;
  r->format.order = order;
  if (channels >= 0 && channels != sal_pixel_format_channels (&r->format))
    return fail (r, SAL_ERROR_SHAPE, error,
                 order == SAL_GRAY
                     ? N_ ("input.channel_order %s has %d channel, input.shape %s has %" PRId64)
                     : N_ ("input.channel_order %s has %d channels, input.shape %s has %" PRId64),
                 orders[order], order == SAL_GRAY ? 1 : 3, shape, channels);
  return TRUE;
}

static gboolean
read_max_side (const Reader *r, JsonObject *resize, int *side, GError **error)
{
  JsonNode *node = member (resize, "input.resize.max_side");
  double value;

  *side = 0;
  if (node == NULL)
    return TRUE;
  if (!is_number (node))
    return fail (r, SAL_ERROR_FORMAT, error, "input.resize.max_side is %s, not a number",
                 kind_of (node));
  value = json_node_get_double (node);
  if (!(value >= 1 && value <= G_MAXINT) || value != floor (value))
    return fail (r, SAL_ERROR_ARGUMENT, error,
                 "input.resize.max_side is %g; a whole number above 0 is needed", value);
  *side = (int) value;
  return TRUE;
}

static gboolean
read_size (Reader *r, JsonObject *input, GError **error)
{
  static const char *const fits[] = { "crop", "stretch", "own", NULL };
  gboolean planes = r->format.layout == SAL_NCHW;
  gint64 height = r->shape.dim[planes ? 2 : 1], width = r->shape.dim[planes ? 3 : 2];
  JsonObject *resize;
  JsonNode *node;
  double size[2];
  gboolean found;
  int fit;

  if (!read_object (r, input, "input.resize", &resize, error) ||
      !read_choice (r, resize, "input.resize.default", fits, &fit, error) ||
      !read_max_side (r, resize, &r->format.max_side, error))
    return FALSE;
  node = member (resize, "input.resize.size");
  if (node != NULL && fit == SAL_FIT_OWN)
    return fail (r, SAL_ERROR_ARGUMENT, error,
                 "input.resize.size is given, but input.resize.default is \"own\"");
  if (node != NULL && is_number (node)) {
    size[0] = size[1] = json_node_get_double (node);
    found = TRUE;
  } else if (!read_numbers (r, resize, "input.resize.size", "[height, width]", 2, size, &found,
                            error)) {
    return FALSE;
  }
  if (found) {
    if (!(size[0] >= 1 && size[0] <= G_MAXINT && size[1] >= 1 && size[1] <= G_MAXINT) ||
        size[0] != floor (size[0]) || size[1] != floor (size[1]))
      return fail (r, SAL_ERROR_ARGUMENT, error,
                   "input.resize.size is %g×%g; whole numbers above 0 are needed", size[0],
                   size[1]);
    if ((height >= 0 && height != size[0]) || (width >= 0 && width != size[1])) {
      g_autofree char *shape = sal_shape_to_string (&r->shape);

      return fail (r, SAL_ERROR_SHAPE, error, "input.resize.size is %g×%g, input.shape is %s",
                   size[0], size[1], shape);
    }
    height = (gint64) size[0];
    width = (gint64) size[1];
  } else if (height < 0 || width < 0) {
    if (fit < 0) {
      fit = SAL_FIT_OWN;
      if (r->format.max_side == 0)
        r->format.max_side = ASSUMED_MAX_SIDE;
      note_unsaid (r, "input.resize.default");
      r->size_assumed = TRUE;
    } else if (fit != SAL_FIT_OWN) {
      note_unsaid (r, "input.resize.size");
    }
  }
  if (fit < 0) {
    fit = sal_pixel_format_usual_fit (&r->format);
    note_unsaid (r, "input.resize.default");
  }
  r->format.fit = fit;
  r->format.height = height < 0 ? DEFAULT_SIDE : (int) MIN (height, G_MAXINT);
  r->format.width = width < 0 ? DEFAULT_SIDE : (int) MIN (width, G_MAXINT);
  return TRUE;
}

/* ImageNet's statistics for colour in 0..1, else none. */
static void
assume_statistics (SalPixelFormat *format)
{
  gboolean imagenet = format->order != SAL_GRAY && format->low == 0 && format->high == 1;

  for (int c = 0; c < 3; c++) {
    int rgb = format->order == SAL_BGR ? 2 - c : c;

    format->mean[c] = imagenet ? imagenet_mean[rgb] : 0;
    format->std[c] = imagenet ? imagenet_std[rgb] : 1;
  }
}

static gboolean
read_values (Reader *r, JsonObject *input, GError **error)
{
  SalPixelFormat *f = &r->format;
  double range[2] = { 0, 1 };
  gboolean has_range, has_mean, has_std;
  int channels = sal_pixel_format_channels (f);
  const char *why = channels == 1 ? _ ("one channel") : _ ("colour");

  if (!read_numbers (r, input, "input.value_range", "[low, high]", 2, range, &has_range, error))
    return FALSE;
  f->low = range[0];
  f->high = range[1];
  assume_statistics (f);

  double mean[3] = { 0, 0, 0 }, std[3] = { 1, 1, 1 };

  if (!read_numbers (r, input, "input.mean", why, channels, mean, &has_mean, error) ||
      !read_numbers (r, input, "input.std", why, channels, std, &has_std, error))
    return FALSE;
  /* With one of the two given, ImageNet's other one would be out of place. */
  if (has_mean || has_std) {
    memcpy (f->mean, mean, sizeof mean);
    memcpy (f->std, std, sizeof std);
  }
  if (!has_range)
    note_unsaid (r, "input.value_range");
  if (!has_mean)
    note_unsaid (r, "input.mean");
  if (!has_std)
    note_unsaid (r, "input.std");

  g_autoptr (GError) cause = NULL;

  if (!sal_pixel_format_check (f, &cause))
    return fail (r, cause->code, error, "input.%s", cause->message);
  return TRUE;
}

/* A file that the sidecar names, relative to it. */
static char *
beside (const Reader *r, const char *name)
{
  g_autofree char *sidecar = g_canonicalize_filename (r->path, NULL);
  g_autofree char *directory = g_path_get_dirname (sidecar);

  return g_canonicalize_filename (name, directory);
}

static void
take_labels (SalPreparation *preparation, char **labels)
{
  g_strfreev (preparation->labels);
  g_clear_pointer (&preparation->labels_path, g_free);
  preparation->labels = labels;
  preparation->n_labels = (int) g_strv_length (labels);
}

/* @path: absolute. The error says what is wrong and not where. */
static gboolean
load_labels (SalPreparation *preparation, const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sal_file_read (path, MAX_BYTES, error);

  if (bytes == NULL)
    return FALSE;

  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);

  if (size >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0) { /* a byte order mark */
    text += 3;
    size -= 3;
  }
  while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r'))
    size--;
  if (size == 0 || !g_utf8_validate (text, size, NULL)) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   size == 0 ? N_ ("the file is empty") : N_ ("not a text file in UTF-8"));
    return FALSE;
  }

  g_autofree char *copy = g_strndup (text, size);

  take_labels (preparation, g_strsplit (copy, "\n", -1));
  for (char **line = preparation->labels; *line != NULL; line++)
    g_strstrip (*line);
  preparation->labels_path = g_strdup (path);
  return TRUE;
}

/* The names themselves in place of a file's. */
static gboolean
read_names (const Reader *r, JsonArray *array, SalPreparation *preparation, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *node = json_array_get_element (array, i);

    if (json_node_get_value_type (node) != G_TYPE_STRING)
      return fail (r, SAL_ERROR_FORMAT, error, "labels[%u]: not a text", i);
    g_strv_builder_add (names, json_node_get_string (node));
  }
  if (json_array_get_length (array) > 0)
    take_labels (preparation, g_strv_builder_end (names));
  return TRUE;
}

static gboolean
read_labels (const Reader *r, JsonObject *root, SalPreparation *preparation, GError **error)
{
  JsonNode *node = json_object_get_member (root, "labels");
  const char *name;
  g_autoptr (GError) cause = NULL;

  if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    return read_names (r, json_node_get_array (node), preparation, error);
  if (!read_string (r, root, "labels", &name, error))
    return FALSE;
  if (name == NULL)
    return TRUE;

  g_autofree char *path = beside (r, name);

  if (load_labels (preparation, path, &cause))
    return TRUE;
  g_set_error (error, cause->domain, cause->code, _ ("%s: labels \"%s\": %s"), r->path, name,
               cause->message);
  return FALSE;
}

SalPreparation *
sal_preparation_with_labels (const SalPreparation *preparation, const char *path, GError **error)
{
  g_autoptr (SalPreparation) copy =
      sal_preparation_with_format (preparation, &preparation->format, error);
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autoptr (GError) cause = NULL;

  if (copy == NULL)
    return NULL;
  if (load_labels (copy, absolute, &cause))
    return g_steal_pointer (&copy);
  if (cause->domain == SAL_ERROR && cause->code == SAL_ERROR_FORMAT)
    g_set_error (error, cause->domain, cause->code, "%s: %s", path, cause->message);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return NULL;
}

SalPreparation *
sal_preparation_with_names (const SalPreparation *preparation, const char *const *names,
                            GError **error)
{
  SalPreparation *copy = sal_preparation_with_format (preparation, &preparation->format, error);

  if (copy != NULL)
    take_labels (copy, g_strdupv ((char **) names));
  return copy;
}

/* A number that stands for every element, or the name of an array's file. */
static SalTensor *
read_fixed (const Reader *r, const char *name, JsonNode *node, GError **error)
{
  g_autofree char *key = g_strdup_printf ("inputs.%s", name);
  SalTensor *tensor;

  if (is_number (node)) {
    tensor = sal_tensor_new (SAL_FLOAT, &(SalShape){ 0 });
    *(float *) sal_tensor_edit (tensor) = (float) json_node_get_double (node);
    return tensor;
  }
  if (!is_string (node)) {
    fail (r, SAL_ERROR_FORMAT, error, "%s is %s, not a number or the name of a .npy file", key,
          kind_of (node));
    return NULL;
  }

  g_autofree char *path = beside (r, json_node_get_string (node));

  tensor = sal_npy_load (path, error);
  if (tensor == NULL)
    g_prefix_error (error, "%s: %s: ", r->path, key);
  return tensor;
}

static gboolean
read_inputs (const Reader *r, JsonObject *root, SalPreparation *preparation, GError **error)
{
  JsonObject *inputs;
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!read_object (r, root, "inputs", &inputs, error))
    return FALSE;
  if (inputs == NULL)
    return TRUE;
  preparation->inputs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sal_tensor_unref);
  json_object_iter_init (&iter, inputs);
  while (json_object_iter_next (&iter, &name, &node)) {
    SalTensor *tensor = read_fixed (r, name, node, error);

    if (tensor == NULL)
      return FALSE;
    g_hash_table_replace (preparation->inputs, g_strdup (name), tensor);
  }
  return TRUE;
}

static gboolean
read_rest (const Reader *r, JsonObject *root, SalPreparation *preparation, GError **error)
{
  static const char *const kinds[] = { "logits", "probabilities", NULL };
  static const char *const places[] = { "mean", "max", NULL };
  const char *title, *last_conv, *output_name;
  JsonObject *output;
  JsonNode *accuracy = member (root, "accuracy");
  int kind, over_places;

  if (!read_string (r, root, "title", &title, error) ||
      !read_string (r, root, "last_conv_tensor", &last_conv, error) ||
      !read_object (r, root, "output", &output, error) ||
      !read_string (r, output, "output.name", &output_name, error) ||
      !read_choice (r, output, "output.kind", kinds, &kind, error) ||
      !read_choice (r, output, "output.over_places", places, &over_places, error) ||
      !read_inputs (r, root, preparation, error))
    return FALSE;
  if (accuracy != NULL) {
    if (!is_number (accuracy))
      return fail (r, SAL_ERROR_FORMAT, error, "accuracy is %s, not a number", kind_of (accuracy));
    preparation->accuracy = json_node_get_double (accuracy);
    if (!(preparation->accuracy >= 0 && preparation->accuracy <= 1))
      return fail (r, SAL_ERROR_ARGUMENT, error, "accuracy is %g; a share from 0 to 1 is needed",
                   preparation->accuracy);
  }
  preparation->title = g_strdup (title);
  preparation->last_conv = g_strdup (last_conv);
  preparation->output_name = g_strdup (output_name);
  preparation->scores = kind < 0 ? SAL_SCORES_UNKNOWN : SAL_SCORES_LOGITS + kind;
  preparation->over_places = over_places < 0 ? SAL_PLACES_MEAN : (SalPlaces) over_places;
  return TRUE;
}

char *
sal_sidecar_path (const char *model_path)
{
  gsize length = strlen (model_path);

  if (length > 5 && g_ascii_strcasecmp (model_path + length - 5, ".onnx") == 0)
    length -= 5;
  return g_strdup_printf ("%.*s.json", (int) length, model_path);
}

static JsonObject *
parse (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = sal_file_read (path, MAX_BYTES, error);
  gsize size;

  if (bytes == NULL)
    return NULL;

  const char *text = g_bytes_get_data (bytes, &size);

  return sal_json_parse (size > 0 ? text : "", size, path, error);
}

SalPreparation *
sal_preparation_load (const char *path, const SalShape *shape, GError **error)
{
  g_autoptr (JsonObject) root = parse (path, error);
  g_autoptr (GString) unsaid = g_string_new (NULL);
  Reader r = { .path = path, .graph = shape, .unsaid = unsaid };
  JsonObject *input;
  const char *input_name;

  if (root == NULL)
    return NULL;
  if (!read_object (&r, root, "input", &input, error) ||
      !read_string (&r, input, "input.name", &input_name, error) ||
      !read_shape (&r, input, error) || !read_channels (&r, input, error) ||
      !read_size (&r, input, error) || !read_values (&r, input, error))
    return NULL;

  g_autoptr (SalPreparation) preparation = sal_preparation_new (&r.format, input_name, error);

  if (preparation == NULL || !read_labels (&r, root, preparation, error) ||
      !read_rest (&r, root, preparation, error))
    return NULL;
  if (unsaid->len > 0) {
    g_autofree char *base = g_filename_display_basename (path);

    g_autofree char *before =
        g_strdup_printf (_ ("%s does not state %s: assumed "), base, unsaid->str);

    preparation->size_assumed = r.size_assumed;
    sal_preparation_tell_assumed (preparation, before, ".");
  }
  preparation->sidecar = g_steal_pointer (&root);
  return g_steal_pointer (&preparation);
}

SalPreparation *
sal_preparation_load_facts (const char *path, GError **error)
{
  g_autoptr (JsonObject) root = parse (path, error);
  Reader r = { .path = path };

  if (root == NULL)
    return NULL;

  g_autoptr (SalPreparation) facts = sal_preparation_new_facts ();
  JsonObject *input;
  const char *input_name;

  if (!read_object (&r, root, "input", &input, error) ||
      !read_string (&r, input, "input.name", &input_name, error) ||
      !read_rest (&r, root, facts, error))
    return NULL;
  facts->input_name = g_strdup (input_name);
  facts->sidecar = g_steal_pointer (&root);
  return g_steal_pointer (&facts);
}

SalPreparation *
sal_preparation_assume (const char *model, const char *input_name, const SalShape *shape,
                        GError **error)
{
  g_autofree char *text = sal_shape_to_string (shape);
  SalPixelFormat format = { .low = 0, .high = 1 };
  gboolean open = FALSE;
  gint64 channels = 0;

  if (shape->rank == 4) {
    gboolean last = !is_channels (shape->dim[1]) && is_channels (shape->dim[3]);

    format.layout = last ? SAL_NHWC : SAL_NCHW;
    channels = shape->dim[last ? 3 : 1];
    if (channels < 0)
      channels = 3;
    open = shape->dim[last ? 1 : 2] < 0 || shape->dim[last ? 2 : 3] < 0;
    format.height = shape->dim[last ? 1 : 2] < 0 ? DEFAULT_SIDE
                                                 : (int) MIN (shape->dim[last ? 1 : 2], G_MAXINT);
    format.width = shape->dim[last ? 2 : 3] < 0 ? DEFAULT_SIDE
                                                : (int) MIN (shape->dim[last ? 2 : 3], G_MAXINT);
  }
  if (!is_channels (channels)) {
    sal_error_set (error, SAL_ERROR_UNSUPPORTED,
                   "%s: input \"%s\" of shape %s takes no picture of 1 or 3 channels",
                   model != NULL ? model : _ ("model"), input_name != NULL ? input_name : "", text);
    return NULL;
  }
  format.order = channels == 1 ? SAL_GRAY : SAL_RGB;
  format.fit = open ? SAL_FIT_OWN : sal_pixel_format_usual_fit (&format);
  format.max_side = open ? ASSUMED_MAX_SIDE : 0;
  assume_statistics (&format);

  SalPreparation *preparation = sal_preparation_new (&format, input_name, error);

  if (preparation == NULL) {
    sal_error_prefix (error, "%s: input \"%s\": ", model != NULL ? model : _ ("model"),
                      input_name != NULL ? input_name : "");
    return NULL;
  }

  g_autofree char *before =
      g_strdup_printf (_ ("No sidecar beside %s says how to prepare a picture: assumed "),
                       model != NULL ? model : _ ("the model"));

  preparation->size_assumed = open;
  sal_preparation_tell_assumed (preparation, before, ".");
  return preparation;
}

SalPreparation *
sal_preparation_for_model (const char *model_path, const char *input_name, const SalShape *shape,
                           GError **error)
{
  g_autofree char *path = sal_sidecar_path (model_path);

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_autofree char *model = g_filename_display_basename (model_path);

    return sal_preparation_assume (model, input_name, shape, error);
  }

  g_autoptr (SalPreparation) preparation = sal_preparation_load (path, shape, error);

  if (preparation == NULL)
    return NULL;
  if (preparation->input_name == NULL) {
    preparation->input_name = g_strdup (input_name);
  } else if (input_name != NULL && !g_str_equal (preparation->input_name, input_name)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: input.name is \"%s\", the model's input is \"%s\"",
                   path, preparation->input_name, input_name);
    return NULL;
  }
  return g_steal_pointer (&preparation);
}
