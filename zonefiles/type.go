package zonefiles

import "strconv"

// Type is an RR type (RFC 1035 s.3.2.2).
type Type uint16

// The types that rules ask for, and those whose RDATA the fast path knows.
const (
	TypeA      Type = 1
	TypeNS     Type = 2
	TypeCNAME  Type = 5
	TypeSOA    Type = 6
	TypePTR    Type = 12
	TypeHINFO  Type = 13
	TypeMX     Type = 15
	TypeTXT    Type = 16
	TypeRP     Type = 17
	TypeAFSDB  Type = 18
	TypeAAAA   Type = 28
	TypeX25    Type = 19
	TypeGPOS   Type = 27
	TypeSRV    Type = 33
	TypeNAPTR  Type = 35
	TypeDNAME  Type = 39
	TypeDS     Type = 43
	TypeSSHFP  Type = 44
	TypeRRSIG  Type = 46
	TypeNSEC   Type = 47
	TypeDNSKEY Type = 48
	TypeNSEC3  Type = 50
	TypeNSEC3P Type = 51
	TypeTLSA   Type = 52
	TypeCDS    Type = 59
	TypeCDNSK  Type = 60
	TypeZONEMD Type = 63
	TypeSPF    Type = 99
)

// String is the type's mnemonic, or TYPEnnn where it has none (RFC 3597 s.5).
func (t Type) String() string {
	if name, ok := mnemonic(t); ok {
		return name
	}
	return "TYPE" + strconv.Itoa(int(t))
}

// parseType reads a mnemonic in any case, or TYPEnnn.
func parseType(text []byte) (Type, bool) {
	if t := commonType(text); t != 0 {
		return t, true
	}
	var upper [16]byte
	if len(text) > len(upper) {
		return 0, false
	}
	for i, c := range text {
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		upper[i] = c
	}
	name := upper[:len(text)]
	if t, ok := byMnemonic(name); ok {
		return t, true
	}
	if len(name) > 4 && string(name[:4]) == "TYPE" {
		n, ok := parseUint(name[4:], 65535)
		return Type(n), ok
	}
	return 0, false
}

// commonType is the type of a mnemonic that zones are full of, or else 0. It spares most records a look into the arbiter's map.
func commonType(text []byte) Type {
	switch wordOf(text) {
	case 'a':
		return TypeA
	case 'a'<<24 | 'a'<<16 | 'a'<<8 | 'a':
		return TypeAAAA
	case 'm'<<8 | 'x':
		return TypeMX
	case 'n'<<8 | 's':
		return TypeNS
	case 'd'<<8 | 's':
		return TypeDS
	case 't'<<16 | 'x'<<8 | 't':
		return TypeTXT
	case 'p'<<16 | 't'<<8 | 'r':
		return TypePTR
	case 's'<<16 | 'r'<<8 | 'v':
		return TypeSRV
	case 'c'<<32 | 'n'<<24 | 'a'<<16 | 'm'<<8 | 'e':
		return TypeCNAME
	case 'r'<<32 | 'r'<<24 | 's'<<16 | 'i'<<8 | 'g':
		return TypeRRSIG
	case 'n'<<24 | 's'<<16 | 'e'<<8 | 'c':
		return TypeNSEC
	case 'n'<<32 | 's'<<24 | 'e'<<16 | 'c'<<8 | '3':
		return TypeNSEC3
	}
	return 0
}

// wordOf is up to eight letters, digits and hyphens as a number, the letters in lower case. It is 0 for any other text.
func wordOf(text []byte) (word uint64) {
	if len(text) > 8 {
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

// parseUint reads decimal digits up to a largest value.
func parseUint(text []byte, largest uint64) (uint64, bool) {
	if len(text) == 0 {
		return 0, false
	}
	var n uint64
	for _, c := range text {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
		if n > largest {
			return 0, false
		}
	}
	return n, true
}

// parseTTL reads seconds, or numbers with units as BIND writes them: 1w2d3h4m5s. It reports false beyond 2^32-1.
func parseTTL(text []byte) (seconds uint32, ok bool) {
	const largest = 1<<32 - 1
	if n, ok := parseUint(text, largest); ok {
		return uint32(n), true
	}
	var total, n uint64
	digits := false
	for _, c := range text {
		if isDigit(c) {
			n = n*10 + uint64(c-'0')
			if n > largest {
				return 0, false
			}
			digits = true
			continue
		}
		unit := ttlUnit(lower(c))
		if unit == 0 || !digits {
			return 0, false
		}
		total += n * unit
		if total > largest {
			return 0, false
		}
		n, digits = 0, false
	}
	return uint32(total), !digits && len(text) > 0
}

func ttlUnit(c byte) uint64 {
	switch c {
	case 's':
		return 1
	case 'm':
		return 60
	case 'h':
		return 3600
	case 'd':
		return 24 * 3600
	case 'w':
		return 7 * 24 * 3600
	}
	return 0
}
