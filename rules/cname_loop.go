package rules

import (
	"fmt"
	"math"

	"mx46/lint"
	"mx46/lint/dns"
	"mx46/zonefiles"
)

var cnameLoop = lint.Rule{
	Name:     "cname-loop",
	Severity: lint.Error,
	Zone: func(p *lint.Pass) {
		chains := aliasChains{}
		for owner := range p.Zone.Owners(zonefiles.TypeCNAME) {
			record := p.Zone.RRset(owner, zonefiles.TypeCNAME).At(0)
			// Nearly every alias leads straight to a name that is not an alias.
			target, ok := record.NameID(0)
			if ok && p.Zone.Exists(target) && !p.Zone.Has(target, zonefiles.TypeCNAME) && !p.Zone.Occluded(target) {
				continue
			}
			if _, hidden := p.Zone.Hides(owner); !hidden && p.Zone.InZone(owner) {
				chains.walk(p, record.OwnerName())
			}
		}
	},
}

// aliasChains is how many aliases follow from each name, so that none is walked twice.
type aliasChains map[zonefiles.Name]int

const (
	underway = -1            // the current walk has been here
	endless  = math.MaxInt32 // far more than any zone's aliases
)

// walk follows the aliases from a name. It reports a loop, and the alias at which a chain becomes one too long.
func (c aliasChains) walk(p *lint.Pass, from zonefiles.Name) {
	var chain []alias
	length, redirects := 0, 0
	for name, a := range p.Graph.Walk(p.Zone, from, zonefiles.TypeA) {
		if a.Status != dns.Alias && a.Status != dns.Redirect {
			break
		}
		known, met := c[name]
		if known == underway {
			start := 0
			for chain[start].name != name {
				start++
			}
			reportLoop(p, chain[start:])
			length = endless
			break
		}
		if met {
			length = known
			break
		}
		// DNAMEs can make endlessly many names, none of them in a zone.
		if redirects++; a.Status == dns.Alias {
			redirects = 0
		}
		if redirects > dns.MaxAliases {
			length = endless
			break
		}
		c[name] = underway
		chain = append(chain, alias{name, a.Records.At(0)})
	}
	for i := len(chain) - 1; i >= 0; i-- {
		length = min(length+1, endless)
		c[chain[i].name] = length
		if length == dns.MaxAliases+1 {
			reportChain(p, chain[i])
		}
	}
}

// alias is a name and the CNAME or DNAME that answers for it, whose owner may be a wildcard or a name above.
type alias struct {
	name   zonefiles.Name
	record zonefiles.Record
}

// reportLoop reports a loop at the name that sorts first, so that it is reported once.
func reportLoop(p *lint.Pass, loop []alias) {
	first := loop[0]
	for _, a := range loop {
		if a.name < first.name {
			first = a
		}
	}
	f := lint.Finding{
		Subject: lint.Subject{Owner: first.name},
		Span:    first.record.Field(0),
		Message: fmt.Sprintf("alias %s leads back to itself", show(first.name)),
		Harm: "nobody can use the name: mail to it waits and bounces after days, " +
			"and an MX record that names it leads to no host",
		Help:    "point the alias at a name that has records of its own",
		Related: aliasLines(p, first.name)[1:],
	}
	if len(loop) == 1 {
		f.Message = fmt.Sprintf("%s is an alias of itself", show(first.name))
	}
	p.Report(f)
}

// reportChain reports a chain that has one alias too many, at its first.
func reportChain(p *lint.Pass, first alias) {
	p.Report(lint.Finding{
		Subject: lint.Subject{Owner: first.name},
		Span:    first.record.Field(0),
		Message: fmt.Sprintf("%s begins a chain of %d aliases", show(first.name), dns.MaxAliases+1),
		Harm:    "resolvers give up on a chain of that length, so nobody can use the name",
		Help:    "point the first alias at the name at the end of the chain",
		Related: aliasLines(p, first.name)[1:],
	})
}

// aliasLines is the chain of aliases from a name as related places: a loop once, and no more than resolvers follow.
func aliasLines(p *lint.Pass, from zonefiles.Name) []lint.Related {
	var lines []lint.Related
	met := map[zonefiles.Name]bool{}
	for name, a := range p.Graph.Walk(p.Zone, from, zonefiles.TypeA) {
		target, ok := dns.AliasTarget(name, &a)
		if !ok || met[name] || len(lines) > dns.MaxAliases {
			break
		}
		met[name] = true
		lines = append(lines, ofHost(a.Records.At(0).Span(), "%s is an alias of %s", show(name), show(target)))
	}
	return lines
}
