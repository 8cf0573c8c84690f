/* prompt.c - asking a person on a terminal for mandatory values that are missing */

#include "session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/text.h"
#include "pamlite/write.h"

bool
pl_can_ask(const struct pl_session *s)
{
	return !s->common.non_interactive && !s->from_input && isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

/* A byte at a time: what a terminal holds beyond this line belongs to the next prompt, or to another program. */
bool
pl_prompt_line(struct pl_buf *line)
{
	char c;
	ssize_t n;

	pl_buf_reset(line);
	for (;;) {
		n = read(STDIN_FILENO, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return line->len > 0;
		if (c == '\n')
			return true;
		/* A NUL would end the string; control characters are refused where the value is bound. */
		if (line->len <= PL_LINE_MAX)
			pl_buf_char(line, c != '\0' ? c : '\001');
	}
}

static bool
ask(const char *question, struct pl_buf *answer)
{
	bool more;

	(void)pl_write_all(STDERR_FILENO, question, strlen(question));
	more = pl_prompt_line(answer);
	if (!more)
		(void)pl_write_all(STDERR_FILENO, "\n", 1);
	return more;
}

/* Elements until an empty line, as PowerShell asks for arrays. */
static enum pl_status
ask_list(struct pl_session *s, struct pl_slot *slot)
{
	struct pl_buf line, list, question;
	enum pl_status st = PL_OK;
	int n;

	pl_buf_init(&line);
	pl_buf_init(&list);
	pl_buf_init(&question);
	for (n = 0;; n++) {
		pl_buf_reset(&question);
		pl_buf_printf(&question, "%s[%d]: ", slot->param->name, n);
		if (pl_buf_failed(&question) || !ask(question.text, &line) || line.len == 0)
			break;
		pl_list_add(&list, line.text);
	}
	slot->text = pl_buf_failed(&line) || pl_buf_failed(&question) ? NULL : pl_buf_take(&list);
	slot->given = slot->typed = slot->text != NULL;
	if (slot->text == NULL)
		st = pl_fail_memory(&s->ctx);
	pl_buf_clear(&line);
	pl_buf_clear(&list);
	pl_buf_clear(&question);
	return st;
}

/* At the end of input the parameter stays missing. */
static enum pl_status
ask_value(struct pl_session *s, struct pl_slot *slot)
{
	struct pl_buf line, question;
	enum pl_status st = PL_OK;

	pl_buf_init(&line);
	pl_buf_init(&question);
	pl_buf_printf(&question, "%s: ", slot->param->name);
	if (!pl_buf_failed(&question) && ask(question.text, &line)) {
		slot->text = pl_buf_take(&line);
		slot->given = slot->typed = slot->text != NULL;
		if (slot->text == NULL)
			st = pl_fail_memory(&s->ctx);
	}
	pl_buf_clear(&line);
	pl_buf_clear(&question);
	return st;
}

enum pl_status
pl_prompt_missing(struct pl_session *s)
{
	char cmdlet[PL_COMMAND_NAME_MAX + 1];
	struct pl_slot *slot;
	struct pl_buf head;
	enum pl_status st = PL_OK;
	size_t i = 0;
	bool first = true;

	while (st == PL_OK && (slot = pl_bind_missing(&s->binding, &i)) != NULL) {
		if (first) {
			pl_cmdlet_name(s->command->name, cmdlet);
			pl_buf_init(&head);
			pl_buf_printf(&head,
			    "cmdlet %s at command pipeline position 1\n"
			    "Supply values for the following parameters:\n", cmdlet);
			(void)pl_write_all(STDERR_FILENO, head.text, head.len);
			pl_buf_clear(&head);
			first = false;
		}
		st = pl_param_is_list(slot->param) ? ask_list(s, slot) : ask_value(s, slot);
	}
	return st;
}
