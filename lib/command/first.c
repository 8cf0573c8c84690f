/* first.c - where every command begins: the first phase, as the caller, and who acts then */

#include "front.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/health.h"
#include "pamlite/write.h"

#include "command/bind/complete.h"
#include "command/root/configuration_front.h"
#include "command/root/control_front.h"
#include "command/root/maintenance_front.h"
#include "command/root/restore_front.h"
#include "command/root/task_front.h"

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

static bool
is_alone(const struct pl_session *s)
{
	return s->command->alone != NULL && !s->from_input && s->command->alone(&s->ctx, s->args);
}

static bool
runs_task(const struct pl_command *command)
{
	return command->needs & PL_RUNS_TASK;
}

static bool
replays(const struct pl_command *command)
{
	return command->needs & PL_REPLAYS;
}

/* What the caller's side has to do beside starting the part that acts; the first row that is meant. */
static const struct {
	bool (*is_meant)(const struct pl_command *command);   /* NULL: every other command */
	enum pl_status (*act)(struct pl_session *s);
} fronts[] = {
	{ runs_task, pl_front_invoke },
	{ replays, pl_front_replay },
	{ pl_task_front_is_meant, pl_task_front_act },
	{ pl_maintenance_front_is_meant, pl_maintenance_front_act },
	{ pl_control_front_is_meant, pl_control_front_act },
	{ pl_restore_front_is_meant, pl_restore_front_act },
	{ pl_configuration_front_is_meant, pl_configuration_front_act },
	{ NULL, pl_front_act }
};

static enum pl_status
act_in_front(struct pl_session *s)
{
	size_t i = 0;

	while (fronts[i].is_meant != NULL && !fronts[i].is_meant(s->command))
		i++;
	return fronts[i].act(s);
}

/* What was found for monitoring is whole whatever it says. */
static bool
has_worked(const struct pl_session *s, enum pl_status st)
{
	const int last = s->command->needs & PL_MONITORS ? PL_HEALTH_CRITICAL : 0;

	return st == PL_OK && (!s->exited || (s->exit_status >= 0 && s->exit_status <= last));
}

/* On the system database another process acts; this one has what is the caller's: his terminal and his files. */
static enum pl_status
act_as_caller(struct pl_session *s)
{
	enum pl_status st = pl_start_files(s), closed;
	const bool alone = st == PL_OK && is_alone(s);
	const bool system = !alone && (pl_command_traits(s->command) & PL_HAS_STORE) && pl_start_is_system(s);

	if (st == PL_OK && system)
		st = pl_start_check_principal(s);
	if (st != PL_OK) {
		pl_report_failure(s);
		(void)pl_start_files_end(s, false);
		return st;
	}
	if (!system)
		st = pl_act(s, alone ? pl_start_nothing : pl_start_database);
	else
		st = s->service ? pl_act(s, pl_service_database) : act_in_front(s);
	closed = pl_start_files_end(s, has_worked(s, st));
	if (closed != PL_OK)
		pl_report_failure(s);
	return st == PL_OK ? closed : st;
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
	if (argc > 1 && strcmp(argv[1], "--complete") == 0)
		return pl_complete(command, argc, argv);
	s.service = pl_service_is_meant(command);
	if (s.service)
		pl_start_without_environment();
	pl_ctx_init(&s.ctx);
	st = prepare(&s, argc, argv, &done);
	if (st != PL_OK)
		pl_report_failure(&s);
	else if (!done)
		st = act_as_caller(&s);
	return pl_finish(&s, st, !done);
}
