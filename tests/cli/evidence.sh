#!/bin/bash
# evidence.sh - everything about one request in one file, which anybody can check, and in which nothing can be changed

. "$(dirname "$0")/lib.bash"

setup_basic
file=$work/touched/file
evidence=$work/evidence.json

# requested [WORD...]: a request of alice; $id is its identity.
requested()
{
	must as alice new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason why "$@" -o Id
	id=$out
}
# exported ID: its evidence is in $evidence, and good.
exported()
{
	succeeds export-elevated-access-evidence "$1" -Path "$evidence" -Force
	is "$out" ''
	succeeds test-elevated-access-audit-log -Path "$evidence" --json
	is "$(jq -r '.[].Valid' <<<"$out")" true
	has "$(jq -r '.[].Detail' <<<"$out")" "$1"
}
# said FILTER: what the file says.
said()
{
	jq -r "$1" "$evidence"
}
# checked FILE: what the check says of it, without a database: status, first bad sequence.
checked()
{
	feed env -u PAMLITE_DATABASE test-elevated-access-audit-log -Path "$1" -o Value \
	    -Property FirstBadSequence </dev/null
}

# What a record has of an object: its properties that are not empty.
filled='.[0] | with_entries(select(.value != null and .value != []))'

# --- what stands in it ---

t "a pending request: with the policy and the task as they are, and no grant"
requested -DurationHours 2 -Ticket T-1
pending=$id
exported "$id"
is "$(said '.Request | [.Identity, .RequestorUPN, .RequestStatus, .Reason, .DurationHours, .Ticket] | map(tostring) |
    join("|")')" "$id|alice|Pending|why|2|T-1"
is "$(said .Request.Parameters.file)" "$file"
is "$(said .Request.ExpirationDateTimeUtc)" \
    "$(get-elevated-access-request "$id" -o Value -Property ExpirationDateTimeUtc)"
is "$(said '.Authorization, (.Decisions + .Executions + .Refusals | length)')" $'null\n0'
is "$(jq -c '.Policy' "$evidence")" \
    "$(get-elevated-access-approval-policy 'Linux\touch' --json | jq -c "$filled")"
is "$(jq -c '.Task | del(.Digest)' "$evidence")" \
    "$(get-elevated-access-task 'Linux\touch' --json | jq -c "$filled")"
is "$(said '.Task.Digest[:16]')" "$(said .Task.Version)"

t "its chain begins with the request and goes to the head without a gap"
is "$(said '[.Chain[].Sequence] == [range(.Chain[0].Sequence; .Head.Sequence + 1)]')" true
is "$(said '.Chain[0].AuditData | fromjson | .ObjectId')" "$id"
is "$(said .Head.Hash)" "$(test-elevated-access-audit-log -o Value -Property HeadHash)"
is "$(wc -l <"$evidence")" "$((11 + $(said '.Chain | length')))" 'one record a line'

t "refused attempts, a change, a decision, runs and a revocation"
as mallory fails 66 RequestNotFound approve-elevated-access-request "$id"
as alice fails 77 SelfApproval approve-elevated-access-request "$id"
must as alice set-elevated-access-request "$id" -Reason 'better' -DurationHours 3
must set-elevated-access-approval-policy 'Linux\touch' -MaxDurationHours 5
must set-elevated-access-task 'Linux\touch' -Description changed
must as bob approve-elevated-access-request "$id" -Comment fine
grant=$(get-elevated-access-authorization -RequestId "$id" -o Id)
for i in 1 2 3; do
	must as alice invoke-elevated-access-task 'Linux\touch' "file=$file"
done
run=$(get-elevated-access-execution -o Id | head -n 1)
fails 75 ExecutionOver stop-elevated-access-execution "$run" -Confirm:false
must as bob revoke-elevated-access-authorization "$id" -Comment enough -Confirm:false
exported "$id"
approved=$work/approved.json
cp "$evidence" "$approved"
is "$(said '.Request | [.RequestStatus, .Reason, .DurationHours] | map(tostring) | join("|")')" 'Approved|better|3'
is "$(said '.Authorization | [.Identity, .AuthorizedBy, .AuthorizedTo, .Revoked, .RevokedBy, .RevocationComment] |
    map(tostring) | join("|")')" "$grant|bob|alice|true|bob|enough"
is "$(said '.Authorization.Definition')" "$(said .Task.Digest)"
is "$(said '[.Decisions[].Operation] | join(" ")')" \
    'Set-ElevatedAccessRequest Approve-ElevatedAccessRequest Revoke-ElevatedAccessAuthorization'
is "$(said '.Decisions[1].Parameters.Comment')" fine
is "$(said '[.Refusals[] | .UserId + " " + .ErrorId] | join(", ")')" \
    "mallory RequestNotFound, alice SelfApproval, $(id -un) ExecutionOver"

t "a refusal carries neither of them, so that nobody fills the log with what he was refused for"
as alice fails 77 DurationExceeded new-elevated-access-request 'Linux\touch' -Reason r -DurationHours 9 \
    -Parameter "file=$file"
refusals=$(search-elevated-access-audit-log -RecordType Refusal -o Value -Property AuditData)
is "$(grep -cE '"(Policy|Task)":\{' <<<"$refusals")" 0

t "the policy and the task are those that were decided about"
is "$(said '.Policy.MaxDurationHours, .Task.Description')" $'5\nchanged'
is "$(said '.Chain[0].AuditData | fromjson | .Parameters | .Policy.MaxDurationHours, .Task.Description')" $'null\nnull'

t "each run has its exact argument vector"
is "$(jq -c '[.Executions[] | [.User, .EndReason, .ExitStatus, .CommandLine]] | unique' "$evidence")" \
    "[[\"alice\",\"Exited\",0,[\"/usr/bin/touch\",\"$file\"]]]"
is "$(said '[.Executions[].Identity] | sort | join("\n")')" "$(get-elevated-access-execution -o Id | sort)"

t "denied, withdrawn, expired, canceled with its policy"
requested
must as bob deny-elevated-access-request "$id" -Comment no
exported "$id"
is "$(said '.Request.RequestStatus, (.Decisions[0] | .Parameters.Comment, .UserId), .Policy.MaxDurationHours')" \
    $'Denied\nno\nbob\n5'
requested
must as alice stop-elevated-access-request "$id" -Comment never
exported "$id"
is "$(said '.Request.RequestStatus, .Decisions[0].Parameters.Comment, .Authorization')" $'Canceled\nnever\nnull'
requested
later 25h as bob fails 75 RequestNotPending approve-elevated-access-request "$id"
exported "$id"
is "$(said '.Request.RequestStatus, .Refusals[0].ErrorId')" $'Expired\nRequestNotPending'
expired=$id
must new-elevated-access-approval-policy 'Any\thing' -ApprovalType Manual -ApproverGroup ops
must as alice new-elevated-access-request 'Any\thing' -Reason r -o Id
id=$out
must remove-elevated-access-approval-policy 'Any\thing' -Confirm:false
exported "$id"
is "$(said '.Request.RequestStatus, .Policy.Task, .Task')" $'Canceled\nAny\\thing\nnull'

t "a policy that approves by itself; a start in the future"
must new-elevated-access-approval-policy 'Any\auto' -ApprovalType Auto
must as alice new-elevated-access-request 'Any\auto' -Reason r -StartTimeUtc 2100-01-01T00:00:00Z -o Id
id=$out
exported "$id"
is "$(said '.Request.RequestStatus, .Authorization.AuthorizedBy, .Authorization.StartTimeUtc, .Request.StartTimeUtc')" \
    $'Approved\nAuto\n2100-01-01T00:00:00Z\n2100-01-01T00:00:00Z'

t "a role: with its members"
must register-elevated-access-task 'Any\role' -Type Role -Member 'Linux\touch'
must new-elevated-access-approval-policy -Role 'Any\role' -ApprovalType Manual -ApproverGroup ops
must as alice new-elevated-access-request -Role 'Any\role' -Reason r -o Id
id=$out
must as bob approve-elevated-access-request "$id"
must as alice invoke-elevated-access-task 'Linux\touch' "file=$file"
exported "$id"
is "$(said '.Task.Member[0], .Executions[0].Task, (.Task.Digest == .Authorization.Definition)')" \
    $'Linux\\touch\nLinux\\touch\ntrue'

t "a use that is counted for another program"
must as alice test-elevated-access 'Linux\touch' -Parameter "file=$file" -Use
must as alice test-elevated-access 'Linux\touch' -Parameter "file=$file" -Use
as mallory fails 126 ElevatedAccessRequired invoke-elevated-access-task 'Linux\touch' "file=$file"
exported "$id"
is "$(said '[.Executions[] | [.Identity // "none", .Task, .User, .EndReason // "none"] | join(" ")] | join("|")')" \
    "$(said '.Executions[0].Identity') Linux\\touch alice Exited$(printf '|none Linux\\touch alice none%.0s' 1 2)"
is "$(said '.Refusals | length')" 0

t "what a system account runs belongs to no request"
must add-elevated-access-system-account robot -Reason r
must as robot invoke-elevated-access-task 'Linux\touch' "file=$file"
exported "$id"
is "$(said '.Executions | length')" 3
has "$(said '.Chain[].AuditData')" robot

t "hostile text changes nothing"
requested -Context $'\u202e"},{"Sequence":1 \\ \u200b \U0001f600 \\'
hostile=$id
exported "$id"
is "$(said .Request.Context)" $'\u202e"},{"Sequence":1 \\ \u200b \U0001f600 \\'
lacks "$(<"$evidence")" $'\u202e'
jq . "$evidence" >"$work/pretty.json"
checked "$work/pretty.json"
is "$status" 0
must as alice stop-elevated-access-request "$hostile"

# --- who may, and where to ---

t "it is for those who see all; what one may not see does not exist"
as alice fails 77 AuditorRequired export-elevated-access-evidence "$pending" -Path "$work/new.json"
as bob fails 77 AuditorRequired export-elevated-access-evidence "$pending" -Path "$work/new.json"
as mallory fails 66 RequestNotFound export-elevated-access-evidence "$pending" -Path "$work/new.json"
fails 66 RequestNotFound export-elevated-access-evidence 00000000-0000-4000-8000-000000000000 -Path "$work/new.json"
must new-elevated-access-approver-group -Name auditors -Member erin
must set-elevated-access-control -AuditGroup auditors -Confirm:false
as erin succeeds export-elevated-access-evidence "$pending" -Path "$work/new.json"
is "$(find "$work" -maxdepth 1 -name '*new.json*' -printf '%f %m\n')" 'new.json 600'

t "an existing file is refused, and replaced with -Force"
echo mine >"$work/new.json"
fails 73 FileExists export-elevated-access-evidence "$pending" -Path "$work/new.json"
fails 73 FileExists export-elevated-access-evidence "$pending" -Path "$work/new.json" -NoClobber -Force
is "$(<"$work/new.json")" mine
succeeds export-elevated-access-evidence "$pending" -Path "$work/new.json" -Force
checked "$work/new.json"
is "$status" 0

t "one file holds the evidence of one request"
succeeds_in <(get-elevated-access-request "$pending" -o JsonLines) \
    export-elevated-access-evidence -Path "$work/piped.json"
is "$(jq -r .Request.Identity "$work/piped.json")" "$pending"
rm "$work/piped.json"
run_in <(printf '%s\n' "$pending" "$expired") export-elevated-access-evidence -Path "$work/piped.json"
is "$status" 1
has "$err" 'another request'
is "$(find "$work" -maxdepth 1 -name '*piped*')" ''

t "a record that is gone or is no record is told of, and leaves no file"
database other
rm -rf "${PAMLITE_DATABASE%/*}"
database other
for edit in 'DELETE FROM audit WHERE sequence = 7' "UPDATE audit SET data = '{' WHERE sequence = 7" \
    "DELETE FROM audit WHERE object = '$pending'"; do
	cp "$work/db/pam-lite.db" "$PAMLITE_DATABASE"
	triggers=$(sqlite3 "$PAMLITE_DATABASE" "SELECT sql || ';' FROM sqlite_schema WHERE type = 'trigger'")
	sqlite3 "$PAMLITE_DATABASE" "$(sqlite3 "$PAMLITE_DATABASE" \
	    "SELECT 'DROP TRIGGER ' || name || ';' FROM sqlite_schema WHERE type = 'trigger'") $edit; $triggers"
	fails 74 DatabaseDamaged export-elevated-access-evidence "$pending" -Path "$work/none.json"
done
rm -rf "${PAMLITE_DATABASE%/*}"
database db
is "$(find "$work" -maxdepth 1 -name '*none*')" ''

# --- the check ---

cp "$approved" "$evidence"
first=$(said '.Chain[0].Sequence') last=$(said .Head.Sequence)

t "the form of the text does not matter: layout, order of properties, ways to write a number"
jq --tab . "$approved" >"$work/form.json"
jq -c '.Request |= with_entries(.) | .Head |= {Hash, Sequence} |
    .Chain |= map({Hash, AuditData, Sequence, PreviousHash})' \
    "$approved" >"$work/form2.json"
sed -E 's/"DurationHours":3,/"DurationHours" : 30e-1 ,/; s/"Reason"/"Re\\u0061son"/' "$approved" >"$work/form3.json"
is "$(cmp -s "$approved" "$work/form3.json" && echo same)" ''
for form in "$work"/form*.json; do
	checked "$form"
	is "$status$out" 0 "$form"
done
rm "$work"/form*.json

t "nor does the order of its parts, nor what blanks stand before, nor how it comes"
jq -S . "$approved" >"$work/form.json"
is "$(jq -r 'keys_unsorted | join(" ")' "$work/form.json" | cut -d ' ' -f 1,2,5)" 'Authorization Chain Format'
jq -c '{Chain, Head, Version} + .' "$approved" >"$work/form2.json"
{ printf '%70000s\n' ''; cat "$approved"; } >"$work/form3.json"
{ printf '{%70000s\n' ''; tail -c +2 "$approved"; } >"$work/form4.json"
sed 's/"Format"/"Form\\u0061t"/' "$approved" >"$work/form5.json"
for form in "$work"/form*.json; do
	checked "$form"
	is "$status$out" 0 "$form"
done
mkfifo "$work/slow"
{ printf '{'; sleep 0.3; printf '  "'; sleep 0.3; tail -c +3 "$approved"; } >"$work/slow" &
checked "$work/slow"
is "$status$out" 0 "$err"
wait $!
{ printf '{'; sleep 0.1; } >"$work/slow" &
fails 65 InvalidJson test-elevated-access-audit-log -Path "$work/slow"
wait $!
rm "$work"/form*.json "$work/slow"

t "without an installation, a database, an environment or a home; by another user, through a pipe"
dir=$(mktemp -d /tmp/evidence.XXXXXX)
cp "$BIN/test-elevated-access-audit-log" "$approved" "$dir"
chmod -R a+rX "$dir"
other=()
((EUID != 0)) || other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
cd /
feed "${other[@]}" env -i "$dir/test-elevated-access-audit-log" -Path "$dir/approved.json" --json </dev/null
is "$status$err" 0
is "$(jq -r '.[] | [.Records, .FirstSequence, .LastSequence, .Valid, .FirstBadSequence, .HeadHash] | map(tostring) |
    join("|")' <<<"$out")" "$((last - first + 1))|$first|$last|true|null|$(jq -r .Head.Hash "$approved")"
feed env -i "$dir/test-elevated-access-audit-log" -Quiet -Path /dev/stdin < <(cat "$approved")
is "$status$out$err" 0
feed "${other[@]}" env -i PAMLITE_DATABASE="$work/none/pam-lite.db" PAMLITE_PRINCIPAL=bob \
    "$dir/test-elevated-access-audit-log" -Quiet -Path "$dir/approved.json" </dev/null
is "$status$out$err" 0
cd "$work" || exit 1
if [[ -z ${SANITIZED:-} ]]; then
	must strace -f -o "$work/calls" -e trace=%file,%process test-elevated-access-audit-log -Path "$approved"
	lacks "$(<"$work/calls")" 'pam-lite.db'
	is "$(grep -c 'execve(' "$work/calls")" 1
fi
rm -rf "$dir"

# tampered FILTER: every line that the filter makes of the good file is another file, and each is found out.
tampered()
{
	local count=0 line

	while IFS= read -r line; do
		echo "$line" >"$work/tampered.json"
		PAMLITE_DATABASE='' test-elevated-access-audit-log -Quiet -Path "$work/tampered.json" >"$stdout" 2>&1
		status=$?
		[[ $status == 1 && ! -s $stdout ]] || bad "status $status: ${line:0:300}" "$(<"$stdout")"
		count=$((count + 1))
	done < <(jq -c "$1" "$approved")
	((count > 0)) || bad 'nothing was tried'
}
change='if type == "number" then . + 1 elif type == "boolean" then not elif type == "null" then 0 else . + "x" end'

t "any other value of any property outside of the records is found"
tampered "(del(.Chain, .Format, .Version) | [paths(type != \"object\" and type != \"array\")][]) as \$p |
    getpath(\$p) |= ($change)"

t "any property or element that is missing outside of the records is found"
tampered '(del(.Chain, .Format, .Version) | [paths][]) as $p | delpaths([$p])'

t "any property that is added is found"
tampered '(del(.Chain) | [paths(type == "object")][]) as $p | getpath($p) |= . + {Added: 1}'
tampered '(.Added = 1), (.Policy = null), (.Task = null), (.Request = []), (.Decisions = {}), (.Chain = {}),
    (.Head = null)'

t "elements that are exchanged, doubled or added are found"
tampered '("Decisions", "Executions", "Refusals") as $p | (.[$p] |= reverse), (.[$p] += [.[$p][0]]), (.[$p] += [{}]),
    (.[$p] = [.[$p][0]] + .[$p])'

t "any change of any property of any element of the chain is found"
tampered "(.Chain | [paths(scalars)][]) as \$p | .Chain |= (getpath(\$p) |= ($change))"
tampered '(.Chain | [paths(scalars)][]) as $p | .Chain |= delpaths([$p])'
tampered '(.Chain | keys[]) as $i | (.Chain[$i].Added = 1), (.Chain[$i].Sequence |= tostring),
    (.Chain[$i].AuditData |= fromjson)'
tampered '(.Chain | keys[]) as $i | .Chain[$i].Hash |= ascii_upcase'

t "elements of the chain that are removed, doubled, exchanged or added are found"
tampered '(.Chain | keys[]) as $i | (del(.Chain[$i])), (.Chain |= .[:$i] + [.[$i]] + .[$i:]), (.Chain[$i] = null)'
tampered '(.Chain | keys[1:][]) as $i | (.Chain |= .[:$i - 1] + [.[$i], .[$i - 1]] + .[$i + 1:]),
    (.Chain |= .[$i:]), (.Chain |= .[:$i])'
tampered '(.Chain = []), (.Chain += [.Chain[-1] | .Sequence += 1]), (.Chain |= reverse)'

t "so it is where the chain comes before the parts"
sorted()
{
	jq -S "$1" "$approved" >"$work/tampered.json"
	checked "$work/tampered.json"
	is "$status$out" "1$2" "$1"
}
sorted '.Decisions[1].UserId = "carol"' "$(jq '.Decisions[1].Sequence' "$approved")"
sorted 'del(.Decisions[2])' "$(jq '.Decisions[2].Sequence' "$approved")"
sorted '.Decisions |= reverse' "$(jq '.Decisions[0].Sequence' "$approved")"
sorted '.Refusals += [.Refusals[0]]' ''
sorted 'del(.Refusals)' ''
sorted '.Request.Reason = "x"' "$(jq '.Chain[0].Sequence' "$approved")"
sorted '.Head.Sequence += 1' "$last"

t "what differs behind all that is kept is found too"
{
	printf '{"Format":"pam-lite evidence","Version":1,"Refusals":[0'
	yes ,0 | head -n 40000
	echo '],'
	tail -c +2 "$approved" | sed 's/"Format":"[^"]*","Version":1,*//; s/^,//; s/"Refusals":\[/"Xefusals":[/'
} >"$work/tampered.json"
checked "$work/tampered.json"
is "$status" 1 "$err"

t "evidence that was changed does not pass for a log, whatever of a log stands in it or beside it"
pair="$(jq -r '.Head | "\(.Sequence) \(.Hash)"' "$approved")"
forge='.Request.Reason = "FORGED"'
journal="{\"SYSLOG_IDENTIFIER\":\"pam-lite\",\"MESSAGE\":\"audit Sequence=${pair/ / Hash=}\"}"
tampered "{Version} + $journal + . | $forge"
jq -c "$journal + . | $forge" "$approved" >"$work/tampered.json"
fails 65 InvalidInputObject test-elevated-access-audit-log -Path "$work/tampered.json"
for filter in "$forge" "{Version} + . | $forge" "{a: 1} + . | $forge"; do
	for layout in -c --tab; do
		{ jq $layout "$filter" "$approved"; echo "$pair"; } >"$work/tampered.json"
		run test-elevated-access-audit-log -Path "$work/tampered.json" -Quiet
		[[ $status == 1 || $status == 65 ]] || bad "status $status: $filter $layout"
		{ echo "$pair"; jq $layout "$filter" "$approved"; } >"$work/tampered.json"
		run test-elevated-access-audit-log -Path "$work/tampered.json" -Quiet
		is "$status" 65 "behind a line: $filter $layout"
	done
done

t "it says where"
for sequence in $first $((first + 3)) $last; do
	jq -c --argjson n "$sequence" '(.Chain[] | select(.Sequence == $n) | .AuditData) |= sub("Pid\":"; "Pid\":1")' \
	    "$approved" >"$work/tampered.json"
	checked "$work/tampered.json"
	is "$status$out" "1$sequence"
done
jq -c '.Decisions[1].UserId = "carol"' "$approved" >"$work/tampered.json"
checked "$work/tampered.json"
is "$status$out" "1$(jq '.Decisions[1].Sequence' "$approved")"
run test-elevated-access-audit-log -Path "$work/tampered.json" -o Value -Property Detail
is "$out" 'Decisions does not say what the records say'
run test-elevated-access-audit-log -Path "$work/tampered.json" -Quiet
is "$status$out$err" 1

# rehashed SEQUENCE OLD NEW HOW: the record says something else and has the hash of that; so have those behind it, with
# "all"; and so has the head, with "head".
rehashed()
{
	local previous='' sequence data

	while IFS= read -r sequence && IFS= read -r before && IFS= read -r hash && IFS= read -r data; do
		if [[ $sequence == "$1" || ($previous != '' && $4 != one) ]]; then
			[[ $previous == '' ]] || before=$previous
			[[ $sequence != "$1" ]] || data=${data/"$2"/"$3"}
			previous=$(printf '%s\n%s\n' "$before" "$data" | sha256sum)
			previous=${previous%% *} hash=$previous
		fi
		jq -cn --arg p "$before" --arg d "$data" --arg h "$hash" \
		    "{Sequence: $sequence, PreviousHash: \$p, AuditData: \$d, Hash: \$h}"
	done < <(jq -r '.Chain[] | .Sequence, .PreviousHash, .Hash, .AuditData' "$approved") >"$work/chain"
	jq -c --slurpfile chain "$work/chain" '.Chain = $chain' "$approved" >"$work/tampered.json"
	[[ $4 != head ]] || jq -c '.Head.Hash = .Chain[-1].Hash' "$work/tampered.json" >"$work/head.json"
	[[ $4 != head ]] || mv "$work/head.json" "$work/tampered.json"
	checked "$work/tampered.json"
}

t "a record with a new hash, and a chain with new hashes"
decision=$(jq '.Decisions[1].Sequence' "$approved")
rehashed "$decision" '"Comment":"fine"' '"Comment":"well"' one
is "$status$out" "1$decision" 'the outer part says otherwise'
rehashed "$decision" '"Comment":"fine"' '"Comment":"well"' all
is "$status$out" "1$decision" 'the outer part says otherwise'
rehashed "$decision" '"Comment":"fine"' '"Comment":"well"' head
is "$status$out" "1$decision" 'the outer part says otherwise'
other=$(jq '[.Chain[].AuditData | fromjson | select(.Operation == "Set-ElevatedAccessTask")][0].Sequence' "$approved")
rehashed "$other" '"Description":"changed"' '"Description":"another"' one
is "$status$out" "1$((other + 1))" 'of another object: the next one follows something else'
rehashed "$other" '"Description":"changed"' '"Description":"another"' all
is "$status$out" "1$last" 'the head is not the one it names'
rehashed "$other" '"Sequence":' '"Sequence":9' head
is "$status$out" "1$other"

t "what is made up to its head is told by the head alone"
rehashed "$other" '"Time":"2' '"Time":"1' head
is "$status" 0
succeeds test-elevated-access-audit-log -Path "$work/tampered.json" -o Value -Property HeadHash
[[ $out != "$(jq -r .Head.Hash "$approved")" ]] || bad 'the same head'

# --- the check by hand ---

# What the section of README says to type, beginning behind the two commands of ours.
{
	echo 'set -e -o pipefail'
	awk '/^### / { on = /^### Evidence of one request/ } /^```sh$/ { block += on; fence = 1; next }
	    /^```$/ { fence = 0 } on && fence && block > 1' "$ROOT/README.md"
} >"$work/recipe"

# by_hand FILE: status and output of the recipe of README for that file.
by_hand()
{
	evidence=$1 run bash "$work/recipe"
}
export evidence

t "README's check with jq and sha256sum says yes to what is good"
is "$(grep -c 'elevated-access' "$work/recipe")" 0
has "$(<"$work/recipe")" sha256sum
by_hand "$approved"
is "$status$out" "0$(yes true | head -n 5)"

t "and no to each change that it is for"
for filter in '.Chain[2].Hash |= (.[1:] + .[:1])' '.Chain[2].AuditData |= sub("Pid"; "Pip")' 'del(.Chain[3])' \
    '.Chain |= .[:-1]' '.Head.Hash |= (.[1:] + .[:1])' '.Head.Sequence += 1' '.Decisions[1].UserId = "carol"' \
    '.Decisions[1].Parameters.Comment = "x"' '.Refusals[0].ErrorId = "x"' '.Policy.MinApprovals = 2' \
    '.Task.Path = "/x"' '.Executions[1].CommandLine[1] = "/x"' '.Chain[1:3] |= reverse'; do
	jq -c "$filter" "$approved" >"$work/tampered.json"
	by_hand "$work/tampered.json"
	is "$status" 1 "$filter"
done

# --- what is no evidence ---

# refused ID TEXT: no evidence, or no JSON.
refused()
{
	printf '%s' "$2" >"$work/refused.json"
	env -u PAMLITE_DATABASE true
	fails 65 "$1" test-elevated-access-audit-log -Path "$work/refused.json"
}

t "what is not JSON, or not evidence of this version, is no difference but status 65"
good=$(<"$approved")
refused InvalidJson "${good%??}"
refused InvalidJson "${good:0:2000}"
refused InvalidJson "$good}"
refused InvalidJson "$good$good"
refused InvalidJson "${good/'"Version":1,'/'"Version":1,,'}"
refused InvalidJson "${good/'"Version":1,'/'"Version":1,"Version":1,'}"
refused InvalidJson "${good/'"RequestorUPN":'/'"Reason":1,"RequestorUPN":'}"
refused InvalidJson "${good/'"Version":1'/'"Version":01'}"
refused InvalidJson "${good/alice/$'\xff'}"
refused InvalidJson "${good/'"Task":{'/"\"Task\":{\"a\":$(printf '[%.0s' {1..100}),"}"
refused InvalidJson '{"Format":'
refused InvalidJson '{"Format":1e999}'
refused InvalidInputObject "${good/'"Version":1'/'"Version":2'}"
refused InvalidInputObject "${good/'"pam-lite evidence"'/'"pam-lite evidences"'}"
refused InvalidInputObject '{"Format":"pam-lite evidence"}'
refused InvalidInputObject "${good/'"Request":'/"\"Request\":\"$(head -c 1200000 /dev/zero | tr '\0' x)\",\"X\":"}"
mkdir "$work/folder"
fails 74 InputFailed test-elevated-access-audit-log -Path "$work/folder"
fails 74 InputFailed test-elevated-access-audit-log -Path "$work/missing"

# --- at the same time, and at length ---

t "the log may grow meanwhile"
as mallory run approve-elevated-access-request "$pending"
at_once
for i in {1..8}; do
	racer "export$i" export-elevated-access-evidence "$pending" -Path "$work/race$i.json"
	racer "add$i" as "user$i" new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/$i" -Reason r
	racer "try$i" as mallory approve-elevated-access-request "$pending"
done
go
is "$(statuses)" '16x0 8x66'
for i in {1..8}; do
	checked "$work/race$i.json"
	is "$status" 0 "$err"
done

# peak PID: the most memory that it has had, in KiB.
peak()
{
	awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}

if [[ -n ${SANITIZED:-} ]]; then
	skip 'a chain of 10,000 records stays below 16 MiB of memory' 'sanitizers take more'
else
	t "a record with many names costs no time, and is no record of ours"
	jq -c '.Chain[0].AuditData |= (fromjson | .Parameters += ([range(30000) | {key: "k\(.)", value: 1}] |
	    from_entries) | tojson)' "$approved" >"$work/bomb"
	hash=$(jq -r '.Chain[0] | "\(.PreviousHash)\n\(.AuditData)"' "$work/bomb" | sha256sum | cut -d ' ' -f 1)
	jq -c --arg h "$hash" '{Format, Version} + (.Chain[0].Hash = $h | {Chain})' "$work/bomb" >"$work/tampered.json"
	began=$SECONDS
	run test-elevated-access-audit-log -Path "$work/tampered.json" -o Value -Property FirstBadSequence,Detail
	is "$status$out" "1$first"$'\t''the record is not one, or does not begin a request'
	((SECONDS - began < 5)) || bad "it took $((SECONDS - began)) s"

	t "a chain of 10,000 records stays below 16 MiB of memory"
	requested
	yes 00000000-0000-4000-8000-000000000000 | head -n 10000 >"$work/ids"
	PAMLITE_PRINCIPAL=mallory run_in "$work/ids" approve-elevated-access-request
	is "$status" 1
	# The first of two requests is done when the second is waited for.
	mkfifo "$work/fifo"
	export-elevated-access-evidence -Path "$work/long.json" <"$work/fifo" &
	exec {to}>"$work/fifo"
	echo "$id" >&"$to"
	for ((i = 0; i < 200; i++)); do
		[[ $(cat "$work"/.long.json.* | tail -c 3) != ']}' ]] || break
		sleep 0.1
	done
	used=$(peak $!)
	exec {to}>&-
	wait $!
	is "$?" 0
	((used > 0 && used < 16384)) || bad "the export took $used KiB"
	is "$(jq '.Chain | length' "$work/long.json")" 10001
	test-elevated-access-audit-log -Path "$work/fifo" -o Value -Property Records >"$work/said" &
	exec {to}>"$work/fifo"
	head -c -3 "$work/long.json" >&"$to"
	sleep 0.2
	used=$(peak $!)
	tail -c 3 "$work/long.json" >&"$to"
	exec {to}>&-
	wait $!
	is "$?$(<"$work/said")" 010001
	((used > 0 && used < 16384)) || bad "the check took $used KiB"
fi

finish
