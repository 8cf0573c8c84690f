/* command_task.c - tests of root's side of a change of tasks: definition, words, directory of files */

#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "pamlite/list.h"
#include "pamlite/place.h"
#include "pamlite/root_file.h"

#include "command/root/root_directory.h"
#include "command/root/task_definition.h"
#include "command/root/task_directory.h"

#include "private_tree.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHA "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OTHER "ba7816bf8f01cfeb414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static char given_path[] = "/bin/new", given_list[] = "x\n{u}\n", empty[] = "", given_map[] = "u=word\n",
    given_account[] = "svc", given_name[] = "l/A";

static const struct pl_definition stored = {
	.name = "L\\a", .path = "/usr/bin/old", .arguments = "a\n\n", .parameters = "", .run_as = "www-data",
	.working_directory = "/srv", .environment = "E=1\n", .sha256 = SHA,
};

static void
test_merge(void)
{
	struct pl_task_spec spec = { .name = given_name };
	struct pl_definition def;

	pl_task_merge(&spec, &stored, &def);
	CHECK(memcmp(&def, &stored, sizeof(def)) == 0);
	spec.path = given_path;
	spec.arguments = given_list;
	spec.parameters = given_map;
	spec.run_as = given_account;
	pl_task_merge(&spec, &stored, &def);
	CHECK_STR(def.name, "L\\a");
	CHECK_STR(def.path, "/bin/new");
	CHECK_STR(def.arguments, "x\n{u}\n");
	CHECK_STR(def.parameters, "u=word\n");
	CHECK_STR(def.run_as, "svc");
	CHECK_STR(def.working_directory, "/srv");
	CHECK_STR(def.environment, "E=1\n");
	CHECK_STR(def.sha256, SHA);
	spec.working_directory = spec.environment = spec.sha256 = spec.arguments = empty;
	pl_task_merge(&spec, &stored, &def);
	CHECK(def.working_directory == NULL && def.environment == NULL && def.sha256 == NULL && def.arguments == NULL);
	/* A new one. */
	spec = (struct pl_task_spec){ .name = given_name, .path = given_path };
	pl_task_merge(&spec, NULL, &def);
	CHECK_STR(def.name, "l/A");
	CHECK_STR(def.run_as, "root");
	CHECK(def.arguments == NULL && def.parameters == NULL && def.environment == NULL);
}

#define IN(type, member) type(struct pl_task_spec, member)

static const struct pl_param params[] = {
	{ "Name", IN(PL_TASK, name), .position = 1, .flags = PL_REQUIRED | PL_PIPE },
	{ "Path", IN(PL_STRING, path), .flags = PL_CLEARABLE },
	{ "ArgumentList", IN(PL_LIST, arguments), .flags = PL_CLEARABLE },
	{ "Parameter", IN(PL_MAP, parameters), .flags = PL_CLEARABLE },
	{ "RunAs", IN(PL_ACCOUNT, run_as) },
	{ "WorkingDirectory", IN(PL_STRING, working_directory), .flags = PL_CLEARABLE },
	{ "Environment", IN(PL_MAP, environment), .flags = PL_CLEARABLE },
	{ "Sha256", IN(PL_STRING, sha256), .flags = PL_CLEARABLE },
	{ "Description", IN(PL_STRING, description), .flags = PL_CLEARABLE },
	{ 0 }
};

static const struct pl_command command = {
	.name = "set-elevated-access-task", .summary = "sample", .needs = PL_NEED_STORE_WRITE, .params = params,
	.args_size = sizeof(struct pl_task_spec), .output = &pl_task_noun,
};

/* The words as one text, each ended by a bar. */
static const char *
words_text(const struct pl_session *s, const struct pl_task_telling *t)
{
	static char text[2048];
	struct pl_words words;
	size_t len = 0;

	pl_task_words(s, t, &words);
	CHECK(!words.failed);
	text[0] = '\0';
	for (size_t i = 0; i < words.count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s|", words.v[i]);
	pl_words_clear(&words);
	return text;
}

static void
test_words(void)
{
	char *argv[] = { (char[]){ "x" }, (char[]){ "l/A" }, (char[]){ "-ArgumentList" }, (char[]){ "new" },
		(char[]){ "-Description" }, (char[]){ "d" }, (char[]){ "-WhatIf:false" }, (char[]){ "-Verbose" },
		(char[]){ "-o" }, (char[]){ "Csv" } };
	struct pl_session s = { .command = &command, .format = PL_FORMAT_CSV };
	struct pl_task_spec spec = { .name = given_name };
	struct pl_task_settled settled = { .definition = stored, .digest = SHA };
	struct pl_task_telling t = { .spec = &spec };

	pl_ctx_init(&s.ctx);
	CHECK_INT(pl_binding_init(&s.ctx, &s.binding, &command), PL_OK);
	CHECK_INT(pl_bind_argv(&s.ctx, &s.binding, COUNT(argv), argv), PL_OK);
	CHECK_STR(words_text(&s, &t), "Name=l/A|ArgumentList=new\n|Description=d|Verbose|OutputFormat=Csv|");
	t.what_if = true;
	t.format = "JsonLines";
	CHECK_STR(words_text(&s, &t), "Name=l/A|ArgumentList=new\n|Description=d|Verbose|WhatIf|"
	    "OutputFormat=JsonLines|");
	/* A whole definition: all of its parts, the empty ones too, and nothing of what was given for one. */
	t.settled = &settled;
	t.what_if = false;
	t.format = NULL;
	CHECK_STR(words_text(&s, &t), "Name=L\\a|Description=d|Path=/usr/bin/old|ArgumentList=a\n\n|Parameter=|"
	    "RunAs=www-data|WorkingDirectory=/srv|Environment=E=1\n|Sha256=" SHA "|--definition=" SHA "|Verbose|"
	    "OutputFormat=Csv|");
	settled.definition = (struct pl_definition){ .name = "L\\a", .path = "/x", .run_as = "root" };
	s.from_input = true;
	CHECK_STR(words_text(&s, &t), "Name=L\\a|Description=d|Path=/x|ArgumentList=|Parameter=|RunAs=root|"
	    "WorkingDirectory=|Environment=|Sha256=|--definition=" SHA "|Verbose|OutputFormat=Csv|");
	pl_binding_clear(&s.binding);
	pl_ctx_clear(&s.ctx);
}

static void
test_references(void)
{
	static const struct { const char *answer, *references; } cases[] = {
		{ "", "" },
		{ "L\\a\tba7816bf8f01cfea\n", "l.a.ba7816bf8f01cfea\n" },
		{ "L\\a b\tba7816bf8f01cfea\nM\\c.d\t0000000000000000\n",
		    "l.a b.ba7816bf8f01cfea\nm.c.d.0000000000000000\n" },
		{ "L\\a\tba7816bf8f01cfea", NULL },
		{ "L\\a\tba7816bf8f01cfe\n", NULL },
		{ "L\\a\tba7816bf8f01cfeaa\n", NULL },
		{ "L\\a\tBA7816bf8f01cfea\n", NULL },
		{ "L\\a\t\n", NULL },
		{ "L\\a\n", NULL },
		{ "\n", NULL },
		{ "a\tba7816bf8f01cfea\n", NULL },
		{ "L\\a\tba7816bf8f01cfea\nget-elevated-access-task: no\n", NULL },
	};
	struct pl_buf out;

	pl_buf_init(&out);
	for (size_t i = 0; i < COUNT(cases); i++) {
		pl_buf_reset(&out);
		CHECK(pl_task_references_parse(cases[i].answer, &out) == (cases[i].references != NULL));
		if (cases[i].references != NULL)
			CHECK_STR(out.text, cases[i].references);
	}
	pl_buf_reset(&out);
	pl_buf_text(&out, "l.a.ba7816bf8f01cfea\nm.b.0000000000000000\n");
	CHECK(pl_task_references_have(out.text, "l.a." SHA ".task"));
	CHECK(!pl_task_references_have(out.text, "l.a." OTHER ".task"));
	CHECK(!pl_task_references_have(out.text, "l.b." SHA ".task"));
	CHECK(!pl_task_references_have(out.text, "l.a.ba." SHA ".task"));
	CHECK(!pl_task_references_have("", "l.a." SHA ".task"));
	pl_buf_clear(&out);
}

static bool
has(const char *file)
{
	char path[400];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", PL_TASKS_DIR, file);
	return lstat(path, &st) == 0;
}

static void
check_put(struct pl_ctx *ctx, int fd)
{
	const char *file = "l.a." SHA ".task";
	struct pl_buf text;
	struct stat st;
	bool existed;

	pl_buf_init(&text);
	pl_buf_text(&text, "hello\n");
	umask(077);
	/* What a crash has left there is no hindrance, and no way out either. */
	CHECK(symlink("/etc/elsewhere", PL_TASKS_DIR "/.new") == 0);
	CHECK_INT(pl_task_directory_put(ctx, fd, file, &text, &existed), PL_OK);
	CHECK(!existed && !has(".new") && access("/etc/elsewhere", F_OK) != 0);
	CHECK(fstatat(fd, file, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mode == (S_IFREG | 0644) && st.st_uid == 0 &&
	    st.st_gid == 0 && st.st_size == 6 && st.st_nlink == 1);
	CHECK_INT(pl_task_directory_put(ctx, fd, file, &text, &existed), PL_OK);
	CHECK(existed && has(file));
	/* It cannot be replaced. */
	CHECK(mkdirat(fd, "l.d." SHA ".task", 0755) == 0);
	CHECK_INT(pl_task_directory_put(ctx, fd, "l.d." SHA ".task", &text, &existed), PL_E_IO);
	CHECK_INT(ctx->failure.error, PL_ERR_DATABASE_IO);
	CHECK(existed && !has(".new"));
	CHECK(unlinkat(fd, "l.d." SHA ".task", AT_REMOVEDIR) == 0);
	umask(022);
	pl_buf_clear(&text);
}

static void
check_find(struct pl_ctx *ctx, int fd)
{
	char digest[PL_DIGEST_LEN + 1];

	CHECK(private_file(PL_TASKS_DIR "/l.a." OTHER ".task", "x", 1, 0644));
	CHECK_INT(pl_task_directory_find(ctx, fd, "L\\A", "ba7816bf8f01cfea", digest), PL_OK);
	CHECK_STR(digest, SHA);
	CHECK_INT(pl_task_directory_find(ctx, fd, "l/a", "ba7816bf8f01cfeb", digest), PL_OK);
	CHECK_STR(digest, OTHER);
	CHECK_INT(pl_task_directory_find(ctx, fd, "L\\a", "0000000000000000", digest), PL_E_NOT_FOUND);
	CHECK_STR(digest, "");
	CHECK_INT(pl_task_directory_find(ctx, fd, "L\\b", "ba7816bf8f01cfea", digest), PL_E_NOT_FOUND);
	CHECK_INT(ctx->failure.error, PL_ERR_TASK_FILE_MISSING);
}

static void
check_sweep(int fd)
{
	static const char *const foreign[] = { "README", "l.a." SHA ".task~", ".new", "L.A." SHA ".task" };

	for (size_t i = 0; i < COUNT(foreign); i++) {
		char path[400];

		snprintf(path, sizeof(path), "%s/%s", PL_TASKS_DIR, foreign[i]);
		CHECK(private_file(path, "x", 1, 0644));
	}
	CHECK(private_file(PL_TASKS_DIR "/m.b." SHA ".task", "x", 1, 0644));
	CHECK(pl_task_directory_sweep(fd, "l.a.ba7816bf8f01cfea\n"));
	CHECK(has("l.a." SHA ".task") && !has("l.a." OTHER ".task") && !has("m.b." SHA ".task"));
	CHECK(pl_task_directory_sweep(fd, ""));
	CHECK(!has("l.a." SHA ".task"));
	for (size_t i = 0; i < COUNT(foreign); i++)
		CHECK(has(foreign[i]));
	CHECK(mkdirat(fd, "m.b." SHA ".task", 0755) == 0);
	CHECK(!pl_task_directory_sweep(fd, "") && errno == EISDIR);
	CHECK(pl_root_file_remove(fd, "README") && !has("README"));
	CHECK(pl_root_file_remove(fd, "README"));
	CHECK(!pl_root_file_remove(fd, "m.b." SHA ".task"));
}

static void
test_directory(void)
{
	struct pl_ctx ctx;
	int fd, second;

	pl_ctx_init(&ctx);
	CHECK_INT(pl_root_directory_lock(&ctx, PL_TASKS_DIR, 100, &fd), PL_E_CONFIG);
	CHECK(fd == -1 && ctx.failure.error == PL_ERR_NOT_INSTALLED);
	CHECK(mkdir(PL_CONFIG_DIR, 0755) == 0 && mkdir(PL_TASKS_DIR, 0700) == 0);
	CHECK(chmod(PL_TASKS_DIR, 0770) == 0);
	CHECK_INT(pl_root_directory_lock(&ctx, PL_TASKS_DIR, 100, &fd), PL_E_CONFIG);
	CHECK(strstr(ctx.failure.message, "can be written by others") != NULL);
	CHECK(chmod(PL_TASKS_DIR, 0700) == 0);
	CHECK_INT(pl_root_directory_lock(&ctx, PL_TASKS_DIR, 100, &fd), PL_OK);
	CHECK(fd > STDERR_FILENO && (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	/* Another one waits until its time is over, or the lock is free. */
	CHECK_INT(pl_root_directory_lock(&ctx, PL_TASKS_DIR, 100, &second), PL_E_STATE);
	CHECK(second == -1 && ctx.failure.error == PL_ERR_DATABASE_BUSY);
	check_put(&ctx, fd);
	check_find(&ctx, fd);
	check_sweep(fd);
	close(fd);
	CHECK_INT(pl_root_directory_lock(&ctx, PL_TASKS_DIR, 0, &fd), PL_OK);
	close(fd);
	pl_ctx_clear(&ctx);
}

/* Who waits gets the lock when it is let go. */
static void
test_waiting(void)
{
	struct pl_ctx ctx;
	int fd, second, pipe_fd[2], status;
	char c = 0;
	pid_t pid;

	pl_ctx_init(&ctx);
	CHECK(pipe(pipe_fd) == 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		status = pl_root_directory_lock(&ctx, PL_TASKS_DIR, 5000, &fd);
		if (write(pipe_fd[1], "x", 1) != 1)
			status = 99;
		usleep(200000);
		_exit(status);
	}
	CHECK(read(pipe_fd[0], &c, 1) == 1);
	CHECK_INT(pl_root_directory_lock(&ctx, PL_TASKS_DIR, 5000, &second), PL_OK);
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(second);
	close(pipe_fd[0]);
	close(pipe_fd[1]);
	pl_ctx_clear(&ctx);
}

static const struct {
	const char *path, *run_as, *sha256, *arguments;
	enum pl_error error;
	const char *says, *settled;
} settled[] = {
	{ "/mnt/prog", NULL, NULL, NULL, PL_ERR_NONE, "", "/mnt/prog" },
	{ "/mnt/link", NULL, NULL, NULL, PL_ERR_NONE, "", "/mnt/prog" },
	{ "/mnt/here/prog", NULL, NULL, NULL, PL_ERR_NONE, "", "/mnt/prog" },
	{ "/mnt/prog", "root", NULL, NULL, PL_ERR_NONE, "", "/mnt/prog" },
	{ NULL, NULL, NULL, NULL, PL_ERR_TASK_INVALID, "a task needs -Path", NULL },
	{ "mnt/prog", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "must be absolute", NULL },
	{ "./prog", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "must be absolute", NULL },
	{ "prog", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "must be absolute", NULL },
	{ "/mnt/../mnt/prog", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "must be absolute", NULL },
	{ "/mnt/prog/", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "must be absolute", NULL },
	{ "/mnt//prog", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "must be absolute", NULL },
	{ "/mnt/none", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "No such file", NULL },
	{ "/mnt/plain", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "Permission denied", NULL },
	{ "/mnt/shared/prog", NULL, NULL, NULL, PL_ERR_PROGRAM_UNSAFE, "can be written by others", NULL },
	{ "/mnt/to-shared", NULL, NULL, NULL, PL_ERR_PROGRAM_UNSAFE, "can be written by others", NULL },
	{ "/mnt/setuid", NULL, NULL, NULL, PL_ERR_PROGRAM_UNSAFE, "setuid", NULL },
	{ "/mnt", NULL, NULL, NULL, PL_ERR_PROGRAM_UNSAFE, "is a directory", NULL },
	{ "/mnt/prog", "no-such-account", NULL, NULL, PL_ERR_TASK_INVALID, "there is no account", NULL },
	{ "/mnt/prog", NULL, SHA, NULL, PL_ERR_TASK_INVALID, "SHA-256 differs", NULL },
	{ "/mnt/prog", NULL, "12", NULL, PL_ERR_TASK_INVALID, "64 hexadecimal digits", NULL },
	{ "/mnt/prog", NULL, NULL, "{u}\n", PL_ERR_TASK_INVALID, "names no parameter", NULL },
	{ "/mnt/bad", NULL, NULL, NULL, PL_ERR_TASK_INVALID, "must be absolute", NULL },
};

static bool
make_programs(void)
{
	static const char script[] = "#!/bin/sh\n";
	const size_t len = sizeof(script) - 1;

	return private_file("/mnt/prog", script, len, 0755) && symlink("prog", "/mnt/link") == 0 &&
	    symlink(".", "/mnt/here") == 0 && private_file("/mnt/plain", script, len, 0644) &&
	    private_file("/mnt/setuid", script, len, 04755) && mkdir("/mnt/shared", 0755) == 0 &&
	    private_file("/mnt/shared/prog", script, len, 0755) && chmod("/mnt/shared", 0777) == 0 &&
	    symlink("shared/prog", "/mnt/to-shared") == 0 && private_file("/mnt/b\nd", script, len, 0755) &&
	    symlink("b\nd", "/mnt/bad") == 0;
}

static void
test_settle(void)
{
	struct pl_task_settled t;
	struct pl_task_file f;
	struct pl_buf why;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	pl_buf_init(&why);
	CHECK(make_programs());
	for (size_t i = 0; i < COUNT(settled); i++) {
		const struct pl_definition base = { .name = "L\\a", .path = settled[i].path,
			.run_as = settled[i].run_as, .sha256 = settled[i].sha256, .arguments = settled[i].arguments };
		struct pl_task_spec spec = { .name = given_name, .path = NULL };

		/* A path that is given is resolved; one that is kept was. */
		spec.path = settled[i].path != NULL ? strdup(settled[i].path) : NULL;
		pl_ctx_forgive(&ctx);
		CHECK_INT(pl_task_settle(&ctx, &spec, &base, &t), pl_error_def(settled[i].error)->status);
		CHECK_INT(ctx.failure.error, settled[i].error);
		CHECK(strstr(ctx.failure.message, settled[i].says) != NULL);
		if (ctx.failure.error != settled[i].error || strstr(ctx.failure.message, settled[i].says) == NULL)
			printf("  case %zu: %s\n", i, ctx.failure.message);
		if (settled[i].error == PL_ERR_NONE) {
			CHECK_STR(t.definition.path, settled[i].settled);
			CHECK(pl_task_file_parse(t.text.text, t.text.len, &f, &why));
			CHECK_STR(f.digest, t.digest);
			CHECK_STR(f.definition.run_as, "root");
			CHECK(pl_task_file_name_parse(t.file, "L\\a", f.digest));
			pl_task_file_clear(&f);
		}
		pl_task_settled_clear(&t);
		free(spec.path);
	}
	pl_buf_clear(&why);
	pl_ctx_clear(&ctx);
}

/* What cannot be a file is said before anything is written. */
static void
test_settle_limits(void)
{
	struct pl_task_spec spec = { .name = given_name };
	struct pl_definition base = { .name = "L\\a", .path = "/mnt/prog" };
	char name[PL_TASK_NAME_MAX + 1];
	struct pl_task_settled t;
	struct pl_buf many;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	pl_buf_init(&many);
	memset(name, 'S', sizeof(name));
	memcpy(name + 100, "\\", 1);
	name[220] = '\0';
	base.name = name;
	CHECK_INT(pl_task_settle(&ctx, &spec, &base, &t), PL_E_USAGE);
	CHECK(strstr(ctx.failure.message, "too long for the name of its file") != NULL);
	pl_task_settled_clear(&t);
	for (int i = 0; i < 60000; i++)
		pl_list_add(&many, "x");
	base = (struct pl_definition){ .name = "L\\a", .path = "/mnt/prog", .arguments = many.text };
	CHECK_INT(pl_task_settle(&ctx, &spec, &base, &t), PL_E_USAGE);
	CHECK(strstr(ctx.failure.message, "its definition cannot be kept: it is too long") != NULL);
	pl_task_settled_clear(&t);
	pl_buf_clear(&many);
	pl_ctx_clear(&ctx);
}

int
main(void)
{
	test_merge();
	test_words();
	test_references();
	if (!private_tree("/mnt"))
		return unit_end();
	test_settle();
	test_settle_limits();
	if (!private_tree("/etc"))
		return unit_end();
	test_directory();
	test_waiting();
	return unit_end();
}
