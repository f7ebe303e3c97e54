#include "app/schema.h"

#define SCHEMA "org.salience.Salience"

GSettings *
sal_preferences_new (void)
{
  GSettingsSchemaSource *usual = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema =
      usual != NULL ? g_settings_schema_source_lookup (usual, SCHEMA, TRUE) : NULL;

  if (schema == NULL) {
    g_autoptr (GSettingsSchemaSource) built =
        g_settings_schema_source_new_from_directory (SAL_SCHEMADIR, usual, TRUE, NULL);
    if (built != NULL)
      schema = g_settings_schema_source_lookup (built, SCHEMA, FALSE);
  }
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}
