/* The manifest of public models, and a model of it from a local server to an open one. */
#include "app/zoo.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/model.h"
#include "tests/app/web.h"
#include "tests/cli/cli.h"
#include "tests/support.h"

#include <glib/gstdio.h>
#include <string.h>

static char *address;
static GBytes *content; /* of the model that is served */

/* In place of the manifest that comes with the program. */
static void
put_manifest (const char *text)
{
  g_autofree char *path = test_scratch ("zoo.json");

  test_write (path, text, strlen (text));
}

static void
put_tiny_manifest (void)
{
  g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, content);
  g_autofree char *text = g_strdup_printf (
      "{ \"address\": \"http://127.0.0.1:1/\", \"models\": ["
      "  { \"name\": \"tiny-1\", \"title\": \"Tiny\", \"licence\": \"MIT\","
      "    \"bytes\": %" G_GSIZE_FORMAT ", \"sha256\": \"%s\", \"path\": \"file/tiny.onnx\","
      "    \"labels\": \"digits\","
      "    \"input\": { \"name\": \"x\", \"shape\": [\"N\", 3, 16, 16],"
      "      \"channel_order\": \"RGB\", \"value_range\": [0, 1],"
      "      \"mean\": [0.25, 0.5, 0.75],"
      "      \"std\": [0.5, 0.5, 0.5], \"resize\": { \"size\": [16, 16], \"default\": \"stretch\" "
      "} },"
      "    \"output\": { \"kind\": \"probabilities\" } } ] }",
      g_bytes_get_size (content), sha256);

  put_manifest (text);
}

/* The one that comes with the program says all that is needed. */
static void
test_manifest (void)
{
  g_autofree char *path = test_scratch ("zoo.json");
  g_autoptr (GError) error = NULL;

  g_remove (path);

  g_autoptr (SalZoo) zoo = sal_zoo_load (&error);

  g_assert_no_error (error);

  const GPtrArray *models = sal_zoo_models (zoo);
  g_autofree char *where = sal_zoo_address (zoo);

  g_assert_cmpuint (models->len, >=, 15);
  g_assert_true (g_str_has_prefix (where, "https://"));
  g_assert_true (g_str_has_suffix (where, "/"));
  for (guint i = 0; i < models->len; i++) {
    const SalZooModel *model = models->pdata[i];
    JsonObject *input = sal_json_object (model->entry, "input");

    g_assert_true (sal_zoo_find (zoo, model->name) == model);
    g_assert_cmpint (model->height, >=, 28);
    g_assert_nonnull (json_object_get_array_member (input, "mean"));
    g_assert_nonnull (json_object_get_array_member (input, "std"));
    g_assert_nonnull (sal_json_string (input, "layout"));
    g_assert_nonnull (sal_json_string (input, "channel_order"));
    if (i > 0)
      g_assert_cmpint (model->bytes, >=, ((SalZooModel *) models->pdata[i - 1])->bytes);
  }
  g_assert_null (sal_zoo_find (zoo, "resnet"));
}

static void
test_broken_manifest (void)
{
  static const char *const texts[] = {
    "",
    "{}",
    "{ \"address\": \"http://a/\", \"models\": [] }",
    "{ \"address\": \"http://a/\", \"models\": [ 7 ] }",
    "{ \"address\": \"http://a/\", \"models\": [ { \"name\": \"x\" } ] }",
    /* A name that would lead out of the folder. */
    "{ \"address\": \"http://a/\", \"models\": [ { \"name\": \"../x\", \"title\": \"X\","
    "  \"licence\": \"MIT\", \"bytes\": 1, \"labels\": \"digits\", \"path\": \"x\", \"sha256\":"
    "  \"0000000000000000000000000000000000000000000000000000000000000000\" } ] }",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;

    put_manifest (texts[i]);
    g_assert_null (sal_zoo_load (&error));
    g_assert_error (error, SAL_ERROR, SAL_ERROR_FORMAT);
    g_assert_nonnull (strstr (error->message, "zoo.json"));
  }
}

static void
remove_model (const char *file)
{
  g_autofree char *sidecar = g_strndup (file, strlen (file) - strlen (".onnx"));
  g_autofree char *json = g_strconcat (sidecar, ".json", NULL);

  g_remove (file);
  g_remove (json);
}

/* Downloaded, it opens, with its preparation and the names of its classes. */
static void
test_get (void)
{
  g_autoptr (GError) error = NULL, away = NULL;

  put_tiny_manifest ();

  g_autoptr (SalZoo) zoo = sal_zoo_load (&error);

  g_assert_no_error (error);

  const SalZooModel *tiny = sal_zoo_find (zoo, "tiny-1");

  g_assert_false (sal_zoo_is_here (tiny));
  g_assert_null (sal_zoo_get (zoo, tiny, NULL, NULL, &away));
  g_assert_nonnull (strstr (away->message, "refuses"));
  g_assert_false (sal_zoo_is_here (tiny));

  g_autofree char *file = sal_zoo_get (zoo, tiny, address, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (sal_zoo_is_here (tiny));

  g_autoptr (SalModel) model = sal_model_open (file, &error);

  g_assert_no_error (error);

  SalPreparation *preparation = sal_model_preparation (model);

  g_assert_true (sal_preparation_format (preparation)->mean[2] == 0.75);
  g_assert_cmpstr (sal_preparation_assumed (preparation), ==, NULL);
  g_assert_cmpstr (sal_preparation_title (preparation), ==, "Tiny");
  g_assert_cmpstr (sal_model_label (model, 3), ==, "3");
  remove_model (file);
}

static void
test_settings (void)
{
  g_autoptr (GError) error = NULL;

  put_tiny_manifest ();
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);

  g_autoptr (SalZoo) zoo = sal_zoo_load (&error);
  g_autofree char *usual = sal_zoo_address (zoo);

  g_assert_cmpstr (usual, ==, "http://127.0.0.1:1/");
}

/* An address without its slash, as a person types it. */
static void
test_command (void)
{
  g_autofree char *where = g_strndup (address, strlen (address) - 1);

  put_tiny_manifest ();

  g_auto (CliResult) before = cli_run ("models", NULL);
  g_auto (CliResult) offline = cli_run ("models", "get", "tiny-1", NULL);
  g_auto (CliResult) got = cli_run ("models", "get", "tiny-1", "--from", where, NULL);
  g_auto (CliResult) after = cli_run ("models", "list", "--json", "-", NULL);
  g_auto (CliResult) unknown = cli_run ("models", "get", "tiny", NULL);
  g_auto (CliResult) nothing = cli_run ("models", "get", NULL);
  g_auto (CliResult) other = cli_run ("models", "fetch", NULL);

  cli_assert_done (&before);
  g_assert_nonnull (strstr (before.out, "tiny-1"));
  g_assert_null (strstr (before.out, "here"));
  cli_assert_refused (&offline, 1, "tiny-1", "refuses the connection");
  cli_assert_done (&got);
  g_strchomp (got.out);
  g_assert_true (g_file_test (got.out, G_FILE_TEST_IS_REGULAR));

  g_autoptr (JsonObject) json = cli_json ("-", &after);
  JsonObject *entry =
      json_array_get_object_element (json_object_get_array_member (json, "models"), 0);

  g_assert_cmpstr (sal_json_string (entry, "file"), ==, got.out);
  cli_assert_refused (&unknown, 2, "NAME", "tiny");
  cli_assert_refused (&nothing, 2, "get", "no model is named");
  cli_assert_refused (&other, 2, "fetch", "neither");

  g_autofree char *picture = cli_picture ("picture.png", 20, 20);
  g_auto (CliResult) predicted = cli_run ("predict", got.out, picture, NULL);

  cli_assert_done (&predicted);
  g_assert_cmpstr (predicted.err, ==,
                   "salience-cli: note: Softmax at the end is stepped over: class "
                   "scores are explained before it, as logits.\n"
                   "salience-cli: note: There are 10 labels for 5 classes: they "
                   "may not belong together.\n");
  remove_model (got.out);
}

int
main (int argc, char **argv)
{
  g_autofree char *tiny = NULL, *folder = NULL, *bytes = NULL;
  gsize size;
  int status;

  g_test_init (&argc, &argv, NULL);
  /* Of this process and those it starts; before anybody asks GLib where data are. */
  folder = test_scratch ("");
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("SALIENCE_DATADIR", folder, TRUE);
  tiny = test_data ("cli/tiny.onnx");
  g_assert_true (g_file_get_contents (tiny, &bytes, &size, NULL));
  content = g_bytes_new (bytes, size);
  address = web_start (content);
  g_test_add_func ("/app/zoo/manifest", test_manifest);
  g_test_add_func ("/app/zoo/broken-manifest", test_broken_manifest);
  g_test_add_func ("/app/zoo/get", test_get);
  g_test_add_func ("/app/zoo/settings", test_settings);
  g_test_add_func ("/app/zoo/command", test_command);
  status = g_test_run ();
  web_stop ();
  test_scratch_clear ();
  g_free (address);
  g_bytes_unref (content);
  return status;
}
