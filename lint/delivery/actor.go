package delivery

// Who has a mail and sends it on.

import "mx46/zonefiles"

// actor is the machine that has the mail: the sender, or an MX host that accepted it.
type actor struct {
	name     zonefiles.Name // the root for a sender that is no MX host
	machine  int            // its index in the domain; noMachine for a sender that is no MX host
	families Families
	asks     Families // what it looks addresses up in
	nat64    bool
	own      int  // the lowest preference that leads to it; above every preference if none does
	relay    bool // it accepted the mail, rather than having been given it by a user
}

// isMX reports whether the actor is an MX host of the domain, whether a user or another host gave it the mail: as
// "primary relay" it has lower preferences to find, and cannot tell the one mail from the other.
func (a actor) isMX() bool { return a.relay || a.own != Unlisted }

func (p *plan) sender(s Sender) actor {
	a := actor{machine: noMachine, families: s.Families, asks: p.asks(s.Families), nat64: s.NAT64, own: Unlisted}
	for _, name := range s.Names {
		if m, found := p.Domain.Named[name]; found && a.machine == noMachine {
			a.machine, a.name, a.own = m, p.Domain.Names[m][0], p.own[m]
		}
	}
	for _, addr := range s.Addresses {
		if at, found := p.ownAddr[addr]; found {
			a.own = min(a.own, at)
		}
	}
	return a
}

func (p *plan) relayActor(m int) actor {
	families := p.sending(m)
	return actor{
		name: p.Domain.Names[m][0], machine: m, own: p.own[m], relay: true, families: families, asks: p.asks(families),
	}
}

// asks are the families of addresses that a machine with those looks up.
func (p *plan) asks(families Families) Families {
	if p.manners().bothLookUps {
		return Dual
	}
	return families
}

// kind numbers the actor's families, without and with NAT64.
func (a actor) kind() int {
	kind := a.families&Dual | a.asks&Dual<<2
	if a.nat64 {
		kind |= 1 << 4
	}
	return int(kind)
}

// during is the actor in such a turn.
func (a actor) during(turn Families) actor {
	if turn != a.families {
		a.families, a.asks = turn, turn
	}
	return a
}
