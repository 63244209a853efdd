package rules

import (
	"fmt"
	"net/netip"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/spf"
)

var spfVoidLookups = lint.Rule{
	Name:     "spf-void-lookups",
	Severity: lint.Warning,
	Only:     mail.OddSPF,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		found, ok := policyOf(p, d)
		if !ok || !found.Policy.MayPass || p.SPF().Extent(found.Policy).Voids+ownVoids(d, found.Policy) <= spf.MaxVoids {
			return
		}
		var clients []netip.Addr
		for i := range d.Hosts() {
			four, six := sendersAddresses(p, &d.Hosts()[i].Resolved)
			for _, r := range append(four, six...) {
				clients = append(clients, r.Addr())
			}
		}
		clients = append(clients[:min(len(clients), maxListed)], p.SPF().Clients(d.Name(), found.Policy)...)
		var some *lint.Finding
		for _, client := range clients {
			v := p.SPF().Check(d.Name(), found.Policy, client)
			if v.Pass != delivery.Yes || v.Voids+v.MXVoids <= spf.MaxVoids {
				continue
			}
			f := voidFinding(d, &found, client, v)
			if v.Voids > spf.MaxVoids {
				p.Report(f)
				return
			}
			if some == nil {
				some = &f
			}
		}
		if some != nil {
			p.Report(*some)
		}
	},
}

// ownVoids is how many hosts below its own mx a policy may look up in vain.
func ownVoids(d *mail.Domain, policy *spf.Policy) int {
	if d.Traits&^mail.OddSPF == 0 {
		return 0 // each of them has both families
	}
	for i := range policy.Terms {
		if t := &policy.Terms[i]; t.Name == "mx" && t.Domain == "" {
			return max(d.MX.Len(), 1)
		}
	}
	return 0
}

func voidFinding(d *mail.Domain, found *spf.Found, client netip.Addr, v spf.Verdict) lint.Finding {
	family := delivery.FamilyOf(client)
	who, count := "receivers", v.Voids
	if v.Voids <= spf.MaxVoids {
		who, count = "receivers that count the hosts of mx too", v.Voids+v.MXVoids
	}
	return lint.Finding{
		Subject: lint.Subject{Owner: d.Name()},
		Span:    found.Record.RDATASpan(),
		Message: fmt.Sprintf("the SPF record of %s has %s look up %d names without %s before it authorises %s",
			show(d.Name()), who, count, recordOf(family), client),
		Harm: fmt.Sprintf("after %d look-ups in vain they answer permerror: "+
			"mail over %s may be refused, although the sender is authorised", spf.MaxVoids, family),
		Help: fmt.Sprintf("put %s terms first, and remove a and mx of hosts without %s (RFC 7208 s.4.6.4)",
			spfMechanism(family), recordOf(family)),
	}
}
