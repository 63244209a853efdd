package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/lint/text"
	"mx46/zonefiles"
)

var mxTargetMissingDot = lint.Rule{
	Name:     "mx-target-missing-dot",
	Severity: lint.Error,
	Subsumes: []string{"mx-target-no-address", "mx-target-cname", "mx-target-wildcard"},
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		var all []lint.Finding
		for i := range d.Targets() {
			if f, ok := missingDot(p, d, &d.Targets()[i]); ok {
				all = append(all, f)
			}
		}
		if len(all) > 0 {
			p.Report(oneOfDots(d, all))
		}
	},
}

// missingDot is the finding about one target, if it lacks its final dot.
func missingDot(p *lint.Pass, d *mail.Domain, t *mail.Target) (f lint.Finding, ok bool) {
	if t.Host >= 0 && d.Hosts()[t.Host].Resolved.Via == dns.Data && !d.Hosts()[t.Host].Resolved.A.Wildcard {
		return f, false // a host of that name, here or elsewhere
	}
	if !t.Record.IsRelative(1) || isAddress(t) {
		return f, false
	}
	meant := asAbsolute(t)
	if meant.Labels() < 2 || !looksAbsolute(p, meant, t.Record.Origin()) {
		return f, false
	}
	f = lint.Finding{
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
		return f, false // a host below the origin
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
	return f, true
}

// oneOfDots makes one finding of those about the targets of a domain: whoever forgets the dot forgets it in each.
func oneOfDots(d *mail.Domain, all []lint.Finding) lint.Finding {
	f := all[0]
	if len(all) == 1 {
		return f
	}
	fix := lint.Fix{Message: fmt.Sprintf("write the final dot of %d MX targets", len(all)), Safe: true}
	targets := make([]string, 0, len(all))
	for _, other := range all {
		targets = append(targets, other.Subject.Target)
		fix.Safe = fix.Safe && other.Fixes[0].Safe
		fix.Edits = append(fix.Edits, other.Fixes[0].Edits...)
	}
	for _, other := range all[1:] {
		f.Related = append(f.Related, place(other.Span, "this lacks it too, and means %s", other.Subject.Target))
	}
	f.Targets, f.Fixes = targets[1:], []lint.Fix{fix}
	f.Message = fmt.Sprintf("%d MX targets of %s lack their final dot, and so mean %s",
		len(all), show(d.Name()), text.Some(targets, maxListed))
	f.Help = "write each of them with a final dot"
	return f
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
