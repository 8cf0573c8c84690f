#!/bin/bash
# notifications.sh - what is queued for whom, and who sees that it was

. "$(dirname "$0")/lib.bash"

setup_basic
file=$work/touched/file

# told WHO [WORD...]: what WHO sees, without what is about the configuration, oldest first.
told()
{
	local who=$1

	shift
	as "$who" get-elevated-access-notification -Filter "Kind -ne 'Configuration'" "$@" -SortBy DateCreatedUtc \
	    -o Value -Property Kind,Recipient,State
}
ask()
{
	as alice must new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason "$1" -o Id
	id=$out
}

t "a request is queued for its approvers, its outcome for the requestor"
ask 'for a test'
is "$(told alice)" $'Pending\tops\tQueued'
as bob must approve-elevated-access-request "$id" -Comment ok
is "$(told alice | sort)" $'Approved\talice\tQueued\nPending\tops\tQueued'
as alice must revoke-elevated-access-authorization "$id" -Confirm:false
is "$(told alice | sort)" $'Approved\talice\tQueued\nPending\tops\tQueued\nRevoked\talice\tQueued'

t "each belongs to its request"
is "$(as alice get-elevated-access-notification -Filter "RequestIdentity -eq '$id'" -o Id | wc -l)" 3
is "$(as alice get-elevated-access-notification -Property RequestIdentity -o Value | sort -u)" "$id"

t "those who may decide see the same, others nothing, the group that decides by default also what was configured"
is "$(told bob)" "$(told alice)"
is "$(told carol)" ''
is "$(get-elevated-access-notification -Filter "Kind -eq 'Configuration'" -o Value -Property Recipient | sort -u)" ops
is "$(as bob get-elevated-access-notification -Filter "Kind -eq 'Configuration'" -o Id)" \
    "$(get-elevated-access-notification -Filter "Kind -eq 'Configuration'" -o Id)"
is "$(as carol get-elevated-access-notification -o Id)" ''

t "one alone, by its id, for those who see it"
one=$(get-elevated-access-notification -Filter "Kind -eq 'Revoked'" -o Id)
is "$(as alice get-elevated-access-notification "$one" -o Value -Property Recipient,Attempts,LastError)" $'alice\t0\t'
as carol fails 66 NotificationNotFound get-elevated-access-notification "$one"

t "what it says, and when it is tried again"
is "$(as alice get-elevated-access-notification "$one" -o Value -Property Subject)" \
    '[pam-lite] Revoked: Linux\touch for alice'
matches "$(as alice get-elevated-access-notification "$one" -o Value -Property NextAttemptUtc)" '^20[0-9T:-]*Z$'

t "by state"
is "$(as alice get-elevated-access-notification -State Sent --json)" '[]'
is "$(as alice get-elevated-access-notification -State Queued -o Id | wc -l)" 3
fails 64 ParameterArgumentTransformationError get-elevated-access-notification -State Lost

t "what is only tried or refused is not told"
as alice must new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason r -WhatIf
fails 66 PolicyNotFound as alice new-elevated-access-request 'Linux\none' -Reason r
must new-elevated-access-approver-group others -WhatIf
before=$(get-elevated-access-notification -o Id | wc -l)
as mallory fails 77 AdministratorRequired new-elevated-access-approver-group others
is "$(get-elevated-access-notification -o Id | wc -l)" "$before"
is "$(told alice | wc -l)" 3

t "a group's own address takes the place of its members; who has no address is seen to fail"
must set-elevated-access-approver-group ops -MailAddress ops@example.org
as 'CORP\eve' must new-elevated-access-request 'Linux\touch' -Parameter "file=$file" -Reason r -o Id
is "$(told bob -ResultSize 100 | grep Pending | sort)" $'Pending\tops\tQueued\nPending\tops@example.org\tQueued'
must remove-elevated-access-approval-policy 'Linux\touch' -Confirm:false
is "$(get-elevated-access-notification -State Failed -o Value -Property Kind,Recipient,LastError)" \
    $'Canceled\tCORP\\eve\tnot a mail address'

t "hostile text is one escaped line, and in no subject"
must new-elevated-access-approval-policy 'Linux\touch' -ApprovalType Manual -ApproverGroup ops
ask $'\u202eecnis\u200b Version: 9'
cp "$PAMLITE_DATABASE" "$work/copy.db"
body=$(sqlite3 "$work/copy.db" "SELECT body FROM message WHERE request_id = '$id'")
has "$body" $'\nReason: \\u{202e}ecnis\\u{200b} Version: 9\n'
is "$(grep -c '^Version: ' <<<"$body")" 1
is "$(sqlite3 "$work/copy.db" "SELECT subject FROM message WHERE request_id = '$id'")" \
    '[pam-lite] Decision needed: Linux\touch for alice'

t "the event is the same as one line of JSON"
sqlite3 "$work/copy.db" "SELECT event FROM message WHERE request_id = '$id'" >"$work/event"
is "$(wc -l <"$work/event")" 1
is "$(jq -r '[.Kind, .RequestIdentity, .RequestorUPN, .CommandLine[0], .Parameters.file] | join(" ")' "$work/event")" \
    "Pending $id alice /usr/bin/touch $file"
is "$(jq -r .Reason "$work/event")" $'\u202eecnis\u200b Version: 9'

t "the commands that a mail names can be typed"
command=$(grep -o '^    approve-elevated-access-request .*' <<<"$body")
as bob must bash -c "$command"
is "$(as alice get-elevated-access-request "$id" -o Value -Property RequestStatus)" Approved
cp "$PAMLITE_DATABASE" "$work/copy.db"
command=$(sqlite3 "$work/copy.db" "SELECT body FROM message WHERE kind = 'Approved' AND request_id = '$id'" |
    grep -o '^    invoke-elevated-access-task .*')
as alice must bash -c "$command"
[[ -e $file ]] || bad "the task was not run"
command=$(sqlite3 "$work/copy.db" "SELECT body FROM message WHERE subject LIKE '%New-%Policy Linux\touch by %'" |
    grep -o '^    search-elevated-access-audit-log .*')
must bash -c "$command -o Value -Property Operations"
has "$out" New-ElevatedAccessApprovalPolicy

t "what has expired is asked for again, word for word, by the command in the mail"
must register-elevated-access-task 'Linux\say' -Path /bin/echo -ArgumentList '{a}' '{b}' '{c}' \
    -Parameter a=text:99,b=text:99,c=text:99
must new-elevated-access-approval-policy 'Linux\say' -ApprovalType Manual -ApproverGroup ops
as alice must new-elevated-access-request 'Linux\say' -Reason "it's \$(so)" -Duration PT90M -Ticket 'T 1' \
    -Context 'a\b' -Parameter "a='x, ''y'' ',b=\"quoted\" \$HOME,c='''z'" -o Id
id=$out
later 25h invoke-elevated-access-maintenance >"$work/maintained"
cp "$PAMLITE_DATABASE" "$work/copy.db"
body=$(sqlite3 "$work/copy.db" "SELECT body FROM message WHERE kind = 'Expired' AND request_id = '$id'")
has "$body" $'\nExpirationDateTimeUtc: 20'
command=$(grep -o '^    new-elevated-access-request .*' <<<"$body")
as alice must bash -c "$command -o Id"
again=$out
asked()
{
	get-elevated-access-request "$1" --json |
	    jq -cS 'map([.RequestedAccess, .Reason, .DurationHours, .Parameters, .Ticket, .Context, .StartTimeUtc])'
}
is "$(asked "$again")" "$(asked "$id")"
is "$(asked "$id" | jq -r '.[0][3].a')" "x, 'y' "

t "what a withdrawal says is told"
as alice must stop-elevated-access-request "$again" -Comment 'no need' -Confirm:false
cp "$PAMLITE_DATABASE" "$work/copy.db"
has "$(sqlite3 "$work/copy.db" "SELECT body FROM message WHERE kind = 'Canceled' AND request_id = '$again'")" \
    $'\nComment: no need\n'

finish
