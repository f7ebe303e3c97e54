#include "app/compare-page.h"

#include "app/compare-cells.h"
#include "app/compare-matrix.h"
#include "ui/drop-down.h"
#include "ui/found.h"
#include "ui/later.h"
#include "ui/steady-layout.h"
#include "ui/tooltip.h"
#include "ui/wrap.h"

#include <glib/gi18n.h>

struct _SalComparePage {
  GtkWidget parent_instance;

  GtkWidget *box;
  SalCompareCells *cells;
  GtkWidget *axes[SAL_N_COMPARE];
  GtkMenuButton *add;
  GtkWidget *add_file, *choices;
  GtkEditable *search;
  GtkListView *choice_list;
  GtkWidget *nothing;
  GtkWidget *progress;
  GtkProgressBar *bar;
  GtkLabel *count;
  GtkLabel *same;
  GtkToggleButton *shared;
  GtkDropDown *measure;
  GtkGrid *matrix;
  AdwFlap *flap;
  GtkWidget *alike_button;

  SalComparison *comparison;
  char **choice_ids;
  GtkStringList *choice_labels;
  gboolean showing;
};

G_DEFINE_FINAL_TYPE (SalComparePage, sal_compare_page, GTK_TYPE_WIDGET)

enum { WANTED, OPENED, N_SIGNALS };
static guint signals[N_SIGNALS];

GtkWidget *
sal_compare_page_canvas (SalComparePage *self, guint column, guint row)
{
  g_return_val_if_fail (SAL_IS_COMPARE_PAGE (self), NULL);
  return sal_compare_cells_canvas (self->cells, column, row);
}

/* What it shows. */

static void
opened_cb (SalComparePage *self, gpointer explanation)
{
  g_signal_emit (self, signals[OPENED], 0, explanation);
}

static void
show_same (SalComparePage *self)
{
  g_autofree char *same = sal_comparison_same (self->comparison);

  gtk_label_set_label (self->same, same);
  sal_tooltip_set (GTK_WIDGET (self->same), same);
}

static void
show_matrix (SalComparePage *self)
{
  sal_compare_matrix_fill (self->matrix, self->comparison,
                           (SalAlike) gtk_drop_down_get_selected (self->measure));
  gtk_widget_set_visible (GTK_WIDGET (self->measure),
                          sal_comparison_n_columns (self->comparison) > 1);
}

static void
show_alike_button (gpointer page)
{
  SalComparePage *self = page;

  gtk_widget_set_visible (self->alike_button, adw_flap_get_folded (self->flap));
}

/* Where pictures need the room, how alike they are is shown on request. */
static void
folded_cb (SalComparePage *self)
{
  sal_later (self, show_alike_button);
}

void
sal_compare_page_toggle_panel (SalComparePage *self)
{
  g_return_if_fail (SAL_IS_COMPARE_PAGE (self));
  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
progress_cb (SalComparePage *self)
{
  guint done, all;
  gboolean busy = sal_comparison_progress (self->comparison, &done, &all);
  g_autofree char *text = g_strdup_printf (_ ("%u of %u"), done, all);

  gtk_widget_set_visible (self->progress, busy);
  gtk_progress_bar_set_fraction (self->bar, all > 0 ? (double) done / all : 0);
  gtk_label_set_label (self->count, text);
}

/* Adding. */

static void
choices_shown_cb (SalComparePage *self)
{
  char **labels;

  if (!gtk_widget_get_visible (self->choices))
    return;
  g_strfreev (self->choice_ids);
  self->choice_ids = sal_comparison_choices (self->comparison, &labels);
  gtk_string_list_splice (self->choice_labels, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (self->choice_labels)),
                          (const char *const *) labels);
  g_strfreev (labels);
  gtk_editable_set_text (self->search, "");
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
choice_cb (SalComparePage *self, guint position)
{
  GListModel *shown = G_LIST_MODEL (gtk_list_view_get_model (self->choice_list));
  g_autoptr (GtkStringObject) chosen = g_list_model_get_item (shown, position);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->choice_labels));

  for (guint i = 0; chosen != NULL && i < n; i++) {
    g_autoptr (GtkStringObject) item =
        g_list_model_get_item (G_LIST_MODEL (self->choice_labels), i);
    if (item == chosen) {
      sal_comparison_add (self->comparison, self->choice_ids[i]);
      break;
    }
  }
  gtk_menu_button_popdown (self->add);
}

static void
first_choice_cb (SalComparePage *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (self->choice_list))) > 0)
    choice_cb (self, 0);
}

/* The entry has the key for itself, which would close the popover. */
static void
no_choice_cb (SalComparePage *self)
{
  gtk_menu_button_popdown (self->add);
}

static void
choice_setup_cb (SalComparePage *self, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  /* Names of layers begin alike, and of methods may be longer in other languages. */
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_list_item_set_child (item, label);
}

static void
choice_bind_cb (SalComparePage *self, GtkListItem *item)
{
  g_autofree char *name =
      sal_wrappable (gtk_string_object_get_string (gtk_list_item_get_item (item)));

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)), name);
}

static void
show_axis (SalComparePage *self)
{
  SalCompareAxis axis = sal_comparison_axis (self->comparison);

  self->showing = TRUE;
  for (int i = 0; i < SAL_N_COMPARE; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->axes[i]), axis == (SalCompareAxis) i);
  self->showing = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->add), axis != SAL_COMPARE_MODELS);
  gtk_widget_set_visible (self->add_file, axis == SAL_COMPARE_MODELS);
}

/* The comparison may have been arranged from elsewhere. */
static void
layout_cb (SalComparePage *self)
{
  show_axis (self);
  gtk_toggle_button_set_active (self->shared, sal_comparison_shared (self->comparison));
  show_same (self);
  show_matrix (self);
}

/* What failed, or was stopped, is not waited for in the matrix. */
static void
cell_cb (SalComparePage *self, guint column, guint row)
{
  SalCellState state = sal_comparison_cell (self->comparison, column, row)->state;

  if (state != SAL_CELL_RUNNING && state != SAL_CELL_DONE)
    show_matrix (self);
}

static void
axis_cb (SalComparePage *self)
{
  if (self->showing)
    return;
  for (int i = 0; i < SAL_N_COMPARE; i++)
    if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->axes[i])) &&
        sal_comparison_axis (self->comparison) != (SalCompareAxis) i) {
      sal_comparison_set_axis (self->comparison, (SalCompareAxis) i);
      break;
    }
  show_axis (self);
}

static void
shared_cb (SalComparePage *self)
{
  sal_comparison_set_shared (self->comparison, gtk_toggle_button_get_active (self->shared));
  show_same (self);
}

static void
cancel_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sal_comparison_cancel (SAL_COMPARE_PAGE (widget)->comparison);
}

SalComparison *
sal_compare_page_comparison (SalComparePage *self)
{
  return self->comparison;
}

static void
sal_compare_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sal_compare_page_parent_class)->map (widget);
  g_signal_emit (widget, signals[WANTED], 0);
}

static void
sal_compare_page_dispose (GObject *object)
{
  SalComparePage *self = SAL_COMPARE_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->comparison);
  g_clear_object (&self->choice_labels);
  G_OBJECT_CLASS (sal_compare_page_parent_class)->dispose (object);
}

static void
sal_compare_page_finalize (GObject *object)
{
  SalComparePage *self = SAL_COMPARE_PAGE (object);

  g_strfreev (self->choice_ids);
  G_OBJECT_CLASS (sal_compare_page_parent_class)->finalize (object);
}

static void
sal_compare_page_class_init (SalComparePageClass *klass)
{
  static const char *const axes[SAL_N_COMPARE] = { "axis_methods", "axis_classes", "axis_layers",
                                                   "axis_models" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sal_compare_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sal_compare_page_finalize;
  widget_class->map = sal_compare_page_map;
  gtk_widget_class_set_layout_manager_type (widget_class, SAL_TYPE_STEADY_LAYOUT);
  g_type_ensure (SAL_TYPE_COMPARE_CELLS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/compare-page.ui");
  for (int i = 0; i < SAL_N_COMPARE; i++)
    gtk_widget_class_bind_template_child_full (
        widget_class, axes[i], FALSE,
        (gssize) (G_STRUCT_OFFSET (SalComparePage, axes) + (gsize) i * sizeof (GtkWidget *)));
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, box);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, cells);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, add);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, add_file);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, choices);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, search);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, choice_list);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, nothing);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, progress);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, bar);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, count);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, same);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, shared);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, measure);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, matrix);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, flap);
  gtk_widget_class_bind_template_child (widget_class, SalComparePage, alike_button);
  gtk_widget_class_bind_template_callback (widget_class, opened_cb);
  gtk_widget_class_bind_template_callback (widget_class, axis_cb);
  gtk_widget_class_bind_template_callback (widget_class, shared_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_matrix);
  gtk_widget_class_bind_template_callback (widget_class, choices_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, first_choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, no_choice_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_bind_cb);
  gtk_widget_class_install_action (widget_class, "compare.cancel", NULL, cancel_cb);
  signals[WANTED] = g_signal_new ("wanted", SAL_TYPE_COMPARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 0);
  signals[OPENED] = g_signal_new ("opened", SAL_TYPE_COMPARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
sal_compare_page_init (SalComparePage *self)
{
  static const struct {
    const char *signal;
    GCallback callback;
  } links[] = {
    { "layout", G_CALLBACK (layout_cb) },
    { "progress", G_CALLBACK (progress_cb) },
    { "similarity", G_CALLBACK (show_matrix) },
    { "cell", G_CALLBACK (cell_cb) },
  };

  self->comparison = sal_comparison_new ();
  self->choice_labels = gtk_string_list_new (NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  sal_drop_down_focus_selected (self->measure);
  sal_drop_down_set_name (self->measure, _ ("Measure of similarity"));
  GtkStringFilter *filter =
      gtk_string_filter_new (gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  g_object_bind_property (self->search, "text", filter, "search", G_BINDING_SYNC_CREATE);
  GtkFilterListModel *found = gtk_filter_list_model_new (
      G_LIST_MODEL (g_object_ref (self->choice_labels)), GTK_FILTER (filter));
  g_autoptr (GtkNoSelection) selection = gtk_no_selection_new (G_LIST_MODEL (found));
  gtk_list_view_set_model (self->choice_list, GTK_SELECTION_MODEL (selection));
  sal_found_nothing (self->nothing, self->search, G_LIST_MODEL (found));
  sal_compare_cells_show (self->cells, self->comparison);
  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    g_signal_connect_object (self->comparison, links[i].signal, links[i].callback, self,
                             G_CONNECT_SWAPPED);
  sal_drop_down_give_way (self->measure);
  g_signal_connect_object (self->flap, "notify::folded", G_CALLBACK (folded_cb), self,
                           G_CONNECT_SWAPPED);
  show_axis (self);
  progress_cb (self);
}
