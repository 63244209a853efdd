package rules

import (
	"fmt"
	"math"
	"net/netip"
	"slices"

	"mx46/lint"
	"mx46/lint/mail"
	"mx46/lint/text"
)

var mxManyAddresses = lint.Rule{
	Name:     "mx-many-addresses",
	Severity: lint.Note,
	Domain: func(p *lint.Pass, d *mail.Domain) {
		if d.Addresses <= maxTried || d.Implicit {
			return
		}
		t := tryOut(p, d)
		var names []string
		f := lint.Finding{Subject: lint.Subject{Owner: d.Name()}}
		for i := range d.Hosts() {
			if t.reaches(i) {
				continue
			}
			at := d.TargetOf(i).Record.Field(1)
			if names = append(names, show(d.Hosts()[i].Name)); len(names) == 1 {
				f.Span = at
			} else if len(names) <= maxSteps {
				f.Related = append(f.Related, place(at, "nor to this"))
			}
		}
		if len(names) == 0 {
			return
		}
		f.Message = fmt.Sprintf("dual-stack senders that try %d addresses of a domain never get to MX %s %s of %s",
			maxTried, plural(len(names), "host", "hosts"), text.Some(names, maxListed), show(d.Name()))
		f.Harm = fmt.Sprintf("when the hosts of lower preference are down, %s of no use to these senders, such as Postfix, "+
			"and their mail waits", plural(len(names), "it is", "they are"))
		f.Help = "give fewer addresses to the hosts that come before, or name fewer of them"
		p.Report(f)
	},
}

// tries says which addresses of a domain senders try first: those of the lowest preference, in any order where it is
// the same.
type tries struct {
	addresses   [][]netip.Addr     // of each host: the first few
	lowest      map[netip.Addr]int // the lowest preference of a host that has the address
	preferences [2][]int           // of the IPv4 and the IPv6 addresses, in rising order
}

func tryOut(p *lint.Pass, d *mail.Domain) *tries {
	t := &tries{addresses: make([][]netip.Addr, len(d.Hosts())), lowest: map[netip.Addr]int{}}
	preference := make([]int, len(d.Hosts()))
	for i := range preference {
		preference[i] = math.MaxInt
	}
	for i := range d.Targets() {
		if target := &d.Targets()[i]; target.Host >= 0 {
			preference[target.Host] = min(preference[target.Host], int(target.Preference))
		}
	}
	for i := range d.Hosts() {
		t.addresses[i] = addressSet(p, &d.Hosts()[i].Resolved)
		for _, a := range t.addresses[i] {
			if known, met := t.lowest[a]; !met || preference[i] < known {
				t.lowest[a] = preference[i]
			}
		}
	}
	for a, preference := range t.lowest {
		t.preferences[family(a)] = append(t.preferences[family(a)], preference)
	}
	slices.Sort(t.preferences[0])
	slices.Sort(t.preferences[1])
	return t
}

// reaches reports whether some address of a host may be among the first. Within the limit, Postfix leaves each family
// up to half of the room, rounded down, if it has so many addresses (smtp_balance_inet_protocols).
func (t *tries) reaches(host int) bool {
	for _, a := range t.addresses[host] {
		this := family(a)
		room := maxTried - min(len(t.preferences[1-this]), maxTried/2)
		before, _ := slices.BinarySearch(t.preferences[this], t.lowest[a])
		if before < room {
			return true
		}
	}
	return len(t.addresses[host]) == 0 // nobody knows
}

// family is the index of an address's family.
func family(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}
