/* errors.c - the errors that a command can give, and what the process then exits with */

#include "session.h"

#include "pamlite/health.h"

/* Beside its own errors a command gives those of the parts that it uses: the traits it must have. */
static const struct {
	enum pl_error error;
	unsigned traits;
} shared[] = {
	{ PL_ERR_PARAMETER_NOT_FOUND, 0 },
	{ PL_ERR_AMBIGUOUS_PARAMETER, 0 },
	{ PL_ERR_MISSING_ARGUMENT, 0 },
	{ PL_ERR_POSITIONAL_NOT_FOUND, 0 },
	{ PL_ERR_ALREADY_BOUND, 0 },
	{ PL_ERR_MISSING_MANDATORY, PL_HAS_MANDATORY },
	{ PL_ERR_CANNOT_CONVERT, 0 },
	{ PL_ERR_INVALID_TEXT, 0 },
	{ PL_ERR_EMPTY_VALUE, 0 },
	{ PL_ERR_PARAMETER_SET, 0 },
	{ PL_ERR_NOT_SUPPORTED_HERE, 0 },
	{ PL_ERR_CONFIRMATION_REQUIRED, PL_HAS_CHANGES },
	{ PL_ERR_UNKNOWN_PROPERTY, PL_HAS_OUTPUT },
	{ PL_ERR_INVALID_FILTER, PL_HAS_LISTS },
	{ PL_ERR_SORT_NOT_POSSIBLE, PL_HAS_LISTS },
	{ PL_ERR_INVALID_JSON, PL_HAS_PIPE },
	{ PL_ERR_INVALID_INPUT, PL_HAS_PIPE },
	{ PL_ERR_INPUT_FAILED, PL_HAS_PIPE },
	{ PL_ERR_OUTPUT_FAILED, 0 },
	{ PL_ERR_FILE_EXISTS, PL_HAS_OUT_PATH },
	{ PL_ERR_OUT_OF_MEMORY, 0 },
	{ PL_ERR_OS_ERROR, PL_HAS_STORE },
	{ PL_ERR_INTERNAL, 0 },
	{ PL_ERR_CALLER_GONE, PL_HAS_STORE },
	{ PL_ERR_OUTCOME_UNKNOWN, PL_HAS_STORE },
	{ PL_ERR_NOT_INSTALLED, PL_HAS_STORE },
	{ PL_ERR_DATABASE_MISSING, PL_HAS_STORE },
	{ PL_ERR_DATABASE_EMPTY, PL_HAS_STORE },
	{ PL_ERR_DATABASE_FOREIGN, PL_HAS_STORE },
	{ PL_ERR_DATABASE_NEWER, PL_HAS_STORE },
	{ PL_ERR_DATABASE_SCHEMA, PL_HAS_STORE },
	{ PL_ERR_DATABASE_PATH, PL_HAS_STORE },
	{ PL_ERR_DATABASE_DAMAGED, PL_HAS_STORE },
	{ PL_ERR_DATABASE_IO, PL_HAS_STORE },
	{ PL_ERR_DATABASE_UNREACHABLE, PL_HAS_STORE },
	{ PL_ERR_DATABASE_BUSY, PL_HAS_STORE },
	{ PL_ERR_UNKNOWN_CALLER, PL_HAS_STORE },
	{ PL_ERR_PRINCIPAL_REFUSED, PL_HAS_STORE },
};

bool
pl_command_may_fail(const struct pl_command *command, enum pl_error error)
{
	const unsigned traits = pl_command_traits(command);
	const enum pl_error *own;
	size_t i;

	for (i = 0; i < sizeof shared / sizeof shared[0]; i++)
		if (shared[i].error == error && (traits & shared[i].traits) == shared[i].traits)
			return true;
	for (own = command->errors; own != NULL && *own != PL_ERR_NONE; own++)
		if (*own == error)
			return true;
	return false;
}

/* A database that cannot be used is a fault of the installation, never a refusal to run. */
static bool
is_about_database(enum pl_error error)
{
	return error >= PL_ERR_DATABASE_MISSING && error <= PL_ERR_DATABASE_BUSY;
}

/* What is said of a program, where none is run: a script must not take it for the end of a task. */
static int
without_task(enum pl_status status)
{
	switch (status) {
	case PL_E_NO_PROGRAM:
		return PL_E_NOT_FOUND;
	case PL_E_NOT_EXECUTABLE:
		return PL_E_DENIED;
	case PL_E_RUN:
		return PL_E_OS;
	default:
		return (int)status;
	}
}

/*
 * Where the status is a task's own, ours are 125 to 127 as with env(1), except
 * that wrong use and the answer No stay what they are everywhere.
 */
int
pl_exit_status(const struct pl_command *command, enum pl_status status, enum pl_error error)
{
	if (command->needs & PL_MONITORS)
		return status == PL_OK ? PL_HEALTH_OK : PL_HEALTH_UNKNOWN;
	if (!(command->needs & PL_RUNS_TASK))
		return without_task(status);
	switch (status) {
	case PL_OK:
	case PL_FALSE:
	case PL_E_USAGE:
	case PL_E_RUN:
	case PL_E_NOT_EXECUTABLE:
	case PL_E_NO_PROGRAM:
		return (int)status;
	case PL_E_NOT_FOUND:
	case PL_E_UNAVAILABLE:
	case PL_E_STATE:
	case PL_E_DENIED:
		return is_about_database(error) ? PL_E_RUN : PL_E_NOT_EXECUTABLE;
	default:
		return PL_E_RUN;
	}
}
