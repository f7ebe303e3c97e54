/* A folder of pictures in the window: a strip of them, stepping through, and averages over it. */
#include "app/window-private.h"

#include "app/average.h"
#include "app/layer-row.h"

#include "ui/picture-tile.h"

#include <glib/gi18n.h>
#include <math.h>

static guint
n_pictures (SalWindow *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->folder));
}

/* Where one is: in the header and in the strip. */
static void
show_place (SalWindow *self)
{
  SalPicture *picture = sal_document_picture (self->document);
  guint n = n_pictures (self);
  guint at = picture != NULL ? sal_folder_find (self->folder, picture->path) : G_MAXUINT;
  g_autofree char *text =
      at < n ? g_strdup_printf (_ ("%u/%u"), at + 1, n) : g_strdup_printf (_ ("–/%u"), n);

  gtk_label_set_label (self->place, text);
  gtk_widget_set_visible (self->place_box, n > 0);
  gtk_widget_set_visible (self->folder_strip, n > 0);
  sal_window_enable (self, "next-picture", n > 0 && (at >= n || at + 1 < n));
  sal_window_enable (self, "previous-picture", n > 0 && (at >= n || at > 0));
  sal_window_enable (self, "average-folder", n > 0 && sal_document_model (self->document) != NULL);
  sal_window_enable (self, "close-folder", n > 0);
  self->showing = TRUE;
  gtk_single_selection_set_selected (self->folder_selection,
                                     at < n ? at : GTK_INVALID_LIST_POSITION);
  self->showing = FALSE;
  if (at < n)
    sal_folder_hurry (self->folder, at);
}

static void
open_nth (SalWindow *self, guint at)
{
  g_autoptr (SalFolderItem) item = g_list_model_get_item (G_LIST_MODEL (self->folder), at);

  if (item == NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self->folder_list), "list.scroll-to-item", "u", at);
  sal_document_open_picture (self->document, sal_folder_item_path (item));
}

void
sal_window_step_picture (SalWindow *self, int by)
{
  guint n = n_pictures (self);
  guint at = gtk_single_selection_get_selected (self->folder_selection);

  if (n == 0)
    return;
  if (at >= n)
    at = by > 0 ? 0 : n - 1;
  else if ((by < 0 && at == 0) || (by > 0 && at + 1 == n))
    return;
  else
    at = (guint) ((int) at + by);
  /* At once, so that quick keys go on from here while pictures are still being opened. */
  self->showing = TRUE;
  gtk_single_selection_set_selected (self->folder_selection, at);
  self->showing = FALSE;
  open_nth (self, at);
}

static void
selected_cb (SalWindow *self)
{
  guint at = gtk_single_selection_get_selected (self->folder_selection);

  if (!self->showing && at != GTK_INVALID_LIST_POSITION)
    open_nth (self, at);
}

static void
say_how_many (SalWindow *self)
{
  guint listed = n_pictures (self), total = sal_folder_total (self->folder);

  if (listed == total)
    return;
  g_autofree char *some = sal_count_text (listed), *all = sal_count_text (total);
  g_autofree char *title =
      g_strdup_printf (_ ("The first %s of %s pictures are listed"), some, all);
  sal_window_toast (self, adw_toast_new (title));
}

/* What is worked out of pictures that are no longer listed is of no use. */
static void
forget_average (SalWindow *self)
{
  sal_lane_forget (self->averages);
  gtk_button_set_label (self->average, _ ("Average Maps"));
}

static void
opened_cb (SalWindow *self)
{
  SalPicture *picture = sal_document_picture (self->document);

  forget_average (self);
  show_place (self);
  say_how_many (self);
  if (self->folder_beside)
    return;
  /* Who opens a folder wants to see what is in it. */
  if (picture == NULL || sal_folder_find (self->folder, picture->path) == G_MAXUINT) {
    g_autoptr (SalFolderItem) first = g_list_model_get_item (G_LIST_MODEL (self->folder), 0);

    /* Not as one of several files: a model that was named beside the folder is still on its way. */
    self->complement = TRUE;
    sal_document_open_picture (self->document, sal_folder_item_path (first));
  }
}

static void
model_cb (SalWindow *self)
{
  sal_folder_set_model (self->folder, sal_document_model (self->document));
  show_place (self);
}

void
sal_window_list_folder (SalWindow *self, const char *path, gboolean beside)
{
  self->folder_beside = beside;
  sal_folder_open (self->folder, path);
}

void
sal_window_open_folder (SalWindow *self, GFile *file)
{
  g_autofree char *path = sal_window_path (self, file, _ ("“%s” cannot be opened"));

  if (path != NULL)
    sal_window_list_folder (self, path, FALSE);
}

void
sal_window_choose_folder (SalWindow *self)
{
  static const SalFileKind kind = { .action = GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                    .picture = TRUE };

  sal_window_choose (self, &kind, _ ("Open Folder"), NULL, sal_window_open_folder);
}

void
sal_window_close_folder (SalWindow *self)
{
  forget_average (self);
  sal_folder_close (self->folder);
  show_place (self);
}

/* Averages. */

static void
average_progress (double fraction, const SalPartial *partial, gpointer owner)
{
  SalWindow *self = owner;
  g_autofree char *text = g_strdup_printf (_ ("Stop (%.0f %%)"), floor (100 * fraction));

  gtk_button_set_label (self->average, text);
}

/* Nobody should take an average for one over pictures that are not in it. */
static void
tell_left_out (SalWindow *self, const SalAverages *averages)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  if (averages->n_failed > 0)
    g_ptr_array_add (parts, g_strdup_printf (g_dngettext (NULL, "%u picture could not be explained",
                                                          "%u pictures could not be explained",
                                                          averages->n_failed),
                                             averages->n_failed));
  if (averages->n_rare > 0)
    g_ptr_array_add (
        parts, g_strdup_printf (g_dngettext (NULL, "%u picture of the rarest classes was left out",
                                             "%u pictures of the rarest classes were left out",
                                             averages->n_rare),
                                averages->n_rare));
  if (parts->len == 0)
    return;
  g_ptr_array_add (parts, NULL);
  g_autofree char *title = g_strjoinv (" · ", (char **) parts->pdata);
  sal_window_toast (self, adw_toast_new (title));
}

static void
average_done (gpointer result, const GError *error, gpointer owner)
{
  SalWindow *self = owner;
  g_autoptr (SalAverages) averages = result;

  gtk_button_set_label (self->average, _ ("Average Maps"));
  if (averages != NULL) {
    sal_window_exhibits (self, averages->exhibits);
    tell_left_out (self, averages);
  } else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    sal_window_failed (self, _ ("There is no average"), error->message);
  }
}

static const SalLaneType average_lane = {
  sal_work_average,
  average_progress,
  average_done,
  (GDestroyNotify) sal_average_order_free,
  (GDestroyNotify) sal_averages_free,
};

void
sal_window_average_folder (SalWindow *self)
{
  SalModel *model = sal_document_model (self->document);

  if (sal_lane_busy (self->averages)) {
    sal_lane_cancel (self->averages);
    return;
  }
  if (model == NULL || n_pictures (self) == 0)
    return;
  average_progress (0, NULL, self);
  sal_lane_start (self->averages,
                  sal_average_order_new (
                      model, sal_folder_paths (self->folder), sal_document_method (self->document),
                      sal_document_settings (self->document), sal_document_kind (self->document),
                      sal_document_looks (self->document)),
                  SAL_LANE_QUEUE);
}

/* Tiles. */

static void
show_item (SalFolderItem *item, GParamSpec *pspec, SalPictureTile *tile)
{
  g_autofree char *answer = NULL, *name = NULL;
  g_autoptr (GdkPaintable) thumbnail = NULL;

  g_object_get (item, "answer", &answer, "name", &name, "thumbnail", &thumbnail, NULL);
  sal_picture_tile_show (tile, thumbnail, answer, name);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, sal_picture_tile_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  SalPictureTile *tile = SAL_PICTURE_TILE (gtk_list_item_get_child (item));

  show_item (gtk_list_item_get_item (item), NULL, tile);
  g_signal_connect (gtk_list_item_get_item (item), "notify", G_CALLBACK (show_item), tile);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), show_item,
                                        gtk_list_item_get_child (item));
}

void
sal_window_folder_init (SalWindow *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->folder = sal_folder_new ();
  self->averages = sal_lane_new (&average_lane, self);
  self->folder_selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->folder)));
  gtk_single_selection_set_autoselect (self->folder_selection, FALSE);
  gtk_single_selection_set_can_unselect (self->folder_selection, TRUE);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  gtk_list_view_set_factory (self->folder_list, factory);
  gtk_list_view_set_model (self->folder_list, GTK_SELECTION_MODEL (self->folder_selection));
  g_object_unref (factory);
  g_signal_connect_object (self->folder_selection, "notify::selected", G_CALLBACK (selected_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "failed", G_CALLBACK (sal_window_failed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->folder, "failed", G_CALLBACK (sal_window_welcome_again), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::picture", G_CALLBACK (show_place), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::model", G_CALLBACK (model_cb), self,
                           G_CONNECT_SWAPPED);
  show_place (self);
}

void
sal_window_folder_dispose (SalWindow *self)
{
  g_clear_pointer (&self->averages, sal_lane_free);
  g_clear_object (&self->folder_selection);
  g_clear_object (&self->folder);
}
