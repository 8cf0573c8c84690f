#!/bin/bash
# man.sh - the manual: a page for every command that has all its table says, without a fault, and pages that exist
#
# What examples print is tests/setuid/man.sh's matter.

. "$(dirname "$0")/lib.bash"

pages=$BUILD/man
names=$(cd "$BIN" && find . -maxdepth 1 -type f -printf '%f\n' | sort)

t "every command has one page, in section 1 or 8, and its PowerShell name is a link to it"
for name in $names; do
	page=("$pages/man1/$name.1" "$pages/man8/$name.8")
	if [[ -e ${page[0]} && -e ${page[1]} || ! -e ${page[0]} && ! -e ${page[1]} ]]; then
		bad "$name has no page, or two"
		continue
	fi
	[[ -e ${page[0]} ]] || page=("${page[1]}")
	is "$(readlink "${page[0]%/*}/$(cmdlet "$name").${page[0]##*.}")" "${page[0]##*/}"
done
for page in man7/pam-lite.7 man5/pam-lite-json.5 man5/pam-lite-tasks.5 man3/libpam-lite.3; do
	[[ -f $pages/$page ]] || bad "$page is missing"
done
is "$(find "$pages" -mindepth 2 -type f | wc -l)" "$(find "$ROOT"/man -name '*.[1-8]' | wc -l)"

t "mandoc finds no fault"
is "$(mandoc -T lint -W warning "$pages"/man*/[a-z]* 2>&1)" ''

# What must stand in which section, as the table says: the section, a tab and the text.
expected()
{
	jq -r 'def in($section; $text): $section + "\t" + $text;
	    in("NAME"; .Name, .Cmdlet),
	    (.Parameters[] | in("SYNOPSIS"; "-" + .Name), in("PARAMETERS"; "-" + .Name, .Kebab, .Help)),
	    (.CommonParameters[] | in("COMMON PARAMETERS"; "-" + .Name, .Kebab)),
	    (.Output | select(.) | in("OUTPUT"; .Type, (.Properties[] | .Name, .Help))),
	    (.ExitStatuses[] | in("EXIT STATUS"; "\(.Status)")),
	    (.Errors[] | in("DIAGNOSTICS"; "\(.Id)(\(.Status),\(.Category))", .Meaning))'
}

t "a command's page has every parameter, property, error and status"
for page in "$pages"/man[18]/[a-z]*; do
	name=${page##*/}
	"${name%.*}" --describe=json | expected >"$work/expected"
	# Lines are filled, so spaces do not count.
	mandoc -T ascii "$page" | col -bx |
	    awk 'NR == FNR { at = /^[A-Z]/ ? $0 : at; gsub(/ /, ""); text[at] = text[at] tolower($0); next }
		{ split($0, part, "\t"); look = tolower(part[2]); gsub(/ /, "", look)
		  if (!index(text[part[1]], look)) print part[1] ": " part[2] }' - "$work/expected" >"$work/missing"
	is "$(cat "$work/missing")" '' "$name"
done

t "two examples are typed at least, in every page of a command"
for page in "$ROOT"/man/*.[18]; do
	(($(grep -cE '^(alice|bob|carol|dave|root)[$#] ' "$page") >= 2)) || bad "${page##*/} has no two examples"
done

t "what a page refers to is there, where it is ours"
grep -ho '^\.Xr .*' "$pages"/man*/[a-z]* | sed 's/\\-/-/g' | sort -u | while read -r _ name section _; do
	[[ $name != *elevated-access* && $name != *pam-lite* || -f $pages/man$section/$name.$section ]] ||
	    echo "$name($section)"
done >"$work/dangling"
is "$(cat "$work/dangling")" ''

t "the overview names every command, and every command the overview"
for name in $names; do
	grep -qE "^\.Xr ${name//-/\\\\?-} [18]" "$pages/man7/pam-lite.7" || bad "pam-lite(7) does not name $name"
done
is "$(grep -L '^\.Xr pam\\-lite 7' "$pages"/man[18]/[a-z]*)" ''

t "pam-lite-json(5) has every object and property, libpam-lite(3) every header"
mandoc -T ascii "$pages/man5/pam-lite-json.5" | col -bx >"$work/json"
for name in $names; do
	"$name" --describe=json
done | jq -r '.Output | select(.) | .Type, .Properties[].Name' | sort -u |
    while read -r word; do
	grep -qw -e "$word" "$work/json" || echo "$word"
    done >"$work/missing"
is "$(cat "$work/missing")" ''
is "$(cd "$ROOT/include" && printf '%s\n' pamlite/*.h)" \
    "$(sed -n 's/^\.It In //p' "$pages/man3/libpam-lite.3" | sort)"

t "the example of libpam-lite(3) does what it says"
awk '/^\.Bd -literal/ { on = 1; next } /^\.Ed/ { on = 0 } on' "$ROOT/man/libpam-lite.3" |
    sed 's/\\&//g; s/\\-/-/g; s/\\e/\\/g' | sed -n '\|^/\* unlock|,/^}$/p' >"$work/unlock.c"
succeeds cc -std=c11 -Wall -Wextra -Werror -I "$ROOT/include" -o "$work/unlock" "$work/unlock.c" \
    "$BUILD/libpam-lite.a" -lsqlite3 -lcjson -lsmartcols -lnettle -luuid -lm
database embedded
must new-elevated-access-approver-group -Name ops -Member bob
must enable-elevated-access-control -AdminGroup ops
must new-elevated-access-approval-policy 'Door\unlock' -ApprovalType Manual -ApproverGroup ops -MaxUses 1
run as alice "$work/unlock" "$PAMLITE_DATABASE"
is "$status $out" '1 no: NotAuthorized'
grant alice 'Door\unlock'
run as alice "$work/unlock" "$PAMLITE_DATABASE"
is "$status $out" '0 unlocked'
run as alice "$work/unlock" "$PAMLITE_DATABASE"
is "$status $out" '1 no: UsesExhausted'

finish
