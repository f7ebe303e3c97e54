#include "engine/base/progress.h"

SalProgress
sal_progress_part (const SalProgress *progress, double from, double to)
{
  SalProgress part = SAL_PROGRESS_INIT (NULL, NULL, NULL);

  if (progress != NULL)
    part = *progress;
  part.partials = part.keeps = FALSE;
  part.span *= to - from;
  part.from += (progress != NULL ? progress->span : 1.0) * from;
  return part;
}

gboolean
sal_progress_step (const SalProgress *progress, double fraction, const SalPartial *partial,
                   GError **error)
{
  if (progress == NULL)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (progress->cancellable, error))
    return FALSE;
  if (progress->func != NULL)
    progress->func (progress->from + progress->span * fraction, progress->partials ? partial : NULL,
                    progress->data);
  return TRUE;
}

GCancellable *
sal_progress_cancellable (const SalProgress *progress)
{
  return progress != NULL ? progress->cancellable : NULL;
}
