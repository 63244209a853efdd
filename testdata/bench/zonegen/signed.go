package zonegen

// A zone as a DNSSEC signer leaves it.

import (
	"crypto/sha1" // the only hash that NSEC3 has (RFC 5155 section 11)
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
)

const signedOrigin = "signed.example."

// Every signature is valid from 2024 to 2044.
const (
	expiration = "20440101000000"
	inception  = "20240101000000"
)

// Signed writes a zone in the form that dnssec-signzone gives it: every authoritative RRset with an RRSIG of algorithm
// 13 (ECDSA P-256, RFC 6605) over several lines, a DNSKEY RRset of two keys, NSEC3PARAM and a closed NSEC3 chain
// without salt or additional iterations (RFC 9276). About records/21 mail domains with two MX hosts each.
//
// Fields have the right form, length and value, key tags, labels and NSEC3 hashes included; the 64 octets of a
// signature and a public key are pseudo-random. So a program that loads the zone accepts it (named-checkzone -i full,
// kzonecheck -d off, nsd-checkzone, ldns-read-zone), and one that verifies signatures refuses it (kzonecheck -d on, its
// default here; validns).
func Signed(w io.Writer, records int) error {
	domains, err := groups(records, 21)
	if err != nil {
		return err
	}
	s := signer{zone: open(w, signedOrigin), noise: rand.New(rand.NewPCG(3974, 5155))}
	s.apex()
	for i := range domains {
		d := label(i)
		mx1, mx2 := "mx1."+d, "mx2."+d
		s.node(d, rrset{"MX", []string{"10 " + mx1, "20 " + mx2}}, addresses(3*i, "A"), addresses(3*i, "AAAA"))
		s.node(mx1, addresses(3*i+1, "A"), addresses(3*i+1, "AAAA"))
		s.node(mx2, addresses(3*i+2, "A"), addresses(3*i+2, "AAAA"))
	}
	s.denial()
	return s.close()
}

// rrset is the RRset of one type at the owner at hand.
type rrset struct {
	kind  string
	rdata []string
}

func addresses(n int, kind string) rrset {
	if kind == "A" {
		return rrset{kind, []string{ipv4(n).String()}}
	}
	return rrset{kind, []string{ipv6(n).String()}}
}

type signer struct {
	zone
	noise *rand.Rand
	tag   uint16 // of the zone-signing key
	names []hashedName
}

// hashedName is an owner name as the NSEC3 chain knows it.
type hashedName struct {
	hash  [sha1.Size]byte
	types string
}

// apex signs what open wrote, and adds the keys. The SOA and NS records stand there already.
func (s *signer) apex() {
	var keys []string
	var keyTags []uint16
	for _, flags := range []uint16{257, 256} { // key-signing key, zone-signing key: RFC 4034 section 2.1.1
		rdata := append(binary.BigEndian.AppendUint16(nil, flags), 3, 13)
		rdata = append(rdata, s.random(64)...)
		keys = append(keys, fmt.Sprintf("%d 3 13 (\n\t\t\t\t\t%s )", flags, wrap(rdata[4:])))
		keyTags = append(keyTags, keyTag(rdata))
	}
	s.tag = keyTags[1]
	for _, ns := range []string{"ns1", "ns2"} {
		s.sign(ns, "A", s.tag)
		s.sign(ns, "AAAA", s.tag)
		s.remember(ns, "A AAAA RRSIG")
	}
	s.sign("@", "SOA", s.tag)
	s.sign("@", "NS", s.tag)
	s.records("@", rrset{"DNSKEY", keys})
	s.sign("@", "DNSKEY", keyTags[0])
	s.records("@", rrset{"NSEC3PARAM", []string{"1 0 0 -"}})
	s.sign("@", "NSEC3PARAM", s.tag)
	s.remember("@", "NS SOA RRSIG DNSKEY NSEC3PARAM")
}

// node writes the RRsets of one owner, each with its signature.
func (s *signer) node(owner string, rrsets ...rrset) {
	var types []string
	for _, set := range rrsets {
		s.records(owner, set)
		s.sign(owner, set.kind, s.tag)
		types = append(types, set.kind)
	}
	// In the order of type numbers, as signers print the bitmap: A (1), MX (15), AAAA (28), RRSIG (46).
	order := []string{"A", "MX", "AAAA"}
	slices.SortFunc(types, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	s.remember(owner, strings.Join(types, " ")+" RRSIG")
}

func (s *signer) records(owner string, set rrset) {
	for _, rdata := range set.rdata {
		s.printf("%s\t3600\tIN %s\t%s\n", owner, set.kind, rdata)
	}
}

// sign writes the RRSIG of one RRset. The labels field leaves out the root (RFC 4034 section 3.1.3).
func (s *signer) sign(owner, kind string, tag uint16) {
	labels := strings.Count(absolute(owner), ".")
	s.printf("\t\t\t3600\tRRSIG\t%s 13 %d 3600 (\n\t\t\t\t\t%s %s %d %s\n\t\t\t\t\t%s )\n",
		kind, labels, expiration, inception, tag, signedOrigin, wrap(s.random(64)))
}

func (s *signer) remember(owner, types string) {
	s.names = append(s.names, hashedName{nsec3Hash(absolute(owner)), types})
}

// denial writes the NSEC3 chain in the order of its hashes; the last one leads back to the first.
func (s *signer) denial() {
	slices.SortFunc(s.names, func(a, b hashedName) int { return slices.Compare(a.hash[:], b.hash[:]) })
	for i, name := range s.names {
		next := s.names[(i+1)%len(s.names)]
		owner := base32.HexEncoding.EncodeToString(name.hash[:]) // 20 octets need no padding
		s.printf("%s\t300\tIN NSEC3\t1 0 0 - (\n\t\t\t\t\t%s\n\t\t\t\t\t%s )\n",
			owner, base32.HexEncoding.EncodeToString(next.hash[:]), name.types)
		s.printf("\t\t\t300\tRRSIG\tNSEC3 13 3 300 (\n\t\t\t\t\t%s %s %d %s\n\t\t\t\t\t%s )\n",
			expiration, inception, s.tag, signedOrigin, wrap(s.random(64)))
	}
}

func (s *signer) random(octets int) []byte {
	b := make([]byte, 0, octets)
	for len(b) < octets {
		b = binary.BigEndian.AppendUint64(b, s.noise.Uint64())
	}
	return b
}

// absolute is the name that a relative owner in this zone stands for.
func absolute(owner string) string {
	if owner == "@" {
		return signedOrigin
	}
	return owner + "." + signedOrigin
}

// nsec3Hash is the hash of RFC 5155 section 5 with no salt and no additional iteration, of a name in lower case without
// escapes.
func nsec3Hash(name string) [sha1.Size]byte {
	var wire []byte
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		wire = append(append(wire, byte(len(part))), part...)
	}
	return sha1.Sum(append(wire, 0))
}

// keyTag is the checksum of RFC 4034 appendix B over DNSKEY RDATA.
func keyTag(rdata []byte) uint16 {
	var sum uint32
	for i, b := range rdata {
		if i%2 == 0 {
			sum += uint32(b) << 8
		} else {
			sum += uint32(b)
		}
	}
	return uint16(sum + sum>>16)
}

// wrap is base64 broken once, as signers break it.
func wrap(b []byte) string {
	text := base64.StdEncoding.EncodeToString(b)
	return text[:56] + "\n\t\t\t\t\t" + text[56:]
}
