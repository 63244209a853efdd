package zonefiles

import (
	"fmt"
	"strings"
	"testing"
)

func TestAskingARecordForItsDataAllocatesNothing(t *testing.T) {
	z := parseInParts(t, t.TempDir(), "$TTL 1\na A 192.0.2.1\n AAAA 2001:db8::1\n MX 10 a ; x\n NS ns.a.example.org.\n", 0)
	for i := range z.Len() {
		r := z.Record(i)
		if n := testing.AllocsPerRun(100, func() {
			r.Addr()
			r.Number(0)
			r.Field(0)
			r.NameID(0)
			r.IsRelative(0)
			r.IsBelowOwner(0)
			r.Span()
		}); n != 0 {
			t.Errorf("asking the %s record allocates %v times", r.Type(), n)
		}
	}
}

func TestWhatIsBelowItsOwner(t *testing.T) {
	for text, want := range map[string]bool{
		"ns.a.example.org.": true, "NS.A.example.ORG.": true, "a.example.org.": true, "xa.example.org.": false, "example.org.": false,
		"b.example.org.": false, "ns.a": true, "a": true, `n\115.a.example.org.`: true, `\a.example.org.`: true, ".": false, "a.example.net.": false,
	} {
		z := parseInParts(t, t.TempDir(), "$TTL 1\na NS "+text+"\n", 0)
		if got := z.Record(0).IsBelowOwner(0); got != want {
			t.Errorf("%s below a.example.org.: %v, want %v", text, got, want)
		}
	}
}

func TestWhatAGapMayHold(t *testing.T) {
	const head = "$TTL 1\n@ NS ns\n"
	tests := []struct {
		name, zone, owner string
		typ               Type
		want              bool
	}{
		{"the record that cannot be read", head + "mx A 192.0.2.300\n", "mx.example.org.", TypeA, true},
		{"another type of its owner", head + "mx A 192.0.2.300\n", "mx.example.org.", TypeAAAA, false},
		{"another owner", head + "mx A 192.0.2.300\n", "www.example.org.", TypeA, false},
		{"any type of an owner whose type cannot be read", head + "mx AA 192.0.2.3\n", "mx.example.org.", TypeAAAA, true},
		{"a name beside a wildcard that cannot be read", head + "* A 192.0.2.300\n", "mx.example.org.", TypeA, false},
		{"the wildcard itself", head + "* A 192.0.2.300\n", "*.example.org.", TypeA, true},
		{"any type", head + "mx A 192.0.2.300\n", "mx.example.org.", 0, true},
		{"any type below", head + "a.mx A 192.0.2.300\n", "mx.example.org.", 0, true},
		{"one type, where another name below cannot be read", head + "a.mx A 192.0.2.300\n", "mx.example.org.", TypeA, false},
		{"a type of which any may be missing", head + "a.mx CAA x\n", "a.mx.example.org.", 29, true},
		{"a common type, where another is missing", head + "a.mx CAA x\n", "a.mx.example.org.", TypeTXT, false},
		{"each of very many", head + strings.Repeat("b A x\n", 100) + "mx A x\n", "mx.example.org.", TypeA, true},
		{"none but those", head + strings.Repeat("b A x\n", 100) + "mx A x\n", "www.example.org.", TypeA, false},
		{"an address from elsewhere", head + "mx ALIAS x\n", "mx.example.org.", TypeAAAA, true},
		{"nothing else from elsewhere", head + "mx ALIAS x\n", "mx.example.org.", TypeMX, false},
		{"anything, where the owner cannot be read", head + "a..b A 192.0.2.3\n", "mx.example.org.", TypeA, true},
		{"anything, where an include is missing", head + "$INCLUDE x\n", "mx.example.org.", TypeA, true},
		{"nothing in a zone that is whole", head, "mx.example.org.", TypeA, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			z := zoneFrom(t, "zone", tt.zone)
			if got := z.MayHold(MustName(tt.owner), tt.typ); got != tt.want {
				t.Errorf("MayHold(%s, %s) = %v, want %v", tt.owner, tt.typ, got, tt.want)
			}
		})
	}
}

func TestWhatAWildcardMaySynthesise(t *testing.T) {
	const head = "$TTL 1\n@ NS ns\na.b TXT x\n"
	for _, tt := range []struct {
		name, zone, owner string
		want              bool
	}{
		{"a record of a wildcard that cannot be read", "* A 192.0.2.300\n", "mx.example.org.", true},
		{"further below", "* A 192.0.2.300\n", "x.y.example.org.", true},
		{"a wildcard that is an alias", "* ALIAS x\n", "mx.example.org.", true},
		{"another type", "* MX x\n", "mx.example.org.", false},
		{"a wildcard elsewhere", "*.b A 192.0.2.300\n", "mx.example.org.", false},
		{"one below another name", "*.b A 192.0.2.300\n", "mx.b.example.org.", true},
		{"no wildcard at all", "mx A 192.0.2.300\n", "x.mx.example.org.", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := zoneFrom(t, "zone", head+tt.zone)
			if got := z.MaySynthesise(MustName(tt.owner), TypeA); got != tt.want {
				t.Errorf("MaySynthesise(%s, A) = %v, want %v", tt.owner, got, tt.want)
			}
		})
	}
}

func TestWhereAddressesComeFrom(t *testing.T) {
	for _, tt := range []struct{ name, zone, want string }{
		{"the target of ALIAS or ANAME", "mx ALIAS a\nwww 60 IN aname b.example.net.\n", "mx: a.example.org. true; www: b.example.net. true; "},
		{"one target, twice", "mx ALIAS a\nmx ALIAS A.example.org.\n", "mx: a.example.org. true; "},
		{"none of two targets", "mx ALIAS a\nmx ALIAS b\nmx ALIAS a\n", ""},
		{"nothing that is no name", "mx ALIAS a b\nwww ALIAS \"a\"\nwww ALIAS a..b\nx ALIAS\n", ""},
		{"not only a target, where an address cannot be read", "mx ALIAS a\nmx A x\n", "mx: a.example.org. false; "},
		{"not only a target, where anything may be missing", "$INCLUDE none\nmx ALIAS a\n", "mx: a.example.org. false; "},
		{"a target where another name cannot be read", "mx ALIAS a\nwww A x\n", "mx: a.example.org. true; "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			z := zoneFrom(t, "zone", "$TTL 1\n@ NS ns\n"+tt.zone)
			got := ""
			for _, owner := range []string{"mx", "www", "x"} {
				if target, only, ok := z.AddressesOf(MustName(owner+".example.org."), TypeA); ok {
					got += fmt.Sprintf("%s: %s %v; ", owner, target, only)
				}
			}
			if got != tt.want {
				t.Errorf("addresses come from %q, want %q", got, tt.want)
			}
		})
	}
}
