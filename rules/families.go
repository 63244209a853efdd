package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
)

// This file is shared by the rules about the address families of a whole domain.

// families is the union over all MX hosts, and whether those of every host are known.
func families(d *mail.Domain) (all delivery.Families, known bool) {
	known = true
	for m := range d.Machines() {
		all |= d.Machines()[m].Published
		known = known && d.Machines()[m].IsKnown()
	}
	return all, known
}

// withholdUncertain counts a finding that is not made because a part of a zone could not be read.
func withholdUncertain(p *lint.Pass, d *mail.Domain) {
	for m := range d.Machines() {
		if d.IsUncertain(m) {
			p.Withhold()
			return
		}
	}
}

// reportNoFamily reports a domain that should have a family, but none of its MX hosts has it.
func reportNoFamily(p *lint.Pass, d *mail.Domain, family delivery.Families) {
	if d.Implicit || !d.AcceptsMail() || !p.Settings.Wants(family) {
		return
	}
	all, known := families(d)
	if all.Has(family) {
		return
	}
	if !known {
		withholdUncertain(p, d)
		return
	}
	if !slices.ContainsFunc(d.Machines(), func(m delivery.Machine) bool { return m.Usable != delivery.None }) {
		return // the rules about addresses say why none reaches a sender
	}
	first := d.FirstTarget(d.Relay().Primary()[0])
	f := lint.Finding{
		Subject: lint.Subject{Owner: d.Name()},
		Span:    first.Record.Field(1),
		Message: fmt.Sprintf("no MX host of %s has %s; all addresses are %s", show(d.Name()), recordOf(family), all),
		Harm:    fmt.Sprintf("%s cannot reach any MX host; their mail bounces", senders(family)),
		Help:    giveAddress(resolved(p, d, first), family),
	}
	machines := make([]int, 0, len(d.Machines()))
	for m := range d.Machines() {
		machines = append(machines, m)
		f.Related = append(f.Related, addressLines(p, d, m)...)
	}
	f.Cause = causeAmong(d, machines...)
	p.Report(f)
}
