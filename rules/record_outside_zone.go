package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

var recordOutsideZone = lint.Rule{
	Name:     "record-outside-zone",
	Severity: lint.Error,
	Needs:    lint.WholeZones,
	Zone: func(p *lint.Pass) {
		origin := p.Source.Origin
		if origin.IsRoot() {
			return
		}
		// If the SOA record is elsewhere, the origin is wrong: that is one defect, not one for each name.
		if p.Zone.RRset(p.Zone.Apex(), zonefiles.TypeSOA).Len() == 0 {
			for owner := range p.Zone.Owners(zonefiles.TypeSOA) {
				soa := p.Zone.RRset(owner, zonefiles.TypeSOA).At(0)
				p.Report(lint.Finding{
					Subject: lint.Subject{Owner: soa.OwnerName()},
					Span:    soa.OwnerSpan(),
					Message: fmt.Sprintf("the zone was read as %s, but its SOA record is that of %s",
						show(origin), show(soa.OwnerName())),
					Harm: "records outside the zone are not served, and were not checked either",
					Help: "give the zone's origin with --origin or in the configuration, or correct the owner of the SOA record",
				})
				return
			}
		}
		var outside []zonefiles.NameID
		for owner := range p.Zone.Outside() {
			outside = append(outside, owner)
		}
		// If most of the file is outside, the origin or an $ORIGIN is wrong: again one defect.
		if records := countRecords(p.Zone, outside); len(outside) > 1 && 2*records > p.Source.Len() {
			f := outsideZone(p, outside)
			f.Message = fmt.Sprintf("%d of %d records are not in the zone %s; the first is %s",
				records, p.Source.Len(), show(origin), show(f.Subject.Owner))
			f.Help = "give the zone's origin with --origin or in the configuration, or correct an $ORIGIN in the file"
			p.Report(f)
			return
		}
		for i := range outside {
			p.Report(outsideZone(p, outside[i:i+1]))
		}
	},
}

func countRecords(z *dns.Zone, owners []zonefiles.NameID) (count int) {
	for _, owner := range owners {
		count += z.Records(owner).Len()
	}
	return count
}

// outsideZone is the finding about the records of some owners, at the first of these records in the file.
func outsideZone(p *lint.Pass, owners []zonefiles.NameID) lint.Finding {
	var records []zonefiles.Record
	for _, owner := range owners {
		set := p.Zone.Records(owner)
		for i := range set.Len() {
			records = append(records, set.At(i))
		}
	}
	slices.SortFunc(records, func(a, b zonefiles.Record) int { return a.Index() - b.Index() })
	first := records[0]
	f := lint.Finding{
		Subject: lint.Subject{Owner: first.OwnerName()},
		Span:    first.OwnerSpan(),
		Message: fmt.Sprintf("%s is not in the zone %s", show(first.OwnerName()), show(p.Source.Origin)),
		Harm:    "name servers drop its records or refuse the whole zone: no sender sees them",
		Help: fmt.Sprintf("correct the name (perhaps a final dot too many, or a wrong $ORIGIN above it), or move the %s "+
			"to another zone", plural(len(records), "record", "records")),
	}
	for _, r := range records[1:] {
		f.Related = append(f.Related, lint.Related{Span: r.Span(), Message: "left out too"})
	}
	return f
}
