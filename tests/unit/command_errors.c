/* command_errors.c - which errors a command declares through its traits, and what the process exits with */

#include "unit.h"

#include "command/session.h"

#include "command_sample.h"

static const struct pl_param path_params[] = {
	{ "Path", PL_OUT_PATH(struct sample, path), .flags = PL_REQUIRED },
	{ 0 }
};

static const struct pl_param no_params[] = { { 0 } };
static const struct pl_column columns[] = { { 0 } };
static const struct pl_noun noun = { .name = "Sample", .columns = columns };
static const enum pl_error own_errors[] = { PL_ERR_TASK_NOT_FOUND, PL_ERR_NONE };

static const struct pl_command plain = { .name = "test-sample", .params = no_params };
static const struct pl_command writer = { .name = "set-sample", .params = sample_params, .output = &noun,
	.needs = PL_NEED_STORE_WRITE | PL_QUIET, .errors = own_errors };
static const struct pl_command lister = { .name = "get-sample", .params = no_params, .output = &noun,
	.needs = PL_NEED_STORE_READ | PL_LISTS };
static const struct pl_command exporter = { .name = "export-sample", .params = path_params,
	.needs = PL_NEED_STORE_READ };
static const struct pl_command runner = { .name = "invoke-sample", .params = sample_params,
	.needs = PL_NEED_STORE_WRITE | PL_RUNS_TASK };

static const struct {
	const struct pl_command *command;
	enum pl_error error;
	bool declared;
} declarations[] = {
	{ &plain, PL_ERR_PARAMETER_NOT_FOUND, true },
	{ &plain, PL_ERR_AMBIGUOUS_PARAMETER, true },
	{ &plain, PL_ERR_MISSING_MANDATORY, false },
	{ &plain, PL_ERR_CONFIRMATION_REQUIRED, false },
	{ &plain, PL_ERR_INVALID_JSON, false },
	{ &plain, PL_ERR_DATABASE_BUSY, false },
	{ &plain, PL_ERR_UNKNOWN_PROPERTY, false },
	{ &plain, PL_ERR_OUTPUT_FAILED, true },
	{ &plain, PL_ERR_TASK_NOT_FOUND, false },
	{ &writer, PL_ERR_TASK_NOT_FOUND, true },
	{ &writer, PL_ERR_MISSING_MANDATORY, true },
	{ &writer, PL_ERR_CONFIRMATION_REQUIRED, true },
	{ &writer, PL_ERR_INVALID_JSON, true },
	{ &writer, PL_ERR_INVALID_INPUT, true },
	{ &writer, PL_ERR_DATABASE_BUSY, true },
	{ &writer, PL_ERR_FILE_EXISTS, true },
	{ &writer, PL_ERR_INVALID_FILTER, false },
	{ &lister, PL_ERR_INVALID_FILTER, true },
	{ &lister, PL_ERR_SORT_NOT_POSSIBLE, true },
	{ &lister, PL_ERR_UNKNOWN_PROPERTY, true },
	{ &lister, PL_ERR_CONFIRMATION_REQUIRED, false },
	{ &lister, PL_ERR_FILE_EXISTS, false },
	{ &exporter, PL_ERR_FILE_EXISTS, true },
	{ &exporter, PL_ERR_UNKNOWN_PROPERTY, false },
	{ &exporter, PL_ERR_PRINCIPAL_REFUSED, true },
};

static const struct {
	enum pl_status status;
	enum pl_error error;
	int plain, runner;
} exits[] = {
	{ PL_OK, PL_ERR_NONE, 0, 0 },
	{ PL_FALSE, PL_ERR_NONE, 1, 1 },
	{ PL_E_USAGE, PL_ERR_CANNOT_CONVERT, 64, 64 },
	{ PL_E_NOT_FOUND, PL_ERR_TASK_NOT_FOUND, 66, 126 },
	{ PL_E_UNAVAILABLE, PL_ERR_NOT_ENABLED, 69, 126 },
	{ PL_E_UNAVAILABLE, PL_ERR_DATABASE_UNREACHABLE, 69, 125 },
	{ PL_E_INTERNAL, PL_ERR_INTERNAL, 70, 125 },
	{ PL_E_OS, PL_ERR_OUT_OF_MEMORY, 71, 125 },
	{ PL_E_IO, PL_ERR_DATABASE_DAMAGED, 74, 125 },
	{ PL_E_STATE, PL_ERR_AUTHORIZATION_OVER, 75, 126 },
	{ PL_E_STATE, PL_ERR_DATABASE_BUSY, 75, 125 },
	{ PL_E_DENIED, PL_ERR_ELEVATION_REQUIRED, 77, 126 },
	{ PL_E_DENIED, PL_ERR_DATABASE_PATH, 77, 125 },
	{ PL_E_CONFIG, PL_ERR_NOT_INSTALLED, 78, 125 },
	{ PL_E_RUN, PL_ERR_RUN_FAILED, 71, 125 },
	{ PL_E_NOT_EXECUTABLE, PL_ERR_PROGRAM_REFUSED, 77, 126 },
	{ PL_E_NO_PROGRAM, PL_ERR_PROGRAM_MISSING, 66, 127 },
};

/* The common parameters follow from the same traits. */
static const struct {
	const struct pl_command *command;
	const char *name;
	bool has;
} common[] = {
	{ &plain, "Help", true }, { &plain, "Database", false }, { &plain, "Property", false },
	{ &plain, "WhatIf", false },
	{ &writer, "WhatIf", true }, { &writer, "Confirm", true }, { &writer, "PassThru", true },
	{ &writer, "InputObject", true }, { &writer, "Force", true }, { &writer, "Filter", false },
	{ &lister, "Filter", true }, { &lister, "ResultSize", true }, { &lister, "WhatIf", false },
	{ &lister, "PassThru", false }, { &lister, "Database", true }, { &lister, "Force", false },
	{ &exporter, "Force", true }, { &exporter, "InputObject", false },
};

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof declarations / sizeof declarations[0]; i++) {
		if (pl_command_may_fail(declarations[i].command, declarations[i].error) == declarations[i].declared)
			unit_passed++;
		else
			CHECK_STR(declarations[i].command->name, pl_error_def(declarations[i].error)->id);
	}
	for (i = 0; i < sizeof exits / sizeof exits[0]; i++) {
		CHECK_INT(pl_exit_status(&plain, exits[i].status, exits[i].error), exits[i].plain);
		CHECK_INT(pl_exit_status(&runner, exits[i].status, exits[i].error), exits[i].runner);
	}
	for (i = 0; i < sizeof common / sizeof common[0]; i++) {
		struct pl_binding b;
		struct pl_ctx ctx;

		pl_ctx_init(&ctx);
		CHECK_INT(pl_binding_init(&ctx, &b, common[i].command), PL_OK);
		if ((pl_bind_common(&b, common[i].name) != NULL) == common[i].has)
			unit_passed++;
		else
			CHECK_STR(common[i].command->name, common[i].name);
		pl_binding_clear(&b);
		pl_ctx_clear(&ctx);
	}
	return unit_end();
}
