#include "engine/explain/params.h"

#include "engine/base/error.h"
#include "engine/base/json.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _SalSettings {
  GHashTable *numbers; /* key -> double */
  GHashTable *texts;   /* key -> string */
};

gboolean
sal_param_is_number (const SalParam *param)
{
  return param->kind == SAL_PARAM_INT || param->kind == SAL_PARAM_DOUBLE ||
         param->kind == SAL_PARAM_SWITCH;
}

const SalParam *
sal_param_find (const SalParam *params, const char *key)
{
  for (const SalParam *param = params; param != NULL && param->key != NULL; param++)
    if (strcmp (param->key, key) == 0)
      return param;
  return NULL;
}

SalSettings *
sal_settings_new (void)
{
  SalSettings *settings = g_new (SalSettings, 1);

  settings->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  settings->texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return settings;
}

SalSettings *
sal_settings_copy (const SalSettings *settings)
{
  SalSettings *copy = sal_settings_new ();
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, settings->numbers);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (copy->numbers, g_strdup (key), g_memdup2 (value, sizeof (double)));
  g_hash_table_iter_init (&iter, settings->texts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (copy->texts, g_strdup (key), g_strdup (value));
  return copy;
}

void
sal_settings_free (SalSettings *settings)
{
  if (settings == NULL)
    return;
  g_hash_table_unref (settings->numbers);
  g_hash_table_unref (settings->texts);
  g_free (settings);
}

gboolean
sal_settings_set_number (SalSettings *settings, const SalParam *param, double value, GError **error)
{
  g_return_val_if_fail (sal_param_is_number (param), FALSE);
  if (!isfinite (value) || value < param->min || value > param->max ||
      (param->kind != SAL_PARAM_DOUBLE && value != floor (value))) {
    sal_error_set (error, SAL_ERROR_ARGUMENT,
                   param->kind == SAL_PARAM_DOUBLE
                       ? N_ ("%s: %g is not a number from %g to %g")
                       : N_ ("%s: %g is not a whole number from %g to %g"),
                   param->key, value, param->min, param->max);
    return FALSE;
  }
  g_hash_table_insert (settings->numbers, g_strdup (param->key), g_memdup2 (&value, sizeof value));
  return TRUE;
}

/* "15x9", or "15" for both; at most 16384. */
static gboolean
parse_size (const char *text, int *height, int *width)
{
  g_auto (GStrv) parts = g_strsplit (text, "x", -1);
  guint n = g_strv_length (parts);
  guint64 h, w;

  if (n < 1 || n > 2 || !g_ascii_string_to_unsigned (parts[0], 10, 1, 16384, &h, NULL) ||
      !g_ascii_string_to_unsigned (parts[n - 1], 10, 1, 16384, &w, NULL))
    return FALSE;
  *height = (int) h;
  *width = (int) w;
  return TRUE;
}

gboolean
sal_settings_set_text (SalSettings *settings, const SalParam *param, const char *value,
                       GError **error)
{
  g_return_val_if_fail (!sal_param_is_number (param), FALSE);
  if (param->kind == SAL_PARAM_CHOICE) {
    g_autoptr (GString) list = g_string_new (NULL);
    const SalChoice *choice = param->choices;

    for (; choice->id != NULL && strcmp (choice->id, value) != 0; choice++)
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", choice->id);
    if (choice->id == NULL) {
      sal_error_set (error, SAL_ERROR_ARGUMENT, "%s: \"%s\" is none of %s", param->key, value,
                     list->str);
      return FALSE;
    }
  }
  if (param->kind == SAL_PARAM_SIZE) {
    int height, width;

    if (!parse_size (value, &height, &width)) {
      sal_error_set (error, SAL_ERROR_ARGUMENT,
                     "%s: \"%s\" is not a height and a width such as 15x15", param->key, value);
      return FALSE;
    }
  }
  g_hash_table_insert (settings->texts, g_strdup (param->key), g_strdup (value));
  return TRUE;
}

gboolean
sal_settings_parse (SalSettings *settings, const SalParam *param, const char *text, GError **error)
{
  char *end = NULL;
  double value;

  if (!sal_param_is_number (param))
    return sal_settings_set_text (settings, param, text, error);
  if (param->kind == SAL_PARAM_SWITCH) {
    if (g_str_equal (text, "on") || g_str_equal (text, "true") || g_str_equal (text, "yes"))
      return sal_settings_set_number (settings, param, 1, error);
    if (g_str_equal (text, "off") || g_str_equal (text, "false") || g_str_equal (text, "no"))
      return sal_settings_set_number (settings, param, 0, error);
  }
  value = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0') {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "%s: \"%s\" is not a number", param->key, text);
    return FALSE;
  }
  return sal_settings_set_number (settings, param, value, error);
}

void
sal_settings_reset (SalSettings *settings, const SalParam *param)
{
  g_hash_table_remove (settings->numbers, param->key);
  g_hash_table_remove (settings->texts, param->key);
}

double
sal_settings_number (const SalSettings *settings, const SalParam *param)
{
  const double *value =
      settings != NULL ? g_hash_table_lookup (settings->numbers, param->key) : NULL;

  return value != NULL ? *value : param->otherwise;
}

const char *
sal_settings_text (const SalSettings *settings, const SalParam *param)
{
  const char *value = settings != NULL ? g_hash_table_lookup (settings->texts, param->key) : NULL;

  if (value != NULL)
    return value;
  if (param->text_otherwise != NULL)
    return param->text_otherwise;
  return param->choices != NULL ? param->choices[0].id : "";
}

void
sal_settings_size (const SalSettings *settings, const SalParam *param, int *height, int *width)
{
  gboolean parsed = parse_size (sal_settings_text (settings, param), height, width);

  g_assert (parsed);
}

gboolean
sal_settings_applies (const SalSettings *settings, const SalParam *params, const SalParam *param)
{
  const SalParam *other =
      param->unless_key != NULL ? sal_param_find (params, param->unless_key) : NULL;

  return other == NULL || strcmp (sal_settings_text (settings, other), param->unless_value) != 0;
}

gboolean
sal_settings_equal (const SalSettings *a, const SalSettings *b, const SalParam *params)
{
  for (const SalParam *param = params; param != NULL && param->key != NULL; param++) {
    if (!sal_settings_applies (a, params, param) && !sal_settings_applies (b, params, param))
      continue;
    if (sal_param_is_number (param)
            ? sal_settings_number (a, param) != sal_settings_number (b, param)
            : strcmp (sal_settings_text (a, param), sal_settings_text (b, param)) != 0)
      return FALSE;
  }
  return TRUE;
}

void
sal_settings_write (const SalSettings *settings, const SalParam *params, JsonBuilder *builder)
{
  for (const SalParam *param = params; param != NULL && param->key != NULL; param++) {
    if (!sal_settings_applies (settings, params, param))
      continue;
    if (!sal_param_is_number (param)) {
      sal_json_add_string (builder, param->key, sal_settings_text (settings, param));
      continue;
    }
    json_builder_set_member_name (builder, param->key);
    if (param->kind == SAL_PARAM_SWITCH)
      json_builder_add_boolean_value (builder, sal_settings_number (settings, param) != 0);
    else if (param->kind == SAL_PARAM_INT)
      json_builder_add_int_value (builder, (gint64) sal_settings_number (settings, param));
    else
      json_builder_add_double_value (builder, sal_settings_number (settings, param));
  }
}

gboolean
sal_settings_read (SalSettings *settings, const SalParam *params, JsonObject *object,
                   GError **error)
{
  for (const SalParam *param = params; param != NULL && param->key != NULL; param++) {
    JsonNode *node = json_object_get_member (object, param->key);
    GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;
    gboolean fits = sal_param_is_number (param)
                        ? type == G_TYPE_INT64 || type == G_TYPE_DOUBLE || type == G_TYPE_BOOLEAN
                        : type == G_TYPE_STRING;

    if (node == NULL)
      continue;
    if (!fits) {
      sal_error_set (error, SAL_ERROR_FORMAT,
                     sal_param_is_number (param) ? N_ ("%s: not a number") : N_ ("%s: not a text"),
                     param->key);
      return FALSE;
    }
    if (!sal_param_is_number (param)) {
      if (!sal_settings_set_text (settings, param, json_node_get_string (node), error))
        return FALSE;
    } else {
      double value =
          type == G_TYPE_BOOLEAN ? json_node_get_boolean (node) : json_node_get_double (node);

      if (!sal_settings_set_number (settings, param, value, error))
        return FALSE;
    }
  }
  return TRUE;
}
