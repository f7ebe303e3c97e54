/* The entry that libFuzzer calls; replay.c calls it too. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/** LLVMFuzzerTestOneInput: tries one input; crashes if anything is wrong. Returns: 0 */
int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);
