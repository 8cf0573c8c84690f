/* confirm.c - PowerShell's question before something is changed */

#include "session.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/text.h"
#include "pamlite/write.h"

bool
pl_confirm_is_due(const struct pl_session *s)
{
	/* Who is asked sits before the first phase. */
	if (s->second || s->common.what_if || s->common.confirm == PL_NO)
		return false;
	return s->common.confirm == PL_YES || (s->command->needs & PL_NEED_CONFIRM);
}

enum pl_status
pl_confirm_check(struct pl_session *s)
{
	if (!pl_confirm_is_due(s) || pl_can_ask(s))
		return PL_OK;
	(void)pl_fail(&s->ctx, PL_ERR_CONFIRMATION_REQUIRED,
	    "The command asks before it acts, and nobody can be asked.");
	return pl_hint(&s->ctx, "-Confirm:false acts without asking");
}

/* The value of the first positional parameter, or of the file that is read; or what kind of object it is about. */
static const char *
default_target(const struct pl_session *s, const void *args)
{
	const struct pl_param *p;
	const char *value;

	for (p = s->command->params; p != NULL && p->name != NULL; p++) {
		if ((p->position != 1 && p->type != PL_PARAM_IN_PATH) || pl_param_is_switch(p) || pl_param_is_number(p))
			continue;
		value = *(char *const *)(const void *)((const char *)args + p->offset);
		if (value != NULL && value[0] != '\0')
			return value;
	}
	return s->command->output != NULL ? s->command->output->name : "database";
}

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_SUSPEND, ANSWER_HELP, ANSWER_UNKNOWN };

/* One command has one target here, so "to all" says no more than the plain word. */
static enum answer
read_answer(const char *text, enum answer when_empty)
{
	static const struct {
		const char *words;
		enum answer answer;
	} answers[] = {
		{ "y\nyes\na\nyes to all\n", ANSWER_YES }, { "n\nno\nl\nno to all\n", ANSWER_NO },
		{ "s\nsuspend\n", ANSWER_SUSPEND }, { "?\nhelp\n", ANSWER_HELP }
	};
	size_t i;

	text += strspn(text, " \t");
	if (text[0] == '\0')
		return when_empty;
	for (i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		const char *at = answers[i].words;
		struct pl_item word;

		while (pl_list_next(&at, &word))
			if (pl_item_is_nocase(&word, text))
				return answers[i].answer;
	}
	return ANSWER_UNKNOWN;
}

static void
say(const char *text)
{
	(void)pl_write_all(STDERR_FILENO, text, strlen(text));
}

static enum pl_status
ask(struct pl_session *s, const char *question)
{
	const enum answer when_empty = s->command->needs & PL_NEED_CONFIRM ? ANSWER_NO : ANSWER_YES;
	enum answer answer = ANSWER_UNKNOWN;
	struct pl_buf line;

	pl_buf_init(&line);
	say(question);
	while (answer != ANSWER_YES && answer != ANSWER_NO) {
		say("[Y] Yes  [A] Yes to All  [N] No  [L] No to All  [S] Suspend  [?] Help (default is \"");
		say(when_empty == ANSWER_NO ? "N\"): " : "Y\"): ");
		if (!pl_prompt_line(&line)) {
			say("\n");
			answer = ANSWER_NO;
			break;
		}
		answer = pl_buf_failed(&line) ? ANSWER_NO : read_answer(line.text, when_empty);
		if (answer == ANSWER_SUSPEND)
			(void)raise(SIGTSTP);
		if (answer == ANSWER_HELP)
			say("Y - Continue with only the next step of the operation.\n"
			    "A - Continue with all the steps of the operation.\n"
			    "N - Skip this operation and proceed with the next operation.\n"
			    "L - Skip this operation and all subsequent operations.\n"
			    "S - Pause the current command and return to the shell. Type \"fg\" to resume it.\n");
	}
	pl_buf_clear(&line);
	return answer == ANSWER_YES ? PL_OK : PL_FALSE;
}

enum pl_status
pl_confirm_about(struct pl_session *s, const void *args, struct pl_buf *target)
{
	char cmdlet[PL_COMMAND_NAME_MAX + 1];
	struct pl_buf question;
	enum pl_status st;

	pl_buf_init(&question);
	if (target->len == 0)
		pl_buf_text(target, default_target(s, args));
	pl_cmdlet_name(s->command->name, cmdlet);
	pl_buf_printf(&question,
	    "\nConfirm\nAre you sure you want to perform this action?\n"
	    "Performing the operation \"%s\" on target \"", cmdlet);
	pl_text_escape(&question, target->text, target->len);
	pl_buf_text(&question, "\".\n");
	if (pl_buf_failed(target) || pl_buf_failed(&question))
		st = pl_fail_memory(&s->ctx);
	else
		st = ask(s, question.text);
	pl_buf_clear(&question);
	return st;
}

enum pl_status
pl_confirm(struct pl_session *s, void *args)
{
	struct pl_buf target;
	enum pl_status st = PL_OK;

	if (!pl_confirm_is_due(s))
		return PL_OK;
	pl_buf_init(&target);
	if (s->command->preview != NULL)
		st = s->command->preview(&s->ctx, args, &target);
	if (st == PL_OK)
		st = pl_confirm_about(s, args, &target);
	pl_buf_clear(&target);
	return st;
}
