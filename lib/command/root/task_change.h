/* task_change.h - a new or changed task: its file by root, its row by the database */
#ifndef PAMLITE_COMMAND_TASK_CHANGE_H
#define PAMLITE_COMMAND_TASK_CHANGE_H

#include "task_directory.h"
#include "task_second.h"

/*
 * The database says who may, root's file says what runs. A crash between any two steps leaves the task
 * as it was or as it shall be, since a file's name holds its digest: validate, write the new file, let the
 * database commit the new digest, remove the old file. One lock of root's holds over all of it.
 */

/*
 * Under the lock (task_directory.h): a task that is new, or the one of Type Task that is registered; what is not of
 * that type goes to the database alone. PL_FALSE: the second phase has said why not.
 *
 * PL_E_USAGE (TaskDefinitionInvalid)
 * PL_E_DENIED (ProgramNotTrusted)
 * PL_E_NOT_EXECUTABLE (TaskFileMissing), PL_E_RUN (TaskFileRefused)   what was to be changed is not there
 */
enum pl_status pl_task_change_new(struct pl_task_job *job, int lock, const struct pl_task_spec *spec);
enum pl_status pl_task_change_registered(struct pl_task_job *job, int lock, const struct pl_task_spec *spec);

/* It is none of root's files that the command is about: the database alone decides. */
enum pl_status pl_task_pass_on(struct pl_task_job *job, const struct pl_task_spec *spec);

/*
 * Under the lock: remove the files that the database refers to no longer. `needed` (NULL = none) is one that it must
 * refer to: an answer without it is not the whole one, and nothing is concluded from it.
 */
void pl_task_tidy(struct pl_task_job *job, int lock, const char *needed);

#endif
