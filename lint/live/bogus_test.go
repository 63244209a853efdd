package live

import (
	"slices"
	"sync/atomic"
	"testing"

	"github.com/miekg/dns"

	"mx46/lint/observed"
	"mx46/zonefiles"
)

// validating is a resolver that finds all of example.org bogus.
func validating(t *testing.T, w *world) *Resolver {
	return NewResolver(serve(t, func(q *dns.Msg, _ bool) [][]byte {
		m := w.answer(q)
		if !q.CheckingDisabled && dns.IsSubDomain("example.org.", q.Question[0].Name) {
			m = new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
			m.SetEdns0(1232, false)
			m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeSignatureExpired, ExtraText: "too\x1b[31m late"}}
		}
		return [][]byte{pack(t, m)}
	}).address)
}

// recovering is a resolver that cannot answer for a while.
func recovering(t *testing.T, w *world) *Resolver {
	var failures atomic.Int64
	return NewResolver(serve(t, func(q *dns.Msg, _ bool) [][]byte {
		m := w.answer(q)
		if !q.CheckingDisabled && q.Question[0].Qtype == dns.TypeMX && failures.Add(1) <= int64(len(quick().Waits)) {
			m = new(dns.Msg).SetRcode(q, dns.RcodeServerFailure)
		}
		return [][]byte{pack(t, m)}
	}).address)
}

func TestBogusZonesNeedASecondWitness(t *testing.T) {
	w := newWorld(t, authority)
	s := serve(t, func(q *dns.Msg, _ bool) [][]byte { return [][]byte{pack(t, w.authoritative(q))} })
	one, two, honest := validating(t, w), validating(t, w), w.serve(t)
	for _, c := range []struct {
		name      string
		servers   bool
		resolvers []*Resolver
		want      int
	}{
		{"one resolver", false, []*Resolver{one}, 0},
		{"two resolvers", false, []*Resolver{one, two}, 1},
		{"one of two resolvers", false, []*Resolver{one, honest}, 0},
		{"a resolver and a server", true, []*Resolver{one}, 1},
		{"a resolver that recovers, and a server", true, []*Resolver{recovering(t, w)}, 0},
	} {
		seen, text := observe(t, asking(s.address), Observe{Servers: c.servers}, "example.org.", c.resolvers...)
		zone := seen.Seen[zonefiles.MustName("example.org.")]
		if zone == nil {
			zone = &observed.Zone{}
		}
		if len(zone.Bogus) != c.want {
			t.Errorf("%s: %+v\n%s", c.name, zone.Bogus, text)
		}
		for _, b := range zone.Bogus {
			if b.Reason != `Signature Expired: "too\x1b[31m late"` || b.Type != zonefiles.TypeMX {
				t.Errorf("%+v", b)
			}
		}
		hasZone := slices.ContainsFunc(seen.Zones, func(z *zonefiles.Zone) bool { return z.Origin == zonefiles.MustName("example.org.") })
		if c.want > 0 && !hasZone {
			t.Errorf("%s: no zone to report it of", c.name)
		}
	}
}
