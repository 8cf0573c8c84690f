/* report_page.h - a report as one HTML page that needs nothing else */
#ifndef PAMLITE_REPORT_PAGE_H
#define PAMLITE_REPORT_PAGE_H

#include "pamlite/activity.h"
#include "pamlite/context.h"

/*
 * Write the page to `fd`: well-formed XML and HTML, without scripts and without a reference to
 * anything outside itself. The same activity gives the same bytes.
 *
 * PL_E_IO (OutputFailed)
 */
enum pl_status pl_report_write(struct pl_ctx *ctx, const struct pl_activity *a, int fd);

#endif
