package cli

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/spf13/cobra"

	"mx46/lint/dns"
	"mx46/lint/live"
	"mx46/lint/observed"
	"mx46/lint/text"
	"mx46/lint/workspace"
	"mx46/zonefiles"
)

// This file is how check speaks to name servers themselves.

// serverFlags are the flags about servers that answers name.
type serverFlags struct {
	authoritative bool
	served        string
	requireIPv6   bool
	allowPrivate  bool
	connect       bool
	patient       bool
	policies      bool
	trustVantage  bool
}

func (f *serverFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.authoritative, "authoritative", false, "ask the name servers themselves, too")
	flags.StringVar(&f.served, "served", "",
		"compare what the name servers say with the zones in `PATH`; implies --authoritative")
	flags.BoolVar(&f.requireIPv6, "require-ipv6", false, "exit with 2 where a server could not be asked over IPv6")
	flags.BoolVar(&f.connect, "connect", false, "connect to port 25 of the MX hosts, too, and leave after EHLO")
	flags.BoolVar(&f.patient, "patient", false, "with --connect: wait as long as RFC 5321 wants it")
	flags.BoolVar(&f.trustVantage, "trust-vantage", false,
		"with --connect: this machine reaches every mail server, so what it does not reach is closed")
	flags.BoolVar(&f.policies, "mta-sts", false, "fetch the MTA-STS policies of the domains, too")
	flags.BoolVar(&f.allowPrivate, "allow-private", false,
		"also speak to servers whose addresses are not on the internet")
}

func (f *serverFlags) asksServers() bool { return f.authoritative || f.served != "" }

// notes say which servers were not asked, each reason once.
func (f *serverFlags) notes(seen *live.Observation) (notes []string) {
	for _, family := range [...]string{"IPv4", "IPv6"} {
		count := func(of []netip.Addr) string {
			n := 0
			for _, addr := range of {
				if addr.Is4() == (family == "IPv4") {
					n++
				}
			}
			if n == 0 {
				return ""
			}
			return text.Count(n, "server", "servers")
		}
		if servers := count(seen.NoRoute); servers != "" {
			notes = append(notes, fmt.Sprintf("%s not tested: no route (%s).", family, servers))
		}
		if servers := count(seen.Unheard); servers != "" {
			notes = append(notes, fmt.Sprintf(
				"Name servers that are silent over %s not judged: no other answers from here (%s).", family, servers))
		}
		if servers := count(seen.NotJudged); servers != "" {
			notes = append(notes, fmt.Sprintf(
				"Port 25 over %s not judged: none is open from here (%s; --trust-vantage judges them).", family, servers))
		}
	}
	if len(seen.Unfetched) > 0 {
		notes = append(notes, fmt.Sprintf("Not fetched: %s (--mta-sts does).",
			text.Some(policyWords(seen.Unfetched), fewAddresses)))
	}
	if len(seen.Withheld) > 0 {
		notes = append(notes, fmt.Sprintf("Not asked, since they are not on the internet: %s (--allow-private asks them).",
			text.Some(addressWords(seen.Withheld), fewAddresses)))
	}
	return notes
}

const fewAddresses = 5

func policyWords(domains []zonefiles.Name) (words []string) {
	for _, d := range domains {
		words = append(words, "the MTA-STS policy of "+d.Undotted())
	}
	return words
}

func addressWords(addresses []netip.Addr) (words []string) {
	for _, addr := range addresses {
		if !slices.Contains(words, addr.String()) {
			words = append(words, addr.String())
		}
	}
	return words
}

func lacksIPv6(seen *live.Observation) bool {
	is6 := func(addr netip.Addr) bool { return !addr.Is4() }
	return slices.ContainsFunc(seen.NoRoute, is6) || slices.ContainsFunc(seen.Unheard, is6)
}

// readServed reads the zones to compare with; nil where none are named.
func (f *checkFlags) readServed(ctx context.Context, stdio *Stdio, w *workspace.Workspace) (*dns.Graph, error) {
	if f.served == "" {
		return nil, nil
	}
	name, err := w.Name(f.served)
	if err != nil {
		return nil, err
	}
	if err := readZones(ctx, w, workspace.Selection{Names: []string{name}, Stdin: stdio.In}); err != nil {
		return nil, err
	}
	return dns.NewGraph(slices.Concat(w.Views()...)), nil
}

// compareWith puts what the files say beside what servers do.
func compareWith(filed *dns.Graph, seen *live.Observation) {
	if filed == nil {
		return
	}
	for _, zone := range seen.Seen {
		known := map[observed.Question]bool{}
		for i := range zone.Servers {
			for _, said := range zone.Servers[i].Says {
				key := observed.Question{Name: said.Name, Type: said.Type}
				if !known[key] {
					known[key] = true
					if said, ok := fileSays(filed, key); ok {
						zone.Filed = append(zone.Filed, said)
					}
				}
			}
		}
	}
}

// fileSays is what a server that has loaded the files would say; false where they do not tell.
func fileSays(graph *dns.Graph, q observed.Question) (observed.Said, bool) {
	a := graph.Lookup(nil, q.Name, q.Type)
	said := observed.Said{Name: q.Name, Type: q.Type}
	if !a.IsKnown() {
		return said, false
	}
	if record, ok := a.Evidence(); ok {
		said.Answer = record.Span()
	}
	if a.Status == dns.Data {
		said.Answer = a.Records.At(0).Span()
		for i := range a.Records.Len() {
			if text, matters := observed.Canonical(q.Type, a.Records.At(i).CanonicalRDATA()); matters {
				said.Data = append(said.Data, text)
			}
		}
		slices.Sort(said.Data)
		said.Data = slices.Compact(said.Data)
	}
	return said, true
}
