/* complete.h - what may stand where a command line is being typed, for the shells */
#ifndef PAMLITE_COMMAND_COMPLETE_H
#define PAMLITE_COMMAND_COMPLETE_H

#include <stdbool.h>
#include <stdint.h>

#include "pamlite/buffer.h"
#include "pamlite/command.h"

#include "bind.h"

/*
 * NAME --complete WORD... prints what the last WORD may become, which is the one under the cursor, without its quotes
 * and perhaps empty. It needs no right, asks nothing, writes nothing, and ends within a moment whoever holds the
 * database. A line is KIND, WORD and DESCRIPTION, separated by tabs:
 *
 *     word    the whole word, after which the next one begins
 *     part    the same, but it goes on: "unit="
 *     files, directories, users, groups
 *             what the shell itself knows; WORD is the beginning of the word that stays
 *
 * A description is text for people, escaped, perhaps empty; it holds what others have written, and so may the words.
 */
int pl_complete(const struct pl_command *command, int argc, char *const argv[]);
/* The same into a buffer: argv is NAME, the words before, then the one under the cursor: at least two. */
void pl_complete_words(const struct pl_command *command, int argc, char *const argv[], struct pl_buf *out);

/* The word under the cursor, and what was found for it. */
struct pl_completion {
	struct pl_ctx *ctx;
	struct pl_binding *binding;
	const char *word;
	size_t kept;                /* how much of it stays as it is: "-Name:", "a,b," */
	size_t list_at;             /* where the elements of a list begin in it */
	const char *given;          /* elements of the same list, in words before: a list; NULL = none */
	const struct pl_param *param;
	size_t turn;                /* declarations seen so far, where their order counts */
	int64_t until_ms;           /* by pl_elapsed_ms(), when asking ends */
	struct pl_buf *out;
};

/* Offer a value for what was begun, if it continues that: `open` = the word goes on after it. */
void pl_complete_offer(struct pl_completion *c, const char *value, const char *about, bool open);
/* Have the shell complete what comes behind the first `kept` bytes of the word. */
void pl_complete_ask(struct pl_completion *c, const char *kind, size_t kept);

/* complete_live.c: values that the get- commands know. */
void pl_complete_live(struct pl_completion *c);

#endif
