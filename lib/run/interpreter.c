/* interpreter.c - what runs a script, and what runs that */

#include "run/interpreter.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/trusted.h"

/* As much of a script's first line as the kernel looks at, and how deep scripts may run scripts. */
enum { FIRST_LINE = 256, SCRIPTS_MAX = 5 };

static enum pl_status
refuse(struct pl_ctx *ctx, enum pl_error error, const char *script, const char *why)
{
	pl_fail(ctx, error, error == PL_ERR_PROGRAM_UNSAFE ? "the program %s is not trusted: %s"
	    : "the program %s cannot be executed: %s", script, why);
	if (error == PL_ERR_PROGRAM_UNSAFE)
		(void)pl_hint(ctx, PL_PROGRAM_ROOTS_ALONE);
	return pl_target(ctx, script);
}

/* The word behind "#!"; empty if this is no script. False if it is one without a whole word there. */
static bool
interpreter_of(int content, char line[FIRST_LINE])
{
	ssize_t n = pread(content, line, FIRST_LINE - 1, 0);
	size_t begin, len;

	line[n > 0 ? n : 0] = '\0';
	if (n < 2 || line[0] != '#' || line[1] != '!') {
		line[0] = '\0';
		return n >= 0;
	}
	begin = 2 + strspn(line + 2, " \t");
	len = strcspn(line + begin, " \t\n");
	if (len == 0 || line[begin + len] == '\0')
		return false;
	memmove(line, line + begin, len);
	line[len] = '\0';
	return true;
}

/* One step: `line` becomes what runs that interpreter, or empty. */
static enum pl_status
check_one_interpreter(struct pl_ctx *ctx, const char *script, char line[FIRST_LINE])
{
	enum pl_status st = PL_OK;
	char path[PATH_MAX];
	struct pl_buf why;
	int fd;

	pl_buf_init(&why);
	pl_buf_text(&why, "its interpreter ");
	if (pl_trusted_way(line, path, &why)) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fd < 0 || !interpreter_of(fd, line))
			st = refuse(ctx, PL_ERR_PROGRAM_REFUSED, script, "its interpreter cannot be read");
		if (fd >= 0)
			close(fd);
	} else if (errno == EPERM) {
		st = refuse(ctx, PL_ERR_PROGRAM_UNSAFE, script, why.text);
	} else {
		pl_buf_printf(&why, "%s: %s", line, strerror(errno));
		st = refuse(ctx, PL_ERR_PROGRAM_MISSING, script, why.text);
	}
	pl_buf_clear(&why);
	return st;
}

enum pl_status
pl_interpreter_check(struct pl_ctx *ctx, const char *script, int content)
{
	enum pl_status st = PL_OK;
	char line[FIRST_LINE];
	int i;

	if (!interpreter_of(content, line))
		return refuse(ctx, PL_ERR_PROGRAM_REFUSED, script, "its first line names no interpreter");
	for (i = 0; i < SCRIPTS_MAX && line[0] != '\0' && st == PL_OK; i++)
		st = check_one_interpreter(ctx, script, line);
	if (st == PL_OK && line[0] != '\0')
		st = refuse(ctx, PL_ERR_PROGRAM_REFUSED, script, "scripts run scripts, too deep");
	return st;
}
