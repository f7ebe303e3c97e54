/* Real numbers as the window writes them. */
#pragma once

#include <glib.h>

/**
 * sal_canvas_number:
 * @plus: whether positive numbers get a sign, too
 *
 * Three significant digits, kept even when they are zeros so that a number that changes does not
 * change its width; a true minus sign; powers of ten below 0.001 and from 100000 on: −0.0210, 13.7,
 * 2.10×10⁻⁴. Zero is "0". The decimal point does not depend on the language.
 *
 * Returns: (transfer full): UTF-8
 */
char *sal_canvas_number (double value, gboolean plus);
