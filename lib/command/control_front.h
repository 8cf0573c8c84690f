/* control_front.h - root's side of the control's settings that stand in files of root's */
#ifndef PAMLITE_COMMAND_CONTROL_FRONT_H
#define PAMLITE_COMMAND_CONTROL_FRONT_H

#include <stdbool.h>

#include "session.h"

/* Has the command such settings? */
bool pl_control_front_is_meant(const struct pl_command *command);

/*
 * The whole command on the system database, in place of pl_front_act(): where root is the caller and gives one of
 * these settings, it is written into its file when the database has accepted and recorded it. The status is
 * final, with everything reported.
 */
enum pl_status pl_control_front_act(struct pl_session *s);

#endif
