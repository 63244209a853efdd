package zonefiles

import (
	"strconv"
	"strings"
)

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
	if typ, ok := typeOfWord(wordOf(text)); ok {
		return typ, true
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

// typeOfWord is the type with a mnemonic that is one word.
func typeOfWord(word uint64) (Type, bool) {
	for slot := typeSlot(word); typesByWord[slot].word != 0; slot = (slot + 1) % len(typesByWord) {
		if typesByWord[slot].word == word {
			return typesByWord[slot].typ, true
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
