#!/bin/bash
# time.sh - D4: a grant lives inside its window by both clocks, whatever is done to them

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"

fixture

# why: what alice is answered about a run of L\ok, by the second phase under the clocks that are set.
why()
{
	run phase2 alice test-elevated-access 'Task=L\ok' OutputFormat=Value $'Property=Why\n'
}
# granted PROPERTY: of the newest grant.
granted()
{
	dbquery "SELECT $1 FROM authorization ORDER BY rowid DESC LIMIT 1"
}

t "D4 row 65: the wall clock set back prolongs nothing: by the boot clock the grant is over"
fresh
grant alice 'L\ok'
clock=-10h why
is "$status $out" '1 NotAuthorized'
clock=-3h boot=10800 why
is "$status" 1
# As if time had gone by and the wall clock been set back to where it was.
boot=14390 why
is "$status $out" '0 Authorization'
boot=14400 why
is "$status $out" '1 Expired'
succeeds as alice invoke-elevated-access-task 'L\ok'
fails 126 ElevatedAccessRequired unshare -T --fork --boottime 14401 setpriv --reuid=alice --regid=alice --init-groups \
    "$BIN/invoke-elevated-access-task" 'L\ok'
is "$(executions)" 1

t "D4 row 67: clocks far off: nothing breaks, records keep their order, and no run is outside its window"
fresh
grant alice 'L\ok'
lost=0
for when in '1970-01-01 00:00:00' '1970-01-01 00:00:01' '2038-01-19 03:14:08' '2106-02-07 06:28:15' \
    '2106-02-07 06:28:16' '2999-12-31 23:59:59'; do
	clock=$when
	why
	is "$status" 1 "a run would be allowed at $when"
	run phase2 carol new-elevated-access-request 'Task=L\ok' Reason=why OutputFormat=Id
	((status < 128)) || bad "died at $when" "$err"
	if ((status == 0)); then
		run phase2 carol get-elevated-access-request "Identity=$out" OutputFormat=JsonLines
		is "$status" 0 "not read at $when"
		matches "$out" "\"DateCreatedUtc\":\"${when%% *}T"
		run phase2 carol stop-elevated-access-request "RequestId=$(jq -r .Identity <<<"$out")"
		is "$status" 0 "not withdrawn at $when"
	else
		lost=$((lost + 1))
	fi
done
clock=
((lost <= 2)) || bad "$lost requests were refused"
why
is "$status $out" '0 Authorization'
search-elevated-access-audit-log -SortBy Sequence -o Value -Property Sequence -ResultSize Unlimited | sort -nc ||
    bad "the records are out of order"

t "D4 row 68: after another boot the wall clock alone counts, and the records say which boot it was"
fresh
grant alice 'L\ok'
boot=20000 why
is "$status $out" '1 Expired'
echo 01234567-89ab-cdef-0123-456789abcdef >"$shared/boot"
must mount --bind "$shared/boot" /proc/sys/kernel/random/boot_id
boot=20000 why
is "$status $out" '0 Authorization'
clock=+3h59m why
is "$status" 0
clock=+4h why
is "$status $out" '1 Expired'
mark
succeeds as alice invoke-elevated-access-task 'L\ok'
recorded 2 '"BootId":"01234567-89ab-cdef-0123-456789abcdef".*"Invoke-ElevatedAccessTask"'
must umount /proc/sys/kernel/random/boot_id
rm -r "${shared:?}/boot" /run/mount

skip "D4 row 69: suspend to memory" "the machine cannot; the boot clock, which counts it, is moved in row 65"

t "D4 row 70: a time without its zone is no time; -LocalTime shows both sides of a change of the clocks"
fresh
must mount --bind /usr/share/zoneinfo/Europe/Berlin /etc/localtime
mark
for time in 2026-03-29T02:30:00 2026-10-25T02:30:00 2027-03-28T02:30:00; do
	fails 64 ParameterArgumentTransformationError as alice new-elevated-access-request 'L\ok' -Reason why \
	    -StartTimeUtc $time
done
same
for pair in 2027-03-28T00:59:59Z=2027-03-28T01:59:59+01:00 2027-03-28T01:00:00Z=2027-03-28T03:00:00+02:00 \
    2027-10-31T00:59:59Z=2027-10-31T02:59:59+02:00 2027-10-31T01:00:00Z=2027-10-31T02:00:00+01:00 \
    2027-10-31T02:30:00+01:00=2027-10-31T02:30:00+01:00; do
	must as alice new-elevated-access-request 'L\ok' -Reason why -StartTimeUtc "${pair%=*}" -o Id
	id=$out
	is "$(as alice get-elevated-access-request "$id" -LocalTime -o Value -Property StartTimeUtc)" "${pair#*=}"
	must as alice stop-elevated-access-request "$id"
done
must umount /etc/localtime
rm -r /run/mount

t "D4 row 72: the first second of the window is in it, the last one before its end too, the end is not"
fresh
must as alice new-elevated-access-request 'L\ok' -Reason why -StartTimeUtc "$(date -u -d '+1 hour' +%FT%TZ)" -o Id
must as bob approve-elevated-access-request "$out"
start=$(granted start_at) end=$(granted end_at)
is "$((end - start))" 14400
dbquery "UPDATE authorization SET boot_end_ms = boot_end_ms + 90000000"
for pair in "$((start - 1)) 1" "$start 0" "$((end - 1)) 0" "$end 1"; do
	clock=$(at "${pair% *}")
	why
	is "$status" "${pair#* }" "at ${pair% *}, from $start to $end"
	run phase2 alice test-elevated-access 'Task=L\ok' Use
	is "$status" "${pair#* }" "used at ${pair% *}"
done
clock=
is "$(uses)" 2
mark
fails 126 ElevatedAccessRequired as alice invoke-elevated-access-task 'L\ok'
has "$err" 'Your authorization begins at'
# Its end can be moved to an earlier time; its beginning only to a later one than was approved.
grant alice 'L\ok'
move_window 0 1
for ((i = 0; i < 15; i++)); do
	before=$(date +%s)
	run as alice invoke-elevated-access-task 'L\ok'
	after=$(date +%s)
	end=$(granted end_at)
	((before < end || status == 126)) || bad "ran at $before, the end was $end"
	((after >= end || status == 0)) || bad "refused at $after, the end is $end" "$err"
	sleep 0.1
done
is "$status" 126

skip "D4 row 73: a leap second that the kernel inserts" "it would be the whole machine's"

t "D4 row 73: whatever part of a second it is, no grant is empty or goes backwards"
fresh
for offset in -0.5 -0.1 +0.1 +0.4 +0.5 +0.9; do
	clock=$offset
	run phase2 alice new-elevated-access-request 'Task=L\ok' Reason=why Duration=PT5M OutputFormat=Id
	is "$status" 0
	run phase2 bob approve-elevated-access-request "RequestId=$out"
	is "$status" 0
	is "$(granted 'end_at - start_at')" 300
	run phase2 alice revoke-elevated-access-authorization "RequestId=$(granted id)" Confirm=false
	is "$status" 0 "not given back"
done
clock=

t "D4 row 74: a task outlives its grant, except under TerminateOnEnd: then TERM, and KILL after 5 s"
fresh
program stubborn <<-'EOT'
	#!/bin/bash
	trap 'echo TERM' TERM
	echo begun
	for i in {1..150}; do [ -e /opt/fixture/enough ] || sleep 0.1; done
	echo over
EOT
for name in goes-on ends dies; do
	path=$program arguments=()
	[[ $name != ends ]] || path=/usr/bin/sleep arguments=(-ArgumentList 30)
	must register-elevated-access-task "L\\$name" -Path "$path" "${arguments[@]}"
	must new-elevated-access-approval-policy "L\\$name" -ApprovalType Manual -ApproverGroup ops
done
must set-elevated-access-approval-policy 'L\ends' -TerminateOnEnd:true
must set-elevated-access-approval-policy 'L\dies' -TerminateOnEnd:true
for name in goes-on ends dies; do
	grant alice "L\\$name"
	begin "$name" as alice invoke-elevated-access-task "L\\$name"
done
running()
{
	[[ $(dbquery 'SELECT count(*) FROM execution WHERE ended_at IS NULL') == "$1" ]]
}
eventually 10 running 3 || bad "not all have begun"
sleep 0.5
dbquery 'UPDATE authorization SET start_at = unixepoch() - 10, end_at = unixepoch()'
began=$SECONDS
ended ends
is "$status" 143
((SECONDS - began <= 2)) || bad "it was ended after $((SECONDS - began)) s"
ended dies
is "$status" 137
has "$out" TERM
((SECONDS - began >= 4 && SECONDS - began <= 8)) || bad "it was killed after $((SECONDS - began)) s"
fails 126 ElevatedAccessRequired as alice invoke-elevated-access-task 'L\goes-on'
running 1 || bad "what may outlive its grant did not"
touch /opt/fixture/enough
ended goes-on
is "$status $out" $'0 begun\nover'
ends=$(dbquery 'SELECT task, end_reason, exit_status, signal FROM execution ORDER BY task')
is "$ends" 'L\dies|AuthorizationEnded||9
L\ends|AuthorizationEnded||15
L\goes-on|Exited|0|'
recorded 3 '"Operation":"Invoke-ElevatedAccessTask".*"Result":"Ended"'

finish
