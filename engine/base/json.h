/* JSON that anybody may have written, and JSON that anybody may read. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/**
 * sal_json_parse:
 * @text: UTF-8
 * @length: bytes, -1 if it ends in 0
 * @name: what to call it in messages
 *
 * The parser calls itself for every nested object or array, so a text with more than 4000 of them
 * in all is refused before it can exhaust the stack.
 *
 * Returns: (transfer full): the object, or %NULL and %SAL_ERROR_FORMAT in one line if @text is no
 *   JSON object
 */
JsonObject *sal_json_parse (const char *text, gssize length, const char *name, GError **error);

/* Members of an object, %NULL or @otherwise where it has none of that name and type. */
const char *sal_json_string (JsonObject *object, const char *key);
JsonObject *sal_json_object (JsonObject *object, const char *key);
gint64 sal_json_int (JsonObject *object, const char *key, gint64 otherwise);

/* Adding members to the object being built. */

/** sal_json_add_string: null where @value is %NULL; bytes that are no UTF-8 are replaced */
void sal_json_add_string (JsonBuilder *builder, const char *key, const char *value);
/** sal_json_add_number: null where @value is not finite, for which JSON has no word */
void sal_json_add_number (JsonBuilder *builder, const char *key, double value);
void sal_json_add_int (JsonBuilder *builder, const char *key, gint64 value);

/** sal_json_text: Returns: (transfer full): what was built, a member a line, without a newline at
 *  the end */
char *sal_json_text (JsonBuilder *builder);

/**
 * sal_json_node_text:
 *
 * The text of a whole tree, arrays of plain values on one line. Numbers have the fewest digits that
 * read back as the same double (0.485, where json-glib writes 0.48499999999999999); NaN and
 * infinities, for which JSON has no word, are null.
 *
 * Returns: (transfer full): without a newline at the end
 */
char *sal_json_node_text (JsonNode *root);
