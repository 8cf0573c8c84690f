#!/bin/bash
# errors-config.sh - every refusal of the commands that configure: groups, accounts, tasks, policies, the control

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

read_errors
setup_basic
must new-elevated-access-approver-group -Name auditors -MailAddress auditors@example.org -Member erin
must add-elevated-access-system-account svc -Reason 'backup job'
must register-elevated-access-task 'Linux\web-admin' -Type Role -Member 'Linux\touch'

t "only administrators configure"
for command in "${commands[@]}"; do
	has_error "$command" AdministratorRequired || continue
	# It asks whose the file is, and not who may configure.
	[[ $command != restore-* ]] || continue
	line "$command"
	what='configure elevated access'
	[[ $command != invoke-elevated-access-maintenance ]] || what='start the maintenance'
	refused 77 AdministratorRequired "carol may not $what" as carol "${words[@]}"
	has "$err" 'the management group'
	has "$err" 'the owner of a private database may'
	# An approver decides and does not configure.
	refused 77 AdministratorRequired "bob may not $what" as bob "${words[@]}"
done

t "only administrators and auditors see everything"
for command in get-elevated-access-control test-elevated-access-audit-log; do
	refused 77 AuditorRequired 'carol may not see this' as carol "$command"
	has "$err" 'members of the management and the audit group'
done

t "a group that is not there, or may not be seen"
refused 66 ApproverGroupNotFound "'nosuch'" get-elevated-access-approver-group nosuch
refused 66 ApproverGroupNotFound "'ops'" as carol get-elevated-access-approver-group ops
refused 66 ApproverGroupNotFound "'nosuch'" set-elevated-access-approver-group nosuch -Description d
refused 66 ApproverGroupNotFound "'nosuch'" remove-elevated-access-approver-group nosuch -Confirm:false
for parameter in ApproverGroup EligibleGroup; do
	refused 66 ApproverGroupNotFound "'nosuch'" new-elevated-access-approval-policy 'Linux\other' \
	    -ApprovalType Manual "-$parameter" nosuch
	refused 66 ApproverGroupNotFound "'nosuch'" set-elevated-access-approval-policy 'Linux\touch' "-$parameter" \
	    nosuch
done
for parameter in AdminGroup ManagementGroup AuditGroup; do
	refused 66 ApproverGroupNotFound "'nosuch'" set-elevated-access-control "-$parameter" nosuch -Confirm:false
done
has "$err" 'new-elevated-access-approver-group nosuch -Member'

t "a group that is there"
refused 73 ApproverGroupExists "'ops'" new-elevated-access-approver-group ops
refused 73 ApproverGroupExists "'OPS'" new-elevated-access-approver-group OPS
refused 73 ApproverGroupExists "Auditors@example.org" new-elevated-access-approver-group x -MailAddress \
    Auditors@example.org
refused 73 ApproverGroupExists "auditors@example.org" set-elevated-access-approver-group ops -MailAddress \
    auditors@example.org
refused 75 ApproverGroupInUse "'ops' is used by" remove-elevated-access-approver-group ops -Confirm:false

t "a Unix group that the host does not have"
refused 66 UnixGroupNotFound "'no-such-unix-group'" new-elevated-access-approver-group x -UnixGroup no-such-unix-group
refused 66 UnixGroupNotFound "'no-such-unix-group'" set-elevated-access-approver-group ops -UnixGroup no-such-unix-group

t "values that only the whole can judge"
refused 64 ParameterArgumentTransformationError "'nonsense'" new-elevated-access-approver-group x -MailAddress nonsense
refused 64 ParameterArgumentTransformationError "'-n'" new-elevated-access-approver-group x -MailAddress:-n
refused 64 ParameterArgumentTransformationError "'a b'" new-elevated-access-approver-group x -Member 'a b'
refused 64 ParameterArgumentTransformationError "'a b'" set-elevated-access-approver-group ops -AddMember 'a b'
refused 64 ParameterArgumentTransformationError "'a b'" enable-elevated-access-control -AdminGroup ops -SystemAccounts \
    'a b'
refused 64 ParameterArgumentTransformationError "'a@b'" set-elevated-access-control -Domain a@b -Confirm:false
refused 64 ParameterArgumentTransformationError "'mail'" set-elevated-access-control -NotifyCommand mail -Confirm:false

t "system accounts"
refused 73 SystemAccountExists "'svc'" add-elevated-access-system-account svc -Reason again
refused 64 TimePast 'lies in the past' add-elevated-access-system-account late -Reason r -ExpiresUtc \
    2020-01-01T00:00:00Z
refused 66 SystemAccountNotFound "'nobody-known'" get-elevated-access-system-account nobody-known
refused 66 SystemAccountNotFound "'nobody-known'" remove-elevated-access-system-account nobody-known -Confirm:false

t "tasks"
refused 66 TaskNotFound "'Linux\\nosuch'" get-elevated-access-task 'Linux\nosuch'
refused 66 TaskNotFound "'Linux\\web-admin'" as carol get-elevated-access-task 'Linux\web-admin'
refused 66 TaskNotFound "'Linux\\nosuch'" set-elevated-access-task 'Linux\nosuch' -Description d
refused 66 TaskNotFound "'Linux\\nosuch'" unregister-elevated-access-task 'Linux\nosuch' -Confirm:false
refused 73 TaskExists "'Linux\\TOUCH'" register-elevated-access-task 'Linux\TOUCH' -Path /bin/true
has "$err" 'set-elevated-access-task'
refused 64 RunAsRefused 'not as somebody' register-elevated-access-task 'Linux\x' -Path /bin/true -RunAs somebody
refused 64 RunAsRefused 'not as somebody' set-elevated-access-task 'Linux\touch' -RunAs somebody

# invalid TEXT WORD...: no task can be defined so.
invalid()
{
	local text=$1

	shift
	refused 64 TaskDefinitionInvalid "$text" register-elevated-access-task 'Linux\x' "$@"
}
t "definitions that contradict themselves"
invalid 'a task needs -Path'
invalid 'Linux\x' -Path true
invalid 'Linux\x' -Path /bin/true -ArgumentList '{file}'
invalid 'Linux\x' -Path /bin/true -Parameter 'file=nonsense'
invalid 'Linux\x' -Path /bin/true -Sha256 abc
invalid 'Linux\x' -Path /bin/true -WorkingDirectory somewhere
invalid 'Linux\x' -Path /bin/true -Environment 'LD_PRELOAD=/tmp/x.so'
invalid 'only a Role or RoleGroup has members' -Path /bin/true -Member 'Linux\touch'
invalid 'a role needs -Member' -Type Role
invalid 'a role has members and nothing to run' -Type Role -Member 'Linux\touch' -Path /bin/true
invalid 'is not a Task' -Type Role -Member 'Linux\web-admin'
invalid 'is not a Role' -Type RoleGroup -Member 'Linux\touch'
invalid 'a member is named Scope\Name' -Type Role -Member nonsense
refused 64 TaskDefinitionInvalid 'a task needs -Path' set-elevated-access-task 'Linux\touch' -Path ''
refused 64 TaskDefinitionInvalid 'Linux\touch' set-elevated-access-task 'Linux\touch' -Parameter ''

t "policies"
refused 66 PolicyNotFound "'Linux\\nosuch'" get-elevated-access-approval-policy 'Linux\nosuch'
refused 66 PolicyNotFound "'$absent'" set-elevated-access-approval-policy "$absent" -Description d
refused 66 PolicyNotFound "'$absent'" remove-elevated-access-approval-policy "$absent" -Confirm:false
refused 73 PolicyExists "'linux\\touch'" new-elevated-access-approval-policy 'linux\touch' -ApprovalType Auto
has "$err" "set-elevated-access-approval-policy $(get-elevated-access-approval-policy -o Id)"
refused 64 PolicyInvalid 'neither ApproverGroup nor MinApprovals' new-elevated-access-approval-policy 'Linux\other' \
    -ApprovalType Auto -MinApprovals 2
refused 64 PolicyInvalid 'neither ApproverGroup nor MinApprovals' set-elevated-access-approval-policy 'Linux\touch' \
    -ApprovalType Auto
refused 64 PolicyInvalid 'is registered as a Role: use -Role' new-elevated-access-approval-policy 'Linux\web-admin' \
    -ApprovalType Manual

t "a Set command without a change"
refused 64 NothingToChange "'ops'" set-elevated-access-approver-group ops
refused 64 NothingToChange "'Linux\\touch'" set-elevated-access-task 'Linux\touch'
refused 64 NothingToChange 'approval policy' set-elevated-access-approval-policy 'Linux\touch'
refused 64 NothingToChange 'the control' set-elevated-access-control -Confirm:false

t "what is off cannot be switched off"
must disable-elevated-access-control -Confirm:false
refused 69 ElevatedAccessNotEnabled 'not enabled' disable-elevated-access-control -Confirm:false
has "$err" 'enable-elevated-access-control -AdminGroup GROUP'

finish
