package rules

import (
	"bytes"
	"fmt"
	"strconv"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/lint/mail"
	"mx46/zonefiles"
)

var mxTTLMismatch = lint.Rule{
	Name:     "mx-ttl-mismatch",
	Severity: lint.Warning,
	Needs:    lint.CachedTTLs,
	Only:     mail.OddTarget,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		severity := lint.Warning
		if d.Implicit { // few zones without an MX record are meant to receive mail
			severity = lint.Note
		}
		reportTTLs(p, "MX", d.MX, severity)
		for i := range d.Hosts() {
			host := &d.Hosts()[i].Resolved
			if !p.First(host.Canonical) {
				continue
			}
			if host.A.Status == dns.Data {
				reportTTLs(p, "A", host.A.Records, severity)
			}
			if host.AAAA.Status == dns.Data {
				reportTTLs(p, "AAAA", host.AAAA.Records, severity)
			}
		}
	},
}

// reportTTLs reports an RRset with different TTLs, at the first record that differs from the one before.
func reportTTLs(p *lint.Pass, mnemonic string, set dns.RRset, severity lint.Severity) {
	odd := oddTTL(set)
	if odd < 0 {
		return
	}
	owner := set.At(0).OwnerName()
	lowest := lowestTTL(set).TTL()
	fix := lint.Fix{Message: fmt.Sprintf("set the TTL of all to %d", lowest), Safe: true}
	f := lint.Finding{
		Severity: severity,
		Subject:  lint.Subject{Owner: owner, Target: mnemonic},
		Span:     ttlSpan(set.At(odd)),
		Message: fmt.Sprintf("the %s records of %s have different TTLs, %d and %d",
			mnemonic, show(owner), set.At(0).TTL(), set.At(odd).TTL()),
		Harm: "a cache may drop some of them before the others, and then senders see only some of the hosts or addresses",
		Help: fmt.Sprintf("give all of them one TTL, such as the lowest, %d: name servers differ in which one they serve",
			lowest),
	}
	for i := range set.Len() {
		r := set.At(i)
		if i != odd {
			f.Related = append(f.Related, place(ttlSpan(r), "%d seconds here", r.TTL()))
		}
		if r.TTL() == lowest {
			continue
		}
		edit, ok := setTTL(p, r, lowest)
		if !ok {
			fix.Edits = nil
			break
		}
		fix.Edits = append(fix.Edits, edit)
		fix.Safe = fix.Safe && hasDefaultTTL(p, r)
	}
	if len(fix.Edits) > 0 {
		f.Fixes = []lint.Fix{fix}
	}
	p.Report(f)
}

// oddTTL is the first record of an RRset whose TTL differs from the one before, or -1.
func oddTTL(set dns.RRset) int {
	for i := 1; i < set.Len(); i++ {
		if ttl, first := set.At(i).TTL(), set.At(0).TTL(); ttl != first && max(ttl, first) != zonefiles.UnknownTTL {
			return i
		}
	}
	return -1
}

// lowestTTL is the record with the lowest TTL in an RRset, which is not empty.
func lowestTTL(set dns.RRset) (lowest zonefiles.Record) {
	lowest = set.At(0)
	for i := range set.Len() {
		if r := set.At(i); r.TTL() < lowest.TTL() {
			lowest = r
		}
	}
	return lowest
}

// setTTL is the edit that gives a record a TTL of its own; false where the record was generated.
func setTTL(p *lint.Pass, r zonefiles.Record, ttl uint32) (lint.Edit, bool) {
	text := strconv.FormatUint(uint64(ttl), 10)
	span := r.Span()
	if !p.Files().Editable(span) {
		return lint.Edit{}, false
	}
	if at, ok := r.TTLSpan(); ok {
		return lint.Edit{Span: at, New: text}, true
	}
	if owner := r.OwnerSpan(); owner != span {
		return lint.Edit{Span: zonefiles.Span{File: owner.File, Start: owner.End, End: owner.End}, New: " " + text}, true
	}
	return lint.Edit{Span: zonefiles.Span{File: span.File, Start: span.Start, End: span.Start}, New: text + " "}, true
}

// hasDefaultTTL reports whether there is certainly a $TTL above the record: without one, later records inherit its TTL.
func hasDefaultTTL(p *lint.Pass, r zonefiles.Record) bool {
	above := p.Files().File(r.Span().File).Data[:min(r.Span().Start, maxPreamble)]
	for len(above) > 0 {
		var line []byte
		line, above, _ = bytes.Cut(above, []byte{'\n'})
		if len(line) > 4 && bytes.EqualFold(line[:4], []byte("$TTL")) {
			return true
		}
	}
	return false
}
