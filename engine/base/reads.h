/* Which files a piece of work has looked at, and whether they still are as they were: so that what
 * was made of them need not be made again. */
#pragma once

#include <glib.h>

typedef struct _SalReads SalReads;

/**
 * sal_reads_begin:
 *
 * From now on what the calling thread reads is noted, until sal_reads_end(); not begun again before
 * that. Work that it hands to other threads is not seen.
 */
SalReads *sal_reads_begin (void);
/** sal_reads_end: by the thread that began; nothing is added any more */
void sal_reads_end (SalReads *reads);
void sal_reads_free (SalReads *reads);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SalReads, sal_reads_free)

/**
 * sal_reads_note:
 * @path: as it will be opened, links and all; need not exist
 *
 * To be called by whoever opens a file or asks for it, just before that: what is changed while it
 * is read counts as changed. Does nothing where nobody has begun.
 */
void sal_reads_note (const char *path);

/** sal_reads_unchanged: Returns: whether all those files are the same, by device, number, size and
 *  times, and those that were missing still are; any thread, once ended */
gboolean sal_reads_unchanged (const SalReads *reads);
