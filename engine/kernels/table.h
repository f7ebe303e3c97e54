/* The functions that are compiled once per level of the processor. Private to the folder. */
#pragma once

#include "engine/kernels/finish.h"
#include "engine/kernels/pieces.h"

/* Rows and vectors of the largest tile: its sums fill most of 32 registers. A level with 16 of
 * them has tiles of half the width. */
#define SAL_TILE_ROWS 6
#define SAL_TILE_VECTORS 4

/* Floats across the widest tile of any level. */
#define SAL_PANEL_MOST 64

/**
 * SalTile: rows times packed columns; what sums of a convolution's taps, of a matrix product and
 * of Winograd's products all are.
 * @a: [taps][rows of the tile]: where the row's values for a tap are, contiguous; a row that a tap
 *   does not meet points at zeros
 * @depth: values summed for each tap
 * @from: the first of them, counted from where @a points
 * @b: [taps][depth][vectors of the tile], multiples of vectors with zeros behind the last column;
 *   from the end of one tap's to the next one's are @b_skip floats more
 * @ahead: where weights that are due next lie, to be fetched meanwhile: @ahead_step floats more for
 *   each value summed
 * @columns: columns that exist, at most the tile's
 * @pixel: [rows]: where the results go in @finish
 * @channel: where the first column goes in a pixel; a multiple of 8
 * @first: these are not added to what is in y yet
 * @last: no more will be added, so that clamp and gates are due
 */
typedef struct {
  const float *const *a;
  int taps, depth, from;
  const float *b;
  gint64 b_skip;
  const float *ahead;
  gint64 ahead_step;
  int columns, channel;
  const gint64 *pixel;
  const SalFinish *finish;
  gboolean first, last;
} SalTile;

typedef void (*SalTileFunc) (const SalTile *tile);

/* Neighbouring pixels of a depthwise convolution that are computed at once: pictures of 224 pixels
 * have sevens of them at every depth. Taps of a row beyond so many come one by one. */
#define SAL_DEPTHWISE_PIXELS 7
#define SAL_DEPTHWISE_TAPS 7

/**
 * SalDepthwise: neighbouring pixels of a phase, all channels
 * @rows: of taps
 * @at: [rows][(SAL_DEPTHWISE_PIXELS - 1) · move + taps]: the pixels that they read, or zeros
 * @ahead: floats from there to the pixels that are read next, to be fetched meanwhile; 0 for none
 * @w: [rows]: weights of the row's first tap for all channels, whole vectors; the next tap's are
 *   @w_step floats on
 * @n: pixels that exist, at most SAL_DEPTHWISE_PIXELS
 * @pixel: the first, each next one @spread on
 */
typedef struct {
  int rows, channels, n;
  gint64 ahead;
  const float *const *at;
  const float *const *w;
  gint64 w_step, pixel, spread;
  const SalFinish *finish;
} SalDepthwise;

typedef void (*SalDepthwiseFunc) (const SalDepthwise *depthwise);

/**
 * SalPoolPixel: what a pixel of a pool's result is made of
 * @at: [n]: pixels to take the maximum or the sum of
 * @tap: [n]: which taps they are at
 * @arg: (nullable): [n]: of the sum, only those channels count whose byte is the tap
 * @share: [n]: factors of the sum, unless there is @arg
 * @arg_out: (nullable): takes the tap of the maximum
 */
typedef struct {
  int n, channels;
  const float *const *at;
  const int *tap;
  const guint8 *const *arg;
  const float *share;
  guint8 *arg_out;
  gint64 pixel;
  const SalFinish *finish;
} SalPoolPixel;

/**
 * SalPoolWindows: maxima of square windows that lie in a row, inside the picture
 * @x: the first window's first pixel; the next pixel @x_step on, the next row @x_row, the next
 *   window @move
 * @y: where the first maximum goes, the next @y_step on
 * @arg: (nullable): takes the taps that they are from
 */
typedef struct {
  const float *x;
  gint64 x_step, x_row, move;
  int n, channels;
  float *y;
  gint64 y_step;
  guint8 *arg;
} SalPoolWindows;

typedef void (*SalPoolWindowsFunc) (const SalPoolWindows *windows);

/**
 * SalPoolBlocks: gradients of what square windows that lie in a row have read, in blocks of as many
 * pixels as the windows' stride: the pixels of a window that no window after it, to the right or
 * below, reads first. All windows over them exist
 * @gy: gradient of the first window; of that to the right @gy_step on, of that below @gy_row
 * @arg: likewise the taps that the maxima are from, a pixel being @channels long
 * @pixel: the first block's first, of a result of @width pixels to the row
 */
typedef struct {
  const float *gy;
  gint64 gy_step, gy_row;
  const guint8 *arg;
  gint64 arg_row;
  int n, channels;
  gint64 pixel, width;
  const SalFinish *finish;
} SalPoolBlocks;

typedef void (*SalPoolBlocksFunc) (const SalPoolBlocks *blocks);

/* Windows of so many taps across have functions of their own, and strides up to. */
#define SAL_POOL_TAPS 3
#define SAL_POOL_MOVE 2

/* Rows that SalThin takes at once, and rows of the matrix: to sum along, and across. */
#define SAL_THIN_GROUP 6
#define SAL_THIN_DOTS 4
#define SAL_THIN_SUMS 8

/* Floats in the longest vector of any level. */
#define SAL_THIN_LANES 16

/**
 * SalThin: some rows and some rows of a matrix
 * @rows: at most SAL_THIN_GROUP
 * @w: [@n_w][@columns]
 * @x: along, [@rows][@columns]; across, [@rows][@n_w]
 * @y: along, [@rows][SAL_THIN_DOTS][lanes], parts of the sums, added to unless @first; across,
 *   [@rows][@columns], @alpha times the sums being added
 */
typedef struct {
  const float *x, *w;
  gint64 x_step, w_step;
  int rows, n_w, columns;
  float alpha;
  float *y;
  gint64 y_step;
  gboolean first;
} SalThin;

/**
 * SalKernels:
 * @lanes: floats in a vector
 * @vectors: in the widest tile
 * @tile: [rows][vectors], both counted from 1; NULL where @unit allows no such width
 * @unit: widths and first columns of tiles are multiples of so many floats: at least 8, a byte of
 *   gate bits
 * @winograd_read: fetches what lies @ahead floats on, and gives Bᵀ d B of the (@m + 2)² pixels @at,
 * each @channels long, to the points of one tile, @v_step apart
 * @winograd_write: Aᵀ p A of the points' @products, @step apart, finished for the @rows × @columns
 *   pixels that exist, @width to a row of the picture, from @pixel on
 * @winograd_weights: G g Gᵀ, @g being [9][@columns], to the points, @u_step apart
 * @depthwise: [taps of a row][move from one pixel's to the next one's], NULL for what is rare
 * @image_add: to[i · to_step + j] += from[i · from_step + j] for i < @n, j < @length; may touch,
 * but does not change, 15 floats beyond either
 * @pool_max: the first maximum, of at least one; clamps nothing
 * @pool_sum: the sum, finished
 * @pool_windows: [taps across], NULL for what is rare
 * @pool_blocks: [taps across][stride], likewise
 * @thin_dot: sums along the rows
 * @thin_sum: sums across the matrix's rows
 * @gates: clamps nothing and adds nothing: only gates @pixels pixels of @channels from @pixel on
 * @pieces_rows: takes them apart (pieces.h); %NULL where there is no matrix unit
 * @pieces_multiply: likewise
 */
typedef struct {
  int lanes, vectors, unit;
  const SalTileFunc (*tile)[SAL_TILE_VECTORS + 1];
  void (*winograd_read) (int m, const float *const *at, gint64 ahead, int channels, float *v,
                         gint64 v_step);
  void (*winograd_write) (int m, const float *products, gint64 step, int channels,
                          const SalFinish *finish, gint64 pixel, int width, int rows, int columns);
  void (*winograd_weights) (int m, const float *g, int columns, float *u, gint64 u_step);
  const SalDepthwiseFunc (*depthwise)[3];
  void (*image_add) (const float *from, gint64 from_step, int n, int length, float *to,
                     gint64 to_step);
  void (*pool_max) (const SalPoolPixel *pixel);
  void (*pool_sum) (const SalPoolPixel *pixel);
  const SalPoolWindowsFunc *pool_windows;
  const SalPoolBlocksFunc (*pool_blocks)[SAL_POOL_MOVE + 1];
  void (*thin_dot) (const SalThin *thin);
  void (*thin_sum) (const SalThin *thin);
  void (*gates) (const SalFinish *finish, gint64 pixel, gint64 pixels, int channels);
  void (*pieces_rows) (const SalPiecesRows *rows);
  void (*pieces_multiply) (const SalPieces *product);
} SalKernels;

/** sal_kernels_get: Returns: those of sal_cpu_level_get() */
const SalKernels *sal_kernels_get (void);

extern const SalKernels sal_kernels_base, sal_kernels_v3, sal_kernels_v4, sal_kernels_amx;
