#!/bin/bash
# witness.sh - what syslog and the anchor hold tells a log that was written anew from the one that was written

. "$(dirname "$0")/lib.bash"

if [[ -z $world_dev ]]; then
	skip "all of it" "needs a /dev of its own"
	finish
fi
log_daemon $collected
note_places

# heard: the records that were told, in their order: SEQUENCE HASH.
heard()
{
	sed -nE 's/^.* pam-lite\[[0-9]+\]: audit Sequence=([0-9]+) Hash=([0-9a-f]{64}) .*/\1 \2/p' $collected | sort -n
}
# chain: the records that there are, in the same form.
chain()
{
	dbquery -separator ' ' 'SELECT sequence, hash FROM audit ORDER BY sequence'
}
# all_heard: what is in the log was told, record by record. It is told before the command has ended; the daemon
# writes it when it comes to it.
all_heard()
{
	[[ $(heard) == "$(chain)" ]]
}

# --- what is told ---

t "every record of the story is told once, with its sequence and hash: phase 2, the runner's child, refusals"
fixture
grant alice 'L\ok'
must as alice invoke-elevated-access-task 'L\ok'
must as alice new-elevated-access-request 'L\svc' -Reason why -o Id
run as alice approve-elevated-access-request "$out"
is "$status" 77
run as carol invoke-elevated-access-task 'L\ok'
is "$status" 126
# One transaction with several records.
must as alice new-elevated-access-request 'L\exit' -Parameter code=0 -Reason why
must as carol new-elevated-access-request 'L\exit' -Parameter code=0 -Reason why
before=$(dbquery 'SELECT max(sequence) FROM audit')
must remove-elevated-access-approval-policy 'L\exit' -Confirm:false
is "$(dbquery "SELECT max(sequence) - $before FROM audit")" 3 "one for each request, one for the policy"
eventually 10 all_heard || bad "told and recorded differ" "$(diff <(heard) <(chain))"
is "$(grep -c ' authpriv\.notice pam-lite\[' $collected)" "$(chain | grep -c .)" "facility and priority"

t "what the line says beside is what the record says"
last=$(dbquery 'SELECT max(sequence) FROM audit')
is "$(grep "Sequence=$last " $collected | sed 's/.* Operation/Operation/')" \
    "$(dbquery "SELECT format('Operation=%s Result=%s User=\"%s\" Object=\"%s\"', operation, result, user, object)
        FROM audit WHERE sequence = $last")"

t "reading, -WhatIf and what is undone tell nothing"
must as alice new-elevated-access-request 'L\ok' -Reason why -o Id
id=$out
eventually 10 all_heard || bad "told and recorded differ"
before=$(grep -c . $collected)
succeeds get-elevated-access-request
succeeds as carol new-elevated-access-request 'L\ok' -Reason why -WhatIf
fails 64 NothingToChange as alice set-elevated-access-request "$id"
run strace -f -qq -o "$work/trace" -e trace=fdatasync,fsync -e inject=fdatasync,fsync:error=EIO -u carol \
    "$BIN/new-elevated-access-request" 'L\ok' -Reason why
is "$status" 74
must as carol new-elevated-access-request 'L\ok' -Reason why -o Id
last=$(dbquery 'SELECT max(sequence) FROM audit')
eventually 10 grep -q "Sequence=$last " $collected || bad "not told"
is "$(grep -c . $collected)" $((before + 1))
must as alice stop-elevated-access-request "$id"

t "text from a caller makes no second field and no second line"
zero=$(printf '0%.0s' {1..64})
before=$(grep -c . $collected)
for text in "x\" Hash=$zero" $'x\xe2\x80\xae' "x: pam-lite[1]: audit Sequence=1 Hash=$zero" 'x\" y=\'; do
	run as carol approve-elevated-access-request "$text"
	is "$status" 66 "$text"
done
eventually 10 all_heard || bad "told and recorded differ"
is "$(grep -c . $collected)" $((before + 4))
is "$(tail -n 4 $collected | grep -cE ' Object="([^"\\]|\\.)*"$')" 4 "whole quoted texts"
lacks "$(tail -n 4 $collected | cat -v)" '^'
succeeds test-elevated-access-audit-log -Path $collected

t "a private database tells nothing"
before=$(grep -c . $collected)
must as alice new-elevated-access-approver-group -Database /home/alice/trial.db -Name ops -Member bob
sleep 0.2
is "$(grep -c . $collected)" "$before"
rm -f /home/alice/trial.db*

t "it is told behind the lock, and without a daemon all goes on as before"
strace -f -qq -o "$work/trace" -e trace=flock,sendto -u alice "$BIN/new-elevated-access-request" 'L\svc-exit' \
    -Parameter code=1 -Reason why >/dev/null || bad "the traced request failed"
is "$(grep -oE 'LOCK_UN|sendto.{40}|LOCK_EX' "$work/trace" | grep -B 1 'pam-lite' | head -n 1)" LOCK_UN
kill -KILL $daemon
wait $daemon 2>/dev/null
for place in refused missing; do
	[[ $place == refused ]] || rm -f /dev/log
	succeeds as carol new-elevated-access-request 'L\svc' -Reason "$place"
	must as carol stop-elevated-access-request "$(dbquery "SELECT id FROM request WHERE reason = '$place'")"
done
log_daemon $collected

t "a daemon that does not read holds a command up for a second in all, and nobody else"
kill -STOP $daemon
yes 'nobody reads this' | timeout 2 logger -u /dev/log -p user.info
mark
began=$(date +%s%N)
as carol new-elevated-access-request 'L\svc' -Reason slow -o Id >"$work/id" &
slow=$!
is_there()
{
	[[ $(dbquery "SELECT count(*) FROM request WHERE reason = 'slow'") == 1 ]]
}
eventually 5 is_there || bad "not recorded"
flock -w 0.5 $db.lock true || bad "the lock is held by who waits for the log"
wait $slow
is "$?" 0
(($(date +%s%N) - began < 10 * 10 ** 9)) || bad "it took too long"
recorded 1 New-ElevatedAccessRequest
# A run has two processes that tell something.
grant alice 'L\ok'
began=$SECONDS
succeeds as alice invoke-elevated-access-task 'L\ok'
((SECONDS - began < 10)) || bad "the run took $((SECONDS - began)) s"
kill -CONT $daemon
must as carol stop-elevated-access-request "$(<"$work/id")"

# --- what it proves ---

no_log_daemon
log_daemon $collected
fresh

# check [WORD...]: what the test says: VALID FIRSTBAD, and $detail.
check()
{
	run test-elevated-access-audit-log "$@" -o JsonLines
	detail=$(jq -r '.Detail // ""' <<<"$out")
	verdict=$(jq -r '"\(.Valid) \(.FirstBadSequence)"' <<<"$out")
	case $verdict in
	"true null") is "$status" 0 "$err" ;;
	*) is "$status" 1 "$err" ;;
	esac
}
# agrees TEXT [WORD...], disagrees SEQUENCE TEXT [WORD...]: what it comes to, and what $detail has.
agrees()
{
	check "${@:2}"
	is "$verdict" 'true null' "$detail"
	has "$detail" "$1"
}
disagrees()
{
	check "${@:3}"
	is "$verdict" "false $1" "$detail"
	has "$detail" "$2"
}

t "intact: up to which record the anchor and the lines agree"
grant alice 'L\ok'
cp -p $db "$work/yesterday"
old=$(dbquery 'SELECT max(sequence) FROM audit')
must as alice invoke-elevated-access-task 'L\ok'
grant alice 'L\svc'
must as alice invoke-elevated-access-task 'L\svc'
must as carol new-elevated-access-request 'L\ok' -Reason why
all=$(dbquery 'SELECT max(sequence) FROM audit')
anchored=$(tail -n 1 $anchor | cut -d ' ' -f 1)
is "$anchored" $((all - 1))
first=$(sort -n $anchor | head -n 1 | cut -d ' ' -f 1)
eventually 10 grep -q "Sequence=$all " $collected || bad "not told"
told=$(heard | head -n 1 | cut -d ' ' -f 1)
agrees "the anchor agrees up to record $anchored (the first is $first, lines: $(grep -c . $anchor))"
agrees "the file agrees up to record $all (the first is $told, " -Path $collected
has "$detail" "the anchor agrees up to record $anchored"
agrees "the anchor has no record from $all on" -StartSequence "$all"
# Which are in no order.
shuf $collected >"$work/shuffled"
agrees "the file agrees up to record $all" -Path "$work/shuffled"
shuf $anchor >"$work/anchor"
printf '%s' '9999 0123' >>"$work/anchor"
agrees "the file agrees up to record $anchored" -Path "$work/anchor"
# Through a pipe, as from journalctl.
feed bash -c "cat $collected | test-elevated-access-audit-log -Path /dev/stdin -o Value -Property Detail"
has "$out" "the file agrees up to record $all"
must as root export-elevated-access-audit-log -Path "$work/whole.jsonl"
agrees "the file agrees up to record $all (the first is 1, lines: $all)" -Path "$work/whole.jsonl"
cp $collected "$work/told"
cp -p $db "$work/true"

# rewrite SQL: as the account, with the append-only triggers away meanwhile, so that what is left looks as before.
rewrite()
{
	{
		dbquery "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'"
		echo "$1"
		dbquery "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger'"
	} >"$work/sql"
	dbquery <"$work/sql" || bad "the rewriting itself failed"
}
# rehash FROM FORGE: the SQL that gives the records from FROM on hashes that fit, FORGE being a sed command for FROM.
rehash()
{
	local previous sequence data

	previous=$(dbquery "SELECT hash FROM audit WHERE sequence = $1 - 1")
	while IFS= read -r sequence && IFS= read -r data; do
		((sequence != $1)) || data=$(sed "$2" <<<"$data")
		previous=$(printf '%s\n%s\n' "${previous:-$zero}" "$data" | sha256sum)
		previous=${previous%% *}
		echo "UPDATE audit SET data = '${data//\'/\'\'}', hash = '$previous' WHERE sequence = $sequence;"
	done < <(dbquery -separator $'\n' "SELECT sequence, data FROM audit WHERE sequence >= $1 ORDER BY sequence")
}
# restored FILE: that copy is the database again.
restored()
{
	cat "$1" >$db
}
# next_line SEQUENCE: the first record from there on that the anchor has.
next_line()
{
	sort -n $anchor | awk -v from="$1" '$1 >= from { print $1; exit }'
}
# no_run: nobody runs anything on such a database, and is told what to do.
no_run()
{
	run as alice invoke-elevated-access-task 'L\ok' -ErrorView Normal
	is "$status" 125
	has "$err" DatabaseOlderThanAnchor
	has "$err" "record $anchored is not the one that root has kept"
	has "$err" 'test-elevated-access-audit-log'
}

t "a chain that was hashed anew is whole, and the anchor and the lines disagree from where it was"
for from in 5 $((old + 1)) "$anchored"; do
	rewrite "$(rehash "$from" 's/"Pid":/"Pid":1/')"
	disagrees "$(next_line "$from")" "record $(next_line "$from") of the anchor is not the one in the database"
	((from < told)) || disagrees "$from" "record $from of the " -Path "$work/told"
	disagrees "$from" "record $from of the " -Path "$work/whole.jsonl"
	no_run
	world_checks=0
	restored "$work/true"
done
# Only what came after the anchor's last line: the lines alone know.
rewrite "$(rehash "$all" 's/"Pid":/"Pid":1/')"
agrees "the anchor agrees up to record $anchored"
disagrees "$all" "record $all of the file is not the one in the database" -Path "$work/told"
disagrees "$all" "record $all of the file is not the one in the database" -Path "$work/shuffled"
restored "$work/true"

t "a single record that was edited is found by the chain, and earlier differences are told first"
rewrite "UPDATE audit SET data = replace(data, '\"Pid\":', '\"Pid\":1') WHERE sequence = $old;"
disagrees "$old" 'the hash does not fit'
disagrees "$old" 'the hash does not fit' -Path "$work/told"
restored "$work/true"
# Hashed anew up to a record that was left as it is.
rewrite "$(rehash 5 's/"Pid":/"Pid":1/' | head -n 3)"
disagrees 8 'the hash does not fit'
disagrees 5 'record 5 of the file is not the one in the database' -Path "$work/whole.jsonl"
restored "$work/true"

t "a log that was shortened lacks what the anchor and the lines have"
rewrite "DELETE FROM audit WHERE sequence > $old;"
disagrees "$(next_line $((old + 1)))" 'of the anchor is missing in the database'
disagrees $((old + 1)) "record $((old + 1)) of the file is missing in the database" -Path "$work/told"
disagrees $((old + 1)) 'of the file is missing' -Path "$work/told" -StartSequence $((old + 1))
no_run
restored "$work/true"
rewrite "DELETE FROM audit WHERE sequence > $anchored;"
agrees "the anchor agrees up to record $anchored"
disagrees "$all" "record $all of the file is missing in the database" -Path "$work/told"
world_checks=0
restored "$work/true"

t "an older database that was put back, and written on, disagrees from its end on"
restored "$work/yesterday"
disagrees "$(next_line $((old + 1)))" 'of the anchor is missing in the database'
no_run
for ((i = old; i < all; i++)); do
	must as carol new-elevated-access-request 'L\exit' -Parameter code=1 -Reason why -o Id
	must as carol stop-elevated-access-request "$out"
done
disagrees "$(next_line $((old + 1)))" 'of the anchor is not the one in the database'
# What was told of the first and of the second life of a number are two lines, and one of them disagrees.
disagrees $((old + 1)) "record $((old + 1)) of the file is not the one in the database" -Path $collected
disagrees $((old + 1)) "record $((old + 1)) of the file is not the one in the database" -Path "$work/whole.jsonl"
no_run
restored "$work/true"

t "an anchor that is not root's alone, it is not believed"
chattr -a $anchor 2>/dev/null
chmod 660 $anchor
fails 74 InputFailed test-elevated-access-audit-log
chmod 640 $anchor
chown pamlite $anchor
fails 74 InputFailed test-elevated-access-audit-log
chown root $anchor
mv $anchor $anchor.away
agrees 'the anchor has no record from 1 on'
mv $anchor.away $anchor
chattr +a $anchor 2>/dev/null

t "who may not see the log is told nothing of it, and cannot name a file that he cannot read"
fails 77 AuditorRequired as carol test-elevated-access-audit-log -Path /etc/passwd
fails 74 InputFailed as adm1 test-elevated-access-audit-log -Path /etc/shadow
fails 65 InvalidInputObject as adm1 test-elevated-access-audit-log -Path /etc/passwd

# --- an export of the system database ---

t "an export is written as the caller, his file alone: whole, a range, continued, never over another"
succeeds as adm1 export-elevated-access-audit-log -Path /home/adm1/log.jsonl
is "$(stat -c '%U:%G %a' /home/adm1/log.jsonl)" 'adm1:adm1 600'
all=$(dbquery 'SELECT max(sequence) FROM audit')
is "$(jq -r '[.Sequence, .Hash] | join(" ")' /home/adm1/log.jsonl)" "$(chain)"
fails 73 FileExists as adm1 export-elevated-access-audit-log -Path /home/adm1/log.jsonl
fails 73 FileExists as adm1 export-elevated-access-audit-log -Path /home/adm1/log.jsonl -NoClobber -Force
is "$(grep -c . /home/adm1/log.jsonl)" "$all"
tomorrow=$(date -u -d tomorrow +%F) yesterday=$(date -u -d yesterday +%F)
succeeds as adm1 export-elevated-access-audit-log -Path /home/adm1/log.jsonl -Append -StartDate "$tomorrow"
is "$(grep -c . /home/adm1/log.jsonl)" "$all" "nothing is of tomorrow"
succeeds as adm1 export-elevated-access-audit-log -Path /home/adm1/log.jsonl -Append -StartDate "$yesterday"
is "$(grep -c . /home/adm1/log.jsonl)" $((2 * all)) "all is since yesterday"
succeeds as adm1 test-elevated-access-audit-log -Path /home/adm1/log.jsonl
succeeds as adm1 export-elevated-access-audit-log -Path /home/adm1/log.jsonl -Force -EndDate "$yesterday"
is "$(<"/home/adm1/log.jsonl")" ''
succeeds as adm1 export-elevated-access-audit-log -Path /home/adm1/log.csv -Format Csv -EndDate "$tomorrow"
is "$(head -n 1 /home/adm1/log.csv | cut -d , -f 1 | tr -d '"\r')" Sequence
is "$(grep -c . /home/adm1/log.csv)" $((all + 1))
must as adm1 export-elevated-access-audit-log -Path /home/adm1/log.csv -Format Csv -Append
is "$(grep -c . /home/adm1/log.csv)" $((2 * all + 1)) "one header"
fails 74 OutputFailed as adm1 export-elevated-access-audit-log -Path /etc/pam-lite/log
fails 74 OutputFailed as adm1 export-elevated-access-audit-log -Path $state/log -Force
fails 74 OutputFailed as adm1 export-elevated-access-audit-log -Path $log/anchor -Append
# Who is no auditor gets what he sees: his own.
succeeds as carol export-elevated-access-audit-log -Path /home/carol/log.jsonl
is "$(jq -r .UserIds /home/carol/log.jsonl | sort -u)" carol
rm -f /home/adm1/log.* /home/carol/log.*

no_log_daemon
note_places
finish
