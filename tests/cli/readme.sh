#!/bin/bash
# readme.sh - every command line of README.md runs, in order, in one shell and an empty home

. "$(dirname "$0")/lib.bash"

readme=$ROOT/README.md

# blocks LANGUAGE: the lines of all fenced blocks of that language.
blocks()
{
	awk -v fence="^\`\`\`$1\$" '$0 ~ fence { on = 1; next } /^```$/ { on = 0 } on' "$readme"
}

t "the two set-up lines install what they need and call make demo and make check"
feed blocks sh-setup
is "$(wc -l <"$stdout")" 2
is "$(sed 's/.*; //' "$stdout" | tr '\n' '|')" 'make demo|make check|'
is "$(sed 's/; make .*//' "$stdout" | sort -u | wc -l)" 1
has "$out" 'apt-get install -y git make'
while IFS= read -r line; do
	sh -n <<<"$line" || bad "not a line of sh: $line"
done <"$stdout"

t "there are no blocks of another kind"
# Those for people with accounts of their own are run by tests/setuid/readme.sh, the package's by
# tests/deb/package.sh.
is "$(grep '^```.' "$readme" | sort -u | tr '\n' ' ')" \
    '```sh ```sh-alice ```sh-bob ```sh-carol ```sh-package ```sh-root ```sh-setup '

t "every line of every block ends well"
blocks sh | sed "s|\$PWD/build/bin|$BIN|" >"$work/lines"
{
	printf '%s\n' 'set -e -o pipefail' 'trap '\''echo "failed: $BASH_COMMAND" >&2'\'' ERR'
	cat "$work/lines"
} >"$work/script"
mkdir "$work/home"
unset PAMLITE_DATABASE
cd "$ROOT" || exit 1
HOME=$work/home run bash "$work/script"
cd "$work" || exit 1
is "$status" 0
is "$err" ''
[[ -e $work/home/motd ]] || bad "the task has changed nothing"

t "the two ways to a record's hash agree"
is "$(tail -n 2 "$stdout" | cut -c 1-64 | sort -u | wc -l)" 1

t "its table names every command there is, and no other"
named=$(sed -n '/^## The commands/,/^Parameters/p' "$readme" | grep -o '`[a-z]*-[a-z*-]*`' | tr -d '`' |
    grep -v '^elevated-access$' | sed 's/\*/elevated-access/' | sort -u)
is "$named" "$(cd "$BIN" && printf '%s\n' [a-z]*-* | sort -u)"

t "it gives a reason for every package that make deps installs, and for no other"
named=$(sed -n '/^## What it needs/,/^## /s/^| \([a-z0-9, -]*\) |.*/\1/p' "$readme" | tr -d ' ' | tr ',' '\n' |
    grep -v '^-*$')
is "$(sort <<<"$named")" "$(make -C "$ROOT" --no-print-directory -n deps | tr ' ' '\n' | sed 1d | sort)"

finish
