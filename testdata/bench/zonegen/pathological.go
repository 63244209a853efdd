package zonegen

// A zone in which everything is legal and nothing is easy.

import (
	"io"
	"strings"
)

const pathologicalOrigin = "pathological.example."

// Pathological writes valid records in the spellings that break readers: parentheses across lines and comments,
// escapes, quoted separators, names and strings of the greatest length, types and classes by number (RFC 3597),
// relative $ORIGIN, $TTL in mid-file, $GENERATE with steps, offsets and radix. Twenty records a group, and in each 64th
// a TXT record of 64,000 octets on top.
func Pathological(w io.Writer, records int) error {
	return pathological(w, records, true)
}

// PathologicalPlain writes the records of Pathological without what only BIND reads: $GENERATE, a relative $ORIGIN,
// CLASS1 for IN.
func PathologicalPlain(w io.Writer, records int) error {
	return pathological(w, records, false)
}

func pathological(w io.Writer, records int, bindOnly bool) error {
	n, err := groups(records, 20)
	if err != nil {
		return err
	}
	z := open(w, pathologicalOrigin)
	for i := range n {
		z.oddities(i, bindOnly)
		z.generated(i, bindOnly)
	}
	return z.close()
}

// oddities writes sixteen records, and a long one in each 64th group.
func (z zone) oddities(i int, bindOnly bool) {
	class, parent := "IN", "."+pathologicalOrigin
	if bindOnly {
		class, parent = "CLASS1", ""
	}
	// A comment that looks like data, blank lines of blanks, an owner before an open parenthesis, a target by decimal
	// escapes.
	z.printf("; \"unclosed ( and ) so on \\\n \t \n\n")
	z.printf("odd%d ( ; ( \"\n\tIN\n\n\t3600 ; TTL after class\n\t) MX ( 10\n\t\t\\109\\120%d\t)\t; mx, spelled out\n",
		i, i)
	z.printf("\t3600 IN MX 0020 NS1.Pathological.EXAMPLE.\n")
	z.printf("mx%d 3600 IN A %s\n\tin 3600 aaaa ( %s )\n", i, ipv4(i), strings.ToUpper(ipv6(i).StringExpanded()))
	if i == 0 {
		z.printf("$TTL 1h30m\n")
	}

	// Owners whose labels hold dots, separators, quotes, control octets and bytes that are no text.
	z.printf("dot\\.in-label%d TXT \"semi;colon\" \"par(en\" \"quo\\\"te\" \"back\\\\slash\" un\\ quoted\\; word\n", i)
	z.printf("\\000\\001\\255\\;\\\"\\(\\)\\@%d TXT \"\"\n", i)
	z.printf("\\@%d TXT ( \"a\"\n; between\n\"b\" ; \"c\"\n\t\"\\100\\\\\\d\" )\n", i)
	z.printf("*.wild%d TXT \"\t tab and  blanks \"\n", i)

	// A name of 255 octets on the wire: three labels of 64 and one of 41, then 22 of the origin and the root.
	long := strings.Repeat("x", 63)
	z.printf("%s.%s.%s.%s%08d TXT long\n", long, long, long, strings.Repeat("y", 32), i)
	z.printf("text%d TXT \"%s\" (\n\t\"%s\"\n)\n", i, strings.Repeat("z", 255), strings.Repeat("\\200", 255))

	// By number, and the owner inherited across directives.
	z.printf("number%d %s TYPE1 \\# 4 ( 14 00 0001 )\n\tTYPE65280 \\# 3 0a\t0B0c\n\tTYPE65281 \\# 0\n", i, class)
	z.printf("$ORIGIN sub%d%s\n@ TXT \"below\"\n\tAAAA 2A0F::%x:192.0.0.9\n$ORIGIN %s\n", i, parent, i%65536,
		pathologicalOrigin)
	z.printf("alias%d CNAME OdD%d\n", i, i)
	if i%64 == 0 {
		z.printf("huge%d TXT (\n%s)\n", i, strings.Repeat("\t\""+strings.Repeat("h", 255)+"\"\n", 250))
	}
}

// generated writes four records, by $GENERATE or as it would.
func (z zone) generated(i int, bindOnly bool) {
	if bindOnly {
		z.printf("$GENERATE 10-30/10 gen-%d-${-10,3,d}-${0,4,x} A 20.0.0.$\n", i)
		z.printf("$GENERATE 1-1 mail-%d-$ MX \"$0 mx%d\"\n", i, i)
		return
	}
	for n := 10; n <= 30; n += 10 {
		z.printf("gen-%d-%03d-%04x A 20.0.0.%d\n", i, n-10, n, n)
	}
	z.printf("mail-%d-1 MX 10 mx%d\n", i, i)
}
