# inject.bash - the words of tests that let system calls of a command fail, or kill it at one
#
# Sourced behind a lib.bash, for one process: what a command starts is not followed.
# shellcheck shell=bash

inject_log=$lib_state/injected

# ask SQL...: of the database, when no process has it any more.
ask()
{
	sqlite3 -readonly -cmd '.timeout 10000' "$PAMLITE_DATABASE" "$@"
}

# by_size SHORT NORMAL LONG: the one that TORTURE asks for.
by_size()
{
	case ${TORTURE:-short} in
	long) echo "$3" ;;
	normal) echo "$2" ;;
	*) echo "$1" ;;
	esac
}

# calls CMD...: each system call that the command makes, and how often, as "pread64 46".
calls()
{
	strace -qq -o "$inject_log" "$@" </dev/null >/dev/null 2>&1
	sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$inject_log" | sort | uniq -c | awk '{ print $2, $1 }'
}

# injected CALL N WHAT CMD...: the command, to whose Nth CALL that happens: signal=KILL, error=EIO. Fails if it
# did not come to it.
injected()
{
	local call=$1 n=$2 what=$3

	shift 3
	: >"$inject_log"
	{ run strace -qq -o "$inject_log" -e trace="$call" -e inject="$call:$what:when=$n" "$@"; } 2>/dev/null
	grep -q -e INJECTED -e 'killed by SIGKILL' "$inject_log"
}
