package zonefiles

// All that is known of an RR type is in its row here.

// rrType is what is known of an RR type.
type rrType struct {
	mnemonic string
	fields   []rdataField // of its RDATA; none where it has no form but octets (RFC 3597 s.5)
	check    rowCheck     // what its fields ask of one another
	digest   *digests     // of digestCheck
	octets   octetsLayout // where its octets are not its fields in their order
	isWord   bool         // seen in other texts than zones, of which its mnemonic says nothing
}

// rdataField is one field of RDATA.
type rdataField struct {
	kind     fieldKind
	name     string // as the type's RFC calls it
	optional bool   // RDATA may end before it
}

// rrTypes are the types with a mnemonic by number, but for lateTypes.
var rrTypes = [...]rrType{
	TypeA:     {mnemonic: "A", fields: []rdataField{{kind: ipv4Field, name: "address"}}},
	TypeNS:    {mnemonic: "NS", fields: nameFields("name server")},
	3:         {mnemonic: "MD", fields: nameFields("host")},
	4:         {mnemonic: "MF", fields: nameFields("host")},
	TypeCNAME: {mnemonic: "CNAME", fields: nameFields("canonical name")},
	TypeSOA: {mnemonic: "SOA", fields: []rdataField{
		{kind: nameField, name: "primary server"},
		{kind: nameField, name: "mailbox"},
		{kind: uint32Field, name: "serial"},
		{kind: periodField, name: "refresh"},
		{kind: periodField, name: "retry"},
		{kind: periodField, name: "expire"},
		{kind: periodField, name: "minimum"},
	}},
	7:  {mnemonic: "MB", fields: nameFields("host")},
	8:  {mnemonic: "MG", fields: nameFields("mailbox")},
	9:  {mnemonic: "MR", fields: nameFields("mailbox")},
	10: {mnemonic: "NULL"},
	11: {mnemonic: "WKS", octets: wksLayout, fields: []rdataField{
		{kind: ipv4Field, name: "address"},
		{kind: ipProtocolField, name: "protocol"},
		{kind: servicesField, name: "service", optional: true},
	}},
	TypePTR: {mnemonic: "PTR", fields: nameFields("name")},
	13: {mnemonic: "HINFO", fields: []rdataField{
		{kind: stringField, name: "CPU"}, {kind: stringField, name: "OS"},
	}},
	14:      {mnemonic: "MINFO", fields: nameFields("responsible mailbox", "error mailbox")},
	TypeMX:  {mnemonic: "MX", fields: preferenceAnd(nameField, "target")},
	TypeTXT: {mnemonic: "TXT", fields: stringsFields},
	17:      {mnemonic: "RP", fields: nameFields("mailbox", "text name")},
	18: {mnemonic: "AFSDB", fields: []rdataField{
		{kind: uint16Field, name: "subtype"}, {kind: nameField, name: "host"},
	}},
	19: {mnemonic: "X25", fields: []rdataField{{kind: x25Field, name: "address"}}},
	20: {mnemonic: "ISDN", fields: []rdataField{
		{kind: stringField, name: "address"}, {kind: stringField, name: "subaddress", optional: true},
	}},
	21: {mnemonic: "RT", fields: preferenceAnd(nameField, "host")},
	22: {mnemonic: "NSAP", fields: []rdataField{{kind: nsapField, name: "address"}}},
	23: {mnemonic: "NSAP-PTR", fields: nameFields("name")},
	24: {mnemonic: "SIG", fields: signatureFields(dateField)},
	25: {mnemonic: "KEY", check: noKeyCheck, fields: []rdataField{
		{kind: uint16Field, name: "flags"},
		{kind: protocolField, name: "protocol"},
		{kind: algorithmField, name: "algorithm"},
		{kind: base64Field, name: "public key", optional: true},
	}},
	26: {mnemonic: "PX", fields: append(preferenceAnd(nameField, "RFC 822 domain"),
		rdataField{kind: nameField, name: "X.400 domain"})},
	27: {mnemonic: "GPOS", fields: []rdataField{
		{kind: stringField, name: "longitude"}, {kind: stringField, name: "latitude"}, {kind: stringField, name: "altitude"},
	}},
	TypeAAAA: {mnemonic: "AAAA", fields: []rdataField{{kind: ipv6Field, name: "address"}}},
	29:       {mnemonic: "LOC", octets: locLayout, fields: []rdataField{{kind: locationFields, name: "location"}}},
	30: {mnemonic: "NXT", octets: nxtLayout, fields: []rdataField{
		{kind: nameField, name: "next name"}, {kind: lowTypesField, name: "type", optional: true},
	}},
	31: {mnemonic: "EID", fields: []rdataField{{kind: hexField, name: "endpoint identifier"}}},
	32: {mnemonic: "NIMLOC", fields: []rdataField{{kind: hexField, name: "locator"}}},
	TypeSRV: {mnemonic: "SRV", fields: []rdataField{
		{kind: uint16Field, name: "priority"},
		{kind: uint16Field, name: "weight"},
		{kind: uint16Field, name: "port"},
		{kind: nameField, name: "target"},
	}},
	34: {mnemonic: "ATMA", octets: atmaLayout, fields: []rdataField{{kind: atmaField, name: "address"}}},
	35: {mnemonic: "NAPTR", check: expressionCheck, fields: []rdataField{
		{kind: uint16Field, name: "order"},
		{kind: uint16Field, name: "preference"},
		{kind: stringField, name: "flags"},
		{kind: stringField, name: "services"},
		{kind: stringField, name: "regular expression"},
		{kind: nameField, name: "replacement"},
	}},
	36: {mnemonic: "KX", fields: preferenceAnd(nameField, "exchanger")},
	37: {mnemonic: "CERT", fields: []rdataField{
		{kind: certificateTypeField, name: "type"},
		{kind: uint16Field, name: "key tag"},
		{kind: algorithmField, name: "algorithm"},
		{kind: base64Field, name: "certificate"},
	}},
	38: {mnemonic: "A6", octets: a6Layout, check: a6Check, fields: []rdataField{
		{kind: uint8Field, name: "prefix length"}, {kind: restField, name: "suffix and prefix name"},
	}},
	TypeDNAME: {mnemonic: "DNAME", fields: nameFields("target")},
	40: {mnemonic: "SINK", fields: []rdataField{
		{kind: uint8Field, name: "meaning"},
		{kind: uint8Field, name: "coding"},
		{kind: uint8Field, name: "subcoding"},
		{kind: base64Field, name: "data", optional: true},
	}},
	41: {mnemonic: "OPT"},
	42: {mnemonic: "APL", octets: aplLayout, fields: []rdataField{
		{kind: prefixesField, name: "prefix", optional: true},
	}},
	TypeDS: {mnemonic: "DS", fields: dsFields, check: digestCheck, digest: &dsDigests},
	44: {mnemonic: "SSHFP", check: digestCheck, digest: &sshfpDigests, fields: []rdataField{
		{kind: uint8Field, name: "algorithm"},
		{kind: uint8Field, name: "fingerprint type"},
		{kind: hexField, name: "fingerprint"},
	}},
	45: {mnemonic: "IPSECKEY", octets: ipseckeyLayout, check: gatewayCheck, fields: []rdataField{
		{kind: uint8Field, name: "precedence"},
		{kind: uint8Field, name: "gateway type"},
		{kind: uint8Field, name: "algorithm"},
		{kind: gatewayField, name: "gateway"},
		{kind: base64Field, name: "public key"},
	}},
	TypeRRSIG: {mnemonic: "RRSIG", fields: signatureFields(timeField), check: labelsCheck},
	TypeNSEC: {mnemonic: "NSEC", fields: []rdataField{
		{kind: nameField, name: "next name"}, {kind: typesField, name: "type"},
	}},
	48: {mnemonic: "DNSKEY", fields: dnskeyFields},
	49: {mnemonic: "DHCID", fields: []rdataField{{kind: base64Field, name: "identifier"}}},
	TypeNSEC3: {mnemonic: "NSEC3", check: nextHashCheck, fields: append(nsec3Fields(),
		rdataField{kind: hashField, name: "next hashed owner"},
		rdataField{kind: typesField, name: "type", optional: true},
	)},
	51:       {mnemonic: "NSEC3PARAM", fields: nsec3Fields()},
	TypeTLSA: {mnemonic: "TLSA", fields: tlsaFields, check: digestCheck, digest: &tlsaDigests},
	53:       {mnemonic: "SMIMEA", fields: tlsaFields},
	55: {mnemonic: "HIP", octets: hipLayout, fields: []rdataField{
		{kind: uint8Field, name: "algorithm"},
		{kind: hexWordField, name: "host identity tag"},
		{kind: base64WordField, name: "public key"},
		{kind: namesField, name: "rendezvous server", optional: true},
	}},
	56: {mnemonic: "NINFO", fields: stringsFields},
	57: {mnemonic: "RKEY", fields: []rdataField{
		{kind: zeroField, name: "flags"},
		{kind: protocolField, name: "protocol"},
		{kind: algorithmField, name: "algorithm"},
		{kind: base64Field, name: "public key"},
	}},
	58: {mnemonic: "TALINK", fields: nameFields("previous name", "next name")},
	59: {mnemonic: "CDS", fields: dsFields, check: digestCheck, digest: &dsDigests},
	60: {mnemonic: "CDNSKEY", fields: dnskeyFields},
	61: {mnemonic: "OPENPGPKEY", fields: []rdataField{{kind: base64Field, name: "public key"}}},
	62: {mnemonic: "CSYNC", fields: []rdataField{
		{kind: uint32Field, name: "serial"},
		{kind: uint16Field, name: "flags"},
		{kind: typesField, name: "type", optional: true},
	}},
	TypeZONEMD: {mnemonic: "ZONEMD", check: digestCheck, digest: &zonemdDigests, fields: []rdataField{
		{kind: uint32Field, name: "serial"},
		{kind: uint8Field, name: "scheme"},
		{kind: uint8Field, name: "hash algorithm"},
		{kind: hexField, name: "digest"},
	}},
	64: {mnemonic: "SVCB", fields: serviceFields, check: paramsCheck},
	65: {mnemonic: "HTTPS", fields: serviceFields, check: paramsCheck},
	66: {mnemonic: "DSYNC", fields: []rdataField{
		{kind: typeField, name: "type"},
		{kind: syncSchemeField, name: "scheme"},
		{kind: uint16Field, name: "port"},
		{kind: nameField, name: "target"},
	}},
	67:  {mnemonic: "HHIT", fields: []rdataField{{kind: base64Field, name: "data"}}},
	68:  {mnemonic: "BRID", fields: []rdataField{{kind: base64Field, name: "data"}}},
	99:  {mnemonic: "SPF", fields: stringsFields},
	104: {mnemonic: "NID", fields: preferenceAnd(locatorField, "node ID")},
	105: {mnemonic: "L32", fields: preferenceAnd(ipv4Field, "locator")},
	106: {mnemonic: "L64", fields: preferenceAnd(locatorField, "locator")},
	107: {mnemonic: "LP", fields: preferenceAnd(nameField, "name")},
	108: {mnemonic: "EUI48", fields: []rdataField{{kind: eui48Field, name: "address"}}},
	109: {mnemonic: "EUI64", fields: []rdataField{{kind: eui64Field, name: "address"}}},
	256: {mnemonic: "URI", fields: []rdataField{
		{kind: uint16Field, name: "priority"}, {kind: uint16Field, name: "weight"}, {kind: quotedField, name: "target"},
	}},
	257: {mnemonic: "CAA", fields: []rdataField{
		{kind: uint8Field, name: "flags"}, {kind: tagField, name: "tag"}, {kind: textField, name: "value"},
	}},
	258: {mnemonic: "AVC", fields: stringsFields},
	259: {mnemonic: "DOA", fields: []rdataField{
		{kind: uint32Field, name: "enterprise"},
		{kind: uint32Field, name: "type"},
		{kind: uint8Field, name: "location"},
		{kind: stringField, name: "media type"},
		{kind: base64OrNoneField, name: "data"},
	}},
	260: {mnemonic: "AMTRELAY", octets: amtrelayLayout, check: gatewayCheck, fields: []rdataField{
		{kind: uint8Field, name: "precedence"},
		{kind: bitField, name: "discovery bit"},
		{kind: uint8Field, name: "relay type"},
		{kind: gatewayField, name: "relay"},
	}},
	261: {mnemonic: "RESINFO", fields: stringsFields},
	262: {mnemonic: "WALLET", fields: stringsFields},
	263: {mnemonic: "CLA", fields: stringsFields},
	264: {mnemonic: "IPN", fields: []rdataField{{kind: uint64Field, name: "identifier"}}},

	// Words of other texts than zones, too.
	100: {mnemonic: "UINFO", isWord: true}, 101: {mnemonic: "UID", isWord: true},
	102: {mnemonic: "GID", isWord: true}, 103: {mnemonic: "UNSPEC", isWord: true},

	// For queries.
	128: {mnemonic: "NXNAME"}, 249: {mnemonic: "TKEY"}, 250: {mnemonic: "TSIG"}, 251: {mnemonic: "IXFR"},
	252: {mnemonic: "AXFR"}, 253: {mnemonic: "MAILB"}, 254: {mnemonic: "MAILA"}, 255: {mnemonic: "ANY"},
}

// lateTypes are the types with a mnemonic from number firstLateType on.
var lateTypes = [...]rrType{
	{mnemonic: "TA", isWord: true, fields: dsFields, check: digestCheck, digest: &dsDigests},
	{mnemonic: "DLV", fields: dsFields, check: digestCheck, digest: &dsDigests},
}

const firstLateType = 32768

var (
	stringsFields = []rdataField{{kind: stringsField, name: "string"}}
	dsFields      = []rdataField{
		{kind: uint16Field, name: "key tag"},
		{kind: algorithmField, name: "algorithm"},
		{kind: digestTypeField, name: "digest type"},
		{kind: hexField, name: "digest"},
	}
	dnskeyFields = []rdataField{
		{kind: uint16Field, name: "flags"},
		{kind: protocolField, name: "protocol"},
		{kind: algorithmField, name: "algorithm"},
		{kind: base64Field, name: "public key"},
	}
	tlsaFields = []rdataField{
		{kind: uint8Field, name: "usage"},
		{kind: uint8Field, name: "selector"},
		{kind: uint8Field, name: "matching type"},
		{kind: hexField, name: "certificate data"},
	}
	serviceFields = []rdataField{
		{kind: uint16Field, name: "priority"},
		{kind: nameField, name: "target"},
		{kind: paramsField, name: "parameter", optional: true},
	}
	unknownType rrType
)

func nameFields(names ...string) (fields []rdataField) {
	for _, name := range names {
		fields = append(fields, rdataField{kind: nameField, name: name})
	}
	return fields
}

func preferenceAnd(kind fieldKind, name string) []rdataField {
	return []rdataField{{kind: uint16Field, name: "preference"}, {kind: kind, name: name}}
}

func signatureFields(time fieldKind) []rdataField {
	return []rdataField{
		{kind: typeField, name: "type covered"},
		{kind: algorithmField, name: "algorithm"},
		{kind: uint8Field, name: "labels"},
		{kind: uint32Field, name: "original TTL"},
		{kind: time, name: "expiration"},
		{kind: time, name: "inception"},
		{kind: uint16Field, name: "key tag"},
		{kind: nameField, name: "signer"},
		{kind: base64Field, name: "signature"},
	}
}

func nsec3Fields() []rdataField {
	return []rdataField{
		{kind: hashAlgorithmField, name: "hash algorithm"},
		{kind: uint8Field, name: "flags"},
		{kind: uint16Field, name: "iterations"},
		{kind: saltField, name: "salt"},
	}
}
