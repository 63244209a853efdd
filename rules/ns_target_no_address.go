package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var nsTargetNoAddress = lint.Rule{
	Name:     "ns-target-no-address",
	Severity: lint.Error,
	Subsumes: []string{"ns-no-ipv4", "ns-no-ipv6"},
	Needs:    lint.WholeZones,
	Zone: func(p *lint.Pass) {
		set := p.Zone.RRset(p.Zone.Apex(), zonefiles.TypeNS)
		var dead []zonefiles.Record
		for i := range set.Len() {
			if lacksAddress(p, set.At(i)) {
				dead = append(dead, set.At(i))
			}
		}
		if len(dead) > 0 {
			p.Report(deadServers(p, dead))
		}
	},
}

// lacksAddress reports whether the name server of an NS record is in the zone and known to have no address. What is
// below a zone cut is not in the zone, and ns-target-cname speaks of aliases.
func lacksAddress(p *lint.Pass, ns zonefiles.Record) bool {
	name, ok := ns.Name(0)
	if !ok || !name.IsAtOrBelow(p.Source.Origin) {
		return false
	}
	for _, t := range [...]zonefiles.Type{zonefiles.TypeA, zonefiles.TypeAAAA} {
		a := p.Lookup(name, t)
		if a.Negative() && a.Uncertain {
			p.Withhold()
		}
		if a.Zone != p.Zone || !a.Negative() || a.Uncertain {
			return false
		}
	}
	return true
}

// deadServers is the finding about the NS records whose name servers have no address.
func deadServers(p *lint.Pass, dead []zonefiles.Record) lint.Finding {
	var names, forgotten []string
	for _, ns := range dead {
		name, _ := ns.Name(0)
		names = append(names, show(name))
		if ns.IsRelative(0) && ns.Text(0) != "@" && looksAbsolute(p, asWritten(ns), ns.Origin()) {
			forgotten = append(forgotten, ns.Text(0))
		}
	}
	f := lint.Finding{
		Subject: lint.Subject{Owner: p.Source.Origin},
		Span:    dead[0].Field(0),
		Message: fmt.Sprintf("name server %s of %s has no address in the zone", names[0], show(p.Source.Origin)),
		Harm: "BIND refuses the whole zone, and so does Knot where its semantic-checks are on: " +
			"all its mail stops when they load it",
		Help: fmt.Sprintf("give %s A and AAAA records, or remove the NS record", names[0]),
	}
	if len(names) > 1 {
		f.Message = fmt.Sprintf("name servers %s of %s have no address in the zone",
			text.Some(names, maxListed), show(p.Source.Origin))
		f.Help = "give each of them A and AAAA records, or remove the NS record"
	}
	if len(forgotten) > 0 {
		f.Message += fmt.Sprintf(": %s lacks its final dot", text.Some(forgotten, maxListed))
		f.Help = fmt.Sprintf("write %s. with a final dot", forgotten[0])
		if len(dead) == 1 {
			at := dead[0].Field(0)
			answer := p.Lookup(asWritten(dead[0]), zonefiles.TypeA)
			f.Fixes = []lint.Fix{{
				Message: fmt.Sprintf("write %s.", forgotten[0]),
				Safe:    answer.Status == dns.Data && !answer.Wildcard,
				Edits:   []lint.Edit{{Span: zonefiles.Span{File: at.File, Start: at.End, End: at.End}, New: "."}},
			}}
		}
	}
	for _, ns := range dead[1:] {
		name, _ := ns.Name(0)
		f.Related = append(f.Related, place(ns.Field(0), "%s has none either", show(name)))
	}
	return f
}

// asWritten is the name in an NS record, taken as absolute.
func asWritten(ns zonefiles.Record) zonefiles.Name {
	name, _ := ns.Name(0)
	return name[:len(name)-len(ns.Origin())]
}
