/* common.h - the parameters that commands share, and which command has which */
#ifndef PAMLITE_COMMAND_COMMON_H
#define PAMLITE_COMMAND_COMMON_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/command.h"

/* The argument struct of the common parameters, filled by the same binder as a command's own. */
struct pl_common {
	bool help, version, json, local_time, verbose, debug, non_interactive;
	bool what_if, pass_thru, force, descending;
	enum pl_choice confirm;
	char *describe;
	char *database;
	char *format;
	char *properties;
	char *error_action;
	char *error_view;
	char *input_object;
	char *filter;
	char *result_size;
	char *sort_by;
};

/* What a command's table says about it; common parameters and errors depend on these. */
enum {
	PL_HAS_STORE = 1,
	PL_HAS_CHANGES = 2,      /* -WhatIf, -Confirm */
	PL_HAS_LISTS = 4,
	PL_HAS_OUTPUT = 8,
	PL_HAS_PASS_THRU = 16,
	PL_HAS_PIPE = 32,        /* reads objects from stdin */
	PL_HAS_OUT_PATH = 64,
	PL_HAS_FORCE = 128,
	PL_HAS_MANDATORY = 256,
	PL_HAS_METRICS = 512,    /* -OutputFormat Prometheus */
	PL_HAS_OBJECTS = 1024,   /* has not */
};
unsigned pl_command_traits(const struct pl_command *command);

/* A common parameter and the traits that a command must have to have it. */
struct pl_common_param {
	unsigned traits;
	struct pl_param param;
};

/* Ends with a parameter without a name. */
extern const struct pl_common_param pl_common_params[];

#endif
