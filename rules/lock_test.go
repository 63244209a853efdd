package rules_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mx46/lint"
	"mx46/lint/delivery"
	"mx46/lint/dns"
	"mx46/lint/lock"
	"mx46/lint/mail"
	"mx46/lint/trace"
	"mx46/rules"
	"mx46/zonefiles"
)

// TestTheLockSaysWhatZonesWould holds lint with a lock against lint with zones made of what the lock says, over random
// worlds.
func TestTheLockSaysWhatZonesWould(t *testing.T) {
	reported := map[string]int{}
	oneGrade := cmp.Comparer(func(a, b lint.Severity) bool { return max(a, b)-min(a, b) <= 1 })
	compare := func(t *rapid.T) {
		w := drawWorld(t)
		settings := &lint.Settings{
			Stack: rapid.SampledFrom([]delivery.Families{delivery.Dual, delivery.IPv4, delivery.IPv6}).Draw(t, "stack"),
			Scope: rapid.SampledFrom([]delivery.Scope{delivery.Public, delivery.Internal}).Draw(t, "scope"),
		}
		locked := lintWorld(t, settings, w.own, "", string(w.lock.AppendText(nil)))
		loaded := lintWorld(t, settings, w.own, w.provider(), "")
		if diff := cmp.Diff(loaded, locked, oneGrade); diff != "" {
			t.Fatalf("findings differ (-zones +lock):\n%s\n%s\n%s\n%s", diff, w.own, w.lock.AppendText(nil), w.provider())
		}
		if diff := cmp.Diff(traceWorld(t, settings, w.own, w.provider(), ""), traceWorld(t, settings, w.own, "", string(w.lock.AppendText(nil)))); diff != "" {
			t.Fatalf("mail goes elsewhere (-zones +lock):\n%s\n%s\n%s\n%s", diff, w.own, w.lock.AppendText(nil), w.provider())
		}
		for f, severity := range locked {
			reported[strings.Fields(f)[0]]++
			if severity > loaded[f] {
				t.Errorf("%s: %s with a lock, %s with zones", f, severity, loaded[f])
			}
		}
	}
	unseen := []string{
		"mx-primary-single-stack", "mx-secondary-stranded", "mx-target-no-address", "mx-target-cname", "mx-no-ipv6", "addr-private",
		"ns-no-ipv6", "ns-target-cname",
	}
	for range 6 { // one time in fifteen, a hundred worlds have no finding of the rarest of these rules
		rapid.Check(t, compare)
		unseen = slices.DeleteFunc(unseen, func(rule string) bool { return reported[rule] > 0 })
		if len(unseen) == 0 || testing.Short() || t.Failed() {
			return
		}
	}
	t.Errorf("no world has a finding of %q", unseen)
}

// lockedWorld is a zone whose hosts are elsewhere, and what is known of them.
type lockedWorld struct {
	own  string
	lock *lock.Lock
}

func drawWorld(t *rapid.T) lockedWorld {
	name := func(i int) zonefiles.Name { return zonefiles.MustName(fmt.Sprintf("h%d.provider.example.", i)) }
	n := rapid.IntRange(1, 6).Draw(t, "hosts")
	hosts := make([]lock.Host, n)
	for i := range hosts {
		h := &hosts[i]
		h.Name = name(i)
		if i > 0 && rapid.IntRange(0, 4).Draw(t, "is alias") == 0 {
			to := hosts[rapid.IntRange(0, i-1).Draw(t, "alias")]
			if to.Alias.IsRoot() {
				*h = to
				h.Name, h.Alias = name(i), to.Name
				continue
			}
		}
		h.State = rapid.SampledFrom([]lock.State{lock.Addresses, lock.Addresses, lock.Addresses, lock.NoData, lock.NXDomain}).Draw(t, "state")
		if h.State != lock.Addresses {
			continue
		}
		global := delivery.KindSet(1 << delivery.Global)
		kinds := rapid.SampledFrom([]delivery.KindSet{
			0, global, global, global, 1 << delivery.Private, global | 1<<delivery.Private,
			1 << delivery.Documentation, 1 << delivery.Scoped, 1 << delivery.SpecialPurpose,
		})
		h.IPv4.Found, h.IPv6.Found = kinds.Draw(t, "ipv4"), kinds.Draw(t, "ipv6")
		h.IPv4.Reachable = h.IPv4.Found.Has(delivery.SpecialPurpose) && rapid.Bool().Draw(t, "reachable")
		if h.Published() == delivery.None {
			h.State = lock.NoData
		}
	}
	var own strings.Builder
	own.WriteString("$TTL 3600\n@ SOA ns hostmaster 1 7200 3600 1209600 300\n")
	any := rapid.IntRange(0, n-1)
	for range rapid.IntRange(1, 2).Draw(t, "name servers") {
		fmt.Fprintf(&own, "@ NS %s\n", name(any.Draw(t, "name server")))
	}
	own.WriteString("mx A 192.0.32.1\nmx AAAA 2620:0:2d0::1\nv4 A 192.0.32.2\nalias CNAME " + string(name(any.Draw(t, "alias")).AppendText(nil)) + "\n")
	for d := range rapid.IntRange(1, 3).Draw(t, "domains") {
		for i := range rapid.IntRange(1, 3).Draw(t, "MX records") {
			target := rapid.SampledFrom([]string{"mx", "v4", "alias", ".", ".", "."}).Draw(t, "target")
			if target == "." {
				target = name(any.Draw(t, "host")).String()
			}
			fmt.Fprintf(&own, "d%d MX %d %s\n", d, rapid.IntRange(i, 2).Draw(t, "preference"), target)
		}
	}
	return lockedWorld{own.String(), lock.New(time.Unix(1e9, 0).UTC(), hosts)}
}

// provider is the zone in which the hosts would be.
func (w *lockedWorld) provider() string {
	var b strings.Builder
	b.WriteString("$TTL 3600\n@ SOA ns hostmaster 1 7200 3600 1209600 300\n")
	addresses := map[delivery.Kind][2]string{
		delivery.Global: {"192.0.33.0", "2620:0:2d1::"}, delivery.Private: {"10.0.0.0", "fd00::"}, delivery.Documentation: {"192.0.2.0", "2001:db8::"},
		delivery.Scoped: {"169.254.0.0", "fe80::"}, delivery.SpecialPurpose: {"198.18.0.0", "2002::"},
	}
	for i, h := range w.lock.Hosts() {
		switch {
		case !h.Alias.IsRoot():
			fmt.Fprintf(&b, "%s CNAME %s\n", h.Name, h.Alias)
			continue
		case h.State == lock.NoData:
			fmt.Fprintf(&b, "%s TXT x\n", h.Name)
		}
		for family, seen := range [...]lock.Seen{h.IPv4, h.IPv6} {
			for kind, base := range addresses {
				if !seen.Found.Has(kind) {
					continue
				}
				addr := netip.MustParseAddr(base[family])
				if kind == delivery.SpecialPurpose && seen.Reachable {
					addr = netip.MustParseAddr("192.31.196.0") // AS112
				}
				for range i + 1 { // no two hosts have the same
					addr = addr.Next()
				}
				fmt.Fprintf(&b, "%s %s %s\n", h.Name, [...]string{"A", "AAAA"}[family], addr)
			}
		}
	}
	return b.String()
}

// runOf is what lint has to do in a world: the zone example.org, and of its hosts a zone or a lock.
func runOf(t *rapid.T, settings *lint.Settings, own, provider, locked string) *lint.Run {
	loader := zonefiles.NewLoader(nil)
	add := func(name, text string) *zonefiles.File {
		file, err := loader.Files.Add(name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return file
	}
	origin := zonefiles.MustName("example.org.")
	zones := []*zonefiles.Zone{loader.Parse(add("example.org.zone", own), &origin)}
	if provider != "" {
		other := zonefiles.MustName("provider.example.")
		zones = append(zones, loader.Parse(add("provider.zone", provider), &other))
	}
	run := &lint.Run{
		Files: loader.Files, Views: [][]*zonefiles.Zone{zones}, Rules: rules.All(), Jobs: 1,
		Settings: func(string, string, zonefiles.Name) *lint.Settings { return settings }, Facts: mail.Facts{},
	}
	if locked != "" {
		var problems []zonefiles.Problem
		if run.Facts.Lock, problems = lock.Parse(add(lock.FileName, locked)); len(problems) > 0 {
			t.Fatal(problems)
		}
	}
	return run
}

// traceWorld is how the mail of every class of senders to every domain of example.org may end.
func traceWorld(t *rapid.T, settings *lint.Settings, own, provider, locked string) (ends []string) {
	run := runOf(t, settings, own, provider, locked)
	graph := dns.NewGraph(run.Views[0])
	for d := range 3 {
		domain := zonefiles.MustName(fmt.Sprintf("d%d.example.org.", d))
		r, err := trace.NewWorld(graph, domain, &run.Facts, settings.Scope).Ask(trace.Question{Domain: domain})
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range r.Ways {
			for _, o := range way.Outcomes {
				ends = append(ends, fmt.Sprintf("%s from %v: %v at %s, relayed %v", domain, way.Sender, o.Kind, o.Host, o.Relayed))
			}
		}
	}
	return ends
}

// lintWorld gives what rules find in the zone example.org: the severity by rule and subject.
func lintWorld(t *rapid.T, settings *lint.Settings, own, provider, locked string) map[string]lint.Severity {
	found := map[string]lint.Severity{}
	result, err := runOf(t, settings, own, provider, locked).Lint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range result.Findings {
		switch f.Rule.Name {
		case "mx-same-address", "addr-ttl-skew", "mx-many-addresses": // about addresses and TTLs, which the lock leaves out
			continue
		}
		if f.Zone != zonefiles.MustName("example.org.") {
			continue
		}
		target := f.Subject.Target
		if addr, err := netip.ParseAddr(target); err == nil {
			target = delivery.FamilyOf(addr).String()
		}
		found[fmt.Sprintf("%s %s %s", f.Rule.Name, f.Subject.Owner, target)] = f.Severity
	}
	return found
}
