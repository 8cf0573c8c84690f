/* configuration_write.h - the configuration as a JSON document, written */
#ifndef PAMLITE_CONFIGURATION_WRITE_H
#define PAMLITE_CONFIGURATION_WRITE_H

#include <stdbool.h>

#include "pamlite/configuration.h"
#include "pamlite/context.h"

/*
 * Write it to `fd`: one property a line, in the order of the sections and their columns, absent sections left out. The
 * same configuration gives the same bytes. handed: with what root's side says to the database's alone, on one line.
 *
 * PL_E_IO (OutputFailed)
 */
enum pl_status pl_configuration_write(struct pl_ctx *ctx, const struct pl_configuration *c, bool handed, int fd);

#endif
