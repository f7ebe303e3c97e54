/* Computing what an array of the reference data holds. */
#pragma once

#include "engine/model.h"

#include <json-glib/json-glib.h>

/**
 * OracleCase:
 * @folder: of the network
 * @model: the network; a text model with its tokens bound
 * @array: of the manifest: what is to be reproduced
 * @params: its parameters
 */
typedef struct {
  const char *folder;
  SalModel *model;
  JsonObject *array;
  JsonObject *params;
} OracleCase;

/** oracle_load: Returns: (transfer full): an array of the folder */
SalTensor *oracle_load (const OracleCase *c, const char *file);

/** oracle_compute: Returns: (transfer full) (nullable): what the case's array must hold; %NULL if
 *  its method is none of the engine's */
SalTensor *oracle_compute (const OracleCase *c);
