/* front.c - the caller's side of a command on the system database: what it asks, hands over and waits for */

#include "front.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pamlite/write.h"

/* Of the common parameters, what the second phase is not concerned with, or gets in another form. */
static bool
is_for_front(const char *name)
{
	static const char *const names[] = { "Help", "Version", "Describe", "Database", "OutputFormat", "Json",
		"InputObject", "NonInteractive", "Confirm", "Force" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

/* Typed words go another way, except to the runner, whose descriptor 0 is the task's: it asks for a name alone. */
void
pl_front_words(const struct pl_session *s, struct pl_words *out)
{
	const struct pl_binding *b = &s->binding;
	size_t i;

	for (i = 0; i < b->count; i++) {
		const struct pl_slot *slot = &b->slots[i];

		if (slot->given && (!slot->typed || (s->command->needs & PL_RUNS_TASK)) &&
		    !(i >= b->own && is_for_front(slot->param->name)))
			pl_words_add(out, slot->param->name, pl_param_is_file(slot->param) ? NULL : slot->text);
	}
	if (s->format != PL_FORMAT_AUTO)
		pl_words_add(out, "OutputFormat", pl_format_name(s->format));
	if (s->from_input)
		pl_words_add(out, "InputObject", "-");
}

/* What was typed at a prompt is not for everybody's ps: it goes by memory. -1: nothing was, or there is no memory. */
static int
typed_words(const struct pl_session *s, struct pl_words *out)
{
	const struct pl_binding *b = &s->binding;
	size_t i;
	int fd = -1;

	for (i = 0; i < b->own && !out->failed; i++) {
		if (!b->slots[i].typed)
			continue;
		if (fd < 0) {
			pl_words_add(out, "--typed", NULL);
			fd = memfd_create("pam-lite", MFD_CLOEXEC);
		}
		if (fd < 0 || dprintf(fd, "%s=%s%c", b->slots[i].param->name, b->slots[i].text, '\0') < 0)
			out->failed = true;
	}
	if (fd >= 0)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

/* The first, reading pass: what the question is about, and the words that pin what was shown. */
static enum pl_status
preview(struct pl_session *s, struct pl_words *words, struct pl_buf *target, int *status)
{
	struct pl_second second = { .command = s->command->name, .words = words, .out = -1 };
	struct pl_buf shown;
	enum pl_status st;
	const char *at;

	pl_buf_init(&shown);
	second.captured = &shown;
	pl_words_add(words, "--preview", NULL);
	second.in = typed_words(s, words);
	st = pl_front_second(&s->ctx, &second, status);
	if (second.in >= 0)
		close(second.in);
	pl_words_clear(words);
	pl_front_words(s, words);
	if (st == PL_OK && *status == 0 && shown.len > 0) {
		pl_buf_text(target, shown.text);
		for (at = shown.text + strlen(shown.text) + 1; at < shown.text + shown.len; at += strlen(at) + 1)
			pl_words_add_word(words, at, strlen(at));
	}
	if (st == PL_OK && pl_buf_failed(&shown))
		st = pl_fail_memory(&s->ctx);
	pl_buf_clear(&shown);
	return st;
}

enum pl_status
pl_front_confirm(struct pl_session *s, struct pl_words *words, int *status)
{
	struct pl_buf target;
	enum pl_status st = PL_OK;

	*status = 0;
	if (!pl_confirm_is_due(s))
		return PL_OK;
	pl_buf_init(&target);
	if (s->command->preview != NULL)
		st = preview(s, words, &target, status);
	if (st == PL_OK && *status == 0)
		st = pl_confirm_about(s, s->args, &target);
	pl_buf_clear(&target);
	return st;
}

enum pl_status
pl_front_ask(struct pl_session *s)
{
	struct pl_words none = { 0 };
	enum pl_status st = pl_front_confirm(s, &none, &s->exit_status);

	pl_words_clear(&none);
	s->common.confirm = PL_NO;
	s->exited = st == PL_OK && s->exit_status != 0;
	return st;
}

enum pl_status
pl_front_rehearse(struct pl_session *s, const struct pl_words *words, int in, int *status)
{
	struct pl_second second = { .command = s->command->name, .words = words, .in = in, .out = -1 };
	struct pl_buf answer, errors;
	enum pl_status st;

	pl_buf_init(&answer);
	pl_buf_init(&errors);
	second.captured = &answer;
	second.errors = &errors;
	st = pl_front_second(&s->ctx, &second, status);
	if (st == PL_OK && *status != 0)
		(void)pl_write_all(STDERR_FILENO, errors.text, errors.len);
	pl_buf_clear(&answer);
	pl_buf_clear(&errors);
	return st;
}

/* The descriptor that the second phase finds as its first: objects, a file, what was typed, or nothing. */
static int
input_of(const struct pl_session *s, struct pl_words *words)
{
	if (s->from_input)
		return STDIN_FILENO;
	return s->ctx.input_fd >= 0 ? s->ctx.input_fd : typed_words(s, words);
}

enum pl_status
pl_front_act(struct pl_session *s)
{
	struct pl_second second = { .command = s->command->name, .out = s->ctx.file != NULL ? s->ctx.file->fd : -1 };
	struct pl_words words = { 0 };
	enum pl_status st;

	pl_front_words(s, &words);
	st = pl_front_confirm(s, &words, &s->exit_status);
	if (st == PL_OK && s->exit_status == 0) {
		second.words = &words;
		second.in = input_of(s, &words);
		st = pl_front_second(&s->ctx, &second, &s->exit_status);
		if (second.in > STDERR_FILENO && second.in != s->ctx.input_fd)
			close(second.in);
	}
	pl_words_clear(&words);
	s->exited = st == PL_OK;
	if (st != PL_OK)
		pl_report_failure(s);
	return st;
}
