package relaymap_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/relaymap"
	"mx46/lint/trace"
	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

// update draws the pictures of testdata/map anew; look at them before committing them.
var update = flag.Bool("update", false, "rewrite the pictures in testdata/map")

const golden = "../../testdata/map"

const head = "$ORIGIN example.org.\n$TTL 1h\n@ SOA ns hostmaster 1 2h 1h 2w 5m\n NS ns\nns A 192.0.2.53\n"

func name(text string) zonefiles.Name { return zonefiles.MustName(text) }

// hostile is a name that means something in every format.
const hostile = `\<script\>alert\(1\)\<\/script\>\"\;\]\}--\>\#\`

// pictures are what is drawn, by the name of the file.
func pictures(t *testing.T) map[string]*relaymap.Map {
	t.Helper()
	twelve := head
	for i := range 12 {
		twelve += fmt.Sprintf("@ MX %d mx%d.mail\n", 10*(i/2+1), i+1)
		if i%3 != 0 {
			twelve += fmt.Sprintf("mx%d.mail AAAA 2001:db8::%d\n", i+1, i+1)
		}
		if i%3 != 1 {
			twelve += fmt.Sprintf("mx%d.mail A 192.0.2.%d\n", i+1, i+1)
		}
	}
	facts := mail.Facts{
		Hosts: map[zonefiles.Name]mail.HostFacts{
			name("backup.example.net."): {
				Families: delivery.Dual, HasFamilies: true, Outbound: delivery.IPv4, HasOutbound: true,
			},
		},
		Links: []mail.Link{{From: name("old.example.org."), To: name("mx1.example.org."), Via: "uucp"}},
		Final: map[zonefiles.Name]zonefiles.Span{name("store.example.org."): {}},
	}
	list := map[string]*relaymap.Map{}
	for _, p := range []struct {
		file, zone string
		facts      *mail.Facts
	}{
		{"one-host", head + "@ MX 10 mail\nmail A 192.0.2.1\nmail AAAA 2001:db8::1\n", nil},
		{"twelve-hosts", twelve, nil},
		{"null-mx", head + "@ MX 0 .\n", nil},
		{"implicit", head + "@ AAAA 2001:db8::1\n", nil},
		{"facts", head + `
@     MX 5  mx1
@     MX 10 backup.example.net.
@     MX 10 other.example.net.
@     MX 20 old
@     MX 20 store
@     MX 30 private
@     MX 40 gone
mx1   AAAA 2001:db8::1
old   A 192.0.2.20
store A 192.0.2.21
private A 10.0.0.1
private A 192.0.2.30
private A 192.0.2.31
private A 192.0.2.32
private A 192.0.2.33
private AAAA fd00::1
`, &facts},
		{"hostile", head + "@ MX 1 " + hostile + "\\.x\n@ MX 2 " + strings.Repeat("long-label-of-a-stranger.", 9) + "mx\n" +
			hostile + "\\.x AAAA 2001:db8::1\n" + strings.Repeat("long-label-of-a-stranger.", 9) + "mx AAAA 2001:db8::2\n", nil},
	} {
		list[p.file] = draw(t, p.zone, p.facts)
	}
	for _, file := range []string{"section-4.2-troublesome", "section-4.2-works-well"} { // as they stand in the RFC
		text, err := os.ReadFile("../../testdata/rfc3974/" + file + ".zone")
		if err != nil {
			t.Fatal(err)
		}
		list[file] = draw(t, string(text), nil)
	}
	return list
}

func draw(t *testing.T, zone string, facts *mail.Facts) *relaymap.Map {
	t.Helper()
	root, err := disk.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	loader := zonefiles.NewLoader(root)
	file, err := loader.Files.Add("db", []byte(zone))
	if err != nil {
		t.Fatal(err)
	}
	z := loader.Parse(file, nil)
	for _, p := range z.Problems {
		t.Fatal(p.Message)
	}
	world := trace.NewWorld(dns.NewGraph([]*zonefiles.Zone{z}), name("example.org."), facts, delivery.Public)
	return relaymap.New(world.Simulation(name("example.org."), delivery.RFC3974, delivery.Outage{}))
}

func write(t *testing.T, m *relaymap.Map, format string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b, format); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var extensions = map[string]string{"mermaid": ".mmd", "dot": ".dot", "svg": ".svg"}

func TestPicturesAreThoseThatWereLookedAt(t *testing.T) {
	for file, m := range pictures(t) {
		for _, format := range relaymap.Formats() {
			got := write(t, m, format)
			path := filepath.Join(golden, file+extensions[format])
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Error(err)
			} else if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", path, diff)
			}
		}
	}
}

// crowd is a domain of n dual-stack hosts, each at its own preference.
func crowd(n int) string {
	zone := head
	for i := range n {
		zone += fmt.Sprintf("@ MX %d mx%d\nmx%d A 192.0.2.1\nmx%d AAAA 2001:db8::%x\n", i, i, i, i, i+1)
	}
	return zone
}

func TestALargeDomainStaysAPictureAndSaysWhatIsMissing(t *testing.T) {
	m := draw(t, crowd(3000), nil)
	for _, format := range relaymap.Formats() {
		got := write(t, m, format)
		if len(got) > 400_000 || !bytes.Contains(got, []byte("2960 hosts with higher preference values are not shown")) {
			t.Errorf("%s: %d bytes, or nothing said of what is left out", format, len(got))
		}
		if format != "svg" && !bytes.Contains(got, []byte("second-choice ways are not shown")) {
			t.Errorf("%s says nothing of the ways that are left out", format)
		}
		if format == "mermaid" && len(got) > 50_000 {
			t.Errorf("%d bytes are more than Mermaid takes", len(got))
		}
	}
}

func TestNothingButTheThreeFormatsIsWritten(t *testing.T) {
	if err := new(relaymap.Map).Write(io.Discard, "png"); err == nil {
		t.Error("png is written")
	}
}
