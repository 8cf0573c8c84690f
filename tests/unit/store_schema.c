/* store_schema.c - a new database has the schema whose digest the table of steps names */

#include <stdlib.h>
#include <unistd.h>

#include "pamlite/context.h"
#include "pamlite/store.h"

#include "store/schema.h"
#include "unit.h"

int
main(void)
{
	char dir[4096], path[4200], digest[PL_DIGEST_LEN + 1];
	struct pl_ctx ctx;

	snprintf(dir, sizeof(dir), "%s/schema.XXXXXX", getenv("TMPDIR") != NULL ? getenv("TMPDIR") : ".");
	CHECK(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/t.db", dir);
	pl_ctx_init(&ctx);
	CHECK_INT(pl_caller_read(&ctx, &ctx.caller), PL_OK);
	CHECK_INT(pl_store_open(&ctx, path, false), PL_E_CONFIG);
	CHECK_INT(pl_store_open(&ctx, path, true), PL_OK);
	if (ctx.store == NULL) {
		printf("%s\n", ctx.failure.message);
		return unit_end();
	}
	/* Only a database whose digest is the expected one can be begun on. */
	CHECK_INT(pl_txn_begin(&ctx, PL_TXN_READ), PL_OK);
	if (ctx.failure.error == PL_ERR_NONE) {
		CHECK_INT(pl_schema_digest(&ctx, digest), PL_OK);
		pl_txn_rollback(&ctx);
	} else if (ctx.failure.error == PL_ERR_DATABASE_SCHEMA && pl_schema_digest(&ctx, digest) == PL_OK)
		printf("the digest of the newest step is %s\n", digest);
	else
		printf("%s\n", ctx.failure.message);
	pl_store_close(&ctx);
	pl_ctx_clear(&ctx);
	return unit_end();
}
