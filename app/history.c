#include "app/history.h"

#include "app/looks.h"
#include "engine/explain/smooth.h"

/* Changes of the same things within this time are one. */
#define TOGETHER_MICROSECONDS G_USEC_PER_SEC

#define MAX_STATES 200

typedef struct {
  const SalMethod *method;
  SalSettings *settings; /* of the method */
  SalTarget target;
  SalSettings *looks;
} State;

/* What differs between two states: bits, and the number of the parameter from KEYS up. */
enum { METHOD = 1, TARGET = 2, SMOOTHING = 4, LOOKS = 8, KEYS = 16 };

struct _SalHistory {
  SalDocument *document;
  void (*changed) (gpointer owner);
  gpointer owner;
  GPtrArray *states; /* State, oldest first */
  guint now;         /* which of them the document is in */
  int last;          /* what the last change was about; 0 if the next is to stand alone */
  gint64 last_time;
  guint pending;   /* the document has changed and is to be looked at */
  gboolean afresh; /* and what was before does not count any more */
};

static void
state_free (gpointer data)
{
  State *state = data;

  sal_settings_free (state->settings);
  sal_settings_free (state->looks);
  g_free (state);
}

static State *
state_of (SalDocument *document)
{
  State *state = g_new0 (State, 1);

  state->method = sal_document_method (document);
  state->settings = sal_settings_copy (sal_document_settings (document));
  state->target = (SalTarget){ sal_document_target (document), sal_document_versus (document),
                               sal_document_kind (document) };
  state->looks = sal_settings_copy (sal_document_looks (document));
  return state;
}

/* Which parameter of a list differs first: its number, from 1; 0 if none. */
static int
differing (const SalSettings *a, const SalSettings *b, const SalParam *params)
{
  for (int i = 0; params != NULL && params[i].key != NULL; i++)
    if (sal_settings_number (a, &params[i]) != sal_settings_number (b, &params[i]) ||
        !g_str_equal (sal_settings_text (a, &params[i]), sal_settings_text (b, &params[i])))
      return i + 1;
  return 0;
}

static int
difference (const State *a, const State *b)
{
  int what = 0, key = 0, smoothing = 0;
  int looks = differing (a->looks, b->looks, sal_appearance_params ());

  if (looks == 0)
    looks = differing (a->looks, b->looks, sal_looks_params ());

  if (a->method != b->method) { /* each has settings of its own */
    what |= METHOD;
  } else {
    key = differing (a->settings, b->settings, a->method->params);
    smoothing = differing (a->settings, b->settings, sal_smooth_params ());
  }
  if (a->target.class_index != b->target.class_index || a->target.versus != b->target.versus ||
      a->target.kind != b->target.kind)
    what |= TARGET;
  if (smoothing != 0)
    what |= SMOOTHING;
  if (looks != 0)
    what |= LOOKS;
  return what + KEYS * (key + smoothing + looks);
}

static void
tell (SalHistory *self)
{
  if (self->changed != NULL)
    self->changed (self->owner);
}

/* Another picture is no change of mind, and other classes are highest. */
static void
start (SalHistory *self)
{
  g_ptr_array_set_size (self->states, 0);
  g_ptr_array_add (self->states, state_of (self->document));
  self->now = 0;
  self->last = 0;
  self->afresh = FALSE;
  tell (self);
}

static void
note (SalHistory *self)
{
  State *state = state_of (self->document);
  int what = difference (self->states->pdata[self->now], state);
  gint64 time = g_get_monotonic_time ();

  if (what == 0) {
    state_free (state);
    return;
  }
  g_ptr_array_set_size (self->states, (int) self->now + 1);
  if (what == self->last && self->now > 0 && time - self->last_time < TOGETHER_MICROSECONDS) {
    state_free (self->states->pdata[self->now]);
    self->states->pdata[self->now] = state;
  } else {
    g_ptr_array_add (self->states, state);
    if (self->states->len > MAX_STATES)
      g_ptr_array_remove_index (self->states, 0);
    self->now = self->states->len - 1;
  }
  self->last = what;
  self->last_time = time;
  tell (self);
}

static void
look (SalHistory *self)
{
  g_clear_handle_id (&self->pending, g_source_remove);
  if (self->afresh)
    start (self);
  else
    note (self);
}

static gboolean
look_cb (gpointer data)
{
  SalHistory *self = data;

  self->pending = 0;
  look (self);
  return G_SOURCE_REMOVE;
}

/* One act can change several properties, one after the other: looked at is what comes of it. */
static void
changed_cb (SalHistory *self)
{
  if (self->pending == 0)
    self->pending = g_idle_add_full (G_PRIORITY_DEFAULT, look_cb, self, NULL);
}

static void
view_cb (SalHistory *self)
{
  self->afresh = TRUE;
  changed_cb (self);
}

static void
go_to (SalHistory *self, guint which)
{
  const State *state = self->states->pdata[which];

  self->now = which;
  self->last = 0;
  sal_document_ask (self->document, state->method, state->settings, state->target);
  sal_document_set_looks (self->document, state->looks);
  g_clear_handle_id (&self->pending, g_source_remove);
  tell (self);
}

gboolean
sal_history_can_undo (const SalHistory *self)
{
  return self->now > 0;
}

gboolean
sal_history_can_redo (const SalHistory *self)
{
  return self->now + 1 < self->states->len;
}

void
sal_history_undo (SalHistory *self)
{
  if (self->pending != 0)
    look (self);
  if (sal_history_can_undo (self))
    go_to (self, self->now - 1);
}

void
sal_history_redo (SalHistory *self)
{
  if (self->pending != 0)
    look (self);
  if (sal_history_can_redo (self))
    go_to (self, self->now + 1);
}

SalHistory *
sal_history_new (SalDocument *document, void (*changed) (gpointer owner), gpointer owner)
{
  static const char *const signal_names[] = { "notify::method", "notify::settings",
                                              "notify::target", "notify::versus",
                                              "notify::kind",   "notify::looks" };
  SalHistory *self = g_new0 (SalHistory, 1);

  self->document = g_object_ref (document);
  self->changed = changed;
  self->owner = owner;
  self->states = g_ptr_array_new_with_free_func (state_free);
  g_ptr_array_add (self->states, state_of (document));
  for (gsize i = 0; i < G_N_ELEMENTS (signal_names); i++)
    g_signal_connect_swapped (document, signal_names[i], G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (document, "notify::view", G_CALLBACK (view_cb), self);
  return self;
}

void
sal_history_free (SalHistory *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->pending, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->document, self);
  g_object_unref (self->document);
  g_ptr_array_unref (self->states);
  g_free (self);
}
