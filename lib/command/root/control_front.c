/* control_front.c - root's side of the control's settings that stand in files of root's */

#include "control_front.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/place.h"
#include "pamlite/root_file.h"
#include "pamlite/run.h"

#include "command/front.h"
#include "root_directory.h"

/*
 * Links are followed here, once and by root, as for a task: whoever could change the program later could
 * forge decisions with it.
 */
enum pl_status
pl_control_root_settle(struct pl_ctx *ctx, char **value)
{
	struct pl_program program;
	enum pl_status st;
	char *path;

	if (*value == NULL || (*value)[0] != '/')
		return PL_OK;
	path = realpath(*value, NULL);
	if (path == NULL && errno == ENOMEM)
		return pl_fail_memory(ctx);
	if (path != NULL) {
		free(*value);
		*value = path;
	}
	st = pl_program_open_trusted(ctx, *value, NULL, &program);
	pl_program_clear(&program);
	if (st != PL_OK && ctx->failure.error == PL_ERR_PROGRAM_MISSING && strpbrk(*value, " \t") != NULL)
		return pl_hint(ctx, "it is a path alone, without arguments");
	return st;
}

/* What the value must be beside what the database's side demands, and as what it is kept. */
static const struct root_setting {
	const char *command, *parameter, *file;
	enum pl_status (*settle)(struct pl_ctx *ctx, char **value);
} settings[PL_ROOT_SETTINGS] = {
	[PL_ROOT_NOTIFY] = { "set-elevated-access-control", "NotifyCommand", PL_NOTIFY_SETTING,
	    pl_control_root_settle },
	[PL_ROOT_RETENTION] = { "set-elevated-access-control", "RecordingRetentionDays", PL_RETENTION_SETTING, NULL },
};

static bool
is_written(enum pl_root_setting setting, const char *value)
{
	struct pl_buf path, stored, why;
	bool same;

	pl_buf_init(&path);
	pl_buf_init(&stored);
	pl_buf_init(&why);
	pl_buf_printf(&path, "%s/%s", PL_CONFIG_DIR, settings[setting].file);
	same = !pl_buf_failed(&path) && pl_root_setting_read(path.text, &stored, &why) && !pl_buf_failed(&stored) &&
	    strcmp(stored.text, value) == 0;
	pl_buf_clear(&path);
	pl_buf_clear(&stored);
	pl_buf_clear(&why);
	return same;
}

enum pl_status
pl_control_root_write(struct pl_ctx *ctx, int directory, enum pl_root_setting setting, const char *value)
{
	if (is_written(setting, value) || pl_root_setting_write(directory, settings[setting].file, value))
		return PL_OK;
	(void)pl_fail(ctx, PL_ERR_DATABASE_IO, "%s is recorded, but %s/%s cannot be written: %s",
	    settings[setting].parameter, PL_CONFIG_DIR, settings[setting].file, strerror(errno));
	return pl_hint(ctx, "the file is what counts: type the command again");
}

bool
pl_control_front_is_meant(const struct pl_command *command)
{
	size_t i;

	for (i = 0; i < PL_ROOT_SETTINGS; i++)
		if (strcmp(command->name, settings[i].command) == 0)
			return true;
	return false;
}

/* Where the setting is given; NULL if it is not. */
static struct pl_slot *
given(const struct pl_session *s, const struct root_setting *setting)
{
	size_t i;

	for (i = 0; i < s->binding.own; i++)
		if (s->binding.slots[i].given && strcmp(s->binding.slots[i].param->name, setting->parameter) == 0)
			return strcmp(s->command->name, setting->command) == 0 ? &s->binding.slots[i] : NULL;
	return NULL;
}

static enum pl_status
settle(struct pl_session *s, size_t *count)
{
	enum pl_status st = PL_OK;
	size_t i;

	*count = 0;
	for (i = 0; i < PL_ROOT_SETTINGS && st == PL_OK; i++) {
		struct pl_slot *slot = given(s, &settings[i]);

		*count += slot != NULL;
		if (slot != NULL && settings[i].settle != NULL)
			st = settings[i].settle(&s->ctx, &slot->text);
	}
	return st;
}

static enum pl_status
write_files(struct pl_session *s, int directory)
{
	enum pl_status st = PL_OK;
	size_t i;

	for (i = 0; i < PL_ROOT_SETTINGS; i++) {
		const struct pl_slot *slot = given(s, &settings[i]);

		if (slot != NULL && pl_control_root_write(&s->ctx, directory, i, slot->text) != PL_OK)
			st = s->ctx.failure.status;
	}
	return st;
}

enum pl_status
pl_control_front_act(struct pl_session *s)
{
	enum pl_status st;
	int directory;
	size_t count;

	/* Whoever is not root has no file to write, and is told by the database's side what he may do without. */
	if (geteuid() != 0)
		return pl_front_act(s);
	st = settle(s, &count);
	if (st == PL_OK && count == 0)
		return pl_front_act(s);
	if (st == PL_OK)
		st = pl_front_ask(s);
	if (st == PL_OK && !s->exited)
		st = pl_root_directory_lock(&s->ctx, PL_CONFIG_DIR, PL_ROOT_DIRECTORY_WAIT_MS, &directory);
	if (st != PL_OK || s->exited) {
		pl_report_failure(s);
		return st;
	}
	st = pl_front_act(s);
	if (st == PL_OK && s->exit_status == 0 && !s->ctx.what_if) {
		st = write_files(s, directory);
		pl_report_failure(s);
	}
	close(directory);
	return st;
}
