package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

var nsTargetCNAME = lint.Rule{
	Name:     "ns-target-cname",
	Severity: lint.Error,
	Of:       zonefiles.TypeNS,
	Owner: func(p *lint.Pass, owner zonefiles.NameID) {
		hasAliases := p.Graph.Holds(zonefiles.TypeCNAME) || p.Graph.Holds(zonefiles.TypeDNAME) || p.Facts.Lock != nil
		if !hasAliases || !p.Zone.InZone(owner) || p.Zone.Occluded(owner) {
			return
		}
		set := p.Zone.RRset(owner, zonefiles.TypeNS)
		for i := range set.Len() {
			name, ok := set.At(i).Name(0)
			if !ok {
				continue
			}
			canonical, at, ok := aliasOf(p, name)
			if !ok {
				continue
			}
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: set.At(i).OwnerName(), Target: show(name)},
				Cause:   name,
				Span:    set.At(i).Field(0),
				Message: fmt.Sprintf("name server %s of %s is an alias of %s",
					show(name), show(set.At(i).OwnerName()), show(canonical)),
				Harm: "many resolvers do not follow an alias here and so lose this name server: " +
					"senders that use them may find no MX record",
				Help:    fmt.Sprintf("name %s in the NS record, or give %s addresses of its own", show(canonical), show(name)),
				Related: []lint.Related{{Span: at, Message: "the alias"}},
			})
		}
	},
}

// aliasOf is where a name leads as an alias, and what says so: a record, or a line of the lock.
func aliasOf(p *lint.Pass, name zonefiles.Name) (target zonefiles.Name, at zonefiles.Span, ok bool) {
	answer := p.Lookup(name, zonefiles.TypeA)
	if target, ok = dns.AliasTarget(name, &answer); ok {
		return target, answer.Records.At(0).Span(), true
	}
	if h := p.Facts.Lock.Host(name); h != nil && answer.Status == dns.OutOfZone && !h.Alias.IsRoot() {
		return h.Alias, h.Line, true
	}
	return name, at, false
}
