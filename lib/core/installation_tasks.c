/* installation_tasks.c - looking at an installation: what root runs, one file a task */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pamlite/name.h"
#include "pamlite/place.h"
#include "pamlite/task_file.h"

#include "core/installation_internal.h"

static const struct pl_expected config_directory = { S_IFDIR, 0755, false, false, PL_REPAIR_SETUP };
static const struct pl_expected tasks_directory = { S_IFDIR, 0700, false, false, PL_REPAIR_SETUP };
static const struct pl_expected task_file = { S_IFREG, 0644, false, false, PL_REPAIR_REGISTER };

/* "linux.restart-web.": what the files of one task have in common; 0 = the name of no task file. */
static size_t
task_part(const char *file)
{
	char digest[PL_DIGEST_LEN + 1];

	if (!pl_task_file_name_parse(file, NULL, digest))
		return 0;
	return strlen(file) - PL_DIGEST_LEN - strlen(".task");
}

/* The files of one task come together, which a plain order of names would not do. */
static int
by_task(const struct dirent **a, const struct dirent **b)
{
	const char *x = (*a)->d_name, *y = (*b)->d_name;
	const size_t x_len = task_part(x), y_len = task_part(y);
	const int order = strncmp(x, y, x_len < y_len ? x_len : y_len);

	if (order != 0 || x_len == y_len)
		return order != 0 ? order : strcmp(x, y);
	return x_len < y_len ? -1 : 1;
}

static int
is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* As the runner reads it, so that what is right here runs there. */
static void
read_task_file(struct pl_survey *s, struct pl_draft *d, const char *file)
{
	char task[PL_TASK_NAME_MAX + 1], digest[PL_DIGEST_LEN + 1];
	const size_t scope = strcspn(file, "."), part = task_part(file);
	struct pl_task_file content;

	/* Whoever asks knows that it is one, so that there is a scope and a name. */
	(void)pl_task_file_name_parse(file, NULL, digest);
	(void)snprintf(task, sizeof(task), "%.*s\\%.*s", (int)scope, file, (int)(part - scope - 2), file + scope + 1);
	if (pl_task_file_read(s->ctx, task, digest, &content) == PL_OK) {
		pl_draft_found(d, "%s", content.definition.name);
	} else {
		pl_draft_found(d, "%s", s->ctx->failure.message);
		if (d->grade != PL_GRADE_WRONG)
			pl_draft_fault(d, PL_GRADE_WRONG, PL_REGISTER_AGAIN);
		pl_ctx_forgive(s->ctx);
	}
	pl_task_file_clear(&content);
}

static void
survey_task_file(struct pl_survey *s, const char *file, const char *before)
{
	const size_t part = task_part(file);
	struct pl_draft d;
	struct stat st;
	char *path;

	if (asprintf(&path, PL_TASKS_DIR "/%s", file) < 0) {
		s->status = pl_fail_memory(s->ctx);
		return;
	}
	pl_draft_begin(&d, "TaskFile", path, "root:root 0644, one name, the definition that its name says");
	if (part == 0) {
		pl_draft_found(&d, "not a task file");
		pl_draft_fault(&d, PL_GRADE_WARNING, "nothing reads it: remove it");
	} else if (pl_draft_look(s, &d, &task_file, &st)) {
		read_task_file(s, &d, file);
	}
	if (part > 0 && before != NULL && task_part(before) == part && strncmp(file, before, part) == 0) {
		pl_draft_found(&d, "there is another file of this task");
		pl_draft_fault(&d, PL_GRADE_WARNING, "one is left over from a change that was cut short: "
		    "the next register-, set- or unregister-elevated-access-task removes it");
	}
	pl_draft_end(s, &d);
	free(path);
}

static void
survey_task_files(struct pl_survey *s, struct pl_draft *d)
{
	struct dirent **entries = NULL;
	int count = scandir(PL_TASKS_DIR, &entries, is_entry, by_task), i;

	if (count < 0)
		pl_draft_unseen(d);
	else
		pl_draft_found(d, "%d files", count);
	for (i = 0; i < count; i++) {
		survey_task_file(s, entries[i]->d_name, i > 0 ? entries[i - 1]->d_name : NULL);
		if (i > 0)
			free(entries[i - 1]);
	}
	if (count > 0)
		free(entries[count - 1]);
	free((void *)entries);
}

void
pl_survey_tasks(struct pl_survey *s)
{
	struct pl_draft d;
	struct stat st;

	pl_draft_begin(&d, "ConfigDirectory", PL_CONFIG_DIR, "root:root 0755, all directories above root's alone");
	if (pl_draft_look(s, &d, &config_directory, &st))
		pl_draft_trust(&d, "/etc", true);
	pl_draft_end(s, &d);
	pl_draft_begin(&d, "TasksDirectory", PL_TASKS_DIR, "root:root 0700");
	if (pl_draft_look(s, &d, &tasks_directory, &st))
		survey_task_files(s, &d);
	pl_draft_end(s, &d);
}
