/* anchor.h - what root keeps of the audit chain, where the database's account cannot write */
#ifndef PAMLITE_ANCHOR_H
#define PAMLITE_ANCHOR_H

#include "pamlite/channel.h"

/*
 * PL_ANCHOR has a line "SEQUENCE HASH" for each head that a run has seen, appended and never
 * synced. Lines of runs that overlap may be out of order, so it is a set; a torn last line counts for nothing.
 *
 * The highest of the last lines. False, with errno, if there is a file and it cannot be
 * read or is not root's alone; a missing or empty one is sequence 0.
 */
bool pl_anchor_read(struct pl_channel_head *out);
/* The file, to read all of it; -1 with errno, in the same cases, and ENOENT. */
int pl_anchor_open(void);
/* The lowest that is not below `sequence`; 0 if there is none, or no file that can be read. */
int64_t pl_anchor_at_least(int64_t sequence);
/* Sequence 0 is not. False with errno. */
bool pl_anchor_append(const struct pl_channel_head *head);

/* A file beside it, PL_LOG_DIR/unrecorded-EXECUTION, for an end that the database did not take. False with errno. */
bool pl_anchor_unrecorded(const struct pl_question *finish);

#endif
