#!/bin/bash
# batch.sh - 10,000 requests through a pipe: each its own durable decision, bad objects told by their line

. "$(dirname "$0")/lib.bash"

people=500 each=20
[[ -z ${SANITIZED:-} ]] || people=25
total=$((people * each))

members=()
for ((i = 1; i <= people; i++)); do
	members+=("user$i")
done
must new-elevated-access-approver-group -Name ops -Member bob
must enable-elevated-access-control -AdminGroup ops
for ((i = 1; i <= each; i++)); do
	must new-elevated-access-approval-policy "Batch\\task$i" -ApprovalType Manual -ApproverGroup ops
	echo "{\"Task\":\"Batch\\\\task$i\"}"
done >"$work/tasks"

# since: microseconds since `start` was set.
start=${EPOCHREALTIME/./}
since()
{
	echo $((${EPOCHREALTIME/./} - start))
}

t "every one of $people people asks for $each tasks through a pipe of objects"
start=${EPOCHREALTIME/./}
for who in "${members[@]}"; do
	as "$who" new-elevated-access-request -Reason 'a batch' -o Id <"$work/tasks" || bad "$who"
done >"$work/ids"
is "$(sort -u "$work/ids" | wc -l)" "$total"
echo "# asking took $(($(since) / 1000)) ms"

t "they are one JSON array for jq"
run bash -o pipefail -c 'get-elevated-access-request --json | jq "length, (map(.Identity) | unique | length)"'
is "$status" 0
is "$out" "$total"$'\n'"$total"

t "all are approved through one pipe, each with its own record"
start=${EPOCHREALTIME/./}
as bob run bash -o pipefail -c \
    'get-elevated-access-request -ToApprove -o JsonLines | approve-elevated-access-request -Comment ok -o Id'
ours=$(since)
is "$status" 0
is "$err" ''
is "$(sort -u "$stdout" | wc -l)" "$total"
is "$(get-elevated-access-authorization -o Id | sort)" "$(sort "$stdout")"
is "$(get-elevated-access-authorization -ActiveOnly -o Value -Property RequestIdentity | sort)" "$(sort "$work/ids")"
is "$(search-elevated-access-audit-log -Operations Approve-ElevatedAccessRequest -o Value -Property ObjectIds |
    sort)" "$(sort "$work/ids")"
is "$(get-elevated-access-request -RequestStatus Pending --json)" '[]'
succeeds test-elevated-access-audit-log

# No pass or fail by time: this is a number to look at.
mkdir "$work/serial"
{
	echo "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL;"
	echo "CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT) STRICT;"
	echo "CREATE TABLE b (id INTEGER PRIMARY KEY, t TEXT) STRICT;"
	for ((i = 1; i <= total; i++)); do
		echo "BEGIN IMMEDIATE; INSERT INTO a VALUES ($i, hex(randomblob(100)));" \
		    "INSERT INTO b VALUES ($i, hex(randomblob(200))); COMMIT;"
	done
} >"$work/serial/sql"
start=${EPOCHREALTIME/./}
sqlite3 "$work/serial/x.db" <"$work/serial/sql" >/dev/null
serial=$(since)
echo "# $total approvals: $((ours / 1000)) ms; $total serial transactions in sqlite3: $((serial / 1000)) ms;" \
    "ratio $((ours * 100 / serial)) %"

# five: five pending requests of alice as JSON lines in $work/five, of which the third is the middle.
five()
{
	local i

	for i in 1 2 3 4 5; do
		must as alice new-elevated-access-request "Batch\\task$i" -Reason five -o JsonLines
		cat "$stdout"
	done >"$work/five"
}
# states: of those five, in their order.
states()
{
	jq -r .Identity "$work/five" | while read -r id; do
		get-elevated-access-request "$id" -o Value -Property RequestStatus
	done | uniq -c | awk '{ print $1 $2 }' | xargs
}

t "one bad object is told by its line, and the rest goes on"
five
sed '3s/.*/{"RequestIdentity":"11111111-1111-4111-8111-111111111111"}/' "$work/five" >"$work/bad"
as bob run_in "$work/bad" approve-elevated-access-request -Comment ok -o Id
is "$status" 1
is "$(wc -l <"$stdout")" 4
has "$err" 'line 3: '
is "$(grep -c '^approve-elevated-access-request:' "$stderr")" 1
is "$(states)" '2Approved 1Pending 2Approved'
as bob must deny-elevated-access-request "$(sed -n 3p "$work/five" | jq -r .Identity)"

t "so is a line that is no JSON"
five
sed '3s/.*/{"RequestIdentity":/' "$work/five" >"$work/bad"
as bob run_in "$work/bad" approve-elevated-access-request -Comment ok -o Id
is "$status" 1
has "$err" 'line 3: '
is "$(states)" '2Approved 1Pending 2Approved'
as bob must deny-elevated-access-request "$(sed -n 3p "$work/five" | jq -r .Identity)"

t "with -ErrorAction Stop nothing after it is done"
five
sed '3s/.*/{"RequestIdentity":"11111111-1111-4111-8111-111111111111"}/' "$work/five" >"$work/bad"
as bob run_in "$work/bad" approve-elevated-access-request -Comment ok -ErrorAction Stop -o Id
is "$status" 1
is "$(wc -l <"$stdout")" 2
has "$err" 'line 3: '
is "$(states)" '2Approved 3Pending'
sed -n '3,5p' "$work/five" | jq -r .Identity >"$work/rest"
as bob run_in "$work/rest" deny-elevated-access-request -o Id
is "$status" 0

t "with -ErrorAction SilentlyContinue it is not told, but the status tells"
five
sed '3s/.*/{"RequestIdentity":"11111111-1111-4111-8111-111111111111"}/' "$work/five" >"$work/bad"
as bob run_in "$work/bad" approve-elevated-access-request -Comment ok -ErrorAction SilentlyContinue -o Id
is "$status" 1
is "$err" ''
is "$(states)" '2Approved 1Pending 2Approved'
as bob must deny-elevated-access-request "$(sed -n 3p "$work/five" | jq -r .Identity)"

t "in an array it is told by its number"
five
jq -s '.[2] = {"RequestIdentity":"11111111-1111-4111-8111-111111111111"}' "$work/five" >"$work/bad"
as bob run_in "$work/bad" approve-elevated-access-request -Comment ok -o Id
is "$status" 1
has "$err" 'object 3: '
is "$(states)" '2Approved 1Pending 2Approved'
as bob must deny-elevated-access-request "$(sed -n 3p "$work/five" | jq -r .Identity)"

t "a reader of the output that goes away stops the batch between two objects, not in one"
five
as bob bash -c 'approve-elevated-access-request -Comment ok -o JsonLines | true' <"$work/five" 2>/dev/null
matches "$(states)" '^([1-5]Approved)?( ?[1-4]Pending)?$'
is "$(get-elevated-access-request -RequestStatus Approved --json |
    jq '[.[] | select(.AuthorizationIdentity == null)] | length')" 0

finish
