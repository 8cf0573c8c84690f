#!/bin/bash
# audit.sh - every change and refusal is in the log, anybody can check it, and what is changed in it is found

. "$(dirname "$0")/lib.bash"

setup_basic
file=$work/touched/file

# --- what is recorded ---

# newest PROPERTY,...: of the newest record.
newest()
{
	search-elevated-access-audit-log -ResultSize 1 -o Value -Property "$1"
}
# recorded OPERATION OBJECT RESULT: the newest record is this.
recorded()
{
	is "$(newest Operations,ObjectIds,ResultStatus)" "$1"$'\t'"$2"$'\t'"$3"
}

t "a success is one record, with who, what and on what"
must as alice new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason why -DurationHours 2 -o Id
id=$out
recorded New-ElevatedAccessRequest "$id" Success
is "$(newest UserIds,RecordType)" $'alice\tRequest'
is "$(newest AuditData | jq -r 'keys_unsorted | join(" ")')" "Sequence Time BootId BootTime UserId Uid LoginUid \
Terminal Host Pid RecordType Operation ObjectId Result ErrorId Parameters"
is "$(newest AuditData |
    jq -r '[.UserId, .Uid, .RecordType, .Operation, .ObjectId, .Result, .ErrorId] | map(tostring) | join("|")')" \
    "alice|$(id -u)|Request|New-ElevatedAccessRequest|$id|Success|null"
is "$(newest AuditData | jq -r '.BootId')" "$(cat /proc/sys/kernel/random/boot_id)"
has "$(newest AuditData)" why

t "a refusal is one record with its error"
while read -r expected error who line; do
	before=$(newest Sequence)
	eval "as $who fails $expected $error $line"
	is "$(newest Sequence)" $((before + 1)) "$line"
	is "$(newest RecordType,ResultStatus,UserIds)" $'Refusal\tRefused\t'"$who" "$line"
	is "$(newest AuditData | jq -r .ErrorId)" "$error" "$line"
done <<EOF
126 ElevatedAccessRequired alice invoke-elevated-access-task 'Linux\touch' 'file=$file'
126 TaskNotFound alice invoke-elevated-access-task 'Linux\none'
77 SelfApproval alice approve-elevated-access-request $id
66 RequestNotFound mallory get-elevated-access-request $id
66 RequestNotFound mallory approve-elevated-access-request $id
66 RequestNotFound mallory deny-elevated-access-request $id
66 RequestNotFound mallory stop-elevated-access-request $id
77 NotRequestor bob stop-elevated-access-request $id
77 AdministratorRequired mallory new-elevated-access-approver-group -Name evil
77 AdministratorRequired mallory disable-elevated-access-control -Confirm:false
77 AuditorRequired mallory test-elevated-access-audit-log
EOF

t "what was refused for its words alone is no record"
before=$(newest Sequence)
as alice fails 64 MissingMandatoryParameter new-elevated-access-request 'Linux\touch'
is "$(newest Sequence)" "$before"

t "a decision, a run and a revocation"
as bob must approve-elevated-access-request "$id" -Comment fine
recorded Approve-ElevatedAccessRequest "$id" Success
as alice must invoke-elevated-access-task 'Linux\touch' "file=$file"
run=$(get-elevated-access-execution -o Id)
recorded Invoke-ElevatedAccessTask "$run" Ended
as alice must revoke-elevated-access-authorization "$id" -Confirm:false
is "$(newest Operations,ResultStatus)" $'Revoke-ElevatedAccessAuthorization\tSuccess'

t "reading is no record"
before=$(newest Sequence)
for name in request authorization execution task approval-policy approver-group control system-account \
    notification; do
	succeeds "get-elevated-access-$name"
done
succeeds test-elevated-access-audit-log
is "$(newest Sequence)" "$before"

# --- searching ---

t "each condition finds its records, all of them together what they share"
for case in '-Operations New-ElevatedAccessRequest=.Operations == "New-ElevatedAccessRequest"' \
    '-UserIds alice,bob=.UserIds == "alice" or .UserIds == "bob"' "-ObjectIds $id=.ObjectIds == \"$id\"" \
    '-RecordType Refusal=.RecordType == "Refusal"' '-FreeText fine=.AuditData | contains("fine")' \
    '-UserIds alice -RecordType Refusal=.UserIds == "alice" and .RecordType == "Refusal"'; do
	read -r -a words <<<"${case%%=*}"
	is "$(search-elevated-access-audit-log "${words[@]}" --json | jq -c 'map(.Sequence)')" \
	    "$(search-elevated-access-audit-log --json | jq -c "map(select(${case#*=})) | map(.Sequence)")" \
	    "${words[*]}"
	[[ $(search-elevated-access-audit-log "${words[@]}" --json | jq length) -gt 0 ]] || bad "nothing: ${words[*]}"
done

t "a range of time; an end date is meant whole"
today=$(date -u +%F)
yesterday=$(date -u -d yesterday +%F)
tomorrow=$(date -u -d tomorrow +%F)
all=$(newest Sequence)
is "$(search-elevated-access-audit-log -StartDate "$yesterday" -EndDate "$tomorrow" -o Id | wc -l)" "$all"
is "$(search-elevated-access-audit-log -EndDate "$yesterday" -o Id | wc -l)" 0
for what in search export; do
	path=()
	[[ $what != export ]] || path=(-Path "$work/period.jsonl")
	fails 64 ParameterArgumentTransformationError $what-elevated-access-audit-log "${path[@]}" \
	    -StartDate "$today" -EndDate "$yesterday"
	has "$err" "-EndDate $yesterday lies before -StartDate $today"
	[[ ! -e $work/period.jsonl ]] || bad "a file was made"
done
is "$(search-elevated-access-audit-log -StartDate "$tomorrow" -o Id | wc -l)" 0
is "$(search-elevated-access-audit-log -EndDate "${today}T00:00:00Z" -o Id | wc -l)" 0

t "one sees one's own records and those of what one sees"
is "$(as mallory search-elevated-access-audit-log --json | jq -r '[.[].UserIds] | unique | join(" ")')" mallory
has "$(as alice search-elevated-access-audit-log -ObjectIds "$id" -o Value -Property UserIds)" bob

# --- exporting ---

t "JSON Lines: the same objects, oldest first"
succeeds export-elevated-access-audit-log -Path "$work/log.jsonl"
is "$out" ''
is "$(jq -c . "$work/log.jsonl")" "$(search-elevated-access-audit-log -SortBy Sequence -o JsonLines | jq -c .)"
is "$(stat -c %a "$work/log.jsonl")" 600

t "sha256sum alone checks the chain of an export"
previous=$(printf '0%.0s' {1..64})
count=0
while IFS= read -r claimed && IFS= read -r data; do
	hash=$(printf '%s\n%s\n' "$previous" "$data" | sha256sum)
	is "$claimed" "$previous ${hash%% *}" "record $((count + 1))"
	previous=${hash%% *} count=$((count + 1))
done < <(jq -r '.PreviousHash + " " + .Hash, .AuditData' "$work/log.jsonl")
is "$count" "$all"
is "$previous" "$(test-elevated-access-audit-log -o Value -Property HeadHash)"

t "Csv: the same records, every field quoted"
succeeds export-elevated-access-audit-log -Path "$work/log.csv" -Format Csv
is "$(wc -l <"$work/log.csv")" $((all + 1))
is "$(head -n 1 "$work/log.csv" | tr -d '"\r')" \
    'Sequence,CreationDate,UserIds,Operations,ObjectIds,ResultStatus,RecordType,AuditData,PreviousHash,Hash'
# The sqlite3 shell reads RFC 4180 by itself.
is "$(sqlite3 :memory: '.mode csv' ".import '$work/log.csv' log" '.mode list' 'SELECT AuditData FROM log')" \
    "$(jq -r .AuditData "$work/log.jsonl")"

t "an existing file is refused, replaced with -Force, continued with -Append"
cp "$work/log.jsonl" "$work/kept.jsonl"
fails 73 FileExists export-elevated-access-audit-log -Path "$work/kept.jsonl"
has "$err" '-Force replaces it, -Append continues it'
fails 73 FileExists export-elevated-access-audit-log -Path "$work/kept.jsonl" -NoClobber
is "$(cat "$work/kept.jsonl")" "$(cat "$work/log.jsonl")"
succeeds export-elevated-access-audit-log -Path "$work/kept.jsonl" -Force -EndDate "$yesterday"
is "$(cat "$work/kept.jsonl")" ''
succeeds export-elevated-access-audit-log -Path "$work/kept.jsonl" -Append
succeeds export-elevated-access-audit-log -Path "$work/kept.jsonl" -Append -StartDate "$tomorrow"
is "$(cat "$work/kept.jsonl")" "$(cat "$work/log.jsonl")"

t "a file that cannot be made leaves nothing behind"
fails 74 OutputFailed export-elevated-access-audit-log -Path "$work/none/log.jsonl"
as mallory fails 73 FileExists export-elevated-access-audit-log -Path "$work/log.jsonl"
is "$(find "$work" -maxdepth 1 -name '*log.jsonl*' -printf '%f\n')" log.jsonl

t "an export is whole, however long the log is"
database long
must new-elevated-access-approver-group ops -Member bob
seq 1200 | sed 's/.*/{"RequestId":"none-&"}/' | as mallory deny-elevated-access-request >/dev/null 2>&1
for format in JsonLines Csv; do
	succeeds export-elevated-access-audit-log -Path "$work/long.$format" -Format $format
	is "$err" ''
done
is "$(wc -l <"$work/long.JsonLines")" "$(sqlite3 "$PAMLITE_DATABASE" 'SELECT count(*) FROM audit')"
is "$(wc -l <"$work/long.Csv")" "$(($(wc -l <"$work/long.JsonLines") + 1))"
(($(wc -l <"$work/long.JsonLines") > 1200)) || bad "the log is not as long as was meant"
database db

# --- tampering ---

# edited SQL: a copy of the database in which somebody with the file has worked; PAMLITE_DATABASE is it.
edited()
{
	local triggers

	database "edited"
	rm -rf "${PAMLITE_DATABASE%/*}"
	database "edited"
	cp "$work/db/pam-lite.db" "$PAMLITE_DATABASE"
	triggers=$(sqlite3 "$PAMLITE_DATABASE" "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger'")
	echo 'PRAGMA synchronous = OFF;' >"$work/sql"
	sqlite3 "$PAMLITE_DATABASE" "
	    SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'" >>"$work/sql"
	printf '%s\n%s\n' "$1" "$triggers" >>"$work/sql"
	sqlite3 "$PAMLITE_DATABASE" <"$work/sql" >"$work/said" || bad "the edit itself failed: $1"
}
# found SEQUENCE WHAT SQL: after that edit the check says no, and where.
found()
{
	edited "$3"
	run test-elevated-access-audit-log --json
	is "$status" 1 "$2"
	is "$(jq -r '.[] | [.Valid, .FirstBadSequence] | map(tostring) | join("|")' <<<"$out")" "false|$1" "$2"
	[[ -n $(jq -r '.[].Detail // ""' <<<"$out") ]] || bad "no word about what is wrong: $2"
	run test-elevated-access-audit-log -Quiet
	is "$status$out$err" 1 "$2"
	database db
}

t "the edits below are seen for what they change, not for being made"
edited 'SELECT 1;'
succeeds test-elevated-access-audit-log
succeeds test-elevated-access-audit-log -Path "$work/log.jsonl"
database db

t "a changed record is found"
flip="substr(data, 1, 99) || char(unicode(substr(data, 100, 1)) + 1) || substr(data, 101)"
found 5 'a flipped byte' "UPDATE audit SET data = $flip WHERE sequence = 5;"
found 1 'in the first' "UPDATE audit SET data = $flip WHERE sequence = 1;"
found "$all" 'in the last' "UPDATE audit SET data = $flip WHERE sequence = $all;"
found 5 'a blank at its end' "UPDATE audit SET data = data || ' ' WHERE sequence = 5;"
found 5 'a changed hash' "UPDATE audit SET hash = replace(hash, substr(hash, 1, 1),
    CASE substr(hash, 1, 1) WHEN 'a' THEN 'b' ELSE 'a' END) WHERE sequence = 5;"
for column in user operation object result record_type time; do
	found 5 "another $column beside the line" "UPDATE audit SET $column = 'x' WHERE sequence = 5;"
done

t "a deleted, swapped, inserted or renumbered record is found"
found 5 'deleted' 'DELETE FROM audit WHERE sequence = 5;'
found 1 'the first deleted' 'DELETE FROM audit WHERE sequence = 1;'
found 5 'swapped' 'UPDATE audit SET sequence = -5 WHERE sequence = 5; UPDATE audit SET sequence = 5 WHERE sequence = 6;
    UPDATE audit SET sequence = 6 WHERE sequence = -5;'
found 6 'inserted' "CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE sequence > 5;
    DELETE FROM audit WHERE sequence > 5;
    INSERT INTO audit SELECT sequence + 1, data, hash, time, user, operation, object, result, record_type FROM kept;
    INSERT INTO audit SELECT 6, data, hash, time, user, operation, object, result, record_type FROM audit
    WHERE sequence = 5;"
found "$all" 'renumbered' "UPDATE audit SET sequence = sequence + 1 WHERE sequence = $all;"
found 5 'deleted and closed up' "DELETE FROM audit WHERE sequence = 5;
    CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE sequence > 5; DELETE FROM audit WHERE sequence > 5;
    INSERT INTO audit SELECT sequence - 1, data, hash, time, user, operation, object, result, record_type FROM kept;"

t "from where one asks: -StartSequence"
edited "UPDATE audit SET data = $flip WHERE sequence = 5;"
succeeds test-elevated-access-audit-log -StartSequence 7 -o Value -Property FirstSequence,LastSequence,Valid
is "$out" "7"$'\t'"$all"$'\tTrue'
run test-elevated-access-audit-log -StartSequence 3 -o Value -Property FirstBadSequence
is "$status$out" 15
database db
succeeds test-elevated-access-audit-log -StartSequence $((all + 1)) -o Value -Property Records,Valid
is "$out" $'0\tTrue'
fails 64 ParameterArgumentTransformationError test-elevated-access-audit-log -StartSequence $((all + 2))
has "$err" "the log ends at record $all"

t "a cut tail and a recomputed chain disagree with an exported log"
edited "DELETE FROM audit WHERE sequence > $((all - 3));"
succeeds test-elevated-access-audit-log
run test-elevated-access-audit-log -Path "$work/log.jsonl" -o Value -Property FirstBadSequence
is "$status$out" "1$((all - 2))"
edited 'SELECT 1;'
{
	previous=$(printf '0%.0s' {1..64})
	while IFS= read -r sequence && IFS= read -r data; do
		((sequence != 5)) || data=${data/\"Pid\":/\"Pid\":1}
		previous=$(printf '%s\n%s\n' "$previous" "$data" | sha256sum)
		previous=${previous%% *}
		echo "UPDATE audit SET data = '${data//\'/\'\'}', hash = '$previous' WHERE sequence = $sequence;"
	done < <(jq -r '.Sequence, .AuditData' "$work/log.jsonl")
} >"$work/recomputed"
edited "$(cat "$work/recomputed")"
succeeds test-elevated-access-audit-log
run test-elevated-access-audit-log -Path "$work/log.jsonl" -o Value -Property FirstBadSequence
is "$status$out" 15
database db

t "an export that was changed is told from one that was not"
succeeds test-elevated-access-audit-log -Path "$work/log.jsonl"
sed '5s/"Pid\\":/"Pid\\":1/' "$work/log.jsonl" >"$work/forged.jsonl"
is "$(cmp -s "$work/log.jsonl" "$work/forged.jsonl" && echo same)" ''
run test-elevated-access-audit-log -Path "$work/forged.jsonl" -o Value -Property FirstBadSequence
is "$status$out" 15


# refused FILE: it is no export and no log, whatever else stands in it.
refused()
{
	fails 65 InvalidInputObject test-elevated-access-audit-log -Path "$1"
}
# altered SED: the export, with that done to it.
altered()
{
	sed "$1" "$work/log.jsonl" >"$work/altered.jsonl"
	cmp -s "$work/log.jsonl" "$work/altered.jsonl" && bad "nothing was changed: $1"
}

t "in an export there are whole records and nothing else, so that none of them can be passed over"
for edit in '5s/}$/,"Extra":{"a":1}}/' '5s/}$/,"Extra":1}/' '5s/"AuditData"/"Auditdata"/' '5s/"AuditData"/"Data"/' \
    '5s/"UserIds"/"Users"/' '5s/^/x/' '5s/^/[/' '5s/^/"/' '1s/^/Nov 21 text\n/' '5s/^/text\n/' '$s/$/\ntext/' \
    '5s/^/\xef\xbb\xbf/' '5s/.*/{}/' '5s/^/1 '"$(printf '0%.0s' {1..64})"'\n/' '5s/$/\x00/' \
    '5s/"UserIds":"[^"]*",//'; do
	altered "$edit"
	refused "$work/altered.jsonl"
done
fill=$(head -c 1100000 /dev/zero | tr '\0' ' ')
record=$(sed -n 5p "$work/log.jsonl")
for form in "${record%?},\"X\":\"$fill\"}" "$fill$record" "x$fill"; do
	{ head -n 4 "$work/log.jsonl"; printf '%s\n' "$form"; tail -n +6 "$work/log.jsonl"; } >"$work/altered.jsonl"
	refused "$work/altered.jsonl"
	{ echo "$form"; cat "$work/log.jsonl"; } >"$work/altered.jsonl"
	refused "$work/altered.jsonl"
done
altered '5s/}$/,/'
fails 65 InvalidJson test-elevated-access-audit-log -Path "$work/altered.jsonl"

t "what is missing between its first and its last record is told"
succeeds test-elevated-access-audit-log -Path "$work/log.jsonl" -o Value -Property Detail
is "$out" "export: $work/log.jsonl agrees up to record $all (the first is 1, lines: $all)"
altered '5,7d; 9d; 1d'
succeeds test-elevated-access-audit-log -Path "$work/altered.jsonl" -o Value -Property Detail
is "$out" "export: $work/altered.jsonl agrees up to record $all (the first is 2, lines: $((all - 5))), \
4 records are missing between the first and the last"
cat "$work/log.jsonl" >>"$work/altered.jsonl"
shuf "$work/altered.jsonl" >"$work/shuffled"
succeeds test-elevated-access-audit-log -Path "$work/shuffled" -o Value -Property Detail
lacks "$out" missing
altered 3d
succeeds test-elevated-access-audit-log -Path "$work/altered.jsonl" -o Value -Property Detail
has "$out" '1 record is missing'

# --- what was collected of it elsewhere ---

# collected FORM: on stdout what syslog was told of the records of $work/log.jsonl, as a log daemon or journalctl has
# written it, between lines of others.
collected()
{
	local name host iso=2026-11-21T18:32:30.123456+00:00 before after=''

	name=$(uname -n) host="Nov 21 18:32:30 $name"
	case $1 in
	anchor) jq -r '"\(.Sequence) \(.Hash)"' "$work/log.jsonl"; return ;;
	traditional) before="$host pam-lite[4711]: " ;;
	busybox) before="$host authpriv.notice pam-lite[4711]: " ;;
	rsyslog) before="$iso $name pam-lite[4711]: " ;;
	rfc5424) before="<85>1 $iso $name pam-lite 4711 - [x y=\"z]\"] " ;;
	journal)
		before='{"_UID":"990","SYSLOG_IDENTIFIER":"pam-lite","PRIORITY":"5","MESSAGE":"' after='"}'
		;;
	esac
	[[ $1 == journal ]] ||
	    echo "$host sshd[99]: Invalid user pam-lite: audit Sequence=1 Hash=$(printf '0%.0s' {1..64})"
	jq -r --arg before "$before" --arg after "$after" '"\($before)audit Sequence=\(.Sequence) Hash=\(.Hash) " +
	    "Operation=\(.Operations) Result=\(.ResultStatus)\($after)"' "$work/log.jsonl"
	[[ $1 == journal ]] ||
	    printf '%s\n' '' "$host kernel: \\xff" "$host pam-lite[1]: execution 5: its end" -- $'\x01\xff'
}
forms=(anchor traditional busybox rsyslog rfc5424 journal)

t "lines of syslog, as they are kept, bear witness like an export"
for form in "${forms[@]}"; do
	collected "$form" >"$work/told.$form"
	succeeds test-elevated-access-audit-log -Path "$work/told.$form" -o Value -Property Valid,Detail
	is "$out" "True"$'\t'"log lines: $work/told.$form agrees up to record $all (the first is 1, lines: $all)"
	feed test-elevated-access-audit-log -Path /dev/stdin -Quiet <"$work/told.$form"
	is "$status$out$err" 0
done
# Larger than what is compared at once, with a NUL and a line that is longer than any.
{
	head -c 3000000 /dev/zero | tr '\0' x
	printf '\n\0\n'
	for ((i = 0; i < 100; i++)); do
		cat "$work/told.anchor"
	done
} >"$work/large"
succeeds test-elevated-access-audit-log -Path "$work/large" -o Value -Property Detail
has "$out" "up to record $all (the first is 1, lines: $((100 * all)))"

t "an export as CSV cannot be checked, and it is said what can"
fails 65 InvalidInputObject test-elevated-access-audit-log -Path "$work/log.csv"
has "$err" "$work/log.csv is an export as CSV, which cannot be checked"
has "$err" 'JSON Lines can'
t "of a central log the lines of this host count"
wrong=$(printf '0%.0s' {1..64})
{
	cat "$work/told.traditional" "$work/told.rsyslog" "$work/told.rfc5424"
	echo "Nov 21 18:32:30 other.example.com pam-lite[4711]: audit Sequence=2 Hash=$wrong"
	echo "<85>1 2026-11-21T18:32:30Z other pam-lite 4711 - - audit Sequence=2 Hash=$wrong"
	echo "{\"_HOSTNAME\":\"other\",\"SYSLOG_IDENTIFIER\":\"pam-lite\",\"MESSAGE\":\"audit Sequence=2 Hash=$wrong\"}"
} >"$work/central"
succeeds test-elevated-access-audit-log -Path "$work/central" -o Value -Property Detail
has "$out" "(the first is 1, lines: $((3 * all))), lines of other hosts: 3"
echo "Nov 21 18:32:30 pam-lite[4711]: audit Sequence=2 Hash=$wrong" >>"$work/central"
run test-elevated-access-audit-log -Path "$work/central" -o Value -Property FirstBadSequence
is "$status$out" 12
echo "Nov 21 18:32:30 other pam-lite[4711]: audit Sequence=2 Hash=$wrong" >"$work/central"
refused "$work/central"
has "$err" "of this one are those of $(uname -n)"

t "an object that no log holds is not passed over"
for object in '{"Format":1}' '{"a":{}}' '[' '[{}]'; do
	{ cat "$work/told.anchor"; echo "$object"; } >"$work/central"
	refused "$work/central"
done
{ cat "$work/told.anchor"; echo "{\"Chain\":[],\"x\":\"$fill\"}"; } >"$work/central"
refused "$work/central"
{ cat "$work/told.anchor" "$work/log.jsonl"; } >"$work/central"
refused "$work/central"

t "only what is said of records from -StartSequence on counts"
succeeds test-elevated-access-audit-log -Path "$work/told.anchor" -StartSequence 7 -o Value -Property Detail
has "$out" "up to record $all (the first is 7, lines: $((all - 6)))"
head -n 3 "$work/told.anchor" >"$work/old"
succeeds test-elevated-access-audit-log -Path "$work/old" -StartSequence 7 -o Value -Property Detail
is "$out" "log lines: $work/old has no record from 7 on"
sed 's/^3 ./3 x/' "$work/old" >"$work/forged"
succeeds test-elevated-access-audit-log -Path "$work/forged" -StartSequence 4

# disagree SEQUENCE WHAT SQL: after that edit each form says no, from there on, in whatever order its lines are.
disagree()
{
	local form

	edited "$3"
	for form in "${forms[@]}"; do
		run test-elevated-access-audit-log -Path "$work/told.$form" -o Value -Property FirstBadSequence,Detail
		is "$status$out" "1$1"$'\t'"log lines: record $1 of $work/told.$form $2"
		shuf "$work/told.$form" >"$work/shuffled"
		run test-elevated-access-audit-log -Path "$work/shuffled" -o Value -Property FirstBadSequence
		is "$status$out" "1$1" "$form in another order"
	done
	database db
}

t "a cut tail and a recomputed chain disagree with them, from the lowest record on"
disagree $((all - 2)) 'is missing in the database' "DELETE FROM audit WHERE sequence > $((all - 3));"
disagree 5 'is not the one in the database' "$(cat "$work/recomputed")"
# Recomputed to half: the chain breaks behind what the lines know.
edited "$(sed -n 5,8p "$work/recomputed")"
run test-elevated-access-audit-log -o Value -Property FirstBadSequence
is "$status$out" 19
run test-elevated-access-audit-log -Path "$work/told.rsyslog" -o Value -Property FirstBadSequence
is "$status$out" 15
run test-elevated-access-audit-log -Path "$work/told.rsyslog" -StartSequence 9 -o Value -Property FirstBadSequence
is "$status$out" 19
database db

t "the append-only rule holds in the file itself"
run sqlite3 "$PAMLITE_DATABASE" 'DELETE FROM audit WHERE sequence = 5'
is "$status" 19
run sqlite3 "$PAMLITE_DATABASE" "UPDATE audit SET user = 'x'"
is "$status" 19

finish
