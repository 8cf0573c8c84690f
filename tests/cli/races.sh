#!/bin/bash
# races.sh - of simultaneous deciders one wins, a single use is used once, and a killed command loses nothing

. "$(dirname "$0")/lib.bash"

# winner: the name of the one that ended with 0.
winner()
{
	local file

	for file in "$race"/*.status; do
		[[ $(<"$file") == 0 ]] && basename "$file" .status
	done
}

# records OBJECT: operation and result of the log's records about it, oldest first.
records()
{
	search-elevated-access-audit-log -ObjectIds "$1" -SortBy Sequence -o Value -Property \
	    Operations,ResultStatus,UserIds
}

request()
{
	must as "$1" new-elevated-access-request "$2" -Reason race -o Id
	id=$out
}
state()
{
	get-elevated-access-request "$1" -o Value -Property RequestStatus,DecidedBy
}
grants()
{
	get-elevated-access-authorization -Filter "RequestIdentity -eq '$1'" -o Id | wc -l
}

approvers=()
for i in {1..50}; do
	approvers+=("approver$i")
done
must new-elevated-access-approver-group -Name many -Member "$(IFS=,; echo "${approvers[*]}")"
must enable-elevated-access-control -AdminGroup many
must new-elevated-access-approval-policy 'Race\decide' -ApprovalType Manual -ApproverGroup many

t "of 50 deciders one wins; 49 are told who it was"
request alice 'Race\decide'
at_once
for i in {0..49}; do
	verb=approve
	((i % 2 == 0)) || verb=deny
	racer "${approvers[i]}" as "${approvers[i]}" "$verb-elevated-access-request" "$id" -ErrorView Normal
done
go
is "$(statuses)" '1x0 49x75'
first=$(winner)
is "$(grep -l "by $first\b" "$race"/*.err | wc -l)" 49
is "$(grep -l 'FullyQualifiedErrorId : RequestNotPending,' "$race"/*.err | wc -l)" 49
is "$(find "$race" -name '*.out' -size +0 | wc -l)" 1
verdict=Approved
grep -q 'RequestStatus' "$race/$first.out" && verdict=Denied
is "$(state "$id")" "$verdict"$'\t'"$first"
is "$(grants "$id")" "$([[ $verdict == Approved ]] && echo 1 || echo 0)"
is "$(records "$id" | grep -c Success)" 2
is "$(records "$id" | grep -c Refused)" 49

t "50 simultaneous runs of a single-use grant run the task once"
printf '#!/bin/sh\necho ran >>%s\n' "$work/ran" >"$work/task"
chmod 700 "$work/task"
must register-elevated-access-task 'Race\once' -Path "$work/task"
must new-elevated-access-approval-policy 'Race\once' -ApprovalType Auto -MaxUses 1
request alice 'Race\once'
at_once
for i in {1..50}; do
	racer "$i" as alice invoke-elevated-access-task 'Race\once'
done
go
is "$(statuses)" '1x0 49x126'
is "$(cat "$work/ran")" ran
is "$(get-elevated-access-authorization -RequestId "$id" -o Value -Property UseCount,MaxUses,Active)" $'1\t1\tFalse'
is "$(get-elevated-access-execution --json | jq length)" 1

t "200 simultaneous requests of 200 people all succeed"
before=$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Sequence)
at_once
for i in {1..200}; do
	racer "$i" as "user$i" new-elevated-access-request 'Race\decide' -Reason race -o Id
done
go
is "$(statuses)" '200x0'
is "$(cat "$race"/*.out | sort -u | wc -l)" 200
is "$(search-elevated-access-audit-log -ResultSize 1 -o Value -Property Sequence)" $((before + 200))
is "$(get-elevated-access-request -RequestStatus Pending -o Id | sort)" "$(cat "$race"/*.out | sort)"
succeeds test-elevated-access-audit-log

t "approve against deny, 20 rounds: one winner each, and the log agrees with the state"
for round in {1..20}; do
	request alice 'Race\decide'
	at_once
	# Who is started last often comes first.
	((round % 2 == 0)) || racer approver1 as approver1 approve-elevated-access-request "$id"
	racer approver2 as approver2 deny-elevated-access-request "$id"
	((round % 2 == 1)) || racer approver1 as approver1 approve-elevated-access-request "$id"
	go
	is "$(statuses)" '1x0 1x75' "round $round"
	case $(winner) in
	approver1) expected=$'Approved\tapprover1' operation=Approve other=Deny grants=1 ;;
	*) expected=$'Denied\tapprover2' operation=Deny other=Approve grants=0 ;;
	esac
	is "$(state "$id")" "$expected" "round $round"
	is "$(grants "$id")" "$grants" "round $round"
	is "$(records "$id" | cut -f 1,2 | sed -n 2,3p)" \
	    "$operation-ElevatedAccessRequest"$'\tSuccess\n'"$other-ElevatedAccessRequest"$'\tRefused' "round $round"
done

t "approve against withdraw, 20 rounds: a withdrawn request gives no grant"
for round in {1..20}; do
	request alice 'Race\decide'
	at_once
	((round % 2 == 0)) || racer approver1 as approver1 approve-elevated-access-request "$id"
	racer alice as alice stop-elevated-access-request "$id"
	((round % 2 == 1)) || racer approver1 as approver1 approve-elevated-access-request "$id"
	go
	is "$(statuses)" '1x0 1x75' "round $round"
	if [[ $(winner) == approver1 ]]; then
		is "$(state "$id")$(grants "$id")" $'Approved\tapprover11' "round $round"
	else
		is "$(state "$id")$(grants "$id")" $'Canceled\t0' "round $round"
	fi
done

t "100 commands killed at a random moment: what was acknowledged is there, the rest is whole or absent"
for i in {201..240}; do
	request "user$i" 'Race\decide'
	echo "$id"
done >"$work/pending"
mapfile -t pending <"$work/pending"
start=${EPOCHREALTIME/./}
as user0 new-elevated-access-request 'Race\decide' -Reason time >/dev/null
takes=$((${EPOCHREALTIME/./} - start))
mkdir "$work/killed"
acknowledged=0
for i in {1..100}; do
	case $((i % 5)) in
	0)
		words=(as "approver$((i / 5))" approve-elevated-access-request "${pending[i / 5]}" -o Value
		    -Property RequestIdentity)
		;;
	1) words=(as "approver$((i / 5 + 1))" deny-elevated-access-request "${pending[i / 5 + 20]}" -o Id) ;;
	*) words=(as "person$i" new-elevated-access-request 'Race\decide' -Reason kill -ClientToken "$i" -o Id) ;;
	esac
	# Not in this shell: its notice of a killed child would be in the log.
	(
		"${words[@]}" >"$work/killed/$i" 2>/dev/null &
		read -rt "$(printf '0.%06d' $((RANDOM * RANDOM % (2 * takes))))" <> <(:)
		kill -9 $!
		wait $!
	) 2>/dev/null
	[[ ! -s $work/killed/$i ]] || acknowledged=$((acknowledged + 1))
done
for i in {1..100}; do
	[[ -s $work/killed/$i ]] || continue
	case $((i % 5)) in
	0) expected=Approved ;;
	1) expected=Denied ;;
	*) expected=Pending ;;
	esac
	is "$(get-elevated-access-request "$(<"$work/killed/$i")" -o Value -Property RequestStatus)" "$expected" \
	    "acknowledged, but lost: command $i"
done
echo "# $acknowledged of 100 were acknowledged before the kill"
succeeds test-elevated-access-audit-log
is "$(get-elevated-access-request -RequestStatus Approved --json |
    jq '[.[] | select(.AuthorizationIdentity == null)] | length')" 0

t "a retry with the same client token never makes a second request"
for i in {2..98..5}; do
	run as "person$i" new-elevated-access-request 'Race\decide' -Reason kill -ClientToken "$i" -o Id
	is "$status" 0
	[[ ! -s $work/killed/$i ]] || is "$out" "$(<"$work/killed/$i")"
	is "$(get-elevated-access-request -Filter "RequestorUPN -eq 'person$i'" -o Id)" "$out"
done

finish
