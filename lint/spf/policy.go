package spf

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
)

// This file reads SPF records as RFC 7208 s.12 writes them.

// Policy is one SPF record. It does not change once it is read.
type Policy struct {
	Text  string // its strings, joined (RFC 7208 s.3.3)
	Terms []Term // what receivers evaluate, in this order: nothing after "all", and a redirect last
	Fault Fault  // the first thing for which receivers answer permerror without evaluating anything (s.4.6)

	// CoversMX is set where every MX host of the domain passes, whatever its address, at an mx which no term that looks
	// outside the domain comes before.
	CoversMX bool

	MayPass bool // some term lets somebody pass, or leads to a policy that may

	long   bool // longer than maxText: not read
	open   bool // it depends on who the sender is (macros s, l, h, p), or on what a resolver makes of a backslash
	origin bool // it asks for the domain of the sender (macro o)
}

// Term is a mechanism, or the redirect.
type Term struct {
	Text      string // as written
	Qualifier byte   // '+' where there is none
	Name      string // in lower case
	Domain    string // after ':' or '='; of a and mx without the prefix lengths. Empty: the domain's own name
	Prefixes  string // of a and mx: "/24//64"
	Network   netip.Prefix
}

// Fault is what is wrong with a record.
type Fault struct {
	Why  Why
	Term string // as written
	At   int    // where the term begins in Policy.Text
}

// Why is a kind of fault.
type Why uint8

// The faults.
const (
	NoFault     Why = iota
	UnknownTerm     // no such mechanism
	NoArgument      // a mechanism that needs one has none, or one that takes none has one
	OtherFamily     // ip4 with an IPv6 address, or ip6 with an IPv4 address
	BadAddress
	BadPrefix // a prefix length that is no number, or too large
	BadDomain
	BadMacro
	Repeated // a second redirect or exp
	Unjoined // the version is a string of its own, and the next one follows without a blank: no SPF record at all
)

// IsPolicy reports whether the text of a TXT record is an SPF record (RFC 7208 s.4.5).
func IsPolicy(text string) bool {
	return len(text) >= len(version) && strings.EqualFold(text[:len(version)], version) &&
		(len(text) == len(version) || text[len(version)] == ' ')
}

const version = "v=spf1"

// IsPlain reports whether a TXT record, as the line in its file has it, is an SPF record of which there is nothing to
// say where each MX host of the domain has both families: it asks for nothing but the domain's own records, and lets
// all MX hosts pass, or nobody. It is what Parse would find, at a tenth of the cost, since most records are such.
func IsPlain(raw []byte) bool {
	const open = `"` + version + " "
	if len(raw) <= len(open) || string(raw[:len(open)]) != open || raw[len(raw)-1] != '"' {
		return false
	}
	covered, passing, voids, ended := false, false, 0, false
	for rest := raw[len(open) : len(raw)-1]; len(rest) > 0; {
		word := rest
		if at := bytes.IndexByte(rest, ' '); at >= 0 {
			word, rest = rest[:at], rest[at+1:]
		} else {
			rest = nil
		}
		switch {
		case len(word) == 0:
		case ended:
			return false
		case string(word) == "mx":
			covered = true
		case string(word) == "a":
			voids++
			passing = true
		case string(word) == "-all" || string(word) == "~all" || string(word) == "?all":
			ended = true
		case len(word) > 4 && (string(word[:4]) == "ip4:" || string(word[:4]) == "ip6:"):
			if _, why := parseNetwork(string(word[4:]), word[2] == '4'); why != NoFault {
				return false
			}
			passing = true
		default:
			return false
		}
	}
	return voids <= MaxVoids && (covered || !passing)
}

// MayBe looks at the first octets of a TXT record, as the line in its file has it: false says that it is no SPF record.
func MayBe(raw []byte) bool {
	if len(raw) > 0 && raw[0] == '"' {
		raw = raw[1:]
	}
	if len(raw) < len(version) {
		return false
	}
	if raw[0]|0x20 == 'v' { // what follows may be escaped
		return raw[1] == '=' && raw[2]|0x20 == 's' || bytes.ContainsAny(raw[:len(version)], "\\\"")
	}
	return raw[0] == '\\' || raw[0] == '"' || raw[0] == '('
}

// Parse reads the text of an SPF record.
func Parse(text string) *Policy {
	p := &Policy{Text: text}
	if p.long = len(text) > maxText; p.long {
		return p
	}
	var redirect *Term
	ended, seen := false, map[string]bool{}
	for at := len(version); at < len(text); {
		if text[at] == ' ' {
			at++
			continue
		}
		word, _, _ := strings.Cut(text[at:], " ")
		t, why := parseTerm(word)
		modifier := t.Qualifier == 0
		if modifier && (t.Name == "redirect" || t.Name == "exp") {
			if seen[t.Name] {
				why = Repeated
			}
			seen[t.Name] = true
		}
		if why != NoFault && p.Fault.Why == NoFault {
			p.Fault = Fault{why, word, at}
		}
		switch {
		case modifier && t.Name == "redirect":
			t.Qualifier = '+'
			redirect = &t
		case !modifier && !ended:
			p.Terms = append(p.Terms, t)
			ended = t.Name == "all"
		}
		at += len(word)
	}
	if redirect != nil && !ended {
		p.Terms = append(p.Terms, *redirect)
	}
	p.CoversMX = p.coversMX()
	for i := range p.Terms {
		spec := p.Terms[i].Domain
		p.MayPass = p.MayPass || p.Terms[i].Qualifier == '+'
		p.open = p.open || hasMacro(spec, "slhp") || strings.Contains(spec, `\`)
		p.origin = p.origin || hasMacro(spec, "o")
	}
	return p
}

func (p *Policy) coversMX() bool {
	voids := 0
	for i := range p.Terms {
		t := &p.Terms[i]
		switch {
		case p.Fault.Why != NoFault || t.Qualifier != '+':
			return false
		case t.Name == "mx" && t.Domain == "":
			return true
		case t.Name == "a" && t.Domain == "":
			voids++
		case !t.Network.IsValid():
			return false
		}
		if voids > MaxVoids {
			return false
		}
	}
	return false
}

// LooksUp reports whether receivers look something up for the term, which counts against a limit.
func (t *Term) LooksUp() bool { return t.Name != "all" && !t.Network.IsValid() }

// LeadsOn reports whether the term hands over to another domain's policy.
func (t *Term) LeadsOn() bool { return t.Name == "include" || t.Name == "redirect" }

// parseTerm reads a mechanism or a modifier; the latter has no qualifier.
func parseTerm(word string) (t Term, why Why) {
	t.Text = word
	if name, value, ok := strings.Cut(word, "="); ok && isModifierName(name) {
		t.Name, t.Domain = strings.ToLower(name), value
		if t.Name == "redirect" || t.Name == "exp" {
			why = checkDomain(value)
		}
		return t, why
	}
	t.Qualifier = '+'
	if strings.IndexByte("+-~?", word[0]) >= 0 {
		t.Qualifier, word = word[0], word[1:]
	}
	end := strings.IndexAny(word, ":/")
	if end < 0 {
		end = len(word)
	}
	name, rest := strings.ToLower(word[:end]), word[end:]
	t.Name = name
	argument, hasArgument := strings.CutPrefix(rest, ":")
	switch name {
	case "all":
		if rest != "" {
			why = NoArgument
		}
	case "include", "exists":
		t.Domain = argument
		if why = checkDomain(argument); why == NoFault && name == "include" && strings.Contains(argument, ":") {
			why = BadDomain // two terms in one: there is no such name, which for an include is a permerror
		}
	case "ptr":
		t.Domain = argument
		if rest != "" {
			why = checkDomain(argument)
		}
	case "a", "mx":
		if !hasArgument {
			argument = rest
		}
		domain := argument
		if at := strings.IndexByte(argument, '/'); at >= 0 {
			domain, t.Prefixes = argument[:at], argument[at:]
		}
		t.Domain = domain
		why = checkPrefixes(t.Prefixes)
		if hasArgument && why == NoFault {
			why = checkDomain(domain)
		}
	case "ip4", "ip6":
		if argument == "" {
			return t, NoArgument
		}
		t.Network, why = parseNetwork(argument, name == "ip4")
	default:
		why = UnknownTerm
	}
	return t, why
}

func isModifierName(name string) bool {
	for i := range len(name) {
		c := name[i] | 0x20
		letter := 'a' <= c && c <= 'z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789-_.", rune(name[i]))) {
			return false
		}
	}
	return name != ""
}

// parseNetwork reads the argument of ip4 or ip6.
func parseNetwork(text string, is4 bool) (netip.Prefix, Why) {
	host, length, hasLength := strings.Cut(text, "/")
	addr, err := netip.ParseAddr(host)
	switch {
	case err != nil || addr.Zone() != "":
		return netip.Prefix{}, BadAddress
	case addr.Is4() != is4:
		return netip.Prefix{}, OtherFamily
	case !hasLength:
		return netip.PrefixFrom(addr, addr.BitLen()), NoFault
	}
	bits, ok := prefixLength(length, addr.BitLen())
	if !ok {
		return netip.Prefix{}, BadPrefix
	}
	return netip.PrefixFrom(addr, bits).Masked(), NoFault
}

// prefixLength reads a number without leading zeros.
func prefixLength(text string, most int) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 8)
	return int(n), err == nil && int(n) <= most && (text == "0" || text[0] != '0')
}

// checkPrefixes checks "/24", "//64" or "/24//64".
func checkPrefixes(text string) Why {
	if text == "" {
		return NoFault
	}
	four, six, hasSix := strings.Cut(text, "//")
	if hasSix {
		if _, ok := prefixLength(six, 128); !ok {
			return BadPrefix
		}
	}
	if four != "" || !hasSix {
		if _, ok := prefixLength(strings.TrimPrefix(four, "/"), 32); !ok {
			return BadPrefix
		}
	}
	return NoFault
}

// checkDomain checks a domain-spec (RFC 7208 s.7.1): its macros, and that it ends in a dot and what can be a top-level
// domain, which an address does not.
func checkDomain(spec string) Why {
	if spec == "" {
		return NoArgument
	}
	for i := 0; i < len(spec); i++ {
		switch c := spec[i]; {
		case c <= ' ' || c > '~' || c == '/':
			return BadDomain
		case c == '%':
			size := macroLength(spec[i:])
			if size == 0 {
				return BadMacro
			}
			if i += size - 1; i == len(spec)-1 {
				return NoFault
			}
		}
	}
	spec = strings.TrimSuffix(spec, ".")
	if !strings.Contains(spec, ".") { // a name below the zone's is meant, and SPF knows no such thing
		return BadDomain
	}
	last := spec[strings.LastIndexByte(spec, '.')+1:]
	const digits, others = "0123456789", "-_abcdefghijklmnopqrstuvwxyz"
	if strings.Trim(last, digits) == "" || strings.Trim(strings.ToLower(last), digits+others) != "" {
		return BadDomain
	}
	return NoFault
}

// macroLength is the length of the macro-expand that the text begins with, or 0.
func macroLength(text string) int {
	if len(text) < 2 {
		return 0
	}
	switch text[1] {
	case '%', '_', '-':
		return 2
	case '{':
	default:
		return 0
	}
	end := strings.IndexByte(text, '}')
	if end < 3 || strings.IndexByte("slodiphv", text[2]|0x20) < 0 {
		return 0
	}
	inside := text[3:end]
	digits := len(inside) - len(strings.TrimLeft(inside, "0123456789"))
	if digits > 0 && (digits > 3 || strings.Trim(inside[:digits], "0") == "") {
		return 0
	}
	inside = inside[digits:]
	if inside != "" && inside[0]|0x20 == 'r' {
		inside = inside[1:]
	}
	if strings.Trim(inside, ".-+,/_=") != "" {
		return 0
	}
	return end + 1
}

// hasMacro reports whether a domain-spec has a macro of one of some letters.
func hasMacro(spec, letters string) bool {
	for {
		at := strings.Index(spec, "%{")
		if at < 0 || at+2 >= len(spec) {
			return false
		}
		if strings.IndexByte(letters, spec[at+2]|0x20) >= 0 {
			return true
		}
		spec = spec[at+2:]
	}
}
