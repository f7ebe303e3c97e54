#include "engine/text/vocabulary.h"

#include "engine/base/error.h"
#include "engine/base/lines.h"

#define MAX_TOKENS 100000

struct _SalVocabulary {
  gatomicrefcount refs;
  GHashTable *numbers; /* word -> number + 1, so that NULL means there is none */
  int size;
  int unknown; /* -1 if there is none */
  gboolean lowercase;
};

static int
find (const SalVocabulary *self, const char *word)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->numbers, word)) - 1;
}

SalVocabulary *
sal_vocabulary_load (const char *path, const char *unknown, gboolean lowercase, GError **error)
{
  g_auto (GStrv) words = sal_lines_read (path, error);

  if (words == NULL)
    return NULL;

  g_autoptr (SalVocabulary) self = g_new0 (SalVocabulary, 1);

  g_atomic_ref_count_init (&self->refs);
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->lowercase = lowercase;
  /* Of a word that is there twice the first line counts. */
  for (; words[self->size] != NULL; self->size++)
    if (find (self, words[self->size]) < 0)
      g_hash_table_insert (self->numbers, g_strdup (words[self->size]),
                           GINT_TO_POINTER (self->size + 1));
  self->unknown = unknown != NULL ? find (self, unknown) : -1;
  if (unknown != NULL && self->unknown < 0) {
    sal_error_set (error, SAL_ERROR_FORMAT,
                   "%s: has no line “%s”, which should stand for unknown words", path, unknown);
    return NULL;
  }
  return g_steal_pointer (&self);
}

SalVocabulary *
sal_vocabulary_ref (SalVocabulary *vocabulary)
{
  g_atomic_ref_count_inc (&vocabulary->refs);
  return vocabulary;
}

void
sal_vocabulary_unref (SalVocabulary *vocabulary)
{
  if (!g_atomic_ref_count_dec (&vocabulary->refs))
    return;
  g_hash_table_unref (vocabulary->numbers);
  g_free (vocabulary);
}

int
sal_vocabulary_size (const SalVocabulary *vocabulary)
{
  return vocabulary->size;
}

/* Whether the word goes on after @at: an apostrophe or hyphen counts between two letters only. */
static gboolean
goes_on (const char *at)
{
  gunichar c = g_utf8_get_char (at);

  if (c == '\'' || c == '-' || c == 0x2019)
    c = g_utf8_get_char (g_utf8_next_char (at));
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

char **
sal_vocabulary_split (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char *at = text;

  while (*at != '\0') {
    const char *start = at;
    gunichar c = g_utf8_get_char (at);

    at = g_utf8_next_char (at);
    if (g_unichar_isspace (c) || g_unichar_iscntrl (c))
      continue;
    if (g_unichar_isalnum (c))
      while (*at != '\0' && goes_on (at))
        at = g_utf8_next_char (at);

    g_autofree char *token = g_strndup (start, at - start);

    g_strv_builder_add (builder, token);
  }
  return g_strv_builder_end (builder);
}

SalTensor *
sal_vocabulary_encode (const SalVocabulary *vocabulary, const char *const *tokens, GError **error)
{
  guint n = g_strv_length ((char **) tokens);

  if (n == 0 || n > MAX_TOKENS) {
    sal_error_set (error, SAL_ERROR_ARGUMENT, "the text has %u tokens; 1 to %d are needed", n,
                   MAX_TOKENS);
    return NULL;
  }

  g_autoptr (SalTensor) ids = sal_tensor_new (SAL_INT, &SAL_SHAPE (1, n));

  for (guint t = 0; t < n; t++) {
    g_autofree char *word =
        vocabulary->lowercase ? g_utf8_strdown (tokens[t], -1) : g_strdup (tokens[t]);
    int number = find (vocabulary, word);

    if (number < 0)
      number = vocabulary->unknown;
    if (number < 0) {
      sal_error_set (error, SAL_ERROR_ARGUMENT,
                     "“%s” is not in the vocabulary, and no word of it stands for unknown ones",
                     tokens[t]);
      return NULL;
    }
    ((gint64 *) sal_tensor_edit (ids))[t] = number;
  }
  return g_steal_pointer (&ids);
}
