/* syslog.h - a line to the host's log, which keeps nobody waiting for long */
#ifndef PAMLITE_SYSLOG_H
#define PAMLITE_SYSLOG_H

/*
 * Send a line as "pam-lite", of the facility authpriv and a priority like LOG_NOTICE; %m is errno's text.
 * It may hold no control characters.
 *
 * The C library's syslog() waits for ever for a daemon that is there and does not read. For all its lines
 * together, a process waits here for PL_SYSLOG_PATIENCE_MS at most; what then cannot be taken is lost,
 * and so is what nobody listens for.
 */
enum { PL_SYSLOG_PATIENCE_MS = 1000, PL_SYSLOG_LINE_MAX = 2047 };
void pl_syslog(int priority, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
