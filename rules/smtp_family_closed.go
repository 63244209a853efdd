package rules

import (
	"fmt"
	"slices"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/observed"
	"mx46/lint/text"
)

var smtpFamilyClosed = lint.Rule{
	Name:     "smtp-family-closed",
	Severity: lint.Error,
	Needs:    lint.Servers,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if p.Observed == nil || len(p.Observed.Mail) == 0 {
			return
		}
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			for _, family := range [...]delivery.Families{delivery.IPv4, delivery.IPv6} {
				if p.Observed.Vantage || opensSomewhere(p.Observed, family) {
					reportClosed(p, d, host, family)
				}
			}
		}
	},
}

// opensSomewhere reports whether some address of a family takes mail from here: else nothing shows whose fault it is.
func opensSomewhere(seen *observed.Zone, family delivery.Families) bool {
	for addr, g := range seen.Mail {
		if delivery.FamilyOf(addr) == family && g.Verdict.IsOpen() {
			return true
		}
	}
	return false
}

// greeted is an address of a host, and what it does.
type greeted struct {
	lint.Address
	*observed.Greeting
}

// greetingsOf are those of a host's addresses in a family.
func greetingsOf(p *lint.Pass, host *mail.Resolved, family delivery.Families) (all []greeted) {
	for a := range p.Addresses(host) {
		addr := a.Record.Addr()
		if g := p.Observed.Mail[addr]; g != nil && delivery.FamilyOf(addr) == family {
			all = append(all, greeted{a, g})
		}
	}
	return all
}

func reportClosed(p *lint.Pass, d *mail.Domain, host *mail.Resolved, family delivery.Families) {
	all := greetingsOf(p, host, family)
	closed := slices.DeleteFunc(slices.Clone(all), func(g greeted) bool { return !g.Verdict.IsClosed() })
	if len(closed) == 0 {
		return
	}
	var parts []string
	f := lint.Finding{
		Severity: lint.Warning,
		Subject:  lint.Subject{Owner: host.Canonical, Target: family.String()},
		Span:     closed[0].Record.Field(0),
		Harm:     "senders that try this address first lose time, and some give up before they try another",
		Help:     "let the server listen on port 25 there, and let firewalls pass it, or remove the record",
	}
	for _, g := range closed {
		parts = append(parts, fmt.Sprintf("%s %s", g.Record.Text(0), g.Verdict))
		f.Related = append(f.Related, lint.Related{Span: g.Answer, Message: g.Verdict.String()})
	}
	f.Message = fmt.Sprintf("MX host %s publishes %s where port 25 is not to be reached: %s",
		show(host.Canonical), plural(len(closed), "an address", "addresses"), text.Some(parts, maxListed))
	if len(closed) == len(all) {
		f.Severity = lint.Error
		f.Harm = fmt.Sprintf("the host takes no mail over %s, though it says so: %s do not reach it", family, senders(family))
	}
	p.Report(f)
}
