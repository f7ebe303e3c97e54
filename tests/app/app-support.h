/* What tests of the document and the window share: a document with the bundled example, waiting
 * for answers, listening to what it says. */
#pragma once

#include "app/document.h"
#include "tests/support.h"
#include "tests/ui/ui-support.h"

/** Said: what a document has said since app_listen() */
typedef struct {
  int n_failed;
  char *summary; /* of the last failure */
  char *details;
  int n_exported;
  char *path;
  int n_heatmaps;
} Said;

/** app_listen: fills in @said, which must outlive @document, from its signals */
void app_listen (SalDocument *document, Said *said);
void app_said_clear (Said *said);

/** app_sanitized: Returns: whether a sanitizer slows everything down: times are then only printed
 */
gboolean app_sanitized (void);

/** app_settle: runs the main loop until @document neither opens nor works on anything */
void app_settle (SalDocument *document);

/** app_example: Returns: whether there is a bundled model and picture; else the test is skipped */
gboolean app_example (char **model, char **picture);

/** app_few_steps: makes @document's method Integrated Gradients, with fewer steps than otherwise:
 *  its answer is no better checked for the time that more take where sanitizers slow them down */
void app_few_steps (SalDocument *document);

/** app_document: Returns: (transfer full) (nullable): a document with the bundled example, its
 * first answer there; %NULL after g_test_skip() */
SalDocument *app_document (Said *said);

/** app_set: sets a parameter of the document's method, or of smoothing, from text */
void app_set (SalDocument *document, const char *key, const char *value);
/** app_set_look: sets how the document's result is shown, from text */
void app_set_look (SalDocument *document, const char *key, const char *value);

/** app_broken: Returns: (transfer full) (array zero-terminated): paths of files that cannot be
 *  opened, some made in the scratch folder: a truncated model, text that calls itself a model,
 *  models with an operator nobody knows, with a weight of 2^40 elements and with data in
 *  ../../etc/passwd, a truncated picture, pictures of 1×1 and 20000×10 pixels, a model with a wrong
 *  sidecar, a folder, and a file that is not there. app_assert_details() knows why not */
char **app_broken (void);
/** app_assert_details: of what is said about @path of app_broken(): why, in one line, and where */
void app_assert_details (const char *details, const char *path);
