# errors.bash - what the tests of errors share: a working line for every command, and what a refusal must leave alone
# shellcheck shell=bash

absent=00000000-0000-4000-8000-000000000000

commands=("$BIN"/[a-z]*-*)
commands=("${commands[@]##*/}")

# A file to restore.
restorable()
{
	local path

	for path in "${PAMLITE_DATABASE:-}" "$work/db/pam-lite.db" "$work/saved" /dev/null; do
		[[ ! -r $path || -d $path ]] || break
	done
	echo "$path"
}

# A document that changes something.
importable()
{
	printf '{"Format": "pam-lite configuration", "Version": 1, "ApproverGroups": [{"Name": "imported"}]}' \
	    >"$lib_state/document"
	echo "$lib_state/document"
}

# line COMMAND [piped]: $words is that command with arguments that bind and do not ask;
# "piped" leaves out what comes from standard input.
# shellcheck disable=SC1003
line()
{
	local target=() rest=()

	case $1 in
	add-elevated-access-system-account) target=(svc) rest=(-Reason r) ;;
	remove-elevated-access-system-account) target=(svc) rest=(-Confirm:false) ;;
	approve-* | deny-* | stop-elevated-access-request | wait-*) target=("$absent") ;;
	show-elevated-access-execution) target=("$absent") ;;
	revoke-* | stop-elevated-access-execution) target=("$absent") rest=(-Confirm:false) ;;
	set-elevated-access-request) target=("$absent") rest=(-Reason r) ;;
	disable-*) rest=(-Confirm:false) ;;
	enable-*) rest=(-AdminGroup ops) ;;
	export-elevated-access-evidence) target=("$absent") rest=(-Path "$work/exported") ;;
	export-*) rest=(-Path "$work/exported") ;;
	show-elevated-access-report) rest=(-Path "$work/reported") ;;
	backup-*) rest=(-Path "$work/exported") ;;
	# What is wrong with the database is wrong with a backup, too.
	restore-*) rest=(-Path "$(restorable)" -Confirm:false) ;;
	import-*) rest=(-Path "$(importable)" -Confirm:false) ;;
	new-elevated-access-approval-policy) target=('Linux\other') rest=(-ApprovalType Manual) ;;
	set-elevated-access-approval-policy) target=('Linux\touch') rest=(-Description d) ;;
	remove-elevated-access-approval-policy) target=('Linux\touch') rest=(-Confirm:false) ;;
	new-elevated-access-approver-group) target=(other) ;;
	set-elevated-access-approver-group) target=(ops) rest=(-Description d) ;;
	remove-elevated-access-approver-group) target=(ops) rest=(-Confirm:false) ;;
	new-elevated-access-request) target=('Linux\touch') rest=(-Reason r) ;;
	register-*) target=('Linux\other') rest=(-Path /bin/true) ;;
	set-elevated-access-task) target=('Linux\touch') rest=(-Description d) ;;
	unregister-*) target=('Linux\touch') rest=(-Confirm:false) ;;
	invoke-elevated-access-task | test-elevated-access) target=('Linux\touch') ;;
	# Of a request that is none nobody is sent anything.
	send-*) rest=(-RequestId "$absent") ;;
	set-elevated-access-control) rest=(-RequireComment:false -Confirm:false) ;;
	esac
	[[ ${2:-} != piped ]] || target=()
	words=("$1" "${target[@]}" "${rest[@]}")
}

# unasked: $words without the answer to the question.
unasked()
{
	local word kept=()

	for word in "${words[@]}"; do
		[[ $word == -Confirm:false ]] || kept+=("$word")
	done
	words=("${kept[@]}")
}

# read_errors: what every command says about itself, kept below $work/describe, and the errors that it lists.
declare -A lib_errors
read_errors()
{
	local command

	mkdir "$work/describe"
	for command in "${commands[@]}"; do
		"$command" -Describe json >"$work/describe/$command"
		lib_errors[$command]=" $(jq -r '.Errors[].Id' "$work/describe/$command" | tr '\n' ' ')"
	done
}

# has_error COMMAND ID: whether it can fail like this. has_parameter COMMAND NAME: whether it has that parameter.
has_error()
{
	[[ ${lib_errors[$1]} == *" $2 "* ]]
}
has_parameter()
{
	grep -q "\"Name\":[[:blank:]]*\"$2\"" "$work/describe/$1"
}

# What is stored, but for the records of who tried what. A copy is looked at, with the rights of a reader.
contents()
{
	sqlite3 -readonly "$PAMLITE_DATABASE" .dump | grep -v '^INSERT INTO audit '
}

# refused STATUS ID TEXT CMD...: it fails so, tells TEXT, and changes nothing.
refused_in()
{
	local file=$1 expected=$2 id=$3 text=$4 before

	shift 4
	before=$(contents)
	fails_in "$file" "$expected" "$id" "$@"
	has "$err" "$text"
	[[ $(contents) == "$before" ]] || bad "a refusal changed something: $*"
}
refused()
{
	refused_in /dev/null "$@"
}
