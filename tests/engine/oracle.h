/* The reference results: small networks, and what PyTorch's autograd in float64 and an independent
 * evaluation of the same graph say about them. Each folder has a manifest that says what its arrays
 * are. */
#pragma once

#include "engine/base/json.h"
#include "engine/explain/smooth.h"

/**
 * Oracle: one array of one folder, to be computed by us
 * @folder: where the arrays are
 * @model: the folder's network, in one of its files
 * @array: the array's entry in the manifest
 * @params: its member "params"
 * @probability: in place of the graph's output, ask for the class's probability
 */
typedef struct {
  const char *folder;
  SalModel *model;
  JsonObject *array;
  JsonObject *params;
  gboolean probability;
} Oracle;

/** oracle_load: Returns: (transfer full): an array of the folder */
SalTensor *oracle_load (const Oracle *o, const char *file);

/** oracle_load_param: Returns: (transfer full) (nullable): the array that a parameter names */
SalTensor *oracle_load_param (const Oracle *o, const char *key);

/** oracle_explain: Returns: (transfer full): an attribution of the first row of the input */
SalAttribution *oracle_explain (const Oracle *o, const char *method, SalSettings *settings);

/** oracle_explain_rows: Returns: (transfer full): the attributions of all rows of the input that
 *  the array is about, one after the other */
SalTensor *oracle_explain_rows (const Oracle *o, const char *method, SalSettings *settings);

/** oracle_forward: Returns: (transfer full): a tensor of the graph for all rows of the input, which
 *  take one pass unless they are texts */
SalTensor *oracle_forward (const Oracle *o, const char *tensor);

/** oracle_set: gives a parameter of a list a value, as text or as number */
void oracle_set (SalSettings *settings, const SalParam *params, const char *key, const char *value);
void oracle_set_number (SalSettings *settings, const SalParam *params, const char *key,
                        double value);

/** OracleMethod: how the manifest calls something, and how we compute it */
typedef struct {
  const char *method;
  SalTensor *(*compute) (const Oracle *o);
} OracleMethod;

/** oracle_method: Returns: (nullable): what computes arrays that the manifest calls @method */
const OracleMethod *oracle_method (const char *method);
