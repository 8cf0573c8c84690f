#!/bin/bash
# story.sh - from an installation to a run, as people would do it, and what must be true of the whole

. "$(dirname "$0")/lib.bash"

# --- what is registered ---

mkdir -p /opt/fixture
cat >/opt/fixture/restart-web <<'END'
#!/bin/sh
echo "restarted $1 as $(id -un), asked by $PAMLITE_REQUESTOR"
END
cat >/opt/fixture/wait <<'END'
#!/bin/sh
: >/opt/fixture/waiting
while [ ! -e /opt/fixture/go ]; do sleep 0.05; done
END
chmod 755 /opt/fixture/{restart-web,wait}

# Nobody needs a password to become somebody else: a friend's account, or one whose password was seen.
printf '%s\n' 'auth sufficient pam_permit.so' 'account sufficient pam_permit.so' 'session optional pam_permit.so' \
    >/etc/pam.d/su
note_places

# --- the story ---

t "story: nothing is wrong with what was installed, and it says what to do next"
run test-elevated-access-installation -o JsonLines
is "$status" 0
is "$(jq -r 'select(.Result == "Wrong")' <<<"$out")" ''
fails 69 ElevatedAccessNotEnabled as alice new-elevated-access-request 'Linux\restart-web' -Reason why

t "story: root enables, registers a task and says who decides"
succeeds new-elevated-access-approver-group ops -Member bob,dave
succeeds new-elevated-access-approver-group web -Member alice
succeeds enable-elevated-access-control -AdminGroup ops
succeeds register-elevated-access-task 'Linux\restart-web' -Path /opt/fixture/restart-web -ArgumentList '{unit}' \
    -Parameter unit=word
succeeds new-elevated-access-approval-policy 'Linux\restart-web' -ApprovalType Manual -ApproverGroup ops \
    -EligibleGroup web

t "story: alice asks"
mark
run as_login alice alice invoke-elevated-access-task 'Linux\restart-web' unit=nginx.service
is "$status" 126
has "$err" 'Insufficient permissions. Please raise an elevated access request for this task.'
succeeds as_login alice alice new-elevated-access-request 'Linux\restart-web' -Parameter unit=nginx.service \
    -Reason 'the site is down' -o Id
id=$out
recorded 1 '"UserId":"alice","Uid":[0-9]+,"LoginUid":'"$(id -u alice)"',.*"Operation":"New-ElevatedAccessRequest"'

t "story: alice is refused her own approval"
mark
fails 77 SelfApproval as_login alice alice approve-elevated-access-request "$id"
same
recorded 1 '"UserId":"alice".*"Operation":"Approve-ElevatedAccessRequest".*"ErrorId":"SelfApproval"'

t "story: alice is refused it as bob, whom she becomes by su"
mark
run as_login alice alice su bob -c "$BIN/approve-elevated-access-request $id -ErrorView Normal"
is "$status" 77
has "$err" 'SelfApproval,Approve-ElevatedAccessRequest'
same
recorded 1 '"UserId":"bob","Uid":'"$(id -u bob)"',"LoginUid":'"$(id -u alice)"',.*"ErrorId":"SelfApproval"'

t "story: carol sees nothing of it, not even that it exists"
none=00000000-0000-4000-8000-000000000000
# alike CMD...: what carol is told of ID and TASK is what she is told of things that do not exist, to the letter.
alike()
{
	local real status_real

	run as carol "${@//ID/$id}"
	status_real=$status
	real=$out$err
	run as carol "${@//ID/$none}"
	is "$status" "$status_real"
	is "${real//$id/$none}" "$out$err"
}
alike_task()
{
	local real status_real

	run as carol "${@//TASK/restart-web}"
	status_real=$status
	real=$out$err
	run as carol "${@//TASK/nothing-such}"
	is "$status" "$status_real"
	is "${real//restart-web/nothing-such}" "$out$err"
}
for command in get-elevated-access-request approve-elevated-access-request deny-elevated-access-request \
    stop-elevated-access-request wait-elevated-access-request; do
	alike $command ID
	is "$status" 66 "$command"
done
alike revoke-elevated-access-authorization ID -Confirm:false
alike_task get-elevated-access-task 'Linux\TASK'
for list in request authorization execution; do
	run as carol get-elevated-access-$list -o JsonLines
	is "$status$out" 0
done
run as carol search-elevated-access-audit-log -FreeText restart-web -o JsonLines
lacks "$out" alice
lacks "$out" bob

t "story: bob, who logged in as himself, approves"
mark
succeeds as_login bob bob get-elevated-access-request -ToApprove -o Id
is "$out" "$id"
succeeds as_login bob bob approve-elevated-access-request "$id" -Comment 'go ahead'
recorded 1 '"UserId":"bob","Uid":'"$(id -u bob)"',"LoginUid":'"$(id -u bob)"',.*"Result":"Success"'

t "story: alice runs it as root, and only what was approved"
mark
run as_login alice alice invoke-elevated-access-task 'Linux\restart-web' unit=sshd.service
is "$status$out" 126
succeeds as_login alice alice invoke-elevated-access-task 'Linux\restart-web' unit=nginx.service
is "$out" 'restarted nginx.service as root, asked by alice'
succeeds as_login alice alice invoke-elevated-access-task 'Linux\restart-web'
is "$out" 'restarted nginx.service as root, asked by alice'

t "story: the log has both of them with their login uids"
is "$(search-elevated-access-audit-log -ObjectIds "$id" -o JsonLines | jq -r '.AuditData | fromjson |
    select(.Result == "Success") | "\(.Operation) \(.UserId) \(.Uid) \(.LoginUid)"' | sort -u)" \
    "Approve-ElevatedAccessRequest bob $(id -u bob) $(id -u bob)
New-ElevatedAccessRequest alice $(id -u alice) $(id -u alice)"
is "$(get-elevated-access-execution -o JsonLines | jq -r '"\(.User) \(.RunAs) \(.ExitStatus) \(.EndReason)"')" \
    'alice root 0 Exited
alice root 0 Exited'
succeeds test-elevated-access-audit-log

t "story: what goes through a run arrives as it was, both ways"
succeeds register-elevated-access-task 'Linux\copy' -Path /usr/bin/cat
succeeds new-elevated-access-approval-policy 'Linux\copy' -ApprovalType Auto
succeeds as alice new-elevated-access-request 'Linux\copy' -Reason copy
head -c 30000000 /dev/urandom >"$work/big"
is "$(as alice invoke-elevated-access-task 'Linux\copy' <"$work/big" | sha256sum)" "$(sha256sum <"$work/big")"

# --- what must be true of the whole ---

t "find -perm -4000: two new files, both root's"
# What is no part of an installation: the world's own, and the directories of other tests.
others=(\( -path "$world_own" -o -path /proc -o -path /sys -o -path "$ROOT" -o -path "$BUILD" \) -prune)
found=$(find / /opt /etc /var/lib /var/log /home /tmp /var/tmp -xdev "${others[@]}" -o \
    -type f -perm /6000 -newercm "$lib_state/begin" -printf '%p %u:%g %m\n' | sort -u)
is "$found" "$gate root:root 4755
$runner root:root 4755"

t "nothing is the account's but its data directory"
is "$(find / /opt /etc /var/lib /var/log /home /tmp /var/tmp /run /dev/shm -xdev "${others[@]}" -o \
    -user pamlite -print | sort -u)" "$state
$db
$(find $db-journal 2>/dev/null)${db:+
}$db.lock
$state/queue"

t "as the account nothing installed can be changed"
as_pamlite()
{
	(cd / && exec setpriv --reuid=pamlite --regid=pamlite --clear-groups "$@")
}
is "$(as_pamlite find /opt/pl /opt/fixture /etc/pam-lite $log -writable -not -type l 2>/dev/null)" ''
for file in $gate $runner $libexec/store "$BIN/get-elevated-access-request" $anchor; do
	run as_pamlite bash -c ": >>$file"
	has "$err" 'Permission denied'
done
run as_pamlite bash -c ": >$tasks/x; : >/etc/pam-lite/x; : >$log/x; rm -f $gate; mv $libexec /opt/pl/other"
is "$(grep -c -e 'Permission denied' -e 'cannot' <<<"$err")" 5

keep
other=$(printf '%s' $'Name Linux\\restart-web\nPath /bin/sh\nRunAs root\n' | sha256sum | cut -c 1-64)
copy=$(dbquery "SELECT digest FROM task WHERE name = 'Linux\\copy'")
# altered WHAT SQL [WORD...]: an intruder who has become the account changes rows, so nothing runs.
altered()
{
	t "nothing runs when somebody who has become the account changes $1"
	dbquery "$2"
	run as alice invoke-elevated-access-task 'Linux\restart-web' "${@:3}"
	is "$status$out" 126
	fresh
	succeeds as alice invoke-elevated-access-task 'Linux\restart-web' unit=nginx.service
}
web="WHERE name = 'Linux\\restart-web'" holder="WHERE access = 'Linux\\restart-web'"
altered "the program" "UPDATE task SET path = '/bin/sh' $web" unit=nginx.service
altered "the account that it runs as" "UPDATE task SET run_as = 'daemon' $web" unit=nginx.service
altered "the arguments" "UPDATE task SET arguments = 'x' || char(10) $web" unit=nginx.service
altered "the types of parameters" "UPDATE task SET parameters = 'unit=text:200' || char(10) $web" unit=nginx.service
altered "the digest of the task" "UPDATE task SET digest = '$other' $web" unit=nginx.service
altered "task, digest and grant together" "UPDATE task SET path = '/bin/sh', arguments = NULL, parameters = NULL,
    digest = '$other' $web; UPDATE authorization SET definition = '$other', parameters = NULL $holder"
altered "a grant to one of another task's file" "UPDATE task SET digest = '$copy' $web;
    UPDATE authorization SET definition = '$copy' $holder" unit=nginx.service

t "readelf -d: the gate needs nothing, the runner the C library alone"
is "$(readelf -d "$gate" | grep -c NEEDED)" 0
is "$(readelf -l "$gate" | grep -c INTERP)" 0
is "$(readelf -d "$runner" | grep NEEDED | sed 's/.*\[\(.*\)\]/\1/')" libc.so.6
for file in $gate $runner; do
	has "$(readelf -d "$file")" BIND_NOW
	has "$(readelf -lW "$file")" GNU_RELRO
	lacks "$(readelf -lW "$file" | grep GNU_STACK)" E
	lacks "$(readelf -d "$file")" RUNPATH
done

# --- who opens what ---

# Reads strace -f; prints what a process did as root that only the account may do: open a library that root must
# never load, or the database. A process begins as what its parent was; "front" has the caller's ids.
# shellcheck disable=SC2016
who_opens='
function as_parent(pid) { if (!(pid in power)) power[pid] = (pid in parent) ? power[parent[pid]] : "front" }
NR == FNR {
	if (match($0, /(clone|clone3|fork|vfork)(\(| resumed).* = [0-9]+$/)) parent[$NF] = $1
	next
}
{
	pid = $1
	as_parent(pid)
	if ($0 ~ /execve\("[^"]*\/libexec\/pam-lite\/(gate|runner)"/ && power[pid] == "front") {
		power[pid] = "root"
		powers++
	}
	if (match($0, /setresuid\([0-9]+, [0-9]+, [0-9]+\) += 0/)) {
		ids = substr($0, RSTART + 10)
		sub(/,.*/, "", ids)
		if (ids != "0" && power[pid] == "root") power[pid] = "account"
	}
	if ($0 ~ /open(at|at2)?\(.*(libsqlite3|libcjson|\/var\/lib\/pam-lite\/pam-lite\.db)/) {
		opened[power[pid]]++
		if (power[pid] == "root") print
	}
}
END { print "root", (powers > 0 ? "seen" : "unseen"), "account", (opened["account"] > 0 ? "opens" : "does not") }'

t "strace of a run: no process with uid 0 opens the database, or maps SQLite or cJSON"
run strace -f -qq -o "$work/trace" -e trace=execve,open,openat,openat2,setresuid,clone,clone3,fork,vfork \
    setpriv --reuid=alice --regid=alice --init-groups "$BIN/invoke-elevated-access-task" 'Linux\restart-web' \
    unit=nginx.service
is "$status" 0
is "$(awk "$who_opens" "$work/trace" "$work/trace")" 'root seen account opens'

t "the same of a command behind the gate"
run strace -f -qq -o "$work/trace" -e trace=execve,open,openat,openat2,setresuid,clone,clone3,fork,vfork \
    setpriv --reuid=alice --regid=alice --init-groups "$BIN/get-elevated-access-request"
is "$status" 0
is "$(awk "$who_opens" "$work/trace" "$work/trace")" 'root seen account opens'

t "maps and descriptors of the processes of a run while the task is running"
succeeds register-elevated-access-task 'Linux\wait' -Path /opt/fixture/wait
succeeds new-elevated-access-approval-policy 'Linux\wait' -ApprovalType Auto
succeeds as alice new-elevated-access-request 'Linux\wait' -Reason wait
as alice invoke-elevated-access-task 'Linux\wait' >/dev/null 2>"$work/wait.err" &
waiting=$!
for ((i = 0; i < 500; i++)); do
	[[ ! -e /opt/fixture/waiting ]] || break
	sleep 0.02
done
# closed: no process of ours has the database open, half a second after the start at the latest.
closed()
{
	[[ -z $(find /proc/[0-9]*/fd -lname "$state/*" 2>/dev/null) ]]
}
eventually 5 closed || bad "the database is open while the task runs"
roots=0
while read -r pid; do
	[[ $(stat -c %u "/proc/$pid") != 0 ]] || {
		roots=$((roots + 1))
		! grep -q 'SQLite format 3' "/proc/$pid/exe" || bad "SQLite is in $(readlink "/proc/$pid/exe"), as root"
		lacks "$(<"/proc/$pid/maps")" libcjson
	}
	lacks "$(find "/proc/$pid/fd" -printf '%l\n')" "$state"
	[[ $(<"/proc/$pid/comm") != runner ]] ||
	    is "$(grep -E '^(Uid|Groups):' "/proc/$pid/status" | tr -s '\t ' ' ' | sed 's/ $//')" 'Uid: 0 0 0 0
Groups:'
done < <(find /proc -maxdepth 2 -path '/proc/[0-9]*/exe' -lname "$libexec/*" -printf '%h\n' 2>/dev/null | cut -d / -f 3)
((roots > 0)) || bad "no process of root's was seen"
: >/opt/fixture/go
wait "$waiting"
is "$?" 0 "$(<"$work/wait.err")"

# gates TASK: runs it as alice, without parameters; so often the database was asked in front of the runner.
gates()
{
	run strace -f -qq -o "$work/trace" -e trace=execve \
	    setpriv --reuid=alice --regid=alice --init-groups "$BIN/invoke-elevated-access-task" "$1"
	is "$status" 0
	gates=$(grep -c "execve(\"$libexec/gate\"" "$work/trace")
}
t "approved parameters are asked for where a task takes some, and nowhere else"
gates 'Linux\wait'
is "$gates" 0
gates 'Linux\restart-web'
is "$gates" 1

finish
