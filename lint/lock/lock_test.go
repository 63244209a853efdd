package lock_test

import (
	"testing"
	"time"

	"mx46/lint/delivery"
	"mx46/lint/lock"
	"mx46/zonefiles"
)

const header = `# mx46 hosts v1. Written by "mx46 resolve": commit it, do not edit. Facts of your own belong under "hosts" in .mx46.yaml.` + "\n"

// written is every kind of line, as the program writes it.
const written = header + `# seen 2026-11-26
alias.ends.example.           alias=mx.gone.example. nxdomain
aspmx.l.google.com.           ipv4 ipv6
a.example.                    ipv4=global,private
b.example.                    ipv6=special-purpose-reachable
c.example.                    ipv4=documentation ipv6=scoped,translated
empty.provider.example.       nodata
lan.provider.example.         ipv4=private ipv6
old.provider.example.         nxdomain
renamed.provider.example.     alias=mx.provider.example. ipv4
sink.provider.example.        unknown
mx.slow.example.              ipv4 ipv6 dns=ipv4
`

func parse(t testing.TB, text string) (*lock.Lock, []zonefiles.Problem, *zonefiles.FileSet) {
	t.Helper()
	files := &zonefiles.FileSet{}
	file, err := files.Add(lock.FileName, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	l, problems := lock.Parse(file)
	return l, problems, files
}

func name(text string) zonefiles.Name { return zonefiles.MustName(text) }

func kinds(all ...delivery.Kind) (s delivery.KindSet) {
	for _, k := range all {
		s |= 1 << k
	}
	return s
}

func TestFamiliesDependOnTheScope(t *testing.T) {
	l, _, _ := parse(t, written)
	for _, c := range []struct {
		host                        string
		public, internal, published delivery.Families
	}{
		{"aspmx.l.google.com.", delivery.Dual, delivery.Dual, delivery.Dual},
		{"lan.provider.example.", delivery.IPv6, delivery.Dual, delivery.Dual},
		{"a.example.", delivery.IPv4, delivery.IPv4, delivery.IPv4},
		{"b.example.", delivery.IPv6, delivery.IPv6, delivery.IPv6},
		{"c.example.", delivery.IPv4, delivery.IPv4, delivery.Dual},
		{"old.provider.example.", delivery.None, delivery.None, delivery.None},
		{"sink.provider.example.", delivery.None, delivery.None, delivery.None},
	} {
		h := l.Host(name(c.host))
		if h.Families(delivery.Public) != c.public || h.Families(delivery.Internal) != c.internal || h.Published() != c.published {
			t.Errorf("%s: public %v, internal %v, published %v", c.host, h.Families(delivery.Public), h.Families(delivery.Internal), h.Published())
		}
	}
}

func TestTheLockKnowsNothingWithoutAFile(t *testing.T) {
	var none *lock.Lock
	if none.Host(name("mx.example.")) != nil {
		t.Error("a nil lock knows a host")
	}
	if changes := lock.Diff(none, lock.New(time.Time{}, []lock.Host{{Name: name("mx.example.")}})); len(changes) != 1 || changes[0].Before != nil {
		t.Errorf("from no lock to one of a host: %v", changes)
	}
}
