/* root_directory.h - a directory of root's files while root changes them */
#ifndef PAMLITE_COMMAND_ROOT_DIRECTORY_H
#define PAMLITE_COMMAND_ROOT_DIRECTORY_H

#include "pamlite/context.h"

enum { PL_ROOT_DIRECTORY_WAIT_MS = 30000 };

/*
 * Open one of root's directories and wait for its lock, which holds until the descriptor is closed: one change at a
 * time, from the look at what is there to the removal of what is not needed any more. *fd is -1 on failure.
 *
 * PL_E_CONFIG (NotInstalled)  it is not there, or not root's alone
 * PL_E_STATE (DatabaseBusy)   others had it for longer than wait_ms
 */
enum pl_status pl_root_directory_lock(struct pl_ctx *ctx, const char *path, int wait_ms, int *fd);

#endif
