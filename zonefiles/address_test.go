package zonefiles

import (
	"net/netip"
	"testing"
)

// addressTexts are addresses of every form, and texts that are nearly one.
var addressTexts = []string{
	"::", "::1", "1::", "1::8", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4::5:6:7:8", "1:2:3:4:5:6:7:8:9", "1::2::3",
	"::192.0.2.1", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7:192.0.2.1", "1:2:3:4:5::192.0.2.1", "64:ff9b::192.0.2.256",
	"::192.0.2", "::192.0.2.01", "::12345", "::g", "fe80::1%eth0", "2001:DB8::aBcD", ":", ":1", "1:", "1:::2", "", ".", "::1 ", "::1:", "192.0.2.1",
	"0000:0000:0000:0000:0000:0000:255.255.255.255", "::192.0.2.1:1", "1.2.3.4::", "::1.2.3.4.5", "02001:db8::",
}

func checkIPv6(t *testing.T, text string) {
	t.Helper()
	want, err := netip.ParseAddr(text)
	wanted := err == nil && want.Is6() && want.Zone() == ""
	got, ok := parseIPv6([]byte(text))
	if ok != wanted || ok && got != want {
		t.Errorf("parseIPv6(%q) = %v, %v; netip reads %v (%v)", text, got, ok, want, err)
	}
}

func TestIPv6AddressesAreReadAsNetipReadsThem(t *testing.T) {
	for _, text := range addressTexts {
		checkIPv6(t, text)
	}
}

func FuzzIPv6AddressesAreReadAsNetipReadsThem(f *testing.F) {
	for _, text := range addressTexts {
		f.Add(text)
	}
	f.Fuzz(checkIPv6)
}
