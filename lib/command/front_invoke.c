/* front_invoke.c - the caller's side of a run on the system database */

#include "front.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include "pamlite/invoke.h"
#include "pamlite/json.h"
#include "pamlite/list.h"
#include "pamlite/run.h"
#include "pamlite/write.h"

/* The parameters of the caller's grants for the task, as far as they all bind the same; left out else. */
static enum pl_status
collect_parameters(struct pl_session *s, const struct pl_buf *lines, char **out)
{
	const struct pl_json_member *m;
	struct pl_json_object object;
	const char *at = lines->text;
	enum pl_status st = PL_OK;
	bool differ = false;
	struct pl_item line;

	*out = NULL;
	while (st == PL_OK && pl_list_next(&at, &line)) {
		st = pl_json_parse_object(&s->ctx, line.text, line.len, &object);
		m = st == PL_OK ? pl_json_member_find(&object, "Parameters") : NULL;
		if (m != NULL && m->kind == PL_JSON_MAP) {
			differ = differ || (*out != NULL && strcmp(*out, m->value) != 0);
			if (*out == NULL && (*out = strdup(m->value)) == NULL)
				st = pl_fail_memory(&s->ctx);
		}
		pl_json_object_clear(&object);
	}
	if (differ || st != PL_OK) {
		free(*out);
		*out = NULL;
	}
	return st;
}

/*
 * Root takes no argument from the database's account. So where none were given, those that were
 * approved are asked for here, by the caller, who then gives them; they are checked like any others.
 */
static enum pl_status
add_parameters(struct pl_session *s, const struct pl_invoke_spec *spec, struct pl_words *words)
{
	struct pl_buf filter, found, errors;
	struct pl_words ask = { 0 };
	struct pl_second second = { .command = "get-elevated-access-authorization", .words = &ask, .in = -1, .out = -1,
		.captured = &found, .errors = &errors };
	char *parameters = NULL;
	enum pl_status st;
	int status;

	pl_buf_init(&filter);
	pl_buf_init(&found);
	pl_buf_init(&errors);
	pl_buf_printf(&filter, "AuthorizedAccess -eq '%s'", spec->task);
	pl_words_add(&ask, "Mine", NULL);
	pl_words_add(&ask, "ActiveOnly", NULL);
	pl_words_add(&ask, "Filter", filter.text);
	pl_words_add(&ask, "Property", "Parameters\n");
	pl_words_add(&ask, "OutputFormat", "JsonLines");
	if (spec->request != NULL)
		pl_words_add(&ask, "RequestId", spec->request);
	st = pl_front_second(&s->ctx, &second, &status);
	/* Whatever is wrong with the question is told by the runner. */
	if (st == PL_OK && status == 0)
		st = collect_parameters(s, &found, &parameters);
	if (parameters != NULL && parameters[0] != '\0')
		pl_words_add(words, "Parameter", parameters);
	pl_words_add(words, PL_RUN_ASKED_WORD, NULL);
	free(parameters);
	pl_words_clear(&ask);
	pl_buf_clear(&filter);
	pl_buf_clear(&found);
	pl_buf_clear(&errors);
	return st;
}

/* What the keyboard sends reaches the runner as well, which asks the task to end; what a user sends is for us. */
static void
on_interrupt(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code == SI_KERNEL)
		return;
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

static void
leave_interrupts(bool to_task)
{
	static const int signals[] = { SIGINT, SIGQUIT };
	struct sigaction old, ours = { .sa_handler = SIG_DFL };
	size_t i;

	if (to_task)
		ours = (struct sigaction){ .sa_sigaction = on_interrupt, .sa_flags = SA_SIGINFO | SA_RESTART };
	for (i = 0; i < sizeof signals / sizeof signals[0]; i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &ours, NULL);
}

/* The terminal as we found it; fd -1 = it is not ours now. */
struct found {
	int fd;
	struct termios modes;
};

static void
look_at_terminal(struct found *t)
{
	t->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (t->fd < 0 || (tcgetpgrp(t->fd) == getpgrp() && tcgetattr(t->fd, &t->modes) == 0))
		return;
	close(t->fd);
	t->fd = -1;
}

/*
 * Where the runner was killed, and its monitor perhaps with it, nobody else is left to end what it has set;
 * before us a shell cannot know. In the background it is somebody else's terminal.
 */
static void
leave_terminal(struct found *t, bool killed)
{
	if (t->fd < 0)
		return;
	if (killed && tcgetpgrp(t->fd) == getpgrp()) {
		pl_run_put_right(t->fd, &t->modes);
		/* What is said about it begins a line, wherever the task has left the cursor. */
		if (isatty(STDERR_FILENO))
			(void)pl_write_all(STDERR_FILENO, "\n", 1);
	}
	close(t->fd);
}

/*
 * A shell with jobs ends a loop, and begins a new line, only where it sees that the program was interrupted.
 * Such a shell is who has made us a group of our own; a script gets the status as it is.
 */
static void
end_as_interrupted(const struct found *t, int status)
{
	const struct rlimit no_core = { 0, 0 };
	int sig = status - 128;
	struct sigaction now;

	if ((sig != SIGINT && sig != SIGQUIT) || t->fd < 0 || getpgid(getppid()) == getpgrp() ||
	    sigaction(sig, NULL, &now) != 0 || now.sa_handler == SIG_IGN || setrlimit(RLIMIT_CORE, &no_core) != 0)
		return;
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

/* *killed: the runner was, and what it had to put right nobody else has. */
static enum pl_status
run(struct pl_session *s, struct pl_words *words, bool *killed)
{
	const struct pl_invoke_spec *spec = s->args;
	const bool given = spec->parameters != NULL || spec->values != NULL;
	bool wants = false;
	enum pl_status st;

	leave_interrupts(true);
	st = pl_front_runner(&s->ctx, words, &s->exit_status, given ? NULL : &wants);
	if (st == PL_OK && wants) {
		leave_interrupts(false);
		st = add_parameters(s, spec, words);
		if (st != PL_OK)
			return st;
		leave_interrupts(true);
		st = pl_front_runner(&s->ctx, words, &s->exit_status, NULL);
	}
	*killed = st != PL_OK;
	return st;
}

enum pl_status
pl_front_invoke(struct pl_session *s)
{
	struct pl_words words = { 0 };
	struct found terminal;
	bool killed = false;
	enum pl_status st;

	pl_front_words(s, &words);
	st = pl_front_confirm(s, &words, &s->exit_status);
	if (s->ctx.term != NULL)
		pl_words_add(&words, "--term", s->ctx.term);
	look_at_terminal(&terminal);
	if (st == PL_OK)
		st = run(s, &words, &killed);
	if (st == PL_OK)
		end_as_interrupted(&terminal, s->exit_status);
	leave_terminal(&terminal, killed);
	pl_words_clear(&words);
	s->exited = st == PL_OK;
	if (st != PL_OK)
		pl_report_failure(s);
	return st;
}
