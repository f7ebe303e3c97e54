/* What was open lately: menus in the window. */
#include "app/window-private.h"

#include "app/path-text.h"

#define N_RECENT 8

static GMenu *
recent_menu (SalWindow *self, const char *key)
{
  GMenu *menu = g_menu_new ();
  g_auto (GStrv) paths = g_settings_get_strv (self->preferences, key);

  for (char **text = paths; *text != NULL; text++) {
    g_autofree char *path = sal_path_from_text (*text);
    g_autofree char *name = g_filename_display_basename (path);
    g_auto (GStrv) parts = g_strsplit (name, "_", -1);
    g_autofree char *plain = g_strjoinv ("__", parts); /* one would be a mnemonic */
    g_autoptr (GMenuItem) item = g_menu_item_new (plain, NULL);

    g_menu_item_set_action_and_target (item, "win.open-recent", "s", *text);
    g_menu_append_item (menu, item);
  }
  return menu;
}

void
sal_window_show_recent (SalWindow *self)
{
  if (self->preferences == NULL)
    return;
  g_autoptr (GMenu) models = recent_menu (self, "recent-models");
  g_autoptr (GMenu) pictures = recent_menu (self, "recent-pictures");

  gtk_menu_button_set_menu_model (self->recent_models, G_MENU_MODEL (models));
  gtk_menu_button_set_menu_model (self->recent_pictures, G_MENU_MODEL (pictures));
  gtk_widget_set_visible (GTK_WIDGET (self->recent_models),
                          !self->narrow && g_menu_model_get_n_items (G_MENU_MODEL (models)) > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->recent_pictures),
                          !self->narrow && g_menu_model_get_n_items (G_MENU_MODEL (pictures)) > 0);
}

static void
add_recent (SalWindow *self, const char *key, const char *path)
{
  g_auto (GStrv) before = g_settings_get_strv (self->preferences, key);
  g_autoptr (GPtrArray) after = g_ptr_array_new ();
  g_autofree char *text = path != NULL ? sal_path_text (path) : NULL;

  if (text == NULL || g_strcmp0 (before[0], text) == 0)
    return;
  g_ptr_array_add (after, text);
  for (char **old = before; *old != NULL && after->len < N_RECENT; old++) {
    g_autofree char *file = sal_path_from_text (*old);
    if (!g_str_equal (*old, text) && g_file_test (file, G_FILE_TEST_EXISTS))
      g_ptr_array_add (after, *old);
  }
  g_ptr_array_add (after, NULL);
  g_settings_set_strv (self->preferences, key, (const char *const *) after->pdata);
  sal_window_show_recent (self);
}

static void
view_cb (SalWindow *self)
{
  SalView *view = sal_document_view (self->document);

  if (view == NULL || self->preferences == NULL)
    return;
  add_recent (self, "recent-models", sal_model_path (view->model));
  add_recent (self, "recent-pictures", view->picture->path);
}

void
sal_window_recent_init (SalWindow *self)
{
  if (self->preferences == NULL) {
    gtk_widget_set_visible (GTK_WIDGET (self->recent_models), FALSE);
    gtk_widget_set_visible (GTK_WIDGET (self->recent_pictures), FALSE);
    return;
  }
  sal_window_show_recent (self);
  g_signal_connect_object (self->document, "notify::view", G_CALLBACK (view_cb), self,
                           G_CONNECT_SWAPPED);
}
