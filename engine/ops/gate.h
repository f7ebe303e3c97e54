/* Gates: one bit for each element of a clamped value, 1 where the clamp's derivative is 1. */
#pragma once

#include <glib.h>

/** sal_gate_step: Returns: bytes of a row of gate bits for @channels elements */
static inline gint64
sal_gate_step (gint64 channels)
{
  return (channels + 7) / 8;
}

/**
 * sal_gate_apply:
 * @g: [rows][channels], @g_step floats from one row to the next
 * @gate: [rows][sal_gate_step()], @gate_step bytes from one row to the next: channel c is bit c % 8
 *   of byte c / 8
 *
 * Zeroes the elements whose bit is 0.
 */
void sal_gate_apply (float *g, gint64 g_step, const guint8 *gate, gint64 gate_step, gint64 rows,
                     gint64 channels);
