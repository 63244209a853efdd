package zonefiles

import (
	"strconv"
	"strings"
)

// All that is known of an RR type is in its row of rrTypes: mnemonic and RDATA, field by field.

// Type is an RR type (RFC 1035 s.3.2.2).
type Type uint16

// The types that rules ask for.
const (
	TypeA      Type = 1
	TypeNS     Type = 2
	TypeCNAME  Type = 5
	TypeSOA    Type = 6
	TypePTR    Type = 12
	TypeMX     Type = 15
	TypeTXT    Type = 16
	TypeAAAA   Type = 28
	TypeSRV    Type = 33
	TypeDNAME  Type = 39
	TypeDS     Type = 43
	TypeRRSIG  Type = 46
	TypeNSEC   Type = 47
	TypeNSEC3  Type = 50
	TypeTLSA   Type = 52
	TypeZONEMD Type = 63
)

// rrType is what is known of an RR type.
type rrType struct {
	mnemonic    string
	fields      []rdataField // of its RDATA; none where only the DNS library knows them
	passThrough bool         // the DNS library does not read its RDATA, which is taken as it is
	mayBeEmpty  bool         // RDATA may be of no octets
	isWord      bool         // seen in other texts than zones, of which its mnemonic says nothing
}

// rdataField is one field of RDATA.
type rdataField struct {
	kind fieldKind
	name string // as the type's RFC calls it
}

// rrTypes are the types with a mnemonic by number, but for lateTypes.
var rrTypes = [...]rrType{
	TypeA:     {mnemonic: "A", fields: []rdataField{{ipv4Field, "address"}}},
	TypeNS:    {mnemonic: "NS", fields: []rdataField{{nameField, "name server"}}},
	TypeCNAME: {mnemonic: "CNAME", fields: []rdataField{{nameField, "canonical name"}}},
	TypeSOA: {mnemonic: "SOA", fields: []rdataField{
		{nameField, "primary server"},
		{nameField, "mailbox"},
		{uint32Field, "serial"},
		{periodField, "refresh"},
		{periodField, "retry"},
		{periodField, "expire"},
		{periodField, "minimum"},
	}},
	10:      {mnemonic: "NULL", mayBeEmpty: true}, // anything at all (RFC 1035 s.3.3.10)
	TypePTR: {mnemonic: "PTR", fields: []rdataField{{nameField, "name"}}},
	13:      {mnemonic: "HINFO", fields: []rdataField{{stringField, "CPU"}, {stringField, "OS"}}},
	TypeMX:  {mnemonic: "MX", fields: []rdataField{{uint16Field, "preference"}, {nameField, "target"}}},
	TypeTXT: {mnemonic: "TXT", fields: []rdataField{{stringsField, "string"}}},
	17:      {mnemonic: "RP", fields: []rdataField{{nameField, "mailbox"}, {nameField, "text name"}}},
	18:      {mnemonic: "AFSDB", fields: []rdataField{{uint16Field, "subtype"}, {nameField, "host"}}},
	19:      {mnemonic: "X25", fields: []rdataField{{stringField, "address"}}},
	27: {mnemonic: "GPOS", fields: []rdataField{
		{stringField, "longitude"}, {stringField, "latitude"}, {stringField, "altitude"},
	}},
	TypeAAAA: {mnemonic: "AAAA", fields: []rdataField{{ipv6Field, "address"}}},
	TypeSRV: {mnemonic: "SRV", fields: []rdataField{
		{uint16Field, "priority"}, {uint16Field, "weight"}, {uint16Field, "port"}, {nameField, "target"},
	}},
	35: {mnemonic: "NAPTR", fields: []rdataField{
		{uint16Field, "order"},
		{uint16Field, "preference"},
		{stringField, "flags"},
		{stringField, "services"},
		{stringField, "regular expression"},
		{nameField, "replacement"},
	}},
	TypeDNAME: {mnemonic: "DNAME", fields: []rdataField{{nameField, "target"}}},
	42:        {mnemonic: "APL", mayBeEmpty: true}, // a list of no prefixes (RFC 3123 s.4)
	TypeDS:    {mnemonic: "DS", fields: dsFields},
	44: {mnemonic: "SSHFP", fields: []rdataField{
		{uint8Field, "algorithm"},
		{uint8Field, "type"},
		{hexField, "fingerprint"},
	}},
	TypeRRSIG: {mnemonic: "RRSIG", fields: []rdataField{
		{typeField, "type covered"},
		{algorithmField, "algorithm"},
		{uint8Field, "labels"},
		{uint32Field, "original TTL"},
		{timeField, "expiration"},
		{timeField, "inception"},
		{uint16Field, "key tag"},
		{nameField, "signer"},
		{base64Field, "signature"},
	}},
	TypeNSEC: {mnemonic: "NSEC", fields: []rdataField{{nameField, "next name"}, {typesField, "type"}}},
	48:       {mnemonic: "DNSKEY", fields: dnskeyFields},
	TypeNSEC3: {mnemonic: "NSEC3", fields: []rdataField{
		{uint8Field, "hash algorithm"},
		{uint8Field, "flags"},
		{uint16Field, "iterations"},
		{saltField, "salt"},
		{hashField, "next hashed owner"},
		{typesField, "type"},
	}},
	51: {mnemonic: "NSEC3PARAM", fields: []rdataField{
		{uint8Field, "hash algorithm"},
		{uint8Field, "flags"},
		{uint16Field, "iterations"},
		{saltField, "salt"},
	}},
	TypeTLSA: {mnemonic: "TLSA", fields: []rdataField{
		{uint8Field, "usage"},
		{uint8Field, "selector"},
		{uint8Field, "matching type"},
		{hexField, "certificate data"},
	}},
	59: {mnemonic: "CDS", fields: dsFields},
	60: {mnemonic: "CDNSKEY", fields: dnskeyFields},
	99: {mnemonic: "SPF", fields: []rdataField{{stringsField, "string"}}},

	// Only the DNS library knows their RDATA.
	3: {mnemonic: "MD"}, 4: {mnemonic: "MF"}, 7: {mnemonic: "MB"}, 8: {mnemonic: "MG"}, 9: {mnemonic: "MR"},
	14: {mnemonic: "MINFO"}, 20: {mnemonic: "ISDN"}, 21: {mnemonic: "RT"}, 23: {mnemonic: "NSAP-PTR"},
	24: {mnemonic: "SIG"}, 25: {mnemonic: "KEY"}, 26: {mnemonic: "PX"}, 29: {mnemonic: "LOC"},
	31: {mnemonic: "EID"}, 32: {mnemonic: "NIMLOC"}, 36: {mnemonic: "KX"}, 37: {mnemonic: "CERT"},
	45: {mnemonic: "IPSECKEY"}, 49: {mnemonic: "DHCID"}, 53: {mnemonic: "SMIMEA"}, 55: {mnemonic: "HIP"},
	56: {mnemonic: "NINFO"}, 57: {mnemonic: "RKEY"}, 58: {mnemonic: "TALINK"}, 61: {mnemonic: "OPENPGPKEY"},
	62: {mnemonic: "CSYNC"}, TypeZONEMD: {mnemonic: "ZONEMD"}, 64: {mnemonic: "SVCB"}, 65: {mnemonic: "HTTPS"},
	104: {mnemonic: "NID"}, 105: {mnemonic: "L32"}, 106: {mnemonic: "L64"}, 107: {mnemonic: "LP"},
	108: {mnemonic: "EUI48"}, 109: {mnemonic: "EUI64"}, 256: {mnemonic: "URI"}, 257: {mnemonic: "CAA"},
	258: {mnemonic: "AVC"}, 260: {mnemonic: "AMTRELAY"}, 261: {mnemonic: "RESINFO"},

	// The library takes NXT for NSEC, has no more than a name for ATMA, and does not know the others.
	11: {mnemonic: "WKS", passThrough: true}, 22: {mnemonic: "NSAP", passThrough: true},
	30: {mnemonic: "NXT", passThrough: true}, 34: {mnemonic: "ATMA", passThrough: true},
	38: {mnemonic: "A6", passThrough: true}, 40: {mnemonic: "SINK", passThrough: true},
	66: {mnemonic: "DSYNC", passThrough: true}, 67: {mnemonic: "HHIT", passThrough: true},
	68: {mnemonic: "BRID", passThrough: true}, 259: {mnemonic: "DOA", passThrough: true},
	262: {mnemonic: "WALLET", passThrough: true}, 263: {mnemonic: "CLA", passThrough: true},
	264: {mnemonic: "IPN", passThrough: true},

	// Words of other texts than zones, too.
	100: {mnemonic: "UINFO", isWord: true}, 101: {mnemonic: "UID", isWord: true},
	102: {mnemonic: "GID", isWord: true}, 103: {mnemonic: "UNSPEC", isWord: true},

	// For queries.
	41: {mnemonic: "OPT"}, 128: {mnemonic: "NXNAME"}, 249: {mnemonic: "TKEY"}, 250: {mnemonic: "TSIG"},
	251: {mnemonic: "IXFR"}, 252: {mnemonic: "AXFR"}, 253: {mnemonic: "MAILB"}, 254: {mnemonic: "MAILA"},
	255: {mnemonic: "ANY"},
}

// lateTypes are the types with a mnemonic from number firstLateType on.
var lateTypes = [...]rrType{{mnemonic: "TA", isWord: true}, {mnemonic: "DLV"}}

const firstLateType = 32768

var (
	dsFields = []rdataField{
		{uint16Field, "key tag"},
		{algorithmField, "algorithm"},
		{uint8Field, "digest type"},
		{hexField, "digest"},
	}
	dnskeyFields = []rdataField{
		{uint16Field, "flags"},
		{uint8Field, "protocol"},
		{algorithmField, "algorithm"},
		{base64Field, "public key"},
	}
	unknownType rrType
)

// row is what is known of the type; its mnemonic is empty where that is nothing.
func (t Type) row() *rrType {
	switch late := int(t) - firstLateType; {
	case int(t) < len(rrTypes):
		return &rrTypes[t]
	case late >= 0 && late < len(lateTypes):
		return &lateTypes[late]
	}
	return &unknownType
}

// String is the type's mnemonic, or TYPEnnn where it has none (RFC 3597 s.5).
func (t Type) String() string {
	if mnemonic := t.row().mnemonic; mnemonic != "" {
		return mnemonic
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// isData reports whether records of the type can be in a zone. Query and meta types cannot (RFC 6895 s.3.1).
func (t Type) isData() bool {
	const opt = 41
	return t != 0 && t != opt && (t < 128 || t > 255)
}

// parseType reads a mnemonic in any case, or TYPEnnn.
func parseType(text []byte) (Type, bool) {
	if word := wordOf(text); word != 0 {
		for slot := typeSlot(word); typesByWord[slot].word != 0; slot = (slot + 1) % len(typesByWord) {
			if typesByWord[slot].word == word {
				return typesByWord[slot].typ, true
			}
		}
	}
	const longestNumbered, longestMnemonic = len("TYPE65535"), len("OPENPGPKEY")
	switch {
	case len(text) > 4 && len(text) <= longestNumbered && wordOf(text[:4]) == 't'<<24|'y'<<16|'p'<<8|'e':
		n, ok := parseUint(text[4:], 65535)
		return Type(n), ok
	case len(text) > maxWord && len(text) <= longestMnemonic:
		for i := range rrTypes {
			if strings.EqualFold(rrTypes[i].mnemonic, string(text)) {
				return Type(i), true
			}
		}
	}
	return 0, false
}

// typesByWord is a hash table of the mnemonics that are one word, with open addressing: most records are found in its
// first slot. It is at most half full.
var typesByWord = func() (table [256]struct {
	word uint64
	typ  Type
},
) {
	add := func(t Type, mnemonic string) {
		if word := wordOf([]byte(mnemonic)); word != 0 {
			slot := typeSlot(word)
			for table[slot].word != 0 {
				slot = (slot + 1) % len(table)
			}
			table[slot].word, table[slot].typ = word, t
		}
	}
	for i := range rrTypes {
		add(Type(i), rrTypes[i].mnemonic)
	}
	for i := range lateTypes {
		add(Type(firstLateType+i), lateTypes[i].mnemonic)
	}
	return table
}()

func typeSlot(word uint64) int { return int(word * goldenRatio >> 56) }

// maxWord is how many characters a word has at most.
const maxWord = 8

// wordOf is up to maxWord letters, digits and hyphens as a number, the letters in lower case. It is 0 for any other
// text.
func wordOf(text []byte) (word uint64) {
	if len(text) > maxWord {
		return 0
	}
	for _, c := range text {
		c = hostnameByte[c]
		if c == 0 {
			return 0
		}
		word = word<<8 | uint64(c)
	}
	return word
}
