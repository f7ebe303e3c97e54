/* How long the main loop does not come round, and whose fault that is. */
#pragma once

#include <glib.h>

/**
 * Gap: the main loop's longest time without coming round
 * @longest: microseconds on the clock: a busy machine counts
 * @work: microseconds that this thread worked in one go: only the program counts
 * @stolen: microseconds that a hypervisor gave to its other guests meanwhile, at the longest. The
 *   system counts them as this thread's work; they are not in @work
 */
typedef struct {
  gint64 longest;
  gint64 work;
  gint64 stolen;
  gint64 last, last_work;
  gint64 looked;  /* when @before was read */
  GArray *before; /* of gint64: what had been stolen from each processor */
  guint timer;
} Gap;

/** app_stolen: Returns: microseconds that a hypervisor has given to its other guests while
 * something here was to run, since the system started, on all processors together */
gint64 app_stolen (void);

void app_gap_start (Gap *gap);
/** app_gap_pause: what is done until app_gap_resume() does not count: it is the test's own */
void app_gap_pause (Gap *gap);
void app_gap_resume (Gap *gap);
/** app_gap_stop: ends the measurement and prints it */
void app_gap_stop (Gap *gap);
/** app_slowness: Returns: how many times longer than on an idle machine a piece of work takes now,
 *  because of what else the machine does; at least 1. For times by the clock; takes 0.1 s */
double app_slowness (void);
/** APP_ATTEMPTS: how often app_hold_gap() lets something run, at most */
#define APP_ATTEMPTS 3

/**
 * app_hold_gap:
 * @run: what the main loop is to run on under
 *
 * Asserts that the main loop's longest gap while @run runs is at most 100 ms by the clock, in the
 * best of three attempts. Where other programs take the processors, that much work takes longer for
 * anyone: how much longer is measured before each attempt, while this program does nothing else,
 * printed, and allowed for. What the thread works in one go must be at most 100 ms in any case. As
 * a benchmark (SALIENCE_BY_CLOCK), on a machine that is at its usual speed, it is 50 ms each.
 */
void app_hold_gap (void (*run) (gpointer data), gpointer data);
