/* invoke.h - the table of invoke-elevated-access-task, which the store child of a run binds again */
#ifndef PAMLITE_CMD_INVOKE_H
#define PAMLITE_CMD_INVOKE_H

#include "pamlite/command.h"
#include "pamlite/invoke.h"

#define IN(type, member) type(struct pl_invoke_spec, member)

static const struct pl_param params[] = {
	{ "Task", IN(PL_TASK, task), .position = 1, .flags = PL_REQUIRED,
	  .source = PL_SOURCE_OWN_TASK, .help = "task to run, Scope\\Name" },
	{ "Parameter", IN(PL_MAP, parameters), .flags = PL_REST, .fallback = "those of the grant",
	  .source = PL_SOURCE_TASK_PARAMETER, .help = "values of its parameters, name=value; also as further words" },
	{ "RequestId", IN(PL_STRING, request), .flags = PL_ID, .fallback = "the grant that ends first",
	  .source = PL_SOURCE_OWN_GRANTED, .help = "run under this request's grant" },
	{ "Values", IN(PL_LIST, values), .source = PL_SOURCE_TASK_VALUE, .flags = PL_REST_VALUES,
	  .help = "after --: values for the parameters in their order" },
	{ 0 }
};

static const char *const examples[] = {
	"invoke-elevated-access-task 'Linux\\restart-web' unit=nginx.service",
	"invoke-elevated-access-task 'Linux\\restart-web' -- nginx.service",
	NULL
};

static const enum pl_error errors[] = {
	PL_ERR_TASK_NOT_FOUND, PL_ERR_ELEVATION_REQUIRED, PL_ERR_NOT_ENABLED, PL_ERR_PARAMETER_INVALID,
	PL_ERR_SEVERAL_GRANTS, PL_ERR_PROGRAM_MISSING, PL_ERR_PROGRAM_REFUSED, PL_ERR_RECORDING_UNAVAILABLE,
	PL_ERR_RECORDING_FAILED, PL_ERR_PROGRAM_UNSAFE, PL_ERR_TASK_FILE_MISSING, PL_ERR_TASK_FILE_REFUSED,
	PL_ERR_RUN_AS_MISSING, PL_ERR_DATABASE_OLDER, PL_ERR_RUN_FAILED, PL_ERR_EXECUTION_OVER, PL_ERR_NONE
};

#define PL_INVOKE_TABLE \
	.name = "invoke-elevated-access-task", \
	.summary = "run a task under a grant", \
	.needs = PL_NEED_STORE_WRITE | PL_RUNS_TASK, \
	.params = params, \
	.args_size = sizeof(struct pl_invoke_spec), \
	.examples = examples, \
	.errors = errors

#endif
