package rules

import (
	"fmt"

	"mx46/lint"
	"mx46/zonefiles"
)

// maxAliases is the longest chain of aliases that is left alone; common resolvers follow some 16.
const maxAliases = 16

var cnameLoop = lint.Rule{
	Name:     "cname-loop",
	Severity: lint.Error,
	Of:       zonefiles.TypeCNAME,
	Owner: func(p *lint.Pass, owner zonefiles.NameID) {
		record := p.Zone.RRset(owner, zonefiles.TypeCNAME).At(0)
		// Nearly every alias leads straight to a name that is none.
		if target, ok := record.NameID(0); ok && p.Zone.Exists(target) && !p.Zone.Has(target, zonefiles.TypeCNAME) && !p.Zone.Occluded(target) {
			return
		}
		if _, hidden := p.Zone.Hides(owner); hidden || !p.Zone.InZone(owner) {
			return
		}
		chain, loops := aliasesFrom(p, record.OwnerName())
		switch {
		case loops:
			reportLoop(p, chain)
		case len(chain) > maxAliases+1: // it holds one of just that length, or is a long loop
			if loop := longLoop(p, record.OwnerName()); loop != nil {
				reportLoop(p, loop)
			}
		case len(chain) == maxAliases+1:
			p.Report(lint.Finding{
				Subject: lint.Subject{Owner: record.OwnerName()},
				Span:    record.Field(0),
				Message: fmt.Sprintf("%d aliases follow one another from %s on", len(chain), show(record.OwnerName())),
				Harm:    "resolvers give up on such a chain, so nobody can use the name",
				Help:    "point the first alias at the name at the end of the chain",
				Related: chain[1:].related(),
			})
		}
	},
}

// chainOfAliases are CNAME records, each leading to the next one's owner.
type chainOfAliases []alias

type alias struct {
	name   zonefiles.Name // as it was asked for; a wildcard's record has another owner
	record zonefiles.Record
}

// aliasesFrom are the aliases from a name on, up to the one that leads to none, or, where they loop, once round.
func aliasesFrom(p *lint.Pass, name zonefiles.Name) (chain chainOfAliases, loops bool) {
	for len(chain) <= maxAliases+1 {
		a := p.Lookup(name, zonefiles.TypeCNAME)
		if a.Status != lint.Data {
			return chain, false
		}
		for i := range chain {
			if chain[i].name == name {
				return chain[i:], true
			}
		}
		chain = append(chain, alias{name, a.Records.At(0)})
		next, ok := a.Records.At(0).Name(0)
		if !ok {
			return chain, false
		}
		name = next
	}
	return chain, false
}

// longLoop is a loop that a name leads into and that no name before led into; each name is looked at once.
func longLoop(p *lint.Pass, name zonefiles.Name) chainOfAliases {
	at := map[zonefiles.Name]int{}
	var chain chainOfAliases
	for p.First(name) {
		at[name] = len(chain)
		a := p.Lookup(name, zonefiles.TypeCNAME)
		if a.Status != lint.Data {
			return nil
		}
		chain = append(chain, alias{name, a.Records.At(0)})
		name, _ = a.Records.At(0).Name(0)
	}
	if start, again := at[name]; again {
		return chain[start:]
	}
	return nil
}

// reportLoop reports a loop once, whichever alias led there: at the name that sorts first.
func reportLoop(p *lint.Pass, loop chainOfAliases) {
	first := 0
	for i := range loop {
		if loop[i].name < loop[first].name {
			first = i
		}
	}
	loop = append(append(chainOfAliases{}, loop[first:]...), loop[:first]...)
	f := lint.Finding{
		Subject: lint.Subject{Owner: loop[0].name},
		Span:    loop[0].record.Field(0),
		Message: fmt.Sprintf("alias %s leads back to itself", show(loop[0].name)),
		Harm:    "nobody can use the name: mail to it bounces, and an MX record that names it reaches no host",
		Help:    "point the alias at a name that has records of its own",
		Related: loop[1:].related(),
	}
	if len(loop) == 1 {
		f.Message = fmt.Sprintf("%s is an alias of itself", show(loop[0].name))
	}
	p.Report(f)
}

func (c chainOfAliases) related() []lint.Related {
	var lines []lint.Related
	for _, a := range c {
		next, _ := a.record.Name(0)
		lines = append(lines, lint.Related{Span: a.record.Span(), Message: fmt.Sprintf("%s is an alias of %s", show(a.name), show(next))})
	}
	return lines
}
