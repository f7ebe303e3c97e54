/* The fields of a preparation, for the file that makes one and the file that reads sidecars. */
#pragma once

#include "engine/image/prepare.h"

#include <json-glib/json-glib.h>

/**
 * @labels: (nullable): class names, ended by %NULL; @n_labels of them
 * @labels_path: (nullable): where they were read
 * @inputs: (nullable): name -> SalTensor
 * @assumed: (nullable): sal_preparation_assumed()
 * @assumed_before, @assumed_after: (nullable): what that says before and after the numbers
 * @size_assumed: whether the size is among what was assumed
 * @sidecar: (nullable): all that the sidecar held, so that saving loses nothing
 */
struct _SalPreparation {
  gatomicrefcount refs;
  SalPixelFormat format;
  char *input_name;
  char *output_name;
  SalScores scores;
  SalPlaces over_places;
  GHashTable *inputs;
  char *last_conv;
  char *title;
  double accuracy;
  char **labels;
  int n_labels;
  char *labels_path;
  char *assumed;
  char *assumed_before;
  char *assumed_after;
  gboolean size_assumed;
  JsonObject *sidecar;
};

/** sal_preparation_tell_assumed: writes the sentence about what was assumed: @before, the format in
 *  words, @after */
void sal_preparation_tell_assumed (SalPreparation *preparation, const char *before,
                                   const char *after);
/** sal_preparation_new_facts: Returns: (transfer full): one of no pixel format, for a model that
 *  takes no pictures */
SalPreparation *sal_preparation_new_facts (void);
