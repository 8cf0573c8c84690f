#!/bin/bash
# microsoft.sh - the lines that the contract promises (microsoft.lines) run word for word, links included

. "$(dirname "$0")/lib.bash"

lines=$ROOT/tests/cli/microsoft.lines

# line WHO BEGINNING: the promised line that begins so, typed by somebody; $out, $err and $status as after run.
line()
{
	local text

	text=$(awk -v beginning="$2" 'index($0, beginning) == 1' "$lines")
	[[ -n $text && $text != *$'\n'* ]] || bad "not exactly one line begins with: $2" "$text"
	echo "$text" >>"$work/run"
	if [[ $1 == owner ]]; then
		run bash -o pipefail -c "$text"
	else
		as "$1" run bash -o pipefail -c "$text"
	fi
	((status == 0)) || bad "status $status: $text" "$err"
}

# new WHO TASK: a request; its id is $id, which the lines use.
new()
{
	must as "$1" New-ElevatedAccessRequest -Task "$2" -Reason 'again' -o Id
	id=$out
}
export id policy a b

move='Exchange\New-MoveRequest'
restart='Linux\restart-web'

t "the owner sets up"
line owner new-elevated-access-approver-group
line owner Enable-ElevatedAccessControl
is "$out" ''
run get-elevated-access-control --json
is "$(jq -r '.[0] | .Enabled, .AdminGroup, (.SystemAccounts | join(" "))' <<<"$out")" \
    $'true\npamapprovers\nsys1@fabrikamorg.onmicrosoft.com sys2@fabrikamorg.onmicrosoft.com'
is "$(get-elevated-access-approver-group pamapprovers -o Value -Property MailAddress)" \
    pamapprovers@fabrikam.onmicrosoft.com
line owner New-ElevatedAccessApprovalPolicy
policy=$(get-elevated-access-approval-policy -Task "$move" -o Id)
is "$(get-elevated-access-approval-policy "$policy" -o Value -Property ApproverGroup)" mbmanagers

t "no request at all is an empty array, for jq too"
run bash -o pipefail -c 'get-elevated-access-request --json | jq -c .'
is "$status$out" '0[]'

t "alice asks for four hours; one request is an array of one"
line alice 'New-ElevatedAccessRequest'
run bash -o pipefail -c 'get-elevated-access-request --json | jq'
is "$(jq -r '.[] | [.RequestorUPN, .Service, .RequestedAccess, .RequestStatus, .DurationHours, .Reason] | join("|")' \
    <<<"$out")" 'alice|Exchange|Exchange\New-MoveRequest|Pending|4|Attempting to fix the user mailbox error'
id=$(get-elevated-access-request -o Id)

t "she sees its status"
line alice Get-ElevatedAccessRequest
is "$out" 'RequestStatus : Pending'

t "bob approves it"
line bob Approve-ElevatedAccessRequest
line alice Get-ElevatedAccessRequest
is "$out" 'RequestStatus : Approved'
is "$(get-elevated-access-authorization --json | jq -r '.[] | [.AuthorizedBy, .AuthorizedTo, .Active] | join("|")')" \
    'bob|alice|true'

t "bob denies another"
new alice "$move"
line bob Deny-ElevatedAccessRequest
line alice Get-ElevatedAccessRequest
is "$out" 'RequestStatus : Denied'

t "what waits for bob is approved through a pipe"
for who in alice carol erin; do
	new "$who" "$move"
done
line bob 'get-elevated-access-request -ToApprove'
is "$(get-elevated-access-request -RequestStatus Approved --json | jq length)" 4
is "$(get-elevated-access-request -RequestStatus Pending --json | jq length)" 0

t "two ids on a pipe are denied"
new alice "$move"; a=$id
new carol "$move"; b=$id
line bob printf
for id in "$a" "$b"; do
	is "$(get-elevated-access-request "$id" -o Value -Property RequestStatus,DecidedBy,DecisionComment)" \
	    $'Denied\tbob\tno'
done

must register-elevated-access-task "$restart" -Path /usr/bin/printf -ArgumentList 'restarted by %s',web
must new-elevated-access-approval-policy "$restart" -ApprovalType Auto

t "ask, wait and run in one line"
line alice 'id='
is "$(tail -n 1 "$stdout")" 'restarted by web'

t "the same while somebody else decides meanwhile"
must set-elevated-access-approval-policy "$restart" -ApprovalType Manual -ApproverGroup mbmanagers
as dora bash -c "$(grep '^id=' "$lines")" >"$work/waited" 2>&1 </dev/null &
waits=$!
until [[ -n $(get-elevated-access-request -RequestStatus Pending -o Id) ]] || ! kill -0 $waits; do
	sleep 0.05
done
line bob 'get-elevated-access-request -ToApprove'
wait $waits
is "$?" 0
is "$(tail -n 1 "$work/waited")" 'restarted by web'

t "grants chosen with jq are revoked through a pipe"
line owner get-elevated-access-authorization
is "$(get-elevated-access-authorization --json | jq -r '.[] | select(.AuthorizedAccess == "Linux\\restart-web") |
    [.Revoked, .RevocationComment] | join("|")' | sort | uniq -c | xargs)" '2 true|done'
is "$(get-elevated-access-authorization -ActiveOnly --json | jq length)" 4

t "three people: ask, approve and run do what the names say"
must as alice New-ElevatedAccessRequest "$restart" -Reason r -o Id
id=$out
as alice fails 126 ElevatedAccessRequired Invoke-ElevatedAccessTask "$restart"
as bob succeeds Approve-ElevatedAccessRequest "$id"
as carol fails 126 ElevatedAccessRequired Invoke-ElevatedAccessTask "$restart"
as alice succeeds Invoke-ElevatedAccessTask "$restart"
is "$out" 'restarted by web'

t "the policy goes, and with it its grants"
line owner Remove-ElevatedAccessApprovalPolicy
is "$(get-elevated-access-approval-policy --json | jq -r '.[].Task')" "$restart"
is "$(get-elevated-access-authorization -ActiveOnly --json | jq -r '.[].AuthorizedAccess')" "$restart"

t "the control goes off"
line owner Disable-ElevatedAccessControl
is "$(get-elevated-access-control -o Value -Property Enabled)" False
as alice fails 69 ElevatedAccessNotEnabled New-ElevatedAccessRequest "$restart" -Reason r

t "every promised line was run"
is "$(sort -u "$work/run")" "$(sort "$lines")"

finish
