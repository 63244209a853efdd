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
	maxUnclosed   = 16             // parentheses that one file leaves open: each costs a walk over the rest
	maxFields     = 1 << 18        // of one record: more than 65,535 octets of two hexadecimal fields each
	maxPadding    = 64 << 10       // bytes of blanks and comments in one entry and on its last line
	maxRDATAText  = 1 << 20        // characters of RDATA, more than any has
	maxTemplate   = 4 * maxRDATA   // characters of an owner or of data in $GENERATE: each octet as \DDD
	maxWidth      = 255            // characters that $GENERATE pads one number to; no label and no string is longer
	maxQuoted     = 80             // bytes of a file's text that a message shows
	maxOriginScan = 200            // entries in which the SOA record is looked for that says what the origin is
)

// What is looked at to find out whether a file is a zone.
const (
	MaxSniffed       = 64 << 10 // bytes of its start
	maxSniffedFields = 16       // of one line
	maxPlaceholder   = 64       // bytes of a template's placeholder that is a word
	maxTemplateProbe = 64 << 10 // bytes of its start in which every kind of placeholder is looked for
	maxTemplateText  = 64 << 20 // bytes of all templates that one zone is read from
	maxTag           = 1 << 10  // bytes of one of a template's tags
	maxMacros        = 1000     // that a template for m4 defines
	maxNeighbours    = 100      // files of a folder in which it is looked for whose zones they are
	maxLongString    = 16000    // octets of a string of a TXT record that gdnsd splits
)

// Limits of DNS.
const (
	maxLabel = 63    // octets (RFC 1035 s.2.3.4)
	maxName  = 254   // octets without the root's (RFC 1035 s.2.3.4)
	maxRDATA = 65535 // octets (RFC 1035 s.3.2.1)
)
