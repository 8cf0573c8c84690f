/* maintenance_front.h - root's side of the maintenance: recordings that are past their time */
#ifndef PAMLITE_COMMAND_MAINTENANCE_FRONT_H
#define PAMLITE_COMMAND_MAINTENANCE_FRONT_H

#include <stdbool.h>

#include "command/session.h"

bool pl_maintenance_front_is_meant(const struct pl_command *command);

/*
 * The whole command on the system database, in place of pl_front_act(): where root is the caller, recordings that
 * are older than root's setting allows are removed first, so that the database's side finds them gone. The
 * status is final, with everything reported.
 */
enum pl_status pl_maintenance_front_act(struct pl_session *s);

#endif
