#!/bin/bash
# grammar.sh - how a command line and its input are read: commands.md 1 as a table of lines and what comes of them

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

read_errors
setup_basic
must new-elevated-access-approval-policy 'App\deploy' -ApprovalType Manual -MaxDurationHours 8
touch "$work/touched/a"
cp "$PAMLITE_DATABASE" "$work/before.db"

# plan JQ EXPECTED CMD...: what the command would make.
plan()
{
	local filter=$1 expected=$2

	shift 2
	run "$@" -WhatIf -o JsonLines
	is "$status" 0 "the line is refused"
	is "$(jq -c "$filter" <<<"$out")" "$expected"
}
# request JQ EXPECTED WORD..., list EXPECTED WORD...: a request, the ArgumentList of a task.
request()
{
	plan "$1" "$2" new-elevated-access-request 'App\deploy' "${@:3}"
}
list()
{
	plan .ArgumentList "$1" register-elevated-access-task 'App\x' -Path /bin/true "${@:2}"
}
# wrong ID TEXT CMD...: refused as wrong use, and says TEXT.
wrong()
{
	fails 64 "$1" "${@:3}"
	has "$err" "$2"
}
asks=(new-elevated-access-request 'App\deploy')
policy=(new-elevated-access-approval-policy 'App\x' -ApprovalType Manual)

t "names: colon, equals, kebab, any case"
for words in '-DurationHours 4' '-DurationHours:4' '--duration-hours 4' '--duration-hours=4' '-durationhours:4' \
    '-DURATIONHOURS 4' '--DurationHours=4' '-duration-hours 4' '-DurationHours=4' '--duration-hours:4'; do
	# shellcheck disable=SC2086
	request .DurationHours 4 -Reason r $words
done
request .Reason '"MiXed CaSe"' -rEASON 'MiXed CaSe'
plan .ApprovalType '"Auto"' new-elevated-access-approval-policy 'App\x' -approvaltype aUTO

t "a value keeps its colons and equals signs"
request .Reason '"a:b=c"' -Reason:a:b=c
request .Reason '"=x"' -Reason:=x
request .Reason '":x"' --reason=:x

t "abbreviations"
request .Reason '"r"' -Rea r
wrong AmbiguousParameter '-Role -RoleGroup -Reason.' "${asks[@]}" -r r
request .DurationHours 0.5 -Reason r -Duration PT30M
wrong AmbiguousParameter '-DurationHours -Duration.' "${asks[@]}" -Reason r -Dur 4
wrong AmbiguousParameter '-Ticket -Timeout.' "${asks[@]}" -Reason r -Ti 4
wrong AmbiguousParameter '-ErrorAction -ErrorView.' "${asks[@]}" -Reason r -E Stop
wrong AmbiguousParameter '-Version -Verbose.' "${asks[@]}" -Reason r -V
wrong NamedParameterNotFound 'did you mean -Reason?' "${asks[@]}" -Raeson r
wrong NamedParameterNotFound 'lists the parameters' "${asks[@]}" -Xyzzy r

t "an own parameter beats a common one, an alias is a name"
request .Parameters '{"a":"b"}' -Reason r -P a=b
request .RequestStatus '"Pending"' -Reason r -w
wrong MissingArgument "'Identity'" get-elevated-access-request -Identity
fails 66 RequestNotFound get-elevated-access-request -RequestId "$absent"
fails 66 RequestNotFound approve-elevated-access-request -Identity "$absent"
fails 66 RequestNotFound approve-elevated-access-request -Id "$absent"
run get-elevated-access-task -h
is "$status" 0
for word in '-?' -Help --help --Help -hel; do
	is "$(get-elevated-access-task "$word")" "$out"
done

t "positions"
plan .Name '"other"' new-elevated-access-approver-group other
plan .Name '"other"' new-elevated-access-approver-group -Member bob -Name other
plan .Name '"other"' new-elevated-access-approver-group -Description d other
wrong PositionalParameterNotFound "'second'" new-elevated-access-approver-group first second
wrong PositionalParameterNotFound "'second'" new-elevated-access-approver-group -Name first second
wrong PositionalParameterNotFound "'x'" get-elevated-access-control x

t "switches"
for word in -Mine -Mine:true -mine:TRUE '-Mine:$true' -Mine:1 -Mine:yes --mine=true -Mine:false -Mine:0 -Mine:NO \
    '-Mine:$False'; do
	run get-elevated-access-request "$word"
	is "$status" 0
done
id=$(as alice "${asks[@]}" -Reason r -o Id)
cp "$PAMLITE_DATABASE" "$work/before.db"
is "$(as bob get-elevated-access-request -Mine -o Id)" ''
is "$(as bob get-elevated-access-request -Mine:no -o Id)" "$id"
wrong EmptyValueNotAllowed '-Confirm:false' remove-elevated-access-approver-group ops -Confirm:
wrong EmptyValueNotAllowed '-Mine:false' get-elevated-access-request --mine=
wrong ParameterArgumentTransformationError 'true or false' get-elevated-access-request -Mine:maybe
for word in false true '$false' '$TRUE' False; do
	wrong PositionalParameterNotFound '-Confirm:false' remove-elevated-access-approver-group ops -Confirm "$word"
done

t "values that begin with a dash"
wrong MissingArgument "Missing an argument for parameter 'Reason'." new-elevated-access-request -Reason -Task \
    'App\deploy'
has "$err" '-Reason:-value'
wrong MissingArgument "'Reason'" "${asks[@]}" -Reason --whatif
wrong MissingArgument "'Reason'" "${asks[@]}" -Reason
request .Reason '"-x"' -Reason:-x
request .Reason '"-5 degrees"' -Reason '-5 degrees'
request .Reason '"-"' -Reason -
list '["-a","-b"]' -ArgumentList:-a,-b
list '["-5"]' -ArgumentList -5
list '["--"]' -ArgumentList:--

t "arrays in every form that a shell or pwsh hands over"
list '["a","b"]' -ArgumentList a,b
list '["a","b"]' -ArgumentList a, b
list '["a","b"]' -ArgumentList:a,b
list '["a","b"]' -ArgumentList:a, b
list '["a","b"]' --argument-list=a,b
list '["a","b","c"]' -ArgumentList a b c
list '["a","b","c"]' -ArgumentList a,b c
list '["a","b"]' -ArgumentList "@('a','b')"
list '["a","b"]' -ArgumentList "@('a', 'b')"
list '["a","b"]' -ArgumentList "@( 'a' , 'b' )"
list '["a","b"]' -ArgumentList '@("a","b")'
list '["a","b"]' -ArgumentList '@(a, b)'
list '["a","b"]' -ArgumentList "'a','b'"
list '["a","b"]' -ArgumentList "'a', 'b'"
list '["a","b"]' -ArgumentList "'a'," "'b'"
list '["ro,noexec"]' -ArgumentList "'ro,noexec'"
list '["-o","ro,noexec","x"]' -ArgumentList:-o,"'ro,noexec'",x
list '["it'\''s"]' -ArgumentList "'it''s'"
list '["it'\''s","b"]' -ArgumentList "it's,b"
list '["say \"a\"","b"]' -ArgumentList 'say "a",b'
list '["a b","c"]' -ArgumentList 'a b' c
list '["","b"]' -ArgumentList "'',b"
list '["{x}","a;b|c$d"]' -ArgumentList '{x},a;b|c$d' -Parameter x=word
plan .Member '["bob","dave"]' new-elevated-access-approver-group x -Member "@('bob', 'dave')"
wrong PositionalParameterNotFound "'b'" register-elevated-access-task 'App\x' -Path /bin/true -ArgumentList:a b
wrong ParameterAlreadyBound 'array syntax: -ArgumentList a,b' register-elevated-access-task 'App\x' -ArgumentList a \
    -ArgumentList b
wrong EmptyValueNotAllowed "'ArgumentList'" register-elevated-access-task 'App\x' -Path /bin/true -ArgumentList a,,b
wrong MissingArgument "'ArgumentList'" register-elevated-access-task 'App\x' -Path /bin/true -ArgumentList a,
wrong MissingArgument "'ArgumentList'" register-elevated-access-task 'App\x' -Path /bin/true -ArgumentList a, -Type Task
wrong ParameterArgumentTransformationError 'not closed' register-elevated-access-task 'App\x' -Path /bin/true \
    -ArgumentList "@('a'"
wrong ParameterArgumentTransformationError 'not closed' register-elevated-access-task 'App\x' -Path /bin/true \
    -ArgumentList "'a"
wrong NotSupportedInShell 'Add and Remove' set-elevated-access-approver-group ops -AddMember '@{Add="x"'

t "maps"
request .Parameters '{"a":"1","b":"x y"}' -Reason r -Parameter a=1,b='x y'
request .Parameters '{"a":"1","b":"2"}' -Reason r -Parameter a=1 b=2
request .Parameters '{"b":"2","opt":"ro,noexec"}' -Reason r -Parameter "opt='ro,noexec',b=2"
request .Parameters '{"opt":"ro,noexec"}' -Reason r -Parameter "'opt=ro,noexec'"
request .Parameters '{"a":""}' -Reason r -Parameter a=
request .Parameters '{"a":"b=c"}' -Reason r -Parameter a=b=c
wrong ParameterArgumentTransformationError 'name=value' "${asks[@]}" -Reason r -Parameter novalue
wrong ParameterArgumentTransformationError 'name=value' "${asks[@]}" -Reason r -Parameter =x

t "two dashes end the parameters"
run new-elevated-access-approver-group -WhatIf -o Value -Property Name -- other
is "$status:$out" 0:other
wrong ParameterArgumentTransformationError '"-Reason"' add-elevated-access-system-account -Reason r -- -Reason
wrong PositionalParameterNotFound "'-Verbose'" get-elevated-access-control -- -Verbose
must register-elevated-access-task 'App\say' -Path /bin/echo -ArgumentList 'said:,{a},{b}' -Parameter a=word,b=word
must new-elevated-access-approval-policy 'App\say' -ApprovalType Auto -BindParameters:false
must as alice new-elevated-access-request 'App\say' -Reason r
for words in '-- x y' 'a=x b=y' '-Parameter a=x,b=y' '-Parameter a=x b=y'; do
	# shellcheck disable=SC2086
	run as alice invoke-elevated-access-task 'App\say' $words
	is "$status:$out" '0:said: x y'
done
wrong TaskParameterInvalid "'App\\say'" as alice invoke-elevated-access-task 'App\say' -- -x --help
wrong TaskParameterInvalid "'App\\say'" as alice invoke-elevated-access-task 'App\say' -- -x --help -Reason
cp "$PAMLITE_DATABASE" "$work/before.db"

t "an empty identity is never everything"
for command in "${commands[@]}"; do
	name=$(jq -r 'first(.Parameters[] | select(.Position == 1) | .Name)' "$work/describe/$command")
	[[ -n $name && $name != Path ]] || continue
	line "$command" piped
	wrong EmptyValueNotAllowed "'$name'" "${words[@]}" ''
	wrong EmptyValueNotAllowed "'$name'" "${words[@]}" "-$name" ''
	wrong EmptyValueNotAllowed "'$name'" "${words[@]}" "-$name:"
done

t "an empty value clears what can be empty"
must set-elevated-access-approver-group ops -MailAddress ops@example.org -Description d
plan '[.MailAddress, .Description]' '[null,"d"]' set-elevated-access-approver-group ops -MailAddress ''
plan .MaxDurationHours null set-elevated-access-approval-policy 'App\deploy' -MaxDurationHours ''
wrong EmptyValueNotAllowed '-MailAddress '"''"' clears it' set-elevated-access-approver-group ops -MailAddress:
wrong EmptyValueNotAllowed "'ApprovalType'" set-elevated-access-approval-policy 'App\deploy' -ApprovalType ''
cp "$PAMLITE_DATABASE" "$work/before.db"

t "numbers are decimal digits"
plan .MinApprovals 12 "${policy[@]}" -MinApprovals 12
for value in 0 -1 +1 ' 1' '1 ' 0x1 1e1 1.0 1,0 ١ x 1001 18446744073709551617 -9223372036854775809; do
	wrong ParameterArgumentTransformationError "'MinApprovals'" "${policy[@]}" "-MinApprovals:$value"
done
for value in 0 -1 87601 2147483648 4294967297 9223372036854775807 9223372036854775808 -9223372036854775809; do
	wrong ParameterArgumentTransformationError 'whole hours from 1 to 87600' "${asks[@]}" -Reason r -DurationHours \
	    "$value"
done
request .DurationHours 8 -Reason r -DurationHours 8
fails 77 DurationExceeded "${asks[@]}" -Reason r -DurationHours 9
for value in PT4M59S PT0S PT 30M P1Y -PT1H PT1.5H PT; do
	wrong ParameterArgumentTransformationError 'at least 5 minutes' "${asks[@]}" -Reason r "-Duration:$value"
done

t "times"
later=(-Reason r -StartTimeUtc)
request .StartTimeUtc '"2028-02-29T23:59:59Z"' "${later[@]}" 2028-02-29T23:59:59Z
request .StartTimeUtc '"2028-12-31T22:00:00Z"' "${later[@]}" 2029-01-01T00:00:00+02:00
request .StartTimeUtc '"2029-01-01T05:30:00Z"' "${later[@]}" 2029-01-01T00:00:00-05:30
for value in 2100-02-29T00:00:00Z 2027-02-29T00:00:00Z 2028-13-01T00:00:00Z 2028-01-01T24:00:00Z 2028-01-01T00:60:00Z \
    2028-01-01T00:00:00 2028-01-01 '2028-01-01 00:00:00Z' 28-01-01T00:00:00Z 2028-01-01T00:00:00+25:00 now 1893456000; \
    do
	wrong ParameterArgumentTransformationError "'StartTimeUtc'" "${asks[@]}" "${later[@]}" "$value"
done
today=$(date -u +%F)
is "$(get-elevated-access-request -CreatedAfter "$today" -o Id | wc -l)" 2
is "$(get-elevated-access-request -CreatedAfter "$(date -u -d '1 day' +%F)" -o Id | wc -l)" 0
records=$(search-elevated-access-audit-log -o Id | wc -l)
is "$(search-elevated-access-audit-log -StartDate "$today" -EndDate "$today" -o Id | wc -l)" "$records"
is "$(search-elevated-access-audit-log -EndDate "$(date -u -d '-1 day' +%F)" -o Id | wc -l)" 0

t "task names: either slash, any case, printed with the backslash"
plan .RequestedAccess '"App\\deploy"' new-elevated-access-request App/deploy -Reason r
plan .RequestedAccess '"App\\deploy"' new-elevated-access-request 'aPP\DEPLOY' -Reason r
is "$(get-elevated-access-task linux/TOUCH -o Id)" 'Linux\touch'
is "$(get-elevated-access-task 'linux/t*' -o Id)" 'Linux\touch'
for name in Appdeploy 'App\' '\deploy' '1App\x' 'A_b\x' 'App\ x' 'App\.x' 'App\x\y' 'App\*' \
    "App\\$(printf 'x%.0s' {1..129})"; do
	wrong ParameterArgumentTransformationError 'Scope\Name' new-elevated-access-request "$name" -Reason r
done

t "every text parameter of every command refuses bytes that are no text"
bad_bytes=($'\xc0\x80' $'\xed\xa0\x80' $'\xf4\x90\x80\x80' $'\xff' $'\xe2\x82' $'a\e[2J' $'a\nb' $'a\x7f' $'\xc2\x9b')
# spoil COMMAND NAME VALUE SHARED: $words with that value for the parameter, and nothing that excludes it.
spoil()
{
	local i

	line "$1" ${4:+piped}
	for ((i = 1; i < ${#words[@]}; i++)); do
		if [[ ${words[i]} == "-$2" ]]; then
			words[i + 1]=$3
			return
		fi
	done
	words+=("-$2:$3")
}
for command in "${commands[@]}"; do
	target_set=$(jq -r 'first(.Parameters[] | select(.Position == 1) | .Set // "")' "$work/describe/$command")
	while IFS=$'\t' read -r name position set; do
		shared=
		[[ $position != 1 && ($set == 0 || $set != "$target_set") ]] || shared=1
		for value in "${bad_bytes[@]}"; do
			spoil "$command" "$name" "$value" "$shared"
			err=$("${words[@]}" 2>&1 </dev/null)
			is "$?" "$(failure_of "$command" 64)" "$command -$name"
			has "$err" "'$name'"
			[[ $err != *[$'\e\x7f']* ]] || bad "raw bytes in the message of $command -$name"
		done
	done < <(jq -r '.Parameters[] | select(.Type | IN("String", "Reason", "Account", "Task", "Enum", "List",
	    "EnumList", "Map", "OutputPath", "InputPath")) |
	    [.Name, .Position // 0, .Set // 0] | @tsv' "$work/describe/$command")
done

t "a reason is one line with content, of 2000 bytes at most"
for value in '' ' ' '   ' $'\u00a0'; do
	[[ $value != $'\u00a0' ]] || continue
	wrong EmptyValueNotAllowed "'Reason'" "${asks[@]}" -Reason "$value"
done
for value in $'a\nb' $'a\rb' $'a\tb' $'\e[2J' $'\e]52;c;eA==\a' $'a\a' $'\x9b2J' $'\u009b2J'; do
	wrong InvalidText "'Reason'" "${asks[@]}" -Reason "$value"
	is "$(tr -d '\n' <<<"$err" | LC_ALL=C grep -c $'[\x01-\x1f\x7f\x9b]')" 0
done
long=$(printf 'x%.0s' {1..2000})
request '.Reason | length' 2000 -Reason "$long"
wrong InvalidText 'longer than 2000 bytes' "${asks[@]}" -Reason "${long}x"
wrong InvalidText 'longer than 2000 bytes' "${asks[@]}" -Reason "$(head -c 65536 /dev/zero | tr '\0' x)"
wrong InvalidText 'longer than 2000 bytes' "${asks[@]}" -Reason "$(head -c 131000 /dev/zero | tr '\0' x)"
mapfile -t many < <(yes "$(printf 'y%.0s' {1..60})" | head -n 2000)
begun=$SECONDS
run bash -c 'ulimit -v "$0"; exec "$@"' "$([[ -n ${SANITIZED:-} ]] && echo unlimited || echo 65536)" \
    register-elevated-access-task 'App\x' -Path /bin/true -ArgumentList "${many[@]}" -WhatIf
[[ $status == 0 || $status == 64 ]] || bad "status $status" "${err:0:500}"
((SECONDS - begun < 2)) || bad "that took $((SECONDS - begun)) s"

t "filters that are too much"
begun=$SECONDS
for filter in "Reason -eq '$(head -c 65536 /dev/zero | tr '\0' x)'" \
    "$(printf '(%.0s' {1..1000})Reason -eq 'x'$(printf ')%.0s' {1..1000})" \
    "Reason -eq 'x'$(printf " -and Reason -eq 'x'%.0s" {1..1000})" "Reason -eq 'x" "Reason -eq" "-not" "()" \
    "Reason = 'x'" \
    "Reason -eq 'x' or 1" "Reason -eq 'x') -or (1 -eq 1" "Reason -eq x; DROP TABLE request"; do
	wrong InvalidFilter 'the filter' get-elevated-access-request "-Filter:$filter"
	((${#err} < 2000)) || bad "a message of ${#err} bytes"
done
((SECONDS - begun < 3)) || bad "that took $((SECONDS - begun)) s"

# input EXPECTED-ID: what stands in $work/input is refused as bad data.
input()
{
	fails_in "$work/input" 65 "$1" set-elevated-access-approver-group -Description d
}
t "objects that JSON, read strictly, does not have"
{ printf '{"Identity":"'; head -c 10485760 /dev/zero | tr '\0' x; printf '"}\n'; } >"$work/input"
input InvalidJson
{ printf '{"Identity":'; printf '[%.0s' {1..10000}; printf ']%.0s' {1..10000}; echo '}'; } >"$work/input"
input InvalidJson
while IFS= read -r line; do
	# shellcheck disable=SC2059
	printf "$line\n" >"$work/input"
	input InvalidJson
done <<'END'
{"Identity":"ops","Identity":"other"}
{"Identity":"ops","\\u0049dentity":"other"}
{"Identity":NaN}
{"Identity":"ops","x":1e400}
{"Identity":"\\ud800"}
{"Identity":"a\\u0000b"}
{"Identity":"ops"} garbage
{"Identity":"ops",}
{'Identity':'ops'}
{"Identity":"a\tb"}
\xef\xbb\xbf{"Identity":"ops"}
{"Identity":"\xff"}
{"Identity":01}
END

t "an array that ends badly: what came whole before is done, the rest is told"
for line in '[{"Identity":"ops"}' '[{"Identity":"ops"} {"Identity":"ops"}]'; do
	run_in /dev/stdin set-elevated-access-approver-group -Description x -o Id <<<"$line"
	is "$status" 1
	has "$err" 'object 2: '
	is "$(wc -l <"$stdout")" 1
done
cp "$PAMLITE_DATABASE" "$work/before.db"

t "objects whose text is refused where it comes from a command line too"
while IFS= read -r line; do
	echo "$line" >"$work/input"
	input InvalidInputObject
done <<'END'
{"Identity":"a\nb"}
{"Identity":"a\tb"}
{"Identity":"\u001b[2J"}
{"Identity":"a\u009bb"}
{"Identity":""}
{"Identity":{"a":"b"}}
{"Identity":["ops","x"]}
{"Other":"ops"}
END

t "what argv[0] says is neither used nor shown"
for name in "$(printf 'x%.0s' {1..5000})" '%n%n%s' /bin/sh approve-elevated-access-request '' -x; do
	run bash -c 'name=$1; shift; exec -a "$name" "$@"' - "$name" "$BIN/get-elevated-access-task" -NoSuch
	is "$status" 64
	is "$(head -n 1 "$stderr")" \
	    "get-elevated-access-task: A parameter cannot be found that matches parameter name 'NoSuch'."
done
is "$(bash -c 'exec -a approve-elevated-access-request "$0" -o Id' "$BIN/get-elevated-access-task" | wc -l)" 2

t "a program that is started with no arguments at all"
cat >"$work/bare.c" <<'END'
#include <unistd.h>
int main(int argc, char *argv[]) { char *none[] = { 0 }; (void)argc; return execve(argv[1], none, environ); }
END
if "${CC:-cc}" -D_GNU_SOURCE -o "$work/bare" "$work/bare.c" 2>"$stderr"; then
	for command in "${commands[@]}"; do
		PAMLITE_DATABASE=$work/none.db MARK=seen-nowhere run "$work/bare" "$BIN/$command"
		((status < 126)) || bad "status $status" "$err"
		lacks "$out$err" seen-nowhere
	done
else
	bad "no compiler" "$(<"$stderr")"
fi

t "none of all this has changed anything"
before=$(sqlite3 -readonly "$work/before.db" .dump | grep -v '^INSERT INTO audit ')
after=$(contents)
[[ $after == "$before" ]] || bad "the database has changed" "$(diff <(echo "$before") <(echo "$after"))"

finish
