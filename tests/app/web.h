/* A web server of this process on 127.0.0.1, with the faults that real ones have. */
#pragma once

#include <gio/gio.h>

/**
 * web_start:
 * @content: (transfer none): what it serves, under the paths
 *
 *     file        whole, or the range that is asked for
 *     plain       whole, whatever is asked for
 *     cut         up to 40 000 bytes of the range, then it hangs up
 *     plain-cut   40 000 bytes from the start, then it hangs up
 *     odd-range   another range than the one that is asked for
 *     slow        1000 bytes every 20 ms
 *     silent      the first 1000 bytes, then nothing for 5 seconds
 *     wrong       as many bytes, but others
 *     short       a byte less, and long: a byte more, without saying so before
 *     stated      says before that it is a byte less
 *     moved       a redirection to file, and round: one to itself
 *     trouble     status 503
 *
 * and 404 for every other. A path may be followed by a slash and anything.
 *
 * Returns: (transfer full): "http://127.0.0.1:PORT/"
 */
char *web_start (GBytes *content);
void web_stop (void);

/** web_requests: Returns: how many there were since the last call */
int web_requests (void);
