#!/bin/bash
# errors-memory.sh - no command crashes or does half of its work when an allocation fails, whichever it is

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

library=$BUILD/tests/failmalloc.so
if [[ -n ${SANITIZED:-} ]]; then
	skip 'allocations that fail' 'a sanitizer allocates for itself'
	finish
fi
read_errors
setup_basic
touch "$work/touched/a"
as alice new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/a" -Reason r -o JsonLines \
    >"$work/object"
cp "$PAMLITE_DATABASE" "$work/before.db"

# poor CMD...: its allocation number $number fails.
number=0
poor()
{
	LD_PRELOAD=$library FAILMALLOC=$number "$@"
}

t "every command says that there is no memory"
for command in "${commands[@]}"; do
	line "$command"
	expected=71
	[[ $command != invoke-*-task ]] || expected=125
	for ((number = 1; number < 60; number++)); do
		run poor "${words[@]}" -ErrorView Normal
		[[ $err != *OutOfMemory,* ]] || break
		((status < 126)) || bad "status $status with allocation $number: ${words[*]}" "$err"
		cp "$work/before.db" "$PAMLITE_DATABASE"
	done
	fails "$expected" OutOfMemory poor "${words[@]}"
	has "$err" 'out of memory'
done
cmp -s "$work/before.db" "$PAMLITE_DATABASE" || bad "the database was written to"

# sweep FILE CMD...: fail allocations of the command in turn, the first and last hundred and a sample between (all
# with ALLOCATION_STEP=1). It succeeds all the same, or says so and has changed nothing; or what it did is done
# and only telling failed.
step=${ALLOCATION_STEP:-31}
sweep()
{
	local file=$1 total tried=0 refused=0

	shift
	cp "$work/before.db" "$PAMLITE_DATABASE"
	number=0
	FAILMALLOC_COUNT=$work/count run_in "$file" poor "$@"
	is "$status" 0
	total=$(<"$work/count")
	for ((number = 1; number <= total; number += number > 100 && number < total - 100 ? step : 1)); do
		cp "$work/before.db" "$PAMLITE_DATABASE"
		run_in "$file" poor "$@" -ErrorView Normal
		tried=$((tried + 1))
		((status != 0)) || continue
		refused=$((refused + 1))
		[[ $status:$err != 74:*'Cannot allocate memory'*OutputFailed,* ]] || continue
		if [[ $status != 71 || ($err != *'out of memory'* && $err != *'Cannot allocate memory'*) ]]; then
			bad "status $status when allocation $number of $total fails" "$err"
		fi
		if ! cmp -s "$work/before.db" "$PAMLITE_DATABASE"; then
			bad "a failure changed something, with allocation $number of $total" "$err"
		fi
		((lib_bad < 10)) || break
	done
	((tried > 100 && refused > 20)) || bad "only $refused of $tried failed"
}

t "each allocation of a writing command"
sweep /dev/null set-elevated-access-task 'Linux\touch' -Description 'makes a file'
t "each allocation of a decision that comes as an object"
sweep "$work/object" as bob approve-elevated-access-request -Comment ok
t "each allocation of a listing"
sweep /dev/null get-elevated-access-request -Filter "Reason -like 'r*' -and DurationHours -gt 1" -o Table -Property '*'
cp "$work/before.db" "$PAMLITE_DATABASE"

finish
