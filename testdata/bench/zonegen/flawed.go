package zonegen

// Zones with findings, as another generator than that of hosting.go and small.go would write them.

import (
	"fmt"
	"io"
	"net/netip"
)

const flawedOrigin = "flawed.example."

// Flawed writes records/8 mail domains of eight records each, with the owner, the TTL and the class on every line: two
// MX, two A, two AAAA and two CNAME. One host in a thousand lacks its AAAA record, and one in 250 has a
// private address.
func Flawed(w io.Writer, records int) error {
	domains, err := groups(records, 8)
	if err != nil {
		return err
	}
	z := open(w, flawedOrigin)
	for i := range domains {
		name := fmt.Sprintf("kunde-%07d", i)
		for h := range 2 {
			host := fmt.Sprintf("mail%d.%s", h+1, name)
			z.printf("%-20s 86400 IN MX    %d %s.%s\n", name, 10+10*h, host, flawedOrigin)
			z.printf("%-26s 86400 IN A     %s\n", host, flawedIPv4(2*i+h))
			if (2*i+h)%1000 != 501 {
				z.printf("%-26s 86400 IN AAAA  %s\n", host, ipv6(2*i+h))
			}
		}
		z.printf("www.%-22s 86400 IN CNAME mail1.%s\nftp.%-22s 86400 IN CNAME mail2.%s\n", name, name, name, name)
	}
	return z.close()
}

// flawedIPv4 is ipv4, or for one number in 250 a private address.
func flawedIPv4(n int) netip.Addr {
	if n%250 == 7 {
		return netip.AddrFrom4([4]byte{10, byte(n >> 16), byte(n >> 8), byte(n)})
	}
	return ipv4(n)
}
