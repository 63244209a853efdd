package dns

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/miekg/dns"
	"github.com/rogpeppe/go-internal/txtar"

	"mx46/testdata/corpus"
	"mx46/testdata/e2e"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// This file compares Graph.Lookup with real name servers: the same zones, the same questions.

// questionTypes are the types that every name is asked for.
var questionTypes = []zonefiles.Type{
	zonefiles.TypeMX, zonefiles.TypeA, zonefiles.TypeAAAA, zonefiles.TypeCNAME, zonefiles.TypeNS, zonefiles.TypeTXT,
}

// oracleZone is a zone that both sides are given.
type oracleZone struct {
	path string
	zone *zonefiles.Zone
	peerZone
}

// TestLookupAnswersAsNameServersDo asks BIND and Knot what Graph.Lookup is asked. By default a sample of the questions;
// with MX46_E2E=1 all of them.
func TestLookupAnswersAsNameServersDo(t *testing.T) {
	e2e.Require(t, "named", "knotd", "named-compilezone")
	whole := e2e.All()
	every, namesEach, batches := 50, 40, 1
	if whole {
		every, namesEach, batches = 1, 4000, 1000
	}
	dir := t.TempDir()
	zones := oracleZones(t, dir, every)
	tally := &tally{kinds: map[string]int{}, differ: map[string]int{}, refused: map[string]int{}}
	for i, batch := range batched(zones) {
		if i == batches {
			break
		}
		askBatch(t, filepath.Join(dir, fmt.Sprint("batch", i)), batch, namesEach, tally)
	}
	tally.print(t)
	if least := map[bool]int{false: 1000, true: 100_000}[whole]; tally.asked < least {
		t.Errorf("%d questions were asked, want at least %d", tally.asked, least)
	}
}

// oracleZones are the zones of the corpus, of the project and some that chance has made, as far as both mx46 and
// named-compilezone read them; of the corpus, every so many. The text that named-compilezone writes is what the servers
// are given.
func oracleZones(t *testing.T, dir string, every int) []oracleZone {
	t.Helper()
	var zones []oracleZone
	add := func(root, path, origin string) {
		name, err := zonefiles.ParseName([]byte(origin), zonefiles.Root)
		if err != nil {
			return
		}
		folder, err := disk.OpenRoot(root)
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		z := zonefiles.NewLoader(folder).Load(path, &name, zonefiles.Served{})
		if len(z.Problems) > 0 {
			return
		}
		compiled := filepath.Join(dir, fmt.Sprintf("%d.zone", len(zones)))
		cmd := exec.Command("named-compilezone", "-q", "-s", "full", "-i", "none", "-k", "ignore", "-o", compiled, name.String(), filepath.Base(path))
		cmd.Dir = filepath.Join(root, filepath.Dir(path))
		if cmd.Run() == nil {
			zones = append(zones, oracleZone{path, z, peerZone{name, compiled}})
		}
	}
	for i := range 600 / every {
		path := fmt.Sprintf("random-%d", i)
		if err := os.WriteFile(filepath.Join(dir, path), randomZone(uint64(i)), 0o600); err != nil {
			t.Fatal(err)
		}
		add(dir, path, fmt.Sprintf("r%d.example.", i))
		if i%3 == 0 { // below its neighbour, delegated or not
			add(dir, path, fmt.Sprintf("a.r%d.example.", i+1))
		}
	}
	own, err := filepath.Glob("../../testdata/rfc3974/*.zone")
	if err != nil || len(own) == 0 {
		t.Fatalf("testdata has no zones: %v", err)
	}
	for _, path := range own {
		add(filepath.Dir(path), filepath.Base(path), "example.org.")
	}
	for i, text := range caseZones(t) {
		if i%every != 0 {
			continue
		}
		path := fmt.Sprintf("case-%d", i)
		if err := os.WriteFile(filepath.Join(dir, path), text, 0o600); err != nil {
			t.Fatal(err)
		}
		add(dir, path, fmt.Sprintf("case%d.example.", i)) // names of their own, so that the servers hold them all at once
	}
	corpusDir := "../../" + corpus.Dir
	others, err := corpus.Zones(corpusDir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		t.Logf("without the zones of the corpus: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	for i := 0; i < len(others); i += every {
		add(corpusDir, others[i].Path, others[i].Origin)
	}
	return zones
}

// caseZones are the zones in the cases of the rules.
func caseZones(t *testing.T) [][]byte {
	t.Helper()
	archives, err := filepath.Glob("../../testdata/rules/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("the rules have no cases: %v", err)
	}
	var zones [][]byte
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".zone") {
				zones = append(zones, file.Data)
			}
		}
	}
	return zones
}

// randomZone is a zone of few labels, so that wildcards, cuts, DNAMEs, aliases and empty non-terminals meet in every
// way.
func randomZone(seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 3974))
	labels := []string{"a", "b", "c", "*", "*", "d"}
	var text bytes.Buffer
	text.WriteString("$TTL 60\n@ SOA ns h 1 2 3 4 5\n@ NS ns\n")
	name := func() string {
		parts := make([]string, 1+rng.IntN(4))
		for i := range parts {
			parts[i] = labels[rng.IntN(len(labels))]
		}
		return strings.Join(parts, ".")
	}
	alone := map[string]bool{} // owners of a CNAME or DNAME, and the others
	for range 6 + rng.IntN(25) {
		owner := name()
		if _, taken := alone[owner]; taken && alone[owner] {
			continue
		}
		_, taken := alone[owner]
		alone[owner] = false
		switch n := rng.IntN(12); {
		case n < 3:
			fmt.Fprintf(&text, "%s A 192.0.2.%d\n", owner, rng.IntN(9))
		case n < 5:
			fmt.Fprintf(&text, "%s MX %d %s\n", owner, rng.IntN(20), name())
		case n < 6:
			fmt.Fprintf(&text, "%s AAAA 2001:db8::%d\n", owner, rng.IntN(9))
		case n < 7:
			fmt.Fprintf(&text, "%s TXT t%d\n", owner, rng.IntN(9))
		case n < 9 && !taken:
			fmt.Fprintf(&text, "%s CNAME %s\n", owner, name())
			alone[owner] = true
		case n < 10 && !strings.HasPrefix(owner, "*"):
			fmt.Fprintf(&text, "%s NS %s\n", owner, name())
		case n < 11 && !taken && !strings.Contains(owner, "*"):
			fmt.Fprintf(&text, "%s DNAME %s\n", owner, name())
			alone[owner] = true
		default:
			fmt.Fprintf(&text, "%s TLSA 3 0 0 00\n", owner)
		}
	}
	return text.Bytes()
}

// batched sorts zones into batches in which every origin occurs once.
func batched(zones []oracleZone) [][]oracleZone {
	var batches [][]oracleZone
	seen := map[zonefiles.Name]int{}
	for _, z := range zones {
		n := seen[z.origin]
		seen[z.origin]++
		if n == len(batches) {
			batches = append(batches, nil)
		}
		batches[n] = append(batches[n], z)
	}
	return batches
}

// tally counts questions and disagreements.
type tally struct {
	zones         int
	asked, agreed int
	kinds         map[string]int // questions by what was answered
	differ        map[string]int // answers in which the servers differ, by the reason
	refused       map[string]int // zones that a server does not load
	wrong, shown  int
	last          string // the last that was shown
}

func (n *tally) print(t *testing.T) {
	t.Logf("%d of %d answers agree, of %d zones", n.agreed, n.asked, n.zones)
	for _, counts := range []map[string]int{n.kinds, n.refused, n.differ} {
		for _, what := range slices.Sorted(maps.Keys(counts)) {
			t.Logf("%8d %s", counts[what], what)
		}
	}
}

// askBatch compares one set of zones.
func askBatch(t *testing.T, dir string, batch []oracleZone, namesEach int, n *tally) {
	t.Helper()
	var servers []*server
	for i := 0; i < 2; {
		p := []*peer{&bind, &knot}[i]
		zones := make([]peerZone, len(batch))
		for j, z := range batch {
			zones[j] = z.peerZone
		}
		s, refused := p.start(t, dir, zones)
		defer s.stop()
		if len(refused) == 0 {
			servers = append(servers, s)
			i++
			continue
		}
		// What one server does not load, none is asked about.
		s.stop()
		for _, s := range servers {
			s.stop()
		}
		servers, i = nil, 0
		n.refused[fmt.Sprintf("zones are not loaded by %s", p.name)] += len(refused)
		batch = slices.DeleteFunc(batch, func(z oracleZone) bool { return refused[z.origin] })
		if len(batch) == 0 {
			return
		}
	}
	n.zones += len(batch)
	read := make([]*zonefiles.Zone, len(batch))
	for i, z := range batch {
		read[i] = z.zone
	}
	graph := NewGraph(read)
	type question struct {
		path string
		name zonefiles.Name
		typ  zonefiles.Type
	}
	var questions []question
	for i, z := range graph.Zones() {
		for _, name := range questionNames(z, namesEach) {
			for _, typ := range questionTypes {
				questions = append(questions, question{batch[i].path, name, typ})
			}
		}
	}
	const workers = 4
	var wait sync.WaitGroup
	var mu sync.Mutex
	for w := range workers {
		wait.Go(func() {
			clients := []client{{address: servers[0].address}, {address: servers[1].address}}
			defer clients[0].close()
			defer clients[1].close()
			for i := w; i < len(questions); i += workers {
				q := questions[i]
				want := expected(graph, q.name, q.typ)
				var got [2]reply
				for i := range clients {
					m, err := clients[i].ask(q.name, uint16(q.typ))
					if err != nil {
						got[i] = reply{end: "no answer: " + err.Error()}
						continue
					}
					got[i] = observed(m, q.name, q.typ, want)
				}
				mu.Lock()
				for i, g := range got {
					n.asked++
					n.kinds[want.kind()]++
					if g.String() == want.String() {
						n.agreed++
						continue
					}
					if reason := deviation(servers[i].name, q.path, want, got[i], got[1-i]); reason != "" {
						n.differ[servers[i].name+": "+reason]++
						continue
					}
					n.wrong++
					// One name is shown once, however many types differ.
					if at := q.path + string(q.name); at != n.last && n.shown < 40 {
						n.last = at
						n.shown++
						t.Errorf("%s: %s %s:\n want %s\n %s %s\n %s %s", q.path, q.name, q.typ, want, servers[i].name, g, servers[1-i].name, got[1-i])
					}
				}
				mu.Unlock()
			}
		})
	}
	wait.Wait()
}

// questionNames are the names to ask a zone about: its owners, the names in its RDATA, and, of all these, a child and a
// sibling that do not exist, and the wildcard. Beyond limit, every so many.
func questionNames(z *Zone, limit int) []zonefiles.Name {
	names := map[zonefiles.Name]bool{}
	add := func(name zonefiles.Name) {
		names[name] = true
		for _, label := range []string{"mx46-none", "*"} {
			for _, parent := range []zonefiles.Name{name, name.Parent()} {
				if child, err := parent.Child(label); err == nil && parent.IsAtOrBelow(z.Origin) {
					names[child] = true
				}
			}
		}
	}
	for i := range z.Len() {
		r := z.Record(i)
		add(r.OwnerName())
		for field := range 3 {
			if name, ok := r.Name(field); ok && hasNameAt(r.Type(), field) {
				add(name)
			}
		}
	}
	all := slices.Sorted(maps.Keys(names))
	if len(all) <= limit {
		return all
	}
	some := make([]zonefiles.Name, limit)
	for i := range some {
		some[i] = all[i*len(all)/limit]
	}
	return some
}

// hasNameAt reports whether RDATA of a type has a domain name in a field.
func hasNameAt(t zonefiles.Type, field int) bool {
	switch uint16(t) {
	case dns.TypeNS, dns.TypeCNAME, dns.TypeDNAME, dns.TypePTR:
		return field == 0
	case dns.TypeMX, dns.TypeAFSDB, dns.TypeKX:
		return field == 1
	case dns.TypeSOA, dns.TypeRP:
		return field < 2
	}
	return false
}

// reply is what an answer says, in one form for both sides.
type reply struct {
	links []string // the aliases that were followed, in order
	end   string   // what is at the end of them
	more  bool     // the last alias leads out of the zone; what comes behind it is not compared
}

func (r reply) String() string {
	if r.more {
		return strings.Join(append(r.links, "..."), "; ")
	}
	return strings.Join(append(r.links, r.end), "; ")
}

// kind is what the reply is, without names.
func (r reply) kind() string {
	kind, _, _ := strings.Cut(r.end, " ")
	if r.more {
		kind = "out of the zone"
	}
	if len(r.links) > 0 {
		kind = "alias to " + kind
	}
	return "questions: " + kind
}

// maxFollowed is how many aliases are compared. Knot follows 5, BIND 16.
const maxFollowed = 5

// expected is what Graph.Lookup says, aliases followed within their zone as RFC 1034 s.4.3.2 step 3a says.
func expected(g *Graph, name zonefiles.Name, t zonefiles.Type) reply {
	var r reply
	seen := map[zonefiles.Name]bool{}
	for followed := 1; ; followed++ {
		a := g.Lookup(nil, name, t)
		var target zonefiles.Name
		switch a.Status {
		case OutOfZone:
			r.end = "REFUSED"
			return r
		case Data:
			r.end = fmt.Sprintf("DATA %s", dataOf(a.Records))
			return r
		case Referral:
			r.end = fmt.Sprintf("REFERRAL %s %s", a.Records.At(0).OwnerName(), dataOf(a.Records))
			return r
		case NoData:
			r.end = "NODATA " + a.Zone.Origin.String()
			return r
		case NXDomain:
			r.end = "NXDOMAIN " + a.Zone.Origin.String()
			return r
		case Alias:
			target, _ = a.Records.At(0).Name(0)
			r.links = append(r.links, fmt.Sprintf("%s CNAME %s", name, target))
		case Redirect:
			into, _ := a.Records.At(0).Name(0)
			owner := a.Records.At(0).OwnerName()
			below := name[:len(name)-len(owner)]
			r.links = append(r.links, fmt.Sprintf("%s DNAME %s", owner, into))
			if len(below)+len(into) > 254 {
				r.end = "YXDOMAIN"
				return r
			}
			target = below + into
			r.links = append(r.links, fmt.Sprintf("%s CNAME %s", name, target))
		default:
			r.end = fmt.Sprintf("status %d", a.Status)
			return r
		}
		seen[name] = true
		// A question for CNAME is answered by the one that a DNAME synthesises.
		if next := g.Lookup(nil, target, t); next.Zone != a.Zone || seen[target] || followed == maxFollowed || t == zonefiles.TypeCNAME {
			r.more = true
			return r
		}
		name = target
	}
}

// dataOf is an RRset's data in the form that rdataOf gives, sorted, each once.
func dataOf(s RRset) []string {
	var data []string
	for i := range s.Len() {
		rr, err := dns.NewRR(". 0 IN " + s.At(i).Type().String() + " " + s.At(i).CanonicalRDATA())
		if err != nil || rr == nil {
			data = append(data, fmt.Sprintf("unreadable: %v", err))
			continue
		}
		data = append(data, rdataOf(rr))
	}
	return sorted(data)
}

func sorted(data []string) []string {
	sort.Strings(data)
	return slices.Compact(data)
}

// rdataOf is a record's data without the case of its names.
func rdataOf(rr dns.RR) string {
	wire := make([]byte, 70_000)
	rr = dns.Copy(rr)
	rr.Header().Name, rr.Header().Ttl = ".", 0
	n, err := dns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		return "unpackable: " + err.Error()
	}
	switch rr.(type) {
	case *dns.NS, *dns.CNAME, *dns.MX, *dns.DNAME:
		return strings.ToLower(strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	return fmt.Sprintf("%x", wire[11:n])
}

// observed is what a server's message says about a question. It reads as many aliases as are expected.
func observed(m *dns.Msg, name zonefiles.Name, t zonefiles.Type, want reply) reply {
	var r reply
	at := name
	own := func(rr dns.RR) zonefiles.Name {
		owner, err := zonefiles.ParseName([]byte(rr.Header().Name), zonefiles.Root)
		if err != nil {
			return "?"
		}
		return owner
	}
	find := func(section []dns.RR, owner zonefiles.Name, t uint16) (found []dns.RR) {
		for _, rr := range section {
			if rr.Header().Rrtype == t && own(rr) == owner {
				found = append(found, rr)
			}
		}
		return found
	}
	text := func(rrs []dns.RR) []string {
		var data []string
		for _, rr := range rrs {
			data = append(data, rdataOf(rr))
		}
		return sorted(data)
	}
	for len(r.links) < len(want.links) || !want.more {
		if found := find(m.Answer, at, uint16(t)); len(found) > 0 && (t != zonefiles.TypeCNAME || len(want.links) == 0) {
			r.end = fmt.Sprintf("DATA %s", text(found))
			break
		}
		for above := at; !above.IsRoot(); {
			above = above.Parent()
			if found := find(m.Answer, above, dns.TypeDNAME); len(found) > 0 {
				r.links = append(r.links, fmt.Sprintf("%s DNAME %s", above, strings.ToLower(found[0].(*dns.DNAME).Target)))
				break
			}
		}
		if found := find(m.Answer, at, dns.TypeCNAME); len(found) > 0 && len(r.links) < 3*maxFollowed {
			target, err := zonefiles.ParseName([]byte(found[0].(*dns.CNAME).Target), zonefiles.Root)
			if err != nil {
				return reply{end: err.Error()}
			}
			r.links = append(r.links, fmt.Sprintf("%s CNAME %s", at, target))
			at = target
			continue
		}
		break
	}
	if want.more && len(r.links) >= len(want.links) {
		r.more = true
		return r
	}
	if r.end != "" {
		return authoritative(r, m, true)
	}
	switch {
	case m.Rcode == dns.RcodeNameError:
		r.end = "NXDOMAIN"
	case m.Rcode != dns.RcodeSuccess:
		r.end = dns.RcodeToString[m.Rcode]
		return r
	default:
		r.end = "NODATA"
	}
	for _, rr := range m.Ns {
		switch rr.(type) {
		case *dns.SOA:
			r.end += " " + own(rr).String()
			return authoritative(r, m, true)
		case *dns.NS:
			r.end = fmt.Sprintf("REFERRAL %s %s", own(rr), text(find(m.Ns, own(rr), dns.TypeNS)))
			return authoritative(r, m, len(r.links) > 0)
		}
	}
	r.end += " without authority"
	return r
}

// authoritative adds a remark where the AA bit is not as it must be (RFC 1035 s.4.1.1: it is about the first owner of
// the answer).
func authoritative(r reply, m *dns.Msg, want bool) reply {
	if m.Authoritative != want {
		r.end += fmt.Sprintf(" (AA is %v)", m.Authoritative)
	}
	return r
}

// deviations are answers of one server that the other does not give, each with the section that decides. Want and got
// are how the ends of the replies begin.
var deviations = []struct {
	server, path, want, got, reason string
}{
	{"BIND", "xfr_rrsig.zone", "", "SERVFAIL", "a name, or one below it, that holds nothing but a signature of what is not there (the name exists, RFC 1034 s.4.3.2 step 3a)"},
	{"Knot", "", "YXDOMAIN", "NXDOMAIN", "a DNAME that makes a name of more than 255 octets (the answer is YXDOMAIN, RFC 6672 s.2.2)"},
}

// deviation is the reason why a server answers otherwise than Graph.Lookup and the other server, or "".
func deviation(server, path string, want, got, other reply) string {
	if other.String() != want.String() {
		return ""
	}
	for _, d := range deviations {
		if d.server == server && strings.HasSuffix(path, d.path) && strings.HasPrefix(want.end, d.want) && strings.HasPrefix(got.end, d.got) {
			return d.reason
		}
	}
	return ""
}
