#!/bin/bash
# notify.sh - sending on a private database: by its owner, to a program of his own, once

. "$(dirname "$0")/lib.bash"

# Accounts of another domain are no addresses, so that nobody is sent a mail by this.
must new-elevated-access-approver-group ops -Member 'CORP\bob'
must new-elevated-access-approval-policy 'L\a' -ApprovalType Manual -ApproverGroup ops
must enable-elevated-access-control -AdminGroup ops
cat >"$work/program" <<'END'
#!/bin/sh
[ ! -e "${0%/*}/broken" ] || { echo "no network" >&2; exit 69; }
cat >>"${0%/*}/said"
[ ! -e "${0%/*}/unsure" ]
END
chmod 700 "$work/program"
must set-elevated-access-control -NotifyCommand "$work/program" -Confirm:false
must send-elevated-access-notification -o Id

# Begun here, looked at last.
flock "$PAMLITE_DATABASE.sender" sleep 35 &
holder=$!
while flock -n "$PAMLITE_DATABASE.sender" true; do sleep 0.05; done
send-elevated-access-notification -ErrorView Normal >"$work/busy.out" 2>"$work/busy.err" </dev/null &
busy=$!
first=$PAMLITE_DATABASE
mkdir "$work/other"
cp "$first" "$work/other/pam-lite.db"
export PAMLITE_DATABASE=$work/other/pam-lite.db
: >"$work/said"

# of STATE: how many of the program's are in it.
of()
{
	get-elevated-access-notification -State "$1" -Filter "Recipient -eq '$work/program'" -o Id | wc -l
}
as 'CORP\alice' new-elevated-access-request 'L\a' -Reason one -o Id >"$work/id"

t "who acts under another name sends nothing: mails are made due, and of root's program he sees nothing"
succeeds as 'CORP\bob' send-elevated-access-notification -o Value -Property Recipient,State
is "$out" $'ops\tQueued'
is "$(<"$work/said")" ''
is "$(as 'CORP\bob' get-elevated-access-notification -Filter "Recipient -eq '$work/program'" -o Id)" ''

t "with -WhatIf nothing is sent"
succeeds send-elevated-access-notification -WhatIf
is "$out" ''
is "$(grep -c 'What if: Performing the operation "Send-ElevatedAccessNotification" on target' <<<"$err")" 2
has "$err" "(Pending to $work/program)\"."
lacks "$err" '""'
succeeds send-elevated-access-notification -WhatIf -o Value -Property Kind,Recipient,State
is "$out" $'Pending\tops\tQueued\nPending\t'"$work/program"$'\tQueued'
is "$(of Queued)" 1
succeeds as 'CORP\bob' send-elevated-access-notification -All -WhatIf --json
is "$(jq -r '.[] | [.Kind, .Recipient] | join(" ")' <<<"$out" | tail -n 1)" 'Pending ops'
is "$(<"$work/said")" ''

t "what the program does not take stays, with its reason, and is not tried again at once"
: >"$work/broken"
succeeds send-elevated-access-notification -o Value -Property Recipient,State,Attempts,LastError
has "$out" "$work/program"$'\tQueued\t1\t'"$work/program ended with status 69: no network"
rm "$work/broken"
succeeds send-elevated-access-notification -o Id
is "$out" ''
is "$(of Queued)" 1

t "when it is due it is sent, once"
succeeds later 2m send-elevated-access-notification -o Value -Property Recipient,State
has "$out" "$work/program"$'\tSent'
succeeds later 3m send-elevated-access-notification -All -o Id
is "$(jq -r .Reason "$work/said")" one

t "of one request, before it is due"
: >"$work/said"
: >"$work/broken"
as 'CORP\carol' new-elevated-access-request 'L\a' -Reason two -o Id >"$work/second"
succeeds send-elevated-access-notification -o Id
rm "$work/broken"
succeeds send-elevated-access-notification -RequestId "$(<"$work/id")" -o Id
is "$(<"$work/said")" ''
succeeds send-elevated-access-notification -RequestId "$(<"$work/second")" -o Value -Property State
has "$out" Sent
is "$(jq -r .Reason "$work/said")" two
fails 66 RequestNotFound send-elevated-access-notification -RequestId 00000000-0000-4000-8000-000000000000

t "a program knows what it is told twice"
: >"$work/said"
: >"$work/unsure"
as 'CORP\dave' new-elevated-access-request 'L\a' -Reason three -o Id >"$work/third"
succeeds send-elevated-access-notification -o Id
rm "$work/unsure"
succeeds send-elevated-access-notification -RequestId "$(<"$work/third")" -o Value -Property State
has "$out" Sent
is "$(jq -s 'map([.Identity, .DateCreatedUtc]) | length, (unique | length)' "$work/said" | tr '\n' ' ')" '2 1 '
matches "$(jq -r .Identity "$work/said" | head -n 1)" '^[0-9a-f-]{36}$'

t "several senders at once: each message once"
: >"$work/said"
for i in {1..10}; do
	must set-elevated-access-control -RequestLifetimeHours "$i" -Confirm:false
done
at_once
for i in {1..6}; do
	racer "$i" send-elevated-access-notification
done
go
is "$(statuses)" 6x0
is "$(jq -c .Parameters.RequestLifetimeSeconds "$work/said" | sort -n | uniq -c | awk '{ printf "%s ", $1 }')" \
    '1 1 1 1 1 1 1 1 1 1 '

t "a program that is not there"
must set-elevated-access-control -NotifyCommand "$work/none" -Confirm:false
succeeds send-elevated-access-notification -o Value -Property LastError
has "$out" "$work/none cannot be started: No such file or directory"

t "what waits for a program goes to its successor, and with none it has failed"
must set-elevated-access-control -NotifyCommand "$work/program" -Confirm:false
: >"$work/said"
succeeds later 2m send-elevated-access-notification -o Value -Property Recipient,State
has "$out" "$work/program"$'\tSent'
lacks "$out" "$work/none"
has "$(<"$work/said")" "\"NotifyCommand\":\"$work/none\""
must set-elevated-access-control -RequestLifetimeHours 7 -Confirm:false
must set-elevated-access-control -NotifyCommand '' -Confirm:false
succeeds get-elevated-access-notification -State Failed -Filter "Recipient -eq '$work/program'" -o Value \
    -Property LastError
is "$(sort -u <<<"$out")" 'NotifyCommand was removed'
is "$(of Queued)" 0

t "who waits for another sender for half a minute goes"
export PAMLITE_DATABASE=$first
wait "$busy"
status=$?
err=$(<"$work/busy.err")
is "$status" 75
has "$err" 'SenderBusy,Send-ElevatedAccessNotification'
is "$(<"$work/busy.out")" ''
echo 'send-elevated-access-notification SenderBusy' >>"$lib_seen"
pkill -P "$holder"
wait "$holder" 2>/dev/null

finish
