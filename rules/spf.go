package rules

import (
	"net/netip"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/spf"
	"mx46/zonefiles"
)

// This file is shared by the rules about SPF records.

// policyOf is the SPF record of a mail domain; false where there is none that receivers evaluate.
func policyOf(p *lint.Pass, d *mail.Domain) (spf.Found, bool) {
	found := p.SPF().At(d.Zone, d.Owner)
	ok := found.Count == 1 && found.Policy.Fault.Why == spf.NoFault
	return found, ok && !p.Source.MayHold(d.Name(), zonefiles.TypeTXT)
}

// sendersAddresses are the records of the usable addresses of a host, by family: the first few of each.
func sendersAddresses(p *lint.Pass, host *mail.Resolved) (four, six []zonefiles.Record) {
	for a := range p.Addresses(host) {
		of := &four
		if delivery.FamilyOf(a.Record.Addr()) == delivery.IPv6 {
			of = &six
		}
		if a.Class.Usable(p.Settings.Scope) && len(*of) < maxListed {
			*of = append(*of, a.Record)
		}
	}
	return four, six
}

// spfMechanism names addresses of a family.
func spfMechanism(f delivery.Families) string {
	if f == delivery.IPv4 {
		return "ip4"
	}
	return "ip6"
}

// spfName is the name that a term asks about: its argument, or else the owner; false for a macro (RFC 7208 s.7).
func spfName(t *spf.Term, owner zonefiles.Name) (zonefiles.Name, bool) {
	if t.Domain == "" {
		return owner, true
	}
	name, ok := spf.ParseName(t.Domain)
	return name, ok
}

// single is the address that a term names alone.
func single(t *spf.Term) (netip.Addr, bool) {
	return t.Network.Addr(), t.Qualifier == '+' && t.Network.IsValid() && t.Network.IsSingleIP()
}
