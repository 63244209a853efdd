package zonefiles_test

import (
	"strings"
	"testing"

	"mx46/zonefiles"
	"mx46/zonefiles/disk"
)

func TestTheRecordAndTheFieldAtAByteAreFound(t *testing.T) {
	const text = `$ORIGIN example.org.
@ 3600 SOA ns hostmaster ( 1 ; serial
    7200 3600 1209600 300 )
; between
  MX 10 mail ; host
mail A 192.0.2.25
`
	root, err := disk.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	loader := zonefiles.NewLoader(root)
	file, err := loader.Files.Add("db.example.org", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	z := loader.Parse(file, nil)
	for _, c := range []struct {
		at    string // the byte is the first of this text
		owner string // of the record; empty: none
		typ   zonefiles.Type
		field int // -1: none
	}{
		{at: "ns host", owner: "example.org.", typ: zonefiles.TypeSOA, field: 0},
		{at: "serial", owner: "example.org.", typ: zonefiles.TypeSOA, field: -1},
		{at: "1209600", owner: "example.org.", typ: zonefiles.TypeSOA, field: 5},
		{at: "between"},
		{at: "$ORIGIN"},
		{at: "MX 10", owner: "example.org.", typ: zonefiles.TypeMX, field: -1},
		{at: "ail ;", owner: "example.org.", typ: zonefiles.TypeMX, field: 1},
		{at: " ; host", owner: "example.org.", typ: zonefiles.TypeMX, field: 1},
		{at: "host\n", owner: "example.org.", typ: zonefiles.TypeMX, field: -1},
		{at: "192.0.2.25", owner: "mail.example.org.", typ: zonefiles.TypeA, field: 0},
	} {
		offset := uint32(strings.Index(text, c.at))
		r, ok := z.RecordAt(file.ID, offset)
		if ok != (c.owner != "") {
			t.Errorf("%q: a record is found: %t", c.at, ok)
		}
		if !ok || c.owner == "" {
			continue
		}
		if r.OwnerName().String() != c.owner || r.Type() != c.typ {
			t.Errorf("%q: %s %s", c.at, r.OwnerName(), r.Type())
		}
		field, ok := r.FieldAt(offset)
		if !ok {
			field = -1
		}
		if field != c.field {
			t.Errorf("%q: field %d, want %d", c.at, field, c.field)
		}
	}
	if _, ok := z.RecordAt(file.ID+1, 0); ok {
		t.Error("a record is found in a file that is not the zone's")
	}
}
