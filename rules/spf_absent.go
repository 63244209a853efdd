package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var spfAbsent = lint.Rule{
	Name:     "spf-absent",
	Severity: lint.Note,
	Only:     mail.NoSPF,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if p.Met(d.Zone.Origin) {
			return // before it fills in the hosts of a million domains
		}
		if d.Implicit || !d.AcceptsMail() || hasKeys(d.Zone, d.Owner) || p.SPF().At(d.Zone, d.Owner).Count > 0 {
			return
		}
		for i := range d.Hosts() {
			host := &d.Hosts()[i]
			if !host.Resolved.Usable.Has(delivery.IPv6) || !p.First(d.Zone.Origin) {
				continue
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: d.Name()},
				Cause:   host.Name,
				Span:    d.TargetOf(i).Record.Field(1),
				Message: fmt.Sprintf("%s has neither an SPF record nor a DKIM key, and its MX host %s has an IPv6 address",
					show(d.Name()), show(host.Name)),
				Harm: "large receivers refuse mail over IPv6 that neither SPF nor DKIM vouches for",
				Help: fmt.Sprintf("if mail is sent in the name of %s, publish an SPF record that authorises its senders; "+
					"if none is, publish \"v=spf1 -all\"", show(d.Name())),
				Related: addressLines(p, d, host.Machine),
			})
			return
		}
	},
}

// hasKeys reports whether a mail domain has DKIM keys, below _domainkey, or may have them: where something of the zone
// could not be read.
func hasKeys(z *dns.Zone, owner zonefiles.NameID) bool {
	node, ok := z.Names.Child(owner, []byte("_domainkey"))
	return ok && z.Exists(node) || z.HasGaps()
}
