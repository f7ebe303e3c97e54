#include "app/session.h"

#include "app/bundled.h"
#include "app/looks.h"
#include "app/path-text.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/explain/smooth.h"

#include <glib/gi18n.h>
#include <string.h>

#define VERSION 1

SalSession *
sal_session_new (void)
{
  SalSession *session = g_new0 (SalSession, 1);

  session->results = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_session_result_free);
  return session;
}

void
sal_session_free (SalSession *session)
{
  if (session == NULL)
    return;
  sal_session_result_free (session->now);
  g_ptr_array_unref (session->results);
  sal_comparison_layout_free (session->compare);
  g_free (session->folder);
  g_free (session->page);
  g_free (session->view);
  g_free (session);
}

SalSessionResult *
sal_session_result_new (SalModel *model, const char *picture, const SalMethod *method,
                        const SalSettings *settings, SalTarget target, const SalSettings *looks)
{
  SalSessionResult *result = g_new0 (SalSessionResult, 1);

  result->picture = g_strdup (picture);
  result->method = method;
  result->settings = sal_settings_copy (settings);
  result->looks = sal_settings_copy (looks);
  result->target = target;
  if (model != NULL) {
    result->model = g_strdup (sal_model_path (model));
    result->target_label = g_strdup (sal_model_label (model, target.class_index));
    if (target.versus >= 0)
      result->versus_label = g_strdup (sal_model_label (model, target.versus));
  }
  return result;
}

SalSessionResult *
sal_session_result_copy (const SalSessionResult *result)
{
  SalSessionResult *copy = sal_session_result_new (NULL, result->picture, result->method,
                                                   result->settings, result->target, result->looks);

  copy->model = g_strdup (result->model);
  copy->target_label = g_strdup (result->target_label);
  copy->versus_label = g_strdup (result->versus_label);
  copy->name = g_strdup (result->name);
  copy->starred = result->starred;
  return copy;
}

void
sal_session_result_free (SalSessionResult *result)
{
  if (result == NULL)
    return;
  g_free (result->model);
  g_free (result->picture);
  sal_settings_free (result->settings);
  sal_settings_free (result->looks);
  g_free (result->target_label);
  g_free (result->versus_label);
  g_free (result->name);
  g_free (result);
}

SalTarget
sal_session_target (const SalSessionResult *result, const SalView *view)
{
  SalTarget target = result->target;

  target.class_index = sal_model_same_class (view->model, target.class_index, result->target_label);
  if (target.class_index < 0)
    target.class_index = g_array_index (view->predictions, SalPrediction, 0).class_index;
  if (target.versus >= 0)
    target.versus = sal_model_same_class (view->model, target.versus, result->versus_label);
  if (target.versus == target.class_index)
    target.versus = -1;
  return target;
}

/* Writing. */

/* Before the name of a file that comes with the program. */
#define BUNDLED "salience:"

/* @path as seen from the folder of @from. */
static char *
relative (const char *path, const char *from)
{
  if (from == NULL)
    return g_strdup (path);
  g_autofree char *bundled = sal_bundled_name (path);
  if (bundled != NULL)
    return g_strconcat (BUNDLED, bundled, NULL);
  g_autofree char *absolute = g_canonicalize_filename (from, NULL);
  g_autofree char *whole = g_canonicalize_filename (path, NULL);
  g_auto (GStrv) a = g_strsplit (absolute, "/", -1), b = g_strsplit (whole, "/", -1);
  int common = 0;
  GString *text = g_string_new (NULL);

  while (a[common] != NULL && a[common + 1] != NULL && b[common] != NULL && b[common + 1] != NULL &&
         g_str_equal (a[common], b[common]))
    common++;
  for (int i = common; a[i] != NULL && a[i + 1] != NULL; i++)
    g_string_append (text, "../");
  for (int i = common; b[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", i > common ? "/" : "", b[i]);
  return g_string_free (text, FALSE);
}

static void
add_path (JsonBuilder *builder, const char *path, const char *from)
{
  g_autofree char *file = relative (path, from);
  g_autofree char *text = sal_path_text (file);

  json_builder_add_string_value (builder, text);
}

static void
add_file (JsonBuilder *builder, const char *key, const char *path, const char *from)
{
  if (path == NULL)
    return;
  json_builder_set_member_name (builder, key);
  add_path (builder, path, from);
}

static void
add_class (JsonBuilder *builder, int index, const char *label)
{
  json_builder_begin_object (builder);
  sal_json_add_int (builder, "index", index);
  sal_json_add_string (builder, "label", label);
  json_builder_end_object (builder);
}

static void
add_question (JsonBuilder *builder, const SalSessionResult *result, const char *from)
{
  add_file (builder, "model", result->model, from);
  add_file (builder, "picture", result->picture, from);
  json_builder_set_member_name (builder, "question");
  json_builder_begin_object (builder);
  sal_json_add_string (builder, "method", result->method->id);
  json_builder_set_member_name (builder, "parameters");
  json_builder_begin_object (builder);
  if (result->method->params != NULL)
    sal_settings_write (result->settings, result->method->params, builder);
  sal_settings_write (result->settings, sal_smooth_params (), builder);
  json_builder_end_object (builder);
  if (result->target.class_index >= 0) {
    json_builder_set_member_name (builder, "target");
    add_class (builder, result->target.class_index, result->target_label);
  }
  if (result->target.versus >= 0) {
    json_builder_set_member_name (builder, "versus");
    add_class (builder, result->target.versus, result->versus_label);
  }
  sal_json_add_string (builder, "output-kind", sal_output_kind_choices ()[result->target.kind].id);
  json_builder_set_member_name (builder, "appearance");
  json_builder_begin_object (builder);
  sal_settings_write (result->looks, sal_appearance_params (), builder);
  sal_settings_write (result->looks, sal_looks_params (), builder);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

static void
add_columns (JsonBuilder *builder, const SalComparisonLayout *layout, SalCompareAxis axis,
             const char *from)
{
  GPtrArray *columns = layout->columns[axis];

  if (columns == NULL)
    return;
  json_builder_set_member_name (builder, sal_comparison_layout_axis_id (axis));
  json_builder_begin_array (builder);
  for (guint i = 0; i < columns->len; i++) {
    if (axis == SAL_COMPARE_MODELS)
      add_path (builder, columns->pdata[i], from);
    else if (axis == SAL_COMPARE_CLASSES)
      add_class (builder, atoi (columns->pdata[i]), layout->class_names->pdata[i]);
    else
      json_builder_add_string_value (builder, columns->pdata[i]);
  }
  json_builder_end_array (builder);
}

static void
add_layout (JsonBuilder *builder, const SalComparisonLayout *layout, const char *from)
{
  json_builder_set_member_name (builder, "compare");
  json_builder_begin_object (builder);
  sal_json_add_string (builder, "columns", sal_comparison_layout_axis_id (layout->axis));
  json_builder_set_member_name (builder, "one-scale");
  json_builder_add_boolean_value (builder, layout->shared);
  for (int i = 0; i < SAL_N_COMPARE; i++)
    add_columns (builder, layout, (SalCompareAxis) i, from);
  json_builder_set_member_name (builder, "pictures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < layout->pictures->len; i++)
    add_path (builder, layout->pictures->pdata[i], from);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

char *
sal_session_write (const SalSession *session, const char *path)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  sal_json_add_int (builder, "salience-session", VERSION);
  if (session->now != NULL)
    add_question (builder, session->now, path);
  add_file (builder, "folder", session->folder, path);
  if (session->page != NULL)
    sal_json_add_string (builder, "page", session->page);
  if (session->view != NULL)
    sal_json_add_string (builder, "view", session->view);
  if (session->compare != NULL)
    add_layout (builder, session->compare, path);
  json_builder_set_member_name (builder, "results");
  json_builder_begin_array (builder);
  for (guint i = 0; i < session->results->len; i++) {
    const SalSessionResult *result = session->results->pdata[i];

    json_builder_begin_object (builder);
    if (result->name != NULL)
      sal_json_add_string (builder, "name", result->name);
    json_builder_set_member_name (builder, "starred");
    json_builder_add_boolean_value (builder, result->starred);
    add_question (builder, result, path);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return sal_json_text (builder);
}

/* Reading. */

static char *
read_path (const char *text, const char *from)
{
  if (text == NULL || *text == '\0')
    return NULL;
  g_autofree char *file = sal_path_from_text (text);
  if (from == NULL)
    return g_steal_pointer (&file);
  if (g_str_has_prefix (file, BUNDLED)) {
    char *bundled = sal_bundled_file (file + strlen (BUNDLED));

    return bundled != NULL ? bundled : g_steal_pointer (&file);
  }
  g_autofree char *absolute = g_canonicalize_filename (from, NULL);
  g_autofree char *folder = g_path_get_dirname (absolute);
  return g_canonicalize_filename (file, folder);
}

static char *
read_file (JsonObject *object, const char *key, const char *from)
{
  return read_path (sal_json_string (object, key), from);
}

static int
read_class (JsonObject *object, char **label)
{
  if (object == NULL)
    return -1;
  *label = g_strdup (sal_json_string (object, "label"));
  return (int) CLAMP (sal_json_int (object, "index", -1), -1, G_MAXINT);
}

/* What is unknown here, or out of range, leaves the default. */
static SalSessionResult *
read_question (JsonObject *object, const char *from)
{
  JsonObject *question = sal_json_object (object, "question");
  const char *id = question != NULL ? sal_json_string (question, "method") : NULL;
  const SalMethod *method = id != NULL ? sal_method_find (id) : NULL;
  JsonObject *parameters, *appearance;

  if (method == NULL)
    return NULL;
  SalSessionResult *result = g_new0 (SalSessionResult, 1);
  const char *kind = sal_json_string (question, "output-kind");

  result->model = read_file (object, "model", from);
  result->picture = read_file (object, "picture", from);
  result->method = method;
  result->settings = sal_settings_new ();
  result->looks = sal_looks_new ();
  result->target.class_index =
      read_class (sal_json_object (question, "target"), &result->target_label);
  result->target.versus = read_class (sal_json_object (question, "versus"), &result->versus_label);
  for (int i = 0; kind != NULL && sal_output_kind_choices ()[i].id != NULL; i++)
    if (g_str_equal (sal_output_kind_choices ()[i].id, kind))
      result->target.kind = (SalOutputKind) i;
  if ((parameters = sal_json_object (question, "parameters")) != NULL) {
    if (method->params != NULL)
      sal_settings_read (result->settings, method->params, parameters, NULL);
    sal_settings_read (result->settings, sal_smooth_params (), parameters, NULL);
  }
  if ((appearance = sal_json_object (question, "appearance")) != NULL) {
    sal_settings_read (result->looks, sal_appearance_params (), appearance, NULL);
    sal_settings_read (result->looks, sal_looks_params (), appearance, NULL);
  }
  return result;
}

/* Returns: the elements that are of @type, at most as many as are ever shown */
static GPtrArray *
read_array (JsonObject *object, const char *key, JsonNodeType type)
{
  JsonNode *node = json_object_get_member (object, key);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? MIN (json_array_get_length (array), SAL_COMPARISON_SIDE) : 0;
  GPtrArray *nodes = g_ptr_array_new ();

  for (guint i = 0; i < n; i++) {
    JsonNode *element = json_array_get_element (array, i);
    if (json_node_get_node_type (element) == type &&
        (type != JSON_NODE_VALUE || json_node_get_value_type (element) == G_TYPE_STRING))
      g_ptr_array_add (nodes, element);
  }
  return nodes;
}

static void
read_paths (JsonObject *object, const char *key, const char *from, GPtrArray *paths)
{
  g_autoptr (GPtrArray) nodes = read_array (object, key, JSON_NODE_VALUE);

  for (guint i = 0; i < nodes->len; i++) {
    char *path = read_path (json_node_get_string (nodes->pdata[i]), from);
    if (path != NULL)
      g_ptr_array_add (paths, path);
  }
}

static void
read_classes (JsonObject *object, SalComparisonLayout *layout)
{
  g_autoptr (GPtrArray) nodes = read_array (object, "classes", JSON_NODE_OBJECT);

  layout->class_names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < nodes->len; i++) {
    char *label = NULL;
    int index = read_class (json_node_get_object (nodes->pdata[i]), &label);

    g_ptr_array_add (layout->columns[SAL_COMPARE_CLASSES], g_strdup_printf ("%d", index));
    g_ptr_array_add (layout->class_names, label);
  }
}

static void
read_columns (JsonObject *object, SalComparisonLayout *layout, SalCompareAxis axis,
              const char *from)
{
  const char *key = sal_comparison_layout_axis_id (axis);

  if (!json_object_has_member (object, key))
    return;
  layout->columns[axis] = g_ptr_array_new_with_free_func (g_free);
  if (axis == SAL_COMPARE_MODELS) {
    read_paths (object, key, from, layout->columns[axis]);
  } else if (axis == SAL_COMPARE_CLASSES) {
    read_classes (object, layout);
  } else {
    g_autoptr (GPtrArray) nodes = read_array (object, key, JSON_NODE_VALUE);
    for (guint i = 0; i < nodes->len; i++)
      g_ptr_array_add (layout->columns[axis], json_node_dup_string (nodes->pdata[i]));
  }
}

static gboolean
read_boolean (JsonObject *object, const char *key)
{
  JsonNode *node = json_object_get_member (object, key);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         json_node_get_value_type (node) == G_TYPE_BOOLEAN && json_node_get_boolean (node);
}

static SalComparisonLayout *
read_layout (JsonObject *object, const char *from)
{
  const char *axis = object != NULL ? sal_json_string (object, "columns") : NULL;

  if (object == NULL)
    return NULL;
  SalComparisonLayout *layout = sal_comparison_layout_new ();

  layout->shared = read_boolean (object, "one-scale");
  for (int i = 0; i < SAL_N_COMPARE; i++) {
    if (g_strcmp0 (axis, sal_comparison_layout_axis_id ((SalCompareAxis) i)) == 0)
      layout->axis = (SalCompareAxis) i;
    read_columns (object, layout, (SalCompareAxis) i, from);
  }
  read_paths (object, "pictures", from, layout->pictures);
  return layout;
}

SalSession *
sal_session_read (const char *json, const char *path, GError **error)
{
  const char *name = path != NULL ? path : _ ("the last session");
  g_autoptr (JsonObject) root = sal_json_parse (json, -1, name, error);

  if (root == NULL)
    return NULL;
  gint64 version = sal_json_int (root, "salience-session", -1);
  if (version != VERSION) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   version < 0 ? N_ ("%s: not a session of Salience")
                               : N_ ("%s: a session of a newer version of Salience"),
                   name);
    return NULL;
  }
  SalSession *session = sal_session_new ();
  JsonNode *results = json_object_get_member (root, "results");

  session->now = read_question (root, path);
  session->folder = read_file (root, "folder", path);
  session->compare = read_layout (sal_json_object (root, "compare"), path);
  session->page = g_strdup (sal_json_string (root, "page"));
  session->view = g_strdup (sal_json_string (root, "view"));
  if (results != NULL && JSON_NODE_HOLDS_ARRAY (results)) {
    JsonArray *array = json_node_get_array (results);

    for (guint i = 0; i < MIN (json_array_get_length (array), 200); i++) {
      JsonNode *node = json_array_get_element (array, i);
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      SalSessionResult *result = object != NULL ? read_question (object, path) : NULL;

      if (result == NULL || result->model == NULL || result->picture == NULL) {
        sal_session_result_free (result);
        continue;
      }
      result->starred = read_boolean (object, "starred");
      result->name = g_strdup (sal_json_string (object, "name"));
      g_ptr_array_add (session->results, result);
    }
  }
  return session;
}
