#include "engine/base/error.h"
#include "engine/base/json.h"

#include <math.h>

static void
test_round_trip (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GError) error = NULL;

  json_builder_begin_object (builder);
  sal_json_add_string (builder, "text", "a \"b\"\n");
  sal_json_add_string (builder, "nothing", NULL);
  sal_json_add_number (builder, "third", 1.0 / 3.0);
  sal_json_add_number (builder, "infinite", INFINITY);
  sal_json_add_number (builder, "nan", NAN);
  sal_json_add_int (builder, "large", G_GINT64_CONSTANT (1) << 40);
  json_builder_end_object (builder);

  g_autofree char *text = sal_json_text (builder);
  g_autoptr (JsonObject) object = sal_json_parse (text, -1, "text", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sal_json_string (object, "text"), ==, "a \"b\"\n");
  g_assert_null (sal_json_string (object, "nothing"));
  g_assert_null (sal_json_string (object, "third"));
  g_assert_null (sal_json_string (object, "absent"));
  g_assert_true (json_object_get_double_member (object, "third") == 1.0 / 3.0);
  g_assert_true (json_object_get_null_member (object, "nothing"));
  g_assert_true (json_object_get_null_member (object, "infinite"));
  g_assert_true (json_object_get_null_member (object, "nan"));
  g_assert_cmpint (sal_json_int (object, "large", 0), ==, G_GINT64_CONSTANT (1) << 40);
  g_assert_cmpint (sal_json_int (object, "text", 7), ==, 7);
  g_assert_null (sal_json_object (object, "text"));
}

static void
refuses (const char *text, gssize length)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sal_json_parse (text, length, "bad.json", &error));
  g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_true (g_str_has_prefix (error->message, "bad.json: "));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_bad (void)
{
  g_autofree char *deep = g_strnfill (1000000, '[');
  g_autofree char *objects = g_malloc (5 * 100000 + 1);

  for (int i = 0; i < 100000; i++)
    memcpy (objects + 5 * (gsize) i, "{\"a\":", 5);
  objects[5 * 100000] = '\0';

  refuses ("", -1);
  refuses ("[1, 2]", -1);
  refuses ("{\"a\": ", -1);
  refuses ("{\"a\": 1}}\n{", -1);
  refuses ("{\"a\": \"\xff\"}", -1);
  refuses ("{\"a\": \0 1}", 10);
  refuses (deep, -1);
  refuses (objects, -1);

  /* A text in single quotes, which json-glib takes, must not hide what follows. */
  memcpy (deep, "'\"'", 3);
  refuses (deep, -1);
}

static void
test_text (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (
      "{\"a\":[0.485,1,-2.5e-300,0.1,123456789.125],\"b\":{\"c\":[[1,2],{}],\"d\":[]},"
      "\"e\":\"\\u0001\\t\\\\ö\",\"f\":true,\"g\":null}",
      &error);

  g_assert_no_error (error);

  g_autofree char *text = sal_json_node_text (node);

  g_assert_cmpstr (text, ==,
                   "{\n"
                   "  \"a\": [0.485, 1, -2.5e-300, 0.1, 123456789.125],\n"
                   "  \"b\": {\n"
                   "    \"c\": [\n"
                   "      [1, 2],\n"
                   "      {}\n"
                   "    ],\n"
                   "    \"d\": []\n"
                   "  },\n"
                   "  \"e\": \"\\u0001\\t\\\\ö\",\n"
                   "  \"f\": true,\n"
                   "  \"g\": null\n"
                   "}");

  g_autoptr (JsonNode) back = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_true (json_node_equal (node, back));
}

/* Brackets inside a text are no nesting. */
static void
test_brackets_in_text (void)
{
  g_autofree char *many = g_strnfill (1000, '[');
  g_autofree char *text = g_strdup_printf ("{\"a\\\"%s\": \"%s\\\\\"}", many, many);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = sal_json_parse (text, -1, "text", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (json_object_get_size (object), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/base/json/round-trip", test_round_trip);
  g_test_add_func ("/engine/base/json/bad", test_bad);
  g_test_add_func ("/engine/base/json/text", test_text);
  g_test_add_func ("/engine/base/json/brackets-in-text", test_brackets_in_text);
  return g_test_run ();
}
