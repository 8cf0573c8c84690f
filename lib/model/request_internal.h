/* request_internal.h - what the files about requests share */
#ifndef PAMLITE_MODEL_REQUEST_INTERNAL_H
#define PAMLITE_MODEL_REQUEST_INTERNAL_H

#include "pamlite/request.h"

/* Inside an operation: the request, if the caller may see it; else PL_E_NOT_FOUND (RequestNotFound). */
enum pl_status pl_request_find(struct pl_ctx *ctx, const char *id, struct pl_request *out);

/* Inside an operation that writes: if it is past its time, write that down, with its record. */
enum pl_status pl_request_expire(struct pl_ctx *ctx, const char *id, bool *done);

/* PL_E_STATE (RequestNotPending), saying what it is and by whom. */
enum pl_status pl_request_not_pending(struct pl_ctx *ctx, const struct pl_request *r);

/* PL_E_DENIED (DurationExceeded); maximum_s PL_NULL = no limit. */
enum pl_status pl_request_check_duration(struct pl_ctx *ctx, const char *access, int64_t duration_s, int64_t maximum_s);

/*
 * Inside an operation: put the policy and what is registered for the access into the record, as they are now, so
 * that the records alone tell what was asked and decided about.
 */
enum pl_status pl_request_record_rules(struct pl_ctx *ctx, const char *policy, const char *access);

/* Do the parameters fit what is registered now? PL_E_USAGE (TaskParameterInvalid) */
enum pl_status pl_request_check_parameters(struct pl_ctx *ctx, const char *access, const char *parameters);

#endif
