# pam-lite.fish - completion for fish: the commands say what may follow, and here it is made fit for the line

# What the commands answer has been written by others: it is never evaluated, and fish quotes what it inserts.

# The word that is typed without its quotes, of which one may be open.
function __pam_lite_word
    set -l raw (commandline -ct)
    for end in '' \' '"'
        string unescape -- "$raw$end"
        and return
    end
end

function __pam_lite_complete
    set -l words (commandline -opc)
    set -l word (__pam_lite_word)
    set -l tab \t
    # By its name alone: a path that is only being typed starts nothing.
    set -l name (string replace -r '.*/' '' -- $words[1])
    set -e words[1]
    command $name --complete $words "$word" 2>/dev/null | while read -l answer
        set -l parts (string split -m 2 $tab -- $answer)
        switch $parts[1]
            case word part
                printf '%s\t%s\n' $parts[2] $parts[3]
            case files
                __pam_lite_prefixed $parts[2] "$word" __fish_complete_path
            case directories
                __pam_lite_prefixed $parts[2] "$word" __fish_complete_directories
            case users
                __pam_lite_prefixed $parts[2] "$word" __fish_complete_users
            case groups
                __pam_lite_prefixed $parts[2] "$word" __fish_complete_groups
        end
    end
end

# __pam_lite_prefixed PREFIX WORD FUNCTION: what fish knows by itself; the prefix is what stays of the word.
function __pam_lite_prefixed
    set -l rest (string sub -s (math (string length -- "$argv[1]") + 1) -- "$argv[2]")
    for answer in ($argv[3] "$rest")
        printf '%s%s\n' "$argv[1]" $answer
    end
end

# Found by the name of a command, it is about that one; read by hand, about all.
set -l name (string replace -r '.*/(.*)\.fish$' '$1' -- (status filename))
set -l names @NAMES@
if contains -- $name $names
    set names $name
end
for name in $names
    complete -c $name -f -k -a '(__pam_lite_complete)'
end
