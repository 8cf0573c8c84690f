/* installation_data.c - looking at an installation: the data directory, the database, the log */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "pamlite/clock.h"
#include "pamlite/place.h"
#include "pamlite/retention.h"

#include "core/installation_internal.h"

enum { LOCK_PATIENCE_MS = 2000 };

static const struct pl_expected data_directory = { S_IFDIR, 02700, true, true, PL_REPAIR_SETUP };
static const struct pl_expected data_file = { S_IFREG, 0600, true, true, PL_REPAIR_FILE };
static const struct pl_expected log_directory = { S_IFDIR, 0750, false, true, PL_REPAIR_SETUP };
static const struct pl_expected log_file = { S_IFREG, 0640, false, true, PL_REPAIR_SETUP };

/* SQLite plays back any journal that lies beside the file: whatever is there must be the account's. */
static void
survey_data_files(struct pl_survey *s)
{
	DIR *dir = opendir(PL_STATE_DIR);
	const struct dirent *entry;
	struct pl_draft d;
	struct stat st;
	char *path;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (asprintf(&path, PL_STATE_DIR "/%s", entry->d_name) < 0) {
			s->status = pl_fail_memory(s->ctx);
			break;
		}
		pl_draft_begin(&d, "DataFile", path, PL_SERVICE_ACCOUNT ":" PL_SERVICE_ACCOUNT " 0600, one name");
		(void)pl_draft_look(s, &d, &data_file, &st);
		/* The database and its lock have findings of their own. */
		if (d.grade == PL_GRADE_OK || strcmp(path, PL_SYSTEM_DATABASE) == 0 ||
		    strcmp(path, PL_SYSTEM_DATABASE ".lock") == 0)
			pl_draft_clear(&d);
		else
			pl_draft_end(s, &d);
		free(path);
	}
	if (dir != NULL)
		closedir(dir);
}

void
pl_survey_database(struct pl_survey *s, const char *path)
{
	struct pl_draft d;
	struct stat st;

	pl_draft_begin(&d, "Database", path, PL_SERVICE_ACCOUNT ":" PL_SERVICE_ACCOUNT " 0600, one name, not empty");
	if (lstat(path, &st) != 0 && errno == ENOENT) {
		pl_draft_found(&d, "missing");
		pl_draft_fault(&d, PL_GRADE_WRONG, "put back a backup; if there has never been one: %s/setup",
		    pl_libexec_dir);
	} else if (pl_draft_look(s, &d, &data_file, &st)) {
		pl_draft_found(&d, "%lld bytes", (long long)st.st_size);
		/* To SQLite that would be a valid database, in which nobody was ever refused anything. */
		if (st.st_size == 0)
			pl_draft_fault(&d, PL_GRADE_WRONG, "put back a backup");
	}
	pl_draft_end(s, &d);
}

static void
survey_journal(struct pl_survey *s, const char *path)
{
	struct pl_draft d;
	struct stat st;

	pl_draft_begin(&d, "Journal", path, "empty or missing while no command is at work");
	if (pl_draft_look(s, &d, &data_file, &st)) {
		pl_draft_found(&d, "%lld bytes", (long long)st.st_size);
		pl_draft_fault(&d, PL_GRADE_WARNING,
		    "leave it there: the next command undoes with it what a killed one had begun");
	}
	pl_draft_end(s, &d);
}

void
pl_survey_data(struct pl_survey *s)
{
	struct pl_draft d;
	struct stat st;
	bool there;

	pl_draft_begin(&d, "DataDirectory", PL_STATE_DIR,
	    PL_SERVICE_ACCOUNT ":" PL_SERVICE_ACCOUNT " 2700, all directories above root's alone");
	there = pl_draft_look(s, &d, &data_directory, &st);
	if (there)
		pl_draft_trust(&d, "/var/lib", true);
	pl_draft_end(s, &d);
	if (!there)
		return;
	pl_survey_database(s, PL_SYSTEM_DATABASE);
	survey_data_files(s);
	if (pl_survey_lock(s, PL_SYSTEM_DATABASE ".lock", PL_SYSTEM_DATABASE "-journal", LOCK_PATIENCE_MS))
		survey_journal(s, PL_SYSTEM_DATABASE "-journal");
}

/* Who may write what is there already could shorten the log that bears witness against the database. */
static void
judge_append_only(struct pl_draft *d, const char *path)
{
	int fd, flags = 0;

	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		pl_draft_unseen(d);
		return;
	}
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0) {
		pl_draft_found(d, "on a file system without append-only files");
	} else if ((flags & FS_APPEND_FL) == 0) {
		pl_draft_found(d, "not append-only");
		pl_draft_fault(d, PL_GRADE_WARNING, "chattr +a %s", path);
	} else {
		pl_draft_found(d, "append-only");
	}
	close(fd);
}

static void
survey_anchor(struct pl_survey *s)
{
	struct pl_draft d;
	struct stat st;

	pl_draft_begin(&d, "Anchor", PL_ANCHOR, "root:" PL_SERVICE_ACCOUNT " 0640, one name, append-only");
	if (pl_draft_look(s, &d, &log_file, &st))
		judge_append_only(&d, PL_ANCHOR);
	pl_draft_end(s, &d);
}

/* One that says nothing, or that cannot be believed, keeps recordings for ever, until the disk is full. */
static void
survey_retention(struct pl_survey *s)
{
	struct pl_draft d;
	struct stat st;

	if (lstat(PL_RETENTION, &st) != 0)
		return;
	pl_draft_begin(&d, "RecordingRetention", PL_RETENTION, "root:root 0644, one name, a number of days");
	if (pl_draft_look(s, &d, &pl_setting_file, &st) && d.grade != PL_GRADE_WRONG) {
		const long long days = (long long)(pl_retention_s() / PL_DAY_S);

		pl_draft_found(&d, "%lld days", days);
		if (days == 0)
			pl_draft_fault(&d, PL_GRADE_WRONG, PL_SET_AGAIN);
	}
	pl_draft_end(s, &d);
}

void
pl_survey_log(struct pl_survey *s)
{
	struct pl_draft d;
	struct stat st;
	bool there;

	pl_draft_begin(&d, "LogDirectory", PL_LOG_DIR,
	    "root:" PL_SERVICE_ACCOUNT " 0750, all directories above root's alone");
	there = pl_draft_look(s, &d, &log_directory, &st);
	if (there)
		pl_draft_trust(&d, "/var/log", true);
	pl_draft_end(s, &d);
	if (there) {
		survey_anchor(s);
		/* Without it nothing runs that has to be recorded. */
		pl_draft_begin(&d, "RecordingDirectory", PL_RECORDINGS_DIR, "root:" PL_SERVICE_ACCOUNT " 0750");
		(void)pl_draft_look(s, &d, &log_directory, &st);
		pl_draft_end(s, &d);
	}
	survey_retention(s);
}
