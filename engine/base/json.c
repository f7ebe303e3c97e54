#include "engine/base/json.h"

#include "engine/base/error.h"

#include <math.h>
#include <string.h>

#define MAX_CONTAINERS 4000

/* Brackets inside strings count as well: telling them apart here would mean agreeing with
 * json-glib's scanner about quotes (it takes ' too) and comments. */
static int
count_containers (const char *text, gsize length)
{
  int n = 0;

  for (gsize i = 0; i < length; i++)
    n += text[i] == '[' || text[i] == '{';
  return n;
}

JsonObject *
sal_json_parse (const char *text, gssize length, const char *name, GError **error)
{
  gsize size = length < 0 ? strlen (text) : (gsize) length;
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) why = NULL;

  if (!g_utf8_validate (text, (gssize) size, NULL)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: not UTF-8 text", name);
    return NULL;
  }

  int containers = count_containers (text, size);

  if (containers > MAX_CONTAINERS) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: %d arrays and objects; up to %d are read", name,
                   containers, MAX_CONTAINERS);
    return NULL;
  }
  if (!json_parser_load_from_data (parser, text, (gssize) size, &why)) {
    g_strdelimit (why->message, "\n", ' ');
    g_set_error (error, SAL_ERROR, SAL_ERROR_FORMAT, "%s: %s", name, why->message);
    return NULL;
  }

  JsonNode *root = json_parser_get_root (parser);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    sal_error_set (error, SAL_ERROR_FORMAT, "%s: not a JSON object", name);
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

static JsonNode *
member (JsonObject *object, const char *key, JsonNodeType type)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, key) : NULL;

  return node != NULL && json_node_get_node_type (node) == type ? node : NULL;
}

const char *
sal_json_string (JsonObject *object, const char *key)
{
  JsonNode *node = member (object, key, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

JsonObject *
sal_json_object (JsonObject *object, const char *key)
{
  JsonNode *node = member (object, key, JSON_NODE_OBJECT);

  return node != NULL ? json_node_get_object (node) : NULL;
}

gint64
sal_json_int (JsonObject *object, const char *key, gint64 otherwise)
{
  JsonNode *node = member (object, key, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_INT64 ? json_node_get_int (node)
                                                                         : otherwise;
}

void
sal_json_add_string (JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name (builder, key);
  g_autofree char *text = value != NULL ? g_utf8_make_valid (value, -1) : NULL;
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

void
sal_json_add_number (JsonBuilder *builder, const char *key, double value)
{
  json_builder_set_member_name (builder, key);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
sal_json_add_int (JsonBuilder *builder, const char *key, gint64 value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

char *
sal_json_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return sal_json_node_text (root);
}
