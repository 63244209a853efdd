package zonefiles

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Zones are kept in other formats than master files, too. This file knows them by their start, and how to get a master
// file out of each.

// OtherFormat is a format of zones that is not read.
type OtherFormat struct {
	Is   string // what the file is: "tinydns data"
	Help string // how to get a zone out of it
	// Zone says that it is a zone all the same, in another form, rather than another kind of file.
	Zone bool
	// Common says that files of the format are seldom about zones.
	Common bool
}

const transfer = `lint what the server sends: "dig @SERVER ZONE axfr | mx46 lint --origin ZONE -"`

// otherFormats are tried in this order.
var otherFormats = [...]struct {
	format OtherFormat
	fits   func(base string, head []byte) bool
}{
	{
		OtherFormat{
			Is: "a zone in BIND's raw format", Zone: true,
			Help: `lint what "named-compilezone -f raw -F text -o TEXT ZONE FILE" writes`,
		},
		func(_ string, head []byte) bool {
			return len(head) >= 8 && string(head[:3]) == "\x00\x00\x00" && (head[3] == 2 || head[3] == 3) &&
				string(head[4:7]) == "\x00\x00\x00" && head[7] <= 1
		},
	},
	{
		OtherFormat{Is: "a binary file", Help: transfer, Common: true},
		// An SOA record makes it a zone, whatever else is in it.
		func(_ string, head []byte) bool { return isBinary(head) && !Sniff(head, true).SOA },
	},
	{
		OtherFormat{Is: "a zone of Windows DNS with records of its own (WINS, WINSR, [AGE:n])", Help: transfer},
		func(_ string, head []byte) bool {
			return holdsAny(head, "WINS", "[AGE:") && windowsLine().Match(head)
		},
	},
	{
		OtherFormat{
			Is:   "DNSControl",
			Help: `lint what "dnscontrol get-zones --format=zone CREDENTIALS PROVIDER ZONE" writes`,
		},
		func(base string, head []byte) bool {
			return strings.HasSuffix(base, ".js") && holdsAny(head, "DnsProvider(")
		},
	},
	{
		OtherFormat{
			Is:   "octoDNS YAML",
			Help: "lint what octodns-sync writes with octodns_bind's ZoneFileProvider as its target",
		},
		func(base string, head []byte) bool {
			domain := strings.TrimSuffix(strings.TrimSuffix(base, ".yml"), ".yaml")
			if domain == base {
				return false
			}
			_, isName, _ := OriginFromFileName(domain)
			return isName && octoDNSType().Match(head) && octoDNSValue().Match(head)
		},
	},
	{
		OtherFormat{Is: "Route 53 JSON", Help: `lint what "cli53 export ZONE" writes`},
		func(_ string, head []byte) bool {
			head = bytes.TrimLeft(head, " \t\r\n")
			return len(head) > 0 && head[0] == '{' && holdsAny(head, `"ResourceRecordSets"`)
		},
	},
	{
		OtherFormat{Is: "JSON", Help: transfer, Common: true},
		func(_ string, head []byte) bool {
			start := bytes.TrimLeft(head, " \t\r\n\f")
			return len(start) > 0 && (start[0] == '{' || start[0] == '[') && jsonStart().Match(head[:min(len(head), 256)])
		},
	},
	{
		OtherFormat{Is: "SQL", Help: `lint what "pdnsutil list-zone ZONE" prints, or what the server sends`},
		func(_ string, head []byte) bool {
			return holdsAny(head, "INSERT", "insert") && sqlInsert().Match(head) && sqlRecord().Match(head)
		},
	},
	{
		OtherFormat{Is: "tinydns data", Help: transfer},
		func(_ string, head []byte) bool { return isTinyDNS(head) },
	},
}

var (
	windowsLine  = onDemand(`(?mi)^[^;\n"]*(\[AGE:[0-9]+\]|[ \t](WINS|WINSR)[ \t]+(LOCAL[ \t]+)?L[0-9]+[ \t])`)
	octoDNSType  = onDemand(`(?m)^[ \t-]+type:[ \t]*'?(A|AAAA|ALIAS|CAA|CNAME|MX|NS|SRV|TXT)'?[ \t\r]*$`)
	octoDNSValue = onDemand(`(?m)^[ \t-]+values?:`)
	jsonStart    = onDemand(`^\s*(\{\s*("|\}?\s*$)|\[\s*(\{|"))`)
	sqlInsert    = onDemand(`(?i)\bINSERT\s+INTO\b`)
	sqlRecord    = onDemand(`'(?i:SOA|MX|AAAA)'`)
	tinyDNSLine  = onDemand(`^([` + tinyDNSTypes + `][^ \t:]*(:.*)?|'[^:]+:.*)$`)
)

const tinyDNSTypes = ".&=+@'^CZ:%-" // what its lines begin with

// onDemand is a pattern that is compiled when it is first used, since every run would pay for it otherwise.
func onDemand(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

func holdsAny(text []byte, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(text, []byte(word)) })
}

// OtherFormatOf says in which other format a file is, by its name and its start; false where it may be a master file.
func OtherFormatOf(name string, head []byte) (OtherFormat, bool) {
	head = head[:min(len(head), MaxSniffed)]
	base := strings.ToLower(path.Base(name))
	for i := range otherFormats {
		if otherFormats[i].fits(base, head) {
			return otherFormats[i].format, true
		}
	}
	return OtherFormat{}, false
}

// Problem says that a file is not read, and what to do.
func (f OtherFormat) Problem(at Span, name string) Problem {
	kind := OtherFormatProblem
	if f.Zone {
		kind = UnreadProblem
	}
	message := Quote(path.Base(name)) + " is " + f.Is + ", and was not checked"
	return Problem{Kind: kind, Span: at, Message: message, Help: f.Help}
}

// isBinary reports whether the start of a file is no text in any encoding: one octet in sixteen is a control character
// that text has no use for. Text in UTF-16 is none.
func isBinary(head []byte) bool {
	if isUTF16(head) {
		return false
	}
	controls := 0
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v' && c != 0x1b {
			controls++
		}
	}
	return controls > 0 && controls*16 >= len(head)
}

// isUTF16 reports whether text is in UTF-16, by its byte order mark or by every other octet of its start being 0.
func isUTF16(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true
	}
	head = head[:min(len(head)&^1, 64)]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	return len(head) >= 16 && zeros[0]+zeros[1] == len(head)/2 && zeros[0]*zeros[1] == 0
}

// fromUTF16 is the ASCII characters of text in UTF-16, for a look at what it is about.
func fromUTF16(head []byte) []byte {
	text := make([]byte, 0, len(head)/2)
	for _, c := range head {
		if c != 0 && c < 0x80 {
			text = append(text, c)
		}
	}
	return text
}

// isTinyDNS reports whether nearly all lines are those of tinydns-data: a letter for the type, then fields between
// colons, of which some line has three or more.
func isTinyDNS(head []byte) bool {
	lines, good, long := 0, 0, false
	for line := range bytes.Lines(head) {
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		lines++
		if strings.IndexByte(tinyDNSTypes, line[0]) >= 0 && tinyDNSLine().Match(line) {
			good++
			long = long || bytes.Count(line, []byte{':'}) >= 3
		}
		if lines-good > 1+good/9 {
			return false
		}
	}
	return long
}
