#!/bin/bash
# decisions.sh - D3: who decides what, of simultaneous deciders one, and no run without a grant that covers it

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"

fixture

# request USER TASK WORD...: $id is its identity.
request()
{
	must as "$1" new-elevated-access-request "${@:2}" -Reason 'for a test' -o Id
	id=$out
}
# property PROPERTY: of the request $id.
property()
{
	get-elevated-access-request "$id" -o Value -Property "$1"
}
grants()
{
	dbquery "SELECT count(*) FROM authorization WHERE request_id = '$id'"
}
# refuses ID CMD...: a run is refused with 126, recorded, and nothing of the task appears.
refuses()
{
	local before

	before=$(executions)
	mark
	fails 126 "$@"
	recorded 1 '"Operation":"Invoke-ElevatedAccessTask".*"ErrorId"'
	is "$(executions)" "$before" "a run was recorded"
}

# --- one after the other ---

t "D3 row 42: an approver decides no request of his own"
fresh
must set-elevated-access-approver-group ops -AddMember alice
request alice 'L\ok'
mark
fails 77 SelfApproval as alice approve-elevated-access-request "$id"
fails 77 SelfApproval as alice deny-elevated-access-request "$id"
same
recorded 1 '"UserId":"alice".*"Approve-ElevatedAccessRequest".*"SelfApproval"'
recorded 1 '"UserId":"alice".*"Deny-ElevatedAccessRequest".*"SelfApproval"'

t "D3 row 43: an outsider decides, withdraws, changes and revokes nothing, as if there were nothing"
fresh
request alice 'L\ok'
mark
fails 66 RequestNotFound as carol approve-elevated-access-request "$id"
fails 66 RequestNotFound as carol deny-elevated-access-request "$id"
fails 66 RequestNotFound as carol stop-elevated-access-request "$id"
fails 66 RequestNotFound as carol set-elevated-access-request "$id" -Reason other
same
recorded 4 '"UserId":"carol".*"RequestNotFound"'
must as bob approve-elevated-access-request "$id"
mark
fails 66 AuthorizationNotFound as carol revoke-elevated-access-authorization "$id" -Confirm:false
same
recorded 1 '"UserId":"carol".*"Revoke-ElevatedAccessAuthorization".*"AuthorizationNotFound"'
is "$(as carol get-elevated-access-request; as carol get-elevated-access-authorization)" ''

t "D3 row 44: one person counts once"
fresh
must set-elevated-access-approval-policy 'L\ok' -MinApprovals 2
request alice 'L\ok'
succeeds as bob approve-elevated-access-request "$id"
mark
fails 75 AlreadyApprovedByCaller as bob approve-elevated-access-request "$id"
same
recorded 1 '"UserId":"bob".*"AlreadyApprovedByCaller"'
is "$(property RequestStatus)" Pending
is "$(dbquery "SELECT count(*) FROM decision WHERE request_id = '$id'")" 1

t "D3 row 45: two people make two approvals, and those one grant"
succeeds as dave approve-elevated-access-request "$id"
is "$(property RequestStatus)" Approved
is "$(grants)" 1

t "D3 row 47: nobody approves after the request's lifetime"
fresh
request alice 'L\ok'
dbquery "UPDATE request SET created_at = created_at - 90000, expires_at = expires_at - 90000 WHERE id = '$id'"
fails 75 RequestNotPending as bob approve-elevated-access-request "$id"
is "$(property RequestStatus)" Expired
is "$(grants)" 0

t "D3 row 54: an approval holds only for what the approver was shown"
fresh
request alice 'L\ok'
version=$(as bob get-elevated-access-request "$id" -o Value -Property Version)
must as alice set-elevated-access-request "$id" -DurationHours 3
mark
fails 75 RequestChanged as bob approve-elevated-access-request "$id" -RequestVersion "$version"
same
recorded 1 '"UserId":"bob".*"RequestChanged"'
is "$(property RequestStatus)" Pending
as bob get-elevated-access-request "$id" -o Json >"$work/seen"
must as alice set-elevated-access-request "$id" -Reason 'another reason'
run_in "$work/seen" as bob approve-elevated-access-request -ErrorView Normal
has "$err" 'FullyQualifiedErrorId : RequestChanged'
is "$(grants)" 0

t "D3 row 56: a policy that is removed takes requests and grants with it"
fresh
request alice 'L\ok'
pending=$id
grant alice 'L\svc'
succeeds as alice invoke-elevated-access-task 'L\svc'
must remove-elevated-access-approval-policy 'L\ok' -Confirm:false
must remove-elevated-access-approval-policy 'L\svc' -Confirm:false
mark
fails 75 RequestNotPending as bob approve-elevated-access-request "$pending"
same
refuses ElevatedAccessRequired as alice invoke-elevated-access-task 'L\svc'
id=$pending
is "$(property RequestStatus)" Canceled

t "D3 row 57: where nobody could approve nothing is requested, and nothing approved by itself"
fresh
request alice 'L\ok'
must set-elevated-access-approver-group ops -RemoveMember bob,dave
mark
fails 78 NoApprover as carol new-elevated-access-request 'L\ok' -Reason why
same
recorded 1 '"UserId":"carol".*"NoApprover"'
is "$(property RequestStatus)" Pending
is "$(grants)" 0
fails 66 RequestNotFound as bob approve-elevated-access-request "$id"
must set-elevated-access-approver-group ops -AddMember carol
fails 78 NoApprover as carol new-elevated-access-request 'L\ok' -Reason why
is "$(property RequestStatus)" Pending

t "D3 row 58: a grant does not cover a task that was changed after it"
fresh
grant alice 'L\exit'
succeeds as alice invoke-elevated-access-task 'L\exit' code=0
succeeds set-elevated-access-task 'L\exit' -ArgumentList '{code}',more
refuses ElevatedAccessRequired as alice invoke-elevated-access-task 'L\exit' code=0
run as alice test-elevated-access 'L\exit' -Parameter code=0 -o Value -Property Why
is "$status $out" '1 TaskChanged'
grant alice 'L\ok'
succeeds set-elevated-access-task 'L\ok' -Path /usr/bin/id
refuses ElevatedAccessRequired as alice invoke-elevated-access-task 'L\ok'

t "D3 row 59: a task file that was changed afterwards runs nothing"
fresh
grant alice 'L\ok'
file=$(find $tasks -name 'l.ok.*.task')
cp -p "$file" "$work/kept.task"
sed -i 's|^Path .*|Path /usr/bin/id|' "$file"
mark
fails 125 TaskFileRefused as alice invoke-elevated-access-task 'L\ok'
recorded 1 '"UserId":"alice".*"TaskFileRefused"'
is "$(executions) $(uses)" '0 0'
rm "$file"
mark
fails 126 TaskFileMissing as alice invoke-elevated-access-task 'L\ok'
recorded 1 '"UserId":"alice".*"TaskFileMissing"'
is "$(executions) $(uses)" '0 0'
cp -p "$work/kept.task" "$file"
succeeds as alice invoke-elevated-access-task 'L\ok'

t "D3 row 60: a task without a policy runs for nobody"
fresh
must register-elevated-access-task 'L\bare' -Path "$ok"
refuses TaskNotFound as alice invoke-elevated-access-task 'L\bare'
refuses ElevatedAccessRequired invoke-elevated-access-task 'L\bare'
run test-elevated-access 'L\bare' -o Value -Property Why
is "$out" NoPolicy
refuses TaskNotFound as alice invoke-elevated-access-task 'L\nothing'

t "D3 row 61: switched off and on again, there is never more access than before"
fresh
grant alice 'L\ok'
request alice 'L\svc'
pending=$id
succeeds as alice invoke-elevated-access-task 'L\ok'
must disable-elevated-access-control -Confirm:false
refuses ElevatedAccessNotEnabled as alice invoke-elevated-access-task 'L\ok'
fails 69 ElevatedAccessNotEnabled as bob approve-elevated-access-request "$pending"
fails 69 ElevatedAccessNotEnabled as alice new-elevated-access-request 'L\ok' -Reason why
must enable-elevated-access-control -AdminGroup ops
refuses ElevatedAccessRequired as alice invoke-elevated-access-task 'L\ok'
is "$(dbquery 'SELECT count(*) FROM authorization WHERE revoked_at IS NULL')" 0
succeeds as bob approve-elevated-access-request "$pending"

t "D3 row 53: no run after the end, after the last use, under another's request or a denied one"
fresh
grant alice 'L\ok'
move_window -7200 -1
refuses ElevatedAccessRequired as alice invoke-elevated-access-task 'L\ok'
refuses ElevatedAccessRequired as alice invoke-elevated-access-task 'L\ok' -RequestId "$id"
must set-elevated-access-approval-policy 'L\svc' -MaxUses 1
grant alice 'L\svc'
succeeds as alice invoke-elevated-access-task 'L\svc'
refuses ElevatedAccessRequired as alice invoke-elevated-access-task 'L\svc'
grant alice 'L\words'
refuses ElevatedAccessRequired as carol invoke-elevated-access-task 'L\words' -RequestId "$id" one=1 two=a three=x
request alice 'L\exit'
must as bob deny-elevated-access-request "$id"
refuses ElevatedAccessRequired as alice invoke-elevated-access-task 'L\exit' -RequestId "$id" code=0

t "D3 row 64: a request that is repeated with its token is one request"
fresh
must as alice new-elevated-access-request 'L\ok' -Reason why -ClientToken lost -o Id
id=$out
must as alice new-elevated-access-request 'L\ok' -Reason why -ClientToken lost -o Id
is "$out" "$id"
must as bob approve-elevated-access-request "$id"
must as alice new-elevated-access-request 'L\ok' -Reason why -ClientToken lost -o Id
is "$out" "$id"
must as carol new-elevated-access-request 'L\ok' -Reason why -ClientToken lost -o Id
[[ $out != "$id" ]] || bad "a token is everybody's"
is "$(dbquery 'SELECT count(*) FROM request')" 2

# --- nothing done ---

t "D3 row 62: what if: all checks, and nothing is written"
fresh
must add-elevated-access-system-account sys1 -Reason why
must new-elevated-access-approver-group unused -Member bob
request alice 'L\svc'
pending=$id
grant alice 'L\ok'
mark
# Used in the words that are evaluated.
# shellcheck disable=SC2034
policy=$(get-elevated-access-approval-policy -Task 'L\ok' -o Id)
while read -r line; do
	eval "words=($line)"
	succeeds "${words[@]}" -WhatIf
	has "$err" 'What if: Performing the operation'
done <<-'EOT'
	disable-elevated-access-control
	set-elevated-access-control -DefaultDurationHours 2
	enable-elevated-access-control -AdminGroup ops -SystemAccounts sys9
	new-elevated-access-approver-group more -Member bob
	set-elevated-access-approver-group ops -AddMember carol
	remove-elevated-access-approver-group unused
	add-elevated-access-system-account sys2 -Reason why
	remove-elevated-access-system-account sys1
	register-elevated-access-task 'L\new' -Path "$ok"
	set-elevated-access-task 'L\ok' -Description new
	unregister-elevated-access-task 'L\words'
	new-elevated-access-approval-policy 'L\new' -ApprovalType Manual -ApproverGroup ops
	set-elevated-access-approval-policy "$policy" -MaxUses 3
	remove-elevated-access-approval-policy "$policy"
	as carol new-elevated-access-request 'L\ok' -Reason why
	as alice set-elevated-access-request "$pending" -Reason other
	as bob approve-elevated-access-request "$pending"
	as bob deny-elevated-access-request "$pending"
	as alice stop-elevated-access-request "$pending"
	as bob revoke-elevated-access-authorization "$id"
	as alice invoke-elevated-access-task 'L\ok'
EOT
lib_said=(what if)
same
is "$(dbquery "SELECT count(*) FROM audit WHERE sequence > $mark_sequence")" 0

t "D3 row 63: what asks does nothing where nobody can be asked"
fresh
grant alice 'L\ok'
mark
for words in "disable-elevated-access-control" "remove-elevated-access-approver-group managers" \
    "set-elevated-access-control -DefaultDurationHours 2" "unregister-elevated-access-task L/ok" \
    "remove-elevated-access-approval-policy $(get-elevated-access-approval-policy -Task 'L\ok' -o Id)" \
    "revoke-elevated-access-authorization $id"; do
	# Words without blanks in them.
	# shellcheck disable=SC2086
	fails 64 ConfirmationRequired $words
done
echo "$id" >"$work/ids"
fails_in "$work/ids" 64 ConfirmationRequired as alice revoke-elevated-access-authorization
same

# --- at the same moment ---

t "D3 row 48: of two simultaneous deciders one wins, 60 times"
fresh
for ((i = 0; i < 60; i++)); do
	must as alice new-elevated-access-request 'L\ok' -Reason race -o Id
	at_once
	racer bob as bob approve-elevated-access-request "$out" -o Id
	racer dave as dave deny-elevated-access-request "$out" -o Id
	go
	[[ $(statuses) == '1x0 1x75' ]] || bad "round $i: $(statuses)" "$(cat "$race"/*.err)"
	echo "$out $(grep -l '^0$' "$race"/*.status | sed 's|.*/||; s|\..*||')"
done >"$work/winners"
is "$(dbquery 'SELECT count(*), sum(n = 1) FROM (SELECT count(*) n FROM decision GROUP BY request_id)')" '60|60'
is "$(dbquery "SELECT id || ' ' || CASE state WHEN 'Approved' THEN 'bob' ELSE 'dave' END FROM request ORDER BY 1")" \
    "$(sort "$work/winners")"
is "$(dbquery "SELECT count(*) FROM request r WHERE (state = 'Approved') <>
    EXISTS (SELECT 1 FROM authorization a WHERE a.request_id = r.id)")" 0
# The first that the log says of a request after its beginning is how it ended.
is "$(dbquery "SELECT count(*) FROM request r WHERE state <> (SELECT CASE operation WHEN 'Approve-ElevatedAccessRequest'
    THEN 'Approved' ELSE 'Denied' END FROM audit WHERE object = r.id AND operation <> 'New-ElevatedAccessRequest'
    ORDER BY sequence LIMIT 1)")" 0

t "D3 row 50: an approval and the end of the request's time: a grant only if the approval came before"
fresh
for ((i = 0; i < 6; i++)); do
	must as alice new-elevated-access-request 'L\ok' -Reason race -o Id
	id=$out
	dbquery "UPDATE request SET expires_at = unixepoch() + 2, created_at = unixepoch() - 100 WHERE id = '$id'"
	end=$(dbquery "SELECT expires_at FROM request WHERE id = '$id'")
	at_once
	# Around the boundary: 40 ms apart from 120 ms before it on.
	for ((j = 0; j < 6; j++)); do
		racer "$j" bash -c 'sleep "$(date +%s.%N | awk -v e="$1" -v j="$2" "{ d = e - \$1 - 0.12 + j * 0.04
		    print d > 0 ? d : 0 }")"; shift 2; exec "$@"' bash "$end" "$j" setpriv --reuid=bob --regid=bob \
		    --init-groups "$BIN/approve-elevated-access-request" "$id" -o Id
	done
	go
	won=$(grep -l '^0$' "$race"/*.status | wc -l)
	is "$(grants)" "$won" "the request ends at $end"
	is "$(dbquery "SELECT count(*) FROM authorization WHERE request_id = '$id' AND granted_at >= $end")" 0
	is "$(property RequestStatus)" "$( ((won)) && echo Approved || echo Expired)"
	((won <= 1)) || bad "$won approvals won"
done

t "D3 row 52: of fifty simultaneous runs under a grant for one use one runs"
fresh
program once <<-'EOT'
	#!/bin/sh
	echo "$$" >>/opt/fixture/ran
EOT
must register-elevated-access-task 'L\once' -Path "$program"
must new-elevated-access-approval-policy 'L\once' -ApprovalType Manual -ApproverGroup ops -MaxUses 1
grant alice 'L\once'
at_once
for i in {1..50}; do
	racer "$i" as alice invoke-elevated-access-task 'L\once'
done
go
is "$(statuses)" '1x0 49x126'
is "$(wc -l </opt/fixture/ran)" 1
is "$(executions) $(uses)" '1 1'
is "$(last_end)" 'Exited 0'

finish
