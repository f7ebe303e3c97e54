#include "app/comparison-private.h"

/* Layouts. */

static GPtrArray *
texts_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static gpointer
copy_text (gconstpointer text, gpointer data)
{
  return g_strdup (text);
}

static GPtrArray *
texts_copy (GPtrArray *texts)
{
  return texts != NULL ? g_ptr_array_copy (texts, copy_text, NULL) : NULL;
}

SalComparisonLayout *
sal_comparison_layout_new (void)
{
  SalComparisonLayout *layout = g_new0 (SalComparisonLayout, 1);

  layout->pictures = texts_new ();
  return layout;
}

SalComparisonLayout *
sal_comparison_layout_copy (const SalComparisonLayout *layout)
{
  SalComparisonLayout *copy = g_new0 (SalComparisonLayout, 1);

  copy->axis = layout->axis;
  copy->shared = layout->shared;
  for (int i = 0; i < SAL_N_COMPARE; i++)
    copy->columns[i] = texts_copy (layout->columns[i]);
  copy->class_names = texts_copy (layout->class_names);
  copy->pictures = texts_copy (layout->pictures);
  return copy;
}

void
sal_comparison_layout_free (SalComparisonLayout *layout)
{
  if (layout == NULL)
    return;
  for (int i = 0; i < SAL_N_COMPARE; i++)
    g_clear_pointer (&layout->columns[i], g_ptr_array_unref);
  g_clear_pointer (&layout->class_names, g_ptr_array_unref);
  g_ptr_array_unref (layout->pictures);
  g_free (layout);
}

const char *
sal_comparison_layout_axis_id (SalCompareAxis axis)
{
  static const char *const ids[] = { "methods", "classes", "layers", "models", NULL };

  return ids[axis];
}

/* As it is. */

static GPtrArray *
columns_of (SalComparison *self, SalCompareAxis axis)
{
  guint n = axis == self->axis ? self->columns->len : self->away[axis]->len;

  if (n == 0)
    return NULL;
  GPtrArray *ids = texts_new ();
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (ids, g_strdup (axis == self->axis
                                        ? sal_comparison_column (self, i)->id
                                        : sal_comparison_part_id (self->away[axis]->pdata[i])));
  return ids;
}

SalComparisonLayout *
sal_comparison_get_layout (SalComparison *self)
{
  g_return_val_if_fail (SAL_IS_COMPARISON (self), NULL);
  if (self->wish != NULL)
    return sal_comparison_layout_copy (self->wish);
  if (self->view == NULL)
    return NULL;
  SalComparisonLayout *layout = sal_comparison_layout_new ();
  GPtrArray *classes;

  layout->axis = self->axis;
  layout->shared = self->shared;
  for (int i = 0; i < SAL_N_COMPARE; i++)
    layout->columns[i] = columns_of (self, (SalCompareAxis) i);
  if ((classes = layout->columns[SAL_COMPARE_CLASSES]) != NULL) {
    layout->class_names = texts_new ();
    for (guint i = 0; i < classes->len; i++)
      g_ptr_array_add (layout->class_names,
                       g_strdup (sal_model_label (self->view->model, atoi (classes->pdata[i]))));
  }
  for (guint j = 1; j < self->rows->len; j++)
    g_ptr_array_add (layout->pictures,
                     g_strdup (((SalComparisonRow *) self->rows->pdata[j])->path));
  return layout;
}

void
sal_comparison_set_layout (SalComparison *self, const SalComparisonLayout *layout)
{
  g_return_if_fail (SAL_IS_COMPARISON (self) && layout != NULL);
  g_clear_pointer (&self->wish, sal_comparison_layout_free);
  self->wish = sal_comparison_layout_copy (layout);
}

/* As it is wished. */

static gboolean
has_layer (SalModel *model, const char *node)
{
  int n;
  const SalLayer *layers = sal_model_layers (model, &n);

  for (int i = 0; i < n; i++)
    if (g_str_equal (layers[i].node, node))
      return TRUE;
  return FALSE;
}

/* Returns: (transfer full) (nullable): the column as this model has it */
static char *
id_here (SalComparison *self, const SalComparisonLayout *layout, SalCompareAxis axis, guint i)
{
  const char *id = layout->columns[axis]->pdata[i];
  SalModel *model = self->view->model;
  const SalMethod *method;

  switch (axis) {
  case SAL_COMPARE_METHODS:
    method = sal_method_find (id);
    return method != NULL && sal_method_reason (method, model) == NULL ? g_strdup (id) : NULL;
  case SAL_COMPARE_CLASSES: {
    const char *name = layout->class_names != NULL && i < layout->class_names->len
                           ? layout->class_names->pdata[i]
                           : NULL;
    int number = sal_model_same_class (model, atoi (id), name);
    return number >= 0 ? g_strdup_printf ("%d", number) : NULL;
  }
  case SAL_COMPARE_LAYERS:
    return has_layer (model, id) ? g_strdup (id) : NULL;
  default:
    return g_strdup (id);
  }
}

static void
add_columns (SalComparison *self, const SalComparisonLayout *layout)
{
  GPtrArray *columns = layout->columns[self->axis];

  for (guint i = 0; columns != NULL && i < columns->len; i++) {
    g_autofree char *id = id_here (self, layout, self->axis, i);
    if (id != NULL)
      sal_comparison_append (self, id);
  }
}

gboolean
sal_comparison_take_wish (SalComparison *self)
{
  SalComparisonLayout *wish = g_steal_pointer (&self->wish);

  if (wish == NULL)
    return FALSE;
  while (self->columns->len > 0)
    sal_comparison_drop (self, self->columns->len - 1);
  while (self->rows->len > 1)
    sal_comparison_drop_row (self, self->rows->len - 1);
  for (guint i = 0; i < wish->pictures->len; i++)
    sal_comparison_append_row (self, wish->pictures->pdata[i], NULL);
  for (int i = 0; i < SAL_N_COMPARE; i++) {
    g_ptr_array_set_size (self->away[i], 0);
    if ((SalCompareAxis) i == wish->axis)
      continue;
    self->axis = (SalCompareAxis) i;
    add_columns (self, wish);
    sal_comparison_put_away (self);
  }
  self->axis = wish->axis;
  self->shared = wish->shared;
  add_columns (self, wish);
  if (self->columns->len > 0)
    sal_comparison_adapt_columns (self, self->view->model);
  else
    sal_comparison_start_columns (self);
  sal_comparison_layout_free (wish);
  return TRUE;
}
