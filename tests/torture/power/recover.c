/* recover.c - a file system in memory of two files, in which SQLite plays back a journal */

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sqlite3.h>

#include "power.h"

static struct bytes *files[2];   /* the database and its journal */

struct open_file {
	sqlite3_file base;
	struct bytes *bytes;
};

static struct bytes *
file_of(const char *name)
{
	return strcmp(name, "/db") == 0 ? files[0] : strcmp(name, "/db-journal") == 0 ? files[1] : NULL;
}

static struct bytes *
bytes_of(sqlite3_file *file)
{
	return ((struct open_file *)(void *)file)->bytes;
}

static int
file_close(sqlite3_file *file)
{
	(void)file;
	return SQLITE_OK;
}

static int
file_read(sqlite3_file *file, void *to, int n, sqlite3_int64 at)
{
	const struct bytes *b = bytes_of(file);
	size_t want = (size_t)n, there = (size_t)at < b->len ? b->len - (size_t)at : 0;

	if (there > want)
		there = want;
	if (there > 0)
		memcpy(to, b->at + at, there);
	memset((char *)to + there, 0, want - there);
	return there == want ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

static int
file_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 at)
{
	bytes_write(bytes_of(file), (size_t)at, from, (size_t)n);
	return SQLITE_OK;
}

static int
file_truncate(sqlite3_file *file, sqlite3_int64 len)
{
	bytes_cut(bytes_of(file), (size_t)len);
	return SQLITE_OK;
}

static int
file_size(sqlite3_file *file, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)bytes_of(file)->len;
	return SQLITE_OK;
}

/* Nobody else is there, and what is in memory is as durable as it will get. */
static int
file_nothing(sqlite3_file *file, int arg)
{
	(void)file, (void)arg;
	return SQLITE_OK;
}

static int
file_is_reserved(sqlite3_file *file, int *out)
{
	(void)file;
	*out = 0;
	return SQLITE_OK;
}

static int
file_control(sqlite3_file *file, int op, void *arg)
{
	(void)file, (void)op, (void)arg;
	return SQLITE_NOTFOUND;
}

static int
file_sector(sqlite3_file *file)
{
	(void)file;
	return SECTOR;
}

static int
file_traits(sqlite3_file *file)
{
	(void)file;
	return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1, .xClose = file_close, .xRead = file_read, .xWrite = file_write, .xTruncate = file_truncate,
	.xSync = file_nothing, .xFileSize = file_size, .xLock = file_nothing, .xUnlock = file_nothing,
	.xCheckReservedLock = file_is_reserved, .xFileControl = file_control, .xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
};

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	struct open_file *f = (struct open_file *)(void *)file;

	(void)vfs;
	f->base.pMethods = NULL;
	f->bytes = name != NULL ? file_of(name) : NULL;
	if (f->bytes == NULL || (!f->bytes->there && (flags & SQLITE_OPEN_CREATE) == 0))
		return SQLITE_CANTOPEN;
	f->bytes->there = true;
	f->base.pMethods = &methods;
	if (out_flags != NULL)
		*out_flags = flags;
	return SQLITE_OK;
}

static int
vfs_delete(sqlite3_vfs *vfs, const char *name, int durable)
{
	struct bytes *b = file_of(name);

	(void)vfs, (void)durable;
	if (b == NULL || !b->there)
		return SQLITE_IOERR_DELETE_NOENT;
	b->there = false;
	b->len = 0;
	return SQLITE_OK;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	const struct bytes *b = file_of(name);

	(void)vfs, (void)flags;
	*out = b != NULL && b->there;
	return SQLITE_OK;
}

static int
vfs_full_path(sqlite3_vfs *vfs, const char *name, int size, char *out)
{
	(void)vfs;
	sqlite3_snprintf(size, out, "%s", name);
	return SQLITE_OK;
}

static int
vfs_randomness(sqlite3_vfs *vfs, int size, char *out)
{
	(void)vfs;
	memset(out, 1, (size_t)size);
	return size;
}

static int
vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
	(void)vfs;
	return microseconds;
}

static int
vfs_time(sqlite3_vfs *vfs, double *out)
{
	(void)vfs;
	*out = (double)time(NULL) / 86400 + 2440587.5;
	return SQLITE_OK;
}

static sqlite3_vfs vfs = {
	.iVersion = 1, .szOsFile = sizeof(struct open_file), .mxPathname = 64, .zName = "power", .xOpen = vfs_open,
	.xDelete = vfs_delete, .xAccess = vfs_access, .xFullPathname = vfs_full_path, .xRandomness = vfs_randomness,
	.xSleep = vfs_sleep, .xCurrentTime = vfs_time,
};

int
recover(struct bytes *db, struct bytes *journal)
{
	sqlite3 *connection = NULL;
	int rc;

	files[0] = db;
	files[1] = journal;
	if (sqlite3_vfs_find(vfs.zName) == NULL && sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
		stop("sqlite", "takes no file system");
	rc = sqlite3_open_v2("/db", &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	    vfs.zName);
	/* To read anything begins with a look for a hot journal. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(connection, "PRAGMA user_version", NULL, NULL, NULL);
	sqlite3_close(connection);
	return rc;
}
