//go:build unix

package survey

import (
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"mx46/lint/live"
	"mx46/testdata/e2e"
	"mx46/testdata/resolver"
)

// TestSpeed surveys domains through real servers, twice, so that a cache is cold at first and then warm. It prints how
// many questions and domains a second that takes, and how much of the time is this program's own.
func TestSpeed(t *testing.T) {
	e2e.Slow(t)
	const n = 20_000
	var text, list strings.Builder
	for i := range n {
		fmt.Fprintf(&list, "d%d.crowd.example\n", i)
		switch i % 4 { // or else there is no such domain
		case 0:
			fmt.Fprintf(&text, "d%d MX 10 mx.provider.example.\n", i)
		case 1:
			fmt.Fprintf(&text, "d%d MX 10 mx.d%[1]d\nmx.d%[1]d A 203.0.114.%d\n", i, i%250+1)
		case 2:
			fmt.Fprintf(&text, "d%d MX 0 .\n", i)
		}
	}
	world, _ := resolver.World(t, resolver.Root,
		resolver.Zone{Origin: "provider.example.", Text: "mx A 203.0.114.1\nmx AAAA 2600:9::1\n"},
		resolver.Zone{Origin: "crowd.example.", Text: text.String()})
	for _, peer := range []struct {
		name  string
		start func() *live.Resolver
	}{
		{"NSD alone", func() *live.Resolver { return live.NewResolver(world) }},
		{"dnsdist", func() *live.Resolver {
			return live.NewResolver(resolver.Dnsdist(t, world, "getPool(\"\"):setCache(newPacketCache(1000000))\n"))
		}},
		{"unbound", func() *live.Resolver {
			return live.NewResolver(resolver.Unbound(t, world, "\tmsg-cache-size: 512m\n\trrset-cache-size: 512m\n"))
		}},
		{"BIND", func() *live.Resolver { return live.NewResolver(resolver.BIND(t, world, "max-cache-size 1g;")) }},
		{"PowerDNS Recursor", func() *live.Resolver {
			return live.NewResolver(resolver.Recursor(t, world, "max-cache-entries=2000000\nmax-packetcache-entries=2000000\n"))
		}},
	} {
		t.Run(peer.name, func(t *testing.T) {
			s := newSurvey(t, peer.start())
			if err := s.Client.Check(t.Context(), s.Resolvers[0]); err != nil {
				t.Fatal(err)
			}
			for _, cache := range []string{"cold", "warm"} {
				tally, before := NewTally(), s.Client.Progress.Questions.Load()
				start, used := time.Now(), ownTime(t)
				if err := s.Run(t.Context(), NewInput(strings.NewReader(list.String())), io.Discard, tally); err != nil {
					t.Fatal(err)
				}
				took, own := time.Since(start), ownTime(t)-used
				if tally.Domains != n || tally.states[string(Judged)] != n/2 || tally.states[string(NotFound)] != n/4 {
					t.Errorf("%d domains: %v", tally.Domains, tally.states)
				}
				questions := float64(s.Client.Progress.Questions.Load() - before)
				t.Logf("%s: %.0f questions and %.0f domains a second; %.1f µs of CPU time a question are ours",
					cache, questions/took.Seconds(), n/took.Seconds(), float64(own.Microseconds())/questions)
			}
		})
	}
}

// ownTime is the CPU time of this process.
func ownTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
