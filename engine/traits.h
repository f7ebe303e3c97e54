/* MODEL.json beside a model that takes no pictures: text, or plain numbers.
 *
 *     labels                text file with one class name a line, relative to the sidecar
 *     input.shape           as many entries as the input has axes, not compared further
 *     vocabulary            of a text model: the file's name alone, or an object with
 *     vocabulary.file       text file with one word a line, relative to the sidecar
 *     vocabulary.unknown    the word that stands for all others [there is none]
 *     vocabulary.lowercase  whether texts are put into lower case [false]
 */
#pragma once

#include "engine/tensor/shape.h"
#include "engine/text/vocabulary.h"

/** SalTraits: zero-initialise; @labels and @vocabulary (nullable) */
typedef struct {
  char **labels;
  SalVocabulary *vocabulary;
} SalTraits;

void sal_traits_clear (SalTraits *traits);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SalTraits, sal_traits_clear)

/**
 * sal_traits_load:
 * @model_path: of the ONNX file; without a sidecar there is nothing to read, which is no error
 * @shape: (nullable): the shape the graph declares for its input
 *
 * Returns: %FALSE and @error in one line that names the file and the key
 */
gboolean sal_traits_load (SalTraits *traits, const char *model_path, const SalShape *shape,
                          GError **error);
