#include "app/compare-matrix.h"

#include "ui/number.h"

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
static const char *
shade (double value)
{
  static const char *const shades[] = { "alike-0", "alike-1", "alike-2", "alike-3", "alike-4" };

  return shades[CLAMP ((int) floor (value * 5), 0, 4)];
}

/* Long names take several lines. */
static GtkWidget *
name_new (const char *name)
{
  GtkWidget *label = label_new (name, NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), NAME_LINES);
  gtk_label_set_width_chars (GTK_LABEL (label), 11);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 14);
  gtk_widget_set_tooltip_text (label, name);
  return label;
}

void
sal_compare_matrix_fill (GtkGrid *grid, SalComparison *comparison, SalAlike measure)
{
  guint n = sal_comparison_n_columns (comparison);

  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (grid))) != NULL;)
    gtk_grid_remove (grid, child);
  for (guint i = 0; i < n; i++) {
    const char *name = sal_comparison_column_label (comparison, i);
    g_autofree char *number = g_strdup_printf ("%u", i + 1);

    gtk_grid_attach (grid, label_new (number, "dim-label"), 0, (int) i + 1, 1, 1);
    gtk_grid_attach (grid, name_new (name), 1, (int) i + 1, 1, 1);
    if (i + 1 < n)
      gtk_grid_attach (grid, label_new (number, "dim-label"), (int) i + 2, 0, 1, 1);
    for (guint j = 0; j < i; j++) {
      SalSimilarity similarity;
      gboolean known = sal_comparison_similarity (comparison, i, j, &similarity);
      double value = known ? measured (&similarity, measure) : NAN;
      g_autofree char *text =
          isnan (value) ? g_strdup (known ? "–" : "…") : sal_number_fixed (value, 2);
      g_autofree char *help = g_strdup_printf (_ ("%s and %s: %s"), name,
                                               sal_comparison_column_label (comparison, j), text);
      GtkWidget *cell = label_new (text, isnan (value) ? NULL : shade (value));

      gtk_label_set_width_chars (GTK_LABEL (cell), 5);
      gtk_widget_set_valign (cell, GTK_ALIGN_CENTER);
      gtk_widget_set_tooltip_text (cell, help);
      gtk_grid_attach (grid, cell, (int) j + 2, (int) i + 1, 1, 1);
    }
  }
}
