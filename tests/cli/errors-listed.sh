#!/bin/bash
# errors-listed.sh - the errors that commands list are the errors that the tests before this one have provoked

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

read_errors
touch "$lib_seen"
for command in "${commands[@]}"; do
	# A list of words, each a line.
	# shellcheck disable=SC2086
	read -ra ids <<<"${lib_errors[$command]}"
	printf "$command %s\n" "${ids[@]}"
done | sort -u >"$work/listed"
# Where no database is opened there is no library for a test to break.
echo 'test-elevated-access-installation InternalError' >>"$lib_seen"
sort -u "$lib_seen" >"$work/seen"

t "every listed error of every command was provoked"
is "$(comm -23 "$work/listed" "$work/seen")" ''

t "every provoked error is listed"
is "$(comm -13 "$work/listed" "$work/seen")" ''

t "an error means the same everywhere: one status but for a run and for monitoring, one category, one meaning"
jq -r '.Name as $name | .Errors[] | [.Id, .Category, .Meaning,
    (if [$name] | inside(["invoke-elevated-access-task", "get-elevated-access-status"]) then "" else .Status end)] |
    @tsv' "$work/describe"/* |
    sort -u | grep -v $'\t$' | cut -f 1 | uniq -d >"$work/twice"
is "$(<"$work/twice")" ''

t "every error that there is belongs to a command"
symbols=$(sed -n 's/^\tX([A-Z_]*, "\([A-Za-z]*\)".*/\1/p' "$ROOT/include/pamlite/error.h")
is "$(sort <<<"$symbols")" "$(cut -d ' ' -f 2 "$work/listed" | sort -u)"

finish
