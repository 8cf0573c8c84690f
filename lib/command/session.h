/* session.h - one run of a command: what was asked, how to report, the parts of the way through it */
#ifndef PAMLITE_COMMAND_SESSION_H
#define PAMLITE_COMMAND_SESSION_H

#include <stdbool.h>

#include "pamlite/command.h"
#include "pamlite/context.h"
#include "pamlite/output.h"

#include "command/bind/bind.h"
#include "command/bind/common.h"

struct pl_session {
	const struct pl_command *command;
	struct pl_ctx ctx;
	struct pl_binding binding;
	struct pl_common common;
	enum pl_format format;
	bool normal_view;     /* -ErrorView Normal */
	bool silent;          /* failures are not printed */
	bool from_input;      /* the targets are objects on stdin */
	void *args;           /* the one target; NULL if from_input */
	struct pl_out *out;
	struct pl_file file;  /* the output file that was named */
	bool second;          /* this is the second phase: it acts for the process at ctx.front_fd */
	bool service;         /* the account of the system database acts for itself, started by a unit */
	bool exited;          /* another process did it, and `exit_status` is what it ended with */
	int exit_status;
	char *rehearsal;      /* the directory of a database that is there for -WhatIf alone; NULL = none */
};

/* start.c: nothing that a caller hands over may surprise later. */
void pl_start_descriptors(void);
/* The environment, read here and nowhere else; NULL = unset or empty. */
const char *pl_start_variable(const char *name);
/* From here on there is no environment. */
void pl_start_without_environment(void);
/* Is it the system database that -Database or the environment means? */
bool pl_start_is_system(const struct pl_session *s);
/* PL_E_DENIED (PrincipalRefused)  there the caller is who he is */
enum pl_status pl_start_check_principal(struct pl_session *s);
/* The private database that -Database or the environment names, for the caller that it tells. */
enum pl_status pl_start_database(struct pl_session *s);
/* None: run() does without it, or opens it itself. */
enum pl_status pl_start_nothing(struct pl_session *s);
/* Open the files that parameters name, with the caller's rights, and put the output in place if it is whole. */
enum pl_status pl_start_files(struct pl_session *s);
enum pl_status pl_start_files_end(struct pl_session *s, bool keep);
/* Close it. */
void pl_start_end(struct pl_session *s);

/* report.c */
/* Print the result of a command that has no objects (help) to stdout. */
enum pl_status pl_report_text(struct pl_session *s, const struct pl_buf *text);
/* What was kept for the user while the database was locked; then it is forgotten. */
void pl_report_notes(struct pl_session *s);
/* The last failure; nothing if there is none, as after a broken pipe. */
void pl_report_failure(struct pl_session *s);

/* errors.c: the errors that a command can give, and what the process then exits with. */
bool pl_command_may_fail(const struct pl_command *command, enum pl_error error);
int pl_exit_status(const struct pl_command *command, enum pl_status status, enum pl_error error);

/* prompt.c: is somebody there to answer? */
bool pl_can_ask(const struct pl_session *s);
/* Ask for the mandatory parameters that are missing. */
enum pl_status pl_prompt_missing(struct pl_session *s);
/* One line from stdin without its newline; false at its end. Reads nothing beyond it. */
bool pl_prompt_line(struct pl_buf *line);

/* confirm.c: does the command ask before it acts? */
bool pl_confirm_is_due(const struct pl_session *s);
/* PL_E_USAGE (ConfirmationRequired)  it does, and nobody can be asked */
enum pl_status pl_confirm_check(struct pl_session *s);
/* Ask. PL_FALSE: the answer was No. */
enum pl_status pl_confirm(struct pl_session *s, void *args);
/* The same about that target; "" = what the arguments name. */
enum pl_status pl_confirm_about(struct pl_session *s, const void *args, struct pl_buf *target);

/* targets.c: one set of arguments through confirmation, run() and its notes; the failure is left to report. */
enum pl_status pl_run_target(struct pl_session *s, void *args);
/* The same for every object on stdin, with reports. The status of the whole. */
enum pl_status pl_run_input(struct pl_session *s);

/* command.c: phase 1 and phase 2 have these in common. */
/* Does somebody wait for the one line of a monitoring plugin? */
bool pl_is_plugin(const struct pl_session *s);
enum pl_status pl_settle_options(struct pl_session *s);
void pl_settle_reporting(struct pl_session *s);
/* The database is chosen by then: run, print. Everything is reported. */
enum pl_status pl_act(struct pl_session *s, enum pl_status (*open_database)(struct pl_session *s));
int pl_finish(struct pl_session *s, enum pl_status st, bool ran);

/* second.c: was this process started by the gate, as the second phase? Then do it; the exit status. */
bool pl_second_is_asked(int argc, char *const argv[]);
int pl_second_main(const struct pl_command *command, int argc, char *argv[]);
/*
 * May the command act on the system database in this very process: is it one that units start, and is this
 * the account, by all ids? Nobody has asked then, and it acts as itself.
 */
bool pl_service_is_meant(const struct pl_command *command);
enum pl_status pl_service_database(struct pl_session *s);

/* help.c, describe.c */
enum pl_status pl_help(struct pl_session *s);
enum pl_status pl_describe(struct pl_session *s);
/* "<hours>": what stands for a parameter's value in a synopsis; "" for switches. */
void pl_value_name(const struct pl_param *p, struct pl_buf *out);

#endif
