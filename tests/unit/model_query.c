/* model_query.c - filters, orders and pages of listings */

#include "pamlite/clock.h"

#include "model_world.h"

enum kind { REQUEST, GRANT, GROUP, TASK, RUN, POLICY, ACCOUNT, RECORD };

static const struct pl_noun *const nouns[] = { &pl_request_noun, &pl_authorization_noun, &pl_group_noun, &pl_task_noun,
	&pl_execution_noun, &pl_policy_noun, &pl_system_account_noun, &pl_audit_noun };

static enum pl_status
list(enum kind kind, pl_row_fn *each, void *arg)
{
	switch (kind) {
	case REQUEST:
		return pl_request_list(&world.ctx, &(struct pl_request_filter){ 0 }, each, arg);
	case GRANT:
		return pl_authorization_list(&world.ctx, &(struct pl_authorization_filter){ 0 }, each, arg);
	case GROUP:
		return pl_group_list(&world.ctx, &(struct pl_group_filter){ 0 }, each, arg);
	case TASK:
		return pl_task_list(&world.ctx, &(struct pl_task_filter){ 0 }, each, arg);
	case RUN:
		return pl_execution_list(&world.ctx, &(struct pl_execution_filter){ 0 }, each, arg);
	case POLICY:
		return pl_policy_list(&world.ctx, &(struct pl_policy_filter){ 0 }, each, arg);
	case ACCOUNT:
		return pl_system_account_list(&world.ctx, &(struct pl_system_account_filter){ 0 }, each, arg);
	default:
		return pl_audit_search(&world.ctx, &(struct pl_audit_search){ 0 }, each, arg);
	}
}

static bool
is_text(const struct pl_column *c)
{
	return c->type == PL_TYPE_TEXT || c->type == PL_TYPE_LIST || c->type == PL_TYPE_MAP;
}

/* How many match, or the error's id as a failure. */
static enum pl_status
filtered(enum kind kind, const char *filter, int *count)
{
	enum pl_status st;

	*count = 0;
	world.ctx.list.filter = text(filter);
	st = list(kind, count_row, count);
	world.ctx.list.filter = NULL;
	return st;
}

#define REQUEST_COLUMNS "(id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s," \
	" parameters, ticket, start_at, created_at, updated_at, expires_at, decided_at)"

/* Five requests, two of them granted, that differ in everything a filter can ask. */
static void
make_rows(void)
{
	static const char *const sql[] = {
		"INSERT INTO request " REQUEST_COLUMNS " VALUES ('id-1', 'alice', 1, 1, 'Task', 'Linux\\a', 'p',"
		" 'Pending',"
		" 'it''s \"50% _done\"', 3600, NULL, 'T-1', NULL, 1789999900, 1789999900, 1790086300, NULL)",
		"INSERT INTO request " REQUEST_COLUMNS " VALUES ('id-2', 'bob', 2, 1, 'Task', 'Linux\\b', 'p',"
		" 'Approved',"
		" 'x', 7200, NULL, NULL, NULL, 1789999901, 1789999901, 1790086300, 1790000000)",
		"INSERT INTO request " REQUEST_COLUMNS " VALUES ('id-3', 'alice@OTHER.ORG', 3, 1, 'Role',"
		" 'Linux\\a', 'p',"
		" 'Denied', 'ALLES', 1800, NULL, 't-1', NULL, 1789999902, 1789999902, 1790086300, 1790000000)",
		"INSERT INTO request " REQUEST_COLUMNS " VALUES ('id-4', 'carol', 4, 1, 'Task', 'Exchange\\Move', 'p',"
		" 'Approved', 'Mail 509 _done', 1200, 'unit=nginx' || char(10) || 'mode=ro' || char(10), 'U-2',"
		" 1790003600,"
		" 1789999903, 1789999903, 1790086300, 1790000000)",
		"INSERT INTO request " REQUEST_COLUMNS " VALUES ('id-5', 'dave', 5, 1, 'Task', 'Linux\\c', 'p',"
		" 'Pending',"
		" 'late', 5400, NULL, NULL, NULL, 1789900000, 1789900000, 1789986400, NULL)",
		"INSERT INTO authorization SELECT 'g' || id, id, 'p', requestor, 1, 1, type, access, parameters, 1,"
		" NULL,"
		" 'bob, dave', 1789999999, 1790003600, 1789999999, '', 0, nullif(duration_s = 7200, 0), duration_s ="
		" 7200,"
		" NULL, iif(duration_s = 7200, 1789999999, NULL), NULL, NULL, 1789999999, 1789999999 FROM request"
		" WHERE state = 'Approved'",
	};

	world_begin("query");
	SAYS(make_group("ops", "bob\ndave\nb.o-b\n"), "");
	SAYS(make_group("empty", ""), "");
	SAYS(set_control(pl_control_enable, (struct pl_control_spec){ .admin_group = text("ops") }), "");
	SAYS(set_control(pl_control_change, (struct pl_control_spec){ .domain = text("EXAMPLE.ORG") }), "");
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++)
		if (sql_run("%s", sql[i]) != SQLITE_OK) {
			printf("%s\n", sqlite3_errmsg(world_raw()));
			unit_failed++;
		}
}

/* The filter and how many rows it leaves; -1 = not understood. */
static const struct {
	enum kind kind;
	const char *filter;
	int count;
} filters[] = {
	/* text */
	{ REQUEST, "RequestStatus -eq 'Pending'", 1 }, { REQUEST, "RequestStatus -eq 'Expired'", 1 },
	{ REQUEST, "requeststatus -EQ 'PENDING'", 1 }, { REQUEST, "RequestStatus -ne 'Pending'", 4 },
	{ REQUEST, "  RequestStatus\t-eq  'Pending'  ", 1 }, { REQUEST, "RequestStatus -eq \"Pending\"", 1 },
	{ REQUEST, "Reason -lt 'late'", 2 }, { REQUEST, "Reason -le 'late'", 3 },
	{ REQUEST, "Reason -gt 'late'", 2 }, { REQUEST, "Reason -ge 'late'", 3 },
	{ REQUEST, "Reason -eq 'it''s \"50% _done\"'", 1 }, { REQUEST, "Reason -eq \"it's \"\"50% _done\"\"\"", 1 },
	{ REQUEST, "Identity -eq 'id-1'", 1 }, { REQUEST, "Identity -eq 'ID-1'", 0 },
	{ REQUEST, "Identity -ne 'id-1'", 4 }, { REQUEST, "Service -eq 'linux'", 4 },
	{ REQUEST, "RequestedAccess -eq 'linux\\A'", 2 }, { REQUEST, "Reason -eq ''", 0 },
	/* patterns: only * and ? mean something */
	{ REQUEST, "Reason -like '*'", 5 }, { REQUEST, "Reason -like 'al*'", 1 }, { REQUEST, "Reason -like '?'", 1 },
	{ REQUEST, "Reason -like '*50% _done*'", 1 }, { REQUEST, "Reason -like '*50? _done*'", 2 },
	{ REQUEST, "Reason -like '*50% ?done*'", 1 }, { REQUEST, "Reason -like '%'", 0 },
	{ REQUEST, "Reason -like '_'", 0 }, { REQUEST, "Reason -like '!'", 0 }, { REQUEST, "Reason -like 'x'", 1 },
	{ REQUEST, "RequestedAccess -like 'Linux\\*'", 4 }, { REQUEST, "Reason -notlike '*a*'", 2 },
	{ REQUEST, "Ticket -notlike 't*'", 3 }, { REQUEST, "Ticket -like '*'", 5 },
	/* null: two-valued, also behind -not */
	{ REQUEST, "Ticket -eq null", 2 }, { REQUEST, "Ticket -eq $null", 2 }, { REQUEST, "Ticket -ne $NULL", 3 },
	{ REQUEST, "Ticket -eq 'null'", 0 }, { REQUEST, "Ticket -ne 'T-1'", 3 }, { REQUEST, "Ticket -eq 'T-1'", 2 },
	{ REQUEST, "-not Ticket -eq 'T-1'", 3 }, { REQUEST, "Ticket -gt 'a'", 3 }, { REQUEST, "-not Ticket -gt"
	    " 'a'", 2 },
	{ REQUEST, "-not -not Ticket -gt 'a'", 3 }, { REQUEST, "StartTimeUtc -eq null", 4 },
	{ REQUEST, "-not (Ticket -gt 'a' -and Reason -like '*')", 2 }, { REQUEST, "Parameters -ne null", 1 },
	{ REQUEST, "Ticket -lt null", -1 }, { REQUEST, "Ticket -like null", -1 },
	/* numbers, hours, times, switches */
	{ REQUEST, "DurationHours -eq 0.5", 1 }, { REQUEST, "DurationHours -gt 1", 2 },
	{ REQUEST, "DurationHours -ge 1", 3 },
	{ REQUEST, "DurationHours -lt 1.5", 3 }, { REQUEST, "DurationHours -le 1.5", 4 },
	{ REQUEST, "DurationHours -ne 2", 4 }, { REQUEST, "DurationHours -eq '2'", 1 },
	{ REQUEST, "DurationHours -eq -1", -1 }, { REQUEST, "DurationHours -eq 1e1", -1 },
	{ REQUEST, "DurationHours -eq 0x2", -1 }, { REQUEST, "DurationHours -eq nan", -1 },
	{ REQUEST, "DurationHours -like 2", -1 }, { REQUEST, "DurationHours -eq true", -1 },
	{ REQUEST, "DateCreatedUtc -ge 2026-09-21T14:11:41Z", 3 }, { REQUEST, "DateCreatedUtc -lt 2026-09-21", 1 },
	{ REQUEST, "DateCreatedUtc -eq 2026-09-21T16:11:41+02:00", 1 },
	{ REQUEST, "DateCreatedUtc -eq '2026-09-21T14:11:41Z'", 1 }, { REQUEST, "DateCreatedUtc -gt yesterday", -1 },
	{ REQUEST, "DateCreatedUtc -gt 2026-02-30", -1 }, { REQUEST, "DateCreatedUtc -gt 5", -1 },
	{ GRANT, "Revoked -eq true", 1 }, { GRANT, "Revoked -eq $true", 1 }, { GRANT, "Revoked -eq $False", 1 },
	{ GRANT, "Revoked -ne true", 1 }, { GRANT, "Revoked -gt false", -1 }, { GRANT, "Revoked -eq 1", -1 },
	{ GRANT, "UseCount -eq 1", 1 }, { GRANT, "UseCount -ge 0", 2 }, { GRANT, "UseCount -gt -1", 2 },
	{ GRANT, "UseCount -eq 9223372036854775808", -1 }, { GRANT, "UseCount -eq 1.0", -1 },
	{ GRANT, "UseCount -lt 9223372036854775807", 2 }, { GRANT, "MaxUses -eq null", 1 },
	{ GRANT, "MaxUses -ne 5", 2 },
	{ GRANT, "UseCount -eq", -1 }, { GRANT, "AuthorizedBy -eq 'bob, dave'", 2 },
	/* accounts: short and long are one */
	{ REQUEST, "RequestorUPN -eq 'alice'", 1 }, { REQUEST, "RequestorUPN -eq 'alice@EXAMPLE.ORG'", 1 },
	{ REQUEST, "RequestorUPN -eq 'alice@example.org'", 1 }, { REQUEST, "RequestorUPN -eq 'alice@OTHER.ORG'", 1 },
	{ REQUEST, "RequestorUPN -ne 'alice'", 4 }, { REQUEST, "RequestorUPN -like 'alice@*'", 2 },
	{ REQUEST, "RequestorUPN -gt 'bob'", 3 }, { REQUEST, "RequestorUPN -eq '@EXAMPLE.ORG'", 0 },
	{ GRANT, "AuthorizedTo -eq 'carol'", 1 }, { GRANT, "AuthorizedTo -eq 'carol@EXAMPLE.ORG'", 1 },
	/* lists and maps: one element is meant */
	{ GROUP, "Member -eq 'bob'", 1 }, { GROUP, "Member -eq 'BOB'", 1 }, { GROUP, "Member -eq 'bo'", 0 },
	{ GROUP, "Member -ne 'bob'", 1 }, { GROUP, "Member -eq null", 1 }, { GROUP, "Member -like 'b*'", 1 },
	{ GROUP, "Member -eq 'b.o-b'", 1 }, { GROUP, "Member -like '*av*'", 1 }, { GROUP, "Member -notlike '*av*'", 1 },
	{ REQUEST, "Parameters -eq 'unit=nginx'", 1 }, { REQUEST, "Parameters -eq 'unit=ngin'", 0 },
	/* -not binds first, then -and, then -or */
	{ REQUEST, "Ticket -eq 'U-2' -or Service -eq 'Linux' -and Reason -eq 'x'", 2 },
	{ REQUEST, "(Ticket -eq 'U-2' -or Service -eq 'Linux') -and Reason -eq 'x'", 1 },
	{ REQUEST, "Reason -eq 'x' -and Service -eq 'Linux' -or Ticket -eq 'U-2'", 2 },
	{ REQUEST, "-not Reason -eq 'x' -and Service -eq 'Linux'", 3 },
	{ REQUEST, "-not (Reason -eq 'x' -and Service -eq 'Linux')", 4 },
	{ REQUEST, "-not Reason -eq 'x' -or Reason -eq 'x'", 5 },
	{ REQUEST, "Reason -eq 'x'-or Reason -eq 'late'", 2 }, { REQUEST, "((((Reason -eq 'x'))))", 1 },
	{ REQUEST, "(Reason -eq 'x')-or(Reason -eq 'late')", 2 },
	/* what cannot be understood */
	{ REQUEST, "", -1 }, { REQUEST, " ", -1 }, { REQUEST, "Reason", -1 }, { REQUEST, "Reason -eq", -1 },
	{ REQUEST, "-eq 'x'", -1 }, { REQUEST, "Nothing -eq 'x'", -1 }, { REQUEST, "Reason = 'x'", -1 },
	{ REQUEST, "Reason -eq x", -1 }, { REQUEST, "Reason -eq 'x", -1 }, { REQUEST, "Reason -eq 'x''", -1 },
	{ REQUEST, "Reason -eq \"x", -1 }, { REQUEST, "(Reason -eq 'x'", -1 }, { REQUEST, "Reason -eq 'x')", -1 },
	{ REQUEST, "()", -1 }, { REQUEST, "-not", -1 }, { REQUEST, "Reason -eq 'x' -and", -1 },
	{ REQUEST, "Reason -eq 'x' Reason -eq 'y'", -1 }, { REQUEST, "Reason -is 'x'", -1 },
	{ REQUEST, "Reason -eq 'x' -xor Reason -eq 'y'", -1 }, { REQUEST, "Reason -eqq 'x'", -1 },
	{ REQUEST, "Reason -eq 'x' # comment", -1 }, { REQUEST, "Reason -eq $", -1 }, { REQUEST, "'x' -eq Reason", -1 },
	/* attempts to reach SQL */
	{ REQUEST, "Reason -eq '''x'' OR 1=1 --'", 0 }, { REQUEST, "Reason -eq 'x' OR 1=1", -1 },
	{ REQUEST, "Reason -eq 'x'; DROP TABLE audit", -1 }, { REQUEST, "1 -eq 1", -1 },
	{ REQUEST, "r.reason -eq 'x'", -1 },
	{ REQUEST, "Reason -eq x'78'", -1 }, { REQUEST, "Reason) OR (1 -eq 1", -1 }, { REQUEST, "rowid -ge 0", -1 },
	{ REQUEST, "requestor_uid -ge 0", -1 }, { REQUEST, "Reason -eq :v1", -1 }, { REQUEST, "Reason -eq ?1", -1 },
	{ REQUEST, "Reason -like '*'' ESCAPE ''x'", 0 }, { REQUEST, "Reason -eq \"') OR 1=1 --\"", 0 },
	{ REQUEST, "DurationHours -eq 1/**/OR/**/1", -1 }, { REQUEST, "Reason -eq 'a' -or 1", -1 },
};

static void
test_filters(void)
{
	int count;

	make_rows();
	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		int failed = unit_failed;

		SAYS(filtered(filters[i].kind, filters[i].filter, &count), filters[i].count < 0 ? "InvalidFilter" : "");
		if (filters[i].count >= 0)
			CHECK_INT(count, filters[i].count);
		if (unit_failed > failed)
			printf("  filter: %s\n", filters[i].filter);
	}
	CHECK_INT(sql_int("SELECT count(*) FROM request"), 5);
	world_end();
}

/* Every operator on every property of every noun: understood, or refused as a filter, and nothing else. */
static void
test_all_columns(void)
{
	static const char *const operators[] = { "eq", "ne", "lt", "le", "gt", "ge", "like", "notlike" };
	static const char *const values[] = { "'text'", "7", "0.5", "2026-09-21T00:00:00Z", "true", "null" };
	static const char *const fitting[] = { "'text'", "7", "true", "2026-09-21", "0.5", "'text'", "'text'" };
	char filter[256];
	int count;

	make_rows();
	for (size_t n = 0; n < sizeof(nouns) / sizeof(nouns[0]); n++)
		for (const struct pl_column *c = nouns[n]->columns; c->name != NULL; c++)
			for (int o = 0; o < 8; o++) {
				bool has = is_text(c) || (o < 6 && (c->type != PL_TYPE_BOOL || o < 2));

				snprintf(filter, sizeof(filter), "%s -%s %s", c->name, operators[o], fitting[c->type]);
				SAYS(filtered((enum kind)n, filter, &count), has ? "" : "InvalidFilter");
				if (o % 3 != 0)
					continue;
				for (int v = 0; v < 6; v++) {
					enum pl_status st;

					snprintf(filter, sizeof(filter), "%s -%s %s", c->name, operators[o], values[v]);
					st = filtered((enum kind)n, filter, &count);
					CHECK(st == PL_OK || world.ctx.failure.error == PL_ERR_INVALID_FILTER);
				}
			}
	world_end();
}

/* The same text n times, with `between` between; the caller frees. */
static char *
repeated(const char *before, const char *what, const char *between, int n, const char *after)
{
	struct pl_buf b;

	pl_buf_init(&b);
	pl_buf_text(&b, before);
	for (int i = 0; i < n; i++)
		pl_buf_printf(&b, "%s%s", i > 0 ? between : "", what);
	pl_buf_text(&b, after);
	return pl_buf_take(&b);
}

static const struct {
	const char *before, *what, *between;
	int n;
	const char *after;
	const char *says;
} large[] = {
	{ "", "(", "", 1000, "", "InvalidFilter" },
	{ "", ")", "", 1000, "", "InvalidFilter" },
	{ "", "-not ", "", 1000, "Reason -eq 'x'", "InvalidFilter" },
	{ "", "-not ", "", 20, "Reason -eq 'x'", "" },
	{ "((((((((((((((((((((", "Reason -eq 'x'", "", 1, "))))))))))))))))))))", "" },
	{ "", "(Reason -eq 'x')", " -or ", 200, "", "" },
	{ "", "UseCount -eq 1", " -or ", 256, "", "InvalidFilter" },   /* a request has no such property */
	{ "", "Reason -eq 'x'", " -or ", 256, "", "" },
	{ "", "Reason -eq 'x'", " -and ", 256, "", "" },
	{ "", "RequestStatus -like 'x'", " -or ", 256, "", "" },
	{ "", "RequestorUPN -eq 'x'", " -or ", 256, "", "" },
	{ "", "Approvals -eq 'x'", " -or ", 256, "", "" },
	{ "", "Version -ne 'x'", " -and ", 256, "", "" },
	{ "", "-not Reason -gt 'x'", " -and ", 250, "", "" },
	{ "", "Reason -eq 'x'", " -or ", 257, "", "InvalidFilter" },
	{ "Reason -eq '", "x", "", 8000, "'", "" },
	{ "Reason -like '", "*", "", 250, "'", "" },
	{ "Reason -like '", "*", "", 251, "'", "InvalidFilter" },
	{ "Reason -like '", "*a", "", 125, "'", "" },
	{ "", "Reason -like '*aaaaaaaaaaaaaaa*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", " -or ", 20, "", "" },
	{ "", "Reason -like '*aaaaaaaaaaaaaaa*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'", " -or ", 21, "", "InvalidFilter" },
	{ "Reason -eq '", "x", "", 65536, "'", "InvalidFilter" },
	{ "Reason -eq 'x'", " ", "", 65536, "", "InvalidFilter" },
	{ "", "Reason", "", 1000, " -eq 'x'", "InvalidFilter" },
	{ "DurationHours -eq ", "9", "", 4000, "", "InvalidFilter" },
};

static void
test_large_filters(void)
{
	int count;

	make_rows();
	for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++) {
		char *filter = repeated(large[i].before, large[i].what, large[i].between, large[i].n, large[i].after);
		int failed = unit_failed;

		if (filter == NULL)
			exit(1);
		SAYS(filtered(REQUEST, filter, &count), large[i].says);
		if (unit_failed > failed)
			printf("  %d times %s\n", large[i].n, large[i].what);
		free(filter);
	}
	world_end();
}

/* Hours as they are printed find what was printed. */
static void
test_printed_hours(void)
{
	struct pl_buf filter;
	int count;

	make_rows();
	for (int64_t s = PL_DURATION_MIN_S; s <= 2 * HOUR; s += 300) {
		CHECK_INT(sql_run("UPDATE request SET duration_s = %lld WHERE id = 'id-1'", (long long)s), SQLITE_OK);
		pl_buf_init(&filter);
		pl_buf_text(&filter, "Identity -eq 'id-1' -and DurationHours -eq ");
		pl_hours_format(&filter, s);
		SAYS(filtered(REQUEST, filter.text, &count), "");
		CHECK_INT(count, 1);
		if (count != 1)
			printf("  %s\n", filter.text);
		pl_buf_clear(&filter);
	}
	world_end();
}

/* Many rows of every noun: equal values in groups, some null, identities in no order. */
#define NUMBERS(n) "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < " #n ")"
#define MIXED "printf('%%05d-%%d', i * 7919 %% 100003, i)"

static void
make_many(const char *numbers)
{
	static const char *const sql[] = {
		"INSERT INTO request " REQUEST_COLUMNS " %s SELECT " MIXED ", 'u' || i %% 9, 1, 1, 'Task',"
		" 'Linux\\t' || i %% 7, 'p', 'Approved', iif(i %% 2, 'a', 'A') || i %% 40, 300 + i %% 5, NULL,"
		" nullif('T' || i %% 4, 'T0'), NULL,"
		" 1789000000 + i / 5, 1789000000 + i %% 3, 1799000000, 1789000001 FROM c",
		"INSERT INTO authorization %s SELECT 'g' || " MIXED ", " MIXED ", 'p', 'u' || i %% 9, 1, 1, 'Task',"
		" 'Linux\\t' || i %% 7, NULL, 0, NULL, 'Auto', 1789000000 + i %% 7, 1799000000, 1789000000, '', 0,"
		" nullif(i %% 3, 0), 0, NULL, iif(i %% 4, NULL, 1789000000), iif(i %% 4, NULL, 'x'), NULL,"
		" 1789000000 + i / 5, 1789000000 FROM c",
		"INSERT INTO execution (id, task, user, uid, run_as, command_line, started_at, pid, boot_id)"
		" %s SELECT " MIXED ", 'Linux\\t' || i %% 7, 'u' || i %% 9, 1, 'x', 'x' || char(10), 1789000000 + i"
		" / 5,"
		" i %% 50, '' FROM c",
		"INSERT INTO approver_group %s SELECT " MIXED ", 'n' || (i * 7919 %% 100003), NULL, NULL,"
		" nullif('d' || i %% 3, 'd0'), 1789000000 + i / 5, 1789000000 FROM c",
		"INSERT INTO system_account %s SELECT 's' || (i * 7919 %% 100003), 'r' || i %% 3, NULL, NULL, 'x',"
		" 1789000000 + i / 5 FROM c",
		"INSERT INTO task (name, type, path, run_as, digest, created_at, updated_at) %s SELECT"
		" 'Linux\\t' || (i * 7919 %% 100003), 'Task', '/p' || i %% 3, 'x', printf('%%064d', i %% 10),"
		" 1789000000 + i / 5, 1789000000 FROM c",
		"INSERT INTO policy (id, type, access, approval_type, digest, created_by, created_at, updated_at) %s"
		" SELECT "
		MIXED ", 'Task', 'Linux\\t' || (i * 7919 %% 100003), 'Manual', printf('%%064d', i %% 10), 'x',"
		" 1789000000 + i / 5, 1789000000 FROM c",
		"INSERT INTO audit %s SELECT i, 'd' || i %% 4, printf('%%064d', i),"
		" '2026-09-21T14:13:' || (10 + i / 9 %% 50) || 'Z', 'u' || i %% 5, 'o' || i %% 3, nullif('b' || i %%"
		" 2, 'b0'), 'r', 'y' FROM c",
	};
	char line[4096];

	world_begin("query");
	CHECK_INT(sql_run("BEGIN"), SQLITE_OK);
	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		struct pl_buf b;
		const char *at = strstr(sql[i], "%s");

		/* "%%" in the texts above is "%" for SQL; the numbers stand where "%s" is. */
		pl_buf_init(&b);
		for (const char *p = sql[i]; *p != '\0'; p++)
			if (p == at) {
				pl_buf_text(&b, numbers);
				p++;
			} else {
				pl_buf_char(&b, *p);
				p += *p == '%' && p[1] == '%';
			}
		snprintf(line, sizeof(line), "%s", b.text);
		pl_buf_clear(&b);
		if (sqlite3_exec(world_raw(), line, NULL, NULL, NULL) != SQLITE_OK) {
			printf("%s\n  %s\n", line, sqlite3_errmsg(world_raw()));
			unit_failed++;
		}
	}
	CHECK_INT(sql_run("COMMIT"), SQLITE_OK);
}

/* A listing under examination: the key of the row before, and whether each came once. */
struct listing {
	const struct pl_noun *noun;
	const struct pl_column *by, *id;
	bool descending;
	int count, wrong;
	char last_text[256], last_id[128];
	int64_t last_int, last_id_int;
};

static int
compare_int(int64_t a, int64_t b)
{
	return a < b ? -1 : a > b;
}

static enum pl_status
look_at_row(void *arg, const void *row)
{
	struct listing *l = arg;
	const char *value = is_text(l->by) && pl_row_text(l->by, row) != NULL ? pl_row_text(l->by, row) : "";
	const char *id = is_text(l->id) ? pl_row_text(l->id, row) : "";
	int64_t number = is_text(l->by) ? 0 : l->by->type == PL_TYPE_BOOL ? pl_row_bool(l->by, row)
	    : pl_row_int(l->by, row);
	int64_t id_number = is_text(l->id) ? 0 : pl_row_int(l->id, row);
	int order = is_text(l->by) ? strcasecmp(l->last_text, value) : compare_int(l->last_int, number);

	if (l->descending)
		order = -order;
	/* Equal keys: by identity, upwards; that also shows that no row comes twice. */
	if (order == 0 && l->by != l->id)
		order = is_text(l->id) ? strcmp(l->last_id, id) : compare_int(l->last_id_int, id_number);
	if (l->count++ > 0 && order >= 0)
		l->wrong++;
	snprintf(l->last_text, sizeof(l->last_text), "%s", value);
	snprintf(l->last_id, sizeof(l->last_id), "%s", id);
	l->last_int = number;
	l->last_id_int = id_number;
	return PL_OK;
}

static void
check_order(enum kind kind, const char *sort_by, bool descending, int rows)
{
	struct listing l = { .noun = nouns[kind], .id = pl_column_id(nouns[kind]), .descending = descending };
	int failed = unit_failed;

	l.by = pl_column_find(l.noun, sort_by != NULL ? sort_by : l.noun->newest);
	world.ctx.list.sort_by = text(sort_by);
	world.ctx.list.descending = sort_by != NULL && descending;   /* without a name the newest come first */
	SAYS(list(kind, look_at_row, &l), "");
	world.ctx.list.sort_by = NULL;
	world.ctx.list.descending = false;
	CHECK_INT(l.count, rows);
	CHECK_INT(l.wrong, 0);
	if (unit_failed > failed)
		printf("  %s by %s%s\n", l.noun->name, l.by->name, descending ? ", descending" : "");
}

/* Two pages of everything, by every property, both ways. */
static void
test_orders(void)
{
	make_many(NUMBERS(260));
	for (size_t n = 0; n < sizeof(nouns) / sizeof(nouns[0]); n++)
		for (const struct pl_column *c = nouns[n]->columns; c->name != NULL; c++) {
			check_order((enum kind)n, c->name, false, 260);
			check_order((enum kind)n, c->name, true, 260);
		}
	world_end();
}

/* More than four pages: newest first, and oldest first where that is asked. */
static void
test_pages(void)
{
	make_many(NUMBERS(1101));
	for (size_t n = 0; n < sizeof(nouns) / sizeof(nouns[0]); n++) {
		check_order((enum kind)n, NULL, true, 1101);
	}
	check_order(REQUEST, "RequestorUPN", false, 1101);
	check_order(REQUEST, "Ticket", true, 1101);
	world_end();
}

/* How many rows there are, the limit, and whether it is said that there are more. */
static void
test_limits(void)
{
	static const struct {
		int64_t limit;
		int count;
		bool more;
	} limits[] = {
		{ 0, 520, false }, { 1, 1, true }, { 249, 249, true }, { 250, 250, true }, { 251, 251, true },
		{ 500, 500, true }, { 519, 519, true }, { 520, 520, false }, { 521, 520, false },
		{ 100000, 520, false },
	};

	make_many(NUMBERS(520));
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		for (int warn = 0; warn < 2; warn++) {
			struct pl_buf *notes = &world.ctx.notes[PL_NOTE_WARNING];
			int count = 0;

			pl_buf_clear(notes);
			pl_buf_init(notes);
			world.ctx.list.limit = limits[i].limit;
			world.ctx.list.warn_when_cut = warn;
			SAYS(list(REQUEST, count_row, &count), "");
			CHECK_INT(count, limits[i].count);
			CHECK_INT(notes->len > 0, limits[i].more && warn);
		}
	world.ctx.list.limit = 0;
	world_end();
}

static enum pl_status
sorted_by(const char *property, const char *filter)
{
	enum pl_status st;
	int count = 0;

	world.ctx.list.sort_by = text(property);
	world.ctx.list.filter = text(filter);
	world.ctx.list.limit = 1;
	st = list(REQUEST, count_row, &count);
	memset(&world.ctx.list, 0, sizeof(world.ctx.list));
	return st;
}

static void
test_unsortable(void)
{
	make_many(NUMBERS(10000));
	SAYS(sorted_by("Reason", NULL), "");
	SAYS(sorted_by("DateCreatedUtc", NULL), "");
	SAYS(sorted_by("Nothing", NULL), "SortNotPossible");
	SAYS(sorted_by("created_at", NULL), "SortNotPossible");
	CHECK_INT(sql_run("UPDATE request SET state = 'Denied' WHERE rowid = 1; INSERT INTO request " REQUEST_COLUMNS
	    " SELECT 'one-more', requestor, 1, 1, type, access, 'p', state, reason, 300, NULL, NULL, NULL, 1, 1, 2, 1"
	    " FROM request LIMIT 1"), SQLITE_OK);
	SAYS(sorted_by("Reason", NULL), "SortNotPossible");
	CHECK(strstr(world.ctx.failure.hint, "DateCreatedUtc") != NULL);
	SAYS(sorted_by("DateCreatedUtc", NULL), "");
	SAYS(sorted_by("Reason", "RequestStatus -eq 'Denied'"), "");
	SAYS(sorted_by(NULL, NULL), "");
	world_end();
}

/* Rows that come or go between two pages neither end a listing nor repeat what was listed. */
static enum pl_status
disturb(void *arg, const void *row)
{
	struct listing *l = arg;

	if (l->count == 100)
		CHECK_INT(sql_run("DELETE FROM authorization WHERE created_at > 1789000100;"
		    "INSERT INTO authorization SELECT 'new', 'new', policy_id, holder, 1, 1, type, access, NULL, 0,"
		    " NULL,"
		    " 'Auto', start_at, end_at, 1, '', 0, NULL, 0, NULL, NULL, NULL, NULL, 1789999999, 1 FROM"
		    " authorization LIMIT 1"),
		    SQLITE_OK);
	return look_at_row(arg, row);
}

static void
test_changes_between_pages(void)
{
	struct listing l = { .noun = &pl_authorization_noun,
		.by = pl_column_find(&pl_authorization_noun, "DateCreatedUtc"),
		.id = pl_column_id(&pl_authorization_noun), .descending = true };

	make_many(NUMBERS(600));
	CHECK_INT(sql_run("PRAGMA foreign_keys = OFF"), SQLITE_OK);
	SAYS(list(GRANT, disturb, &l), "");
	CHECK_INT(l.wrong, 0);
	/* The first page was read before; of the rest only what still stood behind it. */
	CHECK_INT(l.count, 600);
	CHECK_INT(sql_int("SELECT count(*) FROM authorization"), 505);
	world_end();
}

/* What the receiver of the rows answers ends the listing, with nothing locked. */
static enum pl_status
refuse_third(void *arg, const void *row)
{
	(void)row;
	return ++*(int *)arg == 3 ? PL_E_IO : PL_OK;
}

static void
test_receiver_stops(void)
{
	int count = 0;

	make_many(NUMBERS(10));
	CHECK_INT(list(REQUEST, refuse_third, &count), PL_E_IO);
	CHECK_INT(count, 3);
	CHECK_INT(sql_run("BEGIN EXCLUSIVE; COMMIT"), SQLITE_OK);
	world_end();
}

int
main(void)
{
	test_filters();
	test_all_columns();
	test_large_filters();
	test_printed_hours();
	test_orders();
	test_pages();
	test_limits();
	if (!unit_is_slow())
		test_unsortable();
	test_changes_between_pages();
	test_receiver_stops();
	return unit_end();
}
