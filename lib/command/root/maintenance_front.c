/* maintenance_front.c - root's side of the maintenance: recordings that are past their time */

#include "maintenance_front.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/clock.h"
#include "pamlite/place.h"
#include "pamlite/retention.h"
#include "pamlite/trusted.h"
#include "pamlite/uuid.h"

#include "command/front.h"

/* A run that was killed before its recording had its name leaves it under another, like .0123456789abcdef.new */
enum { LEFTOVER_DIGITS = 16 };
static const char leftover_suffix[] = ".new";

bool
pl_maintenance_front_is_meant(const struct pl_command *command)
{
	return strcmp(command->name, "invoke-elevated-access-maintenance") == 0;
}

static bool
is_recording(const char *name)
{
	char id[PL_ID_LEN + 1];

	if (strlen(name) != PL_ID_LEN + strlen(PL_RECORDING_SUFFIX) ||
	    strcmp(name + PL_ID_LEN, PL_RECORDING_SUFFIX) != 0)
		return false;
	memcpy(id, name, PL_ID_LEN);
	id[PL_ID_LEN] = '\0';
	return pl_uuid_is_valid(id);
}

static bool
is_leftover(const char *name)
{
	return name[0] == '.' && strspn(name + 1, "0123456789abcdef") == LEFTOVER_DIGITS &&
	    strcmp(name + 1 + LEFTOVER_DIGITS, leftover_suffix) == 0;
}

/*
 * A session of which nothing was seen for days still writes into its recording: the kernel gives a read lease only on
 * what nobody has open for writing. Who looks at an old one keeps nothing: he has it to its end, and his pipe for ever.
 */
static bool
is_written(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	bool used = fd >= 0 && fcntl(fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;

	if (fd >= 0)
		close(fd);
	return used;
}

static bool
is_due(int dir, const char *name, int64_t before)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 &&
	    st.st_mtime < before && !is_written(dir, name);
}

static void
remove_file(struct pl_ctx *ctx, int dir, const char *name)
{
	if (ctx->what_if)
		pl_note(ctx, PL_NOTE_WHAT_IF, "Performing the operation \"Remove\" on target \"%s/%s\".",
		    PL_RECORDINGS_DIR, name);
	else if (unlinkat(dir, name, 0) == 0)
		pl_note(ctx, PL_NOTE_VERBOSE, "removed %s/%s", PL_RECORDINGS_DIR, name);
	else if (errno != ENOENT)
		pl_note(ctx, PL_NOTE_WARNING, "%s/%s cannot be removed: %s", PL_RECORDINGS_DIR, name, strerror(errno));
}

/* Names come from root's own directory and not from the database: whoever has that must not have a file removed. */
static void
prune(struct pl_ctx *ctx, DIR *dir)
{
	struct pl_clock clock = { 0 };
	const int64_t kept_s = pl_retention_s();
	const struct dirent *entry;

	pl_clock_read(&clock);
	while ((entry = readdir(dir)) != NULL) {
		const char *name = entry->d_name;

		if ((is_recording(name) && kept_s > 0 && is_due(dirfd(dir), name, clock.now - kept_s)) ||
		    (is_leftover(name) && is_due(dirfd(dir), name, clock.now - PL_DAY_S)))
			remove_file(ctx, dirfd(dir), name);
	}
}

/* That there is no such directory yet is no fault. */
static void
prune_recordings(struct pl_ctx *ctx)
{
	struct pl_buf why;
	DIR *dir = NULL;
	int fd;

	pl_buf_init(&why);
	fd = pl_trusted_open_directory(PL_RECORDINGS_DIR, &why);
	if (fd >= 0)
		dir = fdopendir(fd);
	if (dir != NULL) {
		prune(ctx, dir);
		closedir(dir);
	} else if (errno != ENOENT) {
		pl_note(ctx, PL_NOTE_WARNING, "%s cannot be used: %s", PL_RECORDINGS_DIR,
		    why.len > 0 ? why.text : strerror(errno));
		if (fd >= 0)
			close(fd);
	}
	pl_buf_clear(&why);
}

enum pl_status
pl_maintenance_front_act(struct pl_session *s)
{
	if (geteuid() == 0) {
		prune_recordings(&s->ctx);
		pl_report_notes(s);
	}
	return pl_front_act(s);
}
