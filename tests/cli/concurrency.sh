#!/bin/bash
# concurrency.sh - nothing is locked while output is written, typed or waited for, so that a slow reader blocks nobody

. "$(dirname "$0")/lib.bash"

must new-elevated-access-approver-group -Name ops -Member bob
must enable-elevated-access-control -AdminGroup ops
for i in {1..20}; do
	must new-elevated-access-approval-policy "Many\\task$i" -ApprovalType Manual -ApproverGroup ops
	echo "{\"Task\":\"Many\\\\task$i\"}"
done >"$work/tasks"
for i in {1..30}; do
	as "user$i" new-elevated-access-request -Reason many -o Id <"$work/tasks"
done >"$work/ids"
mapfile -t ids <"$work/ids"
is "${#ids[@]}" 600
next=0

# decided: somebody can decide now, at once.
decided()
{
	as bob run timeout 5 "$BIN/approve-elevated-access-request" "${ids[next]}" -Comment ok
	is "$status" 0 "${1:-}"
	next=$((next + 1))
}

# --- what the system calls say ---

# held TRACE: lines that write to descriptor 1 or 2, read 0 or wait while a lock is held, or that lock for writing.
held()
{
	perl -ne '
		if (/openat\(.*"[^"]*pam-lite\.db\.lock".* = (\d+)$/) { $lock = $1 }
		elsif (/openat\(.*"[^"]*pam-lite\.db".* = (\d+)$/) { $db = $1 }
		elsif (/flock\((\d+), LOCK_(EX|SH)\S*\) *= 0/) { $flock = 1; $locks++ }
		elsif (/flock\((\d+), LOCK_UN\) *= 0/) { $flock = 0 }
		elsif (/fcntl\((\d+), F_SETLK, \{l_type=F_(RD|WR)LCK.*\) = 0/ && $1 == $db) {
			$sqlite = 1;
			print "a write lock: $_" if $2 eq "WR";
		}
		elsif (/fcntl\((\d+), F_SETLK, \{l_type=F_UNLCK.*l_start=0, l_len=0\}\) = 0/) { $sqlite = 0 }
		elsif (/\b(write|writev)\([12],|\bread\(0,|\b(poll|ppoll|nanosleep|clock_nanosleep|wait4)\(/) {
			$seen++;
			print "with a lock held: $_" if $flock || $sqlite;
		}
		elsif (/(openat|unlink|rename).*pam-lite\.db-/ && !/ENOENT/) { print "a journal: $_" }
		END { print "no lock seen\n" unless $locks; print "no output seen\n" unless $seen }' "$1"
}
traced()
{
	run strace -f -qq -o "$work/trace" -e \
	    trace=openat,flock,fcntl,read,write,writev,poll,ppoll,nanosleep,unlink,rename \
	    "$BIN/$1" "${@:2}"
	is "$status" 0 "$*"
}
if [[ -n ${SANITIZED:-} ]]; then
	skip "what the system calls of a read say" "strace and the leak check do not go together"
else
	t "no read locks for writing, or holds a lock or a transaction while it writes its output"
	for line in 'get-elevated-access-request --json' 'get-elevated-access-request -o JsonLines' \
	    'get-elevated-access-request -o Table' 'get-elevated-access-request -SortBy RequestorUPN -o Csv' \
	    "get-elevated-access-request ${ids[0]}" 'get-elevated-access-control' \
	    'get-elevated-access-approval-policy' \
	    'search-elevated-access-audit-log --json' 'test-elevated-access-audit-log' \
	    'get-elevated-access-approver-group -o Value'; do
		read -r -a words <<<"$line"
		traced "${words[@]}"
		is "$(held "$work/trace")" '' "$line"
	done
	traced get-elevated-access-request -o JsonLines
	is "$(grep -c 'write(1,' "$work/trace")" 600 'each object is written when it is complete'

	t "what is seen is seen because it is looked for"
	sed '/LOCK_UN/d' "$work/trace" >"$work/doctored"
	[[ -n $(held "$work/doctored") ]] || bad "a lock that is never let go is not told"

	t "a change writes its answer after it has let go"
	PAMLITE_PRINCIPAL=bob traced approve-elevated-access-request "${ids[next]}" -o JsonLines
	next=$((next + 1))
	is "$(held "$work/trace" | grep -v -e '^a write lock' -e '^a journal')" ''
	has "$(held "$work/trace")" 'a write lock'
fi

# --- what other processes notice ---

t "a pager that reads slowly does not block a decision"
mkfifo "$work/pipe"
for words in 'get-elevated-access-request -o JsonLines' 'get-elevated-access-request --json' \
    'search-elevated-access-audit-log -o JsonLines'; do
	$words >"$work/pipe" 2>"$work/pager.err" &
	lister=$!
	exec {pager}<"$work/pipe"
	IFS= read -r -u "$pager" -n 1 first
	decided "$words"
	kill -0 "$lister" 2>/dev/null || bad "the listing did not wait for its reader: $words"
	{
		printf %s "$first"
		cat <&"$pager"
	} >"$work/listing"
	exec {pager}<&-
	wait "$lister"
	is "$?$(cat "$work/pager.err")" 0 "$words"
	lines=$(jq -c 'if type == "array" then .[] else . end' "$work/listing" | wc -l)
	((lines >= 600)) || bad "only $lines objects: $words"
done

t "nor does one that is stopped in the middle"
get-elevated-access-request --json >"$work/pipe" &
lister=$!
exec {pager}<"$work/pipe"
IFS= read -r -u "$pager" -n 1 first
# It sleeps when the pipe is full; before that it may be about to read the next page.
until grep -q '^State:.S' "/proc/$lister/status"; do :; done
kill -STOP "$lister"
decided
kill -CONT "$lister"
cat <&"$pager" >"$work/listing"
exec {pager}<&-
wait "$lister"

t "a decision whose own output is not read does not block the next one"
tail -n 100 "$work/ids" | PAMLITE_PRINCIPAL=bob approve-elevated-access-request -o JsonLines >"$work/pipe" &
decider=$!
exec {pager}<"$work/pipe"
IFS= read -r -u "$pager" -n 1 first
decided
is "$({ printf %s "$first"; cat <&"$pager"; } | wc -l)" 100
exec {pager}<&-
wait "$decider"
is "$?" 0

t "nor does one that waits for its next object"
mkfifo "$work/objects"
as bob approve-elevated-access-request -o Id <"$work/objects" >"$work/decided" 2>&1 &
decider=$!
exec {objects}>"$work/objects"
echo "${ids[100]}" >&"$objects"
for _ in {1..200}; do
	[[ $(get-elevated-access-request "${ids[100]}" -o Value -Property RequestStatus) == Approved ]] && break
	sleep 0.02
done
decided
echo "${ids[101]}" >&"$objects"
exec {objects}>&-
wait "$decider"
is "$?" 0
is "$(wc -l <"$work/decided")" 2

t "nor one that waits for a request, nor a task that runs"
as user1 wait-elevated-access-request "${ids[10]}" -Timeout 60 >"$work/waited" 2>&1 &
waiter=$!
must register-elevated-access-task 'Many\sleep' -Path /usr/bin/sleep -ArgumentList 60
must new-elevated-access-approval-policy 'Many\sleep' -ApprovalType Auto
must as user1 new-elevated-access-request 'Many\sleep' -Reason run
PAMLITE_PRINCIPAL=user1 "$BIN/invoke-elevated-access-task" 'Many\sleep' &
runner=$!
until [[ -n $(get-elevated-access-execution -Running -o Id) ]] || ! kill -0 "$runner"; do
	sleep 0.02
done
as bob must approve-elevated-access-request "${ids[10]}"
wait "$waiter"
is "$?" 0
decided
kill -TERM "$runner"
wait "$runner"

t "nor one that asks whether it should"
mkfifo "$work/answer"
PAMLITE_PRINCIPAL=bob script -qec "$BIN/deny-elevated-access-request ${ids[200]} -Comment no -Confirm" /dev/null \
    <"$work/answer" >"$work/asked" 2>&1 &
asking=$!
exec {answer}>"$work/answer"
for _ in {1..200}; do
	grep -q 'Are you sure' "$work/asked" && break
	sleep 0.02
done
has "$(cat "$work/asked")" 'Are you sure'
decided
echo y >&"$answer"
exec {answer}>&-
wait "$asking"
is "$(get-elevated-access-request "${ids[200]}" -o Value -Property RequestStatus)" Denied

t "who finds the lock taken waits for it and does not fail"
exec {lock}<"$PAMLITE_DATABASE.lock"
flock -x "$lock"
(exec {lock}<&- && PAMLITE_PRINCIPAL=bob exec "$BIN/approve-elevated-access-request" "${ids[201]}") >"$work/late" 2>&1 &
late=$!
for _ in {1..200}; do
	[[ $(cat "/proc/$late/syscall" 2>/dev/null) == "73 "* ]] && break
	sleep 0.01
done
kill -0 "$late" || bad "it did not wait"
flock -u "$lock"
exec {lock}<&-
wait "$late"
is "$?" 0

finish
