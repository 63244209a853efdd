package lsp_test

import (
	"fmt"
	"strings"
	"testing"
)

type hovered struct {
	Contents struct{ Kind, Value string }
}

func (c *client) hover(name string, line, character int) string {
	c.t.Helper()
	var h *hovered
	c.call("textDocument/hover", c.at(name, line, character), &h)
	if h == nil {
		return ""
	}
	return h.Contents.Kind + ":" + h.Contents.Value
}

func TestHoverShowsTheHostTheFindingAndItsPage(t *testing.T) {
	c := start(t, nil, `{"textDocument":{"hover":{"contentFormat":["markdown","plaintext"]}}}`)
	c.open("db.example.org", zone)
	got := c.hover("db.example.org", 3, 14)
	for _, want := range []string{
		"markdown:```text\nmail.example.org: usable over IPv4\nA 192.0.32.25, db.example.org:7:1\n```",
		"error: mx-primary-single-stack\nthe primary MX of example.org",
		"# mx-primary-single-stack\n", "## How to configure it",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	for _, c := range []struct {
		line, character int
		want            string
	}{
		{1, 2, ""},    // between fields
		{1, 10, ""},   // a name that is no host's
		{99, 0, ""},   // beyond the end
		{4, 1, ""},    // an owner
		{3, 9999, ""}, // beyond the line's end, which is where the name ends
	} {
		got := hoverAt(t, c.line, c.character)
		if c.line == 3 {
			if !strings.Contains(got, "mail.example.org") {
				t.Errorf("%d:%d: %q", c.line, c.character, got)
			}
		} else if got != c.want {
			t.Errorf("%d:%d: %q", c.line, c.character, got)
		}
	}
}

func hoverAt(t *testing.T, line, character int) string {
	c := start(t, nil, `{}`)
	c.open("db.example.org", zone)
	return c.hover("db.example.org", line, character)
}

func TestHoverSaysWhereItsKnowledgeComesFrom(t *testing.T) {
	outside := strings.ReplaceAll(zone, "10 mail\n", "10 mx.provider.example.\n   MX 20 own.example.net.\n   MX 30 who.example.net.\n")
	c := start(t, map[string]string{
		".mx46.hosts": "# mx46 hosts v1\n# seen 2026-11-26\nmx.provider.example. ipv4 ipv6\n",
		".mx46.yaml":  "hosts:\n  own.example.net: {families: [ipv6]}\n",
	}, `{}`)
	c.open("db.example.org", outside)
	for line, want := range map[int]string{
		3: "mx.provider.example: usable over IPv4 and IPv6\nmx.provider.example ipv4 ipv6, .mx46.hosts:3:1, as of 2026-11-26",
		4: "own.example.net: usable over IPv6\nsaid in .mx46.yaml:2",
		5: "who.example.net: nothing here knows its addresses",
	} {
		if got := c.hover("db.example.org", line, 14); !strings.HasPrefix(got, "plaintext:```text\n"+want) {
			t.Errorf("line %d: %s", line, got)
		}
	}
}

func (c *client) definition(name string, line, character int) string {
	c.t.Helper()
	var found []struct {
		URI   string
		Range struct {
			Start, End struct{ Line, Character int }
		}
	}
	c.call("textDocument/definition", c.at(name, line, character), &found)
	var out []string
	for _, l := range found {
		out = append(out, fmt.Sprintf("%s:%d", strings.TrimPrefix(l.URI, c.uri("")+"/"), l.Range.Start.Line))
	}
	return strings.Join(out, " ")
}

func TestDefinitionLeadsToAddressesAndIncludedFiles(t *testing.T) {
	c := start(t, map[string]string{
		"hosts.inc":      "mail A 192.0.32.25\nmail AAAA 2001:500:88::25\n",
		"db.example.net": "$TTL 60\n@ SOA ns.example.org. h.example.org. 1 2 3 4 5\n NS ns.example.org.\n MX 10 mail.example.org.\n MX 20 alias.example.org.\n",
	}, `{}`)
	c.open("db.example.org", strings.Replace(zone, "mail A    192.0.32.25\n", "$INCLUDE hosts.inc\nalias CNAME mail\n", 1))
	for _, at := range []struct {
		name            string
		line, character int
		want            string
	}{
		{"db.example.org", 3, 14, "hosts.inc:0 hosts.inc:1"},
		{"db.example.org", 2, 10, "db.example.org:4 db.example.org:5"},
		{"db.example.org", 6, 12, "hosts.inc:0"},
		{"db.example.org", 7, 13, "hosts.inc:0 hosts.inc:1"},
		{"db.example.org", 0, 0, ""},
	} {
		if got := c.definition(at.name, at.line, at.character); got != at.want {
			t.Errorf("%s:%d:%d: %q, want %q", at.name, at.line, at.character, got, at.want)
		}
	}
	c.open("db.example.net", "$TTL 60\n@ SOA ns.example.org. h.example.org. 1 2 3 4 5\n NS ns.example.org.\n MX 10 mail.example.org.\n")
	if got := c.definition("db.example.net", 3, 10); got != "hosts.inc:0 hosts.inc:1" {
		t.Errorf("across zones: %q", got)
	}
}
