# lib.bash - the words that command-line tests are written in
#
# A test script says its goal in its first line, sources this file, and ends with
# `finish`. It runs in a private directory of its own, with a database that does not
# exist yet in PAMLITE_DATABASE and nothing else of PAMLITE_* set.
# shellcheck shell=bash

set -u -o pipefail
shopt -s nullglob

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=$(cd "${BUILD:-$ROOT/build}" && pwd -P) || exit 1
BIN=${BIN:-$BUILD/bin}

for lib_name in "${!PAMLITE_@}"; do
	unset "$lib_name"
done
unset NO_COLOR COLUMNS TZ POSIXLY_CORRECT
export LC_ALL=C.UTF-8 TERM=dumb PATH="$BIN:$PATH"
umask 077

# Below build/ and not in /tmp: a private database is refused in a directory that others can write to.
mkdir -p "$BUILD/tests/tmp"
work=$(mktemp -d "$BUILD/tests/tmp/$(basename "$0" .sh).XXXXXX") || exit 1
cd "$work" || exit 1
export TMPDIR=$work

lib_state=$(mktemp -d "$BUILD/tests/tmp/state.XXXXXX") || exit 1
lib_seen=$BUILD/tests/errors.seen
lib_passed=0 lib_failed=0 lib_skipped=0 lib_test='' lib_bad=0

# database NAME: from here on work on $work/NAME/pam-lite.db, alone in its directory.
database()
{
	mkdir -p "$work/$1"
	export PAMLITE_DATABASE=$work/$1/pam-lite.db
}
database db

# --- tests ---

lib_close()
{
	[[ -n $lib_test ]] || return 0
	if ((lib_bad > 0)); then
		lib_failed=$((lib_failed + 1))
		echo "not ok - $lib_test"
	else
		lib_passed=$((lib_passed + 1))
		echo "ok - $lib_test"
	fi
	lib_test='' lib_bad=0
}

# t NAME: a test begins; it ends at the next one, and passes if no check failed.
t()
{
	lib_close
	lib_test=$1
}

# skip NAME WHY: a test that cannot be made here.
skip()
{
	lib_close
	lib_skipped=$((lib_skipped + 1))
	echo "skip - $1: $2"
}

# bad LINE...: the check has failed; says where in the script and how the last command ended.
bad()
{
	local depth=1

	while [[ ${BASH_SOURCE[depth]} == "${BASH_SOURCE[0]}" && -n ${BASH_SOURCE[depth + 1]:-} ]]; do
		depth=$((depth + 1))
	done
	lib_bad=$((lib_bad + 1))
	echo "# $(basename "$0"):${BASH_LINENO[depth - 1]}: $1"
	shift
	if (($# > 0)); then
		printf '%s\n' "$@" | sed '/^$/d; s/^/#     /'
	fi
}

# --- running commands ---

status=0 out='' err=''

# run CMD...: run it without input; $out, $err and $status are what came of it. The exact bytes
# of the two are in "$stdout" and "$stderr". `feed` is the same with the input of the call itself
# (<<EOF, <FILE), run_in FILE with that file.
stdout=$lib_state/stdout
stderr=$lib_state/stderr
feed()
{
	"$@" >"$stdout" 2>"$stderr"
	status=$?
	out=$(tr -d '\0' <"$stdout")
	err=$(tr -d '\0' <"$stderr")
	lib_said=("$@")
	return 0
}
run()
{
	feed "$@" </dev/null
}
run_in()
{
	local file=$1

	shift
	feed "$@" <"$file"
}
lib_said=()

# as NAME CMD...: act under another name. later OFFSET CMD...: with the wall clock ahead ("25h", "-10m").
as()
{
	local name=$1

	shift
	PAMLITE_PRINCIPAL=$name "$@"
}
later()
{
	local offset=$1

	shift
	[[ $offset == -* ]] || offset=+$offset
	# The library without its wrapper, whose semaphores are named by process ids that come again.
	[[ -n ${lib_faketime:-} ]] || lib_faketime=$(dpkg -L libfaketime | grep '/libfaketime\.so\.1$')
	FAKETIME=$offset FAKETIME_DONT_FAKE_MONOTONIC=1 LD_PRELOAD=$lib_faketime \
	    ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0 "$@"
}

# must CMD...: a step of the set-up; without it the rest of the script means nothing.
must()
{
	run "$@"
	if ((status != 0)); then
		bad "set-up failed with status $status: $*" "$err"
		exit 1
	fi
}

# --- checks ---

is()
{
	[[ $1 == "$2" ]] && return 0
	bad "${3:-not what was expected}${lib_said[0]:+, after: ${lib_said[*]}}" \
	    "is       $1" "expected $2" "${err:+stderr   $err}"
}
has()
{
	[[ $1 == *"$2"* ]] && return 0
	bad "does not have: $2${lib_said[0]:+, after: ${lib_said[*]}}" "$1"
}
lacks()
{
	[[ $1 != *"$2"* ]] && return 0
	bad "should not have: $2${lib_said[0]:+, after: ${lib_said[*]}}" "$1"
}
matches()
{
	[[ $1 =~ $2 ]] && return 0
	bad "does not match: $2${lib_said[0]:+, after: ${lib_said[*]}}" "$1"
}

# succeeds CMD...: status 0. succeeds_in FILE CMD... with input.
succeeds_in()
{
	run_in "$@"
	((status == 0)) || bad "status $status: ${*:2}" "$err"
}
succeeds()
{
	succeeds_in /dev/null "$@"
}

# cmdlet NAME: new-elevated-access-request is New-ElevatedAccessRequest.
cmdlet()
{
	sed -E 's/(^|-)([a-z])/\1\u\2/g; s/-/\n/; s/-//g; s/\n/-/' <<<"$1"
}

# To monitoring each failure is the same, and is told where the result would stand.
# failure_of COMMAND STATUS: with which status it ends; is_unknown: is $out that line alone?
failure_of()
{
	[[ $1 == get-elevated-access-status ]] && echo 3 || echo "$2"
}
is_unknown()
{
	[[ $out =~ ^PAMLITE\ UNKNOWN\ -\ [^|$'\n']+$ ]]
}

# fails STATUS ERRORID CMD...: exactly this status and error, nothing on stdout. A test that passes
# is noted, so that errors no test provokes can be told.
fails_in()
{
	local file=$1 expected=$2 id=$3 command='' word words=() view=(-ErrorView Normal) before=$lib_bad

	shift 3
	for word; do
		[[ -z $command && -n $word && -x $BIN/${word#"$BIN"/} ]] &&
		    command=$(basename "$(readlink -f "$BIN/${word#"$BIN"/}")")
		if [[ $word == -- ]]; then
			words+=("${view[@]}")
			view=()
		fi
		words+=("$word")
	done
	run_in "$file" "${words[@]}" "${view[@]}"
	expected=$(failure_of "$command" "$expected")
	! is_unknown || : >"$stdout"
	[[ $status == "$expected" ]] || bad "status $status, expected $expected: $*" "$err"
	[[ $err == *"FullyQualifiedErrorId : $id,$(cmdlet "$command")"* ]] || bad "error is not $id: $*" "$err"
	[[ ! -s $stdout ]] || bad "an error with output: $*" "$out"
	((lib_bad > before)) || echo "$command $id" >>"$lib_seen"
}
fails()
{
	fails_in /dev/null "$@"
}

# --- many commands at the same moment ---

# at_once: begin a race. racer NAME CMD...: one more process in it, which waits for the start.
# go: start them and wait for all; NAME.out, NAME.err and NAME.status in $race are what came of each.
race=$work/race
at_once()
{
	rm -rf "$race"
	mkdir "$race"
	: >"$race/barrier"
	exec {barrier}<"$race/barrier"
	flock -x "$barrier"
	racers=()
}
racer()
{
	local name=$1

	shift
	(
		exec {barrier}<"$race/barrier"
		flock -s "$barrier"
		exec {barrier}<&-
		"$@" >"$race/$name.out" 2>"$race/$name.err" </dev/null
		echo $? >"$race/$name.status"
	) &
	racers+=($!)
}
go()
{
	flock -u "$barrier"
	wait "${racers[@]}"
	exec {barrier}<&-
}

# statuses: how often each exit status was seen, as "49x75 1x0".
statuses()
{
	cat "$race"/*.status | sort | uniq -c | awk '{ printf "%s%sx%s", sep, $1, $2; sep = " " }'
}

# --- what most scripts begin and all end with ---

# Group ops (bob, dave) decides about Linux\touch, which makes the file it is given below $work/touched.
# shellcheck disable=SC1003
setup_basic()
{
	mkdir -p "$work/touched"
	must new-elevated-access-approver-group -Name ops -Member bob,dave
	must enable-elevated-access-control -AdminGroup ops
	must register-elevated-access-task 'Linux\touch' -Path /usr/bin/touch -ArgumentList '{file}' \
	    -Parameter "file=path:$work/touched"
	must new-elevated-access-approval-policy 'Linux\touch' -ApprovalType Manual -ApproverGroup ops
}

# grant REQUESTOR TASK [WORD...]: a request by REQUESTOR, approved by bob; $id is its identity.
grant()
{
	local who=$1

	shift
	must as "$who" new-elevated-access-request "$@" -Reason 'for a test' -o Id
	id=$out
	must as bob approve-elevated-access-request "$id" -Comment ok
}

# What must be true of a database whatever was done to it.
lib_identities()
{
	local copy=$lib_state/copy.db file

	[[ -e $PAMLITE_DATABASE ]] || return 0
	t "the audit chain of the database is whole"
	succeeds test-elevated-access-audit-log
	t "the database is sound"
	cp "$PAMLITE_DATABASE" "$copy"
	chmod 400 "$copy"
	is "$(sqlite3 -readonly "$copy" 'PRAGMA integrity_check; PRAGMA foreign_key_check' 2>&1)" ok
	t "nothing was left beside the database"
	for file in "$PAMLITE_DATABASE"?* "$(dirname "$PAMLITE_DATABASE")"/.[!.]*; do
		case $file in
		"$PAMLITE_DATABASE.lock" | "$PAMLITE_DATABASE.maintenance" | "$PAMLITE_DATABASE.sender" | \
		    "$PAMLITE_DATABASE.restore") ;;
		"$PAMLITE_DATABASE-journal") [[ ! -s $file ]] || bad "the journal is not empty" ;;
		*) bad "left behind: $file" ;;
		esac
	done
	is "$(find "$(dirname "$PAMLITE_DATABASE")" -mindepth 1 -not -name 'pam-lite.db*')" ''
}

finish()
{
	lib_close
	lib_said=()
	for lib_name in "${!PAMLITE_@}"; do
		unset "$lib_name"
	done
	cd "$work" || exit 1
	database db
	lib_identities
	lib_close
	rm -rf "$lib_state"
	((lib_failed > 0)) || rm -rf "$work"
	echo "$lib_passed passed, $lib_failed failed$( ((lib_skipped)) && echo ", $lib_skipped skipped")"
	exit $((lib_failed > 0))
}
