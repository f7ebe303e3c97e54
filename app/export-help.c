#include "app/export-help.h"

#include <glib/gi18n.h>

#define FOLDER "/org/salience/Salience/export/"
#define MARGIN 18

struct _SalExportHelp {
  AdwWindow parent_instance;

  GtkStack *stack;
  AdwToastOverlay *toasts;
};

G_DEFINE_FINAL_TYPE (SalExportHelp, sal_export_help, ADW_TYPE_WINDOW)

static const struct {
  const char *id, *title;
  const char *words; /* before the commands */
} pages[] = {
  { "pytorch", "PyTorch",
    N_ ("The network is exported for evaluation, with its first axis open; the sidecar beside it "
        "says how a picture becomes its input. A model from Hugging Face or timm needs none: keep "
        "its preprocessor_config.json or config.json beside the ONNX file.") },
  { "keras", "Keras",
    N_ ("With the packages tensorflow and tf2onnx. Where the network scales the pixels itself, a "
        "sidecar says \"value_range\": [0, 255], \"mean\": [0, 0, 0], \"std\": [1, 1, 1].") },
  { "scikit-learn", "scikit-learn",
    N_ ("A perceptron or a linear model is a few matrix products. Trees and forests have no "
        "gradient and cannot be opened.") },
};

static char *
code_of (const char *id)
{
  g_autofree char *path = g_strconcat (FOLDER, id, ".py", NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  gsize size;

  g_return_val_if_fail (bytes != NULL, g_strdup (""));

  const char *text = g_bytes_get_data (bytes, &size);

  return g_strndup (text, size);
}

static GtkWidget *
page_new (const char *id, const char *words)
{
  g_autofree char *code = code_of (id);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *label = gtk_label_new (words), *view = gtk_text_view_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), code, -1);
  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 12);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Commands"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_widget_add_css_class (scrolled, "card");
  gtk_widget_set_overflow (scrolled, GTK_OVERFLOW_HIDDEN); /* for the card's corners */
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_widget_set_margin_start (box, MARGIN);
  gtk_widget_set_margin_end (box, MARGIN);
  gtk_widget_set_margin_top (box, MARGIN);
  gtk_widget_set_margin_bottom (box, MARGIN);
  return box;
}

static void
copy_cb (SalExportHelp *self)
{
  g_autofree char *code = code_of (gtk_stack_get_visible_child_name (self->stack));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), code);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Copied")));
}

static void
sal_export_help_class_init (SalExportHelpClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/salience/Salience/ui/export-help.ui");
  gtk_widget_class_bind_template_child (widget_class, SalExportHelp, stack);
  gtk_widget_class_bind_template_child (widget_class, SalExportHelp, toasts);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
sal_export_help_init (SalExportHelp *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    gtk_stack_add_titled (self->stack, page_new (pages[i].id, _ (pages[i].words)), pages[i].id,
                          pages[i].title);
}

void
sal_export_help_show (GtkWindow *parent)
{
  gtk_window_present (g_object_new (SAL_TYPE_EXPORT_HELP, "transient-for", parent,
                                    "destroy-with-parent", TRUE, NULL));
}
