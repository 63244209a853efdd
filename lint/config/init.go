package config

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"mx46/lint/delivery"
	"mx46/lint/text"
	"mx46/zonefiles"
	"mx46/zonefiles/serverconf"
)

// Found is what a first configuration is made from. The order of the lists does not matter.
type Found struct {
	Folders      []string         // that hold zones
	Servers      []string         // configurations of name servers, by names that serverconf.ServerOf knows
	UnknownHosts []zonefiles.Name // MX hosts that no zone holds: their families are unknown
	SingleStack  []FoundDomain    // mail domains whose MX hosts all have the same single family
}

// FoundDomain is a mail domain and the families of its MX hosts.
type FoundDomain struct {
	Name  zonefiles.Name
	Stack delivery.Families
}

const initTop = `# yaml-language-server: $schema=mx46.schema.json
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
`

const initHosts = `
# No zone here holds %s of these domains. "mx46 resolve" asks DNS about them and writes .mx46.hosts,
# which mx46 lint reads. What you know better than DNS goes here:
# hosts:
`

const initOverrides = `
# All MX hosts of these domains%s have one address family. Where that is meant, say so.
# overrides:
`

// Init is the text of a first configuration. What only the operator can confirm is in comments, which are configuration
// too without their "# ". A comment counts the folders and files that no path can name.
func Init(found Found) []byte {
	var b bytes.Buffer
	b.WriteString(initTop)
	sources, unfit := found.sources()
	if len(sources) == 0 {
		b.WriteString("zones: []\n")
	} else {
		writeItems(&b, "zones:\n", "  - ", sources)
	}
	if unfit > 0 {
		fmt.Fprintf(&b, "# Left out, for characters that no path here can hold: %d.\n", unfit)
	}

	if hosts := slices.Compact(slices.Sorted(slices.Values(found.UnknownHosts))); len(hosts) > 0 {
		heading := fmt.Sprintf(initHosts, text.Count(len(hosts), "MX host", "MX hosts"))
		writeItems(&b, heading, "#   ", []string{nameText(hosts[0]) + ": {families: [ipv4, ipv6]}"})
	}

	var overrides []string
	for _, d := range found.SingleStack {
		overrides = append(overrides, fmt.Sprintf("{zones: [%s], stack: %s}", nameText(d.Name), d.Stack.Word()))
	}
	slices.Sort(overrides)
	overrides = slices.Compact(overrides)
	others := ""
	if n := len(overrides) - maxProposed; n > 0 {
		overrides, others = overrides[:maxProposed], fmt.Sprintf(", and of %d more,", n)
	}
	writeItems(&b, fmt.Sprintf(initOverrides, others), "#   - ", overrides)
	return b.Bytes()
}

// sources is the entries of zones in YAML, and the number of files that have none.
func (found Found) sources() (entries []string, unfit int) {
	for _, folder := range found.Folders {
		if !isText((*reader).confPath, folder) {
			unfit++
			continue
		}
		entries = append(entries, fmt.Sprintf("{folder: %s}", strconv.Quote(folder)))
	}
	for _, server := range found.Servers {
		if !isText((*reader).confPath, server) {
			unfit++
			continue
		}
		entries = append(entries, fmt.Sprintf("{%s: %s}", serverconf.ServerOf(server).Key(), strconv.Quote(server)))
	}
	return entries, unfit
}

// isText reports whether a method of reader accepts the text.
func isText(read func(*reader, *yaml.Node, string) (string, bool), text string) bool {
	_, ok := read(&reader{}, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}, "")
	return ok && utf8.ValidString(text)
}

// nameText is a name as a quoted YAML text. An unescaped label * would be a wildcard.
func nameText(name zonefiles.Name) string {
	return strconv.Quote(strings.ReplaceAll(name.Undotted(), "*", `\*`))
}

// writeItems writes items, sorted, under a heading, or nothing where there are none.
func writeItems(b *bytes.Buffer, heading, indent string, items []string) {
	slices.Sort(items)
	for i, item := range slices.Compact(items) {
		if i == 0 {
			b.WriteString(heading)
		}
		fmt.Fprintf(b, "%s%s\n", indent, item)
	}
}
