#include "ui/path-row.h"

#include "ui/browse.h"
#include "ui/choice-row.h"
#include "ui/steady-layout.h"

#include <glib/gi18n.h>
#include <string.h>

/* Id of the entry that asks for a file; no path is like it. */
#define BROWSE "\t"

struct _SalPathRow {
  GtkWidget parent_instance;

  SalChoiceRow *choice;
  const SalParam *param;
  char *text;
};

G_DEFINE_FINAL_TYPE (SalPathRow, sal_path_row, GTK_TYPE_WIDGET)

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
fill (SalPathRow *self)
{
  g_autofree char *name = g_filename_display_basename (self->text);
  SalItem items[] = {
    { "", _ ("None"), NULL },
    { self->text, name, NULL },
    { BROWSE, self->param->kind == SAL_PARAM_FOLDER ? _ ("Folder…") : _ ("Array…"), NULL },
  };

  if (*self->text == '\0')
    items[1] = items[2];
  sal_choice_row_set_items (self->choice, items, *self->text == '\0' ? 2 : 3);
  sal_choice_row_set_id (self->choice, self->text);
}

static void
take (SalPathRow *self, const char *text)
{
  sal_path_row_set_text (self, text);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
files_chosen (GtkWidget *row, GListModel *files)
{
  g_autofree char *path = sal_browse_path (files);

  if (path != NULL)
    take (SAL_PATH_ROW (row), path);
}

static void
choice_changed_cb (SalPathRow *self)
{
  const char *id = sal_choice_row_get_id (self->choice);

  if (id == NULL)
    return;
  if (strcmp (id, BROWSE) == 0) {
    sal_choice_row_set_id (self->choice, self->text); /* unless a file is chosen */
    sal_browse (GTK_WIDGET (self), self->param, self->text, files_chosen);
  } else {
    g_autofree char *text = g_strdup (id);
    take (self, text);
  }
}

void
sal_path_row_set_text (SalPathRow *self, const char *text)
{
  g_return_if_fail (SAL_IS_PATH_ROW (self) && text != NULL);
  if (strcmp (text, self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  fill (self);
}

const char *
sal_path_row_get_text (SalPathRow *self)
{
  return self->text;
}

GtkWidget *
sal_path_row_label (SalPathRow *self)
{
  g_return_val_if_fail (SAL_IS_PATH_ROW (self), NULL);
  return sal_choice_row_label (self->choice);
}

static void
sal_path_row_dispose (GObject *object)
{
  SalPathRow *self = SAL_PATH_ROW (object);

  if (self->choice != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->choice));
  self->choice = NULL;
  G_OBJECT_CLASS (sal_path_row_parent_class)->dispose (object);
}

static void
sal_path_row_finalize (GObject *object)
{
  g_free (SAL_PATH_ROW (object)->text);
  G_OBJECT_CLASS (sal_path_row_parent_class)->finalize (object);
}

static void
sal_path_row_class_init (SalPathRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sal_path_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_path_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", SAL_TYPE_PATH_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), SAL_TYPE_STEADY_LAYOUT);
}

static void
sal_path_row_init (SalPathRow *self)
{
}

GtkWidget *
sal_path_row_new (const SalParam *param)
{
  SalPathRow *self = g_object_new (SAL_TYPE_PATH_ROW, NULL);

  self->param = param;
  self->text = g_strdup (param->text_otherwise != NULL ? param->text_otherwise : "");
  self->choice = SAL_CHOICE_ROW (sal_choice_row_new (_ (param->label), _ (param->help)));
  gtk_widget_set_parent (GTK_WIDGET (self->choice), GTK_WIDGET (self));
  g_signal_connect_object (self->choice, "changed", G_CALLBACK (choice_changed_cb), self,
                           G_CONNECT_SWAPPED);
  fill (self);
  return GTK_WIDGET (self);
}
