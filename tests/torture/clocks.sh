#!/bin/bash
# clocks.sh - clocks that jump or stand at odd days, and hosts that boot: nothing breaks, and nothing is prolonged

# For another boot's identity.
if ((EUID == 0)) && [[ -z ${CLOCKS_APART:-} ]] && unshare -m true 2>/dev/null; then
	CLOCKS_APART=1 exec unshare -m --propagation private bash "$0"
fi

. "$(dirname "$0")/../cli/lib.bash"
. "$ROOT/tests/torture/inject.bash"

# clock WHEN CMD...: with the wall clock there, "@2038-01-19 03:14:08" (where it starts) or "-1h".
steps=0
later 0s true
clock()
{
	local when=$1

	shift
	steps=$((steps + 1))
	FAKETIME=$when FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$lib_faketime \
	    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 "$@"
}
# moving CMD...: with a wall clock that is set while the command runs, by set_clock WHEN.
set_clock()
{
	steps=$((steps + 1))
	echo "$1" >"$work/clock.new"
	mv "$work/clock.new" "$work/clock"
}
moving()
{
	FAKETIME_TIMESTAMP_FILE=$work/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \
	    LD_PRELOAD=$lib_faketime ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 "$@"
}

printf '#!/bin/sh\ncat >>%s\n' "$work/said" >"$work/notify"
chmod 700 "$work/notify"
: >"$work/said"
# Accounts of another domain are no addresses, so that nobody is sent a mail by this.
must new-elevated-access-approver-group -Name ops -Member 'CORP\bob,CORP\dave'
must enable-elevated-access-control -AdminGroup ops
must register-elevated-access-task 'T\run' -Path /bin/true
must register-elevated-access-task 'T\sleep' -Path /usr/bin/sleep -ArgumentList 60
for task in run sleep; do
	must new-elevated-access-approval-policy "T\\$task" -ApprovalType Manual -ApproverGroup ops
done

# What holds whatever the clock says: the chain, the order of the records, and no time before the one it follows.
whole()
{
	test-elevated-access-audit-log -Quiet || bad "the chain is broken, $1"
	is "$(ask "SELECT (SELECT group_concat(integrity_check) FROM pragma_integrity_check),
	    (SELECT count(*) - max(sequence) FROM audit),
	    (SELECT count(*) FROM authorization WHERE end_at <= start_at OR end_at - start_at > 315360000),
	    (SELECT count(*) FROM execution WHERE ended_at < started_at),
	    (SELECT count(*) FROM request WHERE expires_at <= created_at)")" 'ok|0|0|0|0' "$1"
}

# seconds TEXT: of a time that a command printed.
seconds()
{
	date -u -d "$1" +%s
}

# life WHEN WHO: a request, its approval, a test, a run and the end of its grant, all at that time.
life()
{
	local when=$1 who=$2 day=${1#@} start end

	run clock "$when" env PAMLITE_PRINCIPAL="$who" "$BIN/new-elevated-access-request" 'T\run' -Reason why -o Id
	((status == 0)) || { bad "status $status at $when" "$err"; return; }
	id=$out
	run clock "$when" get-elevated-access-request "$id" -o Value -Property DateCreatedUtc
	[[ $when == -* ]] || matches "$out" "^${day%% *}T"
	run clock "$when" env PAMLITE_PRINCIPAL='CORP\bob' "$BIN/approve-elevated-access-request" "$id" -o Value \
	    -Property StartTimeUtc,EndTimeUtc
	is "$status" 0 "approve at $when"
	read -r start end <<<"$out"
	is "$(($(seconds "$end") - $(seconds "$start")))" 14400 "from $start to $end"
	run clock "$when" env PAMLITE_PRINCIPAL="$who" "$BIN/invoke-elevated-access-task" 'T\run'
	is "$status" 0 "run at $when"
	run clock "$when" revoke-elevated-access-authorization "$id" -Confirm:false
	is "$status" 0 "revoke at $when"
	run clock "$when" env PAMLITE_PRINCIPAL="$who" "$BIN/invoke-elevated-access-task" 'T\run'
	is "$status" 126 "run after the end, at $when"
	whole "at $when"
}

t "the end of the counters, leap days, and both ends of what can be written"
n=0
for when in '1970-01-01 00:00:01' '1999-12-31 23:59:59' '2000-02-29 12:00:00' '2024-02-28 23:59:59' \
    '2028-02-29 22:00:00' '2038-01-19 03:14:06' '2038-01-19 03:14:08' '2100-02-28 23:59:58' '2106-02-07 06:28:14' \
    '2106-02-07 06:28:17' '2999-12-30 12:00:00'; do
	life "@$when" "CORP\\p$((n += 1))"
done
for when in '2999-12-31 23:59:59' '3000-01-01 00:00:00' '9999-12-31 12:00:00' '9999-12-31 23:59:59'; do
	run clock "@$when" env PAMLITE_PRINCIPAL="CORP\\far$((n += 1))" "$BIN/new-elevated-access-request" 'T\run' \
	    -Reason why -o Id
	((status < 70 || status == 78)) || bad "status $status at $when" "$err"
	run clock "@$when" get-elevated-access-request --json
	is "$status" 0 "$when"
	whole "at $when"
done

t "set back by a second, an hour and a year between commands"
for back in -1 -1h -365d; do
	for first in +0 "$back"; do
		last=$back
		[[ $first == +0 ]] || last=+0
		who="CORP\\back$((n += 1))"
		must clock "$first" env PAMLITE_PRINCIPAL="$who" "$BIN/new-elevated-access-request" 'T\run' \
		    -Reason why -o Id
		id=$out
		run clock "$last" env PAMLITE_PRINCIPAL='CORP\bob' "$BIN/approve-elevated-access-request" "$id"
		# What was asked a year ago is over.
		[[ $status == 0 || ($status == 75 && $first == -365d) ]] ||
			bad "status $status, $first then $last" "$err"
		whole "$first then $last"
	done
done

t "a grant is not prolonged by a clock that is set back, and a request that has expired stays so"
who='CORP\alice'
must as "$who" new-elevated-access-request 'T\run' -Reason why -o Id
id=$out
must as 'CORP\bob' approve-elevated-access-request "$id"
must as "$who" new-elevated-access-request 'T\sleep' -Reason why -o Id
old=$out
run clock +25h invoke-elevated-access-maintenance
is "$status" 0
is "$(get-elevated-access-request "$old" -o Value -Property RequestStatus)" Expired
if ((EUID == 0)) && unshare -T --boottime 1 true 2>/dev/null; then
	# So much later by the boot clock, and the wall clock is set back by as much and more.
	for back in +0 -1 -1h -4h; do
		run unshare -T --fork --boottime 14401 env PAMLITE_PRINCIPAL="$who" FAKETIME="$back" \
		    FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD="$lib_faketime" \
		    ASAN_OPTIONS=verify_asan_link_order=0 "$BIN/test-elevated-access" 'T\run' -o Value -Property Allowed
		is "$status $out" '1 False' "$back"
	done
	run unshare -T --fork --boottime 14000 env PAMLITE_PRINCIPAL="$who" "$BIN/test-elevated-access" 'T\run' \
	    -o Value -Property Allowed
	is "$status $out" '0 True'
else
	echo '# no time namespaces: the boot clock is not moved'
fi
is "$(as "$who" test-elevated-access 'T\run' -o Value -Property Allowed)" True
whole 'after an expired request'

t "a wait lasts as long as it says, wherever the clock is set meanwhile"
must as 'CORP\carol' new-elevated-access-request 'T\run' -Reason why -o Id
id=$out
for jump in -1h -365d +10s; do
	set_clock +0
	began=${EPOCHREALTIME/./}
	moving wait-elevated-access-request "$id" -Timeout 2 >"$work/waited" 2>&1 &
	waiting=$!
	read -rt 0.3 <> <(:)
	set_clock "$jump"
	wait $waiting
	is "$?" 124 "$(<"$work/waited")"
	took=$(((${EPOCHREALTIME/./} - began) / 1000))
	((took >= 1900 && took < 12000)) || bad "a wait of 2 s took $took ms, the clock was set by $jump"
done
set_clock +0
moving wait-elevated-access-request "$id" -Timeout 60 >"$work/waited" 2>&1 &
waiting=$!
read -rt 0.3 <> <(:)
set_clock +2d
as 'CORP\dave' new-elevated-access-request 'T\sleep' -Reason why >/dev/null
wait $waiting
is "$?" 1 "a request that expires during the wait"

t "a run whose clock is set back has not ended before it began"
must as 'CORP\dora' new-elevated-access-request 'T\sleep' -Reason why -o Id
must as 'CORP\bob' approve-elevated-access-request "$out"
# runs: the identity of what runs.
runs()
{
	get-elevated-access-execution -Running -o Id
}
until_running()
{
	for ((i = 0; i < 100; i++)); do
		run runs
		[[ -z $out ]] || return 0
		read -rt 0.1 <> <(:)
	done
	bad "it does not run"
}
set_clock +0
PAMLITE_PRINCIPAL='CORP\dora' moving invoke-elevated-access-task 'T\sleep' >/dev/null 2>&1 &
runner=$!
until_running
execution=$out
set_clock -2h
must stop-elevated-access-execution "$execution" -Confirm:false
wait $runner
is "$?" 143
is "$(get-elevated-access-execution "$execution" -o Value -Property EndReason)" Stopped
whole 'after a run'
succeeds show-elevated-access-report -Path "$work/report.html"
is "$(grep -oE '>-[0-9]+(\.[0-9]+)? ?(h|min|s|d)\b' "$work/report.html")" '' 'a duration below nothing'

t "what was queued while the clock was ahead is told when it is right again"
must set-elevated-access-control -NotifyCommand "$work/notify" -Confirm:false
must send-elevated-access-notification
: >"$work/said"
must clock +3650d env PAMLITE_PRINCIPAL='CORP\erin' "$BIN/new-elevated-access-request" 'T\run' -Reason ahead -o Id
id=$out
must send-elevated-access-notification
is "$(jq -r 'select(.Kind == "Pending") | .RequestIdentity' "$work/said")" "$id"

t "zones and their changes: what is shown is the same moment, and what does not exist is refused"
moments=0
for zone in Europe/Berlin America/New_York Australia/Lord_Howe Asia/Kathmandu Pacific/Kiritimati America/Caracas UTC; do
	for when in '2026-03-29 00:59:59' '2026-03-29 01:00:00' '2026-10-25 00:59:59' '2026-10-25 01:00:00' \
	    '2026-03-08 06:59:59' '2026-03-08 07:00:00' '2026-11-01 05:59:59' '2026-11-01 06:00:00' \
	    '2026-04-04 14:59:59' '2026-04-04 15:00:00' '2026-10-03 15:30:00' '2028-02-29 23:30:00'; do
		((moments++ % $(by_size 11 1 1) == 0)) || continue
		must clock "@$when" env PAMLITE_PRINCIPAL="CORP\\zone$moments" \
		    "$BIN/new-elevated-access-request" 'T\run' \
		    -Reason why -o Id
		id=$out
		utc=$(get-elevated-access-request "$id" -o Value -Property DateCreatedUtc,ExpirationDateTimeUtc)
		local=$(TZ=$zone get-elevated-access-request "$id" -LocalTime -o Value \
		    -Property DateCreatedUtc,ExpirationDateTimeUtc)
		read -r -a shown <<<"$local"
		is "$(date -u -d "${shown[0]}" +%FT%TZ)"$'\t'"$(date -u -d "${shown[1]}" +%FT%TZ)" "$utc" "$zone $local"
		is "${shown[0]}" "$(TZ=$zone date -d "${utc%%$'\t'*}" +%FT%T%:z)" "$zone"
	done
done
for time in 2026-12-31T23:59:60Z 2027-06-30T23:59:60Z 2027-02-29T00:00:00Z 2100-02-29T00:00:00Z 2027-04-31T00:00:00Z \
    2027-01-01T24:00:00Z 2027-01-01T00:60:00Z 3000-01-01T00:00:00Z 2027-01-01T00:00:00; do
	as 'CORP\frank' fails 64 ParameterArgumentTransformationError new-elevated-access-request 'T\run' -Reason why \
	    -StartTimeUtc "$time"
done
whole 'after the zones'

if [[ -n ${CLOCKS_APART:-} ]]; then
	t "other boots: what ran is Unknown, what was granted counts by the wall clock, what expired stays so"
	must as 'CORP\gina' new-elevated-access-request 'T\sleep' -Reason why -o Id
	id=$out
	must as 'CORP\bob' approve-elevated-access-request "$id"
	for ((boot = 1; boot <= $(by_size 2 5 20); boot++)); do
		as 'CORP\gina' invoke-elevated-access-task 'T\sleep' >/dev/null 2>&1 &
		runner=$!
		until_running
		execution=$out
		printf '%08x-89ab-4def-8123-456789abcdef\n' "$boot" >"$work/boot"
		must mount -n --bind "$work/boot" /proc/sys/kernel/random/boot_id
		is "$(runs)" '' "boot $boot"
		is "$(get-elevated-access-execution "$execution" -o Value -Property EndReason)" Unknown
		fails 75 ExecutionOver stop-elevated-access-execution "$execution" -Confirm:false
		is "$(unshare -T --fork --boottime 20000 env PAMLITE_PRINCIPAL='CORP\gina' \
		    "$BIN/test-elevated-access" 'T\sleep' \
		    -o Value -Property Allowed)" True
		is "$(clock +4h env PAMLITE_PRINCIPAL='CORP\gina' "$BIN/test-elevated-access" 'T\sleep' \
		    -o Value -Property Allowed)" False
		must invoke-elevated-access-maintenance
		is "$(ask "SELECT end_reason, exit_status FROM execution WHERE id = '$execution'")" 'Unknown|'
		is "$(get-elevated-access-request "$old" -o Value -Property RequestStatus)" Expired
		must umount -n /proc/sys/kernel/random/boot_id
		# The machine did not really go down.
		pkill -TERM -P $runner
		kill -KILL $runner 2>/dev/null
		wait $runner 2>/dev/null
		is "$(ask "SELECT end_reason FROM execution WHERE id = '$execution'")" Unknown
		whole "after boot $boot"
	done
else
	skip "other boots" "only root can have another identity of the boot"
fi

cat <<END
#
# clocks set                                 | $steps
# moments in time zones                      | $moments
END
finish
