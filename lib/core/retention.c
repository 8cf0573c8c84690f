/* retention.c - for how long recordings are kept, as root has said */

#include "pamlite/retention.h"

#include "pamlite/clock.h"
#include "pamlite/place.h"
#include "pamlite/root_file.h"
#include "pamlite/text.h"

enum { DAYS_MAX = 36500 };

int64_t
pl_retention_s(void)
{
	struct pl_buf text, why;
	int64_t days = 0;

	pl_buf_init(&text);
	pl_buf_init(&why);
	if (!pl_root_setting_read(PL_RETENTION, &text, &why) ||
	    !pl_text_parse_int(text.text, text.len, &days) || days > DAYS_MAX)
		days = 0;
	pl_buf_clear(&text);
	pl_buf_clear(&why);
	return days * PL_DAY_S;
}
