package dns_test

import (
	"testing"

	"mx46/lint/dns"
	"mx46/zonefiles"
)

// guessed reads zones whose origins are known by the names of their files alone.
func guessed(t *testing.T, texts map[string]string) *dns.Graph {
	t.Helper()
	loader := &zonefiles.Loader{Files: &zonefiles.FileSet{}, Limits: zonefiles.DefaultLimits}
	var zones []*zonefiles.Zone
	for name, text := range texts {
		file, err := loader.Files.Add(name, []byte("$TTL 60\n@ SOA localhost. h 1 2 3 4 5\n"+text))
		if err != nil {
			t.Fatal(err)
		}
		z := loader.Parse(file, nil)
		if !z.Guessed {
			t.Fatalf("the origin %s of %s is no guess", z.Origin, name)
		}
		zones = append(zones, z)
	}
	return dns.NewGraph(zones)
}

func TestAGuessProvesNoAbsence(t *testing.T) {
	const other = "@ NS ns.example.net.\n"
	for _, test := range []struct {
		name, zone string
		elsewhere  bool // another zone asks
		question   string
		uncertain  bool
	}{
		{"a relative name that is missing", "@ MX 1 mail\n", false, "mail.example.org.", false},
		{"a name in full that is missing", "@ MX 1 mail.example.org.\n", false, "mail.example.org.", true},
		{"a name in full without an address", "@ MX 1 a.b.example.org.\na.b TXT x\n", false, "b.example.org.", false},
		{"another name in full is there", "@ NS ns.example.org.\nns A 192.0.2.1\n@ MX 1 mail.example.org.\n", false, "mail.example.org.", false},
		{"another zone asks", "www A 192.0.2.1\n", true, "mail.example.org.", true},
		{"another zone asks for the apex", "@ MX 1 mail\n", true, "example.org.", true},
		{"another zone asks, and a name in full is there", "@ NS ns.example.org.\nns A 192.0.2.1\n", true, "mail.example.org.", false},
		{"a name in full is there by a wildcard alone", "@ NS ns.example.org.\n*.a A 192.0.2.1\n* A 192.0.2.1\n", true, "a.example.org.", true},
		{"the apex is there anyway", "@ MX 1 example.org.\n", true, "mail.example.org.", true},
		{"another zone asks, and the apex has name servers by its full name", "example.org. NS ns\n NS ns2\nexample.org. MX 1 a\n", true, "mail.example.org.", false},
		{"some of its name servers", "example.org. NS ns\n@ NS ns2\n", true, "mail.example.org.", true},
		{"the full name has no name server", "@ NS ns\nexample.org. MX 1 a\n", true, "mail.example.org.", true},
		{"the other family of a host", "mail A 192.0.2.1\n", true, "mail.example.org.", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := guessed(t, map[string]string{"db.example.org": test.zone, "db.example.net": other})
			var from *dns.Zone
			for _, z := range g.Zones() {
				if (z.Path == "db.example.net") == test.elsewhere {
					from = z
				}
			}
			name := zonefiles.MustName(test.question)
			for _, a := range []dns.Answer{
				g.Lookup(from, name, zonefiles.TypeAAAA),
				func() dns.Answer {
					known := g.Lookup(from, name, zonefiles.TypeA)
					return g.LookupBeside(from, name, zonefiles.TypeAAAA, &known)
				}(),
			} {
				if !a.Negative() || a.Uncertain != test.uncertain {
					t.Errorf("the answer is negative: %t, and uncertain: %t", a.Negative(), a.Uncertain)
				}
			}
		})
	}
}
