package live

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestMadeUpAddressesAreNoFacts(t *testing.T) {
	for _, prefix := range []string{
		"64:ff9b::/96", "2600:64::/96", "2600:64::/32", "2600:64:100::/40", "2600:64:1::/48", "2600:64:1:200::/56", "2600:64:1:2::/64",
	} {
		w := newWorld(t, providers)
		p := netip.MustParsePrefix(prefix)
		w.synth = &p
		r := w.serve(t)
		if err := quick().Check(t.Context(), r); err != nil {
			t.Errorf("%s: %v", prefix, err)
			continue
		}
		expect(t, ask(t, quick(), "mx.provider.example. v4.provider.example. v6.provider.example. renamed.provider.example.", r),
			"ipv4=special-purpose ipv6", "ipv4", "ipv6", "alias=v4.provider.example. ipv4")
	}
}

func TestAddressesThatOnlyLookMadeUp(t *testing.T) {
	// A network's own prefix of 48 bits holds both what its translator makes and its hosts.
	w := newWorld(t, root+`
v4.example. 300 IN A 203.0.114.4
own.example. 300 IN A 203.0.114.4
own.example. 300 IN AAAA 2600:64:1::25
`)
	p := netip.MustParsePrefix("2600:64:1::/48")
	w.synth = &p
	r := w.serve(t)
	if err := quick().Check(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	expect(t, ask(t, quick(), "v4.example. own.example.", r), "ipv4", "ipv4 ipv6")
	// The well-known prefixes hold nothing of anybody's own, whether the resolver translates or not.
	w = newWorld(t, root+`
a.example. 300 IN A 203.0.114.4
a.example. 300 IN AAAA 64:ff9b::cb00:7205
b.example. 300 IN A 203.0.114.4
b.example. 300 IN AAAA 64:ff9b:1::1
c.example. 300 IN AAAA 64:ff9b:2::1
`)
	expect(t, ask(t, quick(), "a.example. b.example. c.example.", w.serve(t)), "ipv4", "ipv4", "ipv6=special-purpose")
}

func TestResolversThatAreNotBelieved(t *testing.T) {
	lies, hides, translates := newWorld(t, root), newWorld(t, root), newWorld(t, root)
	lies.lie, hides.hide = true, true
	p := netip.MustParsePrefix("2600:64::/96")
	translates.synth = &p
	own := serve(t, func(q *dns.Msg, _ bool) [][]byte { // denies names of special use by itself, as systemd-resolved does
		m := newWorld(t, root).answer(q)
		if strings.HasSuffix(q.Question[0].Name, ".arpa.") || strings.HasSuffix(q.Question[0].Name, ".invalid.") {
			m = answered(t, q, dns.RcodeNameError)
		}
		return [][]byte{pack(t, m)}
	})
	silent := NewResolver(serve(t, func(*dns.Msg, bool) [][]byte { return nil }).address)
	for _, c := range []struct {
		name     string
		resolver *Resolver
		want     error
		assumed  error // with AssumeHonest
	}{
		{"an honest one", newWorld(t, root).serve(t), nil, nil},
		{"one that answers for all names", lies.serve(t), ErrLies, nil},
		{"one that hides AAAA", hides.serve(t), ErrHidesAAAA, nil},
		{"one that translates", translates.serve(t), nil, nil},
		{"one that denies names of special use", NewResolver(own.address), nil, nil},
		{"one that says nothing", silent, errSilence, nil},
		{"one without a root", newWorld(t, "example. 300 IN SOA . . 1 2 3 4 5").serve(t), nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := quick()
			err := client.Check(t.Context(), c.resolver)
			switch {
			case c.name == "one without a root":
				if err == nil {
					t.Error("it is believed")
				}
			case !errors.Is(err, c.want):
				t.Errorf("got %v, want %v", err, c.want)
			}
			if err != nil && !strings.Contains(err.Error(), c.resolver.String()) {
				t.Errorf("which resolver is it? %v", err)
			}
			client.AssumeHonest = true
			if err := client.Check(t.Context(), c.resolver); !errors.Is(err, c.assumed) {
				t.Errorf("assumed to be honest, got %v, want %v", err, c.assumed)
			}
		})
	}
	if len(translates.serve(t).prefixes) != 0 {
		t.Error("a resolver knows its prefixes before it was asked")
	}
}
