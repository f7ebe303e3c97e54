#include "tests/app/document-support.h"

void
document_choose (SalDocument *document, const char *method)
{
  g_assert_nonnull (sal_method_find (method));
  sal_document_set_method (document, sal_method_find (method));
  app_settle (document);
  g_assert_cmpint (sal_document_state (document), ==, SAL_DOCUMENT_DONE);
}

void
document_set_look (SalDocument *document, const char *key, const char *value)
{
  app_set_look (document, key, value);
  app_settle (document);
}
