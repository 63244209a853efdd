package zonefiles

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mx46/testdata/e2e"
)

// The sweep spoils one good record of every RR type in every field, and compares the verdicts with those of name
// servers.

// spoiled is a record with something done to its RDATA.
type spoiled struct{ typ, how, rdata string }

const asItIs = "as it is"

// goodRecords are the records of testdata/records/good.zone: RDATA as people write it, and as octets.
func goodRecords(t *testing.T) (records []struct {
	typ    string
	fields []string // quotes included; none where there is no other form than octets
	octets string   // in hexadecimal digits
},
) {
	t.Helper()
	data, err := os.ReadFile("../testdata/records/good.zone")
	if err != nil {
		t.Fatal(err)
	}
	e := newEntry()
	for at := uint32(0); e.scan(data, at); at = e.next {
		if data[e.start] == '$' {
			continue
		}
		var texts []string
		for i, f := range e.fields[1:] {
			text := string(appendField(nil, data, f))
			if f.quoted && f.start == e.fields[i].end+1 { // the value of a parameter
				texts[i-1] += text
			} else {
				texts = append(texts, text)
			}
		}
		typ, rdata := texts[0], texts[1:]
		isOctets := rdata[0] == `\#`
		if len(records) == 0 || records[len(records)-1].typ != typ {
			records = append(records, struct {
				typ    string
				fields []string
				octets string
			}{typ: typ})
		}
		if r := &records[len(records)-1]; isOctets {
			r.octets = strings.Join(rdata[2:], "")
		} else {
			r.fields = rdata
		}
	}
	return records
}

// spoiledRecords are all good records and what the sweep makes of them.
func spoiledRecords(t *testing.T) (all []spoiled) {
	for _, good := range goodRecords(t) {
		add := func(how string, fields ...string) {
			all = append(all, spoiled{good.typ, how, strings.Join(fields, " ")})
		}
		if n := len(good.fields); n > 0 {
			add(asItIs, good.fields...)
			with := func(i int, replacement ...string) []string {
				return append(append(append([]string(nil), good.fields[:i]...), replacement...), good.fields[min(i+1, n):]...)
			}
			for _, extra := range []string{"x", "1", `"x"`, "ab", "q1w2e3r4"} {
				add("after the last: "+extra, with(n, extra)...)
			}
			for i, f := range good.fields {
				bare := strings.Trim(f, `"`)
				add(fmt.Sprintf("field %d cut", i), with(i)...)
				add(fmt.Sprintf("field %d empty", i), with(i, `""`)...)
				add(fmt.Sprintf("field %d twice", i), with(i, f, f)...)
				add(fmt.Sprintf("field %d quoted", i), with(i, `"`+bare+`"`)...)
				add(fmt.Sprintf("field %d without quotes", i), with(i, bare)...)
				for _, text := range []string{
					"?", "-1", "0", "1", "256", "65536", "4294967296", "1.5", "x", "a..b", `\300`, `"\300"`, ".", "*", "=", "192.0.2.256", "::1::",
					bare + "x", bare + "=", bare + "0", bare + bare, bare[1:], bare[:len(bare)-1], bare[:len(bare)/2],
					strings.Repeat("a", 64) + ".example.", `"` + strings.Repeat("a", 256) + `"`, "TYPE0", "TYPE65536", "MX",
				} {
					if text != "" {
						add(fmt.Sprintf("field %d is %.70s", i, text), with(i, text)...)
					}
				}
			}
		}
		n := len(good.octets) / 2
		for size := range n + 1 {
			add(fmt.Sprintf("%d octets", size), `\#`, strconv.Itoa(size), good.octets[:2*size])
		}
		add("an octet more", `\#`, strconv.Itoa(n+1), good.octets+"00")
		add("octets too few", `\#`, strconv.Itoa(n+1), good.octets)
		add("octets too many", `\#`, strconv.Itoa(n), good.octets+"00")
		add("half an octet more", `\#`, strconv.Itoa(n), good.octets+"0")
		add("octets that are none", `\#`, strconv.Itoa(n+1), good.octets+"xx")
		add("a length that is none", `\#`, "x", good.octets)
		for i := range n {
			for _, octet := range []string{"00", "01", "3F", "80"} {
				add(fmt.Sprintf("octet %d is %s", i, octet), `\#`, strconv.Itoa(n), good.octets[:2*i]+octet+good.octets[2*i+2:])
			}
		}
	}
	return all
}

// sweepZone is a zone of the records, each on the line of its number after firstSweepLine, at an owner of its own where
// its type allows that.
func sweepZone(records []spoiled) string {
	var b strings.Builder
	b.WriteString("$TTL 3600\n@ SOA ns.example.net. h 1 2h 1h 1w 1h\n@ NS ns.example.net.\n")
	for i, r := range records {
		owner := fmt.Sprintf("r%d", i)
		switch r.typ {
		case "SOA":
			owner = "@"
		case "NSEC3":
			owner = "2t7b4g4vsa5smi47k61mv5bv1a22bojr"
		}
		fmt.Fprintf(&b, "%s %s %s\n", owner, r.typ, r.rdata)
	}
	return b.String()
}

const firstSweepLine = 4

// sweepPeers are the name servers whose verdicts are compared, and how their checkers say in which line something is
// refused.
var sweepPeers = []struct {
	name, program string
	args          []string
	refusal       *regexp.Regexp
	atOnce        int // records in one zone: kzonecheck says no more after some number of faults
}{
	{
		"BIND", "named-checkzone",
		[]string{"-k", "ignore", "-i", "none", "example.org", "zone"},
		regexp.MustCompile(`(?m)^(?:dns_\w+: )?zone:(\d+): (.*)`), 1 << 20,
	},
	{"Knot", "kzonecheck", []string{"-v", "-o", "example.org", "zone"}, regexp.MustCompile(`(?m)line (\d+) (.*)`), 500},
	{"NSD", "nsd-checkzone", []string{"example.org", "zone"}, regexp.MustCompile(`(?m)error: zone:(\d+): (.*)`), 1 << 20},
}

// isWarning matches what checkers say of records that they take.
var isWarning = regexp.MustCompile(`is experimental|signature has expired|singleton`)

// refusals are what a name server says of the records that it refuses, by their numbers.
func refusals(t *testing.T, peer int, records []spoiled) map[int]string {
	t.Helper()
	p := sweepPeers[peer]
	said := map[int]string{}
	for from := 0; from < len(records); from += p.atOnce {
		dir := t.TempDir()
		zone := sweepZone(records[from:min(from+p.atOnce, len(records))])
		if err := os.WriteFile(filepath.Join(dir, "zone"), []byte(zone), 0o644); err != nil {
			t.Fatal(err)
		}
		for _, m := range p.refusal.FindAllStringSubmatch(judge(t, dir, p.program, p.args), -1) {
			line, _ := strconv.Atoi(m[1])
			if !isWarning.MatchString(m[2]) {
				said[from+line-firstSweepLine] = m[2]
			}
		}
	}
	return said
}

// judge is what a checker says of the zone in a folder. Where records crash kzonecheck, it hangs in one of some hundred
// runs.
func judge(t *testing.T, dir, program string, args []string) string {
	t.Helper()
	for range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Dir = dir
		out, _ := cmd.CombinedOutput()
		hangs := ctx.Err() != nil
		cancel()
		if !hangs {
			return string(out)
		}
	}
	t.Fatalf("%s does not come to an end", program)
	return ""
}

// complaints are the messages about the records that are refused here, by their numbers.
func complaints(t *testing.T, records []spoiled) map[int]string {
	t.Helper()
	loader, origin := NewLoader(nil), MustName("example.org.")
	said := map[int]string{}
	for i, r := range records { // each by itself, since a zone with a thousand problems is given up
		file, err := loader.Files.Add("zone", []byte("r 1 "+r.typ+" "+r.rdata+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range loader.Parse(file, &origin).Problems {
			said[i] = p.Message
		}
	}
	return said
}

// sweepExceptions are the verdicts that are not BIND's, by a pattern for the type and what was done to its record, and
// what decides.
var sweepExceptions = []struct{ record, reason string }{
	{`^TLSA, `, "a digest has the octets of its hash (RFC 6698 s.2.1.3); BIND serves what no sender can use"},
	{`^EUI(48|64), field 0`, "an address has pairs of digits and nothing else (RFC 7043 s.3.2, s.4.2); BIND reads as far as it can"},
	{`^(NID|L64), field 1`, "the groups have four digits (RFC 6742 s.2.1.2, s.2.3.2)"},
	{`^WKS, (field [234]|after)`, "services have names that every machine has others of (RFC 1035 s.3.4.2)"},
	{`^NAPTR, octet 2[68] is 3F`, "POSIX says nothing of two repetitions of one thing (RFC 3402 s.3.2)"},
	{`^(SVCB|HTTPS), field 1 quoted`, "quotes belong to character-strings, and the target is a name (RFC 1035 s.5.1)"},
}

func TestVerdictsOnSpoiledRecordsAreThoseOfNameServers(t *testing.T) {
	e2e.Slow(t)
	records := spoiledRecords(t)
	ours := complaints(t, records)
	for p, peer := range sweepPeers {
		e2e.Require(t, peer.program)
		theirs := refusals(t, p, records)
		isKnown := map[string]bool{}
		for i, r := range records {
			if _, refused := theirs[i]; r.how == asItIs && !refused {
				isKnown[r.typ] = true
			}
		}
		agreed, total, used := 0, 0, map[string]int{}
		for i, r := range records {
			if !isKnown[r.typ] {
				continue
			}
			total++
			message, refusedHere := ours[i]
			reason, refusedThere := theirs[i]
			if peer.name == "BIND" && refusedHere != refusedThere { // one fault may hide another: ask about it alone
				reason, refusedThere = refusals(t, p, records[i:i+1])[0]
			}
			if refusedHere == refusedThere {
				agreed++
			} else if peer.name == "BIND" {
				isExpected := false
				for _, e := range sweepExceptions {
					if regexp.MustCompile(e.record).MatchString(r.typ + ", " + r.how) {
						isExpected = true
						used[e.record]++
					}
				}
				if !isExpected {
					t.Errorf("%s, %s: %s: here %q, BIND %q", r.typ, r.how, r.rdata, message, reason)
				}
			}
		}
		t.Logf("%s: %d of %d verdicts agree, %.2f %%", peer.name, agreed, total, 100*float64(agreed)/float64(total))
		if peer.name != "BIND" {
			continue
		}
		for _, e := range sweepExceptions {
			if t.Logf("%d exceptions: %s: %s", used[e.record], e.record, e.reason); used[e.record] == 0 {
				t.Errorf("%s: no verdict is another than BIND's", e.record)
			}
		}
		if float64(agreed) < 0.995*float64(total) {
			t.Errorf("fewer than 99.5 %% of the verdicts are BIND's")
		}
	}
}

func TestMessagesAboutRecordsAreInOurWords(t *testing.T) {
	records := spoiledRecords(t)
	said := complaints(t, records)
	if len(said) < len(records)/3 {
		t.Errorf("of %d records, %d are refused", len(records), len(said))
	}
	foreign := regexp.MustCompile(`dns: |MX\.Mx|bad \w+ \w+Len|: " ?"$|: $|%!|  |\bnil\b|strconv|octets? octet|\b1 octets`)
	for i, r := range records {
		message, refused := said[i]
		switch {
		case r.how == asItIs && refused:
			t.Errorf("%s %s is refused: %s", r.typ, r.rdata, message)
		case strings.HasPrefix(message, "a quote is not closed"):
		case refused && (!strings.HasPrefix(message, r.typ+" ") || foreign.MatchString(message)):
			t.Errorf("%s, %s: %s: %s", r.typ, r.how, r.rdata, message)
		}
	}
}

func TestOctetsStandForTheTextOfTheRecord(t *testing.T) {
	for _, good := range goodRecords(t) {
		if len(good.fields) == 0 {
			continue
		}
		octets := fmt.Sprintf(`\# %d %s`, len(good.octets)/2, good.octets)
		z := zoneFrom(t, "zone", fmt.Sprintf("$TTL 1\na %s %s\na %s %s\n", good.typ, strings.Join(good.fields, " "), good.typ, octets))
		if len(z.Problems) > 0 || z.Len() != 2 {
			t.Errorf("%s: %s", good.typ, describe(z))
			continue
		}
		text, generic := z.Record(0), z.Record(1)
		if text.Type().row().octets != 0 || unknownToDNSLib(text.Type()) {
			continue // the octets stay octets
		}
		unquoted := func(r Record) string { return strings.ReplaceAll(r.CanonicalRDATA(), `"`, "") }
		if a, b := unquoted(text), unquoted(generic); !strings.EqualFold(a, b) {
			t.Errorf("%s: the text is %s, the octets %s", good.typ, a, b)
		}
	}
}
