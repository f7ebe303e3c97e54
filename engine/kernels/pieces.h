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

#include "engine/kernels/finish.h"

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
 * SalPiecesRows: rows of a product, to be taken apart
 * @at: where their values begin, [tiles of rows][@all_taps][rows of the tile]
 * @from: floats from there
 * @rows: as many
 * @tap: the first that is taken
 * @taps: as many
 * @depth: values of each row and tap
 * @to: takes [tiles of rows][@taps][blocks of a tap][SAL_PIECES] tiles; what is in rows beyond
 *   @rows does not matter
 */
typedef struct {
  const float *const *at;
  gint64 from;
  int rows, all_taps, tap, taps, depth;
  float *to;
} SalPiecesRows;

/**
 * SalPieces: a product of rows, taken apart already, and packed weights, finished
 * @rows: the rows
 * @next: (nullable): rows of another product, to be taken apart meanwhile
 * @w: packed weights, [panel][@all_depth][columns of the panel]
 * @all_depth: values of a column
 * @skip: those before the product's first
 * @tap_depth: values from one tap to the next
 * @columns: of all panels
 * @panel: the first that is multiplied
 * @panels: as many
 * @b: memory for a panel's pieces
 * @c: takes the product's rows, @c_step floats apart, of whole tiles: of all panels, or if there is
 *   @finish of one, and @finish gets them
 * @pixel: of each row, for @finish
 * @channel: the first column's, likewise
 * @first: see finish_pixels()
 * @last: likewise
 */
typedef struct {
  const SalPiecesRows *rows, *next;
  const float *w;
  int all_depth, skip, tap_depth;
  int columns, panel, panels;
  float *b;
  float *c;
  gint64 c_step;
  const SalFinish *finish;
  const gint64 *pixel;
  int channel;
  gboolean first, last;
} SalPieces;
