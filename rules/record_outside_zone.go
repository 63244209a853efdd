package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/zonefiles"
)

var recordOutsideZone = lint.Rule{
	Name:     "record-outside-zone",
	Severity: lint.Error,
	Zone: func(p *lint.Pass) {
		origin := p.Source.Origin
		if origin.IsRoot() {
			return
		}
		// A zone with its SOA elsewhere is one whose origin is not what it was taken for: that is one defect, and not one for each name.
		if p.Zone.RRset(p.Zone.Apex(), zonefiles.TypeSOA).Len() == 0 {
			for owner := range p.Zone.Owners(zonefiles.TypeSOA) {
				soa := p.Zone.RRset(owner, zonefiles.TypeSOA).At(0)
				p.Report(lint.Finding{
					Subject: lint.Subject{Owner: soa.OwnerName()},
					Span:    soa.OwnerSpan(),
					Message: fmt.Sprintf("the zone is taken to be %s, but its SOA record is that of %s", show(origin), show(soa.OwnerName())),
					Harm:    "what stands outside the zone is not served, and is not judged here either",
					Help:    "give the zone's origin with --origin or in the configuration, or mend the owner of the SOA record",
				})
				return
			}
		}
		for owner := range p.Zone.Outside() {
			records := p.Zone.Records(owner)
			first := records.At(0)
			for i := range records.Len() {
				if records.At(i).Index() < first.Index() {
					first = records.At(i)
				}
			}
			f := lint.Finding{
				Subject: lint.Subject{Owner: first.OwnerName()},
				Span:    first.OwnerSpan(),
				Message: fmt.Sprintf("%s is not in the zone %s", show(first.OwnerName()), show(origin)),
				Harm:    "name servers leave its records out, or refuse the whole zone: no sender sees them",
				Help:    fmt.Sprintf("mend the name, a final dot too many or an $ORIGIN above it perhaps, or move the %s to its own zone", plural(records.Len(), "record", "records")),
			}
			for i := range records.Len() {
				if r := records.At(i); r.Index() != first.Index() {
					f.Related = append(f.Related, lint.Related{Span: r.Span(), Message: "left out too"})
				}
			}
			p.Report(f)
		}
	},
}
