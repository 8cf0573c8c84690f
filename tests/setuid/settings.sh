#!/bin/bash
# settings.sh - settings of the host that root alone makes, in files that everybody may believe

. "$(dirname "$0")/lib.bash"

setting=/etc/pam-lite/notify
program=/opt/fixture/notify
mkdir -p /opt/fixture
install -m 755 /usr/bin/true $program
fixture

# set_command PATH WORD...: as root, without a question.
set_command()
{
	must set-elevated-access-control -NotifyCommand "$1" -Confirm:false "${@:2}"
}

stored()
{
	dbquery 'SELECT coalesce(notify_command, "") FROM control'
}

t "root sets the program: recorded by the database, then written where root alone writes"
mark
set_command $program
is "$(<$setting)" $program
is "$(stat -c '%U:%G %a %h' $setting)" 'root:root 644 1'
is "$(stored)" $program
recorded 1 '"Set-ElevatedAccessControl".*"Result":"Success".*"NotifyCommand":"/opt/fixture/notify"'
is "$(find /etc/pam-lite -maxdepth 1 -name '.new')" ''

t "a link is followed once, by root"
ln -s $program /opt/fixture/link
set_command /opt/fixture/link
is "$(<$setting)" $program
is "$(stored)" $program

t "nobody else sets it, and what else he gave is not set either; with a word he can act on"
mark
fails 77 RootRequired as adm1 set-elevated-access-control -NotifyCommand /usr/bin/false -RequireComment -Confirm:false
has "$err" root
fails 77 RootRequired as adm1 set-elevated-access-control -NotifyCommand '' -Confirm:false
run by_hand adm1 set-elevated-access-control NotifyCommand=/usr/bin/false
is "$status" 77
is "$(<$setting)" $program
same
recorded 3 '"Operation":"Set-ElevatedAccessControl".*"Result":"Refused","ErrorId":"RootRequired"'
fails 77 AdministratorRequired as alice set-elevated-access-control -NotifyCommand /usr/bin/false -Confirm:false
must as adm1 set-elevated-access-control -RequestLifetimeHours 12 -Confirm:false

t "a program that others could change, or that is none, is not set"
mark
cp $program "$shared/theirs"
chown alice "$shared/theirs"
fails 77 ProgramNotTrusted set-elevated-access-control -NotifyCommand "$shared/theirs" -Confirm:false
has "$err" "only root's to write"
install -m 4755 /usr/bin/true /opt/fixture/setuid
fails 77 ProgramNotTrusted set-elevated-access-control -NotifyCommand /opt/fixture/setuid -Confirm:false
has "$err" 'it is setuid or setgid'
lacks "$err" 'to write'
fails 66 ProgramNotFound set-elevated-access-control -NotifyCommand /opt/fixture/none -Confirm:false
fails 77 ProgramNotExecutable set-elevated-access-control -NotifyCommand /etc/passwd -Confirm:false
is "$(set-elevated-access-control --describe=json | jq -c '[.. | objects | select(.Id? // "" | startswith("Program")) |
    .Status]')" '[66,77,77]'
fails 66 ProgramNotFound set-elevated-access-control -NotifyCommand "$program --chat" -Confirm:false
has "$err" 'it is a path alone, without arguments'
fails 66 ProgramNotFound set-elevated-access-control -NotifyCommand /opt/fixture/none -Confirm:false
lacks "$err" 'without arguments'
fails 64 ParameterArgumentTransformationError set-elevated-access-control -NotifyCommand true -Confirm:false
is "$(<$setting)" $program
same

t "with -WhatIf, and after No, nothing is written"
mark
must set-elevated-access-control -NotifyCommand /usr/bin/false -WhatIf
terminal root set-elevated-access-control -NotifyCommand /usr/bin/false
expect 'default is "N"'
send 'n\r'
terminal_end
is "$status" 1
is "$(<$setting)" $program
same
recorded 0 .

t "after Yes it is, and nobody else waits for the answer"
terminal root set-elevated-access-control -NotifyCommand /usr/bin/false
expect 'default is "N"'
must flock -n /etc/pam-lite true
send 'y\r'
terminal_end
is "$status" 0
is "$(<$setting)" /usr/bin/false

t "two at once: file and record say the same"
for ((i = 0; i < 5; i++)); do
	for path in /usr/bin/true /usr/bin/false; do
		set-elevated-access-control -NotifyCommand $path -Confirm:false >/dev/null &
	done
	wait
	is "$(<$setting)" "$(stored)"
done

t "nothing is nothing"
set_command ''
[[ ! -e $setting ]] || bad "the file is there"
is "$(stored)" ''

t "a setting that cannot be written is told"
mkdir $setting
run set-elevated-access-control -NotifyCommand $program -Confirm:false
is "$status" 74
has "$err" 'is recorded, but /etc/pam-lite/notify cannot be written'
rmdir $setting

finish
