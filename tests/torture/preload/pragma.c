/* pragma.c - preloaded into a command: SQLite is as careless as $PRAGMA_JOURNAL and $PRAGMA_SYNCHRONOUS say */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int exec_fn(void *db, const char *sql, void *each, void *arg, char **message);
typedef int open_fn(const char *path, void **db, int flags, const char *vfs);

int sqlite3_exec(void *db, const char *sql, void *each, void *arg, char **message);
int sqlite3_open_v2(const char *path, void **db, int flags, const char *vfs);

/* As the command begins with; what it says afterwards about anything else is left as it is. */
int
sqlite3_open_v2(const char *path, void **db, int flags, const char *vfs)
{
	const char *synchronous = getenv("PRAGMA_SYNCHRONOUS");
	open_fn *next;
	char sql[80];
	int rc;

	*(void **)&next = dlsym(RTLD_NEXT, "sqlite3_open_v2");
	rc = next(path, db, flags, vfs);
	snprintf(sql, sizeof(sql), "PRAGMA synchronous=%s", synchronous);
	return rc == 0 && synchronous != NULL ? sqlite3_exec(*db, sql, NULL, NULL, NULL) : rc;
}

int
sqlite3_exec(void *db, const char *sql, void *each, void *arg, char **message)
{
	static const char ours[] = "journal_mode=TRUNCATE";
	const char *journal = getenv("PRAGMA_JOURNAL"), *found = strstr(sql, ours);
	char changed[200];
	exec_fn *next;

	*(void **)&next = dlsym(RTLD_NEXT, "sqlite3_exec");
	if (journal == NULL || found == NULL)
		return next(db, sql, each, arg, message);
	snprintf(changed, sizeof(changed), "%.*sjournal_mode=%s%s", (int)(found - sql), sql, journal,
	    found + strlen(ours));
	return next(db, changed, each, arg, message);
}
