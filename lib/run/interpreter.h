/* interpreter.h - what runs a script, and what runs that */
#ifndef PAMLITE_RUN_INTERPRETER_H
#define PAMLITE_RUN_INTERPRETER_H

#include "pamlite/context.h"

/*
 * What a script is run by is run with its rights: the interpreter of the first line, and what runs
 * that if it is a script, must be root's, and every name on the way to it (trusted.h). `content` is the
 * script, open for reading.
 *
 * PL_E_NO_PROGRAM (ProgramNotFound), PL_E_NOT_EXECUTABLE (ProgramNotExecutable), PL_E_DENIED (ProgramNotTrusted)
 */
enum pl_status pl_interpreter_check(struct pl_ctx *ctx, const char *script, int content);

/* Advice where somebody else than root could change a program, or its interpreter. */
#define PL_PROGRAM_ROOTS_ALONE "the program and each directory above it must be root's and only root's to write"

#endif
