/* installation_account.c - looking at an installation: the account that owns the database and nothing else */

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pamlite/place.h"

#include "core/installation_internal.h"

enum { GROUPS_SHOWN = 16 };

bool
pl_shell_is_login(const char *shell)
{
	const char *base = strrchr(shell, '/');

	/* An empty field means /bin/sh. */
	return base == NULL || (strcmp(base, "/nologin") != 0 && strcmp(base, "/false") != 0);
}

/* Whoever is in its group could read what is the group's: the log that is kept as a witness. */
static void
look_at_group(struct pl_draft *d, gid_t gid)
{
	const struct group *group = getgrgid(gid);

	if (group == NULL || strcmp(group->gr_name, PL_SERVICE_ACCOUNT) != 0) {
		pl_draft_found(d, "its group is not " PL_SERVICE_ACCOUNT);
		pl_draft_fault(d, PL_GRADE_WRONG, "groupadd --system " PL_SERVICE_ACCOUNT
		    "; usermod -g " PL_SERVICE_ACCOUNT " " PL_SERVICE_ACCOUNT);
		return;
	}
	for (char **member = group->gr_mem; *member != NULL; member++) {
		if (strcmp(*member, PL_SERVICE_ACCOUNT) == 0)
			continue;
		pl_draft_found(d, "%s is in its group", *member);
		pl_draft_fault(d, PL_GRADE_WRONG, "gpasswd -d %s " PL_SERVICE_ACCOUNT, *member);
	}
}

/* Every group that it is in gives an intruder who has become it something more. */
static void
look_at_groups(struct pl_draft *d, gid_t gid)
{
	gid_t groups[GROUPS_SHOWN];
	int count = GROUPS_SHOWN, i;

	if (getgrouplist(PL_SERVICE_ACCOUNT, gid, groups, &count) < 0)
		count = GROUPS_SHOWN;
	for (i = 0; i < count; i++) {
		const struct group *group = groups[i] != gid ? getgrgid(groups[i]) : NULL;

		if (group == NULL)
			continue;
		pl_draft_found(d, "in the group %s too", group->gr_name);
		pl_draft_fault(d, PL_GRADE_WRONG, "gpasswd -d " PL_SERVICE_ACCOUNT " %s", group->gr_name);
	}
}

/* Another name for the same ids is another way in. */
static void
look_at_others(struct pl_draft *d, uid_t uid, gid_t gid)
{
	const struct passwd *pw;

	setpwent();
	while ((pw = getpwent()) != NULL) {
		if (strcmp(pw->pw_name, PL_SERVICE_ACCOUNT) == 0 || (pw->pw_uid != uid && pw->pw_gid != gid))
			continue;
		pl_draft_found(d, "%s has its %s", pw->pw_name, pw->pw_uid == uid ? "user id" : "group");
		pl_draft_fault(d, PL_GRADE_WRONG, "give %s a %s of its own with usermod", pw->pw_name,
		    pw->pw_uid == uid ? "user id" : "group");
	}
	endpwent();
}

/* Only root can see it. */
static void
look_at_password(struct pl_draft *d)
{
	const struct spwd *shadow;

	if (geteuid() != 0)
		return;
	errno = 0;
	shadow = getspnam(PL_SERVICE_ACCOUNT);
	if (shadow != NULL && shadow->sp_pwdp[0] != '!' && shadow->sp_pwdp[0] != '*') {
		pl_draft_found(d, shadow->sp_pwdp[0] == '\0' ? "an empty password" : "a password");
		pl_draft_fault(d, PL_GRADE_WRONG, "passwd -l " PL_SERVICE_ACCOUNT);
	}
}

static void
look_at_account(struct pl_survey *s, struct pl_draft *d, const struct passwd *pw)
{
	const uid_t uid = pw->pw_uid;
	const gid_t gid = pw->pw_gid;

	pl_draft_found(d, "uid %lu, gid %lu, %s", (unsigned long)uid, (unsigned long)gid, pw->pw_shell);
	if (uid == 0 || gid == 0)
		pl_draft_fault(d, PL_GRADE_WRONG, "find out who made it root; remove it, then %s/setup",
		    pl_libexec_dir);
	else {
		s->has_account = true;
		s->uid = uid;
		s->gid = gid;
	}
	if (pl_shell_is_login(pw->pw_shell))
		pl_draft_fault(d, PL_GRADE_WRONG, "usermod -s /usr/sbin/nologin " PL_SERVICE_ACCOUNT);
	look_at_group(d, gid);
	look_at_groups(d, gid);
	look_at_others(d, uid, gid);
	look_at_password(d);
}

void
pl_survey_account(struct pl_survey *s)
{
	const struct passwd *pw;
	struct pl_draft d;

	pl_draft_begin(&d, "Account", PL_SERVICE_ACCOUNT,
	    "a system account with a group of its own, no shell, no password, no other group, no member in its group");
	errno = 0;
	pw = getpwnam(PL_SERVICE_ACCOUNT);
	if (pw != NULL) {
		look_at_account(s, &d, pw);
	} else {
		pl_draft_found(&d, "missing");
		pl_draft_fault(&d, PL_GRADE_WRONG, "%s/setup", pl_libexec_dir);
	}
	pl_draft_end(s, &d);
}
