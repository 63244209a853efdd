package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var mxTargetMissingDot = lint.Rule{
	Name:     "mx-target-missing-dot",
	Severity: lint.Error,
	Subsumes: []string{"mx-target-no-address", "mx-target-cname", "mx-target-wildcard"},
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		for i := range d.Targets() {
			t := &d.Targets()[i]
			if t.Host >= 0 && d.Hosts()[t.Host].Resolved.Via == dns.Data && !d.Hosts()[t.Host].Resolved.A.Wildcard {
				continue // a host of that name, here or elsewhere
			}
			if !t.Record.IsRelative(1) || isAddress(t) {
				continue
			}
			meant := asAbsolute(t)
			if meant.Labels() < 2 || !looksAbsolute(p, meant, t.Record.Origin()) {
				continue
			}
			f := lint.Finding{
				Subject: targetSubject(d, t),
				Span:    t.Record.Field(1),
				Message: fmt.Sprintf("MX target %s lacks its final dot, and so means %s", t.Record.Text(1), show(t.Name)),
				Help:    fmt.Sprintf("write %s. with a final dot", t.Record.Text(1)),
			}
			if answer := p.Lookup(t.Name, zonefiles.TypeA); answer.Wildcard && !answer.Uncertain && t.Host >= 0 {
				wildcard := answer.Zone.Records(answer.Node).At(0)
				f.Message += fmt.Sprintf(", for which the wildcard %s answers", show(wildcard.OwnerName()))
				f.Harm = "mail from all senders goes to the wildcard's address instead of the intended host"
				f.Related = []lint.Related{{Span: wildcard.Span(), Message: "the wildcard"}}
			} else if t.Host < 0 {
				f.Message += ", which has no address"
				f.Harm = deadTarget(d)
			} else {
				continue // a host below the origin
			}
			host := show(meant)
			resolved := p.Resolve(meant)
			if resolved.IsKnown() && resolved.Published == delivery.None {
				f.Help += fmt.Sprintf(", and give it A and AAAA records: %s has no address", host)
			}
			at := t.Record.Field(1)
			f.Fixes = []lint.Fix{{
				Message: fmt.Sprintf("write %s.", host),
				Safe:    resolved.Published != 0 && resolved.Via == dns.Data && resolved.A.Zone != nil && !resolved.A.Wildcard,
				Edits:   []lint.Edit{{Span: zonefiles.Span{File: at.File, Start: at.End, End: at.End}, New: "."}},
			}}
			p.Report(f)
		}
	},
}

// looksAbsolute reports whether a name was meant to be absolute: it is in a loaded zone, or it ends in a well-known
// top-level domain that is not also a label below the origin.
func looksAbsolute(p *lint.Pass, name, origin zonefiles.Name) bool {
	if a := p.Lookup(name, zonefiles.TypeA); a.Status != dns.OutOfZone && !a.Zone.Origin.IsRoot() {
		return true
	}
	top := name
	for top.Labels() > 1 {
		top = top.Parent()
	}
	below, err := origin.Child(top.FirstLabel())
	if err != nil {
		return false
	}
	own := p.Lookup(below, zonefiles.TypeA)
	return wellKnownTLDs[top.FirstLabel()] && (own.Status == dns.NXDomain || own.Wildcard)
}

// wellKnownTLDs are top-level domains that nobody names a subdomain after: the generic ones of RFC 1591 s.2 that are
// still open to the public, and the country codes with the most registrations (2026-01). Words that people use as
// labels, such as "dev", "app", "mail" and "local", are left out.
var wellKnownTLDs = map[string]bool{
	"com": true, "net": true, "org": true, "edu": true, "gov": true, "mil": true, "int": true, "info": true, "biz": true,
	"de": true, "uk": true, "nl": true, "fr": true, "ch": true, "at": true, "be": true, "it": true, "es": true, "pl": true,
	"se": true, "no": true, "dk": true, "fi": true, "cz": true, "ru": true, "jp": true, "cn": true, "br": true, "au": true,
	"ca": true, "us": true, "eu": true, "in": true, "kr": true, "za": true, "nz": true, "pt": true, "hu": true,
	"ro": true, "gr": true, "ie": true, "tr": true, "ua": true, "ar": true, "cl": true, "tw": true, "hk": true, "io": true,
}
