/* Why a method does not go with a model, for people. */
#pragma once

/** sal_reason_text: @reason: of a method's check. Returns: (transfer full): translated, what is a
 *  name left as it is */
char *sal_reason_text (const char *reason);
