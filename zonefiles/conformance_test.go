package zonefiles

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"mx46/testdata/corpus"
	"mx46/testdata/e2e"
	"mx46/zonefiles/disk"
)

// corpusDir holds other people's zone files; it is not a part of the project.
const corpusDir = "../" + corpus.Dir

// corpusZone is one zone file of the corpus.
type corpusZone struct {
	corpus.Zone
	path   string // relative to the corpus
	origin Name
}

// corpusZones are the zone files of the corpus whose origin is a name.
func corpusZones(t *testing.T) []corpusZone {
	t.Helper()
	listed, err := corpus.Zones(corpusDir)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the corpus of zone files is not here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var zones []corpusZone
	for _, z := range listed {
		if origin, err := ParseName([]byte(z.Origin), Root); err == nil {
			zones = append(zones, corpusZone{z, z.Path, origin})
		}
	}
	return zones
}

// canonicalLine is a record's line as the arbiter prints it, its owner in lower case, so that two programs' spellings
// compare.
func canonicalLine(line string) string {
	rr, err := dns.NewRR(line)
	if err != nil || rr == nil {
		return strings.Join(strings.Fields(line), " ")
	}
	if owner, err := ParseName([]byte(rr.Header().Name), Root); err == nil {
		rr.Header().Name = owner.String()
	}
	switch rr := rr.(type) {
	case *dns.RRSIG:
		rr.Header().Ttl = 0 // BIND lowers it for signatures that are about to expire, and has one for each type covered
	case *dns.NSEC:
		slices.Sort(rr.TypeBitMap)
	case *dns.NSEC3:
		slices.Sort(rr.TypeBitMap)
	}
	if u, ok := rr.(*dns.RFC3597); ok {
		u.Rdata = strings.ToLower(u.Rdata)
	}
	wire := make([]byte, 70000)
	n, err := dns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		return rr.String()
	}
	switch rr.(type) {
	case *dns.NS, *dns.CNAME, *dns.SOA, *dns.PTR, *dns.MX, *dns.SRV, *dns.DNAME, *dns.RP, *dns.RRSIG, *dns.NSEC:
		wire = bytes.ToLower(wire[:n]) // the case of names means nothing, and BIND keeps that of $ORIGIN
	}
	return fmt.Sprintf("%s %d %s %x", rr.Header().Name, rr.Header().Ttl, dns.TypeToString[rr.Header().Rrtype], wire[:n])
}

// recordLines are a zone's records as mx46 records prints them, with the TTL that a name server gives a whole RRset:
// the last.
func recordLines(z *Zone) map[string]bool {
	type set struct {
		owner NameID
		typ   Type
	}
	ttl := map[set]uint32{}
	prior := map[set]uint32{}
	for i := range z.Len() {
		r := z.Record(i)
		key := set{r.Owner(), r.Type()}
		if _, ok := prior[key]; !ok || i > 0 && z.Record(i-1).Owner() != r.Owner() {
			prior[key] = r.TTL()
		}
		ttl[key] = prior[key]
	}
	lines := map[string]bool{}
	for i := range z.Len() {
		r := z.Record(i)
		if z.Names.IsAtOrBelow(r.Owner(), z.Apex()) {
			line := fmt.Sprintf("%s %d IN %s %s", r.OwnerName(), ttl[set{r.Owner(), r.Type()}], r.Type(), r.CanonicalRDATA())
			lines[canonicalLine(line)] = true
		}
	}
	return lines
}

// beyondReading matches what named-compilezone refuses about a zone as a whole. Reading it is not what fails.
var beyondReading = regexp.MustCompile(`has no NS records|has no address records|appears to be an address|is a CNAME \(illegal\)|is below a DNAME|` +
	`CDS/CDNSKEY consistency|DS record at top of zone|invalid NS owner name|class '.*' != zone class|has 0 SOA records|has \d+ SOA records|CNAME and other data|multiple RRs of singleton type|not at top of zone|out of zone|no owner`)

// exceptions are the zones of the corpus that are not read as named-compilezone reads them, by a pattern for the path,
// and why.
var exceptions = []struct{ path, reason string }{
	{`bad-eui(48|64)-`, "BIND 9.18 takes what RFC 7043 s.3.2 and 4.2, later versions of BIND do not"},
	{`/nid\.db$`, "BIND takes NID groups of fewer than four digits (RFC 6742 s.2.1.2)"},
	{`svcb`, "BIND prints SVCB parameters in another way than the DNS library (RFC 9460 s.8)"},
	{`nsap|wks|unsigned\.db$|auth/ns1/example\.com\.db$`, "types that the DNS library does not know, NSAP, WKS and BRID here, are shown as they are in the file"},
	{`/(naptr2|rt)\.db$`, "BIND prints X25 in quotes, which the DNS library does not read; the record is the same"},
	{`master1[56]\.data$`, "BIND's buffer is too small for one TXT record of nearly 65,535 octets, which RFC 1035 s.3.2.1 allows"},
	{`miraheze\+dns/zones/`, "DYNA is a record of gdnsd, which stands for addresses that nobody knows here"},
	{`doth/example8?\.axfr`, "a log of a transfer, with a GID record of no number"},
}

// exceptionFor is the reason why a zone is read in another way, or "".
func exceptionFor(path string) string {
	for _, e := range exceptions {
		if regexp.MustCompile(e.path).MatchString(path) {
			return e.reason
		}
	}
	return ""
}

// hasSOA reports whether a zone has its SOA record. What has none is a part of a zone, completed by a tool: BIND
// refuses it, for its lack of an SOA or, before that, of a TTL.
func hasSOA(z *Zone) bool {
	for i := range z.Len() {
		if z.Record(i).Type() == TypeSOA {
			return true
		}
	}
	return false
}

// TestRecordsAreThoseOfNamedCompilezone reads zones of the corpus as BIND does.
func TestRecordsAreThoseOfNamedCompilezone(t *testing.T) {
	e2e.Require(t, "named-compilezone")
	zones := e2e.Sample(corpusZones(t), 80)
	root, err := disk.OpenRoot(corpusDir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	counts := map[string]int{}
	for _, zone := range zones {
		z := NewLoader(root).Load(zone.path, &zone.origin, Served{})
		var stdout, stderr bytes.Buffer
		cmd := exec.Command("named-compilezone", "-s", "full", "-i", "none", "-k", "ignore", "-o", "-", zone.origin.String(), filepath.Base(zone.path))
		cmd.Dir = filepath.Join(corpusDir, filepath.Dir(zone.path))
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		accepted := cmd.Run() == nil
		problem := ""
		if len(z.Problems) > 0 {
			p := z.Problems[0]
			problem = fmt.Sprintf("%s: %s", z.Files().Position(p.Span.File, p.Span.Start), p.Message)
		}
		var verdict, detail string
		switch {
		case accepted && problem != "":
			verdict, detail = "accepted by BIND, refused here", problem
		case accepted:
			verdict = "the same records"
			if diff := recordDifference(stdout.String(), recordLines(z)); diff != "" {
				verdict, detail = "other records", diff
			}
		case problem != "" || len(z.Elsewhere) > 0:
			verdict = "refused by both"
		case z.IsTemplate:
			verdict = "a template, refused by BIND"
		case beyondReading.Match(stderr.Bytes()):
			verdict = "read here, refused by BIND for what the zone says"
		case !hasSOA(z):
			verdict = "read here, refused by BIND for the lack of an SOA record"
		default:
			verdict = "read here, refused by BIND"
			detail = strings.TrimSpace(stderr.String())
		}
		if detail != "" {
			if reason := exceptionFor(zone.path); reason != "" {
				verdict = "exception"
				t.Logf("exception: %s: %s", zone.path, reason)
			} else {
				t.Errorf("%s: %s: %s", zone.path, verdict, detail)
			}
		}
		counts[verdict]++
	}
	for verdict, n := range counts {
		t.Logf("%4d of %d zones: %s", n, len(zones), verdict)
	}
}

func recordDifference(compiled string, ours map[string]bool) string {
	theirs := map[string]bool{}
	for _, line := range strings.Split(compiled, "\n") {
		if strings.TrimSpace(line) != "" && !strings.HasPrefix(line, ";") {
			theirs[canonicalLine(line)] = true
		}
	}
	var diff []string
	for line := range theirs {
		if !ours[line] {
			diff = append(diff, "- "+line)
		}
	}
	for line := range ours {
		if !theirs[line] {
			diff = append(diff, "+ "+line)
		}
	}
	sort.Strings(diff)
	if len(diff) > 8 {
		diff = append(diff[:8], fmt.Sprintf("... and %d more", len(diff)-8))
	}
	return strings.Join(diff, "\n")
}

// verdictExceptions are the zones that are not judged as their suites do, by a pattern for the path, and why.
var verdictExceptions = []struct{ path, reason string }{
	{`svcb\.(failure|success)-cases|crypto\.cloudflare`, "SVCB parameters are checked by RFC 9460, of which the suites know drafts"},
	{`dnspython/tests/example`, "it holds NAPTR expressions that are none (RFC 3402 s.3.2), as BIND says too"},
	{`A\.3\.EXAMPLE`, "it holds a ZONEMD digest of fewer octets than its hash has (RFC 8976 s.2.2.4), as BIND says too"},
	{`octodns-bind/tests/zones/unit\.tests`, "it holds a TLSA digest of fewer octets than its hash has (RFC 6698 s.2.1.3)"},
	{`/ipseckey\.zone`, "it holds an IPSECKEY without a key, which BIND refuses"},
	{`/nowarn\.inherited\.owner|/master8\.data`, "the path of its include holds where the suite runs"},
	{`/master15\.data`, "BIND's buffer is too small for one TXT record of nearly 65,535 octets, which RFC 1035 s.3.2.1 allows"},
	{`/master5\.data`, "records of other classes than IN, ANY among them, are set aside and counted"},
	{`/master6\.data`, "it names the flags of a KEY as RFC 2535 did; a DNSKEY's are a number (RFC 4034 s.2.2)"},
	{`/svcb_test_vectors`, "its format is dnspython's own, with several zones in one file"},
	{`/08-zonereader`, "it holds an A record of no octets, which is no address (RFC 1035 s.3.4.1)"},
	{`/20-sign-zone\.db`, "it holds RDATA that BIND refuses"},
	{`/unknown_rr\.zone`, "types 128 to 255 are for queries (RFC 6895 s.3.1); NSD serves them"},
	{`/xfr_2\.db|/zonec_tests\.db`, "it is a database of NSD"},
	{`/ipseckey\.tdir/ixfr\.db|/(ixfr_wildcard|nsdc-run|print_apl)\.zone`, "it is empty, which is rule zone-unread"},
	{`/invalid\.(records|zone)\.tst`, "it is written well; what it says is refused"},
}

// TestVerdictsAreThoseOfTheSuites compares what is refused here with what the test suites of other projects say of
// their own zones. A suite's verdict about what a zone says, rather than how it is written, is for rules and not for
// the reader.
func TestVerdictsAreThoseOfTheSuites(t *testing.T) {
	zones := corpusZones(t)
	root, err := disk.OpenRoot(corpusDir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	agreed, judged, weak, excepted := 0, 0, 0, 0
	for _, zone := range zones {
		wantRead := zone.Expected == "accept"
		if !wantRead && (zone.Expected != "reject" || zone.Level != "syntax") {
			continue
		}
		z := NewLoader(root).Load(zone.path, &zone.origin, Served{})
		judged++
		if strings.HasPrefix(zone.Note, "weak:") {
			weak++
		}
		if wantRead == (len(z.Problems) == 0) {
			agreed++
			continue
		}
		reason := ""
		for _, e := range verdictExceptions {
			if regexp.MustCompile(e.path).MatchString(zone.path) {
				reason = e.reason
			}
		}
		if reason != "" {
			excepted++
			t.Logf("exception: %s: the suite says %s; %s", zone.path, zone.Expected, reason)
			continue
		}
		detail := ""
		if len(z.Problems) > 0 {
			p := z.Problems[0]
			detail = fmt.Sprintf("%s: %s", z.Files().Position(p.Span.File, p.Span.Start), p.Message)
		}
		t.Errorf("%s: the suite says %s (%s): %s", zone.path, zone.Expected, zone.Note, detail)
	}
	t.Logf("%d of %d verdicts agree, %d are exceptions with a reason; of %d the suite states the verdict only by loading the zone", agreed, judged, excepted, weak)
}
