package rules

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// This file reads SPF records (RFC 7208) as far as rules need them. It does not evaluate them for a sender.

// spf is one SPF record.
type spf struct {
	record zonefiles.Record
	terms  []spfTerm
}

// spfTerm is a mechanism or a modifier.
type spfTerm struct {
	pass bool   // a match authorises the sender: the qualifier is "+" or absent
	name string // in lower case: "ip4", "redirect"
	arg  string // after ":" or "="; of a and mx, without a prefix length
}

// spfOf is the SPF record of a name. Several records are as bad as none (RFC 7208 s.4.5).
func spfOf(z *dns.Zone, owner zonefiles.NameID) (record spf, ok bool) {
	set := z.RRset(owner, zonefiles.TypeTXT)
	count := 0
	for i := range set.Len() {
		text, isSPF := spfText(set.At(i))
		if !isSPF {
			continue
		}
		count++
		record = spf{record: set.At(i)}
		for _, word := range strings.Fields(text)[1:] {
			term := parseSPFTerm(word)
			record.terms = append(record.terms, term)
			if term.name == "all" {
				// What follows is ignored, and so is a redirect anywhere (RFC 7208 s.5.1).
				record.terms = slices.DeleteFunc(record.terms, func(t spfTerm) bool { return t.name == "redirect" })
				break
			}
		}
	}
	return record, count == 1
}

// spfText joins the strings of a TXT record without spaces (RFC 7208 s.3.3); false if it does not begin with the
// version.
func spfText(r zonefiles.Record) (string, bool) {
	text := string(bytes.Join(r.Strings(), nil))
	version, _, _ := strings.Cut(text, " ")
	return text, strings.EqualFold(version, "v=spf1")
}

func parseSPFTerm(word string) spfTerm {
	term := spfTerm{pass: true}
	if strings.ContainsRune("+-~?", rune(word[0])) {
		term.pass = word[0] == '+'
		word = word[1:]
	}
	end := strings.IndexAny(word, ":=/")
	if end < 0 {
		end = len(word)
	}
	term.name = strings.ToLower(word[:end])
	if end < len(word) && word[end] != '/' {
		term.arg = word[end+1:]
		if term.name == "a" || term.name == "mx" {
			term.arg, _, _ = strings.Cut(term.arg, "/")
		}
	}
	return term
}

// mayNameOneFamily is a cheap test on the raw text of TXT records: it reports false only if none of them can be an SPF
// record with addresses of one family alone. Text with escapes or in several strings counts as one that can.
func mayNameOneFamily(p *lint.Pass, set dns.RRset) bool {
	for i := range set.Len() {
		text := p.Files().Text(set.At(i).RDATASpan())
		both := bytes.Contains(text, []byte("ip4:")) && bytes.Contains(text, []byte("ip6:"))
		named := bytes.IndexByte(text, ':') >= 0 && !both
		if named || bytes.IndexByte(text, '\\') >= 0 || bytes.Count(text, []byte{'"'}) > 2 {
			return true
		}
	}
	return false
}

// domain is the name that a mechanism asks about: its argument, or else the owner; false for a macro (RFC 7208 s.7).
func (t *spfTerm) domain(owner zonefiles.Name) (zonefiles.Name, bool) {
	if t.arg == "" {
		return owner, true
	}
	if strings.Contains(t.arg, "%") {
		return zonefiles.Root, false
	}
	name, err := zonefiles.ParseName([]byte(t.arg), zonefiles.Root)
	return name, err == nil
}

// network is the argument of ip4 or ip6.
func (t *spfTerm) network() (netip.Prefix, bool) {
	if !strings.Contains(t.arg, "/") {
		addr, err := netip.ParseAddr(t.arg)
		if err != nil {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	prefix, err := netip.ParsePrefix(t.arg)
	return prefix, err == nil
}

// mayHold reports whether the name that an a mechanism asks about may have addresses of a family.
func (t *spfTerm) mayHold(p *lint.Pass, owner zonefiles.Name, family delivery.Families) bool {
	name, ok := t.domain(owner)
	if !ok {
		return true
	}
	found := p.Resolve(name)
	return !found.IsKnown() || found.Published.Meets(family)
}
