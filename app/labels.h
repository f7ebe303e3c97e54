/* Names of classes that come with the program, for models that bring none: offered by the number of
 * classes, never forced. No GTK, so that salience-cli has them, too. */
#pragma once

#include "engine/model.h"

/** SalLabelSet: @id: for command lines; @title: for people, to be translated; @n_classes: how many
 * names it has */
typedef struct {
  const char *id;
  const char *title;
  int n_classes;
} SalLabelSet;

/** sal_label_sets: Returns: (transfer none) (array length=n): all there are */
const SalLabelSet *sal_label_sets (int *n);

/**
 * sal_label_set_guess:
 *
 * The one set that goes with the model's number of classes and the kind of picture it takes.
 *
 * Returns: (nullable): %NULL if none or more than one does
 */
const SalLabelSet *sal_label_set_guess (const SalModel *model);

/** sal_label_set_load: Returns: (transfer full): the names, ended by %NULL; or %NULL and @error */
char **sal_label_set_load (const SalLabelSet *set, GError **error);

/**
 * sal_labels_apply:
 * @choice: (nullable): the id of a set, the path of a file with a name a line, or "none". Such a
 *   choice stands above the sidecar; with %NULL a model that names its classes stays as it is, and
 *   another gets the set that sal_label_set_guess() finds, and a note that says so
 *
 * Returns: (transfer full): @model or one with other names; %NULL and @error if @choice is none of
 *   those, or cannot be read
 */
SalModel *sal_labels_apply (SalModel *model, const char *choice, GError **error);
