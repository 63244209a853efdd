package rules_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"mx46/testdata/daemon"
	"mx46/testdata/e2e"
)

// refusedZones are conditions for which name servers refuse a zone, or nearly; what the zone holds beside its SOA and
// NS records; who refuses it; and the rule that says so.
var refusedZones = []struct{ name, records, refuse, rule string }{
	{"a zone that is right", "", "", ""},
	{"a CNAME beside other data", "www CNAME a\nwww A 192.0.2.1\n", "BIND Knot NSD", "zone-refused"},
	{"CNAMEs to two names", "www CNAME a\nwww CNAME b\n", "BIND Knot NSD", "zone-refused"},
	{"the same CNAME twice", "www CNAME a\nwww CNAME a\n", "", ""},
	{"DNAMEs to two names", "sub DNAME a.example.net.\nsub DNAME b.example.net.\n", "BIND Knot NSD", "zone-refused"},
	{"the same DNAME twice", "sub DNAME a.example.net.\nsub DNAME a.example.net.\n", "", ""},
	{"NS at a wildcard", "*.sub NS ns.example.net.\n", "BIND", "zone-refused"},
	{"a second SOA", "@ SOA ns.example.net. h 2 2h 1h 1w 1h\n", "BIND NSD", "zone-refused"},
	{"the same SOA twice", "@ SOA ns.example.net. h 1 2h 1h 1w 1h\n", "NSD", "zone-refused"},
	{"an SOA below the apex", "sub SOA ns.example.net. h 1 2h 1h 1w 1h\n", "BIND NSD", "zone-refused"},
	{"a record of class CH", "x CH TXT a\n", "BIND Knot NSD", "zone-refused"},
	{"a record of class 42", "x CLASS42 TXT a\n", "BIND Knot NSD", "zone-refused"},
	{"a name server that does not exist", "@ NS ns\n", "BIND kzonecheck", "ns-target-no-address"},
	{"a name server without an address", "@ NS ns\nns TXT a\n", "BIND kzonecheck", "ns-target-no-address"},
	{"a forgotten dot", "@ NS ns2.example.net\n", "BIND kzonecheck", "ns-target-no-address"},
	{"a name server below a cut", "@ NS ns.sub\nsub NS ns.example.net.\n", "", ""},
	{"a name server that a wildcard answers for", "@ NS ns\n* A 192.0.2.1\n", "", ""},
	{"a name server of one family", "@ NS ns\nns AAAA 2001:db8::1\n", "", ""},
	{"an alias for a name server", "@ NS ns\nns CNAME www\nwww A 192.0.2.1\n", "BIND kzonecheck", "ns-target-cname"},
}

// TestWhoRefusesAZone tries each condition on BIND, Knot and NSD. Knot's server takes more than its checker, which makes
// all semantic checks.
func TestWhoRefusesAZone(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "named-checkzone", "knotd", "kzonecheck", "nsd-checkzone")
	dir := t.TempDir()
	var config strings.Builder
	fmt.Fprintf(&config, "server:\n  rundir: %s\n  listen: 127.0.0.1@%d\ndatabase:\n  storage: %s\n", dir, freePort(t), dir)
	config.WriteString("log:\n  - target: stderr\n    any: info\nzone:\n")
	files := make([]string, len(refusedZones))
	for i, zone := range refusedZones {
		files[i] = filepath.Join(dir, fmt.Sprintf("z%d.test.zone", i))
		if err := os.WriteFile(files[i], []byte(refusedText(zone.records)), 0o644); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&config, "  - domain: z%d.test.\n    file: %s\n", i, files[i])
	}
	conf, log := filepath.Join(dir, "knot.conf"), filepath.Join(dir, "log")
	if err := os.WriteFile(conf, []byte(config.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	knot := string(daemon.Start(t, log, "server started", "knotd", "-c", conf).Log())
	for i, zone := range refusedZones {
		t.Run(zone.name, func(t *testing.T) {
			origin := fmt.Sprintf("z%d.test", i)
			var refuse []string
			if exec.Command("named-checkzone", "-i", "local", origin, files[i]).Run() != nil {
				refuse = append(refuse, "BIND")
			}
			switch {
			case strings.Contains(knot, "["+origin+".] zone event 'load' failed"):
				refuse = append(refuse, "Knot")
			case exec.Command("kzonecheck", "-o", origin, files[i]).Run() != nil:
				refuse = append(refuse, "kzonecheck")
			}
			if exec.Command("nsd-checkzone", origin, files[i]).Run() != nil {
				refuse = append(refuse, "NSD")
			}
			if got := strings.Join(refuse, " "); got != zone.refuse {
				t.Errorf("refused by %q, want %q", got, zone.refuse)
			}
		})
	}
}

// TestFindingsSayWhoRefusesAZone holds the findings to what TestWhoRefusesAZone tries.
func TestFindingsSayWhoRefusesAZone(t *testing.T) {
	for _, zone := range refusedZones {
		t.Run(zone.name, func(t *testing.T) {
			found := lintFiles(t, "", []txtar.File{{Name: "example.org.zone", Data: []byte(refusedText(zone.records))}})
			var rules []string
			for _, f := range found.Findings {
				if rules = append(rules, f.Rule.Name); f.Rule.Name == "ns-target-cname" {
					continue // its harm is what resolvers do
				}
				for _, server := range []string{"BIND", "Knot", "NSD"} {
					refuses := slices.Contains(strings.Fields(zone.refuse), server) ||
						server == "Knot" && strings.Contains(zone.refuse, "kzonecheck")
					if says := strings.Contains(f.Harm, server); says != refuses {
						t.Errorf("%s refuses it: %v, and the harm is %q", server, refuses, f.Harm)
					}
				}
			}
			if got := strings.Join(rules, " "); got != zone.rule {
				t.Errorf("findings of %q, want %q", got, zone.rule)
			}
		})
	}
}

func refusedText(records string) string {
	return "$TTL 3600\n@ SOA ns.example.net. h 1 2h 1h 1w 1h\n@ NS ns.example.net.\n" + records
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
