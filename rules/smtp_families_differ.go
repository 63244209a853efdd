package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/mail"
	"mx46/lint/observed"
)

var smtpFamiliesDiffer = lint.Rule{
	Name:     "smtp-families-differ",
	Severity: lint.Warning,
	Needs:    lint.Servers,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if p.Observed == nil || len(p.Observed.Mail) == 0 {
			return
		}
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			four, six := greetingsOf(p, host, delivery.IPv4), greetingsOf(p, host, delivery.IPv6)
			if len(four) == 0 || len(six) == 0 {
				continue
			}
			f := lint.Finding{
				Subject: lint.Subject{Owner: host.Canonical},
				Span:    six[0].Record.Field(0),
				Related: []lint.Related{
					{Span: four[0].Answer, Message: "over IPv4"}, {Span: six[0].Answer, Message: "over IPv6"},
				},
			}
			if describeDifference(&f, show(host.Canonical), four[0], six[0]) {
				p.Report(f)
			}
		}
	},
}

// describeDifference says what a host does over one family alone; false where there is nothing to say.
func describeDifference(f *lint.Finding, host string, four, six greeted) bool {
	with, without := four, six
	families := [2]delivery.Families{delivery.IPv4, delivery.IPv6}
	swap := func() {
		with, without = without, with
		families[0], families[1] = families[1], families[0]
	}
	switch {
	case four.Verdict == observed.Refuses && six.Verdict == observed.Open,
		four.Verdict == observed.Open && six.Verdict == observed.Refuses:
		if with.Verdict == observed.Refuses {
			swap()
		}
		f.Message = fmt.Sprintf("MX host %s takes mail over %s and refuses it over %s", host, families[0], families[1])
		f.Harm = fmt.Sprintf("%s are refused, and others where they try %s first", senders(families[1]), families[1])
		f.Help = "let both families reach the same server with the same restrictions"
	case four.Verdict != observed.Open || six.Verdict != observed.Open:
		return false
	case four.StartTLS != six.StartTLS:
		if !with.StartTLS {
			swap()
		}
		f.Message = fmt.Sprintf("MX host %s offers STARTTLS over %s and not over %s", host, families[0], families[1])
		f.Harm = fmt.Sprintf("mail over %s crosses the internet in the clear, and senders that insist on TLS keep it back",
			families[1])
		f.Help = "let both families reach the same server, and look for a filter between that removes STARTTLS"
	case four.Banner != six.Banner:
		f.Severity = lint.Note
		f.Message = fmt.Sprintf("MX host %s greets with other words over IPv4 than over IPv6", host)
		f.Harm = "none where this is meant; the two families may lead to two servers"
		f.Help = "check that both servers are meant to take the domain's mail"
	default:
		return false
	}
	return true
}
