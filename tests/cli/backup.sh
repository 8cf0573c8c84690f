#!/bin/bash
# backup.sh - a backup is whole whatever goes on meanwhile; what is restored is what was saved, with nothing open in it

. "$(dirname "$0")/lib.bash"

setup_basic
must set-elevated-access-control -ManagementGroup ops -Confirm:false
file=$work/touched/file
saved=$work/saved

# ask WHO: a request for Linux\touch by WHO; $id.
ask()
{
	must as "$1" new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason why -o Id
	id=$out
}
# content FILE: everything in it, as text.
content()
{
	sqlite3 -readonly "$1" .dump
}
# sound FILE: it is a database of ours in which nothing is wrong, looked at as a copy.
sound()
{
	mkdir -p "$work/looked"
	cp "$1" "$work/looked/at.db"
	chmod 600 "$work/looked/at.db"
	succeeds test-elevated-access-database -Database "$work/looked/at.db" -Full
	is "$(sqlite3 -readonly "$1" 'PRAGMA integrity_check; PRAGMA foreign_key_check')" ok
	rm -rf "$work/looked"
}
backup()
{
	succeeds backup-elevated-access-database -Path "$@"
	is "$out$err" ''
}
restore()
{
	succeeds restore-elevated-access-database -Path "$@" -Confirm:false
	is "$out" ''
}
# last PROPERTY: of the newest record of a restoring.
last()
{
	search-elevated-access-audit-log -Operations Restore-ElevatedAccessDatabase -ResultSize 1 -o Value \
	    -Property "$1"
}
kept()
{
	printf '%s\n' "$PAMLITE_DATABASE".before-restore-*Z | tail -n 1
}

# --- backup ---

t "a backup is the database, without a word, for its owner alone"
ask alice
backup "$saved"
is "$(stat -c %a "$saved")" 600
is "$(content "$saved")" "$(content "$PAMLITE_DATABASE")"
sound "$saved"
run backup-elevated-access-database -Path "$work/second" -Verbose
has "$err" "VERBOSE: the backup ends with record $(search-elevated-access-audit-log -ResultSize 1 -o Value \
    -Property Sequence), hash $(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Hash)"

t "an existing file is not replaced unasked, nor is what is no file"
fails 73 FileExists backup-elevated-access-database -Path "$saved"
fails 73 FileExists backup-elevated-access-database -Path "$saved" -NoClobber -Force
backup "$saved" -Force
mkdir "$work/folder"
mkfifo "$work/pipe"
ln -s "$saved" "$work/link"
for path in folder pipe link nowhere/new; do
	fails 74 OutputFailed backup-elevated-access-database -Path "$work/$path" -Force
done

t "the database itself is no place for its backup"
before=$(sha256sum <"$PAMLITE_DATABASE")
fails 64 ParameterArgumentTransformationError backup-elevated-access-database -Path "$PAMLITE_DATABASE" -Force
is "$(sha256sum <"$PAMLITE_DATABASE")" "$before"

t "it is for who may configure; a refusal is recorded and leaves no file"
as alice fails 77 AdministratorRequired backup-elevated-access-database -Path "$work/alice"
[[ ! -e $work/alice ]] || bad "a file was left"
is "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property UserIds,Operations,ResultStatus)" \
    $'alice\tBackup-ElevatedAccessDatabase\tRefused'
as bob succeeds backup-elevated-access-database -Path "$work/bob"

t "a database that is not sound is not saved as if it were"
spoil()
{
	database "$1"
	cp "$saved" "$PAMLITE_DATABASE"
	sqlite3 "$PAMLITE_DATABASE" "$2" || bad "cannot be spoiled: $2"
}
spoil chain "DROP TRIGGER audit_no_update; UPDATE audit SET data = replace(data, 'ops', 'opt') WHERE sequence = 1;
    CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END"
cp "$PAMLITE_DATABASE" "$work/bad.chain"
fails 74 AuditLogBroken backup-elevated-access-database -Path "$work/none"
has "$err" 'broken at record 1'
has "$err" 'test-elevated-access-database'
spoil rows "UPDATE request SET state = 'Approved', decided_at = created_at"
cp "$PAMLITE_DATABASE" "$work/bad.rows"
fails 74 DatabaseDamaged backup-elevated-access-database -Path "$work/none"
has "$err" 'an approved request has no grant'
spoil reference "PRAGMA foreign_keys = OFF; DELETE FROM approver_group"
cp "$PAMLITE_DATABASE" "$work/bad.reference"
fails 74 DatabaseDamaged backup-elevated-access-database -Path "$work/none"
has "$err" 'that is not there'
[[ ! -e $work/none ]] || bad "a file was left"
database db

t "200 writers and a listing at the same time as three backups: all succeed, and each backup is whole"
# Larger than what is read at a time.
sqlite3 "$PAMLITE_DATABASE" "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 20000)
    INSERT INTO system_account SELECT 'filler' || i, printf('%.300c', 'x'), NULL, NULL, 'x', i FROM c"
at_once
for i in {1..200}; do
	racer "w$i" as "user$i" new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason why
done
for i in 1 2 3; do
	racer "b$i" backup-elevated-access-database -Path "$work/race$i"
done
racer listing get-elevated-access-request -o Csv
go
is "$(statuses)" 204x0 "$(cat "$race"/*.err)"
for i in 1 2 3; do
	sound "$work/race$i"
	is "$(sqlite3 -readonly "$work/race$i" "SELECT (SELECT count(*) FROM request) = (SELECT count(*) FROM audit
	    WHERE operation = 'New-ElevatedAccessRequest' AND result = 'Success')")" 1
	rm "$work/race$i"
done
sqlite3 "$PAMLITE_DATABASE" "DELETE FROM system_account WHERE name GLOB 'filler*'; VACUUM"

t "killed in the middle it leaves nothing beside the database, and no half file under the name"
for i in {1..25}; do
	backup-elevated-access-database -Path "$work/killed" 2>/dev/null &
	pid=$!
	sleep "0.0$((RANDOM % 60 + 10))"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	[[ ! -e $work/killed ]] || sound "$work/killed"
	rm -f "$work/killed" "$work"/.killed.*
done
for left in "$PAMLITE_DATABASE".copy.*; do
	[[ ! -s $left ]] || bad "left behind: $left"
	rm "$left"
done

# --- restore ---

t "what a restoring ends: pending requests, live grants, mails that were not sent; the rest is as it was"
grant heidi 'Linux\touch' -Parameter "file=$file"
granted=$id
ask carol
pending=$id
must send-elevated-access-notification -WhatIf
backup "$saved" -Force
end=$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Sequence,Hash | tr '\t' ' ')
as heidi succeeds invoke-elevated-access-task 'Linux\touch' "file=$file"
must as bob deny-elevated-access-request "$pending" -Comment no
must new-elevated-access-approver-group -Name late
head=$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Sequence,Hash | tr '\t' ' ')
lost=$(content "$PAMLITE_DATABASE")
restore "$saved"
has "$err" "restored up to record ${end% *}; requests that were pending in the backup are canceled, grants revoked"
has "$err" "what was replaced ended with record ${head% *} and is kept in $(kept)"
is "$(get-elevated-access-request "$pending" -o Value -Property RequestStatus)" Canceled
is "$(get-elevated-access-authorization "$granted" -o Value -Property Revoked,RevocationComment,UseCount)" \
    $'True\tthe database was restored from a backup\t0'
as heidi fails 126 ElevatedAccessRequired invoke-elevated-access-task 'Linux\touch' "file=$file"
fails 66 ApproverGroupNotFound get-elevated-access-approver-group late
is "$(last AuditData | jq -r '.Parameters | [.BackupSequence, .BackupHash, .ReplacedSequence, .ReplacedHash] |
    join(" ")')" "$end $head"
is "$(last Sequence)" $((${end% *} + 1))
is "$(last RecordType)" Configuration
is "$(get-elevated-access-notification -Filter "LastError -eq 'the database was restored from a backup'" \
    -o Value -Property State | sort -u)" Failed
is "$(get-elevated-access-notification -State Queued -Filter "RequestIdentity -eq '$pending'" -o Value \
    -Property Kind)" Canceled
is "$(get-elevated-access-notification -State Queued -Filter "RequestIdentity -eq '$granted'" -o Value \
    -Property Kind)" Revoked
has "$(get-elevated-access-notification -State Queued -o Value -Property Kind)" Configuration
sound "$PAMLITE_DATABASE"

t "what was replaced is kept as it was, for the owner alone"
is "$(content "$(kept)")" "$lost"
is "$(stat -c %a "$(kept)")" 600
is "$(last AuditData | jq -r .Parameters.ReplacedFile)" "$(basename "$(kept)" | sed 's/^pam-lite.db.//')"
rm "$PAMLITE_DATABASE".before-restore-*

t "who knows lost records still says so, and is told of the restoring"
must as carol new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason lost -o Id
must export-elevated-access-audit-log -Path "$work/export.jsonl"
restore "$saved"
run test-elevated-access-audit-log -Path "$work/export.jsonl" -o Value -Property Valid,FirstBadSequence,Detail
is "$status" 1
is "$(cut -f 1,2 <<<"$out")" $'False\t'$((${end% *} + 1))
has "$out" "record $((${end% *} + 1)) tells of a backup that was restored"
rm "$PAMLITE_DATABASE".before-restore-*

t "it asks first; -WhatIf looks at everything and changes nothing"
before=$(sha256sum <"$PAMLITE_DATABASE")
fails 64 ConfirmationRequired restore-elevated-access-database -Path "$saved"
succeeds restore-elevated-access-database -Path "$saved" -WhatIf
has "$err" 'What if: Performing the operation "Restore-ElevatedAccessDatabase" on target "Database".'
fails 74 AuditLogBroken restore-elevated-access-database -Path "$work/bad.chain" -WhatIf
is "$(sha256sum <"$PAMLITE_DATABASE")" "$before"
is "$(kept)" ''

t "the owner restores, under his own name; nobody else, whatever he may configure; the refusal is recorded"
for who in bob alice; do
	as $who fails 77 AdministratorRequired restore-elevated-access-database -Path "$saved" -Confirm:false
	is "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property UserIds,Operations,ResultStatus)" \
	    "$who"$'\tRestore-ElevatedAccessDatabase\tRefused'
done

# --- what cannot be restored ---

# refused STATUS ID TEXT FILE: and the database is what it was.
refused()
{
	local before

	before=$(sha256sum <"$PAMLITE_DATABASE")
	fails "$1" "$2" restore-elevated-access-database -Path "$4" -Confirm:false
	has "$err" "$3"
	is "$(sha256sum <"$PAMLITE_DATABASE")" "$before" "$4"
	is "$(kept)" ''
	[[ ! -e $PAMLITE_DATABASE.restored ]] || bad "left behind: $PAMLITE_DATABASE.restored"
}
# variant NAME SQL: the saved one, changed.
variant()
{
	cp "$saved" "$work/$1"
	sqlite3 "$work/$1" "$2" >"$stdout" || bad "cannot be made: $1"
}
size=$(stat -c %s "$saved")

t "no database, or not one of ours"
: >"$work/empty"
refused 78 DatabaseEmpty "$work/empty is an empty file" "$work/empty"
echo 'a letter' >"$work/letter"
refused 78 DatabaseForeign "$work/letter is not a pam-lite database" "$work/letter"
sqlite3 "$work/foreign" 'CREATE TABLE t (x)'
refused 78 DatabaseForeign "$work/foreign is not a pam-lite database" "$work/foreign"
refused 78 DatabaseForeign '/dev/zero is not a pam-lite database' /dev/zero
refused 74 InputFailed "$work/absent cannot be read" "$work/absent"
refused 74 InputFailed 'Is a directory' "$work/folder"
variant newer 'PRAGMA user_version=1000'
refused 78 DatabaseNewer "$work/newer was written by a newer pam-lite" "$work/newer"
variant planted 'CREATE TRIGGER planted AFTER INSERT ON audit BEGIN DELETE FROM policy; END'
refused 78 DatabaseSchemaChanged "$work/planted holds tables, indexes, triggers or views" "$work/planted"
variant log 'PRAGMA journal_mode = WAL'
refused 78 DatabaseForeign 'was changed by another program (write-ahead log)' "$work/log"

t "damaged, shortened, lengthened, full of holes"
head -c $((size / 2)) "$saved" >"$work/short"
refused 74 DatabaseDamaged "$work/short is truncated" "$work/short"
head -c $((size - 1)) "$saved" >"$work/shorter"
refused 74 DatabaseDamaged "$work/shorter is truncated" "$work/shorter"
{ cat "$saved"; head -c 4096 /dev/zero; } >"$work/longer"
refused 74 DatabaseDamaged "$work/longer has more bytes than it says" "$work/longer"
head -c 100 "$saved" >"$work/header"
truncate -s 1T "$work/header"
refused 74 DatabaseDamaged "$work/header has more bytes than it says" "$work/header"
cp "$saved" "$work/huge"
printf '\377\377\377\377' | dd of="$work/huge" bs=1 seek=28 conv=notrunc status=none
truncate -s 17592186040320 "$work/huge" 2>"$stderr" || truncate -s 1T "$work/huge"
refused 74 DatabaseInputOutput 'there is no room' "$work/huge"
rm "$work/huge" "$work/header"
cp "$saved" "$work/holes"
fallocate -p -o $((size / 2 / 4096 * 4096)) -l 8192 "$work/holes" ||
    dd if=/dev/zero of="$work/holes" bs=4096 seek=$((size / 8192)) count=2 conv=notrunc status=none
refused 74 DatabaseDamaged 'is damaged' "$work/holes"
for kind in chain rows reference; do
	[[ $kind == chain ]] && id=AuditLogBroken || id=DatabaseDamaged
	refused 74 "$id" "$work/bad.$kind" "$work/bad.$kind"
done
cp "$saved" "$work/index"
root=$(sqlite3 -readonly "$saved" "SELECT rootpage FROM sqlite_schema WHERE name = 'request_created'")
page=$(sqlite3 -readonly "$saved" 'PRAGMA page_size')
other=$(sqlite3 -readonly "$saved" "SELECT rootpage FROM sqlite_schema WHERE name = 'task_created'")
dd if="$saved" of="$work/index" bs="$page" skip=$((other - 1)) seek=$((root - 1)) count=1 conv=notrunc status=none
refused 74 DatabaseDamaged 'is damaged' "$work/index"

t "a link to a backup, and one that comes through a pipe, are backups"
ln -sf "$saved" "$work/link"
restore "$work/link"
rm "$PAMLITE_DATABASE".before-restore-*
feed restore-elevated-access-database -Path /dev/stdin -Confirm:false < <(cat "$saved")
is "$status" 0 "$err"
sound "$PAMLITE_DATABASE"
rm "$PAMLITE_DATABASE".before-restore-*

# --- what can be replaced ---

t "in the place of nothing, of an empty file, of garbage, of a newer one"
for there in nothing empty garbage newer; do
	database "there.$there"
	case $there in
	empty) : >"$PAMLITE_DATABASE" ;;
	garbage) head -c 9000 /dev/urandom >"$PAMLITE_DATABASE" ;;
	newer) cp "$work/newer" "$PAMLITE_DATABASE" ;;
	esac
	before=$([[ $there == nothing ]] || sha256sum <"$PAMLITE_DATABASE")
	restore "$saved"
	has "$err" 'restored up to record'
	[[ $there == nothing ]] || has "$err" "what was replaced cannot be read and is kept in $(kept)"
	sound "$PAMLITE_DATABASE"
	is "$(last AuditData | jq .Parameters.ReplacedSequence)" null
	[[ $there == nothing ]] || is "$(sha256sum <"$(kept)")" "$before"
done

t "a journal that could not be played back goes with its file, and not into the new one"
hot()
{
	printf '\331\325\005\371\040\241\143\327%s' 'a journal' >"$PAMLITE_DATABASE-journal"
	sha256sum <"$PAMLITE_DATABASE-journal"
}
database there.journal
for there in nothing empty; do
	rm -f "$PAMLITE_DATABASE"*
	[[ $there == nothing ]] || : >"$PAMLITE_DATABASE"
	before=$(hot)
	restore "$saved"
	is "$(cat "$PAMLITE_DATABASE".before-restore-*-journal | sha256sum)" "$before"
	[[ ! -s $PAMLITE_DATABASE-journal ]] || bad "the journal is still there"
	sound "$PAMLITE_DATABASE"
done

t "a link, a folder, somebody else's directory are no place"
database there.wrong
ln -s "$saved" "$PAMLITE_DATABASE"
fails 77 DatabasePathRefused restore-elevated-access-database -Path "$saved" -Confirm:false
rm "$PAMLITE_DATABASE"
mkdir "$PAMLITE_DATABASE"
fails 78 DatabaseForeign restore-elevated-access-database -Path "$saved" -Confirm:false
rmdir "$PAMLITE_DATABASE"
chmod 777 "$work/there.wrong"
fails 77 DatabasePathRefused restore-elevated-access-database -Path "$saved" -Confirm:false
fails 78 DatabaseNotFound restore-elevated-access-database -Path "$saved" -Confirm:false \
    -Database "$work/nowhere/pam-lite.db"
database db

# --- while others are at work ---

t "readers and writers at work: all that was acknowledged is in one of the two, and nobody goes on in the old one"
restore "$saved"
rm "$PAMLITE_DATABASE".before-restore-*
ask erin
waited=$id
backup "$work/busy"
wait-elevated-access-request "$waited" -Timeout 60 >"$work/waited" 2>&1 &
waiter=$!
# One that approves one after the other, and has the old file open: it ends only when its pipe does.
mkfifo "$work/ids"
PAMLITE_PRINCIPAL=bob deny-elevated-access-request -Comment no -o Id <"$work/ids" >"$work/denied" 2>"$work/denied.err" &
denier=$!
exec {ids}>"$work/ids"
ask frank
echo "$id" >&$ids
for ((i = 0; i < 200; i++)); do
	[[ ! -s $work/denied ]] || break
	sleep 0.05
done
is "$(<"$work/denied")" "$id"
at_once
for i in {1..60}; do
	racer "w$i" as "other$i" new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason why -o Id
	((i % 6)) || racer "r$i" get-elevated-access-request -o Csv
done
racer restore restore-elevated-access-database -Path "$work/busy" -Confirm:false
go
is "$(statuses)" 71x0 "$(cat "$race"/*.err)"
sound "$PAMLITE_DATABASE"
sound "$(kept)"
for i in {1..60}; do
	id=$(<"$race/w$i.out")
	is "$(for db in "$PAMLITE_DATABASE" "$(kept)"; do
		sqlite3 -readonly "$db" "SELECT 1 FROM request WHERE id = '$id'"
	done)" 1 "a request is in neither, or in both"
done
ask grace
echo "$id" >&$ids
exec {ids}>&-
wait $denier
is "$?" 0 "$(<"$work/denied.err")"
is "$(get-elevated-access-request "$id" -o Value -Property RequestStatus)" Denied
wait $waiter
is "$?" 1 "the wait saw that its request was canceled"
rm "$PAMLITE_DATABASE".before-restore-*

t "two at once take turns, or the second is told"
at_once
for i in 1 2 3; do
	racer "r$i" restore-elevated-access-database -Path "$saved" -Confirm:false -ErrorView Normal
done
go
matches "$(statuses)" '^([123]x0|[12]x0 [12]x75)$'
sound "$PAMLITE_DATABASE"
rm "$PAMLITE_DATABASE".before-restore-*

t "killed at any moment it leaves the old one or the new one, and the next goes through"
for i in {1..25}; do
	restore-elevated-access-database -Path "$saved" -Confirm:false 2>/dev/null &
	pid=$!
	sleep "0.0$((RANDOM % 60 + 10))"
	kill -KILL $pid 2>/dev/null
	wait $pid 2>/dev/null
	succeeds test-elevated-access-database -Full -Quiet
	rm -f "$PAMLITE_DATABASE".before-restore-*
done
restore "$saved"
[[ ! -e $PAMLITE_DATABASE.restored ]] || bad "left behind"
rm "$PAMLITE_DATABASE".before-restore-*

# --- test ---

t "a sound database is one row; -Quiet says nothing"
run test-elevated-access-database --json
is "$status" 0
is "$(jq -c '.[] | [.Path, .Valid, .SchemaVersion]' <<<"$out")" "[\"$PAMLITE_DATABASE\",true,3]"
has "$out" 'audit records: '
succeeds test-elevated-access-database -Full -Quiet
is "$out$err" ''
as alice fails 77 AuditorRequired test-elevated-access-database

t "each thing that is wrong is a row, and the status 1"
# found FILE [WORD...]: what is said of it.
found()
{
	database found
	cp "$1" "$PAMLITE_DATABASE"
	chmod 600 "$PAMLITE_DATABASE"
	run test-elevated-access-database "${@:2}" -o Value -Property Valid,Detail
	is "$status" 1 "$err"
	lacks "$out" True
	database db
}
found "$work/bad.chain"
has "$out" 'the audit log is broken at record 1'
found "$work/bad.rows"
has "$out" 'an approved request has no grant: '
found "$work/bad.reference"
has "$out" 'names a row of approver_group that is not there'
found "$work/index" -Full
has "$out" 'request_created'
database found
cp "$saved" "$PAMLITE_DATABASE"
chmod 640 "$PAMLITE_DATABASE"
run test-elevated-access-database -o Value -Property Detail
is "$status" 1
has "$out" "$PAMLITE_DATABASE can be read or written by others: its mode should be 600"
run test-elevated-access-database -Quiet
is "$status$out$err" 1
database db

# --- disks ---

ours()
{
	unshare -m --propagation private "$@"
}
if ((EUID == 0)) && ours true 2>"$stderr"; then
	t "a full disk, here or there: no file, no change; and with room again it works"
	mkdir "$work/full"
	cat >"$work/full.sh" <<'END'
mount -t tmpfs -o size=8m,mode=700 pam-lite-test "$1/full" || exit 99
[ "$2" = there ] || { cp "$1/saved" "$1/full/pam-lite.db" && export PAMLITE_DATABASE="$1/full/pam-lite.db"; }
: >"$PAMLITE_DATABASE.lock"
: >"$PAMLITE_DATABASE.restore"
dd if=/dev/zero of="$1/full/filler" bs=1k status=none 2>/dev/null
before=$(sha256sum <"$PAMLITE_DATABASE")
case $2 in
there) backup-elevated-access-database -Path "$1/full/out" -ErrorView Normal ;;
here) backup-elevated-access-database -Path "$1/out" -ErrorView Normal ;;
back) restore-elevated-access-database -Path "$1/saved" -Confirm:false -ErrorView Normal ;;
esac
echo "status $?"
ls -A "$1/full" | grep -v '^filler$\|^pam-lite\.db\(\.lock\|\.restore\|-journal\)\?$'
ls "$1/out" 2>/dev/null
[ "$(sha256sum <"$PAMLITE_DATABASE")" = "$before" ] || echo 'changed'
rm "$1/full/filler"
backup-elevated-access-database -Path "$1/full/out" && test-elevated-access-database -Quiet || echo 'not mended'
END
	for where in there here back; do
		run ours sh "$work/full.sh" "$work" $where
		is "$out" 'status 74' "$where"
		matches "$err" 'OutputFailed|DatabaseInputOutput'
	done

	t "a read-only file system: there is no room for a copy, which is said"
	cat >"$work/readonly.sh" <<'END'
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99
shift
exec "$@"
END
	fails 69 DatabaseUnreachable ours sh "$work/readonly.sh" "$work/db" \
	    backup-elevated-access-database -Path "$work/out"
	fails 69 DatabaseUnreachable ours sh "$work/readonly.sh" "$work/db" \
	    restore-elevated-access-database -Path "$saved" -Confirm:false
else
	skip "full and read-only disks" 'only root can mount'
fi

finish
