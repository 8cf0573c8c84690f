/* command.h - a command as a table: what it takes, needs and returns */
#ifndef PAMLITE_COMMAND_H
#define PAMLITE_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/choice.h"
#include "pamlite/context.h"
#include "pamlite/output.h"
#include "pamlite/row.h"

enum pl_param_type {
	PL_PARAM_NONE,
	PL_PARAM_STRING,      /* char *: one line without control characters */
	PL_PARAM_REASON,      /* char *: one line with content, at most PL_REASON_MAX bytes */
	PL_PARAM_ACCOUNT,     /* char *: a storable account name */
	PL_PARAM_TASK,        /* char *: a task name in canonical form, or a pattern with PL_WILDCARD */
	PL_PARAM_ENUM,        /* char *: one of `values`, spelled as there */
	PL_PARAM_LIST,        /* char *: list of one-line strings */
	PL_PARAM_ENUM_LIST,   /* char *: list of words out of `values` */
	PL_PARAM_MAP,         /* char *: list of name=value */
	PL_PARAM_INT,         /* int64_t within min..max (min >= 1); 0 = not given */
	PL_PARAM_DECIMAL,     /* int64_t thousandths within min..max (thousandths too, min >= 1); 0 = not given */
	PL_PARAM_HOURS,       /* int64_t seconds, given as whole hours; 0 = not given */
	PL_PARAM_DURATION,    /* int64_t seconds, given as PTnHnM; 0 = not given */
	PL_PARAM_TIME,        /* int64_t Unix seconds; 0 = not given */
	PL_PARAM_DATE,        /* the same; a date alone is its first second */
	PL_PARAM_END_DATE,    /* the same; a date alone is its last second */
	PL_PARAM_SWITCH,      /* bool */
	PL_PARAM_BOOL,        /* enum pl_choice: not given, true, false */
	/*
	 * Files: opened by the start-up code with the caller's rights. run() uses ctx->file and ctx->input_fd; its
	 * argument is only a name for messages. Switches called Append and NoClobber say how a file is written.
	 */
	PL_PARAM_OUT_PATH,    /* char *: a file to write, put in place when the command has done its work */
	PL_PARAM_IN_PATH,     /* char *: a file to read */
};

enum {
	PL_REQUIRED = 1,      /* mandatory; of several in one set, one of them */
	PL_PIPE = 2,          /* binds from objects on stdin; with PL_REQUIRED its absence makes the command read it */
	PL_CLEARABLE = 4,     /* '' is allowed and clears the property */
	PL_WILDCARD = 8,      /* * and ? are patterns */
	PL_REST = 16,         /* (PARAM_MAP) also takes further name=value words */
	PL_REST_VALUES = 32,  /* (PARAM_LIST) takes the words after --; no parameter name of its own is shown */
	PL_ID = 64,           /* (PARAM_STRING) names an object: at most PL_ID_MAX bytes; an id in either case */
	PL_NEW_NAME = 128,    /* (PARAM_STRING) becomes a name: nothing that a pattern or an option looks like */
};

enum { PL_ID_MAX = 255, PL_NEW_NAME_MAX = 128 };

/*
 * Where the values of a parameter live that its type does not tell, for the completion of command lines. The
 * shell knows the first ones; the last ones are what the caller may see, asked of the get- commands.
 */
enum pl_source {
	PL_SOURCE_NONE,
	PL_SOURCE_FILE, PL_SOURCE_DIRECTORY, PL_SOURCE_USER, PL_SOURCE_UNIX_GROUP,
	PL_SOURCE_PROPERTY,         /* of what the command returns */
	PL_SOURCE_DECLARATION,      /* name=TYPE */
	PL_SOURCE_TASK, PL_SOURCE_ROLE, PL_SOURCE_ROLE_GROUP,
	PL_SOURCE_ACCESS,           /* of any of these types */
	PL_SOURCE_OWN_TASK,         /* that the caller may run now */
	PL_SOURCE_TASK_PARAMETER,   /* name=value of the task at position 1 */
	PL_SOURCE_TASK_VALUE,       /* the values alone, in their order */
	PL_SOURCE_REQUEST, PL_SOURCE_PENDING, PL_SOURCE_OWN_PENDING, PL_SOURCE_TO_APPROVE,
	PL_SOURCE_GRANT,
	PL_SOURCE_GRANTED, PL_SOURCE_OWN_GRANTED,     /* requests with a grant that can be used now */
	PL_SOURCE_EXECUTION, PL_SOURCE_RUNNING, PL_SOURCE_RECORDED,
	PL_SOURCE_GROUP,
	PL_SOURCE_GROUP_MEMBER,     /* of the group at position 1 */
	PL_SOURCE_POLICY, PL_SOURCE_SYSTEM_ACCOUNT, PL_SOURCE_NOTIFICATION,
	PL_SOURCES
};

/*
 * One parameter. Offsets point into the command's argument struct, whose zeroed
 * state means "nothing given"; the binder fills it and frees what it holds.
 */
struct pl_param {
	const char *name;             /* "DurationHours"; NULL ends the table */
	enum pl_param_type type;
	size_t offset;
	int position;                 /* 1 = the first positional word; 0 = by name only */
	unsigned flags;
	int set;                      /* parameters of the same non-zero set exclude each other */
	int64_t min, max;             /* PL_PARAM_INT, _DECIMAL; max 0 = no limit */
	const char *const *values;    /* PL_PARAM_ENUM, _ENUM_LIST: ends with NULL */
	enum pl_source source;        /* for completion; files and enums need none */
	const char *alias;            /* other names, separated by blanks; NULL = none */
	const char *fallback;         /* what absence means, for help: "4 hours"; NULL = nothing to say */
	const char *help;
};

/* { "Reason", PL_REASON(struct spec, reason), .flags = PL_REQUIRED, .help = "..." } */
#define PL_STRING(S, m)    PL_PARAM_STRING, PL_MEMBER(S, m, char *)
#define PL_REASON(S, m)    PL_PARAM_REASON, PL_MEMBER(S, m, char *)
#define PL_ACCOUNT(S, m)   PL_PARAM_ACCOUNT, PL_MEMBER(S, m, char *)
#define PL_TASK(S, m)      PL_PARAM_TASK, PL_MEMBER(S, m, char *)
#define PL_ENUM(S, m)      PL_PARAM_ENUM, PL_MEMBER(S, m, char *)
#define PL_LIST(S, m)      PL_PARAM_LIST, PL_MEMBER(S, m, char *)
#define PL_ENUM_LIST(S, m) PL_PARAM_ENUM_LIST, PL_MEMBER(S, m, char *)
#define PL_MAP(S, m)       PL_PARAM_MAP, PL_MEMBER(S, m, char *)
#define PL_INT(S, m)       PL_PARAM_INT, PL_MEMBER(S, m, int64_t)
#define PL_DECIMAL(S, m)   PL_PARAM_DECIMAL, PL_MEMBER(S, m, int64_t)
#define PL_HOURS(S, m)     PL_PARAM_HOURS, PL_MEMBER(S, m, int64_t)
#define PL_DURATION(S, m)  PL_PARAM_DURATION, PL_MEMBER(S, m, int64_t)
#define PL_TIME(S, m)      PL_PARAM_TIME, PL_MEMBER(S, m, int64_t)
#define PL_DATE(S, m)      PL_PARAM_DATE, PL_MEMBER(S, m, int64_t)
#define PL_END_DATE(S, m)  PL_PARAM_END_DATE, PL_MEMBER(S, m, int64_t)
#define PL_SWITCH(S, m)    PL_PARAM_SWITCH, PL_MEMBER(S, m, bool)
#define PL_BOOL(S, m)      PL_PARAM_BOOL, PL_MEMBER(S, m, enum pl_choice)
#define PL_OUT_PATH(S, m)  PL_PARAM_OUT_PATH, PL_MEMBER(S, m, char *)
#define PL_IN_PATH(S, m)   PL_PARAM_IN_PATH, PL_MEMBER(S, m, char *)

/* What the start-up code provides before run(). */
enum {
	PL_NEED_STORE_READ = 1,
	PL_NEED_STORE_WRITE = 2,     /* the command changes something: has -WhatIf and -Confirm */
	PL_NEED_STORE_CREATE = 4,    /* and may make a private database */
	PL_NEED_CONFIRM = 8,         /* high impact: asks by itself */
	PL_LISTS = 16,               /* Get and Search: has -Filter, -ResultSize, -SortBy, -Descending */
	PL_QUIET = 32,               /* prints its object only with -PassThru */
	PL_RUNS_TASK = 64,           /* exit statuses of invoke: 125, 126, 127 or the task's own */
	PL_FOR_SERVICE = 128,        /* a unit starts it as the account of the system database, without the gate */
	PL_SILENT = 256,             /* prints its object only with -Verbose, -OutputFormat or -Property */
	PL_REPLAYS = 512,            /* on the system database the runner hands out a recording */
	PL_REPLACES_STORE = 1024,    /* the database need not be there, or be of any use */
	/*
	 * Exit statuses of a monitoring plugin: what run() leaves in ctx->task_status, 0 to 2, and 3 for every failure.
	 * Its objects are struct pl_health; without a format they are one line, and so is a failure; Prometheus is one
	 * more form.
	 */
	PL_MONITORS = 2048,
	PL_PLANS = 4096,             /* its objects say what it changes: printed with -WhatIf in every form */
};

struct pl_command {
	const char *name;                    /* "new-elevated-access-request" */
	const char *summary;                 /* one line, lower case, no full stop */
	unsigned needs;
	const struct pl_param *params;
	size_t args_size;
	const struct pl_noun *output;        /* what it returns; NULL = nothing */
	const char *const *examples;         /* two or more command lines; ends with NULL */
	const enum pl_error *errors;         /* beside those of binder and store; ends with PL_ERR_NONE */

	/*
	 * Do it for one set of arguments. `out` is NULL if output is, or if the object
	 * is not to be printed. Called once, or once for each object on stdin. A
	 * command that runs a task leaves the task's status in ctx->task_status.
	 */
	enum pl_status (*run)(struct pl_ctx *ctx, const void *args, struct pl_out *out);

	/*
	 * Optional: can run() answer these arguments without a database? Asked in the first phase, with the caller's
	 * rights and the files open that he named. If so, run() finds ctx->store NULL.
	 */
	bool (*alone)(const struct pl_ctx *ctx, const void *args);

	/*
	 * Optional: what a confirmation is about, from a first, reading pass: one line
	 * appended to `text`. May pin the version that was shown in `args`. Without it
	 * the value of the first positional parameter is shown.
	 */
	enum pl_status (*preview)(struct pl_ctx *ctx, void *args, struct pl_buf *text);
};

/*
 * Everything from argv to the exit status: bind, help, prompts, input objects,
 * the database, run, print. The only way into a command.
 */
int pl_command_main(const struct pl_command *command, int argc, char *argv[]);

/* For a program that is only ever the second phase, and for the installer: the system database, if it is not there. */
int pl_command_serve(const struct pl_command *command, int argc, char *argv[]);
int pl_command_create_database(const struct pl_command *command);

/*
 * For a run() that goes on after a failure: tell the user of ctx->failure, in the form that he asked
 * for, and return what the process would exit with.
 */
int pl_command_report(struct pl_ctx *ctx);

/*
 * Tell the user what was noted so far, before something that may take long. For
 * a run(), with the context that it was given and while no operation is under way.
 */
void pl_command_tell(struct pl_ctx *ctx);

#endif
