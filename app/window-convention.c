/* Other programs' defaults: a menu that sets a method's parameters and the appearance as one of
 * them would, and says whose are in force. */
#include "app/window-private.h"

#include "app/looks.h"
#include "engine/explain/conventions.h"
#include "engine/explain/smooth.h"

#include <glib/gi18n.h>

/* What @convention makes of a method's settings, and the looks that belong to it. Another program
 * knows nothing of those of this window: what it leaves open is as in a file. */
static void
adopt (const SalConvention *convention, const SalMethod *method, const SalSettings *now,
       SalSettings **settings, SalSettings **looks)
{
  gboolean own = convention == sal_conventions ();

  *settings = sal_settings_copy (now);
  *looks = own ? sal_looks_new () : sal_settings_new ();
  sal_convention_apply (convention, method, *settings);
  if (!own)
    sal_convention_apply (convention, method, *looks);
}

static gboolean
in_force (SalWindow *self, const SalConvention *convention)
{
  const SalMethod *method = sal_document_method (self->document);
  const SalSettings *now = sal_document_settings (self->document);
  g_autoptr (SalSettings) settings = NULL;
  g_autoptr (SalSettings) looks = NULL;

  adopt (convention, method, now, &settings, &looks);
  return sal_settings_equal (settings, now, method->params) &&
         sal_settings_equal (settings, now, sal_smooth_params ()) &&
         sal_settings_equal (looks, sal_document_looks (self->document), sal_appearance_params ());
}

static char *
title_of (const SalConvention *convention)
{
  return convention == sal_conventions () ? g_strdup (_ ("Defaults"))
                                          : g_strdup_printf (_ ("As %s"), convention->name);
}

static void
show_convention (SalWindow *self)
{
  const SalConvention *found = NULL;

  for (const SalConvention *c = sal_conventions (); c->id != NULL && found == NULL; c++)
    if (in_force (self, c))
      found = c;
  g_autofree char *title = found != NULL ? title_of (found) : g_strdup (_ ("Custom"));

  sal_window_set_state (self, "convention", found != NULL ? found->id : "");
  gtk_menu_button_set_label (self->conventions, title);
}

static void
convention_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  SalWindow *self = data;
  const SalConvention *convention = sal_convention_find (g_variant_get_string (state, NULL));
  g_autoptr (SalSettings) settings = NULL;
  g_autoptr (SalSettings) looks = NULL;

  if (convention == NULL)
    return;
  adopt (convention, sal_document_method (self->document), sal_document_settings (self->document),
         &settings, &looks);
  sal_document_set_looks (self->document, looks);
  sal_document_set_settings (self->document, settings);
}

void
sal_window_convention_init (SalWindow *self)
{
  static const GActionEntry actions[] = {
    { .name = "convention", .parameter_type = "s", .state = "''", .change_state = convention_cb },
  };
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenu) own = g_menu_new ();
  g_autoptr (GMenu) others = g_menu_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (const SalConvention *c = sal_conventions (); c->id != NULL; c++) {
    g_autofree char *title = title_of (c);
    g_autoptr (GMenuItem) item = g_menu_item_new (title, NULL);

    g_menu_item_set_action_and_target (item, "win.convention", "s", c->id);
    g_menu_append_item (c == sal_conventions () ? own : others, item);
  }
  g_menu_append_section (menu, NULL, G_MENU_MODEL (own));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (others));
  gtk_menu_button_set_menu_model (self->conventions, G_MENU_MODEL (menu));
  show_convention (self);
  g_signal_connect_object (self->document, "notify::settings", G_CALLBACK (show_convention), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::looks", G_CALLBACK (show_convention), self,
                           G_CONNECT_SWAPPED);
}
