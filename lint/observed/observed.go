// Package observed is what name servers and mail servers were seen to do, beyond the records that they answer with.
// Package live sees it, and rules judge it.
package observed

import (
	"net/netip"
	"strings"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// Zone is what was seen about one zone. Spans lie in answers.
type Zone struct {
	Missing  []Missing
	Bogus    []Bogus
	Signed   bool     // the parent has a DS record for it
	Servers  []Server // each address of each name server that was asked itself
	Referral *Referral
	Filed    []Said // what the zone's file says of what servers were asked for
	Mail     map[netip.Addr]*Greeting
	Vantage  bool // whatever of Mail is closed is closed to everybody
	Policies []NoPolicy
}

// Missing is a mail domain that was asked about and does not exist.
type Missing struct {
	Domain zonefiles.Name
	Answer zonefiles.Span
}

// NoPolicy is an MTA-STS policy that a mail domain announces, and that its web server does not give to senders.
type NoPolicy struct {
	Domain zonefiles.Name
	Reason string // what the server does instead
	Answer zonefiles.Span
}

// Bogus is a question that resolvers which validate DNSSEC do not answer, and others do (RFC 4035 s.5.5).
type Bogus struct {
	Name   zonefiles.Name
	Type   zonefiles.Type
	Reason string // as the resolver words it (RFC 8914); empty where it does not
	Answer zonefiles.Span
}

// Server is a name server at one address.
type Server struct {
	Name    zonefiles.Name
	Address netip.Addr
	Faults  []Fault // of AAAA and TLSA, where A of the name works
	NoTCP   []Fault // questions that it does not answer over TCP
	Lame    []Fault // what it says in place of every answer; empty where it answers something, or says nothing
	Silent  []Fault // questions that it left without a word, all of them, while other servers were heard
	Says    []Said
}

// Fault is a question that a server does not answer as it should.
type Fault struct {
	Name   zonefiles.Name
	Type   zonefiles.Type
	Kind   FaultKind
	Answer zonefiles.Span
}

// FaultKind says what a server does in place of answering (RFC 4074 s.4).
type FaultKind uint8

// The kinds of faults.
const (
	Works    FaultKind = iota // it answers
	Silence                   // RFC 4074 s.4.1
	NXDomain                  // s.4.2, of a name that exists
	ServFail                  // s.4.3, and so on
	NotImplemented
	FormatError
	Refused
	OtherError
	Malformed        // s.4.4
	NotAuthoritative // s.4.5
	Unreachable      // nothing listens at the address
	BrokenTCP        // it says that the answer needs TCP, and gives none there
)

var faultWords = [...]string{
	Works: "an answer", Silence: "no answer", NXDomain: "NXDOMAIN", ServFail: "SERVFAIL", NotImplemented: "NOTIMP",
	FormatError: "FORMERR", Refused: "REFUSED", OtherError: "an error", Malformed: "a malformed answer",
	NotAuthoritative: "an answer that is not authoritative", Unreachable: "nothing listens",
	BrokenTCP: "no answer over TCP, to which it refers",
}

// String words what comes in place of an answer.
func (k FaultKind) String() string { return faultWords[k] }

// Question is a name and a type.
type Question struct {
	Name zonefiles.Name
	Type zonefiles.Type
}

// Canonical is RDATA in presentation form, so that what is equal to name servers has equal text: names have no case,
// and strings do. It reports false for text that is no SPF record, which mail does not rest on.
func Canonical(of zonefiles.Type, rdata string) (text string, matters bool) {
	if of == zonefiles.TypeTXT {
		return rdata, strings.HasPrefix(strings.ToLower(rdata), `"v=spf1`)
	}
	return strings.ToLower(rdata), true
}

// Said is what a server answers to one question, or what a file holds.
type Said struct {
	Name   zonefiles.Name
	Type   zonefiles.Type
	Data   []string // RDATA, sorted; none where there are no such records
	Answer zonefiles.Span
}

// Greeting is what comes of a connection to port 25 of an address.
type Greeting struct {
	Verdict  Verdict
	StartTLS bool // offered
	Banner   string
	Answer   zonefiles.Span
}

// Verdict says whether a mail server takes mail at an address.
type Verdict uint8

// The verdicts.
const (
	NotTested   Verdict = iota // it tells nothing about the address
	Open                       // it greets with 220
	Busy                       // 421 or another 4xx: it takes mail at other times
	Refuses                    // 5xx
	Closed                     // nothing listens
	Silent                     // no answer, or none in time
	Blocked                    // the network says that it is not to be reached
	NoRoute                    // this machine has no way there
	NotTestable                // nothing of the family is reached from here
)

var verdictWords = [...]string{
	NotTested: "not tested", Open: "takes mail", Busy: "is busy", Refuses: "refuses", Closed: "is closed",
	Silent: "does not answer", Blocked: "is unreachable", NoRoute: "no route", NotTestable: "not testable from here",
}

// String words the verdict as what the address does.
func (v Verdict) String() string { return verdictWords[v] }

// IsOpen reports whether something at the address speaks SMTP and takes mail, now or later.
func (v Verdict) IsOpen() bool { return v == Open || v == Busy }

// IsClosed reports whether nobody gets through to the address.
func (v Verdict) IsClosed() bool { return v == Closed || v == Silent || v == Blocked }

// Referral is how a server of the parent zone refers to the servers of a zone.
type Referral struct {
	Servers []Glue
	Answer  zonefiles.Span
}

// Glue is a name server in a referral, and the families of its addresses there.
type Glue struct {
	Name     zonefiles.Name
	Families delivery.Families
}
