# commands.jq - the sections of a command's page that its own table knows: NAME --describe=json as mdoc
#
# Before each page goes a line with its command.

include "text";

# --- parameters ---

def value_words: {
	String: "text", Reason: "text", Account: "account", Task: "task", List: "text,...", Map: "name=value,...",
	Integer: "number", Decimal: "number", Hours: "hours", Duration: "PTnHnM", Time: "time", Date: "date",
	EndDate: "date", OutputPath: "path", InputPath: "path"
};
def value:
	if .Type == "Switch" or .Type == "Boolean" then ""
	elif .Type == "Enum" then " Bro Cm \(.Values | map(word) | join(" | ")) Brc"
	elif .Type == "EnumList" then " Bro Cm \(.Values | map(word) | join(" | ")) Brc Ns ,..."
	else " Ar " + value_words[.Type] end;
def form: (if .Position == 1 then "Oo Fl \(.Name) Oc" else "Fl " + .Name end) + value;

# Long lists of words stand where the parameter is explained.
def short: if (.Values | length) < 4 then form
	else "Fl \(.Name) Ar " + (.Name | sub("^.*(?=[A-Z])"; "") | ascii_downcase) +
		if .Type == "EnumList" then ",..." else "" end end;
# A parameter with the alternatives of its set; a line is not broken between its words.
def syntax($all):
	. as $p |
	[if .Set == null then . else $all[] | select(.Set == $p.Set) end] as $these |
	if $these[0].Name != .Name then empty
	elif $these | length > 1 then
		(if .Mandatory then ".Bro" else ".Oo" end),
		($these[:-1][] | ".\(short) |"), ($these[-1] | ".\(short)"),
		(if .Mandatory then ".Brc" else ".Oc" end)
	elif .Mandatory then "." + short
	else ".Op " + short end;

# What may be longer than a line is broken between its alternatives; groff keeps what one line of the source says
# together.
def breakable:
	if length > 60 and startswith(".Op ") then ".Oo", ("." + .[4:] | gsub(" \\| "; " |\n.Cm ")), ".Oc" else . end;

def synopsis:
	".Sh SYNOPSIS", ".Nm", ".Bk -words", (.Parameters as $all | $all[] | syntax($all) | breakable),
	".Op Ar common-parameters", (.Parameters[] | select(.TakesWords) | ".Op Ar name=value ..."),
	(select(.AfterDashes) | ".Op Fl \\- Ar value ..."), ".Ek";

def type_fact:
	if .Type == "Reason" then "One line of 1 to 2000 bytes."
	elif .Type == "List" or .Type == "EnumList" then "Several are separated by commas."
	elif .Type == "Map" then "Several are separated by commas."
	elif .Type == "Duration" then "Written like PT30M or PT1H30M."
	elif .Type == "Time" then "Written like 2026\\-11\\-21T04:43:00Z, or with an offset for Z."
	elif .Type == "Date" then "A time like 2026\\-11\\-21T04:43:00Z, or a date: its first second in UTC."
	elif .Type == "EndDate" then "A time like 2026\\-11\\-21T04:43:00Z, or a date: its last second in UTC."
	elif .Type == "Boolean" and .Name != "Confirm" then "Switched off by \\-\(.Name):false."
	elif .Type == "Integer" and .Maximum != null then "\(.Minimum) to \(.Maximum)."
	elif .Type == "Integer" and .Minimum > 1 then "At least \(.Minimum)."
	else empty end;
def others($all):
	. as $p | [$all[] | select($p.Set != null and .Set == $p.Set and .Name != $p.Name) | "\\-" + .Name];
def facts($all):
	others($all) as $others |
	type_fact,
	(select(.Wildcard) | "May have the wildcards * and ?."),
	(select(.Clearable) | "An empty value clears it."),
	(select(.Aliases != [] and ($all != [])) | "Also known as \([.Aliases[] | "\\-" + .] | in_words("and"))."),
	(if .Mandatory and $others != [] then "Mandatory, unless \($others | in_words("or")) is given."
		elif .Mandatory then "Mandatory."
		elif $others != [] then "Excludes \($others | in_words("and"))."
		else empty end),
	(select(.Position == 1) | "May be given without its name."),
	(select(.FromPipe) | if .Mandatory then "Without it, objects on standard input say it."
		else "Objects on standard input may say it." end),
	(select(.Default != null) | "Default: \(.Default | text).");

def long: "Fl " + (.Kebab[1:] | typed);
def item($all):
	".It \(form | sub("^Oo (?<fl>Fl [A-Za-z]+) Oc"; .fl)) , \(long)", (.Help | sentence), facts($all);
def parameters:
	".Sh PARAMETERS",
	if .Parameters == [] and .AfterDashes == null then "None but the common ones."
	else
		".Bl -tag -width Ds", (.Parameters as $all | $all[] | item($all)),
		(select(.AfterDashes) | ".It Fl \\- Ar value ...", (.AfterDashes | sentence)), ".El"
	end;
def common:
	".Sh COMMON PARAMETERS",
	"Every command has these, as far as they make sense for it;",
	".Xr pam\\-lite 7",
	"explains them.",
	".Bl -tag -width Ds -compact",
	(.CommonParameters[] |
		".It \(form) , \(([.Aliases[] | "Fl " + word] + [long]) | join(" , "))",
		(.Help | sentence), facts([])),
	".El";

# --- what it returns ---

def output:
	".Sh OUTPUT",
	if .Output == null then
		if any(.Parameters[]; .TakesWords) then "No object: what is printed is the task's own."
		else "No object." end
	else
		.Output.Type as $type | any(.CommonParameters[]; .Name == "Filter") as $many |
		any(.CommonParameters[]; .Name == "PassThru") as $quiet |
		(if $quiet then "Nothing, unless", ".Fl PassThru", "is given; then each object is of type"
			else "Each object is of type" end),
		".Vt \($type) ,",
		"described in",
		".Xr pam\\-lite\\-json 5 .",
		"A table shows",
		([.Output.Properties[] | select(.InTable) | .Name] | in_words("and")) + ";",
		"every other form shows all properties.",
		(select($many) | [.Output.Properties[] | select(.Indexed) | .Name] | select(. != []) |
			".Fl SortBy", "orders any number of them by \(in_words("or")),",
			"and up to 10,000 by another."),
		".Bl -tag -width Ds -compact", (.Output.Properties[] | property), ".El"
	end;

# --- what it takes from its surroundings, and how it ends ---

def has($name): any(.CommonParameters[]; .Name == $name);
def environment:
	".Sh ENVIRONMENT", ".Bl -tag -width Ds",
	(select(has("Database")) |
		".It Ev PAMLITE_DATABASE", "A private database to be used in place of the host's;",
		".Fl Database", "wins.",
		".It Ev PAMLITE_PRINCIPAL", "Who acts, on a private database.",
		"On the host's it is refused."),
	".It Ev PAMLITE_OUTPUT_FORMAT", "How objects and errors are printed, as in", ".Fl OutputFormat ,",
	"which wins.",
	(select(any(.Parameters[]; .TakesWords)) |
		".It Ev TERM", "The terminal's type, which the task gets; what is no plain word is", ".Ql dumb ."),
	".El";

def exit_status:
	".Sh EXIT STATUS", ".Bl -tag -width Ds -compact",
	(.ExitStatuses[] | ".It \(.Status)", (.Meaning | sentence)), ".El";

# By status, as people look for them.
def diagnostics:
	".Sh DIAGNOSTICS",
	"What can go wrong: the error's id, which",
	".Fl ErrorView Cm Normal",
	"and JSON show, with its exit status and category.",
	".Bl -tag -width Ds -compact",
	([.Errors | to_entries | sort_by([.value.Status, .key])[].value][] |
		".It Er \(.Id) Pq \(.Status) , \(.Category)", (.Meaning | sentence)),
	".El";

".\\\" page \(.Name)",
".Sh NAME",
".Nm \(.Name | typed) ,",
".Nm \(.Cmdlet | typed)",
".Nd \(.Summary | text)",
synopsis, parameters, common, output, environment, exit_status, diagnostics
