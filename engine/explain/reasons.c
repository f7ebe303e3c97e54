#include "engine/explain/reasons.h"

#include <stddef.h>

const char *const *
sal_reasons (void)
{
  static const char *const reasons[] = {
    SAL_REASON_NO_PLACES,
    SAL_REASON_NO_ATTENTION,
    SAL_REASON_NO_GRID,
    SAL_REASON_NO_RULE,
    SAL_REASON_NO_BLUR,
    SAL_REASON_NO_REGIONS,
    NULL,
  };

  return reasons;
}
