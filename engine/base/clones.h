/* Loops compiled for several generations of processors, chosen when the program is loaded. */
#pragma once

/**
 * SAL_CLONES: before a function whose loops vectorise. On x86-64 it is compiled three times, for
 * AVX-512, for AVX2 with fused multiply-add, and for any processor; elsewhere it is plain. Results
 * may differ between processors by the rounding of fused multiply-adds. The choice is made before
 * the thread sanitizer is ready for instrumented code, so with it there is no choice.
 */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&   \
    !defined(__SANITIZE_THREAD__)
#define SAL_CLONES __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define SAL_CLONES
#endif
