package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"mx46/zonefiles"
)

// This file tells facts in answers from all else that servers say.

// status is what an answer proves of the name at the end of its aliases.
type status uint8

const (
	data     status = iota
	noData          // the name exists, records of the type do not
	nxDomain        // the name does not exist
)

// answer is an answer that is a fact.
type answer struct {
	status    status
	end       zonefiles.Name // where aliases lead; the name that was asked for where there is none
	addresses []netip.Addr
	servers   []zonefiles.Name // of NS records
	zone      zonefiles.Name   // the owner of an SOA record; the root where there is none
	records   []dns.RR         // the aliases on the way to end, and then those of the type
	tcp       bool             // it came over TCP
	signed    bool             // by the resolver's word, the AD bit (RFC 4035 s.3.2.3)
	// missing is set where a name is proved not to exist by an answer that says NODATA (RFC 9824 s.3.1).
	missing bool
}

// errNoEDNS is an answer of a server that takes no EDNS (RFC 6891 s.7).
var errNoEDNS = errors.New("the server refuses EDNS")

// errServFail is an answer of a resolver that found none, or none that it may give.
var errServFail = errors.New("SERVFAIL")

// readAnswer reads a message that is known to belong to the question.
func readAnswer(message []byte, q question) (answer, error) {
	var counts [3]int
	for i := range counts {
		counts[i] = int(binary.BigEndian.Uint16(message[6+2*i:]))
	}
	if counts[0]+counts[1]+counts[2] > maxRecords {
		return answer{}, errTooLarge
	}
	var m dns.Msg
	err := m.Unpack(message) // which takes a message that was cut short between records for whole
	if err != nil || counts != [3]int{len(m.Answer), len(m.Ns), len(m.Extra)} {
		if rcode := int(message[3] & 0x0f); rcode != dns.RcodeSuccess && rcode != dns.RcodeNameError {
			return answer{}, refused{rcode: rcode} // whatever the rest is like
		}
		return answer{}, errMalformed
	}
	if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		return answer{}, refused{m.Rcode, reasonOf(&m)}
	}
	found := answer{end: q.name, signed: m.AuthenticatedData}
	if err := found.follow(m.Answer); err != nil {
		return answer{}, err
	}
	hasData := false
	for _, record := range m.Answer {
		if owner, ok := ownerOf(record); !ok || owner != found.end || record.Header().Rrtype != q.of {
			continue
		}
		if !found.add(record) {
			return answer{}, errMalformed
		}
		found.records = append(found.records, record)
		hasData = true
	}
	switch {
	case hasData && m.Rcode == dns.RcodeNameError:
		return answer{}, fmt.Errorf("NXDOMAIN with records: %w", errMalformed)
	case hasData:
		return found, nil
	case m.Rcode == dns.RcodeNameError:
		found.status = nxDomain
	default:
		found.status = noData
	}
	// A denial counts with the SOA record of the zone that denies (RFC 2308 s.2): without it, a server that knows
	// nothing, or an alias that the server did not follow, looks the same.
	if !found.denied(m.Ns) {
		return answer{}, unproved(m.Rcode)
	}
	return found, nil
}

// unproved is a denial, by its RCODE, that its zone does not stand for.
type unproved int

func (u unproved) Error() string { return name(int(u)) + " without an SOA record" }

// refused is an answer that says why it is none: an RCODE, and what the server adds in words (RFC 8914).
type refused struct {
	rcode  int
	reason string
}

func (r refused) Error() string {
	if r.reason != "" {
		return name(r.rcode) + " (" + r.reason + ")"
	}
	return name(r.rcode)
}

// Is reports whether the server may have refused EDNS alone, or says SERVFAIL.
func (r refused) Is(target error) bool {
	if target == errServFail {
		return r.rcode == dns.RcodeServerFailure
	}
	refusals := r.rcode == dns.RcodeFormatError || r.rcode == dns.RcodeNotImplemented || r.rcode == dns.RcodeBadVers
	return target == errNoEDNS && refusals
}

// reasonOf is the extended error of a message, on one line.
func reasonOf(m *dns.Msg) string {
	opt := m.IsEdns0()
	if opt == nil {
		return ""
	}
	for _, option := range opt.Option {
		if ede, ok := option.(*dns.EDNS0_EDE); ok {
			reason := fmt.Sprintf("extended error %d", ede.InfoCode)
			if words, known := dns.ExtendedErrorCodeToString[ede.InfoCode]; known {
				reason = words
			}
			if ede.ExtraText != "" {
				reason += ": " + zonefiles.Quote(ede.ExtraText)
			}
			return reason
		}
	}
	return ""
}

// name is an RCODE's mnemonic.
func name(rcode int) string {
	if text, ok := dns.RcodeToString[rcode]; ok {
		return text
	}
	return fmt.Sprintf("RCODE %d", rcode)
}

// ownerOf is a record's owner; it reports false for records of other classes.
func ownerOf(record dns.RR) (zonefiles.Name, bool) {
	h := record.Header()
	if h.Class != dns.ClassINET {
		return zonefiles.Root, false
	}
	return nameOf(h.Name)
}

func nameOf(text string) (zonefiles.Name, bool) {
	n, err := zonefiles.ParseName([]byte(text), zonefiles.Root)
	return n, err == nil
}

// follow walks along the aliases, as far as the answer has them.
func (a *answer) follow(records []dns.RR) error {
	type alias struct {
		to     zonefiles.Name
		record dns.RR
	}
	aliases := map[zonefiles.Name]alias(nil)
	for _, record := range records {
		cname, ok := record.(*dns.CNAME)
		if !ok {
			continue
		}
		from, ok1 := ownerOf(cname)
		to, ok2 := nameOf(cname.Target)
		if !ok1 || !ok2 {
			continue
		}
		if other, again := aliases[from]; again && other.to != to {
			return fmt.Errorf("two aliases at one name: %w", errMalformed)
		}
		if aliases == nil {
			aliases = map[zonefiles.Name]alias{}
		}
		aliases[from] = alias{to, record}
	}
	for range maxAliases + 1 {
		next, ok := aliases[a.end]
		if !ok {
			return nil
		}
		a.records = append(a.records, next.record)
		a.end = next.to
	}
	return fmt.Errorf("more than %d aliases", maxAliases)
}

// add takes in a record of the type that was asked for. It reports false where there is no reading it.
func (a *answer) add(record dns.RR) bool {
	switch r := record.(type) {
	case *dns.A:
		addr, ok := netip.AddrFromSlice(r.A.To4()) // RDATA without an octet is nil
		a.addresses = append(a.addresses, addr)
		return ok
	case *dns.AAAA:
		addr, ok := netip.AddrFromSlice(r.AAAA)
		a.addresses = append(a.addresses, addr)
		return ok && addr.Is6()
	case *dns.NS:
		server, ok := nameOf(r.Ns)
		if ok && !slices.Contains(a.servers, server) {
			a.servers = append(a.servers, server)
		}
		return ok
	case *dns.SOA:
		a.zone = a.end
	}
	return true
}

// denied looks for the SOA record of a denial, and for the proof of RFC 9824.
func (a *answer) denied(authority []dns.RR) bool {
	ok := false
	for _, record := range authority {
		owner, known := ownerOf(record)
		if !known {
			continue
		}
		switch r := record.(type) {
		case *dns.SOA:
			if a.end.IsAtOrBelow(owner) {
				a.zone, ok = owner, true
			}
		case *dns.NSEC:
			a.missing = a.missing || owner == a.end && slices.Contains(r.TypeBitMap, typeNXNAME)
		}
	}
	return ok
}

// typeNXNAME marks an NSEC record at a name that does not exist (RFC 9824 s.2).
const typeNXNAME = 128
