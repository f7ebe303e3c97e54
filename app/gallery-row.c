#include "app/gallery-row.h"

#include "app/jobs.h"
#include "ui/progress-ring.h"

#include <glib/gi18n.h>

struct _SalGalleryRow {
  AdwActionRow parent_instance;

  GtkButton *button;
  GtkWidget *ring;

  SalZoo *zoo;
  const SalZooModel *model;
  SalLane *lane;
  char *about; /* the subtitle while nothing happens */
};

G_DEFINE_FINAL_TYPE (SalGalleryRow, sal_gallery_row, ADW_TYPE_ACTION_ROW)

enum { OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* For the worker. */
typedef struct {
  SalZoo *zoo;
  const SalZooModel *model;
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;

  sal_zoo_unref (wanted->zoo);
  g_free (wanted);
}

static gpointer
run (gpointer input, const SalProgress *progress, GError **error)
{
  const Wanted *wanted = input;

  return sal_zoo_get (wanted->zoo, wanted->model, NULL, progress, error);
}

static void
say (SalGalleryRow *self, const char *subtitle)
{
  g_autofree char *text = g_markup_escape_text (subtitle, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
}

void
sal_gallery_row_update (SalGalleryRow *self)
{
  gboolean busy = sal_lane_busy (self->lane);

  gtk_widget_set_visible (self->ring, busy);
  gtk_button_set_label (self->button, busy                            ? _ ("Cancel")
                                      : sal_zoo_is_here (self->model) ? _ ("Open")
                                                                      : _ ("Download"));
}

static void
progress_cb (double fraction, const SalPartial *partial, gpointer owner)
{
  SalGalleryRow *self = owner;
  g_autofree char *have = g_format_size ((guint64) (fraction * (double) self->model->bytes));
  g_autofree char *all = g_format_size ((guint64) self->model->bytes);
  /* Translators: 12.5 MB of 44 MB */
  g_autofree char *text = g_strdup_printf (_ ("%s of %s"), have, all);

  sal_progress_ring_set_fraction (SAL_PROGRESS_RING (self->ring), fraction);
  say (self, text);
}

static void
done_cb (gpointer result, const GError *error, gpointer owner)
{
  SalGalleryRow *self = owner;
  g_autofree char *path = result;

  if (path == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    gtk_widget_add_css_class (GTK_WIDGET (self), "failed");
    say (self, error->message);
  } else {
    say (self, self->about);
  }
  sal_gallery_row_update (self);
  if (path != NULL)
    g_signal_emit (self, signals[OPENED], 0, path);
}

static const SalLaneType lane_type = { run, progress_cb, done_cb, wanted_free, g_free };

static void
clicked_cb (SalGalleryRow *self)
{
  if (sal_lane_busy (self->lane)) {
    sal_lane_cancel (self->lane);
    return;
  }
  if (sal_zoo_is_here (self->model)) {
    g_autofree char *path = sal_zoo_file (self->model);

    g_signal_emit (self, signals[OPENED], 0, path);
    return;
  }
  Wanted *wanted = g_new (Wanted, 1);
  *wanted = (Wanted){ sal_zoo_ref (self->zoo), self->model };
  gtk_widget_remove_css_class (GTK_WIDGET (self), "failed");
  sal_progress_ring_set_fraction (SAL_PROGRESS_RING (self->ring), 0);
  say (self, _ ("Connecting…"));
  sal_lane_start (self->lane, wanted, SAL_LANE_REPLACE);
  sal_gallery_row_update (self);
}

static void
sal_gallery_row_dispose (GObject *object)
{
  SalGalleryRow *self = SAL_GALLERY_ROW (object);

  g_clear_pointer (&self->lane, sal_lane_free);
  g_clear_pointer (&self->zoo, sal_zoo_unref);
  g_clear_pointer (&self->about, g_free);
  G_OBJECT_CLASS (sal_gallery_row_parent_class)->dispose (object);
}

static void
sal_gallery_row_class_init (SalGalleryRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sal_gallery_row_dispose;
  signals[OPENED] = g_signal_new ("opened", SAL_TYPE_GALLERY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
sal_gallery_row_init (SalGalleryRow *self)
{
  self->lane = sal_lane_new (&lane_type, self);
  self->ring = g_object_new (SAL_TYPE_PROGRESS_RING, "valign", GTK_ALIGN_CENTER, NULL);
  self->button = GTK_BUTTON (gtk_button_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->ring);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), GTK_WIDGET (self->button));
  /* Errors are whole sentences. */
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (clicked_cb), self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
sal_gallery_row_new (SalZoo *zoo, const SalZooModel *model)
{
  SalGalleryRow *self = g_object_new (SAL_TYPE_GALLERY_ROW, NULL);
  g_autofree char *size = g_format_size ((guint64) model->bytes);
  g_autofree char *title = g_markup_escape_text (model->title, -1);

  self->zoo = sal_zoo_ref (zoo);
  self->model = model;
  self->about = g_strdup_printf ("%s · %d×%d · %s · %s", _ (model->classes), model->height,
                                 model->width, size, model->licence);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, model->title, -1);
  say (self, self->about);
  sal_gallery_row_update (self);
  return GTK_WIDGET (self);
}

GtkButton *
sal_gallery_row_button (SalGalleryRow *self)
{
  return self->button;
}
