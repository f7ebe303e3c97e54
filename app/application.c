#include "app/application.h"

#include "app/memory.h"
#include "app/preferences.h"
#include "app/window.h"

#include <glib/gi18n.h>

struct _SalApplication {
  AdwApplication parent_instance;

  GSettings *preferences; /* NULL if there is no schema */
};

G_DEFINE_FINAL_TYPE (SalApplication, sal_application, ADW_TYPE_APPLICATION)

static SalWindow *
new_window (GApplication *app)
{
  GtkWidget *window = sal_window_new (GTK_APPLICATION (app));

  gtk_window_present (GTK_WINDOW (window));
  return SAL_WINDOW (window);
}

static void
sal_application_activate (GApplication *app)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (app));

  if (window != NULL) {
    gtk_window_present (window);
    return;
  }
  SalWindow *first = new_window (app);
  if (!sal_window_restore_session (first))
    sal_window_welcome (first);
}

static void
sal_application_open (GApplication *app, GFile **files, int n, const char *hint)
{
  sal_window_open_files (new_window (app), files, (guint) n);
}

static int
sal_application_handle_local_options (GApplication *app, GVariantDict *options)
{
  if (g_variant_dict_contains (options, "version")) {
    g_print ("salience %s\n", SAL_VERSION);
    return 0;
  }
  return -1;
}

static void
new_window_cb (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  sal_window_welcome (new_window (app));
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  adw_show_about_window (
      gtk_application_get_active_window (app), "application-name", _ ("Salience"),
      "application-icon", "org.salience.Salience", "version", SAL_VERSION, "developer-name",
      _ ("The Salience authors"), "license-type", GTK_LICENSE_MIT_X11, "comments",
      _ ("Shows where an image classifier looks: attributions by its own gradients, painted over "
         "the picture."),
      NULL);
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer app)
{
  /* Windows are closed, not just dropped, so that each can save what it remembers. */
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (app));

  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

static void
style_cb (GSimpleAction *action, GVariant *state, gpointer app)
{
  const char *name = g_variant_get_string (state, NULL);
  AdwColorScheme scheme = ADW_COLOR_SCHEME_DEFAULT;

  if (g_str_equal (name, "light"))
    scheme = ADW_COLOR_SCHEME_FORCE_LIGHT;
  else if (g_str_equal (name, "dark"))
    scheme = ADW_COLOR_SCHEME_FORCE_DARK;
  adw_style_manager_set_color_scheme (adw_application_get_style_manager (app), scheme);
  g_simple_action_set_state (action, state);
  if (SAL_APPLICATION (app)->preferences != NULL)
    g_settings_set_string (SAL_APPLICATION (app)->preferences, "style", name);
}

static const GActionEntry actions[] = {
  { .name = "new-window", .activate = new_window_cb },
  { .name = "about", .activate = about_cb },
  { .name = "quit", .activate = quit_cb },
  { .name = "style", .parameter_type = "s", .state = "'system'", .change_state = style_cb },
};

static const struct {
  const char *action;
  const char *keys[3];
} accels[] = {
  { "app.quit", { "<Ctrl>q" } },
  { "app.new-window", { "<Ctrl>n" } },
  { "window.close", { "<Ctrl>w" } },
  { "win.open-model", { "<Ctrl>o" } },
  { "win.open-picture", { "<Ctrl><Shift>o" } },
  { "win.save-session", { "<Ctrl>s" } },
  { "win.save-session-as", { "<Ctrl><Shift>s" } },
  { "win.open-folder", { "<Ctrl><Alt>o" } },
  { "win.export", { "<Ctrl>e" } },
  { "win.undo", { "<Ctrl>z" } },
  { "win.redo", { "<Ctrl><Shift>z", "<Ctrl>y" } },
  { "win.page::explore", { "<Alt>1" } },
  { "win.page::compare", { "<Alt>2" } },
  { "win.page::model", { "<Alt>3" } },
  { "win.side-panel", { "F9" } },
  { "win.fullscreen", { "F11" } },
  { "win.show-help-overlay", { "<Ctrl>question", "<Ctrl><Shift>question" } },
};

static void
sal_application_startup (GApplication *app)
{
  G_APPLICATION_CLASS (sal_application_parent_class)->startup (app);
  gtk_window_set_default_icon_name ("org.salience.Salience");
  /* GTK 4.8 asks the widget that had the focus before whether it is within the label that now gets
   * it, even if it is gone: a row of a list that was filled anew. Unless the label is to select its
   * text, which would be in the way of a selection made by hand anyhow. */
  g_object_set (gtk_settings_get_default (), "gtk-label-select-on-focus", FALSE, NULL);
  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (app), accels[i].action, accels[i].keys);

  SalApplication *self = SAL_APPLICATION (app);
  self->preferences = sal_preferences_new ();
  sal_preferences_apply_memory (self->preferences);
  if (self->preferences != NULL) {
    g_autoptr (GVariant) style = g_settings_get_value (self->preferences, "style");
    g_action_group_change_action_state (G_ACTION_GROUP (app), "style", style);
  }
}

static void
sal_application_finalize (GObject *object)
{
  g_clear_object (&SAL_APPLICATION (object)->preferences);
  G_OBJECT_CLASS (sal_application_parent_class)->finalize (object);
}

static void
sal_application_class_init (SalApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sal_application_finalize;
  app_class->startup = sal_application_startup;
  app_class->activate = sal_application_activate;
  app_class->open = sal_application_open;
  app_class->handle_local_options = sal_application_handle_local_options;
}

static void
sal_application_init (SalApplication *self)
{
  GApplication *app = G_APPLICATION (self);
  const GOptionEntry options[] = {
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL }, { NULL }
  };

  g_application_add_main_option_entries (app, options);
  g_application_set_option_context_parameter_string (app, _ ("[MODEL.onnx] [IMAGE|FOLDER]"));
  g_application_set_option_context_summary (
      app, _ ("Shows where an image classifier looks. Without files, shows examples to click."));
}

SalApplication *
sal_application_new (void)
{
  sal_memory_init ();
  return g_object_new (SAL_TYPE_APPLICATION, "application-id", "org.salience.Salience", "flags",
                       G_APPLICATION_HANDLES_OPEN, "resource-base-path", "/org/salience/Salience",
                       NULL);
}
