package rules

import (
	"fmt"
	"strings"

	"mx46/lint"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var zoneRefused = lint.Rule{
	Name:     "zone-refused",
	Severity: lint.Error,
	Needs:    lint.WholeZones,
	Zone: func(p *lint.Pass) {
		reportOtherClass(p)
		reportSOAs(p)
		if p.Graph.Holds(zonefiles.TypeNS) {
			for owner := range p.Zone.Owners(zonefiles.TypeNS) {
				reportWildcardNS(p, owner)
			}
		}
		if p.Graph.Holds(zonefiles.TypeDNAME) {
			for owner := range p.Zone.Owners(zonefiles.TypeDNAME) {
				reportDNAMEs(p, owner)
			}
		}
		if p.Graph.Holds(zonefiles.TypeCNAME) {
			for owner := range p.Zone.Owners(zonefiles.TypeCNAME) {
				if p.Zone.InZone(owner) {
					reportBesideCNAME(p, p.Zone, owner, "")
				}
			}
		}
	},
}

// refusedBy is the harm of what name servers refuse a zone for.
func refusedBy(servers string) string {
	verb := "refuses"
	if strings.Contains(servers, " and ") {
		verb = "refuse"
	}
	return servers + " " + verb + " the whole zone: all its mail stops when they load it"
}

// reportOtherClass reports records of another class in a zone of class IN (RFC 1035 s.5.2). A file that has no record
// of class IN is another kind of zone.
func reportOtherClass(p *lint.Pass) {
	if p.Source.OtherClass == 0 || p.Source.Len() == 0 {
		return
	}
	p.Report(lint.Finding{
		Subject: lint.Subject{Owner: p.Source.Origin, Target: "class"},
		Span:    p.Source.FirstOther,
		Message: text.Count(p.Source.OtherClass, "record is", "records are") +
			" of another class than IN, the zone's",
		Harm: refusedBy("BIND, Knot and NSD"),
		Help: "move records of other classes to a zone of their own, or write IN",
	})
}

// reportSOAs reports an SOA record below the apex, and a second one at it.
func reportSOAs(p *lint.Pass) {
	for owner := range p.Zone.Owners(zonefiles.TypeSOA) {
		set := p.Zone.RRset(owner, zonefiles.TypeSOA)
		first := set.At(0)
		f := lint.Finding{Subject: lint.Subject{Owner: first.OwnerName()}, Span: first.Span()}
		f.Harm = refusedBy("BIND and NSD")
		switch {
		case !p.Zone.InZone(owner):
			continue // by record-outside-zone
		case owner != p.Zone.Apex():
			f.Message = fmt.Sprintf("%s has an SOA record, but is below the apex %s", show(first.OwnerName()),
				show(p.Source.Origin))
			f.Help = "move the records of that zone to a file of their own"
		case set.Len() > 1:
			second := set.At(1)
			f.Span, f.Related = second.Span(), []lint.Related{{Span: first.Span(), Message: "the first"}}
			f.Message = fmt.Sprintf("%s has a second SOA record", show(first.OwnerName()))
			f.Help = "keep one of them"
			if second.CanonicalRDATA() == first.CanonicalRDATA() {
				f.Harm = refusedBy("NSD")
			}
		default:
			continue
		}
		p.Report(f)
	}
}

// reportDNAMEs reports DNAME records of one owner to several names (RFC 6672 s.2.4).
func reportDNAMEs(p *lint.Pass, owner zonefiles.NameID) {
	set := p.Zone.RRset(owner, zonefiles.TypeDNAME)
	first := set.At(0)
	for i := 1; i < set.Len() && p.Zone.InZone(owner); i++ {
		if second := set.At(i); second.CanonicalRDATA() != first.CanonicalRDATA() {
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: first.OwnerName()},
				Span:    second.Span(),
				Message: fmt.Sprintf("%s has DNAME records to several names", show(first.OwnerName())),
				Harm:    refusedBy("BIND, Knot and NSD"),
				Help:    "keep one of them",
				Related: []lint.Related{{Span: first.Span(), Message: "the first"}},
			})
			return
		}
	}
}

// reportWildcardNS reports NS records at a wildcard (RFC 4592 s.4.2).
func reportWildcardNS(p *lint.Pass, owner zonefiles.NameID) {
	if label := p.Zone.Names.Label(owner); string(label) != "*" || !p.Zone.InZone(owner) {
		return
	}
	ns := p.Zone.RRset(owner, zonefiles.TypeNS).At(0)
	p.Report(lint.Finding{
		Subject: lint.Subject{Owner: ns.OwnerName()},
		Span:    ns.Span(),
		Message: fmt.Sprintf("the wildcard %s has an NS record", show(ns.OwnerName())),
		Harm:    refusedBy("BIND"),
		Help:    "write an NS record for each name that is delegated",
	})
}
