#include "tests/app/app-support.h"

#include "app/bundled.h"
#include "app/looks.h"
#include "engine/explain/smooth.h"
#include "engine/image/png.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

gboolean
app_sanitized (void)
{
#ifdef SANITIZED
  return TRUE;
#else
  return FALSE;
#endif
}

static void
failed_cb (SalDocument *document, const char *summary, const char *details, gpointer data)
{
  Said *said = data;

  said->n_failed++;
  g_free (said->summary);
  g_free (said->details);
  said->summary = g_strdup (summary);
  said->details = g_strdup (details);
}

static void
exported_cb (SalDocument *document, const char *path, gpointer data)
{
  Said *said = data;

  said->n_exported++;
  g_free (said->path);
  said->path = g_strdup (path);
}

static void
heatmap_cb (SalDocument *document, GParamSpec *spec, gpointer data)
{
  if (sal_document_heatmap (document) != NULL)
    ((Said *) data)->n_heatmaps++;
}

void
app_listen (SalDocument *document, Said *said)
{
  g_signal_connect (document, "failed", G_CALLBACK (failed_cb), said);
  g_signal_connect (document, "exported", G_CALLBACK (exported_cb), said);
  g_signal_connect (document, "notify::heatmap", G_CALLBACK (heatmap_cb), said);
}

void
app_said_clear (Said *said)
{
  g_free (said->summary);
  g_free (said->details);
  g_free (said->path);
  *said = (Said){ 0 };
}

static gboolean
settled (gpointer data)
{
  return !sal_document_is_opening (data) && sal_document_state (data) != SAL_DOCUMENT_RUNNING;
}

void
app_settle (SalDocument *document)
{
  g_assert_true (ui_wait_until (settled, document, app_sanitized () ? 600000 : 120000));
}

gboolean
app_example (char **model, char **picture)
{
  *model = sal_bundled_model ();
  *picture = sal_bundled_picture ();
  if (*model != NULL && *picture != NULL)
    return TRUE;
  g_test_skip ("the bundled example is absent");
  return FALSE;
}

void
app_few_steps (SalDocument *document)
{
  sal_document_set_method (document, sal_method_find ("integrated-gradients"));
  app_set (document, "steps", "16");
}

SalDocument *
app_document (Said *said)
{
  g_autofree char *model = NULL, *picture = NULL;

  if (!app_example (&model, &picture))
    return NULL;
  SalDocument *document = sal_document_new ();
  app_listen (document, said);
  app_few_steps (document);
  sal_document_open_model (document, model);
  sal_document_open_picture (document, picture);
  app_settle (document);
  g_assert_cmpstr (said->details, ==, NULL);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
  return document;
}

void
app_set (SalDocument *document, const char *key, const char *value)
{
  const SalParam *param = sal_param_find (sal_document_method (document)->params, key);
  g_autoptr (SalSettings) settings = sal_settings_copy (sal_document_settings (document));
  GError *error = NULL;

  if (param == NULL)
    param = sal_param_find (sal_smooth_params (), key);
  g_assert_nonnull (param);
  sal_settings_parse (settings, param, value, &error);
  g_assert_no_error (error);
  sal_document_set_settings (document, settings);
}

void
app_set_look (SalDocument *document, const char *key, const char *value)
{
  const SalParam *param = sal_param_find (sal_appearance_params (), key);
  g_autoptr (SalSettings) looks = sal_settings_copy (sal_document_looks (document));
  GError *error = NULL;

  if (param == NULL)
    param = sal_param_find (sal_looks_params (), key);
  g_assert_nonnull (param);
  sal_settings_parse (looks, param, value, &error);
  g_assert_no_error (error);
  sal_document_set_looks (document, looks);
}

static char *
truncated (const char *path, const char *name)
{
  g_autofree char *contents = NULL;
  gsize length;
  char *copy = test_scratch (name);

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  test_write (copy, contents, length / 2);
  return copy;
}

static char *
filled (const char *name, int width, int height)
{
  g_autoptr (SalImage) image =
      sal_image_new_filled (width, height, (const guint8[]){ 200, 90, 30 });
  char *path = test_scratch (name);

  g_assert_true (sal_png_write (path, image, NULL, NULL));
  return path;
}

static char *
written (const char *name, const char *contents, gsize length)
{
  char *path = test_scratch (name);

  test_write (path, contents, length);
  return path;
}

static const char *const reasons[][2] = {
  { "truncated.onnx", "*truncated.onnx*truncated*" },
  { "text.onnx", "*text.onnx*is not an ONNX model" },
  { "unsupported.onnx", "*unsupported.onnx*Wobble (\"first\"*" },
  { "huge-weight.onnx", "*huge-weight.onnx*\"w\"*1048576×1048576*" },
  { "passwd.onnx", "*passwd.onnx*\"w\"*etc/passwd\" is outside*" },
  { "truncated.png", "truncated.png: the picture is cut short" },
  { "pixel.png", "pixel.png: 1×1 pixels are too few*" },
  { "strip.png", "strip.png: 20000×10 pixels are a strip*" },
  { "sidecar.onnx", "sidecar.json: input.shape is 1×3×64×64, the model's input has *×128×128" },
  { "folder.onnx", "*folder.onnx*is a folder, not a file" },
  { "missing.png", "missing.png: No such file*" },
};

char **
app_broken (void)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autofree char *model = sal_bundled_model (), *picture = sal_bundled_picture ();
  g_autofree char *contents = NULL;
  gsize length;
  const char *text = "This is no model.\n";
  const char *sidecar = "{ \"input\": { \"shape\": [1, 3, 64, 64] } }";
  g_autofree char *json = written ("sidecar.json", sidecar, strlen (sidecar));
  char *folder = test_scratch ("folder.onnx");

  g_assert_true (g_file_get_contents (model, &contents, &length, NULL));
  g_mkdir (folder, 0700);
  g_ptr_array_add (paths, truncated (model, "truncated.onnx"));
  g_ptr_array_add (paths, written ("text.onnx", text, strlen (text)));
  g_ptr_array_add (paths, test_data ("onnx/unsupported.onnx"));
  g_ptr_array_add (paths, test_data ("onnx/huge-weight.onnx"));
  g_ptr_array_add (paths, test_data ("onnx/external/passwd.onnx"));
  g_ptr_array_add (paths, truncated (picture, "truncated.png"));
  g_ptr_array_add (paths, filled ("pixel.png", 1, 1));
  g_ptr_array_add (paths, filled ("strip.png", 20000, 10));
  g_ptr_array_add (paths, written ("sidecar.onnx", contents, length));
  g_ptr_array_add (paths, folder);
  g_ptr_array_add (paths, test_scratch ("missing.png"));
  g_assert_cmpuint (paths->len, ==, G_N_ELEMENTS (reasons));
  g_ptr_array_add (paths, NULL);
  return (char **) g_ptr_array_steal (paths, NULL);
}

static const char *
broken_reason (const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (g_str_equal (reasons[i][0], name))
      return reasons[i][1];
  g_assert_not_reached ();
}

void
app_assert_details (const char *details, const char *path)
{
  g_auto (GStrv) lines = g_strsplit (details, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_true (g_pattern_match_simple (broken_reason (path), lines[0]));
  g_assert_cmpstr (lines[1], ==, "");
  g_assert_cmpstr (lines[2], ==, path);
}
