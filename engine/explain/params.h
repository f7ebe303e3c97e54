/* What can be set on a method: declared once, read by the window (controls), the command line
 * (options), saved recipes and README's table. */
#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

/**
 * SalParamKind:
 * @SAL_PARAM_INT: a whole number
 * @SAL_PARAM_DOUBLE: a number
 * @SAL_PARAM_SWITCH: 0 or 1
 * @SAL_PARAM_CHOICE: one of the declared choices
 * @SAL_PARAM_BASELINE: a baseline: one of the choices of baseline.h, or the path of a picture or
 *   array
 * @SAL_PARAM_LAYER: a layer, by the name of its node or tensor; empty for the method's own choice
 * @SAL_PARAM_SIZE: height and width, as "15x15"; see sal_settings_size()
 * @SAL_PARAM_ARRAY: the path of a .npy file, or empty; who makes the query loads it into the
 *   query's arrays under the parameter's key
 * @SAL_PARAM_FOLDER: the path of a folder of pictures, or empty
 */
typedef enum {
  SAL_PARAM_INT,
  SAL_PARAM_DOUBLE,
  SAL_PARAM_SWITCH,
  SAL_PARAM_CHOICE,
  SAL_PARAM_BASELINE,
  SAL_PARAM_LAYER,
  SAL_PARAM_SIZE,
  SAL_PARAM_ARRAY,
  SAL_PARAM_FOLDER,
} SalParamKind;

/** SalChoice: @id for command lines and files, never changes; @label for people */
typedef struct {
  const char *id;
  const char *label;
} SalChoice;

/**
 * SalParam:
 * @key: name on the command line (`--key`), in settings and in saved files; never changes
 * @label: for people, as on a slider
 * @unit: (nullable): "pixels" ...; with "%" the value itself is a fraction (0.15 shown as 15 %),
 * with "percent" it is not
 * @help: one line
 * @min, @max, @otherwise: range and default of numbers
 * @logarithmic: whether a slider should be
 * @digits: decimals worth showing
 * @choices: ended by an empty entry; the first is the default unless @text_otherwise says else
 * @text_otherwise: (nullable): default of choices, baselines and layers
 * @advanced: seldom needed: leave it to the command line, or fold it away
 * @unless_key, @unless_value: (nullable): the parameter has no effect while @unless_key has
 *   @unless_value (noise while smoothing is "none")
 *
 * A list of parameters ends with an empty entry.
 */
typedef struct {
  const char *key;
  const char *label;
  const char *unit;
  const char *help;
  SalParamKind kind;
  double min, max, otherwise;
  gboolean logarithmic;
  int digits;
  const SalChoice *choices;
  const char *text_otherwise;
  gboolean advanced;
  const char *unless_key;
  const char *unless_value;
} SalParam;

/** sal_param_find: Returns: (nullable): the parameter called @key in a list */
const SalParam *sal_param_find (const SalParam *params, const char *key);

/** sal_param_is_number: Returns: whether its values are numbers, a switch's 0 and 1 among them */
gboolean sal_param_is_number (const SalParam *param);

/** SalSettings: values for parameters by key; one that is not set has its default. Not thread-safe
 *  while it is changed; copy it for a job. */
typedef struct _SalSettings SalSettings;

SalSettings *sal_settings_new (void);
SalSettings *sal_settings_copy (const SalSettings *settings);
void sal_settings_free (SalSettings *settings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalSettings, sal_settings_free)

/**
 * sal_settings_set_number, sal_settings_set_text:
 *
 * Return: %FALSE and %SAL_ERROR_ARGUMENT, naming key, value and range, if @param does not take it
 */
gboolean sal_settings_set_number (SalSettings *settings, const SalParam *param, double value,
                                  GError **error);
gboolean sal_settings_set_text (SalSettings *settings, const SalParam *param, const char *value,
                                GError **error);
/** sal_settings_parse: sets what a person typed: a number, on/off, a choice or a text */
gboolean sal_settings_parse (SalSettings *settings, const SalParam *param, const char *text,
                             GError **error);
/** sal_settings_reset: goes back to the default */
void sal_settings_reset (SalSettings *settings, const SalParam *param);

/** sal_settings_number: Returns: the value in force; @settings may be %NULL for the default */
double sal_settings_number (const SalSettings *settings, const SalParam *param);
/** sal_settings_text: Returns: (transfer none): choice, baseline or layer; "" where there is none
 */
const char *sal_settings_text (const SalSettings *settings, const SalParam *param);

/** sal_settings_size: the value of a SAL_PARAM_SIZE, both at least 1 */
void sal_settings_size (const SalSettings *settings, const SalParam *param, int *height,
                        int *width);

/** sal_settings_applies: Returns: whether @param of the list @params has an effect now (see
 *  @unless_key) */
gboolean sal_settings_applies (const SalSettings *settings, const SalParam *params,
                               const SalParam *param);

/** sal_settings_equal: Returns: whether every parameter of @params that has an effect in either has
 *  the same value in both */
gboolean sal_settings_equal (const SalSettings *a, const SalSettings *b, const SalParam *params);

/** sal_settings_write: adds the value in force of every parameter of @params that has an effect
 *  as members of the JSON object being built */
void sal_settings_write (const SalSettings *settings, const SalParam *params, JsonBuilder *builder);
/** sal_settings_read: sets every parameter of @params that @object has; others stay */
gboolean sal_settings_read (SalSettings *settings, const SalParam *params, JsonObject *object,
                            GError **error);
