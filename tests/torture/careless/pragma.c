/* pragma.c - linked around SQLite: it is as careless as $PRAGMA_JOURNAL and $PRAGMA_SYNCHRONOUS say */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

typedef int each_fn(void *, int, char **, char **);

/* By the linker's --wrap: the first name is what the library calls, the second is SQLite's. */
int __wrap_sqlite3_exec(sqlite3 *db, const char *sql, each_fn *each, void *arg, char **message);
int __real_sqlite3_exec(sqlite3 *db, const char *sql, each_fn *each, void *arg, char **message);
int __wrap_sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *vfs);
int __real_sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *vfs);

/* As the command begins with; nobody says anything else about it afterwards. */
int
__wrap_sqlite3_open_v2(const char *path, sqlite3 **db, int flags, const char *vfs)
{
	const char *synchronous = getenv("PRAGMA_SYNCHRONOUS");
	int rc = __real_sqlite3_open_v2(path, db, flags, vfs);
	char sql[80];

	snprintf(sql, sizeof(sql), "PRAGMA synchronous=%s", synchronous);
	return rc == SQLITE_OK && synchronous != NULL ? __real_sqlite3_exec(*db, sql, NULL, NULL, NULL) : rc;
}

int
__wrap_sqlite3_exec(sqlite3 *db, const char *sql, each_fn *each, void *arg, char **message)
{
	static const char ours[] = "journal_mode=TRUNCATE";
	const char *journal = getenv("PRAGMA_JOURNAL"), *found = strstr(sql, ours);
	char changed[400];

	if (journal == NULL || found == NULL)
		return __real_sqlite3_exec(db, sql, each, arg, message);
	snprintf(changed, sizeof(changed), "%.*sjournal_mode=%s%s", (int)(found - sql), sql, journal,
	    found + strlen(ours));
	return __real_sqlite3_exec(db, changed, each, arg, message);
}
