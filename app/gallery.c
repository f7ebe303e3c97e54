#include "app/gallery.h"

#include "app/gallery-row.h"

#include <glib/gi18n.h>

struct _SalGallery {
  AdwWindow parent_instance;

  AdwPreferencesGroup *group;
  GPtrArray *rows; /* of SalGalleryRow, not owned */
};

G_DEFINE_FINAL_TYPE (SalGallery, sal_gallery, ADW_TYPE_WINDOW)

enum { OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
opened_cb (SalGallery *self, const char *path, SalGalleryRow *row)
{
  g_signal_emit (self, signals[OPENED], 0, path,
                 adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
}

/* Says from where, so that nobody is taken by surprise. */
static void
describe (SalGallery *self, const SalZoo *zoo)
{
  g_autofree char *address = sal_zoo_address (zoo);
  g_autoptr (GUri) uri = g_uri_parse (address, G_URI_FLAGS_NONE, NULL);
  g_autofree char *text = g_markup_printf_escaped (
      _ ("Classifiers of photographs that others have published. They come from %s when you ask "
         "for one, and are kept in your home folder."),
      uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri) : address);

  adw_preferences_group_set_description (self->group, text);
}

static void
fill (SalGallery *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SalZoo) zoo = sal_zoo_load (&error);

  if (zoo == NULL) {
    g_autofree char *text = g_markup_escape_text (error->message, -1);

    adw_preferences_group_set_description (self->group, text);
    return;
  }
  describe (self, zoo);
  for (guint i = 0; i < sal_zoo_models (zoo)->len; i++) {
    GtkWidget *row = sal_gallery_row_new (zoo, sal_zoo_models (zoo)->pdata[i]);

    g_signal_connect_object (row, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
    adw_preferences_group_add (self->group, row);
    g_ptr_array_add (self->rows, row);
  }
}

/* Files may have come or gone since it was last seen. */
static void
sal_gallery_map (GtkWidget *widget)
{
  SalGallery *self = SAL_GALLERY (widget);

  for (guint i = 0; i < self->rows->len; i++)
    sal_gallery_row_update (self->rows->pdata[i]);
  GTK_WIDGET_CLASS (sal_gallery_parent_class)->map (widget);
}

static void
sal_gallery_finalize (GObject *object)
{
  g_ptr_array_unref (SAL_GALLERY (object)->rows);
  G_OBJECT_CLASS (sal_gallery_parent_class)->finalize (object);
}

static void
sal_gallery_class_init (SalGalleryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sal_gallery_finalize;
  widget_class->map = sal_gallery_map;
  signals[OPENED] = g_signal_new ("opened", SAL_TYPE_GALLERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/gallery.ui");
  gtk_widget_class_bind_template_child (widget_class, SalGallery, group);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sal_gallery_init (SalGallery *self)
{
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  fill (self);
}

GtkWidget *
sal_gallery_new (GtkWindow *parent)
{
  return g_object_new (SAL_TYPE_GALLERY, "transient-for", parent, NULL);
}

GtkWidget *
sal_gallery_row (SalGallery *self, guint i)
{
  return i < self->rows->len ? self->rows->pdata[i] : NULL;
}
