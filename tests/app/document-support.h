/* What tests of the document share: asking it something and waiting for the answer. */
#pragma once

#include "tests/app/app-support.h"

/** document_choose: makes @method, which must be there, the document's own, and waits for its
 *  answer */
void document_choose (SalDocument *document, const char *method);
/** document_set_look: sets how the answer is shown, from text, and waits until nothing is worked
 *  on; a heatmap that is made anew may come later */
void document_set_look (SalDocument *document, const char *key, const char *value);
