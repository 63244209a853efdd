package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mx46/lint"
	"mx46/zonefiles"
)

// TestOnlyZonesThatOthersNeedAreKept streams a zone that asks another one, that one, one that needs to know all others,
// one that makes text, and one that has nothing to do with any.
func TestOnlyZonesThatOthersNeedAreKept(t *testing.T) {
	const archive = `
-- asked.example.zone --
mx A 192.0.32.1
-- asking.example.zone --
@ TXT "x"
-- late.example.zone --
mx A 192.0.32.1
-- making.example.zone --
$GENERATE 1-2 h$ A 192.0.32.$
-- naming.example.zone --
@ MX 10 mx.late.example.
-- other.example.zone --
@ MX 10 mx
mx A 192.0.32.1
`
	var c calls
	files, zones := readZones(t, archive)
	_, again := readZones(t, archive) // in the same order, so that their spans are in the same files
	run := &lint.Run{Files: files, Rules: []*lint.Rule{{Name: "asks", Severity: lint.Note, Zone: func(p *lint.Pass) {
		switch p.Zone.Origin.String() {
		case "asking.example.":
			if a := p.Lookup(zonefiles.MustName("mx.asked.example."), zonefiles.TypeA); a.Records.Len() == 1 {
				c.add("found", p.Zone.Origin)
			}
		case "late.example.":
			if record, ok := p.Graph.MXHost(p.Zone); ok {
				c.add("named by", record.OwnerName())
				p.Report(lint.Finding{Span: record.Span()})
				return
			}
			p.Report(lint.Finding{Message: "of which nothing may be left"})
		}
	}}}}
	view := lint.View{Read: func(i int, isAgain bool) *zonefiles.Zone {
		if isAgain {
			return again[i]
		}
		return zones[i]
	}}
	for _, z := range zones {
		view.Origins = append(view.Origins, z.Origin)
	}
	session := run.Start()
	session.Stream(t.Context(), view)
	run.Views = [][]*zonefiles.Zone{zones}
	result, err := session.End(t.Context())
	if err != nil || len(result.Findings) != 1 || result.Findings[0].Message != "" {
		t.Fatalf("the findings are %v, %v", result.Findings, err)
	}
	c.check(t, map[string]string{"found": "asking.example.", "named by": "naming.example."})
	kept := map[string]bool{}
	for i, z := range zones {
		kept[z.Origin.String()] = !z.IsForgotten()
		if z.IsForgotten() && z.Len() != again[i].Len() {
			t.Errorf("%s has %d records once it is forgotten, and %d before", z.Origin, z.Len(), again[i].Len())
		}
	}
	// What others ask may have been read again for them.
	delete(kept, "asked.example.")
	delete(kept, "late.example.")
	want := map[string]bool{
		"asking.example.": false, "making.example.": false, "naming.example.": true, "other.example.": false,
	}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("zones that are kept (-want +got):\n%s", diff)
	}
}

// TestALargeZoneKnowsTheMXRecordsThatLeadToIt streams two zones that are too large for one worker, beside which no
// other zone has to wait.
func TestALargeZoneKnowsTheMXRecordsThatLeadToIt(t *testing.T) {
	var hosts strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&hosts, "h%d A 192.0.32.1\n", i)
	}
	archive := "-- held.example.zone --\nmx A 192.0.32.1\n" + hosts.String() +
		"-- naming.example.zone --\n@ MX 10 mx.held.example.\n" + hosts.String()
	var c calls
	files, zones := readZones(t, archive)
	run := &lint.Run{Files: files, Rules: []*lint.Rule{{Name: "asks", Severity: lint.Note, Zone: func(p *lint.Pass) {
		if record, ok := p.Graph.MXHost(p.Zone); ok {
			c.add(p.Zone.Origin.String(), record.OwnerName())
		}
	}}}}
	view := lint.View{Read: func(i int, _ bool) *zonefiles.Zone { return zones[i] }}
	for _, z := range zones {
		view.Origins = append(view.Origins, z.Origin)
	}
	session := run.Start()
	session.Stream(t.Context(), view)
	run.Views = [][]*zonefiles.Zone{zones}
	if _, err := session.End(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.check(t, map[string]string{"held.example.": "naming.example."})
}
