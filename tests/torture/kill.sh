#!/bin/bash
# kill.sh - every changing command is killed, at any moment: what was acknowledged is there, nothing half done or double

. "$(dirname "$0")/../cli/lib.bash"
. "$ROOT/tests/torture/inject.bash"

wanted=$(by_size 40 1000 10000)
kills=0 done_before=0 acknowledged=0 hot=0
cold_us=() hot_us=()
declare -A takes

# The program that notifications go to says that each has come.
printf '#!/bin/sh\ncat >>%s\n' "$work/said" >"$work/notify"
# shellcheck disable=SC2016
printf '#!/bin/sh\necho "$1" | tee -a %s\n' "$work/ran" >"$work/task"
chmod 700 "$work/notify" "$work/task"
: >"$work/said"
: >"$work/ran"

# Accounts of another domain are no addresses, so that nobody is sent a mail by this.
must new-elevated-access-approver-group -Name ops -Member 'CORP\bob,CORP\dave'
must enable-elevated-access-control -AdminGroup ops
must register-elevated-access-task 'T\run' -Path "$work/task" -ArgumentList '{word}' -Parameter word=word
must new-elevated-access-approval-policy 'T\run' -ApprovalType Manual -ApproverGroup ops -MaxUses 1
must set-elevated-access-control -NotifyCommand "$work/notify" -Confirm:false
dbset()
{
	flock "$PAMLITE_DATABASE.lock" sqlite3 "$PAMLITE_DATABASE" "$@"
}

# What holds whatever was killed: ten zeros behind a word.
identities="SELECT (SELECT group_concat(integrity_check) FROM pragma_integrity_check),
    (SELECT count(*) FROM pragma_foreign_key_check),
    (SELECT count(*) - max(sequence) FROM audit),
    (SELECT count(*) FROM request r WHERE (state = 'Approved')
	<> (SELECT count(*) FROM authorization a WHERE a.request_id = r.id)),
    (SELECT count(*) FROM request r WHERE 1 <> (SELECT count(*) FROM audit a WHERE a.object = r.id
	AND operation = 'New-ElevatedAccessRequest' AND result = 'Success')),
    (SELECT count(*) FROM request r WHERE (state = 'Denied')
	<> (SELECT count(*) FROM decision d WHERE d.request_id = r.id AND verdict = 'Denied')),
    (SELECT count(*) FROM authorization a WHERE holder NOT GLOB 'CORP?erin*' AND use_count
	<> (SELECT count(*) FROM execution e WHERE e.authorization_id = a.id)),
    (SELECT count(*) FROM execution e WHERE 1 <> (SELECT count(*) FROM audit a WHERE a.object = e.id
	AND result = 'Started')),
    (SELECT count(*) FROM request WHERE client_token IS NOT NULL)
	- (SELECT count(*) FROM (SELECT DISTINCT requestor, client_token FROM request WHERE client_token IS NOT NULL)),
    (SELECT count(*) FROM message m WHERE NOT EXISTS (SELECT 1 FROM notification n WHERE n.message_id = m.id))"
sound='ok|0|0|0|0|0|0|0|0|0'

# is_hot: the journal has to be played back; one whose beginning is not written yet is none.
is_hot()
{
	local first=''

	[[ ! -s $PAMLITE_DATABASE-journal ]] || LC_ALL=C IFS= read -rn 1 -d '' first <"$PAMLITE_DATABASE-journal"
	[[ -n $first ]]
}

# sound_after WHAT: the lock is free; the first command recovers, and is timed; all is whole.
sound_after()
{
	local was_hot='' began took

	flock -w 0.5 "$PAMLITE_DATABASE.lock" true ||
	    bad "the lock is held after $1" "$(fuser -v "$PAMLITE_DATABASE.lock" 2>&1)"
	! is_hot || was_hot=1
	began=${EPOCHREALTIME/./}
	get-elevated-access-control -o Id >"$stdout" 2>"$stderr" ||
		bad "the first command after $1 fails" "$(<"$stderr")"
	took=$((${EPOCHREALTIME/./} - began))
	if [[ -n $was_hot ]]; then
		hot=$((hot + 1))
		hot_us+=("$took")
	else
		cold_us+=("$took")
	fi
	! is_hot || bad "the journal is still hot after $1"
	test-elevated-access-audit-log -Quiet || bad "the chain is broken after $1"
	is "$(ask "$identities")" "$sound" "after $1"
}

# look SQL OPERATION: $was_done is what the query says, and the log has as many records of the operation since $mark.
look()
{
	IFS='|' read -r was_done recorded < <(ask "SELECT ($1), (SELECT count(*) FROM audit
	    WHERE sequence > $mark AND operation = '$2' AND result IN ('Success', 'Started'))")
}

# step WHO STATUSES SQL CMD...: the command is killed, looked at by the query (1: done, 0: not), and repeated; one
# that was done before answers the repetition with one of the statuses.
step()
{
	local who=$1 again=$2 sql=$3 operation delay us began

	shift 3
	operation=${as_operation:-$(cmdlet "$1")}
	read -r mark < <(ask 'SELECT max(sequence) FROM audit')
	if [[ -n ${takes[$1]:-} ]]; then
		us=$((RANDOM * 32768 + RANDOM))
		printf -v delay '0.%06d' $((us % (takes[$1] * 3 / 2) + 300))
		{
			as "$who" timeout --foreground --preserve-status -s KILL "$delay" "$@" </dev/null \
			    >"$work/answer" 2>"$stderr"
			status=$?
		} 2>/dev/null
		# Half of them are to be met before their end, however busy the machine is.
		if ((status == 137)); then
			kills=$((kills + 1)) takes[$1]=$((takes[$1] * 8 / 7 + 50))
		else
			takes[$1]=$((takes[$1] * 7 / 8 + 50))
		fi
		sound_after "$1, killed at $delay s"
		look "$sql" "$operation"
		[[ $operation == none ]] || is "$recorded" "$was_done" "half done: $*"
		[[ $status != 137 ]] || done_before=$((done_before + was_done))
		if [[ $status == 0 || ( -s $work/answer && $operation != none ) ]]; then
			acknowledged=$((acknowledged + 1))
			is "$was_done" 1 "acknowledged with $(head -c 100 "$work/answer"), but lost: $*"
		fi
		[[ $status == 0 || $status == 137 ]] || bad "status $status: $*" "$(<"$stderr")"
	else
		was_done=0
	fi
	began=${EPOCHREALTIME/./}
	run as "$who" "$@"
	[[ -n ${takes[$1]:-} ]] || takes[$1]=$((${EPOCHREALTIME/./} - began))
	if ((was_done)); then
		[[ $again == *" $status "* ]] || bad "status $status of a repetition, expected one of$again: $*" "$err"
	else
		is "$status" 0
	fi
	look "$sql" "$operation"
	is "$was_done" 1 "repeated, but not done: $*"
	# What may be said twice is recorded twice.
	[[ $operation == none || ($again == *' 0 '* && $operation != New-ElevatedAccessRequest) ]] ||
	    is "$recorded" 1 "done twice: $*"
}

request()
{
	local who=$1

	step "$who" ' 0 ' "SELECT count(*) FROM request WHERE requestor = '$who' AND client_token = 'token'" \
	    new-elevated-access-request 'T\run' -Parameter "word=${who#*\\}" -Reason why -ClientToken token -o Id
	id=$(ask "SELECT id FROM request WHERE requestor = '$who'")
	is "$out" "$id" "a repetition with the same token"
}
state()
{
	echo "SELECT count(*) FROM request WHERE id = '$id' AND state = '$1'"
}

# One of every command that changes something, about things of this round alone.
story()
{
	local n=$1 used

	step root ' 73 ' "SELECT count(*) FROM approver_group WHERE name = 'group$n'" \
	    new-elevated-access-approver-group -Name "group$n" -Member 'CORP\bob' -o Id
	step root ' 0 ' "SELECT count(*) FROM group_member WHERE member = 'eve$n'" \
	    set-elevated-access-approver-group "group$n" -AddMember "eve$n" -o Id
	step root ' 73 ' "SELECT count(*) FROM task WHERE name = 'T\\n$n'" \
	    register-elevated-access-task "T\\n$n" -Path /bin/true -o Id
	step root ' 0 ' "SELECT count(*) FROM task WHERE name = 'T\\n$n' AND description = 'new'" \
	    set-elevated-access-task "T\\n$n" -Description new -o Id
	step root ' 73 ' "SELECT count(*) FROM policy WHERE access = 'T\\n$n'" \
	    new-elevated-access-approval-policy "T\\n$n" -ApprovalType Manual -ApproverGroup "group$n" -o Id
	step root ' 0 ' "SELECT count(*) FROM policy WHERE access = 'T\\n$n' AND description = 'new'" \
	    set-elevated-access-approval-policy "T\\n$n" -Description new -o Id
	step root ' 73 ' "SELECT count(*) FROM system_account WHERE name = 'robot$n'" \
	    add-elevated-access-system-account "robot$n" -Reason why -PassThru -o Id
	step root ' 66 ' "SELECT count(*) = 0 FROM system_account WHERE name = 'robot$n'" \
	    remove-elevated-access-system-account "robot$n" -Confirm:false
	step root ' 0 ' "SELECT request_lifetime_s = ($n % 50 + 24) * 3600 FROM control" \
	    set-elevated-access-control -RequestLifetimeHours $((n % 50 + 24)) -Confirm:false -o Id
	request "CORP\\alice$n"
	step "CORP\\alice$n" ' 0 ' "SELECT count(*) FROM request WHERE id = '$id' AND reason = 'better'" \
	    set-elevated-access-request "$id" -Reason better -o Id
	step 'CORP\bob' ' 75 ' "$(state Approved)" approve-elevated-access-request "$id" -Comment ok -o Id
	step "CORP\\alice$n" ' 126 ' "SELECT use_count FROM authorization WHERE request_id = '$id'" \
	    invoke-elevated-access-task 'T\run' "word=alice$n"
	used=$(ask "SELECT use_count FROM authorization WHERE request_id = '$id'")
	is "$used" 1 "uses of $id"
	step root ' 75 ' "SELECT count(*) FROM authorization WHERE request_id = '$id' AND revoked_at IS NOT NULL" \
	    revoke-elevated-access-authorization "$id" -Comment over -Confirm:false -o Id
	request "CORP\\carol$n"
	step 'CORP\dave' ' 75 ' "$(state Denied)" deny-elevated-access-request "$id" -Comment no -o Id
	request "CORP\\dora$n"
	step "CORP\\dora$n" ' 75 ' "$(state Canceled)" stop-elevated-access-request "$id" -o Id
	request "CORP\\erin$n"
	step 'CORP\bob' ' 75 ' "$(state Approved)" approve-elevated-access-request "$id" -Comment ok -o Id
	step "CORP\\erin$n" ' 1 126 ' "SELECT use_count FROM authorization WHERE request_id = '$id'" \
	    test-elevated-access 'T\run' -Parameter "word=erin$n" -Use
	maintenance "$n"
	sender
	step root ' 66 ' "SELECT count(*) = 0 FROM policy WHERE access = 'T\\n$n'" \
	    remove-elevated-access-approval-policy "T\\n$n" -Confirm:false
	step root ' 66 ' "SELECT count(*) = 0 FROM task WHERE name = 'T\\n$n'" \
	    unregister-elevated-access-task "T\\n$n" -Confirm:false
	step root ' 66 ' "SELECT count(*) = 0 FROM approver_group WHERE name = 'group$n'" \
	    remove-elevated-access-approver-group "group$n" -Confirm:false
	step root ' 69 ' 'SELECT NOT enabled FROM control' disable-elevated-access-control -Confirm:false
	step root ' 0 ' 'SELECT enabled FROM control' enable-elevated-access-control -AdminGroup ops
}

# What the clock has decided, and what the log says of it.
maintenance()
{
	request "CORP\\flora$1"
	dbset "UPDATE request SET created_at = created_at - 90000, expires_at = unixepoch() - 1 WHERE id = '$id'"
	as_operation=Expire-ElevatedAccessRequest step root ' 0 ' "$(state Expired)" invoke-elevated-access-maintenance
	is "$(ask "SELECT count(*) FROM audit WHERE object = '$id' AND operation = 'Expire-ElevatedAccessRequest'")" 1
}

# What is queued is told at least once, and again only where a sender was killed between telling and noting it.
sender_kills=0
sender()
{
	local before=$kills

	as_operation=none step root ' 0 ' \
	    "SELECT count(*) = 0 FROM notification WHERE state = 'Queued' AND due_at <= unixepoch()" \
	    send-elevated-access-notification -o Id
	sender_kills=$((sender_kills + kills - before))
}

t "$wanted commands killed at random moments, all that change something"
# A few dozen may all miss the moment between a commit and the end of its process: then as many again.
for ((round = 1; (kills < wanted || (done_before == 0 && kills < wanted * 10)) && lib_bad < 10; round++)); do
	# The first one measures how long each takes.
	story "$round"
done
random=$kills
# Both must have been met, or the moments were all on one side.
((done_before > 0 && done_before < random && acknowledged > 0)) ||
    bad "$done_before of $random had been done, $acknowledged were acknowledged: the moments were badly chosen"

t "no grant was used twice, and nothing runs on"
is "$(sort "$work/ran" | uniq -d)" ''
# A run whose command was killed is nobody's: maintenance says so.
must invoke-elevated-access-maintenance
is "$(ask 'SELECT count(*) FROM execution WHERE ended_at IS NULL')" 0

t "every notification was told, and again only where the sender was killed"
must send-elevated-access-notification -All
told=$(jq -r .Identity "$work/said" | sort | uniq -c)
is "$(comm -13 <(awk '{ print $2 }' <<<"$told") <(ask "SELECT message_id FROM notification
    WHERE channel = 'Command' ORDER BY 1"))" '' "never told"
again=$(awk '{ n += $1 - 1 } END { print n + 0 }' <<<"$told")
((again <= sender_kills)) || bad "$again were told again, $sender_kills senders were killed"

# --- every system call ---

# prepare: a database with a request of each state, kept as $work/before; $pending, $approved are ids.
prepare()
{
	database exact
	must new-elevated-access-approver-group -Name ops -Member 'CORP\bob,CORP\dave'
	must enable-elevated-access-control -AdminGroup ops
	must register-elevated-access-task 'T\run' -Path "$work/task" -ArgumentList '{word}' -Parameter word=word
	must new-elevated-access-approval-policy 'T\run' -ApprovalType Manual -ApproverGroup ops -MaxUses 1
	must as 'CORP\alice' new-elevated-access-request 'T\run' -Parameter word=alice -Reason why -o Id
	approved=$out
	must as 'CORP\bob' approve-elevated-access-request "$approved"
	must as 'CORP\carol' new-elevated-access-request 'T\run' -Parameter word=carol -Reason why -o Id
	pending=$out
	cp "$PAMLITE_DATABASE" "$work/before"
}
again()
{
	rm -f "$PAMLITE_DATABASE-journal"
	cp "$work/before" "$PAMLITE_DATABASE"
	: >"$work/ran"
}

# at_each STRIDE WHO SQL CMD...: killed before each of its system calls, or each so many of them.
exact=0
at_each()
{
	local stride=$1 who=$2 sql=$3 call count n operation

	shift 3
	operation=$(cmdlet "$1")
	again
	read -r mark < <(ask 'SELECT max(sequence) FROM audit')
	# What ends the process need not be met.
	while read -r call count; do
		for ((n = 1 + exact % stride; n <= count; n += stride)); do
			again
			as "$who" injected "$call" "$n" signal=KILL "$@" || continue
			kills=$((kills + 1)) exact=$((exact + 1))
			sound_after "$1, killed at $call $n"
			look "$sql" "$operation"
			is "$recorded" "$was_done" "half done: $*, at $call $n"
			[[ -z $out ]] || is "$was_done" 1 "acknowledged, but lost: $*, at $call $n"
			((lib_bad < 10)) || return
		done
	done < <(as "$who" calls "$@" | grep -v '^exit')
}

t "killed at each system call"
prepare
stride=$(by_size 41 1 1)
at_each "$stride" 'CORP\dora' "SELECT count(*) FROM request WHERE requestor = 'CORP\\dora'" \
    new-elevated-access-request 'T\run' -Parameter word=dora -Reason why -o Id
at_each "$stride" 'CORP\bob' "SELECT count(*) FROM request WHERE id = '$pending' AND state = 'Approved'" \
    approve-elevated-access-request "$pending" -o Id
at_each "$stride" 'CORP\alice' "SELECT count(*) FROM execution" invoke-elevated-access-task 'T\run' word=alice
at_each "$stride" root "SELECT count(*) FROM authorization WHERE revoked_at IS NOT NULL" \
    revoke-elevated-access-authorization "$approved" -Confirm:false -o Id
((exact > 20)) || bad "only $exact calls were met"

t "killed while it recovers, which leaves it to the next one"
recoveries=0
for call in pwrite64 fsync fdatasync ftruncate; do
	for n in 1 2 3 4 5 6; do
		again
		injected ftruncate 1 signal=KILL new-elevated-access-request 'T\run' -Parameter word=root -Reason why
		is_hot || bad "no journal is left"
		injected "$call" "$n" signal=KILL get-elevated-access-request || break
		recoveries=$((recoveries + 1)) kills=$((kills + 1))
		sound_after "a recovery, killed at $call $n"
		is "$(ask 'SELECT count(*) FROM request')" 2
	done
done
((recoveries >= 2)) || bad "$recoveries recoveries were met"

# median NUMBER...: in milliseconds, of microseconds.
median()
{
	printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { printf "%.1f", v[int((NR + 1) / 2)] / 1000 }'
}
longest()
{
	printf '%s\n' "$@" | sort -n | tail -n 1 | awk '{ printf "%.1f", $1 / 1000 }'
}
cat <<END
#
# killed: commands on a private database     | $kills
#   at random moments                        | $random
#   at exact system calls                    | $exact
#   while they recovered                     | $recoveries
# done and killed before the answer          | $done_before
# not reached by the kill, acknowledged      | $acknowledged
# acknowledged and lost, half done, doubled  | $lib_failed tests failed
# hot journals met                           | $hot
# first command after a kill, ms, median     | $(median "${cold_us[@]}") without, $(median "${hot_us[@]}") with one
# the longest with one, ms                   | $(longest "${hot_us[@]}")
END
finish
