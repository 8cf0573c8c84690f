/* installation_programs.c - looking at an installation: the setuid programs, the store child, the commands */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "pamlite/place.h"

#include "core/installation_internal.h"

#define RIGHT_PROGRAM "root:root 0755, one name, all directories above root's alone"

static const struct pl_expected setuid_program = { S_IFREG, 04755, false, false, PL_REPAIR_INSTALL };
static const struct pl_expected program = { S_IFREG, 0755, false, false, PL_REPAIR_INSTALL };

/* On such a mount the mode is there and means nothing. */
static void
judge_mount(struct pl_draft *d, const char *path)
{
	struct statvfs fs;

	if (statvfs(path, &fs) != 0) {
		pl_draft_unseen(d);
		return;
	}
	if ((fs.f_flag & ST_NOSUID) != 0) {
		pl_draft_found(d, "mounted nosuid");
		pl_draft_fault(d, PL_GRADE_WRONG, "mount -o remount,suid \"$(findmnt -n -o TARGET -T %s)\"", path);
	}
	if ((fs.f_flag & ST_NOEXEC) != 0) {
		pl_draft_found(d, "mounted noexec");
		pl_draft_fault(d, PL_GRADE_WRONG, "mount -o remount,exec \"$(findmnt -n -o TARGET -T %s)\"", path);
	}
}

/* The file itself, then the way to it; what the first has said, the second would only say again. False: not there. */
static bool
look_at_program(const struct pl_survey *s, struct pl_draft *d, const struct pl_expected *e)
{
	struct stat st;

	if (!pl_draft_look(s, d, e, &st))
		return false;
	if (d->grade != PL_GRADE_WRONG)
		pl_draft_trust(d, d->object, false);
	return true;
}

static void
survey_setuid_program(struct pl_survey *s, const char *path)
{
	struct pl_draft d;

	pl_draft_begin(&d, "SetuidProgram", path,
	    "root:root 4755, one name, not mounted nosuid, all directories above root's alone");
	if (look_at_program(s, &d, &setuid_program))
		judge_mount(&d, path);
	pl_draft_end(s, &d);
}

static void
survey_store_program(struct pl_survey *s)
{
	struct pl_draft d;

	pl_draft_begin(&d, "StoreProgram", pl_storechild_path, RIGHT_PROGRAM);
	(void)look_at_program(s, &d, &program);
	pl_draft_end(s, &d);
}

/* test-elevated-access, new-elevated-access-request: the directory may be one of everybody's commands. */
static int
is_command(const struct dirent *entry)
{
	return strstr(entry->d_name, "-elevated-access") != NULL &&
	    strspn(entry->d_name, "abcdefghijklmnopqrstuvwxyz-") == strlen(entry->d_name);
}

/* Those that are not right are findings of their own. */
static size_t
count_right_commands(struct pl_survey *s, struct dirent **entries, int count)
{
	size_t right = 0;
	struct pl_draft d;
	char *path;
	int i;

	for (i = 0; i < count; i++) {
		if (asprintf(&path, "%s/%s", pl_bin_dir, entries[i]->d_name) < 0) {
			s->status = pl_fail_memory(s->ctx);
			return right;
		}
		pl_draft_begin(&d, "Command", path, RIGHT_PROGRAM);
		(void)look_at_program(s, &d, &program);
		if (d.grade == PL_GRADE_OK) {
			right++;
			pl_draft_clear(&d);
		} else {
			pl_draft_end(s, &d);
		}
		free(path);
	}
	return right;
}

/* What the gate starts lies here, so whoever could write here would be the account. */
static void
survey_commands(struct pl_survey *s)
{
	struct dirent **entries = NULL;
	struct pl_draft d;
	int count, i;

	pl_draft_begin(&d, "Commands", pl_bin_dir,
	    "commands that are root:root 0755, in directories that are root's alone");
	count = scandir(pl_bin_dir, &entries, is_command, alphasort);
	if (count < 0) {
		count = 0;
		pl_draft_unseen(&d);
	} else if (count == 0) {
		pl_draft_found(&d, "no command");
		pl_draft_fault(&d, PL_GRADE_WRONG, "install pam-lite again");
	} else {
		pl_draft_trust(&d, pl_bin_dir, true);
		pl_draft_found(&d, "%zu of %d are right", count_right_commands(s, entries, count), count);
	}
	for (i = 0; i < count; i++)
		free(entries[i]);
	free((void *)entries);
	pl_draft_end(s, &d);
}

void
pl_survey_programs(struct pl_survey *s)
{
	survey_setuid_program(s, pl_gate_path);
	survey_setuid_program(s, pl_runner_path);
	survey_store_program(s);
	survey_commands(s);
}
