/* show.h - the table of show-elevated-access-execution, which the runner's store child binds again */
#ifndef PAMLITE_CMD_SHOW_H
#define PAMLITE_CMD_SHOW_H

#include "pamlite/command.h"
#include "pamlite/replay.h"

#define SHOW_IN(type, member) type(struct pl_replay_spec, member)

static const struct pl_param show_params[] = {
	{ "Identity", SHOW_IN(PL_STRING, identity), .position = 1, .flags = PL_REQUIRED | PL_ID,
	  .source = PL_SOURCE_RECORDED, .help = "id of a run that was recorded" },
	{ "Speed", SHOW_IN(PL_DECIMAL, speed), .min = 10, .max = 1000000, .fallback = "1",
	  .help = "how many times faster: 2, or 0.5 for half as fast" },
	{ "IdleLimit", SHOW_IN(PL_DECIMAL, idle_limit), .min = 1, .max = 86400000, .fallback = "pauses as they were",
	  .help = "longest pause, in seconds" },
	{ 0 }
};

static const char *const show_examples[] = {
	"show-elevated-access-execution 1c2fbd19-6a8b-4b7e-9f1e-0a4f6f1f2a77 -Speed 2 -IdleLimit 1",
	"show-elevated-access-execution 1c2fbd19-6a8b-4b7e-9f1e-0a4f6f1f2a77 >session.cast",
	NULL
};

static const enum pl_error show_errors[] = {
	PL_ERR_EXECUTION_NOT_FOUND, PL_ERR_RECORDING_MISSING, PL_ERR_RECORDING_CHANGED, PL_ERR_NONE
};

#define PL_SHOW_TABLE \
	.name = "show-elevated-access-execution", \
	.summary = "replay the recording of a run in the terminal", \
	.needs = PL_NEED_STORE_READ | PL_REPLAYS, \
	.params = show_params, \
	.args_size = sizeof(struct pl_replay_spec), \
	.examples = show_examples, \
	.errors = show_errors

#endif
