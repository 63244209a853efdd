package relaymap_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/relaymap"
	"mx46/lint/trace"
	"mx46/testdata/e2e"
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
			name("backup.example.net."): {Families: delivery.Dual, HasFamilies: true, Outbound: delivery.IPv4, HasOutbound: true},
		},
		Links: []mail.Link{{From: name("old.example.org."), To: name("mx1.example.org."), Via: "uucp"}},
		Final: map[zonefiles.Name]bool{name("store.example.org."): true},
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
	return relaymap.New(world.Simulation(delivery.RFC3974, delivery.Outage{}), "example.org")
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

// An SVG is XML with a title and a description, and nothing in it runs or is fetched.
func TestSVGStandsAloneAndIsInert(t *testing.T) {
	for file, m := range pictures(t) {
		svg := write(t, m, "svg")
		elements := map[string]bool{}
		decoder := xml.NewDecoder(bytes.NewReader(svg))
		for {
			token, err := decoder.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			element, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			elements[element.Name.Local] = true
			for _, a := range element.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" || strings.Contains(a.Value, "url(") {
					t.Errorf("%s: <%s %s=%q>", file, element.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
		for name := range elements {
			if !slices.Contains(strings.Fields("svg title desc style rect text path circle g"), name) {
				t.Errorf("%s: <%s>", file, name)
			}
		}
		for _, want := range []string{"title", "desc"} {
			if !elements[want] {
				t.Errorf("%s has no %s", file, want)
			}
		}
		if !bytes.Contains(svg, []byte(`role="img" aria-labelledby=`)) || !bytes.Contains(svg, []byte("prefers-color-scheme: dark")) {
			t.Errorf("%s has no role, or no dark colours", file)
		}
	}
}

func TestTheDescriptionSaysWhatThePictureShows(t *testing.T) {
	svg := string(write(t, pictures(t)["section-4.2-troublesome"], "svg"))
	want := "Preference 1: mx1.example.org, IPv4 missing, IPv6 2001:db8:ffff::1, final: has the mailbox. " +
		"Preference 10: mx10.example.org, IPv4 192.0.2.10, IPv6 missing, stranded, sends IPv4, only IPv6 leads on. " +
		"Preference 100: mx100.example.org, IPv4 192.0.2.100, IPv6 missing, stranded, sends IPv4, only IPv6 leads on; relays to mx10.example.org (IPv4)."
	if !strings.Contains(svg, want) {
		t.Errorf("no %q in\n%s", want, svg)
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
		if len(got) > 400_000 || !bytes.Contains(got, []byte("2960 more hosts of higher preference are left out")) {
			t.Errorf("%s: %d bytes, or nothing said of what is left out", format, len(got))
		}
		if format != "svg" && !bytes.Contains(got, []byte("ways of second choice are left out")) {
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

func TestGraphvizReadsThePictures(t *testing.T) {
	e2e.Require(t, "dot")
	for file, m := range pictures(t) {
		cmd := exec.CommandContext(t.Context(), "dot", "-Tsvg")
		cmd.Stdin = bytes.NewReader(write(t, m, "dot"))
		var warnings bytes.Buffer
		cmd.Stderr = &warnings
		out, err := cmd.Output()
		if err != nil || warnings.Len() > 0 {
			t.Errorf("%s: %v: %s", file, err, warnings.Bytes())
		}
		if file == "hostile" && !bytes.Contains(out, []byte(`&lt;script&gt;alert\(1\)&lt;/script&gt;`)) {
			t.Errorf("the name is not there as it is:\n%s", out)
		}
	}
}

// mermaidCheck parses the charts on standard input, a JSON object, with mermaid's own parser, and prints what it takes each for.
const mermaidCheck = `
import { JSDOM } from "jsdom";
const dom = new JSDOM("<!DOCTYPE html><body></body>");
globalThis.window = dom.window; globalThis.document = dom.window.document;
const { default: mermaid } = await import("mermaid");
const chunks = []; for await (const c of process.stdin) chunks.push(c);
const charts = JSON.parse(Buffer.concat(chunks).toString());
mermaid.initialize({ startOnLoad: false });
for (const [name, text] of Object.entries(charts)) {
  try { const r = await mermaid.parse(text); console.log(name, r.diagramType); }
  catch (e) { console.log(name, "ERROR", e.message); }
}
process.exit(0);
`

// Versions of the modules, which are installed by npm where MX46_E2E is 1 and MX46_NODE_MODULES names no folder that has them.
const (
	mermaidVersion = "11.17.2"
	jsdomVersion   = "29.1.1"
)

// nodeModules is a folder with mermaid and jsdom.
func nodeModules(t *testing.T) string {
	t.Helper()
	e2e.Require(t, "node")
	folder := os.Getenv("MX46_NODE_MODULES")
	if folder == "" && e2e.All() {
		folder = t.TempDir()
		install := exec.CommandContext(t.Context(), "npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund",
			"--loglevel=error", "mermaid@"+mermaidVersion, "jsdom@"+jsdomVersion)
		if out, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm install: %v\n%s", err, out)
		}
	}
	for _, module := range []string{"mermaid", "jsdom"} {
		if _, err := os.Stat(filepath.Join(folder, "node_modules", module)); err != nil {
			e2e.Missing(t, "%v (npm install mermaid jsdom; MX46_NODE_MODULES names the folder)", err)
		}
	}
	return folder
}

func TestMermaidReadsThePictures(t *testing.T) {
	folder := nodeModules(t)
	charts := map[string]string{}
	for file, m := range pictures(t) {
		charts[file] = string(write(t, m, "mermaid"))
	}
	charts["crowd"] = string(write(t, draw(t, crowd(100), nil), "mermaid"))
	input, err := json.Marshal(charts)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", mermaidCheck)
	cmd.Dir = folder
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for _, line := range lines {
		if !strings.HasSuffix(line, " flowchart-v2") {
			t.Errorf("mermaid says of %s", line)
		}
	}
	if len(lines) != len(charts) {
		t.Errorf("%d of %d charts were read:\n%s", len(lines), len(charts), out)
	}
}
