/* anchor.h - what root keeps of the audit chain, where the database's account cannot write */
#ifndef PAMLITE_ANCHOR_H
#define PAMLITE_ANCHOR_H

#include <sys/types.h>

#include "pamlite/channel.h"

/*
 * PL_ANCHOR has a line "SEQUENCE HASH" for each head that a run has seen, appended and never
 * synced. Lines of runs that overlap may be out of order, so it is a set; a torn last line counts for nothing.
 *
 * Root has restored a backup that ended there where a line says "restored SEQUENCE HASH": of the lines before it those
 * with a higher sequence are about records that are lost.
 *
 * The highest of the last lines, and how long the file was. False, with errno, if there is a file and it cannot be
 * read or is not root's alone; a missing or empty one is sequence 0.
 */
bool pl_anchor_read(struct pl_channel_head *out, off_t *seen);
/* The file, to read all of it; -1 with errno, in the same cases, and ENOENT. */
int pl_anchor_open(void);
/* The lowest that is not below `sequence`; 0 if there is none, or no file that can be read. */
int64_t pl_anchor_at_least(int64_t sequence);
/*
 * Sequence 0 is not, nor what was learnt before a backup was restored, that is, since the file was so long: it may be
 * about a record that is lost. False with errno.
 */
bool pl_anchor_append(const struct pl_channel_head *head, off_t seen);
/* By root alone, after it is done: a backup that ends with `end` was restored, and `head` is a record behind it. */
bool pl_anchor_restored(const struct pl_channel_head *end, const struct pl_channel_head *head);
/* Is it a line that says so? `line` ends in a newline or NUL. */
bool pl_anchor_says_restored(const char *line, struct pl_channel_head *end);

/* A file beside it, PL_LOG_DIR/unrecorded-EXECUTION, for an end that the database did not take. False with errno. */
bool pl_anchor_unrecorded(const struct pl_question *finish);

#endif
