#!/bin/bash
# recording.sh - recorded runs: what is in the file and what is not, what goes through pipes, and who may see it again
# shellcheck disable=SC2119

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/setuid/rows.bash"
. "$ROOT/tests/setuid/screen.bash"

for needed in tmux jq asciinema vim less; do
	if ! command -v $needed >/dev/null; then
		skip "all of it" "$needed is not installed"
		finish
	fi
done
fixture
sessions=$log/sessions
must new-elevated-access-approver-group auditors -Member dave
must set-elevated-access-control -AuditGroup auditors -Confirm:false

# with_recording NAME WORD...: L\NAME, granted to alice, with a recording; bob and dave decide about it.
with_recording()
{
	must register-elevated-access-task "L\\$1" "${@:2}"
	must new-elevated-access-approval-policy "L\\$1" -ApprovalType Manual -ApproverGroup ops -BindParameters:false \
	    -RecordSession
	grant alice "L\\$1"
}
mkdir /opt/words
printf '#!/bin/sh\nexec invoke-elevated-access-task "L\\\\$1"\n' >/opt/words/run
chmod 755 /opt/words/run
note_places
with_recording cat -Path /usr/bin/cat
with_recording cat-svc -Path /usr/bin/cat -RunAs svc
with_recording true -Path /bin/true
with_recording yes -Path /usr/bin/yes
with_recording sleep -Path /usr/bin/sleep -ArgumentList 47
with_recording shell -Path /bin/bash -ArgumentList:--norc -Environment PS1='root# '
program script <<-'EOT'
	#!/bin/sh
	. /opt/fixture/said
EOT
with_recording script -Path "$program"
# says TEXT: what L\script does, as a shell reads it.
says()
{
	printf '%s\n' "$1" >/opt/fixture/said
}
# last: $id is the newest run, $cast its recording, $row all that get-elevated-access-execution says.
last()
{
	id=$(dbquery 'SELECT id FROM execution ORDER BY rowid DESC LIMIT 1')
	cast=$sessions/$id.cast
	row=$(get-elevated-access-execution "$id" -o JsonLines)
}
property()
{
	jq -r ".$1" <<<"$row"
}
# in_terminal USER CMD: on a terminal of 80x24 without job control; what the recording has is found by last.
in_terminal()
{
	feed as "$1" script -qefc "stty cols 80 rows 24; $2" /dev/null <>"$quiet"
	out=$(tr -d '\r' <<<"$out")
}
# events FILE [KIND]: their texts, one after the other.
events()
{
	tail -n +2 "$1" | jq -j --arg kind "${2:-o}" 'select(.[1] == $kind) | .[2]'
}
# uses: how often the grant of L\$1 was used.
uses()
{
	dbquery "SELECT sum(use_count) FROM authorization WHERE access = 'L\\$1'"
}
sha()
{
	sha256sum | cut -d ' ' -f 1
}

# --- the file ---

t "a recorded run leaves a file of root's alone, of which the records tell"
says 'printf "grün \033[31mred\033[m\n"; exit 3'
mark
in_terminal alice 'run() { invoke-elevated-access-task "L\\script"; }; run'
is "$status" 3
has "$out" $'grün \e[31mred\e[m'
last
is "$(stat -c '%U:%G %a' "$cast" "$sessions" | tr '\n' ' ')" 'root:root 600 root:pamlite 750 '
is "$(property RecordingPath)" "$cast"
is "$(property RecordingSha256)" "$(sha <"$cast")"
is "$(property '| [.InputBytes, .OutputBytes, .InputSha256, .OutputSha256] | tostring')" '[null,null,null,null]'
recorded_in_log=$(dbquery "SELECT data FROM audit WHERE sequence > $mark_sequence AND object = '$id' ORDER BY sequence")
is "$(jq -r '.Parameters | .RecordingPath // .RecordingSha256' <<<"$recorded_in_log")" "$cast"$'\n'"$(sha <"$cast")"
is "$(head -n 1 "$cast" | jq -r '[.version, .width, .height, .title, .env.SHELL] | @tsv')" \
    $'2\t80\t24\tL\\\\script\t/bin/bash'
is "$(events "$cast")" $'grün \e[31mred\e[m\r'
is "$(head -n 1 <<<"$out")" 'pam-lite: this session is recorded'
lacks "$(cat "$cast")" 'is recorded'
feed script -qec "asciinema cat $cast" /dev/null <>"$quiet"
is "$(tr -d '\r' <<<"$out")" "$(events "$cast" | tr -d '\r')"
is "$(find $sessions -name '.*' -type f)" '' "a file without a name is left"

t "a policy without -RecordSession records nothing"
grant alice 'L\ok'
in_terminal alice "invoke-elevated-access-task 'L\\ok'"
lacks "$out" recorded
last
is "$(property RecordingPath)" null
[[ ! -e $cast ]] || bad "it was recorded"

t "what is typed is recorded while the terminal shows it, and a password is not"
says 'stty echo; printf "name: "; read name; stty -echo; printf "\nword: "; read word; stty echo; echo "$name"'
terminal alice invoke-elevated-access-task 'L\script'
expect 'name: '
send 'Mallory\r'
expect 'word: '
sleep 0.3
send 'sesame-47\r'
terminal_end
last
has "$(events "$cast" i)" Mallory
lacks "$(cat "$cast")" sesame-47

t "sizes, characters cut in two, bytes that are none"
says 'stty size; printf "a\303"; sleep 0.2; printf "\274b\377\200c\342\202"; read x; stty size'
shell
types "invoke-elevated-access-task 'L\\script'"
shows '^aüb'
tm resize-window -t t -x 100 -y 30
sleep 0.5
keys Enter
prompt
last
has "$(events "$cast")" $'aüb\ufffd\ufffdc\ufffd\ufffd'
is "$(events "$cast" r)" 100x30
has "$(events "$cast")" '30 100'
tail -n +2 "$cast" | jq -e . >/dev/null || bad "a line is no JSON"

t "a recording is cut at its bound, with a mark, and the run goes on"
fails 64 ParameterArgumentTransformationError set-elevated-access-control -MaxRecordingBytes 65535 -Confirm:false
must set-elevated-access-control -MaxRecordingBytes 65536 -Confirm:false
says 'i=0; while [ $i -lt 4000 ]; do echo "line $i of a long output"; i=$((i + 1)); done; exit 4'
in_terminal alice "invoke-elevated-access-task 'L\\script'"
is "$status" 4
has "$out" 'line 3999 of'
last
[[ $(stat -c %s "$cast") -le 65536 && $(stat -c %s "$cast") -gt 50000 ]] || bad "$(stat -c %s "$cast") bytes"
is "$(tail -n 1 "$cast" | jq -r '.[1:] | @tsv')" $'m\tcut: MaxRecordingBytes is reached'
is "$(property RecordingSha256)" "$(sha <"$cast")"
must set-elevated-access-control -MaxRecordingBytes 104857600 -Confirm:false

# --- pipes ---

t "what goes through pipes is counted and passed on as it is"
head -c 3000000 /dev/urandom >"$work/random"
for task in cat cat-svc; do
	as alice invoke-elevated-access-task "L\\$task" <"$work/random" >"$work/copy" 2>"$stderr"
	cmp "$work/random" "$work/copy" || bad "$task: it is not the same"
	last
	is "$(property '| [.InputBytes, .OutputBytes, .InputSha256, .OutputSha256] | @tsv')" \
	    "3000000"$'\t'"3000000"$'\t'"$(sha <"$work/random")"$'\t'"$(sha <"$work/random")"
	is "$(property RecordingSha256)" "$(sha <"$cast")"
	is "$(wc -l <"$cast")" 1 "events of a run without a terminal"
	is "$(<"$stderr")" '' "it is told where nobody is"
done
succeeds as alice show-elevated-access-execution "$id"
has "$err" "execution $id were no terminal: 3000000 bytes in and 3000000 bytes out"
feed as bob script -qefc "show-elevated-access-execution $id" /dev/null <>"$quiet"
has "$out" 'nothing was shown on a terminal'
# shellcheck disable=SC2002
is "$(cat "$work/random" | as alice invoke-elevated-access-task 'L\cat' | sha)" "$(sha <"$work/random")"
run as alice invoke-elevated-access-task 'L\cat' </dev/null
is "$status" 0
last
is "$(property '| [.InputBytes, .OutputBytes] | @tsv')" $'0\t0'
is "$(property InputSha256)" "$(sha </dev/null)"

t "who reads no more ends it, from either end"
is "$(timeout 20 bash -c 'yes | "$@" | head -n 1' bash setpriv --reuid=alice --regid=alice --init-groups \
    invoke-elevated-access-task 'L\cat')" y
is "$(as alice invoke-elevated-access-task 'L\yes' | head -n 2)" $'y\ny'
last
eventually 5 test "$(get-elevated-access-execution "$id" -o Value -Property EndReason)" = Signaled
says 'exec <&-; sleep 0.2; echo over'
is "$(yes | as alice invoke-elevated-access-task 'L\script')" over
says 'head -n 1'
is "$(yes | as alice invoke-elevated-access-task 'L\script')" y

t "a file that the task does not read is left to whoever comes next"
printf '%s\n' one two three >"$work/lines"
n=0
while read -r line; do
	n=$((n + 1))
	as alice invoke-elevated-access-task 'L\true' || bad "$line"
done <"$work/lines"
is "$n" 3 "lines were read"
says 'read line; echo "$line"'
is "$( (as alice invoke-elevated-access-task 'L\script'; cat) <"$work/lines" | tr '\n' ' ')" 'one two three '

t "output that cannot be passed on is told"
mount -t tmpfs -o size=64k tmpfs /mnt
says 'head -c 100000 /dev/zero'
as alice invoke-elevated-access-task 'L\script' </dev/null >/mnt/full 2>"$stderr"
is "$?" 125
has "$(<"$stderr")" 'could not all be passed on: No space left on device'
umount /mnt

with_recording script-svc -Path "$program" -RunAs svc
# more BEFORE: a run has begun since. ended_now: the newest has an end.
more()
{
	(($(executions) > $1))
}
ended_now()
{
	last
	[[ $(property EndReason) != null ]]
}
t "who does not read, or stops who passes it on, keeps no run that is over from its end"
for task in script script-svc; do
	before=$(executions)
	says 'head -c 120000 /dev/zero; exit 3'
	[[ $task == script ]] || says 'echo hello; sleep 0.2; pkill -STOP -u svc -x runner; echo more; exit 3'
	# shellcheck disable=SC2016
	begin stuck as alice bash -c 'invoke-elevated-access-task "L\\$0" </dev/null | sleep 48
	    exit ${PIPESTATUS[0]}' $task
	eventually 10 more "$before" || bad "$task: no run"
	sleep 3
	not ended_now || bad "$task: it has ended before it was stopped"
	if [[ $task == script ]]; then
		must stop-elevated-access-execution "$id" -Confirm:false
	else
		must revoke-elevated-access-authorization "$(property AuthorizationIdentity)" -Confirm:false
	fi
	eventually 4 ended_now || bad "$task: the run has no end"
	is "$(property '| [.EndReason, .ExitStatus] | @tsv')" $'Exited\t3' "$task"
	is "$(property '| (.EndTimeUtc | fromdate) - (.StartTimeUtc | fromdate) < 3')" true "$task: the task's end"
	pkill -x -f 'sleep 48'
	ended stuck
	is "$status" 3 "$task"
done

t "a terminal on one side and a pipe on the other"
says 'echo to-the-pipe; echo to-the-terminal >&2; [ -t 1 ] || echo no-terminal >&2'
in_terminal alice "invoke-elevated-access-task 'L\\script' | tr a-z A-Z"
has "$out" TO-THE-PIPE
has "$out" to-the-terminal
last
has "$(events "$cast")" no-terminal
lacks "$(events "$cast")" to-the-pipe
is "$(property '| [.InputBytes, .OutputBytes] | @tsv')" $'\t12'
is "$(property OutputSha256)" "$(echo to-the-pipe | sha)"

t "what a task has left behind does not hold the run up"
says 'sleep 5 & echo here'
start=$SECONDS
is "$(as alice invoke-elevated-access-task 'L\script' </dev/null >"$work/left"; cat "$work/left")" here
((SECONDS - start < 4)) || bad "it was waited for"
pkill -x sleep

# --- no recording, no run ---

t "without its directory nothing runs and nothing is used up"
used=$(uses script)
mv $sessions $sessions.away
fails 125 RecordingFailed as alice invoke-elevated-access-task 'L\script'
has "$err" "$sessions"
run test-elevated-access-installation -o JsonLines
has "$(grep RecordingDirectory <<<"$out")" '"Result":"Wrong"'
mv $sessions.away $sessions
chmod 777 $sessions
fails 125 RecordingFailed as alice invoke-elevated-access-task 'L\script'
has "$err" 'can be written by others'
run $libexec/setup
has "$out" "corrected $sessions"
mount -t tmpfs -o ro,mode=750 tmpfs $sessions
fails 125 RecordingFailed as alice invoke-elevated-access-task 'L\script'
umount $sessions
is "$(uses script)" "$used"
is "$(dbquery "SELECT count(*) FROM execution WHERE ended_at IS NULL")" 0

t "on somebody else's terminal nothing could be seen, so nothing runs"
shell
chmod 666 "$tty"
run as alice setsid -w sh -c "invoke-elevated-access-task 'L\\script' 2>$tty"
is "$status" 125
shows 'a terminal that is not the caller'
run as alice setsid -w sh -c "invoke-elevated-access-task 'L\\script' <$tty"
is "$status" 125
has "$err" "not the caller's own"
is "$(uses script)" "$used"

t "a full disk ends the task"
mount -t tmpfs -o size=64k,mode=750 tmpfs $sessions
chgrp pamlite $sessions
says 'trap "" PIPE; i=0; while [ $i -lt 20000 ]; do echo "line $i of a long output"; i=$((i + 1)); done; sleep 47'
in_terminal alice "invoke-elevated-access-task 'L\\script'"
is "$status" 143
has "$out" 'the session could not be recorded any more; the task was ended'
last
is "$(property EndReason)" Stopped
is "$(property RecordingSha256)" "$(sha <"$cast")"
tail -n +2 "$cast" | jq -e . >/dev/null || bad "a line is no JSON"
umount $sessions

# --- however it ends ---

t "stopped, revoked, killed: the recording is whole and the record has its digest"
for how in stop revoke; do
	grant alice 'L\sleep'
	terminal alice invoke-elevated-access-task 'L\sleep' -RequestId "$id"
	request=$id
	eventually 10 pgrep -x -f '/usr/bin/sleep 47' >/dev/null || bad "no task"
	last
	if [[ $how == stop ]]; then
		must stop-elevated-access-execution "$id" -Confirm:false
	else
		must revoke-elevated-access-authorization "$request" -Comment over -Confirm:false
	fi
	terminal_end
	last
	matches "$(property EndReason)" 'Stopped|Revoked'
	is "$(property RecordingSha256)" "$(sha <"$cast")"
done
says 'printf before; exec sleep 47'
terminal alice invoke-elevated-access-task 'L\script'
expect before
last
succeeds as bob show-elevated-access-execution "$id"
has "$err" 'is still running'
lacks "$err" 'no end record'
kill -KILL "$(pids "$runner" | head -n 1)"
terminal_end
has "$(tr -d '\r' <<<"$out")" $'before\ninvoke-elevated-access-task: '
eventually 10 not pgrep -x -f 'sleep 47' >/dev/null || bad "the task goes on"
last
is "$(property RecordingSha256)" null
is "$(events "$cast" | tr -d '\r')" before
printf '[1.5, "o", "torn' >>"$cast"
run as alice show-elevated-access-execution "$id"
is "$status" 0
has "$err" 'has no end record'
lacks "$err" 'still running'
has "$out" before

# --- seeing it again ---

t "who sees the run sees its recording, and nobody else"
says 'echo to be seen again'
in_terminal alice "invoke-elevated-access-task 'L\\script'"
last
for user in alice bob dave root; do
	run as $user show-elevated-access-execution "$id"
	is "$status$err" 0 "$user"
	is "$(sha <<<"$out")" "$(property RecordingSha256)" "$user"
done
mark
fails 66 ExecutionNotFound as carol show-elevated-access-execution "$id"
recorded 1 '"Show-ElevatedAccessExecution".*"ExecutionNotFound"'
fails 66 ExecutionNotFound as alice show-elevated-access-execution 00000000-0000-4000-8000-000000000000
fails 66 ExecutionNotFound as alice show-elevated-access-execution ../anchor
run as alice show-elevated-access-execution "${id^^}"
is "$status" 0
sed -i s/seen/SEEN/ "$cast"
fails 74 RecordingChanged as alice show-elevated-access-execution "$id"
has "$err" 'its SHA-256 is not the one in its end record'
recorded 1 '"Show-ElevatedAccessExecution".*"RecordingChanged"'
rm "$cast"
fails 66 RecordingNotFound as alice show-elevated-access-execution "$id"
ln -s /etc/shadow "$cast"
fails 74 RecordingChanged as alice show-elevated-access-execution "$id"
rm "$cast"
as alice invoke-elevated-access-task 'L\ok' >/dev/null
last
fails 66 RecordingNotFound as alice show-elevated-access-execution "$id"
has "$err" 'was not recorded'

t "nothing else of root's can be had through the runner"
for word in Identity=../anchor Identity=/etc/shadow Identity= "Identity=$id/../x" Identity="$id"; do
	run as alice bash -c '"$0" $$ "$@"; exit $?' "$runner" "$word"
	is "$out" '' "$word"
	[[ $status != 0 ]] || bad "$word"
done
run as alice bash -c '"$0" $$ "$@"; exit $?' "$runner" "Identity=$id" 'Task=L\script'
is "$status" 125

t "who looked is recorded before anything is seen, and stands in the evidence"
says 'echo evidence'
in_terminal alice "invoke-elevated-access-task 'L\\script'"
last
mark
succeeds as bob show-elevated-access-execution "$id"
feed as dave script -qefc "show-elevated-access-execution $id" /dev/null <>"$quiet"
recorded 2 '"RecordType":"Execution","Operation":"Show-ElevatedAccessExecution","ObjectId":"'"$id"'","Result":"Success"'
is "$(as alice search-elevated-access-audit-log -ObjectIds "$id" -Operations Show-ElevatedAccessExecution -o Value \
    -Property UserIds | sort | tr '\n' ' ')" 'bob dave '
request=$(property AuthorizationIdentity)
request=$(get-elevated-access-authorization "$request" -o Value -Property RequestIdentity)
runs=$(dbquery "SELECT count(*) FROM execution WHERE authorization_id = '$(property AuthorizationIdentity)'")
must export-elevated-access-evidence "$request" -Path "$work/evidence.json"
looks='.Operation == "Show-ElevatedAccessExecution"'
is "$(jq -r "[.Decisions[] | select($looks and .ObjectId == \"$id\") | .UserId] | join(\" \")" "$work/evidence.json")" \
    'bob dave'
is "$(jq '.Executions | length' "$work/evidence.json")" "$runs"
succeeds test-elevated-access-audit-log -Path "$work/evidence.json"
jq -c "del(.Decisions[] | select($looks and .UserId == \"dave\"))" "$work/evidence.json" >"$work/forged.json"
run test-elevated-access-audit-log -Path "$work/forged.json"
is "$status" 1
dbquery "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no record'); END"
run as bob show-elevated-access-execution "$id"
[[ $status != 0 && $out == '' ]] || bad "it was shown without a record" "$out"
dbquery 'DROP TRIGGER full'

# On the alternate screen of the one, and then of the other: the same lines.
same_picture()
{
	[[ $(screen) == "$picture" ]]
}
# replays NAME: what was on the screen ($picture) is there again.
replays()
{
	last
	types "clear; show-elevated-access-execution $id"
	waits "$1 again" same_picture
	prompt
}
t "vim and less look the same again"
seq -f 'line %g of a file' 100 >"$work/file"
chmod 755 "$work"
says "vim -u NONE -N '$work/file'"
shell
types "invoke-elevated-access-task 'L\\script'"
shows '^line 20 of'
keys /42 Enter
shows '^line 42 of'
keys i inserted Escape
shows '^line inserted42'
sleep 1.5
picture=$(screen)
keys :q! Enter
prompt
replays vim
says "less '$work/file'"
types "invoke-elevated-access-task 'L\\script'"
shows '^line 20 of'
keys G
shows '^line 100 of'
sleep 1.5
picture=$(screen)
keys q
prompt
replays less

t "a shell session, faster and without its pauses; ^C ends it and the terminal is as before"
shell
before=$(stty -F "$tty" -g)
types "clear; invoke-elevated-access-task 'L\\shell'"
shows '^root#'
types 'echo $((6 * 7)); sleep 3'
shows '^42$'
types exit
prompt
session=$(screen | sed -n '/^root#/,/exit/p')
last
types "clear; show-elevated-access-execution $id -Speed 2 -IdleLimit 0.2; echo done=\$?"
shows '^done=0$'
is "$(screen | sed -n '/^root#/,/exit/p')" "$session"
is "$(stty -F "$tty" -g)" "$before"
types "clear; show-elevated-access-execution $id -Speed 0.1"
shows '^root#'
keys x y z C-c
prompt
is "$(stty -F "$tty" -g)" "$before"
lacks "$(screen)" xyz

t "a recording does nothing to the terminal but show something"
says 'printf "\033]0;title\007\033]52;c;aGVsbG8=\007\033[c\033[6n\033[5n\033P$q\"p\033\\\\\033[18t"
printf "\033[?1000h\033[?2004h\033[8;10;20t"
printf "\033_x\033\\\\\033^y\033\\\\\033Xz\033\\\\\033Z\005\302\2336n\033[?1049h\033[?25l\033[31mshown\033[m\n"'
in_terminal alice "invoke-elevated-access-task 'L\\script'"
last
has "$(events "$cast")" '[6n'
feed as bob script -qefc "show-elevated-access-execution $id" /dev/null <>"$quiet"
is "$(tr -d '\r' <<<"$out" | cat -v)" '^[[?1049h^[[?25l^[[31mshown^[[m
^O^[(B^[[m^[[?1049l^[[?25h'
for words in '-Speed 0' '-Speed x' '-Speed 1.2345' '-IdleLimit -1' '-Speed .5'; do
	# shellcheck disable=SC2086
	fails 64 ParameterArgumentTransformationError as alice show-elevated-access-execution "$id" $words
done

no_shell

finish
