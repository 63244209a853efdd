package zonefiles

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"time"
)

// RDATA of any type may be written as octets: \# LENGTH HEX (RFC 3597 s.5). Those of a known type are read field by
// field into the text that they stand for, which is held to the same row as any other.

// isGeneric reports whether RDATA is written as octets. In a TXT record, \# without a number after it is the text "#",
// as in BIND.
func isGeneric(t Type, data []byte, fields []field) bool {
	return len(fields) > 0 && !fields[0].quoted && string(data[fields[0].start:fields[0].end]) == `\#` &&
		(t != TypeTXT || len(fields) > 1 && !fields[1].quoted && isDigit(data[fields[1].start]))
}

// genericOctets are the octets of generic RDATA; it reports false where they are not as many as it says, or no pairs of
// hexadecimal digits.
func genericOctets(data []byte, fields []field) ([]byte, bool) {
	if len(fields) < 2 {
		return nil, false
	}
	n, ok := parseUint(data[fields[1].start:fields[1].end], maxRDATA)
	if !ok || fields[1].quoted || textLength(fields[2:]) != 2*int(n) {
		return nil, false
	}
	digits := make([]byte, 0, 2*n)
	for _, f := range fields[2:] {
		if f.quoted {
			return nil, false
		}
		digits = append(digits, data[f.start:f.end]...)
	}
	octets, err := hex.AppendDecode(make([]byte, 0, n), digits)
	return octets, err == nil
}

// octetsComplaint says why genericOctets reports false.
func octetsComplaint(data []byte, fields []field) string {
	if len(fields) < 2 {
		return "has no length"
	}
	length := data[fields[1].start:fields[1].end]
	n, ok := parseUint(length, maxRDATA)
	switch digits := textLength(fields[2:]); {
	case !ok:
		return fmt.Sprintf("length %s is not a number up to %d", Quote(length), maxRDATA)
	case digits != 2*int(n):
		return fmt.Sprintf("length is %s, but %d hexadecimal digits follow", octetCount(int(n)), digits)
	}
	return "data is not hexadecimal digits"
}

// octetReader reads octets of RDATA field by field. It keeps the first fault, and reads nothing after it.
type octetReader struct {
	octets []byte
	at     int    // octets read
	text   []byte // what they stand for
	of     int    // the field of the row that is read
	fault  faultKind
}

// octetsLayout names octets that are not the fields of their row in its order.
type octetsLayout uint8

const (
	ipseckeyLayout octetsLayout = 1 + iota
	amtrelayLayout
	a6Layout
	aplLayout
	hipLayout
	locLayout
	wksLayout
	nxtLayout
	atmaLayout
)

// readLayout reads octets of a layout.
func (r *octetReader) readLayout(layout octetsLayout) {
	switch layout {
	case ipseckeyLayout:
		r.readGateway(3)
		r.atLeastOne(4)
	case amtrelayLayout:
		r.readGateway(2)
	case a6Layout:
		r.readA6()
	case aplLayout:
		r.readPrefixes()
	case hipLayout:
		r.readHIP()
	case locLayout:
		r.readLocation()
	case wksLayout:
		r.readServices()
	case nxtLayout:
		r.readLowTypes()
	case atmaLayout:
		r.readATMA()
	}
}

// readOctets reads generic RDATA into the text that it stands for. The text is empty where the row has octets of its
// own, or no fields.
func readOctets(row *rrType, data []byte, fields []field) (text []byte, fault rdataFault) {
	octets, ok := genericOctets(data, fields)
	switch {
	case !ok:
		return nil, rdataFault{kind: wrongOctetsOf}
	case row.fields == nil:
		return nil, rdataFault{}
	}
	r := octetReader{octets: octets}
	if row.octets != 0 {
		r.readLayout(row.octets)
	} else {
		for i, f := range row.fields {
			if r.isAtEnd() && f.optional {
				break
			}
			r.read(i, f.kind)
		}
	}
	switch {
	case r.fault != 0:
		return nil, rdataFault{kind: r.fault, of: uint8(r.of), octets: int32(len(octets))}
	case !r.isAtEnd():
		return nil, rdataFault{kind: octetsExtra, octets: int32(r.at)}
	case row.octets != 0:
		return nil, rdataFault{}
	}
	fault = checkFields(row, r.text, scanFields(r.text, 0, uint32(len(r.text)), nil), originSize{})
	fault.inOctets = fault.kind != 0
	return r.text, fault
}

func (r *octetReader) isAtEnd() bool { return r.at == len(r.octets) }

// take is the next n octets, all of them 0 where there are fewer.
func (r *octetReader) take(of, n int) []byte {
	if r.fault == 0 {
		r.of = of
		if len(r.octets)-r.at < n {
			r.fault = octetsEnd
		}
	}
	if r.fault != 0 {
		return make([]byte, n)
	}
	r.at += n
	return r.octets[r.at-n : r.at]
}

// rest is the octets that are left.
func (r *octetReader) rest(of int) []byte { return r.take(of, len(r.octets)-r.at) }

// require makes it a fault that a field is not as it should be.
func (r *octetReader) require(ok bool) {
	if !ok && r.fault == 0 {
		r.fault = octetsWrong
	}
}

// read reads one field, or all to the end for the kinds that take them.
func (r *octetReader) read(of int, kind fieldKind) {
	if r.at > 0 || of > 0 {
		r.text = append(r.text, ' ')
	}
	number := func(octets int) {
		var wide [8]byte
		copy(wide[8-octets:], r.take(of, octets))
		r.text = strconv.AppendUint(r.text, binary.BigEndian.Uint64(wide[:]), 10)
	}
	switch kind {
	case nameField:
		r.readName(of)
	case uint8Field, algorithmField, digestTypeField, hashAlgorithmField, protocolField, syncSchemeField:
		number(1)
	case uint16Field, zeroField, certificateTypeField:
		number(2)
	case uint32Field, periodField:
		number(4)
	case uint64Field:
		number(8)
	case typeField:
		r.text = append(r.text, Type(binary.BigEndian.Uint16(r.take(of, 2))).String()...)
	case dateField, timeField:
		seconds := int64(binary.BigEndian.Uint32(r.take(of, 4)))
		r.text = time.Unix(seconds, 0).UTC().AppendFormat(r.text, "20060102150405")
	case ipv4Field:
		r.text = netip.AddrFrom4([4]byte(r.take(of, 4))).AppendTo(r.text)
	case ipv6Field:
		r.text = netip.AddrFrom16([16]byte(r.take(of, 16))).AppendTo(r.text)
	case saltField:
		if salt := r.take(of, int(r.take(of, 1)[0])); len(salt) > 0 {
			r.text = hex.AppendEncode(r.text, salt)
		} else {
			r.text = append(r.text, '-')
		}
	case hashField:
		hash := r.take(of, int(r.take(of, 1)[0]))
		r.require(len(hash) > 0)
		r.text = base32.HexEncoding.WithPadding(base32.NoPadding).AppendEncode(r.text, hash)
	case tagField:
		tag := r.take(of, int(r.take(of, 1)[0]))
		r.require(onlyDigits(tag, &alphanumeric))
		r.text = append(r.text, tag...)
	case stringField, x25Field:
		r.text = appendQuoted(r.text, r.take(of, int(r.take(of, 1)[0])))
	case stringsField:
		for first := true; first || !r.isAtEnd() && r.fault == 0; first = false {
			r.text = append(appendQuoted(r.text, r.take(of, int(r.take(of, 1)[0]))), ' ')
		}
	case textField, quotedField:
		r.text = appendQuoted(r.text, r.rest(of))
	case locatorField:
		r.readGroups(of, 4, 2, ':')
	case eui48Field:
		r.readGroups(of, 6, 1, '-')
	case eui64Field:
		r.readGroups(of, 8, 1, '-')
	case nsapField:
		r.text = hex.AppendEncode(append(r.text, "0x"...), r.atLeastOne(of))
	case hexField:
		r.text = hex.AppendEncode(r.text, r.atLeastOne(of))
	case base64Field:
		r.text = base64.StdEncoding.AppendEncode(r.text, r.atLeastOne(of))
	case base64OrNoneField:
		if r.isAtEnd() {
			r.text = append(r.text, '-')
		} else {
			r.text = base64.StdEncoding.AppendEncode(r.text, r.rest(of))
		}
	case typesField:
		r.readTypes(of)
	case paramsField:
		r.readParams(of)
	}
}

// atLeastOne is the octets that are left, of which there must be some.
func (r *octetReader) atLeastOne(of int) []byte {
	r.take(of, 1)
	if r.fault == 0 {
		r.at--
	}
	return r.rest(of)
}

// readName reads a name, which is not compressed (RFC 3597 s.4).
func (r *octetReader) readName(of int) {
	start := r.at
	for {
		size := int(r.take(of, 1)[0])
		if size == 0 || r.fault != 0 {
			break
		}
		r.take(of, size)
		if r.require(size <= maxLabel && r.at-start <= maxName); r.fault != 0 {
			break
		}
	}
	if r.fault == 0 {
		r.text = Name(r.octets[start : r.at-1]).AppendText(r.text)
	}
}

func (r *octetReader) readGroups(of, groups, octets int, separator byte) {
	for i := range groups {
		if i > 0 {
			r.text = append(r.text, separator)
		}
		r.text = hex.AppendEncode(r.text, r.take(of, octets))
	}
}

// readTypes reads a bitmap of types in windows, of which none is empty (RFC 4034 s.4.1.2).
func (r *octetReader) readTypes(of int) {
	last := -1
	for first := true; first || !r.isAtEnd() && r.fault == 0; first = false {
		head := r.take(of, 2)
		bits := r.take(of, int(head[1]))
		window := int(head[0])
		r.require(window > last && len(bits) >= 1 && len(bits) <= 32 && bits[len(bits)-1] != 0)
		last = window
		for i := range 8 * len(bits) {
			if bits[i/8]&(0x80>>(i%8)) != 0 {
				r.text = append(append(r.text, Type(window<<8+i).String()...), ' ')
			}
		}
	}
}

// readParams reads parameters, which are in the order of their keys (RFC 9460 s.2.2). What is no value of its key stays
// octets, which the check of the text refuses.
func (r *octetReader) readParams(of int) {
	last := -1
	for !r.isAtEnd() && r.fault == 0 {
		head := r.take(of, 4)
		key := paramKey(binary.BigEndian.Uint16(head))
		value := r.take(of, int(binary.BigEndian.Uint16(head[2:])))
		if int(key) <= last && r.fault == 0 {
			r.fault = unsortedParam
		}
		last = int(key)
		r.text = append(append(r.text, key.String()...), '=')
		r.text = append(key.appendValue(r.text, value), ' ')
	}
}

// appendValue appends the text of a parameter's value.
func (k paramKey) appendValue(text, value []byte) []byte {
	each := 0 // octets of an item
	switch k {
	case mandatoryParam, portParam:
		each = 2
	case ipv4HintParam:
		each = 4
	case ipv6HintParam:
		each = 16
	case echParam:
		return base64.StdEncoding.AppendEncode(text, value)
	case alpnParam:
		return appendProtocols(text, value)
	}
	if each == 0 || len(value) == 0 || len(value)%each != 0 || k == portParam && len(value) > each {
		return appendQuoted(text, value)
	}
	for i := 0; i < len(value); i += each {
		if i > 0 {
			text = append(text, ',')
		}
		switch item := value[i : i+each]; k {
		case mandatoryParam:
			text = append(text, paramKey(binary.BigEndian.Uint16(item)).String()...)
		case portParam:
			text = strconv.AppendUint(text, uint64(binary.BigEndian.Uint16(item)), 10)
		default:
			address, _ := netip.AddrFromSlice(item)
			text = address.AppendTo(text)
		}
	}
	return text
}

// appendProtocols appends the text of a list of protocols, each after its length; where they are none, text that is no
// list of protocols either.
func appendProtocols(text, value []byte) []byte {
	var list []byte
	for left := value; len(left) > 0; {
		size := int(left[0])
		if size == 0 || size >= len(left) {
			return append(text, `","`...)
		}
		if len(list) > 0 {
			list = append(list, ',')
		}
		for _, c := range left[1 : 1+size] {
			if c == ',' || c == '\\' {
				list = append(list, '\\')
			}
			list = append(list, c)
		}
		left = left[1+size:]
	}
	return appendQuoted(text, list)
}

// appendQuoted appends octets as a character-string in quotes.
func appendQuoted(text, octets []byte) []byte {
	text = append(text, '"')
	for _, c := range octets {
		switch {
		case c < ' ' || c >= 0x7f:
			text = fmt.Appendf(text, `\%03d`, c)
		case c == '"' || c == '\\':
			text = append(text, '\\', c)
		default:
			text = append(text, c)
		}
	}
	return append(text, '"')
}

// The octets of types that are not their fields in order.

// readGateway reads the gateway of an IPSECKEY record, which has three octets before it (RFC 4025 s.2.1), or of an
// AMTRELAY record, which has two (RFC 8777 s.4.2).
func (r *octetReader) readGateway(before int) {
	const ipseckey, gateway = 3, 3
	typ := r.take(0, before)[1]
	if before != ipseckey {
		typ &= 0x7f // after the discovery bit
	}
	switch typ {
	case 0:
	case 1:
		r.take(gateway, 4)
	case 2:
		r.take(gateway, 16)
	case 3:
		r.readName(gateway)
	default:
		r.rest(gateway)
		r.require(before != ipseckey)
	}
}

// readA6 reads RFC 2874 s.3.1.
func (r *octetReader) readA6() {
	const whole = 128
	length := r.take(0, 1)[0]
	if r.require(length <= whole); r.fault != 0 {
		return
	}
	if length < whole {
		suffix := r.take(1, 16-int(length)/8)
		r.require(suffix[0]>>(8-length%8) == 0)
	}
	if length > 0 {
		r.readName(1)
	}
}

// readPrefixes reads RFC 3123 s.4.
func (r *octetReader) readPrefixes() {
	for !r.isAtEnd() && r.fault == 0 {
		head := r.take(0, 4)
		address := r.take(0, int(head[3]&0x7f))
		switch family, length := binary.BigEndian.Uint16(head), head[2]; family {
		case 1:
			r.require(length <= 32 && len(address) <= 4)
		case 2:
			r.require(length <= 128 && len(address) <= 16)
		}
		r.require(len(address) == 0 || address[len(address)-1] != 0)
	}
}

// readHIP reads RFC 8005 s.5.
func (r *octetReader) readHIP() {
	head := r.take(0, 4)
	tag, key := int(head[0]), int(binary.BigEndian.Uint16(head[2:]))
	r.require(tag > 0 && key > 0)
	r.take(1, tag)
	r.take(2, key)
	for !r.isAtEnd() && r.fault == 0 {
		r.readName(3)
	}
}

// readLocation reads RFC 1876 s.2.
func (r *octetReader) readLocation() {
	if version := r.take(0, 1)[0]; version != 0 {
		r.rest(0)
		return
	}
	for _, size := range r.take(0, 3) { // a digit and a power of ten
		r.require(size == 0 || size>>4 >= 1 && size>>4 <= 9 && size&0xf <= 9)
	}
	for _, degrees := range []int64{90, 180} {
		from := int64(binary.BigEndian.Uint32(r.take(0, 4))) - 1<<31 // in thousandths of an arc second
		r.require(from >= -degrees*3_600_000 && from <= degrees*3_600_000)
	}
	r.take(0, 4)
}

// readServices reads RFC 1035 s.3.4.2.
func (r *octetReader) readServices() {
	r.take(0, 4)
	r.take(1, 1)
	bits := r.rest(2)
	r.require(len(bits) <= 1<<16/8 && (len(bits) == 0 || bits[len(bits)-1] != 0))
}

// readLowTypes reads RFC 2535 s.5.2.
func (r *octetReader) readLowTypes() {
	r.readName(0)
	bits := r.rest(1)
	r.require(len(bits) == 0 || len(bits) <= 16 && bits[0]&0x80 == 0 && bits[len(bits)-1] != 0)
}

// readATMA reads an address of format 0, of any octets, or 1, of decimal digits.
func (r *octetReader) readATMA() {
	format := r.take(0, 1)[0]
	address := r.atLeastOne(0)
	r.require(format != 1 || onlyDigits(address, &decimalDigit))
}
