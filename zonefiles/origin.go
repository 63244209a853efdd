package zonefiles

import (
	"bytes"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
)

// What a zone's origin is where nobody says it: what the text says, or else the name of the file. The habits in names
// are those of named.conf examples (db.example.org, example.org.zone), of hosting panels (pri.example.org,
// example.org.hosts) and of Windows (example.org.dns).

// originOf works out a zone's origin from the text: the owner of its SOA where that is absolute, by itself or through
// $ORIGIN, else an absolute $ORIGIN before the first record, else what the file's name says, which is a guess.
func originOf(file *File) (origin Name, guessed, ok bool) {
	var first *Name // what $ORIGIN says before the first record
	atRoot, records, scanned := false, 0, 0
	named, _, isNamed := fromName(file.Name)
	for e, below := range entriesOf(file.read()) {
		if scanned++; scanned > maxOriginScan {
			break
		}
		if records == 0 {
			first = below
		}
		word := file.read()[e.fields[0].start:e.fields[0].end]
		if e.indented || bytes.HasPrefix(word, []byte{'$'}) {
			continue
		}
		records++
		owner := absoluteName(word, below)
		switch {
		case atRoot && owner != nil && !owner.IsRoot() && !(isNamed && owner.IsAtOrBelow(named)):
			return Root, false, true
		case atRoot || !statesSOA(file.read(), e):
		case owner == nil:
			return fromName(file.Name)
		case !owner.IsRoot():
			return *owner, false, true
		default:
			atRoot = true // unless nothing else is there but what the file's name says: an @ below "$ORIGIN ."
		}
	}
	if first != nil && !first.IsRoot() {
		return *first, false, true
	}
	if origin, guessed, ok = fromName(file.Name); ok {
		return origin, guessed, true
	}
	return Root, false, atRoot
}

// fromName is the origin that a file's name says. Only of a reverse zone does it say so without a doubt.
func fromName(name string) (origin Name, guessed, ok bool) {
	origin, ok, _ = OriginFromFileName(name)
	return origin, ok && !strings.Contains(strings.ToLower(path.Base(name)), ".arpa"), ok
}

// contradicts reports whether a file's owners show that an origin is not the zone's: those that are absolute, by
// themselves or through $ORIGIN, all lie outside of it, and are more than the relative ones.
func contradicts(file *File, origin Name) bool {
	outside, relative := 0, 0
	for e, below := range entriesOf(file.read()) {
		word := file.read()[e.fields[0].start:e.fields[0].end]
		if e.indented || bytes.HasPrefix(word, []byte{'$'}) {
			continue
		}
		switch owner := absoluteName(word, below); {
		case owner == nil && string(word) != "@":
			relative++
		case owner == nil:
		case owner.IsAtOrBelow(origin):
			return false
		default:
			outside++
		}
	}
	return outside > relative
}

// entriesOf are the entries of a text but for $ORIGIN, each with the absolute origin that it is below, or nil.
func entriesOf(data []byte) iter.Seq2[*entry, *Name] {
	return func(yield func(*entry, *Name) bool) {
		e := newEntry()
		var below *Name
		for at := textStart(data); e.scan(data, at); at = e.next {
			switch {
			case e.fault != noFault || len(e.fields) < 2:
			case !e.indented && strings.EqualFold(string(data[e.fields[0].start:e.fields[0].end]), "$ORIGIN"):
				if name := absoluteName(data[e.fields[1].start:e.fields[1].end], below); name != nil {
					below = name
				}
			case !yield(&e, below):
				return
			}
		}
	}
}

// absoluteName reads a name that is absolute by itself or through an origin; it is nil for any other text.
func absoluteName(text []byte, origin *Name) *Name {
	if origin == nil {
		if !bytes.HasSuffix(text, []byte{'.'}) {
			return nil
		}
		origin = new(Name)
	}
	name, err := ParseName(text, *origin)
	if err != nil || name.IsHidden() {
		return nil
	}
	return &name
}

// statesSOA reports whether an entry looks like an SOA record with an owner of its own.
func statesSOA(data []byte, e *entry) bool {
	return !e.indented && slices.ContainsFunc(e.fields[1:min(len(e.fields), 4)], func(f field) bool {
		return strings.EqualFold(string(data[f.start:f.end]), "SOA")
	})
}

// What people put around a zone's name. Suffixes may pile up, as in example.org.zone.signed. Other files than zones
// have the plain ones, too.
var (
	originPrefixes = [...]string{
		"db.", "db-", "db_", "named.", "master.", "pri.", "zone.", "zone-", "zone_", "fwd.", "forward.", "rev.", "reverse.",
	}
	originSuffixes = [...]string{
		".zone", ".zonefile", ".db", ".hosts", ".dns", ".rev", ".reverse", ".fwd", ".forward", ".bind", ".master",
	}
	plainSuffixes = [...]string{".signed", ".unsigned", ".txt", ".tmp", ".new"}
)

// TemplateSuffixes are those of the names of templates.
var TemplateSuffixes = [...]string{
	".j2", ".jinja", ".jinja2", ".erb", ".epp", ".tmpl", ".tpl", ".template", ".m4", ".mustache", ".hbs", ".gotmpl",
	".tt", ".tt2",
}

// notTopLevel are words at the end of file names that are no top-level domain.
var notTopLevel = [...]string{
	"bak", "cache", "cfg", "conf", "data", "erb", "file", "hints", "inc", "include", "jnl", "json", "key", "log",
	"old", "orig",
	"private", "root", "servers", "state", "template", "tmpl", "tpl", "xml", "yaml", "yml", "zones",
}

// OriginFromFileName guesses a zone's origin from its file's name; the folders do not matter. It is not ok where the
// name, without its final dot, customary prefix and suffixes, is neither a domain name of at least two labels (or
// localhost) nor a network's reverse zone. The name is marked where it says that the file is a zone's.
func OriginFromFileName(name string) (origin Name, ok, marked bool) {
	bare, marked := trimOrigin(strings.TrimSuffix(strings.ToLower(path.Base(name)), "."))
	text := ""
	switch {
	case strings.HasSuffix(bare, ".in-addr.arpa"):
		text = in4Name(strings.TrimSuffix(bare, ".in-addr.arpa"))
	case strings.HasSuffix(bare, ".ip6.arpa"):
		text = in6Name(strings.TrimSuffix(bare, ".ip6.arpa"))
	case looksLikeDomain(bare):
		text = bare
	case !marked: // 1.2.3 alone may be a version, and so may be anything
	default:
		if text = ipv4Network(bare); text == "" {
			text = ipv6Network(bare)
		}
	}
	if text == "" {
		return Root, false, marked
	}
	origin, err := ParseName([]byte(text+"."), Root)
	return origin, err == nil, marked
}

// trimOrigin takes one prefix and every suffix away, and reports whether one of them marks a zone's file.
func trimOrigin(base string) (bare string, marked bool) {
	text := base
	for _, prefix := range originPrefixes {
		if strings.HasPrefix(text, prefix) {
			text, marked = text[len(prefix):], true
			break
		}
	}
	prefixed := marked
	bare = text
	for before := ""; bare != before; {
		before = bare
		for _, suffix := range plainSuffixes {
			bare = strings.TrimSuffix(bare, suffix)
		}
		for _, suffix := range TemplateSuffixes {
			bare = strings.TrimSuffix(bare, suffix)
		}
		for _, suffix := range originSuffixes {
			if strings.HasSuffix(bare, suffix) {
				bare, marked = strings.TrimSuffix(bare, suffix), true
			}
		}
	}
	// ".zone" is the only suffix here that is also a TLD. After a prefix, example.zone needs no suffix to be a zone's.
	if prefixed && strings.HasSuffix(text, ".zone") && !looksLikeDomain(bare) && looksLikeDomain(text) {
		bare = text
	}
	return bare, marked
}

// looksLikeDomain asks for host names (RFC 1123 s.2.1) with underscores, two labels or more, and a last one of letters.
func looksLikeDomain(text string) bool {
	labels := strings.Split(text, ".")
	last := labels[len(labels)-1]
	if text == "localhost" {
		return true
	}
	if len(labels) < 2 || slices.Contains(notTopLevel[:], last) {
		return false
	}
	for _, label := range labels {
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" ||
			strings.Trim(label, "-") != label {
			return false
		}
	}
	return strings.HasPrefix(last, "xn--") || len(last) > 1 && strings.Trim(last, "abcdefghijklmnopqrstuvwxyz") == ""
}

// in4Name is the zone of these labels below in-addr.arpa: octets, of which the first may name a piece of a network that
// is delegated by RFC 2317. File systems have no slash to spell its 0/25, so 0_25 and 0%2f25 mean it; 0-127 is a name
// as it is.
func in4Name(text string) string {
	labels := strings.Split(text, ".")
	if len(labels) > 4 {
		return ""
	}
	for i, label := range labels {
		piece := strings.NewReplacer("%2f", "/", "_", "/", "-", "/").Replace(label)
		low, high, cut := strings.Cut(piece, "/")
		switch {
		case !isOctetText(low) || cut && (i > 0 || !isOctetText(high)):
			return ""
		case cut && !strings.Contains(label, "-"):
			labels[i] = piece
		}
	}
	return strings.Join(labels, ".") + ".in-addr.arpa"
}

func isOctetText(text string) bool {
	n, err := strconv.ParseUint(text, 10, 8)
	return err == nil && strconv.FormatUint(n, 10) == text
}

// in6Name is the zone of these labels below ip6.arpa: one hexadecimal digit each.
func in6Name(text string) string {
	labels := strings.Split(text, ".")
	for _, label := range labels {
		if len(label) != 1 || !onlyHexDigits(label) {
			return ""
		}
	}
	if len(labels) > 32 {
		return ""
	}
	return text + ".ip6.arpa"
}

func onlyHexDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789abcdef") == ""
}

// ipv4Network is the reverse zone of a network of 8, 16 or 24 bits that is written in the order of an address: 192.0.2.
// Some people write db.2.0.192 instead, which looks the same; Debian's db.127 and most others keep the address's order.
func ipv4Network(text string) string {
	octets := strings.Split(text, ".")
	if len(octets) > 3 {
		return ""
	}
	slices.Reverse(octets)
	return in4Name(strings.Join(octets, "."))
}

// ipv6Network is the reverse zone of an IPv6 network: groups in the order of an address (2001:db8:1, or with dots,
// hyphens or underscores between them), or single digits in the order of the zone's name. The network must be global,
// or local to a site.
func ipv6Network(text string) string {
	groups := strings.FieldsFunc(strings.TrimSuffix(text, "::"), func(r rune) bool {
		return strings.ContainsRune(".:-_", r)
	})
	if len(groups) < 2 {
		return ""
	}
	if last := groups[len(groups)-1]; len(groups) >= 4 && strings.Contains("23f", last) {
		return in6Name(strings.Join(groups, "."))
	}
	if len(groups) > 8 || len(groups[0]) != 4 || !strings.Contains("23f", groups[0][:1]) {
		return ""
	}
	digits := ""
	for _, group := range groups {
		if len(group) > 4 {
			return ""
		}
		digits += strings.Repeat("0", 4-len(group)) + group
	}
	labels := strings.Split(digits, "")
	slices.Reverse(labels)
	return in6Name(strings.Join(labels, "."))
}
