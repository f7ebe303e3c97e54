#include "app/model-page.h"

#include "app/class-check.h"
#include "app/editing.h"
#include "app/jobs.h"
#include "app/layer-list.h"
#include "app/preparation-form.h"
#include "app/preview.h"
#include "app/stage-strip.h"
#include "engine/image/sidecar.h"
#include "ui/class-list.h"
#include "ui/number.h"
#include "ui/steady-layout.h"
#include "ui/tooltip.h"

#include <glib/gi18n.h>

#define N_ANSWERS 3
#define LONGEST 14 /* of a class’s name in the line of answers */

struct _SalModelPage {
  GtkWidget parent_instance;

  GtkWidget *box;
  SalStageStrip *stages;
  SalPreparationForm *form;
  GtkLabel *answers;
  SalClassCheck *check;
  GtkRevealer *doubt;
  GtkLabel *doubt_text;
  GtkWidget *better;
  SalLayerList *layer_list;

  SalLane *previews;
  SalEditing *editing; /* of the model that is open */
  SalPicture *picture;
  const SalPreset *offered; /* by the doubt */
  gboolean stale;           /* the preview is of something else */
};

G_DEFINE_FINAL_TYPE (SalModelPage, sal_model_page, GTK_TYPE_WIDGET)

enum { CHANGED, SAVED, KEPT, RESUMED, FAILED, DOUBT, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Previews. */

static char *
answers_text (SalModel *model, const GArray *predictions, guint n)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (n, predictions->len); i++) {
    const SalPrediction *prediction = &g_array_index (predictions, SalPrediction, i);
    g_autofree char *name = sal_class_short_name (model, prediction->class_index);

    if (n > 1 && g_utf8_strlen (name, -1) > LONGEST) { /* so that there is room for the numbers */
      g_autofree char *start = g_utf8_substring (name, 0, LONGEST - 1);

      g_free (name);
      name = g_strconcat (g_strchomp (start), "…", NULL);
    }
    g_autofree char *share = sal_number_percent (prediction->probability, 0);

    g_string_append (text, i > 0 ? " · " : "");
    /* Translators: a class and its probability */
    g_string_append_printf (text, _ ("%s %s"), name, share);
  }
  return g_string_free (text, FALSE);
}

static void
show_doubt (SalModelPage *self, const SalPreview *preview)
{
  gboolean flat = preview != NULL && preview->flatness >= SAL_FLAT;
  g_autofree char *text = NULL;

  self->offered = flat ? preview->better : NULL;
  if (flat && preview->better != NULL) {
    g_autofree char *answers =
        answers_text (sal_editing_model (self->editing), preview->better_predictions, 1);
    text =
        g_strdup_printf (_ ("The network is sure of nothing, as if the picture reached it in the "
                            "wrong form. Prepared as “%s” it would say: %s."),
                         _ (preview->better->name), answers);
  } else if (flat) {
    text =
        g_strdup (_ ("The network is sure of nothing: the picture may reach it in the wrong form, "
                     "or show nothing that it knows."));
  }
  if (text != NULL)
    gtk_label_set_label (self->doubt_text, text);
  gtk_widget_set_visible (self->better, self->offered != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.better", self->offered != NULL);
  gtk_revealer_set_reveal_child (self->doubt, text != NULL);
  g_signal_emit (self, signals[DOUBT], 0, text);
}

static void
show_preview (SalModelPage *self, const SalPreview *preview)
{
  SalModel *model = sal_editing_model (self->editing);
  g_autofree char *answers = answers_text (model, preview->predictions, N_ANSWERS);
  g_auto (GStrv) names = sal_editing_names (self->editing);

  sal_stage_strip_show (self->stages, preview);
  gtk_label_set_label (self->answers, answers);
  sal_tooltip_set (GTK_WIDGET (self->answers), answers);
  sal_class_check_show (self->check, sal_model_n_classes (model), (const char *const *) names,
                        preview->predictions);
  show_doubt (self, preview);
}

static void
update_actions (SalModelPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.revert",
                                 sal_editing_is_changed (self->editing));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.save",
                                 sal_editing_path (self->editing) != NULL);
}

static void
preview_done (gpointer result, const GError *error, gpointer owner)
{
  SalModelPage *self = owner;
  g_autoptr (SalPreview) preview = result;

  if (preview == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_signal_emit (self, signals[FAILED], 0, _ ("The picture cannot be prepared so"),
                     error->message);
    return;
  }
  if (preview->model != sal_editing_model (self->editing)) {
    sal_editing_take (self->editing, preview->model);
    update_actions (self);
    g_signal_emit (self, signals[CHANGED], 0, preview->model);
  }
  if (preview->predictions != NULL)
    show_preview (self, preview);
}

static const SalLaneType preview_lane = {
  sal_work_preview,
  NULL,
  preview_done,
  (GDestroyNotify) sal_preview_order_free,
  (GDestroyNotify) sal_preview_free,
};

static void
start_preview (SalModelPage *self)
{
  SalPreviewOrder *order = sal_preview_order_new (sal_editing_opened (self->editing),
                                                  sal_editing_preparation (self->editing),
                                                  sal_editing_named (self->editing), self->picture);

  self->stale = FALSE;
  sal_lane_start (self->previews, order, SAL_LANE_REPLACE);
}

/* Changing. */

static void
show_form (SalModelPage *self)
{
  sal_preparation_form_show (self->form, sal_editing_preparation (self->editing),
                             sal_editing_opened (self->editing));
}

static void
show_change (SalModelPage *self)
{
  show_form (self);
  update_actions (self);
  start_preview (self);
}

/* @changed: (transfer full) (nullable), else @error: (transfer full) */
static void
take_preparation (SalModelPage *self, SalPreparation *changed, gboolean names, GError *error)
{
  if (changed == NULL) {
    g_signal_emit (self, signals[FAILED], 0, _ ("The preparation cannot be used"), error->message);
    g_error_free (error);
    show_form (self);
    return;
  }
  sal_editing_set (self->editing, changed, names);
  sal_preparation_unref (changed);
  show_change (self);
}

static void
format_cb (SalModelPage *self, const SalPixelFormat *format)
{
  GError *error = NULL;
  SalPreparation *changed =
      sal_preparation_with_format (sal_editing_preparation (self->editing), format, &error);

  take_preparation (self, changed, FALSE, error);
}

static void
better_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalModelPage *self = SAL_MODEL_PAGE (widget);

  if (self->offered == NULL)
    return;
  SalPixelFormat format = *sal_preparation_format (sal_editing_preparation (self->editing));
  sal_preset_apply (self->offered, &format);
  format_cb (self, &format);
}

static void
revert_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalModelPage *self = SAL_MODEL_PAGE (widget);

  if (sal_editing_opened (self->editing) == NULL)
    return;
  sal_editing_revert (self->editing);
  show_change (self);
}

void
sal_model_page_set_labels (SalModelPage *self, const char *path)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  SalPreparation *now = sal_editing_preparation (self->editing);
  GError *error = NULL;

  if (now == NULL)
    return;
  SalPreparation *changed = sal_preparation_with_labels (now, path, &error);
  take_preparation (self, changed, TRUE, error);
}

void
sal_model_page_set_names (SalModelPage *self, const char *const *names)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self) && names != NULL);
  SalPreparation *now = sal_editing_preparation (self->editing);
  GError *error = NULL;

  if (now == NULL)
    return;
  SalPreparation *changed = sal_preparation_with_names (now, names, &error);
  take_preparation (self, changed, TRUE, error);
}

static void
use_names_cb (SalModelPage *self, const char *const *names)
{
  sal_model_page_set_names (self, names);
}

/* Saving. */

/* @written: (nullable): the sidecar, else @error, if there was something to be written. Returns:
 * whether that worked */
static gboolean
tell_saved (SalModelPage *self, const char *written, const GError *error)
{
  if (error != NULL)
    g_signal_emit (self, signals[FAILED], 0, _ ("The preparation was not saved"), error->message);
  else if (written != NULL)
    g_signal_emit (self, signals[SAVED], 0, written);
  update_actions (self);
  return error == NULL;
}

void
sal_model_page_save (SalModelPage *self)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  g_autoptr (GError) error = NULL;

  if (sal_editing_path (self->editing) == NULL)
    return;
  sal_preparation_form_enter (self->form);
  g_autofree char *written = sal_editing_save (self->editing, &error);
  tell_saved (self, written, error);
}

gboolean
sal_model_page_save_kept (SalModelPage *self, const char *path)
{
  g_return_val_if_fail (SAL_IS_MODEL_PAGE (self) && path != NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autofree char *written = sal_editing_save_kept (self->editing, path, &error);

  return tell_saved (self, written, error);
}

GPtrArray *
sal_model_page_unsaved (SalModelPage *self)
{
  g_return_val_if_fail (SAL_IS_MODEL_PAGE (self), NULL);
  sal_preparation_form_enter (self->form);
  return sal_editing_unsaved (self->editing);
}

gboolean
sal_model_page_save_all (SalModelPage *self)
{
  g_return_val_if_fail (SAL_IS_MODEL_PAGE (self), FALSE);
  g_autoptr (GPtrArray) paths = sal_editing_unsaved (self->editing);
  gboolean all = TRUE;

  for (guint i = 0; i < paths->len && all; i++)
    all = sal_model_page_save_kept (self, paths->pdata[i]);
  return all;
}

static void
save_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sal_model_page_save (SAL_MODEL_PAGE (widget));
}

/* The whole. */

/* Returns: whether something is set of it that the document does not know yet */
static gboolean
take_model (SalModelPage *self, SalModel *model, gboolean fresh)
{
  sal_lane_forget (self->previews);
  SalEditingNews news = sal_editing_open (self->editing, model, fresh);
  g_autoptr (SalModel) kept = news.kept;

  if (kept != NULL)
    g_signal_emit (self, signals[KEPT], 0, sal_model_path (kept), sal_model_name (kept));
  if (news.resumed && !news.again)
    g_signal_emit (self, signals[RESUMED], 0, sal_model_name (model));
  return news.resumed;
}

void
sal_model_page_show (SalModelPage *self, SalModel *model, gboolean fresh, SalPicture *picture,
                     SalView *view)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  gboolean other = model != sal_editing_model (self->editing), resumed = FALSE;
  gboolean other_picture = picture != self->picture;

  if (other)
    sal_preparation_form_enter (self->form); /* of the model before */
  sal_layer_list_show (self->layer_list, model, view);
  if (picture != NULL)
    sal_picture_ref (picture);
  g_clear_pointer (&self->picture, sal_picture_unref);
  self->picture = picture;
  if (other_picture)
    sal_class_check_forget (self->check);
  if (other)
    resumed = take_model (self, model, fresh);
  update_actions (self);
  if (model == NULL)
    return;
  if (other)
    show_form (self);
  self->stale |= other || other_picture;
  if (resumed || (self->stale && gtk_widget_get_mapped (GTK_WIDGET (self))))
    start_preview (self);
  else if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  else if (view != NULL && sal_preview_flatness (view->predictions) >= SAL_FLAT)
    start_preview (self); /* perhaps it knows better */
  else
    show_doubt (self, NULL);
}

static void
sal_model_page_map (GtkWidget *widget)
{
  SalModelPage *self = SAL_MODEL_PAGE (widget);

  GTK_WIDGET_CLASS (sal_model_page_parent_class)->map (widget);
  /* What nobody sees is not worked out. */
  if (sal_editing_model (self->editing) != NULL && self->stale)
    start_preview (self);
}

static gboolean
sal_model_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (SAL_MODEL_PAGE (widget)->layer_list));
}

gboolean
sal_model_page_is_busy (SalModelPage *self)
{
  return sal_lane_busy (self->previews) || sal_layer_list_is_busy (self->layer_list);
}

/* Making it. */

static void
sal_model_page_dispose (GObject *object)
{
  SalModelPage *self = SAL_MODEL_PAGE (object);

  /* First: an entry that is left by this may ask for a preview. */
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->previews, sal_lane_free);
  G_OBJECT_CLASS (sal_model_page_parent_class)->dispose (object);
}

static void
sal_model_page_finalize (GObject *object)
{
  SalModelPage *self = SAL_MODEL_PAGE (object);

  sal_editing_free (self->editing);
  sal_picture_unref (self->picture);
  G_OBJECT_CLASS (sal_model_page_parent_class)->finalize (object);
}

static void
sal_model_page_class_init (SalModelPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = SAL_TYPE_MODEL_PAGE;

  G_OBJECT_CLASS (klass)->dispose = sal_model_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_model_page_finalize;
  widget_class->map = sal_model_page_map;
  widget_class->grab_focus = sal_model_page_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, SAL_TYPE_STEADY_LAYOUT);
  g_type_ensure (SAL_TYPE_STAGE_STRIP);
  g_type_ensure (SAL_TYPE_PREPARATION_FORM);
  g_type_ensure (SAL_TYPE_CLASS_CHECK);
  g_type_ensure (SAL_TYPE_LAYER_LIST);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/model-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, box);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, stages);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, form);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, answers);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, check);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, layer_list);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, doubt);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, doubt_text);
  gtk_widget_class_bind_template_child (widget_class, SalModelPage, better);
  gtk_widget_class_bind_template_callback (widget_class, format_cb);
  gtk_widget_class_bind_template_callback (widget_class, use_names_cb);
  gtk_widget_class_install_action (widget_class, "model.better", NULL, better_cb);
  gtk_widget_class_install_action (widget_class, "model.revert", NULL, revert_cb);
  gtk_widget_class_install_action (widget_class, "model.save", NULL, save_cb);
  signals[CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SAVED] = g_signal_new ("saved", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_STRING);
  signals[KEPT] = g_signal_new ("kept", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                2, G_TYPE_STRING, G_TYPE_STRING);
  signals[RESUMED] = g_signal_new ("resumed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[DOUBT] = g_signal_new ("doubt", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                 1, G_TYPE_STRING);
}

static void
sal_model_page_init (SalModelPage *self)
{
  self->previews = sal_lane_new (&preview_lane, self);
  self->editing = sal_editing_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  update_actions (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.better", FALSE);
}
