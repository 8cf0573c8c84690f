/* installation_mail.c - looking at an installation: does what is queued reach anybody? */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pamlite/place.h"
#include "pamlite/root_file.h"
#include "pamlite/trusted.h"

#include "core/installation_internal.h"

/* Units start the sender at once, a timer or cron every minute; one delivery may take its time. */
enum { QUEUE_OLD_S = 300 };

const struct pl_expected pl_setting_file = { S_IFREG, 0644, false, false, PL_REPAIR_SET };

/* Nothing is lost without one: what is queued waits for three days. */
static void
survey_mail_program(struct pl_survey *s)
{
	struct pl_draft d;

	pl_draft_begin(&d, "MailProgram", PL_SENDMAIL, "a program");
	if (access(PL_SENDMAIL, X_OK) == 0) {
		pl_draft_found(&d, "a program");
	} else {
		pl_draft_found(&d, "%s", errno == ENOENT ? "missing" : strerror(errno));
		pl_draft_fault(&d, PL_GRADE_WARNING,
		    "nobody is told by mail: install a mail system, as with apt-get install dma");
	}
	pl_draft_end(s, &d);
}

/* The file is there from the moment that something is queued until a sender looks. */
static void
survey_queue(struct pl_survey *s)
{
	struct timespec now;
	struct pl_draft d;
	struct stat st;

	pl_draft_begin(&d, "Queue", PL_QUEUE, "missing, or younger than a few minutes");
	clock_gettime(CLOCK_REALTIME, &now);
	if (lstat(PL_QUEUE, &st) == 0) {
		pl_draft_found(&d, "%lld seconds old", (long long)(now.tv_sec - st.st_mtim.tv_sec));
		if (now.tv_sec - st.st_mtim.tv_sec > QUEUE_OLD_S)
			pl_draft_fault(&d, PL_GRADE_WARNING, "nobody sends what is queued: systemctl enable "
			    "--now pam-lite-notify.path pam-lite-notify.timer, or cron (README, What runs by itself)");
	} else if (errno == ENOENT) {
		pl_draft_found(&d, "missing");
	} else {
		pl_draft_unseen(&d);
	}
	pl_draft_end(s, &d);
}

/* As the sender reads it, so that what is right here is run there. */
static void
look_at_command(struct pl_draft *d)
{
	struct pl_buf path, why;
	int fd = -1;

	pl_buf_init(&path);
	pl_buf_init(&why);
	if (pl_root_setting_read(d->object, &path, &why)) {
		pl_draft_found(d, "%s", path.text);
		fd = pl_trusted_open(path.text, O_PATH, &why);
	}
	if (fd < 0) {
		pl_draft_found(d, "%s", why.len > 0 ? why.text : strerror(errno));
		pl_draft_fault(d, PL_GRADE_WRONG, PL_SET_AGAIN);
	} else {
		close(fd);
	}
	pl_buf_clear(&path);
	pl_buf_clear(&why);
}

static void
survey_command(struct pl_survey *s)
{
	static const char path[] = PL_CONFIG_DIR "/" PL_NOTIFY_SETTING;
	struct pl_draft d;
	struct stat st;

	if (lstat(path, &st) != 0)
		return;
	pl_draft_begin(&d, "NotifyCommand", path,
	    "root:root 0644, one name, the path of a program that only root can change");
	if (pl_draft_look(s, &d, &pl_setting_file, &st) && d.grade != PL_GRADE_WRONG)
		look_at_command(&d);
	pl_draft_end(s, &d);
}

void
pl_survey_mail(struct pl_survey *s)
{
	survey_mail_program(s);
	survey_queue(s);
	survey_command(s);
}
