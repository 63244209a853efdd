package trace

// The words of the command line.

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// senderWords are the classes of senders; SenderWords lists them.
var senderWords = [...]struct {
	word   string
	sender delivery.Sender
}{
	{"ipv4", delivery.Sender{Families: delivery.IPv4}},
	{"ipv6", delivery.Sender{Families: delivery.IPv6}},
	{"dual", delivery.Sender{Families: delivery.Dual}},
	{"nat64", delivery.Sender{Families: delivery.IPv6, NAT64: true}},
}

// algorithmWords are the algorithms, in the order of their values.
var algorithmWords = [...]string{
	delivery.RFC3974: "rfc3974", delivery.RFC5321: "rfc5321", delivery.Postfix: "postfix",
	delivery.NoFallback: "no-fallback", delivery.Exchange: "exchange",
	delivery.Exim: "exim", delivery.OpenSMTPD: "opensmtpd", delivery.Sendmail: "sendmail",
}

// resolverWords are the resolvers, in the order of their values.
var resolverWords = [...]string{
	delivery.AnyResolver: "any", delivery.BIND: "bind", delivery.Unbound: "unbound", delivery.PowerDNS: "powerdns",
}

// faultWords are what name servers do with questions for AAAA, in the order of their values.
var faultWords = [...]string{
	delivery.AAAADrop: "drop", delivery.AAAANXDomain: "nxdomain", delivery.AAAAServFail: "servfail",
	delivery.AAAANotImp: "notimp", delivery.AAAAFormErr: "formerr", delivery.AAAARefused: "refused",
	delivery.AAAAShort: "short", delivery.AAAALame: "lame",
}

// SenderWords are the words that ParseSender takes.
func SenderWords() []string {
	words := make([]string, len(senderWords))
	for i, s := range senderWords {
		words[i] = s.word
	}
	return words
}

// FamilyWords are the words that ParseFamily takes.
func FamilyWords() []string { return []string{"ipv4", "ipv6"} }

// ParseFamily reads "ipv4" or "ipv6".
func ParseFamily(word string) (delivery.Families, error) {
	switch word {
	case "ipv4":
		return delivery.IPv4, nil
	case "ipv6":
		return delivery.IPv6, nil
	}
	return delivery.None, fmt.Errorf("%s is no family; those are %s", zonefiles.Quote(word),
		strings.Join(FamilyWords(), ", "))
}

// AlgorithmWords are the words that ParseAlgorithm takes.
func AlgorithmWords() []string { return algorithmWords[:] }

// ParseSender reads "ipv4", "ipv6", "dual" or "nat64" (IPv6 behind NAT64 and DNS64).
func ParseSender(word string) (delivery.Sender, error) {
	for _, s := range senderWords {
		if s.word == word {
			return s.sender, nil
		}
	}
	return delivery.Sender{}, fmt.Errorf("%s is no class of senders; those are %s", zonefiles.Quote(word),
		strings.Join(SenderWords(), ", "))
}

// senderWord is the word for a sender; it is empty for one without families.
func senderWord(sender delivery.Sender) string {
	for _, s := range senderWords {
		if s.sender.Families == sender.Families && s.sender.NAT64 == sender.NAT64 {
			return s.word
		}
	}
	return ""
}

// ParseAlgorithm reads one of AlgorithmWords.
func ParseAlgorithm(word string) (delivery.Algorithm, error) {
	i, err := indexOf("algorithm", word, AlgorithmWords())
	return delivery.Algorithm(i), err
}

// ResolverWords are the words that ParseResolver takes.
func ResolverWords() []string { return resolverWords[:] }

// ParseResolver reads one of ResolverWords.
func ParseResolver(word string) (delivery.Resolver, error) {
	i, err := indexOf("resolver", word, ResolverWords())
	return delivery.Resolver(i), err
}

// FaultWords are the faults that AddAAAA takes.
func FaultWords() []string { return faultWords[delivery.AAAADrop:] }

func indexOf(what, word string, words []string) (int, error) {
	i := slices.Index(words, word)
	if i < 0 {
		return 0, fmt.Errorf("%s is no %s; those are %s", zonefiles.Quote(word), what, strings.Join(words, ", "))
	}
	return i, nil
}

// ParseName reads a domain's or a host's name, with or without its final dot.
func ParseName(word string) (zonefiles.Name, error) {
	n, err := zonefiles.ParseName([]byte(word), zonefiles.Root)
	if err == nil && word == "@" {
		err = zonefiles.ErrEmptyName
	}
	if err != nil {
		return n, fmt.Errorf("%s is no domain name: %w", zonefiles.Quote(word), err)
	}
	return n, nil
}

// AddDown adds to an outage what is down: "ipv4" or "ipv6", a prefix or an address, or an MX host.
func AddDown(o *delivery.Outage, word string) error {
	switch word {
	case "ipv4":
		o.Families |= delivery.IPv4
		return nil
	case "ipv6":
		o.Families |= delivery.IPv6
		return nil
	}
	if prefix, err := netip.ParsePrefix(word); err == nil {
		o.Prefixes = append(o.Prefixes, prefix.Masked())
		return nil
	}
	if addr, err := netip.ParseAddr(word); err == nil {
		addr = addr.WithZone("")
		o.Prefixes = append(o.Prefixes, netip.PrefixFrom(addr, addr.BitLen()))
		return nil
	}
	if strings.Contains(word, "/") {
		return fmt.Errorf("%s is no prefix", zonefiles.Quote(word))
	}
	name, err := ParseName(word)
	if err != nil {
		return err
	}
	o.Hosts = append(o.Hosts, name)
	return nil
}

// AddAAAA adds to an outage name servers that answer wrongly for AAAA: "NAME=FAULT", with one of FaultWords.
func AddAAAA(o *delivery.Outage, word string) error {
	host, fault, ok := strings.Cut(word, "=")
	if !ok {
		return fmt.Errorf("%s is not NAME=FAULT", zonefiles.Quote(word))
	}
	name, err := ParseName(host)
	if err != nil {
		return err
	}
	i, err := indexOf("fault", fault, FaultWords())
	if err != nil {
		return err
	}
	o.AAAA = append(o.AAAA, delivery.FaultyAAAA{Name: name, Fault: delivery.AAAADrop + delivery.AAAAFault(i)})
	return nil
}

// AddServFail adds to an outage a look-up that fails: "NAME/TYPE" with MX, A or AAAA.
func AddServFail(o *delivery.Outage, word string) error {
	at := strings.LastIndexByte(word, '/')
	if at < 0 {
		return fmt.Errorf("%s is not NAME/TYPE", zonefiles.Quote(word))
	}
	name, err := ParseName(word[:at])
	if err != nil {
		return err
	}
	for _, t := range [...]zonefiles.Type{zonefiles.TypeMX, zonefiles.TypeA, zonefiles.TypeAAAA} {
		if strings.EqualFold(word[at+1:], t.String()) {
			o.ServFail = append(o.ServFail, delivery.Question{Name: name, Type: t})
			return nil
		}
	}
	return fmt.Errorf("%s is no type that senders look up; those are MX, A, AAAA", zonefiles.Quote(word[at+1:]))
}
