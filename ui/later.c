#include "ui/later.h"

typedef struct {
  gpointer widget; /* NULL once it is gone */
  SalLaterFunc func;
} Call;

static gboolean
call_cb (gpointer data)
{
  Call *call = data;

  if (call->widget != NULL)
    call->func (call->widget);
  return G_SOURCE_REMOVE;
}

static void
call_free (gpointer data)
{
  Call *call = data;

  g_clear_weak_pointer (&call->widget);
  g_free (call);
}

void
sal_later (gpointer widget, SalLaterFunc func)
{
  Call *call = g_new0 (Call, 1);

  g_set_weak_pointer (&call->widget, widget);
  call->func = func;
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, call_cb, call, call_free);
}
