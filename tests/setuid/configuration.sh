#!/bin/bash
# configuration.sh - the configuration as one document: who may, one transaction, root's files, and what a kill leaves

. "$(dirname "$0")/lib.bash"

export_to()
{
	rm -f "$1"
	must export-elevated-access-configuration -Path "$1"
}
import=(import-elevated-access-configuration -Confirm:false -Path)
import()
{
	"${import[@]}" "$@"
}
# told NAME FILTER: the kept document, changed by jq, as a file that everybody can read.
told()
{
	jq "$2" "$work/kept.json" >"$shared/$1"
	chmod 644 "$shared/$1"
}
# agrees: every task of the database has its file, each file is what its name says, and there is no other.
agrees()
{
	local named

	named=$(find $tasks -name '*.task' | sed 's/.*\.\([0-9a-f]*\)\.task/\1/' | sort)
	is "$(dbquery "SELECT digest FROM task WHERE type = 'Task' ORDER BY digest")" "$named" 'tasks and files differ'
	is "$(find $tasks -name '*.task' -exec sha256sum {} + | cut -d' ' -f1 | sort)" "$named" 'a file is another'
}

t "a host is set up by one import, as root, from a database that was never enabled"
mkdir -p /opt/fixture
ln -s "$ok" /opt/fixture/called
install -m 755 /usr/bin/true /opt/fixture/notify
jq -n --arg ok "$ok" '{Format: "pam-lite configuration", Version: 1,
    Control: {Enabled: true, AdminGroup: "ops", ManagementGroup: "managers", AuditGroup: "audit",
        NotifyCommand: "/opt/fixture/notify", RecordingRetentionDays: 30},
    ApproverGroups: [{Name: "ops", Member: ["dave", "bob"]}, {Name: "managers", Member: ["adm1", "adm2"]},
        {Name: "audit", Member: ["carol"]}],
    SystemAccounts: [{Identity: "svc", Reason: "backup job"}],
    Tasks: [{Name: "L\\role", Type: "Role", Member: ["L\\ok", "L/exit"]}, {Name: "L\\ok", Type: "Task", Path: $ok},
        {Name: "L\\called", Type: "Task", Path: "/opt/fixture/called"},
        {Name: "L\\exit", Type: "Task", Path: $ok, ArgumentList: ["{code}"], Parameter: {code: "int:0..255"}}],
    Policies: [{Task: "L\\ok", Type: "Task", ApprovalType: "Manual", BindParameters: false},
        {Task: "L\\exit", Type: "Task", ApprovalType: "Manual", ApproverGroup: "ops", MaxDurationHours: 4},
        {Task: "L\\role", Type: "Role", ApprovalType: "Auto"}]}' >"$work/first.json"
mark
succeeds import "$work/first.json" -WhatIf
has "$err" 'What if: Performing the operation "Import-ElevatedAccessConfiguration"'
is "$(wc -l <<<"$out")" 18 'a header, 11 objects and 6 settings'
same
plan=$out
succeeds import "$work/first.json"
is "$out" "$plan"
agrees
is "$(</etc/pam-lite/notify) $(</etc/pam-lite/retention)" '/opt/fixture/notify 30'
succeeds get-elevated-access-control -Property Enabled,AdminGroup,ManagementGroup,AuditGroup -o Value
is "$out" $'True\tops\tmanagers\taudit'
recorded 1 '"Operation":"Import-ElevatedAccessConfiguration".*"Result":"Success".*"Sha256":"'"$(sha256sum \
    "$work/first.json" | cut -c1-64)"
recorded 4 '"Operation":"Register-ElevatedAccessTask".*"Result":"Success"'

t "what it has set up works: a run by a name that is a link, and by a role"
must as alice new-elevated-access-request -Role 'L\role' -Reason r
succeeds as alice invoke-elevated-access-task 'L\ok'
succeeds as svc invoke-elevated-access-task 'L\called'

t "again it changes nothing, records nothing, and says nothing; files stay as they are"
stat -c '%n %Y %i' $tasks/* /etc/pam-lite/* >"$work/stat"
mark
for word in '' -Prune; do
	succeeds import "$work/first.json" ${word:+$word}
	is "$out$err" ''
done
same
recorded 0 .
stat -c '%n %Y %i' $tasks/* /etc/pam-lite/* | diff "$work/stat" - || bad 'files were written'

t "exported, imported and exported again are the same bytes; nobody but who sees everything exports"
export_to "$work/kept.json"
succeeds import "$work/kept.json"
is "$out$err" ''
export_to "$work/again.json"
cmp "$work/kept.json" "$work/again.json" || bad 'they differ'
must as carol export-elevated-access-configuration -Path /home/carol/c.json
cmp "$work/kept.json" /home/carol/c.json || bad 'they differ'
must as adm1 export-elevated-access-configuration -Path /home/adm1/c.json
fails 77 AuditorRequired as alice export-elevated-access-configuration -Path /home/alice/c.json
fails 77 AuditorRequired as bob export-elevated-access-configuration -Path /home/bob/c.json
keep

t "on another host, whose database is new, the same comes out"
chattr -a $anchor 2>/dev/null
rm -rf ${tasks:?}/* $db $db.lock
: >$anchor
world_make "$BUILD" install >"$work/install" 2>&1 || bad 'not installed' "$(<"$work/install")"
[[ -e $db ]] || bad 'there is no new database'
succeeds import "$work/kept.json"
agrees
export_to "$work/other.json"
cmp "$work/kept.json" "$work/other.json" || bad 'they differ'
fresh

t "a manager who is not root imports what changes no task and no setting of root's"
told policy.json '.Policies[1].MaxDurationHours = 8 | .Control.RequireComment = true |
    .ApproverGroups[2].Member += ["carol"]'
succeeds as adm1 import-elevated-access-configuration -Confirm:false -Path "$shared/policy.json"
is "$(wc -l <<<"$out")" 4
recorded 1 '"UserId":"adm1".*"Operation":"Import-ElevatedAccessConfiguration"'
told absent.json 'del(.Tasks, .Control.NotifyCommand) | .Policies[1].MaxDurationHours = 6'
succeeds as adm1 import-elevated-access-configuration -Confirm:false -Path "$shared/absent.json"
fresh

t "he is refused what is root's, as by the single commands, and nothing of it is done"
told task.json '.Tasks[1].ArgumentList = ["1"] | .Policies[0].MaxUses = 3'
told program.json '.Control.NotifyCommand = null | .Policies[0].MaxUses = 3'
told less.json 'del(.Tasks[0]) | .Policies[0].MaxUses = 3'
mark
fails 77 RootRequired as adm1 import-elevated-access-configuration -Confirm:false -Path "$shared/task.json"
has "$err" 'Tasks[1] (L\exit): what runs on this host'
fails 77 RootRequired as adm1 import-elevated-access-configuration -WhatIf -Path "$shared/task.json"
fails 77 RootRequired as adm1 import-elevated-access-configuration -Confirm:false -Path "$shared/program.json"
fails 77 RootRequired as adm1 import-elevated-access-configuration -Confirm:false -Prune -Path "$shared/less.json"
same
recorded 3 '"Operation":"Import-ElevatedAccessConfiguration".*"Result":"Refused","ErrorId":"RootRequired"'
for who in alice carol bob; do
	fails 77 AdministratorRequired as $who import-elevated-access-configuration -Confirm:false \
	    -Path "$shared/task.json"
done
same

t "what root's side adds counts from root alone, and only what root has written becomes a task"
told slip.json '.Tasks[1].ResolvedPath = "/bin/sh" | .Tasks[1].DefinitionSha256 = ("0" * 64) | .DocumentSha256 = "x"'
mark
for who in adm1 root; do
	fails 65 ConfigurationInvalid as $who import-elevated-access-configuration -Confirm:false \
	    -Path "$shared/slip.json"
	is "$(grep -c 'there is no such property' <<<"$err")" 3
done
feed by_hand adm1 import-elevated-access-configuration Path <"$shared/slip.json"
is "$status" 65
told slip.json '.Tasks[1].ResolvedPath = "/bin/sh" | .Tasks[1].DefinitionSha256 = ("0" * 64)'
feed by_hand root import-elevated-access-configuration Path <"$shared/slip.json"
is "$status" 64
has "$err" 'not the one that root has written'
same

t "tasks that root may not register are refused with their place, and no file is written"
cp "$ok" "$shared/theirs"
chown alice "$shared/theirs"
told theirs.json '.Tasks[1].Path = "/opt/shared/theirs"'
mark
fails 77 ProgramNotTrusted "${import[@]}" "$shared/theirs.json"
has "$err" 'Tasks[1]: '
told none.json '.Tasks[1].Path = "/opt/fixture/none"'
fails 64 TaskDefinitionInvalid "${import[@]}" "$shared/none.json" -WhatIf
told group.json '.Tasks[1].RunAs = "svc" | .Policies[0].ApproverGroup = "nobody"'
fails 66 ApproverGroupNotFound "${import[@]}" "$shared/group.json"
has "$err" 'Policies[0] (L\exit): ApproverGroup: '
told nofile.json '.Control.NotifyCommand = "/opt/fixture/none"'
fails 66 ProgramNotFound "${import[@]}" "$shared/nofile.json"
has "$err" 'Control.NotifyCommand: '
install -m 644 /dev/null /opt/fixture/text
told text.json '.Control.NotifyCommand = "/opt/fixture/text"'
fails 77 ProgramNotExecutable "${import[@]}" "$shared/text.json"
same
agrees

t "a changed task needs a new approval; a removed policy ends its grants and requests"
fresh
grant alice 'L\ok'
must as alice new-elevated-access-request 'L\exit' -Parameter code=3 -Reason r
succeeds as alice invoke-elevated-access-task 'L\ok'
told changed.json '(.Tasks[] | select(.Name == "L\\ok")).ArgumentList = ["0"]'
succeeds import "$shared/changed.json" -o Value
is "$out" $'Change\tTask\tL\\ok\tArgumentList\t\t0'
fails 126 ElevatedAccessRequired as alice invoke-elevated-access-task 'L\ok'
agrees
told less.json 'del(.Policies[] | select(.Task != "L\\role")) | del(.Tasks[] | select(.Name == "L\\called"))'
succeeds import "$shared/less.json"
has "$err" 'not in the document, and left as it is: Policy L\exit, L\ok (-Prune removes it)'
has "$err" 'not in the document, and left as it is: Task L\called (-Prune removes it)'
mark
succeeds import "$shared/less.json" -Prune
is "$(dbquery "SELECT count(*) FROM request WHERE state = 'Canceled'")" 1
recorded 1 '"Operation":"Revoke-ElevatedAccessAuthorization"'
recorded 2 '"Operation":"Remove-ElevatedAccessApprovalPolicy"'
recorded 1 '"Operation":"Unregister-ElevatedAccessTask"'
agrees
succeeds import "$work/kept.json"
export_to "$work/again.json"
cmp "$work/kept.json" "$work/again.json" || bad 'they differ'

t "where a link leads elsewhere, the next import says so and registers that"
fresh
install -m 755 "$ok" /opt/fixture/other
ln -sf /opt/fixture/other /opt/fixture/called
succeeds import "$work/kept.json" -o Value
is "$(cut -f1-4 <<<"$out")" $'Change\tTask\tL\\called\tResolvedPath'
agrees
succeeds import "$work/kept.json"
is "$out$err" ''
ln -sf "$ok" /opt/fixture/called

t "one mail tells of many changes"
fresh
count='SELECT count(*) FROM message'
before=$(dbquery "$count")
told many.json '.ApproverGroups += [range(30) | {Name: "g\(.)"}]'
succeeds import "$shared/many.json"
is "$(($(dbquery "$count") - before))" 1
has "$(dbquery "SELECT body FROM message ORDER BY created_at DESC, rowid DESC LIMIT 1")" 'Add ApproverGroup g7'

t "a lost file of a task comes back with the next import"
fresh
rm "${tasks:?}"/l.ok.*
fails 126 TaskFileMissing as svc invoke-elevated-access-task 'L\ok'
succeeds import "$work/kept.json"
agrees
succeeds as svc invoke-elevated-access-task 'L\ok'

t "a setting of root's that cannot be written is told, and written by the next import"
fresh
rm /etc/pam-lite/notify
mkdir /etc/pam-lite/notify
fails 74 DatabaseInputOutput "${import[@]}" "$work/kept.json"
has "$err" 'NotifyCommand is recorded, but /etc/pam-lite/notify cannot be written'
rmdir /etc/pam-lite/notify
succeeds import "$work/kept.json"
is "$(</etc/pam-lite/notify)" /opt/fixture/notify

t "it asks, also root, before any lock is taken"
fresh
fails 64 ConfirmationRequired import-elevated-access-configuration -Path "$shared/many.json"
terminal root import-elevated-access-configuration -Path "$shared/many.json"
expect 'target "/opt/shared/many.json".*'
expect 'default is "N"'
flock -n /etc/pam-lite true || bad 'a lock is held while somebody thinks'
send 'n\r'
terminal_end
is "$(dbquery "SELECT count(*) FROM approver_group")" 3

t "killed at any moment: the old or the new configuration, no task without its file, and a repetition ends it"
told killed.json '.Tasks |= map(if .Type == "Task" then .Environment = {"A": "b"} else . end) |
    .Tasks += [range(20) | {Name: "K\\t\(.)", Type: "Task", Path: "/opt/fixture/ok"}] | .Policies[0].MaxUses = 5'
half="SELECT count(*) || ' ' || (SELECT count(*) FROM policy WHERE max_uses = 5) || ' ' ||
    (SELECT count(*) FROM task WHERE environment IS NOT NULL) FROM task WHERE name LIKE 'K%'"
declare -A seen=()
for ((i = 0; i < 30 && (i < 12 || ${#seen[@]} < 2); i++)); do
	fresh
	import-elevated-access-configuration -Confirm:false -Path "$shared/killed.json" >/dev/null 2>&1 &
	victim=$!
	disown
	sleep "0.$(printf %03d $(((i % 12) * 15 + (i > 11) * 60 + 5)))"
	case $((i % 3)) in
	0) kill -KILL $victim 2>/dev/null ;;
	1) pkill -KILL -u pamlite ;;
	2) kill -KILL $victim 2>/dev/null; pkill -KILL -u pamlite ;;
	esac
	eventually 10 not kill -0 $victim 2>/dev/null
	eventually 10 flock -n $db.lock true
	now=$(dbquery "$half")
	[[ $now == '0 0 0' || $now == '20 1 3' ]] || bad "half done: $now"
	seen[$now]=1
	for digest in $(dbquery "SELECT digest FROM task WHERE type = 'Task'"); do
		[[ -n $(find $tasks -name "*.$digest.task") ]] || bad 'a task has no file'
	done
	run import "$shared/killed.json"
	is "$status" 0
	is "$(dbquery "$half")" '20 1 3'
	agrees
done
is "${#seen[@]}" 2 'too early or too late every time'

fresh
finish
