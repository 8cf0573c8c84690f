#!/bin/bash
# errors-requests.sh - every refusal on the way of a request: asking, changing, deciding, withdrawing, waiting, revoking

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

setup_basic
must new-elevated-access-approver-group -Name auditors -Member erin
must new-elevated-access-approver-group -Name nobody
must set-elevated-access-control -AuditGroup auditors -Confirm:false
# A task that is not registered: the workflow is whole without it.
must new-elevated-access-approval-policy 'App\deploy' -ApprovalType Manual -ApproverGroup ops
must new-elevated-access-approval-policy 'App\ticketed' -ApprovalType Manual -RequireTicket -MaxDurationHours 4
must new-elevated-access-approval-policy 'App\few' -ApprovalType Manual -EligibleGroup auditors
must new-elevated-access-approval-policy 'App\lonely' -ApprovalType Manual -ApproverGroup nobody
must new-elevated-access-approval-policy 'App\two' -ApprovalType Manual -MinApprovals 2

# ask REQUESTOR TASK [WORD...]: $id is the new request.
ask()
{
	local who=$1

	shift
	must as "$who" new-elevated-access-request "$@" -Reason 'for a test' -o Id
	id=$out
}
# new STATUS ID TEXT WORD...: alice asks in vain.
new()
{
	local expected=$1 error=$2 text=$3

	shift 3
	refused "$expected" "$error" "$text" as alice new-elevated-access-request "$@" -Reason r
}

t "a new request"
new 66 PolicyNotFound "'App\\unknown'" 'App\unknown'
has "$err" 'get-elevated-access-approval-policy lists'
new 66 PolicyNotFound "Role 'App\\deploy'" -Role 'App\deploy'
new 66 PolicyNotFound "'App\\few'" 'App\few'
refused 77 NotEligible "only members of auditors" as bob new-elevated-access-request 'App\few' -Reason r
new 77 DurationExceeded 'at most 4 hours' 'App\ticketed' -Ticket T1 -DurationHours 5
new 77 DurationExceeded 'at most 4 hours' 'App\ticketed' -Ticket T1 -Duration PT4H1M
new 64 TicketRequired '-Ticket' 'App\ticketed'
new 64 TaskParameterInvalid "'Linux\\touch'" 'Linux\touch'
new 64 TaskParameterInvalid "'Linux\\touch'" 'Linux\touch' -Parameter file=/etc/passwd
new 64 TaskParameterInvalid "'Linux\\touch'" 'Linux\touch' -Parameter "file=$work/touched/a,other=b"
new 64 TimePast 'StartTimeUtc' 'App\deploy' -StartTimeUtc 2020-02-29T00:00:00Z
new 78 NoApprover "'App\\lonely': 0 of 1" 'App\lonely'
has "$err" 'set-elevated-access-approver-group nobody -AddMember'
refused 78 NoApprover "'App\\two': 1 of 2" as bob new-elevated-access-request 'App\two' -Reason r

t "the same request twice names the first"
ask alice 'App\deploy'
new 73 RequestPending "$id" 'app\DEPLOY'
has "$err" "($id:String)"

t "a twenty-first"
for i in {1..20}; do
	must as frank new-elevated-access-request 'App\deploy' -Parameter "n=$i" -Reason r
done
refused 75 TooManyRequests '20 pending' as frank new-elevated-access-request 'App\deploy' -Parameter n=21 -Reason r
has "$err" 'stop-elevated-access-request'

# What the request came to is shown all the same.
waits_in_vain()
{
	run as alice "$@" -Timeout 1 -o Json
	is "$status" 124
	is "$(jq -r .Error.Id <<<"$err")" WaitTimeout
	has "$err" 'is still pending after 1 second'
	is "$(jq -r '.[0].RequestStatus' <<<"$out")" Pending
	is "$(jq -r '.[0].Identity' <<<"$out")" "$(jq -r .Error.Target <<<"$err")"
	((lib_bad)) || echo "$1 WaitTimeout" >>"$lib_seen"
}
t "nobody decides in time"
waits_in_vain wait-elevated-access-request "$id"
waits_in_vain new-elevated-access-request 'App\two' -Reason r -Wait

t "no such request, for everybody who may not see it too"
ask alice 'App\ticketed' -Ticket T1
for who in bob carol; do
	what=$absent
	[[ $who == bob ]] || what=$id
	for line in get "approve -Comment c" "deny -Comment c" "set -Reason r" stop wait; do
		read -r verb words <<<"$line"
		# shellcheck disable=SC2086
		refused 66 RequestNotFound "'$what'" as "$who" "$verb-elevated-access-request" "$what" $words
	done
done
refused 66 RequestNotFound "'nonsense'" as bob approve-elevated-access-request nonsense

t "who may not decide"
for verb in approve deny; do
	refused 77 SelfApproval "alice cannot decide request $id" as alice "$verb-elevated-access-request" "$id"
	has "$err" 'stop-elevated-access-request'
	refused 77 NotApprover 'only members of ops may' as erin "$verb-elevated-access-request" "$id"
	refused 77 NotApprover 'only members of ops may' "$verb-elevated-access-request" "$id"
done

t "another version than the one that was shown"
version=$(as bob get-elevated-access-request "$id" -o Value -Property Version)
must as alice set-elevated-access-request "$id" -Reason 'something else'
for verb in approve deny; do
	refused 75 RequestChanged "$id" as bob "$verb-elevated-access-request" "$id" -RequestVersion "$version"
	has "$err" "look again: get-elevated-access-request $id"
done

t "a change of a request"
refused 77 NotRequestor 'not a request of bob' as bob set-elevated-access-request "$id" -Reason r
refused 77 NotRequestor 'not a request of erin' as erin stop-elevated-access-request "$id"
refused 64 NothingToChange "$id" as alice set-elevated-access-request "$id"
refused 77 DurationExceeded 'at most 4 hours' as alice set-elevated-access-request "$id" -DurationHours 5
refused 64 TicketRequired '-Ticket' as alice set-elevated-access-request "$id" -Ticket ''

t "longer than the policy allows now"
must set-elevated-access-approval-policy 'App\ticketed' -MaxDurationHours 1
refused 77 DurationExceeded 'at most 1 hour' as bob approve-elevated-access-request "$id"
must set-elevated-access-approval-policy 'App\ticketed' -MaxDurationHours 4

t "a comment is demanded"
must set-elevated-access-control -RequireComment -Confirm:false
for verb in approve deny; do
	refused 64 CommentRequired '-Comment' as bob "$verb-elevated-access-request" "$id"
done
must set-elevated-access-control -RequireComment:false -Confirm:false

t "one person counts once"
two=$(as alice get-elevated-access-request -Filter "RequestedAccess -eq 'App\\two'" -o Id)
must as bob approve-elevated-access-request "$two" -Comment first
for verb in approve deny; do
	refused 75 AlreadyApprovedByCaller "$two" as bob "$verb-elevated-access-request" "$two" -Comment again
done

t "what is decided, withdrawn or expired is not pending"
must as bob approve-elevated-access-request "$id" -Comment ok
for line in 'bob approve' 'dave deny' 'alice set -Reason r' 'alice stop'; do
	read -r who verb words <<<"$line"
	# shellcheck disable=SC2086
	refused 75 RequestNotPending 'it was approved by bob' as "$who" "$verb-elevated-access-request" "$id" $words
done
approved=$id
ask alice 'App\ticketed' -Ticket T2
must as bob deny-elevated-access-request "$id" -Comment no
refused 75 RequestNotPending 'it was denied by bob' as dave approve-elevated-access-request "$id"
must as alice stop-elevated-access-request "$two"
refused 75 RequestNotPending 'it is Canceled' as dave approve-elevated-access-request "$two"
ask alice 'App\ticketed' -Ticket T3
# Who meets it first writes down that it is Expired; after that nothing changes.
run later 25h as bob approve-elevated-access-request "$id"
for line in 'bob approve' 'bob deny' 'alice set -Reason r' 'alice stop'; do
	read -r who verb words <<<"$line"
	# shellcheck disable=SC2086
	refused 75 RequestNotPending 'it is Expired' later 25h as "$who" "$verb-elevated-access-request" "$id" $words
done

t "what became of the policy and the requestor meanwhile"
must new-elevated-access-approver-group -Name crew -Member gina
must set-elevated-access-approval-policy 'App\few' -EligibleGroup crew
ask gina 'App\few'
must set-elevated-access-approver-group crew -RemoveMember gina -AddMember hugo
refused 77 NotEligible 'gina may no longer request' as bob approve-elevated-access-request "$id"
must register-elevated-access-task 'Linux\list' -Path /bin/ls -ArgumentList '{dir}' -Parameter dir=path:/
must new-elevated-access-approval-policy 'Linux\list' -ApprovalType Manual -BindParameters:false
ask gina 'Linux\list'
must set-elevated-access-approval-policy 'Linux\list' -BindParameters
refused 64 TaskParameterInvalid "parameter 'dir' is missing" as bob approve-elevated-access-request "$id"

t "the Domain, while requests depend on it"
must set-elevated-access-control -Domain example.org -Confirm:false
refused 75 RequestsPending 'while requests are pending' set-elevated-access-control -Domain example.net -Confirm:false
refused 75 RequestsPending 'while requests are pending' set-elevated-access-control -Domain '' -Confirm:false

t "authorizations"
refused 66 AuthorizationNotFound "'$absent'" as bob get-elevated-access-authorization "$absent"
refused 66 AuthorizationNotFound "'$approved'" as carol get-elevated-access-authorization "$approved"
refused 66 AuthorizationNotFound "'$absent'" as bob revoke-elevated-access-authorization "$absent" -Confirm:false
refused 66 AuthorizationNotFound "'$approved'" as carol revoke-elevated-access-authorization "$approved" -Confirm:false
refused 77 NotRevoker 'erin may not revoke' as erin revoke-elevated-access-authorization "$approved" -Confirm:false
refused 75 AuthorizationOver 'past its end' later 5h as bob revoke-elevated-access-authorization "$approved" \
    -Confirm:false
must as bob revoke-elevated-access-authorization "$approved" -Confirm:false
refused 75 AuthorizationOver 'revoked already' as alice revoke-elevated-access-authorization "$approved" -Confirm:false

t "nothing is asked or decided while the control is off"
must disable-elevated-access-control -Confirm:false
new 69 ElevatedAccessNotEnabled 'not enabled' 'App\two'
refused 69 ElevatedAccessNotEnabled 'not enabled' as alice set-elevated-access-request "$id" -Reason r
for verb in approve deny; do
	refused 69 ElevatedAccessNotEnabled 'not enabled' as bob "$verb-elevated-access-request" "$id"
	has "$err" 'enable-elevated-access-control'
done

finish
