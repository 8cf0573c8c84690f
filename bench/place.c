/* place.c - the databases that are measured, and which of them commands meet */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#define STATE "/var/lib/pam-lite"
#define LOG   "/var/log/pam-lite"

enum { SYNCS = 200, PAGE = 4096 };

static char *
join(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir, name) < 0 ? NULL : path;
}

static void
find(struct bench_place *p, char *dir, const char *missing)
{
	snprintf(p->db, sizeof(p->db), "%s/pam-lite.db", dir != NULL ? dir : "");
	p->dir = dir;
	if (dir == NULL || access(p->db, F_OK) != 0)
		p->missing = missing;
}

/* `memory`: the directory there; `system`: NULL, or why there is no installation. */
void
bench_places_find(struct bench *b, const char *memory, const char *system)
{
	struct bench_place *p = b->places;
	enum bench_at at;

	find(&p[BENCH_DISK], join(b->dir, "small"), "no database was made");
	find(&p[BENCH_MEMORY], memory != NULL ? join(memory, "small") : NULL, "there is no /dev/shm");
	find(&p[BENCH_LARGE], join(b->dir, "large"), "no database was made");
	find(&p[BENCH_PIPE], join(b->dir, "pipe"), "no database was made");
	find(&p[BENCH_SYSTEM], join(b->dir, "system"), "no database was made");
	find(&p[BENCH_SYSTEM_MEMORY], join(STATE, ""), "there is no installation");
	find(&p[BENCH_SYSTEM_LARGE], join(b->dir, "large"), "no database was made");
	p[BENCH_SYSTEM].log = join(b->dir, "system.log");
	p[BENCH_SYSTEM_LARGE].log = join(b->dir, "large.log");
	p[BENCH_SYSTEM].mounted = p[BENCH_SYSTEM_LARGE].mounted = true;
	for (at = BENCH_SYSTEM; at < BENCH_PLACES; at++) {
		p[at].system = true;
		if (system != NULL)
			p[at].missing = system;
		if (p[at].mounted)
			snprintf(p[at].db, sizeof(p[at].db), STATE "/pam-lite.db");
	}
	b->at = BENCH_SYSTEM_MEMORY;
}

/* The directory and what is in it, for who has to own it: us, or the database's account. */
static bool
give(const char *dir, uid_t uid, gid_t gid, mode_t mode)
{
	struct dirent *e;
	struct stat st;
	bool ok = true;
	DIR *d;

	if (stat(dir, &st) == 0 && st.st_uid == uid && (st.st_mode & 07777) == mode)
		return true;
	d = opendir(dir);
	while (ok && d != NULL && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			ok = fchownat(dirfd(d), e->d_name, uid, gid, AT_SYMLINK_NOFOLLOW) == 0;
	ok = ok && d != NULL && fchown(dirfd(d), uid, gid) == 0 && fchmod(dirfd(d), mode) == 0;
	if (d != NULL)
		closedir(d);
	return ok;
}

/* The system's database has one place, so that of the two that are compared one is put there and the other away. */
static bool
put_in_place(struct bench *b, enum bench_at at)
{
	const struct bench_place *p = &b->places[at];
	const struct passwd *account;

	if (b->at == at)
		return true;
	if (b->places[b->at].mounted && (umount2(STATE, MNT_DETACH) != 0 || umount2(LOG, MNT_DETACH) != 0))
		return false;
	b->at = BENCH_SYSTEM_MEMORY;
	if (p->mounted) {
		account = getpwnam("pamlite");
		if (account == NULL || !give(p->dir, account->pw_uid, account->pw_gid, 02700) ||
		    mount(p->dir, STATE, NULL, MS_BIND, NULL) != 0 || mount(p->log, LOG, NULL, MS_BIND, NULL) != 0)
			return false;
	}
	b->at = at;
	return true;
}

/* A request that alice can read, made the first time. */
static bool
ask(struct bench *b, enum bench_at at, char *note)
{
	static const char *const words[] = { "new-elevated-access-request", "Bench\\known", "-Reason", "to be read",
	    "-Parameter", "n={n}", "-o", "Id", NULL };
	const struct bench_command c = { "alice", words };
	struct bench_cost cost;

	if (!bench_start(b, &c, at, &cost, note))
		return false;
	memcpy(b->places[at].known, b->id, sizeof(b->id));
	return true;
}

bool
bench_enter(struct bench *b, enum bench_at at, char *note)
{
	struct bench_place *p = &b->places[at];

	if (p->missing != NULL) {
		snprintf(note, BENCH_NOTE_MAX, "%s", p->missing);
		return false;
	}
	if (p->system ? !put_in_place(b, at) : !give(p->dir, getuid(), getgid(), 0700)) {
		snprintf(note, BENCH_NOTE_MAX, "%s cannot be put in place: %s", p->dir, strerror(errno));
		return false;
	}
	return p->known[0] != '\0' || ask(b, at, note);
}

double
bench_sync_ms(const char *dir)
{
	static const char page[PAGE];
	double took[SYNCS], from;
	char *path = join(dir, "sync");
	int i, fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	bool ok = fd >= 0;

	for (i = 0; i < SYNCS && ok; i++) {
		ok = pwrite(fd, page, sizeof(page), (i % 8) * PAGE) == PAGE;
		from = bench_now_ms();
		ok = ok && fdatasync(fd) == 0;
		took[i] = bench_now_ms() - from;
	}
	if (fd >= 0) {
		close(fd);
		unlink(path);
	}
	free(path);
	return ok ? bench_median(took, SYNCS) : -1;
}
