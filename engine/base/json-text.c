/* sal_json_node_text(): JSON as a person would write it. */
#include "engine/base/json.h"

#include <math.h>

static void
write_double (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  static const char *const formats[] = { "%.6g", "%.9g", "%.15g", "%.16g", "%.17g" };

  if (!isfinite (value)) {
    g_string_append (out, "null");
    return;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (formats); i++) {
    g_ascii_formatd (text, sizeof text, formats[i], value);
    if (g_ascii_strtod (text, NULL) == value)
      break;
  }
  g_string_append (out, text);
}

static void
write_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (const char *c = text; *c != '\0'; c++)
    switch (*c) {
    case '"':
    case '\\':
      g_string_append_printf (out, "\\%c", *c);
      break;
    case '\n':
      g_string_append (out, "\\n");
      break;
    case '\t':
      g_string_append (out, "\\t");
      break;
    default:
      if ((guchar) *c < 0x20 || *c == 0x7f)
        g_string_append_printf (out, "\\u%04x", *c);
      else
        g_string_append_c (out, *c);
    }
  g_string_append_c (out, '"');
}

static void
write_value (GString *out, JsonNode *node)
{
  GType type = json_node_get_value_type (node);

  if (type == G_TYPE_STRING)
    write_string (out, json_node_get_string (node));
  else if (type == G_TYPE_BOOLEAN)
    g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
  else if (type == G_TYPE_DOUBLE)
    write_double (out, json_node_get_double (node));
  else
    g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
}

static void
write_break (GString *out, int depth)
{
  g_string_append_c (out, '\n');
  for (int i = 0; i < depth; i++)
    g_string_append (out, "  ");
}

static gboolean
all_plain (JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!JSON_NODE_HOLDS_VALUE (json_array_get_element (array, i)))
      return FALSE;
  return TRUE;
}

static void
write_node (GString *out, JsonNode *node, int depth)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);
    gboolean plain = all_plain (array);

    g_string_append_c (out, '[');
    for (guint i = 0; i < json_array_get_length (array); i++) {
      if (i > 0)
        g_string_append (out, plain ? ", " : ",");
      if (!plain)
        write_break (out, depth + 1);
      write_node (out, json_array_get_element (array, i), depth + 1);
    }
    if (!plain)
      write_break (out, depth);
    g_string_append_c (out, ']');
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    JsonObjectIter iter;
    const char *key, *separator = "";
    JsonNode *member;

    g_string_append_c (out, '{');
    json_object_iter_init_ordered (&iter, object);
    while (json_object_iter_next_ordered (&iter, &key, &member)) {
      g_string_append (out, separator);
      write_break (out, depth + 1);
      write_string (out, key);
      g_string_append (out, ": ");
      write_node (out, member, depth + 1);
      separator = ",";
    }
    if (json_object_get_size (object) > 0)
      write_break (out, depth);
    g_string_append_c (out, '}');
  } else if (JSON_NODE_HOLDS_VALUE (node)) {
    write_value (out, node);
  } else {
    g_string_append (out, "null");
  }
}

char *
sal_json_node_text (JsonNode *root)
{
  GString *out = g_string_new (NULL);

  write_node (out, root, 0);
  return g_string_free (out, FALSE);
}
