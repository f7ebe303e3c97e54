#include "ui/file-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

/* Dialogs are kept, not made anew: that takes GTK long, and one that is closed while the
 * pointer enters it GTK 4.8 may never let go of, which is a megabyte each. Each kind has its own as
 * filters cannot change: gtk_file_chooser_remove_filter() lets go of one twice. */
typedef struct {
  GtkNativeDialog *dialog;
  GtkWidget *asker; /* (nullable): while it shows */
  char *ending;     /* (nullable): of the name that is offered, from the dot */
  SalFileFunc chosen;
  guint show_id; /* while it is about to */
} Question;

static void
withdraw (Question *question)
{
  if (question->asker != NULL)
    g_signal_handlers_disconnect_by_data (question->asker, question);
  question->asker = NULL;
  g_clear_handle_id (&question->show_id, g_source_remove);
  gtk_native_dialog_hide (question->dialog);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  withdraw (question);
  gtk_native_dialog_destroy (question->dialog);
  g_object_unref (question->dialog);
  g_free (question->ending);
  g_free (question);
}

/* Typing replaces what stands before the dot, so that who types a whole name gets its ending twice.
 * A file that is there is left alone: whether to replace it GTK has asked of the longer name. In a
 * sandbox no other name than the one that was chosen can be written. */
static GFile *
meant (GFile *file, const char *ending)
{
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *twice = g_strconcat (ending, ending, NULL);

  if (!g_str_has_suffix (name, twice) || strlen (name) == strlen (twice) ||
      g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return g_object_ref (file);
  name[strlen (name) - strlen (ending)] = '\0';

  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GFile) shorter = g_file_get_child (folder, name);

  return g_object_ref (g_file_query_exists (shorter, NULL) ? file : shorter);
}

static GListModel *
answer (Question *question, GtkFileChooser *dialog)
{
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (dialog);

  if (question->ending == NULL)
    return g_steal_pointer (&files);

  GListStore *all = g_list_store_new (G_TYPE_FILE);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++) {
    g_autoptr (GFile) file = g_list_model_get_item (files, i);
    g_autoptr (GFile) wanted = meant (file, question->ending);

    g_list_store_append (all, wanted);
  }
  return G_LIST_MODEL (all);
}

static void
response_cb (Question *question, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GtkWidget) asker = question->asker != NULL ? g_object_ref (question->asker) : NULL;
  g_autoptr (GListModel) files = response == GTK_RESPONSE_ACCEPT
                                     ? answer (question, GTK_FILE_CHOOSER (dialog))
                                     : G_LIST_MODEL (g_list_store_new (G_TYPE_FILE));

  withdraw (question);
  if (asker != NULL)
    question->chosen (asker, files);
}

static void
add_filter (GtkFileChooser *dialog, const char *name, const char *pattern)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  if (pattern == NULL)
    gtk_file_filter_add_pixbuf_formats (filter);
  else if (g_str_equal (pattern, "*"))
    gtk_file_filter_add_pattern (filter, pattern);
  else
    gtk_file_filter_add_suffix (filter, pattern);
  gtk_file_chooser_add_filter (dialog, filter);
}

static Question *
question_new (GtkWindow *window, const SalFileKind *kind)
{
  Question *question = g_new0 (Question, 1);
  GtkFileChooserNative *native =
      gtk_file_chooser_native_new (NULL, window, kind->action, NULL, NULL);
  GtkFileChooser *dialog = GTK_FILE_CHOOSER (native);

  question->dialog = GTK_NATIVE_DIALOG (native);
  gtk_native_dialog_set_modal (question->dialog, TRUE);
  gtk_file_chooser_set_select_multiple (dialog, kind->several);
  if (kind->filter != NULL)
    add_filter (dialog, _ (kind->filter), kind->suffix);
  if (kind->all)
    add_filter (dialog, _ ("All files"), "*");
  g_signal_connect_swapped (dialog, "response", G_CALLBACK (response_cb), question);
  return question;
}

/* All that @window has asked so far, by kind. */
static GHashTable *
questions_of (GtkWindow *window)
{
  GHashTable *questions = g_object_get_data (G_OBJECT (window), "file-questions");

  if (questions == NULL) {
    questions = g_hash_table_new_full (NULL, NULL, NULL, question_free);
    g_object_set_data_full (G_OBJECT (window), "file-questions", questions,
                            (GDestroyNotify) g_hash_table_unref);
    /* Not only with its last reference: a dialog is a window as well. */
    g_signal_connect_swapped (window, "destroy", G_CALLBACK (g_hash_table_remove_all), questions);
  }
  return questions;
}

/* Left alone, GTK starts with the files that were used last. Where there are none that list has no
 * rows, but still columns, and clicking one is a critical warning. */
static void
start_in (GtkFileChooser *dialog, const SalFileKind *kind, GFile *folder)
{
  const char *usual = kind->picture ? g_get_user_special_dir (G_USER_DIRECTORY_PICTURES) : NULL;
  const char *path = folder != NULL ? g_file_peek_path (folder) : usual;
  gboolean there = path != NULL && g_file_test (path, G_FILE_TEST_IS_DIR);
  g_autoptr (GFile) start = g_file_new_for_path (there ? path : g_get_home_dir ());

  gtk_file_chooser_set_current_folder (dialog, start, NULL);
}

static gboolean
show_cb (gpointer data)
{
  Question *question = data;

  question->show_id = 0;
  gtk_native_dialog_show (question->dialog);
  return G_SOURCE_REMOVE;
}

void
sal_file_dialog_ask (GtkWidget *asker, const SalFileKind *kind, const char *title, GFile *folder,
                     const char *name, SalFileFunc chosen)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (asker));
  GHashTable *questions = questions_of (window);
  GHashTableIter iter;
  gpointer earlier;

  g_hash_table_iter_init (&iter, questions);
  while (g_hash_table_iter_next (&iter, NULL, &earlier))
    withdraw (earlier);
  Question *question = g_hash_table_lookup (questions, kind);
  if (question == NULL) {
    question = question_new (window, kind);
    g_hash_table_insert (questions, (gpointer) kind, question);
  }
  question->asker = asker;
  question->chosen = chosen;
  g_free (question->ending);
  question->ending = name != NULL ? g_strdup (strrchr (name, '.')) : NULL;
  g_signal_connect_swapped (asker, "destroy", G_CALLBACK (withdraw), question);
  gtk_native_dialog_set_title (question->dialog, title);
  start_in (GTK_FILE_CHOOSER (question->dialog), kind, folder);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (question->dialog), name);
  /* To make a dialog takes GTK some 25 ms and to show it the first time 15: a frame may come
   * between them. */
  question->show_id = g_idle_add (show_cb, question);
}
