/* control_front.h - root's side of the control's settings that stand in files of root's */
#ifndef PAMLITE_COMMAND_CONTROL_FRONT_H
#define PAMLITE_COMMAND_CONTROL_FRONT_H

#include <stdbool.h>

#include "command/session.h"

enum pl_root_setting { PL_ROOT_NOTIFY, PL_ROOT_RETENTION, PL_ROOT_SETTINGS };

/*
 * Follow the links of a program that is to be told of notifications, and check it as root. NULL and "" pass.
 * PL_E_DENIED (ProgramNotTrusted) and the like
 */
enum pl_status pl_control_root_settle(struct pl_ctx *ctx, char **program);

/*
 * Under the lock of PL_CONFIG_DIR: what is recorded already, unless the file says it. "" removes.
 * PL_E_IO (DatabaseInputOutput)
 */
enum pl_status pl_control_root_write(struct pl_ctx *ctx, int directory, enum pl_root_setting setting,
    const char *value);

/* Has the command such settings? */
bool pl_control_front_is_meant(const struct pl_command *command);

/*
 * The whole command on the system database, in place of pl_front_act(): where root is the caller and gives one of
 * these settings, it is written into its file when the database has accepted and recorded it. The status is
 * final, with everything reported.
 */
enum pl_status pl_control_front_act(struct pl_session *s);

#endif
