/* show.c - hand a recording out to who may see it */

#include "pamlite/show.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/hygiene.h"
#include "pamlite/place.h"
#include "pamlite/recording.h"
#include "pamlite/recording_path.h"

enum { LOOK_MS = 200 };

/* Nobody but root can have changed it since: what is shown is what was compared. */
static enum pl_status
compare(struct pl_ctx *ctx, const struct pl_answer *a, int fd)
{
	char digest[PL_DIGEST_LEN + 1], path[PL_RECORDING_PATH_SIZE];

	if (a->recording[0] == '\0')
		return PL_OK;
	if (pl_digest_fd(fd, digest) != PL_OK)
		return pl_fail(ctx, PL_ERR_RECORDING_CHANGED, "the recording of execution %s cannot be read: %s",
		    a->execution, strerror(errno));
	if (strcmp(digest, a->recording) == 0)
		return PL_OK;
	(void)pl_fail(ctx, PL_ERR_RECORDING_CHANGED,
	    "the recording of execution %s was changed: its SHA-256 is not the one in its end record", a->execution);
	if (pl_recording_path(a->execution, path))
		(void)pl_hint(ctx, "its file is %s, and is not shown", path);
	return pl_target(ctx, a->execution);
}

/* What the caller has opened as our output is written to with no more power than any command of his has. */
static const char *
give_power_up(void)
{
	struct stat dir;

	if (lstat(PL_STATE_DIR, &dir) != 0 || dir.st_uid == 0 || dir.st_gid == 0)
		return "the data directory is not as it must be";
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return "more power could be gained";
	return pl_hygiene_become(dir.st_uid, dir.st_gid, &dir.st_gid, 1);
}

/* False: nobody waits for it any more, or a signal came. */
static bool
wait_for_room(int front_fd)
{
	struct pollfd p[] = { { .fd = STDOUT_FILENO, .events = POLLOUT }, { .fd = front_fd, .events = POLLIN } };

	do {
		if (pl_hygiene_interrupted() != 0 || (poll(p, 2, LOOK_MS) < 0 && errno != EINTR))
			return false;
	} while (p[0].revents == 0 && p[1].revents == 0);
	return p[1].revents == 0;
}

/* As much as a pipe has room for once it has room at all, so that nothing blocks but where poll(2) can see it. */
static int
copy(int fd, int front_fd)
{
	char block[PIPE_BUF];
	ssize_t len, n, at;

	while ((len = read(fd, block, sizeof(block))) > 0) {
		for (at = 0; at < len; at += n) {
			if (!wait_for_room(front_fd))
				return pl_hygiene_interrupted() != 0 ? 128 + pl_hygiene_interrupted() : PL_E_IO;
			n = write(STDOUT_FILENO, block + at, (size_t)(len - at));
			if (n < 0 && errno != EAGAIN && errno != EINTR)
				return PL_E_IO;
			if (n < 0)
				n = 0;
		}
	}
	return len < 0 ? PL_E_IO : PL_OK;
}

int
pl_show_recording(struct pl_ctx *ctx, struct pl_store_child *store, const char *execution, int front_fd)
{
	struct pl_question q = { .kind = PL_ASK_SHOW };
	struct pl_answer a;
	int fd, status;

	(void)strncpy(q.execution, execution, PL_ID_LEN);
	if (!pl_store_child_consult(store, &q, &a, &status))
		return status;
	/* The name of what is opened comes from the caller, whom the yes is about, and never from the database. */
	if (strcmp(a.execution, execution) != 0) {
		pl_hygiene_say("the database has answered about another run");
		return PL_E_RUN;
	}
	if (pl_recording_open(ctx, execution, &fd) != PL_OK || compare(ctx, &a, fd) != PL_OK) {
		if (fd >= 0)
			close(fd);
		return pl_store_child_report(store, &ctx->failure);
	}
	pl_store_child_end(store);
	pl_hygiene_check(PL_E_RUN, give_power_up());
	status = copy(fd, front_fd);
	close(fd);
	return status;
}
