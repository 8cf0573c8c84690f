/* file_lock.h - waiting for a lock in order of arrival, and not for ever */
#ifndef PAMLITE_FILE_LOCK_H
#define PAMLITE_FILE_LOCK_H

#include <stdbool.h>

/*
 * Take flock(2)'s exclusive lock of an open file, waiting for at most so many milliseconds. False
 * with errno: EINTR if it was busy all the time. Uses SIGALRM and the real-time interval timer, and leaves
 * both as they were; one thread at a time.
 */
bool pl_file_lock(int fd, int wait_ms);

#endif
