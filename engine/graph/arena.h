/* Puts buffers of known lifetimes into one piece of memory, so that those that never live at the
 * same time share it. */
#pragma once

#include <glib.h>

typedef struct _SalArena SalArena;

SalArena *sal_arena_new (void);
void sal_arena_free (SalArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalArena, sal_arena_free)

/**
 * sal_arena_add:
 * @bytes: size; 0 is allowed
 * @from: first moment it is used
 * @to: last moment it is used, not before @from
 * @place: (out): where its offset is to be written by sal_arena_pack(); must stay valid until then
 */
void sal_arena_add (SalArena *arena, gsize bytes, int from, int to, gsize *place);

/**
 * sal_arena_pack:
 *
 * Walks through time, giving each buffer the tightest gap that is free at its first moment.
 * Offsets are multiples of 64 bytes.
 *
 * Returns: bytes that all take together
 */
gsize sal_arena_pack (SalArena *arena);
