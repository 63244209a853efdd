package delivery

// A mail domain as senders find it: what mail gives to a simulation and to a relay graph.

import (
	"mx46/lint/dns"
	"mx46/zonefiles"
)

// Domain is a mail domain: the answers to RFC 3974 s.3 step 1, and the machines that its MX records lead to.
type Domain struct {
	Aliases  []Alias        // from the name that was asked about on
	Name     zonefiles.Name // at their end
	MX       dns.Answer     // of Name
	Loop     bool           // the aliases come back to themselves, or are more than dns.MaxAliases
	Targets  []Target       // by preference, then as in the file; without null MX records
	Hosts    []Host
	Machines []Machine
	Offers   []Offer
	Links    []Link
	Names    [][]zonefiles.Name     // by machine: the names that its MX records have, by preference
	Named    map[zonefiles.Name]int // machines by any name that they have
}

// Alias is a CNAME, or what a DNAME makes of a name.
type Alias struct {
	Name, Target zonefiles.Name
	Record       zonefiles.Record
}

// Target is an MX record, or the one that step 1 assumes of a domain without any.
type Target struct {
	Record     zonefiles.Record // zero where it is assumed
	Preference uint16
	Host       int // index of Domain.Hosts
}

// Host is a name that an MX record has, or another one of a machine that an MX record leads to.
type Host struct {
	Name     zonefiles.Name
	Chain    []zonefiles.Name // the name and those that its aliases lead to
	Loop     bool             // they never end
	A, AAAA  dns.Answer       // at the end of the aliases
	Machine  int              // index of Domain.Machines
	Usable   Families         // of addresses that senders can use, or by the operator's word
	Open     Families         // not known
	Narrowed Families         // in which a zone has addresses for it, and the operator says that no mail server listens
	Mapped   bool             // some address in AAAA is IPv4-mapped
	Line     zonefiles.Span   // of the lock, where that says what no zone here does; empty otherwise
	Exists   bool             // the name exists, by that line
	Dead     Families         // in which it has addresses by that line, but none that senders can use
}

// canonical is the name at the end of the aliases.
func (h *Host) canonical() zonefiles.Name { return h.Chain[len(h.Chain)-1] }

// answer is the answer for the addresses of one family.
func (h *Host) answer(family Families) *dns.Answer {
	if family == IPv4 {
		return &h.A
	}
	return &h.AAAA
}

// Machine is an MX host of a domain: a machine, with all that is known of it, by whichever of its names.
type Machine struct {
	Preference  uint16   // the lowest of the MX records that lead to it
	Published   Families // in which it has an address of any kind, at MX targets
	Usable      Families // in which it has an address that senders can use
	Open        Families // in which it may have one besides
	Outbound    Families // in which it can open connections, where that is not the families of its names
	HasOutbound bool     // the operator states Outbound
	Final       bool     // the operator says that it has the mailbox too (shared storage, s.4.2)
	Linked      bool     // a link leads to it: so it takes mail, even where no address of it is known
}

// IsKnown reports whether all families of the machine are known.
func (m *Machine) IsKnown() bool { return m.Open == None }

// Offer is what one name of a machine offers to those who send mail to it, and to the machine itself to send from.
type Offer struct {
	Machine    int
	Preference int            // of the MX record; Unlisted for a name without one, which counts for sending alone
	Name       zonefiles.Name // the canonical one: what is not known of it is one thing, whichever names lead there
	Published  Families
	Usable     Families
	Open       Families
}

// Unlisted stands for the preference of names that are in no MX record.
const Unlisted = 1 << 16

// Link is a transport from one machine to another that needs no common family (RFC 3974 s.4.2): From and To are
// indexes.
type Link struct {
	From, To int
	Via      string // "uucp", "translator": the operator's word
}

// IsImplicit reports whether there is no MX record but the one that step 1 assumes.
func (d *Domain) IsImplicit() bool { return d.MX.Status == dns.NoData && d.MX.IsKnown() }

// Address is an address of a machine.
type Address struct {
	Record zonefiles.Record
	Class  Class
	Usable bool // by senders of the scope
}

// Addresses are a machine's addresses, IPv4 before IPv6, those of each name once.
func (s *Simulation) Addresses(machine int) []Address {
	var list []Address
	for _, family := range [...]Families{IPv4, IPv6} {
		seen := map[zonefiles.Name]bool{}
		for i := range s.Domain.Hosts {
			h := &s.Domain.Hosts[i]
			if h.Machine != machine || seen[h.canonical()] {
				continue
			}
			seen[h.canonical()] = true
			answer := h.answer(family)
			for k := 0; answer.Status == dns.Data && k < answer.Records.Len(); k++ {
				record := answer.Records.At(k)
				class := Classify(record.Addr(), s.NAT64...)
				list = append(list, Address{record, class, class.Usable(s.Scope)})
			}
		}
	}
	return list
}
