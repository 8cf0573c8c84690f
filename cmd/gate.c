/* gate - setuid root: from the caller's process to a command as the account that owns the database, and nothing else */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pamlite/hygiene.h"
#include "pamlite/place.h"
#include "pamlite/status.h"

/*
 * usage: gate PARENT COMMAND WORD... with the caller's process id, one of the commands below,
 * and its arguments as the library's second phase takes them. Anybody may call it
 * with anything: what it starts has no more than the account's power, and reads
 * nothing from here but numbers that this file wrote.
 */
static const char *const commands[] = { PL_GATED };

/* The account is whoever owns the data directory, so that no name service is loaded as root. */
static void
find_account(uid_t *uid, gid_t *gid)
{
	struct stat dir;

	if (lstat(PL_STATE_DIR, &dir) != 0 || !S_ISDIR(dir.st_mode))
		pl_hygiene_fail(PL_E_CONFIG, "not installed: there is no " PL_STATE_DIR);
	/* Root's or a caller's directory here would make root or a caller the account. */
	if (dir.st_uid == 0 || dir.st_gid == 0 || (dir.st_mode & 07777) != 02700)
		pl_hygiene_fail(PL_E_CONFIG,
		    PL_STATE_DIR " has the wrong owner or mode: run test-elevated-access-installation");
	*uid = dir.st_uid;
	*gid = dir.st_gid;
}

/* The path of a command, if the name is one of the list: the caller chooses no path. */
static bool
find_command(const char *name, char path[PATH_MAX])
{
	size_t i;

	for (i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (strcmp(name, commands[i]) == 0)
			return snprintf(path, PATH_MAX, "%s/%s", pl_bin_dir, commands[i]) < PATH_MAX;
	return false;
}

int
main(int argc, char *argv[])
{
	struct pl_hygiene_caller caller;
	char command[PATH_MAX], identity[64];
	uid_t uid;
	gid_t gid;

	/* 1. pkexec took the environment for arguments when there were none (CVE-2021-4034); argv[0] is never used. */
	if (argc < 3 || argv[0] == NULL || argv[0][0] == '\0')
		pl_hygiene_fail(PL_E_USAGE, "this program is started by the commands");
	/* 2. A file of ours as the caller's descriptor 2, or one of the caller's as ours. */
	pl_hygiene_check(PL_E_OS, pl_hygiene_descriptors());
	/* 3. Who calls: said by the kernel, not by the environment or a descriptor's name. */
	pl_hygiene_check(PL_E_OS, pl_hygiene_caller(&caller));
	if (strtol(argv[1], NULL, 10) != caller.parent)
		pl_hygiene_fail(PL_E_OS, "the command that started this is gone");
	/* 4. A file that is not setuid any more, or where that means nothing. */
	pl_hygiene_check(PL_E_CONFIG, pl_hygiene_power());
	/* 5. and 6. What a caller left ignored, blocked, pending or ticking. */
	pl_hygiene_check(PL_E_OS, pl_hygiene_signals(false));
	pl_hygiene_timers();
	/* 7. Files that others can read; a directory that hangs, or holds what libraries look for. */
	pl_hygiene_check(PL_E_OS, pl_hygiene_place());
	/* 8. Limits that end a transaction in its middle; a priority that starves the others. */
	pl_hygiene_limits();
	pl_hygiene_scheduling();
	/* 9. The environment is not copied and not looked at: the command gets a new one. */
	if (!find_command(argv[2], command))
		pl_hygiene_fail(PL_E_USAGE, "no command of that name works on the system database");
	find_account(&uid, &gid);
	/* 10. No terminal of the caller's: no ^C, ^Z, hang-up or TIOCSTI reaches a commit. */
	if (setsid() < 0)
		pl_hygiene_fail(PL_E_OS, "a session cannot be begun");
	/* 11. and 12. None of the caller's groups, and no way back; the proof is in there. */
	pl_hygiene_check(PL_E_CONFIG, pl_hygiene_become(uid, gid, &gid, 1));
	/* 13. No later setuid program adds power; nobody reads memory or attaches before the command says so itself. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
		pl_hygiene_fail(PL_E_OS, "the process cannot be locked");
	/* 14. By its fixed path. The numbers are safe as text: whoever writes others is not the account. */
	if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
		pl_hygiene_fail(PL_E_OS, "descriptors cannot be closed");
	(void)snprintf(identity, sizeof identity, "--caller=%lu,%lu,%lu,%ld", (unsigned long)caller.uid,
	    (unsigned long)caller.login_uid, (unsigned long)caller.terminal, (long)caller.parent);
	argv[1] = command;
	argv[2] = identity;
	execve(command, argv + 1, pl_hygiene_environment);
	if (errno == E2BIG)
		pl_hygiene_fail(PL_E_USAGE, "the arguments are too long");
	pl_hygiene_fail(PL_E_CONFIG, "the command cannot be started: run test-elevated-access-installation");
}
