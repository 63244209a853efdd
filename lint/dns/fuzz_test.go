package dns

import (
	"slices"
	"testing"

	"mx46/zonefiles"
)

// FuzzLookup asks zones that chance has made, and holds the answers to what is always true of them.
func FuzzLookup(f *testing.F) {
	f.Add([]byte(answering), "a.b.wild", uint16(1))
	for seed := range uint64(8) {
		f.Add(randomZone(seed), "a.b.c.d", uint16(15))
	}
	f.Fuzz(func(t *testing.T, text []byte, asked string, typ uint16) {
		loader := &zonefiles.Loader{Files: &zonefiles.FileSet{}, Limits: zonefiles.DefaultLimits}
		origin := zonefiles.MustName("example.org.")
		file, err := loader.Files.Add("fuzz", text)
		if err != nil {
			t.Fatal(err)
		}
		graph := NewGraph([]*zonefiles.Zone{loader.Parse(file, &origin)})
		zone := graph.Zones()[0]
		names := []zonefiles.Name{origin}
		if name, err := zonefiles.ParseName([]byte(asked), origin); err == nil {
			names = append(names, name)
		}
		for i := range min(zone.Len(), 50) {
			names = append(names, zone.Record(i).OwnerName())
		}
		for _, name := range names {
			a := graph.Lookup(nil, name, zonefiles.Type(typ))
			same := graph.Lookup(zone, name, zonefiles.Type(typ))
			if a.Status != same.Status || a.Node != same.Node || !slices.Equal(a.Records.canonical(), same.Records.canonical()) {
				t.Fatalf("%s: %+v from nowhere, %+v from the zone", name, a, same)
			}
			// The DS of the apex lies in the zone above, which is not loaded.
			inside := name.IsAtOrBelow(origin) && (name != origin || zonefiles.Type(typ) != zonefiles.TypeDS)
			if inside == (a.Status == OutOfZone) {
				t.Fatalf("%s: status %d", name, a.Status)
			}
			if a.Status == OutOfZone {
				continue
			}
			node := zone.Names.Name(a.Node)
			holds := map[Status]bool{Data: true, Alias: true, Redirect: true, Referral: true}[a.Status]
			switch {
			case holds != (a.Records.Len() > 0):
				t.Fatalf("%s: status %d with %d records", name, a.Status, a.Records.Len())
			case !node.IsAtOrBelow(origin):
				t.Fatalf("%s is answered from %s", name, node)
			case a.Wildcard && !node.IsWildcard():
				t.Fatalf("%s is synthesised from %s", name, node)
			case !a.Wildcard && (a.Status == Data || a.Status == Alias || a.Status == NoData) && node != name:
				t.Fatalf("%s is answered from %s", name, node)
			case (a.Status == Redirect || a.Status == Referral || a.Status == NXDomain) && !a.Wildcard && !name.IsAtOrBelow(node):
				t.Fatalf("%s is answered from %s", name, node)
			}
			for i := range a.Records.Len() {
				if a.Records.At(i).OwnerName() != node {
					t.Fatalf("%s: a record of %s is answered from %s", name, a.Records.At(i).OwnerName(), node)
				}
			}
		}
	})
}
