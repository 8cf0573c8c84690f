/* command_main.c - commands as processes: exit status, what is printed where, objects from a pipe, prompts */

#include "unit.h"

#include <dirent.h>

#include "pamlite/command.h"
#include "pamlite/list.h"

#include "command_process.h"

struct thing {
	char *name, *note;
	int64_t limit;
};

static const struct pl_column thing_columns[] = {
	PL_COLUMN(struct thing, "Identity", TEXT, name, NULL, PL_COL_TABLE | PL_COL_ID, NULL),
	PL_COLUMN(struct thing, "Note", TEXT, note, NULL, PL_COL_TABLE, NULL),
	PL_COLUMN(struct thing, "Limit", INT, limit, NULL, 0, NULL),
	{ 0 }
};

static const struct pl_noun thing_noun = {
	.name = "Thing", .columns = thing_columns, .row_size = sizeof(struct thing),
};

struct args {
	char *id, *note;
};

static const struct pl_param params[] = {
	{ "Identity", PL_STRING(struct args, id), .position = 1, .flags = PL_REQUIRED | PL_PIPE, .help = "which one" },
	{ "Note", PL_STRING(struct args, note), .help = "what to say" },
	{ 0 }
};

static const struct pl_param free_params[] = {
	{ "Identity", PL_STRING(struct args, id), .position = 1 },
	{ "Note", PL_STRING(struct args, note), .flags = PL_REQUIRED },
	{ 0 }
};

static const char *const examples[] = { "set-thing a", "set-thing b -Note c", NULL };
static const enum pl_error errors[] = { PL_ERR_REQUEST_NOT_FOUND, PL_ERR_NOT_PENDING, PL_ERR_SELF_APPROVAL,
	PL_ERR_NONE };

/* The identity says how it ends. */
static enum pl_status
run(struct pl_ctx *ctx, const void *args, struct pl_out *out)
{
	const struct args *a = args;
	const char *id = a->id != NULL ? a->id : "none";
	struct thing row = { .name = (char *)(uintptr_t)id, .note = a->note, .limit = ctx->list.limit };

	if (strcmp(id, "missing") == 0) {
		(void)pl_fail(ctx, PL_ERR_REQUEST_NOT_FOUND, "there is no %s\x1b[2J", id);
		return pl_target(ctx, id);
	}
	if (strcmp(id, "late") == 0)
		return pl_fail(ctx, PL_ERR_NOT_PENDING, "too late");
	if (strcmp(id, "own") == 0) {
		(void)pl_fail(ctx, PL_ERR_SELF_APPROVAL, "nobody decides his own");
		return pl_hint(ctx, "ask somebody else");
	}
	if (strcmp(id, "busy") == 0)
		return pl_fail(ctx, PL_ERR_DATABASE_BUSY, "busy");
	if (strcmp(id, "false") == 0)
		return PL_FALSE;
	if (strcmp(id, "mute") == 0)
		return PL_E_STATE;
	if (strcmp(id, "warn") == 0)
		pl_note(ctx, PL_NOTE_WARNING, "look\x1b at this");
	if (ctx->what_if)
		pl_note(ctx, PL_NOTE_WHAT_IF, "Performing the operation \"Set-Thing\" on target \"%s\".", id);
	pl_note(ctx, PL_NOTE_VERBOSE, "did %s", id);
	ctx->task_status = 42;
	return pl_out_row(out, &row);
}

static enum pl_status
preview(struct pl_ctx *ctx, void *args, struct pl_buf *text)
{
	const struct args *a = args;

	if (strcmp(a->id, "missing") == 0)
		return pl_fail(ctx, PL_ERR_REQUEST_NOT_FOUND, "there is no missing");
	pl_buf_printf(text, "%s\xe2\x80\xae (shown)", a->id);
	return PL_OK;
}

#define COMMON .params = params, .args_size = sizeof(struct args), .errors = errors, .examples = examples, .run = run
#define WRITES (PL_NEED_STORE_WRITE | PL_NEED_STORE_CREATE)

static const struct pl_command set_thing = { .name = "set-thing", .summary = "change a thing", .output = &thing_noun,
	COMMON };
static const struct pl_command get_thing = { .name = "get-thing", .summary = "list things", .needs = PL_LISTS,
	.output = &thing_noun, COMMON };
static const struct pl_command add_thing = { .name = "add-thing", .summary = "add a thing", .needs = WRITES | PL_QUIET,
	.output = &thing_noun, COMMON };
static const struct pl_command remove_thing = { .name = "remove-thing", .summary = "remove a thing",
	.needs = WRITES | PL_NEED_CONFIRM, .preview = preview, .output = &thing_noun, COMMON };
static const struct pl_command invoke_thing = { .name = "invoke-thing", .summary = "run a thing",
	.needs = PL_RUNS_TASK, COMMON };
static const struct pl_command reads_thing = { .name = "read-thing", .summary = "read a thing",
	.needs = PL_NEED_STORE_READ, COMMON };
static const struct pl_command note_thing = { .name = "note-thing", .summary = "note", .params = free_params,
	.args_size = sizeof(struct args), .errors = errors, .run = run, .output = &thing_noun };

static char directory[] = "/tmp/pam-lite-command-XXXXXX";

static struct process_case {
	const struct pl_command *command;
	const char *words[PROCESS_WORDS];
	const char *input;       /* NULL = /dev/null */
	int status;
	const char *out, *err;   /* NULL = not compared; a trailing * stands for any rest */
} cases[] = {
	/* one target and its own status */
	{ &set_thing, { "a", "-o", "Id" }, NULL, 0, "a\n", "" },
	{ &set_thing, { "a" }, "never read\n", 0, "Identity : a\n*", "" },
	{ &set_thing, { "missing" }, NULL, 66, "", "set-thing: there is no missing\\u{1b}[2J\n" },
	{ &set_thing, { "late" }, NULL, 75, "", "set-thing: too late\n" },
	{ &set_thing, { "own" }, NULL, 77, "", "set-thing: nobody decides his own\n  ask somebody else\n" },
	{ &set_thing, { "false" }, NULL, 1, "", "" },
	{ &set_thing, { "own", "-ErrorAction", "SilentlyContinue" }, NULL, 77, "", "" },
	{ &set_thing, { "mute" }, NULL, 70, "", "set-thing: the command ended with status 75 and gave no reason\n" },
	{ &set_thing, { "missing", "-ErrorView", "Normal" }, NULL, 66, "",
	    "set-thing: there is no missing\\u{1b}[2J\n"
	    "    + CategoryInfo          : ObjectNotFound: (missing:String) [Set-Thing], PamLiteException\n"
	    "    + FullyQualifiedErrorId : RequestNotFound,Set-Thing\n" },
	{ &set_thing, { "own", "-ErrorView:normal" }, NULL, 77, "",
	    "set-thing: nobody decides his own\n  ask somebody else\n"
	    "    + CategoryInfo          : PermissionDenied: (:) [Set-Thing], PamLiteException\n"
	    "    + FullyQualifiedErrorId : SelfApproval,Set-Thing\n" },
	{ &set_thing, { "own", "--json" }, NULL, 77, "",
	    "{\"Error\":{\"Id\":\"SelfApproval\",\"Category\":\"PermissionDenied\","
	    "\"Message\":\"nobody decides his own\",\"Target\":*" },
	{ &set_thing, { "-Bad", "--json" }, NULL, 64, "", "{\"Error\":{\"Id\":\"NamedParameterNotFound\",*" },
	{ &set_thing, { "a", "-Verbose", "-o", "Id" }, NULL, 0, "a\n", "VERBOSE: did a\n" },
	{ &set_thing, { "warn", "-o", "Id" }, NULL, 0, "warn\n", "WARNING: look\\u{1b} at this\n" },
	{ &set_thing, { "warn", "-o", "JsonLines" }, NULL, 0, NULL, "{\"Warning\":\"look\\u001b at this\"}\n" },
	{ &set_thing, { "a", "-Property", "Nothing" }, NULL, 64, "", "set-thing: *" },
	{ &set_thing, { "a", "-WhatIf" }, NULL, 64, "", "set-thing: A parameter cannot be found*" },
	/* missing */
	{ &set_thing, { NULL }, NULL, 64, "",
	    "set-thing: Cannot process command because of one or more missing mandatory parameters: Identity.\n" },
	{ &note_thing, { NULL }, "a\n", 64, "",
	    "note-thing: Cannot process command because of one or more missing mandatory parameters: Note.\n" },
	/* objects from a pipe */
	{ &set_thing, { "-o", "Id" }, "", 0, "", "" },
	{ &set_thing, { "-o", "Id" }, "a\nb\n", 0, "a\nb\n", "" },
	{ &set_thing, { "-o", "Value", "-Property", "Identity,Note", "-Note", "n" },
	    "[{\"Identity\":\"a\"},{\"Identity\":\"b\"}]", 0, "a\tn\nb\tn\n", "" },
	{ &set_thing, { "-o", "Id" }, "{\"Identity\":\"a\",\"Note\":\"n\"}\n{\"Identity\":\"b\"}", 0, "a\nb\n", "" },
	{ &set_thing, { "-o", "Id" }, "a\nlate\nb\n", 1, "a\nb\n", "set-thing: line 2: too late\n" },
	{ &set_thing, { "-o", "Id", "-ErrorAction", "Stop" }, "a\nlate\nb\n", 1, "a\n",
	    "set-thing: line 2: too late\n" },
	{ &set_thing, { "-o", "Id", "-ErrorAction:silentlycontinue" }, "a\nlate\nb\n", 1, "a\nb\n", "" },
	{ &set_thing, { "-o", "Id" }, "late\n", 75, "", "set-thing: line 1: too late\n" },
	{ &set_thing, { "-o", "Id" }, "false\na\n", 1, "a\n", "" },
	{ &set_thing, { "-o", "Id" }, "[{\"Identity\":\"a\"},{},{\"Identity\":\"b\"}]", 1, "a\nb\n",
	    "set-thing: object 2: the object has no value for parameter 'Identity'\n" },
	{ &set_thing, { "-o", "Id" }, "{\"Identity\":\"a\"\n{\"Identity\":\"b\"}\n", 1, "b\n", "set-thing: line 1: *" },
	{ &set_thing, { "-o", "Id" }, "{\"Identity\":\"\\u0000\"}\n", 65, "", "set-thing: line 1: *" },
	{ &set_thing, { "-o", "Json" }, "late\n", 75, "", "{\"Error\":{\"Id\":\"RequestNotPending\",*" },
	{ &set_thing, { "-o", "Json" }, "", 0, "[]\n", "" },
	{ &set_thing, { "x", "-InputObject", "-", "-o", "Id" }, "a\nb\n", 0, "x\nx\n", "" },
	{ &set_thing, { "-InputObject", "-", "-o", "Id" }, NULL, 0, "", "" },
	/* listings */
	{ &get_thing, { "a", "-o", "Value", "-Property", "Limit" }, NULL, 0, "0\n", "" },
	{ &get_thing, { "a", "-o", "List", "-Property", "Limit" }, NULL, 0, "Limit : 1000\n*", "" },
	{ &get_thing, { "a", "-o", "Value", "-Property", "Limit", "-ResultSize", "7" }, NULL, 0, "7\n", "" },
	{ &get_thing, { "a", "-o", "List", "-Property", "Limit", "-ResultSize:unlimited" }, NULL, 0,
	    "Limit : 0\n*", "" },
	{ &get_thing, { "a", "-ResultSize", "0" }, NULL, 64, "", "get-thing: Cannot process argument*" },
	/* the database: none that is named, none that is there */
	{ &reads_thing, { "a" }, NULL, 78, "",
	    "read-thing: pam-lite is not installed on this host: *" },
	{ &reads_thing, { "a", "-Database", "SYSTEM" }, NULL, 78, "", "read-thing: pam-lite is not installed*" },
	{ &reads_thing, { "a", "-Database", "/nonexistent/x.db" }, NULL, -1, "", NULL },
	{ &reads_thing, { "a", "-Database", "" }, NULL, 64, "", NULL },
	/* quiet commands, plans, confirmation without anybody to ask */
	{ &add_thing, { "a", "-Database", "DB" }, NULL, 0, "", "" },
	{ &add_thing, { "a", "-Database", "DB", "-PassThru", "-o", "Id" }, NULL, 0, "a\n", "" },
	{ &add_thing, { "a", "-Database", "DB", "-WhatIf", "-PassThru" }, NULL, 0, "",
	    "What if: Performing the operation \"Set-Thing\" on target \"a\".\n" },
	{ &add_thing, { "a", "-Database", "DB", "-WhatIf", "-PassThru", "-o", "Id" }, NULL, 0, "a\n", "What if: *" },
	{ &add_thing, { "a", "-Database", "DB", "-Confirm" }, NULL, 64, "",
	    "add-thing: The command asks before it acts, and nobody can be asked.\n"
	    "  -Confirm:false acts without asking\n" },
	{ &remove_thing, { "a", "-Database", "DB" }, NULL, 64, "", "remove-thing: The command asks*" },
	{ &remove_thing, { "-Database", "DB" }, "a\nb\n", 64, "", "remove-thing: The command asks*" },
	{ &remove_thing, { "a", "-Database", "DB", "-Confirm:" }, NULL, 64, "", NULL },
	{ &remove_thing, { "a", "-Database", "DB", "-Confirm:false", "-o", "Id" }, NULL, 0, "a\n", "" },
	{ &remove_thing, { "a", "-Database", "DB", "-WhatIf" }, NULL, 0, "", "What if: *" },
	{ &remove_thing, { "-Database", "DB", "-Confirm:$false", "-o", "Id" }, "a\nb\n", 0, "a\nb\n", "" },
	/* statuses where a task has its own */
	{ &invoke_thing, { "a" }, NULL, 42, "", "" },
	{ &invoke_thing, { "missing" }, NULL, 126, "", NULL },
	{ &invoke_thing, { "late" }, NULL, 126, "", NULL },
	{ &invoke_thing, { "own" }, NULL, 126, "", NULL },
	{ &invoke_thing, { "mute" }, NULL, 125, "", NULL },
	{ &invoke_thing, { "-Bad" }, NULL, 64, "", NULL },
	{ &invoke_thing, { "-Version" }, NULL, 0, "invoke-thing (pam-lite) *", "" },
	/* help needs nothing */
	{ &reads_thing, { "-Version" }, NULL, 0, "read-thing (pam-lite) *", "" },
	{ &reads_thing, { "-?" }, NULL, 0, "NAME\n    read-thing - read a thing\n\nSYNTAX\n"
	    "    read-thing [-Identity] <text> [-Note <text>] [common parameters]\n\nPARAMETERS\n"
	    "    -Identity <text>\n        which one\n        Mandatory. Position 1. From a pipe.\n*", "" },
	{ &reads_thing, { "-h" }, NULL, 0, "NAME*", "" },
	{ &reads_thing, { "--help" }, NULL, 0, "NAME*", "" },
	{ &reads_thing, { "-Help", "-Version" }, NULL, 0, "NAME*", "" },
	{ &reads_thing, { "--describe=json" }, NULL, 0, "{\n*", "" },
	{ &reads_thing, { "-Describe", "xml" }, NULL, 64, "", NULL },
};

static void
check_like(const char *got, const char *expected, size_t number, const char *what)
{
	size_t len = expected != NULL ? strlen(expected) : 0;

	if (expected == NULL || (len > 0 && expected[len - 1] == '*' && strncmp(got, expected, len - 1) == 0)) {
		unit_passed++;
		return;
	}
	if (strcmp(got, expected) != 0)
		printf("case %zu, %s\n", number, what);
	CHECK_STR(got, expected);
}

static void
run_case(struct process_case *c, const char *database, size_t number)
{
	struct process p;
	size_t i;

	for (i = 0; i < PROCESS_WORDS && c->words[i] != NULL; i++)
		if (strcmp(c->words[i], "DB") == 0)
			c->words[i] = database;
	process_run(&p, c->command, c->words, c->input);
	if (c->status >= 0 && p.status != c->status)
		printf("case %zu, status; stderr: %s\n", number, p.err.text);
	if (c->status >= 0)
		CHECK_INT(p.status, c->status);
	else
		CHECK(p.status >= 64 && p.status <= 78);
	check_like(p.out.text, c->out, number, "stdout");
	check_like(p.err.text, c->err, number, "stderr");
	process_clear(&p);
}

static void
test_prompts(const char *database)
{
	static const char question[] = "Performing the operation \"Remove-Thing\" on target \"a\\u{202e} (shown)\".";
	static const struct {
		const char *words[PROCESS_WORDS], *typed;
		int status;
		const char *shows;
	} prompts[] = {
		{ { "a", "-o", "Id" }, "y\n", 0, question },
		{ { "a", "-o", "Id" }, "A\n", 0, "(default is \"N\"): " },
		{ { "a", "-o", "Id" }, "yes\n", 0, "(default is \"N\"): a\r\n" },
		{ { "a", "-o", "Id" }, "s\ny\n", 0, "\"N\"): [Y] Yes" },
		{ { "a", "-o", "Id" }, "\n", 1, question },
		{ { "a" }, "n\n", 1, question },
		{ { "a" }, "L\n", 1, question },
		{ { "a" }, "\004", 1, question },
		{ { "a", "-o", "Id" }, "what\n?\nY\n", 0, "S - Pause the current command" },
		{ { "a", "-Confirm:false", "-o", "Id" }, "", 0, "a\r\n" },
		{ { "a", "-NonInteractive" }, "y\n", 64, "-Confirm:false" },
		{ { "missing" }, "y\n", 66, "there is no missing" },
		{ { "-o", "Id" }, "a\ny\n", 0,
		    "cmdlet Remove-Thing at command pipeline position 1\r\n"
		    "Supply values for the following parameters:\r\nIdentity: " },
		{ { "-o", "Id" }, "\n", 64, "Cannot bind argument to parameter 'Identity'" },
		{ { "-o", "Id" }, "\004", 64, "missing mandatory parameters: Identity." },
		{ { "-o", "Id", "-NonInteractive" }, "a\n", 64, "missing mandatory parameters: Identity." },
	};
	size_t i;

	setenv("PAMLITE_DATABASE", database, 1);
	for (i = 0; i < sizeof prompts / sizeof prompts[0]; i++) {
		struct process p;

		process_run_terminal(&p, &remove_thing, prompts[i].words, prompts[i].typed);
		CHECK_INT(p.status, prompts[i].status);
		if (strstr(p.out.text, prompts[i].shows) != NULL)
			unit_passed++;
		else
			CHECK_STR(p.out.text, prompts[i].shows);
		process_clear(&p);
	}
	unsetenv("PAMLITE_DATABASE");
}

static void
test_environment(const char *database)
{
	struct process p;

	setenv("PAMLITE_OUTPUT_FORMAT", "id", 1);
	process_run(&p, &set_thing, (const char *const[]){ "a", NULL }, NULL);
	CHECK_STR(p.out.text, "a\n");
	process_clear(&p);
	process_run(&p, &set_thing, (const char *const[]){ "a", "-o", "Value", "-Property", "Identity,Limit", NULL },
	    NULL);
	CHECK_STR(p.out.text, "a\t0\n");
	process_clear(&p);
	setenv("PAMLITE_OUTPUT_FORMAT", "xml", 1);
	process_run(&p, &set_thing, (const char *const[]){ "a", NULL }, NULL);
	CHECK_INT(p.status, 64);
	process_clear(&p);
	setenv("PAMLITE_OUTPUT_FORMAT", "", 1);
	setenv("PAMLITE_DATABASE", "", 1);
	process_run(&p, &reads_thing, (const char *const[]){ "a", NULL }, NULL);
	CHECK_INT(p.status, 78);
	process_clear(&p);
	setenv("PAMLITE_PRINCIPAL", "bob", 1);
	process_run(&p, &reads_thing, (const char *const[]){ "a", NULL }, NULL);
	CHECK_INT(p.status, 77);
	process_clear(&p);
	setenv("PAMLITE_DATABASE", database, 1);
	process_run(&p, &add_thing, (const char *const[]){ "a", NULL }, NULL);
	CHECK_INT(p.status, 0);
	process_clear(&p);
	setenv("PAMLITE_PRINCIPAL", "-bob", 1);
	process_run(&p, &add_thing, (const char *const[]){ "a", NULL }, NULL);
	CHECK_INT(p.status, 64);
	process_clear(&p);
	unsetenv("PAMLITE_OUTPUT_FORMAT");
	unsetenv("PAMLITE_DATABASE");
	unsetenv("PAMLITE_PRINCIPAL");
}

/* Descriptors that are closed, full or broken, and no argument at all. */
static void
test_surroundings(void)
{
	static const char *const words[] = { "a", "-o", "Id", NULL };
	static const char *const plain[] = { NULL };
	int fd, status;

	for (fd = 0; fd < 5; fd++) {
		pid_t child;

		fflush(NULL);
		child = fork();
		if (child == 0) {
			int null = open("/dev/null", O_RDWR), pipes[2];

			dup2(null, 0);
			dup2(null, 2);
			dup2(open(fd == 3 ? "/dev/full" : "/dev/null", O_WRONLY), 1);
			if (fd == 4 && pipe(pipes) == 0) {
				close(pipes[0]);
				dup2(pipes[1], 1);
			}
			if (fd < 3)
				close(fd);
			process_command(&set_thing, fd == 0 ? plain : words);
		}
		waitpid(child, &status, 0);
		CHECK(WIFEXITED(status));
		if (fd == 0)
			CHECK_INT(WEXITSTATUS(status), 64);
		else if (fd == 2)
			CHECK_INT(WEXITSTATUS(status), 0);
		else if (fd < 4)
			CHECK_INT(WEXITSTATUS(status), 74);
	}
	CHECK_INT(pl_command_main(&set_thing, 0, (char *[]){ NULL }), 64);
}

/* The database and whatever the store keeps beside it. */
static void
remove_directory(void)
{
	DIR *d = opendir(directory);
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL)
		(void)unlinkat(dirfd(d), entry->d_name, 0);
	if (d != NULL)
		closedir(d);
	CHECK(rmdir(directory) == 0);
}

int
main(void)
{
	char database[sizeof directory + 8];
	size_t i;

	if (mkdtemp(directory) == NULL)
		return 1;
	snprintf(database, sizeof database, "%s/t.db", directory);
	unsetenv("PAMLITE_DATABASE");
	unsetenv("PAMLITE_PRINCIPAL");
	unsetenv("PAMLITE_OUTPUT_FORMAT");
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++)
		run_case(&cases[i], database, i);
	test_prompts(database);
	test_environment(database);
	test_surroundings();
	remove_directory();
	return unit_end();
}
