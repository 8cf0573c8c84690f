/* configuration_settle.c - what a document says, in the forms in which it is stored: what is the same looks the same */

#include <stdlib.h>
#include <string.h>

#include "model/configuration_internal.h"

#include "pamlite/list.h"
#include "pamlite/name.h"
#include "pamlite/operation.h"
#include "pamlite/store.h"
#include "pamlite/text.h"

static int
compare_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Members as they are stored: short names, sorted, each once. */
static enum pl_status
sort_members(struct pl_ctx *ctx, char **list)
{
	const size_t count = pl_list_count(*list);
	char **names = calloc(count + 1, sizeof *names), short_name[PL_ACCOUNT_MAX + 1], *long_name;
	const char *at = *list;
	struct pl_buf sorted;
	struct pl_item it;
	size_t i, n = 0;

	pl_buf_init(&sorted);
	while (names != NULL && pl_list_next(&at, &it) && (long_name = pl_item_dup(&it)) != NULL) {
		names[n] = strdup(pl_principal_short(ctx, long_name, short_name));
		free(long_name);
		if (names[n++] == NULL)
			break;
	}
	sorted.failed = names == NULL || n < count || (n > 0 && names[n - 1] == NULL);
	if (n > 1 && !sorted.failed)
		qsort(names, n, sizeof *names, compare_text);
	for (i = 0; i < n && !sorted.failed; i++)
		if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
			pl_list_add(&sorted, names[i]);
	for (i = 0; i < n; i++)
		free(names[i]);
	free(names);
	free(*list);
	*list = pl_buf_take(&sorted);
	return *list != NULL ? PL_OK : pl_fail_memory(ctx);
}

static enum pl_status
set_text(struct pl_ctx *ctx, char **member, const char *text)
{
	char *own = strdup(text);

	if (own == NULL)
		return pl_fail_memory(ctx);
	free(*member);
	*member = own;
	return PL_OK;
}

/* Members by their canonical names; what is none is left for the operation to refuse. */
static enum pl_status
name_members(struct pl_ctx *ctx, char **list)
{
	char name[PL_TASK_NAME_MAX + 1], *element;
	const char *at = *list;
	struct pl_buf named;
	struct pl_item it;

	pl_buf_init(&named);
	while (pl_list_next(&at, &it) && (element = pl_item_dup(&it)) != NULL) {
		pl_list_add(&named, pl_task_name_parse(element, name) ? name : element);
		free(element);
	}
	named.failed |= pl_list_count(named.text) < pl_list_count(*list);
	free(*list);
	*list = pl_buf_take(&named);
	return *list != NULL ? PL_OK : pl_fail_memory(ctx);
}

static enum pl_status
settle_task(struct pl_ctx *ctx, struct pl_task *t)
{
	if (t->members != NULL)
		return name_members(ctx, &t->members);
	if (strcmp(t->type, "Task") != 0 || t->run_as != NULL)
		return PL_OK;
	return set_text(ctx, &t->run_as, pl_store_is_system(ctx) ? "root" : ctx->caller.account);
}

/* Short names can meet that were different in the document. */
static enum pl_status
check_accounts(struct pl_ctx *ctx, const struct pl_configuration *doc)
{
	const void **index = pl_configuration_index(doc, PL_SECTION_ACCOUNTS);
	const size_t count = doc->sections[PL_SECTION_ACCOUNTS].count;
	enum pl_status st = PL_OK;
	size_t i;

	if (index == NULL)
		return pl_fail_memory(ctx);
	for (i = 1; i < count && st == PL_OK; i++) {
		const char *name = pl_configuration_name(PL_SECTION_ACCOUNTS, index[i]);

		if (strcmp(name, pl_configuration_name(PL_SECTION_ACCOUNTS, index[i - 1])) == 0)
			st = pl_fail(ctx, PL_ERR_CONFIGURATION_INVALID,
			    "%s: '%s' stands there with and without the Domain", pl_sections[PL_SECTION_ACCOUNTS].name,
			    name);
	}
	free(index);
	return st;
}

enum pl_status
pl_configuration_settle(struct pl_ctx *ctx, struct pl_configuration *doc)
{
	char short_name[PL_ACCOUNT_MAX + 1];
	enum pl_status st = PL_OK;
	size_t i;

	for (i = 0; i < doc->sections[PL_SECTION_GROUPS].count && st == PL_OK; i++) {
		struct pl_group *g = pl_configuration_row(doc, PL_SECTION_GROUPS, i);

		if (g->members != NULL)
			st = sort_members(ctx, &g->members);
	}
	for (i = 0; i < doc->sections[PL_SECTION_ACCOUNTS].count && st == PL_OK; i++) {
		struct pl_system_account *a = pl_configuration_row(doc, PL_SECTION_ACCOUNTS, i);

		st = set_text(ctx, &a->identity, pl_principal_short(ctx, a->identity, short_name));
	}
	if (st == PL_OK)
		st = check_accounts(ctx, doc);
	for (i = 0; i < doc->sections[PL_SECTION_TASKS].count && st == PL_OK; i++) {
		struct pl_configuration_task *t = pl_configuration_row(doc, PL_SECTION_TASKS, i);

		st = settle_task(ctx, &t->task);
	}
	return st;
}
