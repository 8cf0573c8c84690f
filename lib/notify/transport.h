/* transport.h - a program that takes a notification: constant words, the message on its standard input */
#ifndef PAMLITE_NOTIFY_TRANSPORT_H
#define PAMLITE_NOTIFY_TRANSPORT_H

#include "pamlite/buffer.h"

enum { PL_MAIL_MS = 60000, PL_EVENT_MS = 10000 };

/* Taken; refused, or not to be reached; not taken in time. */
enum pl_taken { PL_TAKEN, PL_NOT_TAKEN, PL_TAKEN_LATE };

/*
 * Run argv[0], an absolute path, with that message as its standard input, in a session and a
 * directory (/) of its own, with an environment of constants and nothing else inherited. After `limit_ms` it
 * is killed with its whole group; what it leaves behind otherwise goes on, since mail programs deliver so.
 *
 * PL_TAKEN: it ended with 0. Else a line in `why`: how it ended, and the beginning of what it said.
 */
enum pl_taken pl_transport_run(int limit_ms, const char *const argv[], const struct pl_buf *message,
    struct pl_buf *why);

#endif
