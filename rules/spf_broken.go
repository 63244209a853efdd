package rules

import (
	"fmt"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/spf"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var spfBroken = lint.Rule{
	Name:     "spf-broken",
	Severity: lint.Error,
	Only:     mail.OddSPF,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		reportPolicies(p, d.Zone, d.Owner, spf.MaxLookups)
		for i := range d.Hosts() {
			a := &d.Hosts()[i].Resolved.A
			if (a.Status == dns.Data || a.Status == dns.NoData) && a.Zone.Has(a.Node, zonefiles.TypeTXT) {
				reportPolicies(p, a.Zone, a.Node, spf.MaxLookups)
			}
		}
	},
}

// reportPolicies reports the SPF records of a name, and those of the names that they lead to, down to a depth.
func reportPolicies(p *lint.Pass, z *dns.Zone, owner zonefiles.NameID, depth int) {
	name := z.Names.Name(owner)
	found := p.SPF().At(z, owner)
	if found.Count == 0 && found.Unjoined.IsZero() || !p.First(name) {
		return
	}
	reportPolicy(p, name, &found)
	if found.Count == 0 || depth == 0 {
		return
	}
	for i := range found.Policy.Terms {
		t := &found.Policy.Terms[i]
		target, ok := spf.ParseName(t.Domain)
		if !ok || !t.LeadsOn() {
			continue
		}
		if a, _, _ := p.Follow(target, zonefiles.TypeTXT); a.Status == dns.Data {
			reportPolicies(p, a.Zone, a.Node, depth-1)
		}
	}
}

func reportPolicy(p *lint.Pass, name zonefiles.Name, found *spf.Found) {
	harm := "receivers answer permerror: the record authorises nobody, and mail may be refused or treated as spam"
	report := func(at zonefiles.Record, message, help string, related ...lint.Related) {
		p.Report(lint.Finding{
			Subject: lint.Subject{Owner: name},
			Span:    at.RDATASpan(),
			Message: message,
			Harm:    harm,
			Help:    help, Related: related,
		})
	}
	switch {
	case found.Count > 1:
		report(found.Last, fmt.Sprintf("%s has %d SPF records", show(name), found.Count),
			"make one record of them (RFC 7208 s.4.5)", place(found.Record.Span(), "the first"))
	case found.Count == 0:
		report(found.Unjoined, fmt.Sprintf("the SPF record of %s is none, since strings of a TXT record are joined "+
			"without a blank: it begins with %s", show(name), zonefiles.Quote(firstWord(found.Unjoined))),
			`end the string "v=spf1" with a blank (RFC 7208 s.3.3)`)
	case found.Policy.Fault.Why != spf.NoFault:
		what, help := faultWords(found.Policy.Fault)
		if splitAt(found.Record, found.Policy.Fault) {
			help = "begin the string with a blank: strings of a TXT record are joined without one (RFC 7208 s.3.3)"
		}
		report(found.Record, fmt.Sprintf("the SPF record of %s has %s", show(name), what), help)
	default: // receivers come to it by evaluating the terms (RFC 7208 s.4.6.4, s.5.2)
		harm = "receivers answer permerror for each sender that no term before authorises: its mail may be refused or " +
			"treated as spam"
		reportExtent(p, name, found, report)
	}
}

// reportExtent reports a policy that leads to too many others, or to none.
func reportExtent(p *lint.Pass, name zonefiles.Name, found *spf.Found,
	report func(at zonefiles.Record, message, help string, related ...lint.Related),
) {
	extent := p.SPF().Extent(found.Policy)
	if extent.Lookups <= spf.MaxLookups && !extent.Missing {
		return
	}
	switch v := p.SPF().Check(name, found.Policy, spf.Nobody); v.Why {
	case spf.TooManyLookups:
		if !extent.Circular && slices.ContainsFunc(found.Policy.Terms, func(t spf.Term) bool {
			return t.LeadsOn() && p.SPF().LeadsTo(&t).Lookups > spf.MaxLookups
		}) {
			return // that policy is reported itself
		}
		report(found.Record,
			fmt.Sprintf("the SPF record of %s leads to more than %d DNS look-ups", show(name), spf.MaxLookups),
			"list addresses with ip4 and ip6 instead of some of the include, a and mx (RFC 7208 s.4.6.4)")
	case spf.NoPolicy:
		for i := range found.Policy.Terms {
			t := &found.Policy.Terms[i]
			if target, ok := spf.ParseName(t.Domain); ok && t.LeadsOn() && target == v.Missing {
				report(found.Record, fmt.Sprintf("the SPF record of %s has %s, but %s has no SPF record",
					show(name), zonefiles.Quote(t.Text), show(target)),
					fmt.Sprintf("give %s an SPF record, or remove the term (RFC 7208 s.5.2)", show(target)))
				return
			}
		}
	}
}

// firstWord is the beginning of a record that is no SPF record.
func firstWord(r zonefiles.Record) string {
	var joined []byte
	for _, s := range r.Strings() {
		joined = append(joined, s...)
	}
	word, _, _ := strings.Cut(string(joined), " ")
	return word
}

// splitAt reports whether the term at fault lies in two strings of the record.
func splitAt(r zonefiles.Record, fault spf.Fault) bool {
	at := 0
	for _, s := range r.Strings() {
		if fault.At < at && at < fault.At+len(fault.Term) {
			return true
		}
		at += len(s)
	}
	return false
}

// faultWords says what is wrong with a term, and what would be right.
func faultWords(fault spf.Fault) (what, help string) {
	term := zonefiles.Quote(fault.Term)
	switch fault.Why {
	case spf.NoArgument:
		return term + ", which lacks a name or an address, or has one too many", "write it as in RFC 7208 s.5"
	case spf.OtherFamily:
		if strings.Contains(strings.ToLower(fault.Term), "ip6:") {
			return term + ", an IPv4 address where an IPv6 address belongs",
				"write ip4: before an IPv4 address (RFC 7208 s.5.6)"
		}
		return term + ", an IPv6 address where an IPv4 address belongs",
			"write ip6: before an IPv6 address (RFC 7208 s.5.6)"
	case spf.BadAddress:
		return term + ", which is no address", "write an address after ip4: and ip6:, and a name after a: (RFC 7208 s.5.6)"
	case spf.BadPrefix:
		return term + ", whose prefix length is none", "use at most /32 for IPv4 and /128 for IPv6 (RFC 7208 s.5.6)"
	case spf.BadDomain:
		return term + ", which names no domain",
			"write addresses with ip4: and ip6:, and names in full and without a path (RFC 7208 s.7.1)"
	case spf.BadMacro:
		return term + ", whose macro is none", "write a percent sign as %% (RFC 7208 s.7)"
	case spf.Repeated:
		return "a second " + term, "remove one of the two (RFC 7208 s.6)"
	}
	help = "remove it, or correct it (RFC 7208 s.4.6)"
	word := strings.TrimLeft(strings.ToLower(fault.Term), "+-~?")
	if word, _, _ = strings.Cut(word, ":"); word == "aaaa" {
		help = "write a: it stands for A and AAAA records (RFC 7208 s.5.3)"
	} else if near, ok := text.Nearest(word, mechanisms[:]); ok {
		help = fmt.Sprintf("write %s (RFC 7208 s.4.6)", near)
	}
	return term + ", which is no mechanism of SPF", help
}

var mechanisms = [...]string{"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}
