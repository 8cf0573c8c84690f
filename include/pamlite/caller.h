/* caller.h - who calls: what the kernel and the user database say */
#ifndef PAMLITE_CALLER_H
#define PAMLITE_CALLER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "pamlite/buffer.h"
#include "pamlite/status.h"
#include "pamlite/text.h"

struct pl_ctx;

enum { PL_TERMINAL_MAX = 31 };

/* The login uid's value where audit never set one. */
#define PL_LOGIN_UNSET UINT32_MAX

/*
 * Principals are names together with uids: what was asked, granted or run under a
 * name and a uid is nobody's own who has only one of the two. Where `asserted` (a
 * private database and PAMLITE_PRINCIPAL) the name is the whole identity: uid and login
 * uid are facts for the record, never compared.
 */
struct pl_caller {
	char name[PL_ACCOUNT_MAX + 1];
	char account[PL_ACCOUNT_MAX + 1];       /* the real account, also under an asserted name */
	uid_t uid;
	uint32_t login_uid;                     /* PL_LOGIN_UNSET if unset */
	char terminal[PL_TERMINAL_MAX + 1];     /* "pts/3"; "" without one */
	pid_t pid;
	char host[65];
	bool asserted;
};

/*
 * Fill in the caller of this process from the kernel and the user database.
 *
 * PL_E_DENIED (UnknownCaller)  the real uid has no account
 */
enum pl_status pl_caller_read(struct pl_ctx *ctx, struct pl_caller *out);

/*
 * The caller as the gate tells it: UID,LOGIN-UID,TERMINAL,PROCESS in decimal. The account is looked up now.
 *
 * PL_E_DENIED (UnknownCaller)  the uid has no account
 * PL_E_USAGE (InvalidText)     not of that form
 */
enum pl_status pl_caller_parse(struct pl_ctx *ctx, const char *text, struct pl_caller *out);

/*
 * The controlling terminal named by the text of /proc/self/stat; "" if there is
 * none, if it is of an unknown kind, or if the text is not of that form.
 */
void pl_terminal_parse(const char *stat, char out[PL_TERMINAL_MAX + 1]);

/*
 * Act under another name. The name of the caller's own account asserts nothing.
 *
 * PL_E_USAGE (InvalidText)  not a storable account name
 */
enum pl_status pl_caller_assert(struct pl_ctx *ctx, struct pl_caller *caller, const char *name);

/* Is the account `name` in the host's Unix group `group` now (member list or primary group)? */
bool pl_unix_group_has(const char *group, const char *name);
bool pl_unix_group_exists(const char *group);
/* Append its members, each once, to a list; of those whose primary group it is the ones that the host can enumerate. */
void pl_unix_group_list(const char *group, struct pl_buf *list);

#endif
