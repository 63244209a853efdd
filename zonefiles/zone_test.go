package zonefiles

import "testing"

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
		{"a name below a wildcard that cannot be read", head + "* A 192.0.2.300\n", "mx.example.org.", TypeA, true},
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
