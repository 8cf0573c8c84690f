/* installation_internal.h - what the files that look at an installation share */
#ifndef PAMLITE_CORE_INSTALLATION_INTERNAL_H
#define PAMLITE_CORE_INSTALLATION_INTERNAL_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "pamlite/buffer.h"
#include "pamlite/context.h"
#include "pamlite/row.h"

enum pl_grade { PL_GRADE_OK, PL_GRADE_WARNING, PL_GRADE_WRONG };

/* One look at everything. Sticky: after a failure nothing more is told. */
struct pl_survey {
	struct pl_ctx *ctx;
	pl_row_fn *take;
	void *arg;
	enum pl_status status;
	int checks, wrong;
	bool has_account;
	uid_t uid;               /* of PL_SERVICE_ACCOUNT, if has_account */
	gid_t gid;
};

/* A finding under way. It gets worse with every fault that is found; `check`, `object` and `expected` are borrowed. */
struct pl_draft {
	const char *check, *object, *expected;
	enum pl_grade grade;
	struct pl_buf found, advice;
};
void pl_draft_begin(struct pl_draft *d, const char *check, const char *object, const char *expected);
void pl_draft_found(struct pl_draft *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* At least as bad as `grade`; `fmt` is what to do about it. */
void pl_draft_fault(struct pl_draft *d, enum pl_grade grade, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* It could not be looked at, for the reason in errno. */
void pl_draft_unseen(struct pl_draft *d);
/* Tell it and clear it; clear it alone. */
void pl_draft_end(struct pl_survey *s, struct pl_draft *d);
void pl_draft_clear(struct pl_draft *d);

/* How a file is set right: by itself, by setup, or made anew, since it has power and others could have changed it. */
enum pl_repair { PL_REPAIR_FILE, PL_REPAIR_SETUP, PL_REPAIR_INSTALL, PL_REPAIR_REGISTER,
	PL_REPAIR_SET };

#define PL_SET_AGAIN "set it again with set-elevated-access-control, as root"
#define PL_REGISTER_AGAIN "unregister-elevated-access-task and register-elevated-access-task, as root"

/* What a file or directory has to be. */
struct pl_expected {
	mode_t type;             /* S_IFREG or S_IFDIR */
	mode_t mode;
	bool users, groups;      /* owner, group: of PL_SERVICE_ACCOUNT, not of root */
	enum pl_repair repair;
};
/*
 * Type, owner, group, mode, number of names of d->object. False if there is no such thing, so
 * that there is nothing more to look at. *st is zeroed then.
 */
bool pl_draft_look(const struct pl_survey *s, struct pl_draft *d, const struct pl_expected *e, struct stat *st);
/* Nobody but root can put something else in the place of `path` (a file, or with `directory` one of these). */
void pl_draft_trust(struct pl_draft *d, const char *path, bool directory);

/* A setting of the host that root has made: root:root 0644. */
extern const struct pl_expected pl_setting_file;

/* The parts, in their order. */
void pl_survey_programs(struct pl_survey *s);
void pl_survey_account(struct pl_survey *s);      /* learns uid and gid */
void pl_survey_data(struct pl_survey *s);
void pl_survey_tasks(struct pl_survey *s);
void pl_survey_mail(struct pl_survey *s);
void pl_survey_log(struct pl_survey *s);
void pl_survey_kernel(struct pl_survey *s);
void pl_survey_process(struct pl_survey *s);

/* The parts of these that a test can point at places of its own. */
void pl_survey_database(struct pl_survey *s, const char *path);
/* True if the journal had content while the lock could be had: nobody was at work, so somebody left it. */
bool pl_survey_lock(struct pl_survey *s, const char *path, const char *journal, int patience_ms);
bool pl_shell_is_login(const char *shell);
bool pl_uid_map_is_initial(const char *text);

/* The process that holds the flock of that file by the text of /proc/locks; 0 = none. *waiting: how many want it. */
pid_t pl_locks_holder(const char *text, dev_t dev, ino_t ino, int *waiting);

/* A file of the kernel's as text, without the newline at its end; false with errno. */
bool pl_survey_read(const char *path, struct pl_buf *out);

#endif
