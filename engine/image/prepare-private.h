/* The fields of a preparation, for the file that makes one and the file that reads sidecars. */
#pragma once

#include "engine/image/prepare.h"

#include <json-glib/json-glib.h>

/**
 * @labels: (nullable): class names, ended by %NULL; @n_labels of them
 * @labels_path: (nullable): where they were read
 * @sidecar: (nullable): all that the sidecar held, so that saving loses nothing
 */
struct _SalPreparation {
  gatomicrefcount refs;
  SalPixelFormat format;
  char *input_name;
  char *output_name;
  SalScores scores;
  char *last_conv;
  char *title;
  double accuracy;
  char **labels;
  int n_labels;
  char *labels_path;
  char *assumed;
  JsonObject *sidecar;
};
