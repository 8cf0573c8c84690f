/* command.c - what both phases of a command share: its options settled, its action on the database, its end */

#include "session.h"

#include <string.h>
#include <unistd.h>

#include "pamlite/text.h"

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
	if (name == NULL)
		return true;
	if (!pl_format_parse(name, out))
		return false;
	if (*out != PL_FORMAT_PROMETHEUS || (s->command->needs & PL_MONITORS))
		return true;
	*out = PL_FORMAT_AUTO;
	return false;
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

	/* For people, who can ask for more: an export is whole or it is none. */
	list->limit = (s->command->needs & PL_LISTS) == 0 || pl_format_is_structured(s->format) ? 0 : LIST_LIMIT;
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

/* What its own command line says about the object. */
static bool
is_asked_for(const struct pl_session *s)
{
	return s->ctx.verbose || s->common.properties != NULL || s->format != PL_FORMAT_AUTO;
}

/* What a monitoring system runs, which knows one form alone. */
bool
pl_is_plugin(const struct pl_session *s)
{
	return (s->command->needs & PL_MONITORS) && s->format == PL_FORMAT_AUTO && s->common.properties == NULL;
}

/* Quiet commands print only when asked, and a plan is an object only for programs. */
static enum pl_status
open_output(struct pl_session *s)
{
	const struct pl_command *c = s->command;
	const struct pl_out_options options = { .format = pl_is_plugin(s) ? PL_FORMAT_PLUGIN : s->format,
		.properties = s->common.properties, .local_time = s->common.local_time,
		.fd = s->ctx.file != NULL ? s->ctx.file->fd : STDOUT_FILENO };

	if (c->output == NULL || ((c->needs & PL_QUIET) && !s->common.pass_thru) ||
	    ((c->needs & PL_SILENT) && !is_asked_for(s)))
		return PL_OK;
	if (s->common.what_if && !(c->needs & PL_PLANS) && !pl_format_is_structured(s->format))
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

int
pl_finish(struct pl_session *s, enum pl_status st, bool ran)
{
	int status = pl_exit_status(s->command, st, s->ctx.failure.error);

	if (ran && st == PL_OK && s->exited)
		status = s->exit_status;
	else if (ran && st == PL_OK && (s->command->needs & (PL_RUNS_TASK | PL_MONITORS)))
		status = s->ctx.task_status;
	pl_start_end(s);
	pl_args_free(s->command, s->args);
	pl_common_clear(&s->common);
	pl_binding_clear(&s->binding);
	pl_ctx_clear(&s->ctx);
	return status;
}
