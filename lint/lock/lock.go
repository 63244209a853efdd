// Package lock is .mx46.hosts: what DNS said of the hosts outside the zones when "mx46 resolve" asked, so that lint
// knows it offline and says the same tomorrow. The file is committed, read in diffs and merged by git: one host a
// line, those of one provider next to each other.
//
//	# mx46 hosts v1. Written by "mx46 resolve": commit it, do not edit. ...
//	# seen 2026-11-26
//	aspmx.l.google.com.          ipv4 ipv6
//	lan.provider.example.        ipv4=private ipv6
//	renamed.provider.example.    alias=mx.provider.example. ipv4
//	old.provider.example.        nxdomain
//
// It holds families and kinds of addresses, not addresses or TTLs: providers rotate those, and a file that changes at
// each run is not read.
package lock

import (
	"slices"
	"strings"
	"time"

	"mx46/lint/delivery"
	"mx46/zonefiles"
)

// FileName is the name of the lock, which lies next to the configuration, or else at the root.
const FileName = ".mx46.hosts"

// Lock is what a lock file says. It is read-only and safe for concurrent use; a nil Lock knows no host.
type Lock struct {
	Seen  time.Time // the day, in UTC; the earliest one where a merge has left several; zero where the file has none
	hosts []Host    // each name once, in the order of CompareNames
}

// New is a lock of some hosts, each name once, of which it makes its own.
func New(seen time.Time, hosts []Host) *Lock {
	slices.SortFunc(hosts, func(a, b Host) int { return CompareNames(a.Name, b.Name) })
	return &Lock{seen, hosts}
}

// Day is Seen, or zero where there is no lock.
func (l *Lock) Day() time.Time {
	if l == nil {
		return time.Time{}
	}
	return l.Seen
}

// Hosts are all that the lock knows, sorted by labels from the right.
func (l *Lock) Hosts() []Host {
	if l == nil {
		return nil
	}
	return l.hosts
}

// Host is what the lock says of a name, or nil.
func (l *Lock) Host(name zonefiles.Name) *Host {
	hosts := l.Hosts()
	i, ok := find(hosts, name)
	if !ok {
		return nil
	}
	return &hosts[i]
}

// Sibling is the host that stands for all those whose names have one parent, and whose zones' name servers have one
// family: the first one, or h itself where there are very many others. H is a host of the lock.
func (l *Lock) Sibling(h *Host) *Host {
	parent := h.Name.Parent()
	first, _ := find(l.hosts, parent)
	for i := first; i < min(first+maxSiblings, len(l.hosts)); i++ {
		if other := &l.hosts[i]; other.DNS == h.DNS && other.Name.Parent() == parent && other.Alias.IsRoot() {
			return other
		}
	}
	return h
}

// IsIn reports whether a place is in the file of the lock.
func (l *Lock) IsIn(at zonefiles.Span) bool {
	return l != nil && len(l.hosts) > 0 && !l.hosts[0].Line.IsEmpty() && l.hosts[0].Line.File == at.File
}

// find is where a name is or would be among sorted hosts, and whether it is there.
func find(hosts []Host, name zonefiles.Name) (int, bool) {
	return slices.BinarySearchFunc(hosts, name, func(h Host, name zonefiles.Name) int {
		return CompareNames(h.Name, name)
	})
}

// CompareNames puts names into the canonical order (RFC 4034 s.6.1): label by label from the right, so that those of
// one provider are neighbours.
func CompareNames(a, b zonefiles.Name) int {
	var inA, inB [maxLabels]uint8
	n, m := labels(a, &inA), labels(b, &inB)
	for i := 1; i <= min(n, m); i++ {
		x, y := inA[n-i], inB[m-i]
		if c := strings.Compare(string(a[x+1:x+1+a[x]]), string(b[y+1:y+1+b[y]])); c != 0 {
			return c
		}
	}
	return n - m
}

const maxLabels = 127 // of a name (RFC 1035 s.2.3.4)

// labels gives where a name's labels begin, and counts them.
func labels(name zonefiles.Name, at *[maxLabels]uint8) (count int) {
	for i := 0; i < len(name); i += 1 + int(name[i]) {
		at[count] = uint8(i)
		count++
	}
	return count
}

// State says what DNS answered to the questions for a host's addresses.
type State uint8

// The states. The zero State is Unknown: DNS was asked, and gave no answer that is a fact.
const (
	Unknown   State = iota
	Addresses       // of one family at least
	NoData          // the name exists, addresses do not
	NXDomain        // the name does not exist
)

// Host is one line.
type Host struct {
	Name  zonefiles.Name
	Alias zonefiles.Name // the end of a chain of aliases, of which the rest of the line speaks; the root: it is no alias
	State State
	IPv4  Seen
	IPv6  Seen
	// DNS is the one family of the name servers of the host's zone; None where they have both, or it is not known.
	DNS  delivery.Families
	Line zonefiles.Span // without the line's end; empty where the host comes from no file
}

// Seen is what kinds of addresses of one family a host has.
type Seen struct {
	Found     delivery.KindSet // empty: no address of the family
	Reachable bool             // an address for a special purpose is reachable from everywhere (RFC 8190)
}

// Add counts an address in.
func (s *Seen) Add(class delivery.Class) {
	s.Found |= 1 << class.Kind
	s.Reachable = s.Reachable || class.Kind == delivery.SpecialPurpose && class.Reachable
}

// usable reports whether senders of a scope can route to some address.
func (s Seen) usable(scope delivery.Scope) bool {
	return s.Found.Has(delivery.Global) || s.Found.Has(delivery.Documentation) || s.Reachable ||
		s.Found.Has(delivery.Private) && scope == delivery.Internal
}

// Seen is what the host has of one family.
func (h *Host) Seen(family delivery.Families) Seen {
	if family == delivery.IPv4 {
		return h.IPv4
	}
	return h.IPv6
}

// Families are those in which the host has an address that senders of a scope can route to.
func (h *Host) Families(scope delivery.Scope) delivery.Families {
	return families(h.IPv4.usable(scope), h.IPv6.usable(scope))
}

// Published are the families in which the host has an address of any kind.
func (h *Host) Published() delivery.Families {
	return families(h.IPv4.Found != 0, h.IPv6.Found != 0)
}

func families(ipv4, ipv6 bool) (f delivery.Families) {
	if ipv4 {
		f |= delivery.IPv4
	}
	if ipv6 {
		f |= delivery.IPv6
	}
	return f
}

// Same reports whether two lines say the same of the same host.
func (h Host) Same(other Host) bool {
	h.Line, other.Line = zonefiles.Span{}, zonefiles.Span{}
	return h == other
}
