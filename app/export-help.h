/* "Export Your Own Model": how a network gets from where it was trained into a file that can be
 * opened here, with commands to copy. */
#pragma once

#include <adwaita.h>

#define SAL_TYPE_EXPORT_HELP (sal_export_help_get_type ())
G_DECLARE_FINAL_TYPE (SalExportHelp, sal_export_help, SAL, EXPORT_HELP, AdwWindow)

/** sal_export_help_show: opens it over @parent */
void sal_export_help_show (GtkWindow *parent);
