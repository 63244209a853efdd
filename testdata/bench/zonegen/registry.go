package zonegen

// The zones of registries: a top-level domain's delegations, and a block of reverse names.

import (
	"crypto/sha256"
	"fmt"
	"io"
)

const (
	tldOrigin     = "example."
	reverseOrigin = "91.in-addr.arpa."
)

// TLD writes a zone of delegations in the form in which registries publish theirs, about 72 bytes a record: absolute
// names, TTL and class on every line. Of twenty records, twelve are NS, four DS and four glue. Each sixth domain runs
// name servers of its own, which the next five use too.
//
// named-checkzone -i full asks the DNS about every name server below a cut, and so takes minutes for a few thousand
// records: check this zone with -i local.
func TLD(w io.Writer, records int) error {
	providers, err := groups(records, 20)
	if err != nil {
		return err
	}
	z := open(w, tldOrigin)
	for p := range providers {
		host := fmt.Sprintf("nameserver.%s.example.", label(6*p))
		for d := 6 * p; d < 6*p+6; d++ {
			owner := label(d) + ".example."
			z.printf("%s\t172800\tin\tns\tns1.%s\n%s\t172800\tin\tns\tns2.%s\n", owner, host, owner, host)
			if d%6 < 4 {
				z.printf("%s\t86400\tin\tds\t%d 13 2 %X\n", owner, d%65536, sha256.Sum256([]byte(owner)))
			}
		}
		z.printf("ns1.%s\t172800\tin\ta\t%s\nns1.%s\t172800\tin\taaaa\t%s\n", host, ipv4(2*p), host, ipv6(2*p))
		z.printf("ns2.%s\t172800\tin\ta\t%s\nns2.%s\t172800\tin\taaaa\t%s\n", host, ipv4(2*p+1), host, ipv6(2*p+1))
	}
	return z.close()
}

// maxReverse is how many addresses a reverse zone of one /8 has names for: .1 to .254 of each /24.
const maxReverse = 254 << 16

// Reverse writes PTR records for the addresses of one /8, up to 16,646,144 of them. Every second /24 is a $GENERATE of
// up to 254 records, the others are written out.
func Reverse(w io.Writer, records int) error {
	return reverse(w, records, true)
}

// ReversePlain writes the records of Reverse without $GENERATE, for programs that do not know it.
func ReversePlain(w io.Writer, records int) error {
	return reverse(w, records, false)
}

func reverse(w io.Writer, records int, generate bool) error {
	if err := within(records, maxReverse); err != nil {
		return err
	}
	z := open(w, reverseOrigin)
	for first := 0; first < records; first += 254 {
		block := first / 254
		b, c := block>>8, block&255
		last := min(254, records-first)
		if block%2 == 0 && generate {
			z.printf("$GENERATE 1-%d $.%d.%d PTR host-91-%d-%d-$.pool.example.\n", last, c, b, b, c)
			continue
		}
		for host := 1; host <= last; host++ {
			if block%2 == 0 {
				z.printf("%d.%d.%d\tPTR\thost-91-%d-%d-%d.pool.example.\n", host, c, b, b, c, host)
			} else {
				z.printf("%d.%d.%d\tPTR\tmail.%s.hosting.example.\n", host, c, b, label(first+host))
			}
		}
	}
	return z.close()
}
