package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/spf"
	"mx46/zonefiles"
)

var spfFamilyGap = lint.Rule{
	Name:     "spf-family-gap",
	Severity: lint.Warning,
	Only:     mail.OddSPF,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if !d.AcceptsMail() {
			return
		}
		// Where a policy is not known, whoever does not pass may yet.
		found, ok := policyOf(p, d)
		if !ok || found.Policy.CoversMX && !d.Implicit || !found.Policy.MayPass || p.SPF().Extent(found.Policy).Unknown {
			return
		}
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			machine := &d.Machines()[d.Hosts()[i].Machine]
			if !host.IsKnown() || !host.Usable.Has(delivery.Dual) ||
				machine.HasOutbound && !machine.Outbound.Has(delivery.Dual) {
				continue
			}
			four, six := sendersAddresses(p, host)
			if reportSPFGap(p, d, &found, host, four, six) || reportSPFGap(p, d, &found, host, six, four) {
				return
			}
		}
	},
}

// reportSPFGap reports a host that passes at an address of one family and at none of the other.
func reportSPFGap(
	p *lint.Pass, d *mail.Domain, found *spf.Found, host *mail.Resolved, one, other []zonefiles.Record,
) bool {
	var covered *zonefiles.Record
	for i := range one {
		if p.SPF().Check(d.Name(), found.Policy, one[i].Addr()).Pass == delivery.Yes {
			covered = &one[i]
			break
		}
	}
	if covered == nil || len(other) == 0 {
		return false // a host that is authorised in neither family sends no mail for the domain
	}
	for i := range other {
		if v := p.SPF().Check(d.Name(), found.Policy, other[i].Addr()); v.Pass != delivery.No || v.Why != spf.NoReason {
			return false
		}
	}
	uncovered := &other[0]
	lost := delivery.FamilyOf(uncovered.Addr())
	p.Report(lint.Finding{
		Subject: lint.Subject{Owner: d.Name()},
		Span:    found.Record.RDATASpan(),
		Message: fmt.Sprintf("the SPF record of %s authorises MX host %s at %s, but not at its %s address %s",
			show(d.Name()), show(host.Canonical), covered.Text(0), lost, uncovered.Text(0)),
		Harm: fmt.Sprintf("mail that the host sends over %s does not pass SPF, "+
			"and may be refused or treated as spam", lost),
		Help: fmt.Sprintf("add %s:%s to the record", spfMechanism(lost), uncovered.Text(0)),
		Related: []lint.Related{
			{Span: covered.Field(0), Message: "authorised"},
			{Span: uncovered.Field(0), Message: "not authorised"},
		},
	})
	return true
}
