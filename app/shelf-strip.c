#include "app/shelf-strip.h"

#include "engine/explain/smooth.h"
#include "ui/baseline-row.h"
#include "ui/in-view.h"
#include "ui/name.h"

#include <glib/gi18n.h>

#define SIDE 48 /* of a thumbnail */

struct _SalShelfStrip {
  GtkWidget parent_instance;

  SalShelf *shelf;
  GtkMultiSelection *selection;
  GtkWidget *scroller, *list, *pair_button;
  GtkWidget *menu, *rename; /* popovers */
  GtkEditable *entry;
  SalResult *subject; /* of the menu, or of the rename popover; NULL: the one that is selected */
  GtkWidget *before;  /* which had the focus before one of them (weak) */
  gboolean silent;    /* the program selects */
  guint forget_id;    /* until the subject is let go of */
};

G_DEFINE_FINAL_TYPE (SalShelfStrip, sal_shelf_strip, GTK_TYPE_WIDGET)

enum { CHOSEN, DIFFERENCE, DELETED, RENAMED, STAR, N_SIGNALS };
static guint signals[N_SIGNALS];

/* What is selected. */

static SalResult *
nth (SalShelfStrip *self, guint n)
{
  g_autoptr (GtkBitset) set =
      gtk_selection_model_get_selection (GTK_SELECTION_MODEL (self->selection));

  if (n >= gtk_bitset_get_size (set))
    return NULL;
  g_autoptr (SalResult) result =
      g_list_model_get_item (G_LIST_MODEL (self->shelf), gtk_bitset_get_nth (set, n));
  return result; /* the shelf keeps it */
}

static SalResult *
subject (SalShelfStrip *self)
{
  SalResult *result = self->subject != NULL ? self->subject : nth (self, 0);

  return result != NULL && sal_shelf_find (self->shelf, result, NULL) ? result : NULL;
}

gboolean
sal_shelf_strip_pair (SalShelfStrip *self, SalResult **first, SalResult **second)
{
  *first = nth (self, 0);
  *second = nth (self, 1);
  return *second != NULL && nth (self, 2) == NULL;
}

static void
show_pair (SalShelfStrip *self)
{
  SalResult *first, *second;
  gboolean pair = sal_shelf_strip_pair (self, &first, &second);

  gtk_widget_set_visible (self->pair_button, pair);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "shelf.difference", pair);
}

static void
selection_changed_cb (SalShelfStrip *self)
{
  SalResult *only = nth (self, 0);

  show_pair (self);
  if (!self->silent && only != NULL && nth (self, 1) == NULL)
    g_signal_emit (self, signals[CHOSEN], 0, only);
}

/* Actions. */

static void
star_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalResult *result = subject (SAL_SHELF_STRIP (widget));

  if (result != NULL)
    g_signal_emit (widget, signals[STAR], 0, result);
}

static void
delete_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalShelfStrip *self = SAL_SHELF_STRIP (widget);
  g_autoptr (SalResult) result = subject (self);

  if (result == NULL)
    return;
  g_object_ref (result);
  guint position = sal_shelf_remove (self->shelf, result);
  g_signal_emit (self, signals[DELETED], 0, result, position);
}

static void
difference_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalShelfStrip *self = SAL_SHELF_STRIP (widget);
  SalResult *first, *second;

  if (sal_shelf_strip_pair (self, &first, &second))
    g_signal_emit (self, signals[DIFFERENCE], 0, first, second);
}

/* The tile of a result, while it is on the screen. */
static GtkWidget *
tile_of (GtkWidget *widget, SalResult *result)
{
  if (g_object_get_data (G_OBJECT (widget), "result") == result)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = tile_of (child, result);
    if (found != NULL)
      return found;
  }
  return NULL;
}

/* No button opens a popover of the shelf and would have the focus again. */
static void
open_popover (SalShelfStrip *self, GtkWidget *popover, SalResult *result)
{
  GtkWidget *tile = tile_of (self->list, result);
  graphene_rect_t bounds;

  if (tile != NULL && gtk_widget_compute_bounds (tile, GTK_WIDGET (self), &bounds))
    gtk_popover_set_pointing_to (GTK_POPOVER (popover),
                                 &(GdkRectangle){ (int) bounds.origin.x, (int) bounds.origin.y,
                                                  (int) bounds.size.width,
                                                  (int) bounds.size.height });
  if (!gtk_widget_get_visible (popover))
    g_set_weak_pointer (&self->before,
                        gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))));
  gtk_popover_popup (GTK_POPOVER (popover));
}

void
sal_shelf_strip_rename (SalShelfStrip *self, SalResult *result)
{
  guint position;

  g_return_if_fail (SAL_IS_SHELF_STRIP (self));
  if (result == NULL || !sal_shelf_find (self->shelf, result, &position))
    return;
  g_set_object (&self->subject, result);
  sal_bring_item_into_view (self->list, position);
  gtk_editable_set_text (self->entry, sal_result_name (result));
  open_popover (self, self->rename, result);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (self->entry, 0, -1);
}

static void
rename_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalShelfStrip *self = SAL_SHELF_STRIP (widget);

  sal_shelf_strip_rename (self, subject (self));
}

static void
renamed_cb (SalShelfStrip *self)
{
  if (self->subject != NULL) {
    g_autofree char *before = g_strdup (sal_result_given_name (self->subject));

    sal_result_set_name (self->subject, gtk_editable_get_text (self->entry));
    if (g_strcmp0 (before, sal_result_given_name (self->subject)) != 0)
      g_signal_emit (self, signals[RENAMED], 0, self->subject, before);
  }
  gtk_popover_popdown (GTK_POPOVER (self->rename));
}

static void
open_menu (SalShelfStrip *self, SalResult *result)
{
  g_set_object (&self->subject, result);
  open_popover (self, self->menu, result);
}

static void
menu_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SalShelfStrip *self = SAL_SHELF_STRIP (widget);
  SalResult *result = nth (self, 0);

  if (result != NULL)
    open_menu (self, result);
}

/* Actions of a menu are activated after it has closed. */
static gboolean
forget_subject_cb (gpointer data)
{
  SalShelfStrip *self = data;

  self->forget_id = 0;
  if (!gtk_widget_get_visible (self->menu) && !gtk_widget_get_visible (self->rename))
    g_clear_object (&self->subject);
  return G_SOURCE_REMOVE;
}

static void
popover_closed_cb (SalShelfStrip *self)
{
  if (self->before != NULL && gtk_widget_get_mapped (self->before))
    gtk_widget_grab_focus (self->before);
  g_clear_weak_pointer (&self->before);
  if (self->forget_id == 0)
    self->forget_id = g_idle_add (forget_subject_cb, self);
}

/* Tiles. */

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer data)
{
  GtkWidget *tile = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  SalResult *result = g_object_get_data (G_OBJECT (tile), "result");

  if (result == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  open_menu (data, result);
}

static GdkContentProvider *
prepare_drag_cb (GtkDragSource *source, double x, double y, gpointer data)
{
  GtkWidget *tile = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  SalResult *result = g_object_get_data (G_OBJECT (tile), "result");

  if (result == NULL)
    return NULL;
  g_autoptr (GdkPaintable) icon = gtk_widget_paintable_new (tile);
  gtk_drag_source_set_icon (source, icon, (int) x, (int) y);
  return gdk_content_provider_new_typed (SAL_TYPE_RESULT, result);
}

static GtkWidget *
label_new (const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE); /* "A − B" has two ends */
  gtk_label_set_width_chars (GTK_LABEL (label), 13);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 20);
  gtk_widget_add_css_class (label, "caption");
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

static void
setup_cb (SalShelfStrip *self, GtkListItem *item)
{
  GtkWidget *tile = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *overlay = gtk_overlay_new ();
  GtkWidget *picture = gtk_image_new ();
  GtkWidget *star = gtk_image_new_from_icon_name ("starred-symbolic");
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *name = label_new ("heading"), *about = label_new ("dim-label");
  GtkGesture *click = gtk_gesture_click_new ();
  GtkDragSource *drag = gtk_drag_source_new ();

  gtk_image_set_pixel_size (GTK_IMAGE (picture), SIDE);
  gtk_overlay_set_child (GTK_OVERLAY (overlay), picture);
  gtk_widget_set_halign (star, GTK_ALIGN_END);
  gtk_widget_set_valign (star, GTK_ALIGN_START);
  gtk_widget_add_css_class (star, "star");
  gtk_overlay_add_overlay (GTK_OVERLAY (overlay), star);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), name);
  gtk_box_append (GTK_BOX (words), about);
  gtk_box_append (GTK_BOX (tile), overlay);
  gtk_box_append (GTK_BOX (tile), words);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (tile, GTK_EVENT_CONTROLLER (click));
  g_signal_connect (drag, "prepare", G_CALLBACK (prepare_drag_cb), self);
  gtk_widget_add_controller (tile, GTK_EVENT_CONTROLLER (drag));
  g_object_set_data (G_OBJECT (tile), "picture", picture);
  g_object_set_data (G_OBJECT (tile), "star", star);
  g_object_set_data (G_OBJECT (tile), "name", name);
  g_object_set_data (G_OBJECT (tile), "about", about);
  gtk_list_item_set_child (item, tile);
}

/* What is chosen as the sidebar calls it. Returns: (transfer full) */
static char *
chosen (const SalParam *param, const char *value)
{
  if (param->kind == SAL_PARAM_BASELINE)
    return sal_baseline_name (value);
  for (const SalChoice *choice = param->choices; choice != NULL && choice->id != NULL; choice++)
    if (g_str_equal (choice->id, value))
      return g_strdup (_ (choice->label));
  return g_strdup (value);
}

static void
describe (GString *text, const SalParam *params, const SalSettings *settings)
{
  for (const SalParam *param = params; param != NULL && param->key != NULL; param++) {
    if (!sal_settings_applies (settings, params, param))
      continue;
    switch (param->kind) {
    case SAL_PARAM_INT:
    case SAL_PARAM_DOUBLE: {
      gboolean percent = g_strcmp0 (param->unit, "%") == 0;
      double value = sal_settings_number (settings, param) * (percent ? 100 : 1);
      g_string_append_printf (text, "\n%s: %.*f%s%s", _ (param->label), param->digits, value,
                              param->unit != NULL ? " " : "",
                              param->unit != NULL ? _ (param->unit) : "");
      break;
    }
    case SAL_PARAM_SWITCH:
      g_string_append_printf (text, "\n%s: %s", _ (param->label),
                              sal_settings_number (settings, param) != 0 ? _ ("on") : _ ("off"));
      break;
    default:
      if (*sal_settings_text (settings, param) != '\0') {
        g_autofree char *value = chosen (param, sal_settings_text (settings, param));
        g_string_append_printf (text, "\n%s: %s", _ (param->label), value);
      }
    }
  }
}

/* The recipe, in words, below a name that was given: the tile may have no room for all of it. */
static gboolean
tooltip_cb (GtkWidget *tile, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  SalResult *result = g_object_get_data (G_OBJECT (tile), "result");

  if (result == NULL)
    return FALSE;
  const SalExplanation *explanation = sal_result_explanation (result);
  g_autofree char *about = NULL,
                  *file = g_filename_display_basename (explanation->view->picture->path);
  const char *given = sal_result_given_name (result);
  g_autoptr (GString) text = g_string_new (given);

  g_object_get (result, "about", &about, NULL);
  g_string_append_printf (text, "%s%s\n%s\n%s — %s", given != NULL ? "\n" : "",
                          _ (explanation->method->name), about,
                          sal_model_name (explanation->view->model), file);
  describe (text, explanation->method->params, explanation->settings);
  describe (text, sal_smooth_params (), explanation->settings);
  gtk_tooltip_set_text (tooltip, text->str);
  return TRUE;
}

static void
show_name (GObject *result, GParamSpec *spec, gpointer tile)
{
  g_autofree char *about = NULL, *name = NULL;

  g_object_get (result, "name", &name, "about", &about, NULL);
  g_autofree char *both = g_strdup_printf ("%s, %s", name, about);
  gtk_accessible_update_property (tile, GTK_ACCESSIBLE_PROPERTY_LABEL, both, -1);
  sal_name_row (tile, both);
}

static void
bind_cb (SalShelfStrip *self, GtkListItem *item)
{
  static const struct {
    const char *from, *widget, *to;
  } links[] = {
    { "thumbnail", "picture", "paintable" },
    { "starred", "star", "visible" },
    { "name", "name", "label" },
    { "about", "about", "label" },
  };
  GObject *tile = G_OBJECT (gtk_list_item_get_child (item));
  GObject *result = gtk_list_item_get_item (item);
  GPtrArray *bindings = g_ptr_array_new_with_free_func (g_object_unref);

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    g_ptr_array_add (bindings, g_object_ref (g_object_bind_property (
                                   result, links[i].from, g_object_get_data (tile, links[i].widget),
                                   links[i].to, G_BINDING_SYNC_CREATE)));
  g_object_set_data_full (tile, "bindings", bindings, (GDestroyNotify) g_ptr_array_unref);
  g_object_set_data_full (tile, "result", g_object_ref (result), g_object_unref);
  gtk_widget_set_has_tooltip (GTK_WIDGET (tile), TRUE);
  g_signal_connect (tile, "query-tooltip", G_CALLBACK (tooltip_cb), NULL);
  g_signal_connect_object (result, "notify::name", G_CALLBACK (show_name), tile, 0);
  show_name (result, NULL, tile);
}

static void
unbind_cb (SalShelfStrip *self, GtkListItem *item)
{
  GObject *tile = G_OBJECT (gtk_list_item_get_child (item));
  GObject *result = gtk_list_item_get_item (item);
  GPtrArray *bindings = g_object_get_data (tile, "bindings");

  for (guint i = 0; i < bindings->len; i++)
    g_binding_unbind (bindings->pdata[i]);
  g_signal_handlers_disconnect_by_func (result, show_name, tile);
  g_signal_handlers_disconnect_by_func (tile, tooltip_cb, NULL);
  g_object_set_data (tile, "bindings", NULL);
  g_object_set_data (tile, "result", NULL);
}

void
sal_shelf_strip_select (SalShelfStrip *self, SalResult *result)
{
  guint position;

  g_return_if_fail (SAL_IS_SHELF_STRIP (self));
  self->silent = TRUE;
  if (result != NULL && sal_shelf_find (self->shelf, result, &position)) {
    /* An old one that was asked for again may be far away. */
    if (!gtk_selection_model_is_selected (GTK_SELECTION_MODEL (self->selection), position))
      sal_bring_item_into_view (self->list, position);
    gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  } else {
    gtk_selection_model_unselect_all (GTK_SELECTION_MODEL (self->selection));
  }
  self->silent = FALSE;
}

/* A new result comes at the end, and into sight. Of a selected one that goes the selection says
 * nothing. */
static void
items_changed_cb (SalShelfStrip *self, guint position, guint removed, guint added)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->shelf));

  show_pair (self);
  if (added > 0 && position + added == n)
    sal_bring_item_into_view (self->list, n - 1);
}

void
sal_shelf_strip_set_shelf (SalShelfStrip *self, SalShelf *shelf)
{
  g_return_if_fail (SAL_IS_SHELF_STRIP (self) && self->shelf == NULL);
  self->shelf = g_object_ref (shelf);
  self->selection = gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (shelf)));
  gtk_list_view_set_model (GTK_LIST_VIEW (self->list), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "selection-changed", G_CALLBACK (selection_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  show_pair (self);
}

GtkListView *
sal_shelf_strip_list (SalShelfStrip *self)
{
  return GTK_LIST_VIEW (self->list);
}

static void
sal_shelf_strip_dispose (GObject *object)
{
  SalShelfStrip *self = SAL_SHELF_STRIP (object);

  g_clear_handle_id (&self->forget_id, g_source_remove);
  g_clear_weak_pointer (&self->before);
  g_clear_object (&self->subject);
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL;)
    gtk_widget_unparent (child);
  g_clear_object (&self->selection);
  g_clear_object (&self->shelf);
  G_OBJECT_CLASS (sal_shelf_strip_parent_class)->dispose (object);
}

static void
sal_shelf_strip_class_init (SalShelfStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_shelf_strip_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "shelfstrip");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/shelf-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, SalShelfStrip, scroller);
  gtk_widget_class_bind_template_child (widget_class, SalShelfStrip, list);
  gtk_widget_class_bind_template_child (widget_class, SalShelfStrip, pair_button);
  gtk_widget_class_bind_template_child (widget_class, SalShelfStrip, menu);
  gtk_widget_class_bind_template_child (widget_class, SalShelfStrip, rename);
  gtk_widget_class_bind_template_child (widget_class, SalShelfStrip, entry);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, renamed_cb);
  gtk_widget_class_bind_template_callback (widget_class, popover_closed_cb);
  gtk_widget_class_install_action (widget_class, "shelf.star", NULL, star_cb);
  gtk_widget_class_install_action (widget_class, "shelf.rename", NULL, rename_cb);
  gtk_widget_class_install_action (widget_class, "shelf.delete", NULL, delete_cb);
  gtk_widget_class_install_action (widget_class, "shelf.difference", NULL, difference_cb);
  gtk_widget_class_install_action (widget_class, "shelf.menu", NULL, menu_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "shelf.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "shelf.delete", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "shelf.menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "shelf.menu",
                                       NULL);
  signals[CHOSEN] = g_signal_new ("chosen", SAL_TYPE_SHELF_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, SAL_TYPE_RESULT);
  signals[DIFFERENCE] =
      g_signal_new ("difference", SAL_TYPE_SHELF_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, SAL_TYPE_RESULT, SAL_TYPE_RESULT);
  signals[DELETED] = g_signal_new ("deleted", SAL_TYPE_SHELF_STRIP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, SAL_TYPE_RESULT, G_TYPE_UINT);
  signals[STAR] = g_signal_new ("star", SAL_TYPE_SHELF_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, SAL_TYPE_RESULT);
  signals[RENAMED] = g_signal_new ("renamed", SAL_TYPE_SHELF_STRIP, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, SAL_TYPE_RESULT, G_TYPE_STRING);
}

static void
sal_shelf_strip_init (SalShelfStrip *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
