#include "ui/name.h"

#include <adwaita.h>
#include <string.h>

void
sal_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* A table's cells are such widgets of another type, inside the row's. */
void
sal_name_row (GtkWidget *content, const char *name)
{
  while (content != NULL && !g_str_equal (G_OBJECT_TYPE_NAME (content), "GtkListItemWidget"))
    content = gtk_widget_get_parent (content);
  if (content != NULL)
    sal_name (content, name);
}

/* Returns: (nullable): the label with its mnemonic */
static const char *
label_of (GtkButton *button)
{
  GtkWidget *content = gtk_button_get_child (button);

  if (ADW_IS_BUTTON_CONTENT (content))
    return adw_button_content_get_label (ADW_BUTTON_CONTENT (content));
  return gtk_button_get_use_underline (button) ? gtk_button_get_label (button) : NULL;
}

void
sal_name_buttons (GtkWidget *root)
{
  const char *label = GTK_IS_BUTTON (root) ? label_of (GTK_BUTTON (root)) : NULL;

  if (label != NULL) {
    g_autoptr (GString) name = g_string_new (NULL);
    for (; *label != '\0'; label++) {
      if (*label == '_' && label[1] != '\0')
        label++;
      g_string_append_c (name, *label);
    }
    sal_name (root, name->str);
  }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    sal_name_buttons (child);
}
