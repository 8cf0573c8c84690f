/* task_second.h - the second phases that root's side of a change of tasks starts */
#ifndef PAMLITE_COMMAND_TASK_SECOND_H
#define PAMLITE_COMMAND_TASK_SECOND_H

#include "command/bind/words.h"
#include "command/session.h"
#include "task_definition.h"

/* The command under way, and how far it has come. */
struct pl_task_job {
	struct pl_session *session;
	size_t targets;     /* begun */
	size_t printed;     /* objects, where each of several comes from a second phase of its own */
	int status;         /* what the last second phase ended with, having said why; 0 = it did it */
};

/*
 * A question about the task of that name, or about all of Type Task (NULL): `properties` (list) of each in a line,
 * with tabs between them. *status is not 0 where there is no answer; why is in `errors` (NULL = not told).
 */
enum pl_status pl_task_ask(struct pl_task_job *job, const char *name, const char *properties, struct pl_buf *answer,
    struct pl_buf *errors, int *status);

/* Do it. PL_FALSE: the second phase has said why not, and job->status is its status. */
enum pl_status pl_task_act(struct pl_task_job *job, const struct pl_words *words);

/* See whether it could be done. What there is to say is said only of a refusal: else it comes once more. */
enum pl_status pl_task_rehearse(struct pl_task_job *job, const struct pl_task_telling *t);

/* The form to ask for where several answers become one; NULL = the one that was asked for. */
const char *pl_task_format_of_each(const struct pl_task_job *job);
/* After the last of them. Returns `st`, or why the end could not be printed. */
enum pl_status pl_task_end_answers(struct pl_task_job *job, enum pl_status st);

#endif
