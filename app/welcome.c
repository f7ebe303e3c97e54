#include "app/welcome.h"

#include "app/bundled.h"
#include "app/jobs.h"
#include "app/looks.h"
#include "app/thumb.h"
#include "engine/explain/smooth.h"
#include "ui/image-texture.h"
#include "ui/steady-layout.h"

#include <glib/gi18n.h>

#define SIDE 200 /* of a card's picture */
#define CARD_WIDTH 220
#define N_CARDS 3

/* Each shows something that a person new to this should know. */
static const struct {
  const char *picture;
  const char *method;
  const char *smooth;
  const char *class_name; /* NULL: the highest */
  const char *title, *text;
} examples[N_CARDS] = {
  { "clock-and-mushroom", "grad-cam", "none", NULL, N_ ("One Picture, Two Answers"),
    N_ ("Ask for the clock, then for the mushroom: the map moves.") },
  { "butterfly", "gradient", "smoothgrad", NULL, N_ ("Pixel by Pixel"),
    N_ ("The pixels that the score of “butterfly” depends on most.") },
  { "upside-down-mushroom", "grad-cam", "none", "mug", N_ ("A Mistake, Explained"),
    N_ ("The network takes a mushroom for a mug. The map says why.") },
};

typedef struct {
  GPtrArray *explanations; /* of SalExplanation */
  GPtrArray *images;       /* of SalImage */
} Drawn;

struct _SalWelcome {
  GtkWidget parent_instance;

  GtkWidget *page;
  GtkBox *cards;
  SalLane *lane;
  Drawn *drawn;
  gboolean wanted; /* the examples are, whenever this is seen */
};

G_DEFINE_FINAL_TYPE (SalWelcome, sal_welcome, GTK_TYPE_WIDGET)

enum { CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
drawn_free (gpointer data)
{
  Drawn *drawn = data;

  g_ptr_array_unref (drawn->explanations);
  g_ptr_array_unref (drawn->images);
  g_free (drawn);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Drawn, drawn_free)

/* In the worker. */
static SalExplanation *
explain (SalModel *model, guint i, const SalProgress *progress, GError **error)
{
  g_autofree char *path = sal_bundled_example (examples[i].picture);

  if (path == NULL) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "%s.png: not there", examples[i].picture);
    return NULL;
  }
  g_autoptr (SalView) view = sal_work_see (model, NULL, NULL, path, progress, error);
  if (view == NULL)
    return NULL;
  const SalMethod *method = sal_method_find (examples[i].method);
  g_autoptr (SalSettings) settings = sal_settings_new ();
  SalTarget target = { g_array_index (view->predictions, SalPrediction, 0).class_index, -1,
                       SAL_OUTPUT_LOGIT };

  sal_settings_set_text (settings, sal_param_find (sal_smooth_params (), "smooth"),
                         examples[i].smooth, NULL);
  if (examples[i].class_name != NULL) {
    int named = sal_model_find_class (model, examples[i].class_name, NULL);
    if (named >= 0)
      target.class_index = named;
  }
  g_autoptr (SalExplanation) asked = sal_explanation_new (view, method, settings, target);
  return sal_work_explain (asked, progress, error);
}

static gpointer
run (gpointer path, const SalProgress *progress, GError **error)
{
  g_autoptr (SalModel) model = sal_work_open_model (path, progress, error);
  g_autoptr (SalSettings) looks = sal_looks_new ();

  if (model == NULL)
    return NULL;
  g_autoptr (Drawn) drawn = g_new0 (Drawn, 1);
  drawn->explanations = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_explanation_unref);
  drawn->images = g_ptr_array_new_with_free_func ((GDestroyNotify) sal_image_unref);
  for (guint i = 0; i < N_CARDS; i++) {
    SalExplanation *explanation = explain (model, i, progress, error);

    if (explanation == NULL)
      return NULL;
    g_ptr_array_add (drawn->explanations, explanation);
    SalAppearance appearance =
        sal_looks_appearance (explanation->method, explanation->settings, looks);
    SalImage *image = sal_thumb_explanation (explanation, &appearance, 2 * SIDE, error);
    if (image == NULL)
      return NULL;
    g_ptr_array_add (drawn->images, image);
  }
  return g_steal_pointer (&drawn);
}

GtkWidget *
sal_welcome_card (SalWelcome *self, guint i)
{
  GtkWidget *card = gtk_widget_get_first_child (GTK_WIDGET (self->cards));

  while (card != NULL && i-- > 0)
    card = gtk_widget_get_next_sibling (card);
  return card;
}

static void
done (gpointer result, const GError *error, gpointer owner)
{
  SalWelcome *self = owner;

  /* Not installed, say: one can still open something. */
  gtk_widget_set_visible (GTK_WIDGET (self->cards), result != NULL);
  if (result == NULL)
    return;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self))) {
    drawn_free (result);
    return;
  }
  self->drawn = result;
  for (guint i = 0; i < N_CARDS; i++) {
    GtkWidget *card = sal_welcome_card (self, i);
    g_autoptr (GdkTexture) texture = sal_image_texture (self->drawn->images->pdata[i]);

    gtk_image_set_from_paintable (g_object_get_data (G_OBJECT (card), "image"),
                                  GDK_PAINTABLE (texture));
    gtk_widget_set_sensitive (card, TRUE);
  }
  /* Where nobody has chosen another place by keys, Return is for the first example. */
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  if (!gtk_window_get_focus_visible (GTK_WINDOW (root)))
    gtk_widget_grab_focus (sal_welcome_card (self, 0));
}

static const SalLaneType lane_type = { run, NULL, done, g_free, drawn_free };

void
sal_welcome_load (SalWelcome *self)
{
  g_return_if_fail (SAL_IS_WELCOME (self));
  g_autofree char *model = sal_bundled_model ();

  self->wanted = TRUE;
  if (model == NULL)
    gtk_widget_set_visible (GTK_WIDGET (self->cards), FALSE);
  else if (self->drawn == NULL && !sal_lane_busy (self->lane))
    sal_lane_start (self->lane, g_steal_pointer (&model), SAL_LANE_QUEUE);
}

static void
clicked_cb (GtkWidget *card, SalWelcome *self)
{
  guint i = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (card), "number"));
  /* Once it is open, this page is not seen any more. */
  g_autoptr (SalExplanation) chosen = sal_explanation_ref (self->drawn->explanations->pdata[i]);

  g_signal_emit (self, signals[CHOSEN], 0, chosen);
}

static GtkWidget *
text_new (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 24);
  gtk_widget_add_css_class (label, style);
  return label;
}

static void
add_card (SalWelcome *self, guint i)
{
  GtkWidget *card = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *image = gtk_image_new (), *text = text_new (_ (examples[i].text), "caption");

  gtk_image_set_pixel_size (GTK_IMAGE (image), SIDE);
  gtk_widget_set_margin_bottom (image, 6);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), text_new (_ (examples[i].title), "heading"));
  gtk_widget_add_css_class (text, "dim-label");
  gtk_box_append (GTK_BOX (box), text);
  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), CARD_WIDTH);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), CARD_WIDTH);
  gtk_button_set_child (GTK_BUTTON (card), clamp);
  gtk_widget_add_css_class (card, "example");
  gtk_widget_add_css_class (card, "card");
  gtk_widget_set_valign (card, GTK_ALIGN_FILL);
  gtk_widget_set_sensitive (card, FALSE);
  g_object_set_data (G_OBJECT (card), "number", GUINT_TO_POINTER (i));
  g_object_set_data (G_OBJECT (card), "image", image);
  gtk_accessible_update_property (GTK_ACCESSIBLE (card), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (examples[i].title), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _ (examples[i].text), -1);
  g_signal_connect (card, "clicked", G_CALLBACK (clicked_cb), self);
  gtk_box_append (self->cards, card);
}

static void
sal_welcome_map (GtkWidget *widget)
{
  SalWelcome *self = SAL_WELCOME (widget);

  GTK_WIDGET_CLASS (sal_welcome_parent_class)->map (widget);
  if (self->wanted)
    sal_welcome_load (self);
}

/* The network of the examples and their answers are for who sees them. */
static void
sal_welcome_unmap (GtkWidget *widget)
{
  SalWelcome *self = SAL_WELCOME (widget);

  GTK_WIDGET_CLASS (sal_welcome_parent_class)->unmap (widget);
  if (self->drawn == NULL)
    return;
  for (guint i = 0; i < N_CARDS; i++)
    gtk_widget_set_sensitive (sal_welcome_card (self, i), FALSE);
  g_clear_pointer (&self->drawn, drawn_free);
}

static void
sal_welcome_dispose (GObject *object)
{
  SalWelcome *self = SAL_WELCOME (object);

  g_clear_pointer (&self->lane, sal_lane_free);
  g_clear_pointer (&self->page, gtk_widget_unparent);
  g_clear_pointer (&self->drawn, drawn_free);
  G_OBJECT_CLASS (sal_welcome_parent_class)->dispose (object);
}

static void
sal_welcome_class_init (SalWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_welcome_dispose;
  widget_class->map = sal_welcome_map;
  widget_class->unmap = sal_welcome_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, SAL_TYPE_STEADY_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, SalWelcome, page);
  gtk_widget_class_bind_template_child (widget_class, SalWelcome, cards);
  signals[CHOSEN] = g_signal_new ("chosen", SAL_TYPE_WELCOME, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sal_welcome_init (SalWelcome *self)
{
  self->lane = sal_lane_new (&lane_type, self);
  gtk_widget_init_template (GTK_WIDGET (self));
  for (guint i = 0; i < N_CARDS; i++)
    add_card (self, i);
}
