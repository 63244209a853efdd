package zonefiles

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// notOfTheDNSLib are types for which miekg/dns has another name, none, or a name and no more.
var notOfTheDNSLib = map[string]bool{"NXT": true, "ATMA": true, "TYPE0": true, "TYPE65535": true}

// unknownToDNSLib reports whether miekg/dns does not read the RDATA of a type.
func unknownToDNSLib(t Type) bool {
	_, known := dns.TypeToRR[uint16(t)]
	return !known || notOfTheDNSLib[t.String()]
}

func TestTypesAreThoseOfTheDNSLib(t *testing.T) {
	for number := range 1 << 16 {
		typ := Type(number)
		name, known := dns.TypeToString[uint16(number)]
		row := typ.row()
		if known && !notOfTheDNSLib[typ.String()] && row.mnemonic != name {
			t.Errorf("type %d is %q here, and %q for the library", number, row.mnemonic, name)
		}
	}
}

func TestATypeIsReadByItsMnemonicInAnyCaseOrItsNumber(t *testing.T) {
	for number := range 1 << 16 {
		typ := Type(number)
		for _, text := range []string{typ.String(), strings.ToLower(typ.String()), fmt.Sprint("type", number)} {
			if got, ok := parseType([]byte(text)); !ok || got != typ {
				t.Errorf("%s is read as %s, %v", text, got, ok)
			}
		}
	}
	for _, text := range []string{"", "TYPE", "TYPE65536", "TYPE-1", "TYPE1 ", "MXX", "M", "NSEC3PARAMS", "OPENPGPKEYS", "ÄAAA", strings.Repeat("A", 300)} {
		if got, ok := parseType([]byte(text)); ok {
			t.Errorf("%q is read as %s", text, got)
		}
	}
}
