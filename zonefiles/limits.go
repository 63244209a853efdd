package zonefiles

import "math"

// Limits bound what one zone may cost.
type Limits struct {
	MaxFileSize       int64 // bytes of one file
	MaxIncludeDepth   int   // files within one another, the zone's own not counted
	MaxIncludes       int   // files that one zone includes, in all
	MaxIncludedBytes  int64 // bytes that one zone includes, in all
	MaxGenerated      int   // records that the $GENERATE directives of one zone make
	MaxGeneratedBytes int   // bytes that the $GENERATE directives of one zone make
	MaxRepeated       int64 // bytes read more than once, by all zones, and generated; a dot in an owner counts as 16
}

// DefaultLimits leave room for the largest zones in use.
var DefaultLimits = Limits{
	MaxFileSize:       400 << 20,
	MaxIncludeDepth:   20,
	MaxIncludes:       10_000,
	MaxIncludedBytes:  400 << 20,
	MaxGenerated:      1 << 20,
	MaxGeneratedBytes: 24 << 20, // less than MaxRepeated: one zone that goes too far is a finding, and others are linted
	MaxRepeated:       32 << 20,
}

// What no zone may have more of, whatever Limits say.
const (
	maxTextSize   = math.MaxUint32 // bytes of one text: each offset fits a Span
	maxProblems   = 1000           // of one zone; beyond them the rest is given up
	maxGaps       = 64             // of one zone that are told apart; beyond them anything in it may be missing
	maxUnclosed   = 16             // parentheses that one file leaves open: each costs a walk over the rest
	maxFields     = 1 << 18        // of one record: more than 65,535 octets of two hexadecimal fields each
	maxRDATAText  = 1 << 20        // characters of RDATA, more than any has
	maxTemplate   = 4 * maxRDATA   // characters of an owner or of data in $GENERATE: each octet as \DDD
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
	maxName  = 254   // octets without the root's (RFC 1035 s.2.3.4)
	maxRDATA = 65535 // octets (RFC 1035 s.3.2.1)
)
