#include "app/history.h"

#include "app/looks.h"
#include "engine/explain/smooth.h"

/* Changes of the same things within this time are one. */
#define TOGETHER_MICROSECONDS G_USEC_PER_SEC

#define MAX_CHANGES 200
#define MAX_ACTS 5 /* they may hold on to much */

typedef struct {
  const SalMethod *method;
  SalSettings *settings; /* of the method */
  SalTarget target;
  SalSettings *looks;
} State;

/* From one state of the document to another, or an act. */
typedef struct {
  State *before, *after;
  const SalHistoryAct *act; /* (nullable) */
  gpointer data;
  guint number;
} Change;

/* What differs between two states: bits, and the number of the parameter from KEYS up. */
enum { METHOD = 1, TARGET = 2, SMOOTHING = 4, LOOKS = 8, KEYS = 16 };

struct _SalHistory {
  SalDocument *document;
  void (*changed) (gpointer owner);
  gpointer owner;
  GPtrArray *changes; /* Change, oldest first */
  guint done;         /* so many of them are; the others are undone */
  State *known;       /* the document's, when it was last looked at */
  int last;           /* what the last change was about; 0 if the next is to stand alone */
  gint64 last_time;
  gint64 (*clock) (void);
  guint pending;   /* the document has changed and is to be looked at */
  gboolean afresh; /* and what was before does not count any more */
  guint acts;      /* that there ever were */
};

static void
state_clear (gpointer data)
{
  State *state = data;

  sal_settings_free (state->settings);
  sal_settings_free (state->looks);
}

static void
state_unref (State *state)
{
  g_rc_box_release_full (state, state_clear);
}

static State *
state_of (SalDocument *document)
{
  State *state = g_rc_box_new0 (State);

  state->method = sal_document_method (document);
  state->settings = sal_settings_copy (sal_document_settings (document));
  state->target = (SalTarget){ sal_document_target (document), sal_document_versus (document),
                               sal_document_kind (document) };
  state->looks = sal_settings_copy (sal_document_looks (document));
  return state;
}

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_pointer (&change->before, state_unref);
  g_clear_pointer (&change->after, state_unref);
  if (change->act != NULL)
    change->act->free (change->data);
  g_free (change);
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

static Change *
nth (const SalHistory *self, guint n)
{
  return self->changes->pdata[n];
}

static void
drop (SalHistory *self, guint n)
{
  g_ptr_array_remove_index (self->changes, n);
  if (n < self->done)
    self->done--;
}

/* What was undone cannot be done again once something else is. */
static void
append (SalHistory *self, Change *change)
{
  guint acts = 0;

  g_ptr_array_set_size (self->changes, (int) self->done);
  g_ptr_array_add (self->changes, change);
  self->done++;
  if (self->changes->len > MAX_CHANGES)
    drop (self, 0);
  for (guint i = self->changes->len; i-- > 0;)
    if (nth (self, i)->act != NULL && !nth (self, i)->act->light && ++acts > MAX_ACTS)
      drop (self, i);
}

static void
take_state (SalHistory *self, State *state)
{
  g_clear_pointer (&self->known, state_unref);
  self->known = state;
}

/* Another picture is no change of mind, and other classes are highest. */
static void
start (SalHistory *self)
{
  for (guint i = self->changes->len; i-- > 0;)
    if (nth (self, i)->act == NULL)
      drop (self, i);
  take_state (self, state_of (self->document));
  self->last = 0;
  self->afresh = FALSE;
  tell (self);
}

static void
note (SalHistory *self)
{
  State *state = state_of (self->document);
  int what = difference (self->known, state);
  gint64 time = self->clock ();
  Change *before = self->done > 0 ? nth (self, self->done - 1) : NULL;

  if (what == 0) {
    state_unref (state);
    return;
  }
  if (what == self->last && before != NULL && time - self->last_time < TOGETHER_MICROSECONDS) {
    if (difference (before->before, state) == 0) { /* there and back */
      drop (self, self->done - 1);
      what = 0;
    } else {
      state_unref (before->after);
      before->after = g_rc_box_acquire (state);
    }
  } else {
    Change *change = g_new0 (Change, 1);

    change->before = g_rc_box_acquire (self->known);
    change->after = g_rc_box_acquire (state);
    append (self, change);
  }
  take_state (self, state);
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
go_to (SalHistory *self, State *state)
{
  sal_document_ask (self->document, state->method, state->settings, state->target);
  sal_document_set_looks (self->document, state->looks);
  g_clear_handle_id (&self->pending, g_source_remove);
  take_state (self, g_rc_box_acquire (state));
}

guint
sal_history_add (SalHistory *self, const SalHistoryAct *act, gpointer data)
{
  Change *change = g_new0 (Change, 1);

  if (self->pending != 0)
    look (self);
  change->act = act;
  change->data = data;
  change->number = ++self->acts;
  append (self, change);
  self->last = 0;
  tell (self);
  return self->acts;
}

void
sal_history_take_back (SalHistory *self, guint number)
{
  for (guint i = 0; i < self->done; i++) {
    Change *change = nth (self, i);

    if (change->act == NULL || change->number != number)
      continue;
    change->act->undo (change->data, self->owner);
    drop (self, i);
    tell (self);
    return;
  }
}

gboolean
sal_history_can_take_back (const SalHistory *self, guint number)
{
  for (guint i = 0; i < self->done; i++)
    if (nth (self, i)->act != NULL && nth (self, i)->number == number)
      return TRUE;
  return FALSE;
}

gboolean
sal_history_can_undo (const SalHistory *self)
{
  return self->done > 0;
}

gboolean
sal_history_can_redo (const SalHistory *self)
{
  return self->done < self->changes->len;
}

void
sal_history_undo (SalHistory *self)
{
  if (self->pending != 0)
    look (self);
  if (!sal_history_can_undo (self))
    return;
  Change *change = nth (self, --self->done);

  self->last = 0;
  if (change->act != NULL)
    change->act->undo (change->data, self->owner);
  else
    go_to (self, change->before);
  tell (self);
}

void
sal_history_redo (SalHistory *self)
{
  if (self->pending != 0)
    look (self);
  if (!sal_history_can_redo (self))
    return;
  Change *change = nth (self, self->done++);

  self->last = 0;
  if (change->act != NULL)
    change->act->redo (change->data, self->owner);
  else
    go_to (self, change->after);
  tell (self);
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
  self->clock = g_get_monotonic_time;
  self->changes = g_ptr_array_new_with_free_func (change_free);
  self->known = state_of (document);
  for (gsize i = 0; i < G_N_ELEMENTS (signal_names); i++)
    g_signal_connect_swapped (document, signal_names[i], G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (document, "notify::view", G_CALLBACK (view_cb), self);
  return self;
}

void
sal_history_set_clock (SalHistory *self, gint64 (*microseconds) (void))
{
  self->clock = microseconds;
}

void
sal_history_free (SalHistory *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->pending, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->document, self);
  g_object_unref (self->document);
  g_ptr_array_unref (self->changes);
  state_unref (self->known);
  g_free (self);
}
