package config

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var found = Found{
	Folders:      []string{"zones", "internal/a", "zones", "bad\x00name"},
	Servers:      []string{"named.conf", "../named.conf", "knot.conf"},
	UnknownHosts: []zonefiles.Name{zonefiles.MustName("mx.example.net."), zonefiles.MustName(`a\"b\.c.example.`)},
	SingleStack: []FoundDomain{
		{zonefiles.MustName(`\*.lab.example.org.`), delivery.IPv6},
		{zonefiles.MustName("b.example.org."), delivery.IPv4},
	},
}

const firstConfig = `# yaml-language-server: $schema=mx46.schema.json
# What mx46 should know about these zones. All keys: mx46 config schema.
# What holds for a file, and why: mx46 config show FILE

# What mail domains are meant to be: dual, ipv4 or ipv6.
stack: dual

# Who is to reach the hosts. public: anyone; internal: private addresses are usable. By default names below
# local, internal, home.arpa and localhost are internal, and all others public.
# scope: public

# Exit with 1 at findings of this severity or above: error, warning, note; or never.
fail-on: error

# Where the zones are: folder is searched with all below it, also for zones that are added later; files takes globs
# (** is any depth of folders), named-conf a configuration of BIND, nsd-conf one of NSD, knot-conf one of Knot DNS.
zones:
  - {folder: "internal/a"}
  - {folder: "zones"}
  - {knot-conf: "knot.conf"}
  - {named-conf: "named.conf"}
# Left out, for characters that no path here can hold: 2.

# No zone here holds 2 MX hosts of these domains. "mx46 resolve" asks DNS about them and writes .mx46.hosts,
# which mx46 lint reads. What you know better than DNS goes here:
# hosts:
#   "mx.example.net": {families: [ipv4, ipv6]}

# All MX hosts of these domains have one address family. Where that is meant, say so.
# overrides:
#   - {zones: ["\\*.lab.example.org"], stack: ipv6}
#   - {zones: ["b.example.org"], stack: ipv4}
`

func TestInit(t *testing.T) {
	if diff := cmp.Diff(firstConfig, string(Init(found))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	rand.Shuffle(len(found.Folders), func(i, j int) { found.Folders[i], found.Folders[j] = found.Folders[j], found.Folders[i] })
	if diff := cmp.Diff(firstConfig, string(Init(found))); diff != "" {
		t.Errorf("the order of what was found shows: -want +got:\n%s", diff)
	}
}

// uncomment makes configuration of what Init leaves to the operator.
func uncomment(text []byte) []byte {
	return regexp.MustCompile(`(?m)^# (hosts:|overrides:|  )`).ReplaceAll(text, []byte("$1"))
}

func TestInitLoads(t *testing.T) {
	name := zonefiles.MustName
	for _, f := range []Found{{}, found} {
		mustLoad(t, string(Init(f)))
	}
	c := mustLoad(t, string(uncomment(Init(found))))
	dual := mail.HostFacts{Families: delivery.Dual, HasFamilies: true}
	want := map[zonefiles.Name]Setting[mail.HostFacts]{
		name("mx.example.net."): {dual, ".mx46.yaml:27:3"},
	}
	if diff := cmp.Diff(want, c.Hosts, sameConfig); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := c.For("x").At(name(`\*.lab.example.org.`)).Stack.text(); got != "IPv6 .mx46.yaml:31:45" {
		t.Errorf("stack of the wildcard's owner: %s", got)
	}
	if got := c.For("x").At(name("a.lab.example.org.")).Stack.Value; got != delivery.Dual {
		t.Errorf("stack of what lies beside the wildcard's owner: %s", got)
	}
}

// Zone and file names come from strangers.
func TestInitLoadsWhateverWasFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.Custom(func(t *rapid.T) zonefiles.Name {
			var n zonefiles.Name
			for _, label := range rapid.SliceOfN(rapid.SliceOfN(rapid.ByteRange(0, 'A'-1), 1, 20), 1, 4).Draw(t, "labels") {
				n, _ = n.Child(string(label))
			}
			return n
		})
		f := Found{UnknownHosts: rapid.SliceOf(names).Draw(t, "hosts")}
		for _, name := range rapid.SliceOf(rapid.String()).Draw(t, "conf") {
			f.Servers = append(f.Servers, name+"/named.conf")
		}
		f.Folders = rapid.SliceOf(rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("a[]{}*?!\\\"'#: \n\u2028/."))))).Draw(t, "files")
		for _, n := range f.UnknownHosts {
			f.SingleStack = append(f.SingleStack, FoundDomain{n, delivery.IPv4})
		}
		text := uncomment(Init(f))
		c, err := loadText("f", string(text), nil)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if n := len(f.UnknownHosts); n > 0 && len(c.Hosts) != 1 {
			t.Errorf("of %d hosts, %d are named", n, len(c.Hosts))
		}
	})
}

// One host may be that of very many domains.
func TestInitProposesAFewOverridesAndCountsTheOthers(t *testing.T) {
	var f Found
	for i := range maxProposed + 68 {
		name := zonefiles.MustName(fmt.Sprintf("d%02d.example.", i))
		f.SingleStack = append(f.SingleStack, FoundDomain{name, delivery.IPv6})
	}
	text := string(Init(f))
	if n := strings.Count(text, "stack: ipv6}"); n != maxProposed ||
		!strings.Contains(text, "\n# All MX hosts of these domains, and of 68 more, have one address family.") {
		t.Errorf("%d overrides are proposed in\n%s", n, text)
	}
}
