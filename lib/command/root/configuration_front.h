/* configuration_front.h - root's side of importing a configuration into the system database */
#ifndef PAMLITE_COMMAND_CONFIGURATION_FRONT_H
#define PAMLITE_COMMAND_CONFIGURATION_FRONT_H

#include <stdbool.h>

#include "command/session.h"

bool pl_configuration_front_is_meant(const struct pl_command *command);

/*
 * The whole command on the system database, in place of pl_front_act(): where root is the caller, the files of the
 * document's tasks are written before the database refers to them, and root's own settings when it has recorded them.
 * The status is final, with everything reported.
 */
enum pl_status pl_configuration_front_act(struct pl_session *s);

#endif
