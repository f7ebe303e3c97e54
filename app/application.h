/* The program: its command line, its windows, what does not belong to one window. */
#pragma once

#include <adwaita.h>

#define SAL_TYPE_APPLICATION (sal_application_get_type ())
G_DECLARE_FINAL_TYPE (SalApplication, sal_application, SAL, APPLICATION, AdwApplication)

/** sal_application_new: `salience [MODEL.onnx] [IMAGE]`, in either order, one, both or neither;
 *  --version, --help */
SalApplication *sal_application_new (void);
