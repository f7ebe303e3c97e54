#include "app/preferences.h"

#include "app/looks.h"
#include "engine/base/memory.h"
#include "engine/explain/smooth.h"

#include <json-glib/json-glib.h>

static char *
to_json (const SalSettings *settings, const SalParam *const *lists)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (; *lists != NULL; lists++)
    sal_settings_write (settings, *lists, builder);
  json_builder_end_object (builder);
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

/* What an older or a newer version has written may not fit; then the default holds. */
static SalSettings *
from_json (const char *json, const SalParam *const *lists, const SalSettings *otherwise)
{
  SalSettings *settings = sal_settings_copy (otherwise);
  g_autoptr (JsonNode) root = json_from_string (json, NULL);

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    for (; *lists != NULL; lists++)
      sal_settings_read (settings, *lists, json_node_get_object (root), NULL);
  return settings;
}

void
sal_preferences_restore (GSettings *preferences, SalDocument *document)
{
  if (preferences == NULL)
    return;
  g_autofree char *id = g_settings_get_string (preferences, "method");
  g_autofree char *looks_json = g_settings_get_string (preferences, "appearance");
  g_autoptr (GVariant) each = g_settings_get_value (preferences, "parameters");
  const SalParam *look_lists[] = { sal_appearance_params (), sal_looks_params (), NULL };
  g_autoptr (SalSettings) looks = from_json (looks_json, look_lists, sal_document_looks (document));
  GVariantIter iter;
  const char *key, *json;

  g_variant_iter_init (&iter, each);
  while (g_variant_iter_next (&iter, "{&s&s}", &key, &json)) {
    const SalMethod *method = sal_method_find (key);
    if (method == NULL)
      continue;
    const SalParam *lists[] = { sal_smooth_params (), method->params, NULL };
    g_autoptr (SalSettings) settings =
        from_json (json, lists, sal_document_recall (document, method));
    sal_document_remember (document, method, settings);
  }
  sal_document_set_looks (document, looks);
  if (sal_method_find (id) != NULL)
    sal_document_set_method (document, sal_method_find (id));
}

void
sal_preferences_save (GSettings *preferences, SalDocument *document)
{
  if (preferences == NULL)
    return;
  const SalMethod *const *methods = sal_methods ();
  const SalParam *look_lists[] = { sal_appearance_params (), sal_looks_params (), NULL };
  g_autofree char *looks = to_json (sal_document_looks (document), look_lists);
  GVariantBuilder each;

  g_variant_builder_init (&each, G_VARIANT_TYPE ("a{ss}"));
  for (int i = 0; methods[i] != NULL; i++) {
    const SalParam *lists[] = { sal_smooth_params (), methods[i]->params, NULL };
    g_autofree char *json = to_json (sal_document_recall (document, methods[i]), lists);
    g_variant_builder_add (&each, "{ss}", methods[i]->id, json);
  }
  g_settings_set_value (preferences, "parameters", g_variant_builder_end (&each));
  g_settings_set_string (preferences, "method", sal_document_method (document)->id);
  g_settings_set_string (preferences, "appearance", looks);
}

static void
memory_changed_cb (GSettings *preferences, const char *key, gpointer data)
{
  sal_memory_set_limit ((guint64) g_settings_get_uint (preferences, "memory-limit") << 20);
  sal_memory_set_weights_budget ((guint64) g_settings_get_uint (preferences, "weights-budget")
                                 << 20);
}

void
sal_preferences_apply_memory (GSettings *preferences)
{
  if (preferences == NULL)
    return;
  g_signal_connect (preferences, "changed::memory-limit", G_CALLBACK (memory_changed_cb), NULL);
  g_signal_connect (preferences, "changed::weights-budget", G_CALLBACK (memory_changed_cb), NULL);
  memory_changed_cb (preferences, NULL, NULL);
}

GFile *
sal_preferences_folder (GSettings *preferences)
{
  g_autofree char *uri =
      preferences != NULL ? g_settings_get_string (preferences, "last-folder") : NULL;

  return uri != NULL && *uri != '\0' ? g_file_new_for_uri (uri) : NULL;
}

void
sal_preferences_set_folder (GSettings *preferences, GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);

  if (preferences == NULL || folder == NULL)
    return;
  g_autofree char *uri = g_file_get_uri (folder);
  g_settings_set_string (preferences, "last-folder", uri);
}
