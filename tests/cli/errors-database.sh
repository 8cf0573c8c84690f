#!/bin/bash
# errors-database.sh - every error of the database, the caller and the machine, by every command that lists it

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

read_errors
setup_basic

# One command looks at the installation alone.
with_database=()
for command in "${commands[@]}"; do
	[[ $command == test-elevated-access-installation ]] || with_database+=("$command")
done
commands=("${with_database[@]}")
good=$PAMLITE_DATABASE

# Those that invoke has statuses of its own for, so that a task's are not mistaken.
status_for()
{
	expected=$2
	case $1:$2:$3 in
	invoke-*-task:77:Database* | invoke-*-task:69:Database* | invoke-*-task:75:Database*) expected=125 ;;
	invoke-*-task:77:*) expected=126 ;;
	invoke-*-task:*) expected=125 ;;
	esac
	expected=$(failure_of "$1" "$expected")
}

# provoke STATUS ID TEXT [CMD...]: by every command, run through CMD, on a copy that must stay as it is.
provoke()
{
	local wanted=$1 id=$2 text=$3 command

	shift 3
	for command in "${commands[@]}"; do
		if ! has_error "$command" "$id"; then
			bad "$command does not list $id"
			continue
		fi
		line "$command"
		status_for "$command" "$wanted" "$id"
		fails "$expected" "$id" "$@" "${words[@]}"
		has "$err" "$text"
	done
	[[ ! -e $work/exported && ! -e $work/reported ]] || bad "a file was written"
}

# spoiled NAME: work on a copy of the good database, alone in its directory.
spoiled()
{
	database "$1"
	cp "$good" "$PAMLITE_DATABASE"
}
# kept CMD...: CMD, after which the file is what it was.
kept()
{
	local before

	before=$(sha256sum <"$PAMLITE_DATABASE")
	"$@"
	[[ $(sha256sum <"$PAMLITE_DATABASE") == "$before" ]] || bad "the file was changed"
}

# --- somebody holds the lock for half a minute: begun here, looked at last ---

mkdir "$work/busy" "$work/busy.out"
cp "$good" "$work/busy/pam-lite.db"
cp "$good" "$work/busy/before"
mkfifo "$work/held"
flock "$work/busy/pam-lite.db.lock" sh -c 'echo held; exec sleep 60' >"$work/held" &
holder=$!
read -r _ <"$work/held"
begun=$EPOCHSECONDS
for command in "${commands[@]}"; do
	line "$command"
	PAMLITE_DATABASE=$work/busy/pam-lite.db "${words[@]}" -ErrorView Normal \
	    >"$work/busy.out/$command.out" 2>"$work/busy.out/$command.err" </dev/null &
	waiting[$!]=$command
done

t "no database is named"
unset PAMLITE_DATABASE
provoke 78 NotInstalled '-Database or PAMLITE_DATABASE'
provoke 78 NotInstalled '-Database or PAMLITE_DATABASE' env PAMLITE_DATABASE=System
t "an asserted name on the system database"
provoke 77 PrincipalRefused 'unset PAMLITE_PRINCIPAL' env PAMLITE_PRINCIPAL=bob

t "a missing file is not made by one who is not its owner, nor by any other command"
database missing
for command in "${commands[@]}"; do
	# Its place is what is restored to.
	[[ $command != restore-* ]] || continue
	line "$command"
	status_for "$command" 78 DatabaseNotFound
	fails "$expected" DatabaseNotFound as somebody "${words[@]}"
	has "$err" "$PAMLITE_DATABASE does not exist"
	has "$err" 'enable-elevated-access-control and new-elevated-access-approver-group make one'
done
is "$(ls "$work/missing")" ''
t "a missing directory"
export PAMLITE_DATABASE=$work/nowhere/pam-lite.db
provoke 78 DatabaseNotFound "$PAMLITE_DATABASE cannot be found"

t "an empty file stays one"
spoiled empty
: >"$PAMLITE_DATABASE"
kept provoke 78 DatabaseEmpty "$PAMLITE_DATABASE is an empty file"
has "$err" 'put back a backup'

t "another program's file"
spoiled foreign
printf 'This is a letter and no database.\n%0600d' 0 >"$PAMLITE_DATABASE"
kept provoke 78 DatabaseForeign ''
sqlite3 "$work/foreign/other" 'CREATE TABLE t (x)'
mv "$work/foreign/other" "$PAMLITE_DATABASE"
kept provoke 78 DatabaseForeign "$PAMLITE_DATABASE is not a pam-lite database"
rm "$PAMLITE_DATABASE"
mkdir "$PAMLITE_DATABASE"
fails 78 DatabaseForeign get-elevated-access-task
has "$err" "$PAMLITE_DATABASE is not a file"

t "a newer program's file"
spoiled newer
sqlite3 "$PAMLITE_DATABASE" 'PRAGMA user_version=1000'
kept provoke 78 DatabaseNewer "$PAMLITE_DATABASE was written by a newer pam-lite"

t "planted objects"
for plant in 'CREATE TRIGGER planted AFTER INSERT ON request BEGIN DELETE FROM policy; END' \
    'CREATE VIEW planted AS SELECT * FROM request' 'CREATE TABLE planted (x)' \
    'CREATE INDEX planted ON request (reason)' 'DROP INDEX policy_approver' \
    'DROP TRIGGER audit_no_update' 'ALTER TABLE request ADD COLUMN planted TEXT'; do
	spoiled planted
	sqlite3 "$PAMLITE_DATABASE" "$plant" || bad "cannot be planted: $plant"
	kept fails 78 DatabaseSchemaChanged get-elevated-access-request
	has "$err" "$PAMLITE_DATABASE holds tables, indexes, triggers or views that pam-lite did not make"
done
spoiled planted
sqlite3 "$PAMLITE_DATABASE" 'CREATE TRIGGER planted AFTER INSERT ON audit BEGIN DELETE FROM policy; END'
kept provoke 78 DatabaseSchemaChanged "$PAMLITE_DATABASE"

t "a file or directory that others can reach"
spoiled path
chmod 1777 "$work/path"
printf 'planted' >"$work/path/pam-lite.db-journal"
kept provoke 77 DatabasePathRefused 'others can write to its directory'
has "$err" 'mkdir -m 700'
is "$(<"$work/path/pam-lite.db-journal")" planted
chmod 770 "$work/path"
fails 77 DatabasePathRefused get-elevated-access-task
chmod 700 "$work/path"
chmod 620 "$PAMLITE_DATABASE"
fails 77 DatabasePathRefused get-elevated-access-task
has "$err" 'others can write to it'
chmod 600 "$PAMLITE_DATABASE"
ln "$PAMLITE_DATABASE" "$work/path/second"
fails 77 DatabasePathRefused get-elevated-access-task
has "$err" 'hard links'
rm "$work/path/second"
ln -s pam-lite.db "$work/path/link"
fails 77 DatabasePathRefused get-elevated-access-task -Database "$work/path/link"
has "$err" 'symbolic link'
fails 77 DatabasePathRefused enable-elevated-access-control -AdminGroup x -Database "$work/path/"
has "$err" 'not the name of a file'
ln -s nothing "$work/path/dangling"
fails 77 DatabasePathRefused enable-elevated-access-control -AdminGroup x -Database "$work/path/dangling"
[[ ! -e $work/path/nothing ]] || bad "a database was made behind a link"

if ((EUID == 0)); then
	t "somebody else's file or directory"
	chown 54321 "$PAMLITE_DATABASE"
	kept fails 77 DatabasePathRefused get-elevated-access-task
	has "$err" 'it belongs to somebody else'
	chown 0 "$PAMLITE_DATABASE"
	chown 54321 "$work/path"
	kept fails 77 DatabasePathRefused get-elevated-access-task
	has "$err" 'its directory belongs to somebody else'
	chown 0 "$work/path"
else
	skip "somebody else's file or directory" 'only root can give a file away'
fi

t "a truncated file"
spoiled damaged
truncate -s $(($(stat -c %s "$good") / 2)) "$PAMLITE_DATABASE"
kept provoke 74 DatabaseDamaged "$PAMLITE_DATABASE"
t "a file with a spoiled page"
cp "$good" "$PAMLITE_DATABASE"
printf '\377%.0s' {1..4000} | dd of="$PAMLITE_DATABASE" bs=1 seek=100 conv=notrunc status=none
kept provoke 74 DatabaseDamaged ''

t "a lock file that cannot be opened"
spoiled unreachable
mkdir "$PAMLITE_DATABASE.lock"
kept provoke 69 DatabaseUnreachable "$PAMLITE_DATABASE.lock cannot be opened"
rmdir "$PAMLITE_DATABASE.lock"
ln -s "$good" "$PAMLITE_DATABASE.lock"
kept fails 69 DatabaseUnreachable get-elevated-access-task

# ours CMD...: in a mount namespace of our own.
ours()
{
	unshare -m --propagation private "$@"
}
if ((EUID == 0)) && ours true 2>"$stderr"; then
	t "a read-only file system: reading works, writing says so"
	spoiled readonly
	: >"$PAMLITE_DATABASE.lock"
	cat >"$work/readonly.sh" <<'END'
mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99
shift
exec "$@"
END
	run ours sh "$work/readonly.sh" "$work/readonly" get-elevated-access-task -OutputFormat Id
	is "$status" 0
	is "$out" 'Linux\touch'
	kept fails 69 DatabaseUnreachable ours sh "$work/readonly.sh" "$work/readonly" \
	    new-elevated-access-approver-group -Name other
	has "$err" "$PAMLITE_DATABASE"

	t "a full disk: nothing is changed, and it works again when there is room"
	mkdir "$work/full"
	cat >"$work/full.sh" <<'END'
mount -t tmpfs -o size=400k,mode=700 pam-lite-test "$1/full" || exit 99
cp "$1/db/pam-lite.db" "$1/full/" && export PAMLITE_DATABASE="$1/full/pam-lite.db"
cp "$PAMLITE_DATABASE" "$1/full.before"
dd if=/dev/zero of="$1/full/filler" bs=1k status=none 2>/dev/null
shift
"$@"
status=$?
get-elevated-access-approver-group -OutputFormat Id >"$TMPDIR/full.groups" 2>&1
rm "$TMPDIR/full/filler"
new-elevated-access-approver-group -Name late -OutputFormat Value -Property Name >"$TMPDIR/full.late" 2>&1
test-elevated-access-audit-log -OutputFormat Value -Property Valid >>"$TMPDIR/full.late" 2>&1
exit $status
END
	export PAMLITE_DATABASE=$good
	fails 74 DatabaseInputOutput ours sh "$work/full.sh" "$work" \
	    new-elevated-access-approver-group -Name other -Member "$(printf 'm%d,' {1..400})last"
	is "$(wc -l <"$work/full.groups")" 1
	is "$(<"$work/full.late")" $'late\nTrue'
else
	skip "a read-only file system and a full disk" 'only root can mount'
fi

t "a limit on file sizes is an error, not a death"
spoiled limited
run bash -c 'ulimit -f 8; exec "$@"' - new-elevated-access-approver-group -Name other -ErrorView Normal
is "$status" 74
has "$err" 'DatabaseInputOutput,New-ElevatedAccessApproverGroup'
is "$(get-elevated-access-approver-group other -OutputFormat Id 2>&1 | grep -c 'does not exist')" 1

t "a disk that fails"
spoiled sick
# The search for leaks needs descriptors itself.
# shellcheck disable=SC2317
sick()
{
	FAILCALLS=$fault LD_PRELOAD=$BUILD/tests/failcalls.so \
	    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0:detect_leaks=0 "$@"
}
fault=disk
kept provoke 74 DatabaseInputOutput 'disk I/O error' sick

t "no descriptors are left"
fault=descriptors
kept provoke 71 OperatingSystemError 'Too many open files' sick

# The byte says how SQLite has written its schema: in a way that none has yet.
t "a fault of a library that is not foreseen"
spoiled future
printf '\x09' | dd of="$PAMLITE_DATABASE" bs=1 seek=47 conv=notrunc status=none
kept provoke 70 InternalError 'the database failed while being looked at: unsupported file format'

t "a user id without an account"
if unshare -U --map-user=54321 true 2>"$stderr"; then
	stranger=(unshare -U --map-user=54321)
else
	stranger=(setpriv --reuid=54321 --clear-groups)
fi
if "${stranger[@]}" get-elevated-access-task -Version >"$stdout" 2>"$stderr"; then
	kept provoke 77 UnknownCaller 'user id 54321 has no account' "${stranger[@]}"
else
	skip 'a user id without an account' 'neither a user namespace nor another user id is allowed here'
fi

t "a foreign program holds the database: five seconds"
spoiled foreign-lock
sqlite3 "$PAMLITE_DATABASE" 'BEGIN EXCLUSIVE;' '.shell echo held; sleep 20' 'ROLLBACK;' \
    >"$work/held" 2>"$work/held.err" &
other=$!
read -r _ <"$work/held"
kept fails 75 DatabaseBusy get-elevated-access-task
pkill -P "$other"
wait "$other" 2>/dev/null

t "everybody waits half a minute for the lock, in vain, and says what to do"
for pid in "${!waiting[@]}"; do
	command=${waiting[pid]}
	wait "$pid"
	status=$?
	status_for "$command" 75 DatabaseBusy
	is "$status" "$expected" "$command waited for the lock"
	err=$(<"$work/busy.out/$command.err")
	has "$err" "DatabaseBusy,$(cmdlet "$command")"
	has "$err" "$work/busy/pam-lite.db was busy"
	has "$err" 'lslocks'
	out=$(<"$work/busy.out/$command.out")
	is_unknown || is "$out" ''
	echo "$command DatabaseBusy" >>"$lib_seen"
done
lib_said=()
# The last of them has said so then; what was tested meanwhile may have taken longer.
waited=$(($(stat -c %Y "$work"/busy.out/*.err | sort -n | tail -n 1) - begun))
((waited >= 30 && waited < 50)) || bad "it took $waited seconds"
cmp -s "$work/busy/before" "$work/busy/pam-lite.db" || bad "a file was changed"
pkill -P "$holder"
kill "$holder" 2>/dev/null

finish
