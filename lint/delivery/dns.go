package delivery

// What the simulated sender asks the DNS, and what it may be told.

import (
	"net/netip"

	"mx46/lint/dns"
)

// Type is the type of the records that a sender looks up.
type Type uint8

// The types.
const (
	MX Type = iota + 1
	A
	AAAA
)

var typeNames = [...]string{MX: "MX", A: "A", AAAA: "AAAA"}

// String is the type's mnemonic.
func (t Type) String() string { return typeNames[t] }

// Status says what kind of answer a look-up got.
type Status uint8

// The statuses. The zero Status is Unknown: the answer lies outside of what is loaded.
const (
	Unknown Status = iota
	Data
	Alias    // a CNAME, the only record of the answer; the sender asks again
	NoData   // the name exists, records of the type do not
	NXDomain // the name does not exist
	ServFail
)

// Source is the caller's handle for the place that a record comes from; zero stands for none.
type Source int

// Record is a record of an answer: an MX record has Preference and Target, a CNAME Target, A and AAAA records Addr.
type Record struct {
	Preference uint16
	Target     string // "." in a null MX (RFC 7505)
	Addr       netip.Addr
	Source     Source
}

// Answer is the answer to one look-up.
type Answer struct {
	Status  Status
	Records []Record // with Data and Alias alone
	Source  Source   // with NoData and NXDomain, the record that shows it best: another one of the name, or the zone's SOA
}

// Resolver answers a sender's look-ups. It follows no aliases, and gives every name in one spelling, in which names are compared
// here byte for byte.
type Resolver interface {
	Lookup(name string, t Type) Answer
}

// Question is a name and a type.
type Question struct {
	Name string
	Type Type
}

// cache remembers a Resolver's answers for as long as one plan lives.
type cache struct {
	resolver Resolver
	answers  map[Question]Answer
	literals bool // an address where a host's name belongs is taken for the address
}

func (c *cache) lookup(q Question) Answer {
	answer, found := c.answers[q]
	if !found {
		answer = c.ask(q)
		if (answer.Status == Data || answer.Status == Alias) && len(answer.Records) == 0 {
			answer.Status = NoData
		}
		c.answers[q] = answer
	}
	return answer
}

func (c *cache) ask(q Question) Answer {
	if addr, err := netip.ParseAddr(q.Name); err == nil && c.literals && q.Type != MX {
		if addr.Is4() == (q.Type == A) {
			return Answer{Status: Data, Records: []Record{{Addr: addr}}}
		}
		return Answer{Status: NoData}
	}
	return c.resolver.Lookup(q.Name, q.Type)
}

// resolve follows aliases as a resolver does, and gives the name at which it ended. Look-ups in broken end in SERVFAIL.
func (c *cache) resolve(q Question, broken map[Question]bool) (Answer, string) {
	for range dns.MaxAliases + 1 {
		if broken[q] {
			return Answer{Status: ServFail}, q.Name
		}
		answer := c.lookup(q)
		if answer.Status != Alias {
			return answer, q.Name
		}
		q.Name = answer.Records[0].Target
	}
	return Answer{Status: ServFail}, q.Name
}
