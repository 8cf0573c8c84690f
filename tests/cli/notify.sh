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
exec cat >>"${0%/*}/said"
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

t "who acts under another name sends nothing: it is made due"
succeeds as 'CORP\bob' send-elevated-access-notification -o Value -Property Recipient,State
has "$out" "$work/program"$'\tQueued'
is "$(<"$work/said")" ''

t "with -WhatIf nothing is sent"
succeeds send-elevated-access-notification -WhatIf
is "$(of Queued)" 1

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
