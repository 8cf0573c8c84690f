/* configuration_table.h - what the properties of a configuration document may be */
#ifndef PAMLITE_COMMAND_CONFIGURATION_TABLE_H
#define PAMLITE_COMMAND_CONFIGURATION_TABLE_H

#include "pamlite/command.h"
#include "pamlite/configuration.h"

/*
 * A parameter for each property, as the single command has it, but into the row of the section (configuration.h). The
 * tables end with NULL names. PL_REQUIRED: an object without it is none.
 */
extern const struct pl_param *const pl_configuration_params[PL_SECTIONS];

/* The parameter of a property, by its exact name; NULL if there is none. */
const struct pl_param *pl_configuration_param(enum pl_section s, const char *name);

#endif
