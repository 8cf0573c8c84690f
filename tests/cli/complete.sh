#!/bin/bash
# complete.sh - what every command offers where its line is being typed: names, values, and what is stored

. "$(dirname "$0")/lib.bash"

names=$(cd "$BIN" && printf '%s\n' [a-z]*-*)

# complete NAME WORD...: what may become of the last word; $out has a line "kind word" for each, $about what they are.
complete()
{
	run "$1" --complete "${@:2}"
	[[ $status$err == 0 ]] || bad "status $status: $*" "$err"
	about=$(cut -f 3- <<<"$out")
	out=$(cut -f 1,2 --output-delimiter=' ' <<<"$out")
}
# offers EXPECTED NAME WORD...: these lines, in any order.
offers()
{
	complete "${@:2}"
	is "$(sort <<<"$out")" "$(sort <<<"$1")" "${*:2}"
}
# stores EXPECTED NAME WORD...: the same for what is asked of the database, for which a quarter of a second
# may be too little while everything else is tested too.
stores()
{
	local try

	for try in 1 2 3 4 5 6 7 8; do
		complete "${@:2}"
		[[ $(sort <<<"$out") != "$(sort <<<"$1")" ]] || break
		sleep "0.$try"
	done
	is "$(sort <<<"$out")" "$(sort <<<"$1")" "${*:2}"
}

# Every command describes itself; a line for each parameter: command, name, other spelling, help.
mkdir "$work/described"
for name in $names; do
	"$name" --describe=json >"$work/described/$name"
done
jq -r '.Name as $name | (.Parameters + .CommonParameters)[] | [$name, .Name, .Kebab, .Help] | join("\t")' \
    "$work"/described/* >"$work/parameters"
# field N NAME: that of the command's parameters.
field()
{
	awk -F '\t' -v name="$2" -v n="$1" '$1 == name { print $n }' "$work/parameters"
}

t "every parameter of every command is offered by its name, in both spellings and under both names of the command"
for name in $names; do
	offers "$(field 2 "$name" | sed 's/^/word -/')" "$name" -
	offers "$(field 3 "$name" | sed 's/^/word /')" "$(cmdlet "$name")" --
	is "$about" "$(field 4 "$name")" "$name"
done

t "every parameter has the values of its kind"
jq -r '.Name as $name | .Parameters[] | [$name, .Name,
    {Switch: "truth", Boolean: "truth", InputPath: "files", OutputPath: "files"}[.Type] //
    {File: "files", Directory: "directories", User: "users", UnixGroup: "groups"}[.ValuesFrom // ""] //
    (if .Values != [] then "values" else "" end), .Values[]] | join("\t")' "$work"/described/* >"$work/kinds"
while IFS=$'\t' read -r name parameter kind values; do
	case $kind in
	truth) offers "word -$parameter:true"$'\n'"word -$parameter:false" "$name" "-$parameter:" ;;
	values) offers "$(tr '\t' '\n' <<<"$values" | sed "s/^/word -$parameter:/")" "$name" "-$parameter:" ;;
	?*) offers "$kind -$parameter:" "$name" "-$parameter:" ;;
	esac
done <"$work/kinds"
offers $'word Json\nword JsonLines' get-elevated-access-control -o j
offers 'word -Confirm:false' set-elevated-access-control -Confirm:F
offers 'files -Database:' get-elevated-access-control -Database:/x
offers $'word Reason,RequestStatus\nword Reason,RequestedAccess\nword Reason,RequestorUPN' \
    get-elevated-access-request -Property Reason,Req
offers 'word --sort-by=DateCreatedUtc' get-elevated-access-request --sort-by=datec

t "a parameter says where its values come from, also to other programs"
is "$(jq -rs '[.[].Parameters[] | .ValuesFrom // empty] | unique | length >= 20' "$work"/described/*)" true
is "$(jq -r '.Parameters[0].ValuesFrom' "$work/described/approve-elevated-access-request")" ToApprove

t "without a database nothing stored is offered, and no database comes of it"
offers '' new-elevated-access-request ''
offers '' approve-elevated-access-request -RequestId:
is "$(ls -A "$work/db")" ''

must new-elevated-access-approver-group -Name ops -Member bob,dave -Description 'the hosts'
must new-elevated-access-approver-group -Name "a 'b'" -Member bob
must enable-elevated-access-control -AdminGroup ops -SystemAccounts robot
must register-elevated-access-task 'Linux\restart-web' -Path /bin/true -ArgumentList '{unit}' -Parameter unit=word \
    -Description 'restart a site'
must register-elevated-access-task 'Linux\set mode' -Path /bin/true -ArgumentList '{mode},{file}' \
    -Parameter 'mode=choice:on|off,file=path:/etc'
must register-elevated-access-task 'Linux\web' -Type Role -Member 'Linux\restart-web'
must register-elevated-access-task 'Linux\all' -Type RoleGroup -Member 'Linux\web'
for task in 'Linux\restart-web' 'Linux\set mode'; do
	must new-elevated-access-approval-policy "$task" -ApprovalType Manual -ApproverGroup ops
done
grant alice 'Linux\restart-web' -Parameter unit=nginx.service
approved=$id
must as alice new-elevated-access-request 'Linux\set mode' -Parameter mode=on,file=/etc/motd \
    -Reason 'for the feast' -o Id
pending=$out
must as carol new-elevated-access-request 'Linux\restart-web' -Parameter unit=x -Reason 'it is slow' -o Id
other=$out
must as alice invoke-elevated-access-task 'Linux\restart-web' unit=nginx.service
must get-elevated-access-execution -o Id
ran=$out
must get-elevated-access-authorization -o Id
granted=$out

cp "$PAMLITE_DATABASE" "$work/before"
beside=$(ls -A "$work/db")

t "tasks: all, those of a type, those that the caller may run now; as they were begun, with / or with \\"
stores $'word Linux\\restart-web\nword Linux\\set mode' new-elevated-access-request ''
has "$about" 'restart a site'
stores 'word Linux\restart-web' new-elevated-access-request 'linux\r'
stores 'word Linux/restart-web' new-elevated-access-request Linux/re
stores 'word -Task:Linux/restart-web' new-elevated-access-request -Task:Linux/re
stores 'word --role=Linux\web' new-elevated-access-request --role=
stores 'word Linux\all' new-elevated-access-approval-policy -RoleGroup ''
stores $'word Linux\\all\nword Linux\\web\nword Linux\\restart-web\nword Linux\\set mode' \
    unregister-elevated-access-task ''
PAMLITE_PRINCIPAL=alice stores 'word Linux\restart-web' invoke-elevated-access-task ''
PAMLITE_PRINCIPAL=bob stores '' invoke-elevated-access-task ''
PAMLITE_PRINCIPAL=mallory stores '' unregister-elevated-access-task 'Linux\w'

t "a task's parameters, and their values: choices, files, and what the caller's grants are for"
stores $'part mode=\npart file=' new-elevated-access-request 'Linux\set mode' -Parameter ''
stores 'word -Parameter:mode=off' new-elevated-access-request 'Linux/set mode' -Parameter:mode=of
stores 'part mode=on,file=' new-elevated-access-request 'Linux\set mode' -Parameter mode=on,
stores 'files mode=on,file=' new-elevated-access-request -Task:'Linux\set mode' -Parameter mode=on,file=/etc
stores 'files file=' invoke-elevated-access-task 'Linux\set mode' mode=on file=/e
stores $'word on\nword off' invoke-elevated-access-task 'Linux\set mode' -- ''
stores 'files ' invoke-elevated-access-task 'Linux\set mode' -- on ''
PAMLITE_PRINCIPAL=alice stores 'word unit=nginx.service' invoke-elevated-access-task 'Linux\restart-web' unit=ng
PAMLITE_PRINCIPAL=bob stores '' invoke-elevated-access-task 'Linux\restart-web' unit=ng
stores '' new-elevated-access-request 'Linux\none' -Parameter ''
stores '' new-elevated-access-request -Parameter ''

t "requests: those to decide with who and what, one's own, those that wait, all"
PAMLITE_PRINCIPAL=bob stores "word $pending"$'\n'"word $other" approve-elevated-access-request ''
has "$about" 'alice, Linux\set mode, mode=on, file=/etc/motd, for the feast'
has "$about" 'carol, Linux\restart-web, unit=x, it is slow'
PAMLITE_PRINCIPAL=bob stores "word $pending" Deny-ElevatedAccessRequest "${pending:0:8}"
PAMLITE_PRINCIPAL=bob stores "word --request-id=$pending" deny-elevated-access-request "--request-id=${pending:0:8}"
PAMLITE_PRINCIPAL=alice stores '' approve-elevated-access-request ''
PAMLITE_PRINCIPAL=alice stores "word $pending" stop-elevated-access-request ''
PAMLITE_PRINCIPAL=alice stores "word $pending" set-elevated-access-request -Identity ''
PAMLITE_PRINCIPAL=alice stores "word $pending" wait-elevated-access-request ''
PAMLITE_PRINCIPAL=alice stores "word $pending"$'\n'"word $approved" get-elevated-access-request ''
PAMLITE_PRINCIPAL=mallory stores '' wait-elevated-access-request ''

t "grants, runs, groups and their members, policies, system accounts, notifications"
stores "word $approved" revoke-elevated-access-authorization ''
has "$about" 'alice, Linux\restart-web, unit=nginx.service, '
PAMLITE_PRINCIPAL=alice stores "word $approved" invoke-elevated-access-task 'Linux\restart-web' -RequestId ''
stores "word $granted" get-elevated-access-authorization ''
stores "word $ran" get-elevated-access-execution ''
stores '' stop-elevated-access-execution ''
stores '' show-elevated-access-execution ''
stores $'word ops\nword a \'b\'' remove-elevated-access-approver-group ''
stores "word -ApproverGroup:a 'b'" new-elevated-access-approval-policy "-ApproverGroup:A 'b"
stores 'word dave' set-elevated-access-approver-group ops -RemoveMember d
stores 'word bob' set-elevated-access-approver-group "a 'b'" -RemoveMember ''
stores '' set-elevated-access-approver-group none -RemoveMember ''
stores $'word Linux\\restart-web\nword Linux\\set mode' remove-elevated-access-approval-policy ''
has "$about" 'Manual, ops'
stores 'word robot' remove-elevated-access-system-account ''
for try in 1 2 3 4 5; do
	complete get-elevated-access-notification ''
	[[ -z $about ]] || break
done
has "$about" 'Pending'

t "names are offered where no value is due: first what is missing"
offers 'word -Reason' new-elevated-access-request 'Linux\restart-web' ''
offers '' new-elevated-access-request -Reason ''
PAMLITE_PRINCIPAL=mallory offers '' approve-elevated-access-request ''

t "another database, as the line names it"
stores 'word Linux\restart-web' new-elevated-access-request --database="$PAMLITE_DATABASE" 'Linux\r'
stores '' new-elevated-access-request -Database "$work/none.db" 'Linux\r'
there=$PAMLITE_DATABASE
PAMLITE_DATABASE=$work/none.db stores 'word Linux\restart-web' new-elevated-access-request -Database "$there" 'Linux\r'

t "nothing was written by any of it: neither a refusal nor anything else"
cmp -s "$work/before" "$PAMLITE_DATABASE" || bad "the database is another"
is "$(ls -A "$work/db")" "$beside"

t "who holds the database does not hold the line: the answer is there in half a second, without what is stored"
exec {held}<>"$PAMLITE_DATABASE.lock"
flock -x "$held"
for try in 1 2 3 4 5; do
	begin=${EPOCHREALTIME/./}
	complete new-elevated-access-request ''
	took=$(((${EPOCHREALTIME/./} - begin) / 1000))
	is "$out" ''
	((took > 500)) || break
done
((took <= 500)) || bad "it took $took ms"
((took >= 200)) || bad "it did not wait: $took ms"
offers 'word -Reason' new-elevated-access-request -Rea
exec {held}<&-

t "nobody who reads is no harm, and neither is a line without words"
run bash -c 'approve-elevated-access-request --complete - >/dev/full'
is "$status" 71
run bash -c 'approve-elevated-access-request --complete - | true'
is "$err" ''
run approve-elevated-access-request --complete
is "$status$err" 0

finish
