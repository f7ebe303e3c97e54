#include "app/labels.h"

#include "app/bundled.h"
#include "engine/base/error.h"
#include "engine/base/lines.h"

#include <glib/gi18n.h>
#include <string.h>

/* What goes with a set beside the number of classes. @background: before the others, as TensorFlow
 * has it; @channels: of its pictures; @longest: side of a picture, 0 for any */
typedef struct {
  SalLabelSet set;
  const char *file;
  const char *background;
  int channels;
  int longest;
} Known;

static const Known known[] = {
  { { "imagenet", "ImageNet", 1000 }, "labels/imagenet-1000.txt", NULL, 3, 0 },
  { { "imagenet-1001", N_ ("ImageNet with a class for the background"), 1001 },
    "labels/imagenet-1000.txt",
    "background",
    3,
    0 },
  { { "cifar-10", "CIFAR-10", 10 }, "labels/cifar-10.txt", NULL, 3, 32 },
  { { "cifar-100", "CIFAR-100", 100 }, "labels/cifar-100.txt", NULL, 3, 32 },
  { { "fashion-mnist", "Fashion-MNIST", 10 }, "labels/fashion-mnist.txt", NULL, 1, 28 },
  { { "digits", N_ ("Digits"), 10 }, "labels/digits.txt", NULL, 1, 28 },
};

#define N_KNOWN ((int) G_N_ELEMENTS (known))

const SalLabelSet *
sal_label_sets (int *n)
{
  static SalLabelSet sets[G_N_ELEMENTS (known)];
  static gsize made;

  if (g_once_init_enter (&made)) {
    for (int i = 0; i < N_KNOWN; i++)
      sets[i] = known[i].set;
    g_once_init_leave (&made, 1);
  }
  *n = N_KNOWN;
  return sets;
}

static const Known *
find (const char *id)
{
  for (int i = 0; i < N_KNOWN; i++)
    if (strcmp (known[i].set.id, id) == 0)
      return &known[i];
  return NULL;
}

static gboolean
goes_with (const Known *k, const SalModel *model)
{
  SalPreparation *preparation = sal_model_preparation (model);
  const SalPixelFormat *format = preparation != NULL ? sal_preparation_format (preparation) : NULL;

  return format != NULL && sal_model_n_classes (model) == k->set.n_classes &&
         sal_pixel_format_channels (format) == k->channels &&
         (k->longest == 0 || MAX (format->width, format->height) == k->longest);
}

const SalLabelSet *
sal_label_set_guess (const SalModel *model)
{
  const Known *found = NULL;

  for (int i = 0; i < N_KNOWN; i++)
    if (goes_with (&known[i], model)) {
      if (found != NULL)
        return NULL;
      found = &known[i];
    }
  return found != NULL ? &found->set : NULL;
}

char **
sal_label_set_load (const SalLabelSet *set, GError **error)
{
  const Known *k = find (set->id);
  g_autofree char *path = sal_bundled_file (k->file);
  g_auto (GStrv) lines = NULL;

  if (path == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("%s: not among the program’s files"),
                 k->file);
    return NULL;
  }
  lines = sal_lines_read (path, error);
  if (lines == NULL || k->background == NULL)
    return g_steal_pointer (&lines);

  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add (builder, k->background);
  g_strv_builder_addv (builder, (const char **) lines);
  return g_strv_builder_end (builder);
}

/* The ids of the sets that have as many names as the model has classes. */
static char *
list_fitting (const SalModel *model)
{
  GString *list = g_string_new (NULL);

  for (int i = 0; i < N_KNOWN; i++)
    if (known[i].set.n_classes == sal_model_n_classes (model))
      g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", _ (known[i].set.title));
  return g_string_free (list, FALSE);
}

static SalModel *
guess (SalModel *model, GError **error)
{
  const SalLabelSet *set = sal_label_set_guess (model);
  g_autofree char *fitting = list_fitting (model), *note = NULL;
  g_auto (GStrv) names = set != NULL ? sal_label_set_load (set, NULL) : NULL;

  if (sal_model_label (model, 0) != NULL || (*fitting == '\0' && set == NULL))
    return sal_model_ref (model);
  if (names != NULL)
    note = g_strdup_printf (_ ("The model does not name its %d classes: assumed those of %s."),
                            sal_model_n_classes (model), _ (set->title));
  else
    note = g_strdup_printf (_ ("The model does not name its %d classes; lists of that many names "
                               "are %s."),
                            sal_model_n_classes (model), fitting);
  return sal_model_with_labels (model, (const char *const *) names, note, error);
}

SalModel *
sal_labels_apply (SalModel *model, const char *choice, GError **error)
{
  const char *const none[] = { NULL };
  g_auto (GStrv) names = NULL;
  const Known *k;

  if (choice == NULL)
    return guess (model, error);
  if (strcmp (choice, "none") == 0)
    return sal_model_with_labels (model, none, NULL, error);
  k = find (choice);
  if (k == NULL && !g_file_test (choice, G_FILE_TEST_EXISTS)) {
    g_autoptr (GString) ids = g_string_new (NULL);

    for (int i = 0; i < N_KNOWN; i++)
      g_string_append_printf (ids, "%s, ", known[i].set.id);
    sal_error_set (error, SAL_ERROR_ARGUMENT, "“%s” is no file and none of %snone", choice,
                   ids->str);
    return NULL;
  }
  names = k != NULL ? sal_label_set_load (&k->set, error) : sal_lines_read (choice, error);
  return names != NULL ? sal_model_with_labels (model, (const char *const *) names, NULL, error)
                       : NULL;
}
