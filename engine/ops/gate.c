#include "engine/ops/gate.h"

#include "engine/base/clones.h"

typedef gint32 Mask __attribute__ ((vector_size (32)));
/* Eight floats wherever they lie. */
typedef gint32 Floats __attribute__ ((vector_size (32), aligned (4), may_alias));

SAL_CLONES void
sal_gate_apply (float *g, gint64 g_step, const guint8 *gate, gint64 gate_step, gint64 rows,
                gint64 channels)
{
  const Mask bit = { 1, 2, 4, 8, 16, 32, 64, 128 };
  gint64 whole = channels / 8 * 8;

  for (gint64 row = 0; row < rows; row++, g += g_step, gate += gate_step) {
    for (gint64 c = 0; c < whole; c += 8) {
      gint32 byte = gate[c / 8];
      Mask here = { byte, byte, byte, byte, byte, byte, byte, byte };
      Floats *at = (Floats *) (gpointer) (g + c);

      *at &= (here & bit) == bit;
    }
    for (gint64 c = whole; c < channels; c++)
      if (!(gate[c / 8] >> c % 8 & 1))
        g[c] = 0.f;
  }
}
