// Package zonegen writes DNS zones of any size for benchmarks: the same size gives the same bytes on every machine.
//
// The zones are valid: named-checkzone (BIND 9.18) with -i full accepts each of them (TLD: -i local), and kzonecheck
// (Knot DNS 3.2) each that is not BINDOnly (Signed: -d off). Names lie below example. (RFC 2606 section 2) or
// in-addr.arpa. Addresses of hosts lie in ordinary unicast space, outside every block of the IANA special-purpose
// registries (RFC 6890), so that a linter of mail has nothing to say about Hosting, SharedHost and the zones of Small.
package zonegen

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
)

// maxSize is well below the point where the address space of the hosts runs out.
const maxSize = 100_000_000

// Shape is one kind of zone that goes to a single file.
type Shape struct {
	Name   string // as given to the generate command
	Origin string // absolute, with the final dot; every zone also opens with it as $ORIGIN
	Counts string // what the size counts: records, hosts or domains
	Max    int    // the greatest size
	// BINDOnly tells that the zone uses what BIND reads and Knot DNS and NSD do not, such as $GENERATE.
	BINDOnly bool
	Write    func(w io.Writer, size int) error
}

// Shapes lists every kind of zone that goes to a single file.
func Shapes() []Shape {
	return []Shape{
		{Name: "hosting", Origin: hostingOrigin, Counts: "records", Max: maxSize, Write: Hosting},
		{Name: "flawed", Origin: flawedOrigin, Counts: "records", Max: maxSize, Write: Flawed},
		{Name: "tld", Origin: tldOrigin, Counts: "records", Max: maxSize, Write: TLD},
		{Name: "signed", Origin: signedOrigin, Counts: "records", Max: maxSize, Write: Signed},
		{Name: "reverse", Origin: reverseOrigin, Counts: "records", Max: maxReverse, BINDOnly: true, Write: Reverse},
		{Name: "reverse-plain", Origin: reverseOrigin, Counts: "records", Max: maxReverse, Write: ReversePlain},
		{
			Name: "pathological", Origin: pathologicalOrigin, Counts: "records", Max: maxSize, BINDOnly: true,
			Write: Pathological,
		},
		{Name: "pathological-plain", Origin: pathologicalOrigin, Counts: "records", Max: maxSize, Write: PathologicalPlain},
		{Name: "one-domain", Origin: oneDomainOrigin, Counts: "hosts", Max: maxHosts, Write: OneDomain},
		{Name: "shared-host", Origin: sharedHostOrigin, Counts: "domains", Max: maxSize, Write: SharedHost},
	}
}

// zone is a zone file being written. A failed write sticks in the buffered writer and is told by close.
type zone struct {
	*bufio.Writer
}

// open starts a zone with its $ORIGIN and $TTL, its SOA and two name servers that have addresses of both families:
// seven records.
func open(w io.Writer, origin string) zone {
	z := zone{bufio.NewWriterSize(w, 1<<16)}
	z.printf("$ORIGIN %s\n$TTL 3600\n", origin)
	z.printf("@\tIN SOA\tns1 hostmaster (\n\t\t2026010100\t; serial\n\t\t7200\t\t; refresh\n\t\t900\t\t; retry\n")
	z.printf("\t\t1209600\t\t; expire\n\t\t300 )\t\t; minimum\n")
	z.printf("\tNS\tns1\n\tNS\tns2.%s\n", origin)
	for i, ns := range []string{"ns1", "ns2"} {
		z.printf("%s\tA\t94.0.%d.53\n\tAAAA\t2a0f:ff00:%d::53\n", ns, i, i)
	}
	return z
}

func (z zone) printf(format string, args ...any) {
	fmt.Fprintf(z, format, args...)
}

func (z zone) close() error {
	if err := z.Flush(); err != nil {
		return fmt.Errorf("writing zone: %w", err)
	}
	return nil
}

// within refuses a size that the shape cannot have.
func within(size, most int) error {
	if size < 1 || size > most {
		return fmt.Errorf("size %d: want 1 to %d", size, most)
	}
	return nil
}

// groups says how many whole groups of records make up about that many records, at least one.
func groups(records, perGroup int) (int, error) {
	return max(1, records/perGroup), within(records, maxSize)
}

// ipv4 is the n-th address from 20.0.0.1 on, leaving out those that end in .0 and .255. Up to 95.255.255.255 nothing is
// special.
func ipv4(n int) netip.Addr {
	block, host := n/254, n%254+1
	return netip.AddrFrom4([4]byte{byte(20 + block>>16), byte(block >> 8), byte(block), byte(host)})
}

// ipv6 is one address in a /48 of its own, below 2a00::/13.
func ipv6(n int) netip.Addr {
	return netip.AddrFrom16([16]byte{0: 0x2a, 1: byte(n >> 24), 2: byte(n >> 16), 4: byte(n >> 8), 5: byte(n), 15: 0x19})
}

// label is the n-th name of a customer: a word for names of varying length, a number to make it unique.
func label(n int) string {
	words := [...]string{
		"alp", "birch", "cedar", "dune", "elm", "fjord", "glen", "heath",
		"isle", "jade", "kelp", "larch", "moor", "north", "oak", "pine",
	}
	return fmt.Sprintf("%s%d", words[n%len(words)], n)
}
