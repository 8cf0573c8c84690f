/* configuration.h - the whole configuration as one object: what a document says of it, and what makes it so */
#ifndef PAMLITE_CONFIGURATION_H
#define PAMLITE_CONFIGURATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pamlite/context.h"
#include "pamlite/control.h"
#include "pamlite/digest.h"
#include "pamlite/group.h"
#include "pamlite/policy.h"
#include "pamlite/row.h"
#include "pamlite/system_account.h"
#include "pamlite/task.h"

/* Of a document: bytes, and objects in it. What was read of it is held in memory: 14 MiB in all for the largest. */
enum { PL_CONFIGURATION_MAX = 6 << 20, PL_CONFIGURATION_OBJECTS_MAX = 10000, PL_CONFIGURATION_VERSION = 1 };
extern const char pl_configuration_format[];

/* In the order of the document. */
enum pl_section {
	PL_SECTION_CONTROL,      /* struct pl_control; one row */
	PL_SECTION_GROUPS,       /* struct pl_group */
	PL_SECTION_ACCOUNTS,     /* struct pl_system_account */
	PL_SECTION_TASKS,        /* struct pl_configuration_task */
	PL_SECTION_POLICIES,     /* struct pl_policy */
	PL_SECTIONS
};

/* A task, and what root's side found out about the program where it keeps a file of it. */
struct pl_configuration_task {
	struct pl_task task;
	char *program;           /* what Path leads to; NULL = Path itself */
	char *definition;        /* digest of root's file; NULL = there is none */
};

/*
 * The name of a section, and the properties of its objects in their order. The identity is the name by which others
 * refer to the object: no ids and no times, which are those of one database.
 */
struct pl_section_def {
	const char *name;
	const struct pl_noun *noun;
	const char *names;       /* SQL: the names of all, sorted; NULL = there is one */
	bool folds;              /* names are equal without regard to case */
};
extern const struct pl_section_def pl_sections[PL_SECTIONS];

/* What the record of an import is about. */
#define PL_CONFIGURATION_OBJECT "Configuration"

/* Of PL_COL flags: what root's side hands over to the database's, and no document says. */
enum { PL_COL_HANDED = 64 };

/* What a document says. An absent section says nothing; of the control, an absent property neither. */
struct pl_configuration {
	struct {
		bool given;
		size_t count, room;
		char *rows;
	} sections[PL_SECTIONS];
	unsigned control_given;              /* a bit for each column of the control's noun */
	char digest[PL_DIGEST_LEN + 1];      /* of the document's bytes */
};

void pl_configuration_clear(struct pl_configuration *c);
void *pl_configuration_row(const struct pl_configuration *c, enum pl_section s, size_t i);
/* A further row with the defaults of what may be absent; NULL without memory. */
void *pl_configuration_add(struct pl_configuration *c, enum pl_section s);
const char *pl_configuration_name(enum pl_section s, const void *row);
/* The section's rows by their names; the caller frees. NULL without memory. */
const void **pl_configuration_index(const struct pl_configuration *c, enum pl_section s);
/* How two names compare in that index. */
int pl_configuration_compare(enum pl_section s, const char *a, const char *b);

/*
 * Everything, read in one transaction, each section sorted by name; exclusions that have ended are none any more.
 * The caller clears *out, whatever the status.
 *
 * PL_E_DENIED (AuditorRequired)
 */
enum pl_status pl_configuration_load(struct pl_ctx *ctx, struct pl_configuration *out);

/* One object that came or went, or one property of an object that is another now. */
struct pl_configuration_change {
	char *action;            /* Add, Change or Remove */
	char *kind, *name;       /* "Policy", "Linux\restart-web" */
	char *property, *before, *after;     /* Change; NULL = null */
};
extern const struct pl_noun pl_configuration_change_noun;

struct pl_configuration_changes {
	struct pl_configuration_change *all;
	size_t count, room;
};
void pl_configuration_changes_clear(struct pl_configuration_changes *c);

/*
 * Make it so, in one transaction: by the operations of the single commands, each with its record and its effects, and
 * with a record of its own that holds the document's digest. What is so already is not touched; where everything is,
 * nothing is written or recorded. Names in `doc` are brought into the form in which they are stored.
 *
 * prune: objects that a given section lacks are removed. Otherwise they stay, with a warning.
 *
 * *out is what was changed, or with ctx->what_if would be; the caller clears it, whatever the status.
 *
 * PL_E_DENIED (AdministratorRequired)
 * PL_E_DENIED (RootRequired)       system database: a task, or a setting of root's, would change
 * PL_E_DATA (ConfigurationInvalid)
 * and what the single commands refuse, with the object's place in the document in front of the message
 */
enum pl_status pl_configuration_import(struct pl_ctx *ctx, struct pl_configuration *doc, bool prune,
    struct pl_configuration_changes *out);

#endif
