/* The words that a text model knows, by number, and a text as such numbers. */
#pragma once

#include "engine/tensor/tensor.h"

/** SalVocabulary: (ref-func sal_vocabulary_ref) (unref-func sal_vocabulary_unref): immutable */
typedef struct _SalVocabulary SalVocabulary;

/**
 * sal_vocabulary_load:
 * @path: a text file, a word a line; line 1 is number 0
 * @unknown: (nullable): the word that stands for all that are not in the list; %NULL if there is
 *   none, and such words are refused
 * @lowercase: whether the words are in lower case, and texts are put into it
 *
 * Returns: (transfer full): or %NULL and the error of sal_lines_read(), or %SAL_ERROR_FORMAT if
 *   @unknown is not in the list
 */
SalVocabulary *sal_vocabulary_load (const char *path, const char *unknown, gboolean lowercase,
                                    GError **error);
SalVocabulary *sal_vocabulary_ref (SalVocabulary *vocabulary);
void sal_vocabulary_unref (SalVocabulary *vocabulary);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalVocabulary, sal_vocabulary_unref)

/** sal_vocabulary_size: Returns: number of words */
int sal_vocabulary_size (const SalVocabulary *vocabulary);

/**
 * sal_vocabulary_split:
 * @text: UTF-8
 *
 * Letters and digits that stand together are one token, with an apostrophe or hyphen between them;
 * every other character that is no space is one by itself.
 *
 * Returns: (transfer full): the tokens, ended by %NULL, as they stand in @text
 */
char **sal_vocabulary_split (const char *text);

/**
 * sal_vocabulary_encode:
 * @tokens: of sal_vocabulary_split()
 *
 * Returns: (transfer full): integers [1,T], or %NULL and %SAL_ERROR_ARGUMENT if there is no token,
 *   more than 100 000, or an unknown one where nothing stands for such
 */
SalTensor *sal_vocabulary_encode (const SalVocabulary *vocabulary, const char *const *tokens,
                                  GError **error);
