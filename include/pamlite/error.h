/* error.h - every error there is: its stable id, status, category and meaning */
#ifndef PAMLITE_ERROR_H
#define PAMLITE_ERROR_H

#include <stdbool.h>

#include "pamlite/status.h"

/*
 * One line an error: symbol, id, status, PowerShell category, recorded, meaning.
 * Ids are promises to scripts. "Recorded" errors are refusals: the operation
 * that ends with one leaves an audit record. --describe, the man pages and the
 * tests read this table.
 */
#define PL_ERRORS(X) \
	/* what the binder says */ \
	X(PARAMETER_NOT_FOUND, "NamedParameterNotFound", PL_E_USAGE, "InvalidArgument", false, \
	    "a parameter of that name does not exist") \
	X(AMBIGUOUS_PARAMETER, "AmbiguousParameter", PL_E_USAGE, "InvalidArgument", false, \
	    "the abbreviation fits several parameters") \
	X(MISSING_ARGUMENT, "MissingArgument", PL_E_USAGE, "InvalidArgument", false, \
	    "a parameter stands without its value") \
	X(POSITIONAL_NOT_FOUND, "PositionalParameterNotFound", PL_E_USAGE, "InvalidArgument", false, \
	    "a word belongs to no parameter") \
	X(ALREADY_BOUND, "ParameterAlreadyBound", PL_E_USAGE, "InvalidArgument", false, \
	    "a parameter was given twice") \
	X(MISSING_MANDATORY, "MissingMandatoryParameter", PL_E_USAGE, "InvalidArgument", false, \
	    "mandatory parameters are missing and nobody can be asked") \
	X(CANNOT_CONVERT, "ParameterArgumentTransformationError", PL_E_USAGE, "InvalidArgument", false, \
	    "a value is not of the parameter's type or range") \
	X(INVALID_TEXT, "InvalidText", PL_E_USAGE, "InvalidArgument", false, \
	    "a value is not UTF-8, has control characters or is too long") \
	X(EMPTY_VALUE, "EmptyValueNotAllowed", PL_E_USAGE, "InvalidArgument", false, \
	    "an empty value where one is needed, as after -Confirm:") \
	X(PARAMETER_SET, "AmbiguousParameterSet", PL_E_USAGE, "InvalidArgument", false, \
	    "parameters that exclude each other") \
	X(NOT_SUPPORTED_HERE, "NotSupportedInShell", PL_E_USAGE, "InvalidArgument", false, \
	    "PowerShell syntax that has another form in a shell") \
	X(CONFIRMATION_REQUIRED, "ConfirmationRequired", PL_E_USAGE, "InvalidArgument", false, \
	    "a confirmation is needed and nobody can be asked") \
	X(UNKNOWN_PROPERTY, "UnknownProperty", PL_E_USAGE, "InvalidArgument", false, \
	    "-Property names what the object does not have") \
	/* listings */ \
	X(INVALID_FILTER, "InvalidFilter", PL_E_USAGE, "InvalidArgument", false, \
	    "-Filter cannot be understood") \
	X(SORT_NOT_POSSIBLE, "SortNotPossible", PL_E_USAGE, "InvalidArgument", false, \
	    "-SortBy names no property, or one without an index for a large result") \
	/* input and output */ \
	X(INVALID_JSON, "InvalidJson", PL_E_DATA, "InvalidData", false, \
	    "input is not the JSON it must be") \
	X(INVALID_INPUT, "InvalidInputObject", PL_E_DATA, "InvalidData", false, \
	    "an input object has a value that its parameter cannot take") \
	X(INPUT_FAILED, "InputFailed", PL_E_IO, "ReadError", false, \
	    "input could not be read") \
	X(OUTPUT_FAILED, "OutputFailed", PL_E_IO, "WriteError", false, \
	    "output could not be written; what was done is done") \
	X(FILE_EXISTS, "FileExists", PL_E_EXISTS, "ResourceExists", false, \
	    "the output file exists; -Force replaces it") \
	/* the machine */ \
	X(OUT_OF_MEMORY, "OutOfMemory", PL_E_OS, "ResourceUnavailable", false, \
	    "out of memory") \
	X(OS_ERROR, "OperatingSystemError", PL_E_OS, "ResourceUnavailable", false, \
	    "the operating system refused") \
	X(CALLER_GONE, "CallerGone", PL_E_OS, "OperationStopped", false, \
	    "the process that asked ended before its answer") \
	X(OUTCOME_UNKNOWN, "OutcomeUnknown", PL_E_IO, "OperationStopped", false, \
	    "the part that acts was killed, or the disk failed at the end: look whether it was done") \
	X(INTERNAL, "InternalError", PL_E_INTERNAL, "NotSpecified", false, \
	    "a fault of pam-lite") \
	/* the database */ \
	X(NOT_INSTALLED, "NotInstalled", PL_E_CONFIG, "NotInstalled", false, \
	    "there is no system database") \
	X(INSTALLATION_WRONG, "InstallationWrong", PL_E_CONFIG, "NotInstalled", false, \
	    "something of the system installation is not as it must be") \
	X(DATABASE_MISSING, "DatabaseNotFound", PL_E_CONFIG, "NotInstalled", false, \
	    "the database file does not exist") \
	X(DATABASE_EMPTY, "DatabaseEmpty", PL_E_CONFIG, "NotInstalled", false, \
	    "the database file is empty") \
	X(DATABASE_FOREIGN, "DatabaseForeign", PL_E_CONFIG, "NotInstalled", false, \
	    "the file is not a pam-lite database") \
	X(DATABASE_NEWER, "DatabaseNewer", PL_E_CONFIG, "NotInstalled", false, \
	    "the database was written by a newer pam-lite") \
	X(DATABASE_SCHEMA, "DatabaseSchemaChanged", PL_E_CONFIG, "NotInstalled", false, \
	    "the database holds tables, triggers or views that pam-lite did not make") \
	X(DATABASE_PATH, "DatabasePathRefused", PL_E_DENIED, "PermissionDenied", false, \
	    "the database or its directory belongs to somebody else, can be written by others, or is a link") \
	X(DATABASE_DAMAGED, "DatabaseDamaged", PL_E_IO, "ReadError", false, \
	    "the database is damaged or truncated") \
	X(DATABASE_IO, "DatabaseInputOutput", PL_E_IO, "WriteError", false, \
	    "the disk failed or is full; nothing was changed") \
	X(DATABASE_UNREACHABLE, "DatabaseUnreachable", PL_E_UNAVAILABLE, "ResourceUnavailable", false, \
	    "the database cannot be opened or is read-only") \
	X(DATABASE_BUSY, "DatabaseBusy", PL_E_STATE, "ResourceBusy", false, \
	    "other commands hold the database; try again") \
	X(UNKNOWN_CALLER, "UnknownCaller", PL_E_DENIED, "PermissionDenied", false, \
	    "the caller's user id has no account") \
	X(PRINCIPAL_REFUSED, "PrincipalRefused", PL_E_DENIED, "PermissionDenied", false, \
	    "PAMLITE_PRINCIPAL does not count here") \
	/* rights */ \
	X(ADMINISTRATOR_REQUIRED, "AdministratorRequired", PL_E_DENIED, "PermissionDenied", true, \
	    "only administrators may configure") \
	X(AUDITOR_REQUIRED, "AuditorRequired", PL_E_DENIED, "PermissionDenied", true, \
	    "only administrators and auditors may see this") \
	X(ELEVATION_REQUIRED, "ElevatedAccessRequired", PL_E_DENIED, "PermissionDenied", true, \
	    "the task needs an approved request") \
	X(NOT_APPROVER, "NotApprover", PL_E_DENIED, "PermissionDenied", true, \
	    "the caller may not decide this") \
	X(SELF_APPROVAL, "SelfApproval", PL_E_DENIED, "PermissionDenied", true, \
	    "nobody decides his own request") \
	X(NOT_REQUESTOR, "NotRequestor", PL_E_DENIED, "PermissionDenied", true, \
	    "only the requestor may do this") \
	X(NOT_REVOKER, "NotRevoker", PL_E_DENIED, "PermissionDenied", true, \
	    "the caller may not end this") \
	X(NOT_ELIGIBLE, "NotEligible", PL_E_DENIED, "PermissionDenied", true, \
	    "the caller is not in the policy's eligible group") \
	X(DURATION_EXCEEDED, "DurationExceeded", PL_E_DENIED, "PermissionDenied", true, \
	    "longer than the policy allows") \
	/* the control */ \
	X(NOT_ENABLED, "ElevatedAccessNotEnabled", PL_E_UNAVAILABLE, "NotEnabled", true, \
	    "elevated access control is not enabled") \
	X(COMMENT_REQUIRED, "CommentRequired", PL_E_USAGE, "InvalidArgument", false, \
	    "the control demands a comment with every decision") \
	X(REQUESTS_PENDING, "RequestsPending", PL_E_STATE, "InvalidOperation", false, \
	    "a setting that pending requests depend on") \
	X(NOTHING_TO_CHANGE, "NothingToChange", PL_E_USAGE, "InvalidArgument", false, \
	    "a Set command without a change") \
	X(CONFIGURATION_INVALID, "ConfigurationInvalid", PL_E_DATA, "InvalidData", false, \
	    "a document does not describe a configuration, or one that this database can become") \
	X(MAINTENANCE_RUNNING, "MaintenanceRunning", PL_E_STATE, "ResourceBusy", false, \
	    "another process is at the maintenance") \
	X(LOG_BROKEN, "AuditLogBroken", PL_E_IO, "InvalidData", false, \
	    "the chain of the audit log is broken: records were changed or are missing") \
	/* groups and system accounts */ \
	X(GROUP_NOT_FOUND, "ApproverGroupNotFound", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "no such approver group") \
	X(GROUP_EXISTS, "ApproverGroupExists", PL_E_EXISTS, "ResourceExists", false, \
	    "an approver group of that name or mail address exists") \
	X(GROUP_IN_USE, "ApproverGroupInUse", PL_E_STATE, "InvalidOperation", false, \
	    "a policy or the control uses the group") \
	X(UNIX_GROUP_NOT_FOUND, "UnixGroupNotFound", PL_E_NOT_FOUND, "ObjectNotFound", false, \
	    "the host has no such Unix group") \
	X(SYSTEM_ACCOUNT_NOT_FOUND, "SystemAccountNotFound", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "no such system account") \
	X(SYSTEM_ACCOUNT_EXISTS, "SystemAccountExists", PL_E_EXISTS, "ResourceExists", false, \
	    "the system account is excluded already") \
	/* tasks and policies */ \
	X(TASK_NOT_FOUND, "TaskNotFound", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "no such task, or it may not be seen") \
	X(TASK_EXISTS, "TaskExists", PL_E_EXISTS, "ResourceExists", false, \
	    "a task of that name is registered") \
	X(TASK_INVALID, "TaskDefinitionInvalid", PL_E_USAGE, "InvalidArgument", false, \
	    "the definition of a task contradicts itself or its type") \
	X(RUN_AS_REFUSED, "RunAsRefused", PL_E_USAGE, "InvalidArgument", false, \
	    "on a private database tasks run as the caller") \
	X(ROOT_REQUIRED, "RootRequired", PL_E_DENIED, "PermissionDenied", true, \
	    "what runs on this host is registered and set by root") \
	X(POLICY_NOT_FOUND, "PolicyNotFound", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "no such approval policy") \
	X(POLICY_EXISTS, "PolicyExists", PL_E_EXISTS, "ResourceExists", false, \
	    "the access has a policy") \
	X(POLICY_INVALID, "PolicyInvalid", PL_E_USAGE, "InvalidArgument", false, \
	    "the rules of a policy contradict each other") \
	X(NO_APPROVER, "NoApprover", PL_E_CONFIG, "InvalidOperation", true, \
	    "nobody could approve the request") \
	/* requests */ \
	X(REQUEST_NOT_FOUND, "RequestNotFound", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "no such request, or it may not be seen") \
	X(REQUEST_EXISTS, "RequestPending", PL_E_EXISTS, "ResourceExists", false, \
	    "the same access is requested already") \
	X(TOO_MANY_REQUESTS, "TooManyRequests", PL_E_STATE, "ResourceBusy", true, \
	    "the requestor has too many pending requests") \
	X(TICKET_REQUIRED, "TicketRequired", PL_E_USAGE, "InvalidArgument", false, \
	    "the policy demands a ticket") \
	X(PARAMETER_INVALID, "TaskParameterInvalid", PL_E_USAGE, "InvalidArgument", false, \
	    "a task parameter is unknown, missing or not of its type") \
	X(TIME_PAST, "TimePast", PL_E_USAGE, "InvalidArgument", false, \
	    "a time lies in the past") \
	X(NOT_PENDING, "RequestNotPending", PL_E_STATE, "InvalidOperation", true, \
	    "the request is decided, expired or canceled") \
	X(REQUEST_CHANGED, "RequestChanged", PL_E_STATE, "InvalidOperation", true, \
	    "the request, its policy or its task changed since it was shown") \
	X(ALREADY_APPROVED, "AlreadyApprovedByCaller", PL_E_STATE, "InvalidOperation", true, \
	    "one person counts once") \
	X(WAIT_TIMEOUT, "WaitTimeout", PL_E_TIMEOUT, "OperationTimeout", false, \
	    "the wait ran out of time") \
	/* authorizations and runs */ \
	X(AUTHORIZATION_NOT_FOUND, "AuthorizationNotFound", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "no such authorization or request, or it may not be seen") \
	X(AUTHORIZATION_OVER, "AuthorizationOver", PL_E_STATE, "InvalidOperation", true, \
	    "the authorization is revoked or over") \
	X(EXECUTION_NOT_FOUND, "ExecutionNotFound", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "no such execution, or it may not be seen") \
	X(EXECUTION_OVER, "ExecutionOver", PL_E_STATE, "InvalidOperation", true, \
	    "the execution has ended") \
	X(NOTIFICATION_NOT_FOUND, "NotificationNotFound", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "no such notification, or it may not be seen") \
	X(SENDER_BUSY, "SenderBusy", PL_E_STATE, "ResourceBusy", false, \
	    "another process is sending") \
	X(SEVERAL_GRANTS, "SeveralGrants", PL_E_USAGE, "InvalidArgument", false, \
	    "several grants with different parameters cover the task") \
	X(PROGRAM_MISSING, "ProgramNotFound", PL_E_NO_PROGRAM, "ObjectNotFound", false, \
	    "the task's program does not exist") \
	X(PROGRAM_REFUSED, "ProgramNotExecutable", PL_E_NOT_EXECUTABLE, "PermissionDenied", false, \
	    "the task's program cannot be executed or is not the registered one") \
	X(PROGRAM_UNSAFE, "ProgramNotTrusted", PL_E_DENIED, "PermissionDenied", false, \
	    "somebody other than root could change the task's program, or it is setuid") \
	X(TASK_FILE_MISSING, "TaskFileMissing", PL_E_NOT_FOUND, "ObjectNotFound", true, \
	    "root has no file for the task as it was approved") \
	X(TASK_FILE_REFUSED, "TaskFileRefused", PL_E_CONFIG, "InvalidData", true, \
	    "the task's file is not root's alone, or not what its name says") \
	X(RUN_AS_MISSING, "RunAsNotFound", PL_E_NOT_EXECUTABLE, "ObjectNotFound", false, \
	    "the account that the task runs as does not exist") \
	X(DATABASE_OLDER, "DatabaseOlderThanAnchor", PL_E_RUN, "InvalidData", true, \
	    "the database lacks records that root has seen in it") \
	X(RECORDING_UNAVAILABLE, "RecordingUnavailable", PL_E_RUN, "NotEnabled", false, \
	    "the policy demands a recording, which cannot be made there") \
	X(RECORDING_FAILED, "RecordingFailed", PL_E_RUN, "ResourceUnavailable", false, \
	    "the policy demands a recording, and the machine or the caller's descriptors do not allow one") \
	X(RECORDING_MISSING, "RecordingNotFound", PL_E_NOT_FOUND, "ObjectNotFound", false, \
	    "the run was not recorded, or its recording is not kept any more") \
	X(RECORDING_CHANGED, "RecordingChanged", PL_E_IO, "InvalidData", true, \
	    "the recording is not the one that the end record tells of") \
	X(RUN_FAILED, "RunFailed", PL_E_RUN, "NotSpecified", false, \
	    "the task could not be run through a fault of pam-lite or the machine")

enum pl_error {
	PL_ERR_NONE = 0,
#define PL_ERROR_SYMBOL(symbol, id, status, category, recorded, meaning) PL_ERR_##symbol,
	PL_ERRORS(PL_ERROR_SYMBOL)
#undef PL_ERROR_SYMBOL
	PL_ERROR_END
};

struct pl_error_def {
	const char *id;
	enum pl_status status;
	const char *category;
	bool recorded;
	const char *meaning;
};

/* The definition of an error; PL_ERR_NONE has the id "". Never NULL. */
const struct pl_error_def *pl_error_def(enum pl_error e);

#endif
