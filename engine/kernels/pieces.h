/* Numbers taken apart for the matrix unit of x86 processors (AMX), whose tiles hold bfloat16: each
 * float32 is the sum of three of them, of 8 bits each, and six of the nine products of two such
 * sums make a float32's precision (Henry, Tang, Heinecke: Leveraging the bfloat16 artificial
 * intelligence datatype for higher-precision computations, ARITH 2019). Private to the folder.
 *
 * A tile is 1 KiB. Rows lie in tiles as [16 rows][16 pairs], columns as [16 pairs][16 columns], a
 * pair being values i and i + 16 of a block of 32, so that one instruction adds the products of 16
 * rows with 16 columns over a block.
 *
 * Infinity becomes NaN here, and numbers below 1e-38 become 0. */
#pragma once

#include <glib.h>

/* Of a tile. */
#define SAL_PIECES_ROWS 16
#define SAL_PIECES_COLUMNS 16
#define SAL_PIECES_DEPTH 32

/* Pieces of a number. */
#define SAL_PIECES 3

/* Tiles of columns that lie side by side, and rows that are best multiplied together. */
#define SAL_PIECES_TILES 2
#define SAL_PIECES_TOGETHER 32

/* Floats as large as a tile. */
#define SAL_PIECES_TILE 256

/* The most tiles of a panel. */
#define SAL_PIECES_PANEL 4

/* Blocks of values, with zeros behind the last one's. */
static inline int
sal_pieces_blocks (int depth)
{
  return (depth + SAL_PIECES_DEPTH - 1) / SAL_PIECES_DEPTH;
}

/* Tiles of rows or columns. */
static inline int
sal_pieces_tiles (int rows)
{
  return (rows + SAL_PIECES_ROWS - 1) / SAL_PIECES_ROWS;
}

/* Floats as large as the pieces of @tiles tiles' width and @blocks blocks. */
static inline gint64
sal_pieces_floats (int tiles, int blocks)
{
  return (gint64) tiles * blocks * SAL_PIECES * SAL_PIECES_TILE;
}

/**
 * SalPieces: a product of rows, taken apart already, and the columns of a panel of packed weights
 * @a: [tiles of rows][@blocks][SAL_PIECES] tiles, @a_step floats from one tile of rows to the next
 * @rows: those beyond, up to a whole tile, hold anything
 * @w: the panel's weights, [taps][@depth][@columns], @tap_step floats from tap to tap
 * @columns: whole tiles of them, at most SAL_PIECES_PANEL
 * @blocks: of all taps; each tap's begin with a block of their own
 * @b: memory for the panel's pieces
 * @c: takes the product, @c_step floats from one row to the next, of whole tiles
 * @ahead: floats from these weights to those that are due next, to be fetched meanwhile
 */
typedef struct {
  const float *a;
  gint64 a_step;
  int rows, blocks;
  const float *w;
  gint64 tap_step;
  int depth, columns;
  float *b;
  float *c;
  gint64 c_step;
  gint64 ahead;
} SalPieces;
