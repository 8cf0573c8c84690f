#!/bin/bash
# evidence.sh - D8: what is recorded and kept where the database's account cannot reach it, and a store child that lies

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"

fixture

# --- a liar in the store child's place ---

must cc -I"$ROOT/include" -D_GNU_SOURCE -o "$work/liar" "$ROOT/tests/setuid/liar.c"
cp "$libexec/store" "$libexec/store.real"
# liar KIND LIE [WORD]: from here on that lie about questions of that kind; honest: no lies any more. The
# kinds: 1 may he?, 2 it starts, 3 shall it go on?, 4 it ended.
liar()
{
	install -m 755 "$work/liar" "$libexec/store.new"
	mv "$libexec/store.new" "$libexec/store"
	echo "$@" >/opt/lie
}
honest()
{
	install -m 755 "$libexec/store.real" "$libexec/store.new"
	mv "$libexec/store.new" "$libexec/store"
	rm -f /opt/lie
}
# A task that tells when it has run.
program tells <<-'EOT'
	#!/bin/sh
	echo "$1" >>/opt/fixture/told
EOT
must register-elevated-access-task 'L\tells' -Path "$program" -ArgumentList tells
must register-elevated-access-task 'L\other' -Path "$program" -ArgumentList other
must register-elevated-access-task 'L\long' -Path /usr/bin/sleep -ArgumentList 30
for name in tells other long; do
	must new-elevated-access-approval-policy "L\\$name" -ApprovalType Manual -ApproverGroup ops
done
note_places
grant alice 'L\tells'
grant alice 'L\long'
keep

# runs_nothing WHAT STATUS: alice runs L\tells, and it does not run.
runs_nothing()
{
	rm -f /opt/fixture/told
	run as alice invoke-elevated-access-task 'L\tells'
	is "$status" "$2" "$1: $err"
	[[ ! -e /opt/fixture/told ]] || bad "$1: the task ran: $(</opt/fixture/told)"
	[[ -n $err ]] || bad "$1: nothing was said"
}

t "the liar passes on the truth where he has no lie to tell"
fresh
liar 0 none
succeeds as alice invoke-elevated-access-task 'L\tells'
is "$(</opt/fixture/told) $(last_end)" 'tells Exited 0'
rm -f /opt/lie /opt/fixture/told
fails 126 ElevatedAccessRequired as carol invoke-elevated-access-task 'L\tells'
[[ ! -e /opt/fixture/told ]] || bad "the task ran"

t "D8 row 151: an answer to the first question that is not exactly one runs nothing"
for lie in short long twice magic number kind verdict bit unended path request exit killed gone; do
	liar 1 $lie
	runs_nothing $lie 125
done

t "D8 row 151: nor one to the second, that it has started"
for lie in short long magic number kind verdict bit unended path request gone; do
	liar 2 $lie
	runs_nothing "$lie" 125
done

t "D8 row 151: what a child does behind a good yes to the second question makes no second run and no lost end"
# The yes is as good as committed, and a child that dies or babbles meanwhile is replaced.
for lie in twice exit killed; do
	liar 2 $lie
	rm -f /opt/fixture/told
	before=$(executions)
	run as alice invoke-elevated-access-task 'L\tells'
	is "$status $(</opt/fixture/told)" '0 tells' "$lie"
	is "$(($(executions) - before)) $(last_end)" '1 Exited 0' "$lie"
done

t "D8 row 151: a yes without a run's id, and a no that comes with status 0"
liar 2 empty
runs_nothing empty 125
liar 1 no
runs_nothing no 125
liar 2 no
runs_nothing no 125

t "D8 row 151: a yes where the database says no makes no task that root would not know"
rm -f /opt/lie
liar 1 yes
rm -f /opt/fixture/told
run as carol invoke-elevated-access-task 'L\tells'
((status == 125 || status == 126)) || bad "status $status" "$err"
[[ ! -e /opt/fixture/told ]] || bad "the task ran"

t "D8 row 152: the definition of another task, or one that root never wrote, runs neither"
for digest in "$(find $tasks -name 'l.other.*' | cut -d . -f 4)" "$(printf '0%.0s' {1..64})"; do
	liar 1 definition "$digest"
	# For root that is a task file that is missing.
	runs_nothing definition 126
done

t "D8 row 153: what the store child has no power to do"
liar 0 probe
run as alice invoke-elevated-access-task 'L\tells'
is "$status" 0
is "$err" "/etc/shadow: Permission denied
/etc/pam-lite/probe: Permission denied
/etc/pam-lite/tasks.d/probe: Permission denied
/var/log/pam-lite/probe: Permission denied
/var/log/pam-lite/anchor: Permission denied
setresuid: Operation not permitted
setresgid: Operation not permitted
ptrace: Operation not permitted
kill: Operation not permitted
process_vm_readv: Operation not permitted
mem: Permission denied
fd: Permission denied
no_new_privs: 1"

t "a store child that lies while the task runs: it is ended, and nothing is said to have gone well"
liar 3 number
began=$SECONDS
run as alice invoke-elevated-access-task 'L\long'
is "$status" 143
has "$err" 'the database could not be asked three times in a row'
((SECONDS - began <= 8)) || bad "it took $((SECONDS - began)) s"

t "so it is where the pipe for that word is full"
is_stopped()
{
	[[ $(last_end) == Stopped* ]]
}
liar 3 number
fill
as alice invoke-elevated-access-task 'L\long' 2>"$work/full" &
invoked=$!
eventually 10 pgrep -x sleep >/dev/null || bad "the task does not run"
eventually 10 not pgrep -x sleep >/dev/null || bad "the task goes on"
eventually 10 is_stopped || bad "the end is not recorded" "$(last_end)"
head -c 65536 <&"$full" >/dev/null
wait $invoked
is "$?" 143
empty

t "a store child that does not record the end: a mark of root's, the task's status, and Unknown"
liar 4 gone
run as alice invoke-elevated-access-task 'L\tells'
is "$status" 0
honest
# The lie was told after the truth was written.
is "$(last_end)" 'Exited 0'
marks=("$log"/unrecorded-*)
is "${#marks[@]}" 1
is "$(stat -c '%U:%G %a' "${marks[@]}")" 'root:pamlite 640'
rm -f "${marks[@]}"

t "an end that is refused is not insisted on: a run has one end"
fresh
begin long as alice invoke-elevated-access-task 'L\long'
eventually 10 pgrep -f '^/usr/bin/sleep 30' >/dev/null || bad "the task does not run"
dbquery "UPDATE execution SET ended_at = unixepoch(), end_reason = 'Stopped' WHERE ended_at IS NULL"
pkill -TERM -f '^/usr/bin/sleep 30'
ended long
is "$status" 143
is "$(grep -c 'has an end already' <<<"$err")" 1 "refusals"
echo 'invoke-elevated-access-task ExecutionOver' >>"$lib_seen"
is "$(last_end)" Stopped
compgen -G "$log/unrecorded-*" >/dev/null || bad "there is no mark"
rm -f "$log"/unrecorded-*

# The kernel is asked to wait, and says at once that the time has gone by without a word.
t "D8 row 151: one that says nothing is waited for 55 s, then ended, and nothing runs"
# silent KIND POLL WAITS: the runner asks the kernel to wait for it so, from its POLLth wait on, in vain.
silent()
{
	liar "$1" nothing
	rm -f /opt/fixture/told
	run strace -f -qq -o "$work/trace" -e trace=poll,kill -e "inject=poll:retval=0:when=$2+" -u alice \
	    "$BIN/invoke-elevated-access-task" 'L\tells'
	is "$status$out" 125 "$err"
	[[ -n $err ]] || bad "nothing was said"
	[[ ! -e /opt/fixture/told ]] || bad "the task ran"
	waits=$(grep -oE 'POLLIN\}\], 1, [0-9]+' "$work/trace" | sort | uniq -c)
	is "$(awk '{ print $1 "x" $NF }' <<<"$waits" | xargs)" "$3"
	grep -q SIGKILL "$work/trace" || bad "the child was not ended" "$(<"$work/trace")"
}
# Before anything was begun it may be interrupted, so it is waited for in steps.
silent 1 1 '550x100 1x200'
silent 2 3 '1x100 1x200 2x55000'
honest
rm -f "$libexec/store.real"

# --- records ---

t "D8 row 139: each success and each refusal is one record with who, as whom he logged in, and how it ended"
fresh
mark
if [[ -n $has_login ]]; then
	must as_login alice alice new-elevated-access-request 'L\ok' -Reason why -o Id
	id=$out login=$(id -u alice)
else
	must as alice new-elevated-access-request 'L\ok' -Reason why -o Id
	id=$out login=null
fi
uid=$(id -u alice)
who="\"UserId\":\"alice\",\"Uid\":$uid,\"LoginUid\":$login,"
recorded 1 "$who.*\"New-ElevatedAccessRequest\",\"ObjectId\":\"$id\",\"Result\":\"[A-Z]"
mark
run as carol approve-elevated-access-request "$id"
recorded 1 "\"UserId\":\"carol\",\"Uid\":$(id -u carol),.*\"Refusal\",\"Operation\":\"Approve-ElevatedAccessRequest\""
recorded 1 .
mark
must as bob approve-elevated-access-request "$id"
recorded 1 "\"UserId\":\"bob\".*\"Decision\",\"Operation\":\"Approve-ElevatedAccessRequest\",\"ObjectId\":\"$id\""
recorded 1 .
mark
must as alice invoke-elevated-access-task 'L\ok'
recorded 1 '"UserId":"alice".*"Execution".*"Result":"Started"'
recorded 1 '"UserId":"alice".*"Execution".*"Result":"Ended".*"ExitStatus":0'
recorded 2 .
mark
run as carol invoke-elevated-access-task 'L\ok'
recorded 1 '"UserId":"carol".*"Refusal","Operation":"Invoke-ElevatedAccessTask"'
recorded 1 .
mark
feed as bob script -qefc "deny-elevated-access-request $id -ErrorAction SilentlyContinue" /dev/null <>"$quiet"
recorded 1 '"UserId":"bob".*"Terminal":"(/dev/)?pts/[0-9]+".*"Deny-ElevatedAccessRequest"'

t "D8 row 144: the filters of the log agree with the log"
all=$(dbquery 'SELECT count(*) FROM audit')
for property in UserIds Operations RecordType; do
	sum=0
	while read -r value; do
		n=$(search-elevated-access-audit-log "-$property" "$value" -o JsonLines -ResultSize Unlimited | wc -l)
		sum=$((sum + n))
	done < <(search-elevated-access-audit-log -o Value -Property $property -ResultSize Unlimited | sort -u)
	is "$sum" "$all" "by $property"
done
is "$(search-elevated-access-audit-log -o Value -Property AuditData -SortBy Sequence -ResultSize Unlimited)" \
    "$(dbquery 'SELECT data FROM audit ORDER BY sequence')"
succeeds test-elevated-access-audit-log

t "D8 row 149: what the approver reads is what is executed"
must as alice new-elevated-access-request 'L\words' -Parameter "one='a,b c',two=b,three=x" -Reason why -o Id
id=$out
run as bob get-elevated-access-request "$id" -o Json
is "$(jq -c '.[0].Parameters' <<<"$out")" '{"one":"a,b c","two":"b","three":"x"}'
must as bob approve-elevated-access-request "$id"
succeeds as alice invoke-elevated-access-task 'L\words' -RequestId "$id" -Parameter "one='a,b c',two=b,three=x"
is "$(jq -c .arguments <<<"$out")" "[\"$ok\",\"0\",\"a,b c\",\"b\",\"x\"]"
is "$(dbquery 'SELECT data FROM audit ORDER BY sequence DESC LIMIT 1 OFFSET 1' | jq -c '.Parameters.CommandLine')" \
    "[\"$ok\",\"0\",\"a,b c\",\"b\",\"x\"]"

skip "D8 row 143: sealing" "not built; witness.sh has rows 140 to 142"
skip "D8 row 145 and 148: mail" "a later issue"

t "D8 row 146: a table is aligned and shows no control character, whatever names it shows"
must new-elevated-access-approver-group $'w\xef\xbc\xb7ide' \
    -Description $'e\xcc\x81 \xf0\x9f\x98\x80 \xe2\x80\xae \xe2\x80\x8b'
feed as root script -qefc 'stty cols 80; get-elevated-access-approver-group' /dev/null <>"$quiet"
lacks "$(tr -d '\r\n' <<<"$out" | cat -v | sed 's/M-//g')" '^'
run get-elevated-access-approver-group -o List
has "$out" '\u{202e}'
has "$out" '\u{200b}'

t "D8 row 147: a cell of CSV is no formula"
for reason in '=1+1' '+1' '-1' '@x'; do
	must as alice new-elevated-access-request 'L\svc' "-Reason:$reason" -o Id
	id=$out
	run get-elevated-access-request "$id" -o Csv -Property Reason
	is "$(tail -n 1 <<<"$out" | tr -d '\r')" "\"'$reason\""
	must as alice stop-elevated-access-request "$id"
done

# --- who can reach what ---

t "D8 row 154: root's processes of a run have neither SQLite nor the database, which is opened by the account alone"
fresh
begin long as alice invoke-elevated-access-task 'L\long'
eventually 10 pgrep -f '^/usr/bin/sleep 30' >/dev/null || bad "the task does not run"
mapfile -t runners < <(pids $runner)
is "${#runners[@]}" 2 "runner and monitor"
for pid in "${runners[@]}"; do
	is "$(grep -ciE 'sqlite|cjson|smartcols' "/proc/$pid/maps")" 0
	is "$(find "/proc/$pid/fd" -lname '*pam-lite.db*' | wc -l)" 0
	is "$(awk '/^Uid/ { print $2, $3, $4, $5 }' "/proc/$pid/status")" '0 0 0 0'
	is "$(awk '/^Groups/ { print NF }' "/proc/$pid/status")" 1
done
# It looks twice a second whether the task may go on.
closed()
{
	[[ -z $(find "/proc/$(pids "$libexec/store")/fd" -lname '*pam-lite.db') ]]
}
eventually 5 closed || bad "the database is open while the task runs"
pkill -TERM -f '^/usr/bin/sleep 30'
ended long
strace -f -qq -o "$work/trace" -e trace=execve,openat,open,openat2,setresuid -u alice \
    "$BIN/invoke-elevated-access-task" 'L\tells' >/dev/null || bad "the traced run failed"
# Of each process in the order of its calls: executed what, became whom, opened what.
awk -v uid="$(id -u pamlite)" '
	/execve\("/ && / = 0$/ { program[$1] = $2; sub(/.*execve\("/, "", program[$1]); sub(/".*/, "", program[$1]) }
	/setresuid\(/ && / = 0$/ { split($0, part, /[(,]/); who[$1] = part[2] }
	/pam-lite\.db/ && who[$1] != uid { print "opened by uid " who[$1] ": " $0 }
	/sqlite|cjson/ && /libexec|bin/ == 0 && who[$1] == 0 && program[$1] ~ /runner/ { print "loaded: " $0 }
	/pam-lite\.db"/ { opened = 1 }
	END { if (!opened) print "never opened" }' "$work/trace" >"$work/wrong"
is "$(<"$work/wrong")" ''

t "D8 row 155: the account can change nothing that is installed, no task file and no witness"
places=(/opt/pl /etc/pam-lite "$log" /opt/fixture)
as_account()
{
	setpriv --reuid=pamlite --regid=pamlite --clear-groups env -i PATH="$PATH" "$@"
}
is "$(as_account find "${places[@]}" -not -type l -writable 2>/dev/null)" ''
# What other tests leave in their own directories for as long as they run is no part of an installation.
is "$(find /etc /home /opt /run /tmp /usr /var -xdev \( -path "$ROOT" -o -path "$BUILD" -o -path "$world_own" \) \
    -prune -o -user pamlite -print 2>/dev/null | sort -u | grep -v "^$state")" ''
find "${places[@]}" $tasks -not -type l >"$work/places"
(($(wc -l <"$work/places") > 100)) || bad "nothing is there to be changed"
is "$(as_account perl -ne 'chomp; print "$_\n" if chmod(0777, $_) || (-d $_ ? rmdir $_ : unlink $_) ||
    rename($_, "$_.x") || open(my $to, ">>", $_)' <"$work/places")" ''
is "$(as_account bash -c 'ls /etc/pam-lite/tasks.d' 2>/dev/null)" ''
mark

t "a definition that was changed in the database runs nothing"
fresh
dbquery "UPDATE task SET path = '/usr/bin/id' WHERE name = 'L\\tells'"
rm -f /opt/fixture/told
runs_nothing 'another program' 126
dbquery "UPDATE task SET path = '/usr/bin/id', digest = '$(printf '1%.0s' {1..64})' WHERE name = 'L\\tells'"
dbquery "UPDATE authorization SET definition = '$(printf '1%.0s' {1..64})'"
runs_nothing 'another digest too' 126

finish
