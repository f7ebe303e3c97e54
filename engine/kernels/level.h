/* What the files compiled once per level define for the table; see simd.h. */
#pragma once

#include "engine/kernels/simd.h"
#include "engine/kernels/table.h"

/* 32 registers hold the sums of 6 × 4 vectors, 16 those of 6 × 2. */
#if SAL_LANES == 16 || defined(__aarch64__)
#define SAL_PANEL_VECTORS 4
#else
#define SAL_PANEL_VECTORS 2
#endif

/* Gates come in bytes. */
#define SAL_UNIT MAX (SAL_LANES, 8)

extern const SalTileFunc SAL_SIMD (sal_tiles)[SAL_TILE_ROWS + 1][SAL_TILE_VECTORS + 1];
void SAL_SIMD (sal_winograd_read) (int m, const float *const *at, gint64 ahead, int channels,
                                   float *v, gint64 v_step);
void SAL_SIMD (sal_winograd_write) (int m, const float *products, gint64 step, int channels,
                                    const SalFinish *finish, gint64 pixel, int width, int rows,
                                    int columns);
void SAL_SIMD (sal_winograd_weights) (int m, const float *g, int columns, float *u, gint64 u_step);
extern const SalDepthwiseFunc SAL_SIMD (sal_depthwise)[SAL_DEPTHWISE_TAPS + 1][3];
void SAL_SIMD (sal_image_add) (const float *from, gint64 from_step, int n, int length, float *to,
                               gint64 to_step);
void SAL_SIMD (sal_pool_max) (const SalPoolPixel *p);
void SAL_SIMD (sal_pool_sum) (const SalPoolPixel *p);
extern const SalPoolWindowsFunc SAL_SIMD (sal_pool_windows)[SAL_POOL_TAPS + 1];
extern const SalPoolBlocksFunc SAL_SIMD (sal_pool_blocks)[SAL_POOL_TAPS + 1][SAL_POOL_MOVE + 1];
void SAL_SIMD (sal_thin_dot) (const SalThin *t);
void SAL_SIMD (sal_thin_sum) (const SalThin *t);
void SAL_SIMD (sal_gates) (const SalFinish *f, gint64 pixel, gint64 pixels, int channels);
void SAL_SIMD (sal_pieces_rows) (const SalPiecesRows *rows);
void SAL_SIMD (sal_pieces_multiply) (const SalPieces *p);
