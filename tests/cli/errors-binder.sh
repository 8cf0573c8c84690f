#!/bin/bash
# errors-binder.sh - every error of the command line, of input and of output, by every command that lists it

. "$(dirname "$0")/lib.bash"
. "$ROOT/tests/cli/errors.bash"

read_errors
setup_basic
cp "$PAMLITE_DATABASE" "$work/before.db"

# All of these end before the database is looked at.
untouched()
{
	cmp -s "$PAMLITE_DATABASE" "$work/before.db" || bad "the database was written to"
	[[ ! -e $work/exported && ! -e $work/reported ]] || bad "a file was written"
}

# provoke STATUS ID TEXT WORD...: by every command that lists the error, with these words after a working line.
provoke()
{
	local expected=$1 id=$2 text=$3 command

	shift 3
	t "$id: $*"
	for command in "${commands[@]}"; do
		has_error "$command" "$id" || continue
		[[ " $* " != *' -Database '* ]] || has_parameter "$command" Database || continue
		line "$command"
		# What prints only when asked looks at the properties only then.
		if [[ $id == UnknownProperty ]] && has_parameter "$command" PassThru; then
			words+=(-PassThru)
		fi
		fails "$expected" "$id" "${words[@]}" "$@"
		has "$err" "$text"
	done
	untouched
}

provoke 64 NamedParameterNotFound "matches parameter name 'NoSuchParameter'" -NoSuchParameter x
provoke 64 NamedParameterNotFound 'did you mean -ErrorView?' -ErrorVieq Normal
provoke 64 AmbiguousParameter 'Possible matches include: -ErrorAction -ErrorView.' -Error x
provoke 64 MissingArgument "Missing an argument for parameter 'ErrorAction'." -ErrorAction
provoke 64 PositionalParameterNotFound "accepts argument 'surplus'" surplus surplus
provoke 64 ParameterAlreadyBound "parameter 'NonInteractive' is specified more than once" -NonInteractive -NonI
provoke 64 ParameterArgumentTransformationError "on parameter 'OutputFormat'" -OutputFormat Yaml
provoke 64 InvalidText "parameter 'Database'" -Database $'a\tb'
provoke 64 EmptyValueNotAllowed "parameter 'NonInteractive' is empty" -NonInteractive:
provoke 64 EmptyValueNotAllowed "parameter 'Database' because it is an empty string" -Database ''
provoke 64 AmbiguousParameterSet '-OutputFormat, -Json' -Json -OutputFormat Csv
provoke 64 NotSupportedInShell 'assign what the command prints' -OutVariable x
provoke 64 NotSupportedInShell 'redirect the errors' -ErrorVariable x
provoke 64 NotSupportedInShell 'use a pipe' -PipelineVariable x
provoke 64 NotSupportedInShell 'Add and Remove' -Database '@{a=b}'
provoke 64 UnknownProperty "has no property 'NoSuch'" -Property NoSuch
provoke 64 UnknownProperty 'the properties are' -Property '*',NoSuch

t "what is mandatory is named, all of it, and nobody is asked without a terminal"
for command in "${commands[@]}"; do
	has_error "$command" MissingMandatoryParameter || continue
	fails 64 MissingMandatoryParameter "$command"
	missing=$(jq -r '[.Parameters[] | select(.Mandatory)] |
	    (map(select(.Set == null)) + (map(select(.Set != null)) | .[:1])) | .[].Name' "$work/describe/$command")
	for name in $missing; do
		matches "$err" "missing mandatory parameters:.* ${name}[ .]"
	done
	fails 64 MissingMandatoryParameter "$command" -NonInteractive
done
untouched

t "a question that nobody can answer"
for command in "${commands[@]}"; do
	has_error "$command" ConfirmationRequired || continue
	line "$command"
	unasked
	fails 64 ConfirmationRequired "${words[@]}" -Confirm
	has "$err" '-Confirm:false acts without asking'
	asks=$((${#words[@]} != $(line "$command"; echo ${#words[@]})))
	if ((asks)); then
		fails 64 ConfirmationRequired "${words[@]}"
		fails 64 ConfirmationRequired "${words[@]}" -Force
	fi
done
untouched

t "listings: filter and order"
for command in "${commands[@]}"; do
	if has_error "$command" InvalidFilter; then
		fails 64 InvalidFilter "$command" -Filter 'NoSuch -eq 1'
		has "$err" "'NoSuch"
		has "$err" 'the properties are '
		fails 64 InvalidFilter "$command" -Filter '(((' -ErrorAction Stop
		has "$err" 'needs a property'
	fi
	if has_error "$command" SortNotPossible; then
		fails 64 SortNotPossible "$command" -SortBy NoSuch
		has "$err" "'NoSuch'"
	fi
done
untouched

t "a filter of another shape is answered with one that works"
fails 64 InvalidFilter get-elevated-access-request -Filter 'Reason = 1'
has "$err" 'for example:'
untouched

t "objects that are no JSON, have no value or the wrong one, or cannot be read"
echo '{"Identity": ' >"$work/cut"
echo '{"Unrelated": 1}' >"$work/without"
for command in "${commands[@]}"; do
	has_parameter "$command" InputObject || continue
	line "$command" piped
	fails_in "$work/cut" 65 InvalidJson "${words[@]}"
	fails_in "$work/without" 65 InvalidInputObject "${words[@]}"
	has "$err" 'line 1: '
	target=$(jq -r '[.Parameters[] | select(.FromPipe and .Mandatory)][0].Name' "$work/describe/$command")
	has "$err" "'$target'"
	echo "{\"$target\": [1, 2]}" >"$work/wrong"
	fails_in "$work/wrong" 65 InvalidInputObject "${words[@]}"
	fails_in "$work" 74 InputFailed "${words[@]}" -InputObject -
	has "$err" 'standard input cannot be read: Is a directory'
done
untouched

full()
{
	"$@" >/dev/full
}
t "output that cannot be written"
for command in "${commands[@]}"; do
	has_error "$command" OutputFailed || continue
	expected=74
	[[ $command != invoke-*-task ]] || expected=125
	fails "$expected" OutputFailed full "$command" -Help
	fails "$expected" OutputFailed full "$command" -Version
	fails "$expected" OutputFailed full "$command" -Describe json
	has "$err" 'No space left on device'
done
untouched

t "a listing that cannot be written; and what was done is done, and named"
for format in Table List Csv Value Id; do
	fails 74 OutputFailed full get-elevated-access-task -OutputFormat "$format"
done
for format in Json JsonLines; do
	run full get-elevated-access-task -OutputFormat "$format"
	is "$status" 74
	is "$(jq -r .Error.Id <<<"$err")" OutputFailed
done
touch "$work/touched/a"
fails 74 OutputFailed full as alice new-elevated-access-request 'Linux\touch' -Parameter "file=$work/touched/a" \
    -Reason r
id=$(as alice get-elevated-access-request -Mine -o Id)
matches "$id" '^[0-9a-f-]{36}$'
has "$err" "it is about $id"

t "a file that exists is not replaced, and no other error leaves one"
echo mine >"$work/exported"
fails 73 FileExists export-elevated-access-audit-log -Path "$work/exported"
has "$err" "$work/exported"
fails 73 FileExists export-elevated-access-audit-log -Path "$work/exported" -NoClobber -Force
is "$(<"$work/exported")" mine
fails 74 OutputFailed export-elevated-access-audit-log -Path "$work/none/exported"
has "$err" "$work/none/exported"
fails 74 OutputFailed export-elevated-access-audit-log -Path "$work/db"
is "$(find "$work" -name "*exported?*")" ''

finish
