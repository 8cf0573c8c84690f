/* complete_live.c - what may be typed because it is stored: asked of the get- commands, with the caller's rights */

#include "complete.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/elapsed.h"
#include "pamlite/json.h"
#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/place.h"
#include "pamlite/text.h"

#include "words.h"

enum { OUTPUT_MAX = 1 << 20, PREFIX_MAX = 128, ABOUT_MAX = 300, ABOUT_COUNT = 4 };

/* A query: which command lists the objects, which of them, which property is the value, and which tell what it is. */
struct query {
	enum pl_source source;
	const char *command;
	const char *option;             /* NULL = none */
	const char *filter;             /* the same; ends in "-eq " where the text of position 1 follows */
	const char *value;
	const char *about[ABOUT_COUNT];
};

#define TASKS "get-elevated-access-task"
#define REQUESTS "get-elevated-access-request"
#define GRANTS "get-elevated-access-authorization"
#define RUNS "get-elevated-access-execution"
#define WHAT_IS_ASKED { "RequestorUPN", "RequestedAccess", "Parameters", "Reason" }
#define WHAT_IS_GRANTED { "AuthorizedTo", "AuthorizedAccess", "Parameters", "EndTimeUtc" }
#define WHAT_RAN { "User", "Task", "Parameters", "StartTimeUtc" }

static const struct query queries[] = {
	{ PL_SOURCE_TASK, TASKS, NULL, "Type -eq 'Task'", "Name", { "Description" } },
	{ PL_SOURCE_ROLE, TASKS, NULL, "Type -eq 'Role'", "Name", { "Description" } },
	{ PL_SOURCE_ROLE_GROUP, TASKS, NULL, "Type -eq 'RoleGroup'", "Name", { "Description" } },
	{ PL_SOURCE_ACCESS, TASKS, NULL, NULL, "Name", { "Type", "Description" } },
	{ PL_SOURCE_OWN_TASK, TASKS, "-Mine", "Type -eq 'Task'", "Name", { "Description" } },
	{ PL_SOURCE_TASK_PARAMETER, TASKS, NULL, "Name -eq ", "Parameter", { NULL } },
	{ PL_SOURCE_TASK_VALUE, TASKS, NULL, "Name -eq ", "Parameter", { NULL } },
	{ PL_SOURCE_REQUEST, REQUESTS, NULL, NULL, "Identity", WHAT_IS_ASKED },
	{ PL_SOURCE_PENDING, REQUESTS, "-RequestStatus:Pending", NULL, "Identity", WHAT_IS_ASKED },
	{ PL_SOURCE_OWN_PENDING, REQUESTS, "-Mine", "RequestStatus -eq 'Pending'", "Identity",
	    { "RequestedAccess", "Parameters", "Reason" } },
	{ PL_SOURCE_TO_APPROVE, REQUESTS, "-ToApprove", NULL, "Identity", WHAT_IS_ASKED },
	{ PL_SOURCE_GRANT, GRANTS, NULL, NULL, "Identity", WHAT_IS_GRANTED },
	{ PL_SOURCE_GRANTED, GRANTS, "-ActiveOnly", NULL, "RequestIdentity", WHAT_IS_GRANTED },
	{ PL_SOURCE_OWN_GRANTED, GRANTS, "-Mine", "Active -eq true", "RequestIdentity",
	    { "AuthorizedAccess", "Parameters", "EndTimeUtc" } },
	{ PL_SOURCE_EXECUTION, RUNS, NULL, NULL, "Identity", WHAT_RAN },
	{ PL_SOURCE_RUNNING, RUNS, "-Running", NULL, "Identity", WHAT_RAN },
	{ PL_SOURCE_RECORDED, RUNS, NULL, "RecordingPath -ne null", "Identity", WHAT_RAN },
	{ PL_SOURCE_GROUP, "get-elevated-access-approver-group", NULL, NULL, "Name", { "Description" } },
	{ PL_SOURCE_GROUP_MEMBER, "get-elevated-access-approver-group", NULL, "Name -eq ", "Member", { NULL } },
	{ PL_SOURCE_POLICY, "get-elevated-access-approval-policy", NULL, NULL, "Task",
	    { "ApprovalType", "ApproverGroup", "Description" } },
	{ PL_SOURCE_SYSTEM_ACCOUNT, "get-elevated-access-system-account", NULL, NULL, "Identity", { "Reason" } },
	{ PL_SOURCE_NOTIFICATION, "get-elevated-access-notification", NULL, NULL, "Identity",
	    { "Kind", "Recipient", "State" } },
	{ PL_SOURCE_NONE }
};

/* The values that the caller's grants for a task have: where they bind, a run has to have the same. */
static const struct query granted_values = { PL_SOURCE_NONE, GRANTS, "-Mine", "AuthorizedAccess -eq ", "Parameters",
	{ NULL } };

/* The command beside the one that runs, wherever the two are installed. False: its name would be too long. */
static bool
find_sibling(const char *name, char path[PATH_MAX])
{
	const ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash == NULL)
		return snprintf(path, PATH_MAX, "%s/%s", pl_bin_dir, name) < PATH_MAX;
	return snprintf(slash, (size_t)(path + PATH_MAX - slash), "/%s", name) < path + PATH_MAX - slash;
}

/* Start it with a pipe as its output and nothing else: what it has to complain of would break the line being typed. */
static bool
start(char *const argv[], int *out, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	error = posix_spawn_file_actions_init(&actions);
	if (error == 0) {
		(void)posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		(void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		(void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
		error = posix_spawn(pid, argv[0], &actions, NULL, argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(ends[1]);
	*out = ends[0];
	if (error != 0)
		close(ends[0]);
	return error == 0;
}

/*
 * What it prints; false if it had not ended in time: who is shown one of two requests believes that it is the only one.
 * It only reads, so it may be killed wherever it is.
 */
static bool
capture(char *const argv[], int64_t until_ms, struct pl_buf *out)
{
	char block[4096];
	bool whole = false;
	int64_t left;
	ssize_t n = 1;
	pid_t pid;
	int fd;

	(void)signal(SIGCHLD, SIG_DFL);
	if (!start(argv, &fd, &pid))
		return false;
	while (n > 0 && out->len < OUTPUT_MAX && (left = until_ms - pl_elapsed_ms()) > 0) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };

		if (poll(&ready, 1, (int)left) <= 0)
			continue;
		n = read(fd, block, sizeof block);
		whole = n == 0;
		if (n > 0)
			pl_buf_bytes(out, block, (size_t)n);
	}
	close(fd);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return whole && !pl_buf_failed(out);
}

static const char *
first_position(const struct pl_binding *b)
{
	size_t i;

	for (i = 0; i < b->own; i++)
		if (b->slots[i].param->position == 1)
			return b->slots[i].given ? b->slots[i].text : NULL;
	return NULL;
}

/* A text as the filter's grammar has it. */
static void
add_quoted(struct pl_buf *filter, const char *text)
{
	pl_buf_char(filter, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			pl_buf_char(filter, '\'');
		pl_buf_char(filter, *text);
	}
	pl_buf_char(filter, '\'');
}

/* What begins like the word, and perhaps more, since the answer is looked at again: Scope/Name is another spelling. */
static void
add_pattern(struct pl_buf *filter, const char *typed)
{
	struct pl_buf pattern;
	char *at;

	pl_buf_init(&pattern);
	pl_buf_printf(&pattern, "%s*", typed);
	for (at = pattern.text; (at = strchr(at, '/')) != NULL; )
		*at = '?';
	add_quoted(filter, pattern.text);
	pl_buf_clear(&pattern);
}

/*
 * Which objects: those of the query that begin like the word, so that the limit leaves no room for others. False: it
 * is about an object that the line does not name.
 */
static bool
add_filter(const struct pl_completion *c, const struct query *q, const char *typed, struct pl_buf *filter)
{
	const bool is_about = q->filter != NULL && q->filter[strlen(q->filter) - 1] == ' ';
	const char *object = first_position(c->binding);
	char task[PL_TASK_NAME_MAX + 1];

	pl_buf_text(filter, q->filter);
	if (is_about) {
		if (object == NULL || strlen(object) > PL_ID_MAX)
			return false;
		add_quoted(filter, pl_task_name_parse(object, task) ? task : object);
	} else if (typed[0] != '\0' && strlen(typed) <= PREFIX_MAX) {
		pl_buf_printf(filter, "%s%s -like ", q->filter != NULL ? " -and " : "", q->value);
		add_pattern(filter, typed);
	}
	return true;
}

/* The command line of the query. False: it cannot be asked. */
static bool
add_words(const struct pl_completion *c, const struct query *q, const char *typed, struct pl_words *argv)
{
	const struct pl_slot *database = pl_bind_common(c->binding, "Database");
	char program[PATH_MAX];
	struct pl_buf word;
	bool ok;
	size_t i;

	if (!find_sibling(q->command, program))
		return false;
	pl_words_add_word(argv, program, strlen(program));
	pl_words_add(argv, "-OutputFormat", "JsonLines");
	pl_words_add(argv, "-ResultSize", "200");
	if (q->option != NULL)
		pl_words_add_word(argv, q->option, strlen(q->option));
	pl_buf_init(&word);
	pl_buf_text(&word, q->value);
	for (i = 0; i < ABOUT_COUNT && q->about[i] != NULL; i++)
		pl_buf_printf(&word, ",%s", q->about[i]);
	pl_words_add(argv, "-Property", word.text);
	pl_buf_reset(&word);
	ok = add_filter(c, q, typed, &word);
	if (word.len > 0)
		pl_words_add(argv, "-Filter", word.text);
	if (database != NULL && database->given && database->text != NULL)
		pl_words_add(argv, "-Database", database->text);
	ok = ok && !pl_buf_failed(&word) && !argv->failed;
	pl_buf_clear(&word);
	return ok;
}

/* What an object is, in a line. */
static void
describe(const struct pl_json_object *o, const struct query *q, struct pl_buf *about)
{
	size_t i;

	pl_buf_reset(about);
	for (i = 0; i < ABOUT_COUNT && q->about[i] != NULL; i++) {
		const struct pl_json_member *m = pl_json_member_find(o, q->about[i]);
		const char *at = m != NULL ? m->value : NULL;
		struct pl_item it;

		if (at == NULL || at[0] == '\0')
			continue;
		if (m->kind == PL_JSON_TEXT)
			pl_buf_printf(about, "%s%s", about->len > 0 ? ", " : "", at);
		else
			while (pl_list_next(&at, &it))
				pl_buf_printf(about, "%s%.*s", about->len > 0 ? ", " : "", (int)it.len, it.text);
	}
	if (about->len > ABOUT_MAX) {
		about->text[ABOUT_MAX] = '\0';
		pl_text_trim(about->text);
	}
}

typedef void take_fn(struct pl_completion *c, const char *value, const char *about);

/* Scope/Name where it was begun so. */
static void
take_value(struct pl_completion *c, const char *value, const char *about)
{
	const char *typed = c->word + c->kept, *backslash = strchr(value, '\\');
	char *slashed;

	if (backslash == NULL || strchr(typed, '/') == NULL || strchr(typed, '\\') != NULL ||
	    (slashed = strdup(value)) == NULL) {
		pl_complete_offer(c, value, about, false);
		return;
	}
	slashed[backslash - value] = '/';
	pl_complete_offer(c, slashed, about, false);
	free(slashed);
}

static void
take_list(struct pl_completion *c, const char *list, take_fn *take)
{
	const char *at = list;
	struct pl_item it;
	char *value;

	while (pl_list_next(&at, &it)) {
		value = pl_item_dup(&it);
		if (value != NULL)
			take(c, value, "");
		free(value);
	}
}

/* Ask, and hand over the value of each object: a list's elements one by one. */
static void
ask(struct pl_completion *c, const struct query *q, const char *typed, take_fn *take)
{
	struct pl_words argv = { 0 };
	struct pl_buf text, about;
	const char *at, *end;

	pl_buf_init(&text);
	pl_buf_init(&about);
	if (add_words(c, q, typed, &argv) && capture(argv.v, c->until_ms, &text)) {
		for (at = text.text; (end = strchr(at, '\n')) != NULL; at = end + 1) {
			struct pl_json_object o;
			const struct pl_json_member *m = NULL;

			if (pl_json_parse_object(c->ctx, at, (size_t)(end - at), &o) == PL_OK)
				m = pl_json_member_find(&o, q->value);
			describe(&o, q, &about);
			if (m != NULL && m->kind == PL_JSON_TEXT)
				take(c, m->value, about.text);
			else if (m != NULL && m->value != NULL)
				take_list(c, m->value, take);
			pl_json_object_clear(&o);
		}
	}
	pl_words_clear(&argv);
	pl_buf_clear(&text);
	pl_buf_clear(&about);
}

/* Is there a value for that name already, among the words or the elements before? */
static bool
is_named(const struct pl_completion *c, const struct pl_item *name)
{
	const char *at = c->given, *end;
	struct pl_item it, other, value;

	while (pl_list_next(&at, &it))
		if (pl_item_split(&it, &other, &value) && other.len == name->len &&
		    memcmp(other.text, name->text, name->len) == 0)
			return true;
	for (at = c->word + c->list_at; (end = strchr(at, ',')) != NULL && end < c->word + c->kept; at = end + 1)
		if (strncmp(at, name->text, name->len) == 0 && at[name->len] == '=')
			return true;
	return false;
}

/* The words of choice:a|b|c, each as `before`word. */
static void
offer_choices(struct pl_completion *c, const struct pl_item *type, const char *before)
{
	const char *at = type->text + strlen("choice:"), *end = type->text + type->len, *bar;
	struct pl_buf value;

	pl_buf_init(&value);
	for (; at < end; at = bar + 1) {
		bar = memchr(at, '|', (size_t)(end - at));
		if (bar == NULL)
			bar = end;
		pl_buf_reset(&value);
		pl_buf_text(&value, before);
		pl_buf_bytes(&value, at, (size_t)(bar - at));
		pl_complete_offer(c, value.text, "", false);
	}
	pl_buf_clear(&value);
}

static bool
is_type(const struct pl_item *type, const char *kind)
{
	return type->len > strlen(kind) && strncmp(type->text, kind, strlen(kind)) == 0;
}

/* One declaration name=TYPE: the name while it is being typed, then what the type tells of its values. */
static void
take_declaration(struct pl_completion *c, const char *declaration, const char *about)
{
	const struct pl_item it = { declaration, strlen(declaration) };
	const char *typed = c->word + c->kept, *equals = strchr(typed, '=');
	struct pl_item name, type;
	char *begin;

	(void)about;
	if (!pl_item_split(&it, &name, &type) || is_named(c, &name) ||
	    (begin = strndup(declaration, name.len + 1)) == NULL)
		return;
	if (equals == NULL)
		pl_complete_offer(c, begin, type.text, true);
	else if (strncmp(typed, begin, strlen(begin)) == 0 && is_type(&type, "choice:"))
		offer_choices(c, &type, begin);
	else if (strncmp(typed, begin, strlen(begin)) == 0 && is_type(&type, "path:"))
		pl_complete_ask(c, "files", (size_t)(equals + 1 - c->word));
	free(begin);
}

/* The same for words without names, which go by the order of the declarations. */
static void
take_in_order(struct pl_completion *c, const char *declaration, const char *about)
{
	const struct pl_item it = { declaration, strlen(declaration) };
	struct pl_item name, type;

	(void)about;
	if (c->turn++ != pl_list_count(c->given) || !pl_item_split(&it, &name, &type))
		return;
	if (is_type(&type, "choice:"))
		offer_choices(c, &type, "");
	else if (is_type(&type, "path:"))
		pl_complete_ask(c, "files", c->kept);
}

void
pl_complete_live(struct pl_completion *c)
{
	const struct query *q = queries;
	const char *typed = c->word + c->kept;

	while (q->source != PL_SOURCE_NONE && q->source != c->param->source)
		q++;
	if (q->source == PL_SOURCE_TASK_VALUE) {
		ask(c, q, "", take_in_order);
	} else if (q->source == PL_SOURCE_TASK_PARAMETER) {
		ask(c, q, "", take_declaration);
		if (strchr(typed, '=') != NULL && c->out->len == 0)
			ask(c, &granted_values, "", take_value);
	} else if (q->source != PL_SOURCE_NONE) {
		ask(c, q, typed, take_value);
	}
}
