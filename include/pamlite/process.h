/* process.h - what the kernel's text says of a process; is one that was noted earlier still the same and there? */
#ifndef PAMLITE_PROCESS_H
#define PAMLITE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * What a process is known by beside its number, which comes again: clock ticks
 * from boot to its start. 0 = there is none, or it cannot be read.
 */
uint64_t pl_process_started(pid_t pid);

/* The letter of /proc/PID/stat: R, S, D, T, t, Z and others; 0 = it is gone, or hidden from the caller. */
char pl_process_state(pid_t pid);

/*
 * Is the process there that had this number and this start? What is only a zombie
 * is gone, and so is one with another start. With a start of 0, or where the process is
 * hidden from the caller (hidepid), any process of that number counts.
 */
bool pl_process_is_alive(pid_t pid, uint64_t started);

/* State and start from the text of /proc/PID/stat. False if it is not of that form. */
bool pl_process_parse(const char *stat, char *state, uint64_t *started);

/* The device number of the controlling terminal from the same text; 0 = none, or not of that form. */
uint32_t pl_process_terminal(const char *stat);

/* The login uid from the text of /proc/PID/loginuid; UINT32_MAX = unset. False, and so, if not of that form. */
bool pl_process_login(const char *text, uint32_t *out);

#endif
