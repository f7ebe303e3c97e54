/* Words and their numbers, and what the sidecar of a model without pictures says. */
#include "engine/base/error.h"
#include "engine/base/lines.h"
#include "engine/model.h"
#include "engine/traits.h"
#include "tests/support.h"

#include <json-glib/json-glib.h>
#include <string.h>

static char *
put (const char *name, const char *text)
{
  char *path = test_scratch (name);

  test_write (path, text, strlen (text));
  return path;
}

static void
test_lines (void)
{
  g_autofree char *path = put ("lines.txt", "\xef\xbb\xbf one \r\n\r\ntwo words\r\n\n");
  g_autofree char *empty = put ("empty.txt", "\n \n");
  g_autofree char *latin = put ("latin.txt", "caf\xe9\n");
  g_autoptr (GError) error = NULL, blank = NULL, coded = NULL;
  g_auto (GStrv) lines = sal_lines_read (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstrv (lines, ((const char *[]){ "one", "", "two words", NULL }));
  g_assert_null (sal_lines_read (empty, &blank));
  g_assert_error (blank, SAL_ERROR, SAL_ERROR_FORMAT);
  g_assert_null (sal_lines_read (latin, &coded));
  g_assert_error (coded, SAL_ERROR, SAL_ERROR_FORMAT);
}

static void
assert_split (const char *text, ...)
{
  g_auto (GStrv) tokens = sal_vocabulary_split (text);
  va_list list;
  guint n = 0;

  va_start (list, text);
  for (const char *want; (want = va_arg (list, const char *)) != NULL; n++)
    g_assert_cmpstr (tokens[n], ==, want);
  va_end (list);
  g_assert_null (tokens[n]);
}

static void
test_split (void)
{
  assert_split ("", NULL);
  assert_split (" \t\n", NULL);
  assert_split ("Not bad.", "Not", "bad", ".", NULL);
  assert_split ("isn't well-made", "isn't", "well-made", NULL);
  assert_split ("'quoted' - dash-", "'", "quoted", "'", "-", "dash", "-", NULL);
  assert_split ("Größe 7½!?", "Größe", "7½", "!", "?", NULL);
  assert_split ("e\xcc\x81t\xc3\xa9 日本", "e\xcc\x81t\xc3\xa9", "日本", NULL);
}

static void
test_encode (void)
{
  g_autofree char *path = put ("words.txt", "[none]\n[other]\ngood\nnot\n.\ngood\n");
  const char *const text[] = { "NOT", "good", "really", ".", NULL };
  const char *const nothing[] = { NULL };
  g_autoptr (GError) error = NULL, strict = NULL, missing = NULL, none = NULL;
  g_autoptr (SalVocabulary) words = sal_vocabulary_load (path, "[other]", TRUE, &error);
  g_autoptr (SalVocabulary) exact = sal_vocabulary_load (path, NULL, FALSE, NULL);

  g_assert_no_error (error);
  g_assert_cmpint (sal_vocabulary_size (words), ==, 6);

  g_autoptr (SalTensor) ids = sal_vocabulary_encode (words, text, &error);
  const gint64 want[] = { 3, 2, 1, 4 };

  g_assert_no_error (error);
  g_assert_true (sal_shape_equal (sal_tensor_shape (ids), &SAL_SHAPE (1, 4)));
  for (int t = 0; t < 4; t++)
    g_assert_cmpint (sal_tensor_ints (ids)[t], ==, want[t]);

  g_assert_null (sal_vocabulary_encode (exact, text, &strict));
  g_assert_error (strict, SAL_ERROR, SAL_ERROR_ARGUMENT);
  g_assert_nonnull (strstr (strict->message, "NOT"));
  g_assert_null (sal_vocabulary_encode (words, nothing, &none));
  g_assert_error (none, SAL_ERROR, SAL_ERROR_ARGUMENT);
  g_assert_null (sal_vocabulary_load (path, "[unk]", FALSE, &missing));
  g_assert_error (missing, SAL_ERROR, SAL_ERROR_FORMAT);
}

static void
assert_refused (const char *sidecar, const char *why)
{
  g_autofree char *path = put ("refused.json", sidecar), *model = test_scratch ("refused.onnx");
  g_auto (SalTraits) traits = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (sal_traits_load (&traits, model, &SAL_SHAPE (-1, 2), &error));
  g_assert_nonnull (strstr (error->message, "refused.json"));
  g_assert_nonnull (strstr (error->message, why));
  g_assert_null (strchr (error->message, '\n'));
}

static void
test_traits (void)
{
  g_autofree char *words = put ("known.txt", "yes\nno\n"), *names = put ("names.txt", "A\nB\n");
  g_autofree char *sidecar = put ("net.json", "{ \"labels\": \"names.txt\", \"vocabulary\":"
                                              " { \"file\": \"known.txt\", \"unknown\": \"no\","
                                              "   \"lowercase\": true } }");
  g_autofree char *model = test_scratch ("net.onnx"), *other = test_scratch ("other.onnx");
  g_auto (SalTraits) traits = { 0 }, none = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (sal_traits_load (&traits, model, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstrv (traits.labels, ((const char *[]){ "A", "B", NULL }));
  g_assert_cmpint (sal_vocabulary_size (traits.vocabulary), ==, 2);
  g_assert_true (sal_traits_load (&none, other, NULL, &error));
  g_assert_no_error (error);
  g_assert_null (none.labels);
  g_assert_null (none.vocabulary);

  assert_refused ("[1]", "");
  assert_refused ("", "");
  assert_refused ("{ \"labels\": 7 }", "labels");
  assert_refused ("{ \"labels\": \"nowhere.txt\" }", "nowhere.txt");
  assert_refused ("{ \"vocabulary\": {} }", "vocabulary.file");
  assert_refused ("{ \"vocabulary\": { \"file\": \"known.txt\", \"lowercase\": 1 } }", "lowercase");
  assert_refused ("{ \"vocabulary\": { \"file\": \"known.txt\", \"unknown\": \"x\" } }",
                  "known.txt");
  assert_refused ("{ \"input\": { \"shape\": [\"N\", 3, 8, 8] } }", "input.shape");
}

/* The functions of the teaching set: what they are at the points that are written beside them. */
static void
test_functions (void)
{
  g_autofree char *path = test_data ("../../data/functions/samples.json");
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);

  JsonArray *samples = json_node_get_array (json_parser_get_root (parser));

  g_assert_cmpuint (json_array_get_length (samples), ==, 24);
  for (guint i = 0; i < json_array_get_length (samples); i++) {
    JsonObject *sample = json_array_get_object_element (samples, i);
    JsonArray *point = json_object_get_array_member (sample, "input");
    g_autofree char *file = g_strdup_printf ("../../data/models/%s.onnx",
                                             json_object_get_string_member (sample, "model"));
    g_autofree char *onnx = test_data (file);
    g_autoptr (SalModel) model = sal_model_open (onnx, &error);

    g_assert_no_error (error);
    g_autoptr (SalTensor) input = sal_tensor_new (SAL_FLOAT, sal_model_input_shape (model));

    g_assert_cmpint (sal_tensor_count (input), ==, json_array_get_length (point));
    for (guint j = 0; j < json_array_get_length (point); j++)
      ((float *) sal_tensor_edit (input))[j] = (float) json_array_get_double_element (point, j);

    g_autoptr (GArray) values = sal_model_predict (model, input, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (values->len, ==, 1);
    g_assert_cmpfloat_with_epsilon (g_array_index (values, SalPrediction, 0).logit,
                                    json_object_get_double_member (sample, "output"), 2e-6);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/text/lines", test_lines);
  g_test_add_func ("/engine/text/split", test_split);
  g_test_add_func ("/engine/text/encode", test_encode);
  g_test_add_func ("/engine/text/traits", test_traits);
  g_test_add_func ("/engine/text/functions", test_functions);
  status = g_test_run ();
  test_scratch_clear ();
  return status;
}
