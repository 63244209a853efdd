package cli

import (
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"mx46/zonefiles"
)

// This file reads domain names as people type them.

// parseDomain reads a mail domain, in any script (RFC 5890). What is something else is refused with a hint.
func parseDomain(word string) (zonefiles.Name, error) {
	refused := func(why string) (zonefiles.Name, error) {
		return zonefiles.Root, fmt.Errorf("%s %s", zonefiles.Quote(word), why)
	}
	name := strings.TrimSuffix(strings.TrimSpace(word), ".")
	if _, rest, isURL := strings.Cut(name, "://"); isURL {
		host, _, _ := strings.Cut(rest, "/")
		return refused("is a URL; the domain may be " + zonefiles.Quote(hostOf(host)))
	}
	if _, domain, isMailbox := strings.Cut(name, "@"); isMailbox {
		return refused("is a mail address; its domain is " + zonefiles.Quote(domain))
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return refused("is an address; name a domain, as example.org")
	}
	if at := strings.IndexAny(name, "/:"); at > 0 && strings.Contains(name[:at], ".") { // not the name of RFC 2317 s.4
		if _, err := netip.ParseAddr(name[:at]); err == nil {
			return refused("is an address; name a domain, as example.org")
		}
		return refused("is more than a domain; the domain may be " + zonefiles.Quote(name[:at]))
	}
	ascii := strings.ToLower(name)
	if strings.IndexFunc(name, isNotASCII) >= 0 {
		var err error
		if ascii, err = idna.Lookup.ToASCII(name); err != nil {
			return refused("is no domain name: " + err.Error())
		}
	}
	parsed, err := zonefiles.ParseName([]byte(ascii), zonefiles.Root)
	switch {
	case err != nil:
		return refused("is no domain name: " + err.Error())
	case strings.IndexFunc(ascii, func(r rune) bool { return r <= ' ' || strings.ContainsRune("\"\\;()$\x7f", r) }) >= 0:
		return refused("is no domain name")
	case parsed.Labels() < 2:
		return refused("has one label; write the whole name, as example.org")
	}
	return parsed, nil
}

// inDNS is a name that people may type in any script, as the DNS has it; what is none stays as it is.
func inDNS(word string) string {
	if strings.IndexFunc(word, isNotASCII) < 0 {
		return word
	}
	ascii, err := idna.Lookup.ToASCII(word)
	if err != nil {
		return word
	}
	return ascii
}

func isNotASCII(r rune) bool { return r > 0x7f }

// hostOf is the host of a URL's authority.
func hostOf(authority string) string {
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		authority = authority[at+1:]
	}
	host, _, _ := strings.Cut(authority, ":")
	return host
}
