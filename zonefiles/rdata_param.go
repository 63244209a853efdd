package zonefiles

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The parameters of SVCB and HTTPS records (RFC 9460 s.2.1, s.7, s.8).

// paramKey is the key of a parameter.
type paramKey uint16

const (
	mandatoryParam paramKey = iota
	alpnParam
	noDefaultALPNParam
	portParam
	ipv4HintParam
	echParam
	ipv6HintParam
	dohPathParam
	ohttpParam
)

// params are the parameters with a name, and what their values are, after "is not".
var params = [...]struct{ name, value string }{
	mandatoryParam:     {"mandatory", "a list of keys, each of them once"},
	alpnParam:          {"alpn", "a list of protocols of up to 255 octets each"},
	noDefaultALPNParam: {"no-default-alpn", "without a value"},
	portParam:          {"port", "a number up to 65535"},
	ipv4HintParam:      {"ipv4hint", "a list of IPv4 addresses"},
	echParam:           {"ech", "base64"},
	ipv6HintParam:      {"ipv6hint", "a list of IPv6 addresses"},
	dohPathParam:       {"dohpath", "a path with the variable dns, such as /dns-query{?dns}"},
	ohttpParam:         {"ohttp", "without a value"},
}

func (k paramKey) String() string {
	if int(k) < len(params) {
		return params[k].name
	}
	return "key" + strconv.Itoa(int(k))
}

// param is a parameter as it is in the text.
type param struct {
	key      paramKey
	value    []byte
	hasValue bool
}

// readParam reads the parameter that fields begin with. It may take two of them: a quote right after the equals sign
// begins another field. It reports false where the key is none.
func readParam(data []byte, fields []field) (p param, taken int, ok bool) {
	f := fields[0]
	text, taken := data[f.start:f.end], 1
	name, value, hasValue := strings.Cut(string(text), "=")
	p.value, p.hasValue = text[len(text)-len(value):], hasValue
	if hasValue && value == "" && len(fields) > 1 && fields[1].quoted && fields[1].start == f.end+1 {
		p.value, taken = data[fields[1].start:fields[1].end], 2
	}
	p.key, ok = parseParamKey(name)
	return p, taken, ok && !f.quoted
}

// parseParamKey reads the name of a key, or keyNNNNN without leading zeros.
func parseParamKey(name string) (paramKey, bool) {
	for key, known := range params {
		if known.name == name {
			return paramKey(key), true
		}
	}
	digits, ok := strings.CutPrefix(name, "key")
	n, isNumber := parseUint([]byte(digits), 1<<16-1)
	return paramKey(n), ok && isNumber && (len(digits) == 1 || digits[0] != '0')
}

// checkParams checks the parameters of a record: each by itself, no two of one key, those that are mandatory, and alpn
// where there is no default.
func checkParams(data []byte, fields []field) rdataFault {
	const first = 2
	at := map[paramKey]int{}
	var mandatory []byte
	for i := first; i < len(fields); {
		p, taken, ok := readParam(data, fields[i:])
		fault := rdataFault{field: uint32(i), of: first}
		_, isRepeated := at[p.key]
		switch {
		case !ok:
			fault.kind = unknownParam
		case isRepeated:
			fault.kind = repeatedParam
		case !p.isRight():
			fault.kind = wrongParam
		}
		if fault.kind != 0 {
			return fault
		}
		if at[p.key] = i; p.key == mandatoryParam {
			mandatory = p.value
		}
		i += taken
	}
	if mandatory != nil {
		for name := range strings.SplitSeq(string(mandatory), ",") {
			if key, _ := parseParamKey(name); key == mandatoryParam || at[key] == 0 {
				return rdataFault{kind: missingMandatory, field: uint32(at[mandatoryParam]), of: first}
			}
		}
	}
	if i, ok := at[noDefaultALPNParam]; ok && at[alpnParam] == 0 {
		return rdataFault{kind: missingALPN, field: uint32(i), of: first}
	}
	return rdataFault{}
}

// isRight reports whether the value is what the key asks for.
func (p param) isRight() bool {
	switch value := string(p.value); p.key {
	case mandatoryParam:
		seen := map[paramKey]bool{}
		for name := range strings.SplitSeq(value, ",") {
			key, ok := parseParamKey(name)
			if !ok || seen[key] {
				return false
			}
			seen[key] = true
		}
		return true
	case alpnParam:
		return isProtocolList(p.value)
	case noDefaultALPNParam, ohttpParam:
		return len(value) == 0
	case portParam:
		_, ok := parseUint(p.value, 1<<16-1)
		return ok
	case ipv4HintParam, ipv6HintParam:
		for address := range strings.SplitSeq(value, ",") {
			_, isIPv4 := parseIPv4([]byte(address))
			_, isIPv6 := parseIPv6([]byte(address))
			if !isIPv4 && p.key == ipv4HintParam || !isIPv6 && p.key == ipv6HintParam {
				return false
			}
		}
		return true
	case echParam:
		return base64WordField.holds(p.value, false, 0)
	case dohPathParam:
		path := string(decodeString(p.value))
		_, variable, _ := strings.Cut(path, "{")
		names, _, ok := strings.Cut(strings.TrimLeft(variable, "+#./;?&"), "}")
		return ok && strings.HasPrefix(path, "/") && slices.Contains(strings.Split(names, ","), "dns")
	}
	_, ok := stringSize(p.value, true)
	return ok
}

// isProtocolList reports whether a value is a list of protocols with commas between them, a comma in one escaped twice
// (RFC 9460 s.7.1.1, A.1).
func isProtocolList(value []byte) bool {
	if _, ok := stringSize(value, true); !ok {
		return false
	}
	size := 0
	list := decodeString(value)
	for i := 0; i < len(list); i++ {
		switch c := list[i]; {
		case c == ',' && (size == 0 || size > maxString):
			return false
		case c == ',':
			size = 0
			continue
		case c == '\\' && i+1 < len(list):
			i++
		}
		size++
	}
	return size > 0 && size <= maxString
}

// paramComplaint says what is wrong with a parameter, after the word.
func paramComplaint(fault rdataFault, data []byte, fields []field) string {
	f := fields[fault.field]
	p, taken, _ := readParam(data, fields[fault.field:])
	text := Quote(data[f.start:fields[int(fault.field)+taken-1].end])
	switch fault.kind {
	case unknownParam:
		return text + " has no known key, nor one from key0 to key65535"
	case repeatedParam:
		return text + " is there a second time"
	case unsortedParam:
		return text + " does not follow in the order of the keys"
	case missingALPN:
		return text + " asks for alpn, which is not there"
	case missingMandatory:
		for name := range strings.SplitSeq(string(p.value), ",") {
			if name == params[mandatoryParam].name {
				return text + " names itself"
			}
		}
		return text + " names a key that is not there"
	}
	if int(p.key) < len(params) {
		return fmt.Sprintf("%s has a value that is not %s", text, params[p.key].value)
	}
	return text + " has an escape that is neither \\X nor \\DDD up to 255"
}
