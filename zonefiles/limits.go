package zonefiles

import "math"

// Limits bound what one zone may cost.
type Limits struct {
	FileSize       int64 // bytes of one file
	IncludeDepth   int   // files within one another, the zone's own not counted
	Includes       int   // files that one zone includes, in all
	IncludedBytes  int64 // bytes that one zone includes, in all
	Generated      int   // records that the $GENERATE directives of one zone make
	GeneratedBytes int   // bytes that the $GENERATE directives of one zone make
	// Repeated bounds the bytes that all zones together have read beyond what lies on the disk: a file that several zones or directives
	// read counts from its second reading on, and so does what $GENERATE makes. Each dot in an owner name counts as labelCost bytes.
	Repeated int64
}

// DefaultLimits leave room for the largest zones in use.
var DefaultLimits = Limits{
	FileSize:       400 << 20,
	IncludeDepth:   20,
	Includes:       10_000,
	IncludedBytes:  400 << 20,
	Generated:      1 << 20,
	GeneratedBytes: 24 << 20, // less than Repeated: one zone that goes too far is a finding, and the others are linted
	Repeated:       32 << 20,
}

// What no zone may have more of, whatever Limits say.
const (
	maxFileSize   = math.MaxUint32 // bytes of one file: each offset fits a Span
	maxProblems   = 1000           // beyond them the rest of a zone is given up: a file that is no zone has one problem, not a thousand
	maxGaps       = 64             // missing records that are kept apart; beyond them anything in the zone may be missing
	maxUnclosed   = 16             // parentheses that a file leaves open; to find where to go on costs a walk over the rest for each
	maxFields     = 1 << 18        // of one record: more than RDATA can have, 65,535 octets of two hexadecimal fields each
	maxRDATAText  = 1 << 20        // characters of RDATA, more than any has; longer RDATA is refused without asking the DNS library
	maxTemplate   = 4 * maxRDATA   // characters of an owner or of data in $GENERATE: each octet as \DDD. Padding makes it 25 times as long at most
	maxWidth      = 255            // characters that $GENERATE pads one number to; no label and no string is longer
	maxQuoted     = 80             // bytes of a file's text that a message shows
	maxTextProbe  = 1024           // bytes of a file's start in which a NUL says that it is not text
	maxOriginScan = 200            // entries in which the SOA record is looked for that says what the origin is
)

// What is looked at to find out whether a file is a zone.
const (
	MaxSniffed       = 64 << 10 // bytes of its start
	maxSniffedFields = 16       // of one line
	maxPlaceholder   = 64       // bytes of a template's placeholder
)

// Limits of DNS.
const (
	maxLabel = 63    // octets (RFC 1035 s.2.3.4)
	maxName  = 254   // octets without the root's, as in Name (RFC 1035 s.2.3.4)
	maxRDATA = 65535 // octets (RFC 1035 s.3.2.1)
)
