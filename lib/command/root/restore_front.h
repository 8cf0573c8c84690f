/* restore_front.h - root's side of restoring a backup: what the anchor is told */
#ifndef PAMLITE_COMMAND_RESTORE_FRONT_H
#define PAMLITE_COMMAND_RESTORE_FRONT_H

#include <stdbool.h>

#include "command/session.h"

bool pl_restore_front_is_meant(const struct pl_command *command);

/*
 * The whole command on the system database, in place of pl_front_act(): when the database's side has restored, root
 * says so in the anchor and in syslog. The status is final, with everything reported.
 */
enum pl_status pl_restore_front_act(struct pl_session *s);

#endif
