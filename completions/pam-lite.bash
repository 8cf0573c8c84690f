# pam-lite.bash - completion for bash: the commands say what may follow, and here it is made fit for the line
# shellcheck shell=bash

# What the commands answer has been written by others: it is never evaluated, and inserted with quotes.

# __pam_lite_words LINE: the words up to the cursor as the command would get them into `words`, the last one being the
# one that is typed. `quote` is the quote that is open in it, `kept` how much of it readline leaves as it stands: what
# is before the open quote or the last of its word breaks. `target`: the word is where output goes.
__pam_lite_words()
{
	local line=$1 word='' char next begun='' skip='' name
	local -i i

	words=() quote='' kept=0 target=''
	for ((i = 0; i < ${#line}; i++)); do
		char=${line:i:1}
		next=${line:i+1:1}
		if [[ $quote == "'" || ($quote == '"' && $char == '"') ]]; then
			if [[ $char == "$quote" ]]; then
				quote=''
			else
				word+=$char
			fi
			continue
		fi
		# A variable of this shell; nothing is run to find out what a word will be.
		if [[ $char == '$' && ${line:i} =~ ^\$([A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\}) ]]; then
			name=${BASH_REMATCH[1]//[\{\}]/}
			word+=${!name-}
			i+=${#BASH_REMATCH[0]}-1
			begun=yes
			continue
		fi
		if [[ $quote == '"' ]]; then
			if [[ $char == "\\" && $next == [\$\`\"\\] ]]; then
				word+=$next
				i+=1
			else
				word+=$char
			fi
			continue
		fi
		case $char in
		[[:blank:]] | $'\n' | '<' | '>')
			[[ $char != [\<\>] || $word != +([0-9]) ]] || begun=''
			if [[ -n $begun && -z $skip ]]; then
				[[ ${word:0:2} != \~/ ]] || word=$HOME${word:1}
				words+=("$word")
			fi
			[[ -z $begun ]] || skip=''
			[[ $char != [\<\>] ]] || skip=yes
			word='' begun='' kept=0
			continue
			;;
		"'" | '"')
			quote=$char
			kept=${#word}
			;;
		"\\")
			# Scope\Name without quotes: what is meant is plain, and what is inserted will be right.
			[[ $next != [A-Za-z0-9] && -n $next ]] || word+=$char
			word+=$next
			i+=1
			;;
		*)
			word+=$char
			[[ ${COMP_WORDBREAKS-} != *"$char"* ]] || kept=${#word}
			# Which readline takes for the beginning of what it completes.
			[[ $char != @ || $kept != "${#word}" ]] || kept+=-1
			;;
		esac
		begun=yes
	done
	words+=("$word")
	target=$skip
}

# __pam_lite_quoted TEXT: `quoted` is the text as it stands where the line is, after what is there already.
__pam_lite_quoted()
{
	local text=$1

	case $quote in
	"'")
		quoted=${text//\'/\'\\\'\'}
		;;
	'"')
		text=${text//\\/\\\\}
		text=${text//\"/\\\"}
		text=${text//\$/\\\$}
		text=${text//\`/\\\`}
		quoted=${text//\!/\"\'\!\'\"}
		;;
	*)
		quoted=''
		[[ -z $text ]] || printf -v quoted %q "$text"
		quoted=${quoted//\\,/,}
		;;
	esac
}

# __pam_lite_ask KIND PREFIX: what this shell knows by itself; the prefix is the beginning of the word that stays.
__pam_lite_ask()
{
	local prefix=$2 tail=${words[-1]:${#2}} action found=() each

	case $1 in
	files) action='file' ;;
	directories) action='directory' ;;
	users) action='user' ;;
	*) action='group' ;;
	esac
	mapfile -t found < <(compgen -A "$action" -- "$tail")
	for each in "${found[@]}"; do
		each=$prefix$each
		if [[ $1 == files || $1 == directories ]]; then
			COMPREPLY+=("${each:kept}")
		else
			__pam_lite_quoted "${each:kept}"
			COMPREPLY+=("$quoted")
		fi
	done
	[[ $1 != files && $1 != directories ]] || compopt -o filenames 2>/dev/null
}

# Several words are listed with what they are: for the eye alone, so only where readline inserts nothing.
__pam_lite_explain()
{
	local -i i width=0 columns=${COLUMNS:-80}
	local text

	for text in "${COMPREPLY[@]}"; do
		((${#text} <= width)) || width=${#text}
	done
	((width <= columns - 10)) || return 0
	for ((i = 0; i < ${#COMPREPLY[@]}; i++)); do
		[[ -n ${abouts[i]} ]] || continue
		text=${abouts[i]}
		((${#text} <= columns - width - 5)) || text=${text:0:columns-width-8}...
		printf -v text "%s%*s  (%s)" "${COMPREPLY[i]}" $((width - ${#COMPREPLY[i]})) '' "$text"
		# Wide enough for readline to put one on a line.
		printf -v 'COMPREPLY[i]' "%-$((columns / 2))s" "$text"
	done
}

__pam_lite()
{
	local words=() quote='' quoted='' target='' answers=() abouts=() answer kind value part=''
	local -i kept=0

	COMPREPLY=()
	__pam_lite_words "${COMP_LINE:0:COMP_POINT}"
	if [[ -n $target ]]; then
		__pam_lite_ask files ''
		return
	fi
	# By its name alone: a path that is only being typed starts nothing.
	mapfile -t answers < <(command "${1##*/}" --complete "${words[@]:1}" 2>/dev/null)
	compopt -o nosort 2>/dev/null
	for answer in "${answers[@]}"; do
		kind=${answer%%$'\t'*}
		answer=${answer#*$'\t'}
		value=${answer%%$'\t'*}
		case $kind in
		word | part)
			__pam_lite_quoted "${value:kept}"
			COMPREPLY+=("$quoted")
			abouts+=("${answer#*$'\t'}")
			[[ $kind != part ]] || part=yes
			;;
		files | directories | users | groups)
			__pam_lite_ask "$kind" "$value"
			;;
		esac
	done
	[[ -z $part ]] || compopt -o nospace 2>/dev/null
	[[ ${COMP_TYPE-} != 63 ]] || ((${#abouts[@]} < 2 || ${#abouts[@]} < ${#COMPREPLY[@]})) || __pam_lite_explain
}

complete -F __pam_lite @NAMES@
