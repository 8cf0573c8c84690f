# objects.jq - what commands return, from the descriptions of all of them

include "text";

[., inputs] | map(select(.Output)) | group_by(.Output.Type)[] |
	".Ss \(.[0].Output.Type)",
	"Returned by",
	(. as $all | range(length) | $all[.].Name as $name |
		".Xr \($name | typed) @\($name)@" + if . < ($all | length) - 1 then " ," else " ." end),
	".Bl -tag -width Ds -compact",
	(.[0].Output.Properties[] | property),
	".El"
