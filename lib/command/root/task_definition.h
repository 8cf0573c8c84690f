/* task_definition.h - the definition of a task before root writes it down */
#ifndef PAMLITE_COMMAND_TASK_DEFINITION_H
#define PAMLITE_COMMAND_TASK_DEFINITION_H

#include "pamlite/buffer.h"
#include "pamlite/definition.h"
#include "pamlite/task.h"
#include "pamlite/task_file.h"

#include "command/bind/words.h"
#include "command/session.h"

/* What will run, how root's file says it, and that file's name. */
struct pl_task_settled {
	struct pl_definition definition;   /* borrows from what it was made of, and from `path` */
	char *path;                        /* without links; NULL = as it was */
	struct pl_buf text;
	char digest[PL_DIGEST_LEN + 1];
	char file[PL_TASK_FILE_NAME_MAX + 1];
};

/* The changes of `spec` (NULL leaves, "" clears) on `base` (NULL = a new task, run as root). Borrows; pure. */
void pl_task_merge(const struct pl_task_spec *spec, const struct pl_definition *base, struct pl_definition *out);

/*
 * The same, with a new path resolved once, and checked as root: the program is one that nobody else
 * can change, and the account exists. The caller clears *out.
 *
 * PL_E_USAGE (TaskDefinitionInvalid)  also no such program or account, another SHA-256
 * PL_E_DENIED (ProgramNotTrusted)
 */
enum pl_status pl_task_settle(struct pl_ctx *ctx, const struct pl_task_spec *spec, const struct pl_definition *base,
    struct pl_task_settled *out);
void pl_task_settled_clear(struct pl_task_settled *t);

/* How the second phase is to be told. */
struct pl_task_telling {
	const struct pl_task_spec *spec;
	const struct pl_task_settled *settled;   /* NULL: as it was given */
	bool what_if;
	const char *format;                      /* NULL: the one that was asked for */
};

/*
 * The command at hand as words for its second phase. A settled definition is told whole, with its digest, so that
 * nothing of a stored row is merged into it: what clears a part (a Set) is told too. The caller clears *out.
 */
void pl_task_words(const struct pl_session *s, const struct pl_task_telling *t, struct pl_words *out);

#endif
