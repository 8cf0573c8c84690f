#!/bin/bash
# describe.sh - every command has the parameters, properties and links that the contract names, and says so itself

. "$(dirname "$0")/lib.bash"

# Two tables. Command, parameters (! mandatory, 0 positional, < from a pipe) and what it returns; H: it asks
# before it acts. After the empty line: type and properties in their order; * is a column of the default table.
commands=$(sed '/^$/,$d' "$ROOT/tests/cli/describe.lines")
objects=$(sed '1,/^$/d' "$ROOT/tests/cli/describe.lines")

names=$(sed 's/|.*//; s/^H //; /^$/d' <<<"$commands")

t "the commands are those of the contract, each with its PowerShell name beside it"
is "$(cd "$BIN" && find . -maxdepth 1 -type f -printf '%f\n' | sort)" "$(sort <<<"$names")"
is "$(cd "$BIN" && find . -maxdepth 1 -type l -printf '%f %l\n' | sort)" \
    "$(for name in $names; do echo "$(cmdlet "$name") $name"; done | sort)"

mkdir "$work/described"
t "--describe=json is one JSON object, under both names, without a database"
for name in $names; do
	run "$name" --describe=json
	is "$status$err" 0 "$name"
	cp "$stdout" "$work/described/$name"
	is "$(jq -r '[type, .Name, .Cmdlet] | join(" ")' "$stdout")" "object $name $(cmdlet "$name")"
	is "$("$(cmdlet "$name")" --describe=json 2>&1)" "$out" "$name"
done

t "its parameters are those of the contract"
while IFS='|' read -r name parameters returns; do
	[[ -n $name ]] || continue
	name=${name#H }
	is "$(jq -r '[.Parameters[] | .Name + (if .Mandatory then "!" else "" end) +
	    (if .Position == 1 then "0" else "" end) + (if .FromPipe then "<" else "" end)] | join(" ")' \
	    "$work/described/$name")" "$parameters" "$name"
	[[ -z $returns ]] || is "$(jq -r .Output.Type "$work/described/$name")" "$returns" "$name"
done <<<"$commands"

t "each object has the properties of the contract, in their order"
while IFS='|' read -r type properties; do
	[[ -n $type ]] || continue
	is "$(jq -rs --arg type "$type" '[.[] | select(.Output.Type == $type) | .Output.Properties |
	    map(.Name + (if .InTable then "*" else "" end)) | join(" ")] | unique | .[]' "$work"/described/*)" \
	    "$properties" "$type"
done <<<"$objects"

t "aliases and defaults that the contract names"
alias_of()
{
	jq -r --arg p "$2" '.Parameters[] | select(.Name == $p) | .Aliases | join(",")' "$work/described/$1"
}
for name in approve deny stop wait set; do
	is "$(alias_of "$name-elevated-access-request" RequestId)" Identity "$name"
done
is "$(alias_of get-elevated-access-request Identity)" RequestId
is "$(jq -r '.Parameters[] | select(.Default != null) | .Name + "=" + .Default' \
    "$work/described/wait-elevated-access-request" | head -n 1)" RequestStatus=Approved
has "$(jq -r '.Parameters[] | .Name + "=" + (.Default // "")' "$work/described/new-elevated-access-approval-policy")" \
    BindParameters=true

t "every parameter, property, error and status is explained"
is "$(jq -r '. as $c | (.Parameters + .CommonParameters + (.Output.Properties // []))[] |
    select((.Help // "") == "") | $c.Name + " " + .Name' "$work"/described/*)" ''
is "$(jq -r '. as $c | .Errors[] | select((.Meaning // "") == "" or (.Id | test("^[A-Z][A-Za-z]+$") | not)) |
    $c.Name + " " + .Id' "$work"/described/*)" ''
is "$(jq -r '. as $c | ([.ExitStatuses[].Status] | unique) as $s | .Errors[] | select([.Status] - $s != []) |
    "\($c.Name) \(.Id) \(.Status)"' "$work"/described/*)" ''
is "$(jq -rs '[.[].Errors[] | {Id, Category, Meaning}] | unique | group_by(.Id)[] | select(length > 1) | .[0].Id' \
    "$work"/described/*)" '' 'one id, one meaning'

t "common parameters: those that change something have -WhatIf and -Confirm, those that list -Filter"
for name in $names; do
	case $name in
	# One object, or always the same ones: there is nothing to choose from.
	get-elevated-access-control | get-elevated-access-status) expected= ;;
	get-* | search-*) expected='Filter ResultSize SortBy Descending ' ;;
	test-elevated-access) expected='WhatIf Confirm ' ;;
	test-* | wait-* | export-* | show-* | backup-*) expected= ;;
	*) expected='WhatIf Confirm ' ;;
	esac
	named=" $(jq -r '[.CommonParameters[].Name] | join(" ")' "$work/described/$name") "
	for each in WhatIf Confirm Filter ResultSize SortBy Descending; do
		if [[ " $expected" == *" $each "* ]]; then
			has "$named" " $each "
		else
			lacks "$named" " $each "
		fi
	done
	for each in Help Version Database OutputFormat ErrorAction Verbose Debug NonInteractive ErrorView; do
		# One looks at no database.
		[[ $name == test-elevated-access-installation && $each == Database ]] || has "$named" " $each "
	done
done

t "-Help and its other names print the same page on stdout; it names every parameter and two examples"
for name in $names; do
	run "$name" -Help
	is "$status$err" 0 "$name"
	page=$out
	for word in '-?' -h --help; do
		is "$("$name" "$word" 2>&1 </dev/null)" "$page" "$name $word"
	done
	for each in $(jq -r '.Parameters[].Name' "$work/described/$name"); do
		grep -qw -e "-$each" <<<"$page" || bad "$name -Help does not name -$each"
	done
	(($(sed -n '/^EXAMPLES/,$p' <<<"$page" | grep -c "$name") >= 2)) || bad "$name -Help has no two examples"
	is "$(awk 'length > 100' <<<"$page" | grep -v "^    .*$name")" '' "$name"
done

t "-Version prints name and version"
version=$(dpkg-parsechangelog -l "$ROOT/debian/changelog" -S Version)
for name in $names; do
	run "$name" -Version
	is "$status$err$out" "0$name (pam-lite) $version"
done

t "commands marked so ask by themselves: without a terminal they are refused and name -Confirm:false"
declare -A words=([remove-elevated-access-approver-group]=ops [remove-elevated-access-system-account]=robot
    [unregister-elevated-access-task]='Linux\touch' [remove-elevated-access-approval-policy]='Linux\touch'
    [set-elevated-access-control]='-RequestLifetimeHours:2' [restore-elevated-access-database]=-Path:/dev/null
    [import-elevated-access-configuration]=-Path:/dev/null
    [revoke-elevated-access-authorization]=11111111-1111-4111-8111-111111111111
    [stop-elevated-access-execution]=11111111-1111-4111-8111-111111111111)
setup_basic
sed -n 's/^H \([^|]*\).*/\1/p' <<<"$commands" >"$work/asking"
while read -r name; do
	fails 64 ConfirmationRequired "$name" ${words[$name]:+"${words[$name]}"}
	has "$err" '-Confirm:false'
done <"$work/asking"

finish
