/* configuration_front.c - root's side of importing a configuration into the system database */

#include "configuration_front.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "pamlite/configuration_read.h"
#include "pamlite/configuration_write.h"
#include "pamlite/place.h"

#include "command/front.h"
#include "control_front.h"
#include "root_directory.h"
#include "task_change.h"

bool
pl_configuration_front_is_meant(const struct pl_command *command)
{
	return strcmp(command->name, "import-elevated-access-configuration") == 0;
}

/* The next task of the document that root keeps a file of, from the place *i; NULL at the end. */
static struct pl_configuration_task *
next_task(const struct pl_configuration *doc, size_t *i)
{
	struct pl_configuration_task *t;

	while (*i < doc->sections[PL_SECTION_TASKS].count) {
		t = pl_configuration_row(doc, PL_SECTION_TASKS, (*i)++);
		if (strcmp(t->task.type, "Task") == 0)
			return t;
	}
	return NULL;
}

static struct pl_task_spec
spec_of(const struct pl_task *t)
{
	return (struct pl_task_spec){ .name = t->name, .path = t->path, .arguments = t->arguments,
		.parameters = t->parameters, .run_as = t->run_as, .working_directory = t->working_directory,
		.environment = t->environment, .sha256 = t->sha256 };
}

static enum pl_status
settle_task(struct pl_ctx *ctx, struct pl_configuration_task *t)
{
	const struct pl_task_spec spec = spec_of(&t->task);
	struct pl_task_settled settled;
	enum pl_status st = pl_task_settle(ctx, &spec, NULL, &settled);

	if (st == PL_OK) {
		t->program = strdup(settled.definition.path);
		t->definition = strdup(settled.digest);
		if (t->program == NULL || t->definition == NULL)
			st = pl_fail_memory(ctx);
	}
	pl_task_settled_clear(&settled);
	return st;
}

/* What only root can say of a program, for every task: what does not change is checked as well. */
static enum pl_status
settle(struct pl_ctx *ctx, struct pl_configuration *doc)
{
	struct pl_configuration_task *t;
	enum pl_status st = PL_OK;
	size_t i = 0;

	while (st == PL_OK && (t = next_task(doc, &i)) != NULL)
		st = settle_task(ctx, t);
	if (st != PL_OK)
		return pl_fail_at(ctx, "%s[%zu]", pl_sections[PL_SECTION_TASKS].name, i - 1);
	if (doc->sections[PL_SECTION_CONTROL].count > 0) {
		struct pl_control *control = pl_configuration_row(doc, PL_SECTION_CONTROL, 0);

		st = pl_control_root_settle(ctx, &control->notify_command);
	}
	return st == PL_OK ? st : pl_fail_at(ctx, "%s.NotifyCommand", pl_sections[PL_SECTION_CONTROL].name);
}

/* In place of the file that was named: the document with what root knows of its tasks. */
static enum pl_status
hand_over(struct pl_session *s, const struct pl_configuration *doc)
{
	int fd = memfd_create("pam-lite", MFD_CLOEXEC);
	enum pl_status st;

	if (fd < 0)
		return pl_fail(&s->ctx, PL_ERR_OS_ERROR, "the document cannot be handed over: %s", strerror(errno));
	st = pl_configuration_write(&s->ctx, doc, true, fd);
	close(s->ctx.input_fd);
	s->ctx.input_fd = fd;
	if (st == PL_OK && lseek(fd, 0, SEEK_SET) != 0)
		st = pl_fail(&s->ctx, PL_ERR_OS_ERROR, "the document cannot be handed over: %s", strerror(errno));
	return st;
}

/* Would the database do it? Before that nothing is written. */
static enum pl_status
rehearse(struct pl_session *s)
{
	struct pl_words words = { 0 };
	enum pl_status st;

	pl_front_words(s, &words);
	pl_words_add(&words, "WhatIf", NULL);
	st = pl_front_rehearse(s, &words, s->ctx.input_fd, &s->exit_status);
	s->exited = st == PL_OK && s->exit_status != 0;
	if (st == PL_OK && lseek(s->ctx.input_fd, 0, SEEK_SET) != 0)
		st = pl_fail(&s->ctx, PL_ERR_OS_ERROR, "the document cannot be handed over: %s", strerror(errno));
	pl_words_clear(&words);
	return st;
}

/* A file that is there and whole stays as it is. */
static enum pl_status
put_file(struct pl_ctx *ctx, int directory, const struct pl_configuration_task *t, const char *file)
{
	const struct pl_task_spec spec = spec_of(&t->task);
	struct pl_definition definition;
	struct pl_task_file there;
	enum pl_status st;
	struct pl_buf text;
	bool existed;

	st = pl_task_file_read(ctx, t->task.name, t->definition, &there);
	pl_task_file_clear(&there);
	pl_ctx_forgive(ctx);
	if (st == PL_OK)
		return st;
	pl_task_merge(&spec, NULL, &definition);
	definition.called = strcmp(t->program, t->task.path) != 0 ? t->task.path : NULL;
	definition.path = t->program;
	pl_buf_init(&text);
	pl_definition_format(&definition, &text);
	st = pl_task_directory_put(ctx, directory, file, &text, &existed);
	pl_buf_clear(&text);
	return st;
}

/* `last` becomes the name of one of the files; "" if there is none. */
static enum pl_status
put_files(struct pl_session *s, int directory, const struct pl_configuration *doc,
    char last[PL_TASK_FILE_NAME_MAX + 1])
{
	const struct pl_configuration_task *t;
	enum pl_status st = PL_OK;
	size_t i = 0;

	last[0] = '\0';
	while (st == PL_OK && (t = next_task(doc, &i)) != NULL) {
		(void)pl_task_file_name(t->task.name, t->definition, last);
		st = put_file(&s->ctx, directory, t, last);
	}
	return st;
}

/* Files that the database does not refer to: old ones, or new ones that it has not accepted. */
static void
tidy(struct pl_session *s, int directory, const char *needed)
{
	const struct pl_failure failure = s->ctx.failure;
	struct pl_task_job job = { .session = s };

	pl_task_tidy(&job, directory, needed);
	s->ctx.failure = failure;
	pl_report_notes(s);
}

/* Under the lock of tasks.d; the same steps as for one task (task_change.h), each for all of them. */
static enum pl_status
change(struct pl_session *s, int directory, const struct pl_configuration *doc)
{
	char last[PL_TASK_FILE_NAME_MAX + 1];
	enum pl_status st = rehearse(s);
	bool done;

	if (st == PL_OK && !s->exited)
		st = put_files(s, directory, doc, last);
	if (st != PL_OK || s->exited) {
		pl_report_failure(s);
		return st;
	}
	st = pl_front_act(s);
	done = st == PL_OK && s->exit_status == 0;
	if (doc->sections[PL_SECTION_TASKS].given)
		tidy(s, directory, done && last[0] != '\0' ? last : NULL);
	return st;
}

static bool
says(const struct pl_configuration *doc, const char *property)
{
	const struct pl_noun *noun = pl_sections[PL_SECTION_CONTROL].noun;

	return (doc->control_given & 1U << (pl_column_find(noun, property) - noun->columns)) != 0;
}

/* As the database has recorded it; the file is what counts. */
static enum pl_status
write_settings(struct pl_session *s, int directory, const struct pl_configuration *doc)
{
	const struct pl_control *control = pl_configuration_row(doc, PL_SECTION_CONTROL, 0);
	const char *program = control->notify_command != NULL ? control->notify_command : "";
	enum pl_status st = PL_OK;
	char days[24] = "";

	if (control->recording_retention_days != PL_NULL)
		(void)snprintf(days, sizeof days, "%" PRId64, control->recording_retention_days);
	if (says(doc, "NotifyCommand"))
		st = pl_control_root_write(&s->ctx, directory, PL_ROOT_NOTIFY, program);
	if (st == PL_OK && says(doc, "RecordingRetentionDays"))
		st = pl_control_root_write(&s->ctx, directory, PL_ROOT_RETENTION, days);
	pl_report_failure(s);
	return st;
}

static enum pl_status
act(struct pl_session *s, const struct pl_configuration *doc)
{
	int settings = -1, tasks = -1;
	enum pl_status st;

	st = pl_root_directory_lock(&s->ctx, PL_CONFIG_DIR, PL_ROOT_DIRECTORY_WAIT_MS, &settings);
	if (st == PL_OK)
		st = pl_root_directory_lock(&s->ctx, PL_TASKS_DIR, PL_ROOT_DIRECTORY_WAIT_MS, &tasks);
	if (st == PL_OK)
		st = change(s, tasks, doc);
	else
		pl_report_failure(s);
	if (st == PL_OK && s->exit_status == 0 && doc->sections[PL_SECTION_CONTROL].count > 0)
		st = write_settings(s, settings, doc);
	if (tasks >= 0)
		close(tasks);
	if (settings >= 0)
		close(settings);
	return st;
}

enum pl_status
pl_configuration_front_act(struct pl_session *s)
{
	struct pl_configuration doc;
	enum pl_status st;

	/* Whoever is not root has no file to write, and is told by the database's side what he may do without. */
	if (geteuid() != 0)
		return pl_front_act(s);
	st = pl_configuration_read(&s->ctx, s->ctx.input_fd, &doc);
	if (st == PL_OK)
		st = settle(&s->ctx, &doc);
	if (st == PL_OK)
		st = hand_over(s, &doc);
	if (st == PL_OK)
		st = pl_front_ask(s);
	if (st != PL_OK || s->exited)
		pl_report_failure(s);
	else
		st = s->ctx.what_if ? pl_front_act(s) : act(s, &doc);
	pl_configuration_clear(&doc);
	return st;
}
