/* Test programs that can be told which level of the processor to compute at. */
#pragma once

#include <glib.h>

/**
 * level_take: after g_test_init(): the last argument, if any is left, is a level (cpu.h) to lower
 * the kernels to
 *
 * Returns: %FALSE, after telling TAP so, where this processor has none such: the program then ends
 */
gboolean level_take (int argc, char **argv);
