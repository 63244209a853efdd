package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

// inPass runs a function in the pass over the zone example.org of an archive.
func inPass(t *testing.T, archive string, facts mail.Facts, do func(*lint.Pass)) lint.Result {
	t.Helper()
	origin := zonefiles.MustName("example.org.")
	run := newRun(t, archive, &lint.Rule{Name: "toy", Severity: lint.Warning, Zone: func(p *lint.Pass) {
		if p.Zone.Origin == origin {
			do(p)
		}
	}})
	run.Facts = facts
	return lintAll(t, run)
}

func TestAFindingIsNoGraverThanItsRule(t *testing.T) {
	for severity, want := range map[lint.Severity]lint.Severity{
		lint.Off: lint.Warning, lint.Note: lint.Note, lint.Warning: lint.Warning, lint.Error: lint.Warning,
	} {
		result := inPass(t, "-- example.org.zone --\n", mail.Facts{}, func(p *lint.Pass) {
			p.Report(lint.Finding{Severity: severity, Span: p.Zone.Record(0).Span()})
		})
		f := result.Findings[0]
		if f.Severity != want || f.Rule.Name != "toy" || f.Zone != zonefiles.MustName("example.org.") {
			t.Errorf("reported as %s it is %s of rule %s in zone %s, want %s", severity, f.Severity, f.Rule.Name, f.Zone, want)
		}
	}
}

func TestAFindingPointsAtAHundredPlacesAndCountsTheRest(t *testing.T) {
	const places = 250
	given := make([]lint.Related, places)
	for i := range given {
		given[i].Message = fmt.Sprint("place ", i)
	}
	result := inPass(t, "-- example.org.zone --\n", mail.Facts{}, func(p *lint.Pass) {
		p.Report(lint.Finding{Span: p.Zone.Record(0).Span(), Related: given, Path: given[:100]})
	})
	f := result.Findings[0]
	if n := len(f.Related); n != 100 || f.Related[n-1].Message != "place 99 (and so in 150 more places)" {
		t.Errorf("%d places, the last of which is %q", n, f.Related[n-1].Message)
	}
	if n := len(f.Path); n != 100 || f.Path[n-1].Message != "place 99" {
		t.Errorf("%d steps, the last of which is %q", n, f.Path[n-1].Message)
	}
	if given[99].Message != "place 99" {
		t.Error("the places that were given are changed")
	}
}

func TestAPassMeetsAHostOnce(t *testing.T) {
	result := inPass(t, "-- example.org.zone --\n", mail.Facts{}, func(p *lint.Pass) {
		a, b := zonefiles.MustName("a."), zonefiles.MustName("b.")
		if p.Met(a) || !p.First(a) || !p.Met(a) || !p.First(b) || p.First(a) || p.First(b) {
			t.Error("a host is met twice, or not at all")
		}
		p.Withhold()
		p.Withhold()
	})
	if result.Summary.Withheld != 2 {
		t.Errorf("%d findings are withheld, want 2", result.Summary.Withheld)
	}
}

// TestAPassAsksFromItsZone has two files that claim one zone, and an alias that leads out of it and back.
func TestAPassAsksFromItsZone(t *testing.T) {
	const archive = `
-- example.org.zone --
mx  A     192.0.32.1
    AAAA  2620:0:2d0::1
    AAAA  2620:0:2d0::2
a   CNAME b.example.net.
@   MX    10 elsewhere.example.
-- example.net.zone --
b   CNAME mx.example.org.
-- other/example.org.zone --
mx  A     192.0.32.9
`
	name := func(text string) zonefiles.Name { return zonefiles.MustName(text) }
	facts := mail.Facts{Hosts: map[zonefiles.Name]mail.HostFacts{name("elsewhere.example."): {Families: 1, HasFamilies: true}}}
	asked := 0
	inPass(t, archive, facts, func(p *lint.Pass) {
		if p.Source.Path != "example.org.zone" {
			return
		}
		asked++
		a := p.Lookup(name("mx.example.org."), zonefiles.TypeA)
		if a.Status != dns.Data || a.Records.Len() != 1 || p.Files().File(a.Records.At(0).Span().File).Name != p.Source.Path {
			t.Errorf("mx has the addresses of another file: status %d", a.Status)
		}
		if a := p.Lookup(name("a.example.org."), zonefiles.TypeA); a.Status != dns.Alias {
			t.Errorf("a is no alias: status %d", a.Status)
		}
		if a, end, loop := p.Follow(name("a.example.org."), zonefiles.TypeAAAA); a.Status != dns.Data || loop || end != name("mx.example.org.") {
			t.Errorf("a leads to %s: status %d, loop %t", end, a.Status, loop)
		}
		resolved := p.Resolve(name("a.example.org."))
		var addresses []string
		for address := range p.Addresses(&resolved) {
			if address.Class.Kind == delivery.Global {
				addresses = append(addresses, address.Record.Addr().String()+" is global")
			}
		}
		const want = "192.0.32.1 is global, 2620:0:2d0::1 is global, 2620:0:2d0::2 is global"
		if got := strings.Join(addresses, ", "); got != want {
			t.Errorf("the addresses are %s", got)
		}
		for range p.Addresses(&resolved) {
			break // a rule may stop at the first
		}
		if r := p.Resolve(name("elsewhere.example.")); !r.IsKnown() || r.Usable != 1 {
			t.Errorf("of a host elsewhere the operator's word does not count: %+v", r)
		}
	})
	if asked != 1 {
		t.Errorf("the pass ran %d times", asked)
	}
}
