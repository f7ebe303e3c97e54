/* The comparison in the window. */
#include "app/window-private.h"

#include <glib/gi18n.h>

static SalComparison *
comparison (SalWindow *self)
{
  return sal_compare_page_comparison (self->compare_page);
}

/* The comparison takes over the question when one comes to look at it. */
static void
wanted_cb (SalWindow *self)
{
  SalView *view = sal_document_view (self->document);
  SalTarget target = { sal_document_target (self->document), sal_document_versus (self->document),
                       sal_document_kind (self->document) };

  if (view != NULL)
    sal_comparison_ask (comparison (self), view, sal_document_method (self->document),
                        sal_document_settings (self->document), target,
                        sal_document_looks (self->document));
}

static void
put_back (gpointer part, gpointer owner)
{
  sal_comparison_put_back (comparison (owner), part);
}

static void
take_again (gpointer part, gpointer owner)
{
  sal_comparison_take_again (comparison (owner), part);
}

static void
removed_cb (SalWindow *self, SalComparisonPart *part)
{
  static const SalHistoryAct removing = { put_back, take_again,
                                          (GDestroyNotify) sal_comparison_part_unref };
  g_autofree char *title =
      g_markup_printf_escaped (_ ("Removed “%s”"), sal_comparison_part_label (part));

  sal_window_undoable (self, title,
                       sal_history_add (self->history, &removing, sal_comparison_part_ref (part)));
}

static void
view_cb (SalWindow *self)
{
  SalView *view = sal_document_view (self->document);

  if (gtk_widget_get_mapped (GTK_WIDGET (self->compare_page)))
    wanted_cb (self);
  else if (view != NULL)
    sal_comparison_leave (comparison (self), view);
}

void
sal_window_arrange_compare (SalWindow *self, const SalComparisonLayout *layout)
{
  sal_comparison_set_layout (comparison (self), layout);
  view_cb (self); /* which asks, if it is seen already */
}

static void
opened_cb (SalWindow *self, SalExplanation *explanation)
{
  sal_document_restore (self->document, explanation, sal_document_looks (self->document));
  adw_view_stack_set_visible_child_name (self->stack, "explore");
}

static gboolean
has_room (SalWindow *self, guint n)
{
  g_autofree char *details = NULL;

  if (n < SAL_COMPARISON_SIDE)
    return TRUE;
  details = g_strdup_printf (_ ("At most %d pictures, and as many columns, are compared at once."),
                             SAL_COMPARISON_SIDE);
  sal_window_failed (self, _ ("There is no room for more"), details);
  return FALSE;
}

gboolean
sal_window_compare_add (SalWindow *self, GFile *file)
{
  g_autofree char *path = sal_window_path (self, file, _ ("“%s” cannot be opened"));
  SalComparison *grid = comparison (self);

  if (path == NULL)
    return TRUE;
  if (g_file_test (path, G_FILE_TEST_IS_DIR) || g_str_has_suffix (path, SAL_SESSION_ENDING))
    return FALSE;
  if (!g_str_has_suffix (path, ".onnx")) {
    /* A row of failures would say no more. A pipe's end is waited for elsewhere. */
    if (g_file_test (path, G_FILE_TEST_IS_REGULAR) && !sal_work_is_picture (path))
      sal_window_file_failed (self, _ ("“%s” cannot be opened"), path,
                              _ ("It is neither a picture nor called .onnx"));
    else if (has_room (self, sal_comparison_n_rows (grid)))
      sal_comparison_add_picture (grid, path);
    return TRUE;
  }
  if (sal_comparison_axis (grid) != SAL_COMPARE_MODELS)
    return FALSE;
  if (has_room (self, sal_comparison_n_columns (grid)))
    sal_comparison_add (grid, path);
  return TRUE;
}

static void
file_chosen (SalWindow *self, GFile *file)
{
  sal_window_compare_add (self, file);
}

void
sal_window_choose_compare_model (SalWindow *self)
{
  sal_window_choose (self, &sal_window_models, _ ("Add Model"), NULL, file_chosen);
}

void
sal_window_choose_compare_picture (SalWindow *self)
{
  static const SalFileKind kind = { .action = GTK_FILE_CHOOSER_ACTION_OPEN,
                                    .several = TRUE,
                                    .filter = N_ ("Pictures"),
                                    .all = TRUE,
                                    .picture = TRUE };

  sal_window_choose (self, &kind, _ ("Add Pictures"), NULL, file_chosen);
}

void
sal_window_cancel_compare (SalWindow *self)
{
  sal_comparison_cancel (comparison (self));
}

/* Escape is for what one looks at. */
static void
progress_cb (SalWindow *self)
{
  guint done, all;
  gboolean seen = g_strcmp0 (adw_view_stack_get_visible_child_name (self->stack), "compare") == 0;

  sal_window_enable (self, "cancel-compare",
                     seen && sal_comparison_progress (comparison (self), &done, &all));
}

void
sal_window_compare_init (SalWindow *self)
{
  progress_cb (self);
  g_signal_connect_object (comparison (self), "progress", G_CALLBACK (progress_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->stack, "notify::visible-child-name", G_CALLBACK (progress_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->compare_page, "wanted", G_CALLBACK (wanted_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (comparison (self), "removed", G_CALLBACK (removed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->compare_page, "opened", G_CALLBACK (opened_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->document, "notify::view", G_CALLBACK (view_cb), self,
                           G_CONNECT_SWAPPED);
}
