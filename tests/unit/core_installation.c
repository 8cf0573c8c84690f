/* core_installation.c - tests of looking at an installation: what files are asked, locks, shells, namespaces */

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pamlite/installation.h"
#include "pamlite/place.h"

#include "core/installation_internal.h"

#include "unit.h"

/* The last finding of a survey, and how many there were. */
static struct seen {
	int count;
	char result[16], object[512], found[512], advice[1024];
} seen;

static enum pl_status
take(void *arg, const void *row)
{
	const struct pl_finding *f = row;
	struct seen *s = arg;

	s->count++;
	snprintf(s->result, sizeof(s->result), "%s", f->result);
	snprintf(s->object, sizeof(s->object), "%s", f->object);
	snprintf(s->found, sizeof(s->found), "%s", f->found);
	snprintf(s->advice, sizeof(s->advice), "%s", f->advice != NULL ? f->advice : "");
	return PL_OK;
}

/* A survey in which whoever runs the test is the account. */
static struct pl_survey
begin(struct pl_ctx *ctx)
{
	seen = (struct seen){ 0 };
	return (struct pl_survey){ .ctx = ctx, .take = take, .arg = &seen, .has_account = true, .uid = getuid(),
		.gid = getgid() };
}

static char directory[256];

/* Two at a time. */
static const char *
in_directory(const char *name)
{
	static char paths[2][512];
	static int turn;

	turn = 1 - turn;
	snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", directory, name);
	return paths[turn];
}

static void
make(const char *path, const char *content, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0 && write(fd, content, strlen(content)) == (ssize_t)strlen(content) && fchmod(fd, mode) == 0);
	close(fd);
}

static void
test_database(void)
{
	static const struct { const char *content; mode_t mode; const char *result, *found, *advice; } cases[] = {
		{ "x", 0600, "Ok", "0600, 1 bytes", "" },
		{ "", 0600, "Wrong", "0600, 0 bytes", "put back a backup" },
		{ "x", 0640, "Wrong", "0640, 1 bytes", "chmod 0600 " },
		{ "x", 0400, "Wrong", "0400, 1 bytes", "chmod 0600 " },
		{ "x", 04600, "Wrong", "4600, 1 bytes", "chmod 0600 " },
	};
	const char *path = in_directory("database");
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pl_survey s = begin(&ctx);

		make(path, cases[i].content, cases[i].mode);
		pl_survey_database(&s, path);
		CHECK_INT(seen.count, 1);
		CHECK_STR(seen.result, cases[i].result);
		CHECK_STR(seen.object, path);
		CHECK(strstr(seen.found, cases[i].found) != NULL);
		CHECK(strstr(seen.advice, cases[i].advice) != NULL);
		CHECK_INT(seen.advice[0] != '\0', cases[i].advice[0] != '\0');
		CHECK_INT(s.wrong, strcmp(cases[i].result, "Wrong") == 0);
		CHECK_INT(unlink(path), 0);
	}
	pl_ctx_clear(&ctx);
}

/* What stands there instead of the file. */
static void
test_other_kinds(void)
{
	const char *path = in_directory("thing"), *second = in_directory("second");
	struct pl_ctx ctx;
	struct pl_survey s;

	pl_ctx_init(&ctx);
	s = begin(&ctx);
	pl_survey_database(&s, path);
	CHECK_STR(seen.result, "Wrong");
	CHECK_STR(seen.found, "missing");
	s = begin(&ctx);
	CHECK_INT(symlink("/etc/passwd", path), 0);
	pl_survey_database(&s, path);
	CHECK_STR(seen.found, "a symbolic link");
	CHECK_INT(unlink(path), 0);
	s = begin(&ctx);
	CHECK_INT(mkfifo(path, 0600), 0);
	pl_survey_database(&s, path);
	CHECK_STR(seen.found, "a special file");
	CHECK_INT(unlink(path), 0);
	s = begin(&ctx);
	CHECK_INT(mkdir(path, 0700), 0);
	pl_survey_database(&s, path);
	CHECK_STR(seen.found, "a directory");
	CHECK_STR(seen.result, "Wrong");
	CHECK_INT(s.wrong, 1);
	CHECK_INT(rmdir(path), 0);
	s = begin(&ctx);
	make(path, "x", 0600);
	CHECK_INT(link(path, second), 0);
	pl_survey_database(&s, path);
	CHECK(strstr(seen.found, "2 names") != NULL);
	CHECK_STR(seen.result, "Wrong");
	CHECK_INT(unlink(second), 0);
	CHECK_INT(unlink(path), 0);
	pl_ctx_clear(&ctx);
}

/* The account is somebody else, or there is none, so that nobody can say who should own it. */
static void
test_owner(void)
{
	const char *path = in_directory("owned");
	struct pl_ctx ctx;
	struct pl_survey s;

	pl_ctx_init(&ctx);
	make(path, "x", 0600);
	s = begin(&ctx);
	s.uid++;
	pl_survey_database(&s, path);
	CHECK_STR(seen.result, "Wrong");
	CHECK(strncmp(seen.advice, "chown -h " PL_SERVICE_ACCOUNT ":" PL_SERVICE_ACCOUNT " ", 25) == 0);
	s = begin(&ctx);
	s.gid++;
	pl_survey_database(&s, path);
	CHECK_STR(seen.result, "Wrong");
	s = begin(&ctx);
	s.has_account = false;
	s.uid++;
	pl_survey_database(&s, path);
	CHECK_STR(seen.result, "Ok");
	CHECK_INT(unlink(path), 0);
	pl_ctx_clear(&ctx);
}

/* Advice is typed by root: a name is one word in it. */
static void
test_names(void)
{
	static const struct { const char *name, *word; } cases[] = {
		{ "plain-name.db_1", "/plain-name.db_1" },
		{ "a b", "/a b'" },
		{ "$(id)", "/$(id)'" },
		{ "x;id", "/x;id'" },
		{ "it's", "/it'\\''s'" },
		{ "new\nline", "/new\\u{a}line'" },
		{ "\xff", "/\\xff'" },
	};
	char path[512];
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pl_survey s = begin(&ctx);
		const size_t len = strlen(cases[i].word);

		snprintf(path, sizeof(path), "%s/%s", directory, cases[i].name);
		make(path, "x", 0644);
		pl_survey_database(&s, path);
		CHECK_STR(seen.result, "Wrong");
		CHECK(strlen(seen.advice) > len);
		CHECK_STR(seen.advice + strlen(seen.advice) - len, cases[i].word);
		CHECK(strchr(seen.object, '\n') == NULL);
		CHECK_INT(unlink(path), 0);
	}
	pl_ctx_clear(&ctx);
}

/* What the taker of findings returns ends it, and so does a lack of memory; nothing is told twice. */
static enum pl_status
refuse(void *arg, const void *row)
{
	(void)row;
	++*(int *)arg;
	return PL_E_IO;
}

static void
test_end(void)
{
	struct pl_ctx ctx;
	int count = 0;

	pl_ctx_init(&ctx);
	CHECK_INT(pl_installation_check(&ctx, refuse, &count), PL_E_IO);
	CHECK_INT(count, 1);
	pl_ctx_clear(&ctx);
}

static void
test_shells(void)
{
	static const struct { const char *shell; bool is; } cases[] = {
		{ "/usr/sbin/nologin", false }, { "/sbin/nologin", false }, { "/bin/false", false },
		{ "/usr/bin/false", false }, { "/bin/sh", true }, { "", true }, { "nologin", true },
		{ "/bin/nologin2", true }, { "/nologin/sh", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_INT(pl_shell_is_login(cases[i].shell), cases[i].is);
}

static void
test_uid_map(void)
{
	static const struct { const char *text; bool is; } cases[] = {
		{ "         0          0 4294967295", true }, { "0 0 4294967295\n", true },
		{ "         0       1000          1", false }, { "         0     100000 4294967295", false },
		{ "         0          0 4294967294", false }, { "", false }, { "0 0", false },
		{ "0 0 4294967295\n4294967295 0 1", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_INT(pl_uid_map_is_initial(cases[i].text), cases[i].is);
}

#define DEVICE 0xfd01UL    /* fd:01 */

static void
test_locks(void)
{
	static const struct { const char *text; long pid; int waiting; } cases[] = {
		{ "1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF\n", 4711, 0 },
		{ "1: FLOCK  ADVISORY  WRITE 4711 fd:01:1234 0 EOF", 4711, 0 },
		{ "1: FLOCK  ADVISORY  WRITE 4711 fd:01:12345 0 EOF\n", 0, 0 },
		{ "1: FLOCK  ADVISORY  WRITE 4711 fd:01:123 0 EOF\n", 0, 0 },
		{ "1: POSIX  ADVISORY  WRITE 4711 fd:01:1234 0 EOF\n", 0, 0 },
		{ "1: FLOCK  ADVISORY  WRITE 1 fd:01:1 0 EOF\n2: FLOCK  ADVISORY  WRITE 22 fd:01:1234 0 EOF\n"
		    "2: -> FLOCK  ADVISORY  WRITE 23 fd:01:1234 0 EOF\n"
		    "2: -> FLOCK  ADVISORY  WRITE 24 fd:01:1234 0 EOF\n"
		    "3: FLOCK  ADVISORY  WRITE 3 fd:01:3 0 EOF\n", 22, 2 },
		/* The same holder once more, since the text was read in pieces; and the queue of another file. */
		{ "1: FLOCK  ADVISORY  WRITE 22 fd:01:1234 0 EOF\n1: -> FLOCK  ADVISORY  WRITE 23 fd:01:1234 0 EOF\n"
		    "2: FLOCK  ADVISORY  WRITE 22 fd:01:1234 0 EOF\n"
		    "2: -> FLOCK  ADVISORY  WRITE 23 fd:01:1234 0 EOF\n"
		    "3: FLOCK  ADVISORY  WRITE 5 00:2a:1234 0 EOF\n"
		    "3: -> FLOCK  ADVISORY  WRITE 6 00:2a:1234 0 EOF\n", 22, 1 },
		/* Another device with that inode: only where no lock fits exactly. */
		{ "1: FLOCK  ADVISORY  WRITE 5 00:2a:1234 0 EOF\n", 5, 0 },
		{ "1: FLOCK  ADVISORY  WRITE 6 fd:01:1234 0 EOF\n"
		    "2: FLOCK  ADVISORY  WRITE 5 00:2a:1234 0 EOF\n", 6, 0 },
		{ "1: FLOCK  ADVISORY  WRITE 5 00:2a:1234 0 EOF\n"
		    "2: FLOCK  ADVISORY  WRITE 6 fd:01:1234 0 EOF\n", 6, 0 },
		/* Of another process namespace. */
		{ "1: FLOCK  ADVISORY  WRITE 0 fd:01:1234 0 EOF\n", 0, 0 },
		{ "1: FLOCK  ADVISORY  WRITE x fd:01:1234 0 EOF\n", 0, 0 },
		{ "1: FLOCK  ADVISORY  WRITE 7 fd:01 0 EOF\n", 0, 0 },
		{ "1: FLOCK  ADVISORY  WRITE 7 fd01:1234 0 EOF\n", 0, 0 },
		{ "1: FLOCK  ADVISORY\n", 0, 0 },
		{ "1: FLOCK\n1234\n\n", 0, 0 },
		{ "", 0, 0 },
	};
	int waiting;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK_INT(pl_locks_holder(cases[i].text, DEVICE, 1234, &waiting), cases[i].pid);
		CHECK_INT(waiting, cases[i].waiting);
	}
}

/* A process that takes the lock, says so, and keeps it. */
static pid_t
hold(const char *path)
{
	int ready[2], fd;
	pid_t child;
	char c;

	CHECK_INT(pipe(ready), 0);
	child = fork();
	if (child == 0) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || flock(fd, LOCK_EX) != 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		(void)pause();
		_exit(0);
	}
	close(ready[1]);
	CHECK_INT(read(ready[0], &c, 1), 1);
	close(ready[0]);
	return child;
}

static void
test_lock(void)
{
	const char *path = in_directory("lock"), *journal = in_directory("journal");
	char expected[64];
	struct pl_ctx ctx;
	struct pl_survey s;
	pid_t holder;
	int status;

	pl_ctx_init(&ctx);
	s = begin(&ctx);
	CHECK(!pl_survey_lock(&s, path, journal, 100));
	CHECK_STR(seen.result, "Ok");
	CHECK_STR(seen.found, "not made yet");
	make(path, "", 0600);
	s = begin(&ctx);
	CHECK(!pl_survey_lock(&s, path, journal, 100));
	CHECK_STR(seen.result, "Ok");
	CHECK(strstr(seen.found, ", free") != NULL);
	holder = hold(path);
	s = begin(&ctx);
	CHECK(!pl_survey_lock(&s, path, journal, 100));
	CHECK_STR(seen.result, "Warning");
	CHECK_INT(s.wrong, 0);
	snprintf(expected, sizeof(expected), "by process %ld, 0 waiting, that is ", (long)holder);
	CHECK(strstr(seen.found, expected) != NULL);
	snprintf(expected, sizeof(expected), "-p %ld;", (long)holder);
	CHECK(strstr(seen.advice, expected) != NULL);
	CHECK(kill(holder, SIGKILL) == 0 && waitpid(holder, &status, 0) == holder);
	s = begin(&ctx);
	CHECK(!pl_survey_lock(&s, path, journal, 100));
	CHECK(strstr(seen.found, ", free") != NULL);
	/* It was let go: this would wait for ever otherwise. A journal counts only while nobody is at work. */
	make(journal, "x", 0600);
	holder = hold(path);
	s = begin(&ctx);
	CHECK(!pl_survey_lock(&s, path, journal, 100));
	CHECK(kill(holder, SIGKILL) == 0 && waitpid(holder, &status, 0) == holder);
	s = begin(&ctx);
	CHECK(pl_survey_lock(&s, path, journal, 100));
	make(journal, "", 0600);
	CHECK(!pl_survey_lock(&s, path, journal, 100));
	CHECK_INT(unlink(journal), 0);
	CHECK_INT(unlink(path), 0);
	pl_ctx_clear(&ctx);
}

int
main(void)
{
	const char *place = getenv("TMPDIR");

	snprintf(directory, sizeof(directory), "%s/installation.XXXXXX", place != NULL ? place : "/tmp");
	if (mkdtemp(directory) == NULL)
		return 1;
	test_database();
	test_other_kinds();
	test_owner();
	test_names();
	test_end();
	test_shells();
	test_uid_map();
	test_locks();
	test_lock();
	CHECK_INT(rmdir(directory), 0);
	return unit_end();
}
