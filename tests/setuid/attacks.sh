#!/bin/bash
# attacks.sh - attacks that once got through: each of them is made again, and must come to nothing

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"

fixture

# letters N: so many times an a.
letters()
{
	head -c "$1" /dev/zero | tr '\0' a
}
# revoke: alice's newest grant.
revoke()
{
	must as bob revoke-elevated-access-authorization "$(dbquery "SELECT id FROM authorization
	    ORDER BY rowid DESC LIMIT 1")" -Confirm:false
}
blocked()
{
	grep -q -e '-> FLOCK' /proc/locks
}
started()
{
	[[ $(executions) == "$1" ]]
}
running()
{
	pgrep -f "^$1" >/dev/null
}
# open_ends: how many runs have no end.
open_ends()
{
	dbquery 'SELECT count(*) FROM execution WHERE ended_at IS NULL'
}
program lasts <<<$'#!/bin/sh\necho ran >>/opt/fixture/ran\nexec /usr/bin/sleep 40'
lasts=$program
# ran: how often that has begun.
ran()
{
	wc -l 2>/dev/null </opt/fixture/ran || echo 0
}
keep

# --- who keeps others from the database ---

t "who must let go of the lock does so, though the pipe for his last word is full"
fresh
fill
: >"$work/trace"
# The alarm of 20 seconds comes with the first write.
strace -f -qq -o "$work/trace" -e trace=pwrite64,setitimer -e inject=pwrite64:signal=ALRM:when=1 -u alice \
    "$BIN/new-elevated-access-request" 'L\ok' -Reason why >/dev/null 2>"$work/full" &
eventually 10 grep -q 'SIGALRM {' "$work/trace" || bad "no alarm came"
grep -q 'setitimer(ITIMER_REAL, .*it_value={tv_sec=20,' "$work/trace" || bad "the hold has no limit of 20 seconds"
flock -w 2 "$db.lock" true || bad "the lock is held"
head -c 65536 <&"$full" >/dev/null
eventually 5 not pgrep -u pamlite >/dev/null
wait $!
is $? 74
has "$(dd if="$work/full" iflag=nonblock 2>/dev/null)" 'held the database for too long'
empty
is "$(dbquery 'SELECT count(*) FROM request')" 0

t "nobody makes a search dear with his patterns"
fresh
word=$(letters 225)
dear="AuditData -like '*${word}b*' -or AuditData -like '*${word}c*' -or AuditData -like '*${word}d*'"
dear+=" -or AuditData -like '*${word}e*'"
fails 64 InvalidFilter as carol search-elevated-access-audit-log -Filter "AuditData -like '*$(letters 248)b*'"
fails 64 InvalidFilter as carol search-elevated-access-audit-log -Filter "$dear -or $dear"
fails 64 InvalidFilter as carol get-elevated-access-request "$(letters 251)*"

t "a search lets others in between, however dear it is"
# Refusals of hers, as large as she can make them.
run as carol new-elevated-access-request 'L\hidden' -Reason "$(letters 2000)" -Parameter "x=$(letters 1000)"
dbquery "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
    INSERT INTO audit (sequence, data, hash, time, user, operation, object, result, record_type)
    SELECT sequence + i, data, hash, time, user, operation, object, result, record_type FROM audit, n
    WHERE sequence = (SELECT max(sequence) FROM audit)"
run strace -f -qq -ttt -o "$work/trace" -e trace=flock -u carol "$BIN/search-elevated-access-audit-log" \
    -Filter "$dear" -ResultSize Unlimited
is "$status" 0 "$err"
longest=$(awk '/LOCK_EX/ { began = $2 } /LOCK_UN/ && $2 - began > most { most = $2 - began }
    END { printf "%.3f", most }' "$work/trace")
awk -v s="$longest" 'BEGIN { exit !(s > 0 && s < 1) }' || bad "the lock was held for $longest s"
# To sort all of it takes as long as it takes: that is not done.
fails 64 SortNotPossible as carol search-elevated-access-audit-log -Filter "$dear" -SortBy Operations
# The chain does not have these records.
fresh

t "a refusal records no more than a little of what was asked"
for n in 1 2 3; do
	# shellcheck disable=SC2016
	run as carol bash -c '"$0" $$ "Task=L\\hidden" "Parameter=a=$1"; exit $?' "$runner" "$(letters 100000)"
	is "$status" 126 "$err"
done
run as carol new-elevated-access-request 'L\words' -Reason why -Parameter "one=$(letters 100000)"
is "$status" 64
run as carol new-elevated-access-request 'L\hidden' -Reason why -Parameter "one=$(letters 100000)"
is "$status" 66
recorded 3 '"Invoke-ElevatedAccessTask".*"ParametersSha256":"[0-9a-f]{64}","ParametersBytes":[0-9]{6}'
is "$(dbquery "SELECT count(*) FROM audit WHERE sequence > $mark_sequence AND length(data) > 2500")" 0 "large records"

t "nobody waits for what is typed, or to be heard, when his front is gone"
# shellcheck disable=SC2016
as alice bash -c '"$0" $$ get-elevated-access-request --typed <&3 >/dev/null 2>&1 &
    until [[ -e $1 ]]; do sleep 0.02; done' "$gate" "$shared/leave" 3<>"$quiet" &
eventually 10 pgrep -u pamlite >/dev/null || bad "nobody waits"
touch "$shared/leave"
wait $!
eventually 3 not pgrep -u pamlite >/dev/null || bad "it waits on"
rm "$shared/leave"
# Nor is the reader of what it has to say.
fill
# shellcheck disable=SC2016
as alice bash -c '"$0" $$ get-elevated-access-request nothing >/dev/null 2>&3 &
    until [[ -e $1 ]]; do sleep 0.02; done' "$gate" "$shared/leave" 3>"$work/full" &
eventually 10 pgrep -u pamlite >/dev/null || bad "nobody speaks"
touch "$shared/leave"
wait $!
eventually 3 not pgrep -u pamlite >/dev/null || bad "it waits to be heard"
pkill -KILL -u pamlite
empty
rm "$shared/leave"

t "the end of a run is recorded, though somebody has the lock when it ends"
program waits <<<$'#!/bin/sh\nuntil [ -e /opt/fixture/enough ]; do sleep 0.05; done'
task waits -Path "$program"
begin waits as alice invoke-elevated-access-task 'L\waits'
eventually 10 running "/bin/sh $program" || bad "the task does not run"
hold
touch /opt/fixture/enough
eventually 5 not running "/bin/sh $program" || bad "the task does not end"
# Patience that is over, twice: of a question that was still out, and of the end; or of the end twice.
switches=0
waits_again()
{
	store=$(pids "$libexec/store")
	[[ -n $store ]] && blocked && (($(awk '/^voluntary/ { print $2 }' "/proc/$store/status") > switches))
}
for n in 1 2; do
	eventually 5 waits_again || { bad "it does not ask again"; break; }
	switches=$(awk '/^voluntary/ { print $2 }' "/proc/$store/status")
	kill -ALRM "$store"
done
eventually 5 waits_again || bad "it has given up"
release
ended waits
is "$status" 0
is "$(last_end)" 'Exited 0'
is "$(echo $log/unrecorded-*)" ''
rm -f /opt/fixture/enough $log/unrecorded-*

# --- who keeps a yes for later ---

t "^Z behind the yes does not keep the run for later: it is revoked like any other"
fresh
task lasts -Path "$lasts"
keep
# The head of the chain is written when the yes has come, and before the task is begun.
begin held strace -f -qq -o "$work/trace" -e trace=write -P "$anchor" -e inject=write:signal=TSTP:when=1 -u alice \
    "$BIN/invoke-elevated-access-task" 'L\lasts'
eventually 10 grep -q 'SIGTSTP\|INJECTED' "$work/trace" || bad "no stop came"
eventually 10 started 1 || bad "nothing was started"
revoke
before=$(ran)
eventually 8 test -s "$work/begun.held.status" || bad "the run is held"
for pid in $(pids "$runner"); do
	kill -CONT "$pid"
done
ended held
is "$(ran)" "$before" "runs that began after the revocation"
is "$(last_end)" 'Revoked  15'

t "^C there ends the run as one that has begun, and not its record"
fresh
run strace -f -qq -o "$work/trace" -e trace=write -P "$anchor" -e inject=write:signal=INT:when=1 -u alice \
    "$BIN/invoke-elevated-access-task" 'L\lasts'
is "$status" 130
is "$(last_end)" 'Signaled  2'
is "$(open_ends)" 0
# And while the database is waited for nothing is begun.
hold
# shellcheck disable=SC2016
begin early as alice env --default-signal=INT bash -c '"$0" $$ "Task=L\lasts"; exit $?' "$runner"
eventually 10 blocked || bad "it does not wait"
kill -INT "$(pids "$runner")"
eventually 3 test -s "$work/begun.early.status" || bad "it waits on"
release
ended early
is "$status" 130
is "$(executions)" 1

t "a yes that is a minute old starts nothing"
fresh
program quick <<<$'#!/bin/sh\necho ran >>/opt/fixture/ran'
task quick -Path "$program"
must as root new-elevated-access-request 'L\quick' -Reason why
# From the n-th look at the clock on it is a minute later: the process was frozen there.
cat >"$work/later.c" <<-'EOT'
	#include <dlfcn.h>
	#include <stdlib.h>
	#include <time.h>
	static int calls, late;
	__attribute__((constructor)) static void begin(void) { late = atoi(getenv("LATE")); }
	int clock_gettime(clockid_t id, struct timespec *ts)
	{
	int (*real)(clockid_t, struct timespec *) =
	    (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
		int rc = real(id, ts);
		if (id != CLOCK_REALTIME && ++calls >= late)
			ts->tv_sec += 60;
		return rc;
	}
	EOT
must cc -shared -fPIC -D_GNU_SOURCE -o /opt/fixture/later.so "$work/later.c" -ldl
held=0
for n in {1..16}; do
	before=$(ran)
	# shellcheck disable=SC2016
	run env LD_PRELOAD=/opt/fixture/later.so LATE="$n" bash -c '"$0" $$ "Task=L\quick"; exit $?' "$runner"
	[[ $err != *'held up for too long'* ]] || held=$((held + 1))
	case $status in
	0) is "$(ran)" $((before + 1)) "late from look $n on" ;;
	125) is "$(ran)" "$before" "late from look $n on" ;;
	*) bad "status $status, late from look $n on" "$err" ;;
	esac
done
((held > 0)) || bad "no run was held up for too long"

# --- who gets at the processes of a run, or through them at others ---

groups=$(awk '$3 == "cgroup2" {print $2; exit}' /proc/mounts)
slice=$([[ -z $groups ]] || mktemp -d "$groups/attacks.XXXXXX" 2>/dev/null)
# in_hers CMD...: as alice, in a group of her own, as systemd gives one to every user.
in_hers()
{
	(echo 0 >"$slice/hers/shell/cgroup.procs" && as alice "$@")
}
# hers FILE TEXT: she writes that into her group. moves PID: she moves that process to another one of hers.
hers()
{
	# shellcheck disable=SC2016
	as alice bash -c 'echo "$1" >"$0"' "$slice/hers/shell/cgroup.$1" "$2"
}
moves()
{
	# shellcheck disable=SC2016
	as alice bash -c 'echo "$1" >"$0"' "$slice/hers/jail/cgroup.procs" "$1" 2>/dev/null
}
# delegated NAME: a run from there.
delegated()
{
	begin "$1" in_hers "$BIN/invoke-elevated-access-task" 'L\lasts'
	eventually 10 running '/usr/bin/sleep 40' || bad "the task does not run"
}
if [[ -n $slice && -e $slice/cgroup.kill && -e $slice/cgroup.freeze ]]; then
	t "in a control group of her own alice freezes and kills nobody who watches a task"
	fresh
	chmod 755 "$slice"
	mkdir -p "$slice/hers/shell" "$slice/hers/jail"
	chown -R alice "$slice/hers"
	delegated frozen
	for pid in $(pids "$runner") $(pids "$libexec/store") $(pgrep -f '^/usr/bin/sleep 40'); do
		moves "$pid" && bad "she has moved $(<"/proc/$pid/comm")"
	done
	hers freeze 1
	revoke
	eventually 5 not running '/usr/bin/sleep 40' || bad "the task goes on, behind a frozen runner"
	hers freeze 0
	echo 0 >"$slice/hers/jail/cgroup.freeze"
	ended frozen
	is "$(last_end)" 'Revoked  15'
	must as alice new-elevated-access-request 'L\lasts' -Reason why
	delegated killed
	hers kill 1
	eventually 8 not running '/usr/bin/sleep 40' || bad "the task goes on, without a runner"
	pkill -KILL -f '^/usr/bin/sleep 40'
	ended killed
	is "$(last_end)" 'Signaled  15'
	eventually 5 bash -c 'find "$0" -depth -type d -exec rmdir {} +' "$slice" 2>/dev/null ||
	    bad "groups are left in $slice"
else
	skip "a control group of her own" "no control groups of version 2 with kill and freeze"
fi

t "root's stop does not reach a parent that is somebody else's"
fresh
program stops <<<$'#!/bin/sh\nkill -STOP $$\nexec /usr/bin/sleep 40'
task stops -Path "$program"
# shellcheck disable=SC2016
terminal root bash -c 'echo $$ >"$0"; setpriv --reuid=alice --regid=alice --init-groups "$1" $$ "Task=L\stops"
    echo "status $?"' "$work/parent" "$runner"
eventually 8 grep -q 'status [0-9]' "$lib_state/screen" || bad "it was stopped"
kill -CONT "$(<"$work/parent")" 2>/dev/null
pkill -KILL -f '^/bin/sh /opt/fixture/stops|^/usr/bin/sleep 40'
terminal_end
has "$out" 'status 125'
is "$(executions)" 0

t "another personality of the caller's is not the task's"
fresh
task uname -Path /usr/bin/uname -ArgumentList:-mr
task personality -Path /usr/bin/cat -ArgumentList /proc/self/personality
run as alice setarch linux32 --uname-2.6 --3gb --addr-no-randomize invoke-elevated-access-task 'L\uname'
is "$out" "$(uname -mr)"
run as alice setarch linux32 --uname-2.6 --3gb --addr-no-randomize invoke-elevated-access-task 'L\personality'
is "$out" 00000000

# --- what is run, and what is kept of it ---

t "a script of root's with an interpreter of somebody else's is not run"
fresh
install -o alice -g alice -m 755 /bin/dash /home/alice/sh
install -m 755 /bin/dash /opt/fixture/dash
ln -s /home/alice/sh /opt/fixture/link
program inner <<<$'#!/home/alice/sh\n'
for first in /home/alice/sh ' /opt/fixture/link -x' /opt/fixture/inner; do
	program via <<<"#!$first"
	fails 77 ProgramNotTrusted register-elevated-access-task 'L\via' -Path "$program" \
	    -Sha256 "$(sha256sum "$program" | cut -d ' ' -f 1)"
done
program sound <<<$'#!/opt/fixture/dash\necho ran >>/opt/fixture/ran'
task sound -Path "$program"
run as alice invoke-elevated-access-task 'L\sound'
is "$status" 0 "$err"
before=$(ran)
chown alice /opt/fixture/dash
fails 126 ProgramNotTrusted as alice invoke-elevated-access-task 'L\sound'
is "$(executions) $(ran)" "1 $before"

t "behind a torn line the anchor is written on a line of its own"
fresh
grant alice 'L\ok'
chattr -a $anchor 2>/dev/null
lines=$(wc -l <$anchor)
printf '999 0123' >>$anchor
succeeds as alice invoke-elevated-access-task 'L\ok'
is "$(grep -cE '^[0-9]+ [0-9a-f]{64}$' $anchor)" $((lines + 2)) "whole lines"
is "$(grep -cvE '^[0-9]+ [0-9a-f]{64}$' $anchor)" 1 "torn lines"

t "what the anchor has no room for does not run, and that is recorded"
fresh
grant alice 'L\ok'
cp -a $log "$work/log"
# Room for nothing, and for a part of the line.
for room in 0 10; do
	before=$(executions)
	mount -t tmpfs -o size=1m,mode=750 tmpfs $log
	chown root:pamlite $log
	cp -a "$work/log/." $log
	printf '\n%.0s' $(seq $((4096 - $(stat -c %s $anchor) % 4096 - room))) >>$anchor
	cat /dev/zero >$log/full 2>/dev/null
	mark
	fails 125 RunFailed as alice invoke-elevated-access-task 'L\ok'
	has "$err" "the anchor $anchor cannot be written: No space left on device"
	is "$out" '' "what the task has printed"
	umount $log
	is "$(executions) $(last_end) $(open_ends)" "$((before + 1)) Unknown 125 0"
	recorded 1 '"Ended".*"EndReason":"Unknown","ExitStatus":125'
done
rm -r "$work/log"
succeeds as alice invoke-elevated-access-task 'L\ok'

finish
