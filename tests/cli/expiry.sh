#!/bin/bash
# expiry.sh - what the clock ends: requests, grants, exclusions; seen with other clocks, not by waiting

. "$(dirname "$0")/lib.bash"

setup_basic
file=$work/touched/file

# ask WHO [WORD...]: a request for Linux\touch by WHO; $id.
ask()
{
	local who=$1

	shift
	must as "$who" new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason clock -o Id "$@"
	id=$out
}
# at OFFSET WHO: the status of a run of Linux\touch then.
at()
{
	run later "$1" env PAMLITE_PRINCIPAL="$2" "$BIN/invoke-elevated-access-task" 'Linux\touch' "file=$file"
	echo "$status"
}
state_at()
{
	later "$1" get-elevated-access-request "$id" -o Value -Property RequestStatus
}

t "a request is pending until its 24 hours are over, then Expired in every answer"
ask alice
is "$(state_at 23h)" Pending
is "$(state_at 25h)" Expired
is "$(later 25h get-elevated-access-request -RequestStatus Expired -o Id)" "$id"
is "$(later 25h get-elevated-access-request -RequestStatus Pending --json)" '[]'
is "$(later 25h get-elevated-access-request -Filter "RequestStatus -eq 'Expired'" -o Id)" "$id"
is "$(as bob later 25h get-elevated-access-request -ToApprove --json)" '[]'
has "$(later 25h get-elevated-access-request -o Table)" Expired

t "nobody can decide, change or withdraw it then"
as bob fails 75 RequestNotPending later 25h approve-elevated-access-request "$id"
has "$err" Expired
as bob fails 75 RequestNotPending later 25h deny-elevated-access-request "$id"
as alice fails 75 RequestNotPending later 25h set-elevated-access-request "$id" -Reason new
as alice fails 75 RequestNotPending later 25h stop-elevated-access-request "$id"
is "$(get-elevated-access-authorization --json)" '[]'

t "waiting for it ends with status 1"
run later 25h env PAMLITE_PRINCIPAL=alice "$BIN/wait-elevated-access-request" "$id" -Timeout 10
is "$status" 1

t "it does not keep the requestor from asking again"
as alice later 25h succeeds new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason again -o Id
is "$([[ $out != "$id" ]] && echo another)" another
as alice later 25h succeeds stop-elevated-access-request "$out"

t "a set back clock does not bring it back: what is expired stays so"
is "$(state_at 0s)" Expired
as bob fails 75 RequestNotPending deny-elevated-access-request "$id"
is "$(search-elevated-access-audit-log -Operations Expire-ElevatedAccessRequest -o Value -Property ObjectIds |
    grep -c "$id")" 1

t "the control's RequestLifetimeHours counts for requests that are made then"
ask alice
old=$id
must set-elevated-access-control -RequestLifetimeHours 2 -Confirm:false
ask carol
is "$(state_at 110m)" Pending
is "$(state_at 130m)" Expired
is "$(later 130m get-elevated-access-request "$old" -o Value -Property RequestStatus)" Pending
as alice must stop-elevated-access-request "$old"
as carol must stop-elevated-access-request "$id"
must set-elevated-access-control -RequestLifetimeHours 24 -Confirm:false

t "a grant is live until its end and not a moment longer"
ask alice -DurationHours 4
as bob must approve-elevated-access-request "$id" -o Value -Property Active
is "$out" True
is "$(at 0s alice)" 0
is "$(at 239m alice)" 0
at 241m alice >/dev/null
is "$status" 126
has "$err" 'Insufficient permissions. Please raise an elevated access request for this task.'
is "$(later 239m get-elevated-access-authorization -ActiveOnly --json | jq length)" 1
is "$(later 241m get-elevated-access-authorization -ActiveOnly --json)" '[]'
is "$(later 241m get-elevated-access-authorization -RequestId "$id" -o Value -Property Active)" False
run later 241m env PAMLITE_PRINCIPAL=alice "$BIN/test-elevated-access" 'Linux\touch' -Parameter "file=$file" \
    -o Value -Property Allowed,Why
is "$status$out" $'1False\tExpired'
as bob fails 75 AuthorizationOver later 241m revoke-elevated-access-authorization "$id" -Confirm:false

t "a clock before its start gives nothing"
is "$(at -10m alice)" 126

t "StartTimeUtc: not before it, and the duration begins there"
as bob must revoke-elevated-access-authorization "$id" -Confirm:false
start=$(date -u -d '+2 hours' +%Y-%m-%dT%H:%M:%SZ)
ask alice -DurationHours 1 -StartTimeUtc "$start"
as bob must approve-elevated-access-request "$id" -o Value -Property Active
is "$out" False
is "$(get-elevated-access-authorization -RequestId "$id" -o Value -Property StartTimeUtc,EndTimeUtc,Active)" \
    "$start"$'\t'"$(date -u -d "$start + 1 hour" +%Y-%m-%dT%H:%M:%SZ)"$'\tFalse'
is "$(at 0s alice)" 126
is "$(at 115m alice)" 126
is "$(at 125m alice)" 0
is "$(at 175m alice)" 0
is "$(at 185m alice)" 126

t "more than five minutes in the past is no start"
as carol fails 64 TimePast new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason r \
    -StartTimeUtc "$(date -u -d '-6 minutes' +%Y-%m-%dT%H:%M:%SZ)"
as carol succeeds new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason r \
    -StartTimeUtc "$(date -u -d '-4 minutes' +%Y-%m-%dT%H:%M:%SZ)" -o Id
as carol must stop-elevated-access-request "$out"

t "an approval after StartTimeUtc counts from the approval"
ask dora -DurationHours 1 -StartTimeUtc "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
as bob later 3h succeeds approve-elevated-access-request "$id" -o Id
is "$(at 190m dora)" 0
is "$(at 250m dora)" 126

t "a system account is excluded until its end"
must add-elevated-access-system-account robot -Reason nightly -ExpiresUtc "$(date -u -d '+3 hours' +%Y-%m-%dT%H:%M:%SZ)"
must add-elevated-access-system-account forever -Reason always
is "$(at 170m robot)" 0
is "$(at 190m robot)" 126
is "$(at 9000h forever)" 0
is "$(later 170m get-elevated-access-control -o Value -Property SystemAccounts)" 'forever, robot'
is "$(later 190m get-elevated-access-control -o Value -Property SystemAccounts)" forever

t "the log stays in the order of its sequence, whatever the clock said"
succeeds test-elevated-access-audit-log
is "$(search-elevated-access-audit-log -SortBy Sequence -o Value -Property Sequence | tr '\n' ' ')" \
    "$(seq "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Sequence)" | tr '\n' ' ')"

t "strange clocks crash nothing"
for clock in '1970-01-01 00:00:01' '2038-01-19 03:14:08' '2106-02-07 06:28:16' '2999-12-31 23:59:59'; do
	FAKETIME="@$clock" FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$lib_faketime \
	    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 \
	    run env PAMLITE_PRINCIPAL=erin "$BIN/new-elevated-access-request" 'Linux\touch' \
	    -Parameter "file=$work/touched/${clock%%-*}" -Reason clock -o Id
	((status < 124 && status != 70 && status != 71)) || bad "status $status at $clock" "$err"
	FAKETIME="@$clock" FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$lib_faketime \
	    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 run get-elevated-access-request --json
	is "$status" 0 "$clock"
done

finish
