/* Random numbers that depend on nothing but their place: seed, stream and index.
 *
 * Philox 4×32-10 (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3. SC
 * 2011): a bijection of a counter, so any thread may draw any part of a stream at any time and all
 * get the same bits. */
#pragma once

#include <glib.h>

/**
 * sal_random_normals:
 * @seed: chosen by the user
 * @stream: one number per use and sample, such as the number of a noisy copy
 * @out: (array length=n): standard normal draws (Box and Muller), the stream's first @n
 */
void sal_random_normals (guint64 seed, guint64 stream, float *out, gint64 n);

/** sal_random_uniforms: as sal_random_normals(), uniform in [0, 1) */
void sal_random_uniforms (guint64 seed, guint64 stream, float *out, gint64 n);
