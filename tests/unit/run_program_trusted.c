/* run_program_trusted.c - tests of opening a program that root will run */

#include <stdlib.h>
#include <sys/wait.h>

#include "pamlite/digest.h"
#include "pamlite/run.h"

#include "private_tree.h"
#include "unit.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SCRIPT "#!/bin/sh\nexit 7\n"
#define OTHER_SHA "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

enum pin { NOT_PINNED, PINNED, PINNED_OTHERWISE };

static const struct {
	const char *text;      /* NULL = a copy of /bin/true */
	mode_t mode;
	uid_t owner;
	enum pin pin;
	enum pl_error error;
	const char *says;      /* in the message */
} cases[] = {
	{ SCRIPT, 0755, 0, NOT_PINNED, PL_ERR_NONE, "" },
	{ SCRIPT, 0755, 0, PINNED, PL_ERR_NONE, "" },
	{ SCRIPT, 0755, 0, PINNED_OTHERWISE, PL_ERR_PROGRAM_REFUSED, "SHA-256 differs" },
	{ SCRIPT, 0700, 0, NOT_PINNED, PL_ERR_NONE, "" },
	{ SCRIPT, 0111, 0, PINNED, PL_ERR_NONE, "" },
	{ SCRIPT, 0644, 0, NOT_PINNED, PL_ERR_PROGRAM_REFUSED, "Permission denied" },
	{ SCRIPT, 0775, 0, NOT_PINNED, PL_ERR_PROGRAM_UNSAFE, "can be written by others" },
	{ SCRIPT, 0757, 0, NOT_PINNED, PL_ERR_PROGRAM_UNSAFE, "can be written by others" },
	{ SCRIPT, 04755, 0, NOT_PINNED, PL_ERR_PROGRAM_UNSAFE, "setuid or setgid" },
	{ SCRIPT, 02755, 0, NOT_PINNED, PL_ERR_PROGRAM_UNSAFE, "setuid or setgid" },
	{ SCRIPT, 02644, 0, NOT_PINNED, PL_ERR_PROGRAM_UNSAFE, "setuid or setgid" },
	{ SCRIPT, 0755, 1234, NOT_PINNED, PL_ERR_PROGRAM_UNSAFE, "does not belong to root" },
	{ "", 0755, 0, NOT_PINNED, PL_ERR_PROGRAM_REFUSED, "it is empty" },
	{ "#", 0755, 0, PINNED, PL_ERR_NONE, "" },
	{ NULL, 0755, 0, NOT_PINNED, PL_ERR_NONE, "" },
	{ NULL, 0755, 0, PINNED, PL_ERR_NONE, "" },
	{ NULL, 0755, 0, PINNED_OTHERWISE, PL_ERR_PROGRAM_REFUSED, "SHA-256 differs" },
};

static bool
copy_true(const char *path, mode_t mode)
{
	char *text = malloc(1 << 20);
	int fd = open("/bin/true", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 && text != NULL ? read(fd, text, 1 << 20) : -1;
	bool ok = n > 0 && private_file(path, text, (size_t)n, mode);

	if (fd >= 0)
		close(fd);
	free(text);
	return ok;
}

static bool
make_program(size_t i, const char *path, char digest[PL_DIGEST_LEN + 1])
{
	mode_t mode = cases[i].mode;
	int fd;
	bool ok;

	ok = cases[i].text != NULL ? private_file(path, cases[i].text, strlen(cases[i].text), mode) :
	    copy_true(path, mode);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ok = ok && fd >= 0 && pl_digest_fd(fd, digest) == PL_OK;
	if (fd >= 0)
		close(fd);
	/* A change of owner takes the bits that give rights away. */
	return ok && chown(path, cases[i].owner, 0) == 0 && chmod(path, mode) == 0;
}

/* The descriptor serves to execute what was opened, also when its path has another file by now. */
static int
execute(const struct pl_program *p)
{
	char *argv[] = { p->path, NULL }, *envp[] = { NULL };
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		execveat(p->fd, "", argv, envp, AT_EMPTY_PATH);
		_exit(99);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
check_opened(const struct pl_program *p, const char *text, const char *path)
{
	char moved[300];

	CHECK(p->fd > STDERR_FILENO && (fcntl(p->fd, F_GETFD) & FD_CLOEXEC) != 0);
	CHECK((fcntl(p->fd, F_GETFL) & O_PATH) != 0);
	CHECK_STR(p->path, path);
	CHECK(p->script == (text != NULL && strcmp(text, SCRIPT) == 0));
	if (text != NULL)
		return;
	snprintf(moved, sizeof(moved), "%s.moved", path);
	CHECK(rename(path, moved) == 0 && private_file(path, SCRIPT, strlen(SCRIPT), 0755));
	CHECK_INT(execute(p), 0);
}

static void
test_cases(void)
{
	char path[200], digest[PL_DIGEST_LEN + 1];
	struct pl_program p;
	struct pl_ctx ctx;
	enum pl_status st;

	pl_ctx_init(&ctx);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *pin = cases[i].pin == PINNED ? digest : cases[i].pin == PINNED_OTHERWISE ? OTHER_SHA : NULL;

		snprintf(path, sizeof(path), "/mnt/program-%zu", i);
		CHECK(make_program(i, path, digest));
		pl_ctx_forgive(&ctx);
		st = pl_program_open_trusted(&ctx, path, pin, &p);
		CHECK_INT(st, pl_error_def(cases[i].error)->status);
		CHECK_INT(ctx.failure.error, cases[i].error);
		CHECK(strstr(ctx.failure.message, cases[i].says) != NULL);
		CHECK_STR(ctx.failure.target, cases[i].error != PL_ERR_NONE ? path : "");
		if (ctx.failure.error != cases[i].error)
			printf("  case %zu: %s\n", i, ctx.failure.message);
		if (st == PL_OK)
			check_opened(&p, cases[i].text, path);
		else
			CHECK(p.fd == -1 && p.path == NULL);
		pl_program_clear(&p);
	}
	pl_ctx_clear(&ctx);
}

static const struct {
	const char *path;
	enum pl_error error;
} places[] = {
	{ "/mnt/none", PL_ERR_PROGRAM_MISSING },
	{ "/mnt/none/program", PL_ERR_PROGRAM_MISSING },
	{ "/mnt/program/x", PL_ERR_PROGRAM_MISSING },
	{ "/mnt/directory", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/fifo", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/link", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/directory-link/program", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/shared/program", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/foreign/program", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/second", PL_ERR_PROGRAM_UNSAFE },
	{ "mnt/program", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/program/", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/directory/../program", PL_ERR_PROGRAM_UNSAFE },
	{ "/mnt/program", PL_ERR_PROGRAM_UNSAFE },     /* it has a second name */
	{ "/mnt/directory/program", PL_ERR_NONE },
};

static bool
make_places(void)
{
	return copy_true("/mnt/program", 0755) && mkdir("/mnt/directory", 0755) == 0 &&
	    copy_true("/mnt/directory/program", 0755) && mkfifo("/mnt/fifo", 0755) == 0 &&
	    symlink("program", "/mnt/link") == 0 && symlink("directory", "/mnt/directory-link") == 0 &&
	    mkdir("/mnt/shared", 0755) == 0 && copy_true("/mnt/shared/program", 0755) &&
	    chmod("/mnt/shared", 01777) == 0 && mkdir("/mnt/foreign", 0755) == 0 &&
	    copy_true("/mnt/foreign/program", 0755) && chown("/mnt/foreign", 1234, 0) == 0 &&
	    link("/mnt/program", "/mnt/second") == 0;
}

static void
test_places(void)
{
	struct pl_program p;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK(make_places());
	for (size_t i = 0; i < COUNT(places); i++) {
		pl_ctx_forgive(&ctx);
		CHECK_INT(pl_program_open_trusted(&ctx, places[i].path, NULL, &p),
		    pl_error_def(places[i].error)->status);
		CHECK_INT(ctx.failure.error, places[i].error);
		if (ctx.failure.error != places[i].error)
			printf("  %s: %s\n", places[i].path, ctx.failure.message);
		pl_program_clear(&p);
	}
	pl_ctx_clear(&ctx);
}

/* No descriptor to read by, no /proc: said as what it is, and not as a missing program. */
static void
test_without_proc(void)
{
	struct pl_program p;
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK(mount("tmpfs", "/proc", "tmpfs", 0, NULL) == 0);
	CHECK_INT(pl_program_open_trusted(&ctx, "/mnt/directory/program", NULL, &p), PL_E_RUN);
	CHECK_INT(ctx.failure.error, PL_ERR_RUN_FAILED);
	pl_program_clear(&p);
	/* A foreign file in the place of the descriptor is no descriptor. */
	CHECK(mkdir("/proc/self", 0755) == 0 && mkdir("/proc/self/fd", 0755) == 0);
	for (int fd = 3; fd < 20; fd++) {
		char path[40];

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		CHECK(private_file(path, SCRIPT, strlen(SCRIPT), 0755));
	}
	CHECK_INT(pl_program_open_trusted(&ctx, "/mnt/directory/program", NULL, &p), PL_E_RUN);
	CHECK_INT(ctx.failure.error, PL_ERR_RUN_FAILED);
	pl_program_clear(&p);
	CHECK(umount2("/proc", MNT_DETACH) == 0);
	pl_ctx_clear(&ctx);
}

static void
test_clear(void)
{
	struct pl_program p = { .fd = -1 };
	struct pl_ctx ctx;

	pl_ctx_init(&ctx);
	CHECK_INT(pl_program_open_trusted(&ctx, "no/path", NULL, &p), PL_E_DENIED);
	CHECK(p.fd == -1 && p.path == NULL);
	pl_program_clear(&p);
	pl_program_clear(NULL);
	pl_ctx_clear(&ctx);
}

int
main(void)
{
	test_clear();
	if (!private_tree("/mnt"))
		return unit_end();
	test_cases();
	test_places();
	test_without_proc();
	return unit_end();
}
