package spf

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"blitiri.com.ar/go/spf"
	"github.com/miekg/dns"

	"mx46/lint/delivery"
	mxdns "mx46/lint/dns"
	"mx46/testdata/daemon"
	"mx46/testdata/e2e"
	"mx46/zonefiles"
)

// plain is a resolver that gives the library every policy whole, in one family. The names that exists asks for begin
// with "x", and no others do.
type plain struct {
	client netip.Addr
	ask    func(name string, t zonefiles.Type) (records []string, err error)
}

func (p *plain) LookupTXT(_ context.Context, name string) ([]string, error) {
	return p.ask(name, zonefiles.TypeTXT)
}

func (p *plain) LookupMX(_ context.Context, name string) (list []*net.MX, err error) {
	hosts, err := p.ask(name, zonefiles.TypeMX)
	for _, host := range hosts {
		list = append(list, &net.MX{Host: host})
	}
	return list, err
}

func (p *plain) LookupIPAddr(_ context.Context, name string) (list []net.IPAddr, err error) {
	t := zonefiles.TypeAAAA
	if p.client.Is4() || strings.HasPrefix(name, "x") {
		t = zonefiles.TypeA
	}
	addresses, err := p.ask(name, t)
	for _, a := range addresses {
		list = append(list, net.IPAddr{IP: net.ParseIP(a)})
	}
	return list, err
}

func (p *plain) LookupAddr(_ context.Context, addr string) ([]string, error) {
	return p.ask(mxdns.ReverseName(netip.MustParseAddr(addr)).String(), zonefiles.TypePTR)
}

// world is zones whose policies are drawn at random, and clients.
type world struct {
	zones   map[string]string // by origin
	domains []string
	clients []netip.Addr
}

func drawWorld(r *rand.Rand) world {
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	host := func() string { return fmt.Sprintf("h%d.%s", r.IntN(6), pick("a.test", "b.test")) }
	policy := func() string { return fmt.Sprintf("p%d.%s", r.IntN(6), pick("a.test", "b.test")) }
	term := func() string {
		quality := pick("", "", "", "+", "?", "~", "-")
		switch r.IntN(14) {
		case 0:
			return quality + "a"
		case 1:
			return quality + "a:" + host()
		case 2:
			return quality + "mx"
		case 3:
			return quality + "mx:" + policy()
		case 4:
			return quality + "ip4:192.0.2." + fmt.Sprint(r.IntN(8)) + pick("", "/31", "/30", "/0")
		case 5:
			return quality + "ip6:2001:db8::" + fmt.Sprint(r.IntN(8)) + pick("", "/127", "/120")
		case 6, 7, 8:
			return quality + "include:" + policy()
		case 9:
			return quality + pick("exists:x%{i}.", "exists:x%{ir}.", "exists:x%{o}.", "exists:x%{d1}.") + pick("a.test", "yes.b.test")
		case 10:
			return quality + pick("ptr", "ptr:a.test")
		case 11:
			return quality + pick("a/30//127", "mx/31", "a:h1.a.test//126")
		case 12:
			return pick("redirect="+policy(), "exp=e.a.test", "future=1")
		}
		return quality + "all"
	}
	w := world{zones: map[string]string{}}
	for _, zone := range []string{"a.test.", "b.test."} {
		text := "*.yes A 127.0.0.2\n"
		for i := range 6 {
			if r.IntN(3) > 0 {
				text += fmt.Sprintf("h%d A 192.0.2.%d\n", i, r.IntN(8))
			}
			if r.IntN(3) > 0 {
				text += fmt.Sprintf("h%d AAAA 2001:db8::%d\n", i, r.IntN(8))
			}
			redirects := 0
			text += fmt.Sprintf("p%d TXT \"v=spf1", i)
			for range r.IntN(6) {
				if t := term(); !strings.HasPrefix(t, "redirect=") && !strings.HasPrefix(t, "exp=") || redirects == 0 {
					text += pick(" ", " ", "  ", "\" \" ") + t
					if strings.Contains(t, "=") {
						redirects++
					}
				}
			}
			text += "\"\n"
			for range r.IntN(4) {
				text += fmt.Sprintf("p%d MX 10 h%d\n", i, r.IntN(8))
			}
			if r.IntN(2) == 0 {
				text += fmt.Sprintf("p%d A 192.0.2.%d\n", i, r.IntN(8))
			}
			if r.IntN(8) == 0 {
				text += fmt.Sprintf("p%d TXT \"v=spf1 +all\"\n", i)
			}
			w.domains = append(w.domains, fmt.Sprintf("p%d.%s", i, zone))
		}
		w.zones[zone] = text
	}
	reverse := ""
	for i := range 8 {
		w.clients = append(w.clients, netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), netip.AddrFrom16([16]byte{0x20, 1, 0x0d, 0xb8, 15: byte(i)}))
		if r.IntN(2) == 0 {
			reverse += fmt.Sprintf("%d PTR h%d.a.test.\n", i, i)
		}
	}
	w.zones["2.0.192.in-addr.arpa."] = reverse
	w.zones["8.b.d.0.1.0.0.2.ip6.arpa."] = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 PTR h1.b.test.\n"
	return w
}

// compare evaluates every policy for every client, as this package does and by the library alone, which is given whole
// policies by ask. It returns how many it compared.
func (w *world) compare(t *testing.T, ask func(string, zonefiles.Type) ([]string, error)) (compared, passed int) {
	t.Helper()
	var texts []string
	for origin, text := range w.zones {
		texts = append(texts, origin, text)
	}
	graph := graphOf(t, texts...)
	c := NewChecker()
	for _, zone := range graph.Zones() {
		c.Enter(graph, zone)
		for _, text := range w.domains {
			domain := zonefiles.MustName(text)
			node, ok := zone.Names.Find(domain)
			if !domain.IsAtOrBelow(zone.Origin) || !ok {
				continue
			}
			found := c.At(zone, node)
			if found.Count != 1 {
				continue
			}
			for _, client := range w.clients {
				got := c.Check(domain, found.Policy, client)
				run := func(options ...spf.Option) (spf.Result, error) {
					options = append(options, spf.WithResolver(&plain{client, ask}))
					name := strings.TrimSuffix(text, ".")
					return spf.CheckHostWithSender(client.AsSlice(), name, "postmaster@"+name, options...)
				}
				result, err := run(spf.OverrideVoidLookupLimit(1000))
				limited, _ := run()
				why := NoReason
				switch {
				case result != spf.PermError:
				case errors.Is(err, spf.ErrLookupLimitReached):
					why = TooManyLookups
				case errors.Is(err, spf.ErrNoResult):
					why = NoPolicy
				default:
					why = Broken
				}
				pass := got.Pass == delivery.Yes
				if got.Pass == delivery.Maybe || pass != (result == spf.Pass) || got.Why != why ||
					(pass && got.Voids <= MaxVoids) != (limited == spf.Pass) {
					t.Fatalf("%s for %s: %+v, and by the library alone %s (%v), with its limit on void look-ups %s; zones:\n%v\n",
						text, client, got, result, err, limited, w.zones)
				}
				compared++
				if pass {
					passed++
				}
			}
		}
	}
	return compared, passed
}

// What the library is not shown changes nothing.
func TestPoliciesThatAreShortenedMeanTheSame(t *testing.T) {
	compared, passed := 0, 0
	worlds := 60
	if e2e.All() {
		worlds = 1000
	}
	for seed := range worlds {
		w := drawWorld(rand.New(rand.NewPCG(1, uint64(seed))))
		var texts []string
		for origin, text := range w.zones {
			texts = append(texts, origin, text)
		}
		graph := graphOf(t, texts...)
		n, p := w.compare(t, func(name string, rr zonefiles.Type) (data []string, err error) {
			parsed, err := zonefiles.ParseName([]byte(name), zonefiles.Root)
			if err != nil {
				return nil, err
			}
			a, _, _, _ := graph.Follow(nil, parsed, rr)
			if !a.IsKnown() {
				return nil, fmt.Errorf("%s is not known", name)
			}
			for i := range a.Records.Len() {
				switch r := a.Records.At(i); rr {
				case zonefiles.TypeTXT:
					data = append(data, string(joined(r)))
				case zonefiles.TypeMX:
					data = append(data, r.Text(1)+"."+a.Zone.Origin.String())
				case zonefiles.TypePTR:
					data = append(data, r.Text(0))
				default:
					data = append(data, r.Addr().String())
				}
			}
			if len(data) == 0 {
				return nil, &net.DNSError{IsNotFound: true}
			}
			return data, nil
		})
		compared, passed = compared+n, passed+p
	}
	t.Logf("%d evaluations agree, of which %d pass", compared, passed)
	if passed < compared/20 {
		t.Errorf("of %d evaluations only %d pass", compared, passed)
	}
}

func joined(r zonefiles.Record) (text []byte) {
	for _, s := range r.Strings() {
		text = append(text, s...)
	}
	return text
}

// What the graph says is what a name server that has the same zones says.
func TestPoliciesServedByKnotMeanTheSame(t *testing.T) {
	e2e.Slow(t)
	e2e.Require(t, "knotd")
	compared, passed := 0, 0
	for seed := range 40 {
		w := drawWorld(rand.New(rand.NewPCG(2, uint64(seed))))
		dir := t.TempDir()
		port := daemon.FreePort(t)
		conf := fmt.Sprintf("server:\n  listen: 127.0.0.1@%d\n  rundir: %q\ndatabase:\n  storage: %q\nlog:\n  - target: stderr\n"+
			"    any: info\ntemplate:\n  - id: default\n    semantic-checks: off\n    journal-content: none\n    zonefile-sync: -1\n"+
			"    zonefile-load: whole\nzone:\n", port, dir, dir)
		for origin, text := range w.zones {
			file := filepath.Join(dir, origin+"zone")
			text = "$ORIGIN " + origin + "\n$TTL 1h\n@ SOA ns h 1 2 3 4 5\n@ NS ns.elsewhere.test.\n" + text
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			conf += fmt.Sprintf("  - domain: %q\n    file: %q\n", origin, file)
		}
		if err := os.WriteFile(filepath.Join(dir, "conf"), []byte(conf), 0o600); err != nil {
			t.Fatal(err)
		}
		knot := daemon.Start(t, filepath.Join(dir, "log"), "server started", "knotd", "-c", filepath.Join(dir, "conf"))
		n, p := w.compare(t, served(fmt.Sprintf("127.0.0.1:%d", port)))
		knot.Stop()
		compared, passed = compared+n, passed+p
	}
	t.Logf("%d evaluations agree, of which %d pass", compared, passed)
}

// served asks a name server.
func served(address string) func(string, zonefiles.Type) ([]string, error) {
	client := dns.Client{Timeout: 5 * time.Second, UDPSize: 4096}
	known := map[string]*dns.Msg{}
	return func(name string, rr zonefiles.Type) (data []string, err error) {
		m := new(dns.Msg).SetQuestion(dns.Fqdn(name), uint16(rr))
		m.SetEdns0(4096, false)
		reply := known[m.Question[0].String()]
		if reply == nil {
			if reply, _, err = client.Exchange(m, address); err != nil {
				return nil, err
			}
			known[m.Question[0].String()] = reply
		}
		if reply.Rcode != dns.RcodeSuccess && reply.Rcode != dns.RcodeNameError {
			return nil, fmt.Errorf("%s: %s", name, dns.RcodeToString[reply.Rcode])
		}
		for _, record := range reply.Answer {
			switch r := record.(type) {
			case *dns.TXT:
				data = append(data, strings.Join(r.Txt, ""))
			case *dns.MX:
				data = append(data, r.Mx)
			case *dns.PTR:
				data = append(data, r.Ptr)
			case *dns.A:
				data = append(data, r.A.String())
			case *dns.AAAA:
				data = append(data, r.AAAA.String())
			}
		}
		if len(data) == 0 {
			return nil, &net.DNSError{IsNotFound: true}
		}
		return data, nil
	}
}
