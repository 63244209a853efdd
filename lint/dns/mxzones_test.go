package dns

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mx46/zonefiles"
)

// TestMXHostsOfAnyOctetsAreKnownOnceAllZonesHaveEntered lets zones enter and leave whose MX records lead to one
// another, and compares with all of them read at once.
func TestMXHostsOfAnyOctetsAreKnownOnceAllZonesHaveEntered(t *testing.T) {
	label := rapid.Custom(func(t *rapid.T) string {
		octet := rapid.OneOf(rapid.SampledFrom([]byte("a*.\\@\"; ()$\x00\x7f\xff")), rapid.Byte())
		var b strings.Builder
		for _, c := range rapid.SliceOfN(octet, 1, 3).Draw(t, "octets") {
			fmt.Fprintf(&b, "\\%03d", c)
		}
		return b.String()
	})
	found := 0
	rapid.Check(t, func(rt *rapid.T) {
		labels := rapid.SliceOfN(label, 1, 3).Draw(rt, "labels")
		pick := rapid.SampledFrom(append(labels, "mx", "alias", "cut"))
		var texts []string
		origins := make([]zonefiles.Name, rapid.IntRange(2, 4).Draw(rt, "zones"))
		for i := range origins {
			parent := rapid.SampledFrom([]string{"", labels[0] + "."}).Draw(rt, "parent")
			origins[i] = zonefiles.MustName(fmt.Sprintf("z%d.%sexample.", i, parent))
		}
		for _, origin := range origins {
			var b strings.Builder
			b.WriteString("@ 60 SOA ns h 1 2 3 4 5\n")
			for range rapid.IntRange(0, 5).Draw(rt, "records") {
				form := rapid.SampledFrom([]string{"%s 60 MX 10 %s", "%s 60 CNAME %s", "%s 60 NS %s"}).Draw(rt, "type")
				target := pick.Draw(rt, "target") + "." + rapid.SampledFrom(origins).Draw(rt, "zone").String()
				fmt.Fprintf(&b, form+"\n", pick.Draw(rt, "owner"), target)
			}
			if rapid.IntRange(0, 4).Draw(rt, "template") == 0 {
				b.WriteString("x 60 A {{ address }}\n")
			}
			texts = append(texts, origin.String(), b.String())
		}
		zones := parseZones(t, texts...)
		whole := NewGraph(zones)
		open := Open(origins, func(i int) *zonefiles.Zone { return zones[i] })
		for _, z := range zones {
			open.Leave(open.Enter(z), func() {})
		}
		open.Close()
		for i, origin := range origins {
			all, let := whole.Zones()[i], open.Ask(origin)
			want, wantOK := whole.MXHost(all)
			got, ok := open.MXHost(let)
			if ok {
				found++
			}
			if ok != wantOK || ok && got.Span() != want.Span() {
				rt.Errorf("%s is the zone of %v, %t; want %v, %t; in\n%q", origin, got, ok, want, wantOK, texts)
			}
			for cut := range all.Owners(zonefiles.TypeNS) {
				want, wantOK := all.MXBelow(cut)
				got, ok := let.MXBelow(cut)
				if ok != wantOK || ok && got.Span() != want.Span() {
					rt.Errorf("below %s is %v, %t; want %v, %t; in\n%q", all.Names.Name(cut), got, ok, want, wantOK, texts)
				}
			}
		}
	})
	if found == 0 {
		t.Error("no zone holds an MX host of another one")
	}
}
