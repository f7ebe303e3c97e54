#include "app/window-private.h"

#include "app/looks.h"
#include "engine/explain/segments.h"
#include "engine/explain/smooth.h"
#include "ui/canvas-number.h"

#include <glib/gi18n.h>
#include <math.h>

char *
sal_window_question_name (SalWindow *self)
{
  SalView *view = sal_document_view (self->document);
  g_autofree char *name = sal_class_short_name (view->model, sal_document_target (self->document));

  if (sal_document_versus (self->document) < 0)
    return g_steal_pointer (&name);
  g_autofree char *other = sal_class_short_name (view->model, sal_document_versus (self->document));
  return g_strdup_printf ("%s − %s", name, other);
}

static void
show_title (SalWindow *self)
{
  SalModel *model = sal_document_model (self->document);
  SalPicture *picture = sal_document_picture (self->document);
  g_autofree char *file = picture != NULL ? g_filename_display_basename (picture->path) : NULL;
  const char *name = model != NULL ? sal_model_name (model) : NULL;
  gboolean versus =
      sal_document_view (self->document) != NULL && sal_document_versus (self->document) >= 0;
  g_autofree char *difference = versus ? sal_window_question_name (self) : NULL;
  g_autofree char *files = name != NULL && file != NULL ? g_strdup_printf ("%s — %s", name, file)
                                                        : g_strdup (name != NULL ? name : file);
  g_autofree char *what =
      difference != NULL ? g_strdup_printf ("%s · %s", files, difference) : g_strdup (files);
  g_autofree char *title =
      what != NULL ? g_strdup_printf (_ ("Salience · %s"), what) : g_strdup (_ ("Salience"));

  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_label_set_label (self->model_label, name != NULL ? name : _ ("Model"));
  gtk_label_set_label (self->picture_label, file != NULL ? file : _ ("Picture"));
}

void
sal_window_show_notes (SalWindow *self)
{
  SalModel *model = sal_document_model (self->document);
  const char *const *notes = model != NULL ? sal_model_notes (model) : NULL;
  g_autofree char *assumed = notes != NULL ? g_strjoinv ("\n", (char **) notes) : g_strdup ("");
  g_autofree char *text = self->doubt == NULL ? g_strdup (assumed)
                          : *assumed == '\0'  ? g_strdup (self->doubt)
                                              : g_strconcat (self->doubt, "\n", assumed, NULL);

  gtk_label_set_label (self->notes, text);
  gtk_widget_set_visible (GTK_WIDGET (self->notes), *text != '\0');
  gtk_widget_set_visible (self->doubt_button, self->doubt != NULL);
}

/* The sidebar, the export and going on are those of the picture. */
void
sal_window_show_page (SalWindow *self)
{
  gboolean explore =
      g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "explore") == 0;
  gboolean welcome = g_strcmp0 (gtk_stack_get_visible_child_name (self->title), "title") == 0;
  SalDocumentState state = sal_document_state (self->document);

  gtk_widget_set_visible (self->sidebar_button, explore);
  gtk_widget_set_visible (self->export_button, explore || welcome);
  gtk_widget_set_visible (self->resume, explore && state == SAL_DOCUMENT_STOPPED);
  sal_window_enable (self, "export", explore && state == SAL_DOCUMENT_DONE);
  sal_window_enable (self, "resume", state == SAL_DOCUMENT_STOPPED);
}

/* While nothing is open, the welcome is all there is; while the first is being opened, a blank
 * canvas. */
static void
show_pages (SalWindow *self)
{
  gboolean model = sal_document_model (self->document) != NULL;
  gboolean picture = sal_document_picture (self->document) != NULL;
  gboolean opening = sal_document_is_opening (self->document);
  gboolean welcome = !model && !picture && !opening;
  AdwViewStackPage *page = adw_view_stack_get_page (self->stack, GTK_WIDGET (self->welcome));

  if (welcome) {
    adw_view_stack_page_set_visible (page, TRUE);
    adw_view_stack_set_visible_child (self->stack, GTK_WIDGET (self->welcome));
  } else if (adw_view_stack_page_get_visible (page)) {
    adw_view_stack_set_visible_child_name (self->stack, "explore");
    adw_view_stack_page_set_visible (page, FALSE);
  }
  gtk_stack_set_visible_child_name (self->title, welcome ? "title" : "pages");
  sal_window_show_page (self);
  gtk_stack_set_visible_child_name (self->pages, picture || opening ? "canvas" : "empty");
}

static void
show_view (SalWindow *self)
{
  SalView *view = sal_document_view (self->document);
  SalPicture *picture = sal_document_picture (self->document);

  sal_canvas_set_picture (self->canvas, picture != NULL ? picture->image : NULL);
  if (view != NULL)
    sal_canvas_set_seen (self->canvas, &view->seen);
  sal_class_list_set_target (self->classes, sal_document_target (self->document));
  sal_class_list_set_predictions (self->classes, sal_document_model (self->document),
                                  view != NULL ? view->predictions : NULL);
  gboolean first = picture != NULL && !gtk_widget_get_visible (GTK_WIDGET (self->shelf_strip));
  show_pages (self);
  gtk_widget_set_visible (self->caption, picture != NULL);
  gtk_widget_set_visible (self->view_bar, picture != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->shelf_strip), picture != NULL);
  if (first) /* so that the keys are the picture's */
    gtk_widget_grab_focus (GTK_WIDGET (self->canvas));
}

static void
show_previews (SalWindow *self)
{
  static const SalParamKind kinds[] = { SAL_PARAM_BASELINE, SAL_PARAM_LAYER };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    sal_param_panel_set_pictures (self->params, kinds[i],
                                  sal_previews_get (self->previews, kinds[i]));
}

static void
show_settings (SalWindow *self)
{
  const SalSettings *settings = sal_document_settings (self->document);
  gboolean sums = sal_segments_possible (sal_document_method (self->document), settings);

  sal_param_panel_set_settings (self->params, settings);
  for (const char *const *key = sal_segments_keys (); *key != NULL; key++)
    sal_param_panel_set_available (self->params, *key, sums);
}

/* Rows of the method and of smoothing make one list. */
static void
show_method (SalWindow *self)
{
  const SalMethod *method = sal_document_method (self->document);
  const SalParam *lists[] = { method->params, sal_smooth_params () };
  g_autoptr (GPtrArray) params = g_ptr_array_new ();
  g_autoptr (GPtrArray) owners = g_ptr_array_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const SalParam *param = lists[i]; param != NULL && param->key != NULL; param++) {
      g_ptr_array_add (params, (gpointer) param);
      g_ptr_array_add (owners, (gpointer) lists[i]);
    }
  sal_method_picker_set_model (self->methods, sal_document_model (self->document));
  sal_method_picker_set_method (self->methods, method);
  sal_param_panel_set_params (self->params, (const SalParam *const *) params->pdata,
                              (const SalParam *const *) owners->pdata, params->len,
                              sal_document_model (self->document));
  show_settings (self);
  show_previews (self);
}

/* Opacity has a slider of its own under the picture; blending side by side is for files (here the
 * view says what lies beside what), and so are scale and limit. */
static void
show_looks_once (SalWindow *self)
{
  static const char *const keys[] = { "colormap", "sign",  "reduce",   "normalize", "clip",
                                      "blend",    "cells", "quantity", "unsettled" };
  const SalParam *const both[] = { sal_appearance_params (), sal_looks_params () };
  const SalParam *params[G_N_ELEMENTS (keys)], *lists[G_N_ELEMENTS (keys)];
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (both); j++) {
      const SalParam *param = sal_param_find (both[j], keys[i]);
      if (param != NULL) {
        params[n] = param;
        lists[n++] = both[j];
      }
    }
  sal_param_panel_set_params (self->looks, params, lists, n, NULL);
}

static void
show_looks (SalWindow *self)
{
  SalAppearance appearance = sal_document_appearance (self->document);
  g_autofree char *text = g_strdup_printf ("%.0f %%", 100 * appearance.overlay.opacity);

  self->showing = TRUE;
  if (fabs (gtk_range_get_value (self->opacity) - 100 * appearance.overlay.opacity) > 0.5)
    gtk_range_set_value (self->opacity, 100 * appearance.overlay.opacity);
  self->showing = FALSE;
  gtk_label_set_label (self->opacity_value, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->opacity),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
  sal_param_panel_set_settings (self->looks, sal_document_looks (self->document));
  sal_canvas_set_style (self->canvas, &appearance.overlay);
}

static void
show_target (SalWindow *self)
{
  sal_class_list_set_target (self->classes, sal_document_target (self->document));
}

static void
show_versus (SalWindow *self)
{
  sal_class_list_set_versus (self->classes, sal_document_versus (self->document));
}

static void
show_kind (SalWindow *self)
{
  sal_class_list_set_kind (self->classes, sal_document_kind (self->document));
}

static void
show_heatmap (SalWindow *self)
{
  SalHeatmap *heatmap = sal_document_heatmap (self->document);

  /* An estimate fades into the next; what a person changes shows at once. */
  if (sal_document_state (self->document) == SAL_DOCUMENT_RUNNING)
    sal_canvas_fade_heatmap (self->canvas, heatmap);
  else
    sal_canvas_set_heatmap (self->canvas, heatmap);
  show_looks (self); /* colours follow the sign, which follows the method */
}

/* The method or, where it is smoothed, "SmoothGrad of Gradient". */
static char *
answer_name (SalWindow *self)
{
  const char *method = _ (sal_document_method (self->document)->name);
  const SalSettings *settings = sal_document_settings (self->document);
  const SalParam *smooth = sal_param_find (sal_smooth_params (), "smooth");

  if (!sal_smooth_wanted (settings))
    return g_strdup (method);
  for (const SalChoice *choice = smooth->choices; choice->id != NULL; choice++)
    if (g_str_equal (choice->id, sal_settings_text (settings, smooth)))
      return g_strdup_printf (_ ("%s of %s"), _ (choice->label), method);
  return g_strdup (method);
}

/* What the picture shows, in words: under it, and for those who cannot see it. */
static void
show_caption (SalWindow *self)
{
  SalView *view = sal_document_view (self->document);

  if (view == NULL) {
    gtk_label_set_label (self->shown, "");
    sal_canvas_set_description (self->canvas, NULL);
    return;
  }
  g_autofree char *class_name =
      sal_class_short_name (view->model, sal_document_target (self->document));
  g_autofree char *method = answer_name (self);
  g_autofree char *other =
      sal_document_versus (self->document) >= 0
          ? sal_class_short_name (view->model, sal_document_versus (self->document))
          : NULL;
  g_autofree char *answer = other != NULL ? g_strdup_printf (_ ("%s for “%s” rather than “%s”"),
                                                             method, class_name, other)
                                          : g_strdup_printf (_ ("%s for “%s”"), method, class_name);
  g_autofree char *text = sal_document_shows_error (self->document)
                              ? g_strdup_printf (_ ("Standard error of %s"), answer)
                              : g_strdup (answer);

  gtk_label_set_label (self->shown, text);
  sal_canvas_set_description (self->canvas, text);
}

/* What the view is called, as its menu says. */
static void
show_view_name (SalWindow *self)
{
  GMenuModel *menu = gtk_menu_button_get_menu_model (self->views);
  g_autoptr (GVariant) now = g_action_group_get_action_state (G_ACTION_GROUP (self), "view");

  for (int i = 0; i < g_menu_model_get_n_items (menu); i++) {
    g_autoptr (GVariant) target =
        g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);
    g_autofree char *name = NULL, *spoken = NULL;

    if (!g_variant_equal (target, now))
      continue;
    g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &name);
    spoken = g_strdup_printf (_ ("View: %s"), name);
    gtk_label_set_label (self->view_name, name);
    gtk_accessible_update_property (GTK_ACCESSIBLE (self->views), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    spoken, -1);
  }
}

void
sal_window_show_hover (SalWindow *self)
{
  SalCanvasHover hover;
  SalView *view = sal_document_view (self->document);
  g_autofree char *text = NULL;

  if (!sal_canvas_get_hover (self->canvas, &hover)) {
    text = g_strdup ("");
  } else if (!hover.has_value) {
    text = g_strdup_printf (_ ("x %d  y %d  ·  #%02x%02x%02x"), hover.x, hover.y, hover.rgb[0],
                            hover.rgb[1], hover.rgb[2]);
  } else {
    g_autofree char *value = sal_canvas_number (hover.value, FALSE);
    g_autofree char *place = g_strdup_printf (_ ("x %d  y %d  ·  #%02x%02x%02x"), hover.x, hover.y,
                                              hover.rgb[0], hover.rgb[1], hover.rgb[2]);
    const char *quantity =
        sal_document_shows_error (self->document) ? _ ("standard error") : _ ("attribution");
    g_autofree char *amount = NULL;

    /* Of a difference, each sign speaks for one of the two. */
    if (view != NULL && self->exhibit == NULL && sal_document_versus (self->document) >= 0 &&
        hover.value != 0 && sal_heatmap_signed (sal_canvas_get_heatmap (self->canvas))) {
      g_autofree char *name = sal_class_short_name (
          view->model, hover.value > 0 ? sal_document_target (self->document)
                                       : sal_document_versus (self->document));
      /* Translators: attribution 0.013 for clock */
      amount = g_strdup_printf (_ ("%s %s for %s"), quantity, value, name);
    } else {
      amount = g_strdup_printf ("%s %s", quantity, value);
    }
    /* Translators: a place and its colour, an amount, and its rank in percent */
    text = g_strdup_printf (_ ("%s  ·  %s  ·  top %.0f %%"), place, amount,
                            fmax (1, ceil (100 * hover.rank)));
  }
  gtk_label_set_label (self->readout, text);
}

void
sal_window_show_document (SalWindow *self)
{
  show_view (self);
  show_heatmap (self);
  show_caption (self);
}

void
sal_window_show_init (SalWindow *self)
{
  static const struct {
    const char *signal;
    void (*show) (SalWindow *self);
  } links[] = {
    { "notify::opening", show_pages },
    { "notify::model", show_title },
    { "notify::model", sal_window_show_notes },
    { "notify::model", show_method },
    { "notify::picture", show_title },
    { "notify::view", show_view },
    { "notify::view", show_caption },
    { "notify::target", show_target },
    { "notify::target", show_caption },
    { "notify::target", show_title },
    { "notify::versus", show_versus },
    { "notify::versus", show_caption },
    { "notify::versus", show_title },
    { "notify::kind", show_kind },
    { "notify::method", show_method },
    { "notify::method", show_caption },
    { "notify::settings", show_settings },
    { "notify::heatmap", show_heatmap },
    { "notify::heatmap", show_caption },
    { "notify::settings", show_caption },
    { "notify::looks", show_looks },
  };

  g_signal_connect_object (self->previews, "changed", G_CALLBACK (show_previews), self,
                           G_CONNECT_SWAPPED);
  show_looks_once (self);
  show_view_name (self);
  g_signal_connect_object (self->canvas, "notify::mode", G_CALLBACK (show_view_name), self,
                           G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++) {
    links[i].show (self);
    g_signal_connect_object (self->document, links[i].signal, G_CALLBACK (links[i].show), self,
                             G_CONNECT_SWAPPED);
  }
}
