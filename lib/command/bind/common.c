/* common.c - the parameters that commands share, and which command has which */

#include "common.h"

#define IN(type, member) type(struct pl_common, member)

static const char *const formats[] = { "Table", "List", "Json", "JsonLines", "Csv", "Value", "Id", NULL };
static const char *const monitored[] = { "Table", "List", "Json", "JsonLines", "Csv", "Value", "Id", "Prometheus",
	NULL };
static const char *const actions[] = { "Continue", "Stop", "SilentlyContinue", NULL };
static const char *const views[] = { "Concise", "Normal", NULL };
static const char *const descriptions[] = { "json", NULL };
static const char *const sources[] = { "-", NULL };

/* Json and OutputFormat say the same thing, so they are one set. */
const struct pl_common_param pl_common_params[] = {
	{ 0, { "Help", IN(PL_SWITCH, help), .alias = "? h",
	    .help = "show the parameters and examples" } },
	{ 0, { "Version", IN(PL_SWITCH, version),
	    .help = "show the name and version" } },
	{ 0, { "Describe", IN(PL_ENUM, describe), .values = descriptions,
	    .help = "show this description for programs" } },
	{ PL_HAS_STORE, { "Database", IN(PL_IN_PATH, database), .fallback = "PAMLITE_DATABASE, else System",
	    .help = "a private database, or System" } },
	{ PL_HAS_OBJECTS, { "OutputFormat", IN(PL_ENUM, format), .values = formats, .set = 1, .alias = "o",
	    .fallback = "PAMLITE_OUTPUT_FORMAT, else Table for many objects and List for one",
	    .help = "how objects and errors are printed" } },
	{ PL_HAS_METRICS, { "OutputFormat", IN(PL_ENUM, format), .values = monitored, .set = 1, .alias = "o",
	    .fallback = "PAMLITE_OUTPUT_FORMAT, else the line of a monitoring plugin",
	    .help = "how objects and errors are printed" } },
	{ 0, { "Json", IN(PL_SWITCH, json), .set = 1,
	    .help = "the same as -OutputFormat Json" } },
	{ PL_HAS_OUTPUT, { "Property", IN(PL_LIST, properties), .source = PL_SOURCE_PROPERTY,
	    .help = "which properties to print, in this order; * is all" } },
	{ PL_HAS_OUTPUT, { "LocalTime", IN(PL_SWITCH, local_time),
	    .help = "times in the local zone with its offset" } },
	{ PL_HAS_LISTS, { "Filter", IN(PL_STRING, filter),
	    .help = "which objects: Property -eq value, with -and, -or, -not and parentheses" } },
	{ PL_HAS_LISTS, { "ResultSize", IN(PL_STRING, result_size),
	    .fallback = "1000 for Table and List, else Unlimited",
	    .help = "at most this many objects; a number or Unlimited" } },
	{ PL_HAS_LISTS, { "SortBy", IN(PL_STRING, sort_by), .source = PL_SOURCE_PROPERTY, .fallback = "newest first",
	    .help = "the property by which objects are ordered" } },
	{ PL_HAS_LISTS, { "Descending", IN(PL_SWITCH, descending),
	    .help = "the greatest first" } },
	{ PL_HAS_CHANGES, { "WhatIf", IN(PL_SWITCH, what_if),
	    .help = "check everything, change nothing" } },
	{ PL_HAS_CHANGES, { "Confirm", IN(PL_BOOL, confirm),
	    .help = "ask first; -Confirm:false never asks" } },
	{ PL_HAS_PASS_THRU, { "PassThru", IN(PL_SWITCH, pass_thru),
	    .help = "print the object" } },
	{ PL_HAS_FORCE, { "Force", IN(PL_SWITCH, force),
	    .help = "replace what exists without asking; never a right" } },
	{ PL_HAS_PIPE, { "InputObject", IN(PL_ENUM, input_object), .values = sources,
	    .help = "- reads objects from standard input in any case" } },
	{ 0, { "NonInteractive", IN(PL_SWITCH, non_interactive),
	    .help = "never ask" } },
	{ 0, { "ErrorAction", IN(PL_ENUM, error_action), .values = actions, .fallback = "Continue",
	    .help = "after an object from standard input that failed" } },
	{ 0, { "ErrorView", IN(PL_ENUM, error_view), .values = views, .fallback = "Concise",
	    .help = "how errors are printed" } },
	{ 0, { "Verbose", IN(PL_SWITCH, verbose),
	    .help = "tell what is done" } },
	{ 0, { "Debug", IN(PL_SWITCH, debug),
	    .help = "the same" } },
	{ 0, { 0 } }
};

unsigned
pl_command_traits(const struct pl_command *command)
{
	const struct pl_param *p;
	unsigned traits = command->needs & PL_MONITORS ? PL_HAS_METRICS : PL_HAS_OBJECTS;

	if (command->needs & (PL_NEED_STORE_READ | PL_NEED_STORE_WRITE | PL_NEED_STORE_CREATE))
		traits |= PL_HAS_STORE;
	if (command->needs & PL_NEED_STORE_WRITE)
		traits |= PL_HAS_CHANGES;
	if (command->needs & PL_LISTS)
		traits |= PL_HAS_LISTS;
	if (command->output != NULL)
		traits |= PL_HAS_OUTPUT;
	if (command->output != NULL && (command->needs & PL_QUIET))
		traits |= PL_HAS_PASS_THRU;
	if (command->needs & PL_NEED_CONFIRM)
		traits |= PL_HAS_FORCE;
	for (p = command->params; p != NULL && p->name != NULL; p++) {
		if ((p->flags & (PL_REQUIRED | PL_PIPE)) == (PL_REQUIRED | PL_PIPE))
			traits |= PL_HAS_PIPE;
		if (p->flags & PL_REQUIRED)
			traits |= PL_HAS_MANDATORY;
		if (p->type == PL_PARAM_OUT_PATH)
			traits |= PL_HAS_OUT_PATH | PL_HAS_FORCE;
	}
	return traits;
}
