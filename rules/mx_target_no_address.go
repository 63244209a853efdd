package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/lock"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var mxTargetNoAddress = lint.Rule{
	Name:     "mx-target-no-address",
	Severity: lint.Error,
	Only:     mail.OddFamily | mail.DeadTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if t.Name.IsRoot() || isAddress(t) {
				continue
			}
			found := p.Resolve(t.Name)
			if found.Seen != nil {
				reportSeenDead(p, d, t, &found)
				continue
			}
			if found.Via != dns.Data || found.Published != delivery.None || !found.A.Negative() {
				continue
			}
			if !found.IsKnown() {
				p.Withhold()
				continue
			}
			host := show(t.Name)
			f := lint.Finding{Subject: targetSubject(d, t), Cause: t.Name, Span: t.Record.Field(1)}
			f.Help = fmt.Sprintf("add A and AAAA records for %s, or point the MX record at a host that has them", host)
			switch {
			case found.A.IsEmptyNonTerminal():
				f.Message = fmt.Sprintf("MX target %s has no address: only names below it exist", host)
				if record, ok := below(found.A); ok {
					f.Message = fmt.Sprintf("MX target %s has no address: only %s below it exists",
						host, show(record.OwnerName()))
					f.Related = append(f.Related, place(record.OwnerSpan(), "this name makes %s an empty non-terminal", host))
				}
				if wildcard := wildcardFor(found.A, zonefiles.TypeA, zonefiles.TypeAAAA); wildcard.Len() > 0 {
					f.Message += fmt.Sprintf(", which keeps the wildcard %s from answering for it",
						show(wildcard.At(0).OwnerName()))
					f.Related = append(f.Related, place(wildcard.At(0).Span(),
						"the wildcard does not apply to a name that exists (RFC 4592 s.2.2.2)"))
				}
			case found.A.Status == dns.NXDomain:
				f.Message = fmt.Sprintf("MX target %s does not exist in zone %s", host, show(found.A.Zone.Origin))
				if doubled, ok := doubledOwner(found.A.Zone, t.Name); ok {
					f.Message += fmt.Sprintf(", but %s does", show(doubled.OwnerName()))
					f.Help = "add a final dot to the owner of its address records"
					f.Related = []lint.Related{{
						Span: doubled.OwnerSpan(), Message: "without its final dot, this name means " + show(doubled.OwnerName()),
					}}
				}
			case found.A.Wildcard:
				f.Message = fmt.Sprintf("MX target %s has no address: the wildcard that answers for it has "+
					"neither an A nor an AAAA record", host)
			default:
				f.Message = fmt.Sprintf("MX target %s has neither an A nor an AAAA record", host)
			}
			f.Harm = deadTarget(d)
			p.Report(f)
		}
	},
}

// reportSeenDead reports a target outside the zones that the lock knows to have no address. Of one that is an alias,
// mx-target-cname speaks.
func reportSeenDead(p *lint.Pass, d *mail.Domain, t *mail.Target, found *mail.Resolved) {
	if !found.IsKnown() || found.Published != delivery.None || found.Via != dns.Data {
		return
	}
	what := "has neither an A nor an AAAA record"
	if found.Seen.State == lock.NXDomain {
		what = "does not exist"
	}
	p.Report(lint.Finding{
		Subject: targetSubject(d, t),
		Cause:   t.Name,
		Span:    t.Record.Field(1),
		Message: fmt.Sprintf("MX target %s %s", show(t.Name), what),
		Harm:    deadTarget(d),
		Help:    "point the MX at a host that has addresses; where this one has them now, mx46 resolve sees it",
		Related: seenLines(t.Name, found),
	})
}

// doubledOwner is an address record whose owner is the name followed by the origin, because it lacks its final dot.
func doubledOwner(z *dns.Zone, name zonefiles.Name) (zonefiles.Record, bool) {
	node, ok := z.Names.Find(name + z.Origin)
	if !ok {
		return zonefiles.Record{}, false
	}
	for _, t := range [...]zonefiles.Type{zonefiles.TypeA, zonefiles.TypeAAAA} {
		if set := z.RRset(node, t); set.Len() > 0 {
			return set.At(0), true
		}
	}
	return zonefiles.Record{}, false
}
