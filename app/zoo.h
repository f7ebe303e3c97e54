/* Public models that can be fetched from the network: data/zoo.json, and where they are kept. No
 * GTK.
 *
 * Nothing here is fetched unless a person asks for it. */
#pragma once

#include "engine/base/progress.h"

#include <json-glib/json-glib.h>

/** SalZoo: (ref-func sal_zoo_ref) (unref-func sal_zoo_unref): immutable, shared by threads */
typedef struct _SalZoo SalZoo;

/**
 * SalZooModel:
 * @name: for command lines and files: "squeezenet1.1-7"
 * @title: for people
 * @licence: as the publisher states it
 * @bytes: length of the file
 * @classes: a word for what it tells apart: "ImageNet"
 * @height, @width: of its pictures
 */
typedef struct {
  char *name;
  char *title;
  char *licence;
  gint64 bytes;
  char *sha256;
  char *path; /* on the server, after the address */
  char *labels;
  const char *classes;
  int height, width;
  JsonObject *entry;
} SalZooModel;

/**
 * sal_zoo_load: reads the manifest that comes with the program
 *
 * Returns: (transfer full): or %NULL and @error in one line
 */
SalZoo *sal_zoo_load (GError **error);
SalZoo *sal_zoo_ref (SalZoo *zoo);
void sal_zoo_unref (SalZoo *zoo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalZoo, sal_zoo_unref)

/** sal_zoo_models: Returns: (transfer none) (element-type SalZooModel): the smallest first */
const GPtrArray *sal_zoo_models (const SalZoo *zoo);
/** sal_zoo_find: Returns: (transfer none) (nullable): by name */
const SalZooModel *sal_zoo_find (const SalZoo *zoo, const char *name);

/** sal_zoo_address: Returns: (transfer full): what stands before every path: the setting
 *  "models-address" of the person, else that of the manifest. Ends in a slash */
char *sal_zoo_address (const SalZoo *zoo);
/** sal_zoo_file: Returns: (transfer full): where the model is kept, or will be:
 *  $XDG_DATA_HOME/salience/models/NAME.onnx */
char *sal_zoo_file (const SalZooModel *model);
/** sal_zoo_is_here: Returns: whether the whole of it is there, by its length */
gboolean sal_zoo_is_here (const SalZooModel *model);

/**
 * sal_zoo_get:
 * @address: (nullable): in place of sal_zoo_address(): a mirror, with the same paths below it
 *
 * Fetches the model (sal_download_run()), writes its sidecar and the names of its classes beside
 * it, and keeps it in sal_zoo_file(). Blocks; for a worker thread.
 *
 * Returns: (transfer full): the file, or %NULL and @error in one line
 */
char *sal_zoo_get (const SalZoo *zoo, const SalZooModel *model, const char *address,
                   const SalProgress *progress, GError **error);
