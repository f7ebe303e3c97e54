#include "app/model-page.h"

#include "app/class-check.h"
#include "app/drafts.h"
#include "app/jobs.h"
#include "app/layer-list.h"
#include "app/preparation-form.h"
#include "app/preview.h"
#include "app/stage-strip.h"
#include "engine/image/sidecar.h"
#include "ui/class-list.h"
#include "ui/number.h"
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
  SalDrafts *drafts;      /* of models that were open before */
  SalModel *opened;       /* as it was opened, or saved last */
  gboolean fresh;         /* that is as the files said */
  SalPreparation *edited; /* what the person has set */
  SalPreparation *saved;  /* (nullable): that was saved before there was a model with it */
  gboolean named;         /* names of classes, too */
  SalModel *model;        /* with that, or with what was set just before */
  SalPicture *picture;
  const SalPreset *offered; /* by the doubt */
  gboolean stale;           /* the preview is of something else */
};

G_DEFINE_FINAL_TYPE (SalModelPage, sal_model_page, GTK_TYPE_WIDGET)

enum { CHANGED, SAVED, KEPT, RESUMED, FAILED, DOUBT, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The names of the classes as they stand, however many. */
static char **
names_now (SalModelPage *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  int n = sal_preparation_n_labels (self->edited);

  for (int i = 0; i < n; i++)
    g_strv_builder_add (names, sal_preparation_label (self->edited, i));
  for (int i = 0; n == 0 && i < sal_model_n_classes (self->opened); i++)
    if (sal_model_label (self->opened, i) != NULL)
      g_strv_builder_add (names, sal_model_label (self->opened, i));
  return g_strv_builder_end (names);
}

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
    g_autofree char *answers = answers_text (self->model, preview->better_predictions, 1);
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
  g_autofree char *answers = answers_text (self->model, preview->predictions, N_ANSWERS);
  g_auto (GStrv) names = names_now (self);

  sal_stage_strip_show (self->stages, preview);
  gtk_label_set_label (self->answers, answers);
  sal_tooltip_set (GTK_WIDGET (self->answers), answers);
  sal_class_check_show (self->check, sal_model_n_classes (self->model), (const char *const *) names,
                        preview->predictions);
  show_doubt (self, preview);
}

static gboolean
is_changed (SalModelPage *self)
{
  return self->opened != NULL && self->edited != sal_model_preparation (self->opened);
}

static void
update_actions (SalModelPage *self)
{
  gboolean path = self->opened != NULL && sal_model_path (self->opened) != NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.revert", is_changed (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.save", path);
}

/* What is saved is what was opened, once the lane has it. */
static void
take_saved (SalModelPage *self)
{
  if (self->saved != NULL && sal_model_preparation (self->model) == self->saved) {
    g_clear_pointer (&self->saved, sal_preparation_unref);
    g_clear_pointer (&self->opened, sal_model_unref);
    self->opened = sal_model_ref (self->model);
    self->fresh = TRUE;
  }
  update_actions (self);
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
  if (preview->model != self->model) {
    g_clear_pointer (&self->model, sal_model_unref);
    self->model = sal_model_ref (preview->model);
    take_saved (self);
    g_signal_emit (self, signals[CHANGED], 0, self->model);
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
  SalPreviewOrder *order =
      sal_preview_order_new (self->opened, self->edited, self->named, self->picture);

  self->stale = FALSE;
  sal_lane_start (self->previews, order, SAL_LANE_REPLACE);
}

/* Changing. */

static void
take_preparation (SalModelPage *self, SalPreparation *changed, GError *error)
{
  if (changed == NULL) {
    g_signal_emit (self, signals[FAILED], 0, _ ("The preparation cannot be used"), error->message);
    g_error_free (error);
    sal_preparation_form_show (self->form, self->edited, self->opened);
    return;
  }
  sal_preparation_ref (changed);
  g_clear_pointer (&self->edited, sal_preparation_unref);
  self->edited = changed;
  sal_preparation_form_show (self->form, self->edited, self->opened);
  update_actions (self);
  start_preview (self);
}

static void
format_cb (SalModelPage *self, const SalPixelFormat *format)
{
  GError *error = NULL;
  g_autoptr (SalPreparation) changed = sal_preparation_with_format (self->edited, format, &error);

  take_preparation (self, changed, error);
}

static void
better_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalModelPage *self = SAL_MODEL_PAGE (widget);
  SalPixelFormat format = *sal_preparation_format (self->edited);

  if (self->offered == NULL)
    return;
  sal_preset_apply (self->offered, &format);
  format_cb (self, &format);
}

static void
revert_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalModelPage *self = SAL_MODEL_PAGE (widget);

  if (self->opened == NULL)
    return;
  self->named = FALSE;
  take_preparation (self, sal_model_preparation (self->opened), NULL);
}

void
sal_model_page_set_labels (SalModelPage *self, const char *path)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  if (self->model == NULL)
    return;
  GError *error = NULL;
  g_autoptr (SalPreparation) changed = sal_preparation_with_labels (self->edited, path, &error);

  self->named |= changed != NULL;
  take_preparation (self, changed, error);
}

void
sal_model_page_set_names (SalModelPage *self, const char *const *names)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self) && names != NULL);
  if (self->model == NULL)
    return;
  GError *error = NULL;
  g_autoptr (SalPreparation) changed = sal_preparation_with_names (self->edited, names, &error);

  self->named |= changed != NULL;
  take_preparation (self, changed, error);
}

static void
use_names_cb (SalModelPage *self, const char *const *names)
{
  sal_model_page_set_names (self, names);
}

static gboolean
save (SalModelPage *self, SalPreparation *preparation, const char *model)
{
  g_autofree char *path = sal_sidecar_path (model);
  g_autoptr (GError) error = NULL;

  if (!sal_preparation_save (preparation, path, &error)) {
    g_signal_emit (self, signals[FAILED], 0, _ ("The preparation was not saved"), error->message);
    return FALSE;
  }
  g_signal_emit (self, signals[SAVED], 0, path);
  return TRUE;
}

static gboolean
save_edited (SalModelPage *self)
{
  if (!save (self, self->edited, sal_model_path (self->opened)))
    return FALSE;
  g_clear_pointer (&self->saved, sal_preparation_unref);
  self->saved = sal_preparation_ref (self->edited);
  take_saved (self);
  return TRUE;
}

void
sal_model_page_save (SalModelPage *self)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  if (self->opened != NULL && sal_model_path (self->opened) != NULL)
    save_edited (self);
}

void
sal_model_page_save_kept (SalModelPage *self, const char *path)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self) && path != NULL);
  SalPreparation *kept = sal_drafts_find (self->drafts, path);

  if (self->opened != NULL && g_strcmp0 (sal_model_path (self->opened), path) == 0)
    sal_model_page_save (self);
  else if (kept != NULL && save (self, kept, path))
    sal_drafts_forget (self->drafts, path);
}

static gboolean
is_unsaved (SalModelPage *self)
{
  return is_changed (self) && self->edited != self->saved && sal_model_path (self->opened) != NULL;
}

GPtrArray *
sal_model_page_unsaved (SalModelPage *self)
{
  g_return_val_if_fail (SAL_IS_MODEL_PAGE (self), NULL);
  GPtrArray *paths = sal_drafts_paths (self->drafts);
  const char *path = self->opened != NULL ? sal_model_path (self->opened) : NULL;
  guint at;

  /* The page knows better what became of the draft that it has taken up. */
  if (path != NULL && (self->fresh || is_unsaved (self)) &&
      g_ptr_array_find_with_equal_func (paths, path, g_str_equal, &at))
    g_ptr_array_remove_index (paths, at);
  if (is_unsaved (self))
    g_ptr_array_insert (paths, 0, g_strdup (path));
  return paths;
}

gboolean
sal_model_page_save_all (SalModelPage *self)
{
  g_return_val_if_fail (SAL_IS_MODEL_PAGE (self), FALSE);
  g_autoptr (GPtrArray) paths = sal_model_page_unsaved (self);

  for (guint i = 0; i < paths->len; i++) {
    const char *path = paths->pdata[i];
    gboolean here = is_unsaved (self) && g_str_equal (path, sal_model_path (self->opened));

    if (!(here ? save_edited (self) : save (self, sal_drafts_find (self->drafts, path), path)))
      return FALSE;
    sal_drafts_forget (self->drafts, path);
  }
  return TRUE;
}

static void
save_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sal_model_page_save (SAL_MODEL_PAGE (widget));
}

/* The whole. */

/* Another model is open: what was set of the last one is kept for when it is open again. */
static void
keep_draft (SalModelPage *self, const char *next)
{
  const char *path = self->opened != NULL ? sal_model_path (self->opened) : NULL;

  if (path == NULL)
    return;
  if (!is_unsaved (self) && (self->fresh || self->edited == self->saved))
    sal_drafts_forget (self->drafts, path);
  else if (is_unsaved (self) && sal_drafts_keep (self->drafts, path, self->edited) &&
           g_strcmp0 (path, next) != 0)
    g_signal_emit (self, signals[KEPT], 0, path, sal_model_name (self->opened));
}

/* What was kept of the same file that is read anew is set again but for the names, which may be why
 * it was read. Returns: whether something was */
static gboolean
resume_draft (SalModelPage *self, const char *before)
{
  const char *path = sal_model_path (self->opened);
  gboolean again = g_strcmp0 (path, before) == 0;
  SalPreparation *draft =
      sal_drafts_resume (self->drafts, path, sal_model_preparation (self->opened), !again);

  if (draft == NULL)
    return FALSE;
  sal_preparation_unref (self->edited);
  self->edited = draft;
  self->named = !again && sal_preparation_n_labels (draft) > 0;
  if (!again)
    g_signal_emit (self, signals[RESUMED], 0, sal_model_name (self->opened));
  return TRUE;
}

static SalGraph *
graph_of (SalModel *model)
{
  return model != NULL ? sal_model_graph (model) : NULL;
}

/* Returns: whether something is set of it that the document does not know yet */
static gboolean
take_model (SalModelPage *self, SalModel *model, gboolean fresh)
{
  g_autoptr (SalModel) before = self->opened != NULL ? sal_model_ref (self->opened) : NULL;
  const char *path = before != NULL ? sal_model_path (before) : NULL;
  /* The same network prepared as it was once: that can be reverted, too. */
  gboolean same = before != NULL && graph_of (model) == graph_of (before);

  sal_lane_forget (self->previews);
  if (!same)
    keep_draft (self, model != NULL ? sal_model_path (model) : NULL);
  if (model != NULL)
    sal_model_ref (model);
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->edited, sal_preparation_unref);
  self->model = model;
  if (model != NULL)
    self->edited = sal_preparation_ref (sal_model_preparation (model));
  if (same)
    return FALSE;
  g_clear_pointer (&self->saved, sal_preparation_unref);
  g_clear_pointer (&self->opened, sal_model_unref);
  self->opened = model != NULL ? sal_model_ref (model) : NULL;
  self->fresh = fresh;
  self->named = FALSE;
  return model != NULL && fresh && resume_draft (self, path);
}

void
sal_model_page_show (SalModelPage *self, SalModel *model, gboolean fresh, SalPicture *picture,
                     SalView *view)
{
  g_return_if_fail (SAL_IS_MODEL_PAGE (self));
  gboolean other = model != self->model, resumed = FALSE;
  gboolean other_picture = picture != self->picture;

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
    sal_preparation_form_show (self->form, self->edited, self->opened);
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
  GTK_WIDGET_CLASS (sal_model_page_parent_class)->map (widget);
  /* What nobody sees is not worked out. */
  if (SAL_MODEL_PAGE (widget)->model != NULL && SAL_MODEL_PAGE (widget)->stale)
    start_preview (SAL_MODEL_PAGE (widget));
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

  g_clear_pointer (&self->previews, sal_lane_free);
  g_clear_pointer (&self->drafts, sal_drafts_free);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->opened, sal_model_unref);
  g_clear_pointer (&self->edited, sal_preparation_unref);
  g_clear_pointer (&self->saved, sal_preparation_unref);
  g_clear_pointer (&self->model, sal_model_unref);
  g_clear_pointer (&self->picture, sal_picture_unref);
  G_OBJECT_CLASS (sal_model_page_parent_class)->dispose (object);
}

static void
sal_model_page_class_init (SalModelPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = SAL_TYPE_MODEL_PAGE;

  G_OBJECT_CLASS (klass)->dispose = sal_model_page_dispose;
  widget_class->map = sal_model_page_map;
  widget_class->grab_focus = sal_model_page_grab_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
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
  self->drafts = sal_drafts_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  update_actions (self);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "model.better", FALSE);
}
