/* configuration_read.h - the configuration as a JSON document, read with every fault named */
#ifndef PAMLITE_CONFIGURATION_READ_H
#define PAMLITE_CONFIGURATION_READ_H

#include "pamlite/configuration.h"
#include "pamlite/context.h"

/*
 * Read it from `fd`. What a value may be is what the parameter of the same name takes. A fault does not end the
 * reading: each but the last is reported, with its place as in "Tasks[3].ArgumentList", and the last is the failure.
 * What root's side hands over counts only in the part that acts for root. The caller clears *out, whatever the
 * status. `ctx` is the one that a run() was given.
 *
 * PL_E_DATA (InvalidJson, ConfigurationInvalid)
 * PL_E_IO (InputFailed)
 */
enum pl_status pl_configuration_read(struct pl_ctx *ctx, int fd, struct pl_configuration *out);

#endif
