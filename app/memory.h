/* Memory that was used and is free goes back to the system: answers and pictures come and go in
 * every thread, and a program that stays open all day should not hold what its busiest moment
 * took. */
#pragma once

#include <glib.h>

/** sal_memory_init: before there are threads */
void sal_memory_init (void);

/**
 * sal_memory_trim:
 *
 * Gives back what is free, also the memory that runs left for the next one: to be called when none
 * is likely to come soon. Takes some ten milliseconds, so not on the main thread.
 */
void sal_memory_trim (void);
