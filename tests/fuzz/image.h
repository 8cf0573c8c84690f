/* image.h - a database as it was, put back before each input below an open connection */
#ifndef PAMLITE_TESTS_FUZZ_IMAGE_H
#define PAMLITE_TESTS_FUZZ_IMAGE_H

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where SQLite looks whether another process has changed the file, and the copy of that number. */
enum { IMAGE_CHANGES = 24, IMAGE_VALID_FOR = 92 };

/* The descriptor stays open: to close one would take SQLite's own locks on the file away. */
struct image {
	uint8_t *data;
	size_t size;
	int fd;
};

/* Keep what is in the file now. */
static inline bool
image_keep(struct image *image, const char *path)
{
	struct stat st;

	image->fd = open(path, O_RDWR | O_CLOEXEC);
	if (image->fd < 0 || fstat(image->fd, &st) != 0)
		return false;
	image->size = (size_t)st.st_size;
	image->data = malloc(image->size);
	return image->data != NULL && pread(image->fd, image->data, image->size, 0) == (ssize_t)image->size;
}

/* Put it back as one more change, so that no connection takes what it has read for what is there. */
static inline bool
image_restore(struct image *image)
{
	uint8_t now[4];
	uint32_t changes;

	if (pread(image->fd, now, sizeof(now), IMAGE_CHANGES) != sizeof(now))
		return false;
	changes = ((uint32_t)now[0] << 24 | (uint32_t)now[1] << 16 | (uint32_t)now[2] << 8 | now[3]) + 1;
	for (int i = 0; i < 4; i++)
		image->data[IMAGE_CHANGES + i] = image->data[IMAGE_VALID_FOR + i] = (uint8_t)(changes >> (24 - 8 * i));
	return pwrite(image->fd, image->data, image->size, 0) == (ssize_t)image->size &&
	    ftruncate(image->fd, (off_t)image->size) == 0;
}

#endif
