/* The frame of a PNG file: chunks of a length, a type, data and a checksum. */
#pragma once

#include <glib.h>

/**
 * SalPngChunk:
 * @type: four letters
 * @whole: the chunk with its length and checksum
 */
typedef struct {
  const char *type;
  const guint8 *whole;
  gsize whole_size;
} SalPngChunk;

/** sal_png_is: Returns: whether @data begins like a PNG file */
gboolean sal_png_is (const guint8 *data, gsize size);

/**
 * sal_png_next_chunk:
 * @at: (inout): 0 before the first call
 *
 * Returns: %FALSE at the end of the file, or where it is cut short
 */
gboolean sal_png_next_chunk (const guint8 *data, gsize size, gsize *at, SalPngChunk *chunk);
