/* disk.c - a disk that loses what nobody has synced: what is durable, what is pending, and what a crash leaves */

#include <stdlib.h>
#include <string.h>

#include "power.h"

/* A write or a truncation that is not durable; of the latter there are no data. */
struct pending {
	size_t offset, len;
	const unsigned char *data;
};

struct inode {
	struct bytes durable, live;
	struct pending *pending;
	size_t count, room;
};

/* NULL: there is no file of that name. */
struct name {
	const char *path;
	struct inode *durable, *live;
};

/* One step of a directory: so many names change together, as in a rename. */
struct change {
	const char *path[2];
	struct inode *inode[2];
};

struct directory {
	const char *path;
	struct change *pending;
	size_t count, room;
};

struct disk {
	struct name *names;
	size_t count, room;
	struct directory directories[PLACES];
};

struct disk *
disk_new(const char *const *places)
{
	struct disk *disk = must_have(calloc(1, sizeof(*disk)));
	size_t i;

	for (i = 0; places[i] != NULL; i++)
		disk->directories[i].path = places[i];
	return disk;
}

static struct name *
find_name(const struct disk *disk, const char *path)
{
	size_t i;

	for (i = 0; i < disk->count; i++)
		if (strcmp(disk->names[i].path, path) == 0)
			return &disk->names[i];
	return NULL;
}

static struct name *
name_of(struct disk *disk, const char *path)
{
	struct name *found = find_name(disk, path);

	if (found != NULL)
		return found;
	if (disk->count == disk->room) {
		disk->room = disk->room * 2 + 16;
		disk->names = must_have(realloc(disk->names, disk->room * sizeof(*disk->names)));
	}
	disk->names[disk->count] = (struct name){ .path = must_have(strdup(path)) };
	return &disk->names[disk->count++];
}

static size_t
directory_of(const struct disk *disk, const char *path)
{
	size_t i, len = (size_t)(strrchr(path, '/') - path);

	for (i = 0; i < PLACES && disk->directories[i].path != NULL; i++)
		if (strncmp(disk->directories[i].path, path, len) == 0 && disk->directories[i].path[len] == '\0')
			return i;
	stop(path, "is in no directory that is watched");
}

void
disk_add(struct disk *disk, const char *path, const struct bytes *content)
{
	struct name *name = name_of(disk, path);

	name->durable = name->live = must_have(calloc(1, sizeof(*name->live)));
	bytes_set(&name->live->durable, content->at, content->len);
	bytes_set(&name->live->live, content->at, content->len);
}

static void
change_names(struct disk *disk, const struct change *change)
{
	struct directory *dir = &disk->directories[directory_of(disk, change->path[0])];
	size_t i;

	if (dir->count == dir->room) {
		dir->room = dir->room * 2 + 16;
		dir->pending = must_have(realloc(dir->pending, dir->room * sizeof(*dir->pending)));
	}
	dir->pending[dir->count++] = *change;
	for (i = 0; i < 2 && change->path[i] != NULL; i++)
		name_of(disk, change->path[i])->live = change->inode[i];
}

static void
create(struct disk *disk, const char *path)
{
	struct change change = { .path = { path } };

	if (disk_live(disk, path) != NULL)
		return;
	change.inode[0] = must_have(calloc(1, sizeof(*change.inode[0])));
	bytes_cut(&change.inode[0]->durable, 0);
	bytes_cut(&change.inode[0]->live, 0);
	change_names(disk, &change);
}

static void
add_pending(struct inode *inode, struct pending what)
{
	if (inode->count == inode->room) {
		inode->room = inode->room * 2 + 64;
		inode->pending = must_have(realloc(inode->pending, inode->room * sizeof(*inode->pending)));
	}
	inode->pending[inode->count++] = what;
	if (what.data != NULL)
		bytes_write(&inode->live, what.offset, what.data, what.len);
	else
		bytes_cut(&inode->live, what.len);
}

/* fsync and fdatasync are alike here: the second keeps a file's length too. */
static void
sync_name(struct disk *disk, const char *path)
{
	struct name *name = find_name(disk, path);
	struct directory *dir = NULL;
	size_t i, k;

	for (i = 0; i < PLACES && disk->directories[i].path != NULL; i++)
		if (strcmp(disk->directories[i].path, path) == 0)
			dir = &disk->directories[i];
	if (dir != NULL) {
		for (i = 0; i < dir->count; i++)
			for (k = 0; k < 2 && dir->pending[i].path[k] != NULL; k++)
				name_of(disk, dir->pending[i].path[k])->durable = dir->pending[i].inode[k];
		dir->count = 0;
	} else if (name != NULL && name->live != NULL) {
		bytes_set(&name->live->durable, name->live->live.at, name->live->live.len);
		name->live->count = 0;
	}
}

void
disk_apply(struct disk *disk, const struct op *op)
{
	struct change change = { .path = { op->path, op->to } };
	struct inode *inode;
	struct name *name;

	if (op->kind == OP_SAID || op->kind == OP_ENDED)
		return;
	name = find_name(disk, op->path);
	inode = name != NULL ? name->live : NULL;
	switch (op->kind) {
	case OP_CREATE:
		create(disk, op->path);
		break;
	case OP_WRITE:
		if (inode == NULL)
			stop(op->path, "is written to (line %ld), but was never opened", op->line);
		add_pending(inode, (struct pending){ op->offset >= 0 ? (size_t)op->offset : inode->live.len, op->len,
		    op->data });
		break;
	case OP_EMPTY:
	case OP_TRUNCATE:
		if (inode != NULL && inode->live.len != op->len)
			add_pending(inode, (struct pending){ 0, op->len, NULL });
		break;
	case OP_SYNC:
		sync_name(disk, op->path);
		break;
	case OP_RENAME:
		change.inode[1] = inode;
		change_names(disk, &change);
		break;
	case OP_UNLINK:
		change_names(disk, &change);
		break;
	case OP_SAID:
	case OP_ENDED:
		break;
	}
}

const struct bytes *
disk_live(const struct disk *disk, const char *path)
{
	const struct name *name = find_name(disk, path);

	return name != NULL && name->live != NULL ? &name->live->live : NULL;
}

bool
disk_is_settled(const struct disk *disk)
{
	size_t i;

	for (i = 0; i < PLACES; i++)
		if (disk->directories[i].count > 0)
			return false;
	for (i = 0; i < disk->count; i++)
		if (disk->names[i].live != NULL && disk->names[i].live->count > 0)
			return false;
	return true;
}

/* splitmix64 */
uint64_t
crash_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void
crash_begin(struct crash *crash, const struct disk *disk, enum crash_mode mode, uint64_t seed)
{
	size_t i, count;

	*crash = (struct crash){ .mode = mode, .seed = seed };
	for (i = 0; i < PLACES; i++) {
		count = disk->directories[i].count;
		crash->names[i] = mode == CRASH_NOTHING ? 0 : mode == CRASH_EVERYTHING ? count
		    : (size_t)(crash_random(&crash->seed) % (count + 1));
	}
}

static const struct inode *
left_inode(const struct crash *crash, const struct disk *disk, const char *path)
{
	const struct name *name = find_name(disk, path);
	const struct inode *found = name != NULL ? name->durable : NULL;
	size_t at = directory_of(disk, path), i, k;
	const struct change *change;

	for (i = 0; i < crash->names[at]; i++) {
		change = &disk->directories[at].pending[i];
		for (k = 0; k < 2 && change->path[k] != NULL; k++)
			if (strcmp(change->path[k], path) == 0)
				found = change->inode[k];
	}
	return found;
}

/* Sector by sector, each at a place of its own on the disk. */
static void
tear(struct crash *crash, const struct pending *p, struct bytes *out)
{
	size_t at = 0, len;

	for (; at < p->len; at += len) {
		len = SECTOR - (p->offset + at) % SECTOR;
		if (len > p->len - at)
			len = p->len - at;
		if (crash_random(&crash->seed) % 2 == 0)
			bytes_write(out, p->offset + at, p->data + at, len);
	}
}

void
crash_file(struct crash *crash, const struct disk *disk, const char *path, struct bytes *out)
{
	const struct inode *inode = left_inode(crash, disk, path);
	static const unsigned kept_of_8[] = { 1, 4, 7 };
	const struct pending *p;
	unsigned kept;
	size_t i;

	out->there = false;
	out->len = 0;
	if (inode == NULL)
		return;
	bytes_set(out, inode->durable.at, inode->durable.len);
	if (crash->mode == CRASH_NOTHING)
		return;
	kept = crash->mode == CRASH_EVERYTHING ? 8 : kept_of_8[crash_random(&crash->seed) % 3];
	for (i = 0; i < inode->count; i++) {
		p = &inode->pending[i];
		if (crash_random(&crash->seed) % 8 < kept) {
			if (p->data != NULL)
				bytes_write(out, p->offset, p->data, p->len);
			else
				bytes_cut(out, p->len);
		} else if (p->data != NULL && crash_random(&crash->seed) % 3 == 0) {
			tear(crash, p, out);
		}
	}
}
