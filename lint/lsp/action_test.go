package lsp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

type action struct {
	Title, Kind string
	IsPreferred bool
	Diagnostics []diagnostic
	Edit        struct {
		Changes         map[string][]edit
		DocumentChanges []struct {
			TextDocument struct {
				URI     string
				Version *int
			}
			Edits []edit
		}
	}
}

type edit struct {
	Range struct {
		Start, End struct{ Line, Character int }
	}
	NewText string
}

// apply makes edits of ASCII text.
func apply(text string, edits []edit) string {
	offset := func(line, character int) int {
		at := 0
		for range line {
			at += strings.IndexByte(text[at:], '\n') + 1
		}
		return at + character
	}
	slices.SortFunc(edits, func(a, b edit) int { return b.Range.Start.Line - a.Range.Start.Line })
	for _, e := range edits {
		from, to := offset(e.Range.Start.Line, e.Range.Start.Character), offset(e.Range.End.Line, e.Range.End.Character)
		text = text[:from] + e.NewText + text[to:]
	}
	return text
}

func (c *client) actions(name string, line, character int, only string) []action {
	c.t.Helper()
	var list []action
	c.call("textDocument/codeAction", fmt.Sprintf(
		`{"textDocument":{"uri":%q},"range":{"start":{"line":%d,"character":%d},"end":{"line":%d,"character":%d}},"context":{"diagnostics":[]%s}}`,
		c.uri(name), line, character, line, character, only), &list)
	return list
}

const twice = zone + "mail AAAA 2001:500:88::25\n@ MX 10 mail\n@ MX 20 back\nback A 192.0.32.26\nback AAAA 2001:500:88::26\n@ MX 20 back\n"

func TestAFixIsOffered(t *testing.T) {
	c := start(t, nil, `{"workspace":{"workspaceEdit":{"documentChanges":true}}}`)
	c.open("db.example.org", twice)
	list := c.actions("db.example.org", 8, 9, "")
	at := slices.IndexFunc(list, func(a action) bool { return a.IsPreferred })
	if at < 0 {
		t.Fatalf("%+v", list)
	}
	fix := list[at]
	if fix.Kind != "quickfix" || len(fix.Diagnostics) != 1 || fix.Diagnostics[0].Code != "mx-duplicate" ||
		len(fix.Edit.DocumentChanges) != 1 || fix.Edit.DocumentChanges[0].TextDocument.URI != c.uri("db.example.org") ||
		*fix.Edit.DocumentChanges[0].TextDocument.Version != 1 {
		t.Fatalf("%+v", fix)
	}
	got := apply(twice, fix.Edit.DocumentChanges[0].Edits)
	if want := strings.Replace(twice, "AAAA 2001:500:88::25\n@ MX 10 mail\n", "AAAA 2001:500:88::25\n", 1); got != want {
		t.Errorf("the fix makes\n%s", got)
	}
	c.change("db.example.org", got)
	if list := c.actions("db.example.org", 8, 9, ""); slices.ContainsFunc(list, func(a action) bool { return a.IsPreferred && a.Diagnostics[0].Range.Start.Line == 3 }) {
		t.Errorf("after the fix: %+v", list)
	}
}

func TestAFindingIsIgnoredWhereItIs(t *testing.T) {
	c := start(t, nil, `{}`)
	c.open("db.example.org", zone)
	list := c.actions("db.example.org", 3, 14, `,"only":["quickfix"]`)
	at := slices.IndexFunc(list, func(a action) bool { return strings.HasPrefix(a.Title, "Ignore mx-primary-single-stack") })
	if at < 0 {
		t.Fatalf("%+v", list)
	}
	got := apply(zone, list[at].Edit.Changes[c.uri("db.example.org")])
	if !strings.Contains(got, "NS   ns\n; mx46:ignore mx-primary-single-stack -- say why\n@    MX   10 mail\n") {
		t.Fatalf("%s", got)
	}
	c.change("db.example.org", got)
	if left := c.pull("db.example.org"); left != "" {
		t.Error(left)
	}
}

func TestAllIsFixedOnRequestAlone(t *testing.T) {
	c := start(t, map[string]string{"db.example.net": strings.ReplaceAll(twice, "example.org", "example.net")}, `{}`)
	c.open("db.example.org", twice)
	for _, only := range []string{"", `,"only":["quickfix"]`, `,"only":["source.organizeImports"]`} {
		if list := c.actions("db.example.org", 0, 0, only); len(list) != 0 {
			t.Errorf("%s: %+v", only, list)
		}
	}
	for _, only := range []string{"source", "source.fixAll", "source.fixAll.mx46"} {
		list := c.actions("db.example.org", 0, 0, `,"only":["`+only+`"]`)
		if len(list) != 1 || list[0].Kind != "source.fixAll.mx46" || len(list[0].Edit.Changes) != 1 {
			t.Fatalf("%s: %+v", only, list)
		}
		want := zone + "mail AAAA 2001:500:88::25\n@ MX 20 back\nback A 192.0.32.26\nback AAAA 2001:500:88::26\n"
		if got := apply(twice, list[0].Edit.Changes[c.uri("db.example.org")]); got != want {
			t.Errorf("%s:\n%s", only, got)
		}
	}
	// The server goes on with the text of the client.
	if list := c.actions("db.example.org", 8, 9, ""); len(list) == 0 {
		t.Error("what is not fixed yet is gone")
	}
}

func TestASignedZoneIsNotFixed(t *testing.T) {
	signed := twice + "@ NSEC back.example.org. MX NS SOA NSEC\n"
	c := start(t, nil, `{}`)
	c.open("db.example.org", signed)
	if list := c.actions("db.example.org", 0, 0, `,"only":["source.fixAll"]`); len(list) != 0 {
		t.Errorf("%+v", list)
	}
	for _, a := range c.actions("db.example.org", 8, 9, "") {
		if !strings.HasPrefix(a.Title, "Ignore ") {
			t.Errorf("%+v", a)
		}
	}
}
