/* status.h - what a fallible function returns, and what a command exits with */
#ifndef PAMLITE_STATUS_H
#define PAMLITE_STATUS_H

/*
 * The numbers are the exit statuses of the commands (sysexits.h where it has
 * one), so that there is no second table. A value exists only where a caller
 * or a script acts differently on it; the cause is in the error's id.
 */
enum pl_status {
	PL_OK = 0,
	PL_FALSE = 1,            /* a predicate is false, an answer was No, part of a batch failed */
	PL_E_USAGE = 64,         /* the caller said something that cannot be meant */
	PL_E_DATA = 65,          /* input data (JSON) is not what it must be */
	PL_E_NOT_FOUND = 66,     /* the named object does not exist, or may not be seen */
	PL_E_UNAVAILABLE = 69,   /* access control is off; the database is out of reach */
	PL_E_INTERNAL = 70,      /* a fault of ours */
	PL_E_OS = 71,            /* the operating system refused: memory, descriptors */
	PL_E_EXISTS = 73,        /* the object exists already */
	PL_E_IO = 74,            /* input or output failed; damaged database */
	PL_E_STATE = 75,         /* busy, or the state has changed: look again */
	PL_E_DENIED = 77,        /* the caller may not do this */
	PL_E_CONFIG = 78,        /* configuration or installation is wrong */
	PL_E_TIMEOUT = 124,      /* a wait ran out of time */
	PL_E_RUN = 125,          /* a task could not be run through a fault of ours */
	PL_E_NOT_EXECUTABLE = 126, /* the task's program may not or cannot be executed */
	PL_E_NO_PROGRAM = 127,   /* the task's program does not exist */
};

#endif
