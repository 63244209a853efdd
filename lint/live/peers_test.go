package live

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"mx46/lint/lock"
	"mx46/testdata/e2e"
	"mx46/testdata/resolver"
	"mx46/zonefiles"
)

// This file asks real resolvers: unbound and BIND, in front of NSD.

var provider = resolver.Zone{Origin: "provider.example.", Text: `
mx	A 203.0.114.1
mx	AAAA 2600:9::1
v4	A 203.0.114.4
v6	AAAA 2600:9::6
lan	A 10.0.0.1
lan	AAAA 2600:9::7
renamed	CNAME v4
away	CNAME mx.slow.example.
gone	CNAME nobody
empty	TXT "nothing"
below.it	A 203.0.114.9
*.wild	A 203.0.114.10
many	A 203.0.114.11
`}

var slow = resolver.Zone{Origin: "slow.example.", Text: `
@	NS ns
ns	A 203.0.114.53
mx	A 203.0.114.5
mx	AAAA 2600:9::5
`}

// providerHosts are what the lock is to say of the hosts of the zones above, by each resolver that tells the truth.
var providerHosts = [][2]string{
	{"mx.provider.example.", "ipv4 ipv6"},
	{"v4.provider.example.", "ipv4"},
	{"v6.provider.example.", "ipv6"},
	{"lan.provider.example.", "ipv4=private ipv6"},
	{"renamed.provider.example.", "alias=v4.provider.example. ipv4"},
	{"away.provider.example.", "alias=mx.slow.example. ipv4 ipv6 dns=ipv4"},
	{"gone.provider.example.", "alias=nobody.provider.example. nxdomain"},
	{"empty.provider.example.", "nodata"},
	{"it.provider.example.", "nodata"},
	{"nobody.provider.example.", "nxdomain"},
	{"mx.wild.provider.example.", "ipv4"},
	{"many.provider.example.", "ipv4"},
	{"mx.slow.example.", "ipv4 ipv6 dns=ipv4"},
	{"mx.nowhere.", "nxdomain"},
}

func peerWorld(t *testing.T) (address func(lines string, files ...resolver.Zone) *Resolver, bind func(options string) *Resolver, stop func()) {
	t.Helper()
	e2e.Slow(t)
	many := provider
	for i := range 90 { // more than fits into a packet, and less than BIND refuses
		many.Text += fmt.Sprintf("many\tA 203.0.115.%d\n", i)
	}
	world, stop := resolver.World(t, resolver.Root, many, slow)
	return func(lines string, files ...resolver.Zone) *Resolver {
			return NewResolver(resolver.Unbound(t, world, lines, files...))
		}, func(options string) *Resolver {
			return NewResolver(resolver.BIND(t, world, options))
		}, stop
}

func TestRealResolversGiveTheSameFacts(t *testing.T) {
	unbound, bind, _ := peerWorld(t)
	dns64 := func(prefix string) string {
		return "\tmodule-config: \"dns64 iterator\"\n\tdns64-prefix: " + prefix + "\n"
	}
	for name, r := range map[string]*Resolver{
		"unbound":                        unbound(""),
		"unbound, 0x20":                  unbound("\tuse-caps-for-id: yes\n"),
		"unbound, minimal responses":     unbound("\tminimal-responses: yes\n\tqname-minimisation: yes\n"),
		"unbound, well-known DNS64":      unbound(dns64("64:ff9b::/96")),
		"unbound, DNS64 of 96 bits":      unbound(dns64("2600:64::/96")),
		"BIND":                           bind(""),
		"BIND, well-known DNS64":         bind("dns64 64:ff9b::/96 { clients { any; }; };"),
		"BIND, DNS64 of 32 bits":         bind("dns64 2600:64::/32 { clients { any; }; };"),
		"BIND, DNS64 of 48 bits":         bind("dns64 2600:64:1::/48 { clients { any; }; };"),
		"BIND, DNS64 of 64 bits":         bind("dns64 2600:64:1:2::/64 { clients { any; }; };"),
		"BIND, DNS64 that breaks DNSSEC": bind("dns64 2600:64::/96 { clients { any; }; break-dnssec yes; };"),
	} {
		t.Run(name, func(t *testing.T) {
			c := &Client{}
			if err := c.Check(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			if (len(r.prefixes) > 0) != strings.Contains(name, "DNS64") {
				t.Errorf("prefixes %v", r.prefixes)
			}
			var s Survey
			for _, h := range providerHosts {
				s.Mail = append(s.Mail, zonefiles.MustName(h[0]))
			}
			results, err := c.Ask(t.Context(), s, r)
			if err != nil {
				t.Fatal(err)
			}
			for i, h := range providerHosts {
				if got := results[i].Host.Facts(); results[i].Err != nil || got != h[1] {
					t.Errorf("%s: got %s, %v; want %s", h[0], got, results[i].Err, h[1])
				}
			}
		})
	}
}

func TestRealResolversThatAreNotBelieved(t *testing.T) {
	unbound, _, _ := peerWorld(t)
	rpz := func(text string) *Resolver {
		return unbound("\tmodule-config: \"respip iterator\"\nrpz:\n\tname: rpz.\n\tzonefile: DIR/rpz\n",
			resolver.Zone{Origin: "rpz", Text: "$TTL 300\n@ SOA ns x 1 2 3 4 300\n@ NS ns\n" + text})
	}
	c := &Client{}
	if err := c.Check(t.Context(), rpz("*.invalid A 203.0.114.66\n")); !errors.Is(err, ErrLies) {
		t.Errorf("an RPZ that answers for all names: %v", err)
	}
	if err := c.Check(t.Context(), unbound("\tprivate-address: ::/0\n")); !errors.Is(err, ErrHidesAAAA) {
		t.Errorf("a resolver that hides AAAA: %v", err)
	}
	honest, other := unbound(""), rpz("mx.provider.example A 10.0.0.9\nmx.provider.example AAAA 2600:9::66\nv4.provider.example CNAME .\n")
	for _, r := range []*Resolver{honest, other} {
		if err := c.Check(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	s := Survey{Mail: []zonefiles.Name{zonefiles.MustName("mx.provider.example."), zonefiles.MustName("v4.provider.example.")}}
	results, err := c.Ask(t.Context(), s, honest, other)
	if err != nil {
		t.Fatal(err)
	}
	// That v4 does not exist comes without an SOA record, and is no fact that another could contradict.
	if !errors.Is(results[0].Err, ErrDisagree) || results[1].Err != nil || results[1].Host.State != lock.Addresses {
		t.Errorf("%+v", results)
	}
}

// TestVeryManyHosts asks about 100,000 MX hosts.
func TestVeryManyHosts(t *testing.T) {
	e2e.Slow(t)
	const n = 100_000
	var text strings.Builder
	s := Survey{Mail: make([]zonefiles.Name, n)}
	for i := range n {
		fmt.Fprintf(&text, "mx%d A 203.0.114.%d\n", i, i%250+1)
		if i%2 == 0 {
			fmt.Fprintf(&text, "mx%d AAAA 2600:9::%x:%x\n", i, i>>8+1, i&0xff)
		}
		s.Mail[i] = zonefiles.MustName(fmt.Sprintf("mx%d.provider.example.", i))
	}
	world, _ := resolver.World(t, resolver.Root, resolver.Zone{Origin: "provider.example.", Text: text.String()})
	r := NewResolver(resolver.Unbound(t, world, ""))
	c := &Client{}
	if err := c.Check(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	results, err := c.Ask(t.Context(), s, r)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start)
	failed := 0
	for i, got := range results {
		want := [...]string{"ipv4 ipv6", "ipv4"}[i%2]
		if got.Err != nil || got.Host.Facts() != want {
			if failed++; failed < 10 {
				t.Errorf("%s: %s, %v; want %s", got.Host.Name, got.Host.Facts(), got.Err, want)
			}
		}
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	questions := c.Progress.Questions.Load()
	t.Logf("%d hosts, %d questions in %v: %.0f questions a second; %d MB from the system; %d failed",
		n, questions, took.Round(time.Millisecond), float64(questions)/took.Seconds(), memory.Sys>>20, failed)
}

func TestARealResolverWithoutAWorld(t *testing.T) {
	unbound, _, stop := peerWorld(t)
	r := unbound("")
	stop()
	c := &Client{Waits: []time.Duration{time.Second, time.Second}}
	if err := c.Check(t.Context(), r); err == nil || errors.Is(err, ErrLies) || errors.Is(err, ErrHidesAAAA) {
		t.Errorf("a resolver that reaches nothing: %v", err)
	}
}
