package zonegen

// The zones of a mail hoster: many small mail domains below one origin, and the two extremes of sharing.

import "io"

const (
	hostingOrigin    = "hosting.example."
	oneDomainOrigin  = "onedomain.example."
	sharedHostOrigin = "sharedhost.example."
)

// Hosting writes records/10 mail domains of ten records each, about 31 bytes a record: two MX, three A, three AAAA, a
// TXT with an SPF policy and a CNAME. Every MX host is in the zone and has both families.
func Hosting(w io.Writer, records int) error {
	domains, err := groups(records, 10)
	if err != nil {
		return err
	}
	z := open(w, hostingOrigin)
	for i := range domains {
		z.mailDomain(i)
	}
	return z.close()
}

// mailDomain writes the i-th mail domain in one of the hands that zone files are written in.
func (z zone) mailDomain(i int) {
	d := label(i)
	a, a1, a2 := ipv4(3*i), ipv4(3*i+1), ipv4(3*i+2)
	b, b1, b2 := ipv6(3*i), ipv6(3*i+1), ipv6(3*i+2)
	switch i % 5 {
	case 0: // relative names, owners, TTLs and classes left out
		z.printf("%s\tMX\t10 mx1.%s\n\tMX\t20 mx2.%s\n\tA\t%s\n\tAAAA\t%s\n\tTXT\t\"v=spf1 mx -all\"\n", d, d, d, a, b)
		z.printf("mx1.%s\tA\t%s\n\tAAAA\t%s\nmx2.%s\tA\t%s\n\tAAAA\t%s\n", d, a1, b1, d, a2, b2)
		z.printf("www.%s\tCNAME\t%s\n", d, d)
	case 1: // absolute targets, the class given
		z.printf("%s\tIN MX\t10 mx1.%s.%s\n\tIN MX\t20 mx2.%s.%s\n", d, d, hostingOrigin, d, hostingOrigin)
		z.printf("\tIN A\t%s\n\tIN AAAA\t%s\n\tIN TXT\t\"v=spf1 mx -all\"\n", a, b)
		z.printf("mx1.%s\tIN A\t%s\n\tIN AAAA\t%s\nmx2.%s\tIN A\t%s\n\tIN AAAA\t%s\n", d, a1, b1, d, a2, b2)
		z.printf("www.%s\tIN CNAME\t%s\n", d, d)
	case 2: // an origin of the domain's own
		z.printf("$ORIGIN %s.%s\n@\tMX\t10 mx1\n\tMX\t20 mx2\n\tA\t%s\n\tAAAA\t%s\n", d, hostingOrigin, a, b)
		z.printf("\tTXT\t\"v=spf1 ip4:%s ip6:%s mx -all\"\n", a, b)
		z.printf("mx1\tA\t%s\n\tAAAA\t%s\nmx2\tA\t%s\n\tAAAA\t%s\nwww\tCNAME\t@\n$ORIGIN %s\n", a1, b1, a2, b2, hostingOrigin)
	case 3: // the owner and TTL on each line, in columns, with a heading
		z.printf("; customer %d\n%-12s 3600 MX   10 mx1.%s\n%-12s 3600 MX   20 mx2.%s\n", i, d, d, d, d)
		z.printf("%-12s 3600 A    %s\n%-12s 3600 AAAA %s\n%-12s 3600 TXT  \"v=spf1 mx -all\"\n", d, a, d, b, d)
		z.printf("mx1.%s 600 A %s\nmx1.%s 600 AAAA %s\nmx2.%s 600 A %s\nmx2.%s 600 AAAA %s\n", d, a1, d, b1, d, a2, d, b2)
		z.printf("www.%s CNAME %s\n", d, d)
	case 4: // TTL before class, absolute owners, trailing comments
		z.printf("%s.%s 3600 IN MX 10 mx1.%s ; first\n 3600 IN MX 20 mx2.%s ; second\n", d, hostingOrigin, d, d)
		z.printf(" IN A %s\n IN AAAA %s\n TXT \"v=spf1 mx -all\"\n", a, b)
		z.printf("mx1.%s A %s\n AAAA %s\nmx2.%s A %s\n AAAA %s\nwww.%s CNAME %s\n", d, a1, b1, d, a2, b2, d, d)
	}
}

// maxHosts keeps the MX RRset within the 65,535 octets of a DNS message, without which named-checkzone does not load
// it.
const maxHosts = 2000

// OneDomain writes one mail domain with up to 2,000 MX hosts, each with both families and a preference of its own:
// three records a host.
func OneDomain(w io.Writer, hosts int) error {
	if err := within(hosts, maxHosts); err != nil {
		return err
	}
	z := open(w, oneDomainOrigin)
	for i := range hosts {
		z.printf("@\tMX\t%d mx%d\nmx%d\tA\t%s\n\tAAAA\t%s\n", i+1, i, i, ipv4(i), ipv6(i))
	}
	return z.close()
}

// SharedHost writes that many mail domains whose only MX host is one dual-stack machine: one record a domain.
func SharedHost(w io.Writer, domains int) error {
	if err := within(domains, maxSize); err != nil {
		return err
	}
	z := open(w, sharedHostOrigin)
	z.printf("mx\tA\t%s\n\tAAAA\t%s\n", ipv4(0), ipv6(0))
	for i := range domains {
		z.printf("%s\tMX\t10 mx\n", label(i))
	}
	return z.close()
}
