/* second.c - the second phase of a command: as the account that owns the database, on behalf of whom the gate names */

#include "session.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/place.h"
#include "pamlite/store.h"
#include "pamlite/text.h"
#include "pamlite/write.h"

#include "command/bind/words.h"

static const char caller_word[] = "--caller=", definition_word[] = "--definition=",
    called_word[] = "--called=";

bool
pl_second_is_asked(int argc, char *const argv[])
{
	return argc > 1 && strncmp(argv[1], caller_word, sizeof caller_word - 1) == 0;
}

/* Is this the account, which is whoever owns the data directory, and nothing else? */
static bool
is_account(void)
{
	struct stat dir;
	uid_t r, e, s;
	gid_t rg, eg, sg;

	return getresuid(&r, &e, &s) == 0 && getresgid(&rg, &eg, &sg) == 0 && r == e && e == s && rg == eg &&
	    eg == sg && r != 0 && rg != 0 && lstat(PL_STATE_DIR, &dir) == 0 && dir.st_uid == r && dir.st_gid == rg;
}

/*
 * Anybody can start this with any number as the caller: then it has no access to the file. Here it is
 * said before anything is opened, and nobody reads the memory of a process that has.
 */
static enum pl_status
check_process(struct pl_ctx *ctx)
{
	if (!is_account()) {
		(void)pl_fail(ctx, PL_ERR_NOT_INSTALLED, "This is the part of a command that the gate starts.");
		return pl_hint(ctx, "type the command without it");
	}
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		return pl_fail(ctx, PL_ERR_OS_ERROR, "the process cannot be locked");
	return PL_OK;
}

/*
 * A parent-death signal does not cross this change of uid; a pidfd can be looked at. The front is the last
 * number of the word; who it is, is looked up when it is known how to tell that there is nobody.
 */
static enum pl_status
watch_front(struct pl_ctx *ctx, const char *caller)
{
	const char *pid = strrchr(caller, ',');

	ctx->front_fd = pidfd_open(getppid(), 0);
	if (ctx->front_fd < 0 || pid == NULL || strtol(pid + 1, NULL, 10) != getppid())
		return pl_fail(ctx, PL_ERR_CALLER_GONE, "the process that asked is gone");
	return PL_OK;
}

/* Words that were typed come in memory, as descriptor 0, each ended by NUL. */
static enum pl_status
read_typed(struct pl_ctx *ctx, struct pl_words *words)
{
	struct pl_buf text;
	char block[4096];
	const char *at;
	ssize_t n = -1;

	pl_buf_init(&text);
	while (pl_wait_with_front(ctx, STDIN_FILENO, POLLIN, -1) &&
	    (n = read(STDIN_FILENO, block, sizeof block)) > 0 && text.len < PL_LINE_MAX)
		pl_buf_bytes(&text, block, (size_t)n);
	for (at = text.text; at < text.text + text.len; at += strlen(at) + 1)
		pl_words_add_word(words, at, strlen(at));
	if (pl_buf_failed(&text))
		words->failed = true;
	pl_buf_clear(&text);
	return n < 0 ? pl_fail(ctx, PL_ERR_INPUT_FAILED, "what was typed cannot be read") : PL_OK;
}

static enum pl_status
read_words(struct pl_ctx *ctx, int argc, char *const argv[], struct pl_words *words, bool *preview)
{
	enum pl_status st = PL_OK;
	int i;

	*preview = false;
	for (i = 2; i < argc && st == PL_OK; i++) {
		if (strcmp(argv[i], "--preview") == 0)
			*preview = true;
		else if (strcmp(argv[i], "--typed") == 0)
			st = read_typed(ctx, words);
		else if (strncmp(argv[i], definition_word, sizeof definition_word - 1) == 0)
			ctx->definition = argv[i] + sizeof definition_word - 1;
		else if (strncmp(argv[i], called_word, sizeof called_word - 1) == 0)
			ctx->called = argv[i] + sizeof called_word - 1;
		else
			pl_words_add_word(words, argv[i], strlen(argv[i]));
	}
	return st == PL_OK && words->failed ? pl_fail_memory(ctx) : st;
}

/*
 * Anybody can call the gate with any word: nothing here opens a path that a word names. A file's
 * parameter stands without a value, for the descriptor that the first phase has opened.
 */
static enum pl_status
check_files(struct pl_session *s)
{
	size_t i;

	for (i = 0; i < s->binding.count; i++) {
		struct pl_slot *slot = &s->binding.slots[i];

		if (!slot->given || !pl_param_is_file(slot->param))
			continue;
		if (i >= s->binding.own || slot->text != NULL)
			return pl_fail(&s->ctx, PL_ERR_NOT_SUPPORTED_HERE,
			    "Parameter '%s' names a file, and is for the caller's own process.", slot->param->name);
		slot->text = strdup("the file");
		if (slot->text == NULL)
			return pl_fail_memory(&s->ctx);
		if (slot->param->type == PL_PARAM_IN_PATH) {
			s->ctx.input_fd = STDIN_FILENO;
		} else {
			s->file = (struct pl_file){ .fd = STDOUT_FILENO,
				.continued = lseek(STDOUT_FILENO, 0, SEEK_CUR) > 0 };
			s->ctx.file = &s->file;
		}
	}
	return PL_OK;
}

static enum pl_status
bind(struct pl_session *s, int argc, char *const argv[], bool *preview)
{
	struct pl_words words = { 0 };
	enum pl_status st;

	st = pl_binding_init(&s->ctx, &s->binding, s->command);
	if (st == PL_OK)
		st = read_words(&s->ctx, argc, argv, &words, preview);
	if (st == PL_OK)
		st = pl_words_bind(&s->ctx, &s->binding, &words);
	pl_words_clear(&words);
	pl_settle_reporting(s);
	if (st == PL_OK)
		st = check_files(s);
	if (st == PL_OK)
		st = pl_common_fill(&s->ctx, &s->binding, &s->common);
	if (st != PL_OK)
		return st;
	if (s->common.help || s->common.version || s->common.describe != NULL)
		return pl_fail(&s->ctx, PL_ERR_NOT_SUPPORTED_HERE, "This is for the caller's own process.");
	s->from_input = s->common.input_object != NULL;
	st = pl_settle_options(s);
	if (st == PL_OK)
		st = pl_bind_check_missing(&s->ctx, &s->binding,
		    s->from_input ? pl_bind_pipe_target(&s->binding) : NULL);
	if (st == PL_OK && !s->from_input)
		st = pl_args_new(&s->ctx, &s->binding, &s->args);
	return st;
}

static enum pl_status
open_system(struct pl_session *s)
{
	return pl_store_open_system(&s->ctx,
	    s->command->needs & PL_REPLACES_STORE ? PL_STORE_ANY : PL_STORE_THERE);
}

/* What the caller is to be asked about, and the arguments that the preview has pinned: texts that were not given. */
static enum pl_status
print_preview(struct pl_session *s)
{
	const struct pl_binding *b = &s->binding;
	struct pl_buf text;
	enum pl_status st;
	const char *value;
	size_t i;

	pl_buf_init(&text);
	st = open_system(s);
	if (st == PL_OK && s->command->preview != NULL)
		st = s->command->preview(&s->ctx, s->args, &text);
	if (st == PL_OK)
		pl_buf_bytes(&text, "", 1);
	for (i = 0; i < b->own && st == PL_OK; i++) {
		if (b->slots[i].given || !pl_param_owns_text(b->slots[i].param))
			continue;
		value = *(char *const *)(const void *)((const char *)s->args + b->slots[i].param->offset);
		if (value != NULL)
			pl_buf_printf(&text, "%s=%s%c", b->slots[i].param->name, value, '\0');
	}
	if (st == PL_OK)
		st = pl_report_text(s, &text);
	pl_buf_clear(&text);
	pl_report_failure(s);
	return st;
}

/* `open_database`: before the command's run(), which may also do it by itself. */
static int
second_main(const struct pl_command *command, int argc, char *argv[],
    enum pl_status (*open_database)(struct pl_session *s))
{
	struct pl_session s = { .command = command, .second = true };
	const char *caller = argv[1] + sizeof caller_word - 1;
	bool preview = false;
	enum pl_status st;

	pl_start_without_environment();
	pl_ctx_init(&s.ctx);
	st = check_process(&s.ctx);
	/* Before the words: those that were typed may be long in coming. */
	if (st == PL_OK)
		st = watch_front(&s.ctx, caller);
	if (st == PL_OK)
		st = bind(&s, argc, argv, &preview);
	if (st == PL_OK)
		st = pl_caller_parse(&s.ctx, caller, &s.ctx.caller);
	if (st != PL_OK)
		pl_report_failure(&s);
	else
		st = preview ? print_preview(&s) : pl_act(&s, open_database);
	return pl_finish(&s, st, true);
}

int
pl_second_main(const struct pl_command *command, int argc, char *argv[])
{
	return second_main(command, argc, argv, open_system);
}

bool
pl_service_is_meant(const struct pl_command *command)
{
	return (command->needs & PL_FOR_SERVICE) != 0 && is_account();
}

enum pl_status
pl_service_database(struct pl_session *s)
{
	enum pl_status st = check_process(&s->ctx);

	if (st == PL_OK)
		st = pl_caller_read(&s->ctx, &s->ctx.caller);
	return st == PL_OK ? open_system(s) : st;
}

int
pl_command_serve(const struct pl_command *command, int argc, char *argv[])
{
	static const char fault[] = "pam-lite: this program is started by the runner\n";

	if (pl_second_is_asked(argc, argv))
		return second_main(command, argc, argv, pl_start_nothing);
	(void)pl_write_all(STDERR_FILENO, fault, sizeof fault - 1);
	return PL_E_CONFIG;
}

int
pl_command_create_database(const struct pl_command *command)
{
	struct pl_session s = { .command = command, .second = true };
	enum pl_status st;

	pl_start_without_environment();
	pl_start_descriptors();
	pl_ctx_init(&s.ctx);
	st = check_process(&s.ctx);
	if (st == PL_OK)
		st = pl_store_open_system(&s.ctx, PL_STORE_CREATE);
	/* An older one is upgraded by the first transaction. */
	if (st == PL_OK)
		st = pl_txn_begin(&s.ctx, PL_TXN_READ);
	if (st == PL_OK)
		pl_txn_rollback(&s.ctx);
	pl_report_failure(&s);
	return pl_finish(&s, st, false);
}
