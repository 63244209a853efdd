package rules

import (
	"fmt"
	"net/netip"
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/text"
)

var mxSameAddress = lint.Rule{
	Name:     "mx-same-address",
	Severity: lint.Warning,
	Only:     mail.SameAddress,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		seen := map[sharedSet][]int{} // hosts of two machines at most: any other host has one of these to share with
		for i := range d.Hosts() {
			host := &d.Hosts()[i]
			for _, families := range [...]delivery.Families{delivery.Dual, delivery.IPv4, delivery.IPv6} {
				set, ok := sharedSetOf(&host.Resolved, families)
				if !ok {
					continue
				}
				// Nobody takes several names of one machine, by alias or by same-host, for redundancy.
				same := slices.IndexFunc(seen[set], func(at int) bool { return d.Hosts()[at].Machine == host.Machine })
				other := slices.IndexFunc(seen[set], func(at int) bool { return d.Hosts()[at].Machine != host.Machine })
				if same < 0 && len(seen[set]) < 2 {
					seen[set] = append(seen[set], i)
				}
				if other >= 0 && reportSameAddresses(p, d, seen[set][other], i, families) {
					break
				}
			}
		}
	},
}

// sharedSet is the usable addresses of a host in some families, as digests.
type sharedSet struct {
	families delivery.Families
	digests  [2]uint64
}

// sharedSetOf reports false where the host has no usable address in these families.
func sharedSetOf(r *mail.Resolved, families delivery.Families) (set sharedSet, ok bool) {
	set.families = families
	for f, digest := range r.Digests {
		if families.Has(delivery.IPv4 << f) {
			set.digests[f] = digest
			ok = ok || digest != 0
		}
	}
	return set, ok
}

// reportSameAddresses reports two hosts with the same usable addresses in some families. It returns false if the
// addresses differ although their digests agree.
func reportSameAddresses(p *lint.Pass, d *mail.Domain, first, second int, families delivery.Families) bool {
	before, host := &d.Hosts()[first], &d.Hosts()[second]
	addresses := usableAddresses(p, &host.Resolved, families)
	if !slices.Equal(addresses, usableAddresses(p, &before.Resolved, families)) {
		return false
	}
	var shown []string
	for _, a := range addresses {
		shown = append(shown, a.String())
	}
	t := d.TargetOf(second)
	f := lint.Finding{
		Subject: targetSubject(d, t),
		Cause:   causeOf(d.Name(), before.Name, host.Name),
		Span:    t.Record.Field(1),
		Message: fmt.Sprintf("MX hosts %s and %s of %s have the same %s, %s", show(before.Name), show(host.Name),
			show(d.Name()), plural(len(shown), "address", "addresses"), text.Some(shown, maxListed)),
		Harm: "when that machine is down, both are, and mail from all senders waits",
		Help: "point one of the MX records at another machine, or remove it",
		Related: append([]lint.Related{{Span: d.TargetOf(first).Record.Field(1), Message: "the other name"}},
			addressLines(p, d, host.Machine)...),
	}
	if families != delivery.Dual {
		f.Severity = lint.Note
		f.Message = fmt.Sprintf("MX hosts %s and %s of %s have the same %s %s, %s, but differ in %s",
			show(before.Name), show(host.Name), show(d.Name()), families, plural(len(shown), "address", "addresses"),
			text.Some(shown, maxListed), missing(families))
		f.Harm = fmt.Sprintf("when that machine is down, mail from %s waits: the second host is no backup for them",
			senders(families))
		f.Help = "give each host addresses of its own in both families"
	}
	p.Report(f)
	return true
}

// usableAddresses is a host's usable addresses in some families, sorted and without duplicates: at most maxCompared.
func usableAddresses(p *lint.Pass, r *mail.Resolved, families delivery.Families) []netip.Addr {
	var set []netip.Addr
	for a := range p.Addresses(r) {
		if addr := a.Record.Addr(); a.Class.Usable(p.Settings.Scope) && families.Meets(delivery.FamilyOf(addr)) {
			if set = append(set, addr); len(set) == maxCompared {
				break
			}
		}
	}
	slices.SortFunc(set, netip.Addr.Compare)
	return slices.Compact(set)
}

// addressSet is a host's addresses, sorted and without duplicates: at most maxCompared.
func addressSet(p *lint.Pass, r *mail.Resolved) []netip.Addr {
	var set []netip.Addr
	for a := range p.Addresses(r) {
		if set = append(set, a.Record.Addr()); len(set) == maxCompared {
			break
		}
	}
	slices.SortFunc(set, netip.Addr.Compare)
	return slices.Compact(set)
}
