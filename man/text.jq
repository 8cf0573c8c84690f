# text.jq - text of the tables as mdoc

# Of a command line: every character as it is typed.
def typed: gsub("\\\\"; "\\e") | gsub("-"; "\\-") | gsub("'"; "\\(aq") | gsub("~"; "\\(ti") | gsub("\\^"; "\\(ha");
# An argument of a macro; what mdoc would take for a delimiter is made none.
def word:
	typed | if test("^([.,:;()?!|]|\\[|\\])$") then "\\&" + . else . end |
	if test("[ \"]") then "\"\(gsub("\""; "\\(dq"))\"" else . end;
# Running text: dashes of parameters and numbers are typed, others are hyphens.
def text: gsub("\\\\"; "\\e") | gsub("(?<![A-Za-z0-9])-(?=[A-Za-z0-9:-])"; "\\-") | gsub("^(?<c>[.'])"; "\\&\(.c)");
def sentence: text | (.[0:1] | ascii_upcase) + .[1:] | if test("[.!?]$") then . else . + "." end;
def in_words($last): if length < 2 then .[0] // "" else (.[:-1] | join(", ")) + " " + $last + " " + .[-1] end;

# What a command returns.
def type_words: {
	String: "text", Integer: "number", Boolean: "true or false", Time: "time", Hours: "hours", Array: "array",
	Object: "object"
};
def property: ".It Va \(.Name | word) Pq \(type_words[.Type])", (.Help // "" | sentence);
