/* command.c - the way of every command, in two phases: as the caller, and on the database */

#include "front.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/text.h"

#include "task_front.h"

enum { LIST_LIMIT = 1000 };

/* The format that was asked for; false if there is none of that name. */
static bool
find_format(const struct pl_session *s, enum pl_format *out)
{
	const struct pl_slot *format = pl_bind_common(&s->binding, "OutputFormat");
	const struct pl_slot *json = pl_bind_common(&s->binding, "Json");
	const char *name = NULL;

	*out = PL_FORMAT_AUTO;
	if (format != NULL && format->given)
		name = format->text;
	else if (json != NULL && json->given && (json->text == NULL || s->common.json))
		name = "Json";
	else
		name = pl_start_variable("PAMLITE_OUTPUT_FORMAT");
	return name == NULL || pl_format_parse(name, out);
}

/* How to report, as far as it is known: a fault in the words must not change the form it is told in. */
void
pl_settle_reporting(struct pl_session *s)
{
	const struct pl_slot *view = pl_bind_common(&s->binding, "ErrorView");

	(void)find_format(s, &s->format);
	s->normal_view = view != NULL && view->text != NULL && pl_ascii_casecmp(view->text, "Normal") == 0;
}

static enum pl_status
settle_limit(struct pl_session *s)
{
	const char *size = s->common.result_size;
	struct pl_list_options *list = &s->ctx.list;
	char shown[PL_SHOWN_SIZE];

	list->limit = pl_format_is_structured(s->format) ? 0 : LIST_LIMIT;
	list->warn_when_cut = size == NULL && list->limit > 0;
	if (size == NULL)
		return PL_OK;
	if (pl_ascii_casecmp(size, "Unlimited") == 0) {
		list->limit = 0;
		return PL_OK;
	}
	if (pl_text_parse_int(size, strlen(size), &list->limit) && list->limit > 0)
		return PL_OK;
	return pl_fail(&s->ctx, PL_ERR_CANNOT_CONVERT,
	    "Cannot process argument transformation on parameter 'ResultSize'. Cannot convert value \"%s\" to a whole "
	    "number of at least 1, or Unlimited.", pl_show(size, shown));
}

/* What the common parameters mean for the context. */
enum pl_status
pl_settle_options(struct pl_session *s)
{
	struct pl_common *c = &s->common;
	struct pl_ctx *ctx = &s->ctx;

	if (!find_format(s, &s->format)) {
		(void)pl_fail(ctx, PL_ERR_CANNOT_CONVERT, "PAMLITE_OUTPUT_FORMAT names no output format.");
		return pl_hint(ctx, "the formats are Table, List, Json, JsonLines, Csv, Value and Id");
	}
	ctx->what_if = c->what_if;
	ctx->verbose = c->verbose || c->debug;
	ctx->force = c->force;
	ctx->term = pl_start_variable("TERM");
	ctx->list.filter = c->filter;
	ctx->list.sort_by = c->sort_by;
	ctx->list.descending = c->descending;
	c->filter = NULL;
	c->sort_by = NULL;
	return settle_limit(s);
}

static enum pl_status
show_version(struct pl_session *s)
{
	struct pl_buf text;
	enum pl_status st;

	pl_buf_init(&text);
	pl_buf_printf(&text, "%s (pam-lite) %s\n", s->command->name, PL_VERSION);
	st = pl_report_text(s, &text);
	pl_buf_clear(&text);
	return st;
}

/* Objects are read only where the target is not named, so that a command inside a loop never eats the loop's input. */
static bool
reads_input(const struct pl_session *s)
{
	const struct pl_slot *target = pl_bind_pipe_target(&s->binding);
	struct stat in;

	if (target == NULL)
		return false;
	if (s->common.input_object != NULL)
		return true;
	if (pl_bind_is_covered(&s->binding, target->param) || fstat(STDIN_FILENO, &in) != 0)
		return false;
	return S_ISFIFO(in.st_mode) || S_ISSOCK(in.st_mode) || S_ISREG(in.st_mode);
}

/* The command's own arguments, whole and checked; those from objects come later. */
static enum pl_status
bind_own(struct pl_session *s)
{
	enum pl_status st = PL_OK;

	s->from_input = reads_input(s);
	if (pl_can_ask(s))
		st = pl_prompt_missing(s);
	if (st == PL_OK)
		st = pl_bind_check_missing(&s->ctx, &s->binding,
		    s->from_input ? pl_bind_pipe_target(&s->binding) : NULL);
	if (st == PL_OK)
		st = pl_args_new(&s->ctx, &s->binding, &s->args);
	if (s->from_input) {
		pl_args_free(s->command, s->args);
		s->args = NULL;
	}
	return st;
}

/*
 * Phase 1, with the caller's rights and without the database: bind, help,
 * prompts. *done: there is nothing more to do.
 */
static enum pl_status
prepare(struct pl_session *s, int argc, char *const argv[], bool *done)
{
	enum pl_status st;

	*done = false;
	st = pl_binding_init(&s->ctx, &s->binding, s->command);
	if (st == PL_OK)
		st = pl_bind_argv(&s->ctx, &s->binding, argc, argv);
	pl_settle_reporting(s);
	if (st == PL_OK)
		st = pl_common_fill(&s->ctx, &s->binding, &s->common);
	if (st != PL_OK)
		return st;
	*done = s->common.help || s->common.version || s->common.describe != NULL;
	if (s->common.help)
		return pl_help(s);
	if (s->common.version)
		return show_version(s);
	if (s->common.describe != NULL)
		return pl_describe(s);
	st = pl_settle_options(s);
	if (st == PL_OK)
		st = bind_own(s);
	return st == PL_OK ? pl_confirm_check(s) : st;
}

/* Quiet commands print only when asked, and a plan is an object only for programs. */
static enum pl_status
open_output(struct pl_session *s)
{
	const struct pl_command *c = s->command;
	const struct pl_out_options options = { .format = s->format, .properties = s->common.properties,
		.local_time = s->common.local_time, .fd = STDOUT_FILENO };

	if (c->output == NULL || ((c->needs & PL_QUIET) && !s->common.pass_thru))
		return PL_OK;
	if (s->common.what_if && !pl_format_is_structured(s->format))
		return PL_OK;
	return pl_out_open(&s->out, &s->ctx, c->output, &options);
}

/* What the command was asked to do may fail without a word; that it could not even begin is told. */
static bool
is_silent(const struct pl_session *s)
{
	return s->common.error_action != NULL && strcmp(s->common.error_action, "SilentlyContinue") == 0;
}

/* The second half, where the database is open to this process: run, print. The status is final, everything reported. */
enum pl_status
pl_act(struct pl_session *s, enum pl_status (*open_database)(struct pl_session *s))
{
	enum pl_status st, closed;

	st = open_output(s);
	if (st == PL_OK && (pl_command_traits(s->command) & PL_HAS_STORE))
		st = open_database(s);
	s->silent = st == PL_OK && is_silent(s);
	if (st == PL_OK && s->from_input) {
		st = pl_run_input(s);
	} else {
		if (st == PL_OK)
			st = pl_run_target(s, s->args);
		else
			pl_report_notes(s);
		pl_report_failure(s);
	}
	/* The failure is still noted: after one, a Json stream without objects stays empty. */
	closed = pl_out_close(s->out);
	if (closed != PL_OK && s->ctx.failure.error == PL_ERR_OUTPUT_FAILED && st != PL_E_IO)
		pl_report_failure(s);
	return st == PL_OK || st == PL_FALSE ? (closed != PL_OK ? closed : st) : st;
}

/* On the system database another process acts; this one has what is the caller's: his terminal and his files. */
static enum pl_status
act_as_caller(struct pl_session *s)
{
	const bool system = (pl_command_traits(s->command) & PL_HAS_STORE) && pl_start_is_system(s);
	enum pl_status st = system ? pl_start_check_principal(s) : PL_OK, closed;

	if (st == PL_OK)
		st = pl_start_files(s);
	if (st != PL_OK) {
		pl_report_failure(s);
		return st;
	}
	if (!system)
		st = pl_act(s, pl_start_database);
	else if (s->command->needs & PL_RUNS_TASK)
		st = pl_front_invoke(s);
	else
		st = pl_task_front_is_meant(s->command) ? pl_task_front_act(s) : pl_front_act(s);
	closed = pl_start_files_end(s, st == PL_OK && (!s->exited || s->exit_status == 0));
	if (closed != PL_OK)
		pl_report_failure(s);
	return st == PL_OK ? closed : st;
}

int
pl_finish(struct pl_session *s, enum pl_status st, bool ran)
{
	int status = pl_exit_status(s->command, st, s->ctx.failure.error);

	if (ran && st == PL_OK && s->exited)
		status = s->exit_status;
	else if (ran && st == PL_OK && (s->command->needs & PL_RUNS_TASK))
		status = s->ctx.task_status;
	pl_start_end(s);
	pl_args_free(s->command, s->args);
	pl_common_clear(&s->common);
	pl_binding_clear(&s->binding);
	pl_ctx_clear(&s->ctx);
	return status;
}

int
pl_command_main(const struct pl_command *command, int argc, char *argv[])
{
	struct pl_session s = { .command = command };
	enum pl_status st;
	bool done;

	pl_start_descriptors();
	/* The program is known by its table; what argv[0] says is never used or printed. */
	if (argc < 1) {
		static const char fault[] = "pam-lite: started without arguments\n";

		(void)pl_write_all(STDERR_FILENO, fault, sizeof fault - 1);
		return PL_E_USAGE;
	}
	if (pl_second_is_asked(argc, argv))
		return pl_second_main(command, argc, argv);
	pl_ctx_init(&s.ctx);
	st = prepare(&s, argc, argv, &done);
	if (st != PL_OK)
		pl_report_failure(&s);
	else if (!done)
		st = act_as_caller(&s);
	return pl_finish(&s, st, !done);
}
