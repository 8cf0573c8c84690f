/* task_front.h - root's side of registering, changing and unregistering tasks on the system database */
#ifndef PAMLITE_COMMAND_TASK_FRONT_H
#define PAMLITE_COMMAND_TASK_FRONT_H

#include <stdbool.h>

#include "command/session.h"

/* Is it one of the three commands? */
bool pl_task_front_is_meant(const struct pl_command *command);

/*
 * The whole command on the system database, in place of pl_front_act(): where root is the caller, what a task of
 * Type Task runs is written into its file, and the database told of its digest. The status is final, with everything
 * reported.
 */
enum pl_status pl_task_front_act(struct pl_session *s);

#endif
