/* health_host.c - what lies beside the database, for monitoring: free space, root's notes, the maintenance's trace */

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "pamlite/end.h"
#include "pamlite/maintenance.h"
#include "pamlite/place.h"
#include "pamlite/statement.h"
#include "pamlite/store.h"
#include "pamlite/text.h"
#include "pamlite/uuid.h"

#include "model/health_internal.h"

/* So many are looked at, and no more. */
enum { NOTES_MAX = 1000 };

/* Root's file stays when the maintenance has put down what it says. */
static enum pl_status
is_recorded(struct pl_ctx *ctx, const char *execution, bool *out)
{
	struct pl_stmt q;

	pl_stmt_open(&q, ctx, "SELECT 1 FROM execution WHERE id = :id AND ended_at IS NOT NULL");
	pl_stmt_bind_text(&q, ":id", execution);
	*out = pl_stmt_step(&q);
	return pl_stmt_close(&q);
}

static enum pl_status
count_notes(struct pl_ctx *ctx, DIR *dir, struct pl_health_report *report)
{
	const struct dirent *entry;
	enum pl_status st = PL_OK;
	char first[PL_ID_LEN + 1] = "";
	int64_t count = 0;
	bool recorded;
	int seen = 0;

	while (st == PL_OK && seen < NOTES_MAX && (entry = readdir(dir)) != NULL) {
		const char *id = entry->d_name + sizeof(PL_END_PREFIX) - 1;

		if (strncmp(entry->d_name, PL_END_PREFIX, sizeof(PL_END_PREFIX) - 1) != 0 || !pl_uuid_is_valid(id))
			continue;
		seen++;
		st = is_recorded(ctx, id, &recorded);
		if (st == PL_OK && !recorded && count++ == 0)
			(void)snprintf(first, sizeof(first), "%s", id);
	}
	if (st == PL_OK && count > 0)
		pl_health_say(report, PL_HEALTH_UNRECORDED, count,
		    "the end of run %s is in " PL_LOG_DIR " alone: the maintenance has to record it", first);
	else if (st == PL_OK)
		pl_health_say(report, PL_HEALTH_UNRECORDED, 0, "the database has the end of each run");
	return st;
}

enum pl_status
pl_health_look_at_notes(struct pl_ctx *ctx, struct pl_health_report *report)
{
	enum pl_status st;
	DIR *dir;

	if (!pl_store_is_system(ctx))
		return PL_OK;
	dir = opendir(PL_LOG_DIR);
	if (dir == NULL) {
		pl_health_say(report, PL_HEALTH_UNRECORDED, PL_NULL, "%s cannot be read: %s", PL_LOG_DIR,
		    strerror(errno));
		return PL_OK;
	}
	st = count_notes(ctx, dir, report);
	closedir(dir);
	return st;
}

/* Of what an ordinary account may still use, though root may have more. `bytes` and the check behind it, in percent. */
static void
look_at_space(struct pl_health_report *report, enum pl_health_check bytes, const char *dir)
{
	struct statvfs fs;

	if (statvfs(dir, &fs) != 0 || fs.f_blocks == 0) {
		pl_health_say(report, bytes, PL_NULL, "the free space of %s is not known", dir);
		return;
	}
	pl_health_say(report, bytes, (int64_t)fs.f_bavail * (int64_t)fs.f_frsize, "free below %s: %" PRId64 " MiB", dir,
	    (int64_t)fs.f_bavail * (int64_t)fs.f_frsize >> 20);
	pl_health_say(report, bytes + 1, (int64_t)fs.f_bavail * 100 / (int64_t)fs.f_blocks,
	    "free below %s: %" PRId64 " %%", dir, (int64_t)fs.f_bavail * 100 / (int64_t)fs.f_blocks);
}

/* On a private database nobody is bound to start it; where somebody has begun to, it is expected. */
static void
look_at_maintenance(struct pl_ctx *ctx, struct pl_health_report *report)
{
	const int64_t done_at = pl_store_work_done_at(ctx, PL_MAINTENANCE_WORK);
	const int64_t ago_s = done_at != PL_NULL && ctx->clock.now > done_at ? ctx->clock.now - done_at : 0;

	if (done_at != PL_NULL)
		pl_health_say(report, PL_HEALTH_MAINTENANCE_AGE, ago_s,
		    "the last maintenance was %" PRId64 " seconds ago", ago_s);
	else if (pl_store_is_system(ctx))
		pl_health_say(report, PL_HEALTH_MAINTENANCE_AGE, PL_NULL,
		    "there was no maintenance yet: switch on pam-lite-maintenance.timer, or cron");
}

void
pl_health_look_at_host(struct pl_ctx *ctx, struct pl_health_report *report)
{
	const char *path = pl_store_path(ctx), *slash = strrchr(path, '/');
	char dir[PL_PATH_MAX + 1];

	(void)snprintf(dir, sizeof(dir), "%.*s", slash != NULL && slash > path ? (int)(slash - path) : 1, path);
	look_at_maintenance(ctx, report);
	look_at_space(report, PL_HEALTH_DATABASE_FREE, dir);
	if (pl_store_is_system(ctx))
		look_at_space(report, PL_HEALTH_LOG_FREE, PL_LOG_DIR);
}
