#include "app/compare-matrix.h"

#include "ui/left-to-right.h"
#include "ui/number.h"
#include "ui/tooltip.h"
#include "ui/wrap.h"

#include <glib/gi18n.h>
#include <math.h>

#define NAME_LINES 4

static double
measured (const SalSimilarity *similarity, SalAlike measure)
{
  switch (measure) {
  case SAL_ALIKE_SPEARMAN:
    return similarity->spearman;
  case SAL_ALIKE_SSIM:
    return similarity->ssim;
  default:
    return similarity->top;
  }
}

static GtkWidget *
label_new (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

/* Five steps from "unlike" to "the same", as shades of the accent. */
static const char *const shades[] = { "alike-0", "alike-1", "alike-2", "alike-3", "alike-4" };

static const char *
shade (double value)
{
  return shades[CLAMP ((int) floor (value * 5), 0, 4)];
}

/* Long names take several lines. */
static GtkWidget *
name_new (void)
{
  GtkWidget *label = label_new (NULL, NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), NAME_LINES);
  gtk_label_set_width_chars (GTK_LABEL (label), 11);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 14);
  return label;
}

static GtkWidget *
number_new (void)
{
  GtkWidget *label = label_new (NULL, NULL);

  gtk_label_set_width_chars (GTK_LABEL (label), 5);
  sal_left_to_right (label);
  gtk_widget_set_valign (label, GTK_ALIGN_CENTER);
  return label;
}

/* Lines and columns for so many: the numbers of the columns, their names, and a triangle. */
static void
make_room (GtkGrid *grid, guint n)
{
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL;)
    gtk_grid_remove (grid, child);
  for (guint i = 0; i < n; i++) {
    g_autofree char *number = g_strdup_printf ("%u", i + 1);

    gtk_grid_attach (grid, label_new (number, "dim-label"), 0, (int) i + 1, 1, 1);
    gtk_grid_attach (grid, name_new (), 1, (int) i + 1, 1, 1);
    if (i + 1 < n)
      gtk_grid_attach (grid, label_new (number, "dim-label"), (int) i + 2, 0, 1, 1);
    for (guint j = 0; j < i; j++)
      gtk_grid_attach (grid, number_new (), (int) j + 2, (int) i + 1, 1, 1);
  }
}

static void
show_number (GtkWidget *label, const char *text, double value, const char *help)
{
  const char *wanted = isnan (value) ? NULL : shade (value);

  if (g_str_equal (gtk_label_get_label (GTK_LABEL (label)), text) &&
      g_strcmp0 (sal_tooltip_get (label), help) == 0)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (shades); i++)
    gtk_widget_remove_css_class (label, shades[i]);
  if (wanted != NULL)
    gtk_widget_add_css_class (label, wanted);
  gtk_label_set_label (GTK_LABEL (label), text);
  sal_tooltip_set (label, help);
}

static gboolean
is_open (SalComparison *comparison, guint column, guint row)
{
  SalCellState state = sal_comparison_cell (comparison, column, row)->state;

  return state != SAL_CELL_FAILED && state != SAL_CELL_CANCELLED;
}

/* Whether there will be a number as things are. */
static gboolean
is_coming (SalComparison *comparison, guint a, guint b)
{
  for (guint row = 0; row < sal_comparison_n_rows (comparison); row++)
    if (is_open (comparison, a, row) && is_open (comparison, b, row))
      return TRUE;
  return FALSE;
}

void
sal_compare_matrix_fill (GtkGrid *grid, SalComparison *comparison, SalAlike measure)
{
  guint n = sal_comparison_n_columns (comparison);

  /* A line below the last would be one too many. */
  if ((n > 0 && gtk_grid_get_child_at (grid, 1, (int) n) == NULL) ||
      gtk_grid_get_child_at (grid, 1, (int) n + 1) != NULL)
    make_room (grid, n);
  for (guint i = 0; i < n; i++) {
    const char *name = sal_comparison_column_label (comparison, i);
    g_autofree char *wrappable = sal_wrappable (name);
    GtkWidget *label = gtk_grid_get_child_at (grid, 1, (int) i + 1);

    gtk_label_set_label (GTK_LABEL (label), wrappable);
    sal_tooltip_set (label, name);
    for (guint j = 0; j < i; j++) {
      SalSimilarity similarity;
      gboolean known = sal_comparison_similarity (comparison, i, j, &similarity);
      double value = known ? measured (&similarity, measure) : NAN;
      g_autofree char *text = !isnan (value)
                                  ? sal_number_fixed (value, 2)
                                  : g_strdup (!known && is_coming (comparison, i, j) ? "…" : "–");
      g_autofree char *help = g_strdup_printf (_ ("%s and %s: %s"), name,
                                               sal_comparison_column_label (comparison, j), text);

      show_number (gtk_grid_get_child_at (grid, (int) j + 2, (int) i + 1), text, value, help);
    }
  }
}
