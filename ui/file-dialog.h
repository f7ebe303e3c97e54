/* Asking for files: a window has one dialog for each kind of file and keeps it. */
#pragma once

#include <gtk/gtk.h>

/** SalFileKind: static; what is asked for */
typedef struct {
  GtkFileChooserAction action;
  gboolean several;   /* more than one may be chosen */
  const char *filter; /* (nullable): marked for translation, what is listed; %NULL lists all */
  const char *suffix; /* (nullable): which files that is, without the dot; %NULL: pictures */
  gboolean all;       /* or, on request, all */
  gboolean picture;   /* is looked for where people have their pictures, the first time */
} SalFileKind;

/**
 * SalFileFunc:
 * @asker: who asked
 * @files: of #GFile; empty if nothing was chosen
 */
typedef void (*SalFileFunc) (GtkWidget *asker, GListModel *files);

/**
 * sal_file_dialog_ask:
 * @asker: in the window that is asked in, or that window; if it goes, so does the question
 * @title: translated
 * @folder: (nullable): where to start if it is still there; otherwise where @kind is looked for, or
 *   the home folder
 * @name: (nullable): for a file that is to be written
 *
 * Takes the place of a question that the window asks already, which is not answered then.
 */
void sal_file_dialog_ask (GtkWidget *asker, const SalFileKind *kind, const char *title,
                          GFile *folder, const char *name, SalFileFunc chosen);
