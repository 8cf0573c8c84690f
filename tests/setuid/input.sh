#!/bin/bash
# input.sh - what a caller can write on a command line and send on a pipe, on the system database (security.md 5, D1)

. "$(dirname "$0")/lib.bash"

# The second phase reads its arguments once more, because anybody can call the gate: so what the binder of the
# first phase refuses is given to the gate by hand as well.

t "the users, tasks and policies of these tests"
fixture
asks=(as alice new-elevated-access-request 'L\ok')

# refused ID WORD...: a request of alice's with these words is 64 and changes nothing; typed, and at the gate.
refused()
{
	fails 64 "$1" "${asks[@]}" -Reason 'a reason' "${@:2}"
}
# hand STATUS ID COMMAND WORD...: alice calls the gate.
hand()
{
	run by_hand alice "$3" ErrorView=Normal "${@:4}"
	[[ $status == "$1" ]] || bad "status $status, expected $1: ${*:3}" "$err"
	[[ $err == *"FullyQualifiedErrorId : $2,"* ]] || bad "error is not $2: ${*:3}" "$err"
	is "$out" ''
}

# bad_reason VALUE ID: typed and by hand.
bad_reason()
{
	fails 64 "$2" "${asks[@]}" -Reason "$1"
	hand 64 "$2" new-elevated-access-request 'Task=L\ok' "Reason=$1"
	is "$(tr -d '\n' <<<"$err" | LC_ALL=C grep -c $'[\x01-\x1f\x7f\x80-\x9f]')" 0 "raw bytes in the message"
}

t "D1 row 1: a reason that is empty, or of blanks"
mark
bad_reason '' EmptyValueNotAllowed
bad_reason '   ' EmptyValueNotAllowed
same

t "D1 row 2: line breaks, tabs and NUL"
mark
for value in $'a\nb' $'a\rb' $'a\tb' $'\na' $'a\n'; do
	bad_reason "$value" InvalidText
done
for value in '\u0000' '\u000a' '\u001b[2J' '\u009b' '\ud800' '\udc00\ud800'; do
	printf '{"RequestId":"00000000-0000-4000-8000-000000000000","RequestVersion":"%s"}\n' "$value" >"$shared/input"
	run_in "$shared/input" as bob approve-elevated-access-request -ErrorView Normal
	is "$status" 65 "$value"
	printf '{"Task":"L\\\\ok%s"}\n' "$value" >"$shared/input"
	run_in "$shared/input" "${asks[@]:0:3}" -Reason why -ErrorView Normal
	is "$status" 65 "$value"
done
same

t "D1 row 3: what a terminal obeys"
mark
for value in $'\e[2J' $'\e]52;c;eA==\a' $'a\a' $'\x9b2J' $'\u009b2J' $'a\x7fb' $'a\u0085b'; do
	bad_reason "$value" InvalidText
done
same

t "D1 row 4: what hides text is kept as it is, and shown escaped"
fresh
hidden=$'a\u202eb\u2066c\u200bd\U000e0041e'
succeeds "${asks[@]}" -Reason "$hidden" -o Id
id=$out
for format in Table List Csv Value; do
	run as bob get-elevated-access-request "$id" -Property Reason -OutputFormat $format
	is "$status" 0
	for value in $'\u202e' $'\u2066' $'\u200b' $'\U000e0041'; do
		lacks "$out" "$value"
	done
done
run as bob get-elevated-access-request "$id"
has "$out" 'a\u{202e}b\u{2066}c\u{200b}d\u{e0041}e'
run as bob get-elevated-access-request "$id" --json
is "$(jq -r '.[0].Reason' <<<"$out")" "$hidden"
[[ $out != *$'\u202e'* ]] || bad "JSON has it raw"
terminal bob approve-elevated-access-request "$id" -Confirm
expect '\[Y\]'
send 'n\r'
terminal_end
has "$out" 'u{202e}'
lacks "$out" $'\u202e'
for value in $'\u202e' $'\u200b'; do
	run as alice new-elevated-access-request "L\\ok$value" -Reason why
	is "$status" 64
	lacks "$err" "$value"
done

t "D1 row 5: bytes that are not UTF-8, in every text of a request"
fresh
mark
for value in $'\xc0\x80' $'\xed\xa0\x80' $'\xf4\x90\x80\x80' $'\xff' $'\xe2\x82' $'a\xf0\x9f\x92'; do
	bad_reason "$value" InvalidText
	for name in Context Ticket ClientToken; do
		refused InvalidText "-$name" "$value"
		hand 64 InvalidText new-elevated-access-request 'Task=L\ok' Reason=why "$name=$value"
	done
	for command in approve deny stop; do
		run as bob $command-elevated-access-request 00000000-0000-4000-8000-000000000000 -Comment "$value"
		is "$status" 64
	done
	run as alice new-elevated-access-request "L\\$value" -Reason why
	is "$status" 64
	run by_hand alice new-elevated-access-request "Task=L\\$value" Reason=why
	is "$status" 64
	run as alice search-elevated-access-audit-log -FreeText "$value"
	is "$status" 64
	printf '{"Task":"L\\\\ok%s"}\n' "$value" >"$shared/input"
	run_in "$shared/input" "${asks[@]:0:3}" -Reason why
	is "$status" 65
done
same

t "D1 row 6: a reason of 2000 bytes, and longer ones; thousands of arguments"
long=$(printf 'x%.0s' {1..2000})
mark
for size in 2001 65536 131000; do
	bad_reason "$(head -c $size /dev/zero | tr '\0' x)" InvalidText
done
mapfile -t many < <(yes "$(printf 'y%.0s' {1..60})" | head -n 2000)
begun=${EPOCHREALTIME/./}
run as alice bash -c 'ulimit -v 65536; exec "$@"' - new-elevated-access-request 'L\ok' -Reason "${many[@]}"
is "$status" 64
run by_hand alice new-elevated-access-request 'Task=L\ok' Reason=why "${many[@]}"
is "$status" 64
((${EPOCHREALTIME/./} - begun < 2000000)) || bad "that took $((${EPOCHREALTIME/./} - begun)) us"
same
succeeds "${asks[@]}" -Reason "$long" -o Id
is "$(as alice get-elevated-access-request "$out" -Property Reason -o Value)" "$long"

t "D1 row 8: hours that are none"
fresh
mark
for value in 0 -1 2147483648 4294967297 9223372036854775807 9223372036854775808 -9223372036854775809 1.5 +1 0x4 \
    ' 4' 4h 87601; do
	refused ParameterArgumentTransformationError "-DurationHours:$value"
	hand 64 ParameterArgumentTransformationError new-elevated-access-request 'Task=L\ok' Reason=why \
	    "DurationHours=$value"
done
same

t "D1 row 9: the policy's maximum, and one hour more"
mark
fails 77 DurationExceeded "${asks[@]}" -Reason why -DurationHours 5
same
recorded 1 '"UserId":"alice".*"Operation":"New-ElevatedAccessRequest".*"ErrorId":"DurationExceeded"'
succeeds "${asks[@]}" -Reason why -DurationHours 4 -Property DurationHours -o Value
is "$out" 4

t "D1 row 11: a leap day, and one that is none"
fresh
mark
for value in 2100-02-29T00:00:00Z 2027-02-29T12:00:00Z 2028-02-30T00:00:00Z 2028-02-29T23:59:60Z 2028-02-29T24:00:00Z \
    1999-12-31T23:59:59Z 3000-01-01T00:00:00Z 2028-13-01T00:00:00Z 2028-02-29T23:59:59; do
	refused ParameterArgumentTransformationError -StartTimeUtc "$value"
	hand 64 ParameterArgumentTransformationError new-elevated-access-request 'Task=L\ok' Reason=why \
	    "StartTimeUtc=$value"
done
same
succeeds "${asks[@]}" -Reason why -StartTimeUtc 2028-02-29T23:59:59Z -Property StartTimeUtc -o Value
is "$out" 2028-02-29T23:59:59Z

t "D1 row 12: unknown, ambiguous, repeated and valueless parameters are named"
fresh
mark
while read -r error name words; do
	# shellcheck disable=SC2086
	fails 64 "$error" "${asks[@]}" $words
	has "$err" "$name"
done <<'END'
NamedParameterNotFound 'NoSuch' -Reason r -NoSuch x
AmbiguousParameter 'Dur' -Reason r -Dur 4
ParameterAlreadyBound 'Reason' -Reason r -Reason s
MissingArgument 'Reason' -Reason
MissingArgument 'Reason' -Reason -Ticket x
EmptyValueNotAllowed 'Confirm' -Reason r -Confirm:
MissingMandatoryParameter Reason -DurationHours 1
END

t "D1 row 12: the same at the gate, and words in no form"
while read -r error words; do
	# shellcheck disable=SC2086
	hand 64 "$error" new-elevated-access-request 'Task=L\ok' $words
done <<'END'
NamedParameterNotFound Reason=r NoSuch=x
NamedParameterNotFound Reason=r Reas=x
NamedParameterNotFound Reason=r =x
NamedParameterNotFound Reason=r -Ticket
ParameterAlreadyBound Reason=r Reason=s
ParameterAlreadyBound Reason=r Task=L\svc
MissingMandatoryParameter DurationHours=1
EmptyValueNotAllowed Reason=
END
# shellcheck disable=SC1003
for words in Reason "Reason=r Ticket" "Reason=r DurationHours" "Reason=r Parameter" "Reason=r Parameter=x" \
    "Reason=r Parameter==" "Reason=r Context" "Reason=r StartTimeUtc" "Reason=r Wait=perhaps" "Reason=r --help" \
    "Reason=r Help" "Reason=r Describe=json" "Reason=r Version" "Reason=r Database" "Reason=r OutputFormat" \
    "Reason=r OutputFormat=Nothing" "Reason=r Property" "Reason=r Property=NoSuch" "Reason=r ErrorAction" '' '\'; do
	# shellcheck disable=SC2086
	run by_hand alice new-elevated-access-request 'Task=L\ok' $words
	is "$status" 64 "$words"
	is "$out" '' "$words"
done
run by_hand alice new-elevated-access-request
is "$status" 64
same

t "D1 row 13: after -- nothing is an option"
fresh
grant alice
mark
run as alice invoke-elevated-access-task 'L\ok' -- -x --help -Reason
is "$status$out" 64
same
grant alice 'L\words'
mark
run as alice invoke-elevated-access-task 'L\words' -- -x --help -Reason
is "$status$out" 64
run as alice invoke-elevated-access-task 'L\words' -- -x b word
is "$status$out" 64
run as alice invoke-elevated-access-task 'L\words' -- 'a text; $(id)' b
is "$status$out" 64
run as alice invoke-elevated-access-task 'L\words' -- 'a text; $(id)' b word
is "$status" 0
is "$(jq -c .arguments <<<"$out")" "[\"$ok\",\"0\",\"a text; \$(id)\",\"b\",\"word\"]"
same_but_used=$(dbquery "SELECT count(*) FROM execution")
is "$same_but_used" 1

t "D1 row 15: filters that are too much"
fresh
mark
begun=${EPOCHREALTIME/./}
for filter in "Reason -eq '$(head -c 65536 /dev/zero | tr '\0' x)'" \
    "$(printf '(%.0s' {1..1000})Reason -eq 'x'$(printf ')%.0s' {1..1000})" \
    "Reason -eq 'x'$(printf " -and Reason -eq 'x'%.0s" {1..1000})" "Reason -eq 'x" \
    "Reason -eq x; DROP TABLE request"; do
	fails 64 InvalidFilter as alice get-elevated-access-request "-Filter:$filter"
	hand 64 InvalidFilter get-elevated-access-request "Filter=$filter"
done
((${EPOCHREALTIME/./} - begun < 5000000)) || bad "that took $((${EPOCHREALTIME/./} - begun)) us"
same

t "D1 row 16: JSON that is none"
mark
as_input()
{
	run_in "$shared/input" as bob approve-elevated-access-request -ErrorView Normal
	is "$status$out" 65 "$1"
	run_in "$shared/input" by_hand bob approve-elevated-access-request InputObject=-
	is "$status$out" 65 "$1 at the gate"
	((${#err} < 3000)) || bad "a message of ${#err} bytes"
}
{ printf '{"RequestId":"'; head -c 10485760 /dev/zero | tr '\0' x; printf '"}\n'; } >"$shared/input"
as_input "a string of 10 MiB"
{ printf '{"RequestId":'; printf '[%.0s' {1..10000}; printf ']%.0s' {1..10000}; echo '}'; } >"$shared/input"
as_input "depth 10000"
while IFS= read -r line; do
	# shellcheck disable=SC2059
	printf "$line\n" >"$shared/input"
	as_input "$line"
done <<'END'
{"RequestId":"x","RequestId":"y"}
{"RequestId":NaN}
{"RequestId":"x","x":1e400}
{"RequestId":"\\ud800"}
{"RequestId":"x"} garbage
\xef\xbb\xbf{"RequestId":"x"}
{"RequestId":"\xff"}
[{"RequestId":"x"
END
same

t "D1 row 18: without argv[0]"
mark
empty()
{
	# What the environment holds must not come out.
	run as alice env "LEAK=a secret of the environment" PATH=/usr/bin:/bin \
	    perl -e 'my %call = (x86_64 => 59, aarch64 => 221); chomp(my $m = `uname -m`); my $p = shift;
	        $ENV{LEAK} = "a secret of the environment"; syscall($call{$m} // exit(200), $p, 0, 0) ; exit 201' "$1"
	[[ $status == 64 || $status == 71 || $status == 78 || $status == 125 ]] || bad "status $status: $1" "$err"
	lacks "$out$err" secret
	run as alice env "LEAK=a secret of the environment" bash -c 'exec -a "" "$0"' "$1"
	[[ $status == 0 || $status == 64 || $status == 69 || $status == 71 || $status == 78 || $status == 125 ]] ||
	    bad "status $status: $1 as ''" "$err"
	lacks "$out$err" secret
}
for file in "$gate" "$runner" "$libexec/store"; do
	empty "$file"
	[[ $status != 0 ]] || bad "$file without a name did something"
done
for command in new-elevated-access-request approve-elevated-access-request invoke-elevated-access-task; do
	empty "$BIN/$command"
	is "$status" 64
done
for file in "$BIN"/*-elevated-access-*; do
	run as alice perl -e 'my %call = (x86_64 => 59, aarch64 => 221); chomp(my $m = `uname -m`); my $p = shift;
	    syscall($call{$m} // exit(200), $p, 0, 0); exit 201' "$file"
	((status < 128)) || bad "status $status: $file"
done
same

t "D1 row 19: whatever argv[0] is"
mark
for name in "$(head -c 5000 /dev/zero | tr '\0' n)" '%n%n%s%x' /bin/sh approve-elevated-access-request gate ''; do
	run as alice bash -c 'exec -a "$1" "$0" -NoSuch' "$BIN/get-elevated-access-request" "$name"
	is "$status" 64
	is "${err%%:*}" get-elevated-access-request
	run as alice bash -c 'exec -a "$1" "$0" -o Id' "$BIN/get-elevated-access-task" "$name"
	is "$status" 0
	is "$(wc -l <<<"$out")" 5
	for file in "$gate" "$runner"; do
		run as alice bash -c 'exec -a "$1" "$0" 1 2 3' "$file" "$name"
		[[ $status == 71 || $status == 64 || $status == 125 ]] ||
		    bad "status $status: $file as ${name:0:40}" "$err"
		is "${err%%:*}" pam-lite
		((${#err} < 300)) || bad "a message of ${#err} bytes"
	done
done
same

t "D1 row 20: output that cannot be written is told, and what was done is done"
fresh
run as alice bash -c 'exec "$@" >/dev/full' - new-elevated-access-request 'L\ok' -Reason full
is "$status" 74
id=$(as alice get-elevated-access-request -Mine -o Id)
has "$err" "$id"
is "$(wc -l <<<"$id")" 1
run as alice bash -c 'exec "$@" >&-' - new-elevated-access-request 'L\svc' -Reason closed
is "$status" 74
id=$(as alice get-elevated-access-request -Mine -Filter "RequestedAccess -eq 'L\\svc'" -o Id)
has "$err" "$id"
run as alice bash -c 'exec "$@" >/dev/full' - get-elevated-access-request
is "$status" 74
run as alice bash -c 'exec "$@" >/dev/full 2>&1' - get-elevated-access-request
is "$status" 74
run as alice bash -c 'exec "$@" >&- 2>&-' - get-elevated-access-request
is "$status" 74
run as bob bash -c 'exec "$@" >&- 2>&-' - approve-elevated-access-request "$id"
is "$status" 74
is "$(as alice get-elevated-access-request "$id" -Property RequestStatus -o Value)" Approved

t "D1 row 21: a reader that goes away from 10,000 rows"
fresh
succeeds "${asks[@]}" -Reason first
dbquery "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO request (id, requestor, requestor_uid, asserted, type, access, policy_id, state, reason, duration_s,
	created_at, updated_at, expires_at, decided_at)
    SELECT printf('%08x-0000-4000-8000-000000000000', i), requestor, requestor_uid, 0, type, access, policy_id,
	'Canceled', reason, duration_s, created_at - i, created_at, expires_at, created_at FROM request, n"
for format in Table JsonLines Csv Id; do
	run as alice bash -c '"$@" | head -n 1' - get-elevated-access-request -Mine -OutputFormat $format \
	    -ResultSize Unlimited
	is "$(wc -l <<<"$out")" 1 $format
	[[ $(wc -l <<<"$err") -le 1 ]] || bad "a flood of errors" "$err"
	flock -w 1 $db.lock true || bad "the lock is held"
done
run as alice bash -c 'set -o pipefail; "$@" | wc -l' - get-elevated-access-request -Mine -o Id -ResultSize Unlimited
is "$status $out" '0 10001'

finish
