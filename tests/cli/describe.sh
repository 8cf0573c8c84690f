#!/bin/bash
# describe.sh - every command has the parameters, properties and links that the contract names, and says so itself

. "$(dirname "$0")/lib.bash"

# Command, parameters (! mandatory, 0 positional, < from a pipe), what it returns. H: it asks before it acts.
commands='
enable-elevated-access-control|AdminGroup! SystemAccounts|Control
H disable-elevated-access-control|Reason|Control
get-elevated-access-control||Control
H set-elevated-access-control|AdminGroup ManagementGroup AuditGroup Domain RequestLifetimeHours DefaultDurationHours RequireComment NotifyCommand MaxRecordingBytes RecordingRetentionDays|Control
new-elevated-access-approver-group|Name!0 MailAddress Member UnixGroup Description|ApproverGroup
get-elevated-access-approver-group|Identity0|ApproverGroup
set-elevated-access-approver-group|Identity!0< AddMember RemoveMember MailAddress UnixGroup Description|ApproverGroup
H remove-elevated-access-approver-group|Identity!0<|
add-elevated-access-system-account|Identity!0< Reason! ExpiresUtc|SystemAccount
get-elevated-access-system-account|Identity0|SystemAccount
H remove-elevated-access-system-account|Identity!0< Reason|
register-elevated-access-task|Name!0 Type Path ArgumentList Parameter RunAs WorkingDirectory Environment Sha256 Member Description|Task
get-elevated-access-task|Name0 Type Mine|Task
set-elevated-access-task|Name!0< Path ArgumentList Parameter RunAs WorkingDirectory Environment Sha256 Member Description|Task
H unregister-elevated-access-task|Name!0<|
new-elevated-access-approval-policy|Task!0 Role! RoleGroup! ApprovalType! ApproverGroup MaxDurationHours MinApprovals EligibleGroup MaxUses RequireTicket BindParameters RecordSession TerminateOnEnd Description|Policy
get-elevated-access-approval-policy|Identity0 Task ApprovalType|Policy
set-elevated-access-approval-policy|Identity!0< ApprovalType ApproverGroup MaxDurationHours MinApprovals EligibleGroup MaxUses RequireTicket BindParameters RecordSession TerminateOnEnd Description|Policy
H remove-elevated-access-approval-policy|Identity!0<|
new-elevated-access-request|Task!0< Role! RoleGroup! Reason! DurationHours Duration Parameter Context Ticket StartTimeUtc Wait Timeout ClientToken|Request
get-elevated-access-request|Identity0 RequestStatus Mine ToApprove CreatedAfter|Request
set-elevated-access-request|RequestId!0< Reason DurationHours Ticket|Request
approve-elevated-access-request|RequestId!0< Comment RequestContext RequestVersion<|Authorization
deny-elevated-access-request|RequestId!0< Comment RequestVersion<|Request
stop-elevated-access-request|RequestId!0< Comment|Request
wait-elevated-access-request|RequestId!0< RequestStatus Timeout|Request
get-elevated-access-authorization|Identity0 RequestId Mine ActiveOnly|Authorization
H revoke-elevated-access-authorization|RequestId!0< All! Comment|Authorization
test-elevated-access|Task!0 Parameter Use|AccessTest
invoke-elevated-access-task|Task!0 Parameter RequestId|
get-elevated-access-execution|Identity0 Task RequestId Mine Running|Execution
H stop-elevated-access-execution|Identity!0< Comment|Execution
search-elevated-access-audit-log|StartDate EndDate Operations UserIds ObjectIds FreeText RecordType|AuditRecord
test-elevated-access-audit-log|Path StartSequence Quiet|AuditCheck
export-elevated-access-audit-log|Path! StartDate EndDate Format NoClobber Append|
'

# Type and properties in their order; * is a column of the default table.
objects='
Request|Identity* RequestorUPN* Service RequestedAccess* RequestStatus* Context Reason Type DurationHours* Parameters Ticket ApproverGroup Approvals ApprovalsNeeded DecidedBy DecisionComment DecisionDateTimeUtc StartTimeUtc ExpirationDateTimeUtc AuthorizationIdentity PolicyIdentity Version DateCreatedUtc* DateUpdatedUtc
Authorization|AuthorizedBy* Type AuthorizedAccess* StartTimeUtc* EndTimeUtc* Revoked* RevocationDateTimeUtc RevokedBy RevocationComment Identity* DateCreatedUtc DateUpdatedUtc RequestIdentity AuthorizedTo* Parameters Active UseCount MaxUses LastUsedUtc
Policy|Identity* Type* Task* ApprovalType* ApproverGroup* MaxDurationHours MinApprovals EligibleGroup MaxUses RequireTicket BindParameters RecordSession TerminateOnEnd Description Version CreatedBy DateCreatedUtc DateUpdatedUtc
Control|Enabled* AdminGroup* SystemAccounts* ManagementGroup AuditGroup Domain RequestLifetimeHours DefaultDurationHours RequireComment NotifyCommand MaxRecordingBytes RecordingRetentionDays PolicyCount DateUpdatedUtc
ApproverGroup|Name* MailAddress* Member* UnixGroup Description Identity DateCreatedUtc DateUpdatedUtc
SystemAccount|Identity* Reason* ExpiresUtc* LastUsedUtc* AddedBy DateCreatedUtc
Task|Name* Type* Path* ArgumentList* Parameter RunAs* WorkingDirectory Environment Sha256 Member Policy Version Description DateCreatedUtc DateUpdatedUtc
AccessTest|Task* Allowed* Why* AuthorizationIdentity EndTimeUtc
Execution|Identity* Task* User* RunAs CommandLine Parameters AuthorizationIdentity StartTimeUtc* EndTimeUtc* ExitStatus* Signal EndReason Terminal ProcessId HostName RecordingPath RecordingSha256 InputBytes OutputBytes
AuditRecord|Sequence* CreationDate* UserIds* Operations* ObjectIds* ResultStatus* RecordType AuditData PreviousHash Hash
AuditCheck|Records* FirstSequence* LastSequence* Valid* FirstBadSequence Detail HeadHash
'

names=$(sed 's/|.*//; s/^H //; /^$/d' <<<"$commands")

t "the commands are those of the contract, each with its PowerShell name beside it"
is "$(cd "$BIN" && find . -maxdepth 1 -type f -printf '%f\n' | sort)" "$(sort <<<"$names")"
is "$(cd "$BIN" && find . -maxdepth 1 -type l -printf '%f %l\n' | sort)" \
    "$(for name in $names; do echo "$(cmdlet "$name") $name"; done | sort)"

mkdir "$work/described"
t "--describe=json is one JSON object, under both names, without a database"
for name in $names; do
	run "$name" --describe=json
	is "$status$err" 0 "$name"
	cp "$stdout" "$work/described/$name"
	is "$(jq -r '[type, .Name, .Cmdlet] | join(" ")' "$stdout")" "object $name $(cmdlet "$name")"
	run "$(cmdlet "$name")" --describe=json
	is "$out" "$(cat "$work/described/$name")" "$name"
done

t "its parameters are those of the contract"
while IFS='|' read -r name parameters returns; do
	[[ -n $name ]] || continue
	name=${name#H }
	is "$(jq -r '[.Parameters[] | .Name + (if .Mandatory then "!" else "" end) +
	    (if .Position == 1 then "0" else "" end) + (if .FromPipe then "<" else "" end)] | join(" ")' \
	    "$work/described/$name")" "$parameters" "$name"
	is "$(jq -r '.Output.Type // ""' "$work/described/$name")" "$(
		[[ -n $returns ]] && echo "$returns" || jq -r '.Output.Type // ""' "$work/described/$name")" "$name"
done <<<"$commands"

t "each object has the properties of the contract, in their order"
while IFS='|' read -r type properties; do
	[[ -n $type ]] || continue
	is "$(jq -rs --arg type "$type" '[.[] | select(.Output.Type == $type) | .Output.Properties |
	    map(.Name + (if .InTable then "*" else "" end)) | join(" ")] | unique | .[]' "$work"/described/*)" \
	    "$properties" "$type"
done <<<"$objects"

t "aliases and defaults that the contract names"
alias_of()
{
	jq -r --arg p "$2" '.Parameters[] | select(.Name == $p) | .Aliases | join(",")' "$work/described/$1"
}
for name in approve deny stop wait set; do
	is "$(alias_of "$name-elevated-access-request" RequestId)" Identity "$name"
done
is "$(alias_of get-elevated-access-request Identity)" RequestId
is "$(jq -r '.Parameters[] | select(.Default != null) | .Name + "=" + .Default' \
    "$work/described/wait-elevated-access-request" | head -n 1)" RequestStatus=Approved
has "$(jq -r '.Parameters[] | .Name + "=" + (.Default // "")' "$work/described/new-elevated-access-approval-policy")" \
    BindParameters=true

t "every parameter, error and status is explained"
is "$(jq -r '. as $c | (.Parameters + .CommonParameters)[] | select((.Help // "") == "") | $c.Name + " " + .Name' \
    "$work"/described/*)" ''
is "$(jq -r '. as $c | .Errors[] | select((.Meaning // "") == "" or (.Id | test("^[A-Z][A-Za-z]+$") | not)) |
    $c.Name + " " + .Id' "$work"/described/*)" ''
is "$(jq -r '. as $c | ([.ExitStatuses[].Status] | unique) as $s | .Errors[] | select([.Status] - $s != []) |
    "\($c.Name) \(.Id) \(.Status)"' "$work"/described/*)" ''
is "$(jq -rs '[.[].Errors[] | {Id, Category, Meaning}] | unique | group_by(.Id)[] | select(length > 1) | .[0].Id' \
    "$work"/described/*)" '' 'one id, one meaning'

t "common parameters: those that change something have -WhatIf and -Confirm, those that list -Filter"
common()
{
	jq -r --arg p "$2" '[.CommonParameters[] | select(.Name == $p)] | length' "$work/described/$1"
}
for name in $names; do
	case $name in
	get-* | search-*) changes=0 lists=1 ;;
	test-elevated-access) changes=1 lists=0 ;;
	test-* | wait-* | export-*) changes=0 lists=0 ;;
	*) changes=1 lists=0 ;;
	esac
	is "$(common "$name" WhatIf)" "$changes" "$name -WhatIf"
	is "$(common "$name" Confirm)" "$changes" "$name -Confirm"
	is "$(common "$name" Filter)" "$lists" "$name -Filter"
	for each in Help Version Database OutputFormat ErrorAction Verbose Debug NonInteractive ErrorView; do
		is "$(common "$name" "$each")" 1 "$name -$each"
	done
done

t "-Help and its other names print the same page on stdout; it names every parameter and two examples"
for name in $names; do
	run "$name" -Help
	is "$status$err" 0 "$name"
	page=$out
	for word in '-?' -h --help; do
		run "$name" "$word"
		is "$status$err$out" "0$page" "$name $word"
	done
	for each in $(jq -r '.Parameters[].Name' "$work/described/$name"); do
		grep -qw -e "-$each" <<<"$page" || bad "$name -Help does not name -$each"
	done
	(($(sed -n '/^EXAMPLES/,$p' <<<"$page" | grep -c "$name") >= 2)) || bad "$name -Help has no two examples"
	is "$(awk 'length > 100' <<<"$page" | grep -v "^    .*$name")" '' "$name"
done

t "-Version prints name and version"
version=$(sed -n 's/^VERSION = //p' "$ROOT/Makefile")
for name in $names; do
	run "$name" -Version
	is "$status$err$out" "0$name (pam-lite) $version"
done

t "commands marked so ask by themselves: without a terminal they are refused and name -Confirm:false"
setup_basic
while read -r name words; do
	eval "fails 64 ConfirmationImpossible $name $words"
	has "$err" '-Confirm:false'
done <<'EOF'
disable-elevated-access-control
set-elevated-access-control -RequestLifetimeHours 2
remove-elevated-access-approver-group ops
remove-elevated-access-system-account robot
unregister-elevated-access-task 'Linux\touch'
remove-elevated-access-approval-policy 'Linux\touch'
revoke-elevated-access-authorization 11111111-1111-4111-8111-111111111111
stop-elevated-access-execution 11111111-1111-4111-8111-111111111111
EOF

finish
