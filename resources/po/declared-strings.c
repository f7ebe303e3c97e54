/* Writes what the engine declares for people (methods, parameters, choices) as C that xgettext
 * reads: the declarations carry no marks, their texts are looked up where they are shown. */
#include "engine/explain/appearance.h"
#include "engine/explain/baseline.h"
#include "engine/explain/reasons.h"
#include "engine/explain/smooth.h"
#include "engine/image/prepare.h"

#include <stdio.h>

static GHashTable *known;

static void
declare (const char *text)
{
  if (text == NULL || *text == '\0' || !g_hash_table_add (known, (gpointer) text))
    return;
  g_autoptr (GString) quoted = g_string_new (text);

  g_string_replace (quoted, "\\", "\\\\", 0);
  g_string_replace (quoted, "\"", "\\\"", 0);
  g_string_replace (quoted, "\n", "\\n", 0);
  printf ("N_ (\"%s\");\n", quoted->str);
}

static void
declare_choices (const SalChoice *choice)
{
  for (; choice != NULL && choice->id != NULL; choice++)
    declare (choice->label);
}

static void
declare_params (const SalParam *param)
{
  for (; param != NULL && param->key != NULL; param++) {
    declare (param->label);
    declare (param->help);
    declare_choices (param->choices);
  }
}

int
main (void)
{
  int n_presets;
  const SalPreset *presets = sal_presets (&n_presets);

  known = g_hash_table_new (g_str_hash, g_str_equal);
  for (const SalMethod *const *m = sal_methods (); *m != NULL; m++) {
    declare ((*m)->name);
    declare (sal_method_group_name ((*m)->group));
    declare ((*m)->summary);
    declare ((*m)->advice);
    declare ((*m)->caveat);
    declare ((*m)->promise);
    declare_params ((*m)->params);
  }
  for (const char *const *reason = sal_reasons (); *reason != NULL; reason++)
    declare (*reason);
  declare_params (sal_smooth_params ());
  declare_params (sal_appearance_params ());
  declare_choices (sal_baseline_choices ());
  for (int i = 0; i < n_presets; i++)
    declare (presets[i].name);
  g_hash_table_unref (known);
  return 0;
}
