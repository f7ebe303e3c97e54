#include "tests/cli/cli.h"

#include "engine/base/json.h"
#include "engine/image/png.h"
#include "engine/tensor/npy.h"
#include "tests/support.h"

#include <string.h>

void
cli_result_clear (CliResult *result)
{
  g_clear_pointer (&result->out, g_free);
  g_clear_pointer (&result->err, g_free);
}

static const char *
program (void)
{
  const char *path = g_getenv ("SALIENCE_CLI");

  g_assert_nonnull (path);
  return path;
}

static GPtrArray *
command (const char *const *arguments)
{
  GPtrArray *vector = g_ptr_array_new ();

  g_ptr_array_add (vector, (char *) program ());
  for (int i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (vector, (char *) arguments[i]);
  g_ptr_array_add (vector, NULL);
  return vector;
}

CliResult
cli_run_in (const char *folder, const char *const *arguments)
{
  g_autoptr (GPtrArray) vector = command (arguments);
  g_autoptr (GError) error = NULL;
  CliResult result = { 0 };
  int status;

  g_spawn_sync (folder, (char **) vector->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &result.out,
                &result.err, &status, &error);
  g_assert_no_error (error);
  result.status = WIFEXITED (status) ? WEXITSTATUS (status) : -1;
  return result;
}

CliResult
cli_run (const char *first, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  va_list list;

  va_start (list, first);
  for (const char *at = first; at != NULL; at = va_arg (list, const char *))
    g_ptr_array_add (arguments, (char *) at);
  va_end (list);
  g_ptr_array_add (arguments, NULL);
  return cli_run_in (NULL, (const char *const *) arguments->pdata);
}

GSubprocess *
cli_start (const char *const *arguments)
{
  g_autoptr (GPtrArray) vector = command (arguments);
  g_autoptr (GError) error = NULL;
  GSubprocess *process =
      g_subprocess_newv ((const char *const *) vector->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);

  g_assert_no_error (error);
  return process;
}

void
cli_assert_done (const CliResult *result)
{
  if (result->status != 0)
    g_test_message ("status %d: %s", result->status, result->err);
  g_assert_cmpint (result->status, ==, 0);
}

void
cli_assert_refused (const CliResult *result, int status, const char *what, const char *why)
{
  g_autofree char *prefix = g_strconcat ("salience-cli: ", what, NULL);
  const char *newline = strchr (result->err, '\n');

  g_test_message ("%s", result->err);
  g_assert_cmpint (result->status, ==, status);
  g_assert_cmpstr (result->out, ==, "");
  g_assert_true (g_str_has_prefix (result->err, prefix));
  g_assert_nonnull (strstr (result->err, why));
  g_assert_nonnull (newline);
  g_assert_cmpstr (newline, ==, "\n");
}

char *
cli_data (const char *name)
{
  g_autofree char *relative = g_build_filename ("cli", name, NULL);

  return test_data (relative);
}

char *
cli_picture (const char *name, int width, int height)
{
  char *path = test_scratch (name);
  gsize size = 3 * (gsize) width * (gsize) height;
  g_autofree guint8 *rgb = g_malloc (size);
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    rgb[i] = (guint8) g_rand_int_range (random, 0, 256);

  g_autoptr (SalImage) image = sal_image_new_from_rgb (width, height, rgb, 3 * (gsize) width);

  sal_png_write (path, image, NULL, &error);
  g_assert_no_error (error);
  return path;
}

JsonObject *
cli_json (const char *path, const CliResult *result)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  if (strcmp (path, "-") == 0) {
    text = g_strdup (result->out);
  } else {
    g_file_get_contents (path, &text, NULL, &error);
    g_assert_no_error (error);
  }

  JsonObject *object = sal_json_parse (text, -1, path, &error);

  g_assert_no_error (error);
  return object;
}

SalTensor *
cli_array (const char *path)
{
  g_autoptr (GError) error = NULL;
  SalTensor *array = sal_npy_load (path, &error);

  g_assert_no_error (error);
  return array;
}

void
cli_assert_same_bytes (const char *a, const char *b)
{
  g_autofree char *x = NULL, *y = NULL;
  gsize n, m;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (a, &x, &n, &error);
  g_assert_no_error (error);
  g_file_get_contents (b, &y, &m, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (x, n, y, m);
}

void
cli_assert_shape (const SalTensor *array, const char *text)
{
  g_autofree char *shape = sal_shape_to_string (sal_tensor_shape (array));

  g_assert_cmpstr (shape, ==, text);
}
