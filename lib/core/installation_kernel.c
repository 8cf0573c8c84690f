/* installation_kernel.c - looking at an installation: the kernel's settings, and the process that asks */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "pamlite/caller.h"
#include "pamlite/text.h"

#include "core/installation_internal.h"

/* A setting with the values that are good, and how bad the others are. */
static const struct setting {
	const char *name;        /* as for sysctl(8) */
	const char *path;
	const char *expected;
	const char *good[2];
	const char *set;         /* the value to advise */
	enum pl_grade grade;
} settings[] = {
	{ "fs.protected_symlinks", "/proc/sys/fs/protected_symlinks", "1: no links of others in shared directories",
	  { "1" }, "1", PL_GRADE_WARNING },
	{ "fs.protected_hardlinks", "/proc/sys/fs/protected_hardlinks", "1: no second names for files of others",
	  { "1" }, "1", PL_GRADE_WARNING },
	{ "fs.protected_fifos", "/proc/sys/fs/protected_fifos", "1 or 2: no FIFOs of others in shared directories",
	  { "1", "2" }, "2", PL_GRADE_WARNING },
	{ "fs.protected_regular", "/proc/sys/fs/protected_regular", "1 or 2: no files of others in shared directories",
	  { "1", "2" }, "2", PL_GRADE_WARNING },
	{ "fs.suid_dumpable", "/proc/sys/fs/suid_dumpable", "0 or 2: no core files of setuid programs for callers",
	  { "0", "2" }, "0", PL_GRADE_WRONG },
	{ "dev.tty.legacy_tiocsti", "/proc/sys/dev/tty/legacy_tiocsti", "0: no program types into its terminal",
	  { "0" }, "0", PL_GRADE_WARNING },
};

static void
survey_setting(struct pl_survey *s, const struct setting *e)
{
	struct pl_buf value;
	struct pl_draft d;

	pl_draft_begin(&d, "KernelSetting", e->name, e->expected);
	pl_buf_init(&value);
	if (!pl_survey_read(e->path, &value) && errno == ENOENT) {
		pl_draft_found(&d, "this kernel has no such setting");
		pl_draft_fault(&d, PL_GRADE_WARNING, "a newer kernel has it");
	} else if (value.len == 0) {
		pl_draft_unseen(&d);
	} else {
		pl_draft_found(&d, "%s", value.text);
		if (strcmp(value.text, e->good[0]) != 0 && (e->good[1] == NULL || strcmp(value.text, e->good[1]) != 0))
			pl_draft_fault(&d, e->grade, "echo %s = %s >>/etc/sysctl.d/60-pam-lite.conf; sysctl --system",
			    e->name, e->set);
	}
	pl_buf_clear(&value);
	pl_draft_end(s, &d);
}

void
pl_survey_kernel(struct pl_survey *s)
{
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		survey_setting(s, &settings[i]);
}

/* With no_new_privs a setuid program starts without its power. */
static void
survey_new_privileges(struct pl_survey *s)
{
	struct pl_draft d;

	pl_draft_begin(&d, "NewPrivileges", "this process", "no_new_privs is not set");
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) {
		pl_draft_found(&d, "no_new_privs is set: no command works on the system database from here");
		pl_draft_fault(&d, PL_GRADE_WARNING,
		    "call the commands from a session or unit without it (NoNewPrivileges=no, no bwrap or setpriv)");
	} else {
		pl_draft_found(&d, "not set");
	}
	pl_draft_end(s, &d);
}

/* The same where a debugger holds the process that starts it, unless it is root's. */
static void
survey_tracer(struct pl_survey *s)
{
	static const char key[] = "\nTracerPid:\t";
	const char *line = NULL;
	struct pl_buf status;
	struct pl_draft d;

	pl_draft_begin(&d, "Tracer", "this process", "it is not traced");
	pl_buf_init(&status);
	if (pl_survey_read("/proc/self/status", &status))
		line = strstr(status.text, key);
	if (line == NULL) {
		pl_draft_unseen(&d);
	} else if (strtol(line + sizeof(key) - 1, NULL, 10) != 0) {
		pl_draft_found(&d, "traced by process %ld", strtol(line + sizeof(key) - 1, NULL, 10));
		pl_draft_fault(&d, PL_GRADE_WARNING, "let go: only under root's debugger do commands have their power");
	} else {
		pl_draft_found(&d, "not traced");
	}
	pl_buf_clear(&status);
	pl_draft_end(s, &d);
}

bool
pl_uid_map_is_initial(const char *text)
{
	static const char *const words[] = { "0", "0", "4294967295" };
	size_t i, len;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		text += strspn(text, " \t");
		len = strcspn(text, " \t\n");
		if (len != strlen(words[i]) || memcmp(text, words[i], len) != 0)
			return false;
		text += len;
	}
	return text[strspn(text, " \t\n")] == '\0';
}

/* Everybody can make one, in which he is shown as root without being it. */
static void
survey_user_namespace(struct pl_survey *s)
{
	struct pl_draft d;
	struct pl_buf map;

	pl_draft_begin(&d, "UserNamespace", "this process", "the initial one");
	pl_buf_init(&map);
	if (!pl_survey_read("/proc/self/uid_map", &map) && errno == ENOENT) {
		pl_draft_found(&d, "this kernel has none");
	} else if (pl_buf_failed(&map)) {
		pl_draft_unseen(&d);
	} else if (pl_uid_map_is_initial(map.text)) {
		pl_draft_found(&d, "the initial one");
	} else {
		pl_draft_found(&d, "one of its own");
		pl_draft_fault(&d, PL_GRADE_WARNING,
		    "unless all of pam-lite is installed inside this container, call it from outside");
	}
	pl_buf_clear(&map);
	pl_draft_end(s, &d);
}

/* Whether others' processes are shown decides nothing here, but explains what get-elevated-access-execution knows. */
static void
survey_process_list(struct pl_survey *s)
{
	static const char key[] = " - proc ";
	const char *line, *end, *found, *option = NULL;
	struct pl_buf mounts;
	struct pl_draft d;
	size_t len = 0;

	pl_draft_begin(&d, "ProcessList", "/proc", "mounted; hidepid is fine");
	pl_buf_init(&mounts);
	(void)pl_survey_read("/proc/self/mountinfo", &mounts);
	for (line = mounts.text; *line != '\0' && option == NULL; line = end) {
		end = line + strcspn(line, "\n");
		found = strstr(line, key);
		if (found != NULL && found < end && (option = strstr(found, "hidepid=")) != NULL && option < end)
			len = strcspn(option, ",\n");
		else
			option = NULL;
		end += *end == '\n';
	}
	if (mounts.len == 0)
		pl_draft_unseen(&d);
	else if (option != NULL)
		pl_draft_found(&d, "%.*s", (int)len, option);
	else
		pl_draft_found(&d, "open to all");
	pl_buf_clear(&mounts);
	pl_draft_end(s, &d);
}

/* It is what tells one person under two accounts from two persons. */
static void
survey_login_uid(struct pl_survey *s)
{
	struct pl_buf text;
	struct pl_draft d;
	int64_t uid;

	pl_draft_begin(&d, "LoginUid", "this process", "set by the login");
	pl_buf_init(&text);
	if (!pl_survey_read("/proc/self/loginuid", &text) && errno != ENOENT) {
		pl_draft_unseen(&d);
	} else if (!pl_text_parse_int(text.text, text.len, &uid) || uid >= PL_LOGIN_UNSET) {
		pl_draft_found(&d, "%s", text.len > 0 ? "unset" : "this kernel has none");
		pl_draft_fault(&d, PL_GRADE_WARNING, "log in through PAM with pam_loginuid: without it one person with "
		    "two accounts (su) is taken for two");
	} else {
		pl_draft_found(&d, "%" PRId64, uid);
	}
	pl_buf_clear(&text);
	pl_draft_end(s, &d);
}

void
pl_survey_process(struct pl_survey *s)
{
	survey_new_privileges(s);
	survey_tracer(s);
	survey_user_namespace(s);
	survey_process_list(s);
	survey_login_uid(s);
}
