/* pty.c - a pseudo-terminal for the task, of its own account */

#include "run/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The machine's file system for them says whether the group tty may write to a terminal: that stays. */
static bool
give_to(int slave, const struct pl_run_account *account)
{
	struct stat st;

	return fstat(slave, &st) == 0 && fchown(slave, account->uid, (gid_t)-1) == 0 &&
	    fchmod(slave, (st.st_mode & 020) != 0 ? 0620 : 0600) == 0;
}

bool
pl_pty_open(struct pl_pty *p, const struct pl_run_account *account)
{
	int unlocked = 0, error;

	*p = (struct pl_pty){ .master = -1, .slave = -1 };
	p->master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (p->master >= 0 && ioctl(p->master, TIOCSPTLCK, &unlocked) == 0) {
		/* The other end of this very master, whatever lies at its name. */
		p->slave = ioctl(p->master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
		if (p->slave >= 0 && give_to(p->slave, account))
			return true;
	}
	error = errno;
	pl_pty_close(p);
	errno = error;
	return false;
}

void
pl_pty_close_slave(struct pl_pty *p)
{
	if (p->slave >= 0)
		close(p->slave);
	p->slave = -1;
}

void
pl_pty_close(struct pl_pty *p)
{
	pl_pty_close_slave(p);
	if (p->master >= 0)
		close(p->master);
	p->master = -1;
}
