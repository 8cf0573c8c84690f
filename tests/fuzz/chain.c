/* chain.c - fuzzes the audit log: a record says what it was made of, and whatever is done to a chain is found */

#include "pamlite/chain.h"
#include "pamlite/json.h"
#include "pamlite/statement.h"
#include "store/internal.h"

#include "../unit/model_world.h"

#include "fuzz.h"
#include "image.h"

enum { RECORDS_MAX = 6, TEXT_MAX = 80, COLUMNS = 8, LINE = 0, HASH = 1 };

static const char *const columns[COLUMNS] = { "data", "hash", "time", "user", "record_type", "operation", "object",
	"result" };

static struct image image;
static pid_t maker;                          /* the process whose world it is */

static void
run_sql(const char *sql)
{
	demand(sqlite3_exec(world.ctx.store->db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

/* The schema was looked at in the first transaction: what keeps honest people from the log can go now. */
static void
begin_world(void)
{
	if (maker != getpid()) {
		maker = getpid();
		world_begin("chain");
		demand(first_bad_record() == 0 && unit_failed == 0, "there is a database");
		run_sql("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; PRAGMA journal_mode=MEMORY");
		demand(image_keep(&image, world.path), "it is kept");
	}
	demand(image_restore(&image), "the log is empty");
}

/* Any text; where it is an item of a list or a map, of one line. */
static const char *
any_text(struct fuzz_input *in, bool line)
{
	static char texts[4][TEXT_MAX];
	static int turn;
	char *out = texts[turn++ % 4], *text = fuzz_text(in);

	pl_text_copy(out, TEXT_MAX, text);
	free(text);
	for (char *c = out; line && *c != '\0'; c++)
		*c = *c == '\n' ? ' ' : *c;
	return out;
}

static void
add_parameter(struct fuzz_input *in, struct pl_record *r, unsigned i)
{
	static const char *const keys[] = { "P0", "P1", "P2", "P3" };
	unsigned kind = fuzz_below(in, 7);
	const char *one, *other;
	char items[3 * TEXT_MAX];

	switch (kind) {
	case 0:
		pl_record_text(r, keys[i], any_text(in, false));
		break;
	case 1:
		pl_record_int(r, keys[i], (int64_t)fuzz_number(in, 8));
		break;
	case 2:
		pl_record_hours(r, keys[i], (int64_t)fuzz_number(in, 4));
		break;
	case 3:
		pl_record_time(r, keys[i], T0 + (int64_t)fuzz_number(in, 3));
		break;
	case 4:
		one = any_text(in, true);
		other = any_text(in, true);
		snprintf(items, sizeof(items), "%s\n%s\n", one, other);
		pl_record_list(r, keys[i], items);
		break;
	default:
		one = any_text(in, true);
		other = any_text(in, true);
		snprintf(items, sizeof(items), "a=%s\nb=%s\n", one, other);
		pl_record_open(r, keys[i]);
		if (kind == 5)
			pl_record_map(r, "Map", items);
		else
			pl_record_asked(r, items);
		pl_record_close(r);
	}
}

#define KEYS "Sequence Time BootId BootTime UserId Uid LoginUid Terminal Host Pid RecordType Operation ObjectId" \
	" Result ErrorId Parameters "

/* One strict JSON object with these keys in this order, and the object's name in it as it was given. */
static void
check_line(const struct pl_record *r, int64_t sequence)
{
	struct pl_json_piece cursor, name, value;
	struct pl_buf line, keys, text;
	const char *why;
	size_t at;

	pl_buf_init(&line);
	pl_buf_init(&keys);
	pl_buf_init(&text);
	pl_record_format(&world.ctx, r, sequence, &line);
	demand(pl_json_check(line.text, line.len, &why, &at) == PL_JSON_WHOLE, "a record is one JSON object");
	demand(pl_json_enter(&cursor, line.text, line.len), "a record has keys");
	while (pl_json_next(&cursor, &name, &value)) {
		pl_buf_printf(&keys, "%.*s ", (int)name.len - 2, name.text + 1);
		if (!pl_json_piece_is(&name, "\"ObjectId\""))
			continue;
		if (r->object[0] == '\0')
			demand(pl_json_piece_is(&value, "null"), "no object is null");
		else
			demand(pl_json_unquote(&value, &text) && (strcmp(text.text, r->object) == 0 ||
			    !pl_utf8_is_valid(r->object, strlen(r->object))), "the object is the one that was given");
	}
	demand(strcmp(keys.text, KEYS) == 0, "the keys of a record are always the same");
	pl_buf_clear(&line);
	pl_buf_clear(&keys);
	pl_buf_clear(&text);
}

static void
add_record(struct fuzz_input *in, int64_t sequence)
{
	static const char *const operations[] = { "New-ElevatedAccessRequest", "Approve-ElevatedAccessRequest", "X" };
	struct pl_caller *c = &world.ctx.caller;
	struct pl_record r;

	snprintf(c->name, sizeof(c->name), "u%s", any_text(in, false));
	snprintf(c->terminal, sizeof(c->terminal), "%s", any_text(in, true));
	snprintf(c->host, sizeof(c->host), "%.60s", any_text(in, true));
	pl_record_init(&r, operations[fuzz_below(in, 3)], (enum pl_record_type)fuzz_below(in, PL_RECORD_TYPES),
	    any_text(in, false));
	r.error = (enum pl_error)fuzz_below(in, PL_ERROR_END);
	for (unsigned i = 0, n = fuzz_below(in, 5); i < n; i++)
		add_parameter(in, &r, i);
	check_line(&r, sequence);
	demand(pl_audit_append(&world.ctx, &r) == PL_OK, "a record is written");
	pl_record_clear(&r);
}

static int64_t
make_chain(struct fuzz_input *in)
{
	int64_t count = 1 + (int64_t)fuzz_below(in, RECORDS_MAX);

	demand(pl_txn_begin(&world.ctx, PL_TXN_WRITE) == PL_OK, "the log is open");
	for (int64_t i = 1; i <= count; i++)
		add_record(in, i);
	demand(pl_txn_commit(&world.ctx) == PL_OK, "the log is written");
	act_as("owner");
	return count;
}

/* What a column says, as a record would say it: NULL and "" are the same, and so is what is no UTF-8. */
static void
read_column(int64_t sequence, int column, struct pl_buf *raw, struct pl_buf *says)
{
	char sql[100];
	sqlite3_stmt *stmt = NULL;
	const char *value;

	snprintf(sql, sizeof(sql), "SELECT %s FROM audit WHERE sequence = %lld", columns[column], (long long)sequence);
	demand(sqlite3_prepare_v2(world.ctx.store->db, sql, -1, &stmt, NULL) == SQLITE_OK, sql);
	if (sqlite3_step(stmt) == SQLITE_ROW && (value = (const char *)sqlite3_column_text(stmt, 0)) != NULL) {
		pl_buf_bytes(raw, value, (size_t)sqlite3_column_bytes(stmt, 0));
		if (column == LINE || column == HASH)
			pl_buf_bytes(says, raw->text, raw->len);
		else
			pl_text_escape_json(says, raw->text, raw->len);
	}
	sqlite3_finalize(stmt);
}

/* False where the file's own constraints refuse it. */
static bool
write_column(int64_t sequence, int column, const char *text, size_t len)
{
	char sql[100];
	sqlite3_stmt *stmt = NULL;
	bool done;

	snprintf(sql, sizeof(sql), "UPDATE audit SET %s = ? WHERE sequence = %lld", columns[column],
	    (long long)sequence);
	demand(sqlite3_prepare_v2(world.ctx.store->db, sql, -1, &stmt, NULL) == SQLITE_OK, sql);
	sqlite3_bind_text(stmt, 1, text, (int)len, SQLITE_STATIC);
	done = sqlite3_step(stmt) == SQLITE_DONE;
	sqlite3_finalize(stmt);
	return done;
}

/* A byte replaced, put in or taken out; a text cut; that of another record. True if it now says something else. */
static bool
edit_text(struct fuzz_input *in, int64_t sequence, int64_t count)
{
	int column = (int)fuzz_below(in, COLUMNS);
	unsigned how = fuzz_below(in, 5);
	struct pl_buf old, new, said, says;
	size_t at = fuzz_number(in, 2);
	char byte = (char)fuzz_byte(in);
	bool changed;

	pl_buf_init(&old);
	pl_buf_init(&new);
	pl_buf_init(&said);
	pl_buf_init(&says);
	read_column(sequence, column, &old, &said);
	how = old.len == 0 ? 1 : how;
	at = at % (old.len + (how == 1));
	if (how == 4)
		read_column(1 + (int64_t)fuzz_below(in, (unsigned)count), column, &new, &says);
	else {
		pl_buf_bytes(&new, old.text, at);
		if (how < 2)
			pl_buf_char(&new, byte);
		if (how < 3)
			pl_buf_bytes(&new, old.text + at + (how != 1), old.len - at - (how != 1));
	}
	(void)write_column(sequence, column, new.text, new.len);
	pl_buf_reset(&new);
	pl_buf_reset(&says);
	read_column(sequence, column, &new, &says);
	changed = said.len != says.len || memcmp(said.text, says.text, said.len) != 0;
	pl_buf_clear(&old);
	pl_buf_clear(&new);
	pl_buf_clear(&said);
	pl_buf_clear(&says);
	return changed;
}

/* As somebody would who has the file: the line, and then every hash from there on. */
static bool
rewrite(struct fuzz_input *in, int64_t sequence, int64_t count)
{
	char hash[PL_DIGEST_LEN + 1] = PL_AUDIT_GENESIS;
	struct pl_buf line, head;

	pl_buf_init(&line);
	pl_buf_init(&head);
	if (sequence > 1) {
		read_column(sequence - 1, HASH, &head, &line);
		memcpy(hash, head.text, PL_DIGEST_LEN);
	}
	for (int64_t i = sequence; i <= count; i++) {
		pl_buf_reset(&line);
		pl_buf_reset(&head);
		read_column(i, LINE, &line, &head);
		if (i == sequence) {
			/* Inside of Parameters, of which there is no copy. */
			line.text[line.len - 1] = ' ';
			pl_buf_printf(&line, "%u}", fuzz_byte(in));
			(void)write_column(i, LINE, line.text, line.len);
		}
		pl_audit_hash(hash, line.text, hash);
		(void)write_column(i, HASH, hash, PL_DIGEST_LEN);
	}
	pl_buf_clear(&line);
	pl_buf_clear(&head);
	return true;
}

static void
renumber(int64_t from, int64_t to)
{
	char sql[100];

	snprintf(sql, sizeof(sql), "UPDATE OR IGNORE audit SET sequence = %lld WHERE sequence = %lld", (long long)to,
	    (long long)from);
	run_sql(sql);
}

/* Of whole records: taken out, moved, exchanged, one added. */
static bool
edit_records(struct fuzz_input *in, int64_t sequence, int64_t count)
{
	int64_t other = (int64_t)(int8_t)fuzz_byte(in);
	char sql[256];

	switch (fuzz_below(in, 4)) {
	case 0:
		snprintf(sql, sizeof(sql), "DELETE FROM audit WHERE sequence = %lld", (long long)sequence);
		run_sql(sql);
		return true;
	case 1:
		renumber(sequence, other);
		return other < 1 || other > count;
	case 2:
		other = 1 + (other & 127) % count;
		renumber(sequence, 1000);
		renumber(other, sequence);
		renumber(1000, other);
		return other != sequence;
	default:
		other = other >= 1 && other <= count ? count + 1 : other;
		snprintf(sql, sizeof(sql), "INSERT INTO audit (sequence, data, hash, time, user, operation, object,"
		    " result, record_type) SELECT %lld, data, hash, time, user, operation, object, result,"
		    " record_type FROM audit WHERE sequence = %lld", (long long)other, (long long)sequence);
		run_sql(sql);
		return true;
	}
}

/* The chain alone, and with what somebody else has kept of its head. */
static void
look(const struct pl_audit_witness *head, bool *whole, int64_t *bad)
{
	enum pl_audit_finding finding;
	struct pl_audit_check check;
	int64_t at;

	demand(pl_audit_verify(&world.ctx, 0, &check) == PL_OK, "a chain can be looked at");
	demand(check.valid == (check.detail == NULL), "a break is explained");
	*bad = check.valid ? PL_NULL : check.first_bad_sequence;
	*whole = check.valid;
	pl_row_clear(&pl_audit_check_noun, &check);
	if (head == NULL)
		return;
	demand(pl_audit_compare(&world.ctx, head, 1, &finding, &at) == PL_OK, "a witness is heard");
	*whole = *whole && finding == PL_AUDIT_AGREES;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = fuzz_input(data, size);
	struct pl_buf hash, says;
	struct pl_audit_witness head;
	int64_t sequence, bad;
	unsigned how;
	bool changed, whole;

	begin_world();
	head.sequence = make_chain(&in);
	look(NULL, &whole, &bad);
	demand(whole, "a new chain is whole");
	pl_buf_init(&hash);
	pl_buf_init(&says);
	read_column(head.sequence, HASH, &hash, &says);
	pl_text_copy(head.hash, sizeof(head.hash), hash.text);
	pl_buf_clear(&hash);
	pl_buf_clear(&says);
	sequence = 1 + (int64_t)fuzz_below(&in, (unsigned)head.sequence);
	how = fuzz_below(&in, 8);
	changed = how == 0 ? rewrite(&in, sequence, head.sequence) : how < 3
	    ? edit_records(&in, sequence, head.sequence) : edit_text(&in, sequence, head.sequence);
	look(&head, &whole, &bad);
	demand(whole == !changed, changed ? "a change is found" : "what is the same is whole");
	demand(how < 3 || !changed || bad == sequence, "it is found where it is");
	return 0;
}
