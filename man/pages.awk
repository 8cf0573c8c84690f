# pages.awk - joins the sections that commands know of themselves (the first file) with those written by hand
#
# In a file by hand, in literal displays and in lines of .Dl, every character is what is typed there; only a backslash
# is written \e. @PREFIX@ is where the programs are. Pages in other sections than 1 and 8 are by hand from NAME on,
# and a line @OBJECTS@ or @HEADERS@ stands for the list of that name.

function fault(text)
{
	print file ": " text >"/dev/stderr"
	failed = 1
	exit 1
}

# What is copied from a page can be typed.
function typed(line)
{
	gsub(/\\-/, "-", line)
	gsub(/-/, "\\-", line)
	gsub(/'/, "\\(aq", line)
	gsub(/`/, "\\(ga", line)
	gsub(/\^/, "\\(ha", line)
	gsub(/~/, "\\(ti", line)
	return line
}

function take(line)
{
	if (line ~ /^\.Sh /) {
		section = substr(line, 5)
		gsub(/"/, "", section)
		if (of_command && !(section in known))
			fault("section " section " has no place in a command's page")
		if (of_command && ((name, section) in generated || section in text))
			fault("section " section " is there twice, or is not written by hand")
	} else if (section == "" && line !~ /^\.\\"/) {
		fault("begins with something else than a section")
	}
	text[section] = text[section] line "\n"
}

# Pages in the order of section and name, each once; what is no .Xr stays behind them. The overview is never missing.
function see_also(    line, n, i, j, xref, count, rest, word, swap)
{
	n = split(text["SEE ALSO"], line, "\n")
	xref[count = 1] = "7 pam\\-lite"
	for (i = 2; i < n; i++) {
		if (line[i] !~ /^\.Xr /) {
			rest = rest line[i] "\n"
			continue
		}
		split(line[i], word, " ")
		gsub(/\\-/, "-", word[2])
		gsub(/-/, "\\-", word[2])
		for (j = 1; j <= count && xref[j] != word[3] " " word[2]; j++)
			;
		if (j > count)
			xref[++count] = word[3] " " word[2]
	}
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && xref[j] < xref[j - 1]; j--) {
			swap = xref[j]
			xref[j] = xref[j - 1]
			xref[j - 1] = swap
		}
	printf ".Sh SEE ALSO\n" >page
	for (i = 1; i <= count; i++) {
		split(xref[i], word, " ")
		printf ".Xr %s %s%s\n", word[2], word[1], i < count ? " ," : "" >page
	}
	printf "%s", rest >page
}

# A name between @ is in such a list the section of that page.
function list(place,    line, named)
{
	while ((getline line <place) > 0) {
		if (match(line, /@[a-z-]+@/)) {
			named = substr(line, RSTART + 1, RLENGTH - 2)
			sub(/@[a-z-]+@/, section_of[named] ? section_of[named] : 1, line)
		}
		print line >page
	}
	close(place)
}

function begin(    part)
{
	file = FILENAME
	sub(/.*\//, "", file)
	number = file
	sub(/.*\./, "", number)
	name = substr(file, 1, length(file) - 2)
	of_command = number ~ /[18]/
	if (of_command && !((name, "NAME") in generated))
		fault("there is no such command")
	page = work "/man" number "/" file
	part = toupper(name)
	gsub(/-/, "\\-", part)
	printf ".Dd %s\n.Dt %s %s\n.Os pam\\-lite %s\n", date, part, number, version >page
	section = ""
	delete text
}

function end(    i, part)
{
	for (i = 1; of_command && i <= count; i++) {
		part = order[i]
		if ((name, part) in generated)
			printf "%s", generated[name, part] >page
		else if (part == "SEE ALSO")
			see_also()
		else if (part in text)
			printf "%s", text[part] >page
		else if (part ~ /^(DESCRIPTION|EXAMPLES|STANDARDS)$/)
			fault("section " part " is missing")
	}
	close(page)
}

BEGIN {
	count = split("NAME SYNOPSIS DESCRIPTION PARAMETERS COMMON_PARAMETERS OUTPUT ENVIRONMENT FILES EXIT_STATUS " \
	    "EXAMPLES DIAGNOSTICS SEE_ALSO STANDARDS CAVEATS SECURITY_CONSIDERATIONS", order, " ")
	for (i = 1; i <= count; i++) {
		gsub(/_/, " ", order[i])
		known[order[i]]
	}
	for (i = 2; i < ARGC; i++) {
		number = part = ARGV[i]
		sub(/.*\./, "", number)
		sub(/.*\//, "", part)
		section_of[substr(part, 1, length(part) - 2)] = number
	}
}

NR == FNR && /^\.\\" page / { name = $3; next }
NR == FNR {
	if (/^\.Sh /)
		section = substr($0, 5)
	generated[name, section] = generated[name, section] $0 "\n"
	next
}

FNR == 1 {
	if (page)
		end()
	begin()
}
{ gsub(/@PREFIX@/, prefix) }
/^\.Bd .*-literal/ { literal = 1 }
/^\.Ed/ { literal = 0 }
/^\.Dl / || literal && !/^\./ { $0 = typed($0) }
of_command { take($0); next }
/^@(OBJECTS|HEADERS)@$/ { list(work "/" substr($0, 2, length($0) - 2)); next }
{ print >page }

END {
	if (failed)
		exit 1
	if (page)
		end()
}
