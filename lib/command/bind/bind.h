/* bind.h - from words to typed arguments: names, arrays, conversion, what is missing */
#ifndef PAMLITE_COMMAND_BIND_H
#define PAMLITE_COMMAND_BIND_H

#include <stdbool.h>
#include <stddef.h>

#include "pamlite/buffer.h"
#include "pamlite/command.h"
#include "pamlite/context.h"

#include "common.h"

/* A parameter of the command at hand and the text that was given for it. */
struct pl_slot {
	const struct pl_param *param;
	bool given;
	bool typed;      /* at a prompt */
	char *text;      /* one value; a list (list.h) for list parameters; NULL = a switch without a value */
};

/* All parameters of a command: its own ones, then the common ones that it has. */
struct pl_binding {
	const struct pl_command *command;
	struct pl_slot *slots;
	size_t own, count;
	const struct pl_slot *open;   /* a value of it was due, or would be taken, where the words ended; NULL = none */
	bool dashed;                  /* a -- was among them: what follows is no parameter's name */
};

/* The caller clears it, whatever the status. */
enum pl_status pl_binding_init(struct pl_ctx *ctx, struct pl_binding *b, const struct pl_command *command);
void pl_binding_clear(struct pl_binding *b);

/*
 * Read argv[1..]. All words are looked at even after a fault, so that what was
 * said about the form of errors counts wherever it stands; the first fault is reported.
 */
enum pl_status pl_bind_argv(struct pl_ctx *ctx, struct pl_binding *b, int argc, char *const argv[]);

/* The parameter that a name as typed means (without its leading dashes): exact, abbreviated, alias. */
enum pl_status pl_bind_find(struct pl_ctx *ctx, struct pl_binding *b, const char *name, size_t len,
    struct pl_slot **out);

/* Is it a parameter, however it is called? A dash and a letter, or two dashes; a dash and a digit is a value. */
bool pl_bind_is_parameter(const char *word);
/* Where a word goes that belongs to no name: the free parameter of the lowest position; NULL if there is none. */
struct pl_slot *pl_bind_position(struct pl_binding *b);
/* The parameter that takes words of its own kind: PL_REST or PL_REST_VALUES; NULL if there is none. */
struct pl_slot *pl_bind_rest(struct pl_binding *b, unsigned flag);
/* How well a name as typed, without its dashes, means the parameter or an alias of it. */
enum pl_match { PL_MATCH_NONE, PL_MATCH_PREFIX, PL_MATCH_EXACT };
enum pl_match pl_param_match(const struct pl_param *p, const char *typed);
/* Append the name in its other spelling: DurationHours is duration-hours. */
void pl_param_kebab(const char *name, struct pl_buf *out);

/* Is `name` the parameter's name or one of its aliases, without regard to case? */
bool pl_param_is_called(const struct pl_param *p, const char *name);
/* The common parameter's slot; NULL if the command does not have it. */
const struct pl_slot *pl_bind_common(const struct pl_binding *b, const char *name);
/* Step through the words of an alias string: set *cursor to it, call until NULL. */
const char *pl_alias_next(const char **cursor, size_t *len);

bool pl_param_is_list(const struct pl_param *p);
bool pl_param_is_switch(const struct pl_param *p);
bool pl_param_is_number(const struct pl_param *p);     /* an int64_t: numbers, times, durations */
bool pl_param_owns_text(const struct pl_param *p);     /* a char * */
/* Has it a name on the command line? */
bool pl_param_is_named(const struct pl_param *p);

/* PL_E_USAGE (AmbiguousParameterSet)  two given parameters exclude each other */
enum pl_status pl_bind_check_sets(struct pl_ctx *ctx, const struct pl_binding *b);
/* Has the parameter, or an alternative to it, been given? */
bool pl_bind_is_covered(const struct pl_binding *b, const struct pl_param *p);
/* The slot of the parameter whose absence makes the command read stdin; NULL if there is none. */
const struct pl_slot *pl_bind_pipe_target(const struct pl_binding *b);
/* The next mandatory own parameter from *i on that is not covered, one of a set; NULL at the end. */
struct pl_slot *pl_bind_missing(struct pl_binding *b, size_t *i);
/* Report all of them but `except` (NULL = none). PL_OK if nothing is missing. */
enum pl_status pl_bind_check_missing(struct pl_ctx *ctx, struct pl_binding *b, const struct pl_slot *except);

/*
 * One word of an array, taken apart at its commas and appended to `list`.
 * *continues: it ends in a comma, so the next word belongs to it.
 */
enum pl_status pl_array_word(struct pl_ctx *ctx, const struct pl_param *p, const char *word, struct pl_buf *list,
    bool *continues);

/*
 * One value to the parameter's member of `args`. `text` as in struct pl_slot.
 *
 * PL_E_USAGE  CannotConvert, InvalidText, EmptyValue
 */
enum pl_status pl_convert(struct pl_ctx *ctx, const struct pl_param *p, const char *text, void *args);

/* Convert the command's own given slots into a new struct: free it with pl_args_free(). */
enum pl_status pl_args_new(struct pl_ctx *ctx, const struct pl_binding *b, void **out);
void pl_args_free(const struct pl_command *command, void *args);
/* The same for the common parameters. */
enum pl_status pl_common_fill(struct pl_ctx *ctx, const struct pl_binding *b, struct pl_common *out);
void pl_common_clear(struct pl_common *common);

/* A foreign value as it may stand in a message: escaped and cut. */
enum { PL_SHOWN_SIZE = 256 };
const char *pl_show(const char *value, char out[PL_SHOWN_SIZE]);

#endif
